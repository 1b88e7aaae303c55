//! Tokens to measure with: `tokens own|shared COUNT token|jsonl|oracle`, one a line.
//!
//! Each token is as a server of 1.16 or later mints it, about 1.4 kB, with one P-256 root: its `own`,
//! or one `shared` by all. The forms are the bare token, a line for `peertok validate --jsonl`, and
//! a line for the `verdict` mode of `tests/oracle`.

#![allow(clippy::print_stdout)]

use peertok::token::{Shape, encode_base64};
use peertok::{PeeringToken, Secret};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, KeyPair, KeyUsagePurpose,
    SanType,
};
use std::io::{self, BufWriter, Write};

const USAGE: &str = "usage: tokens own|shared COUNT token|jsonl|oracle";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [roots, count, form] = arguments.as_slice() else {
        return Err(USAGE.into());
    };
    let count: u64 = count.parse()?;
    let mut out = BufWriter::new(io::stdout().lock());
    let shared = uuid(0);
    let shared_root = root(&shared)?;
    for number in 1..=count {
        let (cluster, root) = match roots.as_str() {
            "own" => {
                let cluster = uuid(number);
                let root = root(&cluster)?;
                (cluster, root)
            }
            "shared" => (shared.clone(), shared_root.clone()),
            _ => return Err(USAGE.into()),
        };
        let token = token(number, &cluster, root);
        match form.as_str() {
            "token" => writeln!(out, "{token}")?,
            "jsonl" => writeln!(out, r#"{{"id":{number},"token":"{token}"}}"#)?,
            "oracle" => {
                let input = encode_base64(token.as_bytes());
                writeln!(out, r#"{{"id":{number},"input":"{}"}}"#, *input)?;
            }
            _ => return Err(USAGE.into()),
        }
    }
    Ok(out.flush()?)
}

fn token(number: u64, cluster: &str, root: String) -> String {
    let mut token = PeeringToken::new();
    token.ca = Some(vec![root]);
    token.server_addresses = Some(vec!["10.0.0.1:8503".to_owned()]);
    token.server_name = format!("server.dc1.peering.{cluster}.consul");
    token.peer_id = uuid(number);
    token.establishment_secret = Secret::new(uuid(!number));
    token.remote.datacenter = "dc1".to_owned();
    token.encode(Shape::V1_16).to_string()
}

/// A root as the built-in CA makes them: P-256, self-signed, with the SPIFFE URI of its cluster.
fn root(cluster: &str) -> Result<String, Box<dyn std::error::Error>> {
    let key = KeyPair::generate()?;
    let mut root = CertificateParams::default();
    root.distinguished_name = DistinguishedName::new();
    let name = format!("pri-{}.consul.ca.{}.consul", &cluster[..8], &cluster[..8]);
    root.distinguished_name.push(DnType::CommonName, name);
    root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    root.key_usages = vec![
        KeyUsagePurpose::DigitalSignature,
        KeyUsagePurpose::KeyCertSign,
        KeyUsagePurpose::CrlSign,
    ];
    root.use_authority_key_identifier_extension = true;
    let uri = format!("spiffe://{cluster}.consul");
    root.subject_alt_names = vec![SanType::URI(uri.try_into()?)];
    let pem = root.self_signed(&key)?.pem();
    // rcgen ends its lines as the platform does.
    Ok(pem.replace("\r\n", "\n"))
}

fn uuid(number: u64) -> String {
    let mixed = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let digits = format!("{mixed:016x}{number:016x}");
    let (a, b, c, d, e) = (
        &digits[..8],
        &digits[8..12],
        &digits[12..16],
        &digits[16..20],
        &digits[20..],
    );
    format!("{a}-{b}-{c}-{d}-{e}")
}
