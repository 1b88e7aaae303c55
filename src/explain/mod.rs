//! What a server says about peering, and what it means.
//!
//! An [`KnownError`] is one thing that a server says when something fails, with its cause, how to tell and
//! what to do. [`Explainer`] finds the answers in a text: a pasted error, a whole HTTP body, or a log
//! line by line. [`Page`] is what is told of an answer or of a finding's rule, wherever it is told.
//!
//! Each file of answers is a part of a peering's life: making the token, establishing, dialing, the
//! stream, and snapshots. The root certificates and the JSON of a token have their own.

mod certificate;
mod dial;
mod establish;
mod generate;
mod json;
mod nearest;
mod page;
mod pattern;
mod recognise;
mod snapshot;
mod stream;

pub use nearest::nearest;
pub use page::Page;
#[cfg(feature = "cli")]
pub(crate) use recognise::Sieve;
pub use recognise::{Cause, Explainer, Message, Strictness};

use peering_token::Stage;
use std::fmt;

/// The part of a peering's life in which something is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Moment {
    /// The acceptor is asked for a token.
    Generate,
    /// The dialer is asked to establish a peering with a token.
    Establish,
    /// The dialer dials the acceptor to exchange the token's secret.
    Dial,
    /// The peering is there, and its stream comes up or is lost.
    Stream,
    /// A snapshot is read or restored.
    Snapshot,
}

impl Moment {
    /// All of them, in the order of a peering's life.
    pub const ALL: [Self; 5] = [
        Self::Generate,
        Self::Establish,
        Self::Dial,
        Self::Stream,
        Self::Snapshot,
    ];

    /// The name in every output.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Generate => "generate",
            Self::Establish => "establish",
            Self::Dial => "dial",
            Self::Stream => "stream",
            Self::Snapshot => "snapshot",
        }
    }

    /// When that is, for people.
    #[must_use]
    pub fn when(self) -> &'static str {
        match self {
            Self::Generate => "when the acceptor is asked for a token",
            Self::Establish => "when the dialer is given the token, before it dials",
            Self::Dial => "when the dialer dials the acceptor with the token",
            Self::Stream => "later, on the stream of the peering",
            Self::Snapshot => "when a snapshot is read or restored",
        }
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One thing that a server says, and what it means.
///
/// In texts a word in angle brackets, such as `<address>`, stands for what changes from one message to
/// the next. At the end, `<words>` stands for a reason that another answer may know better, and
/// `<reason>` for one that this answer is about.
#[derive(Debug)]
#[non_exhaustive]
pub struct KnownError {
    /// The name, in lower case with hyphens; no rule of a finding has the same.
    pub name: &'static str,
    /// When it is said.
    pub moment: Moment,
    /// The check of establish that says it, where it is one that depends on the token.
    pub stage: Option<Stage>,
    /// Texts that only a server says of peering, or a snapshot of Consul's.
    pub texts: &'static [&'static str],
    /// Texts that others say too. In a log they count only where the message is about peering.
    pub shared: &'static [&'static str],
    /// What is wrong, in a sentence.
    pub what: &'static str,
    /// How that comes about.
    pub why: &'static str,
    /// What to look at, or to run.
    pub tell: &'static str,
    /// What to do about it.
    pub fix: &'static str,
    /// The Consul releases that it applies to.
    pub versions: &'static str,
    /// Where this is known from.
    pub source: &'static str,
    /// The names of rules and of other answers that are near.
    pub related: &'static [&'static str],
}

const SINCE_1_13: &str = "tried on Consul 1.20.1; peering is there since 1.13";
const RECORDED: &str = "recorded from a server, Consul 1.20.1";

/// What the answers of a file have in common, for those that say nothing else.
const fn plain(moment: Moment) -> KnownError {
    KnownError {
        name: "",
        moment,
        stage: None,
        texts: &[],
        shared: &[],
        what: "",
        why: "",
        tell: "",
        fix: "",
        versions: SINCE_1_13,
        source: RECORDED,
        related: &[],
    }
}

const FILES: [&[KnownError]; 7] = [
    generate::ANSWERS,
    establish::ANSWERS,
    json::ANSWERS,
    certificate::ANSWERS,
    dial::ANSWERS,
    stream::ANSWERS,
    snapshot::ANSWERS,
];

/// All answers, in the order of a peering's life.
pub fn known_errors() -> impl Iterator<Item = &'static KnownError> {
    FILES.into_iter().flatten()
}

/// The answer of that name, in any case.
#[must_use]
pub fn known_error(name: &str) -> Option<&'static KnownError> {
    known_errors().find(|answer| answer.name.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_unique_and_no_rule_has_them() {
        let mut seen = BTreeSet::new();
        for answer in known_errors() {
            assert!(seen.insert(answer.name), "{}", answer.name);
            assert!(
                crate::finding::rule(answer.name).is_none(),
                "{}",
                answer.name
            );
            let in_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(answer.name.chars().all(in_name), "{}", answer.name);
        }
        assert!(known_errors().map(|answer| answer.moment).is_sorted());
    }

    #[test]
    fn every_answer_is_whole() {
        for answer in known_errors() {
            let name = answer.name;
            assert!(answer.texts.len() + answer.shared.len() > 0, "{name}");
            for sentence in [answer.what, answer.why, answer.tell, answer.fix] {
                assert!(
                    sentence.len() > 10 && sentence.ends_with('.'),
                    "{name}: {sentence:?}"
                );
            }
            for text in [answer.versions, answer.source] {
                assert!(text.len() > 10, "{name}: {text:?}");
            }
            for related in answer.related {
                // A rule may have another name by now, or be none yet.
                assert!(*related != name, "{name} is related to itself");
                let known = crate::finding::rule(related).is_some()
                    || super::known_error(related).is_some();
                assert!(known, "{name} is related to {related}, which is not there");
            }
        }
    }

    /// The texts of an answer lead to it, and to nothing else.
    #[test]
    fn every_text_is_recognised() {
        let explainer = Explainer::new();
        for answer in known_errors() {
            for text in answer.texts.iter().chain(answer.shared) {
                let mut message = Message::new(Strictness::Argument);
                explainer.read(&mut message, text);
                let found: Vec<_> = message.causes().iter().map(|c| c.answer.name).collect();
                assert_eq!(found, [answer.name], "{text}");
            }
        }
    }
}
