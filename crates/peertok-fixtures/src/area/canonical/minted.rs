//! What a server of today writes: addresses, places and how it escapes them.

use super::build::{addresses, minted, no_address};
use crate::maker::Maker;
use crate::vector::Vector;
use peering_token::{Locality, PeeringToken, Stage};

/// In front of the servers.
const BALANCER: &str = "lb.dc1.internal:8503";

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    [servers(maker), external(maker), places(maker)].concat()
}

fn servers(maker: &Maker) -> Vec<Vector> {
    let dials = |condition: &str, description: &str, list: &[&str]| {
        minted(maker, condition, description, |token| {
            token.server_addresses = addresses(list);
        })
    };
    vec![
        minted(
            maker,
            "plain",
            "What generate-token prints with no more than a name.",
            |_| {},
        ),
        dials(
            "one-server",
            "A cluster of one server.",
            &["server-1.dc1.internal:8503"],
        ),
        dials(
            "five-servers",
            "A cluster of five servers, ordered by the names of their nodes.",
            &[
                "server-1.dc1.internal:8503",
                "server-2.dc1.internal:8503",
                "server-3.dc1.internal:8503",
                "server-4.dc1.internal:8503",
                "server-5.dc1.internal:8503",
            ],
        ),
        dials(
            "private-addresses",
            "Servers that have registered with the addresses of their network.",
            &["10.1.2.3:8503", "10.1.2.4:8503"],
        )
        .finds(&["address-private"])
        .unlike("plain"),
        dials(
            "dev-mode",
            "What consul agent -dev mints: it listens on the loopback address alone.",
            &["127.0.0.1:8503"],
        )
        .finds(&["address-loopback"])
        .unlike("private-addresses"),
        dials(
            "ipv6",
            "A server with an IPv6 address, in brackets.",
            &["[fd12:3456:789a::1]:8503"],
        )
        .finds(&["address-private"])
        .unlike("ipv6-without-brackets"),
        dials(
            "ipv6-without-brackets",
            "A server with an IPv6 address, as Consul 1.20 mints it: no server takes it.",
            &["fd12:3456:789a::1:8503"],
        )
        .refused(Stage::Addresses, no_address("fd12:3456:789a::1:8503"))
        .unlike("ipv6"),
        dials(
            "mesh-gateways",
            "The acceptor peers through mesh gateways, whose addresses take the servers' place.",
            &["gateway-1.dc1.internal:443", "gateway-2.dc1.internal:8443"],
        ),
        dials(
            "other-port",
            "Servers with another port for gRPC than the usual one.",
            &["server-1.dc1.internal:18503"],
        ),
    ]
}

fn external(maker: &Maker) -> Vec<Vector> {
    let given = |condition: &str, description: &str, list: &[&str]| {
        minted(maker, condition, description, |token| {
            token.manual_server_addresses = addresses(list);
        })
    };
    let shadowed = ["server-addresses-shadowed"];
    vec![
        given(
            "external-address",
            "Minted with -server-external-addresses: the servers' addresses are there too, and are not dialed.",
            &[BALANCER],
        )
        .finds(&shadowed)
        .unlike("external-as-servers"),
        given(
            "external-addresses",
            "Two external addresses, a name and an IP address.",
            &[BALANCER, "10.0.0.1:443"],
        )
        .finds(&["address-private", "server-addresses-shadowed"])
        .unlike("external-address"),
        given(
            "external-as-servers",
            "The external addresses are those of the servers.",
            &["server-1.dc1.internal:8503", "server-2.dc1.internal:8503"],
        ),
        given(
            "external-without-port",
            "An external address without a port: generate-token takes it as typed, establish does not.",
            &["lb.dc1.internal"],
        )
        .refused(Stage::Addresses, no_address("lb.dc1.internal"))
        .finds(&shadowed)
        .unlike("external-address"),
        given(
            "external-empty-entry",
            "A comma too many behind the external addresses makes an empty one.",
            &[BALANCER, ""],
        )
        .refused(Stage::Addresses, no_address(""))
        .finds(&shadowed)
        .unlike("external-address"),
        given(
            "external-blank",
            "A blank behind the comma between external addresses becomes part of the second.",
            &[BALANCER, " lb2.dc1.internal:8503"],
        )
        .finds(&["address-whitespace", "server-addresses-shadowed"])
        .unlike("external-address"),
        given(
            "external-escaped",
            "An external address with <, > and &, which are escaped in a server's JSON.",
            &[BALANCER, "a<b>&c:8503"],
        )
        .finds(&["address-host-invalid", "server-addresses-shadowed"])
        .unlike("external-address"),
        given(
            "external-unicode",
            "An external address with letters beyond ASCII, which are not escaped.",
            &["straße.dc1.internal:8503", BALANCER],
        )
        .finds(&["address-host-invalid", "server-addresses-shadowed"])
        .unlike("external-address"),
    ]
}

fn locality(token: &mut PeeringToken, region: &str, zone: &str) {
    token.remote.locality = Some(Locality::new(region, zone));
}

fn places(maker: &Maker) -> Vec<Vector> {
    let in_datacenter = |condition: &str, description: &str, datacenter: &str| {
        minted(maker, condition, description, |token| {
            token.server_name = format!("server.{datacenter}.peering.{}", maker.trust_domain);
            token.remote.datacenter = datacenter.to_owned();
        })
    };
    let in_place = |condition: &str, description: &str, region: &str, zone: &str| {
        minted(maker, condition, description, |token| {
            locality(token, region, zone);
        })
    };
    let in_partition = |condition: &str, description: &str, partition: &str| {
        minted(maker, condition, description, |token| {
            token.remote.partition = partition.to_owned();
        })
    };
    vec![
        in_datacenter(
            "datacenter-lower-cased",
            "The datacenter is EU_West-1 in the servers' configuration, and in lower case here.",
            "eu_west-1",
        ),
        in_datacenter("datacenter-of-digits", "A datacenter of digits alone.", "1"),
        in_partition(
            "partition",
            "Minted by Consul Enterprise in an admin partition.",
            "team-a",
        )
        .finds(&["partition-set"])
        .unlike("plain"),
        in_partition(
            "partition-default",
            "Minted by Consul Enterprise in its default partition, which it writes too.",
            "default",
        )
        .finds(&["partition-set"])
        .unlike("plain"),
        in_place(
            "locality",
            "Servers with a locality.",
            "us-west-1",
            "us-west-1a",
        ),
        in_place(
            "locality-region",
            "A locality without a zone, which is left out.",
            "us-west-1",
            "",
        ),
        in_place(
            "locality-empty",
            "A locality with nothing in it, which is no null.",
            "",
            "",
        ),
        in_place(
            "locality-escaped",
            "A locality with <, > and &, a quote, a backslash and a tab, each escaped in its own way.",
            "R&D <west>",
            "\"a\"\\\tb",
        ),
        in_place(
            "locality-line-separators",
            "A locality with U+2028 and U+2029, which a server escapes though JSON need not.",
            "a\u{2028}b\u{2029}c",
            "z",
        ),
        in_place(
            "locality-unicode",
            "A locality beyond ASCII, which is not escaped.",
            "Köln",
            "東京 😀",
        ),
    ]
}
