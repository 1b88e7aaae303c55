//! Writes a Secret for a token.

use super::LABEL;
use godialect::quote::quote;
use peering_token::encode_base64;
use zeroize::Zeroizing;

/// Why Kubernetes would not take a name, in its own words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: Invalid value: {}: {fault}", quote(.value))]
pub struct NameError {
    /// The member of the manifest.
    pub field: &'static str,
    /// Its value.
    pub value: String,
    /// What is wrong with it.
    pub fault: NameFault,
}

/// What is wrong with a name, in the words of Kubernetes' `apimachinery/pkg/util/validation`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NameFault {
    /// It is too long.
    #[error("must be no more than {limit} characters")]
    TooLong {
        /// The most characters.
        limit: usize,
    },
    /// The name of a Secret is a DNS subdomain.
    #[error(
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
    )]
    Subdomain,
    /// The name of a namespace is a DNS label.
    #[error(
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
    )]
    Label,
    /// The key has other characters.
    #[error(
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
    )]
    Key,
    /// The key is one dot.
    #[error("must not be '.'")]
    Dot,
    /// The key is two dots.
    #[error("must not be '..'")]
    DotDot,
    /// The key starts with two dots.
    #[error("must not start with '..'")]
    StartsWithDotDot,
}

/// A Secret with a token, as `kubectl apply -f` takes it: what consul-k8s makes for a
/// `PeeringAcceptor`, with the type that Kubernetes gives to a Secret without one.
///
/// # Errors
///
/// [`NameError`] where Kubernetes would not take a name.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use peertok::kubernetes::{DEFAULT_KEY, manifest};
///
/// let secret = manifest("eyJDQSI6bnVsbH0=", "peering-token", Some("consul"), DEFAULT_KEY)?;
/// assert!(secret.contains("\ndata:\n  data: ZXlKRFFTSTZiblZzYkgwPQ==\n"));
/// # Ok(())
/// # }
/// ```
pub fn manifest(
    token: &str,
    name: &str,
    namespace: Option<&str>,
    key: &str,
) -> Result<Zeroizing<String>, NameError> {
    check("metadata.name", name, secret_name)?;
    if let Some(namespace) = namespace {
        check("metadata.namespace", namespace, namespace_name)?;
    }
    check("data", key, data_key)?;
    let value = encode_base64(token.as_bytes());
    let mut yaml = Zeroizing::new(String::with_capacity(value.len() + 1024));
    yaml.push_str("apiVersion: v1\nkind: Secret\nmetadata:\n  name: ");
    push_scalar(&mut yaml, name);
    if let Some(namespace) = namespace {
        yaml.push_str("\n  namespace: ");
        push_scalar(&mut yaml, namespace);
    }
    yaml.push_str("\n  labels:\n    ");
    yaml.push_str(LABEL);
    yaml.push_str(": \"true\"\ntype: Opaque\ndata:\n  ");
    push_scalar(&mut yaml, key);
    yaml.push_str(": ");
    push_scalar(&mut yaml, &value);
    yaml.push('\n');
    Ok(yaml)
}

/// Writes a text of letters, digits, `-`, `_`, `.`, `+`, `/` and `=`: bare where no YAML reader takes
/// it for anything but a text, else in quotes.
fn push_scalar(yaml: &mut String, text: &str) {
    // YAML 1.1, which Kubernetes reads, has all of these for true, false and nothing.
    const WORDS: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
    let is_word = WORDS.iter().any(|word| text.eq_ignore_ascii_case(word));
    let is_text = text.starts_with(|c: char| c.is_ascii_alphabetic()) && !is_word;
    let quote = if is_text { "" } else { "\"" };
    yaml.extend([quote, text, quote]);
}

fn check(
    field: &'static str,
    value: &str,
    fault: fn(&str) -> Option<NameFault>,
) -> Result<(), NameError> {
    match fault(value) {
        None => Ok(()),
        Some(fault) => Err(NameError {
            field,
            value: value.to_owned(),
            fault,
        }),
    }
}

/// Kubernetes' `IsDNS1123Subdomain`.
fn secret_name(name: &str) -> Option<NameFault> {
    match name {
        _ if name.len() > 253 => Some(NameFault::TooLong { limit: 253 }),
        _ if !name.split('.').all(is_label) => Some(NameFault::Subdomain),
        _ => None,
    }
}

/// Kubernetes' `IsDNS1123Label`.
fn namespace_name(name: &str) -> Option<NameFault> {
    match name {
        _ if name.len() > 63 => Some(NameFault::TooLong { limit: 63 }),
        _ if !is_label(name) => Some(NameFault::Label),
        _ => None,
    }
}

/// Kubernetes' `IsConfigMapKey`, which it has for Secrets too.
fn data_key(key: &str) -> Option<NameFault> {
    let of_key = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    match key {
        _ if key.len() > 253 => Some(NameFault::TooLong { limit: 253 }),
        _ if key.is_empty() || !key.chars().all(of_key) => Some(NameFault::Key),
        "." => Some(NameFault::Dot),
        ".." => Some(NameFault::DotDot),
        _ if key.starts_with("..") => Some(NameFault::StartsWithDotDot),
        _ => None,
    }
}

/// Whether a text matches `[a-z0-9]([-a-z0-9]*[a-z0-9])?`.
fn is_label(text: &str) -> bool {
    let of_label = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !text.is_empty() && text.chars().all(of_label) && !text.starts_with('-') && !text.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kubernetes::{DEFAULT_KEY, read};
    use proptest::prelude::*;

    #[test]
    fn the_manifest_is_what_consul_k8s_makes() {
        let yaml = manifest("eyJDQSI6bnVsbH0=", "west", Some("consul"), DEFAULT_KEY).unwrap();
        assert_eq!(
            *yaml,
            "apiVersion: v1\nkind: Secret\nmetadata:\n  name: west\n  namespace: consul\n  labels:\n    \
             consul.hashicorp.com/peering-token: \"true\"\ntype: Opaque\ndata:\n  \
             data: ZXlKRFFTSTZiblZzYkgwPQ==\n"
        );
    }

    /// The keys are those that `kubectl create secret generic` refuses with these words.
    #[test]
    fn names_are_refused_as_kubernetes_refuses_them() {
        let long = "a".repeat(254);
        for (key, fault) in [
            ("", NameFault::Key),
            ("a/b", NameFault::Key),
            ("b a", NameFault::Key),
            (".", NameFault::Dot),
            ("..", NameFault::DotDot),
            ("..a", NameFault::StartsWithDotDot),
            (&long, NameFault::TooLong { limit: 253 }),
        ] {
            let error = manifest("", "a", None, key).unwrap_err();
            assert_eq!((error.field, error.fault), ("data", fault), "{key}");
        }
        for name in ["", "A", "a_b", "-a", "a-", ".a", "a.", "a..b", "a.-b", "ä"] {
            let error = manifest("", name, None, "a").unwrap_err();
            assert_eq!(error.fault, NameFault::Subdomain, "{name}");
        }
        for name in ["", "A", "a.b", "-a"] {
            let error = manifest("", "a", Some(name), "a").unwrap_err();
            assert_eq!(error.fault, NameFault::Label, "{name}");
        }
        let error = manifest("", "a", Some(&long[..64]), "a").unwrap_err();
        assert_eq!(error.fault, NameFault::TooLong { limit: 63 });
        for good in ["a", "0", "a-b.c--d", &long[..253]] {
            assert!(manifest("", good, None, "-_.A9").is_ok(), "{good}");
        }
    }

    proptest! {
        #[test]
        fn read_reverses_manifest(
            token in "[A-Za-z0-9+/]{4,80}={0,2}",
            name in "[a-z0-9]([-a-z0-9]{0,8}[a-z0-9])?(\\.[a-z0-9]{1,3}){0,2}",
            namespace in proptest::option::of("[a-z0-9]([-a-z0-9]{0,8}[a-z0-9])?"),
            key in "[-_a-zA-Z0-9][-._a-zA-Z0-9]{0,8}",
        ) {
            let yaml = manifest(&token, &name, namespace.as_deref(), &key).unwrap();
            let found = read(yaml.as_bytes()).unwrap();
            prop_assert_eq!(found.len(), 1);
            prop_assert_eq!(&*found[0].token, token.as_bytes());
            prop_assert_eq!(&found[0].place.name, &name);
            prop_assert_eq!(&found[0].place.namespace, &namespace);
            prop_assert_eq!(&found[0].place.key, &key);
            prop_assert!(found[0].labelled);
        }
    }
}
