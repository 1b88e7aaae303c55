//! The state of a cluster, as its snapshot has it.

use crate::maker::{ADDRESSES, Maker};
use base16ct::lower::encode_string as hex;
use consul_snapshot::{Builder, Peering, PeeringState, Root, Server};
use godialect::pem::certificates;
use peertok_secret::Secret;
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

/// A peering in that state, without secrets. DELETING has its moment.
pub(super) fn peering(maker: &Maker, id: &str, name: &str, state: PeeringState) -> Peering {
    let mut peering = Peering::new(name, id);
    peering.state = state;
    peering.deleted_at = Some(maker.at).filter(|_| state == PeeringState::Deleting);
    peering
}

/// A peering that waits to be dialed with this establishment secret.
pub(super) fn west(id: &str, establishment: &str) -> Peering {
    let mut west = Peering::new("west", id);
    west.secrets.establishment = secret(establishment);
    west
}

/// The secret that a text is; an empty one is none.
pub(super) fn secret(text: &str) -> Option<Secret> {
    (!text.is_empty()).then(|| Secret::new(text.to_owned()))
}

/// The snapshot's file.
pub(super) fn archive(built: Builder, maker: &Maker) -> Vec<u8> {
    let file = built.finish(maker.at);
    // Only a state of gigabytes has none.
    debug_assert!(file.is_ok(), "{file:?}");
    file.unwrap_or_default()
}

/// The acceptor of the sound tokens: its CA, and the two servers that these tokens name.
pub(super) fn acceptor(maker: &Maker) -> Builder {
    let mut made = with_ca(maker);
    servers(&mut made);
    made
}

/// Its CA alone.
pub(super) fn with_ca(maker: &Maker) -> Builder {
    let mut made = Builder::new();
    made.ca_config(cluster_id(maker));
    root(&mut made, maker, &maker.root, true);
    made
}

/// The servers that the sound tokens name.
pub(super) fn servers(made: &mut Builder) {
    for address in ADDRESSES {
        let (host, port) = address.split_once(':').unwrap_or_default();
        let (node, _) = host.split_once('.').unwrap_or_default();
        server(made, "dc1", node, host, port);
    }
}

/// A server.
pub(super) fn server(
    made: &mut Builder,
    datacenter: &str,
    node: &str,
    address: &str,
    grpc_tls_port: &str,
) {
    made.server(&Server {
        datacenter,
        node,
        address,
        grpc_tls_port,
        version: "1.20.1",
    });
}

/// A root of the cluster; its ID is the SHA-1 sum of the certificate.
pub(super) fn root(made: &mut Builder, maker: &Maker, pem: &str, active: bool) {
    let der = certificates(pem).concat();
    let sum = hex(digest(&SHA1_FOR_LEGACY_USE_ONLY, &der).as_ref());
    let pairs: Vec<&str> = (0..sum.len())
        .step_by(2)
        .filter_map(|at| sum.get(at..at + 2))
        .collect();
    let mut root = Root::default();
    root.id = pairs.join(":");
    root.pem = pem.to_owned();
    root.external_trust_domain = cluster_id(maker).to_owned();
    root.active = active;
    made.root(&root);
}

fn cluster_id(maker: &Maker) -> &str {
    let domain = &maker.trust_domain;
    domain.strip_suffix(".consul").unwrap_or(domain)
}

/// Another cluster, whose servers are in that datacenter.
pub(super) fn other(id: &str, datacenter: &str) -> Builder {
    let mut made = Builder::new();
    made.ca_config(id);
    server(
        &mut made,
        datacenter,
        "server-9",
        "server-9.internal",
        "8503",
    );
    made
}
