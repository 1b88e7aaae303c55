//! A token's JSON member by member, so that each can be written as no server writes it.

use peering_token::PeeringToken;
use peering_token::Shape;
use peering_token::members::TOKEN;
use peering_token::{write_list, write_remote};

/// The members of a token in their order: each with its key, without quotes, and its value as it
/// stands in the JSON.
pub(super) struct Written(Vec<(Vec<u8>, Vec<u8>)>);

impl Written {
    /// The members as a server writes them.
    pub(super) fn of(token: &PeeringToken) -> Self {
        let list = |list: &Option<Vec<String>>| {
            let mut value = String::new();
            write_list(&mut value, list.as_deref());
            value
        };
        let mut remote = String::new();
        write_remote(&mut remote, &token.remote, Shape::default());
        let values = [
            list(&token.ca),
            list(&token.manual_server_addresses),
            list(&token.server_addresses),
            text(&token.server_name),
            text(&token.peer_id),
            text(token.establishment_secret.expose()),
            remote,
        ];
        let members = TOKEN.iter().zip(values);
        let member = |(key, value): (&&str, String)| (key.as_bytes().to_vec(), value.into_bytes());
        Self(members.map(member).collect())
    }

    /// With another value.
    pub(super) fn put(mut self, key: &str, value: impl AsRef<[u8]>) -> Self {
        for member in self
            .0
            .iter_mut()
            .filter(|member| member.0 == key.as_bytes())
        {
            member.1 = value.as_ref().to_vec();
        }
        self
    }

    /// With one more member at the end.
    pub(super) fn and(mut self, key: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> Self {
        let (key, value) = (key.as_ref().to_vec(), value.as_ref().to_vec());
        self.0.push((key, value));
        self
    }

    /// With another key.
    pub(super) fn respell(mut self, key: &str, with: impl AsRef<[u8]>) -> Self {
        for member in self
            .0
            .iter_mut()
            .filter(|member| member.0 == key.as_bytes())
        {
            member.0 = with.as_ref().to_vec();
        }
        self
    }

    /// Without a member.
    pub(super) fn without(mut self, key: &str) -> Self {
        self.0.retain(|member| member.0 != key.as_bytes());
        self
    }

    /// In the alphabetical order of the keys.
    pub(super) fn sorted(mut self) -> Self {
        self.0.sort();
        self
    }

    /// The JSON.
    pub(super) fn json(&self) -> Vec<u8> {
        let members = self.0.iter();
        let members = members.map(|(key, value)| [b"\"", key.as_slice(), b"\":", value].concat());
        [
            b"{",
            members.collect::<Vec<_>>().join(&b',').as_slice(),
            b"}",
        ]
        .concat()
    }
}

/// A text of plain ASCII as a JSON literal.
fn text(text: &str) -> String {
    format!("\"{text}\"")
}
