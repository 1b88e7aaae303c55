//! The verdict on each token of `fixtures/corpus`, from a new judge and from one that has judged all
//! tokens before it.
//!
//! `tests/mutants/run` changes the verdict's code in one place at a time, with this as the only test:
//! a change that no token notices is a hole in the corpus.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use peering_token::{Judge, Refusal, check_peer_name, judge};
use serde_json::Value;
use std::fs;
use std::path::Path;

#[test]
fn every_token_gets_the_expected_verdict() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/corpus");
    let manifest = fs::read(corpus.join("manifest.json")).unwrap();
    let manifest: Value = serde_json::from_slice(&manifest).unwrap();
    let vectors = manifest["vectors"].as_array().unwrap();
    assert!(vectors.len() > 2000);
    let mut used = Judge::default();
    for vector in vectors {
        let token = fs::read(corpus.join(vector["file"].as_str().unwrap())).unwrap();
        // A server checks the name of the peering before it looks into the token.
        let name = vector["peer_name"].as_str().filter(|_| !token.is_empty());
        let answer = |judged: Result<(), Refusal>| {
            let refusal = match name.map(check_peer_name) {
                Some(Err(error)) => Some(Refusal::from(error)),
                _ => judged.err(),
            };
            refusal.map(|refusal| (refusal.stage().name().to_owned(), refusal.to_string()))
        };
        let text = |key: &str| vector[key].as_str().map(str::to_owned);
        let expected = text("stage").zip(text("message"));
        let name = &vector["name"];
        assert_eq!(answer(judge(&token)), expected, "{name}");
        assert_eq!(answer(used.judge(&token)), expected, "{name} again");
    }
}
