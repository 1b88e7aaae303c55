//! What is no JSON, at each place of Go's scanner.

use super::build::{rewritten, written};
use crate::maker::Maker;
use crate::vector::Vector;
use peering_token::Stage;

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    [
        structure(maker),
        unknown(maker),
        numbers(maker),
        literals(maker),
    ]
    .concat()
}

/// Faults between values: each replaces the first place where a text stands.
fn structure(maker: &Maker) -> Vec<Vector> {
    #[rustfmt::skip]
    let table = [
        ("key-bare", "A key without quotes, as in JavaScript.", "{\"CA\"", "{CA",
            "invalid character 'C' looking for beginning of object key string"),
        ("key-apostrophes", "A key in apostrophes, as Python prints it.", "{\"CA\"", "{'CA'",
            r"invalid character '\'' looking for beginning of object key string"),
        ("comma-first", "A comma before the first member.", "{\"CA\"", "{,\"CA\"",
            "invalid character ',' looking for beginning of object key string"),
        ("comma-last", "A comma behind the last member.", "}}", "},}",
            "invalid character '}' looking for beginning of object key string"),
        ("comma-twice", "Two commas between two members.", ",\"PeerID\"", ",,\"PeerID\"",
            "invalid character ',' looking for beginning of object key string"),
        ("comma-missing", "No comma between two members.", ",\"PeerID\"", "\"PeerID\"",
            "invalid character '\"' after object key:value pair"),
        ("semicolon", "A semicolon between two members.", ",\"PeerID\"", ";\"PeerID\"",
            "invalid character ';' after object key:value pair"),
        ("colon-missing", "No colon behind a key.", "\"PeerID\":", "\"PeerID\"",
            "invalid character '\"' after object key"),
        ("equals-sign", "An equals sign behind a key.", "\"PeerID\":", "\"PeerID\"=",
            "invalid character '=' after object key"),
        ("comma-for-colon", "A comma behind a key.", "\"PeerID\":", "\"PeerID\",",
            "invalid character ',' after object key"),
        ("colon-twice", "Two colons behind a key.", "\"PeerID\":", "\"PeerID\"::",
            "invalid character ':' looking for beginning of value"),
        ("value-missing", "A key and a colon without a value.", "\"ManualServerAddresses\":null",
            "\"ManualServerAddresses\":",
            "invalid character ',' looking for beginning of value"),
        ("last-value-missing", "The last member has no value.", "\"Locality\":null", "\"Locality\":",
            "invalid character '}' looking for beginning of value"),
        ("value-apostrophes", "A text in apostrophes.", "\"PeerID\":\"", "\"PeerID\":'",
            r"invalid character '\'' looking for beginning of value"),
        ("element-comma-missing", "No comma between two elements of a list.", "8503\",\"server-2", "8503\"\"server-2",
            "invalid character '\"' after array element"),
        ("element-colon", "A colon between two elements of a list.", "8503\",\"server-2", "8503\":\"server-2",
            "invalid character ':' after array element"),
        ("element-comma-last", "A comma behind the last element of a list.", "8503\"]", "8503\",]",
            "invalid character ']' looking for beginning of value"),
        ("element-comma-first", "A comma before the first element of a list.", "[\"server-1", "[,\"server-1",
            "invalid character ',' looking for beginning of value"),
        ("list-closed-by-brace", "A list that a brace closes.", "8503\"]", "8503\"}",
            "invalid character '}' after array element"),
        ("object-closed-by-bracket", "An object that a bracket closes.", "\"Locality\":null}}", "\"Locality\":null]}",
            "invalid character ']' after object key:value pair"),
        ("brace-too-many", "One brace too many at the end.", "}}", "}}}",
            "invalid character '}' after top-level value"),
        ("comment", "A comment.", "{\"CA\"", "{/*token*/\"CA\"",
            "invalid character '/' looking for beginning of object key string"),
        ("comment-behind-value", "A comment behind a value.", "\"Locality\":null", "\"Locality\":null#none",
            "invalid character '#' after object key:value pair"),
    ];
    let row = |(condition, description, place, with, message): (&str, &str, &str, &str, &str)| {
        rewritten(maker, condition, description, |json| {
            json.replacen(place, with, 1)
        })
        .refused(Stage::Json, message)
        .unlike(nearest(condition))
    };
    table.into_iter().map(row).collect()
}

fn nearest(condition: &str) -> &'static str {
    match condition {
        "value-missing" => "sound",
        _ => "blanks-everywhere",
    }
}

/// A value in a member that no server knows; it is checked all the same.
fn unknown_value(
    maker: &Maker,
    (condition, description, value, message): (&str, &str, &str, &str),
) -> Vector {
    let vector = written(maker, condition, description, |token| {
        token.and("Note", value)
    });
    vector.refused(Stage::Json, message)
}

/// Faults in the objects and lists of a member that no server knows.
fn unknown(maker: &Maker) -> Vec<Vector> {
    #[rustfmt::skip]
    let table = [
        ("unknown-comma-missing", "No comma between the members of an unknown object.", r#"[{"a":0 "b":1}]"#,
            "invalid character '\"' after object key:value pair"),
        ("unknown-element-comma-missing", "No comma between the elements of an unknown list.", r#"{"a":[0 1]}"#,
            "invalid character '1' after array element"),
        ("unknown-colon-missing", "No colon behind a key of an unknown object.", r#"{"a":0,"b"}"#,
            "invalid character '}' after object key"),
    ];
    let row = |row| unknown_value(maker, row).unlike("literals");
    table.into_iter().map(row).collect()
}

fn numbers(maker: &Maker) -> Vec<Vector> {
    #[rustfmt::skip]
    let table = [
        ("number-minus-alone", "A minus sign without digits.", "-",
            "invalid character '}' in numeric literal"),
        ("number-minus-twice", "Two minus signs.", "--1",
            "invalid character '-' in numeric literal"),
        ("number-minus-infinity", "Infinity, as Python writes it.", "-Infinity",
            "invalid character 'I' in numeric literal"),
        ("number-plus", "A plus sign before a number.", "+1",
            "invalid character '+' looking for beginning of value"),
        ("number-point-first", "A number that begins with the point.", ".5",
            "invalid character '.' looking for beginning of value"),
        ("number-point-last", "A number that ends with the point.", "1.",
            "invalid character '}' after decimal point in numeric literal"),
        ("number-point-exponent", "An exponent right behind the point.", "0.e1",
            "invalid character 'e' after decimal point in numeric literal"),
        ("number-points", "Two points in a number.", "1.5.1",
            "invalid character '.' after object key:value pair"),
        ("number-leading-zero", "A zero before another digit.", "01",
            "invalid character '1' after object key:value pair"),
        ("number-minus-leading-zero", "The same behind a minus sign.", "-01",
            "invalid character '1' after object key:value pair"),
        ("number-hexadecimal", "A hexadecimal number.", "0x10",
            "invalid character 'x' after object key:value pair"),
        ("number-exponent-empty", "An exponent without digits.", "1e",
            "invalid character '}' in exponent of numeric literal"),
        ("number-exponent-sign", "An exponent that is a sign alone.", "1E+",
            "invalid character '}' in exponent of numeric literal"),
        ("number-exponent-signs", "An exponent with two signs.", "1.5e-+1",
            "invalid character '+' in exponent of numeric literal"),
        ("number-exponent-point", "A point in an exponent.", "1e1.5",
            "invalid character '.' after object key:value pair"),
        ("number-underscore", "An underscore between digits.", "8_503",
            "invalid character '_' after object key:value pair"),
        ("number-nan", "NaN, as Python writes it.", "NaN",
            "invalid character 'N' looking for beginning of value"),
    ];
    let row = |row| unknown_value(maker, row).unlike("numbers");
    table.into_iter().map(row).collect()
}

fn literals(maker: &Maker) -> Vec<Vector> {
    #[rustfmt::skip]
    let table = [
        ("literal-t", "The literal true without its r.", "tue",
            "invalid character 'u' in literal true (expecting 'r')"),
        ("literal-tr", "The literal true with another letter for the u.", "trve",
            "invalid character 'v' in literal true (expecting 'u')"),
        ("literal-tru", "The literal true without its e.", "tru",
            "invalid character '}' in literal true (expecting 'e')"),
        ("literal-f", "The literal false with an upper-case A.", "fAlse",
            "invalid character 'A' in literal false (expecting 'a')"),
        ("literal-fa", "The literal false with another letter for the l.", "fa1se",
            "invalid character '1' in literal false (expecting 'l')"),
        ("literal-fal", "The literal false without its s.", "fale",
            "invalid character 'e' in literal false (expecting 's')"),
        ("literal-fals", "The literal false without its e.", "fals",
            "invalid character '}' in literal false (expecting 'e')"),
        ("literal-n", "The word no.", "no",
            "invalid character 'o' in literal null (expecting 'u')"),
        ("literal-nu", "The literal null without an l.", "nu",
            "invalid character '}' in literal null (expecting 'l')"),
        ("literal-nul", "The literal null without its last l.", "nul",
            "invalid character '}' in literal null (expecting 'l')"),
        ("literal-too-long", "A letter behind the literal null.", "nulls",
            "invalid character 's' after object key:value pair"),
        ("literal-python", "True, as Python writes it.", "True",
            "invalid character 'T' looking for beginning of value"),
        ("literal-undefined", "The word undefined, as in JavaScript.", "undefined",
            "invalid character 'u' looking for beginning of value"),
    ];
    let row = |row| unknown_value(maker, row).unlike("literals");
    table.into_iter().map(row).collect()
}
