//! The frame of a certificate, its names, its dates and its key.

mod algorithms;
mod build;
mod frame;
mod identifiers;
mod keys;
mod names;
mod numbers;
mod points;
mod signature;
mod times;
mod trust;

use crate::maker::Maker;
use crate::vector::Vector;

pub(crate) fn vectors(maker: &Maker) -> Vec<Vector> {
    let themes = [
        frame::vectors,
        numbers::vectors,
        algorithms::vectors,
        names::vectors,
        times::vectors,
        keys::vectors,
        points::vectors,
        identifiers::vectors,
        signature::vectors,
        trust::vectors,
    ];
    themes.iter().flat_map(|vectors| vectors(maker)).collect()
}
