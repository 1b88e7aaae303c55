//! Writing a token as `json.Marshal` writes Consul's struct, byte for byte, and its base64.

use crate::release::Shape;
use crate::schema::{Field, Kind, Struct};
use crate::token::PeeringToken;
use crate::value::{Slot, Value};
use godialect::base64;
use godialect::json::write_string;
use peertok_secret::Secret;
use zeroize::Zeroizing;

/// Puts the base64 around a token's JSON, whatever that is.
#[must_use]
pub fn encode_base64(json: &[u8]) -> Zeroizing<String> {
    Zeroizing::new(base64::encode(json))
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

    /// The token as a server of that shape writes it. Fields that the shape does not have are left
    /// out.
    #[must_use]
    pub fn encode(&self, shape: Shape) -> Zeroizing<String> {
        encode_base64(self.to_json(shape).as_bytes())
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
