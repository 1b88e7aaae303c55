//! The version and the serial number.

use super::build::{Case, changed, refused, taken};
use crate::certificate::{INTEGER, element};
use crate::maker::Maker;
use crate::vector::Vector;

const VERSION: &str = "x509: malformed version";
const INVALID: &str = "x509: invalid version";
const SERIAL: &str = "x509: malformed serial number";
const NEGATIVE: &str = "x509: negative serial number";

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    let versions = versions().into_iter();
    let versions = versions.map(|case| case.vector(maker, |root, part| root.version = part));
    let serials = serials().into_iter();
    let serials = serials.map(|case| case.vector(maker, |root, part| root.serial = part));
    versions
        .chain(serials)
        .chain(broken_extensions(maker))
        .collect()
}

/// The number within `[0]`.
fn version(number: &[u8]) -> Vec<u8> {
    element(0xa0, &element(INTEGER, number))
}

fn versions() -> Vec<Case> {
    vec![
        taken(
            "version-absent",
            "No version, so that it is version 1, whose extensions are not read: such a root counts \
             as a CA.",
            [],
        ),
        taken(
            "version-1",
            "Version 1, written out although it is the default.",
            version(&[0]),
        ),
        taken(
            "version-2",
            "Version 2, whose extensions are not read.",
            version(&[1]),
        ),
        refused("version-4", "Version 4.", version(&[3]), INVALID, "sound"),
        refused(
            "version-128",
            "Version 128, the last with a number of one byte.",
            version(&[0x7f]),
            INVALID,
            "version-absent",
        ),
        refused(
            "version-of-two-bytes",
            "Version 257, whose number is 0x0100.",
            version(&[1, 0]),
            INVALID,
            "version-1",
        ),
        refused(
            "version-negative",
            "The version number -1.",
            version(&[0xff]),
            VERSION,
            "version-1",
        ),
        refused(
            "version-least",
            "The least number of 64 bits as version.",
            version(&[0x80, 0, 0, 0, 0, 0, 0, 0]),
            VERSION,
            "version-greatest",
        ),
        taken(
            "version-greatest",
            "The greatest number of 64 bits as version: Go adds one, and that is negative, which is \
             not above 3.",
            version(&[0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
        ),
        refused(
            "version-greatest-but-one",
            "The greatest number of 64 bits but one as version.",
            version(&[0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe]),
            INVALID,
            "version-greatest",
        ),
        refused(
            "version-of-65-bits",
            "A version number of nine bytes.",
            version(&[0, 0x80, 0, 0, 0, 0, 0, 0, 0]),
            VERSION,
            "version-greatest",
        ),
        refused(
            "version-not-minimal",
            "Version 3 in two bytes.",
            version(&[0, 2]),
            VERSION,
            "sound",
        ),
        refused(
            "version-without-number",
            "A version without a number in it.",
            element(0xa0, &[]),
            VERSION,
            "version-absent",
        ),
        refused(
            "version-of-no-bytes",
            "A version number of no bytes.",
            version(&[]),
            VERSION,
            "version-1",
        ),
        refused(
            "version-and-more",
            "Two numbers for a version.",
            element(0xa0, &[INTEGER, 1, 2, INTEGER, 1, 2]),
            VERSION,
            "sound",
        ),
        refused(
            "version-enumerated",
            "An enumeration in place of the version's number.",
            element(0xa0, &element(0x0a, &[2])),
            VERSION,
            "sound",
        ),
        refused(
            "version-too-long",
            "A version that claims to go on beyond the signed part.",
            vec![0xa0, 0x82, 0x7f, 0xff],
            VERSION,
            "sound",
        ),
        refused(
            "version-primitive",
            "The version's tag without the bit for what is constructed: it is read as a serial \
             number, and is none.",
            vec![0x80, 3, INTEGER, 1, 2],
            SERIAL,
            "sound",
        ),
    ]
}

fn serials() -> Vec<Case> {
    let serial = |number: &[u8]| element(INTEGER, number);
    vec![
        taken(
            "serial-zero",
            "The serial number 0, which RFC 5280 does not allow.",
            serial(&[0]),
        ),
        taken(
            "serial-128",
            "The serial number 128, with the zero byte that keeps it positive.",
            serial(&[0, 0x80]),
        ),
        taken(
            "serial-of-33-bytes",
            "A serial number of 33 bytes, where RFC 5280 allows 20.",
            serial(&[0x55; 33]),
        ),
        refused(
            "serial-negative",
            "The serial number -1, which Go takes no more since 1.23.",
            serial(&[0xff]),
            NEGATIVE,
            "serial-zero",
        ),
        refused(
            "serial-128-without-zero",
            "The serial number 128 without the zero byte before it, so that it is -128.",
            serial(&[0x80]),
            NEGATIVE,
            "serial-128",
        ),
        refused(
            "serial-negative-of-two-bytes",
            "The serial number -129, the greatest negative number of two bytes.",
            serial(&[0xff, 0x7f]),
            NEGATIVE,
            "serial-negative-not-minimal",
        ),
        refused(
            "serial-negative-not-minimal",
            "The serial number -128 in two bytes.",
            serial(&[0xff, 0x80]),
            SERIAL,
            "serial-negative-of-two-bytes",
        ),
        refused(
            "serial-not-minimal",
            "The serial number 127 in two bytes.",
            serial(&[0, 0x7f]),
            SERIAL,
            "serial-128",
        ),
        refused(
            "serial-of-no-bytes",
            "A serial number of no bytes.",
            serial(&[]),
            SERIAL,
            "serial-zero",
        ),
        refused(
            "serial-absent",
            "No serial number.",
            [],
            SERIAL,
            "serial-zero",
        ),
        refused(
            "serial-enumerated",
            "An enumeration in place of the serial number.",
            element(0x0a, &[1]),
            SERIAL,
            "serial-zero",
        ),
    ]
}

/// Extensions that are none, in each version: only version 3 has them.
fn broken_extensions(maker: &Maker) -> Vec<Vector> {
    let broken = |condition: &str, description: &str, version: Vec<u8>| {
        changed(maker, condition, description, |root| {
            root.version = version;
            root.extensions.clear();
            root.after_extensions = vec![0xa3, 0];
        })
    };
    vec![
        broken(
            "version-1-with-broken-extensions",
            "Version 1 with extensions that cannot be read, and are not.",
            Vec::new(),
        ),
        broken(
            "version-2-with-broken-extensions",
            "Version 2 with extensions that cannot be read, and are not.",
            version(&[1]),
        ),
        broken(
            "version-3-with-broken-extensions",
            "Version 3 with extensions that cannot be read.",
            version(&[2]),
        )
        .bad_root("x509: malformed extensions")
        .unlike("version-2-with-broken-extensions"),
    ]
}
