//! What the snapshots of acceptor and dialer tell of a token.
//!
//! `generate-token` leaves a peering and an establishment secret in the acceptor's state. The exchange
//! takes that secret away and leaves a pending stream secret, which the first stream makes the active
//! one.

mod acceptor;
mod build;
mod cluster;
mod dialer;
mod life;

use crate::maker::Maker;
use crate::vector::Vector;

pub(crate) fn vectors(maker: &Maker) -> Vec<Vector> {
    [
        life::vectors(maker),
        acceptor::vectors(maker),
        dialer::vectors(maker),
    ]
    .concat()
}
