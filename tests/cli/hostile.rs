//! Tokens, files and arguments that were made to harm whoever looks at them: terminal escapes, texts
//! that run backwards, NULs and fields a megabyte long. What is shown of them is harmless and short.

use super::consoles::commands;
use super::endless::RUNS;
use crate::support::command::{output_with, peertok};
use crate::support::root;
use peertok_testing::is_long;
use serde_json::{Value, json};
use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;

/// Clears the screen, sets the title, moves the cursor; runs backwards; cannot be seen; ends a C
/// string.
const HOSTILE: &str = "\u{1b}[2J\u{1b}]0;x\u{7}\u{9b}31m\r\u{8}\u{202e}\u{2066}\u{200b}\u{feff}\0\u{7f}\u{e0041}\u{85}\u{34f}\u{115f}\u{3164}\u{fe0f}\u{ffa0}\u{180e}\u{2028}";

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
                '\u{ad}'
                    | '\u{34f}'
                    | '\u{115f}'
                    | '\u{180e}'
                    | '\u{200b}'..='\u{200f}'
                    | '\u{2028}'..='\u{202e}'
                    | '\u{2060}'..='\u{206f}'
                    | '\u{3164}'
                    | '\u{fe00}'..='\u{fe0f}'
                    | '\u{feff}'
                    | '\u{ffa0}'
                    | '\u{e0000}'..='\u{e0fff}'
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

/// What a command prints, which no terminal acts on. Where it is not UTF-8, the test fails.
fn check_run(arguments: &[OsString], folder: &Path) {
    let mut command = peertok(&[]);
    command.args(arguments).current_dir(folder);
    let output = output_with(command, b"");
    let what = format!("{arguments:?}");
    let code = output.status.code();
    assert!(code.is_some_and(|code| code < 3), "{what}: {code:?}");
    for printed in [output.stdout, output.stderr] {
        let text = String::from_utf8(printed).unwrap_or_else(|error| panic!("{what}: {error}"));
        check_harmless(&what, &text);
        check_short(&what, &text);
    }
}

/// A name that a file can have: all of the above but NUL and `/`, and bytes that are no UTF-8.
fn hostile_name() -> OsString {
    let name = HOSTILE.replace('\0', "\n");
    OsString::from_vec([name.as_bytes(), b"\xff\x9b31m"].concat())
}

/// Each argument that takes a file, with a hostile name and with what may stand in the file.
#[test]
fn hostile_file_names_are_shown_escaped() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(hostile_name());
    let fixture = |name: &str| Some(fs::read(root().join("fixtures").join(name)).unwrap());
    let mesh =
        "[[sites]]\nname = \"a\"\nstate = \"new\"\ndatacenter = \"a\"\naddresses = [\"a.net\"]\n";
    let contents = [
        None,
        Some(HOSTILE.as_bytes().to_vec()),
        Some(
            mesh.replace("\"new\"", &format!("\"{HOSTILE}\""))
                .into_bytes(),
        ),
        Some(mesh.as_bytes().to_vec()),
        fixture("ca/dc1.pem"),
        fixture("consul/alpha-minted.token"),
        fixture("consul/alpha-minted.snap"),
        fixture("kubernetes/list.json"),
    ];
    let step = if is_long() { 1 } else { 3 };
    for content in contents.into_iter().step_by(step) {
        for (_, _, run) in RUNS {
            match &content {
                None => drop(fs::remove_file(&path)),
                Some(content) => fs::write(&path, content).unwrap(),
            }
            let words = run.split(' ').map(|word| {
                let word = word.replace("@T", "@fixtures/consul/alpha-minted.token");
                let word = word.replace("D/", &format!("{}/", folder.path().display()));
                let parts: Vec<&[u8]> = word.split("{}").map(str::as_bytes).collect();
                OsString::from_vec(parts.join(path.as_os_str().as_bytes()))
            });
            check_run(&words.collect::<Vec<_>>(), root());
        }
    }
    // What is written gets a hostile name, too, and is there or in the way the second time.
    let out = folder.path().join("out");
    fs::create_dir(&out).unwrap();
    fs::write(out.join("mesh.toml"), mesh).unwrap();
    let ca = root().join("fixtures/ca/dc1.pem");
    let ca = ca.to_str().unwrap();
    for run in [
        "ca new --out {}/ca".to_owned(),
        "fixtures {}/corpus".to_owned(),
        "fixtures {}".to_owned(),
        "man --out {}/man".to_owned(),
        "mesh mesh.toml --out {}/kit".to_owned(),
        "mesh mesh.toml --out {}".to_owned(),
        "mesh --check {}/kit".to_owned(),
        "mesh mesh.toml --check {}/kit".to_owned(),
        format!(
            "generate -name a --ca {ca} --datacenter a --server-address a:1 --out {{}}/t --snapshot-out {{}}/s"
        ),
        format!("generate -name a --ca {ca} --datacenter a --server-address a:1 --out {{}}"),
    ] {
        for _ in 0..2 {
            let words = run.split(' ').map(|word| {
                let parts: Vec<&[u8]> = word.split("{}").map(str::as_bytes).collect();
                OsString::from_vec(parts.join(hostile_name().as_bytes()))
            });
            let _ = fs::create_dir(out.join(hostile_name()));
            check_run(&words.collect::<Vec<_>>(), &out);
        }
    }
    // A file that the kit does not have, and a folder in its place.
    let kit = out.join(hostile_name()).join("kit");
    fs::write(kit.join(hostile_name()), "").unwrap();
    fs::write(kit.join("a").join(hostile_name()), "").unwrap();
    let check = ["mesh", "--check"].map(OsString::from);
    check_run(&[&check[..], &[kit.into_os_string()]].concat(), &out);
}

/// Each flag and each argument of each command, with a hostile value.
#[test]
fn hostile_arguments_are_shown_escaped() {
    let folder = tempfile::tempdir().unwrap();
    // No argument has a NUL.
    let value = HOSTILE.replace('\0', "");
    let mut runs: Vec<Vec<String>> = vec![vec![value.clone()], vec![format!("--{value}")]];
    for (command, help) in commands("") {
        let words: Vec<String> = command.split(' ').map(str::to_owned).collect();
        let with = |more: &[&str]| {
            let more = more.iter().map(|more| (*more).to_owned());
            words.iter().cloned().chain(more).collect::<Vec<String>>()
        };
        runs.push(with(&[&value]));
        runs.push(with(&[&value, &value]));
        runs.push(with(&[&format!("--{value}")]));
        let flags = help
            .split_whitespace()
            .filter(|word| word.starts_with("--"));
        let flags: std::collections::BTreeSet<&str> = flags
            .map(|flag| flag.trim_matches(|c: char| !c.is_ascii_alphanumeric() && c != '-'))
            .collect();
        for flag in flags {
            runs.push(with(&[flag, &value]));
            runs.push(with(&[&format!("{flag}={value}")]));
        }
    }
    let generate =
        "generate --ca fixtures/ca/dc1.pem --datacenter dc1 --server-address 10.0.0.1:8503 -name a";
    for flag in [
        "-name",
        "-meta",
        "--datacenter",
        "--server-address",
        "-server-external-addresses",
        "-partition",
        "--cluster-id",
        "--server-name",
        "--locality-region",
        "--locality-zone",
        "--peer-id",
        "--consul-version",
        "--k8s-secret",
        "--establish",
    ] {
        let words =
            generate
                .split(' ')
                .chain([flag, &value, "--out", "target/hostile.token", "--force"]);
        runs.push(words.map(str::to_owned).collect());
    }
    let step = if is_long() { 1 } else { 2 };
    for run in runs.into_iter().step_by(step) {
        let folder = if run.contains(&"fixtures/ca/dc1.pem".to_owned()) {
            root().to_owned()
        } else {
            folder.path().to_owned()
        };
        let run: Vec<OsString> = run.into_iter().map(OsString::from).collect();
        check_run(&run, &folder);
    }
}

/// Each text of a file that describes the sites, with a hostile value in its place, as it can be
/// written with escapes and as it is.
#[test]
fn hostile_lines_of_toml_are_shown_escaped() {
    let folder = tempfile::tempdir().unwrap();
    let sound = "mode = \"token\"\npairs = [{ accept = \"a\", dial = \"b\" }]\n\
        [[sites]]\nname = \"a\"\nstate = \"new\"\ndatacenter = \"dc1\"\naddresses = [\"a.net:1\"]\n\
        external_addresses = [\"b.net:1\"]\nca = [\"none.pem\"]\nkey = \"none.key\"\n\
        cluster_id = \"11111111-1111-1111-1111-111111111111\"\nconsul_version = \"1.20\"\n\
        kubernetes = { namespace = \"n\", secret_prefix = \"p-\" }\n\
        [[sites]]\nname = \"b\"\nbase = \"none.snap\"\n";
    // TOML has escapes for all of it, and takes most of it as it is.
    let escaped: String = HOSTILE
        .chars()
        .map(|c| format!("\\U{:08X}", u32::from(c)))
        .collect();
    let raw: String = HOSTILE.chars().filter(|c| *c >= '\u{80}').collect();
    let mut texts = Vec::new();
    let quotes: Vec<usize> = sound.match_indices('"').map(|(at, _)| at).collect();
    for value in [&escaped, &raw, HOSTILE] {
        for quoted in quotes.chunks(2) {
            let mut text = sound.to_owned();
            text.replace_range(quoted[0] + 1..quoted[1], value);
            texts.push(text);
        }
        // A key, a comment on a line with a fault, and a line that is no TOML.
        texts.push(sound.replace("datacenter", &format!("\"{value}\"")));
        texts.push(sound.replace("state = \"new\"", &format!("state = \"x\" # {value}")));
        texts.push(sound.replace("[[sites]]", &format!("[[{value}]]")));
        texts.push(format!("{value}\n{sound}"));
    }
    for text in texts {
        fs::write(folder.path().join("mesh.toml"), &text).unwrap();
        for run in [
            ["mesh", "mesh.toml", "--out", "kit"],
            ["mesh", "mesh.toml", "--check", "."],
        ] {
            check_run(&run.map(OsString::from), folder.path());
        }
        let _ = fs::remove_dir_all(folder.path().join("kit"));
    }
}
