//! Go's double-quoted text: what `strconv.Quote` and the `%q` verb write.
//!
//! Differs from Rust's `{:?}`: Go has the short escapes `\a`, `\b`, `\f` and `\v`, writes other
//! control characters as `\x1b` rather than `\u{1b}`, keeps `'` bare, and pads `\u` to four digits
//! and `\U` to eight without braces. Bytes that are not UTF-8 come out one by one as `\xff`.

mod printable;

use std::fmt::Write;

use crate::changes::Rule;
use crate::release::Dialect;
use printable::is_printable;

/// The text in double quotes, escaped as Go escapes it.
pub fn quote(text: &str) -> String {
    quote_bytes(text.as_bytes())
}

/// The same for a Go string that need not be UTF-8.
pub fn quote_bytes(text: &[u8]) -> String {
    Dialect::default().quote(text)
}

impl Dialect {
    /// The Go string in double quotes, as this release escapes it.
    #[must_use]
    pub fn quote(&self, text: impl AsRef<[u8]>) -> String {
        quote_as(text.as_ref(), self)
    }
}

impl Dialect {
    /// The first character in single quotes, as `jsonwire.QuoteRune` writes it.
    pub(crate) fn quote_rune(&self, text: &[u8]) -> String {
        let first = text
            .utf8_chunks()
            .next()
            .map(|chunk| (chunk.valid(), chunk.invalid()));
        let Some((valid, invalid)) = first else {
            return String::new();
        };
        match valid.chars().next() {
            Some('\'') => r"'\''".to_owned(),
            Some('"') => r#"'"'"#.to_owned(),
            Some(character) => {
                let mut quoted = String::from("'");
                push_escaped(&mut quoted, character, self);
                quoted.push('\'');
                quoted
            }
            None => format!("'\\x{:x}'", invalid.first().copied().unwrap_or_default()),
        }
    }

    /// Go's `unicode.IsPrint`.
    pub(crate) fn is_print(&self, character: char) -> bool {
        match character {
            '\0'..='\x7f' => matches!(character, ' '..='~'),
            _ => is_printable(character, self),
        }
    }
}

fn quote_as(text: &[u8], go: &Dialect) -> String {
    let mut quoted = String::with_capacity(text.len().saturating_add(2));
    quoted.push('"');
    for chunk in text.utf8_chunks() {
        for character in chunk.valid().chars() {
            push_escaped(&mut quoted, character, go);
        }
        // Go decodes a broken sequence one byte at a time, so every byte of it is shown.
        for byte in chunk.invalid() {
            push_hex(&mut quoted, *byte);
        }
    }
    quoted.push('"');
    quoted
}

fn push_escaped(quoted: &mut String, character: char, go: &Dialect) {
    match character {
        '"' => quoted.push_str("\\\""),
        '\\' => quoted.push_str("\\\\"),
        '\x07' => quoted.push_str("\\a"),
        '\x08' => quoted.push_str("\\b"),
        '\x0b' => quoted.push_str("\\v"),
        '\x0c' => quoted.push_str("\\f"),
        '\t' => quoted.push_str("\\t"),
        '\n' => quoted.push_str("\\n"),
        '\r' => quoted.push_str("\\r"),
        ' '..='~' => quoted.push(character),
        '\x7f' if !go.has(Rule::DeleteAsHexadecimal) => quoted.push_str("\\u007f"),
        '\0'..='\x7f' => push_hex(quoted, character as u8),
        _ if is_printable(character, go) => quoted.push(character),
        // Writing to a `String` cannot fail.
        '\u{80}'..='\u{ffff}' => _ = write!(quoted, "\\u{:04x}", u32::from(character)),
        _ => _ = write!(quoted, "\\U{:08x}", u32::from(character)),
    }
}

fn push_hex(quoted: &mut String, byte: u8) {
    _ = write!(quoted, "\\x{byte:02x}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ascii() {
        assert_eq!(
            quote("\0\x07\x08\x0c\n\r\t\x0b\\\"'\x1b\x7f ~"),
            r#""\x00\a\b\f\n\r\t\v\\\"'\x1b\x7f ~""#
        );
    }

    #[test]
    fn beyond_ascii() {
        assert_eq!(
            quote("\u{80}\u{9f}\u{a0}\u{a1}\u{ad}\u{e9}\u{ff}\u{2028}\u{1f600}\u{e0001}"),
            "\"\\u0080\\u009f\\u00a0\u{a1}\\u00ad\u{e9}\u{ff}\\u2028\u{1f600}\\U000e0001\""
        );
    }

    #[test]
    fn bytes_that_are_not_utf8() {
        assert_eq!(
            quote_bytes(b"a\xffb\xe2\x82\xed\xa0\x80\xef\xbf\xbd"),
            "\"a\\xffb\\xe2\\x82\\xed\\xa0\\x80\u{fffd}\""
        );
    }
}
