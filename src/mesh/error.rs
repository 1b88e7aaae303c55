//! Why no kit is written.

use crate::generate::GenerateError;
use crate::restore::ERASED;
use crate::roots::RootsError;
use crate::snapshot::{CannotRestore, NameTaken, SeedError, SnapshotError};
use peering_token::{PeerNameError, Refusal, ReleaseError};
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// A fault, and where in the file's text it is.
#[derive(Debug)]
#[non_exhaustive]
pub struct Located {
    /// The bytes of the text that are at fault.
    pub span: Range<usize>,
    /// What is wrong with them.
    pub fault: Fault,
}

impl Located {
    pub(super) fn new(span: Range<usize>, fault: Fault) -> Self {
        Self { span, fault }
    }

    /// The same as an error, which is to be small where there is none.
    pub(super) fn boxed(span: Range<usize>, fault: Fault) -> Box<Self> {
        Box::new(Self::new(span, fault))
    }
}

/// What can be wrong in a file that describes a mesh, and in the files that it names.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// It is no TOML, or not of this form.
    #[error("{message}")]
    Toml {
        /// What the parser says.
        message: String,
        /// The key or word that was meant, perhaps.
        near: Option<String>,
    },
    /// There is no site.
    #[error("expected at least one site, but found none")]
    NoSites,
    /// There are more pairs than any kit has.
    #[error("{count} pairs are too many: a kit has at most 500000")]
    TooManyPairs {
        /// How many there are.
        count: usize,
    },
    /// A site's name is no name of a peer.
    #[error(transparent)]
    Name(PeerNameError),
    /// Two sites have one name.
    #[error("expected a name of its own for each site, but found {name:?} twice")]
    NameTwice {
        /// The name.
        name: String,
    },
    /// A pair names no site.
    #[error("expected the name of a site, but found {name:?}")]
    NoSuchSite {
        /// The name.
        name: String,
        /// The site that was meant, perhaps.
        near: Option<String>,
    },
    /// A site is to peer with itself.
    #[error("expected two sites, but found {name:?} for both")]
    PairWithItself {
        /// The name.
        name: String,
    },
    /// A pair stands in the list twice.
    #[error("expected each pair once, but found {accept:?} and {dial:?} again")]
    PairTwice {
        /// The acceptor.
        accept: String,
        /// The dialer.
        dial: String,
    },
    /// Two sites are to dial each other.
    #[error(
        "expected each pair once, but found {accept:?} and {dial:?} the other way round: a site cannot both accept and dial under one peer name"
    )]
    BothWays {
        /// The acceptor.
        accept: String,
        /// The dialer.
        dial: String,
    },
    /// A release that cannot be.
    #[error(transparent)]
    Release(ReleaseError),
    /// A cluster ID that is no UUID.
    #[error("expected a cluster ID of 8-4-4-4-12 hexadecimal digits, but found {found:?}")]
    ClusterId {
        /// What was found.
        found: String,
    },
    /// A key without its certificate.
    #[error("expected the certificate of this key under ca, but found none")]
    KeyWithoutCa,
    /// A base has its roots in it.
    #[error("expected either ca or base, but found both: a base has its roots in it")]
    CaBesideBase,
    /// A base has its cluster ID in it.
    #[error("expected either cluster_id or base, but found both: a base has its cluster ID in it")]
    ClusterIdBesideBase,
    /// A path that is empty.
    #[error("expected the name of a file, but found an empty text")]
    EmptyPath,
    /// Neither a datacenter nor a base that has one.
    #[error("expected the datacenter of this site, but found none")]
    NoDatacenter,
    /// The base is of another datacenter.
    #[error("expected the datacenter of the base, {expected:?}, but found {found:?}")]
    OtherDatacenter {
        /// The base's.
        expected: String,
        /// The file's.
        found: String,
    },
    /// A site does not say whether its cluster has anything to lose.
    #[error("site {name:?} does not say whether its cluster is new or running")]
    NoState {
        /// The site.
        name: String,
    },
    /// The key that `state` replaced.
    #[error(
        "the key \"restored\" no longer exists: write state = \"running\" in place of restored = true"
    )]
    Restored,
    /// A new site with a base.
    #[error(
        "site {name:?} has state = \"new\" and a base, but a base is a snapshot of a running cluster"
    )]
    BaseOfNew {
        /// The site.
        name: String,
    },
    /// A site that was running is new.
    #[error("site {name:?} has state = \"new\", but this kit already knows it as running")]
    WasRunning {
        /// The site.
        name: String,
    },
    /// A file cannot be read.
    #[error("cannot read {}: {error}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// A file of roots is refused.
    #[error("{}: {error}", .path.display())]
    Roots {
        /// The file.
        path: PathBuf,
        /// Why.
        error: RootsError,
    },
    /// A key's file is refused. What is in it is not shown.
    #[error("{}: {what}", .path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// Why.
        what: &'static str,
    },
    /// A root and its key are not what Consul takes for a CA.
    #[error("{}: {fault}", .path.display())]
    Ca {
        /// The key's file.
        path: PathBuf,
        /// Why.
        fault: crate::ca::CaFault,
    },
    /// A base is refused.
    #[error("{}: {error}", .path.display())]
    Base {
        /// The file.
        path: PathBuf,
        /// Why.
        error: SnapshotError,
    },
    /// A file that is read stands in the kit, where it might be replaced.
    #[error("{} is in the kit's own folder", .path.display())]
    InKit {
        /// The file.
        path: PathBuf,
    },
    /// The acceptor does not restore a base, or may not.
    #[error("{}: {error}", .path.display())]
    Acceptor {
        /// The file.
        path: PathBuf,
        /// Why.
        error: CannotRestore,
    },
    /// A base lacks something.
    #[error("{}: expected {what}, but found none", .path.display())]
    BaseLacks {
        /// The file.
        path: PathBuf,
        /// What.
        what: &'static str,
    },
    /// A base is used for two sites.
    #[error("expected a base of its own for each site, but found that of {other:?}")]
    BaseTwice {
        /// The site that has it.
        other: String,
    },
    /// A base is too old to be restored without loss.
    #[error("expected a base of the last hour, but found one taken at {taken}")]
    OldBase {
        /// When it was taken.
        taken: String,
    },
    /// A base is from before the last restore.
    #[error(
        "expected a base saved after the site was restored, but found one taken at {taken}, before the last snapshot for it was made"
    )]
    EarlierBase {
        /// When it was taken.
        taken: String,
    },
    /// Two sites have one cluster ID.
    #[error("expected a cluster ID of its own for each site, but found {id}, that of {other:?}")]
    ClusterIdTwice {
        /// The cluster ID.
        id: String,
        /// The site that has it.
        other: String,
    },
    /// Two sites have one server name.
    #[error(
        "expected a server name of its own for each site, but found {server_name}, that of {other:?}"
    )]
    ServerNameTwice {
        /// The server name.
        server_name: String,
        /// The site that has it.
        other: String,
    },
    /// The site's CA was made for another cluster ID.
    #[error("expected {expected}, for which the CA of this site was made, but found {found}")]
    OtherClusterId {
        /// The kit's.
        expected: String,
        /// The file's.
        found: String,
    },
    /// A token of the site cannot be made.
    #[error(transparent)]
    Generate(GenerateError),
    /// A token of the site would be refused.
    #[error("a token of this site would be refused: {0}")]
    Refused(Refusal),
    /// A site that accepts has no address.
    #[error("expected an address, as {dial:?} is to dial this site, but found none")]
    NoAddresses {
        /// A site that dials it.
        dial: String,
    },
    /// An address that leads nowhere from outside.
    #[error("expected an address that can be dialed from outside, but {message}")]
    NotFromOutside {
        /// What is wrong with it.
        message: String,
    },
    /// An address that cannot be dialed at all.
    #[error("expected an address that can be dialed, but {message}")]
    NotDialable {
        /// What is wrong with it.
        message: String,
    },
    /// A running site needs a base.
    #[error("site {site:?} is running, so adding a peering with {peers} to its state needs a base")]
    NeedsBase {
        /// The site.
        site: String,
        /// The peers whose peerings its snapshot is to bring.
        peers: String,
        /// Those of them that could accept in its place.
        turn: Vec<String>,
    },
    /// The name of a peering is taken in a base.
    #[error("in the base of {site:?}: {error}")]
    Taken {
        /// The site.
        site: String,
        /// Why.
        error: NameTaken,
    },
    /// The base has the peering, with secrets of its own.
    #[error("expected a new peering, but the base of {site:?} has {peer:?} already")]
    PeeringInBase {
        /// The site.
        site: String,
        /// The peer.
        peer: String,
    },
    /// The base has the peering under another ID than the kit.
    #[error(
        "expected the ID {expected} of the kit, but the base of {site:?} has {found} for {peer:?}"
    )]
    OtherId {
        /// The site.
        site: String,
        /// The peer.
        peer: String,
        /// The kit's.
        expected: String,
        /// The base's.
        found: String,
    },
    /// The kit has the pair the other way round.
    #[error("expected {accept:?} to accept, as in the kit that is there, but found it to dial")]
    Turned {
        /// The acceptor of the kit.
        accept: String,
    },
    /// A name that Kubernetes would refuse.
    #[error(transparent)]
    Kubernetes(crate::kubernetes::NameError),
}

impl Fault {
    /// What to do about it, where the message does not say so.
    #[must_use]
    pub fn hints(&self) -> Vec<String> {
        let hint = match self {
            Self::NoState { .. } | Self::Restored => return states(),
            Self::NeedsBase { site, turn, .. } => return needs_base(site, turn),
            Self::Toml { near, .. } | Self::NoSuchSite { near, .. } => {
                let near = near.iter();
                return near.map(|near| format!("there is {near:?}")).collect();
            }
            Self::BaseOfNew { .. } => {
                "write state = \"running\", or remove base if there is nothing in the cluster to keep"
            }
            Self::WasRunning { .. } => {
                return vec![
                    format!(
                        "restoring a snapshot without a base erases {ERASED}: write state = \"running\""
                    ),
                    "if the cluster was set up again from nothing, give it another name, or write the kit to another folder".to_owned(),
                ];
            }
            Self::NoSites => {
                "a site is a table: [[sites]], then name, state, datacenter and addresses"
            }
            Self::NotFromOutside { .. } => {
                "allow_private = true says that the dialers are in the same network"
            }
            Self::Base {
                error: SnapshotError::Record { .. },
                ..
            } => {
                "a server that restores this snapshot stops there; save a new one with consul snapshot save"
            }
            Self::Acceptor {
                error: CannotRestore::Unknown { .. },
                ..
            } => "write consul_version = \"X.Y\", the release of the site's servers",
            Self::Acceptor { .. } => "upgrade the site's servers before the restore",
            Self::OldBase { .. } | Self::EarlierBase { .. } => {
                "restoring it loses every change since then: save a new one with consul snapshot save, or use it with --allow-old-base"
            }
            Self::BothWays { .. } | Self::PairTwice { .. } => "leave one of the two out",
            Self::PeeringInBase { .. } => {
                "delete the peering at both servers, then save new bases; or use mode = \"token\""
            }
            Self::OtherId { .. } => "delete the peering there, then save a new base",
            Self::Turned { .. } => "turn the pair round in the file, or write to another folder",
            Self::TooManyPairs { .. } => {
                "list the pairs that are needed, as pairs = [{ accept = \"NAME\", dial = \"NAME\" }], or write several kits"
            }
            Self::InKit { .. } => {
                "the next run may replace or remove it: copy it out of the kit, and name the copy"
            }
            Self::KeyWithoutCa => "without ca and key, a root is made and kept in the folder",
            Self::Ca { fault, .. } => fault.fix(),
            _ => return Vec::new(),
        };
        vec![hint.to_owned()]
    }
}

/// What each state of a site means; what is lost first.
fn states() -> Vec<String> {
    vec![
        format!(
            "state = \"new\": restoring its snapshot erases {ERASED}. Only for a cluster with nothing to keep"
        ),
        "state = \"running\": the cluster keeps what it has. It gets a snapshot only from a base, which consul snapshot save writes".to_owned(),
    ]
}

/// How a running site gets its peerings without losing what it has.
fn needs_base(site: &str, turn: &[String]) -> Vec<String> {
    let mut hints = vec![format!(
        "a snapshot without a base would erase {ERASED}: run consul snapshot save base.snap at {site:?}, then write base = \"base.snap\""
    )];
    if let [first, rest @ ..] = turn {
        let more = match rest.len() {
            0 => String::new(),
            more => format!(", and {more} more such pairs"),
        };
        hints.push(format!(
            "or write {{ accept = \"{first}\", dial = \"{site}\" }}{more}: a site that only dials is never restored"
        ));
    }
    hints
}

/// Why no kit is written, or not all of it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MeshError {
    /// The file is at fault.
    #[error("the file has {} faults", .0.len())]
    File(Vec<Located>),
    /// A file or folder of the kit cannot be read or written.
    #[error("cannot {verb} {}: {error}", .path.display())]
    Io {
        /// What was tried.
        verb: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// Another run writes to the folder.
    #[error("expected to write {} alone, but found another run at it", .path.display())]
    Busy {
        /// The folder.
        path: PathBuf,
    },
    /// The folder has files, and none of them is a kit's.
    #[error("expected an empty folder or a kit, but found {} with other files", .path.display())]
    NotAKit {
        /// The folder.
        path: PathBuf,
    },
    /// Something else stands in the place of a site's folder, such as a symbolic link.
    #[error("cannot write into {}: it is {found}, not a folder", .path.display())]
    NotAFolder {
        /// What stands there.
        found: &'static str,
        /// The folder.
        path: PathBuf,
    },
    /// A file that would be replaced may hold a private key that the kit does not keep.
    #[error(
        "cannot replace {}: it may hold a private key that .mesh-state.json does not have", .path.display()
    )]
    UnknownKey {
        /// The file.
        path: PathBuf,
    },
    /// The key that seals the manifest cannot be made.
    #[error("cannot seal the manifest: {0}")]
    Seal(GenerateError),
    /// What the kit keeps is damaged.
    #[error("expected {} as it was written, but found {found}", .path.display())]
    Kept {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        found: String,
    },
    /// The kit is of another mode.
    #[error("expected the mode of the kit that is there, {expected}, but found {found}")]
    OtherMode {
        /// The kit's.
        expected: &'static str,
        /// The file's.
        found: &'static str,
    },
    /// The pair to rotate is not in the mesh.
    #[error("expected two sites that peer, as SITE/SITE, but found {found:?}")]
    NoSuchPair {
        /// What was given.
        found: String,
    },
    /// A pair of two seeded ends cannot have another secret while one is running without a base.
    #[error("cannot rotate the secret of a peering in mode active: site {site:?} is running")]
    RotateRunning {
        /// The site.
        site: String,
    },
    /// A root cannot be made.
    #[error("cannot make a root for {site:?}: {error}")]
    Ca {
        /// The site.
        site: String,
        /// Why.
        error: crate::ca::CaError,
    },
    /// A token cannot be made.
    #[error("a token of {site:?}: {error}")]
    Generate {
        /// The acceptor.
        site: String,
        /// Why.
        error: GenerateError,
    },
    /// A Secret cannot have its name.
    #[error("a Secret of {site:?}: {error}")]
    SecretName {
        /// The site.
        site: String,
        /// Why.
        error: crate::kubernetes::NameError,
    },
    /// A snapshot cannot be made.
    #[error("the snapshot of {site:?}: {error}")]
    Seed {
        /// The site.
        site: String,
        /// Why.
        error: SeedError,
    },
    /// Not a manifest of a kit.
    #[error("{}: expected the manifest of a kit, but found {found}", .path.display())]
    Manifest {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        found: String,
    },
}

impl MeshError {
    /// What failed on a path.
    pub(super) fn io(verb: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |error| Self::Io { verb, path, error }
    }
}
