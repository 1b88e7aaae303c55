//! Addresses that a server takes, but that a dialer cannot dial: Go looks up nothing that is no name,
//! and gRPC takes the address for a URL.

use super::build::servers;
use crate::maker::{ADDRESSES, Maker};
use crate::vector::Vector;

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    [
        not_names(maker),
        names(maker),
        blanks(maker),
        zones(maker),
        schemes(maker),
    ]
    .concat()
}

fn not_names(maker: &Maker) -> Vec<Vector> {
    #[rustfmt::skip]
    let table = [
        ("path", "A path behind the host.", "a.internal/x:8503", "name"),
        ("user", "A user before the host.", "consul@a.internal:8503", "name"),
        ("wildcard", "An asterisk in the host.", "*.internal:8503", "name"),
        ("label-empty", "Two dots in a row.", "a..internal:8503", "dot-last"),
        ("dot-first", "A dot before the host.", ".internal:8503", "dot-last"),
        ("two-dots-last", "Two dots behind the host.", "internal..:8503", "dot-last"),
        ("hyphen-first", "A hyphen before a label.", "-a.internal:8503", "hyphens-and-underscores"),
        ("hyphen-last", "A hyphen behind a label.", "a-.internal:8503", "hyphens-and-underscores"),
        ("numbers-three", "Three numbers, which is an IPv4 address for others.", "10.0.1:8503", "private-10"),
        ("numbers-five", "Five numbers.", "10.0.0.0.1:8503", "private-10"),
        ("number-alone", "An IPv4 address as one number.", "167772161:8503", "digits-and-letter"),
        ("number-256", "A number of an IPv4 address that is too great.", "10.0.0.256:8503", "private-10"),
        ("number-leading-zero", "A zero before a number of an IPv4 address, which is octal for others.", "10.0.0.010:8503", "private-10"),
        ("network", "A network in place of a host.", "10.0.0.0/8:8503", "private-10"),
        ("ipv6-two-gaps", "An IPv6 address with two gaps.", "[fd00::1::2]:8503", "ipv6"),
        ("ipv6-letter", "An IPv6 address with a letter that is no digit.", "[fd00::g]:8503", "ipv6"),
        ("percent", "A percent sign with no digits behind it, which is a bad escape in a URL.", "a%zz.internal:8503", "percent-good"),
        ("percent-one-digit", "A percent sign with one digit behind it.", "a%2:8503", "percent-good"),
        ("percent-blank", "An escaped blank.", "a%20b.internal:8503", "percent-good"),
        ("question-mark", "A question mark, at which gRPC cuts the address.", "a.internal?x:8503", "name"),
        ("hash", "A hash, at which gRPC cuts the address.", "a.internal#x:8503", "name"),
        ("hash-percent", "A bad escape behind a hash.", "a.internal#%x:8503", "percent-good"),
        ("control-character", "A control character in the host.", "a\u{1}.internal:8503", "name"),
        ("delete", "The control character DEL in the host.", "a\u{7f}.internal:8503", "name"),
        ("html", "Characters that a server escapes in JSON.", "<a&b>:8503", "name"),
    ];
    let row = |(condition, description, address, near)| {
        servers(maker, condition, description, &[address])
            .finds(&["address-host-invalid"])
            .unlike(near)
    };
    let mut vectors: Vec<_> = table.into_iter().map(row).collect();
    let label = |length| format!("{}.internal:8503", "a".repeat(length));
    // Labels of 49 letters with their dots make 250.
    let name = |length| {
        format!(
            "{}{}:8503",
            format!("{}.", "a".repeat(49)).repeat(5),
            "b".repeat(length)
        )
    };
    vectors.extend([
        servers(
            maker,
            "label-of-63",
            "A label of 63 letters, the longest that is one.",
            &[&label(63)],
        )
        .unlike("label-of-64"),
        servers(
            maker,
            "label-of-64",
            "A label of 64 letters.",
            &[&label(64)],
        )
        .finds(&["address-host-invalid"])
        .unlike("label-of-63"),
        servers(
            maker,
            "name-of-253",
            "A name of 253 letters, the longest that is one.",
            &[&name(3)],
        )
        .unlike("name-of-254"),
        servers(maker, "name-of-254", "A name of 254 letters.", &[&name(4)])
            .finds(&["address-host-invalid"])
            .unlike("name-of-253"),
        servers(
            maker,
            "good-beside-bad",
            "A host that is no name beside one that is: both are told of.",
            &["a..internal:8503", ADDRESSES[0]],
        )
        .finds(&["address-host-invalid"])
        .unlike("name"),
    ]);
    vectors
}

fn names(maker: &Maker) -> Vec<Vector> {
    #[rustfmt::skip]
    let table = [
        ("dot-last", "A dot at the end of a name.", "a.internal.:8503", "two-dots-last"),
        ("hyphens-and-underscores", "Hyphens in a name, and underscores at any place.", "_a-b_.c--d.internal:8503", "hyphen-first"),
        ("digits-and-letter", "A name with one letter among digits.", "10.0.1a:8503", "number-alone"),
        ("percent-good", "An escape for the dot in a name, which gRPC decodes.", "a%2Einternal:8503", "percent"),
        ("name-plain", "A name without a domain.", "server-1:8503", "scheme-consul"),
    ];
    let row = |(condition, description, address, near)| {
        servers(maker, condition, description, &[address]).unlike(near)
    };
    table.into_iter().map(row).collect()
}

fn blanks(maker: &Maker) -> Vec<Vector> {
    let blank = |condition, description, addresses: &[&str]| {
        servers(maker, condition, description, addresses)
            .finds(&["address-whitespace"])
            .unlike("host-with-blank")
    };
    vec![
        blank(
            "blank-first",
            "A blank before the host.",
            &[" a.internal:8503"],
        ),
        blank(
            "blank-last",
            "A blank behind the host.",
            &["a.internal :8503"],
        ),
        blank(
            "second-with-blank",
            "A blank before the second address, as in a list with a blank behind its comma.",
            &["a.internal:8503", " b.internal:8503"],
        ),
        blank(
            "tab-first",
            "A tab before the host, which no URL may have.",
            &["\ta.internal:8503"],
        ),
        blank(
            "line-end-first",
            "A line end before the host.",
            &["\na.internal:8503"],
        ),
    ]
}

fn zones(maker: &Maker) -> Vec<Vector> {
    #[rustfmt::skip]
    let table: [(&str, &str, &str, &[&'static str], &str); 6] = [
        ("zone-number", "An IPv6 address with a number for its zone.", "[fe80::1%1]:8503",
            &["address-zone"], "ipv6"),
        ("zone-escaped", "A zone behind an escaped percent sign, so that the address is dialed.", "[fe80::1%25eth0]:8503",
            &["address-link-local", "address-zone"], "link-local-ipv6"),
        ("zone-escaped-private", "A zone behind a private address.", "[fd00::1%25eth0]:8503",
            &["address-private", "address-zone"], "ipv6"),
        ("zone-digits", "A zone of two hexadecimal digits, which gRPC decodes as an escape.", "[fe80::1%e0]:8503",
            &["address-host-invalid"], "ipv6-with-zone"),
        ("zone-empty", "An escaped percent sign without a zone.", "[fe80::1%25]:8503",
            &["address-host-invalid"], "zone-escaped"),
        ("zone-of-ipv4", "A zone behind an IPv4 address, which has none.", "[10.0.0.1%25eth0]:8503",
            &["address-host-invalid"], "zone-escaped-private"),
    ];
    let row = |(condition, description, address, finds, near): (_, _, &str, &[_], _)| {
        servers(maker, condition, description, &[address])
            .finds(finds)
            .unlike(near)
    };
    table.into_iter().map(row).collect()
}

fn schemes(maker: &Maker) -> Vec<Vector> {
    #[rustfmt::skip]
    let table: [(&str, &str, &str, &[&'static str], &str); 9] = [
        ("scheme-consul", "The host consul, as in a network of containers: a scheme for gRPC.", "consul:8503",
            &["address-scheme"], "consul-with-dot"),
        ("scheme-upper-case", "The same host in another case.", "Consul:8503",
            &["address-scheme"], "consul-with-dot"),
        ("scheme-dns", "The host dns.", "dns:8503", &["address-scheme"], "name-plain"),
        ("scheme-passthrough", "The host passthrough.", "passthrough:8503", &["address-scheme"], "name-plain"),
        ("scheme-unix", "The host unix.", "unix:8503", &["address-scheme"], "name-plain"),
        ("scheme-unix-abstract", "The host unix-abstract.", "unix-abstract:8503", &["address-scheme"], "name-plain"),
        ("consul-with-dot", "The host consul with a dot, which makes it a name.", "consul.:8503", &[], "scheme-consul"),
        ("consul-in-brackets", "The host consul in brackets, with which no scheme begins.", "[consul]:8503", &[], "scheme-consul"),
        ("consul-with-domain", "The host consul in a domain.", "consul.internal:8503", &[], "scheme-consul"),
    ];
    let row = |(condition, description, address, finds, near): (_, _, &str, &[_], _)| {
        servers(maker, condition, description, &[address])
            .finds(finds)
            .unlike(near)
    };
    table.into_iter().map(row).collect()
}
