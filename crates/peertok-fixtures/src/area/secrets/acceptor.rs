//! Tokens that can be redeemed, but whose other fields are not what the acceptor would write now.

use super::build::{at_acceptor, token, uuid, vector};
use super::cluster::{acceptor, archive, other, root, server, servers, west, with_ca};
use crate::maker::Maker;
use crate::vector::Vector;
use consul_snapshot::{Builder, Gateway};
use peering_token::PeeringToken;

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    [roots(maker), addresses(maker), names(maker)].concat()
}

/// A token with a change, and an acceptor at which its secret can be redeemed.
fn redeemable(
    maker: &Maker,
    condition: &str,
    description: &str,
    mut made: Builder,
    change: impl FnOnce(&mut PeeringToken),
) -> Vector {
    let mut token = token(maker, condition);
    change(&mut token);
    let secret = token.establishment_secret.expose();
    made.peering(&west(&token.peer_id, secret));
    let vector = vector(condition, description, &token);
    at_acceptor(vector, archive(made, maker), "redeemable")
}

fn roots(maker: &Maker) -> Vec<Vector> {
    let old = maker.entry(&maker.certificate("secrets, the old root"));
    // The CA was rotated: the cluster's root is the active one now, and the old one is there still.
    let rotated = || {
        let mut made = acceptor(maker);
        root(&mut made, maker, &old, false);
        made
    };
    vec![
        redeemable(
            maker,
            "root-missing",
            "Made before the CA was rotated: the root that signs now is not in the token.",
            rotated(),
            |token| token.ca = Some(vec![old.clone()]),
        )
        .finds(&["ca-root-missing"])
        .unlike("roots-both"),
        redeemable(
            maker,
            "roots-both",
            "Made after the CA was rotated, with both roots.",
            rotated(),
            |token| token.ca = Some(vec![old.clone(), maker.root.clone()]),
        ),
        redeemable(
            maker,
            "root-old-missing",
            "Only the root that signs now: the old one is not needed.",
            rotated(),
            |_| {},
        ),
        redeemable(
            maker,
            "no-ca",
            "Without any root the token is for plaintext, and none is missing.",
            acceptor(maker),
            |token| token.ca = None,
        )
        .finds(&["no-ca"])
        .unlike("root-missing"),
    ]
}

fn addresses(maker: &Maker) -> Vec<Vector> {
    let list = |list: &[&str]| Some(list.iter().map(|&address| address.to_owned()).collect());
    let gateway = "gateway-1.dc1.internal";
    let through_gateways = || {
        let mut made = acceptor(maker);
        made.gateway(&Gateway {
            datacenter: "dc1",
            node: "gateway-1",
            wan_address: gateway,
            wan_port: 443,
        });
        made.peer_through_mesh_gateways();
        made
    };
    vec![
        redeemable(
            maker,
            "server-gone",
            "One of the addresses is that of a server which the acceptor does not have any more.",
            acceptor(maker),
            |token| {
                token.server_addresses =
                    list(&["server-1.dc1.internal:8503", "server-3.dc1.internal:8503"]);
            },
        )
        .finds(&["address-not-a-server"])
        .unlike("server-added"),
        redeemable(
            maker,
            "server-added",
            "The acceptor has a second server, of which the token does not know.",
            acceptor(maker),
            |token| token.server_addresses = list(&["server-2.dc1.internal:8503"]),
        ),
        redeemable(
            maker,
            "load-balancer",
            "An external address, of which the acceptor's state has nothing.",
            acceptor(maker),
            |token| token.manual_server_addresses = list(&["lb.dc1.internal:8503"]),
        )
        .finds(&["address-not-a-server", "server-addresses-shadowed"])
        .unlike("external-as-servers"),
        redeemable(
            maker,
            "external-as-servers",
            "External addresses that are those of the servers.",
            acceptor(maker),
            |token| token.manual_server_addresses = token.server_addresses.clone(),
        ),
        redeemable(
            maker,
            "gateways",
            "The acceptor peers through mesh gateways, and the address is that of one.",
            through_gateways(),
            |token| token.server_addresses = list(&["gateway-1.dc1.internal:443"]),
        ),
        redeemable(
            maker,
            "servers-behind-gateways",
            "The acceptor peers through mesh gateways now, and the addresses are those of its servers.",
            through_gateways(),
            |_| {},
        )
        .finds(&["address-not-a-server"])
        .unlike("gateways"),
        redeemable(
            maker,
            "no-servers",
            "A snapshot that was made offline, in which no server is registered.",
            with_ca(maker),
            |_| {},
        )
        .finds(&["address-not-a-server"])
        .unlike("redeemable"),
    ]
}

fn names(maker: &Maker) -> Vec<Vector> {
    let other_id = uuid(maker, "of-another-cluster", "cluster");
    let foreign = token(maker, "of-another-cluster");
    vec![
        redeemable(
            maker,
            "server-name-of-another-datacenter",
            "The name of the servers of another datacenter.",
            acceptor(maker),
            |token| {
                token.server_name = format!("server.dc2.peering.{}", maker.trust_domain);
                token.remote.datacenter = "dc2".to_owned();
            },
        )
        .finds(&["server-name-other"])
        .unlike("datacenter-in-upper-case"),
        redeemable(
            maker,
            "datacenter-in-upper-case",
            "The acceptor is registered as DC1, which is in lower case in a token.",
            {
                let mut made = with_ca(maker);
                server(
                    &mut made,
                    "DC1",
                    "server-0",
                    "server-0.dc1.internal",
                    "8503",
                );
                servers(&mut made);
                made
            },
            |_| {},
        ),
        redeemable(
            maker,
            "server-name-of-1-13",
            "The name that Consul 1.13 wrote, which the acceptor's servers may have too.",
            acceptor(maker),
            |token| token.server_name = "server.dc1.consul".to_owned(),
        )
        .finds(&["server-name-legacy"])
        .unlike("server-name-of-another-datacenter"),
        // The other cluster has no root in its snapshot, so that none is missing.
        at_acceptor(
            vector(
                "of-another-cluster",
                "The snapshot is of another cluster than the token.",
                &foreign,
            ),
            archive(other(&other_id, "dc1"), maker),
            "unknown",
        )
        .finds(&["address-not-a-server", "server-name-other", "token-unknown"])
        .unlike("offline"),
    ]
}
