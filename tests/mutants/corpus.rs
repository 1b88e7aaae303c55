//! Each vector of the corpus has to get its answer, from a new judge and from one that has judged all
//! before it.

use serde_json::Value;
use verdict::{Judge, Refusal, check_peer_name, judge};

#[test]
fn every_vector_gets_its_answer() {
    let lines = std::fs::read_to_string("corpus.jsonl").unwrap();
    let mut vectors = 0;
    let mut used = Judge::default();
    for line in lines.lines() {
        let vector: Value = serde_json::from_str(line).unwrap();
        let token = match vector["token"].as_str() {
            Some(token) => token.as_bytes().to_vec(),
            None => encoded(vector["token_base64"].as_str().unwrap()),
        };
        let name = vector["peer_name"].as_str();
        let answer = |judged: Result<(), Refusal>| {
            let named = name.filter(|_| !token.is_empty()).map(check_peer_name);
            let refusal = match named {
                Some(Err(error)) => Some(Refusal::from(error)),
                _ => judged.err(),
            };
            refusal.map(|refusal| (refusal.stage().name().to_owned(), refusal.to_string()))
        };
        let text = |key: &str| vector[key].as_str().map(str::to_owned);
        let expected = text("stage").zip(text("message"));
        assert_eq!(answer(judge(&token)), expected, "{}", vector["id"]);
        assert_eq!(answer(used.judge(&token)), expected, "{} again", vector["id"]);
        vectors += 1;
    }
    assert!(vectors > 2000);
}

/// The bytes of a token that is no text. Not read by what is tested.
fn encoded(base64: &str) -> Vec<u8> {
    let digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let six = |character| digits.find(character).unwrap() as u32;
    let mut bytes = Vec::new();
    for group in base64.trim_end_matches('=').as_bytes().chunks(4) {
        let bits = group.iter().fold(0, |bits, &byte| bits << 6 | six(byte as char));
        let bits = bits << (6 * (4 - group.len()));
        bytes.extend(&bits.to_be_bytes()[1..group.len()]);
    }
    bytes
}
