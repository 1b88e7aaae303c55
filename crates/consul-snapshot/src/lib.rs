//! Consul snapshots: read them, check them, and write peerings into them, all offline.
//!
//! `consul snapshot save` writes a cluster's whole state into one file. This crate reads such a file
//! as a stream and keeps what concerns cluster peering: the peerings, their secrets, the CA roots and
//! the addresses of servers and mesh gateways. Memory stays below 64 MiB for a snapshot of any size.
//!
//! | to do this | use |
//! |---|---|
//! | read a snapshot and check all of it | [`State::read`] |
//! | add a peering, or replace a secret, in a copy of a snapshot | [`Snapshot::edit`] |
//! | start from an empty state | [`Snapshot::empty`] |
//! | make a snapshot for a test, with any state in it | [`Builder`] |
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use consul_snapshot::{Peering, PeeringState, Secret, Snapshot, State};
//! use std::io::Cursor;
//!
//! let mut peering = Peering::new("west", "98e39ed8-212e-48fa-a03e-017869adcbf1");
//! peering.secrets.establishment = Some(Secret::new("fa32ff27-5a61-4feb-8900-644a59ee7112".into()));
//!
//! let mut snapshot = Snapshot::empty("2026-11-24T04:08:28.794Z".parse()?)?;
//! let mut edit = snapshot.edit();
//! edit.add_peering(&peering)?;
//! let mut file = Cursor::new(Vec::new());
//! edit.write(&mut file)?;
//!
//! let state = State::read(file.get_ref().as_slice())?;
//! let west = state.peering("west").ok_or("no such peering")?;
//! assert_eq!(west.state, PeeringState::Pending);
//! assert_eq!(west.secrets, peering.secrets);
//! # Ok(())
//! # }
//! ```
//!
//! # Limits
//!
//! - Snapshots of the community edition of Consul have been tried, up to 1.23.0. Those of Enterprise are
//!   rejected: they have `SHA256SUMS.sealed` in the archive and records that no other server restores.
//! - Each record is checked as the servers of Consul 1.13 to 1.22 restore it. A record that some of
//!   them do not restore is named in [`State::needs`]; one that none restores is an error.
//! - Nothing panics on input. A length is checked against the bytes that are left before memory is
//!   taken for it.
//! - Private keys, ACL tokens, provider credentials and key-value pairs are never kept. The secrets of
//!   peerings are [`Secret`]s, and no error holds one.

mod addresses;
mod archive;
mod builder;
mod duration;
mod edit;
mod error;
mod go_types;
mod kind;
mod limits;
mod meta;
mod msgpack;
mod peering;
mod protobuf;
mod records;
mod resource;
mod restorer;
mod state;
mod template;
mod unique;
mod uuid;
mod value;

pub use builder::{Builder, Gateway, Server};
pub use edit::{Edit, Snapshot, WriteError};
pub use error::{RecordFault, SnapshotError};
pub use meta::Meta;
pub use peering::{Direction, Locality, Peering, PeeringState, Remote, Secrets};
pub use peertok_secret::Secret;
pub use records::Root;
pub use state::{Needs, State};
pub use uuid::is_uuid;
