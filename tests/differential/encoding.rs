//! Tokens written by us and by Go: out of fields with any text in them, and out of what each of us
//! reads from the tokens made for the verdict. That shows the fields that no verdict depends on.

use crate::generate::Generator;
use crate::support::oracle::Oracle;
use fastrand::Rng;
use peertok::token::{Locality, Shape};
use peertok::{PeeringToken, Secret};
use serde_json::json;
use std::io::Write;
use std::path::Path;

const CASES: u64 = 20_000;

/// Compares what we and Go read and then write, where there is something to read.
pub fn compare_read(program: &Path, seed: u64) {
    let mut oracle = Oracle::start(program, "encode");
    let generator = Generator::new(seed);
    let mut read = 0;
    for case in (0..CASES).map(|number| generator.case(number)) {
        let Ok(token) = PeeringToken::decode(&case.token) else {
            continue;
        };
        let mut line = peertok::token::decode_base64(&case.token).unwrap().to_vec();
        // The oracle wants one line; in JSON, a line end can stand only where a blank can.
        for byte in line.iter_mut().filter(|byte| **byte == b'\n') {
            *byte = b' ';
        }
        line.push(b'\n');
        oracle.questions.write_all(&line).unwrap();
        let go = String::from_utf8(oracle.answers.next_line().to_vec()).unwrap();
        assert_eq!(*token.encode(Shape::V1_16), go, "case {}", case.number);
        read += 1;
    }
    oracle.finish();
    assert!(read > CASES / 4, "only {read} tokens were read");
}

/// Compares what we and Go write.
pub fn compare_written(program: &Path, seed: u64) {
    let mut oracle = Oracle::start(program, "encode");
    let mut rng = Rng::with_seed(seed);
    for _ in 0..CASES {
        let token = token(&mut rng);
        let locality = token.remote.locality.as_ref();
        let fields = json!({
            "CA": token.ca,
            "ManualServerAddresses": token.manual_server_addresses,
            "ServerAddresses": token.server_addresses,
            "ServerName": token.server_name,
            "PeerID": token.peer_id,
            "EstablishmentSecret": token.establishment_secret.expose(),
            "Remote": {
                "Partition": token.remote.partition,
                "Datacenter": token.remote.datacenter,
                "Locality": locality.map(|l| json!({"Region": l.region, "Zone": l.zone})),
            },
        });
        writeln!(oracle.questions, "{fields}").unwrap();
        let go = String::from_utf8(oracle.answers.next_line().to_vec()).unwrap();
        assert_eq!(*token.encode(Shape::V1_16), go, "{fields}");
    }
    oracle.finish();
}

fn token(rng: &mut Rng) -> PeeringToken {
    let mut token = PeeringToken::new();
    token.ca = list(rng);
    token.manual_server_addresses = list(rng);
    token.server_addresses = list(rng);
    token.server_name = text(rng);
    token.peer_id = text(rng);
    token.establishment_secret = Secret::new(text(rng));
    token.remote.partition = text(rng);
    token.remote.datacenter = text(rng);
    token.remote.locality = rng.bool().then(|| Locality::new(text(rng), text(rng)));
    token
}

fn list(rng: &mut Rng) -> Option<Vec<String>> {
    let length = rng.usize(..4);
    (length < 3).then(|| (0..length).map(|_| text(rng)).collect())
}

/// A text of characters that JSON or Go may escape.
fn text(rng: &mut Rng) -> String {
    let length = rng.usize(..6);
    (0..length)
        .map(|_| match rng.u8(..4) {
            0 => char::from(rng.u8(..0x80)),
            1 => *rng
                .choice(&[
                    '<', '>', '&', '"', '\\', '/', '\u{2028}', '\u{2029}', '\u{fffd}',
                ])
                .unwrap(),
            2 => rng.char('\0'..'\u{3000}'),
            _ => rng.char(..),
        })
        .collect()
}
