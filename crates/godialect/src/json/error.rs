//! What Go says of a text that is no JSON, and of a value that is of the wrong type.

use super::Kind;
use super::later::InvalidText;
use crate::quote::quote;
use std::fmt;

/// Why a text is no JSON for Go: its `json.SyntaxError`, which prints Go's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SyntaxError {
    /// A byte that may not stand there. At the end of the text Go names a blank that is not there.
    #[error("invalid character {} {place}", quoted_byte(*.byte))]
    InvalidCharacter {
        /// The byte found.
        byte: u8,
        /// Where it was found, and with that what was expected.
        place: Place,
    },
    /// The same of DEL, as Go 1.18 quotes it.
    #[error("invalid character '\\u007f' {place}")]
    InvalidDelete {
        /// As in [`Self::InvalidCharacter`].
        place: Place,
    },
    /// A character or an escape that may not stand there, as Go says from 1.27 on.
    #[error("{0}")]
    InvalidText(InvalidText),
    /// A bracket opens level 10,001, as Go says from 1.27 on.
    #[error("exceeded max depth")]
    TooDeep,
    /// The text ends inside a value.
    #[error("unexpected end of JSON input")]
    UnexpectedEnd,
}

/// The places that Go's scanner distinguishes in its messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// Where a value has to begin.
    BeginningOfValue,
    /// Where a key of an object has to begin.
    BeginningOfKey,
    /// Behind a key, where a colon has to stand.
    AfterKey,
    /// Behind a member of an object.
    AfterMember,
    /// Behind an element of an array.
    AfterElement,
    /// Behind the whole value.
    AfterTopLevel,
    /// Between quotes, where no control character may stand.
    InString,
    /// Behind a backslash.
    InEscape,
    /// Within the four digits of `\u`.
    InHexEscape,
    /// Behind a minus sign.
    InNumber,
    /// Behind a decimal point.
    AfterDecimalPoint,
    /// Behind the `e` of a number.
    InExponent,
    /// Within `true`, `false` or `null`: the literal, and the letter expected.
    InLiteral(&'static str, char),
    /// At a bracket that opens level 10,001.
    TooDeep,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BeginningOfValue => "looking for beginning of value",
            Self::BeginningOfKey => "looking for beginning of object key string",
            Self::AfterKey => "after object key",
            Self::AfterMember => "after object key:value pair",
            Self::AfterElement => "after array element",
            Self::AfterTopLevel => "after top-level value",
            Self::InString => "in string literal",
            Self::InEscape => "in string escape code",
            Self::InHexEscape => "in \\u hexadecimal character escape",
            Self::InNumber => "in numeric literal",
            Self::AfterDecimalPoint => "after decimal point in numeric literal",
            Self::InExponent => "in exponent of numeric literal",
            Self::InLiteral(literal, expected) => {
                return write!(f, "in literal {literal} (expecting '{expected}')");
            }
            Self::TooDeep => "exceeded max depth",
        })
    }
}

/// A byte as Go prints it in a syntax error: as the Latin-1 character of that number, in single
/// quotes, escaped where it cannot be printed.
fn quoted_byte(byte: u8) -> String {
    match byte {
        b'\'' => r"'\''".to_owned(),
        b'"' => r#"'"'"#.to_owned(),
        _ => {
            let quoted = quote(char::from(byte).encode_utf8(&mut [0; 2]));
            let inner = quoted.strip_prefix('"').and_then(|q| q.strip_suffix('"'));
            format!("'{}'", inner.unwrap_or_default())
        }
    }
}

/// A value of another type than the Go field has: Go's `json.UnmarshalTypeError`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("json: cannot unmarshal {found} into {} of type {expected}", self.whither())]
pub struct TypeError {
    /// What was found: `object`, `array`, `string`, `number` or `bool`.
    pub found: &'static str,
    /// The Go field, as in `struct field PeeringToken.CA`, or `value` for the whole text.
    pub place: &'static str,
    /// The Go type of the field.
    pub expected: &'static str,
    /// The type of the whole, the keys as they are written and the index in a list, as in
    /// `PeeringToken.ca.0`: from Go 1.27 on, and not for the whole text.
    pub path: Option<Box<str>>,
}

impl TypeError {
    /// A value of kind `found` stands where the Go field `place` has the type `expected`.
    pub fn new(found: Kind, place: &'static str, expected: &'static str) -> Self {
        Self {
            found: found.name(),
            place,
            expected,
            path: None,
        }
    }

    fn whither(&self) -> String {
        let Some(path) = &self.path else {
            return format!("Go {}", self.place);
        };
        // Go takes a last part of digits for an index.
        let last = path.rsplit('.').next().unwrap_or_default();
        let is_index = !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit());
        let field = if is_index { "" } else { "Go struct field " };
        format!("{field}{path}")
    }
}
