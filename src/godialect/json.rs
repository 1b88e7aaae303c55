//! Go's `encoding/json` (version 1), as far as reading a value into Go structs needs it.
//!
//! Two readers share one cursor: [`Reader`] walks a text token by token, and refuses what Go's
//! scanner refuses, where it refuses it, with its words; [`Raw::unescape`] makes the text that a
//! string literal stands for.
//!
//! Where Go differs from the usual crate:
//!
//! - the end of the text is read as if one more blank stood there, so `tru` ends in
//!   `invalid character ' ' in literal true (expecting 'e')`, but `"abc` in
//!   `unexpected end of JSON input`;
//! - bytes that are no UTF-8 and lone surrogates turn into U+FFFD, one for each byte or escape;
//! - nesting ends at 10,000 levels;
//! - keys of a struct are found without regard to case, as Unicode folds it ([`Raw::folds_to`]);
//! - a value of the wrong type is remembered and reading goes on ([`TypeError`]), while an error of
//!   syntax anywhere in the text comes first.

use super::quote::quote;
use std::borrow::Cow;
use std::fmt;

/// Go's `maxNestingDepth`.
const MAX_DEPTH: usize = 10_000;

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

/// The kinds of values that a reader can meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Object,
    Array,
    String,
    Number,
    Bool,
    Null,
}

impl Kind {
    /// The word that Go has for it in a type error.
    fn name(self) -> &'static str {
        match self {
            Self::Object => "object",
            Self::Array => "array",
            Self::String => "string",
            Self::Number => "number",
            Self::Bool => "bool",
            Self::Null => "null",
        }
    }
}

/// A value of another type than the Go field has: Go's `json.UnmarshalTypeError`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("json: cannot unmarshal {found} into Go {place} of type {expected}")]
pub struct TypeError {
    /// What was found: `object`, `array`, `string`, `number` or `bool`.
    pub found: &'static str,
    /// The Go field, as in `struct field PeeringToken.CA`, or `value` for the whole text.
    pub place: &'static str,
    /// The Go type of the field.
    pub expected: &'static str,
}

impl TypeError {
    /// A value of kind `found` stands where the Go field `place` has the type `expected`.
    pub(crate) fn new(found: Kind, place: &'static str, expected: &'static str) -> Self {
        Self {
            found: found.name(),
            place,
            expected,
        }
    }
}

/// A string literal as it stands between its quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Raw<'a> {
    bytes: &'a [u8],
    /// Nothing but printable ASCII and no escapes: the literal is its own meaning.
    plain: bool,
}

impl<'a> Raw<'a> {
    /// The text that the literal stands for. Go takes any bytes: those that are no UTF-8 and
    /// escapes of lone surrogates turn into U+FFFD.
    pub(crate) fn unescape(self) -> Cow<'a, str> {
        if !self.bytes.contains(&b'\\')
            && let Ok(text) = std::str::from_utf8(self.bytes)
        {
            return Cow::Borrowed(text);
        }
        Cow::Owned(unescape(self.bytes))
    }

    /// Whether Go finds the struct field `name` (ASCII) under this key: the same letters in any
    /// case, where U+017F counts as an `s` and U+212A as a `k`.
    pub(crate) fn folds_to(self, name: &str) -> bool {
        if self.plain {
            return self.bytes.eq_ignore_ascii_case(name.as_bytes());
        }
        let folded = self.unescape();
        folded
            .chars()
            .map(ascii_fold)
            .eq(name.chars().map(ascii_fold))
    }
}

fn ascii_fold(character: char) -> char {
    match character {
        '\u{17f}' => 'S',
        '\u{212a}' => 'K',
        other => other.to_ascii_uppercase(),
    }
}

fn unescape(mut rest: &[u8]) -> String {
    let mut text = String::with_capacity(rest.len());
    loop {
        let plain = memchr::memchr(b'\\', rest).unwrap_or(rest.len());
        let (before, escape) = rest.split_at(plain);
        push_lossy(&mut text, before);
        let [b'\\', code, after @ ..] = escape else {
            return text;
        };
        rest = after;
        text.push(match code {
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let (unit, after) = hex_unit(rest);
                rest = after;
                let low = match rest {
                    [b'\\', b'u', after @ ..] if unit >> 10 == 0xd800 >> 10 => {
                        Some(hex_unit(after))
                    }
                    _ => None,
                };
                match (low, char::from_u32(unit.into())) {
                    (_, Some(character)) => character,
                    // A surrogate that is not followed by its other half stands alone, and what
                    // follows it is read for itself.
                    (Some((low, after)), None) if low >> 10 == 0xdc00 >> 10 => {
                        rest = after;
                        char::decode_utf16([unit, low])
                            .next()
                            .and_then(Result::ok)
                            .unwrap_or(char::REPLACEMENT_CHARACTER)
                    }
                    _ => char::REPLACEMENT_CHARACTER,
                }
            }
            other => char::from(*other),
        });
    }
}

/// The UTF-16 unit that four hexadecimal digits name, and what follows them.
fn hex_unit(text: &[u8]) -> (u16, &[u8]) {
    let (digits, rest) = text.split_at_checked(4).unwrap_or((text, &[]));
    let unit = digits.iter().fold(0, |unit, &digit| {
        let value = char::from(digit).to_digit(16).unwrap_or_default();
        unit << 4 | u16::try_from(value).unwrap_or_default()
    });
    (unit, rest)
}

/// Appends bytes as Go reads them into a string: U+FFFD for each byte that is no part of UTF-8.
/// (Rust's own lossy reading puts one for up to three such bytes.)
fn push_lossy(text: &mut String, bytes: &[u8]) {
    if let Ok(valid) = std::str::from_utf8(bytes) {
        text.push_str(valid);
        return;
    }
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
}

/// A cursor over a JSON text that refuses what Go's scanner refuses.
///
/// The caller says what it wants next; the methods that read a part of an object or array are to be
/// called in the order of the grammar.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    text: &'a [u8],
    at: usize,
    depth: usize,
}

/// What an object or array goes on with.
enum Next {
    More,
    Closed,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(text: &'a [u8]) -> Self {
        Self {
            text,
            at: 0,
            depth: 0,
        }
    }

    /// The offset of the next byte to be read.
    pub(crate) fn offset(&self) -> usize {
        self.at
    }

    /// Skips blanks and tells what kind of value begins there.
    pub(crate) fn peek(&mut self) -> Result<Kind, SyntaxError> {
        Ok(match self.next_solid()? {
            b'{' => Kind::Object,
            b'[' => Kind::Array,
            b'"' => Kind::String,
            b'-' | b'0'..=b'9' => Kind::Number,
            b't' | b'f' => Kind::Bool,
            b'n' => Kind::Null,
            byte => return Err(invalid(byte, Place::BeginningOfValue)),
        })
    }

    /// Reads an object: calls `member` with each key, the reader standing at the value, which
    /// `member` has to read.
    pub(crate) fn object(
        &mut self,
        mut member: impl FnMut(&mut Self, Raw<'a>) -> Result<(), SyntaxError>,
    ) -> Result<(), SyntaxError> {
        self.open(b'{')?;
        if self.closes(b'}')? {
            return Ok(());
        }
        loop {
            let key = self.key()?;
            member(self, key)?;
            if let Next::Closed = self.after_value(b'}', Place::AfterMember)? {
                return Ok(());
            }
        }
    }

    /// Reads an array: calls `element` with the reader standing at each, which `element` has to
    /// read.
    pub(crate) fn array(
        &mut self,
        mut element: impl FnMut(&mut Self) -> Result<(), SyntaxError>,
    ) -> Result<(), SyntaxError> {
        self.open(b'[')?;
        if self.closes(b']')? {
            return Ok(());
        }
        loop {
            element(self)?;
            if let Next::Closed = self.after_value(b']', Place::AfterElement)? {
                return Ok(());
            }
        }
    }

    /// Reads a string, for which [`Self::peek`] has said that it is one.
    pub(crate) fn string(&mut self) -> Result<Raw<'a>, SyntaxError> {
        self.at += 1;
        let start = self.at;
        let mut plain = true;
        loop {
            let rest = self.text.get(self.at..).unwrap_or_default();
            let Some(length) = find_unusual(rest) else {
                self.at = self.text.len();
                return Err(SyntaxError::UnexpectedEnd);
            };
            self.at += length + 1;
            match rest[length] {
                b'"' => {
                    let bytes = &self.text[start..self.at - 1];
                    return Ok(Raw { bytes, plain });
                }
                b'\\' => self.escape()?,
                byte @ ..0x20 => return Err(invalid(byte, Place::InString)),
                _ => {}
            }
            plain = false;
        }
    }

    /// Reads over any value, however deep.
    pub(crate) fn skip(&mut self) -> Result<(), SyntaxError> {
        // The brackets that are open: recursion would let the input choose the stack's size.
        let mut open: Vec<u8> = Vec::new();
        loop {
            let opened = match self.peek()? {
                Kind::Object => Some((b'{', b'}')),
                Kind::Array => Some((b'[', b']')),
                Kind::String => self.string().map(|_| None)?,
                Kind::Number => self.number().map(|()| None)?,
                Kind::Bool | Kind::Null => self.literal().map(|()| None)?,
            };
            if let Some((bracket, closing)) = opened {
                self.open(bracket)?;
                if !self.closes(closing)? {
                    open.push(closing);
                    if closing == b'}' {
                        self.key()?;
                    }
                    continue;
                }
            }
            loop {
                let Some(&closing) = open.last() else {
                    return Ok(());
                };
                let place = match closing {
                    b'}' => Place::AfterMember,
                    _ => Place::AfterElement,
                };
                match self.after_value(closing, place)? {
                    Next::Closed => open.pop(),
                    Next::More if closing == b'}' => {
                        self.key()?;
                        break;
                    }
                    Next::More => break,
                };
            }
        }
    }

    /// Checks that nothing but blanks follows the value.
    pub(crate) fn finish(&mut self) -> Result<(), SyntaxError> {
        match self.next_solid() {
            Ok(byte) => Err(invalid(byte, Place::AfterTopLevel)),
            Err(_) => Ok(()),
        }
    }

    /// The next byte, or the blank that Go reads at the end of the text.
    fn byte(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or(b' ')
    }

    /// Skips blanks and tells the byte that follows, without reading it.
    fn next_solid(&mut self) -> Result<u8, SyntaxError> {
        loop {
            match self.text.get(self.at) {
                None => return Err(SyntaxError::UnexpectedEnd),
                Some(b' ' | b'\t' | b'\r' | b'\n') => self.at += 1,
                Some(&byte) => return Ok(byte),
            }
        }
    }

    fn open(&mut self, bracket: u8) -> Result<(), SyntaxError> {
        self.at += 1;
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(invalid(bracket, Place::TooDeep));
        }
        Ok(())
    }

    /// Whether an object or array ends right behind its opening bracket.
    fn closes(&mut self, closing: u8) -> Result<bool, SyntaxError> {
        let closes = self.next_solid()? == closing;
        if closes {
            self.at += 1;
            self.depth -= 1;
        }
        Ok(closes)
    }

    fn key(&mut self) -> Result<Raw<'a>, SyntaxError> {
        match self.next_solid()? {
            b'"' => {}
            byte => return Err(invalid(byte, Place::BeginningOfKey)),
        }
        let key = self.string()?;
        match self.next_solid()? {
            b':' => self.at += 1,
            byte => return Err(invalid(byte, Place::AfterKey)),
        }
        Ok(key)
    }

    fn after_value(&mut self, closing: u8, place: Place) -> Result<Next, SyntaxError> {
        let byte = self.next_solid()?;
        if byte == b',' {
            self.at += 1;
            return Ok(Next::More);
        }
        if byte != closing {
            return Err(invalid(byte, place));
        }
        self.at += 1;
        self.depth -= 1;
        Ok(Next::Closed)
    }

    /// Reads on behind a backslash.
    fn escape(&mut self) -> Result<(), SyntaxError> {
        let code = self.byte();
        self.at += 1;
        match code {
            b'b' | b'f' | b'n' | b'r' | b't' | b'\\' | b'/' | b'"' => Ok(()),
            b'u' => {
                for _ in 0..4 {
                    match self.byte() {
                        b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F' => self.at += 1,
                        byte => return Err(invalid(byte, Place::InHexEscape)),
                    }
                }
                Ok(())
            }
            byte => Err(invalid(byte, Place::InEscape)),
        }
    }

    fn number(&mut self) -> Result<(), SyntaxError> {
        if self.byte() == b'-' {
            self.at += 1;
        }
        match self.byte() {
            b'0' => self.at += 1,
            b'1'..=b'9' => self.digits(),
            byte => return Err(invalid(byte, Place::InNumber)),
        }
        if self.byte() == b'.' {
            self.at += 1;
            self.digit(Place::AfterDecimalPoint)?;
            self.digits();
        }
        if matches!(self.byte(), b'e' | b'E') {
            self.at += 1;
            if matches!(self.byte(), b'+' | b'-') {
                self.at += 1;
            }
            self.digit(Place::InExponent)?;
            self.digits();
        }
        Ok(())
    }

    fn digit(&mut self, place: Place) -> Result<(), SyntaxError> {
        match self.byte() {
            b'0'..=b'9' => self.at += 1,
            byte => return Err(invalid(byte, place)),
        }
        Ok(())
    }

    fn digits(&mut self) {
        while self.byte().is_ascii_digit() {
            self.at += 1;
        }
    }

    fn literal(&mut self) -> Result<(), SyntaxError> {
        let literal = match self.byte() {
            b't' => "true",
            b'f' => "false",
            _ => "null",
        };
        for expected in literal.chars() {
            let byte = self.byte();
            if char::from(byte) != expected {
                return Err(invalid(byte, Place::InLiteral(literal, expected)));
            }
            self.at += 1;
        }
        Ok(())
    }
}

/// Where the first byte stands that is not plain within a string: a quote, a backslash, a control
/// character or one beyond ASCII.
fn find_unusual(bytes: &[u8]) -> Option<usize> {
    const ONES: u64 = u64::MAX / 0xff;
    const HIGH: u64 = ONES * 0x80;
    // A certificate is nearly all plain bytes, so eight are looked at together: subtracting from
    // each what it has to be above leaves the high bit set where it is below, and an exclusive or
    // makes a byte that is searched for zero. A borrow can only make a later byte look unusual.
    let (words, _) = bytes.as_chunks::<8>();
    let plain = words.iter().position(|word| {
        let word = u64::from_le_bytes(*word);
        let quote = (word ^ (ONES * u64::from(b'"'))).wrapping_sub(ONES);
        let backslash = (word ^ (ONES * u64::from(b'\\'))).wrapping_sub(ONES);
        let control = word.wrapping_sub(ONES * 0x20);
        (quote | backslash | control | word) & HIGH != 0
    });
    let from = plain.unwrap_or(words.len()) * 8;
    let rest = bytes.get(from..)?;
    rest.iter()
        .position(|&byte| matches!(byte, b'"' | b'\\' | 0..0x20 | 0x80..))
        .map(|at| from + at)
}

fn invalid(byte: u8, place: Place) -> SyntaxError {
    SyntaxError::InvalidCharacter { byte, place }
}

/// Writes `text` as Go's `json.Marshal` writes a string, quotes included: `<`, `>`, `&`, U+2028 and
/// U+2029 escaped for the sake of HTML and JavaScript.
pub(crate) fn write_string(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0'..' ' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                out.push_str(&format!("\\u{:04x}", u32::from(character)));
            }
            other => out.push(other),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests;
