//! A token's JSON entry by entry, so that each can be written as no server writes it.

use peering_token::schema::Struct;
use peering_token::{Field, PeeringToken, Shape, Value};

/// The entries of a token in their order: each with its key, without quotes, and its value as it
/// stands in the JSON.
pub(super) struct Written(Vec<(Vec<u8>, Vec<u8>)>);

impl Written {
    /// The entries as a server writes them.
    pub(super) fn of(token: &PeeringToken) -> Self {
        let entry = |field: &Field| {
            let value = match token.get(*field) {
                Value::Text(text) => in_quotes(text),
                Value::Secret(secret) => in_quotes(secret.expose()),
                _ => token.field_to_json(*field, Shape::default()).to_string(),
            };
            (field.key().into(), value.into_bytes())
        };
        let fields = Struct::PeeringToken.fields();
        Self(fields.iter().map(entry).collect())
    }

    /// With another value.
    pub(super) fn put(mut self, key: &str, value: impl AsRef<[u8]>) -> Self {
        for entry in self.0.iter_mut().filter(|entry| entry.0 == key.as_bytes()) {
            entry.1 = value.as_ref().to_vec();
        }
        self
    }

    /// With one more entry at the end.
    pub(super) fn and(mut self, key: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> Self {
        let (key, value) = (key.as_ref().to_vec(), value.as_ref().to_vec());
        self.0.push((key, value));
        self
    }

    /// With another key.
    pub(super) fn respell(mut self, key: &str, with: impl AsRef<[u8]>) -> Self {
        for entry in self.0.iter_mut().filter(|entry| entry.0 == key.as_bytes()) {
            entry.0 = with.as_ref().to_vec();
        }
        self
    }

    /// Without an entry.
    pub(super) fn without(mut self, key: &str) -> Self {
        self.0.retain(|entry| entry.0 != key.as_bytes());
        self
    }

    /// In the alphabetical order of the keys.
    pub(super) fn sorted(mut self) -> Self {
        self.0.sort();
        self
    }

    /// The JSON.
    pub(super) fn json(&self) -> Vec<u8> {
        let entries = self.0.iter();
        let entries = entries.map(|(key, value)| [b"\"", key.as_slice(), b"\":", value].concat());
        [
            b"{",
            entries.collect::<Vec<_>>().join(&b',').as_slice(),
            b"}",
        ]
        .concat()
    }
}

/// A text of plain ASCII as a JSON literal.
fn in_quotes(text: &str) -> String {
    format!("\"{text}\"")
}
