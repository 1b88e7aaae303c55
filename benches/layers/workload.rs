//! One operation of each layer on fixed input, its result checked. Both the timings of
//! `cargo bench` and the counts of `benches/instructions` come from these.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use godialect::{json, pem, x509};
use peertok::cli::jsonl_answers;
use peertok::finding::Context;
use peertok::inspect::Inspector;
use peertok::token::{Judge, Shape, decode_base64, encode_base64};
use peertok::{PeeringToken, judge};
use std::hint::black_box;

/// A token of one P-256 root, as a server minted it.
const TOKEN: &str = include_str!("../../fixtures/consul/alpha-minted.token");

/// The operations, from the innermost layer to the whole.
pub(crate) const OPERATIONS: &[&str] = &[
    "base64-decode",
    "base64-encode",
    "json-skip",
    "pem-block",
    "x509-p256",
    "verdict-own-root",
    "verdict-shared-root",
    "verdict-long-way",
    "verdict-refused",
    "findings-own-root",
    "findings-shared-root",
    "jsonl-own-root",
    "jsonl-shared-root",
    "decode",
    "encode",
];

/// The operation of that name, ready to be run any number of times, or `None`.
pub(crate) fn operation(name: &str) -> Option<Box<dyn FnMut()>> {
    let token = TOKEN.trim_end();
    let json = decode_base64(token.as_bytes()).expect("the fixture is base64");
    let fields = PeeringToken::decode(token.as_bytes()).expect("the fixture is a token");
    let root = fields.ca.iter().flatten().next().cloned();
    let root = root.expect("the fixture has a root");
    let mut der = Vec::new();
    pem::next_block(root.as_bytes(), 0, &mut der).expect("the root is PEM");
    let own_roots = || {
        // The signature is not looked at. Two roots that differ only there share a place among
        // the roots that a judge keeps, so that neither is ever found there.
        let mut other = der.clone();
        *other.last_mut().expect("a certificate") ^= 1;
        vec![token.to_owned(), with_root(&fields, encode_pem(&other))]
    };
    Some(match name {
        "base64-decode" => Box::new(move || {
            let decoded = decode_base64(black_box(token.as_bytes()));
            assert!(decoded.is_ok_and(|decoded| decoded.len() == json.len()));
        }),
        "base64-encode" => Box::new(move || {
            assert_eq!(encode_base64(black_box(&json)).len(), token.len());
        }),
        "json-skip" => Box::new(move || assert_eq!(json::check(black_box(&json)), Ok(()))),
        "pem-block" => {
            let mut content = Vec::new();
            Box::new(move || {
                let block = pem::next_block(black_box(root.as_bytes()), 0, &mut content);
                assert!(block.is_some() && content.len() == der.len());
            })
        }
        "x509-p256" => {
            Box::new(move || assert_eq!(x509::check_certificate(black_box(&der)), Ok(())))
        }
        "verdict-own-root" => accept(own_roots()),
        "verdict-shared-root" => accept(vec![token.to_owned()]),
        "verdict-long-way" => accept(vec![with_root(&fields, root.replace('\n', "\r\n"))]),
        "findings-own-root" => find(own_roots()),
        "findings-shared-root" => find(vec![token.to_owned()]),
        "jsonl-own-root" => answer(own_roots()),
        "jsonl-shared-root" => answer(vec![token.to_owned()]),
        "verdict-refused" => Box::new(move || {
            let refusal = judge(black_box(b"eyJDQSI6bnVsbCwiUGVlcklEIjoiMSJ9"));
            assert!(refusal.is_err_and(|refusal| refusal.stage().name() == "addresses"));
        }),
        "decode" => Box::new(move || {
            assert!(PeeringToken::decode(black_box(token.as_bytes())).is_ok());
        }),
        "encode" => Box::new(move || {
            assert_eq!(*black_box(&fields).encode(Shape::V1_16), token);
        }),
        _ => return None,
    })
}

/// One judge that accepts each of these tokens in turn.
fn accept(tokens: Vec<String>) -> Box<dyn FnMut()> {
    let mut judge = Judge::default();
    let mut turn = 0;
    Box::new(move || {
        turn = (turn + 1) % tokens.len();
        assert_eq!(judge.judge(black_box(tokens[turn].as_bytes())), Ok(()));
    })
}

/// One inspector that finds the one finding in each of these tokens in turn, and accepts it.
fn find(tokens: Vec<String>) -> Box<dyn FnMut()> {
    let mut inspector = Inspector::default();
    let mut turn = 0;
    let context = context();
    Box::new(move || {
        turn = (turn + 1) % tokens.len();
        let token = black_box(tokens[turn].as_bytes());
        let inspection = inspector.inspect_bare(token, &context);
        let found = &inspection.findings[..];
        assert!(inspection.refusal.is_none());
        assert!(matches!(found, [one] if one.name == "address-loopback"));
    })
}

/// As [`find`], from a line of JSON to a line of JSON.
fn answer(tokens: Vec<String>) -> Box<dyn FnMut()> {
    let lines: Vec<_> = tokens
        .iter()
        .map(|token| format!("{{\"id\":1,\"token\":\"{token}\"}}\n"))
        .collect();
    let mut answer = jsonl_answers(context());
    let mut turn = 0;
    Box::new(move || {
        turn = (turn + 1) % lines.len();
        let answer = answer(black_box(lines[turn].as_bytes()));
        assert!(answer.starts_with(b"{\"id\":1,\"accepted\":true,") && answer.ends_with(b"}]}\n"));
    })
}

/// Nothing is known but a moment at which the root is valid.
fn context() -> Context<'static> {
    let moment = "2027-01-01T00:00:00Z".parse().expect("a moment");
    let mut context = Context::at(moment);
    context.costly = false;
    context
}

fn with_root(fields: &PeeringToken, root: String) -> String {
    let mut fields = fields.clone();
    fields.ca = Some(vec![root]);
    fields.encode(Shape::V1_16).to_string()
}

fn encode_pem(der: &[u8]) -> String {
    let text = BASE64_STANDARD.encode(der);
    let lines: Vec<_> = text
        .as_bytes()
        .chunks(64)
        .map(String::from_utf8_lossy)
        .collect();
    format!(
        "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
        lines.join("\n")
    )
}
