//! A damaged token, and a vector of one.

use crate::maker::Maker;
use crate::vector::{Area, ExpectedMeaning, Vector};
use peering_token::{Locality, PeeringToken, Shape, Stage};

/// Go's words for a byte that is no base64.
pub(super) fn illegal(at: usize) -> String {
    format!("failed to decode token: illegal base64 data at input byte {at}")
}

/// A token with this region, whose base64 ends with so many `=`: the zone is made as long as that
/// needs.
pub(super) fn with_region(
    maker: &Maker,
    condition: &str,
    region: &str,
    padding: usize,
) -> PeeringToken {
    let mut token = maker.token(&format!("recovery_{condition}"));
    let mut zone = "z".to_owned();
    loop {
        token.remote.locality = Some(Locality::new(region, zone.clone()));
        // Three bytes make four characters, and what is missing of the last three is padded.
        if (token.to_json(Shape::V1_16).len() + padding).is_multiple_of(3) {
            return token;
        }
        zone.push('z');
    }
}

/// A token whose base64 ends with so many `=`, in base64.
pub(super) fn padded(maker: &Maker, condition: &str, padding: usize) -> String {
    let token = with_region(maker, condition, "us-west-1", padding);
    token.encode(Shape::V1_16).to_string()
}

/// A token with one `+` and one `/` in its base64: only `~` and `?` in every third place make them
/// of ASCII. It ends with two `=`.
pub(super) fn with_signs(maker: &Maker, condition: &str) -> String {
    let token = with_region(maker, condition, "~~~???", 2);
    token.encode(Shape::V1_16).to_string()
}

pub(super) fn vector(condition: &str, description: &str, text: impl Into<Vec<u8>>) -> Vector {
    Vector::new(Area::Recovery, condition, description, text)
}

/// A text that is a token once this damage is undone. A server gives up at that byte.
pub(super) fn damaged(
    condition: &str,
    description: &str,
    token: &str,
    text: impl Into<Vec<u8>>,
    at: usize,
    damages: &[&'static str],
) -> Vector {
    let vector = vector(condition, description, text).refused(Stage::Base64, illegal(at));
    meaning(vector, token, damages)
}

pub(super) fn meaning(mut vector: Vector, token: &str, damages: &[&'static str]) -> Vector {
    vector.meant = Some(ExpectedMeaning::Token {
        token: token.to_owned(),
        damages: damages.to_vec(),
    });
    vector
}
