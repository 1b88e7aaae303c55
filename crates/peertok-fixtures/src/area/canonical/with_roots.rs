//! The roots of a token: who issued them, and how many there are.

use super::build::minted;
use super::roots::{
    Root, RootKey, by_id, of_aws, of_consul, of_intermediate, of_operator, of_vault,
};
use crate::maker::Maker;
use crate::vector::Vector;

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    [built_in(maker), rotated(maker), others(maker)].concat()
}

fn with(maker: &Maker, condition: &str, description: &str, entries: Vec<String>) -> Vector {
    minted(maker, condition, description, |token| {
        token.ca = Some(entries);
    })
}

/// A root of the built-in CA on P-256.
fn consul(maker: &Maker, label: &str) -> Root {
    of_consul(maker, label, RootKey::ec(maker, label))
}

fn built_in(maker: &Maker) -> Vec<Vector> {
    let rsa = of_consul(maker, "rsa", RootKey::Rsa);
    let upper = maker.trust_domain.to_uppercase();
    let given = consul(maker, "given").of_trust_domain(&upper);
    let new = consul(maker, "new").valid(maker, 0, 3650);
    vec![
        with(
            maker,
            "rsa-root",
            "The built-in CA was told to use an RSA key.",
            vec![rsa.entry()],
        ),
        with(
            maker,
            "root-of-this-moment",
            "A root that becomes valid at the very moment at which it is used.",
            vec![new.entry()],
        ),
        with(
            maker,
            "root-given",
            "A root that was given to the built-in CA, with the trust domain in upper case.",
            vec![given.entry()],
        ),
    ]
}

fn rotated(maker: &Maker) -> Vec<Vector> {
    let first = || consul(maker, "first");
    let second = || consul(maker, "second").valid(maker, -1, 3649);
    let third = || consul(maker, "third").valid(maker, 0, 3650);
    let rsa = || of_consul(maker, "after", RootKey::Rsa).valid(maker, 0, 3650);
    let expired = || consul(maker, "expired").valid(maker, -3651, -1);
    let expiring = || consul(maker, "expiring").valid(maker, -3640, 10);
    vec![
        with(
            maker,
            "rotated",
            "After a rotation of the CA the old root is there beside the new one.",
            by_id(&[first(), second()]),
        ),
        with(
            maker,
            "rotated-twice",
            "After two rotations there are three roots, ordered by their IDs.",
            by_id(&[first(), second(), third()]),
        ),
        with(
            maker,
            "rotated-to-rsa",
            "After a rotation from an EC key to an RSA key.",
            by_id(&[first(), rsa()]),
        ),
        with(
            maker,
            "rotated-expired",
            "The old root has expired since the rotation, which does no harm.",
            by_id(&[expired(), second()]),
        )
        .finds(&["ca-expired"])
        .unlike("rotated"),
        with(
            maker,
            "rotated-expiring",
            "The old root expires within ten days, and the new one is there already.",
            by_id(&[expiring(), second()]),
        )
        .finds(&["ca-expiring"])
        .unlike("rotated"),
        with(
            maker,
            "rotated-from-vault",
            "After a change from Vault to the built-in CA.",
            by_id(&[of_vault(maker, "before"), second()]),
        ),
    ]
}

fn others(maker: &Maker) -> Vec<Vector> {
    let root = of_operator(maker, "chain");
    let chain = of_intermediate(maker, "intermediate", &root) + &root.entry();
    let other = format!("{}.consul", maker.source("the first cluster").uuid());
    let shared = of_vault(maker, "shared").of_trust_domain(&other);
    vec![
        with(
            maker,
            "vault-root",
            "A root that Vault made for Consul, with the trust domain in it.",
            vec![of_vault(maker, "vault").entry()],
        ),
        with(
            maker,
            "vault-root-of-another",
            "A root that was in Vault before: it has no SPIFFE URI, and the trust domain is in the CA's configuration alone.",
            vec![of_operator(maker, "vault, before").entry()],
        ),
        with(
            maker,
            "vault-root-shared",
            "Two clusters share one root of Vault, which has the trust domain of the first.",
            vec![shared.entry()],
        )
        .finds(&["server-name-mismatch"])
        .unlike("vault-root"),
        with(
            maker,
            "vault-chain",
            "Vault's CA is an intermediate one: the whole chain is one entry.",
            vec![chain],
        )
        .finds(&["ca-extra-certificate"])
        .unlike("vault-root-of-another"),
        with(
            maker,
            "aws-root",
            "A root of AWS Private CA, without a SPIFFE URI.",
            vec![of_aws(maker, "aws").entry()],
        ),
    ]
}
