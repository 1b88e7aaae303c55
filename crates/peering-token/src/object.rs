//! The objects in a JSON text, and where the values of their keys stand.

use godialect::json::{Kind, Raw, Reader, SyntaxError};
use std::ops::Range;

/// An object and its entries, duplicates included.
#[derive(Debug)]
pub struct Object<'a> {
    /// Where the first entry stands or would stand: behind the opening bracket.
    pub inside: usize,
    /// Its entries, in the order of the text.
    pub entries: Vec<Entry<'a>>,
}

/// A key of an object, and where its value stands.
#[derive(Debug)]
pub struct Entry<'a> {
    /// The key's literal.
    pub key: Raw<'a>,
    /// Where the key's opening quote stands.
    pub start: usize,
    /// Where the value stands.
    pub value: Range<usize>,
    /// The kind of the value.
    pub kind: Kind,
}

impl<'a> Object<'a> {
    /// Reads the object that this part of a text is; `None` where it is another value.
    pub fn read(text: &'a [u8], part: Range<usize>) -> Result<Option<Self>, SyntaxError> {
        let from = part.start;
        let text = text.get(part).unwrap_or_default();
        let mut reader = Reader::new(text);
        if reader.peek()? != Kind::Object {
            reader.skip()?;
            return reader.finish().map(|()| None);
        }
        let inside = from + reader.offset() + 1;
        let mut entries = Vec::new();
        reader.object(|reader, key| {
            // The reader stands behind the colon; the key ends before that, but for whitespace.
            let colon = reader.offset() - 1;
            let key_end = text.get(..colon).unwrap_or_default().trim_ascii_end().len();
            let kind = reader.peek()?;
            let value = reader.offset();
            reader.skip()?;
            entries.push(Entry {
                key,
                start: from + key_end - key.length(),
                value: from + value..from + reader.offset(),
                kind,
            });
            Ok(())
        })?;
        reader.finish()?;
        Ok(Some(Self { inside, entries }))
    }

    /// The entries that Go finds under this name, in the order of the text.
    pub fn named(&self, name: &str) -> impl DoubleEndedIterator<Item = &Entry<'a>> {
        self.entries
            .iter()
            .filter(move |entry| entry.key.folds_to(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_where_they_are() {
        let text = br#" [ { "a" : [1, 2] ,"\u0041"
            :"x}" } ]"#;
        let object = Object::read(text, 3..text.len() - 2).unwrap().unwrap();
        assert_eq!(&text[object.inside..object.inside + 4], b" \"a\"");
        let parts: Vec<_> = object
            .named("A")
            .map(|entry| {
                let key = &text[entry.start..entry.start + entry.key.length()];
                let value = &text[entry.value.clone()];
                [key, value].map(|part| std::str::from_utf8(part).unwrap())
            })
            .collect();
        assert_eq!(parts, [["\"a\"", "[1, 2]"], ["\"\\u0041\"", "\"x}\""]]);
        assert_eq!(object.named("b").count(), 0);
    }

    #[test]
    fn another_value_is_no_object() {
        assert!(Object::read(b"[{}]", 0..4).unwrap().is_none());
        assert!(Object::read(b"[{}", 0..3).is_err());
        assert!(Object::read(b"{} x", 0..4).is_err());
        let empty = Object::read(b" {}", 0..3).unwrap().unwrap();
        assert_eq!((empty.inside, empty.entries.len()), (2, 0));
    }
}
