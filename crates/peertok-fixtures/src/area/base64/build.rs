//! Vectors of a sound token whose base64 is changed.

use crate::maker::{ADDRESSES, Maker};
use crate::vector::{Area, Vector};
use peering_token::{Shape, Stage};

/// A sound token that ends in so many padding characters, up to two.
pub(super) fn text(maker: &Maker, condition: &str, padding: usize) -> String {
    let mut token = maker.token(&format!("base64_{condition}"));
    let length = token.to_json(Shape::default()).len();
    // A longer host makes a longer text.
    let more = "x".repeat((6 - length % 3 - padding) % 3);
    let first = format!("server-1{more}.dc1.internal:8503");
    token.server_addresses = Some(vec![first, ADDRESSES[1].to_owned()]);
    token.encode(Shape::default()).to_string()
}

/// A vector whose token is a sound one of that padding with a change.
pub(super) fn vector<T: Into<Vec<u8>>>(
    maker: &Maker,
    condition: &str,
    description: &str,
    padding: usize,
    change: impl FnOnce(String) -> T,
) -> Vector {
    let token = change(text(maker, condition, padding));
    Vector::new(Area::Base64, condition, description, token)
}

/// The same, with the byte at which Go gives up.
pub(super) fn corrupt<T: Into<Vec<u8>>>(
    maker: &Maker,
    condition: &str,
    description: &str,
    padding: usize,
    change: impl FnOnce(String) -> (T, usize),
) -> Vector {
    let (token, at) = change(text(maker, condition, padding));
    let message = format!("failed to decode token: illegal base64 data at input byte {at}");
    Vector::new(Area::Base64, condition, description, token).refused(Stage::Base64, message)
}

/// Without its last bytes.
pub(super) fn cut(text: &str, bytes: usize) -> &str {
    &text[..text.len() - bytes]
}
