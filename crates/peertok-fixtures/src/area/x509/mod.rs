//! Certificates, as Go's `x509.ParseCertificate` reads them: one vector for each of its reasons to
//! refuse one, and one for each thing that it lets pass.

mod body;
mod extensions;

use crate::maker::Maker;
use crate::vector::Vector;

pub(crate) fn vectors(maker: &Maker) -> Vec<Vector> {
    [body::vectors, extensions::vectors]
        .iter()
        .flat_map(|vectors| vectors(maker))
        .collect()
}
