//! What a server demands of a request to generate or establish a peering, beside the token: the
//! peer's name and the metadata, refused in Consul's words.

use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// Consul's longest peer name, in characters: that of a DNS label.
const MAX_NAME: usize = 63;
const MAX_PAIRS: usize = 64;
const MAX_KEY: usize = 128;
const MAX_VALUE: usize = 512;

/// A name that Consul takes for no peer's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{name} is not a valid peer name: a valid peering name must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character"
)]
#[non_exhaustive]
pub struct PeerNameError {
    /// The name.
    pub name: String,
}

/// Checks a peer's name by the rule of Consul 1.14.4 and later:
/// `^[a-z0-9]([a-z0-9\-]{0,61}[a-z0-9])?$`.
///
/// # Errors
///
/// [`PeerNameError`], in Consul's words.
///
/// # Examples
///
/// ```
/// assert!(peering_token::check_peer_name("cluster-02").is_ok());
/// assert!(peering_token::check_peer_name("Cluster_02").is_err());
/// ```
pub fn check_peer_name(name: &str) -> Result<(), PeerNameError> {
    let alphanumeric = |byte: &u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9');
    let bytes = name.as_bytes();
    let valid = bytes.len() <= MAX_NAME
        && bytes.first().is_some_and(alphanumeric)
        && bytes.last().is_some_and(alphanumeric)
        && bytes.iter().all(|byte| alphanumeric(byte) || *byte == b'-');
    if valid {
        return Ok(());
    }
    Err(PeerNameError {
        name: name.to_owned(),
    })
}

/// The body of a request to `/v1/peering/establish`, as one line.
///
/// The name is one that [`check_peer_name`] accepts and the token is base64, so that neither needs
/// escapes in JSON.
#[must_use]
pub fn establish_body(peer: &str, token: &str) -> Zeroizing<String> {
    let parts = [
        "{\"PeerName\":\"",
        peer,
        "\",\"PeeringToken\":\"",
        token,
        "\"}\n",
    ];
    // With its capacity from the start, the buffer leaves no copies of a secret behind.
    let mut body = Zeroizing::new(String::with_capacity(
        parts.iter().map(|part| part.len()).sum(),
    ));
    body.extend(parts);
    body
}

/// Metadata that Consul refuses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MetaError {
    /// More than 64 pairs.
    #[error(
        "meta tags failed validation: Node metadata cannot contain more than {MAX_PAIRS} key/value pairs"
    )]
    TooMany,
    /// One pair is at fault.
    #[error(
        "meta tags failed validation: Couldn't load metadata pair ('{key}', '{value}'): {fault}"
    )]
    Pair {
        /// The key.
        key: String,
        /// The value.
        value: String,
        /// What is wrong with the pair.
        fault: MetaFault,
    },
}

/// What is wrong with a pair of metadata.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MetaFault {
    /// The key is empty.
    #[error("Key cannot be blank")]
    Blank,
    /// The key has characters beyond `A-Za-z0-9_-`.
    #[error("Key contains invalid characters")]
    InvalidCharacters,
    /// The key is longer than 128 bytes.
    #[error("Key is too long (limit: {MAX_KEY} characters)")]
    KeyTooLong,
    /// The key has the prefix that Consul keeps for itself.
    #[error("Key prefix 'consul-' is reserved for internal use")]
    Reserved,
    /// The value is longer than 512 bytes.
    #[error("Value is too long (limit: {MAX_VALUE} characters)")]
    ValueTooLong,
}

/// Checks metadata: at most 64 pairs, keys of 1 to 128 characters of `A-Za-z0-9_-` that do not
/// start with `consul-`, values of at most 512 bytes.
///
/// # Errors
///
/// [`MetaError`], in Consul's words; of several pairs at fault, the first by key.
pub fn check_meta(meta: &BTreeMap<String, String>) -> Result<(), MetaError> {
    if meta.len() > MAX_PAIRS {
        return Err(MetaError::TooMany);
    }
    for (key, value) in meta {
        if let Some(fault) = fault(key, value) {
            return Err(MetaError::Pair {
                key: key.clone(),
                value: value.clone(),
                fault,
            });
        }
    }
    Ok(())
}

fn fault(key: &str, value: &str) -> Option<MetaFault> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if key.is_empty() {
        Some(MetaFault::Blank)
    } else if !key.bytes().all(allowed) {
        Some(MetaFault::InvalidCharacters)
    } else if key.len() > MAX_KEY {
        Some(MetaFault::KeyTooLong)
    } else if key.starts_with("consul-") {
        Some(MetaFault::Reserved)
    } else if value.len() > MAX_VALUE {
        Some(MetaFault::ValueTooLong)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peer_names_follow_the_rule() {
        for name in ["a", "9", "west", "a-b", "a--b", &"a".repeat(63)] {
            assert_eq!(check_peer_name(name), Ok(()), "{name}");
        }
        for name in [
            "",
            "-a",
            "a-",
            "UP",
            "a_b",
            "a.b",
            "é",
            "a\n",
            &"a".repeat(64),
        ] {
            assert!(check_peer_name(name).is_err(), "{name:?}");
        }
        assert_eq!(
            check_peer_name("UP").unwrap_err().to_string(),
            "UP is not a valid peer name: a valid peering name must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character"
        );
    }

    #[test]
    fn the_body_of_an_establish_request_is_json_with_the_name_and_the_token() {
        let body = establish_body("west", "eyJDQSI6bnVsbH0=");
        let value: serde_json::Value = serde_json::from_str(&body).unwrap();
        let expected = serde_json::json!({"PeerName": "west", "PeeringToken": "eyJDQSI6bnVsbH0="});
        assert_eq!(value, expected);
        assert_eq!(body.capacity(), body.len());
    }

    fn meta(key: &str, value: &str) -> Result<(), String> {
        check_meta(&BTreeMap::from([(key.to_owned(), value.to_owned())]))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn metadata_is_refused_in_the_words_of_consul() {
        let pair = "meta tags failed validation: Couldn't load metadata pair";
        assert_eq!(meta("Env_1-x", ""), Ok(()));
        assert_eq!(meta(&"k".repeat(128), &"v".repeat(512)), Ok(()));
        assert_eq!(
            meta("", "v"),
            Err(format!("{pair} ('', 'v'): Key cannot be blank"))
        );
        assert_eq!(
            meta("a b", "v"),
            Err(format!(
                "{pair} ('a b', 'v'): Key contains invalid characters"
            ))
        );
        let long = "k".repeat(129);
        assert_eq!(
            meta(&long, "v"),
            Err(format!(
                "{pair} ('{long}', 'v'): Key is too long (limit: 128 characters)"
            ))
        );
        assert_eq!(
            meta("consul-x", "v"),
            Err(format!(
                "{pair} ('consul-x', 'v'): Key prefix 'consul-' is reserved for internal use"
            ))
        );
        let long = "v".repeat(513);
        assert_eq!(
            meta("k", &long),
            Err(format!(
                "{pair} ('k', '{long}'): Value is too long (limit: 512 characters)"
            ))
        );
        let many = (0..65).map(|n| (n.to_string(), String::new())).collect();
        assert_eq!(
            check_meta(&many).unwrap_err().to_string(),
            "meta tags failed validation: Node metadata cannot contain more than 64 key/value pairs"
        );
    }
}
