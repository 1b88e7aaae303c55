//! How much is read into memory. All limits are far above what any server writes.

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
