//! The two lists: a server checks the manual addresses first, and dials only these where there are
//! any.

use super::build::{list, refused, servers};
use crate::maker::{ADDRESSES, Maker};
use crate::vector::{Area, Vector};

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    [
        order(maker),
        shadowed(maker),
        old_dialer(maker),
        twice(maker),
    ]
    .concat()
}

/// A vector with these manual addresses and those of servers, null where there are none.
fn both(
    maker: &Maker,
    condition: &str,
    description: &str,
    manual: &[&str],
    servers: &[&str],
) -> Vector {
    let list = |addresses: &[&str]| list(addresses).filter(|list| !list.is_empty());
    maker
        .changed(Area::Addresses, condition, description, |token| {
            token.manual_server_addresses = list(manual);
            token.server_addresses = list(servers);
        })
        .since(14)
}

fn order(maker: &Maker) -> Vec<Vector> {
    let shadowed = &["server-addresses-shadowed"];
    vec![
        refused(
            servers(
                maker,
                "second-refused",
                "A second address that is none.",
                &[ADDRESSES[0], "second"],
            ),
            "second",
        )
        .unlike("name"),
        refused(
            servers(
                maker,
                "two-refused",
                "Two addresses that are none: the first is told.",
                &["first", "second"],
            ),
            "first",
        )
        .unlike("second-refused"),
        refused(
            both(
                maker,
                "manual-refused-first",
                "An address that is none in each list: the manual one is told.",
                &["manual"],
                &["server"],
            ),
            "manual",
        )
        .finds(shadowed)
        .unlike("server-refused"),
        refused(
            both(
                maker,
                "server-refused",
                "A server's address that is none, though only the manual one is dialed.",
                &["lb.internal:8503"],
                &["server"],
            ),
            "server",
        )
        .finds(shadowed)
        .unlike("manual-and-servers"),
        refused(
            both(
                maker,
                "manual-second-refused",
                "A second manual address that is none, and no other list.",
                &["lb.internal:8503", "manual"],
                &[],
            ),
            "manual",
        )
        .unlike("manual-alone"),
    ]
}

fn shadowed(maker: &Maker) -> Vec<Vector> {
    let [first, second] = ADDRESSES;
    vec![
        both(maker, "manual-alone", "Manual addresses and no other list.", &["lb.internal:8503"], &[])
            .unlike("manual-and-servers"),
        both(maker, "manual-and-servers", "A manual address, for which those of the servers are not dialed.",
            &["lb.internal:8503"], &[first, second])
            .finds(&["server-addresses-shadowed"])
            .unlike("manual-same"),
        both(maker, "manual-same", "The same addresses in both lists, in another order.", &[second, first], &[first, second])
            .unlike("manual-some"),
        both(maker, "manual-some", "One of the servers' addresses as a manual one.", &[first], &[first, second])
            .finds(&["server-addresses-shadowed"])
            .unlike("manual-same"),
        both(maker, "manual-dialed", "A private manual address and a loopback one of a server: what is not dialed is not told.",
            &["10.0.0.1:8503"], &["127.0.0.1:8503"])
            .finds(&["address-private", "server-addresses-shadowed"])
            .unlike("old-dialer"),
    ]
}

/// Consul 1.13 knows no manual addresses.
fn old_dialer(maker: &Maker) -> Vec<Vector> {
    let [first, second] = ADDRESSES;
    vec![
        both(maker, "old-dialer", "A dialer of 1.13 dials the server's address, though there is a manual one.",
            &["10.0.0.1:8503"], &["127.0.0.1:8503"])
            .dialed_by(13)
            .finds(&["address-loopback", "manual-addresses-old-dialer"])
            .unlike("manual-dialed"),
        both(maker, "dialer-1-14", "A dialer of 1.14 dials the manual address.", &["lb.internal:8503"], &[first])
            .dialed_by(14)
            .finds(&["server-addresses-shadowed"])
            .unlike("old-dialer"),
        both(maker, "old-dialer-same", "A dialer of 1.13, and the same addresses in both lists.", &[first, second], &[first, second])
            .dialed_by(13)
            .unlike("old-dialer"),
        both(maker, "old-dialer-manual-alone", "A dialer of 1.13, which refuses a token with manual addresses alone; a later one takes it.",
            &["lb.internal:8503"], &[])
            .dialed_by(13)
            .finds(&["manual-addresses-old-dialer"])
            .unlike("manual-alone"),
        servers(maker, "old-dialer-servers", "A dialer of 1.13, and no manual addresses.", &[first])
            .dialed_by(13)
            .unlike("old-dialer"),
    ]
}

/// A condition, its description, two addresses, what is found of them, and the near miss.
type Twice = (
    &'static str,
    &'static str,
    [&'static str; 2],
    &'static [&'static str],
    &'static str,
);

fn twice(maker: &Maker) -> Vec<Vector> {
    #[rustfmt::skip]
    let table: [Twice; 9] = [
        ("twice", "The same address twice.",
            ["a.internal:8503", "a.internal:8503"], &["address-duplicate"], "twice-other-port"),
        ("twice-other-case", "The same name in another case.",
            ["a.internal:8503", "A.Internal:8503"], &["address-duplicate"], "twice-other-port"),
        ("twice-other-number", "The same port with a sign and a zero.",
            ["a.internal:8503", "a.internal:+08503"], &["address-duplicate"], "twice-other-port"),
        ("twice-in-brackets", "The same name in brackets.",
            ["a.internal:8503", "[a.internal]:8503"], &["address-duplicate"], "twice-with-dot"),
        ("twice-mapped", "The same IPv4 address, once within an IPv6 one.",
            ["9.9.9.9:8503", "[::ffff:9.9.9.9]:8503"], &["address-duplicate"], "twice-compatible"),
        ("twice-long", "The same IPv6 address in its long form.",
            ["[2620:fe::9]:8503", "[2620:00FE:0:0:0:0:0:9]:8503"], &["address-duplicate"], "twice-other-port"),
        ("twice-other-port", "The same name with another port.",
            ["a.internal:8503", "a.internal:8504"], &[], "twice"),
        ("twice-with-dot", "The same name with a dot at its end, which is looked up otherwise.",
            ["a.internal:8503", "a.internal.:8503"], &[], "twice"),
        ("twice-compatible", "An IPv4 address, and the IPv6 one that ends in it, but is another.",
            ["9.9.9.9:8503", "[::9.9.9.9]:8503"], &[], "twice-mapped"),
    ];
    let row = |(condition, description, addresses, finds, near): Twice| {
        servers(maker, condition, description, &addresses)
            .finds(finds)
            .unlike(near)
    };
    table.into_iter().map(row).collect()
}
