//! What a peer's name may be used for, given the peerings that there are.
//!
//! `generate-token` takes a new name or one that waits to be dialed, `establish` a new name or one
//! that dials. Consul's own refusals are in its words; a peering that is going away is refused with
//! what to do, as a token made for it would be worth nothing.

use consul_snapshot::{Direction, Peering, PeeringState, State};

/// Why a name cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NameTaken {
    /// A token is wanted, and the name is used for dialing.
    #[error("cannot create peering with name: {name:?}; there is already an established peering")]
    Dials {
        /// The name.
        name: String,
    },
    /// The name is to dial, and it waits to be dialed.
    #[error(
        "cannot create peering with name: {name:?}; there is an existing peering expecting to be dialed"
    )]
    Accepts {
        /// The name.
        name: String,
    },
    /// The peering was deleted at the other end.
    #[error(
        "expected a peering that can still be used, but found {name:?} TERMINATED: delete it at its server, then save a snapshot and start from that"
    )]
    Terminated {
        /// The name.
        name: String,
    },
    /// The peering is being deleted.
    #[error(
        "cannot write to peering that is marked for deletion: wait until {name:?} is gone from its server, then save a snapshot and start from that"
    )]
    Deleting {
        /// The name.
        name: String,
    },
}

/// What the dialer's server says of a token of its own cluster.
pub(crate) fn same_cluster(server_name: &str) -> String {
    format!(
        "cannot create a peering within the same cluster {server_name:?}. Refer to the `exported-services` documentation if you want to export between partitions without peering"
    )
}

/// Whether a cluster in this state can make a token for this name. Gives the peering that the name has
/// already, whose ID the token then needs.
///
/// # Errors
///
/// [`NameTaken`].
pub fn name_to_accept<'a>(state: &'a State, name: &str) -> Result<Option<&'a Peering>, NameTaken> {
    named(state, name, Direction::Accepts)
}

/// Whether a cluster in this state can establish a token under this name. Gives the peering that the
/// name has already.
///
/// # Errors
///
/// [`NameTaken`].
pub fn name_to_dial<'a>(state: &'a State, name: &str) -> Result<Option<&'a Peering>, NameTaken> {
    named(state, name, Direction::Dials)
}

fn named<'a>(
    state: &'a State,
    name: &str,
    wanted: Direction,
) -> Result<Option<&'a Peering>, NameTaken> {
    let Some(peering) = state.peering(name) else {
        return Ok(None);
    };
    let name = peering.name.clone();
    match (peering.direction(), peering.state) {
        (Direction::Dials, _) if wanted == Direction::Accepts => Err(NameTaken::Dials { name }),
        (Direction::Accepts, _) if wanted == Direction::Dials => Err(NameTaken::Accepts { name }),
        (_, PeeringState::Terminated) => Err(NameTaken::Terminated { name }),
        (_, PeeringState::Deleting) => Err(NameTaken::Deleting { name }),
        _ => Ok(Some(peering)),
    }
}
