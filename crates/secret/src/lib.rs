//! Strings that must not show up in output by accident.
//!
//! - [`Secret`] owns a string, wipes it from memory when it is dropped, and prints only a digest.
//! - [`redacted`] is that digest, for any bytes.
//! - [`without_private_keys`] puts the digest in place of each private key in a text.
//!
//! ```
//! use peertok_secret::{Secret, redacted};
//!
//! let secret = Secret::new("hunter2".to_owned());
//! assert_eq!(secret.to_string(), "<redacted, sha256:f52fbd32>");
//! assert_eq!(format!("{secret:?}"), redacted(b"hunter2"));
//! assert_eq!(secret.expose(), "hunter2");
//! ```
//!
//! The digest is short, so that two secrets can be compared by eye. It does not protect a secret
//! that can be guessed, such as a password.

use base16ct::lower::encode_string as hex;
use ring::digest;
use std::borrow::Cow;
use std::fmt;
use zeroize::Zeroizing;

/// A secret string. It is wiped from memory when it is dropped. `Debug` and `Display` print what
/// [`redacted`] returns, so that only [`Secret::expose`] reveals it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes ownership of a string. Any string is allowed, the empty one too.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// Returns the secret itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Returns true for the empty string.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The start of every string that [`redacted`] returns.
pub const REDACTED: &str = "<redacted, sha256:";

/// Returns the text that stands for a secret: `<redacted, sha256:1a2b3c4d>`, with the first 4 bytes of
/// the secret's SHA-256.
#[must_use]
pub fn redacted(secret: &[u8]) -> String {
    let digest = digest::digest(&digest::SHA256, secret);
    let start = digest.as_ref().get(..4).unwrap_or_default();
    format!("{REDACTED}{}>", hex(start))
}

/// Returns the text with the content of each PEM private key replaced by its digest.
///
/// A key starts behind a line `-----BEGIN … PRIVATE KEY-----`. It ends at the next `-----END`, or at
/// the end of the text. All other bytes stay the same.
///
/// ```
/// let text = "-----BEGIN PRIVATE KEY-----\nMC4C\n-----END PRIVATE KEY-----\n";
/// assert_eq!(
///     peertok_secret::without_private_keys(text),
///     "-----BEGIN PRIVATE KEY-----<redacted, sha256:d34477b0>-----END PRIVATE KEY-----\n"
/// );
/// ```
#[must_use]
pub fn without_private_keys(text: &str) -> Cow<'_, str> {
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
