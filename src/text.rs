//! Texts and times as people may see them: nothing in a text reaches the terminal as a command, and
//! a time is a date and a distance.

#[cfg(feature = "cli")]
use godialect::json::Reader;
use jiff::Timestamp;
use peering_token::Refusal;
#[cfg(feature = "cli")]
use peering_token::redact;
#[cfg(feature = "cli")]
use peertok_secret::Redactor;
use peertok_secret::without_secrets;
use serde::Serialize;
#[cfg(feature = "cli")]
use serde_json::value::RawValue;
#[cfg(feature = "cli")]
use std::{borrow::Cow, mem};
#[cfg(feature = "cli")]
use zeroize::Zeroizing;

/// The longest text that is shown whole, in characters as shown.
const LONGEST: usize = 400;
/// The same for a message, which may quote a certificate.
const LONGEST_MESSAGE: usize = 4000;

/// A text without secrets, with control, invisible and bidirectional characters escaped, cut where it
/// is very long.
pub(crate) fn shown(text: &str) -> String {
    shown_within(text, LONGEST)
}

/// The same, cut after so many characters.
pub(crate) fn shown_within(text: &str, longest: usize) -> String {
    // Before it is cut: of a part nobody could tell what it is.
    let text = without_secrets(text);
    let mut shown = String::with_capacity(text.len().min(longest));
    let mut length = 0;
    for character in text.chars() {
        let before = shown.len();
        let escaped = is_unsafe(character);
        if escaped {
            shown.extend(character.escape_default())
        } else {
            shown.push(character)
        }
        length += if escaped { shown.len() - before } else { 1 };
        if length > longest {
            shown.truncate(before);
            shown.push_str(&format!("… ({} bytes)", text.len()));
            break;
        }
    }
    shown
}

/// A message on one line, with the same characters escaped, cut only where nobody would read on.
pub(crate) fn one_line(message: &str) -> String {
    shown_within(message, LONGEST_MESSAGE)
}

/// Why a token is rejected, as an object of JSON output.
#[derive(Serialize)]
pub(crate) struct Refused {
    stage: &'static str,
    error: String,
}

impl From<&Refusal> for Refused {
    fn from(refusal: &Refusal) -> Self {
        Self {
            stage: refusal.stage().name(),
            error: refusal.to_string(),
        }
    }
}

/// The verdict on a token, as three keys of an object of JSON output.
#[derive(Serialize)]
pub(crate) struct Verdict {
    accepted: bool,
    stage: Option<&'static str>,
    error: Option<String>,
}

impl Verdict {
    /// The verdict that is no server's: what was to be judged is no token at all.
    #[cfg(feature = "cli")]
    pub(crate) fn of_input(error: String) -> Self {
        Self {
            accepted: false,
            stage: Some("input"),
            error: Some(error),
        }
    }

    /// The error, to take secrets out of it.
    #[cfg(feature = "cli")]
    pub(crate) fn error_mut(&mut self) -> Option<&mut String> {
        self.error.as_mut()
    }

    /// Whether a server accepts the token.
    #[cfg(feature = "cli")]
    pub(crate) fn is_accepted(&self) -> bool {
        self.accepted
    }
}

impl From<Option<&Refusal>> for Verdict {
    fn from(refusal: Option<&Refusal>) -> Self {
        let refused = refusal.map(Refused::from);
        let (stage, error) = refused
            .map(|refused| (refused.stage, refused.error))
            .unzip();
        Self {
            accepted: stage.is_none(),
            stage,
            error,
        }
    }
}

/// JSON with the secrets in its strings replaced by digests.
#[cfg(feature = "cli")]
pub(crate) fn json_without_secrets<'t>(json: &'t str, redactor: &Redactor) -> Cow<'t, str> {
    /// No string with a secret in it is shorter, in bytes.
    const SHORTEST: usize = 10;
    let mut shown = Zeroizing::new(String::new());
    let mut from = 0;
    let mut at = 0;
    while let Some(quote) = memchr::memchr(b'"', json.get(at..).unwrap_or_default().as_bytes()) {
        at += quote;
        let literal = json.get(at..).unwrap_or_default();
        let content = literal.get(1..).unwrap_or_default();
        let plain = match memchr::memchr2(b'"', b'\\', content.as_bytes()) {
            Some(end) if content.as_bytes().get(end) == Some(&b'"') => content.get(..end),
            _ => None,
        };
        let (string, length) = match plain {
            Some(plain) => (Cow::Borrowed(plain), plain.len() + 2),
            None => {
                let mut reader = Reader::new(literal.as_bytes());
                let Ok(string) = reader.string() else {
                    break;
                };
                (string.unescape(), reader.offset())
            }
        };
        if string.len() >= SHORTEST
            && let Cow::Owned(redacted) = redactor.value(&string)
        {
            if shown.is_empty() {
                shown.reserve(json.len() + 4096);
            }
            shown.push_str(json.get(from..at).unwrap_or_default());
            // A string is never without a form in JSON.
            shown.push_str(&serde_json::to_string(&*redacted).unwrap_or_default());
            from = at + length;
        }
        at += length;
    }
    if from == 0 {
        return Cow::Borrowed(json);
    }
    shown.push_str(json.get(from..).unwrap_or_default());
    Cow::Owned(mem::take(&mut *shown))
}

/// The same for JSON of others, in which a key may be the name of a secret.
#[cfg(feature = "cli")]
pub(crate) fn raw_json_without_secrets<'t>(
    json: &'t RawValue,
    redactor: &Redactor,
) -> Cow<'t, RawValue> {
    let is_nested = json.get().starts_with(['{', '[']);
    // What cannot be read again is shown to nobody.
    let named = is_nested.then(|| redact(json.get().as_bytes()).unwrap_or_default());
    let named = named.as_deref().map_or(json.get(), String::as_str);
    let shown = json_without_secrets(named, redactor);
    if shown == json.get() {
        return Cow::Borrowed(json);
    }
    // Strings in JSON were replaced by strings, so that it is JSON still.
    RawValue::from_string(shown.into_owned()).map_or(Cow::Borrowed(RawValue::NULL), Cow::Owned)
}

/// JSON with the same characters written as `\u` escapes, which stand for the same text and do
/// nothing to a terminal. Blanks between its tokens are left as they are.
#[cfg(feature = "cli")]
pub(crate) fn json(text: &str) -> Cow<'_, str> {
    let unsafe_in_json = |c: char| c >= '\u{7f}' && is_unsafe(c);
    if !text.contains(unsafe_in_json) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 64);
    for character in text.chars() {
        if unsafe_in_json(character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                safe.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            safe.push(character);
        }
    }
    Cow::Owned(safe)
}

/// Whether a character moves the cursor, changes the direction of what follows or cannot be seen:
/// controls, line and paragraph separators, and all that Unicode has as `Default_Ignorable_Code_Point`.
pub(crate) fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'..='\u{1160}'
                | '\u{17b4}'..='\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff0}'..='\u{fffb}'
                | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

/// A moment for people, to the second: `2026-11-24 04:21:53 UTC`.
pub(crate) fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// The same, for a moment that may be unknown.
pub(crate) fn date(at: Option<Timestamp>) -> String {
    at.map_or_else(|| "an unknown time".to_owned(), moment)
}

/// A span from one moment to another, as dates and as a distance from now.
#[cfg(feature = "cli")]
pub(crate) fn validity(begin: Option<Timestamp>, end: Option<Timestamp>, now: Timestamp) -> String {
    let state = match (begin, end) {
        (Some(begin), _) if now < begin => format!(" (begins in {})", distance(now, begin)),
        (_, Some(end)) if now > end => format!(" (expired {} ago)", distance(end, now)),
        (_, Some(end)) => format!(" (expires in {})", distance(now, end)),
        (_, None) => String::new(),
    };
    format!("{} to {}{state}", date(begin), date(end))
}

/// The time between two moments in its largest unit, rounded down: `9 years`, `1 day`.
pub(crate) fn distance(from: Timestamp, to: Timestamp) -> String {
    const DAY: i64 = 24 * 60 * 60;
    let seconds = to.as_second().saturating_sub(from.as_second()).max(0);
    let (number, unit) = match seconds {
        ..60 => (seconds, "second"),
        60..3600 => (seconds / 60, "minute"),
        3600..DAY => (seconds / 3600, "hour"),
        // The mean month and year of the Gregorian calendar.
        DAY..2_629_746 => (seconds / DAY, "day"),
        2_629_746..31_556_952 => (seconds / 2_629_746, "month"),
        _ => (seconds / 31_556_952, "year"),
    };
    format!("{number} {unit}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_reaches_the_terminal_as_a_command() {
        assert_eq!(
            shown("a\u{1b}[31m\u{202e}b\n\0é"),
            "a\\u{1b}[31m\\u{202e}b\\n\\u{0}é"
        );
        assert_eq!(
            shown(&"é".repeat(401)),
            format!("{}… (802 bytes)", "é".repeat(400))
        );
    }

    #[test]
    fn distances_are_in_their_largest_unit() {
        let moment = |second| Timestamp::from_second(second).unwrap();
        for (seconds, expected) in [
            (0, "0 seconds"),
            (1, "1 second"),
            (119, "1 minute"),
            (7200, "2 hours"),
            (86_399, "23 hours"),
            (86_400, "1 day"),
            (40 * 86_400, "1 month"),
            (3650 * 86_400, "9 years"),
        ] {
            assert_eq!(distance(moment(0), moment(seconds)), expected);
        }
    }

    #[test]
    fn tokens_and_keys_are_never_quoted() {
        let token = format!("eyJ{}=", "A".repeat(80));
        let shown = one_line(&format!(
            "cannot read '{token}': no such file, eyJ is short"
        ));
        assert!(
            shown.starts_with("cannot read '<redacted, sha256:"),
            "{shown}"
        );
        assert!(shown.ends_with(">': no such file, eyJ is short"), "{shown}");
        let twice = format!("ZXlK{}", "A".repeat(80));
        assert!(one_line(&twice).starts_with("<redacted, sha256:"));
        assert!(!one_line("-----BEGIN PRIVATE KEY-----\nAAAA").contains("AAAA"));
    }

    #[test]
    #[cfg(feature = "cli")]
    fn json_stays_the_same_text() {
        assert_eq!(json("{\"a\":\n\"é\"}"), "{\"a\":\n\"é\"}");
        assert_eq!(
            json("\"\u{7f}\u{9b}\u{202e}\u{e0001}\""),
            r#""\u007f\u009b\u202e\udb40\udc01""#
        );
    }
}
