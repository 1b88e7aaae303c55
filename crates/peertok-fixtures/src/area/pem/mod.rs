//! The PEM text of a root, as Go's `pem.Decode` and `CertPool.AppendCertsFromPEM` read it.

mod blocks;
mod build;
mod content;
mod headers;
mod lines;

use crate::maker::Maker;
use crate::vector::Vector;

pub(crate) fn vectors(maker: &Maker) -> Vec<Vector> {
    let themes = [
        lines::vectors,
        content::vectors,
        headers::vectors,
        blocks::vectors,
    ];
    themes.iter().flat_map(|vectors| vectors(maker)).collect()
}
