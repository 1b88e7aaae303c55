//! The members of a token's JSON: the names that Consul has for them, and where they stand in a text.

use godialect::json::{Kind, Raw, Reader, SyntaxError};
use std::ops::Range;

/// Consul's members of a token, in the order in which a server writes them.
pub const TOKEN: [&str; 7] = [
    "CA",
    "ManualServerAddresses",
    "ServerAddresses",
    "ServerName",
    "PeerID",
    SECRET_KEY,
    REMOTE,
];
/// The member with the secret.
pub const SECRET_KEY: &str = "EstablishmentSecret";
/// The one member of a token that has members itself.
pub const REMOTE: &str = "Remote";
/// The members of `Remote`, in the order in which a server writes them.
pub const IN_REMOTE: [&str; 3] = ["Partition", "Datacenter", "Locality"];

/// Consul's names of the members that a server reads in the object at a JSON path.
pub fn member_names(object: &str) -> &'static [&'static str] {
    match object {
        "$" => &TOKEN,
        "$.Remote" => &IN_REMOTE,
        "$.Remote.Locality" => &["Region", "Zone"],
        _ => &[],
    }
}

/// Consul's name of the member with this key in the object at a JSON path, if a server reads it.
pub fn member_name(object: &str, key: Raw<'_>) -> Option<&'static str> {
    let mut known = member_names(object).iter().copied();
    known.find(|name| key.folds_to(name))
}

/// An object and its members, duplicates included.
#[derive(Debug)]
pub struct Object<'a> {
    /// Where the first member stands or would stand: behind the opening bracket.
    pub inside: usize,
    /// Its members, in the order of the text.
    pub members: Vec<Member<'a>>,
}

/// A key of an object, and where its value is.
#[derive(Debug)]
pub struct Member<'a> {
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
        let mut members = Vec::new();
        reader.object(|reader, key| {
            // The reader stands behind the colon; the key ends before that, but for blanks.
            let colon = reader.offset() - 1;
            let key_end = text.get(..colon).unwrap_or_default().trim_ascii_end().len();
            let kind = reader.peek()?;
            let value = reader.offset();
            reader.skip()?;
            members.push(Member {
                key,
                start: from + key_end - key.length(),
                value: from + value..from + reader.offset(),
                kind,
            });
            Ok(())
        })?;
        reader.finish()?;
        Ok(Some(Self { inside, members }))
    }

    /// The members that Go finds under this name, in the order of the text.
    pub fn named(&self, name: &str) -> impl DoubleEndedIterator<Item = &Member<'a>> {
        self.members
            .iter()
            .filter(move |member| member.key.folds_to(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_where_they_are() {
        let text = br#" [ { "a" : [1, 2] ,"\u0041"
            :"x}" } ]"#;
        let object = Object::read(text, 3..text.len() - 2).unwrap().unwrap();
        assert_eq!(&text[object.inside..object.inside + 4], b" \"a\"");
        let parts: Vec<_> = object
            .named("A")
            .map(|member| {
                let key = &text[member.start..member.start + member.key.length()];
                let value = &text[member.value.clone()];
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
        assert_eq!((empty.inside, empty.members.len()), (2, 0));
    }
}
