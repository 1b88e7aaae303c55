use super::*;
use proptest::prelude::*;

fn check(text: &[u8]) -> Result<(), String> {
    let mut reader = Reader::new(text);
    reader
        .skip()
        .and_then(|()| reader.finish())
        .map_err(|error| error.to_string())
}

/// Each answer is Go 1.26's.
#[test]
fn refuses_in_the_words_of_go() {
    for (text, expected) in [
        ("", "unexpected end of JSON input"),
        (" \n", "unexpected end of JSON input"),
        ("h", "invalid character 'h' looking for beginning of value"),
        ("{", "unexpected end of JSON input"),
        (
            "{,",
            "invalid character ',' looking for beginning of object key string",
        ),
        (
            r#"{"a":1,}"#,
            "invalid character '}' looking for beginning of object key string",
        ),
        (r#"{"a" 1}"#, "invalid character '1' after object key"),
        (
            r#"{"a":1 "b"}"#,
            "invalid character '\"' after object key:value pair",
        ),
        ("[1 2]", "invalid character '2' after array element"),
        (
            "[1,]",
            "invalid character ']' looking for beginning of value",
        ),
        ("1 2", "invalid character '2' after top-level value"),
        ("{}}", "invalid character '}' after top-level value"),
        ("\"a\nb\"", "invalid character '\\n' in string literal"),
        ("\"a", "unexpected end of JSON input"),
        ("\"\\", "invalid character ' ' in string escape code"),
        ("\"\\x", "invalid character 'x' in string escape code"),
        ("\"\\'", "invalid character '\\'' in string escape code"),
        (
            "\"\\u00",
            "invalid character ' ' in \\u hexadecimal character escape",
        ),
        (
            "\"\\u00\\",
            "invalid character '\\\\' in \\u hexadecimal character escape",
        ),
        (
            "tru",
            "invalid character ' ' in literal true (expecting 'e')",
        ),
        (
            "nul1",
            "invalid character '1' in literal null (expecting 'l')",
        ),
        (
            "fALSE",
            "invalid character 'A' in literal false (expecting 'a')",
        ),
        ("-", "invalid character ' ' in numeric literal"),
        ("-a", "invalid character 'a' in numeric literal"),
        ("01", "invalid character '1' after top-level value"),
        (
            "1.",
            "invalid character ' ' after decimal point in numeric literal",
        ),
        (
            "1.e",
            "invalid character 'e' after decimal point in numeric literal",
        ),
        ("1e", "invalid character ' ' in exponent of numeric literal"),
        (
            "1e+x",
            "invalid character 'x' in exponent of numeric literal",
        ),
        (
            "\u{1}",
            "invalid character '\\x01' looking for beginning of value",
        ),
        ("é", "invalid character 'Ã' looking for beginning of value"),
        (
            "\u{a0}",
            "invalid character 'Â' looking for beginning of value",
        ),
        (
            "\u{7f}",
            "invalid character '\\x7f' looking for beginning of value",
        ),
        ("{} \u{feff}", "invalid character 'ï' after top-level value"),
    ] {
        assert_eq!(check(text.as_bytes()), Err(expected.to_owned()), "{text:?}");
    }
    assert_eq!(
        check(b"\x80").unwrap_err(),
        "invalid character '\\u0080' looking for beginning of value"
    );
}

#[test]
fn accepts_what_go_accepts() {
    for text in [
        " null ",
        "true",
        "-0",
        "0.5e-10",
        "1E+2",
        "[]",
        "[ ]",
        "{ }",
        "[[],{}]",
        r#"{"a":{"b":[1,{"c":null}]},"d":"\"\\\/\b\f\n\r\t\ud800"}"#,
    ] {
        assert_eq!(check(text.as_bytes()), Ok(()), "{text}");
    }
    assert_eq!(check(b"\"\xff\x7f\""), Ok(()));
}

/// Go counts brackets, and takes 10,000 of them.
#[test]
fn nesting_ends_where_go_ends_it() {
    for (open, close, word) in [("[", "]", "["), ("{\"a\":", "}", "{")] {
        let nested = |n: usize| format!("{}1{}", open.repeat(n), close.repeat(n));
        assert_eq!(check(nested(10_000).as_bytes()), Ok(()));
        assert_eq!(
            check(nested(10_001).as_bytes()).unwrap_err(),
            format!("invalid character '{word}' exceeded max depth")
        );
    }
}

fn unescaped(literal: &[u8]) -> String {
    let mut reader = Reader::new(literal);
    let raw = reader.peek().and_then(|_| reader.string()).unwrap();
    raw.unescape().into_owned()
}

/// Each answer is Go 1.26's.
#[test]
fn reads_strings_as_go_does() {
    for (literal, expected) in [
        (&br#""a\u0062\n""#[..], "ab\n"),
        (br#""\ud83d\ude00""#, "\u{1f600}"),
        (br#""\ud83d""#, "\u{fffd}"),
        (br#""\ud83dx""#, "\u{fffd}x"),
        (br#""\ud83d\n""#, "\u{fffd}\n"),
        (br#""\ude00\ud83d""#, "\u{fffd}\u{fffd}"),
        (br#""\ud83d\ud83d\ude00""#, "\u{fffd}\u{1f600}"),
        (br#""\ud83d\u0041""#, "\u{fffd}A"),
        (b"\"\xe2\x82\"", "\u{fffd}\u{fffd}"),
        (b"\"\xf0\x9f\x98x\"", "\u{fffd}\u{fffd}\u{fffd}x"),
        (b"\"\xed\xa0\x80\"", "\u{fffd}\u{fffd}\u{fffd}"),
        (b"\"\xe2\x82\\u0041\"", "\u{fffd}\u{fffd}A"),
    ] {
        assert_eq!(unescaped(literal), expected, "{}", literal.escape_ascii());
    }
}

#[test]
fn keys_fold_as_go_folds_them() {
    for (key, name, expected) in [
        ("\"CA\"", "CA", true),
        ("\"ca\"", "CA", true),
        ("\"\\u0063A\"", "CA", true),
        ("\"\u{17f}erverName\"", "ServerName", true),
        ("\"\u{212a}ey\"", "Key", true),
        ("\"CA \"", "CA", false),
        ("\"C\u{c1}\"", "CA", false),
        ("\"\"", "CA", false),
    ] {
        let mut reader = Reader::new(key.as_bytes());
        let raw = reader.peek().and_then(|_| reader.string()).unwrap();
        assert_eq!(raw.folds_to(name), expected, "{key}");
    }
}

proptest! {
    #[test]
    fn unusual_bytes_are_found_where_they_are(
        plain in "[ -!#-\\[\\]-\u{7f}]{0,40}",
        unusual in prop::option::of(prop_oneof![Just(b'"'), Just(b'\\'), 0_u8..0x20, 0x80_u8..]),
        rest: Vec<u8>,
    ) {
        let mut bytes = plain.clone().into_bytes();
        prop_assert_eq!(find_unusual(&bytes), None);
        if let Some(unusual) = unusual {
            bytes.push(unusual);
            bytes.extend(rest);
            prop_assert_eq!(find_unusual(&bytes), Some(plain.len()));
        }
    }

    #[test]
    fn what_is_written_is_read_back(text: String) {
        let mut literal = String::new();
        write_string(&mut literal, &text);
        prop_assert_eq!(unescaped(literal.as_bytes()), text);
    }

    /// Nothing that serde_json takes is refused, and the other way round, but for what Go takes
    /// beyond JSON: raw bytes that are no UTF-8 and lone surrogates, which are not made here.
    #[test]
    fn agrees_with_serde_json(text in r#"[\[\]{}:,"\\truefalsn0-9.eE+ \n-]{0,12}"#) {
        let ours = check(text.as_bytes()).is_ok();
        let theirs = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
        prop_assert_eq!(ours, theirs, "{}", text);
    }
}
