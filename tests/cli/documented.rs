//! What the schemas and the help promise.

use super::*;

/// What is printed keeps to the published JSON Schemas.
#[test]
fn json_output_keeps_to_its_schema() {
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

/// The example with tomorrow in place of its date, which was in the future of who wrote it.
fn with_tomorrow(example: &str) -> String {
    let tomorrow = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24);
    let Some((before, after)) = example.split_once("--at ") else {
        return example.to_owned();
    };
    let date = after.split(' ').next().unwrap_or_default();
    format!("{before}--at {tomorrow}{}", &after[date.len()..])
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
    for name in ["root.pem", "root.key", "agent-ca.json"] {
        put(name, &fixture(&format!("ca/new/{name}")));
    }
    let site = |name: &str| {
        format!(
            "[[sites]]\nname = \"{name}\"\nstate = \"new\"\ndatacenter = \"{name}\"\naddresses = [\"{name}.acme.internal\"]\n"
        )
    };
    put("mesh.toml", (site("berlin") + &site("tokyo")).as_bytes());
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
        ("man", "cat"),
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
        &["ca"],
        &["ca", "new"],
        &["ca", "check"],
        &["mesh"],
        &["fixtures"],
        &["completions"],
        &["man"],
    ] {
        let examples = examples(&stdout(&[command, &["--help"]].concat()));
        assert!(!examples.is_empty(), "{command:?} has no example");
        for example in examples {
            if example.contains("jq ") && !has("jq", "--version") {
                continue;
            }
            let output = Command::new("bash")
                .current_dir(folder.path())
                .env("PATH", &path)
                .args(["-o", "pipefail", "-c", &with_tomorrow(&example)])
                .output()
                .unwrap();
            // What is made anew may be in the way of the next example.
            let _ = fs::remove_dir_all(folder.path().join("alpha-ca"));
            // That two tokens differ, or that some are refused, is an answer too.
            let answers_no = ["peertok diff", "fixtures --random"];
            let expected = i32::from(answers_no.iter().any(|part| example.contains(part)));
            let stderr = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(expected), "{example}: {stderr}");
        }
    }
}

/// Whoever asks what there is sees all of it at once, on the smallest screen.
#[test]
fn the_help_fits_a_screen() {
    let help = peertok(&["--help"]).env("COLUMNS", "80").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    assert!(help.lines().count() <= 24, "{help}");
    assert!(help.lines().all(|line| line.len() <= 80), "{help}");
}
