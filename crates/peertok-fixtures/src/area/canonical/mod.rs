//! Tokens as servers mint them, each shape and each thing that a server can put into one.
//!
//! Roots are those that the CA providers issue, so that these tokens are like a server's own to the
//! byte but for the values.

mod build;
mod minted;
mod releases;
mod roots;
mod with_roots;

use crate::maker::Maker;
use crate::vector::Vector;

pub(crate) fn vectors(maker: &Maker) -> Vec<Vector> {
    [
        minted::vectors(maker),
        with_roots::vectors(maker),
        releases::vectors(maker),
    ]
    .concat()
}
