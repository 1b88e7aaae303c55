//! IP addresses in brackets as the host of a URI: the brackets and the zone. The address between has
//! its own module.

use super::uri::{taken, unparsed};
use crate::maker::Maker;
use crate::vector::Vector;

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    [brackets, zones]
        .iter()
        .flat_map(|vectors| vectors(maker))
        .collect()
}

/// A URI with this text in brackets.
pub(super) fn address(maker: &Maker, condition: &str, description: &str, text: &str) -> Vector {
    taken(maker, condition, description, &format!("s://[{text}]/"))
}

/// The same, where the text is no IP address; the words are those behind the address.
pub(super) fn no_address(
    maker: &Maker,
    condition: &str,
    description: &str,
    text: &str,
    words: &str,
    near_miss: &str,
) -> Vector {
    let fault = format!("invalid host: ParseAddr(\"{text}\"): {words}");
    let uri = format!("s://[{text}]/");
    unparsed(maker, condition, description, &uri, fault, near_miss)
}

fn brackets(maker: &Maker) -> Vec<Vector> {
    let unparsed = |condition: &str, description: &str, uri: &str, fault: &str, near_miss: &str| {
        unparsed(maker, condition, description, uri, fault, near_miss)
    };
    let no_literal = "invalid IP-literal";
    vec![
        address(maker, "uri-ip-six", "An IPv6 address in brackets.", "2001:db8::1"),
        taken(
            maker,
            "uri-ip-six-port",
            "An IPv6 address in brackets with a port.",
            "s://[2001:db8::1]:8503/",
        ),
        taken(
            maker,
            "uri-ip-six-port-empty",
            "An IPv6 address in brackets with a colon and no port.",
            "s://[2001:db8::1]:/",
        ),
        unparsed(
            "uri-ip-six-port-letters",
            "An IPv6 address in brackets with a port that is no number.",
            "s://[2001:db8::1]:x/",
            "invalid port \":x\" after host",
            "uri-ip-six-port",
        ),
        unparsed(
            "uri-ip-six-no-colon",
            "An IPv6 address in brackets with a port without a colon before it.",
            "s://[2001:db8::1]80/",
            "invalid port \"80\" after host",
            "uri-ip-six-port",
        ),
        unparsed(
            "uri-ip-six-port-before-address",
            "No address in brackets and no port behind them: the port is told.",
            "s://[host]:x/",
            "invalid port \":x\" after host",
            "uri-ip-host-name",
        ),
        unparsed(
            "uri-ip-bracket-open",
            "An IPv6 address with an opening bracket alone.",
            "s://[2001:db8::1/",
            "missing ']' in host",
            "uri-ip-six",
        ),
        unparsed(
            "uri-ip-bracket-behind-name",
            "An IPv6 address in brackets behind a name.",
            "s://a[2001:db8::1]/",
            no_literal,
            "uri-ip-six",
        ),
        unparsed(
            "uri-ip-two-brackets",
            "An IPv6 address in two pairs of brackets.",
            "s://[[2001:db8::1]]/",
            no_literal,
            "uri-ip-six",
        ),
        unparsed(
            "uri-ip-two-brackets-behind",
            "An IPv6 address with two brackets behind it, of which the last counts.",
            "s://[2001:db8::1]]/",
            "invalid host: ParseAddr(\"2001:db8::1]\"): unexpected character, want colon (at \
             \"]\")",
            "uri-ip-six",
        ),
        no_address(
            maker,
            "uri-ip-nothing",
            "Brackets with nothing between.",
            "",
            "unable to parse IP",
            "uri-ip-six",
        ),
        no_address(
            maker,
            "uri-ip-host-name",
            "A name in brackets.",
            "localhost",
            "unable to parse IP",
            "uri-ip-six",
        ),
        unparsed(
            "uri-ip-escape",
            "An IPv6 address with an escaped digit.",
            "s://[%31::]/",
            "invalid URL escape \"%31\"",
            "uri-ip-zone-escape",
        ),
        taken(
            maker,
            "uri-ip-escaped-byte",
            "A byte beyond ASCII in brackets: it may be escaped in a host, but is no address.",
            "s://[%ff::1]/",
        )
        .go_refuses(
            r#"cannot parse URI "s://[%ff::1]/": parse "s://[%ff::1]/": invalid host: ParseAddr("\xff::1"): each colon-separated field must have at least one digit (at "\xff::1")"#,
        )
        .unlike("uri-ip-escape"),
        unparsed(
            "uri-ip-blank",
            "A blank before an IPv6 address, in the brackets.",
            "s://[ ::1]/",
            "invalid character \" \" in host name",
            "uri-ip-six",
        ),
    ]
}

/// A zone stands behind `%25`, the escape for a percent sign.
fn zones(maker: &Maker) -> Vec<Vector> {
    let zone = |condition: &str, description: &str, zone: &str| {
        address(maker, condition, description, &format!("fe80::1{zone}"))
    };
    let refused = |condition: &str, description: &str, zone: &str, fault: &str, near_miss: &str| {
        let uri = format!("s://[fe80::1{zone}]/");
        unparsed(maker, condition, description, &uri, fault, near_miss)
    };
    vec![
        zone("uri-ip-zone", "An IPv6 address with a zone.", "%25eth0"),
        zone(
            "uri-ip-zone-escape",
            "An IPv6 address with an escaped letter in its zone.",
            "%25%65th0",
        ),
        zone(
            "uri-ip-zone-percent",
            "An IPv6 address with a zone that is a percent sign, escaped.",
            "%25%25",
        ),
        zone(
            "uri-ip-zone-marks",
            "An IPv6 address with a zone of the marks that a host may have.",
            "%25-._~!$&'()*+,;=:<>",
        ),
        taken(
            maker,
            "uri-ip-zone-port",
            "An IPv6 address with a zone and a port.",
            "s://[fe80::1%25eth0]:8503/",
        ),
        refused(
            "uri-ip-zone-bare-percent",
            "An IPv6 address with a zone behind a percent sign that is not escaped.",
            "%eth0",
            "invalid URL escape \"%et\"",
            "uri-ip-zone",
        ),
        refused(
            "uri-ip-zone-empty",
            "An IPv6 address with an empty zone.",
            "%25",
            "invalid host: ParseAddr(\"fe80::1%\"): zone must be a non-empty string",
            "uri-ip-zone-percent",
        ),
        refused(
            "uri-ip-zone-slash",
            "An IPv6 address with an escaped slash in its zone, which no host may have.",
            "%25a%2Fb",
            "invalid URL escape \"%2F\"",
            "uri-ip-zone-escape",
        ),
        refused(
            "uri-ip-zone-byte-beyond-ascii",
            "An IPv6 address with the escaped byte 80 in its zone, which the host before it may \
             have.",
            "%25a%80",
            "invalid URL escape \"%80\"",
            "uri-host-first-byte-beyond-ascii",
        ),
        refused(
            "uri-ip-zone-no-digits",
            "An IPv6 address with an escape without digits in its zone.",
            "%25a%zz",
            "invalid URL escape \"%zz\"",
            "uri-ip-zone-escape",
        ),
        refused(
            "uri-ip-zone-caret",
            "An IPv6 address with a caret in its zone.",
            "%25a^",
            "invalid character \"^\" in host name",
            "uri-ip-zone-marks",
        ),
        refused(
            "uri-ip-zone-blank",
            "An IPv6 address with a blank in its zone, not escaped.",
            "%25en 0",
            "invalid character \" \" in host name",
            "uri-ip-zone-escaped-blank",
        ),
        zone(
            "uri-ip-zone-escaped-blank",
            "An IPv6 address with an escaped blank in its zone, which Go parses, and then finds in no \
             domain name.",
            "%25en%200",
        )
        .go_refuses("cannot parse URI \"s://[fe80::1%25en%200]/\": invalid domain")
        .unlike("uri-ip-zone-escape"),
        unparsed(
            maker,
            "uri-ip-zone-alone",
            "A zone without an address.",
            "s://[%25eth0]/",
            "invalid host: ParseAddr(\"%eth0\"): missing IPv6 address",
            "uri-ip-zone",
        ),
        unparsed(
            maker,
            "uri-ip-zone-behind-escape",
            "An IPv6 address with an escaped digit and a zone with a wrong escape: the digit is \
             told.",
            "s://[%31::%25%zz]/",
            "invalid URL escape \"%31\"",
            "uri-ip-zone-no-digits",
        ),
        unparsed(
            maker,
            "uri-ip-four-zone",
            "An IPv4 address with a zone, which is a part of its last number then.",
            "s://[192.0.2.1%25eth0]/",
            "invalid host: ParseAddr(\"192.0.2.1%eth0\"): unexpected character (at \"%eth0\")",
            "uri-ip-zone",
        ),
    ]
}
