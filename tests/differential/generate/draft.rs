//! Valid tokens to start from.

use super::bytes::pick;
use super::json::{Json, quoted};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use fastrand::Rng;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// A token's fields, of any bytes.
pub struct Draft {
    pub ca: Option<Vec<Vec<u8>>>,
    manual: Option<Vec<Vec<u8>>>,
    servers: Option<Vec<Vec<u8>>>,
    server_name: &'static str,
    peer_id: &'static str,
    remote: Remote,
}

/// What the releases of Consul write behind the secret.
#[derive(Clone, Copy)]
enum Remote {
    /// 1.13: nothing, and no manual addresses either.
    None,
    /// 1.14.
    Place,
    /// 1.16 and later.
    NoLocality,
    Locality,
}

const SECRET: &str = "5c83b7dd-ace8-1833-f40d-4465324ae091";
const ADDRESSES: [&str; 9] = [
    "10.0.0.1:8503",
    "192.0.2.7:1",
    "[2001:db8::1]:65535",
    "[fe80::1%eth0]:8503",
    "consul.example.com:443",
    ":8503",
    "a b:+80",
    "server-1:00008503",
    "é.example:9",
];

/// The DER of every root certificate that the fixtures hold in accepted tokens.
pub fn certificates() -> Vec<Vec<u8>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/consul/verdicts.jsonl");
    let mut found = BTreeSet::new();
    for line in fs::read_to_string(path).unwrap().lines() {
        let recorded: Value = serde_json::from_str(line).unwrap();
        if recorded["accepted"] == true {
            // Read by others than what is tested here; a token that is odd to them is left out.
            let json = BASE64_STANDARD.decode(recorded["token"].as_str().unwrap());
            let fields: Value =
                serde_json::from_slice(&json.unwrap_or_default()).unwrap_or_default();
            let entries = fields["CA"].as_array().into_iter().flatten();
            found.extend(entries.filter_map(|entry| der(entry.as_str()?)));
        }
    }
    assert!(!found.is_empty(), "the fixtures hold no certificates");
    found.into_iter().collect()
}

/// The content of a PEM text that is nothing but one plain block.
fn der(entry: &str) -> Option<Vec<u8>> {
    let body = entry
        .strip_prefix("-----BEGIN CERTIFICATE-----\n")?
        .strip_suffix("\n-----END CERTIFICATE-----\n")?;
    BASE64_STANDARD.decode(body.replace('\n', "")).ok()
}

/// The bytes as a PEM block, the way Go and everyone else writes it.
pub fn block(label: &str, der: &[u8]) -> Vec<u8> {
    let mut text = format!("-----BEGIN {label}-----\n").into_bytes();
    for line in BASE64_STANDARD.encode(der).into_bytes().chunks(64) {
        text.extend_from_slice(line);
        text.push(b'\n');
    }
    text.extend_from_slice(format!("-----END {label}-----\n").as_bytes());
    text
}

/// A root certificate as it stands in a token.
pub fn root(rng: &mut Rng, certificates: &[Vec<u8>]) -> Vec<u8> {
    block(
        "CERTIFICATE",
        &certificates[rng.usize(..certificates.len())],
    )
}

fn addresses(rng: &mut Rng, count: usize) -> Vec<Vec<u8>> {
    (0..count)
        .map(|_| pick(rng, &ADDRESSES).as_bytes().to_vec())
        .collect()
}

impl Draft {
    /// Puts a root in the place of one that is there, or makes it the only one.
    pub fn put_root(&mut self, rng: &mut Rng, root: Vec<u8>) {
        match &mut self.ca {
            Some(roots) if !roots.is_empty() => {
                let at = rng.usize(..roots.len());
                roots[at] = root;
            }
            none => *none = Some(vec![root]),
        }
    }

    pub fn valid(rng: &mut Rng, certificates: &[Vec<u8>]) -> Self {
        let roots = match rng.u8(..12) {
            0 => None,
            1 => Some(0),
            2..9 => Some(1),
            9..11 => Some(2),
            _ => Some(3),
        };
        let manual = match rng.u8(..8) {
            0..5 => None,
            5 => Some(0),
            _ => Some(rng.usize(1..3)),
        };
        let servers = rng.usize(1..4);
        Self {
            ca: roots.map(|count| (0..count).map(|_| root(rng, certificates)).collect()),
            manual: manual.map(|count| addresses(rng, count)),
            servers: Some(addresses(rng, servers)),
            server_name: "server.dc1.peering.11111111-2222-3333-4444-555555555555.consul",
            peer_id: "08551fd2-ae58-51d7-89a6-2819d3207341",
            remote: *rng
                .choice(&[
                    Remote::None,
                    Remote::Place,
                    Remote::NoLocality,
                    Remote::Locality,
                ])
                .unwrap(),
        }
    }

    /// Takes the roots out more often than not, so that a change to the text around them does not
    /// drown in base64; and often breaks an address, since the message then shows how it was read.
    pub fn shorten(&mut self, rng: &mut Rng) {
        if rng.u8(..3) > 0 {
            self.ca = None;
        }
        if rng.u8(..3) == 0 {
            self.put_address(rng, |_| b"shown:".to_vec());
        }
        if rng.u8(..10) == 0 {
            self.peer_id = "";
        }
    }

    /// Puts an address into either list.
    pub fn put_address(&mut self, rng: &mut Rng, address: impl Fn(&mut Rng) -> Vec<u8>) {
        let list = match rng.u8(..3) {
            0 => &mut self.manual,
            _ => &mut self.servers,
        };
        let list = list.get_or_insert_default();
        let at = rng.usize(..=list.len());
        let address = address(rng);
        match list.get_mut(at) {
            Some(replaced) => *replaced = address,
            None => list.push(address),
        }
    }

    pub fn json(&self) -> Json {
        let key = |name: &str| quoted(name.as_bytes());
        let text = |content: &str| Json::text(content.as_bytes());
        let list = |list: &Option<Vec<Vec<u8>>>| match list {
            None => Json::raw("null"),
            Some(entries) => Json::List(entries.iter().map(|entry| Json::text(entry)).collect()),
        };
        let mut members = vec![
            (key("CA"), list(&self.ca)),
            (key("ServerAddresses"), list(&self.servers)),
            (key("ServerName"), text(self.server_name)),
            (key("PeerID"), text(self.peer_id)),
            (key("EstablishmentSecret"), text(SECRET)),
        ];
        if !matches!(self.remote, Remote::None) {
            members.insert(1, (key("ManualServerAddresses"), list(&self.manual)));
            let mut remote = vec![
                (key("Partition"), text("")),
                (key("Datacenter"), text("dc1")),
            ];
            let locality = match self.remote {
                Remote::Locality => Json::Object(vec![
                    (key("Region"), text("us-west-1")),
                    (key("Zone"), text("us-west-1a")),
                ]),
                _ => Json::raw("null"),
            };
            if !matches!(self.remote, Remote::Place) {
                remote.push((key("Locality"), locality));
            }
            members.push((key("Remote"), Json::Object(remote)));
        }
        Json::Object(members)
    }
}
