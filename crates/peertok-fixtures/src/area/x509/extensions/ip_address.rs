//! IP addresses as Go's `netip.ParseAddr` reads them, in brackets as the host of a URI.

use super::ip_literal::{address, no_address};
use super::uri::unparsed;
use crate::maker::Maker;
use crate::vector::Vector;

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    [ipv4, groups, ellipses, embedded]
        .iter()
        .flat_map(|vectors| vectors(maker))
        .collect()
}

fn ipv4(maker: &Maker) -> Vec<Vector> {
    let no_address = |condition: &str, description: &str, text: &str, words: &str| {
        no_address(
            maker,
            condition,
            description,
            text,
            words,
            "uri-ip-embedded",
        )
    };
    vec![
        unparsed(
            maker,
            "uri-ip-four",
            "An IPv4 address in brackets, which belong to IPv6.",
            "s://[255.0.20.1]/",
            "invalid IP-literal",
            "uri-ip-embedded",
        ),
        no_address(
            "uri-ip-four-short",
            "An IPv4 address of three numbers.",
            "192.0.2",
            "IPv4 address too short",
        ),
        no_address(
            "uri-ip-four-long",
            "An IPv4 address of five numbers.",
            "192.0.2.1.5",
            "IPv4 address too long",
        ),
        no_address(
            "uri-ip-four-large",
            "An IPv4 address with the number 256.",
            "192.0.2.256",
            "IPv4 field has value >255",
        ),
        no_address(
            "uri-ip-four-larger",
            "An IPv4 address with the number 65536.",
            "65536.0.2.1",
            "IPv4 field has value >255",
        ),
        no_address(
            "uri-ip-four-leading-zero",
            "An IPv4 address with a zero before a digit.",
            "192.0.2.01",
            "IPv4 field has octet with leading zero",
        ),
        no_address(
            "uri-ip-four-zeros",
            "An IPv4 address with two zeros as a number.",
            "192.00.2.1",
            "IPv4 field has octet with leading zero",
        ),
        no_address(
            "uri-ip-four-no-number",
            "An IPv4 address without its second number.",
            "192..2.1",
            "IPv4 field must have at least one digit (at \".2.1\")",
        ),
        no_address(
            "uri-ip-four-dot-first",
            "An IPv4 address with a dot before it.",
            ".192.0.2",
            "IPv4 field must have at least one digit (at \".192.0.2\")",
        ),
        no_address(
            "uri-ip-four-dot-last",
            "An IPv4 address with a dot behind it.",
            "192.0.2.1.",
            "IPv4 field must have at least one digit (at \".\")",
        ),
        no_address(
            "uri-ip-four-letter",
            "An IPv4 address with a letter behind a digit.",
            "192.0.2x.1",
            "unexpected character (at \"x.1\")",
        ),
        no_address(
            "uri-ip-four-large-and-letter",
            "An IPv4 address with the number 256 and a letter behind it: the number is told.",
            "192.0.2.256x",
            "IPv4 field has value >255",
        ),
        no_address(
            "uri-ip-domain-name",
            "A name with dots in brackets, which Go takes for IPv4.",
            "example.org",
            "unexpected character (at \"example.org\")",
        ),
    ]
}

fn groups(maker: &Maker) -> Vec<Vector> {
    let no_address = |condition: &str, description: &str, text: &str, words: &str| {
        no_address(
            maker,
            condition,
            description,
            text,
            words,
            "uri-ip-eight-groups",
        )
    };
    vec![
        address(
            maker,
            "uri-ip-eight-groups",
            "An IPv6 address with all of its groups, of one to four digits in either case.",
            "1:23:456:789a:bcde:fABC:DEF:0",
        ),
        no_address(
            "uri-ip-seven-groups",
            "An IPv6 address of seven groups.",
            "1:2:3:4:5:6:7",
            "address string too short",
        ),
        no_address(
            "uri-ip-nine-groups",
            "An IPv6 address of nine groups.",
            "1:2:3:4:5:6:7:8:9",
            "trailing garbage after address (at \"9\")",
        ),
        no_address(
            "uri-ip-five-digits",
            "An IPv6 address with a group of five digits.",
            "1:00002::",
            "each group must have 4 or less digits (at \"00002::\")",
        ),
        no_address(
            "uri-ip-no-digit",
            "An IPv6 address with a group that begins with no digit.",
            "1:g::",
            "each colon-separated field must have at least one digit (at \"g::\")",
        ),
        no_address(
            "uri-ip-letter-behind-digit",
            "An IPv6 address with a group that goes on with no digit.",
            "1:2g::",
            "unexpected character, want colon (at \"g::\")",
        ),
        no_address(
            "uri-ip-colon",
            "A colon in brackets.",
            ":",
            "each colon-separated field must have at least one digit (at \":\")",
        ),
        no_address(
            "uri-ip-colon-first",
            "An IPv6 address with a single colon before it.",
            ":1:2:3:4:5:6:7",
            "each colon-separated field must have at least one digit (at \":1:2:3:4:5:6:7\")",
        ),
        no_address(
            "uri-ip-colon-last",
            "An IPv6 address with a single colon behind it.",
            "1:2:3:4:5:6:7:",
            "colon must be followed by more characters (at \":\")",
        ),
        no_address(
            "uri-ip-colon-behind-all",
            "An IPv6 address with all of its groups and a colon behind it.",
            "1:2:3:4:5:6:7:8:",
            "colon must be followed by more characters (at \":\")",
        ),
    ]
}

fn ellipses(maker: &Maker) -> Vec<Vector> {
    let address = |condition: &str, description: &str, text: &str| {
        address(maker, condition, description, text)
    };
    let no_address = |condition: &str, description: &str, text: &str, words: &str| {
        no_address(
            maker,
            condition,
            description,
            text,
            words,
            "uri-ip-ellipsis-last",
        )
    };
    let empty = "the :: must expand to at least one field of zeros";
    vec![
        address(
            "uri-ip-ellipsis-alone",
            "The IPv6 address of zeros alone.",
            "::",
        ),
        address(
            "uri-ip-ellipsis-first",
            "An IPv6 address whose first group of zeros is left out.",
            "::2:3:4:5:6:7:8",
        ),
        address(
            "uri-ip-ellipsis-last",
            "An IPv6 address whose last group of zeros is left out.",
            "1:2:3:4:5:6:7::",
        ),
        address(
            "uri-ip-ellipsis-zone",
            "The IPv6 address of zeros alone, with a zone.",
            "::%25eth0",
        ),
        no_address(
            "uri-ip-ellipsis-twice",
            "An IPv6 address with groups left out at two places.",
            "1::2::3",
            "multiple :: in address (at \":3\")",
        ),
        no_address(
            "uri-ip-ellipsis-first-and-last",
            "An IPv6 address with groups left out at both ends.",
            "::2::",
            "multiple :: in address (at \":\")",
        ),
        no_address(
            "uri-ip-three-colons-first",
            "An IPv6 address with three colons before it.",
            ":::1",
            "each colon-separated field must have at least one digit (at \":1\")",
        ),
        no_address(
            "uri-ip-three-colons",
            "An IPv6 address with three colons within.",
            "1:::2",
            "each colon-separated field must have at least one digit (at \":2\")",
        ),
        no_address(
            "uri-ip-ellipsis-for-nothing",
            "An IPv6 address with all of its groups and two colons in a row among them.",
            "1:2:3:4::5:6:7:8",
            empty,
        ),
        no_address(
            "uri-ip-ellipsis-for-nothing-first",
            "An IPv6 address with all of its groups behind two colons.",
            "::1:2:3:4:5:6:7:8",
            empty,
        ),
        no_address(
            "uri-ip-ellipsis-for-nothing-last",
            "An IPv6 address with all of its groups before two colons.",
            "1:2:3:4:5:6:7:8::",
            empty,
        ),
        no_address(
            "uri-ip-ellipsis-nine-groups",
            "An IPv6 address with nine groups behind two colons.",
            "::1:2:3:4:5:6:7:8:9",
            "trailing garbage after address (at \"9\")",
        ),
    ]
}

/// An IPv4 address at the end of an IPv6 one.
fn embedded(maker: &Maker) -> Vec<Vector> {
    let address = |condition: &str, description: &str, text: &str| {
        address(maker, condition, description, text)
    };
    let no_address =
        |condition: &str, description: &str, text: &str, words: &str, near_miss: &str| {
            no_address(maker, condition, description, text, words, near_miss)
        };
    let too_early = |at: &str| {
        format!(
            "embedded IPv4 address must replace the final 2 fields of the address (at \"{at}\")"
        )
    };
    vec![
        address(
            "uri-ip-embedded",
            "An IPv4 address as the last two groups of an IPv6 one.",
            "::ffff:192.0.2.1",
        ),
        address(
            "uri-ip-embedded-six-groups",
            "An IPv4 address behind six groups.",
            "1:2:3:4:5:6:192.0.2.1",
        ),
        no_address(
            "uri-ip-embedded-five-groups",
            "An IPv4 address behind five groups, and none left out.",
            "1:2:3:4:5:192.0.2.1",
            &too_early("192.0.2.1"),
            "uri-ip-embedded-six-groups",
        ),
        no_address(
            "uri-ip-embedded-seven-groups",
            "An IPv4 address behind seven groups, and none left out.",
            "1:2:3:4:5:6:7:192.0.2.1",
            &too_early("192.0.2.1"),
            "uri-ip-embedded-six-groups",
        ),
        address(
            "uri-ip-embedded-ellipsis-five-groups",
            "An IPv4 address behind five groups and one that is left out.",
            "::2:3:4:5:6:192.0.2.1",
        ),
        no_address(
            "uri-ip-embedded-ellipsis-six-groups",
            "An IPv4 address behind six groups, and two colons for no group.",
            "::1:2:3:4:5:6:192.0.2.1",
            "the :: must expand to at least one field of zeros",
            "uri-ip-embedded-ellipsis-five-groups",
        ),
        no_address(
            "uri-ip-embedded-ellipsis-seven-groups",
            "An IPv4 address behind seven groups and two colons.",
            "::1:2:3:4:5:6:7:192.0.2.1",
            "too many hex fields to fit an embedded IPv4 at the end of the address \
             (at \"192.0.2.1\")",
            "uri-ip-embedded-ellipsis-five-groups",
        ),
        no_address(
            "uri-ip-embedded-large",
            "An IPv4 address with the number 256 within an IPv6 one.",
            "::192.0.2.256",
            "IPv4 field has value >255",
            "uri-ip-embedded",
        ),
        no_address(
            "uri-ip-embedded-hexadecimal",
            "An IPv4 address with a hexadecimal digit within an IPv6 one.",
            "::a.0.2.1",
            "unexpected character (at \"a.0.2.1\")",
            "uri-ip-embedded",
        ),
        no_address(
            "uri-ip-embedded-colon-behind",
            "An IPv4 address within an IPv6 one that goes on behind it.",
            "::192.0.2.1:1",
            "unexpected character (at \":1\")",
            "uri-ip-embedded",
        ),
        address(
            "uri-ip-embedded-zone",
            "An IPv4 address within an IPv6 one with a zone.",
            "::192.0.2.1%25eth0",
        ),
        unparsed(
            maker,
            "uri-ip-embedded-short-zone",
            "An IPv4 address of three numbers within an IPv6 one with a zone.",
            "s://[::192.0.2%25eth0]/",
            "invalid host: ParseAddr(\"::192.0.2%eth0\"): IPv4 address too short",
            "uri-ip-embedded-zone",
        ),
    ]
}
