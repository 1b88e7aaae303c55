//! Takes secrets out of text before it is shown.

use crate::shape::{self, Extent};
use crate::{REDACTED, Secret, redacted};
use memchr::memmem;
use std::borrow::Cow;
use std::ops::Range;

/// A known secret is found by each of its blocks of so many bytes, so that a part of it that is twice
/// as long is found too. Shorter secrets are not looked for: they might be words.
const BLOCK: usize = 9;

/// So much of a known secret is looked for, in bytes, so that the time is linear in the text. Consul's
/// have 36.
const LONGEST: usize = 256;

/// Puts digests in the place of secrets: of those that it knows, and of all that have the shape of
/// one. See [`without_secrets`] for these shapes.
///
/// ```
/// use peertok_secret::{Redactor, Secret};
///
/// let mut redactor = Redactor::default();
/// redactor.know(Secret::new("correct horse battery".to_owned()));
/// let shown = redactor.value("it was: correct horse batt…");
/// assert!(shown.starts_with("it was: <redacted, sha256:"));
/// ```
#[derive(Debug, Default)]
pub struct Redactor {
    known: Vec<Secret>,
    allowed: Vec<Secret>,
}

impl Redactor {
    /// A redactor that knows no secret.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            known: Vec::new(),
            allowed: Vec::new(),
        }
    }

    /// Hides this secret from now on, and each part of it of 17 bytes or more. One under 9 bytes is
    /// ignored, and so is what lies behind the first 256.
    pub fn know(&mut self, secret: Secret) {
        let stands_for_one = secret.expose().starts_with(REDACTED);
        if secret.expose().len() >= BLOCK && !stands_for_one && !self.known.contains(&secret) {
            self.known.push(secret);
        }
    }

    /// Shows this secret, be it known or of a secret's shape: somebody asked to see it.
    pub fn allow(&mut self, secret: Secret) {
        if !secret.is_empty() {
            self.allowed.push(secret);
        }
    }

    /// Forgets and wipes all secrets.
    pub fn forget(&mut self) {
        self.known.clear();
        self.allowed.clear();
    }

    /// A text that is one value, such as a message or a field, without its secrets. A private key
    /// without an end reaches to the end of the text.
    #[must_use]
    pub fn value<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.redact(text, Extent::Value)
    }

    /// A text with many things in it, such as a report, without its secrets. A private key without an
    /// end reaches as far as there is base64.
    #[must_use]
    pub fn page<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.redact(text, Extent::Page)
    }

    fn redact<'t>(&self, text: &'t str, extent: Extent) -> Cow<'t, str> {
        let is_worth_a_look = shape::may_hold_any(text.as_bytes());
        let mut found = if is_worth_a_look {
            shape::find(text, extent)
        } else {
            Vec::new()
        };
        for secret in &self.known {
            if is_worth_a_look || !shape::is_seen_at_a_glance(secret.expose()) {
                places(secret.expose(), text, &mut found);
            }
        }
        if found.is_empty() {
            return Cow::Borrowed(text);
        }
        found.sort_unstable_by_key(|range| range.start);
        let mut shown = String::with_capacity(text.len());
        let mut from = 0;
        let mut found = found.into_iter().peekable();
        while let Some(mut range) = found.next() {
            while let Some(next) = found.next_if(|next| next.start <= range.end) {
                range.end = range.end.max(next.end);
            }
            let secret = text.get(range.clone()).unwrap_or_default();
            if self.is_allowed(secret) {
                continue;
            }
            shown.push_str(text.get(from..range.start).unwrap_or_default());
            shown.push_str(&redacted(secret.as_bytes()));
            from = range.end;
        }
        shown.push_str(text.get(from..).unwrap_or_default());
        Cow::Owned(shown)
    }

    fn is_allowed(&self, text: &str) -> bool {
        self.allowed.iter().any(|secret| secret.expose() == text)
    }
}

/// Adds the places where a secret stands in a text, or a part of it.
fn places(secret: &str, text: &str, found: &mut Vec<Range<usize>>) {
    let (secret, text_bytes) = (secret.as_bytes(), text.as_bytes());
    let secret = secret.get(..LONGEST).unwrap_or(secret);
    for (index, block) in secret.chunks_exact(BLOCK).enumerate() {
        let offset = index * BLOCK;
        let earlier = secret.get(..offset).unwrap_or_default();
        if earlier.chunks_exact(BLOCK).any(|other| other == block) {
            continue;
        }
        let mut from = 0;
        while let Some(next) = text_bytes
            .get(from..)
            .and_then(|rest| memmem::find(rest, block))
        {
            let at = from + next;
            let end = at + BLOCK;
            let before = common(
                secret.iter().take(offset).rev(),
                text_bytes.iter().take(at).rev(),
            );
            let after = common(
                secret.iter().skip(offset + BLOCK),
                text_bytes.iter().skip(end),
            );
            from = end + after;
            let range = at - before..from;
            // A shorter part may be a word by chance, and what goes on is a part of another value.
            let is_part = range.len() >= 2 * BLOCK - 1 && stands_alone(text_bytes, &range);
            let is_secret = range.len() == secret.len() || is_part;
            if is_secret && text.get(range.clone()).is_some() {
                found.push(range);
            }
        }
    }
}

/// Whether no value goes on before or behind a part of a text.
fn stands_alone(text: &[u8], range: &Range<usize>) -> bool {
    let goes_on = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-';
    let before = text.get(..range.start).and_then(<[u8]>::last);
    !before.is_some_and(goes_on) && !text.get(range.end).is_some_and(goes_on)
}

/// How many bytes are the same.
fn common<'b>(one: impl Iterator<Item = &'b u8>, other: impl Iterator<Item = &'b u8>) -> usize {
    one.zip(other).take_while(|(a, b)| a == b).count()
}

/// Returns the text without what has the shape of a secret, as [`Redactor::value`] does for one that
/// knows none:
///
/// - the content of each private key in PEM, however its label is damaged;
/// - each run of base64 that looks random or starts as a JSON object does, on one line or wrapped,
///   unless it is a certificate: tokens, keys, JWTs;
/// - what stands behind the name of a secret ([`names_secret`](crate::names_secret)), as in JSON,
///   TOML, a header, a URL, a variable.
///
/// ```
/// let text = "-----BEGIN PRIVATE KEY-----\nMC4C\n-----END PRIVATE KEY-----\n";
/// assert_eq!(
///     peertok_secret::without_secrets(text),
///     "-----BEGIN PRIVATE KEY-----<redacted, sha256:d34477b0>-----END PRIVATE KEY-----\n"
/// );
/// ```
#[must_use]
pub fn without_secrets(text: &str) -> Cow<'_, str> {
    Redactor::new().value(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "08551fd2-ae58-51d7-89a6-2819d3207341";

    fn redactor() -> Redactor {
        let mut redactor = Redactor::new();
        redactor.know(Secret::new(SECRET.to_owned()));
        redactor
    }

    /// Every part of 17 bytes is hidden, wherever in the secret it starts.
    #[test]
    fn parts_of_known_secrets_are_hidden() {
        for start in 0..=SECRET.len() - 17 {
            let part = &SECRET[start..start + 17];
            let text = format!("x {part} y");
            let shown = redactor().value(&text).into_owned();
            assert!(!shown.contains(part), "{shown}");
            assert!(
                shown.starts_with("x <") && shown.ends_with("> y"),
                "{shown}"
            );
        }
        for other in [&SECRET[..10], &SECRET.replace("08551fd2", "aaaaaaaa")] {
            assert_eq!(redactor().value(other), other);
        }
    }

    /// What takes the square of the text does not end in the time that a test has.
    #[test]
    fn long_secrets_take_linear_time() {
        let text = "a".repeat(1 << 20);
        let mut redactor = Redactor::new();
        redactor.know(Secret::new(text.clone()));
        assert!(redactor.value(&text).starts_with("<redacted"));
    }

    #[test]
    fn allowed_secrets_are_shown() {
        let mut redactor = redactor();
        let text = format!("{{\"secret\":\"{SECRET}\"}}");
        assert!(!redactor.page(&text).contains(SECRET));
        redactor.allow(Secret::new(SECRET.to_owned()));
        assert_eq!(redactor.page(&text), text);
        redactor.forget();
        assert!(!redactor.page(&text).contains(SECRET));
    }
}
