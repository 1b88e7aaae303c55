//! What the dialer's state makes of a token: its own cluster, and the names that it has.

use super::build::{at_acceptor, token, uuid, vector};
use super::cluster::{acceptor, archive, other, peering, secret, west};
use crate::maker::Maker;
use crate::vector::Vector;
use consul_snapshot::{Builder, PeeringState};

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    let both = both_ends(maker);
    [clusters(maker), names(maker), vec![both]].concat()
}

fn at_dialer(maker: &Maker, condition: &str, description: &str, made: Builder) -> Vector {
    let mut vector = vector(condition, description, &token(maker, condition));
    vector.dialer_snapshot = Some(archive(made, maker));
    vector
}

fn clusters(maker: &Maker) -> Vec<Vector> {
    let own = maker.trust_domain.trim_end_matches(".consul");
    let another = uuid(maker, "other-cluster", "cluster");
    vec![
        at_dialer(
            maker,
            "same-cluster",
            "The dialer is the acceptor: a cluster does not peer with itself.",
            acceptor(maker),
        )
        .finds(&["same-cluster"])
        .unlike("other-cluster"),
        at_dialer(
            maker,
            "other-cluster",
            "The dialer is another cluster, with a datacenter of the same name.",
            other(&another, "dc1"),
        ),
        at_dialer(
            maker,
            "same-cluster-other-datacenter",
            "The dialer is another datacenter of the same federation: the names differ, and nothing else is compared.",
            other(own, "dc2"),
        )
        .unlike("same-cluster"),
        at_dialer(
            maker,
            "same-cluster-in-upper-case",
            "The dialer is the acceptor, and registered with upper case.",
            other(&own.to_uppercase(), "DC1"),
        )
        .finds(&["same-cluster"])
        .unlike("same-cluster-other-datacenter"),
    ]
}

/// The peer's name at the dialer.
const NAME: &str = "east";

fn names(maker: &Maker) -> Vec<Vector> {
    // A dialer with a peering, which is made for the token of that condition.
    let with = |condition: &str, description: &str, name: &str, state, dials: bool| {
        let id = uuid(maker, condition, "peering");
        let secret = secret(&uuid(maker, condition, "secret"));
        let mut made = other(&uuid(maker, condition, "cluster"), "dc2");
        let mut kept = peering(maker, &id, name, state);
        if dials {
            let earlier = token(maker, &format!("{condition}, earlier"));
            kept.peer_id = Some(earlier.peer_id);
            kept.peer_ca = earlier.ca.unwrap_or_default();
            kept.peer_server_name = earlier.server_name;
            kept.peer_server_addresses = earlier.server_addresses.unwrap_or_default();
            kept.manual_server_addresses = earlier.manual_server_addresses.unwrap_or_default();
            kept.secrets.active_stream = secret;
        } else {
            kept.secrets.establishment = secret;
        }
        made.peering(&kept);
        let mut vector = at_dialer(maker, condition, description, made);
        vector.peer_name = Some(NAME.to_owned());
        vector
    };
    let taken = ["name-taken"];
    vec![
        with(
            "name-taken",
            "The dialer has made a token for a peer of that name itself, and waits to be dialed.",
            NAME,
            PeeringState::Pending,
            false,
        )
        .finds(&taken)
        .unlike("name-of-dialed"),
        with(
            "name-of-dialed",
            "The dialer dials a peer of that name already, and goes on with the new token.",
            NAME,
            PeeringState::Establishing,
            true,
        ),
        with(
            "name-new",
            "The dialer has another peering, under another name.",
            "east-2",
            PeeringState::Pending,
            false,
        )
        .unlike("name-taken"),
        with(
            "name-taken-in-upper-case",
            "The dialer has a peering of that name from before Consul 1.14.4, in upper case.",
            "EAST",
            PeeringState::Pending,
            false,
        )
        .finds(&taken)
        .unlike("name-new"),
        with(
            "name-terminated",
            "The peering of that name was deleted at the other end, and has to be deleted here first.",
            NAME,
            PeeringState::Terminated,
            true,
        )
        .finds(&taken)
        .unlike("name-of-dialed"),
        with(
            "name-deleting",
            "The peering of that name is being deleted.",
            NAME,
            PeeringState::Deleting,
            true,
        )
        .finds(&taken)
        .unlike("name-of-dialed"),
    ]
}

/// Nothing is in the way at either end.
fn both_ends(maker: &Maker) -> Vector {
    let condition = "both-ends";
    let token = token(maker, condition);
    let mut acceptor = acceptor(maker);
    let secret = token.establishment_secret.expose();
    acceptor.peering(&west(&token.peer_id, secret));
    let east = other(&uuid(maker, condition, "cluster"), "dc2");
    let text = "Both ends are known, and nothing is in the way.";
    let mut vector = at_acceptor(
        vector(condition, text, &token),
        archive(acceptor, maker),
        "redeemable",
    );
    vector.dialer_snapshot = Some(archive(east, maker));
    vector.peer_name = Some(NAME.to_owned());
    vector
}
