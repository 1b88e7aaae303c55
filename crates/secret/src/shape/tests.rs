use super::*;
use crate::without_secrets;

const UUID: &str = "08551fd2-ae58-51d7-89a6-2819d3207341";
/// A P-256 key that protects nothing, in the form of `openssl ecparam -genkey`.
const KEY: &str = "MHcCAQEEIIrYSSNQFaA2Hwf1duRSxKtLYX5CB04fSeQ6tF1aY/PuoAoGCCqGSM49\nAwEHoUQDQgAEPR3tU2Fta9ktY+6P9G0cWO+0kETA6SFs38GecTyudlHz6xvCdz8q\nEKTcWGekdmdDPsHloRNtsiCa697B2O9IFA==";
/// Its private number, in the first line.
const NUMBER: &str = "IrYSSNQFaA2Hwf1duRSxKtLYX5CB04fSeQ6tF1aY";
/// The first lines of a certificate.
const CERTIFICATE: &str = "MIIBjDCCATOgAwIBAgIBATAKBggqhkjOPQQDAjAZMRcwFQYDVQQDEw5Db25zdWwg\nQ0EgZGMxMB4XDTI2MTEyMDAwMDAwMFoXDTM2MTExNzAwMDAwMFowGTEXMBUGA1UE";

fn hidden(text: &str, secret: &str) {
    for extent in [Extent::Value, Extent::Page] {
        let found = find(text, extent);
        let shown: String = {
            let mut shown = text.to_owned();
            for range in found.iter().rev() {
                shown.replace_range(range.clone(), "#");
            }
            shown
        };
        assert!(!shown.contains(secret), "{extent:?}: {shown}");
        assert!(shown.contains('#'), "{shown}");
    }
}

fn shown(text: &str) {
    assert_eq!(without_secrets(text), text);
}

#[test]
fn private_keys_are_hidden_however_their_label_is_damaged() {
    for label in [
        "-----BEGIN EC PRIVATE KEY-----",
        "----BEGIN EC PRIVATE KEY----",
        "-----BEGIN EC PRIVATE KEY -----",
        "-----begin ec private key-----",
        "-----BEGIN PGP PRIVATE KEY BLOCK-----",
        "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----",
        "-----BEGIN EC\u{a0}PRIVATE\u{a0}KEY-----",
        "-----BEGIN CERTIFICATE-----",
        "-----BEGIN EC KEY-----",
        "BEGIN PRIVATE KEY",
        "",
    ] {
        for between in [
            "\n", "\r\n", "\\n", "\\r\\n", "\\\\n", "\\u000a", "\n    ", " ", "",
        ] {
            let text = format!(
                "{label}{between}{}{between}-----END",
                KEY.replace('\n', between)
            );
            hidden(&text, NUMBER);
        }
        // A message may quote its start alone.
        let cut = format!("{label}\n{KEY}");
        hidden(&cut[..label.len() + 60], "IrYSSNQFaA2Hwf1duRSxKtLYX5CB04f");
    }
}

#[test]
fn short_keys_are_hidden_behind_their_label() {
    let label = "-----BEGIN PRIVATE KEY-----";
    hidden(&format!("{label}\nAAAA"), "AAAA");
    hidden(
        &format!("{label}\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,12\n\nAAAA\nAB==\n"),
        "AB==",
    );
    let text = format!("{label}\nAAAA\n-----END PRIVATE KEY-----\nthe rest");
    assert!(without_secrets(&text).ends_with("-----END PRIVATE KEY-----\nthe rest"));
    // On a page the rest is something else.
    let page = crate::Redactor::new();
    let page = page.page("-----BEGIN PRIVATE KEY-----\\nAAAA' (10 bytes): the rest");
    assert!(page.ends_with("' (10 bytes): the rest"), "{page}");
    assert!(!page.contains("AAAA"), "{page}");
    shown(label);
}

#[test]
fn certificates_are_public() {
    shown(CERTIFICATE);
    shown(&CERTIFICATE.replace('\n', "\\n"));
    let block = format!(
        "-----BEGIN CERTIFICATE-----\n{CERTIFICATE}!{CERTIFICATE}\n-----END CERTIFICATE-----\n"
    );
    shown(&block);
    hidden(
        &format!("{block}-----BEGIN EC PRIVATE KEY-----\n{KEY}"),
        NUMBER,
    );
    hidden(
        &format!("-----BEGIN CERTIFICATE-----\n{CERTIFICATE}\n-----BEGIN X-----\n{KEY}"),
        NUMBER,
    );
}

#[test]
fn tokens_are_hidden_whole_and_wrapped() {
    let token = "eyJDQSI6WyItLS0tLUJFR0lOIENFUlRJRklDQVRFLS0tLS1cbk1JSUNGakNDQWI0Z0F3SUJBZ0lCQnpBS0JnZ3Foa2pPUFFRREFqQXdNUzR3TEFZRFZRUURFeVZ3WTJrdA==";
    for width in [8, 10, 14, 16, 20, 32, 64, 76, 200] {
        let lines: Vec<_> = token.as_bytes().chunks(width).collect();
        let lines: Vec<_> = lines
            .iter()
            .map(|line| str::from_utf8(line).unwrap())
            .collect();
        for between in [
            "\n",
            "\r\n",
            "\n  ",
            "\\n",
            "\n\u{1b}[31m",
            "\u{200b}",
            "\",\"",
            " ",
        ] {
            let wrapped = lines.join(between);
            for line in &lines {
                hidden(&format!("a token: {wrapped}\nand more"), line);
            }
        }
    }
    for start in ["eyJ", "ewog", "ew0K", "eyAi", "ZXlK"] {
        hidden(&format!("'{start}{}'", "A".repeat(40)), "AAAA");
    }
    // Without its start.
    hidden(&token[8..], "RklDQVRFLS0tLS1cbk1JSUN");
    hidden(&token.replace('=', "%3D"), "RklDQVRFLS0tLS1cbk1JSUN");
}

#[test]
fn values_of_secret_names_are_hidden() {
    for text in [
        format!("{{\"EstablishmentSecret\":\"{UUID}\"}}"),
        format!("{{\\\"EstablishmentSecret\\\": \\\"{UUID}\\\"}}"),
        format!("\"EstablishmentSecre\":\"{UUID}\""),
        format!("\"Establishment Secret\\u0000\" : \"{UUID}\""),
        format!("active_stream_secretID={UUID} x"),
        format!("secret secret: {UUID}"),
        format!("> X-Consul-Token: {UUID}"),
        format!("CONSUL_HTTP_TOKEN={UUID} consul peering list"),
        format!("consul peering list -token {UUID}"),
        format!("Authorization: Bearer {UUID}"),
        format!("initial_management = \"{UUID}\""),
        format!("tokens {{ agent = \"{UUID}\" }}"),
        format!("tokens {{\\nagent = \\\"{UUID}\\\" }}"),
        format!("('secret_id', '{UUID}\"')"),
        format!("?token={UUID}&x=1"),
        format!("acl.tokens.default={UUID}"),
        format!("SecretID:\t{UUID}"),
        format!("token\u{2003}{UUID}"),
        format!("SecretID:\\n{UUID}"),
        format!("SecretID:\\u0020{UUID}"),
        format!("- name: CONSUL_HTTP_TOKEN\\n  value: {UUID}"),
        format!("tokens = [\"x\", \"{UUID}\"]"),
        format!("tokens: 5c1d4d8a-9a3f-4c57-b1c6-3f0e9b7a2d14, {UUID}"),
        format!("encrypt = {{ a = \"{UUID}\" }}"),
        format!("{{\"X-Consul-Token\":[]string{{\"{UUID}\"}}}}"),
        format!("SecretID:(string) (len=36) \"{UUID}\""),
        format!("SecretID: Some(\"{UUID}\")"),
        format!("http://user:{UUID}@host:8500/"),
        format!("http://{UUID}@host/"),
        format!("the secret of the peer is {UUID}"),
        format!("SecretID:                            {UUID}"),
        format!("SecretID: {UUID}/root.pem"),
        format!("\u{1b}[1mSecretID\u{1b}[0m: {UUID}"),
        format!("SecretID\u{ff1a}{UUID}"),
        format!("dns = \"{UUID}\""),
        format!("secrets: [{UUID}]"),
        format!("token -> {UUID}"),
        format!("the secret ID is {UUID}"),
        format!("token (<{UUID}>)"),
        format!("secret%3D{UUID}"),
        format!("%22SecretID%22%3A%22{UUID}%22"),
        format!("secretID:{UUID}"),
        format!("secret_id: '{UUID}'"),
    ] {
        hidden(&text, &UUID[..18]);
    }
    for (text, secret) in [
        ("\"EstablishmentSecret\":\"a b\"", "a b"),
        ("encrypt = \"pUqJrVyVRj5jsiYEkM/tFQ==\"", "pUqJ"),
        (
            "\"encrypt\": \"pUqJrVyVRj5jsiYEkM/tFQYfWyJIv4s3XkvDwy7Cu5s=\"",
            "pUqJ",
        ),
        ("consul keyring -install=pUqJrVyVRj5jsiYEkM/tFQ==", "pUqJ"),
        ("X-Vault-Token: hvs.CAESIAbcdefghijklmnop1", "CAESI"),
        ("token is hvs.CAESIAbcdefghijklmnop1", "CAESI"),
        ("VAULT_TOKEN=s.abcdefghijklmnopqrstuvwx", "abcdefg"),
        ("login s.AbCdEfGhIjKlMnOpQrStUvWx", "AbCdE"),
        ("password=hunter2", "hunter2"),
        ("password: hunter2ab", "hunter2"),
        ("Authorization: Basic dXNlcjpwYXNzd29yZDE=", "dXNl"),
    ] {
        hidden(text, secret);
    }
}

#[test]
fn other_text_is_shown() {
    for text in [
        "cannot read /srv/Alice/Projects/Peertok2/fixtures/tokens/Alpha-minted-9.token: no such file",
        "sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "server.dc1.peering.11111111-2222-3333-4444-555555555555.consul",
        "PeerID 08551fd2-ae58-51d7-89a6-2819d3207341",
        "peer_id=08551fd2-ae58-51d7-89a6-2819d3207341",
        "AccessorID: 08551fd2-ae58-51d7-89a6-2819d3207341",
        "SecretID: <redacted, sha256:f52fbd32> accessor_id=08551fd2-ae58-51d7-89a6-2819d3207341",
        "the token is of peer ID 08551fd2-ae58-51d7-89a6-2819d3207341",
        "the token's roots are of 08551fd2-ae58-51d7-89a6-2819d3207341.consul",
        "/run/user/1000/4f9bK2mQx7ZpLw3RtYv8NcJd/west.token",
        "the peering 08551fd2-ae58-51d7-89a6-2819d3207341 has no secret",
        "invalid peering stream secret: peer_id=08551fd2-ae58",
        "a Kubernetes Secret: default/peering-token-1:data",
        "token: expected at most 1048576 bytes, but found more",
        "the token is read from \"west.token\"",
        "export CONSUL_HTTP_TOKEN=\"$(cat token)\"",
        "CONSUL_HTTP_TOKEN=$TOKEN",
        "<redacted, sha256:f52fbd32>",
        "\"EstablishmentSecret\":\"<redacted, sha256:f52fbd32>\"",
        "\"EstablishmentSecret\":\"\"",
        "internal-a1b2c3d4-123456789.us-east-1.elb.amazonaws.com:8503",
        "peertok decode --format json --show-secret",
        "-- a line -----",
        "x509: certificate signed by unknown authority (possibly because of \"x509: ECDSA verification failure\")",
        "eyJDQSI6bnVsbH0=",
    ] {
        shown(text);
    }
}

#[test]
fn names_of_secrets() {
    for name in [
        "EstablishmentSecret",
        "EstablishmentSecre",
        "Establishment_Secret",
        "establishment-secret",
        "Secret",
        "SecretID",
        "token",
        "EstablishmentSecret ",
        "EstablishmentSecret\0",
        "Scret",
        "EstablihmentScret",
        "PeeringToken",
        "initial_management",
    ] {
        assert!(names_secret(name), "{name}");
    }
    for name in [
        "CA",
        "PeerID",
        "ServerName",
        "ServerAddresses",
        "Remote",
        "Zone",
        "Region",
        "id",
        "",
    ] {
        assert!(!names_secret(name), "{name}");
    }
}

/// Ten times the text takes ten times the steps, whatever is repeated in it. What takes the square of
/// it does not end in the time that a test has.
#[test]
fn any_text_is_read_in_linear_time() {
    for part in [
        "--PRIVATE KEY--\n!",
        "-----BEGIN PRIVATE KEY-----\n",
        "aB3aB3aB3aB3aB3aB3\n",
        "secret ",
        "secret=",
        "\"secret\":\"",
        "\\",
        "a",
        "-",
        "eyJ",
        "aB3aB3aB3aB3aB3aB3\nword\n",
        "'",
        ": ",
        "%3D",
        "a=a.",
        "a@",
        "secret=$",
        "08551fd2-ae58-51d7-89a6-2819d3207341 ",
        "secret=a.",
        "\"a",
        "hvs.",
        "\u{1b}[",
    ] {
        let text = part.repeat(400_000 / part.len());
        let _ = find(&text, Extent::Page);
        let _ = find(&text, Extent::Value);
    }
}
