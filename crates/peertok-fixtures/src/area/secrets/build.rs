//! A token with the state that acceptor and dialer have of it.

use crate::maker::Maker;
use crate::vector::{Acceptor, Area, Vector};
use peering_token::{PeeringToken, Shape};

pub(super) fn vector(condition: &str, description: &str, token: &PeeringToken) -> Vector {
    let text = token.encode(Shape::default());
    Vector::new(Area::Secrets, condition, description, text.as_bytes())
}

/// With the acceptor's snapshot, and what it tells of the secret.
pub(super) fn at_acceptor(mut vector: Vector, snapshot: Vec<u8>, status: &'static str) -> Vector {
    vector.acceptor = Some(Acceptor { snapshot, status });
    vector
}

/// The sound token of that condition.
pub(super) fn token(maker: &Maker, condition: &str) -> PeeringToken {
    maker.token(&format!("secrets_{condition}"))
}

/// Another UUID for that condition.
pub(super) fn uuid(maker: &Maker, condition: &str, purpose: &str) -> String {
    let label = format!("secrets_{condition}, {purpose}");
    maker.source(&label).uuid()
}
