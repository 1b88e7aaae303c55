//! What a snapshot holds, as far as peering is concerned.
//!
//! Reading is checking: a [`State`] is given only of a snapshot that is whole (sums, `Size`, the
//! ends of tar and gzip), of which every record parses, and in which
//! - each peering has a UUID for an ID and a name, and no other has the same;
//! - each `PeeringSecrets` belongs to one ID, and each secret is a UUID that is nowhere else.
//!
//! A server that restores a malformed message, or an ID or a secret of another form, panics and
//! stays down, and `consul snapshot inspect` does not notice; a second peering of the same name or
//! ID takes the first one's place.
//!
//! Limits: 16 MiB of roots, servers and peerings are kept; everything else passes by.

use super::addresses::Catalog;
use super::archive;
use super::error::{RecordFault, SnapshotError};
use super::meta::Meta;
use super::peering::{Peering, Secrets, TokenStatus};
use super::protobuf;
use super::records::{self, CaConfig, Place, Record, Root, SecretsRecord};
use crate::generate::is_uuid;
use crate::roots::{holds_private_key, with_line_end};
use crate::{Roots, RootsError, Secret};
use jiff::Timestamp;
use ring::digest;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use zeroize::Zeroizing;

const MAX_KEPT: usize = 16 << 20;

/// What keeping a record costs beside its longer texts, roughly.
pub(super) const OVERHEAD: usize = 512;

/// What a snapshot holds, as far as peering is concerned. The private keys, ACL tokens, provider
/// credentials and key-value pairs in it are never kept.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use peertok::snapshot::{Direction, State};
///
/// let state = State::read(std::fs::File::open("fixtures/consul/alpha-minted.snap")?)?;
/// let peering = state.peering("beta").ok_or("no such peering")?;
/// assert_eq!(peering.direction(), Direction::Accepts);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct State {
    /// What Raft says of the snapshot.
    pub meta: Meta,
    /// The Raft index of the last change in it.
    pub last_index: u64,
    /// The datacenter that its servers are registered in, if any are.
    pub datacenter: Option<String>,
    /// The cluster ID in lower case: from the CA's configuration, else from the active root.
    pub cluster_id: Option<String>,
    /// The CA provider, such as `consul` or `vault`.
    pub ca_provider: Option<String>,
    /// The roots, ordered by ID, as a token has them.
    pub roots: Vec<Root>,
    /// Whether tokens have the addresses of mesh gateways instead of the servers'.
    pub through_mesh_gateways: bool,
    /// The addresses that a token would get, in its order.
    pub server_addresses: Vec<String>,
    /// The Consul releases that its servers say they are, ordered as text.
    pub consul_versions: Vec<String>,
    /// The peerings, ordered by name.
    pub peerings: Vec<Peering>,
    /// How many records there are of each type.
    pub records: BTreeMap<u8, u64>,
}

impl State {
    /// Reads and checks a whole snapshot.
    ///
    /// # Errors
    ///
    /// [`SnapshotError`] where a server would refuse the snapshot, would not survive it, or where a
    /// limit is passed.
    pub fn read(snapshot: impl Read) -> Result<Self, SnapshotError> {
        Ok(Scan::read(snapshot)?.state)
    }

    /// The trust domain, `<cluster-id>.consul`.
    #[must_use]
    pub fn trust_domain(&self) -> Option<String> {
        let id = self.cluster_id.as_ref()?;
        Some(format!("{id}.consul"))
    }

    /// The name that the cluster's servers show to dialers: by it Consul knows its own cluster.
    #[must_use]
    pub fn server_name(&self) -> Option<String> {
        let datacenter = self.datacenter.as_ref()?.to_lowercase();
        let trust_domain = self.trust_domain()?;
        Some(format!("server.{datacenter}.peering.{trust_domain}"))
    }

    /// The roots and the trust domain, for [`Inputs`](crate::Inputs); no roots before there is a CA.
    ///
    /// # Errors
    ///
    /// [`RootsError::PrivateKey`] where a root has a private key beside it, which a server would
    /// hand out with every token.
    pub fn token_roots(&self) -> Result<Roots, RootsError> {
        let entries = self.roots.iter().map(|root| {
            if holds_private_key(root.pem.as_bytes()) {
                Err(RootsError::PrivateKey)
            } else {
                Ok(with_line_end(&root.pem))
            }
        });
        Ok(Roots {
            entries: entries.collect::<Result<_, _>>()?,
            trust_domain: self.trust_domain(),
        })
    }

    /// Whether there are records that a server of the community edition does not restore: those of
    /// Enterprise have types from 64 on.
    #[must_use]
    pub fn has_enterprise_records(&self) -> bool {
        self.records.range(64..).next().is_some()
    }

    /// The peering of this name in the default partition. Consul takes names that differ in case
    /// only for the same.
    #[must_use]
    pub fn peering(&self, name: &str) -> Option<&Peering> {
        let wanted = key("", name);
        self.peerings
            .iter()
            .find(|peering| key(&peering.partition, &peering.name) == wanted)
    }

    /// The peering with this ID.
    #[must_use]
    pub fn peering_by_id(&self, id: &str) -> Option<&Peering> {
        self.peerings
            .iter()
            .find(|peering| peering.id.eq_ignore_ascii_case(id))
    }

    /// What this snapshot of the acceptor tells of a token with that `PeerID` and secret.
    #[must_use]
    pub fn token_status(&self, peer_id: &str, secret: &Secret) -> TokenStatus {
        self.peering_by_id(peer_id)
            .map_or(TokenStatus::Unknown, |peering| peering.token_status(secret))
    }
}

/// A state, and what is needed beside it to change the snapshot.
pub(super) struct Scan {
    pub(super) state: State,
    /// The messages of `PeeringSecrets` by the lower-case ID of the peering.
    pub(super) secrets: BTreeMap<String, (Place, Zeroizing<Vec<u8>>)>,
    /// The digests of all secrets.
    pub(super) in_use: BTreeSet<Fingerprint>,
    /// The SHA-256 of `state.bin`.
    pub(super) sum: String,
}

/// A secret's SHA-256, so that secrets can be compared without being kept.
type Fingerprint = [u8; 32];

/// The fingerprint of a secret. Servers compare UUIDs by their value, so case does not count.
pub(super) fn fingerprint(secret: &Secret) -> Fingerprint {
    let lower = Zeroizing::new(secret.expose().to_ascii_lowercase());
    let digest = digest::digest(&digest::SHA256, lower.as_bytes());
    let mut fingerprint = [0; 32];
    for (to, from) in fingerprint.iter_mut().zip(digest.as_ref()) {
        *to = *from;
    }
    fingerprint
}

impl Scan {
    pub(super) fn read(snapshot: impl Read) -> Result<Self, SnapshotError> {
        let ((mut scan, last_index), sum) = archive::read(snapshot, |meta, content| {
            let mut scan = Collector::new(meta.clone());
            let last_index = records::read(content, meta.size, |kind, place, record| {
                scan.add(kind, place, record)
            })?;
            Ok::<_, SnapshotError>((scan, last_index))
        })?;
        scan.state.last_index = last_index;
        Ok(scan.finish(sum))
    }

    /// The state of a server that has none yet, with an index of 1.
    pub(super) fn fresh(at: Timestamp) -> Result<Self, SnapshotError> {
        let meta = Meta::read(Meta::fresh(at, 0).into_bytes())?;
        let mut scan = Collector::new(meta);
        scan.state.last_index = 1;
        Ok(scan.finish(String::new()))
    }
}

/// Takes in one record after the other.
struct Collector {
    state: State,
    catalog: Catalog,
    ca_config: CaConfig,
    /// By lower-case partition and name.
    names: BTreeSet<(String, String)>,
    /// By lower-case ID.
    peerings: BTreeMap<String, Peering>,
    secrets: BTreeMap<String, (Place, Zeroizing<Vec<u8>>, Secrets)>,
    bundles: BTreeMap<(String, String), String>,
    in_use: BTreeSet<Fingerprint>,
    kept: usize,
}

impl Collector {
    fn new(meta: Meta) -> Self {
        Self {
            state: State {
                meta,
                last_index: 0,
                datacenter: None,
                cluster_id: None,
                ca_provider: None,
                roots: Vec::new(),
                through_mesh_gateways: false,
                server_addresses: Vec::new(),
                consul_versions: Vec::new(),
                peerings: Vec::new(),
                records: BTreeMap::new(),
            },
            catalog: Catalog::default(),
            ca_config: CaConfig::default(),
            names: BTreeSet::new(),
            peerings: BTreeMap::new(),
            secrets: BTreeMap::new(),
            bundles: BTreeMap::new(),
            in_use: BTreeSet::new(),
            kept: 0,
        }
    }

    /// Takes in a record, and counts the bytes that are kept of it.
    fn add(&mut self, kind: u8, place: Place, record: Record) -> Result<(), SnapshotError> {
        *self.state.records.entry(kind).or_default() += 1;
        let added = match record {
            Record::Registration(registration) => {
                if !registration.is_local() {
                    return Ok(());
                }
                let datacenter = &registration.datacenter;
                if self.state.datacenter.is_none() && !datacenter.is_empty() {
                    self.state.datacenter = Some(datacenter.clone());
                }
                Ok(self.catalog.add(*registration))
            }
            Record::Root(root) => {
                let kept = root.pem.len() + root.id.len() + root.external_trust_domain.len();
                self.state.roots.push(root);
                Ok(OVERHEAD + kept)
            }
            Record::CaConfig(config) => {
                self.ca_config = config;
                Ok(0)
            }
            Record::Mesh { through_gateways } => {
                self.state.through_mesh_gateways = through_gateways;
                Ok(0)
            }
            Record::Peering(message) => self.add_peering(*message),
            Record::TrustBundle(message) => self.add_bundle(message),
            Record::Secrets(record) => self.add_secrets(place, record),
            Record::Other => Ok(0),
        };
        let added = added.map_err(|fault| SnapshotError::Record {
            offset: place.start,
            kind: Some(kind),
            fault,
        })?;
        self.kept = self.kept.saturating_add(added);
        if self.kept > MAX_KEPT {
            return Err(SnapshotError::TooMuch { limit: MAX_KEPT });
        }
        Ok(())
    }

    fn add_peering(&mut self, message: protobuf::Peering) -> Result<usize, RecordFault> {
        check_uuid("the peering's ID", &message.id)?;
        if message.name.is_empty() {
            return Err(RecordFault::Missing {
                what: "the peering's name",
            });
        }
        let second = |what, value: &str| RecordFault::Second {
            what,
            value: Some(value.to_owned()),
        };
        let name = key(&message.partition, &message.name);
        if !self.names.insert(name) {
            return Err(second("peering of a name", &message.name));
        }
        let texts = message
            .peer_ca_pems
            .iter()
            .chain(&message.peer_server_addresses)
            .chain(&message.manual_server_addresses)
            .chain(message.meta.iter().flat_map(|(key, value)| [key, value]));
        // A text in a list takes 24 bytes beside its own.
        let kept: usize = texts.map(|text| text.len() + 24).sum();
        let id = message.id.to_ascii_lowercase();
        if self.peerings.contains_key(&id) {
            return Err(second("peering of an ID", &message.id));
        }
        self.peerings.insert(id, Peering::new(message));
        Ok(OVERHEAD + kept)
    }

    fn add_bundle(&mut self, message: protobuf::TrustBundle) -> Result<usize, RecordFault> {
        if message.peer_name.is_empty() {
            let what = "a peer's name for the trust bundle";
            return Err(RecordFault::Missing { what });
        }
        let kept = message.trust_domain.len() + message.peer_name.len();
        let name = key(&message.partition, &message.peer_name);
        if self.bundles.insert(name, message.trust_domain).is_some() {
            return Err(RecordFault::Second {
                what: "trust bundle of a peer",
                value: Some(message.peer_name),
            });
        }
        Ok(OVERHEAD + kept)
    }

    fn add_secrets(&mut self, place: Place, record: SecretsRecord) -> Result<usize, RecordFault> {
        let SecretsRecord { message, bytes } = record;
        check_uuid("the ID of the secrets' peering", &message.peer_id)?;
        let id = message.peer_id.to_ascii_lowercase();
        let secrets = Secrets::new(message);
        for (what, secret) in secrets.all() {
            check_uuid(what, secret.expose())?;
            if !self.in_use.insert(fingerprint(secret)) {
                return Err(RecordFault::Second {
                    what: "use of a secret",
                    value: None,
                });
            }
        }
        if self.secrets.contains_key(&id) {
            return Err(RecordFault::Second {
                what: "PeeringSecrets of a peering",
                value: Some(id),
            });
        }
        let kept = bytes.len();
        self.secrets.insert(id, (place, bytes, secrets));
        Ok(OVERHEAD + kept)
    }

    fn finish(self, sum: String) -> Scan {
        let mut state = self.state;
        let (addresses, versions) = self.catalog.finish(state.through_mesh_gateways);
        state.server_addresses = addresses;
        state.consul_versions = versions;
        state.roots.sort_by(|a, b| a.id.cmp(&b.id));
        let active = state.roots.iter().find(|root| root.active);
        state.cluster_id = [
            Some(&self.ca_config.cluster_id),
            active.map(|root| &root.external_trust_domain),
        ]
        .into_iter()
        .flatten()
        .find(|id| !id.is_empty())
        .map(|id| id.to_lowercase());
        state.ca_provider = Some(self.ca_config.provider).filter(|name| !name.is_empty());

        let mut secrets = BTreeMap::new();
        let mut peerings = self.peerings;
        for (id, (place, bytes, known)) in self.secrets {
            if let Some(peering) = peerings.get_mut(&id) {
                peering.secrets = known;
            }
            secrets.insert(id, (place, bytes));
        }
        state.peerings = peerings.into_values().collect();
        for peering in &mut state.peerings {
            let bundle = self.bundles.get(&key(&peering.partition, &peering.name));
            peering.trust_domain = bundle.cloned();
        }
        state
            .peerings
            .sort_by_cached_key(|peering| key(&peering.partition, &peering.name));
        Scan {
            state,
            secrets,
            in_use: self.in_use,
            sum,
        }
    }
}

/// What servers know a peering by: the partition, of which `default` is another word for none, and
/// the name, both in lower case.
fn key(partition: &str, name: &str) -> (String, String) {
    let partition = match partition.to_lowercase() {
        default if default == "default" => String::new(),
        other => other,
    };
    (partition, name.to_lowercase())
}

fn check_uuid(what: &'static str, text: &str) -> Result<(), RecordFault> {
    let length = text.len();
    if is_uuid(text) {
        Ok(())
    } else {
        Err(RecordFault::NotAUuid { what, length })
    }
}
