//! Damage to JSON as a text: to its tokens, within its strings, at its ends.

use super::bytes::{self, insert, insert_any, pick};
use fastrand::Rng;
use std::ops::Range;

/// Numbers, words and signs, most of them broken.
const PIECES: [&str; 61] = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "'",
    "/",
    "#",
    "null",
    "nul",
    "nulL",
    "nxll",
    "n",
    "NULL",
    "true",
    "tru",
    "trUe",
    "txue",
    "t",
    "false",
    "fals",
    "fa",
    "fxlse",
    "falze",
    "f",
    "undefined",
    "NaN",
    "Infinity",
    "0",
    "-0",
    "00",
    "01",
    "-",
    "--1",
    "-a",
    "+1",
    "1.",
    "1.x",
    ".5",
    "1.5",
    "0.0.1",
    "1e",
    "1e+",
    "1ex",
    "1e-x",
    "1E5",
    "1e+05",
    "1E400",
    "0e0",
    "0x10",
    "1_0",
    "12345678901234567890123",
    "\"x\"",
    "{}",
    "[]",
    "[1,]",
    "{\"a\":1,}",
    "{,}",
];

/// What may stand in a string, and what may not.
const IN_STRINGS: [&[u8]; 51] = [
    b"\\\"",
    b"\\\\",
    b"\\/",
    b"\\b",
    b"\\f",
    b"\\n",
    b"\\r",
    b"\\t",
    b"\\'",
    b"\\x41",
    b"\\a",
    b"\\v",
    b"\\0",
    b"\\U0041",
    b"\\",
    b"\\ ",
    b"\\\n",
    b"\\\xff",
    b"\\u0041",
    b"\\u00e9",
    b"\\u00E9",
    b"\\u0000",
    b"\\ufffd",
    b"\\uFFFF",
    b"\\u",
    b"\\u0",
    b"\\u00",
    b"\\u00g0",
    b"\\u004",
    b"\\uD800",
    b"\\uDC00",
    b"\\ud83d\\ude00",
    b"\\uDBFF\\uDFFF",
    b"\\ud800\\ud800",
    b"\\ude00\\ud83d",
    b"\\ud800\\u0041",
    b"\\ud83d\\",
    b"\\ud83d\\n\\ude00",
    b"\\ud83d\\ud83d\\ude00",
    b"\0",
    b"\x1f",
    b"\x7f",
    b"\n",
    b"\t",
    b"\xc3\xa9",
    b"\xe2\x80\xa8",
    b"\xf0\x9f\x98\x80",
    b"\xef\xbf\xbd",
    b"\xef\xbb\xbf",
    b"\xc2\x85",
    b"\"",
];

/// Bytes that are no UTF-8.
const NOT_UTF8: [&[u8]; 20] = [
    b"\xff",
    b"\xfe",
    b"\x80",
    b"\xbf",
    b"\xc0\x80",
    b"\xc1\xbf",
    b"\xc3",
    b"\xe2",
    b"\xe2\x82",
    b"\xe0\x80\x80",
    b"\xe0\x9f\xbf",
    b"\xed\xa0\x80",
    b"\xed\xbf\xbf",
    b"\xf0\x9f\x98",
    b"\xf0\x80\x80\x80",
    b"\xf4\x90\x80\x80",
    b"\xf5\x80\x80\x80",
    b"\xf8\x88\x80\x80\x80",
    b"\xe2\x28\xa1",
    b"\xf0\x9f\xe2\x82\xac",
];

/// The blanks of JSON, and what is none.
const BLANKS: [&[u8]; 13] = [
    b" ",
    b"\t",
    b"\r",
    b"\n",
    b"\r\n",
    b" \t\r\n ",
    b"\x0b",
    b"\x0c",
    b"\0",
    b"\xc2\xa0",
    b"\xe2\x80\xa8",
    b"\xef\xbb\xbf",
    b"\xe3\x80\x80",
];

/// How an address starts that is refused only to be shown.
const SHOWN: &[u8] = b"\"shown";

/// Makes one change.
pub fn change(rng: &mut Rng, text: &mut Vec<u8>) {
    let tokens = tokens(text);
    if tokens.is_empty() {
        return insert_any(rng, text, &PIECES.map(str::as_bytes));
    }
    let token = tokens[rng.usize(..tokens.len())].clone();
    match rng.u8(..24) {
        0 => drop(text.drain(token)),
        1 => {
            let copy = text[token.clone()].to_vec();
            insert(text, token.end, &copy);
        }
        2 => {
            let first = text[token.clone()].to_vec();
            text.drain(token.clone());
            let at = tokens[rng.usize(..tokens.len())].start.min(text.len());
            insert(text, at, &first);
        }
        3..6 => drop(text.splice(token, pick(rng, &PIECES).bytes())),
        6..8 => insert(text, token.start, pick(rng, &PIECES).as_bytes()),
        8 => insert(text, token.start, pick(rng, &BLANKS)),
        9 | 10 => bytes::damage(rng, text),
        11 => text.truncate(token.end),
        12 => text.truncate(bytes::place(rng, text.len())),
        kind @ 13..19 => {
            let piece = match kind {
                13 => surrogates(rng),
                14 | 15 => pick(rng, &NOT_UTF8).to_vec(),
                _ => pick(rng, &IN_STRINGS).to_vec(),
            };
            in_string(rng, text, &piece);
        }
        19 => insert(text, 0, pick(rng, &BLANKS)),
        20 => insert_end(rng, text),
        21 if rng.u8(..20) == 0 => text.clear(),
        21 if rng.u8(..15) == 0 => nest(rng, text, token),
        _ => insert_at_value(rng, text, &tokens),
    }
}

/// The strings, signs and words of a text, whether it is JSON or not.
fn tokens(text: &[u8]) -> Vec<Range<usize>> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        let start = at;
        at += 1;
        match byte {
            b'"' => {
                while let Some(&byte) = text.get(at) {
                    at += 1;
                    match byte {
                        b'"' => break,
                        b'\\' => at = text.len().min(at + 1),
                        _ => {}
                    }
                }
            }
            b' ' | b'\t' | b'\r' | b'\n' => continue,
            b'{' | b'}' | b'[' | b']' | b',' | b':' => {}
            _ => {
                while text.get(at).is_some_and(u8::is_ascii_alphanumeric) {
                    at += 1;
                }
            }
        }
        tokens.push(start..at);
    }
    tokens
}

/// Puts a piece into a string: the address that the message shows if there is one, or else rather
/// into a short string than into a root.
fn in_string(rng: &mut Rng, text: &mut Vec<u8>, piece: &[u8]) {
    let shown = rng.bool();
    let mut strings: Vec<_> = tokens(text)
        .into_iter()
        .filter(|token| text[token.start] == b'"' && (token.len() < 80 || rng.u8(..8) == 0))
        .collect();
    if shown
        && let Some(at) = strings
            .iter()
            .find(|at| text[at.start..].starts_with(SHOWN))
    {
        strings = vec![at.clone()];
    }
    let Some(string) = rng.choice(&strings) else {
        return;
    };
    let at = rng.usize(string.start + 1..string.end.max(string.start + 2));
    insert(text, at, piece);
}

/// Escapes of halves of characters, in any order.
fn surrogates(rng: &mut Rng) -> Vec<u8> {
    const UNITS: [&str; 9] = [
        "d800", "DBFF", "d83d", "dc00", "DFFF", "de00", "d7ff", "e000", "0041",
    ];
    let escapes = (0..rng.u8(1..5)).map(|_| format!("\\u{}", pick(rng, &UNITS)));
    escapes.collect::<String>().into_bytes()
}

/// Puts a piece in place of a value, or right in front of it.
fn insert_at_value(rng: &mut Rng, text: &mut Vec<u8>, tokens: &[Range<usize>]) {
    let values: Vec<_> = tokens
        .windows(2)
        .filter(|pair| matches!(text[pair[0].start], b':' | b'[') && pair[1].len() < 80)
        .map(|pair| pair[1].clone())
        .collect();
    let Some(value) = rng.choice(&values) else {
        return;
    };
    let end = if rng.u8(..4) == 0 {
        value.start
    } else {
        value.end
    };
    text.splice(value.start..end, pick(rng, &PIECES).bytes());
}

fn insert_end(rng: &mut Rng, text: &mut Vec<u8>) {
    let piece = if rng.bool() {
        pick(rng, &PIECES).as_bytes()
    } else {
        pick(rng, &BLANKS)
    };
    text.extend_from_slice(piece);
}

/// Nests as deep as Go allows, less or more by a little, in place of a token.
fn nest(rng: &mut Rng, text: &mut Vec<u8>, token: Range<usize>) {
    let depth = rng.usize(9_995..10_005);
    let (open, close) = *rng.choice(&[("[", "]"), ("{\"a\":", "}")]).unwrap();
    let closed = match rng.u8(..4) {
        0 => rng.usize(..depth),
        _ => depth,
    };
    let inner = pick(rng, &["1", "null", "\"\"", "[]", "{}", ""]);
    let nested = format!("{}{inner}{}", open.repeat(depth), close.repeat(closed));
    text.splice(token, nested.into_bytes());
}
