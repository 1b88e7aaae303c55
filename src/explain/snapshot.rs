//! What is said when a snapshot is read or restored.

use super::{KnownError, Moment, plain};

const SNAPSHOT: KnownError = KnownError {
    tell: "peertok snapshot show FILE reads the whole file as a server does, and says what is wrong. Compare its size or SHA-256 with the original's.",
    fix: "Copy the file again, in binary, from where it was saved; or save it again with consul snapshot save.",
    versions: "tried on Consul 1.20.1",
    ..plain(Moment::Snapshot)
};

pub(super) static ANSWERS: &[KnownError] = &[
    KnownError {
        name: "snapshot-padding",
        texts: &["<bytes> unread uncompressed bytes remain"],
        what: "Something follows the end of the snapshot's tar.",
        why: "Consul's snapshots end with two blocks of 512 zero bytes. tar as a program fills up to 10,240 bytes, and a server refuses what is more.",
        tell: "gzip -dc FILE | wc -c, and peertok snapshot show FILE.",
        fix: "Do not pack snapshots again with tar. peertok snapshot seed and generate --snapshot-out write them as a server does.",
        ..SNAPSHOT
    },
    KnownError {
        name: "snapshot-not-gzip",
        texts: &["failed to decompress snapshot: <words>"],
        what: "The file is no gzip, or its first bytes are damaged or missing.",
        why: "The words behind say how reading ended: \"unexpected EOF\" for a file of a few bytes, \"gzip: invalid header\" for another kind of file. An error page that was saved in place of the snapshot does this.",
        tell: "head -c 2 FILE | od -An -tx1 shows 1f 8b for a gzip.",
        ..SNAPSHOT
    },
    KnownError {
        name: "snapshot-cut-off",
        texts: &[
            "failed to read snapshot file: failed to read or write snapshot data: unexpected EOF",
            "failed to read snapshot file: failed reading snapshot: unexpected EOF",
        ],
        what: "The snapshot ends too early.",
        why: "The download or the copy was not finished, or the disk was full.",
        ..SNAPSHOT
    },
    KnownError {
        name: "snapshot-sum",
        texts: &["failed checking integrity of snapshot: hash check failed for \"<file>\""],
        what: "A part of the snapshot does not have the sum in SHA256SUMS.",
        why: "The content was changed after the sums were made, by damage or by hand.",
        ..SNAPSHOT
    },
    KnownError {
        name: "snapshot-member-missing",
        texts: &[
            "failed checking integrity of snapshot: file missing for \"<file>\"",
            "failed checking integrity of snapshot: list missing hash for \"<file>\"",
        ],
        what: "The snapshot lacks a file, or SHA256SUMS lacks a sum.",
        why: "A snapshot has meta.json, state.bin and SHA256SUMS. With no SHA256SUMS at all, a server says that the file is missing for meta.json.",
        tell: "tar -tzf FILE lists the members.",
        ..SNAPSHOT
    },
    KnownError {
        name: "snapshot-member-unknown",
        texts: &["unexpected file \"<file>\" in snapshot"],
        what: "The snapshot has a file that does not belong there.",
        why: "A snapshot has meta.json, state.bin and SHA256SUMS, and nothing else. A name with ./ before it, as tar writes it of a folder, is another name.",
        tell: "tar -tzf FILE lists the members.",
        source: "Consul 1.20.1: snapshot/archive.go",
        ..SNAPSHOT
    },
    KnownError {
        name: "snapshot-unreadable",
        texts: &["failed to read snapshot file: <words>"],
        what: "The snapshot cannot be read.",
        why: "The words behind it say at which part, and how reading ended.",
        ..SNAPSHOT
    },
    KnownError {
        name: "restore-panic",
        texts: &["panic: failed to restore snapshot: <words>"],
        what: "The server took the snapshot, failed over a record in it, and went down.",
        why: "A record is malformed: damaged protobuf, or a peering ID or secret that is not a UUID of 36 characters. consul snapshot inspect does not notice. The server restores the same snapshot when it starts again, and stays down.",
        tell: "peertok snapshot show FILE names the record. The line behind the panic has the decoder's words.",
        fix: "On a new cluster, stop the servers, remove their data folders and start them afresh; then restore a snapshot that peertok snapshot show accepts. On a cluster with data, restore the last good snapshot in that way.",
        ..SNAPSHOT
    },
];
