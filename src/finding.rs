//! What Consul takes in a token but what fails or hurts later.
//!
//! A finding has a code and a name that stay as they are from release to release, a level, and the
//! place in the token's JSON that it is about.

mod snapshot;

pub use snapshot::{against_acceptor, against_dialer, not_the_acceptors};

use serde::Serialize;
use std::fmt;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Worth knowing.
    Note,
    /// It will fail for many, or soon.
    Warning,
    /// The peering cannot work.
    Error,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// One kind of finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rule {
    /// A short code, such as `PT501`.
    pub code: &'static str,
    /// The name, which names the fault.
    pub name: &'static str,
    /// The level.
    pub level: Level,
    /// What to do about it.
    pub fix: &'static str,
}

/// What was found in a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// The rule's code.
    pub code: &'static str,
    /// The rule's name.
    pub name: &'static str,
    /// The rule's level.
    pub level: Level,
    /// The JSON path of what it is about, such as `$.CA[0]`.
    pub path: String,
    /// What was found; never the secret.
    pub message: String,
    /// What to do about it.
    pub fix: &'static str,
}

impl Rule {
    fn at(self, path: impl Into<String>, message: impl Into<String>) -> Finding {
        Finding {
            code: self.code,
            name: self.name,
            level: self.level,
            path: path.into(),
            message: message.into(),
            fix: self.fix,
        }
    }
}
