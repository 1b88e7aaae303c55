//! Go's `pem.Decode`: the first PEM block of a text, with everything around it ignored. And Go's
//! `pem.Encode`, for certificates.
//!
//! ```text
//! -----BEGIN TYPE-----
//! Key: Value            (any number of such lines; any line with a colon is one)
//! base64, in any lines
//! -----END TYPE-----
//! ```
//!
//! Where Go differs from the usual crates:
//!
//! - it looks for an END line first, and then back for the last BEGIN line before it, so that a
//!   BEGIN without an END is passed over (up to Go 1.24.7 and 1.25.1 it looks for BEGIN first);
//! - BEGIN has to start a line, or the text that is searched; END has to follow a line end;
//! - the blanks at the end of a line are dropped, and blanks within the base64 text too;
//! - the base64 text is [`super::base64`]'s: padded, in lines of any length;
//! - an END line with a colon is taken for a header and swallowed;
//! - a damaged block is skipped silently, and the search goes on behind its END.

mod older;

use super::base64;
use crate::changes::Rule;
use crate::release::Dialect;
use memchr::memmem;

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"\n-----END ";
const DASHES: &[u8] = b"-----";
/// The label of a certificate.
pub const CERTIFICATE: &[u8] = b"CERTIFICATE";
/// The length of a line of base64 that Go writes.
const LINE: usize = 64;

/// What [`next_block`] found; the decoded bytes are in the buffer that was handed to it.
#[derive(Debug, PartialEq, Eq)]
pub struct Block<'a> {
    /// The label, such as `CERTIFICATE`; any bytes.
    pub label: &'a [u8],
    /// Whether header lines stood before the base64 text.
    pub has_headers: bool,
    /// Where BEGIN starts in the text.
    pub start: usize,
    /// Where the line after END starts: the search for a next block goes on there.
    pub end: usize,
}

/// Finds the first block of `text` from `from` on, and decodes its content into `content`.
///
/// Gives `None` where Go finds no block; `content` is then unspecified. A `from` that is no end of
/// an earlier block is a position where a BEGIN may stand though no line starts there.
pub fn next_block<'a>(text: &'a [u8], from: usize, content: &mut Vec<u8>) -> Option<Block<'a>> {
    search(text, from, content, &mut false)
}

impl Dialect {
    /// As [`next_block`], in this release.
    pub fn next_block<'a>(
        &self,
        text: &'a [u8],
        from: usize,
        content: &mut Vec<u8>,
    ) -> Option<Block<'a>> {
        let mut is_first = false;
        let found = search(text, from, content, &mut is_first);
        // All releases find a block that is the first to begin and the first to end.
        if let Some(block) = &found
            && is_first
            && !block.has_headers
            && (block.start == from || memmem::find(text.get(from..block.start)?, BEGIN).is_none())
        {
            return found;
        }
        if !self.has(Rule::PemEndFirst) {
            older::begin_first(text, from, content)
        } else if !self.has(Rule::PemStrayEnd) {
            older::end_first(text, from, content)
        } else {
            found
        }
    }
}

/// Finds a block, and tells whether its END is the first in the text.
#[inline]
fn search<'a>(
    text: &'a [u8],
    from: usize,
    content: &mut Vec<u8>,
    is_first: &mut bool,
) -> Option<Block<'a>> {
    let mut search_from = from;
    loop {
        let end = search_from + memmem::find(text.get(search_from..)?, END)?;
        let after_end = end + END.len();
        let begin = memmem::rfind(text.get(search_from..end)?, BEGIN).map(|at| search_from + at);
        let begin = begin.filter(|&at| at == search_from || text.get(at - 1) == Some(&b'\n'));
        let Some(begin) = begin else {
            search_from = after_end;
            continue;
        };

        let (label_line, mut at) = line(text, begin + BEGIN.len());
        let mut has_headers = false;
        if let Some(label) = label_line.strip_suffix(DASHES) {
            loop {
                if at == text.len() {
                    return None;
                }
                let (header, next) = line(text, at);
                if !header.contains(&b':') {
                    break;
                }
                has_headers = true;
                at = next;
            }
            let swallowed = has_headers && end < at;
            if !swallowed
                && ends_block(text.get(after_end..)?, label)
                && read_content(text.get(at..end).unwrap_or_default(), content)
            {
                let (_, after) = line(text, after_end - 1);
                *is_first = search_from == from;
                return Some(Block {
                    label,
                    has_headers,
                    start: begin,
                    end: after,
                });
            }
        }
        // Headers may have been read to beyond this END: Go gives up on the whole text then.
        if after_end < at {
            return None;
        }
        search_from = after_end;
    }
}

/// Returns every certificate of a PEM text as DER. Blocks with another label are left out.
///
/// Only the label counts: whether Go can parse what is in the block is a question for
/// [`x509`](crate::x509).
pub fn certificates(text: impl AsRef<[u8]>) -> Vec<Vec<u8>> {
    let text = text.as_ref();
    let mut certificates = Vec::new();
    let mut der = Vec::new();
    let mut from = 0;
    while let Some(block) = next_block(text, from, &mut der) {
        if block.label == CERTIFICATE {
            certificates.push(der.clone());
        }
        from = block.end;
    }
    certificates
}

/// Writes a certificate as Go's `pem.Encode` does: lines of 64 characters, each with a `\n` at its
/// end.
pub fn encode_certificate(der: &[u8]) -> String {
    let base64 = base64::encode(der);
    let mut text = String::from("-----BEGIN CERTIFICATE-----\n");
    let mut rest = base64.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(LINE));
        text.push_str(line);
        text.push('\n');
        rest = after;
    }
    text.push_str("-----END CERTIFICATE-----\n");
    text
}

/// The line that starts at `at`, without the blanks at its end, and where the next line starts.
fn line(text: &[u8], at: usize) -> (&[u8], usize) {
    let rest = text.get(at..).unwrap_or_default();
    let (line, next) = match memchr::memchr(b'\n', rest) {
        Some(length) => {
            let line = &rest[..length];
            (line.strip_suffix(b"\r").unwrap_or(line), at + length + 1)
        }
        None => (rest, text.len()),
    };
    let blanks = line
        .iter()
        .rev()
        .take_while(|byte| matches!(byte, b' ' | b'\t'))
        .count();
    (&line[..line.len() - blanks], next)
}

/// Whether `rest`, which follows `-----END `, ends a block of this label.
fn ends_block(rest: &[u8], label: &[u8]) -> bool {
    rest.strip_prefix(label)
        .and_then(|rest| rest.strip_prefix(DASHES))
        .is_some_and(|rest| line(rest, 0).0.is_empty())
}

/// Decodes the base64 text between the headers and END; false where Go finds it corrupt.
fn read_content(text: &[u8], content: &mut Vec<u8>) -> bool {
    // Without blanks and line ends, which Go skips too, the text is what the fast reader takes.
    let mut joined = Vec::with_capacity(text.len());
    let mut from = 0;
    let has_blanks = memchr::memchr2(b' ', b'\t', text).is_some();
    for line_end in memchr::memchr2_iter(b'\r', b'\n', text).chain([text.len()]) {
        let line = text.get(from..line_end).unwrap_or_default();
        if has_blanks {
            joined.extend(line.iter().filter(|byte| !matches!(byte, b' ' | b'\t')));
        } else {
            joined.extend_from_slice(line);
        }
        from = line_end + 1;
    }
    base64::decode(&joined, content).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(text: &str) -> Vec<(String, bool, String)> {
        let mut found = Vec::new();
        let mut from = 0;
        let mut content = Vec::new();
        while let Some(block) = next_block(text.as_bytes(), from, &mut content) {
            found.push((
                String::from_utf8_lossy(block.label).into_owned(),
                block.has_headers,
                String::from_utf8_lossy(&content).into_owned(),
            ));
            assert!(block.end > from);
            from = block.end;
        }
        found
    }

    /// Each answer is that of Go 1.26's `pem.Decode`, called until it finds no more.
    #[test]
    fn finds_the_blocks_that_go_finds() {
        let x = |headers: bool, content: &str| vec![("X".to_owned(), headers, content.to_owned())];
        for (text, expected) in [
            (
                "-----BEGIN X-----\nYWJj\n-----END X-----\n",
                x(false, "abc"),
            ),
            (
                "-----BEGIN X-----\r\nYWJj\r\n-----END X-----",
                x(false, "abc"),
            ),
            (
                "-----BEGIN X----- \t\nY W\tJj \n-----END X----- \n",
                x(false, "abc"),
            ),
            (
                "junk\n-----BEGIN X-----\nYWJj\n-----END X-----\njunk",
                x(false, "abc"),
            ),
            ("junk -----BEGIN X-----\nYWJj\n-----END X-----\n", vec![]),
            (
                "-----BEGIN Y-----\n-----BEGIN X-----\nYWJj\n-----END X-----\n",
                x(false, "abc"),
            ),
            (
                "-----BEGIN X-----\nK: v\n\nYWJj\n-----END X-----\n",
                x(true, "abc"),
            ),
            ("-----BEGIN X-----\n-----END X-----\n", x(false, "")),
            ("-----BEGIN X-----\nYWJj-----END X-----\n", vec![]),
            ("-----BEGIN X-----\nYWJj\n-----END Y-----\n", vec![]),
            ("-----BEGIN X-----\nYWJj\n-----END X----- junk\n", vec![]),
            ("-----BEGIN X-----\nYWJ\n-----END X-----\n", vec![]),
            ("-----BEGIN X----\nYWJj\n-----END X-----\n", vec![]),
            (
                "-----BEGIN X:-----\nYWJj\n-----END X:-----\n",
                vec![("X:".to_owned(), false, "abc".to_owned())],
            ),
            ("-----BEGIN X:-----\n-----END X:-----\nYWJj\n", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(blocks(text), expected, "{text:?}");
        }
    }

    /// Go 1.26's `pem.Encode` wrote each text, from a block without headers.
    #[test]
    fn writes_a_certificate_as_go_does() {
        let bytes: Vec<u8> = (0..49).collect();
        let full = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4v\n";
        for (length, lines) in [
            (0, String::new()),
            (1, "AA==\n".to_owned()),
            (48, full.to_owned()),
            (49, format!("{full}MA==\n")),
        ] {
            let text = encode_certificate(&bytes[..length]);
            let expected =
                format!("-----BEGIN CERTIFICATE-----\n{lines}-----END CERTIFICATE-----\n");
            assert_eq!(text, expected, "{length} bytes");
            assert_eq!(certificates(&text), [&bytes[..length]]);
        }
    }

    #[test]
    fn only_certificates_are_returned() {
        let one = encode_certificate(b"one");
        let key = one.replace("CERTIFICATE", "PRIVATE KEY");
        let two = encode_certificate(b"two").replace('\n', "\r\n");
        let text = format!("# one\n{one}{key}{two}");
        assert_eq!(certificates(text), [b"one", b"two"]);
        assert!(certificates(key).is_empty());
        assert!(certificates("no PEM").is_empty());
    }
}
