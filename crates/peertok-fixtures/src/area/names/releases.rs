//! Partitions and localities, and releases of the two ends that do not go together.

use super::build::changed;
use crate::maker::Maker;
use crate::vector::Vector;
use peering_token::Locality;

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    [partitions(maker), localities(maker), pairs(maker)].concat()
}

fn partitions(maker: &Maker) -> Vec<Vector> {
    let partition = |condition, description, partition: &str| {
        changed(maker, condition, description, |token| {
            token.remote.partition = partition.to_owned();
        })
        .since(14)
    };
    vec![
        partition(
            "partition",
            "The acceptor is a partition of Consul Enterprise.",
            "team-1",
        )
        .finds(&["partition-set"])
        .unlike("partition-empty"),
        partition(
            "partition-default",
            "The acceptor is the default partition, which Consul Enterprise writes, too.",
            "default",
        )
        .finds(&["partition-set"])
        .unlike("partition-empty"),
        partition(
            "partition-empty",
            "No partition, as in the community edition.",
            "",
        )
        .unlike("partition-default"),
    ]
}

fn localities(maker: &Maker) -> Vec<Vector> {
    let located = |condition, description| {
        changed(maker, condition, description, |token| {
            token.remote.locality = Some(Locality::new("us-west-1", "us-west-1a"));
        })
        .since(16)
    };
    let old = &["locality-old-server"];
    vec![
        located("locality", "A locality, and nothing known of the releases.")
            .unlike("locality-dialer-1-15"),
        located(
            "locality-dialer-1-15",
            "A locality, which a dialer of 1.15 does not know.",
        )
        .dialed_by(15)
        .finds(old)
        .unlike("locality-dialer-1-16"),
        located(
            "locality-dialer-1-16",
            "A locality, which a dialer of 1.16 knows.",
        )
        .dialed_by(16)
        .unlike("locality-dialer-1-15"),
        located(
            "locality-acceptor-1-14",
            "A locality, which an acceptor of 1.14 did not write.",
        )
        .accepted_by(14)
        .finds(old)
        .unlike("locality-both-1-16"),
        located("locality-both-1-16", "A locality between two ends of 1.16.")
            .dialed_by(16)
            .accepted_by(16)
            .unlike("locality-acceptor-1-14"),
        located(
            "locality-dialer-1-13",
            "A locality, which a dialer of 1.13 does not know, as all of Remote.",
        )
        .dialed_by(13)
        .finds(old)
        .unlike("locality-dialer-1-16"),
        changed(
            maker,
            "no-locality-dialer-1-15",
            "No locality, and a dialer of 1.15.",
            |_| {},
        )
        .dialed_by(15)
        .unlike("locality-dialer-1-15"),
    ]
}

/// A dialer of 1.22 or later wants ALPN, which an acceptor before 1.22 does not do.
fn pairs(maker: &Maker) -> Vec<Vector> {
    let pair = |condition, description, dialer, acceptor| {
        changed(maker, condition, description, |_| {})
            .dialed_by(dialer)
            .accepted_by(acceptor)
    };
    let too_new = &["dialer-too-new"];
    vec![
        pair("dialer-1-22-acceptor-1-21", "A dialer of 1.22, the first that wants ALPN, and an acceptor of 1.21, the last that has none.", 22, 21)
            .finds(too_new)
            .unlike("dialer-1-21-acceptor-1-22"),
        pair("dialer-1-23-acceptor-1-16", "A dialer and an acceptor that are far apart.", 23, 16)
            .finds(too_new)
            .unlike("dialer-1-22-acceptor-1-22"),
        pair("dialer-1-21-acceptor-1-22", "The older end dials.", 21, 22)
            .unlike("dialer-1-22-acceptor-1-21"),
        pair("dialer-1-22-acceptor-1-22", "Both ends are of 1.22.", 22, 22)
            .unlike("dialer-1-22-acceptor-1-21"),
        pair("dialer-1-21-acceptor-1-21", "Both ends are of 1.21.", 21, 21)
            .unlike("dialer-1-22-acceptor-1-21"),
        changed(maker, "dialer-1-22", "A dialer of 1.22, and nothing known of the acceptor.", |_| {})
            .dialed_by(22)
            .unlike("dialer-1-22-acceptor-1-21"),
        changed(maker, "acceptor-1-21", "An acceptor of 1.21, and nothing known of the dialer.", |_| {})
            .accepted_by(21)
            .unlike("dialer-1-22-acceptor-1-21"),
        changed(maker, "dialer-1-22-without-ca", "A dialer of 1.22 and an acceptor of 1.21, but no CA: without TLS there is no ALPN.", |token| {
            token.ca = None;
        })
        .dialed_by(22)
        .accepted_by(21)
        .finds(&["no-ca"])
        .unlike("dialer-1-22-acceptor-1-21"),
    ]
}
