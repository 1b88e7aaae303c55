//! Templates of prepared queries, which a server compiles when it restores them.
//!
//! A template has strings with interpolations of HIL in them and may have a regular expression of Go
//! (`agent/consul/prepared_query/template.go`). Taken are those whose parts Consul's documentation has:
//!
//! ```text
//! string        = (any text | interpolation)*
//! interpolation = "${" ("name.full" | "name.prefix" | "name.suffix" | "agent.segment"
//!                      | "match(" number ")") "}"
//! regexp        = branch ("|" branch)*
//! branch        = (atom quantifier?)*
//! atom          = character | "." | "^" | "$" | escape | class
//!               | "(" ("?:" | "?i:" | "?P<" name ">")? regexp ")"
//! quantifier    = ("*" | "+" | "?" | "{" count ("," count?)? "}") "?"?
//! ```
//!
//! HIL and Go have more: arithmetic, conditions and quoted strings, and flags and Unicode classes. What
//! they make of it is not known here, so that such a template is rejected.

use crate::error::RecordFault;
use crate::value::Value;

/// Go's limit for a counted repetition, and for those in one another taken together.
const MAX_REPEAT: u32 = 1000;

/// How deep groups may lie in one another; Go takes a thousand levels.
const MAX_GROUPS: usize = 50;

/// Checks the template of a prepared query, if it is one.
pub(crate) fn check(query: &Value<'_>) -> Result<(), RecordFault> {
    let template = query.get("Template");
    let kind = template.get("Type");
    if *kind != Value::LeftOut && kind.bytes().is_empty() {
        return Ok(());
    }
    let refused = |found| {
        let expected = "a template that every server compiles";
        Err(RecordFault::Other { expected, found })
    };
    if kind.bytes() != b"name_prefix_match" {
        return refused("one of another type");
    }
    if !strings_are_plain(query.get("Service")) {
        return refused("an interpolation that is not documented");
    }
    let regexp = template.get("Regexp");
    let is_known = std::str::from_utf8(regexp.bytes()).is_ok_and(is_plain_regexp);
    if *regexp == Value::LeftOut || !is_known {
        return refused("a regular expression with parts that are not looked at");
    }
    Ok(())
}

fn strings_are_plain(value: &Value<'_>) -> bool {
    match value {
        Value::Raw(text) => is_plain_string(text),
        Value::LeftOut => false,
        Value::Array(elements) => elements.iter().all(strings_are_plain),
        Value::Map(pairs) => pairs.iter().all(|(_, value)| strings_are_plain(value)),
        _ => true,
    }
}

fn is_plain_string(text: &[u8]) -> bool {
    let Ok(mut text) = std::str::from_utf8(text) else {
        return false;
    };
    while let Some((before, behind)) = text.split_once("${") {
        if before.ends_with('$') {
            return false;
        }
        let Some((inner, rest)) = behind.split_once('}') else {
            return false;
        };
        let is_match = inner
            .trim()
            .strip_prefix("match(")
            .and_then(|call| call.strip_suffix(')'))
            .is_some_and(|number| {
                (1..=3).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit())
            });
        let known = ["name.full", "name.prefix", "name.suffix", "agent.segment"];
        if !is_match && !known.contains(&inner.trim()) {
            return false;
        }
        text = rest;
    }
    true
}

fn is_plain_regexp(text: &str) -> bool {
    let mut regexp = Regexp {
        rest: text,
        repeat: 1,
    };
    regexp.alternatives(0).is_some() && regexp.rest.is_empty()
}

struct Regexp<'a> {
    rest: &'a str,
    /// All counts so far, multiplied.
    repeat: u32,
}

/// Each method reads a part, and gives nothing where it is none.
impl Regexp<'_> {
    fn alternatives(&mut self, depth: usize) -> Option<()> {
        if depth > MAX_GROUPS {
            return None;
        }
        while let Some(next) = self.rest.chars().next() {
            if next == ')' {
                break;
            }
            if !self.eat("|") {
                self.atom(depth)?;
                self.quantifier()?;
            }
        }
        Some(())
    }

    fn atom(&mut self, depth: usize) -> Option<()> {
        match self.next()? {
            '(' => {
                if self.eat("?P<") {
                    let (name, rest) = self.rest.split_once('>')?;
                    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
                    if name.is_empty() || !name.bytes().all(is_word) {
                        return None;
                    }
                    // A name that stands twice is an error.
                    if rest.contains(&format!("?P<{name}>")) {
                        return None;
                    }
                    self.rest = rest;
                } else if self.rest.starts_with('?') && !self.eat("?:") && !self.eat("?i:") {
                    return None;
                }
                self.alternatives(depth + 1)?;
                self.eat(")").then_some(())
            }
            '[' => self.class(),
            '\\' => {
                let escaped = self.next()?;
                (escaped.is_ascii_punctuation() || "dDwWsSbBAzntrfv".contains(escaped))
                    .then_some(())
            }
            '*' | '+' | '?' | '{' | ')' | '|' => None,
            _ => Some(()),
        }
    }

    fn class(&mut self) -> Option<()> {
        self.eat("^");
        let mut is_first = true;
        loop {
            let from = match self.next()? {
                ']' if !is_first => return Some(()),
                // A class in a class.
                '[' => return None,
                '\\' => self.class_escape()?,
                other => Some(other),
            };
            is_first = false;
            if self.rest.starts_with('-') && !self.rest.starts_with("-]") {
                self.next()?;
                let to = match self.next()? {
                    '[' | ']' => return None,
                    '\\' => self.class_escape()?,
                    other => Some(other),
                };
                if from? > to? {
                    return None;
                }
            }
        }
    }

    /// The character that an escape stands for, or none inside for one that stands for many.
    fn class_escape(&mut self) -> Option<Option<char>> {
        match self.next()? {
            escaped if escaped.is_ascii_punctuation() => Some(Some(escaped)),
            escaped if "dDwWsS".contains(escaped) => Some(None),
            _ => None,
        }
    }

    fn quantifier(&mut self) -> Option<()> {
        if self.eat("{") {
            let (counts, rest) = self.rest.split_once('}')?;
            let (from, to) = counts.split_once(',').unwrap_or((counts, counts));
            let number = |digits: &str| -> Option<u32> {
                let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit());
                digits.parse().ok().filter(|_| is_plain)
            };
            let from = number(from)?;
            let to = if to.is_empty() { from } else { number(to)? };
            self.repeat = self.repeat.checked_mul(to.max(1))?;
            if from > to || self.repeat > MAX_REPEAT {
                return None;
            }
            self.rest = rest;
        } else if !self.eat("*") && !self.eat("+") && !self.eat("?") {
            return Some(());
        }
        self.eat("?");
        // A second quantifier is an error.
        (!self.rest.starts_with(['*', '+', '?', '{'])).then_some(())
    }

    fn next(&mut self) -> Option<char> {
        let mut characters = self.rest.chars();
        let next = characters.next()?;
        self.rest = characters.as_str();
        Some(next)
    }

    fn eat(&mut self, text: &str) -> bool {
        let rest = self.rest.strip_prefix(text);
        rest.inspect(|rest| self.rest = rest).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Which of them Go compiles was tried with Go 1.26.
    #[test]
    fn regular_expressions_are_those_that_go_compiles() {
        for taken in [
            "",
            r"^geo-db-(.*?)-([^\-]+?)$",
            r"^(?P<a>\w+)\.(?:b|c|)[a-z0-9_-]{1,63}$",
            r"a{2}(b{2,})c{0,3}?",
            r"[]a]",
            r"(?i:x)\d[\s\]]",
            "ü.",
        ] {
            assert!(is_plain_regexp(taken), "{taken}");
        }
        for other in [
            "(",
            ")",
            "[",
            "[a",
            "a**",
            "*",
            "+a",
            "(?",
            "(?<a",
            "a{1001}",
            "a{3,2}",
            "(a{40}){40}",
            "[z-a]",
            r"\",
            r"\y",
            r"[\y]",
            "(?P<>a)",
            "(?P<a>x)(?P<a>y)",
            r"\pL",
            r"\x{41}",
            "(?z)",
            "a|*",
        ] {
            assert!(!is_plain_regexp(other), "{other}");
        }
    }

    #[test]
    fn strings_have_the_interpolations_of_the_documentation() {
        for taken in [
            "",
            "$",
            "db",
            "${name.full}",
            "a${ match(1) }-${match(22)}b$",
            "}",
        ] {
            assert!(is_plain_string(taken.as_bytes()), "{taken}");
        }
        for other in [
            "${",
            "${name}",
            "${match()}",
            "${match(a)}",
            "${match(1)",
            "${1+1}",
            "$${name.full}",
            "${\"}\"}",
        ] {
            assert!(!is_plain_string(other.as_bytes()), "{other}");
        }
    }
}
