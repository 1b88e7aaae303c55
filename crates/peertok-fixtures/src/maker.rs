//! What the vectors of one corpus have in common: a cluster with its root, and a sound token.

use crate::certificate::{Certificate, Key};
use crate::settings::Settings;
use crate::source::Source;
use crate::vector::{Area, Vector};
use crate::written::Written;
use godialect::pem::encode_certificate;
use jiff::Timestamp;
use peering_token::{PeeringToken, Secret, Shape, encode_base64};

/// The addresses of the sound token: names that no public resolver knows, which every rule leaves
/// alone.
pub(super) const ADDRESSES: [&str; 2] =
    ["server-1.dc1.internal:8503", "server-2.dc1.internal:8503"];

/// Makes the vectors of one seed.
pub(super) struct Maker {
    seed: u64,
    /// The moment at which every date is judged.
    pub(super) at: Timestamp,
    /// The cluster's key.
    pub(super) key: Key,
    /// The cluster's trust domain.
    pub(super) trust_domain: String,
    /// The cluster's root, as a `CA` entry.
    pub(super) root: String,
}

impl Maker {
    pub(super) fn new(settings: &Settings) -> Self {
        let mut source = Source::new(settings.seed, "cluster");
        let key = Key::new(&mut source);
        let trust_domain = format!("{}.consul", source.uuid());
        let root = Certificate::root(&key, &trust_domain, source.bytes(), settings.at);
        Self {
            seed: settings.seed,
            at: settings.at,
            root: encode_certificate(&root.der(&key)),
            key,
            trust_domain,
        }
    }

    /// The bytes for one purpose.
    pub(super) fn source(&self, label: &str) -> Source {
        Source::new(self.seed, label)
    }

    /// The cluster's root, for parts of it to be replaced. Each label has its serial number.
    pub(super) fn certificate(&self, label: &str) -> Certificate {
        let serial = self.source(&format!("serial of {label}")).bytes();
        Certificate::root(&self.key, &self.trust_domain, serial, self.at)
    }

    /// The certificate as a `CA` entry, signed with the cluster's key.
    pub(super) fn entry(&self, certificate: &Certificate) -> String {
        encode_certificate(&certificate.der(&self.key))
    }

    /// A token that every server takes and of which nothing is found; each label has its own.
    pub(super) fn token(&self, label: &str) -> PeeringToken {
        let mut source = self.source(label);
        let mut token = PeeringToken::new();
        token.ca = Some(vec![self.root.clone()]);
        token.server_addresses = Some(ADDRESSES.map(str::to_owned).to_vec());
        token.server_name = format!("server.dc1.peering.{}", self.trust_domain);
        token.peer_id = source.uuid();
        token.establishment_secret = Secret::new(source.uuid());
        token.remote.datacenter = "dc1".to_owned();
        token
    }

    /// A vector whose token is the sound one with a change.
    pub(super) fn changed(
        &self,
        area: Area,
        condition: &str,
        description: impl Into<String>,
        change: impl FnOnce(&mut PeeringToken),
    ) -> Vector {
        let mut vector = Vector::new(area, condition, description, "");
        let mut token = self.token(&vector.name);
        change(&mut token);
        vector.token = token.encode(Shape::default()).as_bytes().to_vec();
        vector
    }

    /// A vector whose token is the sound one with other roots.
    pub(super) fn with_roots(
        &self,
        area: Area,
        condition: &str,
        description: impl Into<String>,
        entries: &[&str],
    ) -> Vector {
        self.changed(area, condition, description, |token| {
            token.ca = Some(entries.iter().map(|&entry| entry.to_owned()).collect());
        })
    }

    /// A vector whose token has the sound one's JSON in it, with members written otherwise.
    pub(super) fn written(
        &self,
        area: Area,
        condition: &str,
        description: impl Into<String>,
        change: impl FnOnce(Written) -> Written,
    ) -> Vector {
        let mut vector = Vector::new(area, condition, description, "");
        let written = change(Written::of(&self.token(&vector.name)));
        vector.token = encode_base64(&written.json()).as_bytes().to_vec();
        vector
    }

    /// A vector whose token has the sound one's JSON in it, changed as a text.
    pub(super) fn rewritten<T: Into<Vec<u8>>>(
        &self,
        area: Area,
        condition: &str,
        description: impl Into<String>,
        rewrite: impl FnOnce(&str) -> T,
    ) -> Vector {
        let mut vector = Vector::new(area, condition, description, "");
        let json = self.token(&vector.name).to_json(Shape::default());
        let json = rewrite(&json).into();
        vector.token = encode_base64(&json).as_bytes().to_vec();
        vector
    }
}
