//! The names in name constraints: domains, IP addresses with masks, mail and URIs. All are excluded
//! here, and none is the server's.

use super::constraints::{DNS, EMAIL, IP, URI, excluding};
use crate::maker::Maker;
use crate::vector::Vector;

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    [domains, addresses, masks, mail, uris]
        .iter()
        .flat_map(|vectors| vectors(maker))
        .collect()
}

fn domains(maker: &Maker) -> Vec<Vector> {
    let taken = |condition: &str, description: &str, name: &str| {
        excluding(maker, condition, description, DNS, name.as_bytes())
    };
    let refused = |condition: &str, description: &str, name: &str, near_miss: &str| {
        taken(condition, description, name)
            .go_refuses(format!("failed to parse dnsName constraint \"{name}\""))
            .unlike(near_miss)
    };
    vec![
        taken(
            "constraint-dns-dot-first",
            "A constraint on the names below a domain, with a dot before it.",
            ".example.org",
        ),
        taken(
            "constraint-dns-star",
            "A constraint with a star, which means nothing there.",
            "*.example.org",
        ),
        refused(
            "constraint-dns-dot-last",
            "A constraint with a dot behind the domain.",
            "example.org.",
            "constraint-dns-dot-first",
        ),
        refused(
            "constraint-dns-two-dots-first",
            "A constraint with two dots before the domain.",
            "..example.org",
            "constraint-dns-dot-first",
        ),
        refused(
            "constraint-dns-one-dot",
            "A constraint that is a dot.",
            ".",
            "constraint-dns-dot-first",
        ),
        refused(
            "constraint-dns-two-dots",
            "A constraint with two dots in a row within.",
            "example..org",
            "constraint-dns-dot-first",
        ),
        refused(
            "constraint-dns-blank",
            "A constraint with a blank, the last character before those that one can see.",
            "example org",
            "constraint-dns-first-and-last",
        ),
        taken(
            "constraint-dns-first-and-last",
            "A constraint with the first and the last character of ASCII that one can see.",
            "!~",
        ),
        excluding(
            maker,
            "constraint-dns-delete",
            "A constraint with the control character 7f.",
            DNS,
            b"a\x7f",
        )
        .go_refuses(r#"failed to parse dnsName constraint "a\x7f""#)
        .unlike("constraint-dns-first-and-last"),
        excluding(
            maker,
            "constraint-dns-beyond-ascii",
            "A constraint with a letter beyond ASCII and a byte that no text has in UTF-8.",
            DNS,
            b"caf\xc3\xa9\xff",
        )
        .go_refuses(
            "invalid constraint value: x509: \"caf\u{e9}\\xff\" cannot be encoded as an IA5String",
        )
        .unlike("constraint-dns-first-and-last"),
    ]
}

fn addresses(maker: &Maker) -> Vec<Vector> {
    let of_length = |condition: &str, description: &str, length: usize| {
        excluding(maker, condition, description, IP, &vec![0; length])
    };
    let refused = |condition: &str, description: &str, length: usize, near_miss: &str| {
        of_length(condition, description, length)
            .go_refuses(format!("IP constraint contained value of length {length}"))
            .unlike(near_miss)
    };
    vec![
        of_length(
            "constraint-ip",
            "A constraint on all IPv4 addresses: eight bytes, address and mask.",
            8,
        ),
        of_length(
            "constraint-ip-six",
            "A constraint on all IPv6 addresses: 32 bytes, address and mask.",
            32,
        ),
        refused(
            "constraint-ip-empty",
            "A constraint on an IP address of no bytes.",
            0,
            "constraint-ip",
        ),
        refused(
            "constraint-ip-no-mask",
            "A constraint on an IPv4 address without mask, as among the alternative names.",
            4,
            "name-ip-four",
        ),
        refused(
            "constraint-ip-six-no-mask",
            "A constraint on an IPv6 address without mask, as among the alternative names.",
            16,
            "name-ip-sixteen",
        ),
    ]
}

fn masks(maker: &Maker) -> Vec<Vector> {
    let masked = |condition: &str, description: &str, mask: [u8; 4]| {
        let name = [[192, 0, 2, 0], mask].concat();
        excluding(maker, condition, description, IP, &name)
    };
    let refused = |condition: &str, description: &str, mask: [u8; 4], near_miss: &str| {
        let digits = base16ct::lower::encode_string(&mask);
        masked(condition, description, mask)
            .go_refuses(format!("IP constraint contained invalid mask {digits}"))
            .unlike(near_miss)
    };
    let six = [[0xff; 16], [0xff; 16]].concat();
    let six_with_gap: Vec<u8> = [[0; 16].as_slice(), &[0xff; 14], &[0, 0xff]].concat();
    vec![
        masked(
            "constraint-mask-all",
            "A mask of 32 ones.",
            [0xff, 0xff, 0xff, 0xff],
        ),
        masked(
            "constraint-mask-within-byte",
            "A mask of nineteen ones, which end within a byte.",
            [0xff, 0xff, 0xe0, 0],
        ),
        masked(
            "constraint-mask-one",
            "A mask of a single one.",
            [0x80, 0, 0, 0],
        ),
        refused(
            "constraint-mask-gap-in-byte",
            "A mask with a zero between its ones, in one byte.",
            [0xff, 0xfd, 0, 0],
            "constraint-mask-within-byte",
        ),
        refused(
            "constraint-mask-zero-first",
            "A mask that begins with zeros and ends its byte in ones.",
            [0x0f, 0, 0, 0],
            "constraint-mask-one",
        ),
        refused(
            "constraint-mask-gap-between-bytes",
            "A mask with a one in the byte behind its first zero.",
            [0xff, 0xfe, 0x80, 0],
            "constraint-mask-within-byte",
        ),
        refused(
            "constraint-mask-last-bit",
            "A mask of zeros whose last bit is a one.",
            [0, 0, 0, 1],
            "constraint-ip",
        ),
        refused(
            "constraint-mask-inverted",
            "A mask the other way round, as routers have it.",
            [0, 0, 0, 0xff],
            "constraint-ip",
        ),
        excluding(
            maker,
            "constraint-mask-six-all",
            "A constraint on a single IPv6 address.",
            IP,
            &six,
        ),
        excluding(
            maker,
            "constraint-mask-six-gap",
            "A constraint on IPv6 addresses whose mask has zeros between its ones.",
            IP,
            &six_with_gap,
        )
        .go_refuses("IP constraint contained invalid mask ffffffffffffffffffffffffffff00ff")
        .unlike("constraint-mask-six-all"),
    ]
}

/// Without a sign for at, a constraint on mail is a domain.
fn mail(maker: &Maker) -> Vec<Vector> {
    let taken = |condition: &str, description: &str, name: &str| {
        excluding(maker, condition, description, EMAIL, name.as_bytes())
    };
    let refused = |condition: &str, description: &str, name: &str, near_miss: &str| {
        taken(condition, description, name)
            .go_refuses(format!("failed to parse rfc822Name constraint \"{name}\""))
            .unlike(near_miss)
    };
    vec![
        taken(
            "constraint-mail-domain",
            "A constraint on the mailboxes of a host.",
            "example.org",
        ),
        taken(
            "constraint-mail-dot-first",
            "A constraint on the mailboxes of all hosts in a domain.",
            ".example.org",
        ),
        taken(
            "constraint-mail-empty",
            "A constraint on mail that is empty, which is a domain for Go.",
            "",
        ),
        refused(
            "constraint-mail-dot-last",
            "A constraint on mail with a dot behind the domain.",
            "example.org.",
            "constraint-mail-domain",
        ),
        refused(
            "constraint-mail-blank",
            "A constraint on mail with a blank in the domain.",
            "example org",
            "constraint-mail-domain",
        ),
        excluding(
            maker,
            "constraint-mail-beyond-ascii",
            "A constraint on a mailbox with a letter beyond ASCII.",
            EMAIL,
            "jos\u{e9}@example.org".as_bytes(),
        )
        .go_refuses(
            "invalid constraint value: x509: \"jos\u{e9}@example.org\" cannot be encoded as an \
             IA5String",
        )
        .unlike("constraint-mailbox"),
    ]
}

fn uris(maker: &Maker) -> Vec<Vector> {
    let taken = |condition: &str, description: &str, name: &str| {
        excluding(maker, condition, description, URI, name.as_bytes())
    };
    let refused = |condition: &str, description: &str, name: &str, more: &str, near_miss: &str| {
        taken(condition, description, name)
            .go_refuses(format!("failed to parse URI constraint \"{name}\"{more}"))
            .unlike(near_miss)
    };
    let address = ": cannot be IP address";
    vec![
        taken(
            "constraint-uri",
            "A constraint on URIs of a host.",
            "example.org",
        ),
        taken(
            "constraint-uri-dot-first",
            "A constraint on URIs of all hosts in a domain.",
            ".example.org",
        ),
        taken(
            "constraint-uri-whole",
            "A constraint on URIs that is a URI itself, where a host should be; each of its \
             characters can be seen, and so it passes for a domain.",
            "https://example.org/",
        ),
        taken(
            "constraint-uri-zone",
            "A constraint on URIs that is an IPv6 address with a zone, which Go takes for a \
             domain.",
            "fe80::1%eth0",
        ),
        taken(
            "constraint-uri-ip-brackets",
            "A constraint on URIs that is an IPv6 address in brackets, which Go takes for a \
             domain.",
            "[2001:db8::1]",
        ),
        refused(
            "constraint-uri-ip-six",
            "A constraint on URIs that is an IPv6 address.",
            "2001:db8::1",
            address,
            "constraint-uri-ip-brackets",
        ),
        refused(
            "constraint-uri-ip-four",
            "A constraint on URIs that is an IPv4 address.",
            "192.0.2.1",
            address,
            "constraint-uri-ip-four-large",
        ),
        taken(
            "constraint-uri-ip-four-large",
            "A constraint on URIs that is no IPv4 address for its last number, and so a domain.",
            "192.0.2.256",
        ),
        refused(
            "constraint-uri-two-dots",
            "A constraint on URIs with two dots in a row.",
            "example..org",
            "",
            "constraint-uri",
        ),
        refused(
            "constraint-uri-dot-last",
            "A constraint on URIs with a dot behind the domain.",
            "example.org.",
            "",
            "constraint-uri-dot-first",
        ),
        excluding(
            maker,
            "constraint-uri-beyond-ascii",
            "A constraint on URIs with a letter beyond ASCII.",
            URI,
            "caf\u{e9}.example".as_bytes(),
        )
        .go_refuses(
            "invalid constraint value: x509: \"caf\u{e9}.example\" cannot be encoded as an \
             IA5String",
        )
        .unlike("constraint-uri"),
    ]
}
