//! Reading a token as `json.Unmarshal` reads it into Consul's struct, quirks included: see
//! [`fields`](crate::fields).

use crate::fields::Fields;
use crate::release::Shape;
use crate::token::PeeringToken;
use godialect::base64::{self, CorruptBase64};
use godialect::json::{SyntaxError, TypeError};
use std::str::FromStr;
use zeroize::Zeroizing;

/// Why a token cannot be read, in Go's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The outer text is no base64.
    #[error("failed to decode token: {0}")]
    Base64(#[from] CorruptBase64),
    /// The text within is no JSON.
    #[error(transparent)]
    Syntax(#[from] SyntaxError),
    /// A value in the JSON is not of the type of its field.
    #[error(transparent)]
    Type(#[from] TypeError),
}

/// What [`Reading::of_token`] makes of a token that has JSON in it.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use peering_token::{Reading, encode_base64};
///
/// // A server refuses this token; what is in it can be read all the same.
/// let token = encode_base64(br#"{"PeerID": 1, "ServerName": "server.dc1"}"#);
/// let reading = Reading::of_token(token.as_bytes())?;
/// assert_eq!(reading.token.server_name, "server.dc1");
/// assert_eq!(
///     reading.type_error.map(|error| error.to_string()).as_deref(),
///     Some("json: cannot unmarshal number into Go struct field PeeringToken.PeerID of type string")
/// );
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Reading {
    /// The fields as Go reads them, those behind a type error included.
    pub token: PeeringToken,
    /// The oldest shape that has all the fields found.
    pub shape: Shape,
    /// The first value that is not of its field's type: with one, Consul rejects the token.
    pub type_error: Option<TypeError>,
}

impl Reading {
    /// Reads a token as a server would.
    ///
    /// # Errors
    ///
    /// [`DecodeError::Base64`] or [`DecodeError::Syntax`] where there is nothing to be read; a
    /// value of the wrong type is no error here.
    pub fn of_token(token: &[u8]) -> Result<Self, DecodeError> {
        let json = decode_base64(token)?;
        Ok(Self::of_json(&json)?)
    }

    /// Reads the JSON within a token.
    ///
    /// # Errors
    ///
    /// The [`SyntaxError`] that Go finds.
    pub fn of_json(json: &[u8]) -> Result<Self, SyntaxError> {
        let (fields, type_error) = Fields::read(json)?;
        Ok(Self {
            shape: fields.shape(),
            token: PeeringToken::from(&fields),
            type_error,
        })
    }
}

/// Takes the base64 off a token: gives the JSON within it.
///
/// # Errors
///
/// [`CorruptBase64`] with Go's offset.
pub fn decode_base64(token: &[u8]) -> Result<Zeroizing<Vec<u8>>, CorruptBase64> {
    let mut json = Zeroizing::new(Vec::new());
    base64::decode(token, &mut json)?;
    Ok(json)
}

impl PeeringToken {
    /// Reads a token as Go reads it: unknown keys are dropped, `null` and missing keys leave a
    /// field empty.
    ///
    /// # Errors
    ///
    /// [`DecodeError`], with the message a server would answer.
    pub fn decode(token: &[u8]) -> Result<Self, DecodeError> {
        let reading = Reading::of_token(token)?;
        match reading.type_error {
            Some(error) => Err(error.into()),
            None => Ok(reading.token),
        }
    }
}

impl FromStr for PeeringToken {
    type Err = DecodeError;

    /// As [`PeeringToken::decode`].
    fn from_str(token: &str) -> Result<Self, DecodeError> {
        Self::decode(token.as_bytes())
    }
}

impl TryFrom<&[u8]> for PeeringToken {
    type Error = DecodeError;

    /// As [`PeeringToken::decode`].
    fn try_from(token: &[u8]) -> Result<Self, DecodeError> {
        Self::decode(token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Field;
    use crate::schema::Struct;
    use crate::token::{Locality, Remote};
    use peertok_secret::Secret;
    use peertok_testing::mutated;
    use proptest::option;
    use proptest::prelude::*;

    fn list() -> impl Strategy<Value = Option<Vec<String>>> {
        option::of(prop::collection::vec(any_text(), 0..4))
    }

    /// Any Unicode, with the characters that the encoding treats specially made common.
    fn any_text() -> impl Strategy<Value = String> {
        prop_oneof![
            any::<String>(),
            r#"["\\<>&\u{2028}\u{2029}\u{0}\u{8}\u{c}\n\r\t\u{7f}/a-z]{0,20}"#,
        ]
    }

    prop_compose! {
        fn token()(
            (ca, manual_server_addresses, server_addresses) in (list(), list(), list()),
            (server_name, peer_id, secret) in (any_text(), any_text(), any_text()),
            (partition, datacenter) in (any_text(), any_text()),
            locality in option::of((any_text(), any_text())),
        ) -> PeeringToken {
            PeeringToken {
                ca, manual_server_addresses, server_addresses, server_name, peer_id,
                establishment_secret: Secret::new(secret),
                remote: Remote {
                    partition, datacenter,
                    locality: locality.map(|(region, zone)| Locality { region, zone }),
                },
            }
        }
    }

    proptest! {
        /// Field by field a token becomes the other, whatever it was.
        #[test]
        fn fields_are_copied(mut to in token(), from in token()) {
            for &field in Field::ALL {
                to.copy_field(field, &from);
                prop_assert_eq!(to.get(field), from.get(field));
            }
            prop_assert_eq!(to, from);
        }

        /// No buffer with the secret in it grows.
        #[test]
        fn json_is_written_without_growing(mut token in token()) {
            token.ca = None;
            let room = token.written_size_of(Struct::PeeringToken) + 2;
            prop_assert!(room >= token.to_json(Shape::V1_16).len());
        }

        #[test]
        fn decode_reverses_encode(token in token()) {
            let text = token.encode(Shape::V1_16);
            prop_assert_eq!(PeeringToken::decode(text.as_bytes()), Ok(token));
        }

        #[test]
        fn older_shapes_lose_only_what_they_lack(mut token in token()) {
            let text = token.encode(Shape::V1_14);
            let reading = Reading::of_token(text.as_bytes()).unwrap();
            token.remote.locality = None;
            prop_assert_eq!(reading.shape, Shape::V1_14);
            prop_assert_eq!(&reading.token, &token);

            let text = token.encode(Shape::V1_13);
            let reading = Reading::of_token(text.as_bytes()).unwrap();
            token.remote = Remote::default();
            token.manual_server_addresses = None;
            prop_assert_eq!(reading.shape, Shape::V1_13);
            prop_assert_eq!(reading.token, token);
        }

        /// The fields tell without writing them whether they are written as a server writes them.
        #[test]
        fn what_a_server_writes_is_known(
            token in token(),
            shape in prop::sample::select(vec![Shape::V1_13, Shape::V1_14, Shape::V1_16]),
            changes in prop::collection::vec(
                (any::<prop::sample::Index>(), 0_usize..8, r#"null|\\[nu/]|\\u003[cC]|[]\[{}<>&\\", :/]{0,2}"#),
                0..3,
            ),
        ) {
            let mut json = token.to_json(shape).as_bytes().to_vec();
            for (at, removed, inserted) in changes {
                let at = at.index(json.len());
                let end = (at + removed).min(json.len());
                json.splice(at..end, inserted.into_bytes());
            }
            if let Ok((fields, _)) = Fields::read(&json) {
                let written = PeeringToken::from(&fields).to_json(fields.shape());
                prop_assert_eq!(fields.are_written_as(&json), written.as_bytes() == json);
            }
        }

        #[test]
        fn json_is_what_other_readers_take(token in token()) {
            let json = token.to_json(Shape::V1_16);
            let value: serde_json::Value = serde_json::from_str(&json).unwrap();
            prop_assert_eq!(value["ServerName"].as_str(), Some(token.server_name.as_str()));
        }

        #[test]
        fn no_bytes_panic(
            text in mutated(token().prop_map(|token| token.encode(Shape::V1_16).as_bytes().to_vec())),
            json in mutated(token().prop_map(|token| token.to_json(Shape::V1_16).as_bytes().to_vec())),
        ) {
            let _ = PeeringToken::decode(&text);
            let _ = Reading::of_json(&json);
        }
    }

    #[test]
    fn an_older_shape_leaves_its_successors_fields_out() {
        let token = PeeringToken {
            server_addresses: Some(vec!["192.0.2.1:8502".to_owned()]),
            server_name: "server.dc1.consul".to_owned(),
            peer_id: "p".to_owned(),
            establishment_secret: Secret::new("s".to_owned()),
            ..PeeringToken::default()
        };
        assert_eq!(
            *token.to_json(Shape::V1_13),
            r#"{"CA":null,"ServerAddresses":["192.0.2.1:8502"],"ServerName":"server.dc1.consul","PeerID":"p","EstablishmentSecret":"s"}"#
        );
        assert!(
            token
                .to_json(Shape::V1_14)
                .ends_with(r#""Remote":{"Partition":"","Datacenter":""}}"#)
        );
    }

    #[test]
    fn a_locality_leaves_empty_fields_out() {
        for (region, zone, expected) in [
            ("", "", "{}"),
            ("r", "", r#"{"Region":"r"}"#),
            ("", "z", r#"{"Zone":"z"}"#),
            ("r", "z", r#"{"Region":"r","Zone":"z"}"#),
        ] {
            let mut token = PeeringToken::new();
            token.remote.locality = Some(Locality::new(region, zone));
            let json = token.field_to_json(Field::Locality, Shape::V1_16);
            assert_eq!(*json, expected);
        }
    }
}
