//! Tokens in Kubernetes Secrets: as tools and people write the manifests, and with what goes wrong on
//! the way into one.

mod build;
mod inside;
mod lists;
mod styles;

use crate::maker::Maker;
use crate::vector::Vector;

pub(crate) fn vectors(maker: &Maker) -> Vec<Vector> {
    [
        styles::vectors(maker),
        lists::vectors(maker),
        inside::vectors(maker),
    ]
    .concat()
}
