//! Damage to the base64 around a token, and what only looks like damage.

use super::bytes::{self, insert, insert_any, pick, place, replace};
use fastrand::Rng;

const LINE_ENDS: [&[u8]; 5] = [b"\n", b"\r", b"\r\n", b"\n\n", b"\n\r\n"];
const JUNK: [&[u8]; 16] = [
    b"A",
    b"AA",
    b"AAAA",
    b"=",
    b"==",
    b"====",
    b"\n=",
    b"\nA",
    b"\n\nA",
    b" ",
    b"\t",
    b"%",
    b"-",
    b"eyJDQSI6bnVsbH0=",
    b"\0",
    b"\xc3\xa9",
];

/// Makes one change.
pub fn change(rng: &mut Rng, token: &mut Vec<u8>) {
    match rng.u8(..14) {
        0 | 1 => insert_any(rng, token, &LINE_ENDS),
        2 | 3 => {
            // Where the padding is, if there is any.
            let at = token.len() - rng.usize(..=token.len().min(4));
            insert(token, at, pick(rng, &LINE_ENDS));
        }
        4 => {
            let width = rng.usize(1..100);
            let lines: Vec<&[u8]> = token.chunks(width).collect();
            *token = lines.join(pick(rng, &LINE_ENDS));
        }
        5 => {
            while token.last() == Some(&b'=') {
                token.pop();
            }
        }
        6 => insert_any(rng, token, &[b"=", b"==", b"==="]),
        7 => {
            // The last character before the padding has unused bits.
            if let Some(last) = token.iter_mut().rfind(|byte| **byte != b'=') {
                *last = *rng.choice(b"ABCDEFGHIghijkl0189+/").unwrap();
            }
        }
        8 => {
            if rng.bool() {
                *token = replace(&replace(token, b"+", b"-"), b"/", b"_")
            } else {
                insert_any(rng, token, &[b"-", b"_", b"-_-_"])
            }
        }
        9 => insert_any(rng, token, &[b" ", b"\t", b"\x0b", b"\0", b"    "]),
        10 => token.truncate(place(rng, token.len())),
        11 | 12 => token.extend_from_slice(pick(rng, &JUNK)),
        _ if rng.u8(..30) == 0 => token.clear(),
        _ => bytes::damage(rng, token),
    }
}
