//! What is said of a peering that is there, when its stream comes up or is lost.

use super::{KnownError, Moment, plain};

const STREAM: KnownError = plain(Moment::Stream);
const PEERSTREAM: &str =
    "Consul 1.20.1: agent/grpc-external/services/peerstream/stream_resources.go";

pub(super) static ANSWERS: &[KnownError] = &[
    KnownError {
        name: "stream-secret-invalid",
        texts: &["invalid peering stream secret"],
        what: "The acceptor does not know the stream secret of the dialer.",
        why: "The acceptor was restored from a snapshot that was taken before this peering came up, so that its state has another secret or none.",
        tell: "consul peering list shows FAILING at the dialer. Ask when a snapshot was last restored at the acceptor, and how old it was. peertok snapshot show acceptor.snap shows what a snapshot knows of the peering.",
        fix: "Make a new token at the acceptor for the same name, and establish with it under the same name at the dialer. A newer snapshot of the acceptor brings the peering back as well.",
        ..STREAM
    },
    KnownError {
        name: "peer-id-unknown",
        texts: &["initial subscription for unknown PeerID"],
        what: "The acceptor does not know the peering.",
        why: "It was restored from a snapshot that was taken before the token was made, or set up anew, or the address now leads to another cluster.",
        tell: "consul peering list at the acceptor does not show it. The ID stands behind the message.",
        fix: "Delete the peering at the dialer, make a new token at the acceptor and establish with it.",
        ..STREAM
    },
    KnownError {
        name: "stream-secret-missing",
        texts: &[
            "missing stream secret for peering stream authorization, peering must be re-established",
        ],
        what: "The dialer has lost its stream secret.",
        why: "The dialer's state has the peering and no secret for it: it was restored from a snapshot that was taken before the exchange.",
        tell: "peertok snapshot show dialer.snap shows which peerings have a secret.",
        fix: "Make a new token at the acceptor for the same name, and establish with it under the same name at the dialer.",
        source: "Consul 1.20.1: agent/consul/leader_peering.go, establishStream",
        ..STREAM
    },
    KnownError {
        name: "stream-secrets-unknown",
        texts: &["unable to authorize connection, peering must be re-established"],
        shared: &["no known secrets for peering"],
        what: "The acceptor has the peering, and no secrets for it.",
        why: "Its state has a peering without a record of secrets, as a snapshot that was put together by hand may leave it.",
        tell: "peertok snapshot show acceptor.snap shows which peerings have a secret.",
        fix: "Make a new token at the acceptor for the same name, and establish with it at the dialer.",
        source: PEERSTREAM,
        ..STREAM
    },
    KnownError {
        name: "peering-deleted",
        texts: &["peering is marked as deleted: <id>"],
        what: "The peering was deleted at the acceptor, or is being deleted.",
        why: "The acceptor tells the dialer so, and the dialer's peering becomes TERMINATED.",
        tell: "consul peering list shows DELETING or TERMINATED.",
        fix: "If it is to be there again: delete it at both ends, make a new token and establish with it.",
        source: PEERSTREAM,
        related: &["peering-terminated", "peering-deleting"],
        ..STREAM
    },
    KnownError {
        name: "wrong-end-dialed",
        texts: &["the wrong end of peering is being dialed"],
        what: "The stream goes in the wrong direction.",
        why: "The end that was dialed is itself a dialer of this peering, or the end that dials has no ID of its peer. One end of a peering accepts and one dials; snapshots of the two that were mixed up do this.",
        tell: "peertok snapshot show on a snapshot of each end says who accepts and who dials.",
        fix: "Delete the peering at both ends, make a new token at the acceptor and establish with it.",
        source: PEERSTREAM,
        ..STREAM
    },
    KnownError {
        name: "stream-already-active",
        texts: &["there is an active stream for the given PeerID"],
        what: "A second stream came for a peering that has one.",
        why: "The earlier stream is not known to be dead yet, as after a network that broke, or two dialers hold the same peering, as two clusters restored from one snapshot do.",
        tell: "Wait a minute. If it stays, look whether a second cluster runs with the dialer's state.",
        fix: "Nothing, if it passes. Else stop the copy, or establish anew from one of the two.",
        source: "Consul 1.20.1: agent/grpc-external/services/peerstream/stream_tracker.go",
        ..STREAM
    },
    KnownError {
        name: "stream-ca-not-ready",
        texts: &["cannot begin stream because Connect CA is not yet initialized"],
        shared: &["Connect CA is not yet initialized"],
        what: "A server has no mesh CA yet, and so no stream.",
        why: "Just after a start or a restore the leader has to make or load the CA first.",
        tell: "curl http://127.0.0.1:8500/v1/connect/ca/roots at that end shows an ActiveRootID once it is there.",
        fix: "Wait; the dialer tries again by itself. If it stays, look at the CA provider.",
        source: PEERSTREAM,
        related: &["ca-not-ready"],
        ..STREAM
    },
    KnownError {
        name: "gateways-missing-for-stream",
        texts: &["configured to peer through mesh gateways but no mesh gateways are registered"],
        what: "Addresses of mesh gateways are to be sent to the peer, and there are none.",
        why: "PeerThroughMeshGateways is on and the catalog has no mesh gateway with an address. The peer keeps the addresses that it has.",
        tell: "consul config read -kind mesh -name mesh; consul catalog services.",
        fix: "Register a mesh gateway, or turn PeerThroughMeshGateways off.",
        related: &["gateways-missing"],
        ..STREAM
    },
    KnownError {
        name: "follower-dialed",
        texts: &["cannot establish a peering stream on a follower node"],
        shared: &["node is not a leader anymore; cannot continue streaming"],
        what: "The stream came to a server that is not the acceptor's leader.",
        why: "Streams end at the leader. A follower refuses with the leader's address, and the dialer goes on to the next address. It is said at the level debug, and is normal with several servers.",
        tell: "consul operator raft list-peers at the acceptor shows the leader; the peering is ACTIVE in consul peering list after some tries.",
        fix: "Nothing, if the peering is ACTIVE. If it never is, the addresses in the token do not lead to all servers.",
        source: PEERSTREAM,
        ..STREAM
    },
    KnownError {
        name: "stream-lost",
        texts: &[
            "unexpected error receiving from the stream: rpc error: code = Unavailable desc = error reading from server: EOF",
        ],
        what: "The other end closed the stream.",
        why: "The acceptor's server stopped or restarted, or something between the two closed the connection. The dialer dials again by itself.",
        tell: "consul peering list shows ACTIVE again after a while. The lines that follow in the log say how the next tries went.",
        fix: "Nothing, if the peering is ACTIVE again. If it is lost again and again, look for a proxy or firewall that closes connections that are idle.",
        ..STREAM
    },
];
