//! Compares the verdict with Go's own on generated tokens: stage and message, byte by byte.
//!
//! ```sh
//! cargo test --release --test differential -- --ignored
//! ```
//!
//! | variable | meaning |
//! |---|---|
//! | `PEERTOK_CASES` | how many cases; 200,000 when unset |
//! | `PEERTOK_SEED` | the seed that all cases follow from; a new one when unset |
//! | `PEERTOK_FIRST` | the number of the first case, 0 when unset: to replay a single one |
//! | `PEERTOK_MESSAGES` | when set to anything, lists the messages seen |
//! | `PEERTOK_GO` | Go releases such as `1.20.14 1.23.12/1.22`, which Go fetches, or `all`; the machine's own Go when unset |
//!
//! A release may have the `go` line of a go.mod behind a slash, which sets the defaults of GODEBUG.
//! Without a `go` command there is nothing to compare with: the tests say SKIPPED, and fail where `CI` is set.

#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(unreachable_pub, reason = "a test exports nothing")]

mod encoding;
mod generate;
mod known;
mod recorded;
mod run;
mod shrink;
#[path = "../support/mod.rs"]
mod support;
mod tally;

use peertok::token::changes::{CHANGES, Change, Rule};
use peertok::token::{Dialect, GoRelease, Judge};
use serde_json::Value;
use std::env;
use std::path::{Path, PathBuf};
use std::time::Instant;
use support::oracle::{self, Oracle};
use support::tools::{number, say, skip};
use support::verdict::Verdict;
use support::{fixture, fixture_text};
use tally::Tally;

/// From that many cases on, each stage and message has to occur.
const ENOUGH: u64 = 100_000;

fn oracle() -> Option<&'static Path> {
    let program = oracle::program();
    if program.is_none() {
        skip("go is missing: the verdict was not compared with Go");
    }
    program
}

/// What `PEERTOK_GO=all` stands for: a late release of each branch, with a `go` line that makes a
/// difference beside its own, and early ones of those in which a security release changed something.
const ALL: &str = "1.18.10 1.19.13 1.20.14 1.21.13 1.22.12 1.23.12/1.22 1.23.12 1.24.7 1.24.8 1.24.9 \
    1.24.13 1.25.1 1.25.3 1.25.5 1.25.8 1.26.0 1.26.1 1.26.8 1.26.8/1.25 1.27.3";

/// The releases to compare with, each with its program; none where there is no Go.
fn releases() -> Vec<(GoRelease, PathBuf)> {
    let Some(own) = oracle() else {
        return Vec::new();
    };
    let Ok(given) = env::var("PEERTOK_GO") else {
        return vec![(GoRelease::REFERENCE, own.to_owned())];
    };
    let given = if given == "all" { ALL } else { &given };
    given
        .split_whitespace()
        .map(|release| release.parse().unwrap())
        .map(|release| (release, oracle::program_of(release).unwrap()))
        .collect()
}

#[test]
#[ignore = "needs Go, and is meant for an optimised build"]
fn every_token_gets_gos_verdict() {
    let differences: u64 = releases()
        .iter()
        .map(|(release, program)| compare(*release, program))
        .sum();
    assert_eq!(differences, 0, "tokens judged differently");
}

#[test]
fn every_release_is_judged_as_go_judged_on_record() {
    recorded::compare();
}

#[test]
#[ignore = "writes the recorded answers anew"]
fn recording() {
    if env::var("SNAPSHOTS").is_ok_and(|value| value == "overwrite") {
        recorded::record(&releases());
    }
}

/// The tokens of the corpus were made by hand for what releases may differ in, too.
#[test]
#[ignore = "needs Go"]
fn every_token_of_the_corpus_gets_gos_verdict() {
    let manifest: Value = serde_json::from_str(&fixture_text("corpus/manifest.json")).unwrap();
    let files = manifest["vectors"].as_array().unwrap().iter();
    let files: Vec<&str> = files
        .map(|vector| vector["file"].as_str().unwrap())
        .collect();
    let mut faults = Vec::new();
    for (release, program) in releases() {
        let mut oracle = Oracle::start(&program, "verdict");
        let mut judge = Judge::of(release);
        for file in &files {
            let token = fixture(&format!("corpus/{file}"));
            let (ours, go) = (Verdict::of(&mut judge, &token), oracle.judge(&token, None));
            if ours != go {
                faults.push(format!("Go {release}, {file}\n  ours {ours}\n  Go's {go}"));
            }
        }
        oracle.finish();
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Compares with one release, and tells how many cases are judged differently.
fn compare(release: GoRelease, program: &Path) -> u64 {
    let cases = number("PEERTOK_CASES").unwrap_or(200_000);
    let first = number("PEERTOK_FIRST").unwrap_or(0);
    let seed = number("PEERTOK_SEED").unwrap_or_else(|| fastrand::u64(..));
    let replay = |first, cases| {
        format!(
            "PEERTOK_GO={release} PEERTOK_SEED={seed} PEERTOK_FIRST={first} PEERTOK_CASES={cases} \
             cargo test --release --test differential -- --ignored"
        )
    };
    say(format_args!("replay with: {}", replay(first, cases)));

    let start = Instant::now();
    let tally = run::run(release, program, seed, first..first + cases);
    let seconds = start.elapsed().as_secs_f64();
    say(format_args!(
        "Go {release}: {} cases in {seconds:.1} s\n{tally}",
        tally.cases
    ));
    if env::var_os("PEERTOK_MESSAGES").is_some() {
        for (message, count) in &tally.messages {
            say(format_args!("{count:10} {message}"));
        }
    }
    assert_eq!(tally.cases, cases);

    let mut oracle = Oracle::start(program, "verdict");
    for different in &tally.kept {
        let case = &different.case;
        let short = shrink::shrink(&mut oracle, release, &case.token);
        say(format_args!(
            "\ncase {}, changed: {}\n  {}\n  ours {}\n  Go's {}\n  token {}\n  shortest found {}\n  ours {}\n  Go's {}",
            case.number,
            case.levels,
            replay(case.number, 1),
            different.ours,
            different.go,
            case.token.escape_ascii(),
            short.escape_ascii(),
            Verdict::of(&mut Judge::of(release), &short),
            oracle.judge(&short, None),
        ));
    }
    oracle.finish();
    if cases >= ENOUGH && tally.differences == 0 {
        check_reach(&tally, release);
    }
    tally.differences
}

/// Fails where the cases no longer reach every stage, every message of Go's scanner, and every rule in
/// which the release differs from the reference.
fn check_reach(tally: &Tally, release: GoRelease) {
    let (dialect, reference) = (Dialect::of(release), Dialect::default());
    for Change { rule, .. } in CHANGES {
        // It says more of a rule that does not hold in most programs.
        let is_detail = *rule == Rule::StrictColonsInHttp && !dialect.has(Rule::StrictColons);
        if dialect.has(*rule) != reference.has(*rule) && !is_detail {
            assert!(tally.rules.contains_key(rule), "never mattered: {rule:?}");
        }
    }
    for stage in [
        "accepted",
        "request",
        "base64",
        "json",
        "ca",
        "addresses",
        "server-name",
        "peer-id",
        "tls",
    ] {
        let share = tally.share(stage);
        assert!(
            share >= 1.0,
            "only {share:.2} % of the cases end in {stage}"
        );
    }
    if dialect.has(Rule::JsonV2) {
        return;
    }
    let syntax = [
        "looking for beginning of value",
        "looking for beginning of object key string",
        "after object key",
        "after object key:value pair",
        "after array element",
        "after top-level value",
        "in string literal",
        "in string escape code",
        "in \\u hexadecimal character escape",
        "in numeric literal",
        "after decimal point in numeric literal",
        "in exponent of numeric literal",
        "in literal true (expecting …)",
        "in literal false (expecting …)",
        "in literal null (expecting …)",
        "exceeded max depth",
    ];
    for place in syntax {
        let message = format!("invalid character … {place}");
        assert!(
            tally.messages.contains_key(&message),
            "never seen: {message}"
        );
    }
    let types = [
        "value of type structs.PeeringToken",
        "struct field PeeringToken.CA of type []string",
        "struct field PeeringToken.CA of type string",
        "struct field PeeringToken.ManualServerAddresses of type []string",
        "struct field PeeringToken.ManualServerAddresses of type string",
        "struct field PeeringToken.ServerAddresses of type []string",
        "struct field PeeringToken.ServerAddresses of type string",
        "struct field PeeringToken.ServerName of type string",
        "struct field PeeringToken.PeerID of type string",
        "struct field PeeringToken.EstablishmentSecret of type string",
        "struct field PeeringToken.Remote of type structs.PeeringTokenRemote",
        "struct field PeeringTokenRemote.Remote.Partition of type string",
        "struct field PeeringTokenRemote.Remote.Datacenter of type string",
        "struct field PeeringTokenRemote.Remote.Locality of type structs.Locality",
        "struct field Locality.Remote.Locality.Region of type string",
        "struct field Locality.Remote.Locality.Zone of type string",
    ];
    for place in types {
        let seen = ["object", "array", "string", "number", "bool"]
            .iter()
            .filter(|found| {
                let message = format!("json: cannot unmarshal {found} into Go {place}");
                tally.messages.contains_key(&message)
            })
            .count();
        // Each place takes one of the five.
        assert_eq!(seen, 4, "kinds of values seen wrongly as {place}");
    }
}

#[test]
#[ignore = "needs Go, and is meant for an optimised build"]
fn every_token_is_read_and_written_as_by_go() {
    let Some(program) = oracle() else { return };
    let seed = number("PEERTOK_SEED").unwrap_or_else(|| fastrand::u64(..));
    say(format_args!(
        "tokens to read and write follow from PEERTOK_SEED={seed}"
    ));
    encoding::compare_read(program, seed);
    encoding::compare_written(program, seed);
}
