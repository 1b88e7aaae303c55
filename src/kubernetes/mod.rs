//! Kubernetes Secrets that hold peering tokens: read, written and edited as text, with no cluster.
//!
//! consul-k8s keeps a token in a Secret under one key of `data`, in base64 as all of `data` is, so
//! that the token is in base64 twice:
//!
//! ```yaml
//! apiVersion: v1
//! kind: Secret
//! metadata:
//!   name: peering-token
//!   namespace: consul
//!   labels:
//!     consul.hashicorp.com/peering-token: "true"
//! type: Opaque
//! data:
//!   data: ZXlKRFFTSTZi…
//! ```
//!
//! The name and the key are free: `spec.peer.secret` of a `PeeringAcceptor` or `PeeringDialer` names
//! them, and Consul's documentation has `peering-token` and `data`. The label is what the two
//! controllers filter the Secrets by that they watch; they read a Secret without it too, but do not
//! notice when it changes (consul-k8s, `filterPeeringAcceptors` and `filterPeeringDialers`).
//!
//! | what | where |
//! |---|---|
//! | [`read`] | the tokens of a manifest: YAML or JSON, documents, Lists, `data` and `stringData` |
//! | [`manifest`] | a Secret as `kubectl apply -f` takes it |
//! | [`replace_token`] | another token in a manifest that otherwise stays as it is, to the byte |

mod edit;
mod error;
mod object;
mod read;
mod write;
mod yaml;

pub use edit::{EditError, replace_token};
pub use error::ReadError;
pub use read::read;
pub use write::{NameError, NameFault, manifest};

use godialect::json::{Kind, Reader, SyntaxError};
use peertok_secret::redacted;
use serde::Serialize;
use std::fmt;
use std::str::FromStr;
use zeroize::Zeroizing;

/// The label that marks a Secret as one with a peering token; its value is `"true"`.
pub const LABEL: &str = "consul.hashicorp.com/peering-token";
/// The key that Consul's documentation keeps a token under.
pub const DEFAULT_KEY: &str = "data";
/// The longest name that Kubernetes knows, in characters; what is longer is cut when it is read.
const LONGEST_NAME: usize = 253;

/// A peering token in a Secret.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretToken {
    /// Where it stands.
    pub place: SecretKeyRef,
    /// The token, with the base64 of `data` taken off.
    pub token: Zeroizing<Vec<u8>>,
    /// Whether the Secret has the label [`LABEL`].
    pub labelled: bool,
    /// The YAML document that the Secret is in, from 0.
    pub document: usize,
}

impl fmt::Debug for SecretToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretToken")
            .field("place", &self.place)
            .field("token", &redacted(&self.token))
            .field("labelled", &self.labelled)
            .field("document", &self.document)
            .finish()
    }
}

/// A key of a Secret, shown as `namespace/name, key data`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SecretKeyRef {
    /// The namespace, where the manifest names it.
    pub namespace: Option<String>,
    /// The name; empty where the manifest has none.
    pub name: String,
    /// The key in `data` or `stringData`.
    pub key: String,
}

impl fmt::Display for SecretKeyRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, key {}", self.secret(), self.key)
    }
}

impl SecretKeyRef {
    /// As a [`Selector`] is written: `namespace/name:key`.
    #[must_use]
    pub fn selector(&self) -> String {
        format!("{}:{}", self.secret(), self.key)
    }

    /// The Secret alone: `namespace/name`.
    #[must_use]
    pub fn secret(&self) -> String {
        full_name(self.namespace.as_deref(), &self.name)
    }
}

fn full_name(namespace: Option<&str>, name: &str) -> String {
    let name = if name.is_empty() {
        "without a name"
    } else {
        name
    };
    match namespace {
        Some(namespace) => format!("{namespace}/{name}"),
        None => name.to_owned(),
    }
}

/// Says which token of a manifest is meant: `[NAMESPACE/]NAME[:KEY]`. What is left out may be
/// anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selector {
    /// The namespace.
    pub namespace: Option<String>,
    /// The name of the Secret.
    pub name: String,
    /// The key in it.
    pub key: Option<String>,
}

/// Why a text is no [`Selector`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected [NAMESPACE/]NAME[:KEY]")]
pub struct SelectorError;

impl FromStr for Selector {
    type Err = SelectorError;

    fn from_str(text: &str) -> Result<Self, SelectorError> {
        let (namespace, rest) = match text.split_once('/') {
            Some((namespace, rest)) => (Some(namespace), rest),
            None => (None, text),
        };
        let (name, key) = match rest.split_once(':') {
            Some((name, key)) => (name, Some(key)),
            None => (rest, None),
        };
        if name.is_empty() || name.contains('/') || namespace == Some("") || key == Some("") {
            return Err(SelectorError);
        }
        Ok(Self {
            namespace: namespace.map(str::to_owned),
            name: name.to_owned(),
            key: key.map(str::to_owned),
        })
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&full_name(self.namespace.as_deref(), &self.name))?;
        match &self.key {
            Some(key) => write!(f, ":{key}"),
            None => Ok(()),
        }
    }
}

impl Selector {
    /// Whether this key of a Secret is one that is meant.
    #[must_use]
    pub fn matches(&self, place: &SecretKeyRef) -> bool {
        let any_or = |wanted: &Option<String>, found: Option<&String>| {
            wanted.is_none() || wanted.as_ref() == found
        };
        self.name == place.name
            && any_or(&self.namespace, place.namespace.as_ref())
            && any_or(&self.key, Some(&place.key))
    }
}

/// Whether a text is meant to be a Kubernetes manifest: `apiVersion` stands at the top level of a
/// JSON object, or `apiVersion:` or `kind:` starts a line, blanks and quotes left aside. A token is
/// base64, which has no colon.
#[must_use]
pub fn looks_like_manifest(text: &[u8]) -> bool {
    let text = crate::roots::without_bom(text);
    if text.trim_ascii_start().starts_with(b"{") {
        return has_api_version(text);
    }
    text.split(|&byte| byte == b'\n' || byte == b'\r')
        .any(|line| {
            let quote = |text| strip_any(text, &[b"\"", b"'"]).unwrap_or(text);
            let line = quote(line.trim_ascii_start());
            let rest = strip_any(line, &[b"apiVersion", b"kind"]).map(quote);
            let value = rest.and_then(|rest| rest.trim_ascii_start().strip_prefix(b":"));
            value.is_some_and(|value| value.first().is_none_or(u8::is_ascii_whitespace))
        })
}

fn strip_any<'a>(text: &'a [u8], prefixes: &[&[u8]]) -> Option<&'a [u8]> {
    prefixes
        .iter()
        .find_map(|prefix| text.strip_prefix(*prefix))
}

/// Whether `apiVersion` is a member of the object that a JSON text starts with, as far as the text
/// can be read.
fn has_api_version(json: &[u8]) -> bool {
    let mut found = false;
    let mut reader = Reader::new(json);
    let mut look = || {
        reader.peek()?;
        reader.object(|reader, key| {
            found |= key.unescape() == "apiVersion" && reader.peek()? == Kind::String;
            reader.skip()
        })
    };
    let _: Result<(), SyntaxError> = look();
    found
}

/// The texts with commas between them, the first of them where there are many.
fn listed(texts: &[String]) -> String {
    const MOST: usize = 10;
    let mut list = texts
        .iter()
        .take(MOST)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    if texts.len() > MOST {
        list.push_str(&format!(" and {} more", texts.len() - MOST));
    }
    list
}

/// Why no one token of a manifest is meant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChoiceError {
    /// None has the name.
    #[error("expected the Secret {wanted}, but found {}", listed(.found))]
    NotFound {
        /// The name.
        wanted: Selector,
        /// The Secrets that have tokens, and their keys.
        found: Vec<String>,
    },
    /// There are several.
    #[error("expected one peering token, but found {}: {}", .found.len(), listed(.found))]
    Several {
        /// The Secrets that have tokens, and their keys.
        found: Vec<String>,
    },
}

/// The one among `tokens` that is meant: the only one, or the only one that `selector` matches.
///
/// # Errors
///
/// [`ChoiceError`] where there is none or there are several.
pub fn choose(
    tokens: Vec<SecretToken>,
    selector: Option<&Selector>,
) -> Result<SecretToken, ChoiceError> {
    choose_by(tokens, selector, |token| &token.place)
}

fn choose_by<T>(
    items: Vec<T>,
    selector: Option<&Selector>,
    place: impl Fn(&T) -> &SecretKeyRef,
) -> Result<T, ChoiceError> {
    let name = |item: &T| place(item).selector();
    let all: Vec<String> = items.iter().map(name).collect();
    let mut meant: Vec<T> = items;
    meant.retain(|item| selector.is_none_or(|selector| selector.matches(place(item))));
    if meant.len() > 1 {
        let found = meant.iter().map(name).collect();
        return Err(ChoiceError::Several { found });
    }
    match (meant.pop(), selector) {
        (Some(item), _) => Ok(item),
        (None, Some(wanted)) => Err(ChoiceError::NotFound {
            wanted: wanted.clone(),
            found: all,
        }),
        (None, None) => Err(ChoiceError::Several { found: all }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn manifests_are_told_from_tokens() {
        for text in [
            "apiVersion: v1\nkind: Secret\n",
            "\u{feff}---\r\n# a comment\r\nkind: Secret\r\n",
            "  \"apiVersion\" : v1",
            "kind:",
            r#"{"apiVersion":"v1","kind":"Secret"}"#,
            "\n{\"items\": [], \"apiVersion\": \"v1\", oops",
        ] {
            assert!(looks_like_manifest(text.as_bytes()), "{text}");
        }
        for text in [
            "eyJDQSI6bnVsbH0=",
            "",
            "kind",
            "mankind: x",
            "kind:x",
            r#"{"PeerID":"x","Remote":{"apiVersion":"v1"}}"#,
            r#"{"PeeringToken":"apiVersion: v1"}"#,
        ] {
            assert!(!looks_like_manifest(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn a_selector_names_a_secret_and_may_say_more() {
        let place = SecretKeyRef {
            namespace: Some("consul".to_owned()),
            name: "west".to_owned(),
            key: "data".to_owned(),
        };
        for (text, expected) in [
            ("west", true),
            ("consul/west", true),
            ("consul/west:data", true),
            ("west:data", true),
            ("other/west", false),
            ("east", false),
            ("west:token", false),
        ] {
            let selector: Selector = text.parse().unwrap();
            assert_eq!(selector.matches(&place), expected, "{text}");
            assert_eq!(selector.to_string(), text);
        }
        for text in ["", "/west", "consul/", "a/b/c", "west:", ":data"] {
            assert_eq!(text.parse::<Selector>(), Err(SelectorError), "{text}");
        }
    }

    #[test]
    fn a_token_is_not_seen_by_chance() {
        let token = SecretToken {
            place: SecretKeyRef {
                namespace: None,
                name: String::new(),
                key: "data".to_owned(),
            },
            token: Zeroizing::new(b"hunter2".to_vec()),
            labelled: false,
            document: 0,
        };
        let shown = format!("{token:?}");
        assert!(shown.contains("sha256:f52fbd32"), "{shown}");
        assert!(!shown.contains("104"), "{shown}");
        assert_eq!(token.place.to_string(), "without a name, key data");
    }
}
