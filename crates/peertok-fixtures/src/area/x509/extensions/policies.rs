//! Policies: which ones a certificate is for, how they map, and what is asked of them.

use super::build::{identifier, with_extension};
use crate::certificate::{INTEGER, OCTET_STRING, SEQUENCE, UTF8_STRING, element, sequence};
use crate::maker::Maker;
use crate::vector::Vector;

const CERTIFICATE_POLICIES: u8 = 32;
const POLICY_MAPPINGS: u8 = 33;
const POLICY_CONSTRAINTS: u8 = 36;
const INHIBIT_ANY_POLICY: u8 = 54;

/// The largest number that Go takes, 9223372036854775807.
const LARGEST: [u8; 8] = [0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
/// One more than that.
const TOO_LARGE: [u8; 9] = [0, 0x80, 0, 0, 0, 0, 0, 0, 0];

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    [policies, mappings, constraints, inhibit_any_policy]
        .iter()
        .flat_map(|vectors| vectors(maker))
        .collect()
}

fn policies(maker: &Maker) -> Vec<Vector> {
    let listed = |condition: &str, description: &str, policies: &[&[u8]]| {
        let value = sequence(policies);
        with_extension(maker, condition, description, CERTIFICATE_POLICIES, &value)
    };
    // Policies of these identifiers, each as it is encoded.
    let named = |condition: &str, description: &str, identifiers: &[&[u8]]| {
        let policies = identifiers.iter();
        let policies: Vec<_> = policies
            .map(|encoded| sequence(&[&identifier(encoded)]))
            .collect();
        listed(condition, description, &[&policies.concat()])
    };
    let numbers: Vec<[u8; 2]> = (0..40).map(|last| [0x2a, last]).collect();
    let forty: Vec<&[u8]> = numbers.iter().map(<[u8; 2]>::as_slice).collect();
    let invalid = "invalid certificate policies";
    let again = |place: usize| [forty.as_slice(), &[forty[place]]].concat();
    vec![
        named(
            "policies-none",
            "An empty list of certificate policies.",
            &[],
        ),
        named(
            "policies-two",
            "Two certificate policies, 1.2.3 and 1.2.4.",
            &[&[0x2a, 3], &[0x2a, 4]],
        ),
        named(
            "policies-one-twice",
            "The certificate policy 1.2.3 twice, with another between.",
            &[&[0x2a, 3], &[0x2a, 4], &[0x2a, 3]],
        )
        .go_refuses(invalid)
        .unlike("policies-two"),
        named("policies-many", "Forty certificate policies.", &forty),
        named(
            "policies-many-first-twice",
            "Forty certificate policies, of which the first comes once more at the end.",
            &again(0),
        )
        .go_refuses(invalid)
        .unlike("policies-many"),
        named(
            "policies-many-last-twice",
            "Forty certificate policies, of which the last comes twice in a row.",
            &again(39),
        )
        .go_refuses(invalid)
        .unlike("policies-many"),
        named(
            "policy-huge-number",
            "A certificate policy with a number of 77 bits, which Go takes here and nowhere else.",
            &[&[
                0x2a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f,
            ]],
        ),
        named(
            "policy-padded",
            "A certificate policy whose last number has a zero before it.",
            &[&[0x2a, 0x80, 0x01]],
        )
        .go_refuses(invalid)
        .unlike("policy-zero-within"),
        named(
            "policy-zero-within",
            "The certificate policy 1.2.2097153, whose last number has fourteen zero bits in a row \
             within.",
            &[&[0x2a, 0x81, 0x80, 0x80, 0x01]],
        ),
        named(
            "policy-unfinished",
            "A certificate policy that ends within a number.",
            &[&[0x2a, 0x81]],
        )
        .go_refuses(invalid)
        .unlike("policies-two"),
        named(
            "policy-empty-identifier",
            "A certificate policy whose identifier has no bytes.",
            &[&[]],
        )
        .go_refuses(invalid)
        .unlike("policies-two"),
        listed(
            "policy-empty",
            "A certificate policy with nothing in it.",
            &[&sequence(&[])],
        )
        .go_refuses(invalid)
        .unlike("policies-none"),
        listed(
            "policy-bare-identifier",
            "A certificate policy that is an identifier without a sequence around it.",
            &[&identifier(&[0x2a, 3])],
        )
        .go_refuses(invalid)
        .unlike("policies-two"),
        listed(
            "policy-qualifiers-cut-off",
            "A certificate policy whose qualifiers are cut off; Go does not look at them.",
            &[&sequence(&[&identifier(&[0x2a, 3]), &[SEQUENCE, 9]])],
        ),
        with_extension(
            maker,
            "policies-as-octets",
            "Certificate policies that are an octet string in place of a list.",
            CERTIFICATE_POLICIES,
            &[OCTET_STRING, 0],
        )
        .go_refuses(invalid)
        .unlike("policies-none"),
    ]
}

fn mappings(maker: &Maker) -> Vec<Vector> {
    let mapped = |condition: &str, description: &str, mappings: &[&[u8]]| {
        let value = sequence(mappings);
        with_extension(maker, condition, description, POLICY_MAPPINGS, &value)
    };
    let (one, other) = (identifier(&[0x2a, 3]), identifier(&[0x2a, 4]));
    let invalid = "invalid policy mappings extension";
    vec![
        mapped(
            "mapping",
            "A mapping of one policy to another.",
            &[&sequence(&[&one, &other])],
        ),
        mapped("mappings-none", "An empty list of policy mappings.", &[]),
        mapped(
            "mapping-empty-identifiers",
            "A mapping whose two policies are empty identifiers; Go does not look into them.",
            &[&sequence(&[&identifier(&[]), &identifier(&[])])],
        ),
        mapped(
            "mapping-without-target",
            "A mapping of a policy to none.",
            &[&sequence(&[&one])],
        )
        .go_refuses(invalid)
        .unlike("mapping-empty-identifiers"),
        mapped(
            "mapping-empty",
            "A mapping with nothing in it.",
            &[&sequence(&[])],
        )
        .go_refuses(invalid)
        .unlike("mappings-none"),
        mapped(
            "mapping-text",
            "A mapping of a policy to a text.",
            &[&sequence(&[&one, &element(UTF8_STRING, b"1.2.4")])],
        )
        .go_refuses(invalid)
        .unlike("mapping"),
        mapped(
            "mapping-bare",
            "Policy mappings that are the two policies, without a sequence around them.",
            &[&one, &other],
        )
        .go_refuses(invalid)
        .unlike("mapping"),
        with_extension(
            maker,
            "mappings-as-octets",
            "Policy mappings that are an octet string in place of a list.",
            POLICY_MAPPINGS,
            &[OCTET_STRING, 0],
        )
        .go_refuses(invalid)
        .unlike("mappings-none"),
    ]
}

fn constraints(maker: &Maker) -> Vec<Vector> {
    const EXPLICIT: u8 = 0x80;
    const MAPPING: u8 = 0x81;
    let constrained = |condition: &str, description: &str, fields: &[&[u8]]| {
        let value = sequence(fields);
        with_extension(maker, condition, description, POLICY_CONSTRAINTS, &value)
    };
    let refused = |condition: &str, description: &str, fields: &[&[u8]], near_miss: &str| {
        constrained(condition, description, fields)
            .go_refuses("invalid policy constraints extension")
            .unlike(near_miss)
    };
    vec![
        constrained(
            "policy-constraints",
            "Policy constraints with both of their numbers.",
            &[&[EXPLICIT, 1, 0], &[MAPPING, 1, 0]],
        ),
        constrained(
            "policy-constraints-none",
            "Policy constraints that constrain nothing, as RFC 5280 forbids.",
            &[],
        ),
        constrained(
            "policy-constraints-negative",
            "Policy constraints of -1, twice; Go takes any number.",
            &[&[EXPLICIT, 1, 0xff], &[MAPPING, 1, 0xff]],
        ),
        constrained(
            "policy-constraints-largest",
            "Policy constraints of 9223372036854775807, twice, the largest number that Go takes.",
            &[&element(EXPLICIT, &LARGEST), &element(MAPPING, &LARGEST)],
        ),
        refused(
            "policy-constraints-explicit-too-large",
            "Policy constraints that want an explicit policy after 9223372036854775808 \
             certificates.",
            &[&element(EXPLICIT, &TOO_LARGE)],
            "policy-constraints-largest",
        ),
        refused(
            "policy-constraints-mapping-too-large",
            "Policy constraints that inhibit mapping after 9223372036854775808 certificates.",
            &[&element(MAPPING, &TOO_LARGE)],
            "policy-constraints-largest",
        ),
        refused(
            "policy-constraints-empty-number",
            "Policy constraints with a number of no bytes.",
            &[&[EXPLICIT, 0]],
            "policy-constraints-none",
        ),
        refused(
            "policy-constraints-padded",
            "Policy constraints with the number 0 in two bytes.",
            &[&[MAPPING, 2, 0, 0]],
            "policy-constraints",
        ),
        refused(
            "policy-constraints-padded-negative",
            "Policy constraints with the number -1 in two bytes.",
            &[&[MAPPING, 2, 0xff, 0xff]],
            "policy-constraints-needed-ones",
        ),
        constrained(
            "policy-constraints-needed-ones",
            "Policy constraints with the number -129, which needs two bytes.",
            &[&[MAPPING, 2, 0xff, 0x7f]],
        ),
        constrained(
            "policy-constraints-other-order",
            "Policy constraints with the inhibited mapping first: Go does not look at the explicit \
             policy behind it, whose number is empty.",
            &[&[MAPPING, 1, 0], &[EXPLICIT, 0]],
        ),
        with_extension(
            maker,
            "policy-constraints-bare",
            "Policy constraints that are a number without a sequence around it.",
            POLICY_CONSTRAINTS,
            &[EXPLICIT, 1, 0],
        )
        .go_refuses("invalid policy constraints extension")
        .unlike("policy-constraints"),
    ]
}

fn inhibit_any_policy(maker: &Maker) -> Vec<Vector> {
    let inhibited = |condition: &str, description: &str, value: &[u8]| {
        with_extension(maker, condition, description, INHIBIT_ANY_POLICY, value)
    };
    let refused = |condition: &str, description: &str, value: &[u8], near_miss: &str| {
        inhibited(condition, description, value)
            .go_refuses("invalid inhibit any policy extension")
            .unlike(near_miss)
    };
    vec![
        inhibited(
            "inhibit-any",
            "A root that inhibits anyPolicy at once.",
            &[INTEGER, 1, 0],
        ),
        inhibited(
            "inhibit-any-negative",
            "A root that inhibits anyPolicy after -1 certificates; Go takes any number.",
            &[INTEGER, 1, 0xff],
        ),
        inhibited(
            "inhibit-any-largest",
            "A root that inhibits anyPolicy after 9223372036854775807 certificates.",
            &element(INTEGER, &LARGEST),
        ),
        refused(
            "inhibit-any-too-large",
            "A root that inhibits anyPolicy after 9223372036854775808 certificates.",
            &element(INTEGER, &TOO_LARGE),
            "inhibit-any-largest",
        ),
        refused(
            "inhibit-any-empty-number",
            "A root that inhibits anyPolicy with a number of no bytes.",
            &[INTEGER, 0],
            "inhibit-any",
        ),
        refused(
            "inhibit-any-as-octets",
            "A root that inhibits anyPolicy with an octet string in place of a number.",
            &[OCTET_STRING, 1, 0],
            "inhibit-any",
        ),
    ]
}
