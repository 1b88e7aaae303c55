//! Go's answers on record, so that a machine without Go holds every release to them.
//!
//! `fixtures/go/releases.jsonl` has tokens on which releases differ: a few for each rule of the table of
//! changes. `PEERTOK_GO=all SNAPSHOTS=overwrite` with `recording` as the test asks Go again.

use crate::generate::Generator;
use crate::support::kind::kind;
use crate::support::oracle::Oracle;
use crate::support::verdict::Verdict;
use crate::support::{fixture_text, root};
use peertok::token::changes::{CHANGES, Rule};
use peertok::token::{Dialect, GoRelease, Judge};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

const FILE: &str = "go/releases.jsonl";
/// The seed of the recorded tokens, and how many are looked through.
const SEED: u64 = 1;
const CASES: u64 = 300_000;
/// How many tokens are taken for each rule, and for each kind of message of version 2 of JSON.
const FOR_EACH: u32 = 3;

#[derive(Serialize, Deserialize)]
struct Recorded {
    token: String,
    answers: Vec<Answer>,
}

/// The answer that these releases give.
#[derive(Serialize, Deserialize)]
struct Answer {
    go: Vec<String>,
    stage: String,
    error: String,
}

fn read() -> Vec<Recorded> {
    let text = fixture_text(FILE);
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Fails where a release is not judged as Go judged on record.
pub fn compare() {
    let mut judges: BTreeMap<String, Judge> = BTreeMap::new();
    let mut met = BTreeSet::new();
    let mut faults = Vec::new();
    for Recorded { token, answers } in read() {
        for Answer { go, stage, error } in answers {
            let expected = Verdict {
                stage,
                error: error.into_bytes(),
            };
            for release in go {
                let judge = judges.entry(release.clone());
                let judge = judge.or_insert_with(|| Judge::of(release.parse().unwrap()));
                let found = Verdict::of(judge, token.as_bytes());
                met.extend(rules_met(judge.dialect()));
                if found != expected {
                    faults.push(format!(
                        "{release}: {token}\n  ours {found}\n  Go's {expected}"
                    ));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let never: Vec<Rule> = CHANGES.iter().map(|change| change.rule).collect();
    let never: Vec<Rule> = never
        .into_iter()
        .filter(|rule| !met.contains(rule))
        .collect();
    assert!(never.is_empty(), "no recorded token for {never:?}");
}

fn rules_met(dialect: &Dialect) -> impl Iterator<Item = Rule> {
    let rules = CHANGES.iter().map(|change| change.rule);
    rules.filter(|rule| dialect.has_met(*rule))
}

/// Asks Go, and writes the answers of all these releases.
pub fn record(releases: &[(GoRelease, PathBuf)]) {
    let mut oracles: Vec<(GoRelease, Oracle)> = releases
        .iter()
        .map(|(release, program)| (*release, Oracle::start(program, "verdict")))
        .collect();
    let mut text = String::new();
    for token in tokens() {
        let mut answers: Vec<(Verdict, Vec<String>)> = Vec::new();
        for (release, oracle) in &mut oracles {
            let go = oracle.judge(token.as_bytes(), None);
            match answers.iter_mut().find(|(verdict, _)| *verdict == go) {
                Some((_, releases)) => releases.push(release.to_string()),
                None => answers.push((go, vec![release.to_string()])),
            }
        }
        if answers.len() == 1 {
            continue;
        }
        let answers = answers.into_iter().map(|(verdict, go)| Answer {
            go,
            stage: verdict.stage,
            error: String::from_utf8(verdict.error).unwrap(),
        });
        let answers = answers.collect();
        text.push_str(&serde_json::to_string(&Recorded { token, answers }).unwrap());
        text.push('\n');
    }
    for (_, oracle) in oracles {
        oracle.finish();
    }
    fs::write(root().join("fixtures").join(FILE), text).unwrap();
}

/// The first tokens that meet each rule.
fn tokens() -> Vec<String> {
    let generator = Generator::new(SEED);
    let mut reference = Judge::default();
    let mut newest = Judge::of(GoRelease::new(27, 3));
    let mut taken: BTreeMap<(Rule, String), u32> = BTreeMap::new();
    let mut tokens = Vec::new();
    for number in 0..CASES {
        let Ok(token) = String::from_utf8(generator.case(number).token) else {
            continue;
        };
        let _ = reference.judge(token.as_bytes());
        let mut is_wanted = false;
        for rule in rules_met(reference.dialect()) {
            let message = match rule {
                Rule::JsonV2 => {
                    let verdict = Verdict::of(&mut newest, token.as_bytes());
                    kind(&verdict).chars().take(28).collect()
                }
                _ => String::new(),
            };
            let most = if message.is_empty() { FOR_EACH } else { 1 };
            let count = taken.entry((rule, message)).or_default();
            is_wanted |= *count < most && token.len() < 3000;
            *count += u32::from(token.len() < 3000);
        }
        if is_wanted {
            tokens.push(token);
        }
    }
    tokens
}
