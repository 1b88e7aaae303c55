//! String literals: what they stand for, and how Go writes them.

use std::borrow::Cow;
use zeroize::Zeroizing;

/// A string literal as it stands between its quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Raw<'a> {
    pub(super) bytes: &'a [u8],
    /// Nothing but printable ASCII and no escapes: the literal is its own meaning.
    pub(super) plain: bool,
    /// [`super::Reader::recognise`] has read it, and not [`super::Reader::string`].
    pub(super) recognised: bool,
}

impl<'a> Raw<'a> {
    /// How many bytes the literal takes, quotes included.
    pub fn length(self) -> usize {
        self.bytes.len() + 2
    }

    /// The literal without its quotes.
    pub fn literal(self) -> &'a [u8] {
        self.bytes
    }

    /// Whether Go writes the text for which the literal stands in just this way.
    pub fn is_as_written(self) -> bool {
        if self.plain {
            return memchr::memchr3(b'<', b'>', b'&', self.bytes).is_none();
        }
        if self.recognised {
            return true;
        }
        let text = Zeroizing::new(self.unescape().into_owned());
        let mut written = Zeroizing::new(String::with_capacity(6 * self.bytes.len() + 2));
        write_string(&mut written, &text);
        let written = written
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'));
        written.is_some_and(|written| written.as_bytes() == self.bytes)
    }

    /// Whether the literal stands for the empty text.
    pub fn is_empty(self) -> bool {
        self.bytes.is_empty()
    }

    /// Whether the caller of [`super::Reader::recognise`] knew the literal.
    pub fn is_recognised(self) -> bool {
        self.recognised
    }

    /// The text that the literal stands for. Go takes any bytes: those that are no UTF-8 and
    /// escapes of lone surrogates turn into U+FFFD.
    pub fn unescape(self) -> Cow<'a, str> {
        if (self.plain || memchr::memchr(b'\\', self.bytes).is_none())
            && let Ok(text) = std::str::from_utf8(self.bytes)
        {
            return Cow::Borrowed(text);
        }
        Cow::Owned(unescape(self.bytes))
    }

    /// Whether Go finds the struct field `name` (ASCII) under this key: the same letters in any
    /// case, where U+017F counts as an `s` and U+212A as a `k`.
    #[inline]
    pub fn folds_to(self, name: &str) -> bool {
        if self.plain {
            // Nearly all keys are spelled as the field is.
            return self.bytes.len() == name.len()
                && (self.bytes == name.as_bytes()
                    || self.bytes.eq_ignore_ascii_case(name.as_bytes()));
        }
        self.folds_slowly_to(name)
    }

    /// As [`Self::folds_to`], of a key with escapes or characters beyond ASCII.
    #[cold]
    fn folds_slowly_to(self, name: &str) -> bool {
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

/// Writes `text` as Go's `json.Marshal` writes a string, quotes included: `<`, `>`, `&`, U+2028 and
/// U+2029 escaped for the sake of HTML and JavaScript.
pub fn write_string(out: &mut String, text: &str) {
    // U+2028 and U+2029 start with the byte e2, as other characters do that stand for themselves.
    let may_be_escaped = |byte| matches!(byte, 0..b' ' | b'"' | b'\\' | b'<' | b'>' | b'&' | 0xe2);
    out.push('"');
    let mut rest = text;
    while let Some((plain, from)) = rest
        .bytes()
        .position(may_be_escaped)
        .and_then(|at| rest.split_at_checked(at))
    {
        out.push_str(plain);
        let mut characters = from.chars();
        match characters.next().unwrap_or_default() {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            character @ ('\0'..' ' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}') => {
                out.push_str(&format!("\\u{:04x}", u32::from(character)));
            }
            other => out.push(other),
        }
        rest = characters.as_str();
    }
    out.push_str(rest);
    out.push('"');
}
