//! Vectors of a sound token whose JSON is written otherwise.

use crate::maker::Maker;
use crate::vector::{Area, Vector};
use crate::written::Written;

/// A vector of a sound token with members written otherwise.
pub(super) fn written(
    maker: &Maker,
    condition: &str,
    description: &str,
    change: impl FnOnce(Written) -> Written,
) -> Vector {
    maker.written(Area::Json, condition, description, change)
}

/// A vector of a sound token whose JSON is changed as a text.
pub(super) fn rewritten<T: Into<Vec<u8>>>(
    maker: &Maker,
    condition: &str,
    description: &str,
    rewrite: impl FnOnce(&str) -> T,
) -> Vector {
    maker.rewritten(Area::Json, condition, description, rewrite)
}
