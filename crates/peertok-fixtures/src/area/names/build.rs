//! A vector of the sound token with a change.

use crate::maker::Maker;
use crate::vector::{Area, Vector};
use peering_token::PeeringToken;

/// A vector of the sound token with a change.
pub(super) fn changed(
    maker: &Maker,
    condition: &str,
    description: &str,
    change: impl FnOnce(&mut PeeringToken),
) -> Vector {
    maker.changed(Area::Names, condition, description, change)
}
