//! Each finding on a token that has it and on one that is nearly the same and has it not.
//!
//! `fixtures/findings/<name>/` has the token that fails, as decoded JSON, in `fails.json`, and the one
//! that passes in `passes.json`, which may be left out where flags alone make the difference. The flags
//! of each run stand in `fails.flags` and `passes.flags`, if there are any. `fails.txt` is what people
//! see of the first; `SNAPSHOTS=overwrite cargo test --test findings` writes it anew.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What `validate` prints of the token `which` of a rule.
fn validate(rule: &str, which: &str, format: &str) -> String {
    let folder = Path::new("fixtures/findings").join(rule);
    let file = |name: String| folder.join(name);
    let token = match root().join(file(format!("{which}.json"))).exists() {
        true => file(format!("{which}.json")),
        false => file("fails.json".to_owned()),
    };
    let flags = fs::read_to_string(root().join(file(format!("{which}.flags"))));
    let output = Command::new(env!("CARGO_BIN_EXE_peertok"))
        .current_dir(root())
        .args(["validate", "--format", format])
        .arg(format!("@{}", token.display()))
        .args(flags.unwrap_or_default().split_whitespace())
        .env("COLUMNS", "100")
        .env_remove("CLICOLOR_FORCE")
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_ne!(output.status.code(), Some(2), "{rule}: {stderr}");
    String::from_utf8(output.stdout).unwrap()
}

/// The findings of that name in the token `which`, with their levels.
fn levels(rule: &str, which: &str) -> BTreeSet<String> {
    let verdict: serde_json::Value = serde_json::from_str(&validate(rule, which, "json")).unwrap();
    let findings = verdict["findings"].as_array().unwrap();
    findings
        .iter()
        .filter(|finding| finding["name"] == rule)
        .map(|finding| finding["level"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn every_rule_has_a_token_that_fails_and_one_that_passes() {
    let mut faults = Vec::new();
    for rule in peertok::rules() {
        if !root().join("fixtures/findings").join(rule.name).is_dir() {
            faults.push(format!("{} has no fixtures", rule.name));
            continue;
        }
        if !levels(rule.name, "fails").contains(rule.level.name()) {
            faults.push(format!("{} does not find its fault", rule.name));
        }
        if !levels(rule.name, "passes").is_empty() {
            faults.push(format!("{} finds a fault where there is none", rule.name));
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn every_folder_is_of_a_rule() {
    for entry in fs::read_dir(root().join("fixtures/findings")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let known = peertok::rules().iter().any(|rule| rule.name == name);
        assert!(known || name == "README.md", "{name}");
    }
}

#[test]
fn what_people_see_of_every_finding() {
    let assert = snapbox::Assert::new()
        .action_env("SNAPSHOTS")
        .normalize_paths(false);
    for rule in peertok::rules() {
        let file = root().join(format!("fixtures/findings/{}/fails.txt", rule.name));
        let expected = snapbox::Data::read_from(&file, None);
        assert.eq(validate(rule.name, "fails", "pretty"), expected);
    }
}
