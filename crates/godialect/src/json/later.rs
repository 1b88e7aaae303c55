//! The words of each Go release for an error of syntax.
//!
//! Version 2 of Go's package, which reads JSON from Go 1.27 on, stops at the same byte as version 1.
//! It names a whole character or a whole escape where version 1 names a byte, and the end of the text
//! where version 1 reads a blank there. Follows encoding/json/internal/jsonwire and
//! encoding/json/v2_scanner.go of Go 1.27.

use super::{Place, Reader, SyntaxError};
use crate::changes::Rule;
use crate::release::{Dialect, GoRelease};
use std::fmt;

impl Dialect {
    /// An error of syntax that a [`Reader`] found in a text, in the words of this release.
    #[must_use]
    pub fn syntax_error(&self, text: &[u8], error: SyntaxError) -> SyntaxError {
        let SyntaxError::InvalidCharacter { byte, place } = error else {
            return error;
        };
        if self.has(Rule::JsonV2) {
            return by_version_2(text, place);
        }
        if byte == 0x7f && !self.has(Rule::DeleteAsHexadecimal) {
            return SyntaxError::InvalidDelete { place };
        }
        error
    }
}

fn by_version_2(text: &[u8], place: Place) -> SyntaxError {
    let mut reader = Reader::new(text);
    let _ = reader.skip().and_then(|()| reader.finish());
    let is_behind = matches!(place, Place::InString | Place::InEscape | Place::TooDeep);
    let at = reader.at.saturating_sub(usize::from(is_behind));
    if at >= text.len() {
        return SyntaxError::UnexpectedEnd;
    }
    let found = match place {
        Place::TooDeep => return SyntaxError::TooDeep,
        Place::InEscape => text.get(at - 1..at + 1),
        Place::InHexEscape => {
            let start = memchr::memrchr(b'\\', text.get(..at).unwrap_or_default());
            text.get(start.unwrap_or_default()..)
        }
        _ => text.get(at..),
    };
    SyntaxError::InvalidText(InvalidText::new(found.unwrap_or_default(), place))
}

/// What version 2 says of a character or an escape that may not stand there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidText {
    /// The first `length` of these: as many as the longest escape has.
    bytes: [u8; 6],
    length: u8,
    place: Place,
}

impl InvalidText {
    fn new(found: &[u8], place: Place) -> Self {
        let mut bytes = [0; 6];
        let length = found.len().min(bytes.len());
        bytes[..length].copy_from_slice(&found[..length]);
        Self {
            bytes,
            length: length as u8,
            place,
        }
    }
}

impl fmt::Display for InvalidText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The release matters to which characters are printable.
        let go = Dialect::of(GoRelease::new(27, 0));
        let found = self.bytes.get(..usize::from(self.length));
        let found = found.unwrap_or_default();
        match self.place {
            Place::InEscape | Place::InHexEscape => {
                write!(
                    f,
                    "invalid escape sequence {} in string",
                    escape(found, &go)
                )
            }
            place => {
                write!(f, "invalid character {} ", go.quote_rune(found))?;
                match place {
                    Place::InString => f.write_str("in string"),
                    Place::InNumber | Place::AfterDecimalPoint | Place::InExponent => {
                        f.write_str("in numeric literal")
                    }
                    other => other.fmt(f),
                }
            }
        }
    }
}

fn escape(escape: &[u8], go: &Dialect) -> String {
    let is_plain = |character: char| {
        !matches!(character, '`' | char::REPLACEMENT_CHARACTER)
            && !character.is_whitespace()
            && go.is_print(character)
    };
    match str::from_utf8(escape) {
        Ok(text) if text.chars().all(is_plain) => format!("`{text}`"),
        _ => go.quote(escape),
    }
}
