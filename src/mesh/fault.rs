//! What can be wrong with a file of a kit.

use crate::ca::CaFault;
use crate::restore::ERASED;
use crate::snapshot::SnapshotError;
use peering_token::{DecodeError, Refusal};

/// What is wrong with a file of a kit.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CheckFault {
    /// Its content is another.
    #[error("expected the SHA-256 that the manifest has, but found another: it was changed")]
    Changed,
    /// It is not there.
    #[error("expected the file, but found none")]
    Missing,
    /// It is not in the manifest.
    #[error("expected no other file than the manifest has, but found this one")]
    Extra,
    /// It cannot be read.
    #[error("cannot read it: {0}")]
    Unreadable(std::io::Error),
    /// Something else stands in the place of a file or folder, such as a symbolic link.
    #[error("found {found} in place of {wanted}: remove it, and run peertok mesh again")]
    OtherKind {
        /// What stands there.
        found: &'static str,
        /// What the kit has there.
        wanted: &'static str,
    },
    /// It has another mode than it was written with.
    #[error("the mode is {found:04o}, not {wanted:04o}: set it, or run peertok mesh again")]
    Mode {
        /// The mode that it has.
        found: u32,
        /// The mode that it was written with.
        wanted: u32,
    },
    /// It holds keys or secrets, and others can read it.
    #[error(
        "other users may have read its keys and secrets: the mode is {found:04o}, not {wanted:04o}. Run peertok mesh again, and replace what they may know"
    )]
    Readable {
        /// The mode that it has.
        found: u32,
        /// The mode that it was written with.
        wanted: u32,
    },
    /// It belongs to another user than the kit.
    #[error(
        "the owner is user {found}, not user {wanted}: change the owner, or run peertok mesh again"
    )]
    Owner {
        /// The user's number.
        found: u32,
        /// The number of the user that the kit belongs to.
        wanted: u32,
    },
    /// The manifest or what the kit keeps is damaged.
    #[error("{0}")]
    Damaged(String),
    /// The kit's keys and secrets are not there.
    #[error(
        "the file is missing. It holds all keys and secrets, and without it nothing tells whether the manifest was changed too: bring it back from a copy"
    )]
    NoState,
    /// The manifest was not written with what the kit keeps.
    #[error(
        "the manifest was changed, or belongs to another kit: its seal does not match .mesh-state.json. Run peertok mesh FILE --check DIR to see which files differ"
    )]
    NotSealed,
    /// The manifest was written before or after what the kit keeps.
    #[error(
        "the manifest does not belong to this .mesh-state.json: a run was interrupted, or an older file was put back. Run peertok mesh again"
    )]
    OtherState,
    /// A file says something else than another of the kit.
    #[error("{what} differs from {with}")]
    Differs {
        /// What of it.
        what: &'static str,
        /// What it was compared with.
        with: String,
    },
    /// The file that describes the sites gives another content.
    #[error("the content is not what the file with the sites gives: run peertok mesh again")]
    NotAsPlanned,
    /// The file that describes the sites gives no such file.
    #[error("the file with the sites has no use for this file: run peertok mesh again")]
    NotPlanned,
    /// The file that describes the sites has changes which the kit has not.
    #[error("the file with the sites has changes that are not in the kit: run peertok mesh again")]
    Outdated,
    /// A token is refused.
    #[error("a server refuses the token: {0}")]
    Refused(Refusal),
    /// A token cannot be read.
    #[error("a server cannot read the token: {0}")]
    Token(DecodeError),
    /// The body has another token than the file beside it.
    #[error("expected the token that stands beside it, but found another")]
    OtherToken,
    /// A snapshot is refused.
    #[error("{0}")]
    Snapshot(SnapshotError),
    /// A snapshot without a base for a running site.
    #[error(
        "restoring it erases {ERASED}: it has no base, and the site is running. Do not restore it; write the kit again"
    )]
    ErasesRunning,
    /// Two snapshots have different secrets for one peering.
    #[error(
        "expected the stream's secret that the snapshot of {peer:?} has, but found another or none there"
    )]
    OtherSecret {
        /// The site at the other end.
        peer: String,
    },
    /// A CA does not suit Consul.
    #[error("{0}")]
    Ca(CaFault),
    /// A CA cannot be read.
    #[error("{0}")]
    CaUnreadable(String),
}
