//! Writing peerings into a snapshot, or into one made from nothing.
//!
//! The base is read twice, as the archive says the size of `state.bin` before its content: once to
//! check it and to find what has to change, once to copy. Then what was written is read back and
//! checked whole. So neither needs more memory for a larger snapshot.

use super::archive;
use super::error::SnapshotError;
use super::meta::Meta;
use super::names::{NameTaken, same_cluster};
use super::peering::TokenStatus;
use super::plan::{Failed, Plan};
use super::state::{Scan, State};
use crate::{MetaError, PeerNameError, PeeringToken, Secret};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Read, Seek, Write};

/// A peering to write into a snapshot.
#[derive(Debug, Clone)]
pub struct Seed {
    /// The peer's name at this end.
    pub name: String,
    /// Metadata, for a name that is new.
    pub meta: BTreeMap<String, String>,
    /// The peering's ID at this end, a UUID. At the acceptor it is its tokens' `PeerID`.
    pub id: String,
    /// Which end this is, and with what secret.
    pub end: End,
}

/// Which end of a peering is written.
#[derive(Debug, Clone)]
pub enum End {
    /// The acceptor of a token: it waits for a dialer to redeem it.
    Token {
        /// The token's establishment secret, a UUID.
        secret: Secret,
    },
    /// The acceptor of a peering that needs no token: both ends know the stream's secret.
    Accept {
        /// The secret, a UUID.
        stream_secret: Secret,
    },
    /// The dialer of a peering that needs no token.
    Dial {
        /// The same secret as at the acceptor.
        stream_secret: Secret,
        /// What the dialer knows of the acceptor. The token's establishment secret is not used.
        acceptor: Box<PeeringToken>,
    },
}

impl Seed {
    /// What makes an acceptor honour a token.
    #[must_use]
    pub fn of_token(name: &str, token: &PeeringToken) -> Self {
        Self {
            name: name.to_owned(),
            meta: BTreeMap::new(),
            id: token.peer_id.clone(),
            end: End::Token {
                secret: token.establishment_secret.clone(),
            },
        }
    }

    pub(super) fn secret(&self) -> &Secret {
        match &self.end {
            End::Token { secret } => secret,
            End::Accept { stream_secret } | End::Dial { stream_secret, .. } => stream_secret,
        }
    }
}

/// What was done for a seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// The peering was added.
    Added,
    /// The snapshot honoured the token already.
    None,
    /// The name had a peering, which got a new establishment secret.
    SecretReplaced {
        /// Whether that makes an earlier token worthless that could still be redeemed.
        superseded: bool,
    },
}

/// A snapshot as it was written and read back.
#[derive(Debug)]
#[non_exhaustive]
pub struct Seeded {
    /// What is in it now. Its `meta` has the ID, and so the time, of the base.
    pub state: State,
    /// What was done for each seed, in their order.
    pub changes: Vec<Change>,
}

/// Why a snapshot is not written, or what was written is not to be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SeedError {
    /// The base is refused.
    #[error("the base: {0}")]
    Base(#[source] SnapshotError),
    /// The base is another file than it was a moment ago.
    #[error("expected the base to stay as it is while it is copied, but found other content")]
    BaseChanged,
    /// A peer's name is refused.
    #[error(transparent)]
    Name(#[from] PeerNameError),
    /// Metadata is refused.
    #[error(transparent)]
    Meta(#[from] MetaError),
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
    /// The new snapshot cannot be written.
    #[error("cannot write the snapshot: {0}")]
    Write(#[from] io::Error),
    /// What was written does not pass its check: the disk or the memory is at fault.
    #[error("what was written: {0}")]
    Written(#[source] SnapshotError),
    /// What was written lacks a peering.
    #[error("expected the peering {name:?} in what was written, but found it without its secret")]
    Lost {
        /// The peer's name.
        name: String,
    },
}

/// A snapshot to write peerings into, read and checked.
pub struct Base<F> {
    file: F,
    scan: Scan,
}

impl<F> fmt::Debug for Base<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Base").field(&self.scan.state).finish()
    }
}

impl<F: Read + Seek> Base<F> {
    /// Reads and checks a snapshot, from the start of the file.
    ///
    /// # Errors
    ///
    /// As [`State::read`].
    pub fn open(mut file: F) -> Result<Self, SnapshotError> {
        file.rewind().map_err(SnapshotError::Read)?;
        let scan = Scan::read(&mut file)?;
        Ok(Self { file, scan })
    }

    /// What it holds: its age, and what its names can be used for.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.scan.state
    }

    /// Writes a snapshot: this one, and these peerings.
    ///
    /// `out` is a new and empty file, which the caller syncs and gives its name once this has
    /// succeeded: what was written has been read back from it and checked by then.
    ///
    /// # Errors
    ///
    /// [`SeedError`]. Unless it is one of reading or writing, nothing was written.
    pub fn seed<O>(&mut self, seeds: &[Seed], out: &mut O) -> Result<Seeded, SeedError>
    where
        O: Read + Write + Seek,
    {
        let plan = Plan::new(&self.scan, seeds)?;
        let meta = &self.scan.state.meta;
        let size = plan.size(meta.size);
        let text = meta.with_size(size);

        let rewound = self.file.rewind();
        rewound.map_err(|error| SeedError::Base(SnapshotError::Read(error)))?;
        let ((), sum) = archive::read(&mut self.file, |_, content| {
            archive::write(&mut *out, &text, size, |state| plan.copy(content, state))
        })
        .map_err(|error| match error {
            Failed::Read(error) => SeedError::Base(error),
            Failed::Write(error) => SeedError::Write(error),
        })?;
        if sum != self.scan.sum {
            return Err(SeedError::BaseChanged);
        }
        read_back(seeds, plan.changes, out)
    }
}

/// Writes a snapshot with nothing but these peerings, for a server whose CA is given to it by its
/// configuration. `at` is the time that the snapshot says it was taken at.
///
/// # Errors
///
/// As [`Base::seed`].
pub fn seed_fresh<O>(at: Timestamp, seeds: &[Seed], out: &mut O) -> Result<Seeded, SeedError>
where
    O: Read + Write + Seek,
{
    // A map of one pair: "LastIndex" and 1.
    let header = b"\x81\xa9LastIndex\x01";
    let scan = Scan::fresh(at).map_err(SeedError::Base)?;
    let plan = Plan::new(&scan, seeds)?;
    let size = plan.size(header.len() as u64);
    let meta = Meta::fresh(at, size);
    archive::write(&mut *out, meta.as_bytes(), size, |state| {
        state.write_all(header)?;
        state.write_all(&plan.appended)
    })?;
    read_back(seeds, plan.changes, out)
}

fn read_back<O>(seeds: &[Seed], changes: Vec<Change>, out: &mut O) -> Result<Seeded, SeedError>
where
    O: Read + Write + Seek,
{
    out.flush()?;
    out.rewind()?;
    let state = State::read(out).map_err(SeedError::Written)?;
    for seed in seeds {
        let name = &seed.name;
        let kept = state.peering(name).is_some_and(|peering| {
            let secrets = &peering.secrets;
            let has_secret = match &seed.end {
                End::Token { secret } => peering.token_status(secret) == TokenStatus::Redeemable,
                End::Accept { stream_secret } | End::Dial { stream_secret, .. } => {
                    secrets.active_stream.as_ref() == Some(stream_secret)
                }
            };
            peering.id.eq_ignore_ascii_case(&seed.id) && has_secret
        });
        if !kept {
            return Err(SeedError::Lost { name: name.clone() });
        }
    }
    Ok(Seeded { state, changes })
}
