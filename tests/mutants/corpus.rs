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
        let Some(token) = vector["token"].as_str() else {
            continue;
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
        assert_eq!(answer(judge(token.as_bytes())), expected, "{}", vector["id"]);
        assert_eq!(answer(used.judge(token.as_bytes())), expected, "{} again", vector["id"]);
        vectors += 1;
    }
    assert!(vectors > 0);
}
