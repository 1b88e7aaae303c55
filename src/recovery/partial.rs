//! The members of a token's JSON, as far as there are any: a text that was cut off still has those
//! before the cut.

use super::Damage;
use crate::{Reading, Shape};
use godialect::json::{Kind, Reader, SyntaxError};
use peering_token::members::SECRET_KEY;
use zeroize::Zeroizing;

/// A member of a token: its name in every output, which ends in its key, and what it holds.
struct Member {
    name: &'static str,
    holds: Holds,
}

#[derive(Clone, Copy)]
enum Holds {
    Text,
    List,
    Members(&'static [Member]),
}

const fn member(name: &'static str, holds: Holds) -> Member {
    Member { name, holds }
}

impl Member {
    fn key(&self) -> &'static str {
        let (_, key) = self.name.rsplit_once('.').unwrap_or(("", self.name));
        key
    }
}

const TOKEN: [Member; 7] = [
    member("CA", Holds::List),
    member("ManualServerAddresses", Holds::List),
    member("ServerAddresses", Holds::List),
    member("ServerName", Holds::Text),
    member("PeerID", Holds::Text),
    member(SECRET_KEY, Holds::Text),
    member("Remote", Holds::Members(&REMOTE)),
];
const REMOTE: [Member; 3] = [
    member("Remote.Partition", Holds::Text),
    member("Remote.Datacenter", Holds::Text),
    member("Remote.Locality", Holds::Members(&LOCALITY)),
];
const LOCALITY: [Member; 2] = [
    member("Remote.Locality.Region", Holds::Text),
    member("Remote.Locality.Zone", Holds::Text),
];

/// So many members make an object a token.
const LEAST: usize = 2;

/// The beginning of a token: what is whole in it, and where it ends.
///
/// What the cut went through is in none of the fields, so that of a secret that is cut nothing can
/// be seen.
#[derive(Debug)]
#[non_exhaustive]
pub struct Partial {
    /// The whole fields. Of a list that is cut, the entries that are whole are there; a member that
    /// is cut or missing is empty.
    pub reading: Reading,
    /// The members that are whole, under Consul's names and in the token's order, such as `CA` or
    /// `Remote.Datacenter`. A member of `Remote` is named only where `Remote` is not whole itself.
    pub whole: Vec<&'static str>,
    /// The place in which it ends, such as `EstablishmentSecret` or `CA[1]`; `None` where it ends
    /// between two members.
    pub cut: Option<String>,
    /// How many bytes of the JSON are there.
    pub length: usize,
    /// What was undone beside, in that order.
    pub damages: Vec<Damage>,
}

impl Partial {
    /// Whether a member is whole, named as in [`Partial::whole`].
    #[must_use]
    pub fn has(&self, member: &str) -> bool {
        let within = |whole: &str| {
            let rest = member.strip_prefix(whole);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        self.whole.iter().any(|whole| within(whole))
    }
}

/// What can be told of a text that may be a token's JSON.
#[derive(Debug, Default)]
pub(super) struct Members {
    whole: Vec<&'static str>,
    cut: Option<String>,
    /// The text up to its last whole value, and what closes the brackets that are open there.
    end: usize,
    closing: &'static str,
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

impl Members {
    /// Reads a text as far as it goes.
    pub(super) fn of(json: &[u8]) -> Self {
        let mut members = Self::default();
        let mut reader = Reader::new(json);
        let utf_8 = std::str::from_utf8(json).map_err(|error| error.error_len().is_none());
        if utf_8 == Err(false) || !matches!(reader.peek(), Ok(Kind::Object)) {
            return members;
        }
        let read = members.object(&mut reader, &TOKEN, "}");
        members.state = match read {
            Ok(()) if utf_8.is_ok() && reader.finish().is_ok() => State::Whole,
            Err(error) if ends_early(error, &reader, json) => State::Cut,
            _ => State::Other,
        };
        members
    }

    /// Whether this is an object with any member of a token.
    pub(super) fn are_some(&self) -> bool {
        self.state == State::Whole && !self.whole.is_empty()
    }

    /// Whether these are the members of a token.
    pub(super) fn make_a_token(&self) -> bool {
        self.state == State::Whole && self.whole.len() >= LEAST
    }

    /// Whether these are the first members of a token that is cut off.
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
            token: crate::PeeringToken::default(),
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

    /// Reads an object at which the reader stands. `closing` closes it and all around it.
    fn object(
        &mut self,
        reader: &mut Reader<'_>,
        known: &'static [Member],
        closing: &'static str,
    ) -> Result<(), SyntaxError> {
        self.keep(reader.offset() + 1, closing);
        reader.object(|reader, key| {
            if let Some(member) = known.iter().find(|member| key.folds_to(member.key())) {
                let around = self.cut.replace(member.name.to_owned());
                let whole_before = self.whole.len();
                self.value(reader, member)?;
                // A member that is whole stands for those within it.
                self.whole.truncate(whole_before);
                if !self.whole.contains(&member.name) {
                    self.whole.push(member.name);
                }
                self.cut = around;
            } else {
                reader.skip()?;
            }
            self.keep(reader.offset(), closing);
            Ok(())
        })
    }

    fn value(&mut self, reader: &mut Reader<'_>, member: &Member) -> Result<(), SyntaxError> {
        match (member.holds, reader.peek()?) {
            (Holds::List, Kind::Array) => self.list(reader, member.name),
            (Holds::Members(known), Kind::Object) => {
                let closing = if member.name == "Remote" { "}}" } else { "}}}" };
                self.object(reader, known, closing)
            }
            _ => reader.skip(),
        }
    }

    fn list(&mut self, reader: &mut Reader<'_>, name: &'static str) -> Result<(), SyntaxError> {
        const CLOSING: &str = "]}";
        self.keep(reader.offset() + 1, CLOSING);
        let mut index = 0;
        reader.array(|reader| {
            reader.peek()?;
            self.cut = Some(format!("{name}[{index}]"));
            reader.skip()?;
            self.cut = Some(name.to_owned());
            self.keep(reader.offset(), CLOSING);
            index += 1;
            Ok(())
        })
    }

    fn keep(&mut self, end: usize, closing: &'static str) {
        self.end = end;
        self.closing = closing;
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
        let members = Members::of(json.as_bytes());
        assert!(members.are_cut(), "{json}");
        members.into_partial(json.as_bytes(), Vec::new())
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
            let members = Members::of(json.as_bytes());
            assert_eq!(members.state, State::Cut, "{json}");
            assert_eq!(members.whole.join(" "), whole, "{json}");
            assert_eq!(members.cut.as_deref(), cut, "{json}");
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
            assert!(!Members::of(json.as_bytes()).are_cut(), "{json}");
        }
        assert!(!Members::of(b"{\"PeerID\":\"\xff").are_cut());
        assert!(Members::of(b"{\"PeerID\":\"\xe2\x82").are_cut());
        assert!(Members::of(br#"{"CA":null,"PeerID":"p"}"#).make_a_token());
        assert!(!Members::of(br#"{"PeerID":"p","x":"p"}"#).make_a_token());
    }
}
