//! Runs of base64 that look random.

use std::ops::Range;

/// The shortest run that may hold a secret worth hiding, in bytes: a 16-byte key has 24, and the
/// secret part of a P-256 key 43.
const SHORTEST: usize = 40;
/// The shortest piece that tells by itself whether it looks random, in bytes.
const SHORTEST_PIECE: usize = 16;
/// The narrowest lines of wrapped base64, in bytes.
const NARROWEST: usize = 8;
/// The shortest hexadecimal text that is longer than any digest, in bytes: SHA-512 has 128.
const LONG_HEX: usize = 130;
/// The shortest run that is hidden for its padding, in bytes.
const SHORTEST_PADDED: usize = 20;
/// The longest gap between the lines of wrapped base64, in bytes: an indentation, or a colour.
const LONGEST_GAP: usize = 200;
/// How an object with a quote, a line end or a space behind its brace starts in base64, and the first
/// of these in base64 twice.
const JSON_STARTS: [&[u8]; 6] = [b"eyJ", b"ewo", b"ew0", b"eyA", b"ZXlK", b"ZXdv"];

/// A run of base64 characters, some of them percent-encoded, without a break.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    pub(super) range: Range<usize>,
    upper: usize,
    lower: usize,
    digits: usize,
    /// How often a character is of another class than the one before it.
    changes: usize,
    hex: bool,
    /// Whether it may hold a name and its value: there is an `=` in it, percent-encoded perhaps.
    has_equals: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Upper,
    Lower,
    Digit,
    Symbol,
}

impl Piece {
    /// The piece that starts at `at`. Two dashes are none of it: they belong to PEM.
    pub(super) fn at(bytes: &[u8], at: usize) -> Option<Self> {
        let mut piece = Self {
            range: at..at,
            upper: 0,
            lower: 0,
            digits: 0,
            changes: 0,
            hex: true,
            has_equals: false,
        };
        // Of a path each part is a piece, so that one that looks random does not hide the others.
        let is_path = bytes.get(at) == Some(&b'/');
        let mut last = Class::Symbol;
        while let Some(&byte) = bytes.get(piece.range.end) {
            let (class, length) = match byte {
                b'A'..=b'Z' => (Class::Upper, 1),
                b'a'..=b'z' => (Class::Lower, 1),
                b'0'..=b'9' => (Class::Digit, 1),
                b'-' if bytes.get(piece.range.end + 1) == Some(&b'-') => break,
                b'/' if is_path && piece.range.end > at => break,
                b'+' | b'/' | b'=' | b'-' | b'_' => (Class::Symbol, 1),
                b'%' | b'\\' => match escaped_symbol(bytes, piece.range.end) {
                    Some(length) => (Class::Symbol, length),
                    None => break,
                },
                _ => break,
            };
            match class {
                Class::Upper => piece.upper += 1,
                Class::Lower => piece.lower += 1,
                Class::Digit => piece.digits += 1,
                Class::Symbol => {}
            }
            piece.has_equals |= matches!(byte, b'=' | b'%');
            piece.hex &= byte.is_ascii_hexdigit() || byte == b'-';
            if class != Class::Symbol && last != Class::Symbol && class != last {
                piece.changes += 1;
            }
            last = class;
            piece.range.end += length;
        }
        (!piece.range.is_empty()).then_some(piece)
    }

    pub(super) fn len(&self) -> usize {
        self.range.len()
    }

    /// Takes a piece behind it in.
    fn add(&mut self, next: &Self) {
        self.range.end = next.range.end;
        self.upper += next.upper;
        self.lower += next.lower;
        self.digits += next.digits;
        self.changes += next.changes;
        self.hex &= next.hex;
    }

    /// Whether it is hexadecimal and longer than any digest: a key's DER.
    fn is_long_hex(&self) -> bool {
        self.hex && self.len() >= LONG_HEX && self.digits > 0
    }

    /// Whether it is too short to tell anything by itself.
    pub(super) fn is_short(&self) -> bool {
        self.len() < SHORTEST_PIECE
    }

    /// Whether it may be a UUID, or a part of one.
    pub(super) fn is_uuid(&self) -> bool {
        self.hex && !self.is_short() && self.digits > 0
    }

    pub(super) fn has_equals(&self) -> bool {
        self.has_equals
    }

    pub(super) fn has_digit(&self) -> bool {
        self.digits > 0
    }

    /// Whether it looks random: with letters of both cases and digits, one after the other. In random
    /// base64 the class changes at 6 of 10 characters, in the base64 of a text at 4, in a path, a
    /// name or a sentence at 1 or 2.
    pub(super) fn is_random(&self) -> bool {
        let letters = self.upper + self.lower + self.digits;
        !self.is_short()
            && !self.hex
            && self.upper > 0
            && self.lower > 0
            && self.digits > 0
            && self.changes * 10 >= letters * 3
    }

    fn is_json(&self, bytes: &[u8]) -> bool {
        let text = bytes.get(self.range.clone()).unwrap_or_default();
        matches!(text.first(), Some(b'e' | b'Z'))
            && JSON_STARTS.iter().any(|start| text.starts_with(start))
    }

    /// Whether it starts as a certificate's DER does: a sequence in a sequence, and in that the
    /// version or, in the first version, the serial number. A private key has a number first, and an
    /// encrypted one an algorithm.
    pub(super) fn starts_certificate(&self, bytes: &[u8]) -> bool {
        const SEQUENCE: u8 = 0x30;
        if self.is_short() {
            return false;
        }
        let text = bytes.get(self.range.clone()).unwrap_or_default();
        // A sequence starts so in base64.
        if text.first() != Some(&b'M') {
            return false;
        }
        let mut der = decoded(text.get(..SHORTEST_PIECE).unwrap_or_default()).into_iter();
        let mut sequence = || {
            (der.next() == Some(SEQUENCE)).then_some(())?;
            match der.next()? {
                0x81 => der.next().map(drop),
                0x82 => der.nth(1).map(drop),
                length => (length < 0x80).then_some(()),
            }
        };
        sequence().and_then(|()| sequence()).is_some() && matches!(der.next(), Some(0xa0 | 0x02))
    }
}

/// The length of a symbol of base64 that stands there percent-encoded, once or twice, or escaped as
/// some do in JSON.
fn escaped_symbol(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at..).unwrap_or_default();
    match rest {
        [b'%', b'2', b'b' | b'B' | b'f' | b'F' | b'5', ..] | [b'%', b'3', b'd' | b'D', ..] => {
            Some(3)
        }
        [b'\\', b'/', ..] => Some(2),
        [b'\\', b'u', b'0', b'0', b'2', b'b' | b'B' | b'f' | b'F', ..]
        | [b'\\', b'u', b'0', b'0', b'3', b'd' | b'D', ..] => Some(6),
        _ => None,
    }
}

/// Whether another character stands there percent-encoded.
pub(super) fn is_escape(bytes: &[u8], at: usize) -> bool {
    let digits = bytes.get(at + 1..at + 3);
    digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
        && escaped_symbol(bytes, at).is_none()
}

/// The bytes that whole groups of base64 stand for.
fn decoded(text: &[u8]) -> Vec<u8> {
    let value = |byte: u8| match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        _ => 63,
    };
    let groups = text.chunks_exact(4);
    let bits = groups.map(|group| {
        group
            .iter()
            .fold(0, |bits, &b| bits << 6 | u32::from(value(b)))
    });
    bits.flat_map(|bits| bits.to_be_bytes().into_iter().skip(1))
        .collect()
}

/// Pieces with nothing but line ends or spaces between them: one run, wrapped.
pub(super) struct Group {
    pub(super) range: Range<usize>,
    first: Piece,
    /// How much of it looks random, in bytes.
    random: usize,
}

impl Group {
    /// The group that starts with a piece.
    pub(super) fn of(first: Piece, bytes: &[u8]) -> Self {
        let is_json = first.is_json(bytes);
        let mut group = Self {
            range: first.range.clone(),
            random: if first.is_random() { first.len() } else { 0 },
            first,
        };
        if group.random == 0 && group.is_wrapped_narrowly(bytes) {
            group.random = group.first.len();
        }
        let may_be_wrapped = group.random > 0 || is_json && !group.first.is_short();
        if !may_be_wrapped {
            return group;
        }
        let mut line = group.first.len();
        while let Some(gap) = group.gap_after(bytes) {
            let Some(next) = Piece::at(bytes, gap.end) else {
                break;
            };
            // Lines that were wrapped are of one length, but for the last.
            let is_line = next.len() == line && line >= NARROWEST;
            let is_padded = bytes.get(next.range.end - 1) == Some(&b'=');
            let is_last = is_padded || gap.has_line_end && ends_line(bytes, next.range.end);
            let goes_on = is_line || next.is_random();
            if !goes_on && !is_last {
                break;
            }
            group.range.end = next.range.end;
            if !goes_on {
                break;
            }
            line = next.len();
            group.random += line;
        }
        group
    }

    /// What lies behind the last piece; nothing where a part of a path follows.
    fn gap_after(&self, bytes: &[u8]) -> Option<Gap> {
        let end = self.range.end;
        let is_path = bytes.get(end) == Some(&b'/');
        let here = is_path.then_some(Gap {
            end,
            has_line_end: false,
        });
        here.or_else(|| gap_end(bytes, end))
    }

    /// Whether pieces of one length follow that look random together, though each is too short to tell.
    fn is_wrapped_narrowly(&self, bytes: &[u8]) -> bool {
        const MOST: usize = 12;
        if self.first.len() < NARROWEST || !self.first.is_short() {
            return false;
        }
        let mut all = self.first.clone();
        let mut length = all.len();
        for _ in 0..MOST {
            let gap = gap_end(bytes, all.range.end);
            let Some(next) = gap.and_then(|gap| Piece::at(bytes, gap.end)) else {
                break;
            };
            if next.len() != self.first.len() {
                break;
            }
            length += next.len();
            all.add(&next);
        }
        length >= SHORTEST && all.is_random()
    }

    /// Whether a secret may be in it.
    pub(super) fn is_secret(&self, bytes: &[u8]) -> bool {
        if self.first.is_long_hex() {
            return true;
        }
        let padded = bytes.get(self.first.range.end - 1) == Some(&b'=');
        self.random >= SHORTEST
            || padded && self.random >= SHORTEST_PADDED
            || self.first.is_json(bytes) && self.range.len() >= SHORTEST
    }
}

/// Whether nothing follows on the line: so ends the last line of wrapped base64, and no sentence.
fn ends_line(bytes: &[u8], at: usize) -> bool {
    match bytes.get(at) {
        None | Some(b'\n' | b'\r' | b'"' | b'\'' | b'-' | b'\x1b') => true,
        Some(b'\\') => {
            let rest = bytes.get(at..).unwrap_or_default();
            escape(rest).is_some() || bytes.get(at + 1) == Some(&b'"')
        }
        Some(_) => false,
    }
}

/// The length of an escaped space or line end, escaped once or several times, and whether it is a
/// line end.
fn escape(text: &[u8]) -> Option<(usize, bool)> {
    let slashes = text
        .iter()
        .take(8)
        .take_while(|&&byte| byte == b'\\')
        .count();
    match text.get(slashes..)? {
        [b'n' | b'r', ..] => Some((slashes + 1, true)),
        [b't', ..] => Some((slashes + 1, false)),
        [b'u', b'0', b'0', b'0', b'a' | b'd' | b'A' | b'D', ..] => Some((slashes + 5, true)),
        _ => None,
    }
}

/// What lies between two lines of wrapped base64.
pub(super) struct Gap {
    pub(super) end: usize,
    has_line_end: bool,
}

/// The gap that starts at `at`: spaces and line ends, as they are or escaped, and colours.
pub(super) fn gap_end(bytes: &[u8], at: usize) -> Option<Gap> {
    let mut gap = Gap {
        end: at,
        has_line_end: false,
    };
    while gap.end - at < LONGEST_GAP {
        let rest = bytes.get(gap.end..).unwrap_or_default();
        gap.end += match rest {
            [b'\n' | b'\r', ..] => {
                gap.has_line_end = true;
                1
            }
            [b'\\', ..] => match escape(rest) {
                Some((length, is_line_end)) => {
                    gap.has_line_end |= is_line_end;
                    length
                }
                None => break,
            },
            [b' ' | b'\t' | b'|' | b'>', ..] => 1,
            // A list of strings, and what cannot be seen: a space that does not break, a soft hyphen, spaces
            // of no width.
            [b'"' | b'\'' | b',', ..] => 1,
            [0xc2, 0xa0 | 0xad, ..] => 2,
            [0xe2, 0x80, 0x8b..=0x8f, ..] | [0xe2, 0x81, 0xa0, ..] | [0xef, 0xbb, 0xbf, ..] => 3,
            [b'\x1b', b'[', parameters @ ..] => {
                let end = parameters.iter().position(u8::is_ascii_alphabetic);
                3 + end.unwrap_or_default()
            }
            _ => break,
        };
    }
    (gap.end > at).then_some(gap)
}
