//! The acceptor's addresses: what a server takes, and what a dialer makes of it.

mod build;
mod dialing;
mod form;
mod lists;
mod ports;
mod ranges;

use crate::maker::Maker;
use crate::vector::Vector;

pub(crate) fn vectors(maker: &Maker) -> Vec<Vector> {
    let themes = [
        form::vectors,
        ports::vectors,
        lists::vectors,
        ranges::vectors,
        dialing::vectors,
    ];
    themes.iter().flat_map(|theme| theme(maker)).collect()
}
