//! Changes to the PEM text of a `CA` entry. The certificates within stay whole, or their base64
//! breaks.

use super::bytes::{self, find, insert, pick, place, replace};
use super::draft::{Draft, block, root};
use fastrand::Rng;

const LABELS: [&str; 13] = [
    "CERTIFICATE",
    "CERTIFICATE ",
    " CERTIFICATE",
    "certificate",
    "X509 CRL",
    "TRUSTED CERTIFICATE",
    "PRIVATE KEY",
    "",
    "-",
    "-----",
    "A:B",
    "CERTIFICATE:",
    "\u{e9}\u{1f600}",
];
const HEADERS: [&str; 15] = [
    "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n",
    "Proc-Type: 4,ENCRYPTED\n",
    "a:b\n",
    "a:b\n\n",
    ":\n",
    "a:b\n \n",
    "a:b\nno colon\n",
    "a:b\r\n\r\n",
    "\na:b\n\n",
    "a:b\n-----END CERTIFICATE-----\n",
    "a:b\n-----BEGIN CERTIFICATE-----\n",
    // An END line with a colon is a header itself.
    "a:b\n-----END CERTIFICATE-----:\n",
    "-----END CERTIFICATE-----: b\n\n",
    "a:b\n-----END X:Y-----\nc:d\n\n",
    "\u{e9}: \u{1f600}\n\n",
];
const JUNK: [&[u8]; 14] = [
    b"junk",
    b"junk\n",
    b"\n",
    b"\n\n",
    b" ",
    b"a:b\n",
    b"-----",
    b"-----BEGIN ",
    b"-----BEGIN CERTIFICATE-----\n",
    b"-----END CERTIFICATE-----\n",
    b"\n-----END ",
    b"\xef\xbb\xbf",
    b"\xff\n",
    b"# comment\r\n",
];
const BLANKS: [&[u8]; 8] = [
    b" ",
    b"\t",
    b"  \t",
    b"\r",
    b"\x0b",
    b"\x0c",
    b"\xc2\xa0",
    b"\0",
];
const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";

/// Changes one entry, after adding one where there is none.
pub fn change(rng: &mut Rng, draft: &mut Draft, certificates: &[Vec<u8>]) {
    let entries = draft.ca.get_or_insert_default();
    if entries.is_empty() || rng.u8(..20) == 0 {
        entries.push(root(rng, certificates));
    }
    let at = rng.usize(..entries.len());
    let entry = &mut entries[at];
    match rng.u8(..20) {
        0..3 => {
            let headers = pick(rng, &HEADERS);
            insert_behind(entry, BEGIN, headers.as_bytes());
        }
        3..5 => pool_case(rng, entry, certificates),
        5..7 => other_block(rng, entry, certificates),
        7..9 => relabel(rng, entry),
        9 => {
            let at = match rng.u8(..3) {
                0 => 0,
                1 => entry.len(),
                _ => line_start(rng, entry),
            };
            insert(entry, at, pick(rng, &JUNK));
        }
        10 => dashes(rng, entry),
        11 => line_ends(rng, entry),
        12 => {
            let at = if rng.bool() {
                line_end(rng, entry)
            } else {
                place(rng, entry.len())
            };
            insert(entry, at, pick(rng, &BLANKS));
        }
        13..15 => rewrap(rng, entry),
        15 => break_base64(rng, entry),
        16 => lines(rng, entry),
        17 => {
            // A block with nothing in it, with or without an empty line.
            let label = pick(rng, &LABELS[..4]);
            let inner = pick(
                rng,
                &["", "\n", " \n", "\n\n", "====\n", "a:b\n", "a:b\n\n"],
            );
            let empty = format!("-----BEGIN {label}-----\n{inner}-----END {label}-----\n");
            match rng.u8(..3) {
                0 => *entry = empty.into_bytes(),
                1 => insert(entry, 0, empty.as_bytes()),
                _ => entry.extend_from_slice(empty.as_bytes()),
            }
        }
        18 => {
            // BEGIN or END that starts no line.
            let wanted = pick(rng, &[BEGIN, END]);
            if let Some(at) = find(entry, wanted) {
                let pieces: [&[u8]; 5] = [b"x", b" ", b"\t", b"-", b"\r"];
                insert(entry, at, pick(rng, &pieces));
            }
        }
        _ if rng.u8(..8) == 0 => entry.clear(),
        _ => bytes::damage(rng, entry),
    }
}

/// What the pool of certificates looks at: a first block with headers, and blocks behind it.
fn pool_case(rng: &mut Rng, entry: &mut Vec<u8>, certificates: &[Vec<u8>]) {
    let header: &[u8] = b"a:b\n\n";
    insert_behind(entry, BEGIN, header);
    for _ in 0..[0, 0, 0, 1, 2][rng.usize(..5)] {
        let mut more = match rng.u8(..4) {
            0 => block(pick(rng, &LABELS), &certificates[0]),
            1 => block("CERTIFICATE", b"no certificate"),
            _ => root(rng, certificates),
        };
        if rng.bool() {
            insert_behind(&mut more, BEGIN, header);
        }
        entry.extend_from_slice(&more);
    }
}

/// Puts another block in front or behind, with or without a line end between the two.
fn other_block(rng: &mut Rng, entry: &mut Vec<u8>, certificates: &[Vec<u8>]) {
    let mut other = match rng.u8(..4) {
        0 => root(rng, certificates),
        1 => block(pick(rng, &LABELS), b"content"),
        _ => block(
            pick(rng, &LABELS[1..]),
            &certificates[rng.usize(..certificates.len())],
        ),
    };
    if rng.u8(..4) == 0 {
        let cut = rng.usize(..other.len());
        other.truncate(cut);
    }
    let (first, second) = if rng.bool() {
        (other, std::mem::take(entry))
    } else {
        (std::mem::take(entry), other)
    };
    *entry = first;
    if rng.u8(..3) == 0 && entry.last() == Some(&b'\n') {
        entry.pop();
    }
    entry.extend_from_slice(&second);
}

/// Gives BEGIN, END or both another label.
fn relabel(rng: &mut Rng, entry: &mut Vec<u8>) {
    let long = "X".repeat(rng.usize(1..5000));
    let label = match rng.u8(..12) {
        0 => &long,
        _ => pick(rng, &LABELS),
    };
    for line in [BEGIN, END] {
        if rng.u8(..4) > 0 {
            let from = [line, b"CERTIFICATE"].concat();
            *entry = replace(entry, &from, &[line, label.as_bytes()].concat());
        }
    }
}

/// Takes a dash away or adds one, on either side of BEGIN or END.
fn dashes(rng: &mut Rng, entry: &mut Vec<u8>) {
    let dashes: Vec<usize> = (0..entry.len()).filter(|&at| entry[at] == b'-').collect();
    let Some(&at) = rng.choice(&dashes) else {
        return;
    };
    match rng.u8(..3) {
        0 => drop(entry.remove(at)),
        1 => entry.insert(at, b'-'),
        _ => entry[at] = *rng.choice(b" _\n").unwrap(),
    }
}

fn line_ends(rng: &mut Rng, entry: &mut Vec<u8>) {
    match rng.u8(..5) {
        0 | 1 => *entry = replace(entry, b"\n", b"\r\n"),
        2 => *entry = replace(entry, b"\n", b"\r"),
        3 => *entry = replace(entry, b"\n", b" \t\r\n"),
        _ => {
            while entry.last().is_some_and(|last| b"\r\n".contains(last)) {
                entry.pop();
            }
        }
    }
}

/// Breaks the base64 text of the first block into lines of another length, the whole of it into one
/// line, or all of it and its BEGIN and END.
fn rewrap(rng: &mut Rng, entry: &mut Vec<u8>) {
    let Some(body) = body(entry) else { return };
    let mut joined = entry[body.clone()].to_vec();
    joined.retain(|byte| !byte.is_ascii_whitespace());
    let width = match rng.u8(..4) {
        0 => joined.len().max(1),
        1 => 76,
        _ => rng.usize(1..200),
    };
    let separators: [&[u8]; 5] = [b"\n", b"\n", b"\r\n", b" ", b"\n\n"];
    let lines: Vec<&[u8]> = joined.chunks(width).collect();
    let mut wrapped = lines.join(pick(rng, &separators));
    wrapped.extend_from_slice(b"\n");
    if rng.u8(..8) == 0 {
        wrapped.pop();
    }
    entry.splice(body, wrapped);
    if rng.u8(..12) == 0 {
        *entry = replace(entry, b"\n", b"");
    }
}

/// The place of the first base64 text: from the line behind BEGIN to the line of END.
fn body(entry: &[u8]) -> Option<std::ops::Range<usize>> {
    let begin = find(entry, BEGIN)?;
    let start = begin + find(&entry[begin..], b"\n")? + 1;
    let length = find(&entry[start..], END)?;
    Some(start..start + length)
}

/// Takes a character away or adds one, so that no base64 is left.
fn break_base64(rng: &mut Rng, entry: &mut Vec<u8>) {
    let Some(body) = body(entry).filter(|body| !body.is_empty()) else {
        return;
    };
    let at = rng.usize(body);
    match rng.u8(..3) {
        0 => drop(entry.remove(at)),
        1 => entry.insert(at, entry[at]),
        _ => entry.insert(at, *rng.choice(b"=-_!A\x80:\0").unwrap()),
    }
}

/// Doubles, swaps or joins lines.
fn lines(rng: &mut Rng, entry: &mut Vec<u8>) {
    let mut lines: Vec<&[u8]> = entry.split_inclusive(|&byte| byte == b'\n').collect();
    if lines.len() < 2 {
        return;
    }
    // The lines around the base64 text more often than those within.
    let at = match rng.u8(..3) {
        0 => 0,
        1 => lines.len() - 2,
        _ => rng.usize(..lines.len() - 1),
    };
    match rng.u8(..4) {
        0 => drop(lines.remove(at)),
        1 => lines.insert(at, lines[at]),
        2 => lines.swap(at, at + 1),
        _ => lines[at] = lines[at].trim_ascii_end(),
    }
    *entry = lines.concat();
}

fn line_start(rng: &mut Rng, entry: &[u8]) -> usize {
    let starts: Vec<usize> = (0..entry.len())
        .filter(|&at| entry[at] == b'\n')
        .map(|at| at + 1)
        .collect();
    rng.choice(&starts).copied().unwrap_or_default()
}

fn line_end(rng: &mut Rng, entry: &[u8]) -> usize {
    line_start(rng, entry).saturating_sub(1)
}

/// Puts a piece behind the line that starts so.
fn insert_behind(entry: &mut Vec<u8>, line: &[u8], piece: &[u8]) {
    let start = find(entry, line).unwrap_or_default();
    let end = find(&entry[start..], b"\n").map_or(entry.len(), |length| start + length + 1);
    insert(entry, end, piece);
}
