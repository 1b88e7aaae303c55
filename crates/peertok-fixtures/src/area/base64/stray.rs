//! What is no part of the alphabet: line ends, which Go leaves out, and every other byte.

use super::build::{corrupt, cut};
use crate::maker::Maker;
use crate::vector::Vector;

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    [line_ends(maker), illegal(maker)].concat()
}

/// With a line end behind so many characters.
fn in_lines(text: &str, length: usize, line_end: &str) -> String {
    let mut lines = String::new();
    for (index, character) in text.chars().enumerate() {
        if index > 0 && index % length == 0 {
            lines.push_str(line_end);
        }
        lines.push(character);
    }
    lines
}

fn line_ends(maker: &Maker) -> Vec<Vector> {
    let vector = |condition, description, padding, change: fn(String) -> String| {
        super::build::vector(maker, condition, description, padding, change)
            .finds(&["not-canonical"])
    };
    vec![
        vector(
            "line-end-first",
            "A line end before the token.",
            1,
            |text| format!("\n{text}"),
        ),
        vector(
            "line-end-last",
            "A line end behind the token, as echo leaves it.",
            2,
            |text| format!("{text}\n"),
        )
        .unlike("padding-two"),
        vector(
            "line-end-last-crlf",
            "Carriage return and line feed behind the token.",
            2,
            |text| format!("{text}\r\n"),
        ),
        vector(
            "line-end-last-no-padding",
            "A line end behind a token without padding.",
            0,
            |text| format!("{text}\n"),
        )
        .unlike("padding-none"),
        vector(
            "carriage-return",
            "Carriage returns alone, before, in and behind the token.",
            1,
            |text| format!("\r{}\r", in_lines(&text, 100, "\r")),
        ),
        vector(
            "lines-of-76",
            "Lines of 76 characters, as base64 without -w0 writes them.",
            2,
            |text| format!("{}\n", in_lines(&text, 76, "\n")),
        ),
        vector(
            "lines-of-64",
            "Lines of 64 characters that end in carriage return and line feed.",
            1,
            |text| format!("{}\r\n", in_lines(&text, 64, "\r\n")),
        ),
        vector(
            "lines-of-5",
            "Lines of five characters, so that line ends stand at each place in a group.",
            0,
            |text| in_lines(&text, 5, "\n"),
        ),
        vector(
            "empty-lines",
            "Empty lines in the middle of a group.",
            1,
            |text| format!("{}\n\n\r\n\n{}", &text[..30], &text[30..]),
        ),
        vector(
            "line-end-before-padding",
            "A line end before the padding.",
            2,
            |text| format!("{}\n==", cut(&text, 2)),
        ),
        vector(
            "line-end-within-padding",
            "A line end between the two padding characters.",
            2,
            |text| format!("{}\r\n=", cut(&text, 1)),
        ),
        vector(
            "line-end-before-one-padding",
            "A line end before the only padding character, and one behind it.",
            1,
            |text| format!("{}\n=\n", cut(&text, 1)),
        ),
    ]
}

fn illegal(maker: &Maker) -> Vec<Vector> {
    // The offsets are of all four places in a group.
    #[rustfmt::skip]
    let table: [(&str, &str, usize, &[u8]); 27] = [
        ("blank-first", "A blank before the token.", 0, b" "),
        ("blank-inside", "A blank in the token.", 41, b" "),
        (
            "blanks-indent",
            "A line end and blanks in the token, as in an indented text.",
            65,
            b"\n  ",
        ),
        ("tab", "A tab in the token.", 42, b"\t"),
        ("nul", "A NUL in the token.", 43, b"\0"),
        (
            "vertical-tab",
            "A vertical tab, which is no line end.",
            44,
            b"\x0b",
        ),
        (
            "form-feed",
            "A form feed, which is no line end.",
            45,
            b"\x0c",
        ),
        ("delete", "The control character DEL.", 46, b"\x7f"),
        (
            "asterisk",
            "An asterisk, the byte before the plus sign.",
            47,
            b"*",
        ),
        ("comma", "A comma, the byte behind the plus sign.", 48, b","),
        (
            "full-stop",
            "A full stop, the byte before the slash.",
            49,
            b".",
        ),
        ("colon", "A colon, the byte behind the digit 9.", 50, b":"),
        (
            "less-than",
            "A less-than sign, the byte before the padding character.",
            51,
            b"<",
        ),
        (
            "greater-than",
            "A greater-than sign, the byte behind the padding character.",
            52,
            b">",
        ),
        (
            "at-sign",
            "An at sign, the byte before the letter A.",
            53,
            b"@",
        ),
        (
            "bracket",
            "A bracket, the byte behind the letter Z.",
            54,
            b"[",
        ),
        (
            "backtick",
            "A backtick, the byte before the letter a.",
            55,
            b"`",
        ),
        ("brace", "A brace, the byte behind the letter z.", 56, b"{"),
        (
            "quote-first",
            "A quote before the token, as in JSON.",
            0,
            b"\"",
        ),
        (
            "apostrophe-first",
            "An apostrophe before the token, as in a shell.",
            0,
            b"'",
        ),
        (
            "escaped-line-end",
            "A line end that is written as backslash and n.",
            76,
            b"\\n",
        ),
        (
            "ellipsis",
            "Three dots, where a part was left out.",
            200,
            b"...",
        ),
        (
            "latin-1",
            "The byte E9, an e with an acute accent in Latin-1.",
            57,
            b"\xe9",
        ),
        (
            "utf-8",
            "The same letter in UTF-8; Go names its first byte.",
            58,
            b"\xc3\xa9",
        ),
        (
            "byte-80",
            "The byte 80, the first beyond ASCII.",
            59,
            b"\x80",
        ),
        ("byte-ff", "The byte FF, the last of all.", 60, b"\xff"),
        (
            "byte-order-mark",
            "A byte order mark before the token.",
            0,
            b"\xef\xbb\xbf",
        ),
    ];
    let row = |(condition, description, at, bytes): (&str, &str, usize, &[u8])| {
        // Line ends are left out, so that the byte behind them is the illegal one.
        let names = at + bytes.iter().take_while(|&&byte| byte == b'\n').count();
        let nearest = match at {
            0 => "line-end-first",
            _ => "lines-of-5",
        };
        corrupt(maker, condition, description, 1, |text| {
            let (before, behind) = text.as_bytes().split_at(at);
            ([before, bytes, behind].concat(), names)
        })
        .unlike(nearest)
    };
    let mut vectors: Vec<_> = table.into_iter().map(row).collect();
    vectors.push(
        corrupt(
            maker,
            "quote-last",
            "A quote behind a token without padding.",
            0,
            |text| (format!("{text}\""), text.len()),
        )
        .unlike("line-end-last-no-padding"),
    );
    vectors
}
