//! The shapes of earlier releases, and what two releases make of each other's tokens.

use super::build::{addresses, in_shape, minted};
use crate::maker::Maker;
use crate::vector::Vector;
use peering_token::{Locality, Release, Shape};

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    [shapes(maker), of_1_13(maker), pairs(maker)].concat()
}

const BALANCER: &str = "lb.dc1.internal:8503";

/// Consul 1.14 and 1.15 wrote no locality.
fn shapes(maker: &Maker) -> Vec<Vector> {
    let of_1_14 = |condition: &str, description: &str| {
        in_shape(Shape::V1_14, maker, condition, description, |_| {})
            .since(14)
            .until(15)
    };
    vec![
        of_1_14(
            "shape-1-14",
            "As Consul 1.14 and 1.15 mint it: Remote has no Locality.",
        ),
        in_shape(
            Shape::V1_14,
            maker,
            "shape-1-14-external",
            "As Consul 1.14 and 1.15 mint it, with an external address.",
            |token| token.manual_server_addresses = addresses(&[BALANCER]),
        )
        .since(14)
        .until(15)
        .finds(&["server-addresses-shadowed"])
        .unlike("shape-1-14"),
        in_shape(
            Shape::V1_14,
            maker,
            "shape-1-14-partition",
            "As Consul Enterprise 1.14 and 1.15 mint it, in a partition.",
            |token| token.remote.partition = "team-a".to_owned(),
        )
        .since(14)
        .until(15)
        .finds(&["partition-set"])
        .unlike("shape-1-14"),
    ]
}

/// Consul 1.13 had one port for gRPC, with TLS or without, and no server name for peering.
fn of_1_13(maker: &Maker) -> Vec<Vector> {
    let of_1_13 = |condition: &str, description: &str, domain: &str, with_tls: bool| {
        let vector = in_shape(Shape::V1_13, maker, condition, description, |token| {
            token.server_name = format!("server.dc1.{domain}");
            token.server_addresses = addresses(&["server-1.dc1.internal:8502"]);
            token.ca = token.ca.take().filter(|_| with_tls);
        });
        vector.since(13).until(13)
    };
    vec![
        of_1_13(
            "shape-1-13",
            "As Consul 1.13 mints it: five members, and the server name of its other traffic.",
            "consul",
            true,
        )
        .finds(&["server-name-legacy"])
        .unlike("shape-1-14"),
        of_1_13(
            "shape-1-13-domain",
            "As Consul 1.13 mints it where the DNS domain is another.",
            "corp.internal",
            true,
        )
        .finds(&["server-name-legacy"])
        .unlike("shape-1-14"),
        of_1_13(
            "shape-1-13-no-ca",
            "As Consul 1.13 mints it without TLS: of this kind is the sample in Consul's documentation.",
            "consul",
            false,
        )
        .finds(&["no-ca"])
        .unlike("shape-1-13"),
    ]
}

/// A token with the releases of its dialer and its acceptor, as the last numbers of 1.x.
fn between(mut vector: Vector, dialer: u32, acceptor: Option<u32>) -> Vector {
    vector.versions.dialer = Some(Release::new(1, dialer));
    vector.versions.acceptor = acceptor.map(|minor| Release::new(1, minor));
    vector
}

fn pairs(maker: &Maker) -> Vec<Vector> {
    let plain = |condition: &str, description: &str| minted(maker, condition, description, |_| {});
    let with_locality = |condition: &str, description: &str| {
        minted(maker, condition, description, |token| {
            token.remote.locality = Some(Locality::new("us-west-1", "us-west-1a"));
        })
    };
    let external = |condition: &str, description: &str, list: &[&str]| {
        minted(maker, condition, description, |token| {
            token.manual_server_addresses = addresses(list);
        })
    };
    let without_tls = minted(
        maker,
        "dialer-too-new-no-ca",
        "A dialer of 1.22 and an acceptor of 1.21 without TLS, where nothing is agreed on by ALPN.",
        |token| token.ca = None,
    );
    vec![
        between(
            plain(
                "dialer-too-new",
                "A dialer of 1.22 and an acceptor of 1.21, which does not agree on HTTP/2 by ALPN.",
            ),
            22,
            Some(21),
        )
        .finds(&["dialer-too-new"])
        .unlike("dialer-and-acceptor-new"),
        between(
            plain(
                "dialer-and-acceptor-new",
                "A dialer and an acceptor of 1.22.",
            ),
            22,
            Some(22),
        ),
        between(
            plain(
                "dialer-older",
                "A dialer of 1.21 and an acceptor of 1.22: this way round it works.",
            ),
            21,
            Some(22),
        ),
        between(without_tls, 22, Some(21))
            .finds(&["no-ca"])
            .unlike("dialer-too-new"),
        between(
            with_locality(
                "locality-old-dialer",
                "A locality, and a dialer of 1.15, which knows none.",
            ),
            15,
            None,
        )
        .finds(&["locality-old-server"])
        .unlike("locality-dialer"),
        between(
            with_locality(
                "locality-dialer",
                "A locality, and a dialer of 1.16, the first to know it.",
            ),
            16,
            None,
        ),
        between(
            with_locality(
                "locality-old-acceptor",
                "A locality, and an acceptor said to be of 1.15, which writes none.",
            ),
            16,
            Some(15),
        )
        .finds(&["locality-old-server"])
        .unlike("locality-dialer"),
        between(
            external(
                "external-old-dialer",
                "An external address, and a dialer of 1.13, which dials the servers all the same.",
                &[BALANCER],
            ),
            13,
            None,
        )
        .finds(&["manual-addresses-old-dialer"])
        .unlike("external-dialer"),
        between(
            external(
                "external-dialer",
                "An external address, and a dialer of 1.14, the first to know such.",
                &[BALANCER],
            ),
            14,
            None,
        )
        .finds(&["server-addresses-shadowed"]),
        between(
            external(
                "external-as-servers-old-dialer",
                "External addresses that are the servers' own, and a dialer of 1.13.",
                &["server-1.dc1.internal:8503", "server-2.dc1.internal:8503"],
            ),
            13,
            None,
        ),
    ]
}
