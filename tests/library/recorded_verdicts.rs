//! Replays what real servers answered: each recorded token has to get the server's verdict.

use crate::support::{fixture_text, root};
use peertok::token::Reading;
use peertok::{PeeringToken, judge};
use serde::Deserialize;
use std::fs;

#[derive(Deserialize)]
struct Recorded {
    id: u64,
    token: String,
    accepted: bool,
    stage: Option<String>,
    error: Option<String>,
}

#[test]
fn every_recorded_token_gets_the_servers_verdict() {
    let lines = fixture_text("consul/verdicts.jsonl");
    let mut judged = 0;
    let mut different = Vec::new();
    for line in lines.lines() {
        let recorded: Recorded = serde_json::from_str(line).unwrap();
        let verdict = judge(recorded.token.as_bytes());
        let stage = verdict.as_ref().err().map(|refusal| refusal.stage().name());
        let error = verdict.as_ref().err().map(ToString::to_string);
        let same = verdict.is_ok() == recorded.accepted
            && stage == recorded.stage.as_deref()
            && error == recorded.error;
        if !same {
            different.push(format!(
                "line {}: expected {:?} {:?}, found {stage:?} {error:?}",
                recorded.id, recorded.stage, recorded.error
            ));
        }
        judged += 1;
    }
    assert_eq!(judged, 1698, "verdicts.jsonl is not whole");
    assert!(
        different.is_empty(),
        "{} of {judged} differ:\n{}",
        different.len(),
        different.join("\n")
    );
}

#[test]
fn every_minted_token_encodes_to_the_same_bytes() {
    let mut tokens = 0;
    for entry in fs::read_dir(root().join("fixtures/consul")).unwrap() {
        let path = entry.unwrap().path();
        if path
            .extension()
            .is_some_and(|extension| extension == "token")
        {
            let text = fs::read_to_string(&path).unwrap();
            let text = text.trim_end();
            let reading = Reading::of_token(text.as_bytes()).unwrap();
            assert_eq!(*reading.token.encode(reading.shape), text, "{path:?}");
            assert_eq!(PeeringToken::decode(text.as_bytes()), Ok(reading.token));
            tokens += 1;
        }
    }
    assert_eq!(tokens, 6, "expected all minted tokens in fixtures/consul");
}
