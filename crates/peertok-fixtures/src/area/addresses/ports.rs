//! Go's `strconv.Atoi`: a sign and zeros may stand before the digits; the number has to be a port.
//! Some ports are for something else than peering.

use super::build::{refused, servers};
use crate::maker::Maker;
use crate::vector::{Area, Vector};
use peering_token::Shape;

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    [
        taken(maker),
        not_taken(maker),
        for_others(maker),
        plaintext(maker),
    ]
    .concat()
}

fn of_port(maker: &Maker, condition: &str, description: &str, port: &str) -> (Vector, String) {
    let address = format!("server-1.dc1.internal:{port}");
    let vector = servers(maker, condition, description, &[&address]);
    (vector, address)
}

fn taken(maker: &Maker) -> Vec<Vector> {
    #[rustfmt::skip]
    let table = [
        ("port-1", "The least port.", "1", "port-0"),
        ("port-65535", "The greatest port.", "65535", "port-65536"),
        ("port-plus", "A plus sign before the port.", "+8503", "port-plus-alone"),
        ("port-zeros-first", "Zeros before the port.", "0008503", "port-zeros"),
        ("port-many-zeros-first", "So many zeros before the port that Go reads it in another way.", "+0000000000000000000008503", "port-2-to-63"),
    ];
    let row = |(condition, description, port, near)| {
        of_port(maker, condition, description, port).0.unlike(near)
    };
    table.into_iter().map(row).collect()
}

fn not_taken(maker: &Maker) -> Vec<Vector> {
    #[rustfmt::skip]
    let table = [
        ("port-empty", "Nothing behind the colon.", "", "port-1"),
        ("port-0", "The port 0.", "0", "port-1"),
        ("port-zeros", "The port 0 with zeros before it.", "000", "port-zeros-first"),
        ("port-65536", "The first number that is no port.", "65536", "port-65535"),
        ("port-65537", "A number that is 1 in 16 bits.", "65537", "port-1"),
        ("port-2-to-32-plus-1", "A number that is 1 in 32 bits.", "4294967297", "port-1"),
        ("port-2-to-63", "The first number beyond 63 bits.", "9223372036854775808", "port-many-zeros-first"),
        ("port-2-to-64-plus-1", "A number that is 1 in 64 bits.", "18446744073709551617", "port-1"),
        ("port-negative", "A minus sign before the port.", "-8503", "port-plus"),
        ("port-negative-far", "A number below what 64 bits hold.", "-18446744073709551617", "port-1"),
        ("port-negative-zero", "The port 0 with a minus sign.", "-0", "port-plus"),
        ("port-plus-alone", "A plus sign without digits.", "+", "port-plus"),
        ("port-minus-alone", "A minus sign without digits.", "-", "port-plus"),
        ("port-two-signs", "Two signs before the port.", "++8503", "port-plus"),
        ("port-sign-last", "A sign behind the port.", "8503+", "port-plus"),
        ("port-name", "The name of a service in place of a port.", "grpc", "port-1"),
        ("port-hexadecimal", "A hexadecimal port.", "0x2137", "port-zeros-first"),
        ("port-underscore", "An underscore between digits.", "8_503", "name"),
        ("port-fraction", "A decimal point and a digit behind the port.", "8503.0", "name"),
        ("port-exponent", "A number with an exponent.", "8e3", "name"),
        ("port-colon-first", "The byte behind 9 among the digits, which is a colon.", "850:", "name"),
        ("port-slash", "A slash behind the port, the byte before 0.", "8503/", "name"),
        ("port-path", "A path behind the port.", "8503/v1", "name"),
        ("port-blank-first", "A blank before the port.", " 8503", "name"),
        ("port-blank-last", "A blank behind the port.", "8503 ", "name"),
        ("port-line-end", "A line end behind the port.", "8503\n", "name"),
        ("port-range", "A range of ports.", "8503-8504", "name"),
    ];
    let row = |(condition, description, port, near)| {
        let (vector, address) = of_port(maker, condition, description, port);
        refused(vector, &address).unlike(near)
    };
    table.into_iter().map(row).collect()
}

fn for_others(maker: &Maker) -> Vec<Vector> {
    #[rustfmt::skip]
    let table = [
        ("port-http", "The port of the HTTP API.", "8500", "address-http-port"),
        ("port-https", "The port of the HTTP API with TLS.", "8501", "address-http-port"),
        ("port-rpc", "The port of RPC among servers.", "8300", "address-rpc-port"),
        ("port-serf-lan", "The port of gossip within a datacenter.", "8301", "address-rpc-port"),
        ("port-serf-wan", "The port of gossip between datacenters.", "8302", "address-rpc-port"),
        ("port-grpc", "The port of gRPC without TLS, in a token with a CA.", "8502", "address-plaintext-port"),
    ];
    let row = |(condition, description, port, finding)| {
        let (vector, _) = of_port(maker, condition, description, port);
        vector.finds(&[finding]).unlike("ports-beside")
    };
    let mut vectors: Vec<_> = table.into_iter().map(row).collect();
    let beside = [
        "a.internal:8299",
        "a.internal:8303",
        "a.internal:8499",
        "a.internal:8504",
    ];
    vectors.push(
        servers(
            maker,
            "ports-beside",
            "Ports beside those that Consul has for something else.",
            &beside,
        )
        .unlike("port-http"),
    );
    vectors
}

/// Consul 1.13 has one port for gRPC with and without TLS, and without a CA there is no TLS.
fn plaintext(maker: &Maker) -> Vec<Vector> {
    let of_1_13 = |condition: &str, description| {
        let (mut vector, address) = of_port(maker, condition, description, "8502");
        let mut token = maker.token(&vector.name);
        token.server_addresses = Some(vec![address]);
        vector.token = token.encode(Shape::V1_13).as_bytes().to_vec();
        vector.unlike("port-grpc")
    };
    let mut without_ca = maker.changed(
        Area::Addresses,
        "port-grpc-without-ca",
        "The port of gRPC without TLS, in a token without a CA.",
        |token| {
            token.ca = None;
            token.server_addresses = super::build::list(&["server-1.dc1.internal:8502"]);
        },
    );
    without_ca = without_ca.finds(&["no-ca"]).unlike("port-grpc");
    let (of_old, _) = of_port(
        maker,
        "port-grpc-acceptor-1-13",
        "The same port, of an acceptor of Consul 1.13.",
        "8502",
    );
    vec![
        without_ca,
        of_old.accepted_by(13).unlike("port-grpc"),
        of_1_13(
            "port-grpc-shape-1-13",
            "The same port in a token as Consul 1.13 writes it.",
        ),
        of_1_13(
            "port-grpc-shape-1-13-acceptor-1-14",
            "A token as Consul 1.13 writes it, but the acceptor is 1.14 by now.",
        )
        .accepted_by(14)
        .finds(&["address-plaintext-port"])
        .unlike("port-grpc-shape-1-13"),
    ]
}
