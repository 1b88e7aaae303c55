//! Editing a token's JSON in place: what is not edited keeps its bytes.
//!
//! A server ignores members that it does not know, finds keys in any case and reads a member that
//! is there twice over the one before. So an edit
//!
//! - replaces the value of the last member that Go finds under the name, written as `json.Marshal`
//!   writes it, and removes the others: no old value stays in the token, and what Go reads is the
//!   new value alone, whatever `null`s and shorter lists came before;
//! - inserts a member that is not there behind the nearest one that a server writes before it, or
//!   as the first;
//! - leaves a member out that is not there and that is to be empty;
//! - writes `Remote.Locality` as one value, since a `null` of it takes back what came before.
//!
//! Order, blanks, escapes, odd keys and unknown members stay, within `Remote` too.

use crate::godialect::json::{Kind, SyntaxError, write_string};
use crate::token::members::{IN_REMOTE, Member, Object, REMOTE, TOKEN};
use crate::token::{write_list, write_locality, write_remote};
use crate::{Locality, PeeringToken, Secret, Shape};
use std::ops::Range;
use zeroize::Zeroizing;

/// A new value for one member of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// `CA`; `None` is `null`, for plaintext gRPC.
    Ca(Option<Vec<String>>),
    /// `ManualServerAddresses`; `None` is `null`.
    ManualServerAddresses(Option<Vec<String>>),
    /// `ServerAddresses`; `None` is `null`.
    ServerAddresses(Option<Vec<String>>),
    /// `ServerName`.
    ServerName(String),
    /// `PeerID`.
    PeerId(String),
    /// `EstablishmentSecret`.
    EstablishmentSecret(Secret),
    /// `Remote.Partition`.
    Partition(String),
    /// `Remote.Datacenter`.
    Datacenter(String),
    /// `Remote.Locality`; `None` is `null`.
    Locality(Option<Locality>),
}

/// Why a token's JSON cannot be edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EditError {
    /// The text is no JSON.
    #[error(transparent)]
    Syntax(#[from] SyntaxError),
    /// The JSON is no object, so that there is no place for a member.
    #[error("expected a JSON object within the token, but found another value")]
    NotAnObject,
}

impl Change {
    /// The member's name in Consul's words, such as `Remote.Datacenter`.
    #[must_use]
    pub fn member(&self) -> &'static str {
        match self {
            Self::Ca(_) => "CA",
            Self::ManualServerAddresses(_) => "ManualServerAddresses",
            Self::ServerAddresses(_) => "ServerAddresses",
            Self::ServerName(_) => "ServerName",
            Self::PeerId(_) => "PeerID",
            Self::EstablishmentSecret(_) => "EstablishmentSecret",
            Self::Partition(_) => "Remote.Partition",
            Self::Datacenter(_) => "Remote.Datacenter",
            Self::Locality(_) => "Remote.Locality",
        }
    }

    /// The oldest shape that has the member.
    fn shape(&self) -> Shape {
        match self {
            Self::Locality(_) => Shape::V1_16,
            Self::ManualServerAddresses(_) | Self::Partition(_) | Self::Datacenter(_) => {
                Shape::V1_14
            }
            _ => Shape::V1_13,
        }
    }

    /// Makes the change in a token's fields.
    pub fn apply(self, token: &mut PeeringToken) {
        match self {
            Self::Ca(list) => token.ca = list,
            Self::ManualServerAddresses(list) => token.manual_server_addresses = list,
            Self::ServerAddresses(list) => token.server_addresses = list,
            Self::ServerName(text) => token.server_name = text,
            Self::PeerId(text) => token.peer_id = text,
            Self::EstablishmentSecret(secret) => token.establishment_secret = secret,
            Self::Partition(text) => token.remote.partition = text,
            Self::Datacenter(text) => token.remote.datacenter = text,
            Self::Locality(locality) => token.remote.locality = locality,
        }
    }

    /// Whether Go reads the same where the member is missing.
    fn is_empty(&self) -> bool {
        match self {
            Self::Ca(list) | Self::ManualServerAddresses(list) | Self::ServerAddresses(list) => {
                list.is_none()
            }
            Self::ServerName(text)
            | Self::PeerId(text)
            | Self::Partition(text)
            | Self::Datacenter(text) => text.is_empty(),
            Self::EstablishmentSecret(secret) => secret.is_empty(),
            Self::Locality(locality) => locality.is_none(),
        }
    }

    /// The value as `json.Marshal` writes it.
    fn value(&self) -> Zeroizing<String> {
        let length = match self {
            Self::EstablishmentSecret(secret) => 6 * secret.expose().len() + 2,
            _ => 0,
        };
        let mut out = Zeroizing::new(String::with_capacity(length));
        match self {
            Self::Ca(list) | Self::ManualServerAddresses(list) | Self::ServerAddresses(list) => {
                write_list(&mut out, list.as_deref());
            }
            Self::ServerName(text)
            | Self::PeerId(text)
            | Self::Partition(text)
            | Self::Datacenter(text) => write_string(&mut out, text),
            Self::EstablishmentSecret(secret) => write_string(&mut out, secret.expose()),
            Self::Locality(locality) => write_locality(&mut out, locality.as_ref()),
        }
        out
    }

    /// `Remote` with this member in it, as the oldest server writes it that has the member.
    fn new_remote(&self) -> Zeroizing<String> {
        let mut token = PeeringToken::default();
        self.clone().apply(&mut token);
        let mut out = Zeroizing::new(String::new());
        write_remote(&mut out, &token.remote, self.shape());
        out
    }
}

/// Makes changes in a token's JSON, one after the other, and leaves every other byte as it is.
///
/// # Errors
///
/// [`EditError`]; a member of the wrong type is none, and an edit of it mends it.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use peertok::{Change, edit};
///
/// let json = br#"{"PeerID": "1", "ServerAddresses": ["10.0.0.1:8503"], "New": 1}"#;
/// let addresses = vec!["10.0.0.2:8503".to_owned()];
/// let edited = edit(json, &[Change::ServerAddresses(Some(addresses))])?;
/// assert_eq!(
///     str::from_utf8(&edited)?,
///     r#"{"PeerID": "1", "ServerAddresses": ["10.0.0.2:8503"], "New": 1}"#
/// );
/// # Ok(())
/// # }
/// ```
pub fn edit(json: &[u8], changes: &[Change]) -> Result<Zeroizing<Vec<u8>>, EditError> {
    let mut edited = Zeroizing::new(json.to_vec());
    for change in changes {
        let splices = splices(&edited, change)?;
        edited = spliced(&edited, &splices);
    }
    Ok(edited)
}

/// A part of a text and what comes in its place.
type Splice = (Range<usize>, Zeroizing<String>);

/// What a change does to a text, in the order of the text.
fn splices(json: &[u8], change: &Change) -> Result<Vec<Splice>, EditError> {
    let token = Object::read(json, 0..json.len())?.ok_or(EditError::NotAnObject)?;
    let Some((_, name)) = change.member().split_once('.') else {
        let name = change.member();
        let replaced = replace(&[&token], name, change.value());
        return Ok(if replaced.is_empty() && !change.is_empty() {
            vec![insert(&token, &TOKEN, name, &change.value())]
        } else {
            replaced
        });
    };
    // Several are read one over the other, so that a member may be in any of them.
    let mut remotes = Vec::new();
    for member in token.named(REMOTE) {
        if member.kind == Kind::Object {
            remotes.extend(Object::read(json, member.value.clone())?);
        }
    }
    let mut replaced = replace(&remotes.iter().collect::<Vec<_>>(), name, change.value());
    if replaced.is_empty() && !change.is_empty() {
        if let Some(remote) = remotes.last() {
            return Ok(vec![insert(remote, &IN_REMOTE, name, &change.value())]);
        }
        replaced = replace(&[&token], REMOTE, change.new_remote());
        if replaced.is_empty() {
            return Ok(vec![insert(&token, &TOKEN, REMOTE, &change.new_remote())]);
        }
    }
    Ok(replaced)
}

/// Replaces the value of the last member of a name and removes the others; does nothing where there
/// is none. A member goes together with the comma before it, or behind it where it is the first.
fn replace(objects: &[&Object<'_>], name: &str, value: Zeroizing<String>) -> Vec<Splice> {
    let mut splices = Vec::new();
    let last = objects.iter().flat_map(|object| object.named(name)).last();
    let Some(last) = last.map(|member| member.value.clone()) else {
        return splices;
    };
    for object in objects {
        // Where the member before ends, unless nothing is left before this one.
        let mut before = None;
        for (index, member) in object.members.iter().enumerate() {
            let is_removed = member.key.folds_to(name) && member.value != last;
            if is_removed {
                let removed = match (before, object.members.get(index + 1)) {
                    (Some(before), _) => before..member.value.end,
                    (None, Some(next)) => member.start..next.start,
                    (None, None) => member.start..member.value.end,
                };
                splices.push((removed, Zeroizing::default()));
            }
            if before.is_some() || !is_removed {
                before = Some(member.value.end);
            }
        }
    }
    let place = splices.partition_point(|(removed, _)| removed.start < last.start);
    splices.insert(place, (last, value));
    splices
}

/// Inserts a member at its place in the `order` in which a server writes them.
fn insert(object: &Object<'_>, order: &[&str], name: &str, value: &str) -> Splice {
    let before = order.iter().take_while(|other| **other != name);
    let before: Option<&Member<'_>> = before
        .filter_map(|other| object.named(other).next_back())
        .last();
    let (at, [comma_before, comma_after]) = match before {
        Some(before) => (before.value.end, [",", ""]),
        None if object.members.is_empty() => (object.inside, ["", ""]),
        None => (object.inside, ["", ","]),
    };
    let mut member = Zeroizing::new(String::with_capacity(name.len() + value.len() + 8));
    for part in [comma_before, "\"", name, "\":", value, comma_after] {
        member.push_str(part);
    }
    (at..at, member)
}

/// A text with some parts of it replaced.
fn spliced(text: &[u8], splices: &[Splice]) -> Zeroizing<Vec<u8>> {
    let added: usize = splices.iter().map(|(_, new)| new.len()).sum();
    let mut out = Zeroizing::new(Vec::with_capacity(text.len() + added));
    let mut from = 0;
    for (part, new) in splices {
        out.extend_from_slice(text.get(from..part.start).unwrap_or_default());
        out.extend_from_slice(new.as_bytes());
        from = part.end;
    }
    out.extend_from_slice(text.get(from..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Reading;
    use crate::testing::mutated;
    use proptest::prelude::*;
    use proptest::{collection, option, sample};

    fn edited(json: &str, changes: &[Change]) -> String {
        let edited = edit(json.as_bytes(), changes).unwrap();
        String::from_utf8(edited.to_vec()).unwrap()
    }

    fn list(entries: &[&str]) -> Option<Vec<String>> {
        Some(entries.iter().map(|&entry| entry.to_owned()).collect())
    }

    #[test]
    fn the_rest_keeps_its_bytes() {
        let id = Change::PeerId("<b>".to_owned());
        let datacenter = Change::Datacenter("d".to_owned());
        let manual = Change::ManualServerAddresses(list(&["a:1"]));
        let no_ca = Change::Ca(None);
        for (json, change, expected) in [
            (r#"{"PeerID":"a"}"#, &id, r#"{"PeerID":"\u003cb\u003e"}"#),
            (
                "\n{ \"peer\\u0049d\" : 7 , \"x\":{\"PeerID\":\"a\"} }\n",
                &id,
                "\n{ \"peer\\u0049d\" : \"\\u003cb\\u003e\" , \"x\":{\"PeerID\":\"a\"} }\n",
            ),
            // The last is the one that counts; the others go, each with one comma.
            (
                r#"{"PeerID":"a", "x":1, "PEERID":null, "y":2, "peerid":"c", "z":3}"#,
                &id,
                r#"{"x":1, "y":2, "peerid":"\u003cb\u003e", "z":3}"#,
            ),
            (
                r#"{ "PeerID":1, "PeerID":2, "PeerID":3 }"#,
                &id,
                r#"{ "PeerID":"\u003cb\u003e" }"#,
            ),
            // A member that is not there comes where a server has it.
            (
                r#"{"x":1,"CA":null,"y":2,"ServerName":"n"}"#,
                &manual,
                r#"{"x":1,"CA":null,"ManualServerAddresses":["a:1"],"y":2,"ServerName":"n"}"#,
            ),
            (
                r#"{"ServerName":"n"}"#,
                &manual,
                r#"{"ManualServerAddresses":["a:1"],"ServerName":"n"}"#,
            ),
            ("{ }", &manual, r#"{"ManualServerAddresses":["a:1"] }"#),
            ("{ }", &no_ca, "{ }"),
            (r#"{"CA":["a"]}"#, &no_ca, r#"{"CA":null}"#),
            // Members of `Remote` may be in several of them, or in none.
            (
                r#"{"Remote":{"Datacenter":"a"},"Remote":{"x":[]},"remote":null}"#,
                &datacenter,
                r#"{"Remote":{"Datacenter":"d"},"Remote":{"x":[]},"remote":null}"#,
            ),
            (
                r#"{"Remote":{"Datacenter":"a","x":1},"Remote":{"Partition":"","Datacenter":"b"}}"#,
                &datacenter,
                r#"{"Remote":{"x":1},"Remote":{"Partition":"","Datacenter":"d"}}"#,
            ),
            (
                r#"{"Remote":{"Datacenter":"a"},"Remote":{"Datacenter":"b"}}"#,
                &datacenter,
                r#"{"Remote":{},"Remote":{"Datacenter":"d"}}"#,
            ),
            (
                r#"{"Remote":{"Partition":"p","Locality":null}}"#,
                &datacenter,
                r#"{"Remote":{"Partition":"p","Datacenter":"d","Locality":null}}"#,
            ),
            (
                r#"{"Remote":null}"#,
                &datacenter,
                r#"{"Remote":{"Partition":"","Datacenter":"d"}}"#,
            ),
            (
                r#"{"EstablishmentSecret":"s"}"#,
                &datacenter,
                r#"{"EstablishmentSecret":"s","Remote":{"Partition":"","Datacenter":"d"}}"#,
            ),
        ] {
            assert_eq!(edited(json, std::slice::from_ref(change)), expected);
        }
    }

    #[test]
    fn only_an_object_can_be_edited() {
        let id = [Change::PeerId(String::new())];
        for json in ["null", "[]", "1", "\"{}\""] {
            assert_eq!(edit(json.as_bytes(), &id), Err(EditError::NotAnObject));
        }
        assert!(matches!(edit(b"{}x", &id), Err(EditError::Syntax(_))));
    }

    fn any_text() -> impl Strategy<Value = String> {
        prop_oneof![any::<String>(), r#"["\\<>&\u{2028}\u{0}\n/a-z]{0,9}"#]
    }

    fn any_list() -> impl Strategy<Value = Option<Vec<String>>> {
        option::of(collection::vec(any_text(), 0..4))
    }

    fn any_change() -> impl Strategy<Value = Change> {
        let locality = (any_text(), any_text());
        let locality = locality.prop_map(|(region, zone)| Locality { region, zone });
        prop_oneof![
            any_list().prop_map(Change::Ca),
            any_list().prop_map(Change::ManualServerAddresses),
            any_list().prop_map(Change::ServerAddresses),
            any_text().prop_map(Change::ServerName),
            any_text().prop_map(Change::PeerId),
            any_text().prop_map(|text| Change::EstablishmentSecret(Secret::new(text))),
            any_text().prop_map(Change::Partition),
            any_text().prop_map(Change::Datacenter),
            option::of(locality).prop_map(Change::Locality),
        ]
    }

    /// JSON of the members that a token has, in any order, number, case and nesting, of any type.
    fn odd_token() -> impl Strategy<Value = String> {
        let names = [&TOKEN[..], &IN_REMOTE, &["Region", "Zone", "x"]].concat();
        let key = (sample::select(names), 0..4_u8).prop_map(|(name, how)| match how {
            0 => name.to_lowercase(),
            1 => name.replace('S', "\u{17f}"),
            2 => name.replace('e', "\\u0065"),
            _ => name.to_owned(),
        });
        let leaf = prop_oneof![
            Just("null".to_owned()),
            Just("1".to_owned()),
            any_text().prop_map(|text| serde_json::to_string(&text).unwrap()),
        ];
        let blank = || sample::select(vec!["", " ", "\n\t"]);
        let value = leaf.prop_recursive(4, 40, 6, move |value| {
            let member = (blank(), key.clone(), blank(), value.clone(), blank())
                .prop_map(|(a, key, b, value, c)| format!("{a}\"{key}\"{b}:{b}{value}{c}"));
            prop_oneof![
                collection::vec(value, 0..4).prop_map(|e| format!("[{}]", e.join(","))),
                collection::vec(member, 0..9).prop_map(|m| format!("{{{}}}", m.join(","))),
            ]
        });
        value.prop_filter("an object", |json| json.starts_with('{'))
    }

    proptest! {
        #[test]
        fn go_reads_the_fields_with_the_changes_alone(
            json in odd_token(),
            changes in collection::vec(any_change(), 1..5),
        ) {
            let edited = edit(json.as_bytes(), &changes).unwrap();
            let mut expected = Reading::of_json(json.as_bytes()).unwrap().token;
            for change in &changes {
                change.clone().apply(&mut expected);
            }
            prop_assert_eq!(&Reading::of_json(&edited).unwrap().token, &expected);
            // Done again, the last of each member changes nothing more.
            let mut last = changes.clone();
            last.reverse();
            last.dedup_by_key(|change| change.member());
            let mut seen = Vec::new();
            last.retain(|change| {
                let is_new = !seen.contains(&change.member());
                seen.push(change.member());
                is_new
            });
            prop_assert_eq!(&edit(&edited, &last).unwrap(), &edited);
        }

        /// What a server would have written with the other value.
        #[test]
        fn a_servers_token_stays_one(
            start in collection::vec(any_change(), 0..9),
            changes in collection::vec(any_change(), 0..5),
        ) {
            let mut token = PeeringToken::default();
            start.into_iter().for_each(|change| change.apply(&mut token));
            let json = token.to_json(Shape::V1_16);
            let edited = edit(json.as_bytes(), &changes).unwrap();
            changes.into_iter().for_each(|change| change.apply(&mut token));
            let expected = token.to_json(Shape::V1_16);
            prop_assert_eq!(&edited[..], expected.as_bytes());
        }

        /// Members in any order with others between them: only the value of one of them changes.
        #[test]
        fn bytes_around_the_value_stay(
            order in Just(TOKEN[..6].to_vec()).prop_shuffle(),
            values in collection::vec(odd_token(), 12),
            change in any_change().prop_filter("a member of the token itself", |change| {
                !change.member().contains('.')
            }),
        ) {
            let json = |change: Option<&Change>| {
                let mut json = String::from("{ ");
                for (index, name) in order.iter().enumerate() {
                    let changed = change.filter(|change| change.member() == *name);
                    let value = changed.map(|change| change.value().to_string());
                    let value = value.as_ref().unwrap_or(&values[index]);
                    let other = &values[index + 6];
                    json.push_str(&format!("\"x\" : {other},\t\"{name}\" :{value} ,"));
                }
                json + "\"Remote\":{}}\n"
            };
            let expected = json(Some(&change));
            prop_assert_eq!(edited(&json(None), &[change]), expected);
        }

        #[test]
        fn no_bytes_panic(
            json in mutated(odd_token().prop_map(String::into_bytes)),
            change in any_change(),
        ) {
            let _ = edit(&json, &[change]);
        }
    }
}
