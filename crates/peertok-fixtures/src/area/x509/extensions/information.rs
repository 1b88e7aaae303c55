//! Where to learn more: CRL distribution points and authority information access. Go collects the
//! URIs in them and parses none.

use super::build::{identifier, with_extension, with_root};
use crate::certificate::{BOOLEAN, OCTET_STRING, SEQUENCE, UTF8_STRING, element, sequence};
use crate::maker::Maker;
use crate::vector::Vector;

const CRL_DISTRIBUTION_POINTS: u8 = 31;

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    [distribution_points, authority_information]
        .iter()
        .flat_map(|vectors| vectors(maker))
        .collect()
}

fn distribution_points(maker: &Maker) -> Vec<Vector> {
    // The points within the list.
    let points = |condition: &str, description: &str, points: &[&[u8]]| {
        let value = sequence(points);
        with_extension(
            maker,
            condition,
            description,
            CRL_DISTRIBUTION_POINTS,
            &value,
        )
    };
    // A point with these names as its full name.
    let named = |names: &[u8]| sequence(&[&element(0xa0, &element(0xa0, names))]);
    let uri = element(0x86, b"http://crl.example/1");
    let invalid = "invalid CRL distribution point";
    vec![
        points(
            "crl-point",
            "A CRL distribution point with a URI.",
            &[&named(&uri)],
        ),
        points(
            "crl-points-none",
            "An empty list of CRL distribution points.",
            &[],
        ),
        points(
            "crl-point-empty",
            "A CRL distribution point with nothing in it, before one with a URI.",
            &[&sequence(&[]), &named(&uri)],
        ),
        points(
            "crl-point-no-names",
            "A CRL distribution point whose full name has no name in it.",
            &[&named(&[])],
        ),
        points(
            "crl-point-bad-uri",
            "A CRL distribution point with a URI that none can parse; Go does not try.",
            &[&named(&element(0x86, b":%zz \xff"))],
        ),
        points(
            "crl-point-other-name-first",
            "A CRL distribution point with a URI that is cut off behind a DNS name: Go stops at the \
             first name that is no URI.",
            &[&named(&[element(0x82, b"crl"), vec![0x86, 9]].concat())],
        ),
        points(
            "crl-point-uri-cut-off",
            "A CRL distribution point whose second URI is cut off.",
            &[&named(&[uri.as_slice(), &[0x86, 9]].concat())],
        )
        .go_refuses(invalid)
        .unlike("crl-point-other-name-first"),
        points(
            "crl-point-relative-name",
            "A CRL distribution point with a name relative to the issuer, which Go does not know.",
            &[&sequence(&[&element(0xa0, &element(0xa1, &[]))])],
        )
        .go_refuses(invalid)
        .unlike("crl-point-no-names"),
        points(
            "crl-point-empty-name",
            "A CRL distribution point whose name is empty.",
            &[&sequence(&[&element(0xa0, &[])])],
        )
        .go_refuses(invalid)
        .unlike("crl-point-no-names"),
        points(
            "crl-point-name-cut-off",
            "A CRL distribution point whose name says that it has more bytes than there are.",
            &[&sequence(&[&[0xa0, 1]])],
        )
        .go_refuses(invalid)
        .unlike("crl-point-reasons-only"),
        points(
            "crl-point-reasons-only",
            "A CRL distribution point with reasons alone, cut off; Go does not look at them.",
            &[&sequence(&[&[0x81, 1]])],
        ),
        points(
            "crl-point-as-uri",
            "A list of CRL distribution points with the URI itself in it.",
            &[&uri],
        )
        .go_refuses(invalid)
        .unlike("crl-point"),
        with_extension(
            maker,
            "crl-points-as-octets",
            "CRL distribution points that are an octet string in place of a list.",
            CRL_DISTRIBUTION_POINTS,
            &[OCTET_STRING, 0],
        )
        .go_refuses("invalid CRL distribution points")
        .unlike("crl-points-none"),
    ]
}

fn authority_information(maker: &Maker) -> Vec<Vector> {
    let access = |condition: &str, description: &str, critical: &[u8], value: &[u8]| {
        with_root(maker, condition, description, |root| {
            // id-pe-authorityInfoAccess, 1.3.6.1.5.5.7.1.1.
            let own = identifier(&[0x2b, 6, 1, 5, 5, 7, 1, 1]);
            let value = element(OCTET_STRING, value);
            root.extensions.push(sequence(&[&own, critical, &value]));
        })
    };
    let invalid = "invalid authority info access";
    // id-ad-ocsp, 1.3.6.1.5.5.7.48.1.
    let ocsp = identifier(&[0x2b, 6, 1, 5, 5, 7, 48, 1]);
    let described = |location: &[u8]| sequence(&[&sequence(&[&ocsp, location])]);
    vec![
        access(
            "authority-info",
            "An authority information access with a URI.",
            &[],
            &described(&element(0x86, b"http://ocsp.example")),
        ),
        access(
            "authority-info-none",
            "An authority information access with nothing in its list.",
            &[],
            &sequence(&[]),
        ),
        access(
            "authority-info-bad-uri",
            "An authority information access with a URI that none can parse; Go does not try.",
            &[],
            &described(&element(0x86, b":%zz \xff")),
        ),
        access(
            "authority-info-no-location",
            "An authority information access with a method and no location.",
            &[],
            &described(&[]),
        ),
        access(
            "authority-info-other-location",
            "An authority information access whose location is a DNS name, cut off; Go looks at URIs \
             alone.",
            &[],
            &described(&[0x82, 9]),
        ),
        access(
            "authority-info-uri-cut-off",
            "An authority information access whose URI is cut off.",
            &[],
            &described(&[0x86, 9]),
        )
        .go_refuses(invalid)
        .unlike("authority-info-other-location"),
        access(
            "authority-info-no-method",
            "An authority information access with a location and no method.",
            &[],
            &sequence(&[&sequence(&[&element(0x86, b"http://ocsp.example")])]),
        )
        .go_refuses(invalid)
        .unlike("authority-info-no-location"),
        access(
            "authority-info-empty-method",
            "An authority information access whose method is an empty identifier.",
            &[],
            &sequence(&[&sequence(&[&identifier(&[])])]),
        )
        .go_refuses(invalid)
        .unlike("authority-info-no-location"),
        access(
            "authority-info-as-text",
            "An authority information access with a text in its list.",
            &[],
            &sequence(&[&element(UTF8_STRING, b"http://ocsp.example")]),
        )
        .go_refuses(invalid)
        .unlike("authority-info"),
        access(
            "authority-info-cut-off",
            "An authority information access whose list is cut off.",
            &[],
            &[SEQUENCE, 1],
        )
        .go_refuses(invalid)
        .unlike("authority-info-none"),
        access(
            "authority-info-critical",
            "A critical authority information access, which is empty too; that it is critical is \
             told.",
            &[BOOLEAN, 1, 0xff],
            &[],
        )
        .go_refuses("authority info access incorrectly marked critical")
        .unlike("authority-info-none"),
    ]
}
