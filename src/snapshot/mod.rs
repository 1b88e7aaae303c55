//! Consul snapshots: reading what they hold of peering, and writing peerings into them.
//!
//! A token made offline is only text until the accepting cluster knows its `PeerID` and secret.
//! Both stand in the cluster's state, so that a server that restores a snapshot with them in it
//! honours the token.
//!
//! - [`State::read`] reads a snapshot, and checks it whole;
//! - [`State::name_to_accept`] says whether a token can be made for a name, and
//!   [`State::token_status`] what became of one;
//! - [`Base::seed`] and [`seed_fresh`] write peerings into a snapshot or make one of nothing, and
//!   read back what they wrote.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use peertok::snapshot::{Seed, State, TokenStatus, seed_fresh};
//!
//! let mut token = peertok::PeeringToken::new();
//! token.peer_id = "98e39ed8-212e-48fa-a03e-017869adcbf1".to_owned();
//! let secret = "fa32ff27-5a61-4feb-8900-644a59ee7112".to_owned();
//! token.establishment_secret = peertok::Secret::new(secret);
//! let mut file = tempfile::tempfile()?;
//! let at = "2026-11-24T04:08:28.794Z".parse()?;
//! let seeded = seed_fresh(at, &[Seed::of_token("beta", &token)], &mut file)?;
//! let status = seeded.state.token_status(&token.peer_id, &token.establishment_secret);
//! assert_eq!(status, TokenStatus::Redeemable);
//! # Ok(())
//! # }
//! ```
//!
//! Snapshots are streams: memory stays below 64 MiB whatever their size. Those of the community
//! edition are what has been tried; `SHA256SUMS.sealed`, which Enterprise adds, is refused.

mod addresses;
mod archive;
mod error;
#[cfg(feature = "fixtures")]
pub(crate) mod made;
mod meta;
mod msgpack;
mod names;
mod peering;
mod plan;
mod protobuf;
mod records;
mod seed;
mod state;

pub use error::{RecordFault, SnapshotError};
pub use meta::Meta;
pub use names::NameTaken;
pub(crate) use names::same_cluster;
pub use peering::{Direction, Peering, PeeringState, Secrets, SecretsMeaning, TokenStatus};
pub use records::Root;
pub use seed::{Base, Change, End, Seed, SeedError, Seeded, seed_fresh};
pub use state::State;
