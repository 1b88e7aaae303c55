//! No secret is printed, whatever it is, wherever it stands and however the token around it is
//! damaged: random tokens with a private key, a token, an ACL token or a Vault token in any place,
//! through the commands and formats. The secret is not in what they print, nor a part of it.

use crate::SECRET;
use crate::support::command::{output_with, peertok};
use crate::support::root;
use peertok::token::encode_base64;
use peertok_testing as testing;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};
use std::fs;
use std::sync::LazyLock;

const ACL_TOKEN: &str = "5c1d4d8a-9a3f-4c57-b1c6-3f0e9b7a2d14";
const GOSSIP_KEY: &str = "pUqJrVyVRj5jsiYEkM/tFQYfWyJIv4s3XkvDwy7Cu5s=";
const VAULT_TOKEN: &str = "hvs.CAESIJq3kT0zWv9bLx7fHn2Qy5RmGd8sUe1oPi6aVcKwXtZ4";

static KEY: LazyLock<String> = LazyLock::new(|| read("fixtures/ca/key.pem"));
static ROOT: LazyLock<String> = LazyLock::new(|| read("fixtures/ca/dc1.pem"));
static TOKEN: LazyLock<String> = LazyLock::new(|| {
    let token = json!({
        "CA": [*ROOT], "ManualServerAddresses": null, "ServerAddresses": ["10.0.0.1:8503"],
        "ServerName": "server.dc1.peering.11111111-2222-3333-4444-555555555555.consul",
        "PeerID": "aaaaaaaa-2222-3333-4444-666666666666", "EstablishmentSecret": SECRET,
        "Remote": {"Partition": "", "Datacenter": "dc1"},
    });
    encode_base64(token.to_string().as_bytes()).to_string()
});

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// What must not be printed: no part of these lengths of any of these texts.
fn canaries() -> Vec<(String, usize)> {
    let key = KEY.lines().filter(|line| !line.starts_with('-')).collect();
    let mut canaries = vec![
        (SECRET.to_owned(), 18),
        (ACL_TOKEN.to_owned(), 18),
        (GOSSIP_KEY.to_owned(), 16),
        (VAULT_TOKEN.to_owned(), 16),
        (key, 20),
        (TOKEN.clone(), 40),
    ];
    // In base64 a text looks different by where it starts within a group of three bytes.
    for before in ["", "x", "xx"] {
        let encoded = encode_base64(format!("{before}{SECRET}").as_bytes()).to_string();
        canaries.push((encoded[4..44].to_owned(), 24));
    }
    canaries
}

/// The canary of which a part is in what was printed.
fn leaked(printed: &str) -> Option<String> {
    // As it would be copied: without line ends, escaped ones and frames.
    let printed = printed.replace("\\n", "").replace("\\r", "");
    let printed: String = printed
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '|' && *c != '\\')
        .collect();
    for (canary, length) in canaries() {
        for start in 0..=canary.len() - length {
            let part = &canary[start..start + length];
            if printed.contains(part) {
                return Some(part.to_owned());
            }
        }
    }
    None
}

/// A secret as a text.
fn secret() -> impl Strategy<Value = String> {
    let label = select(vec![
        "-----BEGIN EC PRIVATE KEY-----",
        "----BEGIN EC PRIVATE KEY----",
        "-----BEGIN EC PRIVATE KEY -----",
        "-----begin ec private key-----",
        "-----BEGIN PRIVATE KEY BLOCK-----",
        "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----",
        "-----BEGIN EC\u{a0}PRIVATE\u{a0}KEY-----",
        "-----BEGIN CERTIFICATE-----",
        "BEGIN EC PRIVATE KEY",
        "",
    ]);
    let line_end = select(vec!["\n", "\r\n", " ", "", "\\n", "\n  "]);
    let key = (label, line_end).prop_map(|(label, line_end)| {
        let lines: Vec<&str> = KEY.lines().filter(|line| !line.starts_with('-')).collect();
        format!("{label}{line_end}{}{line_end}", lines.join(line_end))
    });
    let named = select(vec![
        format!("\"EstablishmentSecret\":\"{SECRET}\""),
        format!("{{\\\"SecretID\\\": \\\"{SECRET}\\\"}}"),
        format!("secret_id={SECRET}"),
        format!("SecretID:\t{SECRET}"),
        format!("tokens = [\"x\", \"{ACL_TOKEN}\"]"),
        format!("X-Consul-Token:[]string{{\"{ACL_TOKEN}\"}}"),
        format!("http://user:{ACL_TOKEN}@host:8500/"),
        format!("X-Consul-Token: {ACL_TOKEN}"),
        format!("Authorization: Bearer {ACL_TOKEN}"),
        format!("CONSUL_HTTP_TOKEN={ACL_TOKEN} consul peering list"),
        format!("-token {ACL_TOKEN}"),
        format!("initial_management = \"{ACL_TOKEN}\""),
        format!("agent = \"{ACL_TOKEN}\""),
        format!("?token={ACL_TOKEN}&dc=dc1"),
        format!("secret%3D{ACL_TOKEN}"),
        format!("encrypt = \"{GOSSIP_KEY}\""),
        format!("X-Vault-Token: {VAULT_TOKEN}"),
        format!("VAULT_TOKEN={VAULT_TOKEN}"),
        VAULT_TOKEN.to_owned(),
        GOSSIP_KEY.to_owned(),
    ]);
    let token = (
        16..100_usize,
        select(vec!["\n", "\r\n", "\n  ", "", " \n", "\u{200b}"]),
    )
        .prop_map(|(width, line_end)| {
            let lines: Vec<&[u8]> = TOKEN.as_bytes().chunks(width).collect();
            String::from_utf8(lines.join(line_end.as_bytes())).unwrap()
        });
    let text = prop_oneof![key.clone(), named, token];
    // A message quotes a part of a field.
    (text, prop_oneof![3 => Just(0), 1 => 0..30_usize])
        .prop_map(|(text, before)| format!("{}{text}", "x ".repeat(before)))
}

/// A token's JSON with a secret in one of its places.
fn token() -> impl Strategy<Value = String> {
    let misspelt = select(vec![
        "EstablishmentSecre",
        "Establishment_Secret",
        "establishment-secret",
        "Secret",
        "SecretID",
        "token",
        "EstablishmentSecret ",
        "EstablishmentSecret\0",
        "EstablishmentScret",
        "PeeringToken",
    ]);
    let place = select(vec![
        "CA",
        "CA0",
        "CA1",
        "ManualServerAddresses",
        "ServerAddresses",
        "ServerName",
        "PeerID",
        "EstablishmentSecret",
        "Partition",
        "Datacenter",
        "Region",
        "unknown",
        "key",
        "nested",
        "named",
        "named",
        "named",
    ]);
    (secret(), place, misspelt, any::<bool>()).prop_map(|(secret, place, misspelt, pretty)| {
        let mut token = json!({
            "CA": [*ROOT], "ManualServerAddresses": null, "ServerAddresses": ["10.0.0.1:8503"],
            "ServerName": "server.dc1.peering.11111111-2222-3333-4444-555555555555.consul",
            "PeerID": "aaaaaaaa-2222-3333-4444-666666666666", "EstablishmentSecret": SECRET,
            "Remote": {"Partition": "", "Datacenter": "dc1"},
        });
        match place {
            "CA" => token["CA"] = json!(secret),
            "CA0" => token["CA"] = json!([secret]),
            "CA1" => token["CA"] = json!([*ROOT, format!("{}{secret}", *ROOT)]),
            "ManualServerAddresses" | "ServerAddresses" => {
                token[place] = json!([secret, format!("{secret}:1")]);
            }
            "Partition" | "Datacenter" => token["Remote"][place] = json!(secret),
            "Region" => token["Remote"]["Locality"] = json!({"Region": secret, "Zone": secret}),
            "key" => token[secret.as_str()] = json!(1),
            "nested" => token["Remote"]["x"] = json!([{"y": [secret]}, {misspelt: SECRET}]),
            "named" => {
                token.as_object_mut().unwrap().remove("EstablishmentSecret");
                token[misspelt] = json!(SECRET);
            }
            _ => token[place] = json!(secret),
        }
        if pretty {
            serde_json::to_string_pretty(&token).unwrap()
        } else {
            token.to_string()
        }
    })
}

/// A token in some format, damaged perhaps.
fn given() -> impl Strategy<Value = String> {
    let damage = select(vec![
        "none",
        "none",
        "none",
        "json",
        "cut",
        "start",
        "wrapped",
        "twice",
        "percent",
        "quoted",
        "marked",
        "envelope",
        "yaml",
        "line",
        "lower",
        "bad-json",
        "secret-alone",
        "list",
    ]);
    (token(), damage, any::<Index>(), secret()).prop_map(|(json, damage, at, secret)| {
        let token = encode_base64(json.as_bytes()).to_string();
        match damage {
            "json" => json,
            "cut" => token[..at.index(token.len()) + 1].to_owned(),
            "start" => token[at.index(8)..].to_owned(),
            "wrapped" => {
                let width = 20 + at.index(80);
                let lines: Vec<&[u8]> = token.as_bytes().chunks(width).collect();
                String::from_utf8(lines.join(&b'\n')).unwrap()
            }
            "twice" => encode_base64(token.as_bytes()).to_string(),
            "percent" => token
                .replace('=', "%3D")
                .replace('+', "%2B")
                .replace('/', "%2F"),
            "quoted" => format!("\"{token}\""),
            "marked" => {
                let at = at.index(token.len());
                format!("{}!{}", &token[..at], &token[at..])
            }
            "envelope" => json!({ "PeeringToken": token }).to_string(),
            "yaml" => format!("kind: Secret\nmetadata:\n  name: a\nstringData:\n  data: {token}\n"),
            "line" => json!({"id": 1, "token": token}).to_string(),
            "lower" => json.replace("\"EstablishmentSecret\"", "\"establishmentsecret\""),
            "bad-json" => {
                encode_base64(json.replacen(':', ";", 1 + at.index(3)).as_bytes()).to_string()
            }
            "secret-alone" => secret,
            "list" => format!("[{json}]"),
            _ => token,
        }
    })
}

/// The commands that read a token from standard input, and those that get it as an argument in a
/// place where something else is wanted. Where the token is the output, that is not looked at.
const READING: [&[&str]; 14] = [
    &["decode"],
    &["decode", "--format", "json"],
    &["decode", "--json-only"],
    &["validate"],
    &["validate", "--format", "json"],
    &["validate", "--jsonl"],
    &["diff", "-", "@fixtures/consul/alpha-minted.token"],
    &[
        "diff",
        "--format",
        "json",
        "@fixtures/consul/alpha-minted.token",
        "-",
    ],
    &["explain"],
    &["explain", "--format", "json"],
    &["ca", "check", "-"],
    &["snapshot", "show", "-"],
    &[
        "generate",
        "-name",
        "a",
        "--datacenter",
        "dc1",
        "--server-address",
        "10.0.0.1:8503",
        "--ca",
        "-",
    ],
    &[
        "generate",
        "-name",
        "a",
        "--datacenter",
        "dc1",
        "--server-address",
        "10.0.0.1:8503",
        "--roots",
        "-",
    ],
];
const SHOWING: [&[&str]; 3] = [
    &["edit", "-", "--set", "ServerName=a"],
    &["edit", "-", "--remove-address", "10.0.0.1:8503"],
    &["decode", "--repair"],
];
/// `{}` stands for the token.
const NAMING: [&[&str]; 22] = [
    &["{}"],
    &["decode", "x", "{}"],
    &["decode", "@{}"],
    &["decode", "--max-size", "{}"],
    &["decode", "--k8s-name", "{}"],
    &["validate", "--snapshot", "{}", "e30="],
    &["validate", "--name", "{}", "e30="],
    &["validate", "{}", "--format", "{}"],
    &["diff", "e30=", "@{}"],
    &["explain", "{}"],
    &["explain", "x509: {}"],
    &["edit", "e30=", "--set", "{}"],
    &[
        "edit",
        "e30=",
        "--set",
        "ServerName={}",
        "--out",
        "/dev/null/x",
    ],
    &["edit", "e30=", "--add-address", "{}"],
    &["edit", "e30=", "--from-json", "{}"],
    &["generate", "-name", "{}"],
    &["generate", "-name", "a", "--ca", "{}"],
    &[
        "generate",
        "-name",
        "a",
        "--datacenter",
        "{}",
        "--no-ca",
        "--out",
        "/dev/null/x",
    ],
    &["generate", "-name", "a", "-meta", "{}"],
    &["ca", "new", "--cluster-id", "{}", "--out", "/dev/null/x"],
    &["snapshot", "show", "{}"],
    &["mesh", "{}"],
];

fn check(arguments: &[&str], input: &str, parts: fn(&std::process::Output) -> Vec<u8>) {
    let output = output_with(peertok(arguments), input.as_bytes());
    assert!(
        output.status.code().is_some(),
        "{arguments:?} was stopped by a signal"
    );
    let printed = String::from_utf8_lossy(&parts(&output)).into_owned();
    if let Some(part) = leaked(&printed) {
        panic!("{arguments:?} shows {part}: {printed}\n\ngiven: {input}");
    }
}

fn all(output: &std::process::Output) -> Vec<u8> {
    [&output.stdout[..], b"\n", &output.stderr].concat()
}

fn stderr(output: &std::process::Output) -> Vec<u8> {
    output.stderr.clone()
}

/// What a kit says to people and programs holds no token, no secret and no key of the kit.
#[test]
fn no_page_of_a_kit_shows_a_secret() {
    let folder = tempfile::tempdir().unwrap();
    let sites = folder.path().join("mesh.toml");
    let site = |name| {
        format!(
            "[[sites]]\nname = \"{name}\"\nstate = \"new\"\ndatacenter = \"{name}\"\naddresses = [\"{name}.acme.internal\"]\n"
        )
    };
    fs::write(
        &sites,
        "mode = \"active\"\npairs = \"full\"\n".to_owned() + &site("a") + &site("b"),
    )
    .unwrap();
    let kit = folder.path().join("kit");
    let arguments = [
        "mesh",
        sites.to_str().unwrap(),
        "--out",
        kit.to_str().unwrap(),
    ];
    let output = output_with(peertok(&arguments), b"");
    assert!(output.status.success());
    let kept = fs::read(kit.join(".mesh-state.json")).unwrap();
    // A sum stands behind it.
    let kept = serde_json::Deserializer::from_slice(&kept)
        .into_iter()
        .next();
    let kept: Value = kept.unwrap().unwrap();
    let mut secrets = Vec::new();
    collect(&kept, &mut secrets);
    assert!(secrets.len() > 4, "{}", secrets.len());
    let mut pages = vec![String::from_utf8([output.stdout, output.stderr].concat()).unwrap()];
    for page in ["mesh.html", "manifest.json", "a/RUNBOOK.md", "b/RUNBOOK.md"] {
        pages.push(fs::read_to_string(kit.join(page)).unwrap());
    }
    for page in &pages {
        for secret in &secrets {
            assert!(!page.contains(secret), "{secret} is in {page}");
        }
    }
}

/// The strings under names of secrets and keys, each line of a key by itself.
fn collect(value: &Value, secrets: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                match value {
                    Value::String(text) if text.contains("PRIVATE KEY") => {
                        let lines = text.lines().filter(|line| !line.starts_with('-'));
                        secrets.extend(lines.map(str::to_owned));
                    }
                    Value::String(text) if peertok_secret::names_secret(name) => {
                        secrets.push(text.clone());
                    }
                    _ => collect(value, secrets),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, secrets)),
        _ => {}
    }
}

proptest! {
    #![proptest_config(testing::config(12))]

    #[test]
    fn nothing_that_is_read_shows_a_secret(given in given()) {
        for arguments in READING {
            check(arguments, &given, all);
        }
        for arguments in SHOWING {
            check(arguments, &given, stderr);
        }
        let lines = given.replace('\n', " ");
        let logged = format!("2026-11-28T10:00:00Z [ERROR] agent: failed to dial: error=\"x509: certificate signed by unknown authority\" {lines}");
        check(&["explain"], &logged, all);
        check(&["explain", "--format", "json"], &logged, all);
        let line = json!({"id": Value::String(given.clone()), "token": given}).to_string();
        check(&["validate", "--jsonl"], &line, all);
    }

    #[test]
    fn no_argument_in_a_wrong_place_shows_a_secret(given in given()) {
        prop_assume!(!given.contains('\0'));
        for arguments in NAMING {
            let arguments: Vec<String> = arguments.iter().map(|a| a.replace("{}", &given)).collect();
            check(&crate::as_strs(&arguments), "", all);
        }
    }

    #[test]
    fn no_file_of_a_mesh_shows_a_secret(given in secret(), at in any::<Index>()) {
        let quoted = serde_json::to_string(&given).unwrap();
        let site = "[[sites]]\nname = \"east\"\ndatacenter = \"dc1\"\naddresses = [\"10.0.0.1:8503\"]\nstate = \"new\"\n";
        let faulty = [
            format!("{site}initial_management = {quoted}\n"),
            format!("{site}encrypt = {quoted}\n"),
            site.replace("\"dc1\"", &quoted),
            site.replace("\"10.0.0.1:8503\"", &quoted),
            site.replace("\"east\"", &quoted),
            format!("{site}{quoted} = 1\n"),
            format!("{site}x = {given}\n"),
            format!("{given}\n{site}"),
        ];
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mesh.toml");
        fs::write(&path, &faulty[at.index(faulty.len())]).unwrap();
        check(&["mesh", path.to_str().unwrap()], "", all);
    }
}
