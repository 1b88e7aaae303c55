//! Roots that a server takes, and what a dialer makes of them: when they are valid, what they may
//! sign, and which of them there are.

use super::build::changed;
use crate::certificate::{
    BASIC_CONSTRAINTS, BIT_STRING, BOOLEAN, Certificate, INTEGER, KEY_USAGE, NULL,
    OBJECT_IDENTIFIER, SEQUENCE, SUBJECT_ALTERNATIVE_NAME, common_name, element, extension,
    sequence, validity, years_from,
};
use crate::maker::Maker;
use crate::vector::{Area, Vector};
use jiff::{SignedDuration, Timestamp};

const NAME_CONSTRAINTS: u8 = 30;
const EXTENDED_KEY_USAGE: u8 = 37;

const DAY: SignedDuration = SignedDuration::from_hours(24);
const SECOND: SignedDuration = SignedDuration::from_secs(1);

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    [dates, basic_constraints, key_usage, obstacles, lists]
        .iter()
        .flat_map(|vectors| vectors(maker))
        .collect()
}

/// The moment so much later; itself where there is none.
fn after(at: Timestamp, duration: SignedDuration) -> Timestamp {
    at.checked_add(duration).unwrap_or(at)
}

fn expired(root: &mut Certificate, at: Timestamp) {
    root.validity = validity(years_from(at, -10), after(at, -SECOND));
}

/// Roots that are valid at other moments.
fn dates(maker: &Maker) -> Vec<Vector> {
    let at = maker.at;
    let between = |condition: &str, description: &str, from: Timestamp, to: Timestamp| {
        changed(maker, condition, description, |root| {
            root.validity = validity(from, to);
        })
    };
    let (past, future) = (years_from(at, -1), years_from(at, 9));
    let mut root = maker.certificate("x509_expired-beside-a-valid-one");
    expired(&mut root, at);
    let old = maker.entry(&root);
    vec![
        changed(
            maker,
            "expired",
            "A root that expired a second before.",
            |root| expired(root, at),
        )
        .finds(&["ca-expired"])
        .unlike("last-second"),
        between(
            "last-second",
            "A root in the last second in which it is valid.",
            past,
            at,
        )
        .finds(&["ca-expiring"])
        .unlike("expiring-after-30-days"),
        between(
            "not-yet-valid",
            "A root that will be valid in a second.",
            after(at, SECOND),
            future,
        )
        .finds(&["ca-not-yet-valid"])
        .unlike("first-second"),
        between(
            "first-second",
            "A root in the first second in which it is valid.",
            at,
            future,
        ),
        between(
            "expiring",
            "A root that expires in 30 days but a second.",
            past,
            after(at, DAY * 30 - SECOND),
        )
        .finds(&["ca-expiring"])
        .unlike("expiring-after-30-days"),
        between(
            "expiring-after-30-days",
            "A root that expires in 30 days.",
            past,
            after(at, DAY * 30),
        ),
        maker
            .with_roots(
                Area::X509,
                "expired-beside-a-valid-one",
                "An expired root and a valid one, as after a rotation: the dialer needs one.",
                &[&old, &maker.root],
            )
            .finds(&["ca-expired"]),
    ]
}

/// Whether a root is a CA.
fn basic_constraints(maker: &Maker) -> Vec<Vector> {
    let constraints = |condition: &str, description: &str, value: Vec<u8>| {
        changed(maker, condition, description, |root| {
            root.put_extension(BASIC_CONSTRAINTS, true, &value);
        })
    };
    let not_a_ca: &[_] = &["ca-not-a-ca"];
    let server_name = format!("server.dc1.peering.{}", maker.trust_domain);
    vec![
        constraints(
            "not-a-ca",
            "A root whose basic constraints are empty, so that it is no CA.",
            vec![SEQUENCE, 0],
        )
        .finds(not_a_ca)
        .unlike("ca-with-a-path-length"),
        constraints(
            "not-a-ca-in-words",
            "A root whose basic constraints say that it is no CA.",
            sequence(&[&[BOOLEAN, 1, 0]]),
        )
        .finds(not_a_ca)
        .unlike("ca-with-a-path-length"),
        constraints(
            "ca-with-a-path-length",
            "A root under which there may be no other CA.",
            sequence(&[&[BOOLEAN, 1, 0xff], &[INTEGER, 1, 0]]),
        ),
        changed(
            maker,
            "without-basic-constraints",
            "A root without basic constraints.",
            // The first extension of a root.
            |root| drop(root.extensions.remove(0)),
        )
        .finds(not_a_ca)
        .unlike("version-1"),
        changed(
            maker,
            "without-extensions",
            "A root of version 3 without any extension.",
            |root| root.extensions.clear(),
        )
        .finds(not_a_ca)
        .unlike("version-2"),
        changed(
            maker,
            "certificate-of-the-server",
            "The acceptor's own certificate in place of its root: it works until the acceptor has \
             another.",
            |root| {
                root.subject = common_name("server");
                root.put_extension(BASIC_CONSTRAINTS, true, &[SEQUENCE, 0]);
                let names = sequence(&[&element(0x82, server_name.as_bytes())]);
                root.put_extension(SUBJECT_ALTERNATIVE_NAME, false, &names);
            },
        )
        .finds(not_a_ca)
        .unlike("sound"),
    ]
}

/// What a root may do with its key.
fn key_usage(maker: &Maker) -> Vec<Vector> {
    let usage = |condition: &str, description: &str, usage: &'static [u8]| {
        changed(maker, condition, description, |root| {
            root.put_extension(KEY_USAGE, true, &element(BIT_STRING, usage));
        })
    };
    vec![
        usage(
            "no-cert-sign",
            "A root whose key is for revocation lists alone.",
            &[1, 0x02],
        )
        .finds(&["ca-no-cert-sign"])
        .unlike("cert-sign-alone"),
        usage(
            "cert-sign-alone",
            "A root whose key is for certificates alone.",
            &[2, 0x04],
        ),
        usage(
            "no-key-usage-at-all",
            "A root with a key usage that names nothing, which counts as none.",
            &[0],
        ),
        changed(
            maker,
            "without-key-usage",
            "A root without a key usage, which may do all.",
            // The third extension of a root.
            |root| drop(root.extensions.remove(2)),
        ),
    ]
}

/// What else keeps a dialer from using a root.
fn obstacles(maker: &Maker) -> Vec<Vector> {
    let with = |condition: &str, description: &str, extension: Vec<u8>| {
        changed(maker, condition, description, |root| {
            root.extensions.push(extension);
        })
    };
    let unusable = &["ca-unusable"];
    let permitted = |domain: &str| {
        let subtree = sequence(&[&element(0x82, domain.as_bytes())]);
        extension(
            NAME_CONSTRAINTS,
            true,
            &sequence(&[&element(0xa0, &subtree)]),
        )
    };
    // 1.3.6.1.5.5.7.3.`last`
    let purpose = |last: u8| {
        let purpose = element(
            OBJECT_IDENTIFIER,
            &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, last],
        );
        extension(EXTENDED_KEY_USAGE, false, &sequence(&[&purpose]))
    };
    vec![
        with(
            "critical-unknown-extension",
            "A root with a critical extension that nobody knows, 2.5.29.99: the dialer takes no \
             certificate from it.",
            extension(99, true, &[NULL, 0]),
        )
        .finds(unusable)
        .unlike("unknown-extension"),
        with(
            "unknown-extension",
            "A root with an extension that nobody knows, 2.5.29.99, and nobody has to.",
            extension(99, false, &[NULL, 0]),
        ),
        with(
            "for-clients-alone",
            "A root whose extended key usage is for the certificates of clients.",
            purpose(2),
        )
        .finds(unusable)
        .unlike("for-servers-alone"),
        with(
            "for-servers-alone",
            "A root whose extended key usage is for the certificates of servers.",
            purpose(1),
        ),
        with(
            "for-another-domain",
            "A root whose name constraints permit names of another domain alone.",
            permitted("internal"),
        )
        .finds(unusable)
        .unlike("for-its-domain"),
        with(
            "for-its-domain",
            "A root whose name constraints permit names under consul alone.",
            permitted("consul"),
        ),
    ]
}

/// Which roots there are.
fn lists(maker: &Maker) -> Vec<Vector> {
    let root = maker.root.as_str();
    let renewed = maker.entry(&maker.certificate("x509_renewed"));
    vec![
        maker
            .with_roots(
                Area::X509,
                "twice",
                "The same root twice, of which the dialer keeps one.",
                &[root, root],
            )
            .finds(&["ca-duplicate"])
            .unlike("renewed"),
        maker.with_roots(
            Area::X509,
            "renewed",
            "Two roots of one name and one key with different serial numbers.",
            &[root, &renewed],
        ),
        maker
            .changed(
                Area::X509,
                "without-roots",
                "A token without roots, for a dialer that speaks plaintext.",
                |token| token.ca = None,
            )
            .finds(&["no-ca"])
            .unlike("sound"),
        maker
            .with_roots(
                Area::X509,
                "with-an-empty-list",
                "A list of no roots, which a server would write as null.",
                &[],
            )
            .finds(&["no-ca", "not-canonical"])
            .unlike("without-roots"),
    ]
}
