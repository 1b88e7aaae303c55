//! Tokens that were made to harm whoever looks at them: terminal escapes, texts that run backwards,
//! NULs and fields a megabyte long. What is shown of them is harmless and short.

use crate::support::command::{output_with, peertok};
use crate::support::root;
use peertok_testing::is_long;
use serde_json::{Value, json};

/// Clears the screen, sets the title, moves the cursor; runs backwards; ends a C string.
const HOSTILE: &str = "\u{1b}[2J\u{1b}]0;x\u{7}\u{9b}31m\r\u{8}\u{202e}\u{2066}\u{200b}\u{feff}\0\u{7f}\u{e0041}\u{85}";

/// The longest line that is shown, in characters. An escape takes up to ten in place of one.
const WIDEST: usize = 6000;
/// The most that is shown of a token, in bytes, however large it is.
const MOST: usize = 1 << 20;

/// A token with one text in every field.
fn token(text: &str) -> Value {
    json!({
        "CA": [text, format!("-----BEGIN CERTIFICATE-----\n{text}")],
        "ManualServerAddresses": [format!("{text}:1"), text],
        "ServerAddresses": [format!("{text}:8503")],
        "ServerName": text,
        "PeerID": text,
        "EstablishmentSecret": text,
        "Remote": {
            "Partition": text,
            "Datacenter": text,
            "Locality": {"Region": text, "Zone": text},
        },
        text: text,
    })
}

/// The token above, and others that get further in the verdict or have one kind of content often.
fn tokens(text: &str) -> Vec<Value> {
    let with = |changes: Value| {
        let mut token = token(text);
        for (name, value) in changes.as_object().unwrap() {
            token[name] = value.clone();
        }
        token
    };
    let root = std::fs::read_to_string(root().join("fixtures/ca/dc1.pem")).unwrap();
    let address = format!("{text}:1");
    vec![
        token(text),
        with(json!({"CA": null})),
        with(json!({"CA": [root]})),
        with(json!({"CA": null, "ManualServerAddresses": [address]})),
        with(json!({"CA": [root, root], "ManualServerAddresses": [address, address]})),
        with(json!({"CA": [root], "ManualServerAddresses": null})),
        with(json!({"CA": {text: text}})),
        with(json!({"CA": [{text: [text]}], "Remote": [text]})),
    ]
}

/// What a command prints of a token that it reads from standard input.
fn printed(arguments: &[&str], given: &[u8]) -> (String, String) {
    let output = output_with(peertok(arguments), given);
    let code = output.status.code();
    assert!(code.is_some_and(|code| code < 3), "{arguments:?}: {code:?}");
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr))
}

fn check_harmless(what: &str, text: &str) {
    for character in text.chars() {
        let harmful = (character.is_control() && character != '\n')
            || matches!(
                character,
                '\u{200b}'..='\u{200f}'
                    | '\u{202a}'..='\u{202e}'
                    | '\u{2066}'..='\u{2069}'
                    | '\u{feff}'
                    | '\u{e0000}'..='\u{e007f}'
            );
        assert!(!harmful, "{what} shows {character:?}");
    }
}

fn check_short(what: &str, text: &str) {
    let widest = text.lines().map(|line| line.chars().count()).max();
    assert!(
        widest.unwrap_or(0) <= WIDEST,
        "{what}: {widest:?} characters wide"
    );
    assert!(text.len() <= MOST, "{what}: {} bytes", text.len());
}

const COMMANDS: [&[&str]; 4] = [
    &["decode"],
    &["validate"],
    &["diff", "-", "@fixtures/consul/alpha-minted.token"],
    &["diff", "@fixtures/consul/alpha-minted.token", "-"],
];

/// Commands whose standard output is a token, so that only what they say beside it is looked at.
const EDITS: [&[&str]; 2] = [
    &["edit", "-", "--set-address", "10.0.0.1:8503"],
    &["edit", "-", "--remove-address", "a:1", "--as-consul"],
];

#[test]
fn hostile_fields_are_shown_escaped() {
    for token in tokens(HOSTILE) {
        let token = token.to_string();
        for form in ["pretty", "json"] {
            for command in COMMANDS {
                let arguments = [command, &["--format", form]].concat();
                let (out, err) = printed(&arguments, token.as_bytes());
                let what = format!("{arguments:?} of {token}");
                check_harmless(&what, &out);
                check_harmless(&what, &err);
                if form == "pretty" {
                    check_short(&what, &out);
                }
                check_short(&what, &err);
            }
        }
        for command in EDITS {
            let (_, err) = printed(command, token.as_bytes());
            let what = format!("{command:?} of {token}");
            check_harmless(&what, &err);
            check_short(&what, &err);
        }
    }
}

#[test]
fn large_fields_are_cut() {
    let step = if is_long() { 1 } else { 4 };
    for (text, of_it) in [
        ("a".repeat(1 << 20), 1),
        (HOSTILE.repeat(1 << 8), usize::MAX),
        ("é".repeat(1 << 13), usize::MAX),
    ] {
        for token in tokens(&text).into_iter().take(of_it).step_by(step) {
            let token = token.to_string();
            let limit = token.len() * 2;
            for command in COMMANDS {
                let limit = limit.to_string();
                let arguments = [command, &["--max-size", &limit]].concat();
                let (out, err) = printed(&arguments, token.as_bytes());
                let what = format!("{arguments:?} of {:.20}", text.escape_debug().to_string());
                check_harmless(&what, &out);
                check_harmless(&what, &err);
                check_short(&what, &out);
                check_short(&what, &err);
            }
        }
    }
}

/// A list that is as long as a token can be, rather than a text.
#[test]
fn long_lists_are_shown_in_part() {
    let elements = [
        "",
        "a",
        "10.0.0.1:1",
        "\u{202e}:1",
        "-----BEGIN CERTIFICATE-----",
    ];
    let step = if is_long() { 1 } else { 3 };
    for element in elements.into_iter().step_by(step) {
        let mut token = token("a");
        for list in ["CA", "ManualServerAddresses", "ServerAddresses"] {
            token[list] = json!(vec![element; (1 << 17) / (element.len() + 3)]);
        }
        let mut without_ca = token.clone();
        without_ca["CA"] = Value::Null;
        for token in [token, without_ca] {
            let token = token.to_string();
            for command in COMMANDS {
                let (out, err) = printed(command, token.as_bytes());
                let what = format!("{command:?} of {element:?}");
                check_harmless(&what, &out);
                check_short(&what, &out);
                check_short(&what, &err);
            }
        }
    }
}
