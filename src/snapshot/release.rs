//! Whether the acceptor's release restores a base snapshot.
//!
//! Most records are restored by every release since 1.13, which was the first with peerings. A
//! snapshot with newer ones is for acceptors that know them.

use consul_snapshot::{Needs, State};
use peering_token::Release;

/// Why an acceptor cannot be sure to restore a base snapshot.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CannotRestore {
    /// The acceptor's release is too old. Its servers would stop at the restore, and stay down.
    #[error("Consul {release} does not restore the base snapshot: {}", needed(.needs))]
    Older {
        /// The acceptor's release.
        release: Release,
        /// What it does not restore.
        needs: Needs,
    },
    /// Nobody has said which release the acceptor has, and no server in the base snapshot does.
    #[error("the acceptor's release is unknown, and not every release restores the base snapshot: {}", needed(.needs))]
    Unknown {
        /// What older releases do not restore.
        needs: Needs,
    },
}

fn needed(needs: &Needs) -> String {
    let Needs { record, offset, .. } = needs;
    let first = first(needs);
    format!("the {record} record at byte {offset} of state.bin needs Consul {first} or later")
}

fn first(needs: &Needs) -> Release {
    let (major, minor) = needs.release;
    Release::new(major, minor)
}

/// Returns the release of the oldest server in a snapshot.
#[must_use]
pub fn oldest_server(state: &State) -> Option<Release> {
    let servers = state.consul_versions.iter();
    servers.filter_map(|version| version.parse().ok()).min()
}

/// Checks that an acceptor restores a base snapshot. Without a release, it is that of the oldest server
/// in the snapshot.
///
/// # Errors
///
/// [`CannotRestore`] if a record needs a later release, or may need one.
pub fn check_acceptor(state: &State, acceptor: Option<Release>) -> Result<(), CannotRestore> {
    let Some(needs) = state.needs.clone() else {
        return Ok(());
    };
    match acceptor.or_else(|| oldest_server(state)) {
        None => Err(CannotRestore::Unknown { needs }),
        Some(release) if release < first(&needs) => Err(CannotRestore::Older { release, needs }),
        Some(_) => Ok(()),
    }
}
