//! A vector of the sound token with other addresses.

use crate::maker::Maker;
use crate::vector::{Area, Vector};
use peering_token::Stage;

/// A vector whose server list is this.
pub(super) fn servers(
    maker: &Maker,
    condition: &str,
    description: &str,
    addresses: &[&str],
) -> Vector {
    maker.changed(Area::Addresses, condition, description, |token| {
        token.server_addresses = list(addresses);
    })
}

/// Refused for this address.
pub(super) fn refused(vector: Vector, address: &str) -> Vector {
    let message = format!("{address} is not a valid peering server address");
    vector.refused(Stage::Addresses, message)
}

pub(super) fn list(addresses: &[&str]) -> Option<Vec<String>> {
    Some(
        addresses
            .iter()
            .map(|&address| address.to_owned())
            .collect(),
    )
}
