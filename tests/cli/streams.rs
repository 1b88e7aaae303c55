//! What comes in, and how it goes out: limits, bad input, pipes and terminals.

use super::*;

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
    let mut child = peertok(&["validate", "--jsonl", "--at", "2026-12-01"])
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
