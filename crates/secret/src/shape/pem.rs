//! The lines between dashes around PEM, and what stands behind one of a private key.

use super::Extent;
use super::encoded::{Piece, gap_end};

/// The longest label that is looked for, in bytes.
const LONGEST_LABEL: usize = 96;

/// What two dashes or more begin.
pub(super) enum Boundary {
    /// A private key starts at `content`.
    PrivateKey { content: usize },
    /// A certificate starts at `content`.
    Certificate { content: usize },
    /// Anything else; the dashes end at `end`.
    Dashes { end: usize },
}

impl Boundary {
    /// Reads the dashes at `at`, and the label that they may stand before. A label counts however it
    /// is damaged: with fewer dashes, in lower case, with other spaces, with words around it.
    pub(super) fn at(text: &str, at: usize) -> Self {
        let end = dashes_end(text, at);
        let rest = text.get(end..).unwrap_or_default();
        let Some((label, length)) = label(rest) else {
            return Self::Dashes { end };
        };
        let content = dashes_end(text, end + length);
        if label.starts_with("END") {
            Self::Dashes { end: content }
        } else if label.contains("PRIVATE KEY") {
            Self::PrivateKey { content }
        } else if label == "BEGIN CERTIFICATE" {
            Self::Certificate { content }
        } else {
            Self::Dashes { end }
        }
    }
}

/// A label up to the next dashes or the end of its line, in capitals and with single spaces, and its
/// length as it stands.
fn label(rest: &str) -> Option<(String, usize)> {
    let mut label = String::new();
    let mut space = false;
    for (at, character) in rest.char_indices() {
        let after = rest.get(at..).unwrap_or_default();
        if after.starts_with("--") || after.starts_with('\n') || after.starts_with("\\n") {
            return (!label.is_empty()).then_some((label, at));
        }
        if at > LONGEST_LABEL {
            return None;
        }
        if character.is_alphanumeric() {
            if space && !label.is_empty() {
                label.push(' ');
            }
            space = false;
            label.extend(character.to_uppercase());
        } else {
            space = true;
        }
    }
    (!label.is_empty()).then_some((label, rest.len()))
}

/// Where dashes end that start at `at`; a space may stand before them.
fn dashes_end(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    let dashes = rest.trim_start_matches('-');
    at + rest.len() - dashes.len()
}

/// Finds where the contents of private keys end: before the next line between dashes.
pub(super) struct Ends<'t> {
    text: &'t str,
    extent: Extent,
    /// The end that was found last, so that none is looked for twice.
    known: Option<usize>,
}

impl<'t> Ends<'t> {
    pub(super) fn new(text: &'t str, extent: Extent) -> Self {
        Self {
            text,
            extent,
            known: None,
        }
    }

    /// Where a content ends that starts at `content`. The contents are asked for in their order.
    pub(super) fn after(&mut self, content: usize) -> usize {
        if self.extent == Extent::Page {
            return base64_end(self.text.as_bytes(), content);
        }
        let known = self.known.filter(|&end| end >= content);
        let end = known.unwrap_or_else(|| next_boundary(self.text, content));
        self.known = Some(end);
        end
    }
}

/// Where the next line between dashes starts that begins or ends something, or the text's end.
fn next_boundary(text: &str, from: usize) -> usize {
    let mut at = from;
    while let Some(found) = text.get(at..).and_then(|rest| rest.find("--")) {
        at += found;
        let end = dashes_end(text, at);
        let label = text.get(end..).unwrap_or_default().trim_start().as_bytes();
        let is = |word: &[u8]| {
            let start = label.get(..word.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(word))
        };
        if is(b"END") || is(b"BEGIN") {
            return at;
        }
        at = end;
    }
    text.len()
}

/// Where base64 and the headers before it end.
fn base64_end(bytes: &[u8], from: usize) -> usize {
    let mut end = from;
    let mut at = from;
    loop {
        at = gap_end(bytes, at).map_or(at, |gap| gap.end);
        let Some(piece) = Piece::at(bytes, at) else {
            // `DEK-Info: AES-256-CBC,1F2E…`
            match bytes.get(at) {
                Some(b':' | b',' | b'.' | b'*') => at += 1,
                _ => return end,
            }
            continue;
        };
        at = piece.range.end;
        end = at;
    }
}
