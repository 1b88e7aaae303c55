//! What is taken for a peering token and is something else.

use super::undo;
use consul_snapshot::is_uuid;
use std::fmt;
use std::str::from_utf8;

/// Something else than a peering token, or one that cannot be mended. It prints as what it looks like; what is in it is never
/// quoted, since most of these are secrets themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Lookalike {
    /// Nothing but blanks.
    Blank,
    /// What this crate prints in place of a secret.
    Redacted,
    /// A JSON Web Token.
    Jwt,
    /// A token of Vault.
    VaultToken,
    /// A UUID, as an ACL token is one.
    Uuid,
    /// A key that encrypts gossip: base64 of 16, 24 or 32 bytes.
    GossipKey,
    /// A private key in PEM.
    PrivateKey,
    /// A certificate in PEM.
    Certificate,
    /// The name of a file.
    FileName,
    /// A gzip file, as a snapshot is one.
    Gzip,
    /// A page in HTML or XML.
    Html,
    /// What Consul's command line or API says where it fails.
    ErrorText,
    /// A table of `consul peering list`.
    PeeringTable,
    /// JSON that is neither a token nor Consul's envelope around one.
    OtherJson,
    /// A peering token whose first characters are missing.
    TokenWithoutStart,
    /// A peering token that is whole at its start, and was changed or lost characters further on.
    TokenAltered,
}

impl Lookalike {
    /// All kinds.
    pub const ALL: [Self; 16] = [
        Self::Blank,
        Self::Redacted,
        Self::Jwt,
        Self::VaultToken,
        Self::Uuid,
        Self::GossipKey,
        Self::PrivateKey,
        Self::Certificate,
        Self::FileName,
        Self::Gzip,
        Self::Html,
        Self::ErrorText,
        Self::PeeringTable,
        Self::OtherJson,
        Self::TokenWithoutStart,
        Self::TokenAltered,
    ];

    /// The name in every output.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.words().0
    }

    /// What to do next.
    #[must_use]
    pub fn advice(self) -> &'static str {
        self.words().2
    }

    /// The name, what it looks like, and what to do next.
    fn words(self) -> (&'static str, &'static str, &'static str) {
        const MINT: &str =
            "consul peering generate-token -name NAME on the acceptor prints a peering token";
        match self {
            Self::Blank => (
                "blank",
                "nothing but blanks",
                "look whether the command or the variable that was to give the token is empty",
            ),
            Self::Redacted => (
                "redacted",
                "what peertok prints in place of a secret",
                "take the token from where it was first, since it cannot be made again from this",
            ),
            Self::Jwt => (
                "jwt",
                "a JSON Web Token (JWT), as an auth method or a Kubernetes service account has it",
                MINT,
            ),
            Self::VaultToken => ("vault-token", "a token of Vault", MINT),
            Self::Uuid => ("uuid", "a UUID, as an ACL token or a peer ID is one", MINT),
            Self::GossipKey => (
                "gossip-key",
                "a gossip encryption key, as consul keygen prints it",
                MINT,
            ),
            Self::PrivateKey => (
                "private-key",
                "a private key in PEM",
                "keep it to yourself; a peering token has no private key in it",
            ),
            Self::Certificate => (
                "certificate",
                "a certificate in PEM",
                "peertok generate --ca FILE makes a token of an acceptor's root certificate and addresses",
            ),
            Self::FileName => (
                "file-name",
                "the name of a file",
                "put @ before it, as in @token.txt, to read the token from the file",
            ),
            Self::Gzip => (
                "gzip",
                "a gzip file, as a Consul snapshot is one",
                "peertok snapshot show FILE tells what is in a snapshot",
            ),
            Self::Html => (
                "html",
                "a page in HTML or XML",
                "look at what sent it: a proxy or a wrong address may have answered in place of Consul",
            ),
            Self::ErrorText => (
                "error-text",
                "what Consul answers where a request fails",
                "mend what it says is wrong, then ask for the token again",
            ),
            Self::PeeringTable => (
                "peering-table",
                "a table of peerings, as consul peering list prints it",
                MINT,
            ),
            Self::OtherJson => (
                "other-json",
                "JSON that lacks the members of a peering token",
                "give the token, or an object with the token in a member PeeringToken",
            ),
            Self::TokenWithoutStart => (
                "token-without-start",
                "a peering token whose beginning is missing",
                "copy it again from where it was printed, from its first eyJ on",
            ),
            Self::TokenAltered => (
                "token-altered",
                "a peering token in which characters were changed or lost",
                "copy the whole token again from where it was printed, or generate another",
            ),
        }
    }

    /// What a text looks like that is no peering token.
    pub(super) fn of(text: &[u8]) -> Option<Self> {
        const GZIP: [u8; 2] = [0x1f, 0x8b];
        if text.starts_with(&GZIP) {
            return Some(Self::Gzip);
        }
        if !text.is_empty() && text.trim_ascii().is_empty() {
            return Some(Self::Blank);
        }
        let quoted = undo::quotes(text);
        let text = from_utf8(quoted.as_deref().map_or(text, Vec::as_slice)).ok()?;
        let text = text.trim();
        let starts = |starts: &[&str]| starts.iter().any(|start| text.starts_with(start));
        // The word `Private` stands before `KEY` in every kind of them.
        let looks = [
            (Self::Redacted, starts(&[peertok_secret::REDACTED])),
            (Self::PrivateKey, text.contains("PRIVATE KEY-----")),
            (Self::Certificate, is_certificate(text)),
            (Self::Jwt, is_jwt(text)),
            (Self::VaultToken, is_vault_token(text)),
            (Self::Uuid, is_uuid(text)),
            (Self::GossipKey, is_gossip_key(text)),
            (
                Self::Html,
                starts(&["<!", "<?xml", "<html", "<HTML", "<head"]),
            ),
            (Self::PeeringTable, is_peering_table(text)),
            (Self::ErrorText, is_error(text)),
            (Self::FileName, is_file_name(text)),
            (Self::OtherJson, is_json(text)),
        ];
        looks.into_iter().find_map(|(what, is)| is.then_some(what))
    }

    /// A text in base64 of which only a part is that of a token. What stands in it cannot be relied
    /// on, so that there is nothing to mend.
    pub(super) fn damaged_token(text: &[u8]) -> Option<Self> {
        let quoted = undo::quotes(text);
        let text = quoted.as_deref().map_or(text, Vec::as_slice);
        let standard = undo::url_safe(text);
        let text = standard.as_deref().map_or(text, Vec::as_slice);
        // A lost character moves all that follow, which is undone by leaving out up to three more.
        (0..4)
            .filter_map(|lost| undo::base64(text.get(lost..)?))
            .any(|decoded| has_member_names(&decoded.content))
            .then_some(if undo::starts_like_a_token(text) {
                Self::TokenAltered
            } else {
                Self::TokenWithoutStart
            })
    }
}

impl fmt::Display for Lookalike {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words().1)
    }
}

/// PEM has each label on a line of its own. In the JSON of a token a quote stands before it.
fn is_certificate(text: &str) -> bool {
    let mut lines = text.lines();
    lines.any(|line| line.trim_start().starts_with("-----BEGIN CERTIFICATE-----"))
}

/// Whether bytes hold the name of a member of a token as JSON has it.
fn has_member_names(bytes: &[u8]) -> bool {
    const NAMES: [&str; 5] = [
        "\"ManualServerAddresses\":",
        "\"ServerAddresses\":",
        "\"ServerName\":",
        "\"PeerID\":",
        "\"EstablishmentSecret\":",
    ];
    let holds = |name: &&str| memchr::memmem::find(bytes, name.as_bytes()).is_some();
    NAMES.iter().any(holds)
}

/// Three parts (five where it is encrypted) in URL-safe base64, the first a JSON object.
fn is_jwt(text: &str) -> bool {
    let in_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let parts = text.split('.');
    let count = parts.clone().count();
    let bearer = text.starts_with("eyJ");
    bearer && matches!(count, 3 | 5) && parts.into_iter().all(|part| part.chars().all(in_part))
}

/// `hvs.` and its like, and the older `s.` with 24 characters.
fn is_vault_token(text: &str) -> bool {
    let rest = |start| text.strip_prefix(start);
    let is_body = |body: &str| {
        let in_body = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        body.len() >= 20 && body.chars().all(in_body)
    };
    let new = ["hvs.", "hvb.", "hvr."].into_iter().find_map(rest);
    let old = ["s.", "b.", "r."].into_iter().find_map(rest);
    new.is_some_and(is_body) || old.is_some_and(|body| body.len() == 24 && is_body(body))
}

fn is_gossip_key(text: &str) -> bool {
    // 32 bytes make 44 characters.
    const LONGEST: usize = 44;
    if text.len() > LONGEST {
        return false;
    }
    let decoded = undo::base64(text.as_bytes()).filter(|decoded| decoded.is_exact);
    // Random bytes are no text.
    decoded.is_some_and(|decoded| {
        matches!(decoded.content.len(), 16 | 24 | 32) && !undo::is_text(&decoded.content)
    })
}

fn is_peering_table(text: &str) -> bool {
    let head = text.lines().next().unwrap_or_default();
    let has = |column| head.contains(column);
    has("Name") && has("State") && has("Imported Svcs")
}

fn is_error(text: &str) -> bool {
    const STARTS: [&str; 10] = [
        "Error ",
        "Error:",
        "error:",
        "rpc error:",
        "Unexpected response code:",
        "Permission denied",
        "Missing the required ",
        "peering must be enabled",
        "connect.enabled must be set",
        "TLS for gRPC must be enabled",
    ];
    STARTS.iter().any(|start| text.starts_with(start))
        || [
            "Unexpected response code: ",
            "connection refused",
            "Permission denied: ",
        ]
        .iter()
        .any(|part| text.len() <= 4096 && text.contains(part))
}

/// A path, or a name with an extension, that is no longer than a file's name may be.
fn is_file_name(text: &str) -> bool {
    const LONGEST: usize = 1024;
    const PATHS: [&str; 4] = ["./", "../", "~/", "/"];
    let in_path =
        |c: char| c.is_alphanumeric() || matches!(c, '/' | '\\' | '.' | '_' | '-' | '~' | ':');
    if text.len() > LONGEST || !text.chars().all(in_path) {
        return false;
    }
    let name = text.rsplit(['/', '\\']).next().unwrap_or_default();
    let has_extension = name.rsplit_once('.').is_some_and(|(stem, extension)| {
        !stem.is_empty()
            && matches!(extension.len(), 1..=8)
            && extension.chars().all(char::is_alphanumeric)
    });
    has_extension || PATHS.iter().any(|start| text.starts_with(start))
}

fn is_json(text: &str) -> bool {
    text.starts_with(['{', '[']) && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recovery::{Recovery, recover};
    use std::collections::HashSet;

    fn looks_like(text: &str) -> Option<Lookalike> {
        match recover(text.as_bytes()) {
            Some(Recovery::Lookalike(mistaken)) => Some(mistaken),
            Some(other) => panic!("{text}: {other:?}"),
            None => None,
        }
    }

    #[test]
    fn tells_what_a_text_looks_like() {
        // The sample of jwt.io, and keys and tokens of Consul's and Vault's pages.
        let jwt = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c";
        let gossip = "pUqJrVyVRj5jsiYEkM/tFQYfWyJIv4s3XkvDwy7Cu5s=";
        let uuid = "b1gs33cr3t";
        for (text, expected) in [
            (" \t ", Some(Lookalike::Blank)),
            ("<redacted, sha256:1a2b3c4d>", Some(Lookalike::Redacted)),
            (jwt, Some(Lookalike::Jwt)),
            (&format!("'{jwt}'\n"), Some(Lookalike::Jwt)),
            (&format!("Bearer {jwt}"), None),
            (
                "hvs.CAESIJzUt8vG5cHTmXcAaBnJVzPE8cBCaKsE",
                Some(Lookalike::VaultToken),
            ),
            ("s.iyNUhq8Ov4hIAx6snw5mB2nL", Some(Lookalike::VaultToken)),
            (
                "08551fd2-ae58-51d7-89a6-2819d3207341",
                Some(Lookalike::Uuid),
            ),
            (
                "MDg1NTFmZDItYWU1OC01MWQ3LTg5YTYtMjgxOWQzMjA3MzQx",
                Some(Lookalike::Uuid),
            ),
            (gossip, Some(Lookalike::GossipKey)),
            (&format!("\"{gossip}\""), Some(Lookalike::GossipKey)),
            (
                "-----BEGIN EC PRIVATE KEY-----\nMHcC\n-----END EC PRIVATE KEY-----",
                Some(Lookalike::PrivateKey),
            ),
            (
                "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
                Some(Lookalike::Certificate),
            ),
            (
                "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUI=",
                Some(Lookalike::Certificate),
            ),
            ("token.txt", Some(Lookalike::FileName)),
            ("./token", Some(Lookalike::FileName)),
            ("/etc/consul.d/peering-token", Some(Lookalike::FileName)),
            ("<!DOCTYPE html><title>502</title>", Some(Lookalike::Html)),
            (
                "Error generating peering token for west: Unexpected response code: 403",
                Some(Lookalike::ErrorText),
            ),
            (
                "Permission denied: token with AccessorID 'x' lacks permission",
                Some(Lookalike::ErrorText),
            ),
            (
                "Name  State   Imported Svcs  Exported Svcs  Meta\nwest  ACTIVE  0  0  ",
                Some(Lookalike::PeeringTable),
            ),
            (r#"{"Roots":[]}"#, Some(Lookalike::OtherJson)),
            // One member is too few for a token.
            ("eyJQZWVySUQiOiJwIn0", Some(Lookalike::OtherJson)),
            ("nonsense!", None),
            (uuid, None),
        ] {
            assert_eq!(looks_like(text), expected, "{text}");
        }
        assert_eq!(Lookalike::of(b"\x1f\x8b\x08"), Some(Lookalike::Gzip));
    }

    /// A minted token that lost its start or a character within, or has another in its place.
    #[test]
    fn a_damaged_token_is_no_certificate() {
        let token = include_str!("../../fixtures/consul/alpha-external.token").trim_end();
        for lost in 1..24 {
            let found = looks_like(&token[lost..]);
            assert_eq!(found, Some(Lookalike::TokenWithoutStart), "{lost}");
        }
        for at in (1200..1500).step_by(7) {
            let without = format!("{}{}", &token[..at], &token[at + 1..]);
            let found = looks_like(&without);
            assert_eq!(found, Some(Lookalike::TokenAltered), "{at}");
        }
        // A bracket of the server list becomes another character.
        let json = peering_token::decode_base64(token.as_bytes()).unwrap();
        let json = std::str::from_utf8(&json).unwrap();
        let broken = json.replace("[\"127.0.0.1:18503\"]", "[\"127.0.0.1:18503\"m");
        let broken = peering_token::encode_base64(broken.as_bytes());
        assert_eq!(looks_like(&broken), Some(Lookalike::TokenAltered));
        let half =
            peering_token::encode_base64(b"not a token, but bytes that are in base64 all the same");
        assert_eq!(looks_like(&half), None);
    }

    #[test]
    fn names_are_unique() {
        let names: HashSet<_> = Lookalike::ALL.iter().map(|it| it.name()).collect();
        assert_eq!(names.len(), Lookalike::ALL.len());
    }
}
