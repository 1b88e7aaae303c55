//! Subject alternative names of each kind. What a URI may be has its own module.

use super::build::{identifier, with_extension, with_root};
use crate::certificate::{
    BASIC_CONSTRAINTS, Certificate, OCTET_STRING, SEQUENCE, SUBJECT_ALTERNATIVE_NAME, UTF8_STRING,
    element, sequence,
};
use crate::maker::Maker;
use crate::vector::{Area, Vector};
use peering_token::PeeringToken;

/// The kinds of name that Go reads, as they are tagged.
const EMAIL: u8 = 0x81;
const DNS: u8 = 0x82;
const URI: u8 = 0x86;
const IP: u8 = 0x87;

/// The sentence of Go's that both ends of a wrong list get.
const INVALID_NAME: &str = "invalid subject alternative name";

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    [
        lists,
        texts,
        addresses,
        other_kinds,
        trust_domains,
        of_the_server,
    ]
    .iter()
    .flat_map(|vectors| vectors(maker))
    .collect()
}

/// A root with these alternative names and no others.
fn with_names(maker: &Maker, condition: &str, description: &str, names: &[&[u8]]) -> Vector {
    let value = sequence(names);
    with_extension(
        maker,
        condition,
        description,
        SUBJECT_ALTERNATIVE_NAME,
        &value,
    )
}

/// The same, where the extension is critical.
fn with_critical_names(
    maker: &Maker,
    condition: &str,
    description: &str,
    names: &[&[u8]],
) -> Vector {
    with_root(maker, condition, description, |root| {
        root.put_extension(SUBJECT_ALTERNATIVE_NAME, true, &sequence(names));
    })
}

fn lists(maker: &Maker) -> Vec<Vector> {
    let value = |condition: &str, description: &str, value: &[u8]| {
        with_extension(
            maker,
            condition,
            description,
            SUBJECT_ALTERNATIVE_NAME,
            value,
        )
    };
    vec![
        with_names(
            maker,
            "names-none",
            "An empty list of alternative names, as RFC 5280 forbids.",
            &[],
        ),
        with_critical_names(
            maker,
            "names-none-critical",
            "A critical list of alternative names that is empty; Go has then not handled it, and \
             dialing fails.",
            &[],
        )
        .finds(&["ca-unusable"])
        .unlike("names-none"),
        value(
            "names-empty-value",
            "Alternative names with nothing in them, not even a list.",
            &[],
        )
        .go_refuses("invalid subject alternative names")
        .unlike("names-none"),
        value(
            "names-as-octets",
            "Alternative names that are an octet string in place of a list.",
            &[OCTET_STRING, 0],
        )
        .go_refuses("invalid subject alternative names")
        .unlike("names-none"),
        value(
            "names-bytes-behind",
            "A byte behind the list of alternative names; Go leaves it alone.",
            &[sequence(&[]), vec![0]].concat(),
        ),
        with_names(
            maker,
            "name-cut-off",
            "An alternative name that says that it has a byte more than there is.",
            &[&[DNS, 2, b'a']],
        )
        .go_refuses(INVALID_NAME)
        .unlike("name-dns-dots"),
        with_names(
            maker,
            "name-high-tag-number",
            "An alternative name whose tag number needs more than one byte.",
            // Read with one byte for its number, it would be a name of 31 bytes.
            &[&[0x9f, 31, 30], &[0; 30]],
        )
        .go_refuses(INVALID_NAME)
        .unlike("names-of-other-kinds"),
        with_names(
            maker,
            "names-two-faults",
            "A DNS name and a mail address with letters beyond ASCII: the first is told.",
            &[&element(DNS, b"\xe9"), &element(EMAIL, b"\xe9")],
        )
        .go_refuses("SAN dNSName is malformed")
        .unlike("name-mail-beyond-ascii"),
    ]
}

fn texts(maker: &Maker) -> Vec<Vector> {
    let name = |condition: &str, description: &str, kind: u8, text: &[u8]| {
        with_names(maker, condition, description, &[&element(kind, text)])
    };
    vec![
        name(
            "name-mail-no-mailbox",
            "A mail address that is none; Go wants ASCII and no more.",
            EMAIL,
            b"no mailbox",
        ),
        name(
            "name-mail-beyond-ascii",
            "A mail address with a letter beyond ASCII, in UTF-8.",
            EMAIL,
            "jos\u{e9}@example.org".as_bytes(),
        )
        .go_refuses("SAN rfc822Name is malformed")
        .unlike("name-mail-no-mailbox"),
        name(
            "name-dns-dots",
            "A DNS name of two dots and a control character; Go wants ASCII and no more.",
            DNS,
            b"..\x7f",
        ),
        name(
            "name-dns-beyond-ascii",
            "A DNS name with a letter beyond ASCII, in UTF-8.",
            DNS,
            "caf\u{e9}.example.org".as_bytes(),
        )
        .go_refuses("SAN dNSName is malformed")
        .unlike("name-dns-dots"),
        name(
            "name-uri-beyond-ascii",
            "A URI with a letter beyond ASCII, in UTF-8.",
            URI,
            "https://example.org/caf\u{e9}".as_bytes(),
        )
        .go_refuses("SAN uniformResourceIdentifier is malformed")
        .unlike("uri-path-escapes"),
        name(
            "name-uri-no-text",
            "A URI with a byte that no text has in UTF-8.",
            URI,
            b"https://example.org/\xff",
        )
        .go_refuses("SAN uniformResourceIdentifier is malformed")
        .unlike("uri-path-escapes"),
    ]
}

fn addresses(maker: &Maker) -> Vec<Vector> {
    let of_length = |condition: &str, description: &str, length: usize| {
        let address = element(IP, &vec![1; length]);
        with_names(maker, condition, description, &[&address])
    };
    let refused = |condition: &str, description: &str, length: usize, near_miss: &str| {
        of_length(condition, description, length)
            .go_refuses(format!("cannot parse IP address of length {length}"))
            .unlike(near_miss)
    };
    vec![
        of_length("name-ip-four", "An IP address of four bytes.", 4),
        of_length("name-ip-sixteen", "An IP address of sixteen bytes.", 16),
        refused(
            "name-ip-none",
            "An IP address of no bytes.",
            0,
            "name-ip-four",
        ),
        refused(
            "name-ip-five",
            "An IP address of five bytes.",
            5,
            "name-ip-four",
        ),
        refused(
            "name-ip-with-mask",
            "An IP address with a mask, eight bytes, as in name constraints.",
            8,
            "constraint-ip",
        ),
        refused(
            "name-ip-fifteen",
            "An IP address of fifteen bytes, such as the text of one.",
            15,
            "name-ip-sixteen",
        ),
    ]
}

fn other_kinds(maker: &Maker) -> Vec<Vector> {
    // otherName, x400Address, directoryName, ediPartyName and registeredID.
    let others = [0xa0, 0xa3, 0xa4, 0xa5, 0x88].map(|kind| element(kind, b"\xff"));
    let others: Vec<&[u8]> = others.iter().map(Vec::as_slice).collect();
    let constructed = element(0xa6, b"s://other/%zz\xff");
    vec![
        with_names(
            maker,
            "names-of-other-kinds",
            "Names of the five kinds that Go does not read, each with a byte that none of them is.",
            &others,
        ),
        with_critical_names(
            maker,
            "names-of-other-kinds-critical",
            "Names of the five kinds that Go does not read alone, and critical; dialing fails.",
            &others,
        )
        .finds(&["ca-unusable"])
        .unlike("names-of-other-kinds-and-dns"),
        with_critical_names(
            maker,
            "names-of-other-kinds-and-dns",
            "Names of the five kinds that Go does not read and a DNS name, and critical; the DNS name \
             is enough.",
            &[&others.concat(), &element(DNS, b"ca.example.org")],
        ),
        with_names(
            maker,
            "name-constructed",
            "A URI with the bit of a constructed value, which Go then does not take for one.",
            &[&constructed],
        ),
        with_names(
            maker,
            "name-primitive",
            "The same URI without that bit.",
            &[&element(URI, b"s://other/%zz\xff")],
        )
        .go_refuses("SAN uniformResourceIdentifier is malformed")
        .unlike("name-constructed"),
        with_names(
            maker,
            "name-private-class",
            "A name whose tag has the number of a URI and the private class.",
            &[&element(0xc6, b"\xff")],
        ),
        with_names(
            maker,
            "name-as-text",
            "A text without the tag of a name.",
            &[&element(UTF8_STRING, b"s://other")],
        ),
    ]
}

/// What the SPIFFE URI says beside the server name.
fn trust_domains(maker: &Maker) -> Vec<Vector> {
    let uri = |condition: &str, description: &str, uri: &str| {
        with_names(
            maker,
            condition,
            description,
            &[&element(URI, uri.as_bytes())],
        )
    };
    let own = maker.trust_domain.as_str();
    let other = format!("{}.consul", maker.source("another cluster").uuid());
    let spiffe = element(URI, format!("spiffe://{other}").as_bytes());
    vec![
        with_root(
            maker,
            "trust-domain-none",
            "A root without alternative names, as from Vault or AWS.",
            |root| {
                let names = [0x55, 0x1d, SUBJECT_ALTERNATIVE_NAME];
                let is_other = |extension: &Vec<u8>| !extension[4..].starts_with(&names);
                root.extensions.retain(is_other);
            },
        ),
        uri(
            "trust-domain-other",
            "The root of another cluster than the server name is of.",
            &format!("spiffe://{other}"),
        )
        .finds(&["server-name-mismatch"])
        .unlike("trust-domain-other-scheme"),
        uri(
            "trust-domain-other-scheme",
            "A root with a URI of another host that is no SPIFFE URI.",
            &format!("https://{other}"),
        ),
        uri(
            "trust-domain-upper-case",
            "The own trust domain in upper case, which is the same one.",
            &format!("SPIFFE://{}", own.to_uppercase()),
        ),
        uri(
            "trust-domain-with-path",
            "The own trust domain with a path, as of a service.",
            &format!("spiffe://{own}/ns/default/dc/dc1"),
        ),
        uri(
            "trust-domain-longer",
            "A trust domain that begins with the own one.",
            &format!("spiffe://{own}.example"),
        )
        .finds(&["server-name-mismatch"])
        .unlike("trust-domain-with-path"),
        uri(
            "trust-domain-empty",
            "A SPIFFE URI without a host, which names no trust domain.",
            "spiffe:///ca",
        ),
        with_names(
            maker,
            "trust-domain-behind-other-names",
            "The SPIFFE URI of another cluster behind a DNS name and a URI of another scheme.",
            &[
                &element(DNS, b"ca.example.org"),
                &element(URI, b"https://ca.example.org"),
                &spiffe,
            ],
        )
        .finds(&["server-name-mismatch"])
        .unlike("trust-domain-other-scheme"),
        with_names(
            maker,
            "trust-domain-behind-text",
            "The SPIFFE URI of another cluster behind a text without the tag of a name, which Go \
             passes over.",
            &[&element(UTF8_STRING, b"ca"), &spiffe],
        )
        .finds(&["server-name-mismatch"])
        .unlike("name-as-text"),
        with_names(
            maker,
            "trust-domain-constructed",
            "The SPIFFE URI of another cluster with the bit of a constructed value, which Go does not \
             take for a URI.",
            &[&element(0xa6, format!("spiffe://{other}").as_bytes())],
        ),
        maker.changed(
            Area::X509,
            "trust-domain-one-of-two",
            "The cluster's root beside that of another cluster; one that fits is enough.",
            |token| {
                let mut root = maker.certificate("trust-domain-one-of-two");
                let names = sequence(&[&spiffe]);
                root.put_extension(SUBJECT_ALTERNATIVE_NAME, false, &names);
                token.ca = Some(vec![maker.entry(&root), maker.root.clone()]);
            },
        ),
    ]
}

/// The certificate of a server in place of the root that issued it.
fn of_the_server(maker: &Maker) -> Vec<Vector> {
    let certificate =
        |condition: &str, description: &str, name: &str, more: fn(&mut Certificate)| {
            maker
                .changed(
                    Area::X509,
                    condition,
                    description,
                    |token: &mut PeeringToken| {
                        let mut own = maker.certificate(condition);
                        own.put_extension(BASIC_CONSTRAINTS, true, &[SEQUENCE, 0]);
                        let name = name.replace("{}", &token.server_name);
                        let names = sequence(&[&element(DNS, name.as_bytes())]);
                        own.put_extension(SUBJECT_ALTERNATIVE_NAME, false, &names);
                        more(&mut own);
                        token.ca = Some(vec![maker.entry(&own)]);
                    },
                )
                .finds(&["ca-not-a-ca"])
        };
    vec![
        certificate(
            "server-certificate",
            "A certificate of the acceptor's server in place of its root, no CA.",
            "{}",
            |_| {},
        )
        .unlike("trust-domain-none"),
        certificate(
            "server-certificate-for-clients",
            "A certificate with the server's name that is for clients alone, which no dialer takes of \
             a server.",
            "{}",
            |own| {
                // id-kp-clientAuth, 1.3.6.1.5.5.7.3.2.
                let client = identifier(&[0x2b, 6, 1, 5, 5, 7, 3, 2]);
                own.put_extension(37, false, &sequence(&[&client]));
            },
        )
        .finds(&["ca-not-a-ca", "ca-unusable"])
        .unlike("server-certificate"),
        certificate(
            "server-certificate-other-name",
            "A certificate of a server with another name, no CA.",
            "other.{}",
            |_| {},
        )
        .unlike("server-certificate"),
    ]
}
