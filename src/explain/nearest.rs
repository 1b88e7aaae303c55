//! What comes nearest to a text that is not known.
//!
//! A single word is taken for a misspelt name. Of a longer text, the words count that it shares with
//! an entry, the more the fewer entries have them.

use super::known_errors;
use crate::finding::rules;
use crate::similar::alike;
use std::collections::{BTreeMap, BTreeSet};

/// How much of a text is looked at, in bytes.
const LOOKED_AT: usize = 16 << 10;
/// Words that are in any text.
const COMMON: [&str; 16] = [
    "the", "and", "not", "what", "that", "this", "with", "from", "has", "have", "was", "for",
    "are", "may", "does", "error",
];

/// The names of up to `most` rules and answers that come nearest to a text, the nearest first.
///
/// ```
/// assert_eq!(peertok::explain::nearest("ca-expird", 1), ["ca-expired"]);
/// ```
#[must_use]
pub fn nearest(text: &str, most: usize) -> Vec<&'static str> {
    let text = text.trim();
    let mut scored = match text.contains(char::is_whitespace) {
        false if text.len() <= 64 => by_name(&text.to_lowercase()),
        _ => by_words(text),
    };
    scored.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    scored
        .into_iter()
        .take(most)
        .map(|(_, name)| name)
        .collect()
}

fn by_name(text: &str) -> Vec<(f64, &'static str)> {
    let names = rules().iter().map(|rule| rule.name);
    let names = names.chain(known_errors().map(|answer| answer.name));
    alike(text, names).collect()
}

fn by_words(text: &str) -> Vec<(f64, &'static str)> {
    let (text, _) = text.split_at(text.floor_char_boundary(LOOKED_AT));
    let asked = words(text);
    let mut entries: Vec<(&'static str, BTreeSet<String>)> = Vec::new();
    for rule in rules() {
        entries.push((rule.name, words(&[rule.name, rule.what].join(" "))));
    }
    for answer in known_errors() {
        let texts = [answer.texts, answer.shared].concat().join(" ");
        entries.push((
            answer.name,
            words(&[answer.name, answer.what, &texts].join(" ")),
        ));
    }
    let mut holders: BTreeMap<&str, f64> = BTreeMap::new();
    for word in entries.iter().flat_map(|(_, words)| words) {
        *holders.entry(word).or_default() += 1.0;
    }
    let score = |(name, words): &(&'static str, BTreeSet<String>)| {
        let shared = words
            .intersection(&asked)
            .filter_map(|word| holders.get(&**word));
        let score: f64 = shared.map(|holders| 1.0 / holders).sum();
        (score >= 0.2).then_some((score, *name))
    };
    entries.iter().filter_map(score).collect()
}

/// The words of three letters and more that may tell one text from another, in lower case.
fn words(text: &str) -> BTreeSet<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.len() >= 3)
        .map(str::to_lowercase)
        .filter(|word| !COMMON.contains(&&**word))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_names_and_half_remembered_texts_are_found() {
        assert_eq!(nearest("ca-expird", 3).first(), Some(&"ca-expired"));
        assert_eq!(nearest("alpn-mising", 3).first(), Some(&"alpn-missing"));
        assert_eq!(nearest("xyzzy", 3), Vec::<&str>::new());
        let text = "the ALPN property was not selected";
        assert_eq!(nearest(text, 3).first(), Some(&"alpn-missing"));
        assert_eq!(nearest("what a lovely day", 3), Vec::<&str>::new());
    }
}
