//! No command hands a token, or a part of one, to the kernel as a path: paths are in audit logs.
//!
//! strace lists every system call with a path. The one that starts the command has its arguments, so
//! that line is left out.

use crate::support::command::{COLOUR_VARIABLES, output_with};
use crate::support::tools::has;
use crate::support::{fixture_text, root};
use peertok::token::{decode_base64, encode_base64};
use peertok_testing::is_long;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

/// So many characters of a token in a row are no coincidence.
const PART: usize = 24;

/// What `strace` lists of a run of the command in a folder.
fn trace(folder: &Path, arguments: &[&str], input: &[u8]) -> String {
    let trace = folder.join("trace.txt");
    let mut command = Command::new("strace");
    command.args(["-f", "-q", "-s", "100000", "-e", "trace=%file", "-o"]);
    command.arg(&trace).arg(env!("CARGO_BIN_EXE_peertok"));
    command.args(arguments).current_dir(folder);
    for variable in COLOUR_VARIABLES {
        command.env_remove(variable);
    }
    output_with(command, input);
    let lines = fs::read_to_string(&trace).unwrap();
    assert!(lines.contains("execve("), "{lines}");
    let calls = lines.lines().filter(|line| !line.contains("execve("));
    calls.collect::<Vec<_>>().join("\n")
}

/// A part of a text that stands in a trace. A longer part has one of these in it.
fn part_in<'a>(trace: &str, text: &'a str) -> Option<&'a str> {
    let parts = (0..text.len())
        .step_by(PART)
        .filter_map(|at| text.get(at..at + PART));
    let mut parts = parts.filter(|part| !part.contains(['/', ' ', '\n']));
    parts.find(|part| trace.contains(part))
}

#[test]
fn no_token_reaches_the_kernel_as_a_path() {
    if !has("strace", "--version") {
        return;
    }
    let minted = fixture_text("consul/alpha-minted.token");
    let minted = minted.trim_end().to_owned();
    assert!(minted.len() <= 4096, "the longest path");
    let json = decode_base64(minted.as_bytes()).unwrap();
    let json = String::from_utf8(json.to_vec()).unwrap();
    let no_address = encode_base64(json.replace("127.0.0.1:", "127.0.0.1").as_bytes());
    let no_peer = encode_base64(
        json.replace("\"PeerID\":\"", "\"PeerID\":\"\",\"x\":\"")
            .as_bytes(),
    );
    let url_safe = minted.replace('+', "-").replace('/', "_");
    let damaged = [
        format!("'{minted}'"),
        minted.trim_end_matches('=').to_owned(),
        url_safe,
        minted[..minted.len() / 2].to_owned(),
        format!("{}\n  {}", &minted[..400], &minted[400..]),
        // Nothing can be made of these.
        minted[7..].to_owned(),
        minted[200..263].to_owned(),
        format!("{}!{}", &minted[..300], &minted[300..]),
        format!("{}/{}", &minted[..60], &minted[60..120]),
    ];
    let envelope = format!("{{\"PeeringToken\":\"{minted}\"}}");
    let twice = encode_base64(minted.as_bytes());
    let secret = format!(
        "kind: Secret\nmetadata: {{name: a}}\ndata: {{data: {}}}\n",
        *twice
    );
    let mut inputs = vec![
        minted.clone(),
        no_address.to_string(),
        no_peer.to_string(),
        envelope,
        json,
        secret.clone(),
    ];
    inputs.extend(damaged);
    // strace takes its time: a short run has an accepted token, a rejected one and one past repair.
    if !is_long() {
        inputs = vec![minted.clone(), no_peer.to_string(), minted[7..].to_owned()];
    }

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::write(path.join("other.token"), &minted).unwrap();
    fs::write(path.join("secret.yaml"), &secret).unwrap();
    let mesh = format!("[[sites]]\nname = \"{minted}\"\nstate = \"new\"\ndatacenter = \"dc1\"\n");
    fs::write(path.join("mesh.toml"), mesh).unwrap();
    let ca = root().join("fixtures/ca/dc1.pem");
    let ca = ca.to_str().unwrap();

    let mut runs: Vec<(Vec<&str>, &[u8])> = Vec::new();
    for input in &inputs {
        let input = input.as_str();
        for command in [
            &["validate"][..],
            &["validate", "--format", "json"],
            &["decode"],
            &["decode", "--json-only"],
            &["decode", "--format", "json"],
            &["decode", "--repair"],
            &["edit", "--set-address", "lb.example.com:8503"],
        ] {
            let argument = [command, &[input]].concat();
            runs.push((argument, b""));
        }
        runs.push((vec!["validate"], input.as_bytes()));
        runs.push((vec!["decode", "-"], input.as_bytes()));
        runs.push((vec!["diff", input, "@other.token"], b""));
        runs.push((vec!["explain", input], b""));
        runs.push((
            vec![
                "snapshot", "seed", "--fresh", "--token", input, "--name", "west", "--out",
                "s.snap",
            ],
            b"",
        ));
    }
    let line = format!("{{\"id\":1,\"token\":\"{minted}\"}}\n");
    runs.push((vec!["validate", "--jsonl"], line.as_bytes()));
    runs.push((
        vec![
            "edit",
            "--k8s",
            "secret.yaml",
            "--set-address",
            "lb.example.com:8503",
        ],
        b"",
    ));
    runs.push((vec!["mesh", "mesh.toml", "--out", "kit"], b""));
    let generate = vec![
        "generate",
        "-name",
        "west",
        "--ca",
        ca,
        "--datacenter",
        "dc1",
        "--server-address",
        "10.0.0.1:8503",
        "--out",
        "made.token",
        "--force",
    ];
    runs.push((generate, b""));

    // Most calls are those of every run.
    let mut calls = BTreeMap::new();
    for (arguments, input) in &runs {
        for call in trace(path, arguments, input).lines() {
            let (_process, call) = call.split_once(' ').unwrap();
            calls.entry(call.to_owned()).or_insert(arguments[0]);
        }
    }
    for (call, command) in &calls {
        for text in &inputs {
            let found = part_in(call, text);
            assert!(found.is_none(), "{command} names a part of a token: {call}");
        }
    }
    let made = fs::read_to_string(path.join("made.token")).unwrap();
    assert!(made.len() > PART, "the last command has made a token");
}

/// A token that is accepted is no file's name, whatever files there are.
#[test]
fn a_file_that_is_named_like_a_token_changes_nothing() {
    let token = "eyJQZWVySUQiOiIxIiwiU2VydmVyQWRkcmVzc2VzIjpbImE6MSJdfQ==";
    let folder = tempfile::tempdir().unwrap();
    let validate = |argument: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_peertok"));
        command.args(["validate", "--format", "json", argument]);
        let output = command.current_dir(folder.path()).output().unwrap();
        let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        (json["accepted"].clone(), json["recovery"]["name"].clone())
    };
    let before = validate(token);
    for name in [token, "west"] {
        fs::write(folder.path().join(name), "").unwrap();
    }
    assert_eq!(before, (true.into(), serde_json::Value::Null));
    assert_eq!(validate(token), before);
    // What is no token may be the name of a file that is here.
    assert_eq!(validate("west"), (false.into(), "file-name".into()));
    assert_eq!(validate("east"), (false.into(), serde_json::Value::Null));
}
