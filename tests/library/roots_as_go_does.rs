//! Findings about roots against what Go's `Certificate.Verify` said, as recorded in
//! `fixtures/findings/go-verify.json` (`tests/oracle/roots` asked it): an error is found where the
//! dialer does not take the server's certificate, and nowhere else.

use crate::support::command::peertok;
use peertok::PeeringToken;
use peertok::finding::{Context, Finding, Level, findings};
use peertok::token::Shape;
use peertok_testing as testing;
use proptest::prelude::*;
use std::collections::BTreeSet;

#[derive(serde::Deserialize)]
struct Answer {
    name: String,
    at: String,
    server_name: String,
    ca: Vec<String>,
    error: String,
}

fn answers() -> Vec<Answer> {
    let recorded = include_str!("../../fixtures/findings/go-verify.json");
    let read = |line| serde_json::from_str(line).unwrap();
    let answers: Vec<Answer> = recorded.lines().map(read).collect();
    assert_eq!(answers.len(), 59);
    answers
}

fn found(ca: Vec<String>, server_name: &str, at: &str) -> Vec<Finding> {
    let mut token = PeeringToken::new();
    token.ca = Some(ca);
    token.server_addresses = Some(vec!["10.0.0.1:8503".to_owned()]);
    token.server_name = server_name.to_owned();
    token.peer_id = "0a1b2c3d-1111-4222-8333-444455556666".to_owned();
    let context = Context::at(at.parse().unwrap());
    let mut found = findings(token.encode(Shape::V1_16).as_bytes(), &context).unwrap();
    // Those about the roots.
    found.retain(|finding| finding.code.starts_with("PT1"));
    found
}

fn has_error(found: &[Finding]) -> bool {
    found.iter().any(|finding| finding.level == Level::Error)
}

#[test]
fn an_error_is_found_where_go_takes_no_chain() {
    let mut differences = Vec::new();
    for answer in answers() {
        let found = found(answer.ca, &answer.server_name, &answer.at);
        if has_error(&found) == answer.error.is_empty() {
            let (name, error) = (answer.name, answer.error);
            differences.push(format!("{name}: Go says {error:?}, but found {found:#?}"));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

/// The moment of most answers.
const NOON: &str = "2026-12-01T00:00:00Z";

proptest! {
    #![proptest_config(testing::config(100))]

    /// Roots one of which Go takes by itself are no error together, and in any order the same is
    /// found.
    #[test]
    fn roots_are_judged_together(
        chosen in prop::sample::subsequence((0..45).collect::<Vec<usize>>(), 1..6),
        seed: prop::sample::Index,
    ) {
        let mut single = answers();
        single.retain(|answer| answer.ca.len() == 1 && answer.at == NOON);
        prop_assert_eq!(single.len(), 45);
        let chosen: Vec<&Answer> = chosen.into_iter().map(|index| &single[index]).collect();
        let server_name = &chosen[0].server_name;
        let mut ca: Vec<String> = chosen.iter().map(|answer| answer.ca[0].clone()).collect();
        let first = found(ca.clone(), server_name, NOON);
        prop_assert_eq!(has_error(&first), chosen.iter().all(|answer| !answer.error.is_empty()));
        let middle = seed.index(ca.len());
        ca.rotate_left(middle);
        ca.reverse();
        let told = |found: &[Finding]| -> BTreeSet<_> {
            found.iter().map(|f| (f.code, f.level, f.message.clone())).collect()
        };
        prop_assert_eq!(told(&first), told(&found(ca, server_name, NOON)));
    }
}

/// The levels that `validate` finds of a rule in its own token that fails.
fn levels(rule: &str, flags: &[&str]) -> Vec<String> {
    let output = peertok(&["validate", "--format", "json"])
        .arg(format!("@fixtures/findings/{rule}/fails.json"))
        .args(flags)
        .output()
        .unwrap();
    let verdict: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let findings = verdict["findings"].as_array().unwrap().iter();
    findings
        .filter(|finding| finding["name"] == rule)
        .map(|finding| finding["level"].as_str().unwrap().to_owned())
        .collect()
}

/// The roots end on 2026-06-01 and on 2026-12-20, and begin on 2027-01-01, each at midnight.
#[test]
fn both_sides_of_every_border() {
    for (rule, flags, expected) in [
        ("ca-expired", &["--at", "2026-05-31T23:59:59Z"][..], None),
        ("ca-expired", &["--at", "2026-06-01T00:00:00Z"], None),
        (
            "ca-expired",
            &["--at", "2026-06-01T00:00:00.5Z"],
            Some("error"),
        ),
        (
            "ca-expired",
            &["--at", "2026-06-01T00:00:01Z"],
            Some("error"),
        ),
        (
            "ca-not-yet-valid",
            &["--at", "2026-12-31T23:59:59Z"],
            Some("error"),
        ),
        (
            "ca-not-yet-valid",
            &["--at", "2026-12-31T23:59:59.5Z"],
            Some("error"),
        ),
        ("ca-not-yet-valid", &["--at", "2027-01-01T00:00:00Z"], None),
        ("ca-not-yet-valid", &["--at", "2027-01-01"], None),
        ("ca-expiring", &["--at", "2026-11-20T00:00:00Z"], None),
        (
            "ca-expiring",
            &["--at", "2026-11-20T00:00:01Z"],
            Some("warning"),
        ),
        (
            "ca-expiring",
            &["--at", "2026-12-20T00:00:00Z"],
            Some("warning"),
        ),
        ("ca-expiring", &["--at", "2026-12-20T00:00:01Z"], None),
        (
            "ca-expiring",
            &["--at", "2026-12-19T00:00:00Z", "--within", "24h"],
            None,
        ),
        (
            "ca-expiring",
            &["--at", "2026-12-19T00:00:01Z", "--within", "24h"],
            Some("warning"),
        ),
    ] {
        assert_eq!(levels(rule, flags), expected.as_slice(), "{rule} {flags:?}");
    }
}
