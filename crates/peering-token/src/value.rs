//! The value of any field of a token, and how `json.Marshal` writes it.

use crate::release::Shape;
use crate::schema::{Field, Kind, Struct};
use crate::token::{Locality, PeeringToken, Remote};
use godialect::json::write_string;
use peertok_secret::Secret;
use zeroize::Zeroizing;

/// The value of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Value<'a> {
    /// A string.
    Text(&'a str),
    /// A string that must not be shown.
    Secret(&'a Secret),
    /// A list of strings, or `null`.
    List(Option<&'a [String]>),
    /// An object, or `null`.
    Object {
        /// Whether it is there.
        present: bool,
    },
}

impl Value<'_> {
    /// Whether a server reads the same where the field is missing: an empty string, or `null`.
    #[must_use]
    pub fn is_unset(&self) -> bool {
        match self {
            Self::Text(text) => text.is_empty(),
            Self::Secret(secret) => secret.is_empty(),
            Self::List(list) => list.is_none(),
            Self::Object { present } => !present,
        }
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a Secret> for Value<'a> {
    fn from(secret: &'a Secret) -> Self {
        Self::Secret(secret)
    }
}

impl<'a> From<&'a Option<Vec<String>>> for Value<'a> {
    fn from(list: &'a Option<Vec<String>>) -> Self {
        Self::List(list.as_deref())
    }
}

impl From<&Remote> for Value<'_> {
    fn from(_: &Remote) -> Self {
        Self::Object { present: true }
    }
}

impl From<&Option<Locality>> for Value<'_> {
    fn from(locality: &Option<Locality>) -> Self {
        Self::Object {
            present: locality.is_some(),
        }
    }
}

/// The place of a field's value in a token.
pub(crate) enum Slot<'a> {
    Text(&'a mut String),
    Secret(&'a mut Secret),
    List(&'a mut Option<Vec<String>>),
    /// An object, which is there now.
    Object,
}

impl<'a> From<&'a mut String> for Slot<'a> {
    fn from(text: &'a mut String) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a mut Secret> for Slot<'a> {
    fn from(secret: &'a mut Secret) -> Self {
        Self::Secret(secret)
    }
}

impl<'a> From<&'a mut Option<Vec<String>>> for Slot<'a> {
    fn from(list: &'a mut Option<Vec<String>>) -> Self {
        Self::List(list)
    }
}

impl From<&mut Remote> for Slot<'_> {
    fn from(_: &mut Remote) -> Self {
        Self::Object
    }
}

impl From<&mut Option<Locality>> for Slot<'_> {
    fn from(locality: &mut Option<Locality>) -> Self {
        locality.get_or_insert_default();
        Self::Object
    }
}

impl PeeringToken {
    /// The value of a field. A field of an object that is not there is unset.
    ///
    /// ```
    /// use peering_token::{Field, PeeringToken, Value};
    ///
    /// let mut token = PeeringToken::new();
    /// token.remote.datacenter = "dc1".to_owned();
    /// assert_eq!(token.get(Field::Datacenter), Value::Text("dc1"));
    /// assert!(token.get(Field::Zone).is_unset());
    /// ```
    #[must_use]
    pub fn get(&self, field: Field) -> Value<'_> {
        field.get(self).unwrap_or_else(|| match field.kind() {
            Kind::Text => Value::Text(""),
            Kind::List => Value::List(None),
            Kind::Object(_) => Value::Object { present: false },
        })
    }

    /// Sets a string, in an object that is made where it is missing. A field that holds something else
    /// keeps its value.
    pub fn set_text(&mut self, field: Field, text: impl Into<String>) {
        if field.kind() != Kind::Text {
            return;
        }
        match field.slot(self) {
            Slot::Text(value) => *value = text.into(),
            Slot::Secret(value) => *value = Secret::new(text.into()),
            Slot::List(_) | Slot::Object => {}
        }
    }

    /// Copies the value of a field from another token.
    pub fn copy_field(&mut self, field: Field, from: &Self) {
        field.copy(self, from);
    }

    /// The value of a field as a server of that shape writes it.
    #[must_use]
    pub fn field_to_json(&self, field: Field, shape: Shape) -> Zeroizing<String> {
        let mut json = Zeroizing::new(String::with_capacity(self.written_size(field)));
        self.write_field(&mut json, field, shape);
        json
    }

    /// The JSON within the token, on one line, as `json.Marshal` writes it.
    #[must_use]
    pub fn to_json(&self, shape: Shape) -> Zeroizing<String> {
        let capacity = 2 + self.written_size_of(Struct::PeeringToken);
        let mut json = Zeroizing::new(String::with_capacity(capacity));
        self.write_object(&mut json, Struct::PeeringToken, shape);
        json
    }

    /// Room for a value: a string that grows leaves copies of the secret behind. In a certificate only
    /// line ends are escaped; elsewhere each byte may take six.
    fn written_size(&self, field: Field) -> usize {
        let text = |text: &str| 6 * text.len() + 2;
        match self.get(field) {
            Value::Text(value) => text(value),
            Value::Secret(value) => text(value.expose()),
            Value::List(None) => 4,
            Value::List(Some(list)) if field == Field::Ca => {
                2 + list.iter().map(|entry| 2 * entry.len() + 3).sum::<usize>()
            }
            Value::List(Some(list)) => 2 + list.iter().map(|entry| text(entry) + 1).sum::<usize>(),
            Value::Object { .. } => match field.kind() {
                Kind::Object(object) => 4 + self.written_size_of(object),
                _ => 0,
            },
        }
    }

    pub(crate) fn written_size_of(&self, object: Struct) -> usize {
        let fields = object.fields().iter();
        fields
            .map(|&field| field.written_key().len() + self.written_size(field))
            .sum()
    }

    fn write_field(&self, out: &mut String, field: Field, shape: Shape) {
        match (self.get(field), field.kind()) {
            (Value::Text(text), _) => write_string(out, text),
            (Value::Secret(secret), _) => write_string(out, secret.expose()),
            (Value::List(Some(list)), _) => write_list(out, list),
            (Value::Object { present: true }, Kind::Object(object)) => {
                self.write_object(out, object, shape);
            }
            (Value::List(None) | Value::Object { .. }, _) => out.push_str("null"),
        }
    }

    fn write_object(&self, out: &mut String, object: Struct, shape: Shape) {
        out.push('{');
        let mut is_first = true;
        for &field in object.fields() {
            let is_left_out = object.is_optional() && self.get(field).is_unset();
            if field.since() <= shape && !is_left_out {
                let key = field.written_key();
                out.push_str(if is_first {
                    key.trim_start_matches(',')
                } else {
                    key
                });
                self.write_field(out, field, shape);
                is_first = false;
            }
        }
        out.push('}');
    }
}

fn write_list(out: &mut String, list: &[String]) {
    out.push('[');
    for (index, entry) in list.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write_string(out, entry);
    }
    out.push(']');
}
