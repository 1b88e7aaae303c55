//! Why peerings are not written into a snapshot.

use super::names::{NameTaken, same_cluster};
use super::release::CannotRestore;
use consul_snapshot::{RecordFault, WriteError};
use peering_token::{MetaError, PeerNameError};

/// Why a snapshot is not written, or what was written is not to be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SeedError {
    /// A peer's name is refused.
    #[error(transparent)]
    Name(#[from] PeerNameError),
    /// Metadata is refused.
    #[error(transparent)]
    Meta(#[from] MetaError),
    /// The acceptor does not restore the base snapshot, or may not.
    #[error(transparent)]
    Release(#[from] CannotRestore),
    /// The name is taken.
    #[error(transparent)]
    Taken(#[from] NameTaken),
    /// A value has to be a UUID, or a server that restores it panics. It is not shown: it may be a
    /// secret.
    #[error("expected {what} for {name:?} to be a UUID, but found another form")]
    NotAUuid {
        /// What the value is for.
        what: &'static str,
        /// The peer's name.
        name: String,
    },
    /// Two seeds have the same name or ID.
    #[error("expected each name and ID once, but found {value:?} twice")]
    Twice {
        /// The name or ID.
        value: String,
    },
    /// A secret stands in the base or in another seed already.
    #[error("expected a secret of its own for {name:?}, but found one that is in use")]
    SecretInUse {
        /// The peer's name.
        name: String,
    },
    /// The name has a peering with another ID, so that no token with this one works for it.
    #[error("expected the ID {expected} that the peering {name:?} has, but found {found}")]
    OtherId {
        /// The peer's name.
        name: String,
        /// The ID in the base.
        expected: String,
        /// The ID of the seed.
        found: String,
    },
    /// The ID is that of a peering with another name.
    #[error("expected a new ID for {name:?}, but found that of the peering {other:?}")]
    IdInUse {
        /// The peer's name.
        name: String,
        /// The name of the peering that has the ID.
        other: String,
    },
    /// The base has secrets for the ID, but no peering.
    #[error(
        "expected a new ID for {name:?}, but found one that has secrets in the base and no peering"
    )]
    SecretsWithoutPeering {
        /// The peer's name.
        name: String,
    },
    /// A stream secret was given for a name that has a peering, which would lose its own.
    #[error("expected a new name for a peering without a token, but found {name:?} in use")]
    NameInUse {
        /// The peer's name.
        name: String,
    },
    /// The dialer is told no address.
    #[error("expected an address to dial for {name:?}, but found none")]
    NothingToDial {
        /// The peer's name.
        name: String,
    },
    /// The dialer is the acceptor's own cluster.
    #[error("{}", same_cluster(.server_name))]
    SameCluster {
        /// The server name of both.
        server_name: String,
    },
    /// A record would be one that no server survives, or a second one of its kind.
    #[error(transparent)]
    Record(#[from] RecordFault),
    /// The new snapshot cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}
