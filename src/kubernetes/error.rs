//! Why a manifest holds no token that can be read.

use super::{SecretKeyRef, listed};
use godialect::base64::CorruptBase64;

/// Why a manifest gives no tokens.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// It is no text.
    #[error("expected UTF-8 text, but found other bytes at offset {offset}")]
    NotText {
        /// Where the text ends.
        offset: usize,
    },
    /// It is no YAML. What stands there is not quoted: it may be a secret.
    #[error("expected YAML, but found a fault at line {line}, column {column}: {fault}")]
    Yaml {
        /// The line, from 1.
        line: usize,
        /// The column in characters, from 1.
        column: usize,
        /// The parser's words.
        fault: String,
    },
    /// It would take too much memory.
    #[error("expected at most 200000 keys, objects and anchors, but found more")]
    TooMuch,
    /// Aliases repeat a text so often that it would take too much memory.
    #[error("expected aliases that stand for at most 16777216 bytes, but found more")]
    Aliases,
    /// A member of a Secret is there twice, and it is not told which of them counts.
    #[error("expected {field:?} once in the Secret, but found it again at line {line}")]
    Repeated {
        /// The member.
        field: String,
        /// The line of the later one, from 1.
        line: usize,
    },
    /// A member of a Secret or a List is not what it has to be.
    #[error("expected {expected} in the place of {field}, but found {found} at line {line}")]
    OtherNode {
        /// The member.
        field: &'static str,
        /// What it has to be.
        expected: &'static str,
        /// What it is.
        found: &'static str,
        /// The line, from 1.
        line: usize,
    },
    /// There is no Secret.
    #[error("expected a Secret, but found {}", kinds_or_nothing(.kinds))]
    NoSecret {
        /// The kinds of the objects that there are.
        kinds: Vec<String>,
    },
    /// There are Secrets, but no token in any.
    #[error("expected a peering token in a Secret, but found none in {}", listed(.secrets))]
    NoToken {
        /// The names of the Secrets.
        secrets: Vec<String>,
    },
    /// A value in `data` is no base64.
    #[error("expected base64 in the Secret {place}, line {line}, but found {error}")]
    NotBase64 {
        /// The key.
        place: SecretKeyRef,
        /// The line of the value, from 1.
        line: usize,
        /// Go's words.
        error: CorruptBase64,
    },
}

fn kinds_or_nothing(kinds: &[String]) -> String {
    match kinds {
        [] => "no object".to_owned(),
        kinds => listed(kinds),
    }
}
