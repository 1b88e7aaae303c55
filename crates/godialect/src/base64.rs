//! Go's `base64.StdEncoding`: the standard alphabet, padded, read leniently in two ways.
//!
//! Where Go differs from the usual crate:
//!
//! - `\r` and `\n` are skipped wherever they stand, between the padding characters too;
//! - the unused bits of the last character may be anything;
//! - padding is required, and an error names one offset, which is not always that of the byte that
//!   offends: input that ends early is blamed on the place where its last group of four began, less
//!   the line ends within it.
//!
//! The usual crate decides the common case: one line, padded, its unused bits zero. Whatever it
//! takes, Go takes with the same result; what it refuses is read again from the start by the exact
//! reader below, which has the last word.

use base64_simd::STANDARD;

/// Go's `base64.CorruptInputError`: the offset at which Go stopped, in bytes of the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("illegal base64 data at input byte {offset}")]
pub struct CorruptBase64 {
    /// The offset that Go names.
    pub offset: usize,
}

/// Encodes as Go does: one line, padded.
pub fn encode(bytes: &[u8]) -> String {
    STANDARD.encode_to_string(bytes)
}

/// Decodes `text` into `out`, whose earlier content is dropped. It grows at most once, before
/// anything is written: a buffer that grows leaves copies of what was in it behind.
///
/// # Errors
///
/// [`CorruptBase64`] with Go's offset; `out` is then unspecified.
pub fn decode(text: &[u8], out: &mut Vec<u8>) -> Result<(), CorruptBase64> {
    if decode_plain(text, out) {
        return Ok(());
    }
    out.clear();
    decode_exactly(text, out)
}

/// Decodes as [`decode`] does, but only where `text` is one line of padded base64 as an encoder
/// writes it; false anywhere else, and `out` is then unspecified.
pub fn decode_plain(text: &[u8], out: &mut Vec<u8>) -> bool {
    out.clear();
    out.reserve(text.len());
    STANDARD.decode_append(text, out).is_ok()
}

/// One group of up to four characters, as it fills.
#[derive(Default)]
struct Group {
    bits: u32,
    characters: usize,
}

impl Group {
    fn push(&mut self, six_bits: u8) {
        self.bits = self.bits << 6 | u32::from(six_bits);
        self.characters += 1;
    }

    /// Writes the whole bytes that the group's characters make; leftover bits are dropped.
    fn flush(&mut self, out: &mut Vec<u8>) {
        let aligned = self.bits << (6 * (4 - self.characters) + 8);
        let bytes = self.characters * 6 / 8;
        out.extend(aligned.to_be_bytes().iter().take(bytes));
        *self = Self::default();
    }
}

fn decode_exactly(text: &[u8], out: &mut Vec<u8>) -> Result<(), CorruptBase64> {
    let corrupt = |offset| Err(CorruptBase64 { offset });
    let mut group = Group::default();
    let mut rest = text.iter().copied().enumerate();
    while let Some((at, byte)) = rest.next() {
        match byte {
            b'\r' | b'\n' => {}
            b'=' => {
                let missing = match group.characters {
                    2 => 1,
                    3 => 0,
                    _ => return corrupt(at),
                };
                group.flush(out);
                let mut after = rest.filter(|(_, byte)| !matches!(byte, b'\r' | b'\n'));
                if missing == 1 {
                    match after.next() {
                        Some((_, b'=')) => {}
                        // Go blames the byte before the one that should have been the padding.
                        Some((at, _)) => return corrupt(at - 1),
                        None => return corrupt(text.len()),
                    }
                }
                return match after.next() {
                    Some((at, _)) => corrupt(at),
                    None => Ok(()),
                };
            }
            _ => match six_bits(byte) {
                Some(value) => group.push(value),
                None => return corrupt(at),
            },
        }
        if group.characters == 4 {
            group.flush(out);
        }
    }
    match group.characters {
        0 => Ok(()),
        // Go counts back the characters of the unfinished group, and no line ends among them.
        n => corrupt(text.len() - n),
    }
}

fn six_bits(byte: u8) -> Option<u8> {
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decoded(text: &str) -> Result<Vec<u8>, usize> {
        let mut out = b"left over".to_vec();
        decode(text.as_bytes(), &mut out)
            .map(|()| out)
            .map_err(|e| e.offset)
    }

    /// Each answer is Go 1.26's.
    #[test]
    fn reads_as_go_does() {
        for (text, expected) in [
            ("", Ok("")),
            ("YQ==", Ok("a")),
            ("YWI=", Ok("ab")),
            ("YWJj", Ok("abc")),
            ("YW\nJj\r\n", Ok("abc")),
            ("YQ=\n=\n", Ok("a")),
            ("YR==", Ok("a")),
            ("YWJ=", Ok("ab")),
            ("YQ", Err(0)),
            ("YWJjYQ", Err(4)),
            ("YWJjY\nQ", Err(5)),
            ("YWJj\nY", Err(5)),
            ("YQ=", Err(3)),
            ("YQ=\n", Err(4)),
            ("YQ=A", Err(2)),
            ("YQ=\nA", Err(3)),
            ("YQ==A", Err(4)),
            ("YQ==\n\nA", Err(6)),
            ("YWI==", Err(4)),
            ("=", Err(0)),
            ("Y=", Err(1)),
            ("YWJj====", Err(4)),
            ("YWJ-", Err(3)),
            (" YWJj", Err(0)),
            ("YWJj ", Err(4)),
        ] {
            assert_eq!(
                decoded(text),
                expected.map(|t: &str| t.as_bytes().to_vec()),
                "{text:?}"
            );
        }
    }

    proptest! {
        /// The shortcut may never answer where the exact reader would answer otherwise.
        #[test]
        fn shortcut_and_exact_reader_agree(text in "[AQgw+/=\n\r]{0,24}") {
            let mut exact = Vec::new();
            let expected = decode_exactly(text.as_bytes(), &mut exact).map(|()| exact);
            prop_assert_eq!(decoded(&text), expected.map_err(|e| e.offset));
        }

        #[test]
        fn round_trip(bytes: Vec<u8>) {
            prop_assert_eq!(decoded(&encode(&bytes)), Ok(bytes));
        }
    }
}
