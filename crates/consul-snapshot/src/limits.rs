//! How much is read into memory. All limits are far above what any server writes.

/// A record, without the raws in it that are left out. Raft takes no change of more than 512 KiB in one
/// piece, and config entries of several pieces.
pub(crate) const MAX_VALUE: u64 = 16 << 20;

/// A raw within a record that is held in memory: a value in the key-value store has at most 512 KiB,
/// unless `limits.kv_max_value_size` is raised.
pub(crate) const MAX_HELD: u64 = 1 << 20;

/// All values within a record, those in lists and maps included.
pub(crate) const MAX_VALUES: usize = 500_000;

/// How deep values lie within a record.
pub(crate) const MAX_DEPTH: usize = 100;

/// A protobuf message. Raft takes no change of more than 512 KiB in one piece.
pub(crate) const MAX_MESSAGE: u64 = 1 << 20;

/// A root certificate.
pub(crate) const MAX_PEM: u64 = 256 << 10;

/// A name, an address or a port: DNS has 253 characters, Consul's metadata 512.
pub(crate) const MAX_TEXT: u64 = 4096;

/// All roots, servers and peerings together.
pub(crate) const MAX_KEPT: usize = 16 << 20;

/// What keeping a record costs beside its longer strings, roughly.
pub(crate) const OVERHEAD: usize = 512;

/// The index of a change: Raft and the state count on from it.
pub(crate) const MAX_INDEX: u64 = (1 << 63) - 1;
