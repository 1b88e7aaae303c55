//! What Consul takes in a token but what fails or hurts later.
//!
//! A rule has a code and a name that stay as they are from release to release, a level, and a page
//! that tells what it is about. What it finds in a token is a [`Finding`], with the place in the
//! token's JSON.
//!
//! Each rule is a file of `rules`, with its text beside its check; [`rules`] lists them.

mod address;
mod keys;
mod root;
mod rules;
#[cfg(test)]
mod sample;
mod server_name;
mod subject;
mod token;

pub(crate) use subject::find;
pub use subject::{Context, findings};

use serde::Serialize;
use std::fmt;
use subject::{Found, Subject};

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

impl Level {
    /// The level's name in every output.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One kind of finding: its page, and the check.
#[non_exhaustive]
pub struct Rule {
    /// A short code, such as `PT501`.
    pub code: &'static str,
    /// The name, which names the fault.
    pub name: &'static str,
    /// The level, unless a finding says why it matters less this once.
    pub level: Level,
    /// The JSON path of what it is about, such as `$.CA[*]`.
    pub path: &'static str,
    /// What is found, in a sentence.
    pub what: &'static str,
    /// Why it matters: what happens at the dialer or the acceptor.
    pub why: &'static str,
    /// What to do about it.
    pub fix: &'static str,
    /// The Consul releases that it applies to.
    pub versions: &'static str,
    /// Where the rule comes from: a behaviour of Consul's, a function of Go's, a section of an RFC.
    pub source: &'static str,
    check: fn(&Subject<'_>, &mut Found),
}

impl Rule {
    /// Whether the check costs more than all others together, so that it is left out where
    /// [`Context::costly`] is not set.
    #[must_use]
    pub fn is_costly(&self) -> bool {
        rules::COSTLY.iter().any(|costly| costly.code == self.code)
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rule({} {})", self.code, self.name)
    }
}

/// All rules, ordered by code.
#[must_use]
pub fn rules() -> &'static [&'static Rule] {
    rules::RULES
}

/// The rule of that code or name, in any case.
///
/// ```
/// let rule = peertok::finding::rule("CA-Expired").unwrap();
/// assert_eq!((rule.code, rule.level.name()), ("PT102", "error"));
/// ```
#[must_use]
pub fn rule(code_or_name: &str) -> Option<&'static Rule> {
    rules().iter().copied().find(|rule| {
        [rule.code, rule.name]
            .iter()
            .any(|known| known.eq_ignore_ascii_case(code_or_name))
    })
}

/// What was found in a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// The rule's code.
    pub code: &'static str,
    /// The rule's name.
    pub name: &'static str,
    /// How much it matters in this token.
    pub level: Level,
    /// The JSON path of what it is about, such as `$.CA[0]`, under Consul's names of the members.
    pub path: String,
    /// What was found; never the secret.
    pub message: String,
    /// What to do about it.
    pub fix: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn codes_and_names_are_unique_and_in_order() {
        let codes: Vec<_> = rules().iter().map(|rule| rule.code).collect();
        assert!(codes.is_sorted(), "{codes:?}");
        let names: BTreeSet<_> = rules().iter().map(|rule| rule.name).collect();
        let unique: BTreeSet<_> = codes.iter().collect();
        assert_eq!((unique.len(), names.len()), (codes.len(), codes.len()));
        for rule in rules() {
            let digits = rule.code.strip_prefix("PT").unwrap();
            assert!(digits.len() == 3 && digits.bytes().all(|b| b.is_ascii_digit()));
            let in_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(rule.name.chars().all(in_name), "{rule:?}");
            assert_eq!(super::rule(rule.code).unwrap().name, rule.name);
            assert_eq!(super::rule(rule.name).unwrap().code, rule.code);
        }
    }

    #[test]
    fn every_page_is_whole() {
        for rule in rules() {
            assert!(rule.path.starts_with('$'), "{rule:?}");
            for text in [rule.what, rule.why, rule.fix, rule.versions, rule.source] {
                assert!(text.len() > 10, "{rule:?}: {text:?}");
            }
            // The message of a finding and its fix go on a line of their own.
            assert!(
                !rule.fix.ends_with('.') && !rule.fix.contains('\n'),
                "{rule:?}"
            );
            for sentence in [rule.what, rule.why] {
                assert!(sentence.ends_with('.'), "{rule:?}: {sentence:?}");
            }
        }
    }
}
