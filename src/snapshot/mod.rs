//! Consul snapshots and tokens: what a snapshot tells about a token, and how a snapshot gets the
//! peerings that make a server honour one.
//!
//! A token made offline is only text until the accepting cluster knows its `PeerID` and secret.
//! Both stand in the cluster's state, so that a server that restores a snapshot with them in it
//! honours the token.
//!
//! - [`State::read`] reads a snapshot, and checks it whole;
//! - [`name_to_accept`] says whether a token can be made for a name, [`TokenStatus::of`] what became
//!   of one, and [`Roots::from_snapshot`](crate::roots::Roots::from_snapshot) gives the roots for a new one;
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
//! let status = TokenStatus::of(&seeded.state, &token.peer_id, &token.establishment_secret);
//! assert_eq!(status, TokenStatus::Redeemable);
//! # Ok(())
//! # }
//! ```
//!
//! The format itself is the crate `consul-snapshot`, whose types stand here too.

mod base;
mod error;
mod names;
mod plan;
mod release;
mod seed;
mod status;

pub use base::{Base, Seeded, seed_fresh};
pub use consul_snapshot::{
    Direction, Meta, Needs, Peering, PeeringState, RecordFault, Root, Secrets, SnapshotError,
    State, WriteError,
};
pub use error::SeedError;
pub(crate) use names::same_cluster;
pub use names::{NameTaken, name_to_accept, name_to_dial};
pub use plan::Change;
pub use release::{CannotRestore, check_acceptor, oldest_server};
pub use seed::{End, Seed};
pub use status::{SecretsMeaning, TokenStatus};
