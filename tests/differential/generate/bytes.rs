//! Edits of bytes that every level needs.

use fastrand::Rng;

/// One of the choices.
pub fn pick<'a, T: ?Sized>(rng: &mut Rng, choices: &[&'a T]) -> &'a T {
    choices[rng.usize(..choices.len())]
}

/// A place in a text of this length, its end included; at times near one of the ends.
pub fn place(rng: &mut Rng, length: usize) -> usize {
    let near = rng.usize(..=length.min(6));
    match rng.u8(..6) {
        0 => near,
        1 => length - near,
        _ => rng.usize(..=length),
    }
}

pub fn insert(text: &mut Vec<u8>, at: usize, piece: &[u8]) {
    text.splice(at..at, piece.iter().copied());
}

/// Inserts one of the pieces anywhere.
pub fn insert_any(rng: &mut Rng, text: &mut Vec<u8>, pieces: &[&[u8]]) {
    let at = place(rng, text.len());
    insert(text, at, pick(rng, pieces));
}

/// Drops, doubles, swaps or replaces one byte.
pub fn damage(rng: &mut Rng, text: &mut Vec<u8>) {
    let at = place(rng, text.len());
    if at == text.len() {
        return text.push(rng.u8(..));
    }
    match rng.u8(..4) {
        0 => drop(text.remove(at)),
        1 => text.insert(at, text[at]),
        2 if at > 0 => text.swap(at - 1, at),
        _ => text[at] = rng.u8(..),
    }
}

/// Replaces every `from`.
pub fn replace(text: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut replaced = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = find(rest, from) {
        replaced.extend_from_slice(&rest[..at]);
        replaced.extend_from_slice(to);
        rest = &rest[at + from.len()..];
    }
    replaced.extend_from_slice(rest);
    replaced
}

pub fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|found| found == wanted)
}
