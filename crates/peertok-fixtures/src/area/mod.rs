//! The vectors of the corpus: one area a module.

mod addresses;
mod base64;
mod canonical;
mod json;
mod kubernetes;
mod limits;
mod names;
mod pem;
mod recovery;
mod secrets;
mod unicode;
mod x509;

use crate::maker::Maker;
use crate::vector::Vector;

/// The areas, in the order of [`Area::CORPUS`](crate::Area::CORPUS).
pub(super) const ALL: [fn(&Maker) -> Vec<Vector>; 12] = [
    canonical::vectors,
    base64::vectors,
    json::vectors,
    pem::vectors,
    x509::vectors,
    addresses::vectors,
    names::vectors,
    limits::vectors,
    unicode::vectors,
    recovery::vectors,
    secrets::vectors,
    kubernetes::vectors,
];
