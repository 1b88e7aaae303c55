//! Why a snapshot is rejected.
//!
//! No message holds a secret, a key or the content of a record: only names, lengths, offsets and
//! digests.

use crate::kind;
use std::io;

/// Why a snapshot cannot be read, or why a server would not restore it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SnapshotError {
    /// The file itself cannot be read.
    #[error("cannot read the snapshot: {0}")]
    Read(#[source] io::Error),
    /// No gzip, or a damaged one.
    #[error("expected a gzip stream, but found {found} while reading {within}")]
    Gzip {
        /// What was being read.
        within: &'static str,
        /// What the decompressor says.
        found: String,
    },
    /// The file ends too early.
    #[error("expected the whole of {within}, but found the end of the file")]
    Truncated {
        /// What was being read.
        within: &'static str,
    },
    /// Another member of the tar than one of the three, or a second one of a name.
    #[error("expected meta.json, state.bin and SHA256SUMS, each once, but found {found}")]
    Member {
        /// What stands there, its name escaped.
        found: String,
    },
    /// The tar ends without one of the three members.
    #[error("expected the member {expected}, but found the end of the archive")]
    NoMember {
        /// The member's name.
        expected: &'static str,
    },
    /// The gzip header has more than a server reads.
    #[error("expected a gzip header without fields of 512 bytes and more, but found one")]
    GzipHeader,
    /// The block that heads a member of the tar is damaged.
    #[error("expected a tar header, but found {found}")]
    Header {
        /// What is wrong with it.
        found: &'static str,
    },
    /// A member is larger than any server makes it.
    #[error("expected at most {limit} bytes of {member}, but found {found}")]
    MemberTooLarge {
        /// The member's name.
        member: &'static str,
        /// The limit, in bytes.
        limit: u64,
        /// The size that the tar claims.
        found: u64,
    },
    /// The bytes that fill a member's last block are not zeros.
    #[error("expected zeros behind {member}, but found other bytes")]
    Padding {
        /// The member's name.
        member: &'static str,
    },
    /// `meta.json` is not what Consul writes.
    #[error("expected meta.json to describe a snapshot, but found {found}")]
    Meta {
        /// What is wrong with it.
        found: String,
    },
    /// `meta.json` and the tar disagree on the size of `state.bin`.
    #[error("expected {expected} bytes of state.bin by meta.json, but found {found}")]
    Size {
        /// `Size` in `meta.json`.
        expected: u64,
        /// The member's size.
        found: u64,
    },
    /// `SHA256SUMS` is not a list of the two members' sums.
    #[error(
        "expected SHA256SUMS to have a sum each for meta.json and state.bin, but found {found}"
    )]
    Sums {
        /// What is wrong with it.
        found: &'static str,
    },
    /// A member is not what its sum says.
    #[error("expected {member} to have the SHA-256 {expected}, but found {found}")]
    Sum {
        /// The member's name.
        member: &'static str,
        /// The sum in `SHA256SUMS`.
        expected: String,
        /// The sum of the member.
        found: String,
    },
    /// Something stands behind the end of the tar, which a server refuses, padding included.
    #[error("expected nothing behind the two zero blocks that end the tar, but found more")]
    Trailing,
    /// The header of `state.bin` or one of its records is at fault.
    #[error("{} at byte {offset} of state.bin: {fault}", record_name(*.kind))]
    Record {
        /// Where the record starts in `state.bin`.
        offset: u64,
        /// The record's type, or `None` for the header.
        kind: Option<u8>,
        /// What is wrong with it.
        fault: RecordFault,
    },
    /// The snapshot has more roots, servers and peerings than are kept in memory.
    #[error("expected at most {limit} bytes of roots, servers and peerings, but found more")]
    TooMuch {
        /// The limit, in bytes.
        limit: usize,
    },
}

/// What is wrong with a record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordFault {
    /// `state.bin` ends within the record.
    #[error("expected the rest of a value, but found the end of state.bin")]
    Ends,
    /// A length that goes beyond the end of `state.bin`.
    #[error("expected a length of at most {left}, which is what is left, but found {claimed}")]
    Length {
        /// The bytes left.
        left: u64,
        /// The length.
        claimed: u64,
    },
    /// A byte that starts no value.
    #[error("expected a msgpack value, but found the byte 0xc1")]
    NotMsgpack,
    /// A value of another type than Consul has there.
    #[error("expected {expected}, but found {found}")]
    Type {
        /// The type that Consul has there.
        expected: &'static str,
        /// The type found.
        found: &'static str,
    },
    /// A value of another type than Consul has in a field.
    #[error("expected {expected} in {field}, but found {found}")]
    Field {
        /// The field, such as `Service.Port`. A list or a map on the way to it is `[]`.
        field: String,
        /// The type that Consul has there.
        expected: &'static str,
        /// The type found.
        found: &'static str,
    },
    /// A type of records that the community edition of Consul does not restore.
    #[error("{by} restores records of this type")]
    NotRestored {
        /// What restores it.
        by: &'static str,
    },
    /// A value at which the restore of a server ends.
    #[error("expected {expected}, but found {found}")]
    Other {
        /// What a server needs there.
        expected: &'static str,
        /// What is there. It is not shown: it may be a secret.
        found: &'static str,
    },
    /// A value that is larger than any server makes it.
    #[error("expected at most {limit} {what}, but found {found}")]
    TooLarge {
        /// What is too large, and what is counted.
        what: &'static str,
        /// The limit.
        limit: u64,
        /// How many there are.
        found: u64,
    },
    /// The record's value ends elsewhere than it says.
    #[error("expected a config entry of {expected} bytes, but found {found}")]
    Entry {
        /// The length of the raw that holds it.
        expected: u64,
        /// The length that its content has.
        found: u64,
    },
    /// No protobuf message of the record's type: a server that restores it panics.
    #[error("expected a well-formed protobuf message, but found: {found}")]
    Protobuf {
        /// What the decoder says; it names fields, never their content.
        found: String,
    },
    /// A value is missing.
    #[error("expected {what}, but found none")]
    Missing {
        /// The value.
        what: &'static str,
    },
    /// An ID or a secret has another form: a server that restores it panics. It is not shown.
    #[error(
        "expected {what} to be a UUID of 36 characters, but found {length} bytes of another form"
    )]
    NotAUuid {
        /// What the value is for.
        what: &'static str,
        /// Its length.
        length: usize,
    },
    /// A value that only one record may have stands in a second one.
    #[error("expected one {what}, but found a second one{}", in_quotes(.value))]
    Second {
        /// What it is.
        what: &'static str,
        /// The value, where it is no secret.
        value: Option<String>,
    },
}

fn in_quotes(value: &Option<String>) -> String {
    value
        .as_ref()
        .map_or(String::new(), |value| format!(": {value:?}"))
}

fn record_name(kind: Option<u8>) -> String {
    let Some(kind) = kind else {
        return "the header".to_owned();
    };
    match kind::name(kind) {
        Some(name) => format!("the {name} record"),
        None => format!("the record of type {kind}"),
    }
}

/// Sorts what a decompressing reader says: a fault of the file's content, or of reading it.
pub(crate) fn while_reading(within: &'static str, error: io::Error) -> SnapshotError {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => SnapshotError::Truncated { within },
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => SnapshotError::Gzip {
            within,
            found: error.to_string(),
        },
        _ => SnapshotError::Read(error),
    }
}
