//! Name constraints: the one extension where Go minds bytes behind what it reads. Which names may
//! stand in them has its own modules.

use super::build::{with_extension, with_root};
use crate::certificate::{OCTET_STRING, SEQUENCE, element, sequence};
use crate::maker::Maker;
use crate::vector::Vector;

const NAME_CONSTRAINTS: u8 = 30;

/// The two lists.
const PERMITTED: u8 = 0xa0;
const EXCLUDED: u8 = 0xa1;

/// The kinds of name that Go reads, as they are tagged.
pub(super) const EMAIL: u8 = 0x81;
pub(super) const DNS: u8 = 0x82;
pub(super) const URI: u8 = 0x86;
pub(super) const IP: u8 = 0x87;
/// One that it does not read.
const DIRECTORY: u8 = 0xa4;

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    [frames, on_the_server_name, critical]
        .iter()
        .flat_map(|vectors| vectors(maker))
        .collect()
}

/// A subtree that is this name alone.
fn subtree(kind: u8, name: &[u8]) -> Vec<u8> {
    sequence(&[&element(kind, name)])
}

/// A root whose name constraints have these fields.
fn with_fields(maker: &Maker, condition: &str, description: &str, fields: &[&[u8]]) -> Vector {
    let value = sequence(fields);
    with_extension(maker, condition, description, NAME_CONSTRAINTS, &value)
}

/// A root that excludes this name and no other.
pub(super) fn excluding(
    maker: &Maker,
    condition: &str,
    description: &str,
    kind: u8,
    name: &[u8],
) -> Vector {
    let excluded = element(EXCLUDED, &subtree(kind, name));
    with_fields(maker, condition, description, &[&excluded])
}

fn frames(maker: &Maker) -> Vec<Vector> {
    let fields = |condition: &str, description: &str, fields: &[&[u8]]| {
        with_fields(maker, condition, description, fields)
    };
    let invalid = "invalid NameConstraints extension";
    let empty = "empty name constraints extension";
    let name = subtree(DNS, b"example.org");
    let (permitted, excluded) = (
        element(PERMITTED, &subtree(DNS, b"consul")),
        element(EXCLUDED, &name),
    );
    vec![
        fields(
            "constraints-both-lists",
            "Name constraints that permit one domain, the server's own, and exclude another.",
            &[&permitted, &excluded],
        ),
        fields("constraints-none", "Name constraints without a list.", &[])
            .go_refuses(empty)
            .unlike("constraints-one-empty-list"),
        fields(
            "constraints-empty-lists",
            "Name constraints with two empty lists.",
            &[&[PERMITTED, 0], &[EXCLUDED, 0]],
        )
        .go_refuses(empty)
        .unlike("constraints-one-empty-list"),
        fields(
            "constraints-one-empty-list",
            "Name constraints that permit nothing by name and exclude one domain, not the \
             server's.",
            &[&[PERMITTED, 0], &excluded],
        ),
        fields(
            "constraints-empty-second-list",
            "Name constraints that permit one domain, the server's own, and exclude none by name.",
            &[&permitted, &[EXCLUDED, 0]],
        ),
        fields(
            "constraints-other-order",
            "Name constraints with the excluded names before the permitted ones.",
            &[&excluded, &permitted],
        )
        .go_refuses(invalid)
        .unlike("constraints-both-lists"),
        fields(
            "constraints-third-list",
            "Name constraints with a third list.",
            &[&excluded, &[0xa2, 0]],
        )
        .go_refuses(invalid)
        .unlike("constraints-one-empty-list"),
        fields(
            "constraints-list-cut-off",
            "Name constraints whose list says that it has a byte more than there is.",
            &[&[PERMITTED, 1]],
        )
        .go_refuses(invalid)
        .unlike("constraints-one-empty-list"),
        fields(
            "constraints-second-list-cut-off",
            "Name constraints whose list of excluded names says that it has a byte more than there \
             is.",
            &[&permitted, &[EXCLUDED, 1]],
        )
        .go_refuses(invalid)
        .unlike("constraints-empty-second-list"),
        with_extension(
            maker,
            "constraints-bytes-behind",
            "A byte behind the name constraints, at which Go looks here and nowhere else.",
            NAME_CONSTRAINTS,
            &[sequence(&[&excluded]), vec![0]].concat(),
        )
        .go_refuses(invalid)
        .unlike("names-bytes-behind"),
        with_extension(
            maker,
            "constraints-as-octets",
            "Name constraints that are an octet string in place of a sequence.",
            NAME_CONSTRAINTS,
            &[OCTET_STRING, 0],
        )
        .go_refuses(invalid)
        .unlike("constraints-both-lists"),
        fields(
            "constraint-bare",
            "A name constraint that is a name without a sequence around it.",
            &[&element(EXCLUDED, &element(DNS, b"example.org"))],
        )
        .go_refuses(invalid)
        .unlike("constraints-both-lists"),
        fields(
            "constraint-empty",
            "A name constraint with nothing in it.",
            &[&element(EXCLUDED, &sequence(&[]))],
        )
        .go_refuses(invalid)
        .unlike("constraints-both-lists"),
        fields(
            "constraint-second-cut-off",
            "A name constraint behind a sound one that is cut off.",
            &[&element(
                EXCLUDED,
                &[name.as_slice(), &[SEQUENCE, 9]].concat(),
            )],
        )
        .go_refuses(invalid)
        .unlike("constraint-minimum-cut-off"),
        fields(
            "constraint-minimum-cut-off",
            "A name constraint with a minimum behind the name that is cut off; Go does not look at \
             it.",
            &[&element(
                EXCLUDED,
                &sequence(&[&element(DNS, b"example.org"), &[0x80, 9]]),
            )],
        ),
        fields(
            "constraints-two-faults",
            "A wrong name in both lists: the permitted one is told.",
            &[
                &element(PERMITTED, &subtree(DNS, b"a.")),
                &element(EXCLUDED, &subtree(DNS, b"b.")),
            ],
        )
        .go_refuses("failed to parse dnsName constraint \"a.\"")
        .unlike("constraints-fault-in-second"),
        fields(
            "constraints-fault-in-second",
            "A wrong name among the excluded ones behind a sound permitted one.",
            &[&permitted, &element(EXCLUDED, &subtree(DNS, b"b."))],
        )
        .go_refuses("failed to parse dnsName constraint \"b.\"")
        .unlike("constraints-both-lists"),
    ]
}

/// Constraints that leave the acceptor's servers out, or in.
fn on_the_server_name(maker: &Maker) -> Vec<Vector> {
    let listing = |condition: &str, description: &str, list: u8, names: &[&str]| {
        let subtrees = names.iter();
        let subtrees: Vec<_> = subtrees.map(|name| subtree(DNS, name.as_bytes())).collect();
        let list = element(list, &subtrees.concat());
        with_fields(maker, condition, description, &[&list])
    };
    let out = |vector: Vector, near_miss: &str| vector.finds(&["ca-unusable"]).unlike(near_miss);
    vec![
        listing(
            "constraint-permits-server",
            "Name constraints that permit two domains, of which the second is the server's.",
            PERMITTED,
            &["example.org", "CONSUL"],
        ),
        out(
            listing(
                "constraint-permits-another",
                "Name constraints that permit another domain alone: dialing fails.",
                PERMITTED,
                &["example.org"],
            ),
            "constraint-permits-server",
        ),
        out(
            listing(
                "constraint-permits-part-of-label",
                "Name constraints that permit a domain with whose letters the server's ends, but not \
                 at a dot.",
                PERMITTED,
                &["onsul"],
            ),
            "constraint-permits-server",
        ),
        listing(
            "constraint-permits-everything",
            "Name constraints that permit the empty domain, in which every name is.",
            PERMITTED,
            &[""],
        ),
        listing(
            "constraint-permits-below",
            "Name constraints that permit the names below the server's domain.",
            PERMITTED,
            &[".consul"],
        ),
        out(
            listing(
                "constraint-excludes-server",
                "Name constraints that exclude the server's domain behind another: dialing fails.",
                EXCLUDED,
                &["example.org", "consul"],
            ),
            "constraint-excludes-another",
        ),
        listing(
            "constraint-excludes-another",
            "Name constraints that exclude another domain.",
            EXCLUDED,
            &["example.consul"],
        ),
        out(
            listing(
                "constraint-excludes-everything",
                "Name constraints that exclude the empty domain, in which every name is.",
                EXCLUDED,
                &[""],
            ),
            "constraint-permits-everything",
        ),
        out(
            {
                let fields = [
                    element(PERMITTED, &[]),
                    element(EXCLUDED, &subtree(DNS, b"consul")),
                ];
                with_fields(
                    maker,
                    "constraint-excludes-behind-empty-list",
                    "Name constraints with an empty list of permitted names, and the server's domain \
                     among the excluded ones.",
                    &[&fields.concat()],
                )
            },
            "constraints-one-empty-list",
        ),
        {
            let permitted = element(PERMITTED, &subtree(EMAIL, b"example.org"));
            with_fields(
                maker,
                "constraint-permits-mail",
                "Name constraints on mail alone, which say nothing of DNS names.",
                &[&permitted],
            )
        },
    ]
}

fn critical(maker: &Maker) -> Vec<Vector> {
    let critical = |condition: &str, description: &str, subtrees: &[&[u8]]| {
        with_root(maker, condition, description, |root| {
            let value = sequence(&[&element(EXCLUDED, &subtrees.concat())]);
            root.put_extension(NAME_CONSTRAINTS, true, &value);
        })
    };
    let directory = subtree(DIRECTORY, &sequence(&[]));
    let all = [
        subtree(DNS, b"example.org"),
        subtree(EMAIL, b"example.org"),
        subtree(URI, b"example.org"),
        subtree(IP, &[0; 8]),
    ];
    vec![
        critical(
            "constraints-critical",
            "Critical name constraints of all the kinds that Go knows.",
            &[&all.concat()],
        ),
        critical(
            "constraints-critical-directory",
            "Critical name constraints on a DNS name and on a directory name, which Go does not know: \
             dialing fails.",
            &[&directory, &subtree(DNS, b"example.org")],
        )
        .finds(&["ca-unusable"])
        .unlike("constraints-critical"),
        excluding(
            maker,
            "constraints-directory",
            "Name constraints on a directory name, which is none; Go does not look, and they are not \
             critical.",
            DIRECTORY,
            b"\xff",
        ),
        excluding(
            maker,
            "constraint-constructed",
            "A constraint on a DNS name with the bit of a constructed value, which Go then does not \
             take for one.",
            0xa2,
            b"consul",
        ),
    ]
}
