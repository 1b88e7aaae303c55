//! Go's `encoding/json` (version 1), as far as reading a value into Go structs needs it. From Go 1.27 on
//! version 2 reads the same values, with other messages: [`Dialect::syntax_error`](crate::Dialect::syntax_error).
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

mod error;
mod later;
mod string;

pub use error::{Place, SyntaxError, TypeError};
pub use later::InvalidText;
pub use string::{Raw, write_string};

/// Go's `maxNestingDepth`.
const MAX_DEPTH: usize = 10_000;

/// The kinds of values that a reader can meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `{…}`
    Object,
    /// `[…]`
    Array,
    /// `"…"`
    String,
    /// Any number.
    Number,
    /// `true` or `false`
    Bool,
    /// `null`
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

/// A cursor over a JSON text that refuses what Go's scanner refuses.
///
/// The caller says what it wants next; the methods that read a part of an object or array are to be
/// called in the order of the grammar.
#[derive(Debug)]
pub struct Reader<'a> {
    text: &'a [u8],
    at: usize,
    depth: usize,
}

/// Checks that a whole text is JSON.
///
/// # Errors
///
/// The first [`SyntaxError`] that Go's `json.Valid` stops at.
///
/// ```
/// let error = godialect::json::check(b"{\"a\":hello}").unwrap_err();
/// assert_eq!(error.to_string(), "invalid character 'h' looking for beginning of value");
/// ```
pub fn check(text: &[u8]) -> Result<(), SyntaxError> {
    let mut reader = Reader::new(text);
    reader.skip()?;
    reader.finish()
}

/// What an object or array goes on with.
enum Next {
    More,
    Closed,
}

impl<'a> Reader<'a> {
    /// A cursor at the start of a JSON text.
    pub fn new(text: &'a [u8]) -> Self {
        Self {
            text,
            at: 0,
            depth: 0,
        }
    }

    /// The offset of the next byte to be read.
    pub fn offset(&self) -> usize {
        self.at
    }

    /// Skips blanks and tells what kind of value begins there.
    pub fn peek(&mut self) -> Result<Kind, SyntaxError> {
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
    pub fn object(
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
    pub fn array(
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
    pub fn string(&mut self) -> Result<Raw<'a>, SyntaxError> {
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
                    return Ok(Raw {
                        bytes,
                        plain,
                        recognised: false,
                    });
                }
                b'\\' => self.escape()?,
                byte @ ..0x20 => return Err(invalid(byte, Place::InString)),
                _ => {}
            }
            plain = false;
        }
    }

    /// Reads a string that the caller knows, if one stands next; otherwise reads nothing but blanks.
    ///
    /// `length` gets what follows the opening quote, and gives the length of the literal there, the
    /// closing quote left out. It may do so only where [`Self::string`] would read the same, and where
    /// Go writes the text in that way.
    pub fn recognise(
        &mut self,
        length: impl FnOnce(&'a [u8]) -> Option<usize>,
    ) -> Result<Option<Raw<'a>>, SyntaxError> {
        if self.peek()? != Kind::String {
            return Ok(None);
        }
        let rest = self.text.get(self.at + 1..).unwrap_or_default();
        let literal = length(rest).and_then(|length| rest.get(..length));
        Ok(literal.map(|bytes| {
            self.at += bytes.len() + 2;
            Raw {
                bytes,
                plain: false,
                recognised: true,
            }
        }))
    }

    /// Reads over any value, however deep.
    pub fn skip(&mut self) -> Result<(), SyntaxError> {
        self.visit(|_, _| Ok(false))
    }

    /// Reads over any value, however deep, and calls `member` with each key in it, the reader
    /// standing at the value: it says whether it has read the value itself.
    pub fn visit(
        &mut self,
        mut member: impl FnMut(&mut Self, Raw<'a>) -> Result<bool, SyntaxError>,
    ) -> Result<(), SyntaxError> {
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
            let mut read = true;
            if let Some((bracket, closing)) = opened {
                self.open(bracket)?;
                if !self.closes(closing)? {
                    open.push(closing);
                    read = closing == b'}' && {
                        let key = self.key()?;
                        member(self, key)?
                    };
                }
            }
            // A value has been read: go on behind it, up to the next that has not.
            while read {
                let Some(&closing) = open.last() else {
                    return Ok(());
                };
                let place = match closing {
                    b'}' => Place::AfterMember,
                    _ => Place::AfterElement,
                };
                match self.after_value(closing, place)? {
                    Next::Closed => _ = open.pop(),
                    Next::More if closing == b'}' => {
                        let key = self.key()?;
                        read = member(self, key)?;
                    }
                    Next::More => read = false,
                }
            }
        }
    }

    /// Checks that nothing but blanks follows the value.
    pub fn finish(&mut self) -> Result<(), SyntaxError> {
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
    // Eight bytes are looked at together: subtracting from each what it has to be above leaves the
    // high bit set where it is below, and an exclusive or makes a byte that is searched for zero. A
    // borrow can only make a later byte look unusual, never the first.
    let (words, rest) = bytes.as_chunks::<8>();
    for (number, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let quote = (word ^ (ONES * u64::from(b'"'))).wrapping_sub(ONES);
        let backslash = (word ^ (ONES * u64::from(b'\\'))).wrapping_sub(ONES);
        let control = word.wrapping_sub(ONES * 0x20);
        let unusual = (quote | backslash | control | word) & HIGH;
        if unusual != 0 {
            return Some(number * 8 + unusual.trailing_zeros() as usize / 8);
        }
    }
    rest.iter()
        .position(|&byte| matches!(byte, b'"' | b'\\' | 0..0x20 | 0x80..))
        .map(|at| words.len() * 8 + at)
}

fn invalid(byte: u8, place: Place) -> SyntaxError {
    SyntaxError::InvalidCharacter { byte, place }
}

#[cfg(test)]
mod tests;
