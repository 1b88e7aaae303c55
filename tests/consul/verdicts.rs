//! The verdict on a broken token is the server's: the same answer, to the letter.
//!
//! A server dials with a token that it takes, which takes three seconds. So nearly all of the tokens
//! here are at fault in some way; the few that are taken whole dial 127.0.0.1.

use crate::broken::{self, Case, case, encode, sound};
use crate::ca::Ca;
use crate::server::{Consul, DEAD, Server, Setup};
use crate::support::fixture_text;
use peertok::token::{Shape, encode_base64};
use peertok::{PeeringToken, Stage, judge};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::thread;

/// Compares status and body of each answer, and gives the stages that the tokens came to.
fn assert_refused_alike(server: &Server, cases: &[Case]) -> BTreeSet<Stage> {
    let mut stages = BTreeSet::new();
    let mut different = Vec::new();
    for Case { name, token } in cases {
        let refusal = match judge(token.as_bytes()) {
            Err(refusal) => refusal,
            Ok(()) => panic!("{name}: accepted, so that the server would dial"),
        };
        stages.insert(refusal.stage());
        let answer = server.establish("broken", token);
        let expected_status = if refusal.stage() == Stage::Request {
            400
        } else {
            500
        };
        let (expected, found) = (refusal.to_string(), answer.text());
        if (expected_status, &expected) != (answer.status, &found) {
            different.push(format!(
                "{name}:\n  peertok {expected_status} {expected:?}\n  server  {} {found:?}",
                answer.status
            ));
        }
    }
    let (count, all) = (different.len(), cases.len());
    assert!(
        count == 0,
        "{count} of {all} differ:\n{}",
        different.join("\n")
    );
    stages
}

#[test]
#[ignore = "needs CONSUL_BIN"]
fn broken_tokens_are_refused_in_the_servers_words() {
    let Some(consul) = Consul::from_environment() else {
        return;
    };
    let [server] = consul.start([Setup::of("alpha")]);
    let root = &Ca::new(broken::CLUSTER).root;
    let cases = broken::tokens(root);
    assert!(cases.len() > 500, "found only {} tokens", cases.len());
    let stages = assert_refused_alike(&server, &cases);
    let all = [
        Stage::Request,
        Stage::Base64,
        Stage::Json,
        Stage::Ca,
        Stage::Addresses,
        Stage::ServerName,
        Stage::PeerId,
        Stage::Tls,
    ];
    assert_eq!(stages, BTreeSet::from(all));
}

/// The verdicts that a development build of 1.23 gave, which the unit tests replay.
#[test]
#[ignore = "needs CONSUL_BIN"]
fn recorded_refusals_are_this_servers_too() {
    let Some(consul) = Consul::from_environment() else {
        return;
    };
    let [server] = consul.start([Setup::of("alpha")]);
    let mut cases = Vec::new();
    for line in fixture_text("consul/verdicts.jsonl").lines() {
        let recorded: serde_json::Value = serde_json::from_str(line).unwrap();
        if recorded["accepted"] == false {
            let name = format!("line {}", recorded["id"]);
            cases.push(case(name, recorded["token"].as_str().unwrap()));
        }
    }
    assert_eq!(cases.len(), 1413);
    assert_refused_alike(&server, &cases);
}

#[test]
#[ignore = "needs CONSUL_BIN"]
fn accepted_tokens_are_dialed_with() {
    let Some(consul) = Consul::from_environment() else {
        return;
    };
    let [server] = consul.start([Setup::of("alpha")]);
    let root = &Ca::new(broken::CLUSTER).root;
    let other = &Ca::new("5b7c0d0e-3e0f-4d8c-a2a4-0c6f1d3a9b05").root;
    let roots = |entries: Vec<String>| {
        let mut token = sound(root);
        token.ca = Some(entries);
        encode(&token)
    };
    let mut with_plus = sound(root);
    with_plus.server_addresses = Some(vec!["127.0.0.1:+1".to_owned()]);
    let mut without_host = sound(root);
    without_host.manual_server_addresses = Some(vec![":1".to_owned()]);
    let mut nearly_empty = PeeringToken::new();
    nearly_empty.server_addresses = Some(vec![DEAD.to_owned()]);
    nearly_empty.peer_id = "x".to_owned();
    let cases = [
        case("sound", encode(&sound(root))),
        case("of 1.13", sound(root).encode(Shape::V1_13).to_string()),
        case("nothing but address and peer ID", encode(&nearly_empty)),
        case("CRLF", roots(vec![root.replace('\n', "\r\n")])),
        case("a root twice", roots(vec![root.clone(), root.clone()])),
        case(
            "another cluster's root",
            roots(vec![other.clone(), root.clone()]),
        ),
        case(
            "headers and a plain root",
            roots(vec![format!(
                "{}{root}",
                root.replacen("-----\n", "-----\nX: y\n\n", 1)
            )]),
        ),
        case("an address that starts with plus", encode(&with_plus)),
        case("no host", encode(&without_host)),
        case(
            "keys in another case, and unknown ones",
            encode_base64(
                format!(r#"{{"x":[1],"PEERID":"x","serverADDRESSES":["{DEAD}"]}}"#).as_bytes(),
            )
            .to_string(),
        ),
    ];
    thread::scope(|scope| {
        for (number, Case { name, token }) in cases.iter().enumerate() {
            let server = &server;
            assert_eq!(judge(token.as_bytes()), Ok(()), "{name}");
            scope.spawn(move || {
                let answer = server.establish(&format!("taken-{number}"), token);
                let text = answer.text();
                let dialed = text.contains("failed to exchange peering secret through address");
                assert!(dialed, "{name}: {} {text}", answer.status);
            });
        }
    });
}

#[test]
#[ignore = "needs CONSUL_BIN"]
fn names_and_metadata_are_refused_in_the_servers_words() {
    let Some(consul) = Consul::from_environment() else {
        return;
    };
    let [server] = consul.start([Setup::of("alpha")]);
    let generate = |name: &str, meta: &BTreeMap<String, String>| {
        let answer = server.post(
            "/v1/peering/token",
            &json!({"PeerName": name, "Meta": meta}),
        );
        match answer.status {
            200 => Ok(()),
            _ => Err(answer.text()),
        }
    };
    let (longest, too_long) = ("a".repeat(63), "a".repeat(64));
    for name in [
        "a", "9", "a--b", &longest, "UP", "-a", "a-", "a_b", "a.b", "é", "a\n", &too_long,
    ] {
        let verdict = peertok::token::check_peer_name(name).map_err(|error| error.to_string());
        assert_eq!(verdict, generate(name, &BTreeMap::new()), "{name:?}");
    }
    let many = |count: usize| (0..count).map(|n| (n.to_string(), String::new())).collect();
    let pair = |key: &str, value: &str| BTreeMap::from([(key.to_owned(), value.to_owned())]);
    for meta in [
        many(64),
        many(65),
        pair("Env_1-x", ""),
        pair("", "v"),
        pair("a b", "v"),
        pair("é", "v"),
        pair("consul-x", "v"),
        pair(&"k".repeat(128), &"v".repeat(512)),
        pair(&"k".repeat(129), "v"),
        pair("k", &"v".repeat(513)),
    ] {
        let verdict = peertok::token::check_meta(&meta).map_err(|error| error.to_string());
        assert_eq!(verdict, generate("west", &meta), "{meta:?}");
    }
}
