//! The words of each Go release for an error of syntax.
//!
//! Version 2 of Go's package, which reads JSON from Go 1.27 on, stops at the same byte as version 1.
//! It names a whole character or a whole escape where version 1 names a byte, and the end of the text
//! where version 1 reads a blank there. Follows encoding/json/internal/jsonwire and
//! encoding/json/v2_scanner.go of Go 1.27.

use super::{Place, Reader, SyntaxError};
use crate::changes::Rule;
use crate::release::Dialect;

impl Dialect {
    /// An error of syntax that a [`Reader`] found in a text, in the words of this release.
    #[must_use]
    pub fn syntax_error(&self, text: &[u8], error: SyntaxError) -> SyntaxError {
        let SyntaxError::InvalidCharacter { byte, place } = error else {
            return error;
        };
        if self.has(Rule::JsonV2) {
            return self.by_version_2(text, place);
        }
        if byte == 0x7f && !self.has(Rule::DeleteAsHexadecimal) {
            return SyntaxError::InvalidDelete { place };
        }
        error
    }

    fn by_version_2(&self, text: &[u8], place: Place) -> SyntaxError {
        let mut reader = Reader::new(text);
        let _ = reader.skip().and_then(|()| reader.finish());
        let is_behind = matches!(place, Place::InString | Place::InEscape | Place::TooDeep);
        let at = reader.at.saturating_sub(usize::from(is_behind));
        if at >= text.len() {
            return SyntaxError::UnexpectedEnd;
        }
        let where_ = match place {
            Place::TooDeep => return SyntaxError::TooDeep,
            Place::InEscape => return self.invalid_escape(text.get(at - 1..at + 1)),
            Place::InHexEscape => {
                let start = memchr::memrchr(b'\\', text.get(..at).unwrap_or_default());
                let rest = text.get(start.unwrap_or_default()..).unwrap_or_default();
                return self.invalid_escape(rest.get(..6).or(Some(rest)));
            }
            Place::InString => "in string".to_owned(),
            Place::InNumber | Place::AfterDecimalPoint | Place::InExponent => {
                "in numeric literal".to_owned()
            }
            other => other.to_string(),
        };
        let character = self.quote_rune(text.get(at..).unwrap_or_default());
        SyntaxError::InvalidText {
            what: format!("character {character}"),
            place: where_,
        }
    }

    fn invalid_escape(&self, escape: Option<&[u8]>) -> SyntaxError {
        let escape = escape.unwrap_or_default();
        let is_plain = |character: char| {
            !matches!(character, '`' | char::REPLACEMENT_CHARACTER)
                && !character.is_whitespace()
                && self.is_print(character)
        };
        let escape = match str::from_utf8(escape) {
            Ok(text) if text.chars().all(is_plain) => format!("`{text}`"),
            _ => self.quote(escape),
        };
        SyntaxError::InvalidText {
            what: format!("escape sequence {escape}"),
            place: "in string".to_owned(),
        }
    }
}
