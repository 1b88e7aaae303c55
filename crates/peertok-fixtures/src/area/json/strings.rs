//! What may stand in a text, and what may not.

use super::build::written;
use crate::maker::Maker;
use crate::vector::Vector;
use peering_token::Stage;

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    [
        sound(maker),
        control_characters(maker),
        escapes(maker),
        far_in(maker),
    ]
    .concat()
}

fn sound(maker: &Maker) -> Vec<Vector> {
    // In Partition, which a server takes whatever it is.
    let partition = |condition, description, text: &str| {
        let remote = format!(r#"{{"Partition":"{text}","Datacenter":"dc1","Locality":null}}"#);
        written(maker, condition, description, |token| {
            token.put("Remote", remote)
        })
        .since(14)
    };
    vec![
        partition(
            "escapes-all",
            "Every escape that JSON has; a server writes some of them otherwise.",
            r#"\"\\\/\b\f\n\r\t\u0041\u00e9\uABCD\uefef"#,
        )
        .finds(&["partition-set", "not-canonical"]),
        partition(
            "escapes-as-written",
            "The escapes that a server writes, those for HTML included.",
            r#"\"\\\b\f\n\r\t\u0000\u001f\u003c\u003e\u0026"#,
        )
        .finds(&["partition-set"]),
        partition(
            "html-bare",
            "The characters that a server escapes for the sake of HTML, but bare.",
            "<b>&",
        )
        .finds(&["partition-set", "not-canonical"])
        .unlike("escapes-as-written"),
        partition(
            "escape-upper-case",
            "An escape for HTML with an upper-case digit.",
            r"\u003Cb",
        )
        .finds(&["partition-set", "not-canonical"])
        .unlike("escapes-as-written"),
        partition(
            "short-escapes-long",
            "A line end and a tab by their numbers.",
            r"\u000a\u0009",
        )
        .finds(&["partition-set", "not-canonical"])
        .unlike("escapes-as-written"),
        partition(
            "delete-bare",
            "The blank and DEL, the first and the last character of ASCII that may stand bare.",
            " \x7f",
        )
        .finds(&["partition-set"]),
        written(
            maker,
            "escaped-letters",
            "A server name whose letters are all written by their numbers.",
            |token| {
                let json = token.json();
                let json = String::from_utf8_lossy(&json);
                let name = json
                    .split(r#""ServerName":""#)
                    .nth(1)
                    .and_then(|rest| rest.split('"').next());
                let name = name.unwrap_or_default();
                let escaped: String = name.bytes().map(|byte| format!("\\u{byte:04x}")).collect();
                token.put("ServerName", format!("\"{escaped}\""))
            },
        )
        .finds(&["not-canonical"]),
    ]
}

fn control_characters(maker: &Maker) -> Vec<Vector> {
    #[rustfmt::skip]
    let table = [
        ("text-line-end", "A bare line end in a text.", "\n", r"\n"),
        ("text-carriage-return", "A bare carriage return in a text.", "\r", r"\r"),
        ("text-tab", "A bare tab in a text.", "\t", r"\t"),
        ("text-nul", "A bare NUL in a text.", "\0", r"\x00"),
        ("text-unit-separator", "The bare character 1F, the last that may not stand so.", "\x1f", r"\x1f"),
        ("text-bell", "A bare bell in a text, for which Go has a letter.", "\x07", r"\a"),
        ("text-backspace", "A bare backspace in a text.", "\x08", r"\b"),
        ("text-vertical-tab", "A bare vertical tab in a text.", "\x0b", r"\v"),
        ("text-form-feed", "A bare form feed in a text.", "\x0c", r"\f"),
        ("text-escape", "A bare escape character, which begins a colour of a terminal.", "\x1b", r"\x1b"),
    ];
    let row = |(condition, description, character, shown): (&str, &str, &str, &str)| {
        // Behind enough plain text for a reader of several bytes at a time.
        let value = format!("\"a text that goes on{character}and on and on\"");
        written(maker, condition, description, |token| {
            token.and("Note", value)
        })
        .refused(
            Stage::Json,
            format!("invalid character '{shown}' in string literal"),
        )
        .unlike("delete-bare")
    };
    table.into_iter().map(row).collect()
}

fn escapes(maker: &Maker) -> Vec<Vector> {
    let code = |character: &str| format!("invalid character '{character}' in string escape code");
    let digit = |character: &str| {
        format!(r"invalid character '{character}' in \u hexadecimal character escape")
    };
    #[rustfmt::skip]
    let table = [
        ("escape-x", "An escape with x, as in C.", r"\x41", code("x")),
        ("escape-zero", "An escape with a digit.", r"\0", code("0")),
        ("escape-apostrophe", "An escaped apostrophe.", r"\'", code(r"\'")),
        ("escape-a", "The escape for a bell, as in C.", r"\a", code("a")),
        ("escape-v", "The escape for a vertical tab, as in C.", r"\v", code("v")),
        ("escape-upper-case-n", "An upper-case letter behind the backslash.", r"\N", code("N")),
        ("escape-upper-case-u", "An upper-case U behind the backslash.", r"\U0041", code("U")),
        ("escape-blank", "A blank behind the backslash.", r"\ ", code(" ")),
        ("escape-line-end", "A line end behind the backslash, as in a shell.", "\\\n", code(r"\n")),
        ("escape-digit-1", "The first digit is the letter behind f.", r"\ug041", digit("g")),
        ("escape-digit-2", "The second digit is the letter behind F.", r"\u0G41", digit("G")),
        ("escape-digit-3", "The third digit is the byte behind 9.", r"\u00:1", digit(":")),
        ("escape-digit-4", "The fourth digit is the byte before 0.", r"\u004/", digit("/")),
        ("escape-digit-at", "A digit is the byte before A.", r"\u00@1", digit("@")),
        ("escape-digit-backtick", "A digit is the byte before a.", r"\u00`1", digit("`")),
        ("escape-braces", "Digits in braces, as in JavaScript.", r"\u{41}", digit("{")),
        ("escape-short", "Two digits, and the end of the text.", r"\u41", digit("\"")),
        ("escape-in-escape", "A backslash among the digits.", r"\u00\u0041", digit(r"\\")),
    ];
    let row = |(condition, description, text, message): (&str, &str, &str, String)| {
        let value = format!("\"{text}\"");
        written(maker, condition, description, |token| {
            token.and("Note", value)
        })
        .refused(Stage::Json, message)
        .unlike("escapes-all")
    };
    let mut vectors: Vec<_> = table.into_iter().map(row).collect();
    vectors.push(
        written(
            maker,
            "escape-in-key",
            "A faulty escape in a key.",
            |token| token.and(r"No\te\x", "1"),
        )
        .refused(Stage::Json, code("x"))
        .unlike("unknown"),
    );
    vectors
}

/// What a reader comes to behind more plain characters than it looks at together.
fn far_in(maker: &Maker) -> Vec<Vector> {
    let partition = |condition, description, text: &[u8]| {
        let remote = [b"{\"Partition\":\"", text, b"\"}"].concat();
        written(maker, condition, description, |token| {
            token.put("Remote", remote)
        })
    };
    let in_turn = |what: &str| -> String {
        let texts = (8..16).map(|before| format!("{}{what}", "a".repeat(before)));
        texts.collect()
    };
    let refused = |condition, description, what: &str, message: &str| {
        let text = format!("{}{what}{}", "a".repeat(12), "a".repeat(12));
        partition(condition, description, text.as_bytes())
            .refused(Stage::Json, message)
            .unlike("far-escaped-quotes")
    };
    vec![
        partition(
            "far-escaped-quotes",
            "Quotes that are escaped, behind 8 to 15 other characters each.",
            in_turn("\\\"").as_bytes(),
        )
        .finds(&["partition-set", "not-canonical"]),
        partition(
            "far-escaped-backslashes",
            "Backslashes that are escaped, behind 8 to 15 other characters each.",
            in_turn(r"\\").as_bytes(),
        )
        .finds(&["partition-set", "not-canonical"]),
        refused(
            "far-escape-unknown",
            "An escape that is none, behind 12 other characters.",
            r"\q",
            "invalid character 'q' in string escape code",
        ),
        refused(
            "far-control-31",
            "The last control character, behind 12 other characters.",
            "\u{1f}",
            r"invalid character '\x1f' in string literal",
        ),
        refused(
            "far-control-0",
            "The first control character, behind 12 other characters.",
            "\0",
            r"invalid character '\x00' in string literal",
        ),
        refused(
            "far-quote",
            "A quote that is not escaped, behind 12 other characters.",
            "\"",
            "invalid character 'a' after object key:value pair",
        ),
    ]
}
