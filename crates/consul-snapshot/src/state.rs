//! What a snapshot holds of cluster peering.
//!
//! Reading is checking. A [`State`] comes only from a snapshot that is whole (sums, `Size`, the ends of
//! tar and gzip), in which every record is one that servers restore, and in which
//! - each peering has a name and a UUID as its ID, and no other peering has either;
//! - each `PeeringSecrets` belongs to one ID, and each secret is a UUID that occurs once.
//!
//! A server that restores a malformed message panics and stays down, and `consul snapshot inspect`
//! does not notice.
//!
//! Limits: 16 MiB of roots, servers and peerings are kept; all other records pass by.

use crate::addresses::Catalog;
use crate::archive;
use crate::error::{RecordFault, SnapshotError};
use crate::kind::{self, FIRST, Release};
use crate::limits::{MAX_KEPT, OVERHEAD};
use crate::meta::Meta;
use crate::peering::{Peering, Secrets};
use crate::protobuf;
use crate::records::{self, CaConfig, Place, Record, Root, SecretsRecord};
use crate::unique::{Name, Unique, name};
use std::collections::BTreeMap;
use std::io::Read;
use zeroize::Zeroizing;

/// What a snapshot holds of cluster peering. The private keys, ACL tokens, provider credentials and
/// key-value pairs in it are never kept.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use consul_snapshot::{Direction, State};
///
/// # let path = "../../fixtures/consul/alpha-minted.snap";
/// let state = State::read(std::fs::File::open(path)?)?;
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
    /// The cluster ID in lower case: from the CA's configuration or, without one, from the active root.
    pub cluster_id: Option<String>,
    /// The CA provider, such as `consul` or `vault`.
    pub ca_provider: Option<String>,
    /// The CA roots, ordered by ID as servers give them to peers.
    pub roots: Vec<Root>,
    /// Whether peers are to dial the mesh gateways and not the servers.
    pub through_mesh_gateways: bool,
    /// The addresses that peers are to dial (`host:port`), in the order in which servers give them.
    pub server_addresses: Vec<String>,
    /// The Consul releases that its servers say they are, ordered as text.
    pub consul_versions: Vec<String>,
    /// The peerings, ordered by name.
    pub peerings: Vec<Peering>,
    /// How many records there are of each type.
    pub records: BTreeMap<u8, u64>,
    /// The record that needs the newest release, where not all releases since 1.13 restore the
    /// snapshot.
    pub needs: Option<Needs>,
}

/// A record that older releases of Consul do not restore.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Needs {
    /// The first release that restores it, such as `(1, 16)`.
    pub release: (u32, u32),
    /// Consul's name for the type of the record.
    pub record: &'static str,
    /// Where it starts in `state.bin`.
    pub offset: u64,
}

impl State {
    /// Reads a snapshot as a stream and checks all of it.
    ///
    /// # Errors
    ///
    /// [`SnapshotError`] if a server would reject the snapshot or would not survive its restore, or if
    /// a limit is passed.
    pub fn read(snapshot: impl Read) -> Result<Self, SnapshotError> {
        Ok(Scan::read(snapshot)?.state)
    }

    /// Returns the trust domain, `<cluster-id>.consul`.
    #[must_use]
    pub fn trust_domain(&self) -> Option<String> {
        let id = self.cluster_id.as_ref()?;
        Some(format!("{id}.consul"))
    }

    /// Returns the name in the certificate that the cluster's servers show to dialers. Consul knows its
    /// own cluster by it.
    #[must_use]
    pub fn server_name(&self) -> Option<String> {
        let datacenter = self.datacenter.as_ref()?.to_lowercase();
        let trust_domain = self.trust_domain()?;
        Some(format!("server.{datacenter}.peering.{trust_domain}"))
    }

    /// Returns the peering of this name in the default partition. As in Consul, case does not matter.
    #[must_use]
    pub fn peering(&self, name: &str) -> Option<&Peering> {
        let wanted = crate::unique::name("", name);
        self.peerings
            .iter()
            .find(|peering| peering_name(peering) == wanted)
    }

    /// Returns the peering with this ID, in either case.
    #[must_use]
    pub fn peering_by_id(&self, id: &str) -> Option<&Peering> {
        self.peerings
            .iter()
            .find(|peering| peering.id.eq_ignore_ascii_case(id))
    }
}

/// A state, and what is needed beside it to change the snapshot.
pub(crate) struct Scan {
    pub(crate) state: State,
    /// The messages of `PeeringSecrets` by the lower-case ID of the peering.
    pub(crate) secrets: BTreeMap<String, (Place, Zeroizing<Vec<u8>>)>,
    pub(crate) unique: Unique,
    /// The SHA-256 of `state.bin`.
    pub(crate) sum: String,
}

impl Scan {
    pub(crate) fn read(snapshot: impl Read) -> Result<Self, SnapshotError> {
        let (meta, (mut scan, last_index), sum) = archive::read(snapshot, |size, content| {
            let mut scan = Collector::new();
            let last_index =
                records::read(content, size, |number, place, since, record, checked| {
                    scan.needs(number, place, since);
                    scan.add(number, place, record, checked)
                })?;
            Ok::<_, SnapshotError>((scan, last_index))
        })?;
        scan.state.meta = meta;
        scan.state.last_index = last_index;
        Ok(scan.finish(sum))
    }
}

/// Takes in one record after the other.
struct Collector {
    state: State,
    catalog: Catalog,
    ca_config: CaConfig,
    unique: Unique,
    /// By lower-case ID.
    peerings: BTreeMap<String, Peering>,
    secrets: BTreeMap<String, (Place, Zeroizing<Vec<u8>>, Secrets)>,
    /// Trust domains of the peers.
    bundles: BTreeMap<Name, String>,
    kept: usize,
}

impl Collector {
    fn new() -> Self {
        Self {
            state: State {
                meta: Meta::default(),
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
                needs: None,
            },
            catalog: Catalog::default(),
            ca_config: CaConfig::default(),
            unique: Unique::default(),
            peerings: BTreeMap::new(),
            secrets: BTreeMap::new(),
            bundles: BTreeMap::new(),
            kept: 0,
        }
    }

    /// Notes the newest release that a record needs.
    fn needs(&mut self, number: u8, place: Place, release: Release) {
        let needed = self
            .state
            .needs
            .as_ref()
            .map_or(FIRST, |needs| needs.release);
        if release > needed {
            self.state.needs = Some(Needs {
                release,
                record: kind::name(number).unwrap_or_default(),
                offset: place.start,
            });
        }
    }

    /// Takes in a record, and counts the bytes that are kept of it. So many more are kept for checking.
    fn add(
        &mut self,
        kind: u8,
        place: Place,
        record: Record,
        checked: usize,
    ) -> Result<(), SnapshotError> {
        *self.state.records.entry(kind).or_default() += 1;
        let added = match record {
            Record::Registration(registration) => {
                if !registration.is_local() {
                    Ok(0)
                } else {
                    let datacenter = &registration.datacenter;
                    if self.state.datacenter.is_none() && !datacenter.is_empty() {
                        self.state.datacenter = Some(datacenter.clone());
                    }
                    Ok(self.catalog.add(*registration))
                }
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
        if self.kept.saturating_add(checked) > MAX_KEPT {
            return Err(SnapshotError::TooMuch { limit: MAX_KEPT });
        }
        Ok(())
    }

    fn add_peering(&mut self, message: protobuf::Peering) -> Result<usize, RecordFault> {
        self.unique
            .add_peering(&message.id, &message.partition, &message.name)?;
        let texts = message
            .peer_ca_pems
            .iter()
            .chain(&message.peer_server_addresses)
            .chain(&message.manual_server_addresses)
            .chain(message.meta.iter().flat_map(|(key, value)| [key, value]));
        // A text in a list takes 24 bytes beside its own.
        let kept: usize = texts.map(|text| text.len() + 24).sum();
        let id = message.id.to_ascii_lowercase();
        self.peerings.insert(id, Peering::of(message));
        Ok(OVERHEAD + kept)
    }

    fn add_bundle(&mut self, message: protobuf::TrustBundle) -> Result<usize, RecordFault> {
        if message.peer_name.is_empty() {
            let what = "a peer's name for the trust bundle";
            return Err(RecordFault::Missing { what });
        }
        let kept = message.trust_domain.len() + message.peer_name.len();
        let name = name(&message.partition, &message.peer_name);
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
        let id = message.peer_id.to_ascii_lowercase();
        let peer_id = message.peer_id.clone();
        let secrets = Secrets::of(message);
        self.unique.check_secrets(&peer_id, &secrets)?;
        self.unique.add_secrets(&peer_id, &secrets);
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
            let bundle = self.bundles.get(&peering_name(peering));
            peering.trust_domain = bundle.cloned();
        }
        state.peerings.sort_by_cached_key(peering_name);
        Scan {
            state,
            secrets,
            unique: self.unique,
            sum,
        }
    }
}

fn peering_name(peering: &Peering) -> Name {
    name(&peering.partition, &peering.name)
}
