//! A token as a server mints it.

use super::roots;
use crate::maker::Maker;
use crate::vector::{Area, Vector};
use peering_token::{PeeringToken, Shape};

/// What a server says of an address that is none.
pub(super) fn no_address(address: &str) -> String {
    format!("{address} is not a valid peering server address")
}

/// A token that a server of today mints, with a change.
pub(super) fn minted(
    maker: &Maker,
    condition: &str,
    description: &str,
    change: impl FnOnce(&mut PeeringToken),
) -> Vector {
    in_shape(Shape::V1_16, maker, condition, description, change).since(16)
}

/// A token that a server of that shape mints, with a change.
pub(super) fn in_shape(
    shape: Shape,
    maker: &Maker,
    condition: &str,
    description: &str,
    change: impl FnOnce(&mut PeeringToken),
) -> Vector {
    let mut vector = Vector::new(Area::Canonical, condition, description, "");
    let mut token = maker.token(&vector.name);
    let key = roots::RootKey::ec(maker, "the server");
    token.ca = Some(vec![roots::of_consul(maker, "the server", key).entry()]);
    change(&mut token);
    vector.token = token.encode(shape).as_bytes().to_vec();
    vector
}

pub(super) fn addresses(list: &[&str]) -> Option<Vec<String>> {
    Some(list.iter().map(|&address| address.to_owned()).collect())
}
