//! A text that must not be seen by chance.

use ring::digest;
use std::fmt;
use zeroize::Zeroizing;

/// An establishment secret. It is wiped from memory when dropped, and its `Debug` and `Display`
/// forms are the redacted one, so that it reaches an output only through [`Secret::expose`].
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

/// What stands in a secret's place, so that two can be compared without being shown:
/// `<redacted, sha256:1a2b3c4d>` with the first 4 bytes of the SHA-256 of its UTF-8 bytes.
#[must_use]
pub fn redacted(secret: &[u8]) -> String {
    let digest = digest::digest(&digest::SHA256, secret);
    let [a, b, c, d, ..] = *digest.as_ref() else {
        return "<redacted>".to_owned();
    };
    format!("<redacted, sha256:{a:02x}{b:02x}{c:02x}{d:02x}>")
}

/// What is wrong with a JSON text, without what stands in it: serde_json quotes a value of the wrong
/// type, and that may be a token.
pub(crate) fn json_fault(error: &serde_json::Error) -> String {
    let (line, column) = (error.line(), error.column());
    let quotes = error.is_data() && !error.to_string().starts_with("missing field");
    if quotes {
        return format!("JSON of another shape at line {line} column {column}");
    }
    error.to_string()
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
    fn no_value_is_quoted() {
        let fault = |json| json_fault(&serde_json::from_str::<Vec<u8>>(json).unwrap_err());
        assert_eq!(
            fault("\"hunter2\""),
            "JSON of another shape at line 1 column 9"
        );
        assert_eq!(
            fault("[\"hunter2\"]"),
            "JSON of another shape at line 1 column 10"
        );
        assert_eq!(fault("hunter2"), "expected value at line 1 column 1");
    }

    /// `printf %s hunter2 | sha256sum` starts with f52fbd32.
    #[test]
    fn shows_only_a_digest() {
        let secret = Secret::new("hunter2".to_owned());
        assert_eq!(secret.to_string(), "<redacted, sha256:f52fbd32>");
        assert_eq!(format!("{secret:?}"), "<redacted, sha256:f52fbd32>");
    }
}
