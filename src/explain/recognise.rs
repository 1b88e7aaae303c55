//! Finding answers in what people paste and in what servers log.
//!
//! A message is one error: a log line with the lines that continue it, or a whole HTTP body such as
//! `2 errors occurred:` and a line each. Prefixes of log lines, quotes escaped in them, JSON around
//! them and addresses within do not matter, since texts are looked for anywhere in a line.
//!
//! A log is read strictly. A text that others say too, such as `connect: connection refused`, counts
//! only where the line, or the one that it continues, has one of these:
//!
//! ```text
//! /v1/peering/  peering token  peering secret  peering stream  peering for  .peering.
//! peering-token  peerstream  PeeringAcceptor  PeeringDialer  peering-acceptor  peering-dialer
//! ```
//!
//! They are in the path of the request, in the server's own words, in its names of loggers, in the
//! server name that is dialed, and in what `consul peering` and consul-k8s say. Who pastes an error
//! means peering, so that no such word is asked for then.

use super::pattern::Pattern;
use super::{KnownError, known_errors};
use aho_corasick::AhoCorasick;
use std::borrow::Cow;

/// A line that has one of these is about peering.
const ABOUT_PEERING: [&str; 12] = [
    "/v1/peering/",
    "peering token",
    "peering secret",
    "peering stream",
    "peering for ",
    ".peering.",
    "peering-token",
    "peerstream",
    "PeeringAcceptor",
    "PeeringDialer",
    "peering-acceptor",
    "peering-dialer",
];
/// What stands before each try in a body that lists several.
const TRY: &str = "* failed to exchange peering secret through address ";
/// How a command is used, in what it prints when it fails.
const USAGE: &str = "Usage:";
/// How many different values of one name are kept of a cause.
const MOST_VALUES: usize = 16;

/// Whether a text was pasted or is one of many in a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strictness {
    /// The text is about peering, whatever it says.
    Argument,
    /// The text may be about anything.
    Log,
}

/// An answer that was found in a message.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Cause {
    /// The answer.
    pub answer: &'static KnownError,
    /// How often the message says it: once for each try.
    pub tries: usize,
    /// What stood in the gaps of its texts, such as `address`: the first 16 of each name, in order
    /// of appearance. They come from the message as they are, and are for no terminal.
    pub values: Vec<(&'static str, String)>,
}

impl Cause {
    /// The values of that name.
    pub fn values_of(&self, name: &str) -> impl Iterator<Item = &str> {
        let of_name = move |(known, _): &&(&str, String)| *known == name;
        self.values
            .iter()
            .filter(of_name)
            .map(|(_, value)| &**value)
    }

    fn add(&mut self, name: &'static str, value: String) {
        let mut known = 0;
        for (of, text) in &self.values {
            if *of == name {
                if *text == value {
                    return;
                }
                known += 1;
            }
        }
        if known < MOST_VALUES {
            self.values.push((name, value));
        }
    }
}

/// What was found in a message so far.
#[derive(Debug)]
pub struct Message {
    about_peering: bool,
    /// Whether what follows is how a command is used.
    in_usage: bool,
    causes: Vec<Cause>,
}

impl Message {
    /// A message of which nothing was read yet.
    #[must_use]
    pub fn new(strictness: Strictness) -> Self {
        Self {
            about_peering: strictness == Strictness::Argument,
            in_usage: false,
            causes: Vec::new(),
        }
    }

    /// The causes, each once, in order of appearance.
    #[must_use]
    pub fn causes(&self) -> &[Cause] {
        &self.causes
    }

    fn add(&mut self, answer: &'static KnownError) -> &mut Cause {
        let at = self
            .causes
            .iter()
            .position(|cause| cause.answer.name == answer.name);
        let at = at.unwrap_or_else(|| {
            self.causes.push(Cause {
                answer,
                tries: 0,
                values: Vec::new(),
            });
            self.causes.len() - 1
        });
        &mut self.causes[at]
    }
}

/// Finds answers in texts. It is worth keeping for the next text.
///
/// ```
/// use peertok::explain::{Explainer, Message, Strictness};
///
/// let explainer = Explainer::new();
/// let mut message = Message::new(Strictness::Argument);
/// explainer.read(&mut message, "credentials: cannot check peer: missing selected ALPN property");
/// assert_eq!(message.causes()[0].answer.name, "alpn-missing");
/// ```
#[derive(Debug)]
pub struct Explainer {
    /// Finds in one pass which patterns a line may have: the words of peering, and behind them a
    /// key of each pattern in its order. `None` where it could not be made; then all are tried.
    keys: Option<AhoCorasick>,
    /// The patterns of all answers, with whether others say the text too.
    patterns: Vec<(Pattern, &'static KnownError, bool)>,
    /// Where the address stands that a line is about.
    addresses: [Pattern; 2],
}

impl Default for Explainer {
    fn default() -> Self {
        Self::new()
    }
}

impl Explainer {
    /// Makes ready to look for all answers.
    #[must_use]
    pub fn new() -> Self {
        let of_answer = |answer: &'static KnownError| {
            let own = answer.texts.iter().map(|text| (text, false));
            let shared = answer.shared.iter().map(|text| (text, true));
            own.chain(shared)
                .map(move |(text, shared)| (Pattern::new(text), answer, shared))
        };
        let patterns: Vec<_> = known_errors().flat_map(of_answer).collect();
        let words = ABOUT_PEERING.iter().map(|word| word.as_bytes());
        let keys = words.chain(patterns.iter().map(|(pattern, ..)| pattern.key()));
        Self {
            keys: AhoCorasick::new(keys).ok(),
            patterns,
            addresses: [
                Pattern::new("through address \"<address>\":"),
                Pattern::new("failed to connect to {Addr: \"<address>\","),
            ],
        }
    }

    /// Reads the next line, or lines, of a message; the time is linear in the text.
    pub fn read(&self, message: &mut Message, text: &str) {
        for line in text.lines() {
            message.in_usage |= line.starts_with(USAGE);
            if message.in_usage {
                return;
            }
            let line = unescaped(line);
            let mut may_have = vec![self.keys.is_none(); ABOUT_PEERING.len() + self.patterns.len()];
            for found in self
                .keys
                .iter()
                .flat_map(|keys| keys.find_overlapping_iter(&*line))
            {
                if let Some(may_have) = may_have.get_mut(found.pattern().as_usize()) {
                    *may_have = true;
                }
            }
            let (words, may_have) = may_have.split_at(ABOUT_PEERING.len());
            message.about_peering |= self.keys.is_some() && words.contains(&true);
            if !may_have.contains(&true) {
                continue;
            }
            let mut rest = &*line;
            while !rest.is_empty() {
                // A body that lists several tries is on one line in a log.
                let from = rest.chars().next().map_or(0, char::len_utf8);
                let next = rest.get(from..).and_then(|rest| rest.find(TRY));
                let (part, after) = rest.split_at(next.map_or(rest.len(), |at| at + from));
                self.read_part(message, part, may_have);
                rest = after;
            }
        }
    }

    fn read_part(&self, message: &mut Message, part: &str, may_have: &[bool]) {
        let mut found: Vec<_> = self
            .patterns
            .iter()
            .zip(may_have)
            .filter(|((_, _, shared), may_have)| **may_have && (message.about_peering || !shared))
            .filter_map(|((pattern, answer, _), _)| Some((pattern, answer, pattern.find(part)?)))
            .collect();
        // Where two overlap, the first says it better, and of those the one with more words.
        found.sort_by_key(|(pattern, _, place)| {
            (pattern.yields, place.start, usize::MAX - pattern.fixed)
        });
        let mut kept: Vec<(&Pattern, &'static KnownError, super::pattern::Found)> = Vec::new();
        for (pattern, answer, place) in found {
            let apart = |(_, _, other): &(_, _, super::pattern::Found)| {
                place.end <= other.start || other.end <= place.start
            };
            if kept.iter().all(apart) {
                kept.push((pattern, answer, place));
            }
        }
        kept.sort_by_key(|(_, _, place)| place.start);
        let mut tried = Vec::new();
        for (pattern, answer, place) in kept {
            let through = self.addresses.iter().find_map(|pattern| {
                let values = pattern.values(&pattern.find(part)?, part);
                values.into_iter().next()
            });
            let cause = message.add(answer);
            cause.tries += usize::from(!tried.contains(&answer.name));
            tried.push(answer.name);
            for (name, value) in through.into_iter().chain(pattern.values(&place, part)) {
                cause.add(name, value);
            }
        }
    }
}

/// Finds the lines of a log that may say something, many times as fast as they are read.
///
/// A line with none of its words has no answer, is not about peering, and changes nothing for the lines
/// that continue it. The words stand in lines as they are: what [`unescaped`] changes is in none.
#[cfg(feature = "cli")]
#[derive(Debug, Clone)]
pub(crate) struct Sieve {
    /// `None` where it could not be made; then no line is left out.
    words: Option<AhoCorasick>,
}

#[cfg(feature = "cli")]
impl Sieve {
    /// Makes ready to look for what any answer has.
    pub(crate) fn of(explainer: &Explainer) -> Self {
        let patterns = explainer.patterns.iter();
        let words = patterns.map(|(pattern, ..)| pattern.raw_key());
        let words = words.chain(ABOUT_PEERING.map(str::as_bytes));
        let words = words.chain([TRY.trim().as_bytes(), USAGE.as_bytes()]);
        // A table for each state is what reads a log at the speed of memory.
        let kind = Some(aho_corasick::AhoCorasickKind::DFA);
        Self {
            words: aho_corasick::AhoCorasickBuilder::new()
                .kind(kind)
                .build(words)
                .ok(),
        }
    }

    /// Where in some lines a word ends that is worth a look; the first.
    pub(crate) fn find(&self, lines: &[u8]) -> Option<usize> {
        match &self.words {
            Some(words) => words.find(lines).map(|found| found.start()),
            None => (!lines.is_empty()).then_some(0),
        }
    }
}

/// A line as it was before it was put between quotes, at least as far as texts are looked for in it:
/// quotes lose their backslashes, and the three characters that Go escapes in JSON come back.
fn unescaped(line: &str) -> Cow<'_, str> {
    if !line.contains('\\') {
        return Cow::Borrowed(line);
    }
    let mut text = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find('\\') {
        let (before, from) = rest.split_at(at);
        text.push_str(before);
        let backslashes = from.len() - from.trim_start_matches('\\').len();
        let (backslashes, after) = from.split_at(backslashes);
        let escaped = [("u003c", "<"), ("u003e", ">"), ("u0026", "&")];
        let escaped = escaped.iter().find(|(code, _)| after.starts_with(code));
        rest = after;
        if let Some((code, character)) = escaped {
            text.push_str(character);
            rest = after.strip_prefix(code).unwrap_or(after);
        } else if !after.starts_with('"') {
            text.push_str(backslashes);
        }
    }
    text.push_str(rest);
    Cow::Owned(text)
}

#[cfg(all(test, feature = "cli"))]
mod tests {
    use super::*;

    /// Words that any line may have would let every line through.
    #[test]
    fn the_words_of_a_sieve_are_long() {
        let explainer = Explainer::new();
        for (pattern, answer, _) in &explainer.patterns {
            assert!(pattern.raw_key().len() >= 8, "{}", answer.name);
        }
        assert!(Sieve::of(&explainer).words.is_some());
    }
}
