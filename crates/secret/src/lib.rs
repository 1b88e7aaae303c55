//! Strings that must not show up in output by accident.
//!
//! - [`Secret`] owns a string, wipes it from memory when it is dropped, and prints only a digest.
//! - [`redacted`] is that digest, for any bytes.
//! - [`Redactor`] puts the digest in place of each secret in a text: of those that it was told, and of
//!   all that have the shape of one. [`without_secrets`] goes by the shape alone.
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

mod redactor;
mod shape;

pub use redactor::{Redactor, without_secrets};
pub use shape::names_secret;

use base16ct::lower::encode_string as hex;
use ring::digest;
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

    /// `printf %s hunter2 | sha256sum` starts with f52fbd32.
    #[test]
    fn shows_only_a_digest() {
        let secret = Secret::new("hunter2".to_owned());
        assert_eq!(secret.to_string(), "<redacted, sha256:f52fbd32>");
        assert_eq!(format!("{secret:?}"), "<redacted, sha256:f52fbd32>");
    }
}
