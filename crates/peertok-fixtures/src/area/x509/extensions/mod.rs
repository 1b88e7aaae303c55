//! The extensions of a certificate, and all the names in them.

mod build;
mod constrained;
mod constraints;
mod frame;
mod host;
mod information;
mod ip_address;
mod ip_literal;
mod mailbox;
mod names;
mod policies;
mod uri;
mod usage;

use crate::maker::Maker;
use crate::vector::Vector;

/// Each theme, in the order of the corpus.
const THEMES: [fn(&Maker) -> Vec<Vector>; 12] = [
    frame::vectors,
    usage::vectors,
    information::vectors,
    policies::vectors,
    names::vectors,
    uri::vectors,
    host::vectors,
    ip_literal::vectors,
    ip_address::vectors,
    constraints::vectors,
    constrained::vectors,
    mailbox::vectors,
];

pub(crate) fn vectors(maker: &Maker) -> Vec<Vector> {
    THEMES.iter().flat_map(|vectors| vectors(maker)).collect()
}
