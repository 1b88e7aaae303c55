//! What undoes each kind of damage. A function gives `None` where its damage is not there, and else
//! a text that is shorter, or in which fewer characters are no base64.

use base64::Engine;
use godialect::base64 as go;
use peering_token::token_in_envelope;
use std::str::from_utf8;
use zeroize::Zeroizing;

/// A text that may hold a secret.
pub(super) type Text = Zeroizing<Vec<u8>>;

fn empty(capacity: usize) -> Text {
    Zeroizing::new(Vec::with_capacity(capacity))
}

fn copy(text: &[u8]) -> Text {
    Zeroizing::new(text.to_vec())
}

/// A part of a text, where it is not the whole.
fn shorter(text: &[u8], part: &str) -> Option<Text> {
    (part.len() < text.len()).then(|| copy(part.as_bytes()))
}

/// Appends a character in UTF-8.
fn push(out: &mut Text, character: char) {
    out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
}

/// UTF-16 in either order, with a byte order mark, or of ASCII without one.
pub(super) fn utf_16(text: &[u8]) -> Option<Text> {
    let big_endian = match text {
        [0xff, 0xfe, ..] => false,
        [0xfe, 0xff, ..] => true,
        [0, first, 0, second, ..] if *first != 0 && *second != 0 => true,
        [first, 0, second, 0, ..] if *first != 0 && *second != 0 => false,
        _ => return None,
    };
    // An odd byte at the end is half of a unit that was cut off.
    let (units, _) = text.as_chunks::<2>();
    let units = units.iter().map(|unit| {
        if big_endian {
            u16::from_be_bytes(*unit)
        } else {
            u16::from_le_bytes(*unit)
        }
    });
    // A unit of two bytes makes at most three.
    let mut out = empty(text.len() / 2 * 3);
    let is_mark = |unit: &u16| *unit == 0xfeff;
    for character in char::decode_utf16(units.skip_while(is_mark)) {
        push(&mut out, character.unwrap_or(char::REPLACEMENT_CHARACTER));
    }
    Some(out)
}

/// Control characters, and those that Unicode has for layout: marks, joiners and blanks of other
/// widths.
pub(super) fn invisible(text: &[u8]) -> Option<Text> {
    let text = from_utf8(text).ok()?;
    let is_invisible = |character: char| match character {
        ' ' | '\t' | '\r' | '\n' => false,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' => true,
        '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' => true,
        '\u{feff}' => true,
        other => other.is_control() || other.is_whitespace(),
    };
    if !text.contains(is_invisible) {
        return None;
    }
    let mut out = empty(text.len());
    let visible = text.chars().filter(|c| !is_invisible(*c));
    visible.for_each(|character| push(&mut out, character));
    Some(out)
}

/// Blanks at both ends. Line ends alone are no damage: Go skips them.
pub(super) fn surrounding_blanks(text: &[u8]) -> Option<Text> {
    let ends = [text.first()?, text.last()?];
    let inner = text.trim_ascii();
    let is_line_end = |byte: &u8| matches!(byte, b'\r' | b'\n');
    let at_line_ends = ends.iter().any(|byte| byte.is_ascii_whitespace());
    if !at_line_ends || inner.is_empty() {
        return None;
    }
    let before = text.len() - text.trim_ascii_start().len();
    let (left, rest) = text.split_at(before);
    let right = rest.get(inner.len()..).unwrap_or_default();
    let blanks = left.iter().chain(right).any(|byte| !is_line_end(byte));
    blanks.then(|| copy(inner))
}

/// Blanks anywhere, with the line ends beside them.
pub(super) fn blanks_inside(text: &[u8]) -> Option<Text> {
    let is_blank = |byte: &u8| byte.is_ascii_whitespace();
    if !text
        .iter()
        .any(|b| is_blank(b) && !matches!(b, b'\r' | b'\n'))
    {
        return None;
    }
    let mut out = empty(text.len());
    out.extend(text.iter().copied().filter(|byte| !is_blank(byte)));
    Some(out)
}

/// The other reading of blanks: a web form makes one of each `+`, and no other blanks.
pub(super) fn pluses_from_blanks(text: &[u8]) -> Option<Text> {
    if text.iter().any(|b| b.is_ascii_whitespace() && *b != b' ') {
        return None;
    }
    let mut out = copy(text);
    let blanks = out.iter_mut().filter(|byte| **byte == b' ');
    blanks.for_each(|blank| *blank = b'+');
    Some(out)
}

/// Whether blanks part a text into lines: all of one length but the last, which is no longer.
pub(super) fn is_wrapped(text: &[u8]) -> bool {
    const SHORTEST_LINE: usize = 16;
    let parts = text.split(u8::is_ascii_whitespace);
    let mut lengths = parts.map(<[u8]>::len).filter(|length| *length > 0);
    let last = lengths.next_back().unwrap_or_default();
    let first = lengths.next().unwrap_or_default();
    first >= SHORTEST_LINE && last <= first && lengths.all(|length| length == first)
}

/// The `>` in front of lines, once for each time that an e-mail was answered.
pub(super) fn quote_marks(text: &[u8]) -> Option<Text> {
    let mut out = empty(text.len());
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let inner = line.trim_ascii_start();
        let quoted = inner.strip_prefix(b">").map(|inner| {
            let marks = inner
                .iter()
                .take_while(|byte| matches!(byte, b'>' | b' ' | b'\t'));
            &inner[marks.count()..]
        });
        out.extend_from_slice(quoted.unwrap_or(line));
    }
    (out.len() < text.len()).then_some(out)
}

/// The fences of a Markdown code block, and what stands beside the first to name the language.
pub(super) fn code_fence(text: &[u8]) -> Option<Text> {
    const LONGEST_NAME: usize = 24;
    let given = from_utf8(text).ok()?.trim();
    let mark = ['`', '~'].into_iter().find(|mark| {
        let fence: String = [*mark; 3].iter().collect();
        given.starts_with(&fence)
    })?;
    let inner = given.trim_matches(mark);
    let inner = match inner.split_once('\n') {
        Some((name, rest)) if name.len() <= LONGEST_NAME => rest,
        _ => inner,
    };
    shorter(text, inner.trim())
}

/// Consul's envelope, or the body of an establish request.
pub(super) fn envelope(text: &[u8]) -> Option<Text> {
    let token = token_in_envelope(text)?;
    shorter(text, &token)
}

/// What declares a variable before its name.
const DECLARATIONS: [&str; 8] = [
    "export ",
    "set ",
    "declare -x ",
    "const ",
    "let ",
    "var ",
    "$env:",
    "- ",
];
/// The longest name that is left out.
const LONGEST_KEY: usize = 64;
/// A value shorter than that is none.
const SHORTEST_VALUE: usize = 16;

/// A name in front, as in `PeeringToken: …`, `"token": "…",` or `export TOKEN=…`.
pub(super) fn key(text: &[u8]) -> Option<Text> {
    let given = from_utf8(text).ok()?.trim();
    let (rest, in_braces) = match given.strip_prefix('{') {
        Some(rest) => (rest.trim_start(), true),
        None => (given, false),
    };
    let declaration = DECLARATIONS.iter().find_map(|d| rest.strip_prefix(d));
    let rest = declaration.map_or(rest, str::trim_start);
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
    let rest = quote.map_or(rest, |_| &rest[1..]);
    let in_key = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let (name, rest) = rest.split_at(rest.find(|c| !in_key(c))?);
    let rest = match quote {
        Some(quote) => rest.strip_prefix(quote)?,
        None => rest,
    };
    // A token itself is no name of something.
    if name.is_empty() || name.len() > LONGEST_KEY || starts_like_a_token(name.as_bytes()) {
        return None;
    }
    // In JSON other members may stand first, and they are no tokens.
    if in_braces && !name.to_ascii_lowercase().contains("token") {
        return None;
    }
    let rest = rest.trim_start_matches([' ', '\t']);
    let signs = [":=", "=>", ":", "="];
    let value = signs.iter().find_map(|sign| rest.strip_prefix(sign))?;
    // Quoted-printable is to be decoded first, and another `=` is padding.
    let is_encoded = value.starts_with(['\r', '\n', '=']) || value.starts_with("3D");
    if rest.starts_with('=') && is_encoded {
        return None;
    }
    let value = value.trim_start();
    // A block of YAML: its sign, and the text in the next lines.
    let block = value
        .split_once('\n')
        .filter(|(sign, _)| sign.starts_with(['|', '>']) && sign.trim_end().len() <= 3);
    let value = block.map_or(value, |(_, lines)| lines);
    let value = if in_braces {
        value.trim_end().trim_end_matches('}')
    } else {
        value
    };
    let value = value.trim_end().trim_end_matches([',', ';']).trim();
    (value.len() >= SHORTEST_VALUE).then(|| copy(value.as_bytes()))
}

/// A word of bash and zsh: `$'…'`, with its escapes.
pub(super) fn shell_quoting(text: &[u8]) -> Option<Text> {
    let inner = text.trim_ascii().strip_prefix(b"$'")?;
    let inner = inner.strip_suffix(b"'").unwrap_or(inner);
    Some(escapes(inner).unwrap_or_else(|| copy(inner)))
}

/// Quotes of any kind at both ends, or at one where the other is lost; also Python's `b'…'`.
pub(super) fn quotes(text: &[u8]) -> Option<Text> {
    let given = from_utf8(text).ok()?;
    let is_quote = |character: char| {
        matches!(
            character,
            '"' | '\'' | '`' | '´' | '‘'..='‟' | '′' | '″' | '«' | '»' | '‹' | '›' | '＂' | '＇'
        )
    };
    let is_outside = |character: char| is_quote(character) || character.is_ascii_whitespace();
    let trimmed = given.trim_ascii();
    let bytes = trimmed
        .strip_prefix('b')
        .filter(|rest| rest.starts_with(['\'', '"']));
    let trimmed = bytes.unwrap_or(trimmed);
    if !trimmed.starts_with(is_quote) && !trimmed.ends_with(is_quote) {
        return None;
    }
    // A quote that is escaped belongs to others, which are undone with the escapes.
    let inner = trimmed
        .trim_start_matches(is_outside)
        .trim_end_matches(is_outside);
    shorter(text, inner)
}

/// What zsh prints where the last line has no end.
pub(super) fn percent_sign(text: &[u8]) -> Option<Text> {
    let rest = text.trim_ascii_end().strip_suffix(b"%")?;
    Some(copy(rest))
}

/// Dots that stand for what was left out.
pub(super) fn ellipsis(text: &[u8]) -> Option<Text> {
    let given = from_utf8(text).ok()?.trim_end();
    let inner = given.trim_end_matches(['.', '…']);
    let dots = &given[inner.len()..];
    // One dot may end a sentence, and that is no sign that something is missing.
    (!dots.is_empty() && !inner.is_empty()).then(|| copy(inner.as_bytes()))
}

/// The escapes of JSON, of shells and of programming languages: `\n`, `\/`, `\u003d`, `\x3d`, `\75`,
/// and a backslash at the end of a line. One that is cut off at the end is left out.
pub(super) fn escapes(text: &[u8]) -> Option<Text> {
    if !text.contains(&b'\\') {
        return None;
    }
    let mut out = empty(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        out.extend_from_slice(&rest[..at]);
        rest = &rest[at + 1..];
        let Some((code, after)) = rest.split_first() else {
            break;
        };
        let (most, radix) = match code {
            b'u' => (4, 16),
            b'U' => (8, 16),
            b'x' => (2, 16),
            b'0'..=b'7' => (3, 8),
            _ => {
                rest = after;
                match code {
                    b'n' | b'r' | b'\n' => out.push(b'\n'),
                    b't' => out.push(b'\t'),
                    other => out.push(*other),
                }
                continue;
            }
        };
        let digits = if radix == 16 { after } else { rest };
        let is_digit = |byte: &u8| char::from(*byte).is_digit(radix);
        let count = digits.iter().take(most).take_while(|b| is_digit(b)).count();
        let (digits, after) = digits.split_at(count);
        let number = from_utf8(digits)
            .ok()
            .and_then(|d| u32::from_str_radix(d, radix).ok());
        if let Some(character) = number.and_then(char::from_u32) {
            push(&mut out, character);
        }
        rest = after;
    }
    out.extend_from_slice(rest);
    Some(out)
}

/// The two hexadecimal digits with which a text begins.
fn hex_pair(text: &[u8]) -> Option<u8> {
    let digits = text.get(..2)?;
    let value = |digit: u8| char::from(digit).to_digit(16);
    let [high, low] = [*digits.first()?, *digits.last()?];
    u8::try_from(value(high)? << 4 | value(low)?).ok()
}

/// Escapes such as `%3D`, as URLs have them. One that is cut off at the end is left out.
pub(super) fn percent_encoding(text: &[u8]) -> Option<Text> {
    decode_signs(text, b'%', |rest| match hex_pair(rest) {
        Some(byte) => Sign::Byte(byte, 2),
        None if rest.len() == 1 => Sign::Nothing(1),
        None => Sign::Itself,
    })
}

/// Quoted-printable: `=3D`, and a `=` at the end of a line that goes on.
pub(super) fn quoted_printable(text: &[u8]) -> Option<Text> {
    decode_signs(text, b'=', |rest| {
        let line_end = match rest {
            [b'\n', ..] => 1,
            [b'\r', b'\n', ..] => 2,
            _ => {
                return match hex_pair(rest) {
                    Some(byte) => Sign::Byte(byte, 2),
                    None => Sign::Itself,
                };
            }
        };
        // At the end of the text it is padding.
        match rest.trim_ascii_start() {
            [] => Sign::Itself,
            [b'=', after @ ..] if hex_pair(after).is_none() => Sign::Itself,
            _ => Sign::Nothing(line_end),
        }
    })
}

/// What a sign stands for, and how many bytes behind it belong to it.
enum Sign {
    Byte(u8, usize),
    Nothing(usize),
    Itself,
}

fn decode_signs(text: &[u8], sign: u8, read: impl Fn(&[u8]) -> Sign) -> Option<Text> {
    let mut out = empty(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memchr(sign, rest) {
        out.extend_from_slice(&rest[..at]);
        rest = &rest[at + 1..];
        let length = match read(rest) {
            Sign::Byte(byte, length) => {
                out.push(byte);
                length
            }
            Sign::Nothing(length) => length,
            Sign::Itself => {
                out.push(sign);
                0
            }
        };
        rest = &rest[length..];
    }
    out.extend_from_slice(rest);
    (out.len() < text.len()).then_some(out)
}

/// The URL-safe alphabet in a text that has no other character out of place.
pub(super) fn url_safe(text: &[u8]) -> Option<Text> {
    let is_safe = |byte: &u8| matches!(byte, b'-' | b'_');
    let is_base64 =
        |byte: &u8| is_safe(byte) || matches!(byte, b'\r' | b'\n' | b'=') || in_base64(*byte);
    if !text.iter().any(is_safe) || !text.iter().all(is_base64) {
        return None;
    }
    let mut out = copy(text);
    for byte in out.iter_mut() {
        match *byte {
            b'-' => *byte = b'+',
            b'_' => *byte = b'/',
            _ => {}
        }
    }
    Some(out)
}

fn in_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')
}

/// What is in the base64 of a text.
pub(super) struct Decoded {
    pub(super) content: Text,
    /// Whether Go reads it as it is, and not only with other padding.
    pub(super) is_exact: bool,
    /// Whether a character is left that makes no byte, so that something is missing.
    pub(super) is_cut: bool,
}

/// Decodes base64 whose padding may be missing or wrong, and which may be cut off.
pub(super) fn base64(text: &[u8]) -> Option<Decoded> {
    const ANY_BITS: base64::engine::GeneralPurpose = base64::engine::GeneralPurpose::new(
        &base64::alphabet::STANDARD,
        base64::engine::GeneralPurposeConfig::new()
            .with_decode_allow_trailing_bits(true)
            .with_decode_padding_mode(base64::engine::DecodePaddingMode::RequireNone),
    );
    let mut content = empty(text.len());
    if go::decode(text, &mut content).is_ok() {
        let decoded = Decoded {
            content,
            is_exact: true,
            is_cut: false,
        };
        return (!decoded.content.is_empty()).then_some(decoded);
    }
    content.clear();
    let mut characters = empty(text.len());
    characters.extend(text.iter().copied().filter(|b| !matches!(b, b'\r' | b'\n')));
    while characters.last() == Some(&b'=') {
        characters.pop();
    }
    let is_cut = characters.len() % 4 == 1;
    if is_cut {
        characters.pop();
    }
    ANY_BITS.decode_vec(&*characters, &mut content).ok()?;
    (!content.is_empty()).then_some(Decoded {
        content,
        is_exact: false,
        is_cut,
    })
}

/// Whether this is a text that could be base64 with damage: ASCII, or in UTF-8 or UTF-16.
pub(super) fn is_text(content: &[u8]) -> bool {
    from_utf8(content).is_ok() || utf_16(content).is_some()
}

/// Whether a text starts as a token does, or as one in base64 again.
pub(super) fn starts_like_a_token(text: &[u8]) -> bool {
    text.starts_with(b"eyJ") || text.starts_with(b"ZXlK")
}

/// Shorter than any token with two members that a server writes.
const SHORTEST: usize = 64;

/// The runs of base64 in a text that start as a token does, where there is more around them. One that
/// ends with its line is given once more with the lines in which it may go on.
pub(super) fn runs_in_text(text: &[u8]) -> Vec<&[u8]> {
    let mut runs = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.iter().position(in_run) {
        rest = rest.get(start..).unwrap_or_default();
        let characters = rest.iter().take_while(|byte| in_run(byte)).count();
        let after = rest.iter().skip(characters);
        let padding = after.take(2).take_while(|byte| **byte == b'=').count();
        let line = characters + padding;
        let (run, after) = rest.split_at(line);
        if starts_a_token(run) {
            let lines = line + further_lines(after);
            let lengths = [Some(line), Some(lines).filter(|lines| *lines > line)];
            let found = lengths.into_iter().flatten();
            let found = found.filter(|length| (SHORTEST..text.len()).contains(length));
            runs.extend(found.filter_map(|length| rest.get(..length)));
        }
        rest = after;
    }
    runs
}

/// Whether a text starts as a token does, and not as one of the objects within a token.
fn starts_a_token(text: &[u8]) -> bool {
    /// `{"Part`, `{"Regi` and `{"Zone`, of Remote and its Locality.
    const WITHIN: [&[u8]; 3] = [b"eyJQYXJ0", b"eyJSZWdp", b"eyJab25l"];
    starts_like_a_token(text) && !WITHIN.iter().any(|start| text.starts_with(start))
}

fn in_run(byte: &u8) -> bool {
    in_base64(*byte) || matches!(byte, b'-' | b'_')
}

/// How far a text goes on with lines of base64, all of one length but the last, which is no longer.
/// An indent or the marks of an e-mail's answer may stand before them.
fn further_lines(text: &[u8]) -> usize {
    let mut length = 0;
    let mut width = None;
    while let Some(rest) = text.get(length..) {
        let is_blank = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\r');
        let end = rest.iter().take_while(is_blank).count();
        if rest.get(end) != Some(&b'\n') {
            break;
        }
        let line = rest[end + 1..].split(|byte| *byte == b'\n').next();
        let line = line.unwrap_or_default().trim_ascii_end();
        let is_before = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'>');
        let before = line.iter().take_while(is_before).count();
        let characters = &line[before..];
        let width = *width.get_or_insert(characters.len());
        // The rest of a token on its last line may look like the start of one.
        let is_another = characters.len() >= width.min(SHORTEST) && starts_a_token(characters);
        let goes_on = (1..=width).contains(&characters.len())
            && characters.iter().all(|byte| in_run(byte) || *byte == b'=')
            && !characters.iter().all(|byte| *byte == b'-')
            && !is_another;
        if !goes_on {
            break;
        }
        length += end + 1 + line.len();
        if characters.len() < width || characters.ends_with(b"==") {
            break;
        }
    }
    length
}
