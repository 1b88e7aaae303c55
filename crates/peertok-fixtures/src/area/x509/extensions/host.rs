//! What stands between the slashes of a URI: user information, host and port.

use super::uri::{taken, unparsed};
use crate::maker::Maker;
use crate::vector::Vector;

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    [domains, characters, ports, user_information]
        .iter()
        .flat_map(|vectors| vectors(maker))
        .collect()
}

/// The host parses, but is no domain name.
fn domains(maker: &Maker) -> Vec<Vector> {
    let taken =
        |condition: &str, description: &str, uri: &str| taken(maker, condition, description, uri);
    let invalid = |condition: &str, description: &str, uri: &str, near_miss: &str| {
        taken(condition, description, uri)
            .go_refuses(format!("cannot parse URI \"{uri}\": invalid domain"))
            .unlike(near_miss)
    };
    let label = "l".repeat(300);
    vec![
        taken(
            "uri-host-long",
            "A host of 300 characters without a dot, longer than any in DNS.",
            &format!("s://{label}/"),
        ),
        invalid(
            "uri-host-dot-at-end",
            "A host with a dot at its end, as DNS knows it.",
            "s://example.org./",
            "uri-host-dot-before-port",
        ),
        taken(
            "uri-host-dot-before-port",
            "A host with a dot at its end and a port behind, which counts as a part of the name.",
            "s://example.org.:80/",
        ),
        invalid(
            "uri-host-two-dots",
            "A host with two dots in a row.",
            "s://example..org/",
            "uri-host-long",
        ),
        invalid(
            "uri-host-dot-first",
            "A host with a dot before it, as name constraints have it.",
            "s://.example.org/",
            "constraint-dns-dot-first",
        ),
        invalid(
            "uri-host-one-dot",
            "A host that is a dot.",
            "s://./",
            "uri-host-port-alone",
        ),
        invalid(
            "uri-host-letter-beyond-ascii",
            "A host with an escaped letter beyond ASCII; Go reads the escape, and wants ASCII \
             then.",
            "s://caf%C3%A9.example/",
            "uri-host-escaped-percent",
        ),
        invalid(
            "uri-host-first-byte-beyond-ascii",
            "A host with the escaped byte 80, the first that may be escaped in a host.",
            "s://a%80/",
            "uri-host-escaped-percent",
        ),
        taken(
            "uri-host-escaped-percent",
            "A host with an escaped percent sign, the only character of ASCII that may be escaped.",
            "s://100%25/",
        ),
    ]
}

fn characters(maker: &Maker) -> Vec<Vector> {
    let unparsed = |condition: &str, description: &str, uri: &str, fault: &str, near_miss: &str| {
        unparsed(maker, condition, description, uri, fault, near_miss)
    };
    vec![
        taken(
            maker,
            "uri-host-marks",
            "A host with all marks that Go takes there.",
            "s://-._~!$&'()*+,;=<>\"]Az09/",
        ),
        unparsed(
            "uri-host-blank",
            "A host with a blank.",
            "s://example org/",
            "invalid character \" \" in host name",
            "uri-blank",
        ),
        unparsed(
            "uri-host-brace",
            "A host that is a template's variable.",
            "s://{host}/",
            "invalid character \"{\" in host name",
            "uri-host-marks",
        ),
        taken(
            maker,
            "uri-host-backslash",
            "A host with a backslash, which Go writes twice in quotes.",
            "s://example\\org/",
        )
        .go_refuses(
            r#"cannot parse URI "s://example\\org/": parse "s://example\\org/": invalid character "\\" in host name"#,
        )
        .unlike("uri-host-marks"),
        unparsed(
            "uri-host-escaped-letter",
            "A host with an escaped letter, which a path may have.",
            "s://%41.example/",
            "invalid URL escape \"%41\"",
            "uri-path-escapes",
        ),
        unparsed(
            "uri-host-escaped-delete",
            "A host with the escaped byte 7f, the last that may not be escaped in a host.",
            "s://a%7f/",
            "invalid URL escape \"%7f\"",
            "uri-host-first-byte-beyond-ascii",
        ),
        unparsed(
            "uri-host-escape-cut-off",
            "A host that ends in a percent sign and one digit; the slash is no part of it.",
            "s://a%2/5",
            "invalid URL escape \"%2\"",
            "uri-host-escaped-percent",
        ),
        unparsed(
            "uri-host-fault-before-path",
            "A host and a path with wrong escapes: the host is told.",
            "s://%yy/%zz",
            "invalid URL escape \"%yy\"",
            "uri-path-escape-after-good",
        ),
    ]
}

fn ports(maker: &Maker) -> Vec<Vector> {
    let taken =
        |condition: &str, description: &str, uri: &str| taken(maker, condition, description, uri);
    let unparsed = |condition: &str, description: &str, uri: &str, port: &str, near_miss: &str| {
        let fault = format!("invalid port \"{port}\" after host");
        unparsed(maker, condition, description, uri, fault, near_miss)
    };
    vec![
        taken(
            "uri-host-port",
            "A host with a port.",
            "s://example.org:8503/",
        ),
        taken(
            "uri-host-port-empty",
            "A host with a colon and no port.",
            "s://example.org:/",
        ),
        taken(
            "uri-host-port-large",
            "A host with a port that no machine has; Go wants digits and no more.",
            "s://example.org:99999999999999999999/",
        ),
        taken(
            "uri-host-port-alone",
            "A port without a host.",
            "s://:8503/",
        ),
        unparsed(
            "uri-host-port-letters",
            "A host with the name of a port.",
            "s://example.org:grpc/",
            ":grpc",
            "uri-host-port",
        ),
        unparsed(
            "uri-host-port-letter-behind",
            "A host with a port and a letter behind its digits.",
            "s://example.org:8503x/",
            ":8503x",
            "uri-host-port",
        ),
        unparsed(
            "uri-host-port-negative",
            "A host with the port -1.",
            "s://example.org:-1/",
            ":-1",
            "uri-host-port",
        ),
        taken(
            "uri-host-several-ports",
            "Two hosts with ports, as URIs of databases have them: the last colon counts.",
            "s://a:1,b:2/",
        ),
        unparsed(
            "uri-host-several-last-bad",
            "Two hosts with ports, of which the last is no number.",
            "s://a:1,b:x/",
            ":x",
            "uri-host-several-first-bad",
        ),
        taken(
            "uri-host-several-first-bad",
            "Two hosts with ports, of which the first is no number, in a URI of https; servers that \
             are built for the rules of Go 1.26 refuse it.",
            "https://a:x,b:2/",
        ),
        taken(
            "uri-host-ip-without-brackets",
            "An IPv6 address without brackets, whose last group passes for a port.",
            "s://2001:db8::1/",
        ),
    ]
}

fn user_information(maker: &Maker) -> Vec<Vector> {
    let taken =
        |condition: &str, description: &str, uri: &str| taken(maker, condition, description, uri);
    let unparsed = |condition: &str, description: &str, uri: &str, fault: &str, near_miss: &str| {
        unparsed(maker, condition, description, uri, fault, near_miss)
    };
    let invalid = "net/url: invalid userinfo";
    vec![
        taken(
            "uri-user-all-characters",
            "A user and a password with all marks and escapes that they may have, signs for at among \
             them.",
            "s://Az09-._~!$&'()*+,;=%00@:%fF:@@example.org/",
        ),
        taken(
            "uri-user-empty",
            "An empty user before a host.",
            "s://@example.org/",
        ),
        unparsed(
            "uri-user-blank",
            "A user with a blank.",
            "s://a b@example.org/",
            invalid,
            "uri-user-all-characters",
        ),
        unparsed(
            "uri-user-bracket",
            "A user with a bracket; one in the host would be another fault.",
            "s://[@example.org/",
            invalid,
            "uri-user-all-characters",
        ),
        unparsed(
            "uri-user-escape",
            "A user with a wrong escape.",
            "s://a%zz@example.org/",
            "invalid URL escape \"%zz\"",
            "uri-user-all-characters",
        ),
        unparsed(
            "uri-user-escape-before-colon",
            "A user with an escape that the colon before the password cuts off.",
            "s://a%4:1@example.org/",
            "invalid URL escape \"%4\"",
            "uri-user-all-characters",
        ),
        unparsed(
            "uri-user-password-escape",
            "A password with a wrong escape.",
            "s://a:%zz@example.org/",
            "invalid URL escape \"%zz\"",
            "uri-user-all-characters",
        ),
        unparsed(
            "uri-user-and-host-faults",
            "A user and a host with blanks: the host is told.",
            "s://a b@example org/",
            "invalid character \" \" in host name",
            "uri-user-blank",
        ),
        unparsed(
            "uri-user-and-escape-faults",
            "A user with a wrong escape and a blank: the blank is told.",
            "s://%zz a@example.org/",
            invalid,
            "uri-user-escape",
        ),
        unparsed(
            "uri-user-host-behind-last-at",
            "Two signs for at: the host begins behind the last one, and is wrong.",
            "s://a@b@c^/",
            "invalid character \"^\" in host name",
            "uri-user-all-characters",
        ),
    ]
}
