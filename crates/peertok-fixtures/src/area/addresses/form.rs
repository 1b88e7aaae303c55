//! Go's `net.SplitHostPort`: the host may be anything, but colons and brackets have their places.

use super::build::{refused, servers};
use crate::maker::Maker;
use crate::vector::Vector;

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    [taken(maker), not_taken(maker)].concat()
}

fn taken(maker: &Maker) -> Vec<Vector> {
    #[rustfmt::skip]
    let table: [(&str, &str, &str, &[&'static str], &str); 7] = [
        ("name", "A host name and a port.", "server-1.dc1.internal:8503",
            &[], "name-without-port"),
        ("ipv6", "An IPv6 address in brackets and a port.", "[fd00::1]:8503",
            &["address-private"], "ipv6-without-brackets"),
        ("name-in-brackets", "A host name in brackets, which Go leaves out.", "[server-1.dc1.internal]:8503",
            &[], "name-in-two-brackets"),
        ("host-empty", "A port without a host: a dialer takes it for the local host.", ":8503",
            &["address-unspecified"], "name"),
        ("host-empty-in-brackets", "Brackets with nothing in them.", "[]:8503",
            &["address-unspecified"], "brackets-alone"),
        ("host-with-blank", "A host with a blank in it, which is no name.", "server 1.dc1.internal:8503",
            &["address-host-invalid"], "name"),
        ("ipv6-with-zone", "An IPv6 address with a zone, which gRPC takes for an escape.", "[fe80::1%eth0]:8503",
            &["address-zone"], "ipv6"),
    ];
    let row = |(condition, description, address, finds, near): (_, _, &str, &[_], _)| {
        servers(maker, condition, description, &[address])
            .finds(finds)
            .unlike(near)
    };
    table.into_iter().map(row).collect()
}

fn not_taken(maker: &Maker) -> Vec<Vector> {
    #[rustfmt::skip]
    let table = [
        ("empty", "An empty address, as a comma at the end of a list leaves it.", "", "host-empty"),
        ("name-without-port", "A host name without a port.", "server-1.dc1.internal", "name"),
        ("ipv4-without-port", "An IPv4 address without a port.", "10.0.0.1", "private-10"),
        ("ipv6-without-port", "An IPv6 address in brackets without a port.", "[fd00::1]", "ipv6"),
        ("ipv6-without-brackets", "An IPv6 address without brackets, and a port: too many colons.", "fd00::1:8503", "ipv6"),
        ("ipv6-alone", "An IPv6 address without brackets and port.", "fd00::1", "ipv6"),
        ("bracket-not-closed", "A bracket that is not closed.", "[fd00::1:8503", "ipv6"),
        ("bracket-not-opened", "A bracket that is not opened.", "fd00::1]:8503", "ipv6"),
        ("port-right-behind-bracket", "A port right behind the bracket, without a colon.", "[fd00::1]8503", "ipv6"),
        ("text-behind-bracket", "Text between the bracket and the colon.", "[fd00::1]x:8503", "ipv6"),
        ("two-ports", "Two ports behind a host.", "server-1.dc1.internal:8503:8503", "name"),
        ("two-ports-behind-bracket", "Two ports behind a bracket.", "[fd00::1]:8503:8503", "ipv6"),
        ("two-colons", "Two colons before the port.", "server-1.dc1.internal::8503", "name"),
        ("url", "A URL.", "https://server-1.dc1.internal:8503", "name"),
        ("url-without-port", "A URL without a port: what follows its colon is no number.", "https://server-1.dc1.internal", "name"),
        ("two-in-one", "Two addresses in one text.", "a.internal:8503,b.internal:8503", "second-with-blank"),
        ("name-in-two-brackets", "A host in two pairs of brackets.", "[[server-1.dc1.internal]]:8503", "name-in-brackets"),
        ("bracket-opened-within", "A second bracket that opens within brackets.", "[fd00[::1]:8503", "ipv6"),
        ("bracket-opened-in-name", "A bracket that opens within a name.", "server[1.dc1.internal:8503", "name"),
        ("bracket-closed-in-name", "A bracket that closes within a name.", "server]1.dc1.internal:8503", "name"),
        ("bracket-opened-in-port", "A bracket that opens within the port.", "server-1.dc1.internal:8503[", "name"),
        ("bracket-closed-in-port", "A bracket that closes within the port.", "server-1.dc1.internal:8503]", "name"),
        ("bracket-opened-in-port-behind-bracket", "A bracket that opens within the port behind a host in brackets.", "[fd00::1]:[8503", "ipv6"),
        ("bracket-closed-in-port-behind-bracket", "A bracket that closes within the port behind a host in brackets.", "[fd00::1]:8503]", "ipv6"),
        ("brackets-alone", "Brackets and nothing else.", "[]", "host-empty-in-brackets"),
        ("colon-alone", "A colon and nothing else.", ":", "host-empty"),
    ];
    let row = |(condition, description, address, near)| {
        refused(servers(maker, condition, description, &[address]), address).unlike(near)
    };
    table.into_iter().map(row).collect()
}
