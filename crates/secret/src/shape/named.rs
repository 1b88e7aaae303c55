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
const ACL_TOKENS: [&str; 14] = [
    "agent",
    "agentrecovery",
    "agentmaster",
    "master",
    "default",
    "replication",
    "registration",
    "configfileserviceregistration",
    "configfileregistration",
    "dns",
    "bootstrap",
    "pass",
    "creds",
    "auth",
];
/// What may stand beside a UUID that is no secret, though one is named on the same line.
const PUBLIC: [&str; 9] = [
    "peer", "peering", "accessor", "cluster", "domain", "spiffe", "node", "service", "policy",
];
/// So much before a UUID is searched for a name, in bytes.
const WINDOW: usize = 120;
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
    if let Some(credentials) = userinfo(text, piece) {
        return Some(credentials);
    }
    let is_value = piece.len() >= SHORTEST && piece.has_digit();
    if is_value && let Some(uuid) = uuid_of(text, piece) {
        let before = text.get(..uuid.start)?;
        let after = text.get(uuid.end..)?;
        if is_named_uuid(before, after) {
            return Some(uuid);
        }
    }
    let is_secret = piece.len() >= SHORTEST_VAULT && ends_in_vault_prefix(before)
        || is_value && is_named(before, piece);
    if is_secret {
        return Some(piece.range.clone());
    }
    if piece.has_equals() {
        return name_and_value(text, piece);
    }
    None
}

/// The UUID that a piece is, or a part of one, or that stands in it.
fn uuid_of(text: &str, piece: &Piece) -> Option<Range<usize>> {
    if piece.is_uuid() {
        return Some(piece.range.clone());
    }
    let found = uuid_in(text.get(piece.range.clone())?)?;
    Some(piece.range.start + found.start..piece.range.start + found.end)
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

/// Whether a UUID is a secret: a secret is named before it on its line, and nothing public beside it.
/// What lies between does not matter, as logs, tables and dumps put anything there.
fn is_named_uuid(before: &str, after: &str) -> bool {
    // A trust domain.
    if after.starts_with(".consul") {
        return false;
    }
    let window = last(before, WINDOW);
    let line = window.rfind('\n').map_or(0, |at| at + 1);
    let window = window.get(line..).unwrap_or_default();
    let words = window.rsplit(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-')));
    let words: Vec<&str> = words
        .filter(|word| word.contains(char::is_alphanumeric) && !is_uuid(word))
        .collect();
    let mut beside = words.iter().map(|word| letters(word));
    let nearest = beside.next().unwrap_or_default();
    let of = if nearest == "id" { beside.next() } else { None };
    if is_public(&nearest) || of.is_some_and(|of| is_public(&of)) {
        return false;
    }
    ACL_TOKENS.contains(&nearest.as_str()) || words.iter().any(|word| names_secret(word))
}

/// The end of a text, of at most so many bytes.
fn last(text: &str, most: usize) -> &str {
    let mut start = text.len().saturating_sub(most);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    text.get(start..).unwrap_or_default()
}

/// Whether a name, in lower case, is that of a UUID which is no secret.
fn is_public(name: &str) -> bool {
    let is_id = name.len() > 2 && name.ends_with("id") && !names_secret(name);
    is_id || PUBLIC.contains(&name)
}

/// Where in a piece a whole UUID stands.
fn uuid_in(content: &str) -> Option<Range<usize>> {
    const LENGTHS: [usize; 5] = [8, 4, 4, 4, 12];
    const WHOLE: usize = 36;
    let is_uuid_at = |at: usize| {
        let part = content.as_bytes().get(at..at + WHOLE);
        part.is_some_and(|part| {
            let mut groups = part.split(|&byte| byte == b'-');
            let fits = |length: usize| {
                let group = groups.next();
                group.is_some_and(|group| {
                    group.len() == length && group.iter().all(u8::is_ascii_hexdigit)
                })
            };
            LENGTHS.into_iter().all(fits)
        })
    };
    // The first dash is behind eight digits.
    let mut dashes = content.match_indices('-').map(|(at, _)| at);
    let start = dashes.find_map(|at| at.checked_sub(8).filter(|&at| is_uuid_at(at)))?;
    Some(start..start + WHOLE)
}

/// The credentials in a URL, `https://name:password@host`, of which a piece is the end.
fn userinfo(text: &str, piece: &Piece) -> Option<Range<usize>> {
    if text.as_bytes().get(piece.range.end) != Some(&b'@') {
        return None;
    }
    const SCHEME_END: &str = "://";
    let window = last(text.get(..piece.range.end)?, WINDOW + SCHEME_END.len());
    let (_, info) = window.rsplit_once(SCHEME_END)?;
    if info.contains(|c: char| c.is_whitespace() || c == '/') {
        return None;
    }
    let password = info.split_once(':').map_or(info, |(_, password)| password);
    let start = piece.range.end - password.len();
    (password.len() >= SHORTEST).then_some(start..piece.range.end)
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
    // What stands for a value is not measured: it may be the rest of the text, again and again.
    if stands_for_value(rest) {
        return None;
    }
    let end = rest.find(|c: char| {
        c.is_whitespace() || matches!(c, '"' | '\'' | '&' | ',' | ';' | '\\' | ')' | '}' | ']')
    });
    let value = rest.get(..end.unwrap_or(rest.len()))?.trim_end_matches(':');
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
        && !stands_for_value(value)
        && !matches!(value, "null" | "true" | "false")
}

/// Whether a text starts with what stands for a value.
fn stands_for_value(text: &str) -> bool {
    text.starts_with(['<', '$', '@', '{'])
}
