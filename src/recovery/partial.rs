//! The fields of a token's JSON, as far as there are any: a truncated text still has those before the
//! cut.

use super::Damage;
use godialect::json::{Kind, Reader, SyntaxError};
use peering_token::schema::{self, Struct};
use peering_token::{Field, Reading, Shape};
use zeroize::Zeroizing;

/// So many fields make an object a token.
const LEAST: usize = 2;

/// The beginning of a token: what is whole in it, and where it ends.
///
/// What the cut went through is in none of the fields, so that of a secret that is cut nothing can
/// be seen.
#[derive(Debug)]
#[non_exhaustive]
pub struct Partial {
    /// The whole fields. Of a list that is cut, the entries that are whole are there; a field that
    /// is cut or missing is empty.
    pub reading: Reading,
    /// The fields that are whole, under Consul's names and in the token's order, such as `CA` or
    /// `Remote.Datacenter`. A field of `Remote` is named only where `Remote` is not whole itself.
    pub whole: Vec<&'static str>,
    /// The place in which it ends, such as `EstablishmentSecret` or `CA[1]`; `None` where it ends
    /// between two fields.
    pub cut: Option<String>,
    /// How many bytes of the JSON are there.
    pub length: usize,
    /// What was undone beside, in that order.
    pub damages: Vec<Damage>,
}

impl Partial {
    /// Whether a field is whole, named as in [`Partial::whole`].
    #[must_use]
    pub fn has(&self, field: &str) -> bool {
        let within = |whole: &str| {
            let rest = field.strip_prefix(whole);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        self.whole.iter().any(|whole| within(whole))
    }
}

/// What can be told of a text that may be a token's JSON.
#[derive(Debug, Default)]
pub(super) struct Found {
    whole: Vec<&'static str>,
    cut: Option<String>,
    /// The text up to its last whole value, and what closes the brackets that are open there.
    end: usize,
    closing: String,
    /// How many objects are open.
    depth: usize,
    state: State,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum State {
    /// No JSON object in UTF-8.
    #[default]
    Other,
    /// The beginning of one.
    Cut,
    Whole,
}

impl Found {
    /// Reads a text as far as it goes.
    pub(super) fn of(json: &[u8]) -> Self {
        let mut found = Self::default();
        let mut reader = Reader::new(json);
        let utf_8 = std::str::from_utf8(json).map_err(|error| error.error_len().is_none());
        if utf_8 == Err(false) || !matches!(reader.peek(), Ok(Kind::Object)) {
            return found;
        }
        let read = found.object(&mut reader, Struct::PeeringToken);
        found.state = match read {
            Ok(()) if utf_8.is_ok() && reader.finish().is_ok() => State::Whole,
            Err(error) if ends_early(error, &reader, json) => State::Cut,
            _ => State::Other,
        };
        found
    }

    /// Whether this is an object with any field of a token.
    pub(super) fn are_some(&self) -> bool {
        self.state == State::Whole && !self.whole.is_empty()
    }

    /// Whether these are the fields of a token.
    pub(super) fn make_a_token(&self) -> bool {
        self.state == State::Whole && self.whole.len() >= LEAST
    }

    /// Whether these are the first fields of a truncated token.
    pub(super) fn are_cut(&self) -> bool {
        self.state == State::Cut && (!self.whole.is_empty() || self.cut.is_some())
    }

    /// What is there of the token, of which `json` is the beginning.
    pub(super) fn into_partial(self, json: &[u8], damages: Vec<Damage>) -> Partial {
        let whole = json.get(..self.end).unwrap_or_default();
        let mut closed = Zeroizing::new(Vec::with_capacity(whole.len() + self.closing.len()));
        closed.extend_from_slice(whole);
        closed.extend_from_slice(self.closing.as_bytes());
        // It was read already, so that it is JSON.
        let reading = Reading::of_json(&closed).unwrap_or_else(|_| Reading {
            token: peering_token::PeeringToken::default(),
            shape: Shape::V1_13,
            type_error: None,
        });
        Partial {
            reading,
            whole: self.whole,
            cut: self.cut,
            length: json.len(),
            damages,
        }
    }

    /// Reads an object at which the reader stands.
    fn object(&mut self, reader: &mut Reader<'_>, object: Struct) -> Result<(), SyntaxError> {
        self.depth += 1;
        self.keep(reader.offset() + 1, "");
        reader.object(|reader, key| {
            if let Some(field) = object.find(key) {
                let around = self.cut.replace(field.name().to_owned());
                let whole_before = self.whole.len();
                self.value(reader, field)?;
                // A field that is whole stands for those within it.
                self.whole.truncate(whole_before);
                if !self.whole.contains(&field.name()) {
                    self.whole.push(field.name());
                }
                self.cut = around;
            } else {
                reader.skip()?;
            }
            self.keep(reader.offset(), "");
            Ok(())
        })?;
        self.depth -= 1;
        Ok(())
    }

    fn value(&mut self, reader: &mut Reader<'_>, field: Field) -> Result<(), SyntaxError> {
        match (field.kind(), reader.peek()?) {
            (schema::Kind::List, Kind::Array) => self.list(reader, field),
            (schema::Kind::Object(object), Kind::Object) => self.object(reader, object),
            _ => reader.skip(),
        }
    }

    fn list(&mut self, reader: &mut Reader<'_>, field: Field) -> Result<(), SyntaxError> {
        self.keep(reader.offset() + 1, "]");
        let mut index = 0;
        reader.array(|reader| {
            reader.peek()?;
            self.cut = Some(format!("{field}[{index}]"));
            reader.skip()?;
            self.cut = Some(field.name().to_owned());
            self.keep(reader.offset(), "]");
            index += 1;
            Ok(())
        })
    }

    /// Remembers that the text is whole up to here, but for this bracket and those of the objects.
    fn keep(&mut self, end: usize, bracket: &str) {
        self.end = end;
        self.closing.clear();
        self.closing.push_str(bracket);
        self.closing.extend(std::iter::repeat_n('}', self.depth));
    }
}

/// Whether the text has no error but that it ends.
fn ends_early(error: SyntaxError, reader: &Reader<'_>, json: &[u8]) -> bool {
    match error {
        SyntaxError::UnexpectedEnd => true,
        // Go reads a blank behind the end.
        SyntaxError::InvalidCharacter { byte, .. } => byte == b' ' && reader.offset() >= json.len(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn partial(json: &str) -> Partial {
        let found = Found::of(json.as_bytes());
        assert!(found.are_cut(), "{json}");
        found.into_partial(json.as_bytes(), Vec::new())
    }

    #[test]
    fn tells_what_is_whole_and_where_the_cut_is() {
        for (json, whole, cut) in [
            (r#"{"CA":"#, "", Some("CA")),
            (r#"{"CA": n"#, "", Some("CA")),
            (r#"{"CA":nul"#, "", Some("CA")),
            (r#"{"CA":["a","b"#, "", Some("CA[1]")),
            (r#"{"CA":["a\u00"#, "", Some("CA[0]")),
            (r#"{"CA":["a\"#, "", Some("CA[0]")),
            (r#"{"CA":["a","#, "", Some("CA")),
            (r#"{"CA":["a"]"#, "CA", None),
            (r#"{"CA":["a"],"x":[{"PeerID":"a"},"#, "CA", None),
            (
                r#"{"ca":null,"PeerID":"p","EstablishmentSecret":"abc"#,
                "CA PeerID",
                Some("EstablishmentSecret"),
            ),
            (r#"{"PeerID":"p","Remote":"#, "PeerID", Some("Remote")),
            (
                r#"{"PeerID":"p","Remote":{"Partition":"","#,
                "PeerID Remote.Partition",
                Some("Remote"),
            ),
            (
                r#"{"PeerID":"p","Remote":{"Datacenter":"d"#,
                "PeerID",
                Some("Remote.Datacenter"),
            ),
            (
                r#"{"PeerID":"p","Remote":{"Locality":{"Region":"r","Zone":"z"#,
                "PeerID Remote.Locality.Region",
                Some("Remote.Locality.Zone"),
            ),
            (
                r#"{"PeerID":"p","Remote":{"Locality":{"Region":"r","Zone":"z"}"#,
                "PeerID Remote.Locality",
                Some("Remote"),
            ),
            (
                r#"{"PeerID":"p","Remote":{"Datacenter":"d"}"#,
                "PeerID Remote",
                None,
            ),
        ] {
            let found = Found::of(json.as_bytes());
            assert_eq!(found.state, State::Cut, "{json}");
            assert_eq!(found.whole.join(" "), whole, "{json}");
            assert_eq!(found.cut.as_deref(), cut, "{json}");
        }
    }

    #[test]
    fn keeps_the_fields_that_are_whole() {
        let json = r#"{"CA":["a","b"],"ServerAddresses":["c:1","d:2","e:"#;
        let token = partial(json).reading.token;
        assert_eq!(token.ca.unwrap(), ["a", "b"]);
        assert_eq!(token.server_addresses.unwrap(), ["c:1", "d:2"]);
        let json = r#"{"PeerID":"p","Remote":{"Datacenter":"d","Locality":{"Region":"r","Zone":"#;
        let partial = partial(json);
        let remote = &partial.reading.token.remote;
        assert_eq!(remote.datacenter, "d");
        assert_eq!(remote.locality.as_ref().unwrap().region, "r");
        assert!(partial.has("PeerID") && partial.has("Remote.Datacenter"));
        assert!(!partial.has("Remote") && !partial.has("Remote.Locality.Zone"));
    }

    #[test]
    fn other_texts_are_no_beginning() {
        for json in [
            "",
            "{",
            r#"{"a":"#,
            r#"["CA""#,
            r#"{"CA":x"#,
            r#"{"CA":null}"#,
            r#"{"CA":null,"PeerID":"p"}"#,
            r#"{"CA":null,"PeerID":"p"} x"#,
            r#"{"CA":nul,"#,
        ] {
            assert!(!Found::of(json.as_bytes()).are_cut(), "{json}");
        }
        assert!(!Found::of(b"{\"PeerID\":\"\xff").are_cut());
        assert!(Found::of(b"{\"PeerID\":\"\xe2\x82").are_cut());
        assert!(Found::of(br#"{"CA":null,"PeerID":"p"}"#).make_a_token());
        assert!(!Found::of(br#"{"PeerID":"p","x":"p"}"#).make_a_token());
    }
}
