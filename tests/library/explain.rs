//! What servers say is recognised, and what others say is not; the documents say what `explain`
//! says.

use crate::support::command::{output_with, peertok};
use crate::support::{fixture_text, root, schema};
use peertok::explain::{Explainer, KnownError, Message, Moment, Page, Strictness, known_errors};
use peertok::finding::rules;
use peertok_testing::mutated;
use proptest::prelude::*;
use proptest::sample::select;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::process::Output;
use std::sync::LazyLock;

static EXPLAINER: LazyLock<Explainer> = LazyLock::new(Explainer::new);

fn causes(strictness: Strictness, text: &str) -> Vec<&'static KnownError> {
    let mut message = Message::new(strictness);
    EXPLAINER.read(&mut message, text);
    message.causes().iter().map(|cause| cause.answer).collect()
}

fn names(answers: &[&KnownError]) -> Vec<&'static str> {
    answers.iter().map(|answer| answer.name).collect()
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    from: String,
    log: bool,
    causes: Vec<String>,
    text: String,
}

fn fixtures() -> Vec<Said> {
    let read = |file: &str| fixture_text(&format!("answers/{file}"));
    [read("recorded.jsonl"), read("documented.jsonl")]
        .concat()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn what_servers_say_is_recognised() {
    let mut wrong = Vec::new();
    let all = fixtures();
    for said in &all {
        let mut modes = vec![Strictness::Argument];
        if said.log {
            modes.push(Strictness::Log);
        }
        for mode in modes {
            let found = names(&causes(mode, &said.text));
            if found != said.causes {
                wrong.push(format!(
                    "{} {mode:?}: {:?}, found {found:?}",
                    said.from, said.causes
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(all.len(), 180);
}

#[derive(Deserialize)]
struct Recorded {
    stage: Option<String>,
    error: Option<String>,
}

/// Each error of the recorded verdicts is explained by an answer of its stage, and by one alone.
#[test]
fn every_recorded_verdict_is_explained_at_its_stage() {
    let lines = fixture_text("consul/verdicts.jsonl");
    let mut errors = 0;
    let mut general = 0;
    for line in lines.lines() {
        let Recorded { stage, error } = serde_json::from_str(line).unwrap();
        let Some(error) = error else { continue };
        let found = causes(Strictness::Argument, &error);
        assert_eq!(found.len(), 1, "{error}: {:?}", names(&found));
        let found_stage = found[0].stage.map(|stage| stage.name());
        assert_eq!(found_stage, stage.as_deref(), "{error}: {}", found[0].name);
        general += usize::from(found[0].name == "ca-invalid");
        errors += 1;
        // The same as Consul's command line prints it, in a log.
        let printed =
            format!("Error establishing peering for x: Unexpected response code: 500 ({error})");
        let printed = causes(Strictness::Log, &printed);
        assert!(
            names(&printed).contains(&found[0].name),
            "{error}: {:?}",
            names(&printed)
        );
    }
    assert_eq!(errors, 1698 - 285);
    assert_eq!(general, 0, "errors that only the general entry explains");
}

#[test]
fn every_answer_is_given_to_something() {
    let mut hit: BTreeSet<&str> = BTreeSet::new();
    for said in fixtures() {
        hit.extend(names(&causes(Strictness::Argument, &said.text)));
    }
    let lines = fixture_text("consul/verdicts.jsonl");
    for line in lines.lines() {
        let recorded: Recorded = serde_json::from_str(line).unwrap();
        let error = recorded.error.unwrap_or_default();
        hit.extend(names(&causes(Strictness::Argument, &error)));
    }
    let unused: Vec<_> = known_errors()
        .map(|a| a.name)
        .filter(|name| !hit.contains(name))
        .collect();
    assert!(unused.is_empty(), "{unused:?}");
}

#[test]
fn what_others_say_is_not_recognised() {
    let log = fixture_text("answers/unrelated.log");
    assert_eq!(log.lines().count(), 155);
    for line in log.lines() {
        let found = names(&causes(Strictness::Log, line));
        assert!(found.is_empty(), "{found:?} in {line}");
    }
    // Whoever pastes some of these means peering.
    let pasted = log
        .lines()
        .filter(|line| !causes(Strictness::Argument, line).is_empty());
    assert_eq!(pasted.count(), 26);
}

/// The values come out of a body with quotes escaped in it as out of one without.
#[test]
fn tries_and_addresses_are_counted() {
    let body = fixture_text("answers/recorded.jsonl");
    let body = body
        .lines()
        .map(|line| serde_json::from_str::<Said>(line).unwrap());
    let body = body
        .into_iter()
        .find(|said| said.from == "dial-refused-two")
        .unwrap()
        .text;
    let quoted = serde_json::to_string(&body).unwrap();
    for text in [
        &body,
        &quoted,
        &format!("error={}", serde_json::to_string(&quoted).unwrap()),
    ] {
        let mut message = Message::new(Strictness::Log);
        EXPLAINER.read(&mut message, text);
        let [cause] = message.causes() else {
            panic!("{:?}", message.causes())
        };
        assert_eq!(cause.tries, 18);
        let addresses: Vec<_> = cause.values_of("address").collect();
        assert_eq!(addresses, ["127.0.0.1:1", "[::1]:1"]);
    }
}

/// Twice the text takes about twice the time, also where every byte could start something.
#[test]
fn time_is_linear() {
    for unit in [
        "lookup ",
        "\\\"",
        "* failed to exchange peering secret through address ",
        "é\\",
    ] {
        // The fastest of some: a machine with other work slows down one or the other.
        let time = |count: usize| {
            let text = unit.repeat(count);
            let times = (0..5).map(|_| {
                let start = std::time::Instant::now();
                causes(Strictness::Argument, &text);
                start.elapsed()
            });
            times.min().unwrap()
        };
        let (short, long) = (time(4_000), time(40_000));
        let limit = short * 40 + std::time::Duration::from_millis(50);
        assert!(long < limit, "{unit:?}: {short:?}, {long:?}");
    }
}

proptest! {
    /// Whatever surrounds an error in its line, its cause is found.
    #[test]
    fn prefixes_do_not_matter(before in "[ -~é]{0,40}", after in "[ -~]{0,10}") {
        // Prefixes that are texts themselves are no prefixes.
        prop_assume!(!before.starts_with("Usage:"));
        let line = format!("{before} a new peering token must be generated: invalid peering establishment secret {after}");
        prop_assert!(names(&causes(Strictness::Log, &line)).contains(&"secret-invalid"));
    }

    #[test]
    fn nothing_panics(bytes in mutated(select(fixtures()).prop_map(|said| said.text.into_bytes()))) {
        let text = String::from_utf8_lossy(&bytes);
        causes(Strictness::Argument, &text);
        prop_assert!(peertok::explain::nearest(&text, 3).len() <= 3);
    }
}

fn run(arguments: &[&str], stdin: &[u8]) -> Output {
    output_with(peertok(&[&["explain"], arguments].concat()), stdin)
}

#[test]
fn json_output_keeps_to_its_schema() {
    let schema = schema("peertok.explain.1.json");
    let log: String = fixtures()
        .iter()
        .map(|said| format!("{}\n", said.text))
        .collect();
    let mut matches = 0;
    for arguments in [
        &["--list"][..],
        &["ca-expired"],
        &["alpn-missing"],
        &["connect: connection refused"],
        &["-"],
    ] {
        let output = run(&[&["--format", "json"], arguments].concat(), log.as_bytes());
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        let printed: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        if let Err(error) = schema.validate(&printed) {
            panic!("{arguments:?}: {error}");
        }
        assert!(!printed["pages"].as_array().unwrap().is_empty());
        matches += printed["matches"].as_array().unwrap().len();
    }
    assert!(matches > 100, "{matches}");
    assert!(!schema.is_valid(&serde_json::json!({"schema": "peertok.explain/1"})));
}

/// Every page can be read in 80 columns, and is listed.
#[test]
fn pages_keep_to_the_width() {
    let listed = String::from_utf8(run(&["--list"], b"").stdout).unwrap();
    let names = rules().iter().map(|rule| rule.name);
    for name in names.chain(known_errors().map(|answer| answer.name)) {
        assert!(
            listed
                .lines()
                .any(|line| line.split_whitespace().nth(1) == Some(name)),
            "{name}"
        );
        let output = peertok(&["explain", name]).env("COLUMNS", "80").output();
        let output = output.unwrap();
        for line in String::from_utf8(output.stdout).unwrap().lines() {
            let one_word = line.split_whitespace().count() == 1;
            assert!(line.chars().count() <= 80 || one_word, "{name}: {line}");
        }
    }
}

/// A log of any size is read in little memory: here one line of 64 MiB, and a hundred thousand others.
#[test]
fn a_long_log_is_read_line_by_line() {
    let mut log = vec![b'x'; 64 << 20];
    log.push(b'\n');
    for _ in 0..100_000 {
        log.extend(b"2026-11-24T04:06:10.123Z [INFO]  agent: Synced service: service=web\n");
    }
    log.extend(b"[ERROR] error=\"invalid peering stream secret\"\n");
    let output = run(&["-"], &log);
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert!(stdout.starts_with("line 100002: [ERROR]"), "{stdout}");
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "peertok: note: explained 1 message in 100002 lines, with 1 cause\n"
    );
}

/// Nothing that stands in a log reaches the terminal as a command, and no secret is shown.
#[test]
fn a_hostile_log_is_shown_safely() {
    let token = fixture_text("consul/alpha-minted.token");
    let secret = "08551fd2-ae58-51d7-89a6-2819d3207341";
    let line = format!(
        "\x1b]0;x\x07\u{202e} invalid peering stream secret \0 EstablishmentSecret={secret} {token}"
    );
    for format in ["pretty", "json"] {
        let address = "failed to exchange peering secret through address \"\x1b[31m\u{202e}:1\": x";
        for text in [&line, address] {
            let output = run(
                &["--format", format, "-"],
                format!("x\n{text}\n").as_bytes(),
            );
            assert_eq!(output.status.code(), Some(0));
            let stdout = String::from_utf8(output.stdout).unwrap();
            assert!(
                !stdout.contains(['\x1b', '\x07', '\0', '\u{202e}']),
                "{stdout:?}"
            );
            assert!(
                !stdout.contains(&secret[..18]) && !stdout.contains(&token[..70]),
                "{stdout}"
            );
        }
    }
    for typed in [
        token.trim_end(),
        &token[..40],
        &format!("\"{}\"", token.trim_end()),
    ] {
        let output = run(&[typed], b"");
        assert_eq!(output.status.code(), Some(1));
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(
            stderr.contains("peertok decode") && !stderr.contains("eyJ"),
            "{stderr}"
        );
    }
}

const FINDINGS: &str = "# Findings
What `peertok validate` finds in a token that Consul takes but that fails or hurts later. `peertok explain NAME` prints the
same pages. This file is written by a test: `SNAPSHOTS=overwrite cargo test --test library explain`.
";

const ANSWERS: &str = "# What a server says
What Consul says when peering fails, what it means and what to do. `peertok explain 'TEXT'` finds the page for a pasted
error, and `peertok explain -` for each message of a log. A word in angle brackets stands for what changes. This file is
written by a test: `SNAPSHOTS=overwrite cargo test --test library explain`.
";

#[test]
fn the_documents_say_the_same() {
    let assert = snapbox::Assert::new()
        .action_env("SNAPSHOTS")
        .normalize_paths(false);
    let mut findings = FINDINGS.to_owned();
    for rule in rules() {
        findings.push_str(&format!("\n{}", Page::from(*rule).markdown()));
    }
    let mut said = ANSWERS.to_owned();
    for moment in Moment::ALL {
        said.push_str(&format!("\n## {moment}: {}\n", moment.when()));
        for answer in known_errors().filter(|answer| answer.moment == moment) {
            said.push_str(&format!("\n{}", Page::from(answer).markdown()));
        }
    }
    for (file, text) in [("docs/findings.md", findings), ("docs/answers.md", said)] {
        assert.eq(text, snapbox::Data::read_from(&root().join(file), None));
    }
}
