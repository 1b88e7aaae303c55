//! Values that stand behind the name of a secret.

use super::encoded::Piece;
use std::ops::Range;

/// The longest name that is looked at, in bytes.
const LONGEST_NAME: usize = 64;
/// The longest separator between a name and a value, in bytes.
const LONGEST_SEPARATOR: usize = 16;
/// The shortest value of a secret's name that is hidden where it stands without quotes, in bytes.
const SHORTEST: usize = 8;
/// What the names of secrets have in them, in lower case and without punctuation.
const STEMS: [&str; 14] = [
    "secr",
    "establ",
    "token",
    "passw",
    "passphrase",
    "credential",
    "bearer",
    "authorization",
    "encrypt",
    "gossip",
    "initialmanagement",
    "privatekey",
    "apikey",
    "accesskey",
];
/// Consul's names for ACL tokens that mean other things elsewhere: a secret where the value is a UUID.
const ACL_TOKENS: [&str; 7] = [
    "agent",
    "agentrecovery",
    "agentmaster",
    "master",
    "default",
    "replication",
    "registration",
];
/// What stands before the values of Vault's tokens, as a part of them.
const VAULT: [&str; 6] = ["hvs", "hvb", "hvr", "s", "b", "r"];
/// The shortest of them, in bytes.
const SHORTEST_VAULT: usize = 20;

/// Returns true for a name whose value is a secret: `EstablishmentSecret`, `SecretID`, `token`,
/// `initial_management`, `X-Vault-Token`. Case and punctuation do not matter, and neither does a
/// letter or two that are wrong.
///
/// ```
/// use peertok_secret::names_secret;
///
/// assert!(names_secret("Establishment_Secre"));
/// assert!(!names_secret("PeerID"));
/// ```
#[must_use]
pub fn names_secret(name: &str) -> bool {
    let letters = letters(name);
    STEMS.iter().any(|stem| letters.contains(stem)) || is_misspelt(&letters)
}

fn letters(name: &str) -> String {
    let letters = name.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

fn is_misspelt(letters: &str) -> bool {
    const NAMES: [&str; 3] = ["establishmentsecret", "secret", "token"];
    NAMES.iter().any(|name| {
        // No name is nearer than its length is.
        letters.len().abs_diff(name.len()) <= name.len() / 5
            && strsim::osa_distance(letters, name) <= name.len() / 5
    })
}

/// The value in the quotes that open at `quote`, where a secret's name stands before it:
/// `"secret":"…"`, `encrypt = "…"`.
pub(super) fn quoted_value(text: &str, quote: usize) -> Option<Range<usize>> {
    let mark = text.get(quote..)?.chars().next()?;
    let before = text.get(..quote)?;
    let escaped = before.ends_with('\\');
    let before = before.trim_end_matches('\\').trim_end();
    let name = name_before(before.strip_suffix([':', '='])?)?;
    if !names_secret(name) {
        return None;
    }
    let value = text.get(quote + 1..)?;
    let length = value_length(value, mark, escaped);
    let value = value.get(..length)?;
    is_hidden(value).then_some(quote + 1..quote + 1 + length)
}

/// Where a value in quotes ends: at the closing quote, or with its line.
fn value_length(value: &str, mark: char, escaped: bool) -> usize {
    let mut slashes = 0;
    for (at, character) in value.char_indices() {
        match character {
            '\\' => slashes += 1,
            '\n' => return at,
            _ if character == mark && escaped == (slashes % 2 == 1) => return at - slashes % 2,
            _ => slashes = 0,
        }
    }
    value.len()
}

/// The value that starts with a piece, where a secret's name stands before it, or where it is one of
/// Vault's tokens.
pub(super) fn bare_value(text: &str, piece: &Piece) -> Option<Range<usize>> {
    let before = text.get(..piece.range.start)?;
    let is_value = piece.len() >= SHORTEST && piece.has_digit();
    let is_secret = piece.len() >= SHORTEST_VAULT && ends_in_vault_prefix(before)
        || is_value && (piece.is_uuid() && is_named_uuid(before) || is_named(before, piece));
    if is_secret {
        return Some(piece.range.clone());
    }
    if piece.has_equals() {
        return name_and_value(text, piece);
    }
    None
}

/// Whether the name of a secret stands before a piece that looks random, or the name of a header
/// before any.
fn is_named(before: &str, piece: &Piece) -> bool {
    let name = separator_before(before).and_then(name_before);
    name.is_some_and(|name| (piece.is_random() || is_header(name)) && names_secret(name))
}

/// Whether a text ends in `hvs.` or another start of Vault's tokens.
fn ends_in_vault_prefix(before: &str) -> bool {
    before.strip_suffix('.').is_some_and(|before| {
        let starts = VAULT
            .iter()
            .filter_map(|prefix| before.strip_suffix(prefix));
        let mut starts =
            starts.map(|start| start.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '.'));
        starts.any(|goes_on| !goes_on)
    })
}

/// Whether the name of a secret stands before a UUID, with little between them: `token (`, `secret is`.
fn is_named_uuid(before: &str) -> bool {
    const BETWEEN: [&str; 5] = ["is", "was", "id", "of", "value"];
    let mut before = before;
    for _ in 0..=BETWEEN.len() {
        let Some(name) = separator_before(before).and_then(name_before) else {
            break;
        };
        if is_uuid_secret(name) {
            return true;
        }
        if !BETWEEN.contains(&letters(name).as_str()) {
            break;
        }
        let end = before.rfind(name).unwrap_or_default();
        before = before.get(..end).unwrap_or_default();
    }
    let is_mark = |c: char| c.is_ascii_punctuation() || c == ' ';
    let marks = before.chars().rev().take(LONGEST_SEPARATOR);
    let marks = marks.take_while(|c| is_mark(*c)).count();
    let before = before.get(..before.len() - marks).unwrap_or_default();
    marks > 0 && name_before(before).is_some_and(names_secret)
}

/// Whether a UUID of this name is a secret: Consul's ACL tokens have names of their own.
fn is_uuid_secret(name: &str) -> bool {
    names_secret(name) || ACL_TOKENS.contains(&letters(name).as_str())
}

fn is_uuid(value: &str) -> bool {
    value.len() >= 16 && value.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
}

/// A header, the scheme in one, or a password: its value is no sentence.
fn is_header(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.starts_with("x-")
        || name.starts_with("passw")
        || matches!(name.as_str(), "authorization" | "bearer" | "basic")
}

/// What stands before a separator between a name and a value: `: `, `=`, `%3D`, `', '`, a space.
fn separator_before(before: &str) -> Option<&str> {
    const ESCAPES: [&str; 6] = ["%3D", "%3d", "%3A", "%3a", "%22", "%20"];
    let mut trimmed = before;
    loop {
        let shorter = trimmed.trim_end_matches([' ', '"', '\'', '\\', ':', '=', ',']);
        let escape = ESCAPES
            .iter()
            .find_map(|escape| shorter.strip_suffix(escape));
        let shorter = escape.unwrap_or(shorter);
        if shorter.len() == trimmed.len() || before.len() - shorter.len() > LONGEST_SEPARATOR {
            break;
        }
        trimmed = shorter;
    }
    (trimmed.len() < before.len()).then_some(trimmed)
}

/// `VAULT_TOKEN=…`: all of it is one piece, as `=` is of base64 too.
fn name_and_value(text: &str, piece: &Piece) -> Option<Range<usize>> {
    let content = text.get(piece.range.clone())?;
    let (name, value) = content
        .split_once('=')
        .or_else(|| content.split_once("%3D"))
        .or_else(|| content.split_once("%3d"))?;
    let name = name.get(name.len().saturating_sub(LONGEST_NAME)..)?;
    let is_named = names_secret(name) || is_uuid(value) && is_uuid_secret(name);
    if !is_named {
        return None;
    }
    let start = piece.range.start + content.len() - value.len();
    // A Vault token goes on behind its dot.
    let rest = text.get(start..)?;
    let end = rest.find(|c: char| {
        c.is_whitespace() || matches!(c, '"' | '\'' | '&' | ',' | ';' | '\\' | ')' | '}' | ']')
    });
    let value = rest.get(..end.unwrap_or(rest.len()))?;
    (value.len() >= 4 && is_hidden(value)).then(|| start..start + value.len())
}

/// The name that ends a text: what stands in quotes there, or an identifier.
fn name_before(before: &str) -> Option<&str> {
    let before = before.trim_end();
    if let Some(quote @ ('"' | '\'')) = before.chars().next_back() {
        let before = before.trim_end_matches([quote, '\\']);
        let from = before.rfind(quote)? + 1;
        return before.get(from..).filter(|name| name.len() <= LONGEST_NAME);
    }
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    let mut last = before.char_indices().rev().take(LONGEST_NAME);
    let start = last.find(|(_, c)| !is_part(*c));
    let start = start.map_or(0, |(at, c)| at + c.len_utf8());
    let name = before.get(start..).filter(|name| !name.is_empty())?;
    // The first letter may be that of an escaped line end.
    let escaped = before.get(..start)?.ends_with('\\');
    let shorter = name.strip_prefix(['n', 'r', 't']).filter(|_| escaped);
    Some(shorter.unwrap_or(name))
}

/// Whether a value is one, and not what stands for it: a digest, a variable, a file's name, dots.
fn is_hidden(value: &str) -> bool {
    value.contains(char::is_alphanumeric)
        && !value.starts_with(['<', '$', '@', '{'])
        && !matches!(value, "null" | "true" | "false")
}
