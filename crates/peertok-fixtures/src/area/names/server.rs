//! The server name: whether there is one, its form, and whether it goes with the roots and with the
//! datacenter.

use super::build::changed;
use crate::certificate::uri_name;
use crate::maker::Maker;
use crate::vector::Vector;
use peering_token::Stage;

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    [
        empty(maker),
        forms(maker),
        trust_domains(maker),
        datacenters(maker),
    ]
    .concat()
}

fn named(maker: &Maker, condition: &str, description: &str, name: &str) -> Vector {
    changed(maker, condition, description, |token| {
        token.server_name = name.to_owned();
    })
}

fn empty(maker: &Maker) -> Vec<Vector> {
    const EMPTY: &str = "peering token server name value is empty";
    vec![
        named(
            maker,
            "server-name-empty",
            "No server name, though there is a CA.",
            "",
        )
        .refused(Stage::ServerName, EMPTY)
        .unlike("server-name-empty-without-ca"),
        changed(
            maker,
            "server-name-empty-without-ca",
            "No server name and no CA: without TLS nobody asks for it.",
            |token| {
                token.server_name.clear();
                token.ca = None;
            },
        )
        .finds(&["no-ca"])
        .unlike("server-name-empty"),
        named(
            maker,
            "server-name-blank",
            "A server name that is a blank, which is not empty.",
            " ",
        )
        .finds(&["server-name-shape"])
        .unlike("server-name-empty"),
        changed(
            maker,
            "server-name-and-peer-id-empty",
            "Neither a server name nor a peer ID: the server name is told.",
            |token| {
                token.server_name.clear();
                token.peer_id.clear();
            },
        )
        .refused(Stage::ServerName, EMPTY)
        .unlike("peer-id-empty"),
        changed(
            maker,
            "server-name-empty-and-no-addresses",
            "Neither addresses nor a server name: the addresses are told.",
            |token| {
                token.server_name.clear();
                token.server_addresses = None;
            },
        )
        .refused(
            Stage::Addresses,
            "peering token server addresses value is empty",
        )
        .unlike("server-name-empty"),
        changed(
            maker,
            "server-name-empty-and-bad-root",
            "A root that is none and no server name: the root is told.",
            |token| {
                token.server_name.clear();
                token.ca = Some(vec!["no root".to_owned()]);
            },
        )
        .refused(
            Stage::Ca,
            "peering token invalid CA: no PEM-encoded data found",
        )
        .unlike("server-name-empty"),
    ]
}

fn forms(maker: &Maker) -> Vec<Vector> {
    let own = &maker.trust_domain;
    let id = own.strip_suffix(".consul").unwrap_or(own);
    // A name of so many letters in the form of Consul 1.13.
    let long = |length: usize| {
        let labels = format!("server.dc1.{}", format!("{}.", "a".repeat(59)).repeat(4));
        format!("{labels}{}", "b".repeat(length - labels.len()))
    };
    let shape = "server-name-shape";
    let legacy = "server-name-legacy";
    #[rustfmt::skip]
    let table: [(&str, &str, String, &[&'static str], &str); 26] = [
        ("server-name", "The name that a server has since Consul 1.14.",
            format!("server.dc1.peering.{own}"), &[], "server-name-legacy"),
        ("server-name-underscore", "A datacenter with an underscore, in the name alone.",
            format!("server.dc_1.peering.{own}"), &["datacenter-mismatch"], "server-name"),
        ("server-name-upper-case", "The datacenter of the name in upper case, as it stands in a configuration.",
            format!("server.DC1.peering.{own}"), &[shape], "server-name"),
        ("server-name-upper-case-id", "The cluster ID of the name in upper case, which is no other.",
            format!("server.dc1.peering.{}.consul", id.to_uppercase()), &[shape], "server-name"),
        ("server-name-dot", "A dot at the end of the name.",
            format!("server.dc1.peering.{own}."), &[shape], "server-name"),
        ("server-name-two-dots", "Two dots at the end of the name.",
            format!("server.dc1.peering.{own}.."), &[shape], "server-name-dot"),
        ("server-name-legacy", "The name that a server had in Consul 1.13.",
            "server.dc1.consul".to_owned(), &[legacy], "server-name"),
        ("server-name-legacy-domain", "The name of Consul 1.13 with a DNS domain of its own.",
            "server.dc1.corp.internal".to_owned(), &[legacy], "server-name"),
        ("server-name-legacy-upper-case", "The name of Consul 1.13 in upper case.",
            "Server.DC1.consul".to_owned(), &[legacy, shape], "server-name-legacy"),
        ("server-name-other-domain", "A trust domain that is no cluster's.",
            "server.dc1.peering.example.com".to_owned(), &["server-name-mismatch", shape], "server-name"),
        ("server-name-no-trust-domain", "The name ends behind peering.",
            "server.dc1.peering".to_owned(), &[shape], "server-name"),
        ("server-name-no-domain", "The name ends behind the datacenter.",
            "server.dc1".to_owned(), &[shape], "server-name-legacy"),
        ("server-name-one-label", "The word server alone.",
            "server".to_owned(), &[shape], "server-name"),
        ("server-name-no-server", "The name without the word server.",
            format!("dc1.peering.{own}"), &[shape], "server-name"),
        ("server-name-client", "Another word in place of server.",
            format!("client.dc1.peering.{own}"), &[shape], "server-name"),
        ("server-name-spiffe", "The SPIFFE URI of the root in place of a name.",
            format!("spiffe://{own}"), &[shape], "server-name"),
        ("server-name-address", "An IP address in place of a name.",
            "10.0.0.1".to_owned(), &[shape], "server-name"),
        ("server-name-host-port", "An address with its port in place of a name.",
            "server-1.dc1.internal:8503".to_owned(), &[shape], "server-name"),
        ("server-name-wildcard", "An asterisk for the datacenter.",
            format!("server.*.peering.{own}"), &[shape], "server-name"),
        ("server-name-blank-inside", "A blank in the name.",
            format!("server.dc 1.peering.{own}"), &[shape], "server-name"),
        ("server-name-label-empty", "No datacenter between the dots.",
            format!("server..peering.{own}"), &[shape], "server-name"),
        ("server-name-hyphen-first", "A hyphen before the datacenter.",
            format!("server.-dc1.peering.{own}"), &[shape], "server-name-underscore"),
        ("server-name-label-of-63", "A datacenter of 63 letters, the longest that a name holds.",
            format!("server.{}.peering.{own}", "a".repeat(63)), &["datacenter-mismatch"], "server-name-label-of-64"),
        ("server-name-label-of-64", "A datacenter of 64 letters.",
            format!("server.{}.peering.{own}", "a".repeat(64)), &[shape], "server-name-label-of-63"),
        ("server-name-of-253", "A name of 253 letters, the longest that there is.",
            long(253), &[legacy], "server-name-of-254"),
        ("server-name-of-254", "A name of 254 letters.",
            long(254), &[shape], "server-name-of-253"),
    ];
    let row = |(condition, description, name, finds, near): (_, _, String, &[_], _)| {
        named(maker, condition, description, &name)
            .finds(finds)
            .unlike(near)
    };
    let mut vectors: Vec<_> = table.into_iter().map(row).collect();
    vectors.push(
        changed(
            maker,
            "server-name-without-ca",
            "A name of no form, but no CA: without TLS nobody asks for it.",
            |token| {
                token.server_name = "10.0.0.1".to_owned();
                token.ca = None;
            },
        )
        .finds(&["no-ca"])
        .unlike("server-name-address"),
    );
    vectors
}

/// The trust domain of the roots is that of their SPIFFE URI.
fn trust_domains(maker: &Maker) -> Vec<Vector> {
    let other = format!("{}.consul", maker.source("names other cluster").uuid());
    // A root like the cluster's own, with another URI or without one.
    let root = |label: &str, uri: Option<&str>| {
        let mut certificate = maker.certificate(label);
        certificate.extensions.pop();
        certificate.extensions.extend(uri.map(uri_name));
        maker.entry(&certificate)
    };
    let of_other = root("names of other", Some(&format!("spiffe://{other}")));
    let without_uri = root("names without URI", None);
    let of_word = root("names of word", Some("spiffe://cluster.consul"));
    let rooted = |condition, description, domain: &str, roots: &[&String]| {
        changed(maker, condition, description, |token| {
            token.server_name = format!("server.dc1.peering.{domain}");
            token.ca = Some(roots.iter().map(|&root| root.clone()).collect());
        })
    };
    let (own, own_root) = (&maker.trust_domain, &maker.root);
    vec![
        rooted("trust-domain-other", "The server name is of another cluster than the root.", &other, &[own_root])
            .finds(&["server-name-mismatch"])
            .unlike("trust-domain-of-second-root"),
        rooted("trust-domain-of-second-root", "Two roots, of which the second is of the cluster in the server name.", &other, &[own_root, &of_other])
            .unlike("trust-domain-other"),
        rooted("trust-domain-without-uri", "A root without a SPIFFE URI, as Vault or AWS issues one, tells nothing of the cluster.", own, &[&without_uri])
            .unlike("trust-domain-other"),
        rooted("trust-domain-beside-without-uri", "A root of another cluster, and one that tells nothing.", own, &[&of_other, &without_uri])
            .finds(&["server-name-mismatch"])
            .unlike("trust-domain-without-uri"),
        rooted("trust-domain-no-uuid", "A cluster ID that is no UUID, in the server name and in the root.", "cluster.consul", &[&of_word])
            .finds(&["server-name-shape"])
            .unlike("server-name"),
    ]
}

fn datacenters(maker: &Maker) -> Vec<Vector> {
    let own = &maker.trust_domain;
    let datacenter = |condition, description, name: &str, remote: &str| {
        changed(maker, condition, description, |token| {
            token.server_name = name.to_owned();
            token.remote.datacenter = remote.to_owned();
        })
        .since(14)
    };
    let name = format!("server.dc1.peering.{own}");
    vec![
        datacenter(
            "datacenter-other",
            "Another datacenter in Remote than in the server name.",
            &name,
            "dc2",
        )
        .finds(&["datacenter-mismatch"])
        .unlike("datacenter-upper-case"),
        datacenter(
            "datacenter-longer",
            "A datacenter in Remote that begins with that of the server name.",
            &name,
            "dc10",
        )
        .finds(&["datacenter-mismatch"])
        .unlike("datacenter-upper-case"),
        datacenter(
            "datacenter-upper-case",
            "The datacenter in Remote in upper case, which is the same.",
            &name,
            "DC1",
        )
        .unlike("datacenter-other"),
        datacenter("datacenter-empty", "No datacenter in Remote.", &name, "")
            .unlike("datacenter-other"),
        datacenter(
            "datacenter-other-legacy",
            "Another datacenter in Remote than in a server name as Consul 1.13 wrote it.",
            "server.dc2.consul",
            "dc1",
        )
        .finds(&["datacenter-mismatch", "server-name-legacy"])
        .unlike("server-name-legacy"),
        datacenter(
            "datacenter-beside-no-name",
            "A datacenter in Remote, and a server name in which there is none.",
            "dc2.internal",
            "dc1",
        )
        .finds(&["server-name-shape"])
        .unlike("datacenter-other"),
        changed(
            maker,
            "datacenter-other-without-ca",
            "Another datacenter in Remote than in the server name, and no CA.",
            |token| {
                token.ca = None;
                token.remote.datacenter = "dc2".to_owned();
            },
        )
        .finds(&["datacenter-mismatch", "no-ca"])
        .unlike("datacenter-upper-case")
        .since(14),
    ]
}
