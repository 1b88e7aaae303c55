//! Tokens for the tests of the rules, and what one rule finds in them.

use super::{Context, Level, findings};
use peering_token::Reading;
use peering_token::{PeeringToken, Shape};
use std::fs;
use std::path::Path;

/// The token in which the rule of that name finds its fault.
pub(super) fn failing(name: &str) -> PeeringToken {
    token(name, "fails")
}

/// A token without a fault.
pub(super) fn sound() -> PeeringToken {
    token("ca-expired", "passes")
}

fn token(name: &str, which: &str) -> PeeringToken {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/findings");
    let json = fs::read(folder.join(name).join(which).with_extension("json")).unwrap();
    Reading::of_json(&json).unwrap().token
}

/// The `CA` entry of the token in which the rule of that name finds its fault.
pub(super) fn root(name: &str) -> String {
    failing(name).ca.unwrap().remove(0)
}

/// The levels at which a rule finds its fault in a token, at the moment of the fixtures.
pub(super) fn levels(token: &PeeringToken, name: &str) -> Vec<Level> {
    let context = Context::at("2026-12-01T00:00:00Z".parse().unwrap());
    let found = findings(token.encode(Shape::V1_16).as_bytes(), &context).unwrap();
    let found = found.into_iter().filter(|finding| finding.name == name);
    found.map(|finding| finding.level).collect()
}
