//! A text of a server's with gaps, such as `lookup <host>: no such host`.
//!
//! A gap matches any text up to what follows it. The search is from left to right and never goes
//! back, so that it is linear in the text.

use memchr::memmem::Finder;

/// The longest value that is kept of a gap, in bytes.
const LONGEST_VALUE: usize = 200;

/// A text to look for, taken apart.
#[derive(Debug)]
pub(super) struct Pattern {
    literals: Vec<Finder<'static>>,
    /// The names of the gaps with the number of literals before each.
    gaps: Vec<(usize, &'static str)>,
    /// How many bytes of the text are fixed.
    pub(super) fixed: usize,
    /// Whether it ends in `<words>`: another pattern that is found in those words says it better.
    pub(super) yields: bool,
    /// Whether it ends in `<reason>`: what others say of the rest of the line is not told.
    claims: bool,
}

/// Where a pattern was found.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) start: usize,
    pub(super) end: usize,
    /// The ends of the literals, each with the start of the next, as the gaps between them.
    bounds: Vec<(usize, usize)>,
}

impl Pattern {
    pub(super) fn new(text: &'static str) -> Self {
        let mut pattern = Self {
            literals: Vec::new(),
            gaps: Vec::new(),
            fixed: 0,
            yields: text.ends_with("<words>"),
            claims: text.ends_with("<reason>"),
        };
        let mut rest = text;
        while !rest.is_empty() {
            let (literal, gap, after) = match rest.split_once('<') {
                Some((literal, from_name)) => match from_name.split_once('>') {
                    Some((name, after)) => (literal, Some(name), after),
                    None => (rest, None, ""),
                },
                None => (rest, None, ""),
            };
            if !literal.is_empty() {
                pattern.fixed += literal.len();
                pattern.literals.push(Finder::new(literal));
            }
            if let Some(name) = gap {
                pattern.gaps.push((pattern.literals.len(), name));
            }
            rest = after;
        }
        pattern
    }

    /// The longest fixed part. A text without it does not have the pattern.
    pub(super) fn key(&self) -> &[u8] {
        let literals = self.literals.iter().map(Finder::needle);
        literals
            .max_by_key(|literal| literal.len())
            .unwrap_or_default()
    }

    /// The longest fixed part without the characters that are escaped in a log. A line as it stands
    /// there without it does not have the pattern.
    #[cfg(feature = "cli")]
    pub(super) fn raw_key(&self) -> &[u8] {
        let literals = self.literals.iter().map(Finder::needle);
        let parts = literals.flat_map(|literal| {
            literal.split(|byte| matches!(byte, b'"' | b'<' | b'>' | b'&' | b'\\'))
        });
        parts.max_by_key(|part| part.len()).unwrap_or_default()
    }

    /// The first place where the text has it.
    pub(super) fn find(&self, text: &str) -> Option<Found> {
        let bytes = text.as_bytes();
        let mut bounds: Vec<(usize, usize)> = Vec::new();
        let mut end = 0;
        for literal in &self.literals {
            let start = end + literal.find(bytes.get(end..)?)?;
            bounds.push((start, start + literal.needle().len()));
            end = start + literal.needle().len();
        }
        let (start, _) = *bounds.first()?;
        let end = if self.yields || self.claims {
            bytes.len()
        } else {
            end
        };
        Some(Found { start, end, bounds })
    }

    /// What stood in the gaps. One at an edge of the pattern is taken for one word.
    pub(super) fn values(&self, found: &Found, text: &str) -> Vec<(&'static str, String)> {
        let ends_word = |c: char| c.is_whitespace() || matches!(c, '"' | '(' | ')' | '\\');
        let value = |&(before, name): &(usize, &'static str)| {
            let from = before.checked_sub(1).and_then(|at| found.bounds.get(at));
            let to = found.bounds.get(before);
            let value = match (from, to) {
                (Some((_, from)), Some((to, _))) => text.get(*from..*to)?,
                (None, Some((to, _))) => text.get(..*to)?.rsplit(ends_word).next()?,
                (Some((_, from)), None) => text.get(*from..)?.split(ends_word).next()?,
                (None, None) => return None,
            };
            let (value, _) = value.split_at(value.floor_char_boundary(LONGEST_VALUE));
            (!value.is_empty() && !matches!(name, "words" | "reason"))
                .then(|| (name, value.to_owned()))
        };
        self.gaps.iter().filter_map(value).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(pattern: &'static str, text: &str) -> Option<Vec<(&'static str, String)>> {
        let pattern = Pattern::new(pattern);
        pattern.find(text).map(|found| pattern.values(&found, text))
    }

    #[test]
    fn gaps_match_what_is_between() {
        let host = |host: &str| Some(vec![("host", host.to_owned())]);
        assert_eq!(
            values("lookup <host>: no such", "tcp: lookup a.b: no such host"),
            host("a.b")
        );
        assert_eq!(
            values("lookup <host>: no such", "tcp: lookup : no such host"),
            Some(vec![])
        );
        assert_eq!(values("lookup <host>: no such", "no such: lookup a"), None);
        assert_eq!(values("<host> is bad", "error=\"é.b is bad\""), host("é.b"));
        assert_eq!(values("bad: <host>", "bad: a\", then"), host("a"));
        let long = format!("lookup {}: no such", "é".repeat(500));
        assert_eq!(
            values("lookup <host>: no such", &long),
            host(&"é".repeat(100))
        );
    }
}
