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
//!
//! Without a `go` command there is nothing to compare with: the tests say SKIPPED, and fail where `CI` is set.

#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(unreachable_pub, reason = "a test exports nothing")]

mod encoding;
mod generate;
mod known;
mod run;
mod shrink;
#[path = "../support/mod.rs"]
mod support;
mod tally;

use peertok::token::Judge;
use std::env;
use std::path::Path;
use std::time::Instant;
use support::oracle::{self, Oracle};
use support::tools::{number, say, skip};
use support::verdict::Verdict;
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

#[test]
#[ignore = "needs Go, and is meant for an optimised build"]
fn every_token_gets_gos_verdict() {
    let Some(program) = oracle() else { return };
    let cases = number("PEERTOK_CASES").unwrap_or(200_000);
    let first = number("PEERTOK_FIRST").unwrap_or(0);
    let seed = number("PEERTOK_SEED").unwrap_or_else(|| fastrand::u64(..));
    let replay = |first, cases| {
        format!(
            "PEERTOK_SEED={seed} PEERTOK_FIRST={first} PEERTOK_CASES={cases} \
             cargo test --release --test differential -- --ignored"
        )
    };
    say(format_args!("replay with: {}", replay(first, cases)));

    let start = Instant::now();
    let tally = run::run(program, seed, first..first + cases);
    let seconds = start.elapsed().as_secs_f64();
    say(format_args!(
        "{} cases in {seconds:.1} s\n{tally}",
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
        let short = shrink::shrink(&mut oracle, &case.token);
        say(format_args!(
            "\ncase {}, changed: {}\n  {}\n  ours {}\n  Go's {}\n  token {}\n  shortest found {}\n  ours {}\n  Go's {}",
            case.number,
            case.levels,
            replay(case.number, 1),
            different.ours,
            different.go,
            case.token.escape_ascii(),
            short.escape_ascii(),
            Verdict::of(&mut Judge::default(), &short),
            oracle.judge(&short, None),
        ));
    }
    oracle.finish();
    assert_eq!(tally.differences, 0, "tokens judged differently");
    if cases >= ENOUGH {
        check_reach(&tally);
    }
}

/// Fails where the cases no longer reach every stage and every message of Go's scanner.
fn check_reach(tally: &Tally) {
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
