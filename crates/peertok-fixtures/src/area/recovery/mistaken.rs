//! What is given in place of a token, and is something else.

use super::build::{illegal, vector};
use crate::maker::Maker;
use crate::text::lines;
use crate::vector::{ExpectedMeaning, Vector};
use base16ct::lower::encode_string as hex;
use peering_token::{Stage, encode_base64};
use peertok_secret::redacted;

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    [
        secrets(maker),
        keys(maker),
        files(maker),
        answers(),
        nothing(),
    ]
    .concat()
}

fn told(
    condition: &str,
    description: &str,
    text: impl Into<Vec<u8>>,
    told: &'static str,
) -> Vector {
    let mut vector = vector(condition, description, text);
    vector.meant = Some(ExpectedMeaning::Lookalike(told));
    vector
}

fn uuid(maker: &Maker, condition: &str) -> String {
    maker.source(&format!("recovery_{condition}")).uuid()
}

/// So many letters and digits.
fn letters(maker: &Maker, condition: &str, count: usize) -> String {
    let mut source = maker.source(&format!("recovery_{condition}"));
    let letters: Vec<char> = ('0'..='9').chain('A'..='Z').chain('a'..='z').collect();
    (0..count).map(|_| *source.one_of(&letters)).collect()
}

/// Other kinds of tokens. None of them has a place in the base64 of a token from its first sign on.
fn secrets(maker: &Maker) -> Vec<Vector> {
    let part = |json: &str| {
        encode_base64(json.as_bytes())
            .trim_end_matches('=')
            .to_owned()
    };
    let head = part(r#"{"alg":"RS256","kid":"k"}"#);
    let body = part(&format!(r#"{{"sub":"{}"}}"#, uuid(maker, "jwt")));
    let signature = letters(maker, "jwt", 86);
    let secret = uuid(maker, "redacted");
    vec![
        told(
            "jwt",
            "A JSON Web Token, which begins as a peering token does.",
            format!("{head}.{body}.{signature}"),
            "jwt",
        )
        .refused(Stage::Base64, illegal(head.len()))
        .unlike("jwt-without-signature"),
        vector(
            "jwt-without-signature",
            "A JSON Web Token with two of its three parts, which could be anything.",
            format!("{head}.{body}"),
        )
        .refused(Stage::Base64, illegal(head.len())),
        told(
            "vault-token",
            "A token of Vault.",
            format!("hvs.{}", letters(maker, "vault-token", 24)),
            "vault-token",
        )
        .refused(Stage::Base64, illegal("hvs".len()))
        .unlike("jwt"),
        told(
            "vault-token-old",
            "A token of Vault from before its release 1.10.",
            format!("s.{}", letters(maker, "vault-token-old", 24)),
            "vault-token",
        )
        .refused(Stage::Base64, illegal("s".len()))
        .unlike("jwt"),
        told(
            "uuid",
            "A UUID, as the token of an ACL is one.",
            uuid(maker, "uuid"),
            "uuid",
        )
        .refused(Stage::Base64, illegal(8))
        .unlike("uuid-in-braces"),
        vector(
            "uuid-in-braces",
            "A UUID in braces, which no server of Consul writes.",
            format!("{{{}}}", uuid(maker, "uuid-in-braces")),
        )
        .refused(Stage::Base64, illegal(0)),
        told(
            "redacted",
            "What is shown in place of a secret.",
            redacted(secret.as_bytes()),
            "redacted",
        )
        .refused(Stage::Base64, illegal(0))
        .unlike("uuid"),
    ]
}

fn keys(maker: &Maker) -> Vec<Vector> {
    let mut gossip: [u8; 32] = maker.source("recovery_gossip-key").bytes();
    // No text in UTF-8 begins with that, and Go shows the byte as the character U+0080.
    gossip[..2].copy_from_slice(&[0x80, 0x80]);
    let certificate = maker.entry(&maker.certificate("recovery_certificate"));
    let in_base64 = maker.entry(&maker.certificate("recovery_certificate-in-base64"));
    // No key: its bytes are random.
    let bytes: [u8; 32] = maker.source("recovery_private-key").bytes();
    let private = encode_base64(hex(&bytes).as_bytes());
    let private = lines(&private, 64, "\n");
    vec![
        told(
            "gossip-key",
            "A key for the gossip of a cluster, as consul keygen prints it.",
            encode_base64(&gossip).as_bytes(),
            "gossip-key",
        )
        .refused(
            Stage::Json,
            "invalid character '\\u0080' looking for beginning of value",
        )
        .unlike("other-base64"),
        told(
            "private-key",
            "A private key in PEM.",
            format!("-----BEGIN EC PRIVATE KEY-----\n{private}\n-----END EC PRIVATE KEY-----\n"),
            "private-key",
        )
        .refused(Stage::Base64, illegal(0))
        .unlike("certificate"),
        told(
            "certificate",
            "A root certificate in PEM, as the file with the CA has it.",
            certificate,
            "certificate",
        )
        .refused(Stage::Base64, illegal(0))
        .unlike("private-key"),
        told(
            "certificate-in-base64",
            "A root certificate in PEM, in base64 again: to Go it begins as a negative number does.",
            encode_base64(in_base64.as_bytes()).as_bytes(),
            "certificate",
        )
        .refused(Stage::Json, "invalid character '-' in numeric literal")
        .unlike("base64-twice"),
    ]
}

fn files(maker: &Maker) -> Vec<Vector> {
    let gzip: [u8; 16] = maker.source("recovery_gzip").bytes();
    vec![
        told(
            "file-name",
            "The name of a file in place of what is in it.",
            "./west.token",
            "file-name",
        )
        .refused(Stage::Base64, illegal(0))
        .unlike("whole"),
        told(
            "file-name-with-extension",
            "The name of a file, known by its extension alone.",
            "peering-token.txt",
            "file-name",
        )
        .refused(Stage::Base64, illegal("peering".len()))
        .unlike("file-name-without-extension"),
        vector(
            "file-name-without-extension",
            "A word that could be the name of a file.",
            "peering-token",
        )
        .refused(Stage::Base64, illegal("peering".len())),
        told(
            "gzip",
            "The start of a gzip file, as a snapshot is one.",
            [&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff], gzip.as_slice()].concat(),
            "gzip",
        )
        .refused(Stage::Base64, illegal(0))
        .unlike("nonsense"),
    ]
}

fn answers() -> Vec<Vector> {
    vec![
        told(
            "html",
            "The page of a proxy that did not reach Consul.",
            "<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head></html>\n",
            "html",
        )
        .refused(Stage::Base64, illegal(0))
        .unlike("other-json"),
        told(
            "error-of-command",
            "What consul peering generate-token prints where it fails.",
            "Error generating peering token for west: Unexpected response code: 403 (Permission denied)\n",
            "error-text",
        )
        .refused(Stage::Base64, illegal("Error".len()))
        .unlike("nonsense"),
        told(
            "error-of-server",
            "What a server answers that has peering turned off.",
            "peering must be enabled to use this endpoint",
            "error-text",
        )
        .refused(Stage::Base64, illegal("peering".len()))
        .unlike("file-name-without-extension"),
        told(
            "peering-table",
            "What consul peering list prints.",
            "Name  State   Imported Svcs  Exported Svcs  Meta\nwest  ACTIVE  1              2              \n",
            "peering-table",
        )
        .refused(Stage::Base64, illegal("Name".len()))
        .unlike("error-of-command"),
        told(
            "other-json",
            "An answer of Consul's API that is no token.",
            "{\"Roots\":[],\"TrustDomain\":\"\"}",
            "other-json",
        )
        .refused(Stage::Base64, illegal(0))
        .unlike("not-encoded"),
        told(
            "other-json-list",
            "A list in JSON.",
            "[]",
            "other-json",
        )
        .refused(Stage::Base64, illegal(0))
        .unlike("not-encoded"),
    ]
}

fn nothing() -> Vec<Vector> {
    vec![
        told(
            "blanks",
            "Nothing but blanks, as of a variable that is not set.",
            "  ",
            "blank",
        )
        .refused(Stage::Base64, illegal(0))
        .unlike("nonsense"),
        told(
            "empty-lines",
            "Nothing but empty lines: to a server that is base64 of nothing.",
            "\n\n",
            "blank",
        )
        .refused(Stage::Json, "unexpected end of JSON input")
        .unlike("line-end-behind"),
    ]
}
