//! Where the JSON begins and ends: what stands around it, and where it was cut off.

use super::build::rewritten;
use crate::maker::Maker;
use crate::vector::{Area, Vector};
use peering_token::Stage;
use peering_token::encode_base64;

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    [cut_off(maker), top_level(maker), around(maker)].concat()
}

/// The JSON ends behind the first place where a text stands.
fn cut_off(maker: &Maker) -> Vec<Vector> {
    const END: &str = "unexpected end of JSON input";
    #[rustfmt::skip]
    let table = [
        ("cut-behind-brace", "The JSON ends behind its first brace.", "{", END),
        ("cut-in-key", "The JSON ends within a key.", "\"Serv", END),
        ("cut-behind-key", "The JSON ends behind a key.", "\"ServerName\"", END),
        ("cut-behind-colon", "The JSON ends behind a colon.", "\"ServerName\":", END),
        ("cut-in-text", "The JSON ends within a text.", "\"ServerName\":\"serv", END),
        ("cut-behind-value", "The JSON ends behind a value.", "Addresses\":null", END),
        ("cut-behind-comma", "The JSON ends behind the comma between two members.", "Addresses\":null,", END),
        ("cut-behind-bracket", "The JSON ends behind the bracket of a list.", "[", END),
        ("cut-behind-element", "The JSON ends behind an element of a list.", "server-1.dc1.internal:8503\"", END),
        ("cut-behind-element-comma", "The JSON ends behind the comma between two elements.", "server-1.dc1.internal:8503\",", END),
        ("cut-before-last-brace", "The last brace is missing.", "\"Locality\":null}", END),
        ("cut-in-null", "The JSON ends within a literal: Go reads on as if a blank stood there.", "\"Locality\":nul",
            "invalid character ' ' in literal null (expecting 'l')"),
        ("cut-behind-backslash", "The JSON ends behind a backslash.", "CERTIFICATE-----\\",
            "invalid character ' ' in string escape code"),
    ];
    let row = |(condition, description, place, message): (&str, &str, &str, &str)| {
        rewritten(maker, condition, description, |json| {
            let end = json.find(place).map_or(json.len(), |at| at + place.len());
            json[..end].to_owned()
        })
        .refused(Stage::Json, message)
        .unlike("line-end-last")
    };
    let mut vectors: Vec<_> = table.into_iter().map(row).collect();
    let ends_with = |condition, description, member: &str, message| {
        rewritten(maker, condition, description, |json| {
            format!("{},{member}", &json[..json.len() - 1])
        })
        .refused(Stage::Json, message)
        .unlike("numbers")
    };
    vectors.extend([
        ends_with(
            "cut-in-escape",
            "The JSON ends among the digits of an escape.",
            r#""Note":"\u00"#,
            r"invalid character ' ' in \u hexadecimal character escape",
        ),
        ends_with(
            "cut-behind-minus",
            "The JSON ends behind a minus sign.",
            r#""Note":-"#,
            "invalid character ' ' in numeric literal",
        ),
        ends_with(
            "cut-behind-point",
            "The JSON ends behind a decimal point.",
            r#""Note":1."#,
            "invalid character ' ' after decimal point in numeric literal",
        ),
        ends_with(
            "cut-behind-exponent",
            "The JSON ends behind the e of a number.",
            r#""Note":1e"#,
            "invalid character ' ' in exponent of numeric literal",
        ),
        ends_with(
            "cut-in-number",
            "The JSON ends behind a number, which is whole.",
            r#""Note":10"#,
            END,
        ),
    ]);
    vectors
}

/// Values that are no object, which do not depend on the cluster.
fn top_level(maker: &Maker) -> Vec<Vector> {
    let plain = |condition, description, json: &str| {
        let token = encode_base64(json.as_bytes()).to_string();
        Vector::new(Area::Json, condition, description, token)
    };
    let wrong = |condition, description, json, found| {
        let message =
            format!("json: cannot unmarshal {found} into Go value of type structs.PeeringToken");
        plain(condition, description, json)
            .refused(Stage::Json, message)
            .unlike("top-level-object")
    };
    let empty = |condition, description, json| {
        plain(condition, description, json)
            .refused(
                Stage::Addresses,
                "peering token server addresses value is empty",
            )
            .finds(&["no-ca", "not-canonical", "secret-missing"])
    };
    vec![
        empty(
            "top-level-object",
            "An empty object: the first thing that a server misses are addresses.",
            "{}",
        ),
        empty(
            "top-level-null",
            "The value null, which is no wrong type: it leaves every member empty.",
            "null",
        )
        .unlike("top-level-number"),
        wrong("top-level-array", "A list.", "[]", "array"),
        wrong("top-level-text", "A text.", "\"token\"", "string"),
        wrong("top-level-number", "A number.", "8503", "number"),
        wrong("top-level-bool", "A truth value.", "true", "bool"),
        rewritten(
            maker,
            "in-array",
            "The token as the only element of a list.",
            |json| format!("[{json}]"),
        )
        .refused(
            Stage::Json,
            "json: cannot unmarshal array into Go value of type structs.PeeringToken",
        )
        .unlike("blanks-everywhere"),
        rewritten(
            maker,
            "in-text",
            "The token's JSON as a JSON text.",
            |json| format!("\"{}\"", json.replace('\\', "\\\\").replace('"', "\\\"")),
        )
        .refused(
            Stage::Json,
            "json: cannot unmarshal string into Go value of type structs.PeeringToken",
        )
        .unlike("blanks-everywhere"),
    ]
}

fn around(maker: &Maker) -> Vec<Vector> {
    let behind = |condition, description, text: &'static [u8], shown| {
        rewritten(maker, condition, description, |json| {
            [json.as_bytes(), text].concat()
        })
        .refused(
            Stage::Json,
            format!("invalid character '{shown}' after top-level value"),
        )
        .unlike("line-end-last")
    };
    let before = |condition, description, text: &'static [u8], shown| {
        rewritten(maker, condition, description, |json| {
            [text, json.as_bytes()].concat()
        })
        .refused(
            Stage::Json,
            format!("invalid character '{shown}' looking for beginning of value"),
        )
        .unlike("blanks-first")
    };
    vec![
        rewritten(
            maker,
            "line-end-last",
            "A line end behind the JSON, as an editor leaves it.",
            |json| format!("{json}\n"),
        ),
        rewritten(
            maker,
            "blanks-last",
            "Each kind of blank behind the JSON.",
            |json| format!("{json} \t\r\n"),
        )
        .unlike("blanks-first"),
        rewritten(
            maker,
            "blanks-first",
            "Each kind of blank before the JSON.",
            |json| format!(" \t\r\n{json}"),
        )
        .finds(&["not-canonical"])
        .unlike("blanks-last"),
        behind(
            "two-objects",
            "A second object behind the token.",
            b"{}",
            "{",
        ),
        behind(
            "two-lines",
            "A second object on a line of its own.",
            b"\n{}",
            "{",
        ),
        behind("comma-behind", "A comma behind the JSON.", b",", ","),
        behind("nul-behind", "A NUL behind the JSON.", b"\0", r"\x00"),
        behind(
            "form-feed-behind",
            "A form feed behind the JSON, which is no blank there.",
            b"\x0c",
            r"\f",
        ),
        behind(
            "vertical-tab-behind",
            "A vertical tab behind blanks.",
            b" \n\x0b",
            r"\v",
        ),
        behind("word-behind", "A word behind the JSON.", b" null", "n"),
        before(
            "vertical-tab-before",
            "A vertical tab before the JSON, which is no blank there.",
            b"\x0b",
            r"\v",
        ),
        before("nul-before", "A NUL before the JSON.", b"\0", r"\x00"),
        before(
            "bracket-before",
            "A closing bracket before the JSON.",
            b"]",
            "]",
        ),
        before(
            "header-before",
            "A guard against inclusion as a script before the JSON.",
            b")]}',",
            ")",
        ),
    ]
}
