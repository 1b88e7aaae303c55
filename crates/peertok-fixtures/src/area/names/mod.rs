//! Server names, peer names, peer IDs and secrets, and what the releases of both ends make of a
//! token.

mod build;
mod ids;
mod peer;
mod releases;
mod server;

use crate::maker::Maker;
use crate::vector::Vector;

pub(crate) fn vectors(maker: &Maker) -> Vec<Vector> {
    let themes = [
        server::vectors,
        ids::vectors,
        peer::vectors,
        releases::vectors,
    ];
    themes.iter().flat_map(|theme| theme(maker)).collect()
}
