//! What is left in the memory of a command when it ends: no secret. A debugger stops it at its last
//! system call and writes its memory to a file.

use crate::support::command::{peertok, stdout};
use crate::support::root;
use crate::support::tools::has;
use crate::{SECRET, as_strs, generate};
use aho_corasick::AhoCorasick;
use peertok::snapshot::State;
use peertok::token::encode_base64;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// What stands before a secret in a snapshot's record: a protobuf string of 36 bytes. The library
/// that unpacks a snapshot has its last 32 KiB left in its window, as SECURITY.md says.
const IN_RECORD: &[u8] = b"\n$";

/// The memory of a command as it ends.
fn memory_at_exit(arguments: &[&str], input: &Path) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let core = folder.path().join("core");
    let output = folder.path().join("output");
    let run = format!(
        "run {} < {} > {} 2>&1",
        arguments.join(" "),
        input.display(),
        output.display()
    );
    let dump = format!("generate-core-file {}", core.display());
    let commands = [
        "set debuginfod enabled off",
        "catch syscall exit_group",
        &run,
        &dump,
        "kill",
    ];
    let mut gdb = Command::new("gdb");
    gdb.current_dir(root())
        .args(["-q", "-nx", "-batch", "-readnever"]);
    for command in commands {
        gdb.args(["-ex", command]);
    }
    gdb.arg(env!("CARGO_BIN_EXE_peertok"));
    let said = gdb.stdin(Stdio::null()).output().unwrap();
    let printed = fs::read(&output).unwrap_or_default();
    assert!(
        !printed.is_empty(),
        "{arguments:?} printed nothing: {said:?}"
    );
    fs::read(&core).unwrap_or_else(|error| panic!("{error}: {said:?}"))
}

fn check(arguments: &[&str], input: &Path, secrets: &[String]) {
    let memory = memory_at_exit(arguments, input);
    let any = AhoCorasick::new(secrets).unwrap();
    let left = any
        .find_iter(&memory)
        .find(|found| !memory[..found.start()].ends_with(IN_RECORD))
        .map(|found| &secrets[found.pattern().as_usize()]);
    assert_eq!(left, None, "{arguments:?} leaves it");
}

/// Parts of a token that tell its secret, and the secret.
fn parts_of(token: &str) -> Vec<String> {
    let mut parts: Vec<String> = token
        .as_bytes()
        .chunks_exact(40)
        .map(|part| String::from_utf8(part.to_vec()).unwrap())
        .collect();
    for before in ["", "x", "xx"] {
        let encoded = encode_base64(format!("{before}{SECRET}").as_bytes());
        parts.push(encoded[4..44].to_owned());
    }
    parts.push(SECRET.to_owned());
    parts
}

#[test]
#[ignore = "takes a debugger, and a minute"]
fn no_secret_of_a_token_is_left() {
    if !has("gdb", "--version") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, content: &str| {
        let path = folder.path().join(name);
        fs::write(&path, content).unwrap();
        path
    };
    let token = stdout(&as_strs(&generate(&[
        "--secret-file",
        "fixtures/ca/secret.txt",
    ])));
    let token = token.trim_end();
    let secrets = parts_of(token);
    let good = file("token", token);
    let at = |path: &Path| format!("@{}", path.display());
    let (good, quoted) = (at(&good), at(&file("quoted", &format!("\"{token}\""))));
    let line = file(
        "lines",
        &format!("{{\"id\":1,\"token\":\"{token}\"}}\n").repeat(3),
    );
    let nothing = Path::new("/dev/null");
    for arguments in [
        &["decode", "--repair", &quoted][..],
        &["decode", &good],
        &["decode", &quoted],
        &["decode", "--json-only", &good],
        &["decode", "--show-secret", &good],
        &["decode", "--format", "json", &good],
        &["validate", &good],
        &["validate", "--format", "json", &good],
        &["diff", &good, "@fixtures/consul/alpha-minted.token"],
        &["edit", &good, "--set", "ServerName=a"],
    ] {
        check(arguments, nothing, &secrets);
    }
    check(&["validate", "--jsonl"], &line, &secrets);
    check(
        &as_strs(&generate(&["--secret-file", "fixtures/ca/secret.txt"])),
        nothing,
        &secrets,
    );
}

#[test]
#[ignore = "takes a debugger, and a minute"]
fn no_secret_of_a_snapshot_is_left() {
    if !has("gdb", "--version") {
        return;
    }
    const SNAPSHOT: &str = "fixtures/consul/alpha-minted.snap";
    let state = State::read(fs::File::open(root().join(SNAPSHOT)).unwrap()).unwrap();
    let peerings = state.peerings.iter();
    let secrets: Vec<String> = peerings
        .flat_map(|peering| peering.secrets.all())
        .map(|(_, secret)| secret.expose().to_owned())
        .collect();
    assert!(!secrets.is_empty());
    let nothing = Path::new("/dev/null");
    for arguments in [
        &["snapshot", "show", SNAPSHOT][..],
        &["snapshot", "show", "--show-secret", SNAPSHOT],
        &[
            "validate",
            "--snapshot",
            SNAPSHOT,
            "@fixtures/consul/alpha-external.token",
        ],
    ] {
        check(arguments, nothing, &secrets);
    }
}

/// The check itself finds what is there: the name of the file that was read.
#[test]
#[ignore = "takes a debugger, and a minute"]
fn the_memory_is_the_commands_own() {
    if !has("gdb", "--version") {
        return;
    }
    let arguments = ["decode", "@fixtures/consul/alpha-external.token"];
    let memory = memory_at_exit(&arguments, Path::new("/dev/null"));
    assert!(memchr::memmem::find(&memory, b"alpha-external.token").is_some());
    assert!(peertok(&arguments).output().unwrap().status.success());
}
