//! The command as its users see it. Most of it is in transcripts, one behaviour a file; what a
//! transcript cannot tell is here.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const SECRET: &str = "08551fd2-ae58-51d7-89a6-2819d3207341";

const COLOUR_VARIABLES: [&str; 3] = ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn peertok(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_peertok"));
    command.current_dir(root()).args(arguments);
    command.stdin(Stdio::null());
    for variable in COLOUR_VARIABLES {
        command.env_remove(variable);
    }
    command
}

fn output(arguments: &[&str]) -> Output {
    peertok(arguments).output().unwrap()
}

fn stdout(arguments: &[&str]) -> String {
    let output = output(arguments);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {stderr}");
    String::from_utf8(output.stdout).unwrap()
}

fn generate(more: &[&str]) -> Vec<String> {
    let plain = "generate -name west --ca fixtures/ca/dc1.pem --datacenter dc1 --server-address 10.0.0.1:8503";
    plain
        .split(' ')
        .chain(more.iter().copied())
        .map(str::to_owned)
        .collect()
}

fn as_strs(arguments: &[String]) -> Vec<&str> {
    arguments.iter().map(String::as_str).collect()
}

/// A run of the command, in a file of `tests/cmd` that is named after it; `[..]` stands for what
/// changes from day to day.
#[derive(serde::Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
struct Transcript {
    args: Vec<String>,
    status: i32,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    stdin: String,
    stdout: String,
    stderr: String,
}

/// `SNAPSHOTS=overwrite cargo test --test cli transcripts` writes anew what differs.
#[test]
fn transcripts() {
    let overwrite = std::env::var_os("SNAPSHOTS").is_some_and(|value| value == "overwrite");
    let mut run = 0;
    for entry in fs::read_dir(root().join("tests/cmd")).unwrap() {
        let path = entry.unwrap().path();
        let transcript = fs::read_to_string(&path).unwrap();
        let mut transcript: Transcript = toml::from_str(&transcript).unwrap();
        // Backslashes are part of what is pinned here, and no path separators.
        let exactly = snapbox::Assert::new().normalize_paths(false);
        println!("{}", path.display());
        let command = snapbox::cmd::Command::new(env!("CARGO_BIN_EXE_peertok"))
            .with_assert(exactly.clone())
            .current_dir(root())
            .env("COLUMNS", "100")
            .env_remove(COLOUR_VARIABLES[0])
            .env_remove(COLOUR_VARIABLES[1])
            .env_remove(COLOUR_VARIABLES[2])
            .args(&transcript.args)
            .stdin(transcript.stdin.clone());
        if overwrite {
            let output = command.output().unwrap();
            let status = output.status.code().unwrap();
            let stdout = with_wildcards(output.stdout, &transcript.stdout);
            let stderr = with_wildcards(output.stderr, &transcript.stderr);
            let same = |found: &str, expected: &str| {
                exactly.try_eq(None, found.into(), expected.into()).is_ok()
            };
            if transcript.status != status
                || !same(&stdout, &transcript.stdout)
                || !same(&stderr, &transcript.stderr)
            {
                (transcript.status, transcript.stdout, transcript.stderr) =
                    (status, stdout, stderr);
                fs::write(&path, toml::to_string_pretty(&transcript).unwrap()).unwrap();
            }
        } else {
            command
                .assert()
                .code(transcript.status)
                .stdout_eq(transcript.stdout)
                .stderr_eq(transcript.stderr);
        }
        run += 1;
    }
    assert!(run >= 100, "found only {run} transcripts");
}

/// What was printed, with each line that an expected one with `[..]` stands for replaced by that.
fn with_wildcards(printed: Vec<u8>, expected: &str) -> String {
    let stands_for = |pattern: &str, line: &str| {
        let mut rest = Some(line);
        let mut parts = pattern.split("[..]");
        rest = rest.and_then(|rest| rest.strip_prefix(parts.next()?));
        for part in parts {
            rest = rest.and_then(|rest| Some(&rest[rest.find(part)? + part.len()..]));
        }
        rest.is_some()
    };
    let patterns: Vec<&str> = expected.lines().filter(|l| l.contains("[..]")).collect();
    let printed = String::from_utf8(printed).unwrap();
    printed
        .split_inclusive('\n')
        .map(|line| {
            let text = line.trim_end_matches('\n');
            let pattern = patterns.iter().find(|pattern| stands_for(pattern, text));
            pattern.map_or(line.to_owned(), |pattern| line.replace(text, pattern))
        })
        .collect()
}

/// Each of the servers' tokens is made again from what its server knew, to the byte.
#[test]
fn generate_makes_the_servers_tokens() {
    for (name, roots, addresses) in [
        (
            "alpha-minted",
            "alpha-external",
            "--server-address 127.0.0.1:18503",
        ),
        (
            "alpha-external",
            "alpha-external",
            "--server-address 127.0.0.1:18503 -server-external-addresses lb.example.com:8503,10.0.0.1:8503",
        ),
        (
            "alpha-rotated",
            "alpha-rotated",
            "--server-address 127.0.0.1:18503",
        ),
        (
            "alpha-gateways",
            "alpha-gateways",
            "--server-address 203.0.113.7:443 --server-address 127.0.0.10:8443",
        ),
    ] {
        let file = format!("fixtures/consul/{name}.token");
        let minted = fs::read_to_string(root().join(&file)).unwrap();
        let fields = stdout(&[
            "decode",
            "--json-only",
            "--show-secret",
            &format!("@{file}"),
        ]);
        let fields: serde_json::Value = serde_json::from_str(&fields).unwrap();
        let field = |name: &str| fields[name].as_str().unwrap().to_owned();
        let folder = tempfile::tempdir().unwrap();
        let secret = folder.path().join("secret");
        fs::write(&secret, field("EstablishmentSecret")).unwrap();
        let roots_file = format!("fixtures/consul/{roots}.roots.json");
        let peer_id = field("PeerID");
        let mut arguments = vec![
            "generate-token",
            "-name",
            "west",
            "--datacenter",
            "Alpha",
            "--roots",
            &roots_file,
            "--peer-id",
            &peer_id,
            "--secret-file",
            secret.to_str().unwrap(),
        ];
        arguments.extend(addresses.split(' '));
        assert_eq!(stdout(&arguments), minted, "{name}");

        // The roots as PEM files give the same entries.
        let roots = fs::read(root().join(&roots_file)).unwrap();
        let roots: serde_json::Value = serde_json::from_slice(&roots).unwrap();
        let mut files = Vec::new();
        for (index, entry) in roots["Roots"].as_array().unwrap().iter().enumerate() {
            let file = folder.path().join(format!("{index}.pem"));
            fs::write(&file, entry["RootCert"].as_str().unwrap()).unwrap();
            files.push(file.to_str().unwrap().to_owned());
        }
        let at = arguments.iter().position(|a| *a == "--roots").unwrap();
        arguments.drain(at..at + 2);
        for file in &files {
            arguments.extend(["--ca", file]);
        }
        assert_eq!(stdout(&arguments), minted, "{name} from PEM files");
    }
}

#[test]
fn the_sample_of_consuls_page_has_the_shape_of_1_13() {
    let token = stdout(&[
        "generate",
        "-name",
        "cluster-02",
        "--consul-version",
        "1.13",
        "--no-ca",
        "--datacenter",
        "dc1",
        "--server-address",
        "192.0.2.1:8502",
        "--secret-file",
        "fixtures/ca/secret.txt",
    ]);
    assert!(token.starts_with("eyJDQSI6bnVs"), "{token}");
    let json = peertok::decode_base64(token.trim_end().as_bytes()).unwrap();
    let end = format!("\"EstablishmentSecret\":\"{SECRET}\"}}");
    assert!(String::from_utf8_lossy(&json).ends_with(&end));
}

/// A token that is decoded and built again is the same to the byte; one whose secret was not shown
/// gets it from the original.
#[test]
fn a_decoded_token_is_built_again() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("t.json");
    let name = file.to_str().unwrap();
    for token in ["alpha-external", "alpha-rotated", "gamma-seeded"] {
        let token = format!("@fixtures/consul/{token}.token");
        let minted = fs::read_to_string(root().join(&token[1..])).unwrap();
        fs::write(&file, stdout(&["decode", "--json-only", &token])).unwrap();
        assert_eq!(stdout(&["edit", &token, "--from-json", name]), minted);
        assert_eq!(
            output(&["edit", "--from-json", name]).status.code(),
            Some(2)
        );
        let shown = stdout(&["decode", "--json-only", "--show-secret", &token]);
        fs::write(&file, shown).unwrap();
        assert_eq!(stdout(&["edit", "--from-json", name]), minted);
    }
}

/// What is not edited keeps its bytes, odd ones too.
#[test]
fn an_edit_changes_only_what_it_says() {
    let json = "{ \"peerid\" : \"a\",\n \"Extra\": [1e0],\"SERVERADDRESSES\":[\"a:1\"],\"PeerID\":null }\n";
    let token = peertok::encode_base64(json.as_bytes());
    let id = "11111111-2222-3333-4444-555555555555";
    let edited = stdout(&[
        "edit",
        &token,
        "--set",
        &format!("peer-id={id}"),
        "--add-address",
        "b",
    ]);
    let edited = peertok::decode_base64(edited.trim_end().as_bytes()).unwrap();
    assert_eq!(
        String::from_utf8_lossy(&edited),
        format!(
            "{{\"ManualServerAddresses\":[\"b:8503\"], \"Extra\": [1e0],\"SERVERADDRESSES\":[\"a:1\"],\"PeerID\":\"{id}\" }}\n"
        )
    );
}

#[test]
fn an_edited_token_is_private_and_never_replaces_one_unasked() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    let name = file.to_str().unwrap();
    let arguments = [
        "edit",
        "@fixtures/consul/alpha-minted.token",
        "--set-address",
        "lb:1",
        "--out",
        name,
    ];
    assert_eq!(stdout(&arguments), "");
    let mode = fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(output(&arguments).status.code(), Some(2));
    stdout(&[&arguments[..], &["--force"]].concat());
    // A token can be edited in its own file.
    let itself = format!("@{name}");
    stdout(&[
        "edit",
        &itself,
        "--set-address",
        "x:1",
        "--out",
        name,
        "--force",
    ]);
    assert!(stdout(&["validate", &itself]).contains("dials x:1"));
    let before = fs::read(&file).unwrap();
    let refused = output(&[
        "edit",
        &itself,
        "--set",
        "ServerName=",
        "--out",
        name,
        "--force",
    ]);
    assert_eq!(refused.status.code(), Some(1));
    assert_eq!(fs::read(&file).unwrap(), before);
}

#[test]
fn random_values_differ_from_run_to_run() {
    let arguments = generate(&[]);
    assert_ne!(stdout(&as_strs(&arguments)), stdout(&as_strs(&arguments)));
}

#[test]
fn a_file_with_a_token_is_private_and_never_replaced_unasked() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    let arguments = generate(&["--out", file.to_str().unwrap()]);
    assert_eq!(stdout(&as_strs(&arguments)), "");
    let first = fs::read_to_string(&file).unwrap();
    assert_eq!(
        fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o600
    );
    assert!(first.ends_with("==\n") || first.ends_with("=\n"));
    assert!(
        output(&["validate", &format!("@{}", file.display())])
            .status
            .success()
    );

    let refused = output(&as_strs(&arguments));
    assert_eq!(refused.status.code(), Some(2));
    assert_eq!(fs::read_to_string(&file).unwrap(), first);

    let mut forced = arguments.clone();
    forced.push("--force".to_owned());
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    stdout(&as_strs(&forced));
    assert_ne!(fs::read_to_string(&file).unwrap(), first);
    assert_eq!(
        fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o600
    );
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        1,
        "something was left behind"
    );
}

/// The statuses that `validate --snapshot` tells of tokens.
fn statuses(snapshot: &str, tokens: &[&str]) -> Vec<String> {
    let status = |token: &&str| {
        let arguments = [
            "validate",
            "--format",
            "json",
            "--snapshot",
            snapshot,
            token,
        ];
        let verdict: serde_json::Value =
            serde_json::from_slice(&output(&arguments).stdout).unwrap();
        verdict["token_status"].as_str().unwrap().to_owned()
    };
    tokens.iter().map(status).collect()
}

#[test]
fn several_tokens_go_into_one_snapshot() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let [one, two] = [
        stdout(&as_strs(&generate(&[]))),
        stdout(&as_strs(&generate(&[]))),
    ];
    let (one, two) = (one.trim_end(), two.trim_end());
    let tokens = ["--token", one, "--name", "a", "--token", two, "--name", "b"];
    let base = "fixtures/consul/gamma.snap";
    let onto = [base, "--allow-old-base"];
    for (name, start) in [("fresh", &["--fresh"][..]), ("based", &onto)] {
        let out = path(name);
        let mut arguments = [&["snapshot", "seed", "--out", &out][..], &tokens, start].concat();
        assert_eq!(stdout(&arguments), "");
        assert_eq!(
            fs::metadata(&out).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert_eq!(statuses(&out, &[one, two]), ["redeemable", "redeemable"]);
        // A second time there is nothing to do, and nothing changes.
        let again = path(&format!("{name}-again"));
        arguments[3] = &again;
        arguments.truncate(arguments.len() - start.len());
        arguments.extend([&out, "--allow-old-base"]);
        let output = output(&arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
        assert_eq!(
            said.matches("the base honours the token of").count(),
            2,
            "{said}"
        );
        assert_eq!(statuses(&again, &[one, two]), ["redeemable", "redeemable"]);
    }
    // The tokens are another cluster's than the base is, which no dialer gets through with.
    let out = path("warned");
    let arguments = [&["snapshot", "seed", "--out", &out][..], &tokens, &onto].concat();
    let said = String::from_utf8(output(&arguments).stderr).unwrap();
    assert!(said.contains("is not the acceptor's server name"), "{said}");
    assert!(said.contains("is not in the token"), "{said}");
}

/// A snapshot and its token belong together: one is not replaced where the other is not written.
#[test]
fn a_token_that_is_lost_leaves_the_snapshot_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let snapshot = folder.path().join("s");
    let token = folder.path().join("t");
    let names = [
        "--snapshot-out",
        snapshot.to_str().unwrap(),
        "--out",
        token.to_str().unwrap(),
    ];
    stdout(&as_strs(&generate(&names)));
    let first = fs::read(&snapshot).unwrap();
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let arguments = generate(&[names[0], names[1], "--force"]);
    let lost = peertok(&as_strs(&arguments)).stdout(full).output().unwrap();
    assert_eq!(lost.status.code(), Some(2));
    assert_eq!(fs::read(&snapshot).unwrap(), first);
    let nowhere = folder.path().join("absent/t");
    let arguments = generate(&[
        names[0],
        names[1],
        "--force",
        "--out",
        nowhere.to_str().unwrap(),
    ]);
    assert_eq!(output(&as_strs(&arguments)).status.code(), Some(2));
    assert_eq!(fs::read(&snapshot).unwrap(), first);
    let same = folder.path().join("absent/../s");
    for same in [snapshot.as_path(), &same] {
        let arguments = generate(&[
            names[0],
            names[1],
            "--force",
            "--out",
            same.to_str().unwrap(),
        ]);
        let refused = output(&as_strs(&arguments));
        assert_eq!(refused.status.code(), Some(2), "{same:?}");
        assert_eq!(fs::read(&snapshot).unwrap(), first);
    }
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        2,
        "something was left behind"
    );
}

#[test]
fn what_fails_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    let arguments = generate(&[
        "--out",
        file.to_str().unwrap(),
        "--ca",
        "fixtures/ca/key.pem",
    ]);
    assert_eq!(output(&as_strs(&arguments)).status.code(), Some(2));
    let nowhere = folder.path().join("absent/token");
    let arguments = generate(&["--out", nowhere.to_str().unwrap()]);
    assert_eq!(output(&as_strs(&arguments)).status.code(), Some(2));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

/// The limit is one for each token, and a manifest may hold many.
#[test]
fn a_manifest_may_be_larger_than_a_token() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("list.json");
    let list = fs::read_to_string(root().join("fixtures/kubernetes/list.json")).unwrap();
    let path = format!("@{}", file.display());
    for (padding, status) in [(2 << 20, 1), (17 << 20, 2)] {
        let padded = list.replacen("v1\",", &format!("v1\",{}", " ".repeat(padding)), 1);
        fs::write(&file, padded).unwrap();
        let output = output(&["validate", "--format", "json", &path]);
        assert_eq!(output.status.code(), Some(status));
        let lines = String::from_utf8(output.stdout).unwrap().lines().count();
        assert_eq!(lines, if status == 1 { 3 } else { 0 });
    }
}

/// A Secret goes into a private file, and whatever is then read from it, whole, several times over or
/// damaged, shows neither the secret nor the token, be it in base64 once, twice or three times.
#[test]
fn secrets_in_manifests_stay_there() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let good = file("good.yaml");
    let mut arguments = generate(&[
        "--secret-file",
        "fixtures/ca/secret.txt",
        "--k8s-secret",
        "a",
    ]);
    arguments.extend(["--out".to_owned(), good.to_str().unwrap().to_owned()]);
    assert_eq!(stdout(&as_strs(&arguments)), "");
    let mode = fs::metadata(&good).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let yaml = fs::read_to_string(&good).unwrap();
    let value = yaml.split_whitespace().last().unwrap().to_owned();
    let token = peertok::decode_base64(value.as_bytes()).unwrap();
    let token = String::from_utf8(token.to_vec()).unwrap();
    assert_eq!(
        stdout(&[
            "decode",
            "--json-only",
            "--show-secret",
            &format!("@{}", good.display())
        ])
        .matches(SECRET)
        .count(),
        1
    );

    let mut shown = Vec::new();
    let data = format!("data: {value}");
    for manifest in [
        yaml.clone(),
        format!("{yaml}---\n{yaml}"),
        yaml.replace(&value, &token),
        yaml.replace(&data, &format!("data: \"{value}")),
        yaml.replace(&data, &format!("data: *{value}")),
        yaml.replace(&data, &format!("data: {value}: x")),
        yaml.replace(&data, &format!("data: @{value}")),
        yaml.replace(&value, &format!("{value}!")),
        yaml.replace(&data, &format!("data: {{data: {value}}}")),
        yaml.replace("kind: Secret", &format!("kind: {token}")),
        yaml.replace("name: a", &format!("name: {token}")),
        yaml.replace("name: a", &format!("name: {value}"))
            .replace(&data, "b: IQ=="),
        yaml.replace(&value, &peertok::encode_base64(value.as_bytes())),
    ] {
        let path = file("manifest");
        fs::write(&path, &manifest).unwrap();
        let path = format!("@{}", path.display());
        for arguments in [
            &["decode", &path][..],
            &["decode", "--format", "json", &path],
            &["decode", "--json-only", &path],
            &["decode", "--k8s-name", "b", &path],
            &["decode", &manifest],
            &["validate", &path],
            &["validate", "--format", "json", &path],
        ] {
            let output = output(arguments);
            shown.extend(output.stdout);
            shown.extend(output.stderr);
        }
    }
    for arguments in [
        &["decode", &format!("@{value}")][..],
        &["decode", "--k8s-name", &format!("/{value}"), "e30="],
        &["decode", &value],
    ] {
        shown.extend(output(arguments).stderr);
    }
    let shown = String::from_utf8_lossy(&shown);
    assert!(shown.contains("<redacted, sha256:"));
    assert!(!shown.contains(&SECRET[..18]), "the secret is shown");
    for encoded in [&token, &value, &*peertok::encode_base64(value.as_bytes())] {
        assert!(!shown.contains(&encoded[..80]), "the token is shown");
    }
}

/// No output of these shows the secret, nor a private key that was given by mistake.
#[test]
fn secrets_stay_where_they_are() {
    let token = stdout(&as_strs(&generate(&[
        "--secret-file",
        "fixtures/ca/secret.txt",
    ])));
    let token = token.trim_end();
    let folder = tempfile::tempdir().unwrap();
    let damaged = folder.path().join("secret");
    fs::write(&damaged, format!("{SECRET}0")).unwrap();
    let key = fs::read_to_string(root().join("fixtures/ca/key.pem")).unwrap();
    // Keys in places where nobody expects one.
    let text = serde_json::json!(key);
    let odd = peertok::encode_base64(
        format!("{{\"CA\":[{text}],\"ServerName\":{text},\"PeerID\":{text},\"ServerAddresses\":[{text}],{text}:1,\"EstablishmentSecret\":\"{SECRET}\"}}").as_bytes(),
    );
    let key = key.lines().nth(1).unwrap();
    let line = format!("\"{token}\"\n");
    let mut shown = Vec::new();
    for arguments in [
        vec!["decode", token],
        vec!["decode", "--format", "json", token],
        vec!["decode", "--json-only", token],
        vec!["validate", token],
        vec!["validate", "--format", "json", token],
        vec!["validate", "--jsonl"],
        vec!["diff", token, "@fixtures/consul/alpha-minted.token"],
        vec!["diff", "--format", "json", token, "e30="],
        vec!["diff", token, "x"],
        vec!["diff", token],
        vec!["diff", token, &odd],
        vec!["diff", "--format", "json", &odd, token],
        vec!["diff", "--format", "json", &odd, &odd],
        vec!["edit", &odd, "--remove-address", "x", "--list", "server"],
        vec!["edit", &odd, "--set", "partition=x"],
        vec![
            "edit",
            &odd,
            "--no-ca",
            "--as-consul",
            "--out",
            "/dev/null/x",
        ],
        vec!["edit", token],
        vec!["edit", token, "--no-ca", "--out", "/"],
        vec!["edit", token, "--set", "PeerID="],
        vec!["edit", token, "--set", token],
        vec!["edit", "--set", token],
        vec!["edit", token, "--add-address", token],
        vec!["edit", token, "--remove-address", token],
        vec!["edit", token, "--from-json", token],
        vec![token],
        vec!["decode", "x", token],
        vec!["decode", "--max-size", token],
        vec!["generate", "-name", token],
        vec![
            "generate",
            "-name",
            "west",
            "--datacenter",
            "dc1",
            "--secret-file",
            SECRET,
        ],
    ] {
        let mut child = peertok(&arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A command that does not read its input closes the pipe.
        let _ = child.stdin.take().unwrap().write_all(line.as_bytes());
        let output = child.wait_with_output().unwrap();
        shown.extend(output.stdout);
        shown.extend(output.stderr);
    }
    for more in [
        ["--secret-file", damaged.to_str().unwrap()],
        ["--ca", "fixtures/ca/key.pem"],
        ["--ca", "fixtures/ca/with-key.pem"],
        [
            "--ca",
            &fs::read_to_string(root().join("fixtures/ca/key.pem")).unwrap(),
        ],
        ["--roots", damaged.to_str().unwrap()],
    ] {
        let mut arguments = generate(&more);
        if more[0] == "--roots" {
            arguments.retain(|a| a != "--ca" && a != "fixtures/ca/dc1.pem");
        }
        let output = output(&as_strs(&arguments));
        assert_eq!(output.status.code(), Some(2), "{more:?}");
        shown.extend(output.stdout);
        shown.extend(output.stderr);
    }
    let shown = String::from_utf8_lossy(&shown);
    assert!(shown.contains("<redacted, sha256:"));
    assert!(!shown.contains(&SECRET[..18]), "the secret is shown");
    assert!(!shown.contains(key), "a private key is shown");
    assert!(!shown.contains(&token[..80]), "the token is shown");
    // In base64 the secret looks different by where it starts within a group of three bytes.
    for before in ["", "x", "xx"] {
        let encoded = peertok::encode_base64(format!("{before}{SECRET}").as_bytes());
        assert!(
            !shown.contains(&encoded[4..40]),
            "the secret is shown in base64"
        );
    }
}

#[test]
fn input_of_every_bad_kind_is_one_line_and_a_hint() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, content: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let empty = file("empty", b"");
    let zeros = file("zeros", &vec![0; 2 << 20]);
    let not_text = file("not-text", b"\xff\xfe\x00\x80");
    let huge = file("huge", &vec![b'A'; 17 << 20]);
    let folder = folder.path().to_str().unwrap().to_owned();
    for (path, decoded, as_ca) in [
        ("/absent", 2, 2),
        (&*folder, 2, 2),
        (&*empty, 1, 2),
        (&*zeros, 1, 2),
        (&*not_text, 1, 2),
        (&*huge, 1, 2),
    ] {
        let at_path = format!("@{path}");
        for (arguments, code) in [
            (vec!["decode".to_owned(), at_path.clone()], decoded),
            (generate(&["--ca", path]), as_ca),
            (generate(&["--ca-chain", path]), as_ca),
            (generate(&["--secret-file", path]), as_ca),
        ] {
            let output = output(&as_strs(&arguments));
            let stderr = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(code), "{arguments:?}: {stderr}");
            assert_eq!(output.stdout, b"", "{arguments:?}");
            let mut lines = stderr.lines();
            assert!(
                lines.next().unwrap().starts_with("peertok: error: "),
                "{stderr}"
            );
            assert!(
                lines.all(|line| line.starts_with("peertok: hint: ")),
                "{stderr}"
            );
        }
    }
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let token = fs::read_to_string(root().join("fixtures/consul/alpha-minted.token")).unwrap();
    let line = format!("{{\"id\":1,\"token\":\"{}\"}}\n", token.trim_end());
    let mut child = peertok(&["validate", "--jsonl"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(line.as_bytes()).unwrap();
    let mut first = [0; 10];
    child
        .stdout
        .as_mut()
        .unwrap()
        .read_exact(&mut first)
        .unwrap();
    drop(child.stdout.take());
    // The writer may find the pipe closed in turn.
    let lines = line.repeat(2000);
    let _ = stdin.write_all(lines.as_bytes());
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
}

/// One line sent is one line answered, before the next is sent.
#[test]
fn jsonl_answers_line_by_line_and_in_order() {
    let mut child = peertok(&["validate", "--jsonl"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut out = std::io::BufReader::new(child.stdout.take().unwrap());
    for id in 0..3 {
        writeln!(stdin, "{{\"id\":{id},\"token\":\"e30=\"}}").unwrap();
        let mut line = String::new();
        std::io::BufRead::read_line(&mut out, &mut line).unwrap();
        assert!(
            line.starts_with(&format!("{{\"id\":{id},\"accepted\":false,")),
            "{line}"
        );
    }
    // Many lines, one of them longer than is kept, are answered in order too.
    let long = "A".repeat(4 << 20);
    let writer = std::thread::spawn(move || {
        for id in 3..40_000 {
            match id {
                20_000 => writeln!(stdin, "{{\"id\":{id},\"token\":\"{long}\"}}").unwrap(),
                _ => writeln!(stdin, "{{\"id\":{id},\"token\":\"e30=\"}}").unwrap(),
            }
        }
    });
    let mut answers = String::new();
    out.read_to_string(&mut answers).unwrap();
    writer.join().unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1));
    let mut expected = 3;
    for line in answers.lines() {
        let answer: serde_json::Value = serde_json::from_str(line).unwrap();
        if expected == 20_000 {
            assert_eq!(answer["stage"], "input");
            assert!(answer["id"].is_null());
        } else {
            assert_eq!(answer["id"], expected);
            assert_eq!(answer["stage"], "addresses");
        }
        expected += 1;
    }
    assert_eq!(expected, 40_000);
}

#[test]
fn colour_is_for_terminals_and_for_those_who_ask() {
    // Here nothing is a terminal, so that only what is asked for can bring colour.
    let escapes = |arguments: &[&str], variables: &[&str]| {
        let mut command = peertok(arguments);
        command.envs(variables.iter().map(|variable| (*variable, "1")));
        let output = command.output().unwrap();
        [output.stdout, output.stderr].concat().contains(&0x1b)
    };
    for asked in [
        &["validate", "e30="][..],
        &["--help"],
        &["decode", "--nope"],
    ] {
        let with = |color| [&[color][..], asked].concat();
        assert!(!escapes(asked, &[]), "{asked:?}");
        assert!(escapes(&with("--color=always"), &[]), "{asked:?}");
        assert!(escapes(&with("--color=always"), &["NO_COLOR"]), "{asked:?}");
        assert!(escapes(asked, &["CLICOLOR_FORCE"]), "{asked:?}");
        assert!(
            !escapes(&with("--color=never"), &["CLICOLOR_FORCE"]),
            "{asked:?}"
        );
        assert!(!escapes(asked, &["NO_COLOR"]), "{asked:?}");
    }
}

/// What is printed keeps to the published JSON Schemas.
#[test]
fn json_output_keeps_to_its_schema() {
    let schema = |name: &str| {
        let file = fs::read(root().join("docs/schemas").join(name)).unwrap();
        jsonschema::validator_for(&serde_json::from_slice(&file).unwrap()).unwrap()
    };
    let (decode, validate) = (
        schema("peertok.decode.1.json"),
        schema("peertok.validate.1.json"),
    );
    let verdict_line = schema("peertok.validate.jsonl.json");
    let snapshot = schema("peertok.snapshot.1.json");
    let diff = schema("peertok.diff.1.json");
    for name in [
        "alpha-gateways",
        "gamma",
        "active-dialer",
        "synthetic-148-bytes",
    ] {
        let file = format!("fixtures/consul/{name}.snap");
        let printed = stdout(&["snapshot", "show", "--format", "json", &file]);
        let printed: serde_json::Value = serde_json::from_str(&printed).unwrap();
        if let Err(error) = snapshot.validate(&printed) {
            panic!("{name}: {error}");
        }
        let verdict = output(&[
            "validate",
            "--format",
            "json",
            "--snapshot",
            &file,
            "@fixtures/consul/alpha-minted.token",
        ]);
        let verdict: serde_json::Value = serde_json::from_slice(&verdict.stdout).unwrap();
        assert!(validate.is_valid(&verdict), "{verdict}");
        assert!(
            verdict["findings"]
                .as_array()
                .is_some_and(|found| !found.is_empty())
        );
    }
    let with_locality = generate(&[
        "--locality-region",
        "r",
        "-server-external-addresses",
        "a:1",
    ]);
    let without_ca =
        "generate -name a --no-ca --consul-version 1.13 --datacenter d --server-address a:1";
    let tokens = [
        stdout(&as_strs(&with_locality)),
        stdout(&without_ca.split(' ').collect::<Vec<_>>()),
        fs::read_to_string(root().join("fixtures/consul/alpha-rotated.token")).unwrap(),
        "eyJQZWVySUQiOjF9".to_owned(),
        "e30=".to_owned(),
        // A token that was damaged, one that is cut off, and what is none.
        "'eyJDQSI6bnVsbCwiUGVlcklEIjoicCJ9'".to_owned(),
        "eyJDQSI6bnVsbCwiUGVlcklEIjoicCI".to_owned(),
        SECRET.to_owned(),
    ];
    for token in &tokens {
        let token = token.trim_end();
        for (command, schema) in [("decode", &decode), ("validate", &validate)] {
            let printed = output(&[command, "--format", "json", token]).stdout;
            if command == "decode" && token == SECRET {
                assert!(printed.is_empty(), "there are no fields to show");
                continue;
            }
            let printed: serde_json::Value = serde_json::from_slice(&printed).unwrap();
            if let Err(error) = schema.validate(&printed) {
                panic!("{command} {token}: {error}: {printed}");
            }
        }
        let mut child = peertok(&["validate", "--jsonl"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        writeln!(
            child.stdin.take().unwrap(),
            "{{\"id\":[1],\"token\":\"{token}\"}}\nx"
        )
        .unwrap();
        let printed = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
        assert_eq!(printed.lines().count(), 2);
        for line in printed.lines() {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            assert!(verdict_line.is_valid(&line), "{line}");
        }
    }
    // The fourth cannot be read.
    for (a, b) in [(0, 0), (0, 1), (1, 2), (2, 4), (4, 0)] {
        let (a, b) = (tokens[a].trim_end(), tokens[b].trim_end());
        let printed = output(&["diff", "--format", "json", a, b]).stdout;
        let printed: serde_json::Value = serde_json::from_slice(&printed).unwrap();
        if let Err(error) = diff.validate(&printed) {
            panic!("diff {a} {b}: {error}: {printed}");
        }
        assert_eq!(printed["equal"], a == b);
    }
    for command in ["decode", "validate"] {
        let schema = if command == "decode" {
            &decode
        } else {
            &validate
        };
        for manifest in ["list.yaml", "unlabelled.yaml"] {
            let file = format!("@fixtures/kubernetes/{manifest}");
            let chosen = [
                command,
                "--format",
                "json",
                "--k8s-name",
                "peering-token:data",
                &file,
            ];
            let printed = String::from_utf8(output(&chosen).stdout).unwrap();
            let printed: serde_json::Value = serde_json::from_str(&printed).unwrap();
            if let Err(error) = schema.validate(&printed) {
                panic!("{command} {manifest}: {error}: {printed}");
            }
            assert_eq!(printed["form"], "kubernetes-secret");
        }
    }
    // A schema that takes anything would prove nothing.
    for schema in [decode, validate, verdict_line, snapshot, diff] {
        assert!(!schema.is_valid(&serde_json::json!({"schema": "peertok.decode/1"})));
    }
}

/// The commands under "Example" in a help text.
fn examples(help: &str) -> Vec<String> {
    let after = help.split("\nExample").nth(1).unwrap_or_default();
    let lines = after.lines().skip(1);
    lines
        .map(|line| line.trim().to_owned())
        .filter(|line| !line.is_empty())
        .collect()
}

/// Every help text has an example, and every example works when it is pasted into a folder with the
/// files that it names.
#[test]
fn the_examples_in_the_help_work() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, content: &[u8]| fs::write(folder.path().join(name), content).unwrap();
    let fixture = |name: &str| fs::read(root().join("fixtures").join(name)).unwrap();
    let token = fixture("consul/alpha-external.token");
    let text = String::from_utf8(token.clone()).unwrap();
    for name in ["token.txt", "old.token", "west.token"] {
        put(name, &token);
    }
    put("new.token", &fixture("consul/alpha-minted.token"));
    put("damaged.txt", format!("\"{}\"", text.trim_end()).as_bytes());
    put("ca.pem", &fixture("ca/dc1.pem"));
    put("new-root.pem", &fixture("ca/other-cluster.pem"));
    put("acceptor.snap", &fixture("consul/alpha-external.snap"));
    let token = text.trim_end();
    put(
        "tokens.json",
        format!("{{\"name\":1,\"token\":\"{token}\"}}").as_bytes(),
    );
    let edited = stdout(&[
        "decode",
        "--json-only",
        "@fixtures/consul/alpha-external.token",
    ]);
    put("edited.json", edited.as_bytes());
    put("secret.yaml", &fixture("kubernetes/kubectl.yaml"));
    // A base is to be of the last hour.
    let base = folder.path().join("backup.snap");
    stdout(&as_strs(&generate(&[
        "-name",
        "other",
        "--snapshot-out",
        base.to_str().unwrap(),
    ])));
    // What is on no machine that runs this, or has nothing to say there.
    let stand_ins = folder.path().join("bin");
    fs::create_dir(&stand_ins).unwrap();
    for (name, file) in [
        ("kubectl", "cat secret.yaml"),
        (
            "journalctl",
            "echo 'agent.http: Request error: error=\"peering token peer ID value is empty\"'",
        ),
    ] {
        let script = stand_ins.join(name);
        fs::write(&script, format!("#!/bin/sh\n{file}\n")).unwrap();
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let binary = Path::new(env!("CARGO_BIN_EXE_peertok")).parent().unwrap();
    let path = std::env::var("PATH").unwrap();
    let path = format!("{}:{}:{path}", stand_ins.display(), binary.display());
    for command in [
        &[][..],
        &["generate"],
        &["decode"],
        &["validate"],
        &["edit"],
        &["diff"],
        &["explain"],
        &["snapshot"],
        &["snapshot", "show"],
        &["snapshot", "seed"],
    ] {
        let examples = examples(&stdout(&[command, &["--help"]].concat()));
        assert!(!examples.is_empty(), "{command:?} has no example");
        for example in examples {
            if example.contains("jq ") && Command::new("jq").arg("--version").output().is_err() {
                println!("SKIPPED: no jq on this machine: {example}");
                continue;
            }
            let output = Command::new("bash")
                .current_dir(folder.path())
                .env("PATH", &path)
                .args(["-o", "pipefail", "-c", &example])
                .output()
                .unwrap();
            // That two tokens differ is an answer too.
            let expected = i32::from(example.contains("peertok diff"));
            let stderr = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(expected), "{example}: {stderr}");
        }
    }
}

/// The session in the README prints what the README says.
#[test]
fn the_readme_tells_what_happens() {
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(root().join("fixtures"), folder.path().join("fixtures")).unwrap();
    let binary = Path::new(env!("CARGO_BIN_EXE_peertok")).parent().unwrap();
    let path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap());
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let mut run = 0;
    for block in readme.split("```console\n").skip(1) {
        let block = block.split("```").next().unwrap();
        for step in block.split("$ ").skip(1) {
            let (command, expected) = step.split_once('\n').unwrap();
            if command.contains("jq ") && Command::new("jq").arg("--version").output().is_err() {
                println!("SKIPPED: no jq on this machine: {command}");
                continue;
            }
            snapbox::cmd::Command::new("bash")
                .current_dir(folder.path())
                .env("PATH", &path)
                .env_remove("CLICOLOR_FORCE")
                .args(["-c", &format!("{{ {command}; }} 2>&1")])
                .assert()
                .stdout_eq(expected.replace("(expires in 9 years)", "([..])"));
            run += 1;
        }
    }
    assert!(run >= 5, "found only {run} commands in the README");
}
