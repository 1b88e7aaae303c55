//! A text that must not be seen by chance.

use ring::digest;
use std::borrow::Cow;
use std::fmt;
use zeroize::Zeroizing;

/// An establishment secret. It is wiped from memory when dropped, and its `Debug` and `Display`
/// forms are the redacted one, so that it reaches an output only through [`Secret::expose`].
///
/// ```
/// let secret = peertok::Secret::new("fa32ff27-5a61-4feb-8900-644a59ee7112".to_owned());
/// assert_eq!(secret.to_string(), peertok::redacted(secret.expose().as_bytes()));
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes over a text, which is any text: Consul does not check its form.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The secret itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The beginning of what [`redacted`] gives.
pub(crate) const REDACTED: &str = "<redacted, sha256:";

/// What stands in a secret's place, so that two can be compared without being shown:
/// `<redacted, sha256:1a2b3c4d>` with the first 4 bytes of the SHA-256 of its UTF-8 bytes.
#[must_use]
pub fn redacted(secret: &[u8]) -> String {
    let digest = digest::digest(&digest::SHA256, secret);
    let start = digest.as_ref().get(..4).unwrap_or_default();
    format!("{REDACTED}{}>", hex(start))
}

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A text with the content of each private key in PEM replaced by its digest. The key ends where an
/// END line starts, or with the text.
#[must_use]
pub(crate) fn without_private_keys(text: &str) -> Cow<'_, str> {
    const BEGIN: &str = "-----BEGIN ";
    let mut shown = String::new();
    let mut rest = text;
    while let Some(begin) = rest.find(BEGIN) {
        let (before, label_on) = rest.split_at(begin + BEGIN.len());
        shown.push_str(before);
        rest = label_on;
        let Some((label, after)) = label_on.split_once("-----") else {
            continue;
        };
        if !label.ends_with("PRIVATE KEY") {
            continue;
        }
        let end = after.find("-----END").unwrap_or(after.len());
        let (key, after) = after.split_at(end);
        shown.push_str(label);
        shown.push_str("-----");
        shown.push_str(&redacted(key.as_bytes()));
        rest = after;
    }
    if shown.is_empty() {
        return Cow::Borrowed(text);
    }
    shown.push_str(rest);
    Cow::Owned(shown)
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&redacted(self.expose().as_bytes()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_keys_lose_their_content() {
        let block = |label: &str| format!("-----BEGIN {label}-----\nAAAA\n-----END {label}-----\n");
        let certificate = block("CERTIFICATE");
        let key = block("EC PRIVATE KEY");
        let text = format!("{certificate}{key}{certificate}{key}");
        let shown = without_private_keys(&text);
        assert_eq!(shown.matches("AAAA").count(), 2, "{shown}");
        assert_eq!(
            shown.matches("PRIVATE KEY-----<redacted, sha256:").count(),
            2
        );
        assert!(!without_private_keys(&key[..35]).contains("AAA"));
        assert_eq!(without_private_keys(&certificate), certificate);
    }

    /// `printf %s hunter2 | sha256sum` starts with f52fbd32.
    #[test]
    fn shows_only_a_digest() {
        let secret = Secret::new("hunter2".to_owned());
        assert_eq!(secret.to_string(), "<redacted, sha256:f52fbd32>");
        assert_eq!(format!("{secret:?}"), "<redacted, sha256:f52fbd32>");
    }
}
