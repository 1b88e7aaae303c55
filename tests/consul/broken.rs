//! Tokens that are broken in every way that a server looks at.
//!
//! A server dials the addresses of a token that it takes. So what passes a check here is given a
//! fault of a later stage, and the server says which stage it came to.

use crate::server::DEAD;
use peertok::token::{Shape, encode_base64};
use peertok::{PeeringToken, Secret};

pub(crate) const CLUSTER: &str = "5b7c0d0e-3e0f-4d8c-a2a4-0c6f1d3a9b04";

/// A token, and what is special about it.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) token: String,
}

pub(crate) fn case(name: impl Into<String>, token: impl Into<String>) -> Case {
    let (name, token) = (name.into(), token.into());
    Case { name, token }
}

/// A token that would be dialed with.
pub(crate) fn sound(root: &str) -> PeeringToken {
    let mut token = PeeringToken::new();
    token.ca = Some(vec![root.to_owned()]);
    token.server_addresses = Some(vec![DEAD.to_owned()]);
    token.server_name = format!("server.dc1.peering.{CLUSTER}.consul");
    token.peer_id = "98e39ed8-212e-48fa-a03e-017869adcbf1".to_owned();
    token.establishment_secret = Secret::new("fa32ff27-5a61-4feb-8900-644a59ee7112".to_owned());
    token.remote.datacenter = "dc1".to_owned();
    token
}

pub(crate) fn encode(token: &PeeringToken) -> String {
    token.encode(Shape::V1_16).to_string()
}

/// A token whose roots are these; if they pass, its peer ID is at fault.
fn with_roots(root: &str, entries: Vec<String>) -> String {
    let mut token = sound(root);
    token.ca = Some(entries);
    token.peer_id.clear();
    encode(&token)
}

/// A token whose addresses are these; if they pass, its peer ID is at fault.
fn with_addresses(root: &str, manual: &[&str], server: &[&str]) -> String {
    let list = |list: &[&str]| Some(list.iter().map(|&address| address.to_owned()).collect());
    let mut token = sound(root);
    token.manual_server_addresses = list(manual);
    token.server_addresses = list(server);
    token.peer_id.clear();
    encode(&token)
}

/// All of them, with this root where nothing is said of roots.
pub(crate) fn tokens(root: &str) -> Vec<Case> {
    [
        broken_base64,
        broken_json,
        broken_roots,
        damaged_certificates,
        broken_addresses,
        broken_names,
    ]
    .iter()
    .flat_map(|cases| cases(root))
    .collect()
}

fn broken_base64(root: &str) -> Vec<Case> {
    let token = with_roots(root, vec![root.to_owned()]);
    let wrapped: String = token
        .as_bytes()
        .chunks(76)
        .map(|line| format!("{}\r\n", String::from_utf8_lossy(line)))
        .collect();
    vec![
        case("no token", ""),
        case("a line end alone", "\n"),
        case("no base64", "!"),
        case("one character too few", &token[..token.len() - 1]),
        case("no padding", "eyJDQSI6bnVsbH0"),
        case("padding alone", "===="),
        case("padding within", "eyJD=SI6bnVsbH0="),
        case("more after the padding", "e30=e30="),
        case("the alphabet of URLs", "eyJBIjoi_-8ifQ=="),
        case("bits that are not zero", "e31="),
        case("a blank before", format!(" {token}")),
        case("quoted", format!("\"{token}\"")),
        case("not ASCII", "eyJDQSI6é"),
        case("wrapped lines", wrapped),
        case("base64 twice", encode_base64(token.as_bytes()).to_string()),
    ]
}

fn broken_json(root: &str) -> Vec<Case> {
    let whole = sound(root).to_json(Shape::V1_16);
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    let texts = [
        ("nothing", ""),
        ("blanks", " \t\r\n"),
        ("words", "hello"),
        ("null", "null"),
        ("a number", "1"),
        ("a text", "\"text\""),
        ("a list", "[]"),
        ("an object with nothing", "{}"),
        ("cut off", &whole[..whole.len() / 2]),
        ("two objects", &format!("{}{{}}", *whole)),
        ("a comma at the end", r#"{"CA":null,}"#),
        ("a key without quotes", "{CA:null}"),
        ("single quotes", "{'CA':null}"),
        ("a control character", "{\"CA\":\"\u{1}\"}"),
        ("an unknown escape", r#"{"CA":"\x"}"#),
        ("half an escape", r#"{"CA":"\u12"}"#),
        ("a byte order mark", "\u{feff}{}"),
        ("a number with a zero before", r#"{"CA":01}"#),
        ("a CA that is a text", r#"{"CA":"x"}"#),
        ("a CA of numbers", r#"{"CA":[1]}"#),
        ("a peer ID that is a number", r#"{"PeerID":1.5e3}"#),
        ("a secret that is a list", r#"{"EstablishmentSecret":[]}"#),
        ("a Remote that is true", r#"{"Remote":true}"#),
        (
            "a region that is an object",
            r#"{"Remote":{"Locality":{"Region":{}}}}"#,
        ),
        ("other case, and another type", r#"{"serveraddresses":{}}"#),
        ("the first of two type errors", r#"{"CA":{},"PeerID":1}"#),
        ("a type error before a fault", r#"{"CA":1,"#),
        ("10,000 lists in each other", &nested(10_000)),
        ("10,001 lists in each other", &nested(10_001)),
    ];
    let no_text = encode_base64(b"{\"CA\":[\"\xff\xfe\"]}");
    let mut cases = vec![case("no UTF-8", no_text.as_str())];
    cases.extend(texts.map(|(name, json)| case(name, encode_base64(json.as_bytes()).as_str())));
    cases
}

fn broken_roots(root: &str) -> Vec<Case> {
    let body = root.lines().nth(1).unwrap();
    let entry = |name: &str, entry: String| case(name, with_roots(root, vec![entry]));
    let headers = root.replacen("-----\n", "-----\nX: y\n\n", 1);
    let tls = |name: &str, entries: Vec<String>| {
        let mut token = sound(root);
        token.ca = Some(entries);
        case(name, encode(&token))
    };
    vec![
        entry("an empty entry", String::new()),
        entry("no PEM", "no PEM".to_owned()),
        entry("a key", root.replace("CERTIFICATE", "PRIVATE KEY")),
        entry(
            "a label in lower case",
            root.replace("CERTIFICATE", "certificate"),
        ),
        entry(
            "no END line",
            root.replace("-----END CERTIFICATE-----\n", ""),
        ),
        entry(
            "another END line",
            root.replace("END CERTIFICATE", "END ROOT"),
        ),
        entry(
            "an empty block",
            root.split(body).next().unwrap().to_owned() + "-----END CERTIFICATE-----\n",
        ),
        entry("a line missing", root.replacen(&format!("{body}\n"), "", 1)),
        entry(
            "a line twice",
            root.replacen(body, &format!("{body}\n{body}"), 1),
        ),
        entry("spaces for line ends", root.replace('\n', " ")),
        entry("CRLF", root.replace('\n', "\r\n")),
        entry("no line end", root.trim_end().to_owned()),
        entry("words before", format!("subject=x\n{root}")),
        entry("words after", format!("{root}words")),
        entry("two certificates", format!("{root}{root}")),
        case(
            "a second entry that is none",
            with_roots(root, vec![root.to_owned(), "x".to_owned()]),
        ),
        tls("headers", vec![headers.clone()]),
        tls(
            "headers in the second entry",
            vec![root.to_owned(), headers.clone()],
        ),
        tls(
            "headers twice in an entry",
            vec![format!("{headers}{headers}")],
        ),
    ]
}

/// The root with one bit of each byte turned, and the root cut off after each eighth byte.
fn damaged_certificates(root: &str) -> Vec<Case> {
    let lines: String = root.lines().filter(|line| !line.starts_with('-')).collect();
    let der = peertok::token::decode_base64(lines.as_bytes()).unwrap();
    let case_of = |name: String, der: &[u8]| {
        let base64 = encode_base64(der);
        let entry = format!(
            "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
            *base64
        );
        case(name, with_roots(root, vec![entry]))
    };
    let flipped = (0..der.len()).map(|at| {
        let mut damaged = der.to_vec();
        damaged[at] ^= 1 << (at % 8);
        case_of(format!("byte {at} of the certificate"), &damaged)
    });
    let cut = (0..der.len())
        .step_by(8)
        .map(|at| case_of(format!("{at} bytes of the certificate"), &der[..at]));
    flipped.chain(cut).collect()
}

fn broken_addresses(root: &str) -> Vec<Case> {
    let mut cases = vec![
        case("no address", with_addresses(root, &[], &[])),
        case(
            "the manual list first",
            with_addresses(root, &["b"], &["a"]),
        ),
        case("a good manual list", with_addresses(root, &[DEAD], &["a"])),
    ];
    for address in [
        "",
        "lb.example.com",
        "lb.example.com:",
        "lb.example.com:0",
        "lb.example.com:65535",
        "lb.example.com:65536",
        "lb.example.com:http",
        "lb.example.com:+80",
        "lb.example.com:-1",
        "lb.example.com: 80",
        "lb.example.com:80 ",
        "lb.example.com:00080",
        "lb.example.com:8_0",
        "lb.example.com:99999999999999999999",
        "a:1:2",
        ":80",
        ":",
        "::1",
        "::1:80",
        "[::1]",
        "[::1]:80",
        "[::1]x:80",
        "[::1%x]:80",
        "[::1:80",
        "::1]:80",
        "https://lb.example.com:443",
        "a b:1",
        "<&>:1",
        "\u{1}é\u{2028}:1",
        "\u{1}é\u{2028}",
    ] {
        let name = format!("the address {address:?}");
        cases.push(case(name, with_addresses(root, &[], &[DEAD, address])));
    }
    cases
}

fn broken_names(root: &str) -> Vec<Case> {
    let mut unnamed = sound(root);
    unnamed.server_name = String::new();
    let mut unnamed_without_ca = unnamed.clone();
    unnamed_without_ca.ca = None;
    unnamed_without_ca.peer_id = String::new();
    let mut no_id = sound(root);
    no_id.peer_id = String::new();
    no_id.establishment_secret = Secret::default();
    vec![
        case("no server name", encode(&unnamed)),
        case("no server name and no CA", encode(&unnamed_without_ca)),
        case("no peer ID", encode(&no_id)),
    ]
}
