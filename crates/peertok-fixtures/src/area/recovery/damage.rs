//! Each kind of damage alone.

use super::build::{damaged, meaning, padded, vector, with_region, with_signs};
use crate::maker::Maker;
use crate::text::lines;
use crate::vector::Vector;
use peering_token::{Shape, Stage, encode_base64};

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    let cases = [ENCODINGS, AROUND, QUOTED, ESCAPED, PADDED].concat();
    let simple = cases.iter().map(|case| case.vector(maker));
    simple
        .chain(with_the_signs(maker))
        .chain(layers(maker))
        .collect()
}

/// A token that ends with so many `=`, and what becomes of it.
#[derive(Clone, Copy)]
struct Case {
    condition: &'static str,
    description: &'static str,
    padding: usize,
    damage: &'static str,
    spoil: fn(&str) -> Vec<u8>,
    /// The byte at which a server gives up, for a token of that length.
    at: fn(usize) -> usize,
    unlike: &'static str,
}

impl Case {
    fn vector(&self, maker: &Maker) -> Vector {
        let token = padded(maker, self.condition, self.padding);
        let text = (self.spoil)(&token);
        let at = (self.at)(token.len());
        let damages = [self.damage];
        damaged(self.condition, self.description, &token, text, at, &damages).unlike(self.unlike)
    }
}

const fn case(
    condition: &'static str,
    description: &'static str,
    padding: usize,
    damage: &'static str,
    spoil: fn(&str) -> Vec<u8>,
    at: fn(usize) -> usize,
    unlike: &'static str,
) -> Case {
    Case {
        condition,
        description,
        padding,
        damage,
        spoil,
        at,
        unlike,
    }
}

/// At the first byte, and right behind the token.
const FIRST: fn(usize) -> usize = |_| 0;
const BEHIND: fn(usize) -> usize = |length| length;

fn utf_16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(unit).collect()
}

#[rustfmt::skip]
const ENCODINGS: &[Case] = &[
    case("utf-16", "As > of Windows PowerShell writes it: UTF-16, the low byte first, with a byte order mark.", 2,
        "utf-16", |token| utf_16(&format!("\u{feff}{token}\r\n"), u16::to_le_bytes), FIRST, "line-end-behind"),
    case("utf-16-high-byte-first", "UTF-16, the high byte first, with a byte order mark.", 1,
        "utf-16", |token| utf_16(&format!("\u{feff}{token}"), u16::to_be_bytes), FIRST, "whole"),
    case("utf-16-without-mark", "UTF-16 without a byte order mark: a zero behind each character.", 0,
        "utf-16", |token| utf_16(token, u16::to_le_bytes), |_| 1, "whole"),
    case("byte-order-mark", "A byte order mark in UTF-8 before the token, as some editors write it.", 2,
        "invisible-characters", |token| format!("\u{feff}{token}").into(), FIRST, "whole"),
    case("zero-width-spaces", "Zero-width spaces every 40 characters, as a web page puts them in where a line may break.", 2,
        "invisible-characters", |token| lines(token, 40, "\u{200b}").into(), |_| 40, "wrapped"),
    case("no-break-spaces", "Lines that are indented with no-break spaces.", 1,
        "invisible-characters", |token| lines(token, 64, "\r\n\u{a0}\u{a0}").into(), |_| 66, "wrapped"),
    case("zero-byte-behind", "A zero byte behind the token, as C ends a string.", 2,
        "invisible-characters", |token| format!("{token}\0").into(), BEHIND, "line-end-behind"),
];

#[rustfmt::skip]
const AROUND: &[Case] = &[
    case("blank-behind", "A blank behind the token, copied with it.", 2,
        "surrounding-blanks", |token| format!("{token} ").into(), BEHIND, "line-end-behind"),
    case("blank-behind-without-padding", "A blank behind a token that needs no padding.", 0,
        "surrounding-blanks", |token| format!("{token} ").into(), BEHIND, "line-end-behind"),
    case("tab-before", "A tab before the token, and a line end behind it.", 1,
        "surrounding-blanks", |token| format!("\t{token}\n").into(), FIRST, "line-end-behind"),
    case("mail-quoted", "Lines with > in front of each, as in an answer to an e-mail.", 2,
        "quote-marks", |token| format!("> {}\n", lines(token, 72, "\n> ")).into(), FIRST, "wrapped"),
    case("mail-quoted-twice", "Lines with >> in front of each, as in the answer to an answer.", 0,
        "quote-marks", |token| format!(">> {}\n>\n", lines(token, 76, "\r\n>> ")).into(), FIRST, "wrapped"),
    case("code-fence", "Copied from a chat with the fences of its code block.", 2,
        "code-fence", |token| format!("```\n{token}\n```\n").into(), FIRST, "line-end-behind"),
    case("code-fence-with-language", "The code block is fenced with ~ and names a language.", 2,
        "code-fence", |token| format!("~~~text\n{token}\n~~~").into(), FIRST, "code-fence-missing"),
    case("name-and-colon", "The name of the field before it, with a colon.", 2,
        "key", |token| format!("PeeringToken: {token}").into(), |_| "PeeringToken".len(), "whole"),
    case("shell-variable", "The line of a shell that sets a variable to it.", 1,
        "key", |token| format!("export CONSUL_PEERING_TOKEN={token}\n").into(), |_| "export".len(), "line-end-behind"),
    case("name-and-equals-sign", "A name and an equals sign before it, which stands where padding cannot.", 0,
        "key", |token| format!("token={token}").into(), |_| "token".len(), "whole"),
    case("yaml-block", "A block scalar of YAML, with its key.", 2,
        "key", |token| format!("token: |-\n{}\n", lines(token, 76, "\n")).into(), |_| "token".len(), "wrapped"),
    case("zsh-percent-sign", "A % behind it, which zsh prints where the last line has no end.", 2,
        "percent-sign", |token| format!("{token}%").into(), BEHIND, "line-end-behind"),
    case("dots-behind", "Three dots behind a token that is whole.", 2,
        "ellipsis", |token| format!("{token}...").into(), BEHIND, "cut-with-dots"),
    case("one-dot-behind", "The full stop of the sentence that it stood in.", 0,
        "ellipsis", |token| format!("{token}.").into(), BEHIND, "whole"),
    case("text-around", "A sentence around the token.", 2,
        "text-around", |token| format!("The token is {token}, as of today.").into(), |_| "The".len(), "two-tokens"),
    case("mail-around", "A whole e-mail around the token, which is wrapped.", 1,
        "text-around", |token| {
            let token = lines(token, 76, "\n");
            format!("Hello,\n\nthis is the token:\n\n{token}\n\n-- \nThe other site\n").into()
        }, |_| "Hello".len(), "wrapped"),
    case("curl-command", "The command that was to establish it.", 2,
        "text-around", |token| {
            format!("curl -d '{{\"PeerName\":\"west\",\"PeeringToken\":\"{token}\"}}' http://127.0.0.1:8500/v1/peering/establish").into()
        }, |_| "curl".len(), "establish-body"),
];

#[rustfmt::skip]
const QUOTED: &[Case] = &[
    case("single-quotes", "Single quotes around it.", 2,
        "quotes", |token| format!("'{token}'").into(), FIRST, "whole"),
    case("double-quotes", "Double quotes around it, and a line end behind, as jq without -r prints it.", 1,
        "quotes", |token| format!("\"{token}\"\n").into(), FIRST, "line-end-behind"),
    case("curly-quotes", "Typographic quotes around it, as a word processor makes them.", 2,
        "quotes", |token| format!("“{token}”").into(), FIRST, "whole"),
    case("backquotes", "Backquotes around it, as in Markdown.", 0,
        "quotes", |token| format!("`{token}`").into(), FIRST, "code-fence"),
    case("python-bytes", "As Python prints bytes.", 2,
        "quotes", |token| format!("b'{token}'").into(), |_| 1, "single-quotes"),
    case("quote-behind", "A quote at the end alone, since the first was not copied.", 2,
        "quotes", |token| format!("{token}\"").into(), BEHIND, "whole"),
    case("shell-quoting", "As bash and zsh quote what has a line end in it.", 2,
        "shell-quoting", |token| format!("$'{token}\\n'").into(), FIRST, "single-quotes"),
    case("envelope", "What generate-token -format=json prints, handed on as it is.", 2,
        "envelope", |token| format!("{{\"PeeringToken\":\"{token}\"}}\n").into(), FIRST, "envelope-in-base64"),
    case("establish-body", "The body of an establish request.", 1,
        "envelope", |token| format!("{{\"PeerName\": \"west\", \"PeeringToken\": \"{token}\"}}").into(), FIRST, "envelope-in-base64"),
    case("envelope-escaped", "The envelope from a library that escapes = in JSON.", 2,
        "envelope", |token| format!("{{\"PeeringToken\":\"{}\"}}", token.replace('=', "\\u003d")).into(), FIRST, "escaped-equals-signs"),
];

#[rustfmt::skip]
const ESCAPED: &[Case] = &[
    case("escaped-line-end", "A line end behind it as \\n, as in the source of a JSON string.", 2,
        "escapes", |token| format!("{token}\\n").into(), BEHIND, "line-end-behind"),
    case("escaped-equals-signs", "Its equals signs escaped as in JSON.", 2,
        "escapes", |token| token.replace('=', "\\u003d").into(), |length| length - 2, "whole"),
    case("shell-continuation", "Lines of 50 characters with a backslash at the end of each, as in a shell script.", 1,
        "escapes", |token| lines(token, 50, "\\\n").into(), |_| 50, "wrapped"),
    case("percent-encoded", "Its equals signs as %3D, as in a URL.", 2,
        "percent-encoding", |token| token.replace('=', "%3D").into(), |length| length - 2, "whole"),
    case("percent-encoded-line-end", "A line end behind it as %0A, as curl encodes a file.", 0,
        "percent-encoding", |token| format!("{token}%0A").into(), BEHIND, "line-end-behind"),
    case("quoted-printable", "Quoted-printable as in an e-mail: each line but the last goes on behind its =.", 2,
        "quoted-printable", |token| {
            lines(token, 72, "\n").replace('=', "=3D").replace('\n', "=\r\n").into()
        }, |_| 72, "wrapped"),
    case("indented", "Wrapped lines with an indent, as in a document.", 2,
        "blanks-inside", |token| lines(token, 76, "\n    ").into(), |_| 77, "wrapped"),
    case("indented-with-tabs", "Wrapped lines with tabs before them.", 1,
        "blanks-inside", |token| lines(token, 64, "\r\n\t").into(), |_| 66, "wrapped"),
    case("lines-joined-by-blanks", "Wrapped lines that became one, with blanks in place of the line ends.", 0,
        "blanks-inside", |token| lines(token, 60, " ").into(), |_| 60, "plus-as-blank"),
];

/// The offset of a quantum of four characters that is not complete is that of its first.
#[rustfmt::skip]
const PADDED: &[Case] = &[
    case("padding-missing", "The two = at its end are missing.", 2,
        "padding", |token| token.trim_end_matches('=').into(), |length| length - 4, "whole"),
    case("padding-of-one-missing", "The one = at its end is missing.", 1,
        "padding", |token| token.trim_end_matches('=').into(), |length| length - 4, "whole"),
    case("padding-half", "One of the two = at its end is missing.", 2,
        "padding", |token| token[..token.len() - 1].into(), |length| length - 1, "padding-missing"),
    case("padding-too-long", "One = too many at its end.", 1,
        "padding", |token| format!("{token}=").into(), BEHIND, "whole"),
    case("padding-without-need", "A = behind a token that needs none.", 0,
        "padding", |token| format!("{token}=").into(), BEHIND, "whole"),
];

/// The place of a sign, which is there once.
fn place(token: &str, sign: char) -> usize {
    token.find(sign).unwrap_or_default()
}

fn with_the_signs(maker: &Maker) -> Vec<Vector> {
    let plus = with_signs(maker, "plus-as-blank");
    let safe = with_signs(maker, "url-safe");
    let slash = with_signs(maker, "escaped-slash");
    let first = place(&safe, '+').min(place(&safe, '/'));
    vec![
        damaged(
            "plus-as-blank",
            "Sent through a web form, which takes a + for a blank.",
            &plus,
            plus.replace('+', " "),
            place(&plus, '+'),
            &["pluses-as-blanks"],
        )
        .unlike("lines-joined-by-blanks"),
        damaged(
            "url-safe",
            "In the URL-safe alphabet.",
            &safe,
            safe.replace('+', "-").replace('/', "_"),
            first,
            &["url-safe"],
        )
        .unlike("whole"),
        damaged(
            "escaped-slash",
            "Its slash escaped, as PHP does in JSON.",
            &slash,
            slash.replace('/', "\\/"),
            place(&slash, '/'),
            &["escapes"],
        )
        .unlike("whole"),
    ]
}

/// A layer of base64 too many, or none.
fn layers(maker: &Maker) -> Vec<Vector> {
    let layer = |text: &str| encode_base64(text.as_bytes()).to_string();
    let twice = |condition: &str, description: &str, text: &str, token: &str, first: char| {
        let message = format!("invalid character '{first}' looking for beginning of value");
        let vector = vector(condition, description, text).refused(Stage::Json, message);
        meaning(vector, token, &["base64-twice"])
    };
    let once = padded(maker, "base64-twice", 2);
    let with_line_end = padded(maker, "base64-twice-with-line-end", 1);
    let thrice = padded(maker, "base64-thrice", 0);
    let json = with_region(maker, "not-encoded", "us-west-1", 1).to_json(Shape::V1_16);
    let spaced = with_region(maker, "not-encoded-spaced", "us-west-1", 1).to_json(Shape::V1_16);
    let spaced = spaced.replace("\":", "\": ").replace(",\"", ",\n  \"");
    vec![
        twice(
            "base64-twice",
            "Put into base64 again, as the value of a Kubernetes Secret is.",
            &layer(&once),
            &once,
            'e',
        )
        .unlike("whole"),
        twice(
            "base64-twice-with-line-end",
            "Put into base64 again together with the line end behind it.",
            &layer(&format!("{with_line_end}\n")),
            &with_line_end,
            'e',
        )
        .unlike("line-end-behind"),
        twice(
            "base64-thrice",
            "Put into base64 two times more.",
            &layer(&layer(&thrice)),
            &thrice,
            'Z',
        )
        .unlike("base64-twice"),
        damaged(
            "not-encoded",
            "The JSON of the token, without the base64 around it.",
            &layer(&json),
            json.as_bytes(),
            0,
            &["not-encoded"],
        )
        .unlike("whole"),
        damaged(
            "not-encoded-spaced",
            "The JSON of the token as a tool has laid it out.",
            &layer(&spaced),
            spaced,
            0,
            &["not-encoded"],
        )
        .unlike("whole"),
    ]
}
