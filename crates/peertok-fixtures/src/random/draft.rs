//! A token that a server takes, with what may be found of it.

use crate::certificate::{validity, years_from};
use crate::maker::Maker;
use crate::source::Source;
use peering_token::PeeringToken;
use peering_token::{Locality, Secret, Shape};
use std::collections::BTreeSet;

/// Roots of the cluster beside its own, made once: signing takes longer than all else.
pub(super) struct Spare {
    old: String,
    expired: String,
    early: String,
}

impl Spare {
    pub(super) fn new(maker: &Maker) -> Self {
        let valid = |label: &str, from: i16, to: i16| {
            let mut root = maker.certificate(label);
            let at = maker.at;
            root.validity = validity(years_from(at, from), years_from(at, to));
            maker.entry(&root)
        };
        Self {
            old: valid("random old", -3, 3),
            expired: valid("random expired", -3, -1),
            early: valid("random early", 1, 3),
        }
    }
}

/// A token that is being put together.
pub(super) struct Draft<'a> {
    pub(super) maker: &'a Maker,
    pub(super) source: Source,
    pub(super) token: PeeringToken,
    shape: Shape,
    writing: Writing,
    pub(super) peer_name: Option<String>,
    /// The text, where it is not what follows from the fields.
    pub(super) replaced: Option<Vec<u8>>,
    pub(super) findings: BTreeSet<&'static str>,
    parts: Vec<String>,
}

/// A part of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// The roots, and the server name against which they are held.
    Roots,
    Addresses,
    Ids,
}

/// How the fields are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Writing {
    /// As a server does it.
    Canonical,
    /// With a line end after so many characters.
    Lines(usize),
    /// With a member that Consul does not know.
    UnknownField,
    /// With the name of a member in another case.
    FieldCase,
}

impl<'a> Draft<'a> {
    pub(super) fn new(maker: &'a Maker, mut source: Source) -> Self {
        let mut token = maker.token("random");
        token.peer_id = source.uuid();
        token.establishment_secret = Secret::new(source.uuid());
        let shapes = [Shape::V1_13, Shape::V1_14, Shape::V1_16, Shape::V1_16];
        let shape = *source.one_of(&shapes);
        Self {
            maker,
            source,
            token,
            shape,
            writing: Writing::Canonical,
            peer_name: None,
            replaced: None,
            findings: BTreeSet::new(),
            parts: vec![format!("in the shape of {}", shape.releases())],
        }
    }

    /// Adds what a server takes. The part that is to have a fault is left as it is.
    pub(super) fn add_traits(&mut self, spare: &Spare, faulty: Option<Part>) {
        if faulty != Some(Part::Roots) {
            self.choose_roots(spare);
        }
        if faulty != Some(Part::Addresses) {
            self.choose_addresses();
        }
        if faulty != Some(Part::Ids) {
            self.choose_ids();
        }
        self.choose_remote();
        self.choose_writing();
    }

    /// Tells of a part of the token, and what is found of it.
    fn tell(&mut self, what: impl Into<String>, finding: Option<&'static str>) {
        self.parts.push(what.into());
        self.findings.extend(finding);
    }

    /// The token's description.
    pub(super) fn description(&self) -> String {
        format!("Made at random: {}.", self.parts.join(", "))
    }

    /// Tells of the fault for which it is refused.
    pub(super) fn tell_fault(&mut self, what: &str) {
        self.parts.push(what.to_owned());
    }

    fn choose_roots(&mut self, spare: &Spare) {
        let own = self.maker.root.clone();
        let (roots, what, finding) = match self.source.below(16) {
            0 => (vec![], "no root", Some("no-ca")),
            1 => (vec![own.clone(), own], "a root twice", Some("ca-duplicate")),
            2 => (
                vec![spare.expired.clone(), own],
                "an expired root before a good one",
                Some("ca-expired"),
            ),
            3 => (
                vec![own, spare.early.clone()],
                "a root of the future",
                Some("ca-not-yet-valid"),
            ),
            4..=6 => (vec![spare.old.clone(), own], "two roots", None),
            _ => (vec![own], "one root", None),
        };
        self.token.ca = Some(roots).filter(|roots| !roots.is_empty());
        self.tell(what, finding);
    }

    fn choose_addresses(&mut self) {
        let has_manual = self.shape >= Shape::V1_14 && self.source.below(4) == 0;
        let dialed = self.addresses();
        if has_manual {
            self.token.manual_server_addresses = Some(dialed);
            self.tell("manual addresses", Some("server-addresses-shadowed"));
        } else {
            self.token.server_addresses = Some(dialed);
        }
    }

    /// One to three addresses, no two the same.
    fn addresses(&mut self) -> Vec<String> {
        let count = 1 + self.source.below(3);
        (1..=count).map(|number| self.address(number)).collect()
    }

    fn address(&mut self, number: usize) -> String {
        let [a, b] = self.source.bytes::<2>();
        let port = 10_000 + self.source.below(50_000);
        let host = format!("server-{number}.dc1.internal");
        let (address, what, finding) = match self.source.below(24) {
            0 => (
                format!("10.{a}.{b}.{number}:{port}"),
                "a private address",
                "address-private",
            ),
            1 => (
                format!("127.{a}.{b}.{number}:{port}"),
                "a loopback address",
                "address-loopback",
            ),
            2 => (
                format!("169.254.{a}.{number}:{port}"),
                "a link-local address",
                "address-link-local",
            ),
            3 => (
                format!("192.0.2.{number}:{port}"),
                "an address for examples",
                "address-documentation",
            ),
            4 => (
                format!("[fd{a:02x}:{b:x}::{number}]:{port}"),
                "a unique local address",
                "address-private",
            ),
            5 => (
                format!("{host}:{}", 8500 + u16::from(a % 2)),
                "the port of the HTTP API",
                "address-http-port",
            ),
            6 => (
                format!("{host}:{}", 8300 + u16::from(a % 3)),
                "a port of the agents",
                "address-rpc-port",
            ),
            7 => (
                format!(" {host}:{port}"),
                "a blank before an address",
                "address-whitespace",
            ),
            _ => return format!("{host}:{port}"),
        };
        self.tell(what, Some(finding));
        address
    }

    fn choose_ids(&mut self) {
        let word = self.source.uuid()[..8].to_owned();
        match self.source.below(16) {
            0 => {
                self.token.establishment_secret = Secret::new(String::new());
                self.tell("no secret", Some("secret-missing"));
            }
            1 => {
                self.token.establishment_secret = Secret::new(word);
                self.tell("a secret that is no UUID", Some("secret-not-uuid"));
            }
            2 => {
                self.token.peer_id = word;
                self.tell("a peer ID that is no UUID", Some("peer-id-not-uuid"));
            }
            _ => {}
        }
    }

    fn choose_remote(&mut self) {
        if self.shape >= Shape::V1_14 && self.source.below(8) == 0 {
            self.token.remote.partition = format!("team-{}", self.source.below(100));
            self.tell("a partition", Some("partition-set"));
        }
        if self.shape >= Shape::V1_16 && self.source.below(4) == 0 {
            let number = 1 + self.source.below(9);
            self.token.remote.locality = Some(Locality::new(
                format!("region-{number}"),
                format!("region-{number}a"),
            ));
            self.tell("a locality", None);
        }
    }

    fn choose_writing(&mut self) {
        let (writing, what, finding) = match self.source.below(16) {
            0 => (
                Writing::Lines(64),
                "lines of 64 characters",
                "not-canonical",
            ),
            1 => (
                Writing::Lines(76),
                "lines of 76 characters",
                "not-canonical",
            ),
            2 => (Writing::UnknownField, "an unknown member", "unknown-field"),
            3 => (
                Writing::FieldCase,
                "a member's name in another case",
                "field-case",
            ),
            _ => return,
        };
        self.writing = writing;
        self.tell(what, Some(finding));
    }

    /// The JSON within the token.
    pub(super) fn json(&self) -> String {
        let json = self.token.to_json(self.shape);
        match self.writing {
            Writing::Canonical | Writing::Lines(_) => json.to_string(),
            Writing::UnknownField => json.replacen('{', "{\"MintedBy\":\"hand\",", 1),
            Writing::FieldCase => json.replacen("\"ServerName\"", "\"serverName\"", 1),
        }
    }

    /// The token on one line.
    pub(super) fn line(&self) -> String {
        peering_token::encode_base64(self.json().as_bytes()).to_string()
    }

    /// The token as it is to be handed out.
    pub(super) fn text(&self) -> Vec<u8> {
        if let Some(replaced) = &self.replaced {
            return replaced.clone();
        }
        let line = self.line();
        let Writing::Lines(width) = self.writing else {
            return line.into_bytes();
        };
        let lines: Vec<&[u8]> = line.as_bytes().chunks(width).collect();
        lines.join(&b'\n')
    }
}
