//! What is meant by a text that a server cannot read as a token.
//!
//! On its way a token goes through shells, editors, e-mail, web forms and manifests, and each of
//! them can damage it. [`recover`] undoes such damage, one kind after the other, until there is a
//! peering token, or until nothing is left to undo.
//!
//! What is never done:
//!
//! - A text that a server can read is never repaired: where [`judge`] does not refuse at the stages
//!   `base64` or `json`, there is nothing to recover.
//! - No content is guessed. The padding of the base64 is the one thing that is added where it is
//!   missing, since it follows from the length.
//!
//! One thing can be read in two ways: a blank within the base64 was put there by wrapping, or it is a
//! `+` that a web form took for a blank. The first reading that makes a token is taken; lines of one
//! length speak for wrapping, which is then tried first.
//!
//! A text counts as recovered where its base64 holds a JSON object in UTF-8, as every server writes
//! it, with two or more of a token's seven members. No server takes a token with fewer: it needs a
//! peer ID and an address. Whether the mended token is taken is another question, for [`judge`].

mod lookalike;
mod partial;
mod undo;

pub use lookalike::Lookalike;
pub use partial::Partial;

use crate::text::Verdict;
use godialect::base64;
use partial::Found;
use peering_token::Refusal;
use peering_token::{Stage, encode_base64, judge};
use peertok_secret::redacted;
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};
use std::{fmt, mem};
use undo::Text;
use zeroize::Zeroizing;

/// What an input may have been that a server cannot read. It serializes as the object `recovery` of
/// the command's JSON output.
#[derive(Debug)]
#[non_exhaustive]
pub enum Recovery {
    /// A whole token, whose damage could be undone.
    Token(Repaired),
    /// The beginning of a token, whose end is lost.
    Truncated(Box<Partial>),
    /// No peering token, but something that is mistaken for one, or a token that cannot be repaired.
    Lookalike(Lookalike),
}

/// A token without the damage that it had.
#[non_exhaustive]
pub struct Repaired {
    /// The repaired token: base64 on one line, padded, of the JSON as it was.
    pub token: Zeroizing<String>,
    /// What was undone, in that order, each kind once. There is at least one.
    pub damages: Vec<Damage>,
    /// Why a server would reject the repaired token; `None` where it accepts it.
    pub refusal: Option<Refusal>,
}

impl fmt::Debug for Repaired {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Repaired")
            .field("token", &redacted(self.token.as_bytes()))
            .field("damages", &self.damages)
            .field("refusal", &self.refusal)
            .finish()
    }
}

impl Serialize for Recovery {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(tag = "kind", rename_all = "kebab-case")]
        enum Json<'a> {
            Token {
                damages: &'a [Damage],
                #[serde(flatten)]
                verdict: Verdict,
            },
            Truncated {
                damages: &'a [Damage],
                whole: &'a [&'static str],
                cut: Option<&'a str>,
                length: usize,
            },
            #[serde(rename = "mistaken")]
            Lookalike {
                name: &'static str,
                message: String,
                advice: &'static str,
            },
        }
        let json = match self {
            Self::Token(repaired) => Json::Token {
                damages: &repaired.damages,
                verdict: repaired.refusal.as_ref().into(),
            },
            Self::Truncated(partial) => Json::Truncated {
                damages: &partial.damages,
                whole: &partial.whole,
                cut: partial.cut.as_deref(),
                length: partial.length,
            },
            Self::Lookalike(mistaken) => Json::Lookalike {
                name: mistaken.name(),
                message: mistaken.to_string(),
                advice: mistaken.advice(),
            },
        };
        json.serialize(serializer)
    }
}

/// A kind of damage. It prints as a sentence that says what was done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Damage {
    /// It is in UTF-16, as `>` of PowerShell writes it.
    Utf16,
    /// There are characters that cannot be seen, such as a byte order mark or a no-break space.
    Invisible,
    /// There are blanks around it.
    SurroundingBlanks,
    /// A `>` stands before its lines, as in an answer to an e-mail.
    QuoteMarks,
    /// It stands between the fences of a Markdown code block.
    CodeFence,
    /// A key or the name of a variable stands before it.
    Key,
    /// It is quoted as a shell does it, `$'…'`.
    ShellQuoting,
    /// There are quotes around it.
    Quotes,
    /// A `%` stands behind it, as zsh prints it where the last line has no end.
    PercentSign,
    /// Dots stand behind it, for what was left out.
    Ellipsis,
    /// It stands in Consul's envelope, which was damaged or encoded itself.
    Envelope,
    /// It has escapes with a backslash, such as those of a JSON string.
    Escapes,
    /// It has escapes with a `%`, as in an address of the web.
    PercentEncoding,
    /// It is quoted-printable, as in an e-mail.
    QuotedPrintable,
    /// There are blanks within it, as where lines were wrapped and indented.
    BlanksInside,
    /// A `+` became a blank, as in a web form.
    PlusesAsBlanks,
    /// The base64 is URL-safe.
    UrlSafe,
    /// The base64 has no padding, or a wrong one.
    Padding,
    /// The base64 is in base64 again.
    Base64Twice,
    /// It is not encoded: it is the JSON that belongs within the base64.
    NotEncoded,
    /// Other text stands before or behind it.
    TextAround,
}

impl Damage {
    /// All kinds.
    pub const ALL: [Self; 21] = [
        Self::Utf16,
        Self::Invisible,
        Self::SurroundingBlanks,
        Self::QuoteMarks,
        Self::CodeFence,
        Self::Key,
        Self::ShellQuoting,
        Self::Quotes,
        Self::PercentSign,
        Self::Ellipsis,
        Self::Envelope,
        Self::Escapes,
        Self::PercentEncoding,
        Self::QuotedPrintable,
        Self::BlanksInside,
        Self::PlusesAsBlanks,
        Self::UrlSafe,
        Self::Padding,
        Self::Base64Twice,
        Self::NotEncoded,
        Self::TextAround,
    ];

    /// The damage's name in every output.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.words().0
    }

    /// The name, and what was done.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Utf16 => ("utf-16", "the text is in UTF-16, and was turned into UTF-8"),
            Self::Invisible => (
                "invisible-characters",
                "characters that cannot be seen were left out",
            ),
            Self::SurroundingBlanks => (
                "surrounding-blanks",
                "the blanks around the token were left out",
            ),
            Self::QuoteMarks => (
                "quote-marks",
                "the > in front of lines, as in an answer to an e-mail, was left out",
            ),
            Self::CodeFence => (
                "code-fence",
                "the fences of a code block around the token were left out",
            ),
            Self::Key => ("key", "the name in front of the token was left out"),
            Self::ShellQuoting => (
                "shell-quoting",
                "the quoting of a shell, $'…', was undone with its escapes",
            ),
            Self::Quotes => ("quotes", "the quotes around the token were left out"),
            Self::PercentSign => (
                "percent-sign",
                "the % behind the token, which zsh prints where a line does not end, was left out",
            ),
            Self::Ellipsis => ("ellipsis", "the dots behind the token were left out"),
            Self::Envelope => ("envelope", "the token was taken out of Consul's envelope"),
            Self::Escapes => (
                "escapes",
                "escapes with a backslash, as in a JSON string, were undone",
            ),
            Self::PercentEncoding => (
                "percent-encoding",
                "escapes with a %, as in a URL, were undone",
            ),
            Self::QuotedPrintable => (
                "quoted-printable",
                "the text is quoted-printable, as in an e-mail, and was decoded",
            ),
            Self::BlanksInside => (
                "blanks-inside",
                "the blanks within the token, as in wrapped lines, were left out",
            ),
            Self::PlusesAsBlanks => (
                "pluses-as-blanks",
                "each blank within the token, as a web form makes it of a +, was turned into a + again",
            ),
            Self::UrlSafe => (
                "url-safe",
                "the base64 is URL-safe, and was turned into the standard alphabet",
            ),
            Self::Padding => (
                "padding",
                "the base64 is not padded as it has to be, and was padded anew",
            ),
            Self::Base64Twice => (
                "base64-twice",
                "the base64 is in base64 again, and was decoded once more",
            ),
            Self::NotEncoded => (
                "not-encoded",
                "the text is the JSON within a token, and was put into base64",
            ),
            Self::TextAround => ("text-around", "the text around the token was left out"),
        }
    }
}

/// The name, and what was done.
impl Serialize for Damage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (name, message) = self.words();
        let mut damage = serializer.serialize_struct("Damage", 2)?;
        damage.serialize_field("name", name)?;
        damage.serialize_field("message", message)?;
        damage.end()
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words().1)
    }
}

/// Tells what is meant by a text that a server cannot read as a token. Gives `None` for a text that
/// a server can read, and for one that looks like nothing known.
///
/// It takes time linear in the length of the text, and never panics.
///
/// ```
/// use peertok::recovery::{Damage, Recovery, recover};
///
/// let meant = recover(b"'eyJQZWVySUQiOiIxIiwiU2VydmVyTmFtZSI6InMifQ'");
/// let Some(Recovery::Token(recovered)) = meant else { panic!() };
/// assert_eq!(*recovered.token, "eyJQZWVySUQiOiIxIiwiU2VydmVyTmFtZSI6InMifQ==");
/// assert_eq!(recovered.damages, [Damage::Quotes, Damage::Padding]);
/// ```
#[must_use]
pub fn recover(given: &[u8]) -> Option<Recovery> {
    match judge(given) {
        Err(refusal) if matches!(refusal.stage(), Stage::Base64 | Stage::Json) => {
            recover_unreadable(given)
        }
        _ => None,
    }
}

/// Recovers a token of a text at which a server stops at base64 or JSON, as the caller has seen.
pub(crate) fn recover_unreadable(given: &[u8]) -> Option<Recovery> {
    if has_members(given) {
        // One of them is of the wrong type, which is no damage of the way.
        return None;
    }
    let found = Search::default().run(given);
    if let Some(Recovery::Token(_)) = found {
        return found;
    }
    let around = in_text(given).map(Recovery::Token);
    match (found, around) {
        (_, Some(token @ Recovery::Token(_))) => Some(token),
        (Some(part @ Recovery::Truncated(_)), _) => Some(part),
        (found, _) => Lookalike::of(given)
            .map(Recovery::Lookalike)
            .or(found)
            .or_else(|| Lookalike::damaged_token(given).map(Recovery::Lookalike)),
    }
}

/// The one token in a text. Where there are two, nothing tells which of them is meant.
fn in_text(text: &[u8]) -> Option<Repaired> {
    let runs = undo::runs_in_text(text).into_iter();
    let mut tokens =
        runs.filter_map(
            |run| match Search::default().after(Damage::TextAround).run(run) {
                Some(Recovery::Token(recovered)) => Some(recovered),
                _ => None,
            },
        );
    let first = tokens.next()?;
    tokens
        .all(|other| other.token == first.token)
        .then_some(first)
}

/// Whether Go reads this as base64 with a JSON object in it that has a member of a token.
fn has_members(text: &[u8]) -> bool {
    let mut json = Zeroizing::new(Vec::with_capacity(text.len()));
    base64::decode(text, &mut json).is_ok() && Found::of(&json).are_some()
}

/// How many kinds of damage are undone at most, those that come back included.
const MOST_STEPS: usize = 16;

/// A kind of damage and what undoes it: `None` where there is no such damage.
type Step = (Damage, fn(&[u8]) -> Option<Text>);

/// What can be undone without a look at what is in the base64. Each makes the text shorter, or
/// leaves fewer characters in it that are no base64. What stands further out comes first.
const STEPS: [Step; 14] = [
    (Damage::Utf16, undo::utf_16),
    (Damage::Invisible, undo::invisible),
    (Damage::SurroundingBlanks, undo::surrounding_blanks),
    (Damage::QuoteMarks, undo::quote_marks),
    (Damage::CodeFence, undo::code_fence),
    (Damage::Envelope, undo::envelope),
    (Damage::Key, undo::key),
    (Damage::ShellQuoting, undo::shell_quoting),
    (Damage::Quotes, undo::quotes),
    (Damage::PercentSign, undo::percent_sign),
    (Damage::Ellipsis, undo::ellipsis),
    (Damage::Escapes, undo::escapes),
    (Damage::PercentEncoding, undo::percent_encoding),
    (Damage::QuotedPrintable, undo::quoted_printable),
];

/// The damage undone so far, and how much more may be.
#[derive(Default, Clone)]
struct Search {
    damages: Vec<Damage>,
    steps: usize,
    /// How many layers of base64 were taken off.
    layers: usize,
    /// Whether blanks were met already, which can be read in two ways.
    forked: bool,
}

impl Search {
    /// The search after one more damage was undone.
    fn after(&self, damage: Damage) -> Self {
        let mut after = self.clone();
        after.note(damage);
        after
    }

    fn note(&mut self, damage: Damage) {
        self.steps += 1;
        if !self.damages.contains(&damage) {
            self.damages.push(damage);
        }
    }

    /// Undoes damage until there is a token, the beginning of one, or nothing left to undo.
    fn run(mut self, given: &[u8]) -> Option<Recovery> {
        let mut text = Text::new(given.to_vec());
        while self.steps < MOST_STEPS {
            if text.trim_ascii_start().starts_with(b"{")
                && let Some(meant) = self.in_json(&text)
            {
                return Some(meant);
            }
            let undone = STEPS
                .iter()
                .find_map(|(damage, undo)| Some((*damage, undo(&text)?)));
            if let Some((damage, undone)) = undone {
                self.note(damage);
                text = undone;
                continue;
            }
            if let Some(without) = undo::blanks_inside(&text) {
                return self.run_without_blanks(&text, &without);
            }
            let standard = undo::url_safe(&text);
            let Some(decoded) = undo::base64(standard.as_ref().unwrap_or(&text)) else {
                return Lookalike::of(&text).map(Recovery::Lookalike);
            };
            if standard.is_some() {
                self.note(Damage::UrlSafe);
            }
            let found = Found::of(&decoded.content);
            if found.are_cut() {
                return Some(self.truncated(&decoded.content, found));
            }
            if !decoded.is_exact {
                self.note(Damage::Padding);
            }
            if found.make_a_token() && !decoded.is_cut {
                return Some(self.token(&decoded.content));
            }
            if !undo::is_text(&decoded.content) {
                return Lookalike::of(&text).map(Recovery::Lookalike);
            }
            self.note(Damage::Base64Twice);
            self.layers += 1;
            text = decoded.content;
        }
        None
    }

    /// Blanks were put in by wrapping, or else they were `+` once: what the lengths between them
    /// speak for is tried first.
    fn run_without_blanks(mut self, text: &[u8], without: &[u8]) -> Option<Recovery> {
        let forked = mem::replace(&mut self.forked, true);
        let pluses = undo::pluses_from_blanks(text).filter(|_| !forked);
        let wrapped = (Damage::BlanksInside, Some(without));
        let form = (Damage::PlusesAsBlanks, pluses.as_ref().map(|text| &***text));
        let readings = if undo::is_wrapped(text) {
            [wrapped, form]
        } else {
            [form, wrapped]
        };
        let mut other = None;
        for (damage, reading) in readings {
            match reading.and_then(|reading| self.after(damage).run(reading)) {
                token @ Some(Recovery::Token(_)) => return token,
                part @ Some(Recovery::Truncated(_)) => other = other.or(part),
                _ => {}
            }
        }
        other.or_else(|| Lookalike::of(text).map(Recovery::Lookalike))
    }

    /// A text that is JSON without base64 around it.
    fn in_json(&mut self, json: &[u8]) -> Option<Recovery> {
        let found = Found::of(json);
        if !found.make_a_token() && !found.are_cut() {
            return None;
        }
        // What was taken for a second layer of base64 was the first.
        if self.layers == 1 {
            self.damages.retain(|damage| *damage != Damage::Base64Twice);
        }
        if found.are_cut() {
            return Some(self.truncated(json, found));
        }
        if self.layers == 0 {
            self.note(Damage::NotEncoded);
        }
        Some(self.token(json))
    }

    fn token(&mut self, json: &[u8]) -> Recovery {
        let token = encode_base64(json);
        Recovery::Token(Repaired {
            refusal: judge(token.as_bytes()).err(),
            token,
            damages: mem::take(&mut self.damages),
        })
    }

    fn truncated(&mut self, json: &[u8], found: Found) -> Recovery {
        let mut damages = mem::take(&mut self.damages);
        // At the cut there is no padding to be expected.
        damages.retain(|damage| *damage != Damage::Padding);
        Recovery::Truncated(Box::new(found.into_partial(json, damages)))
    }
}

#[cfg(test)]
mod tests;
