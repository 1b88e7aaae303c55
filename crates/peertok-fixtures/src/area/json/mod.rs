//! The JSON within a token, as Go's `json.Unmarshal` reads it.

mod build;
mod ends;
mod keys;
mod overwritten;
mod strings;
mod syntax;
mod types;
mod values;

use crate::maker::Maker;
use crate::vector::Vector;

pub(crate) fn vectors(maker: &Maker) -> Vec<Vector> {
    let themes = [
        values::vectors,
        syntax::vectors,
        strings::vectors,
        ends::vectors,
        types::vectors,
        keys::vectors,
        overwritten::vectors,
    ];
    themes.iter().flat_map(|theme| theme(maker)).collect()
}
