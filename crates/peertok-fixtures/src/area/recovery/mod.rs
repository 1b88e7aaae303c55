//! Tokens that were damaged on their way, and what is mistaken for one.
//!
//! A server gives up at the first byte that is no base64, or it reads the base64 and finds no JSON in
//! it. What the sender meant can be told all the same, unless too much is lost.

mod build;
mod cut;
mod damage;
mod lost;
mod mistaken;
mod pairs;
mod read;

use crate::maker::Maker;
use crate::vector::Vector;

pub(crate) fn vectors(maker: &Maker) -> Vec<Vector> {
    [
        read::vectors(maker),
        damage::vectors(maker),
        pairs::vectors(maker),
        cut::vectors(maker),
        lost::vectors(maker),
        mistaken::vectors(maker),
    ]
    .concat()
}
