//! Issuer and subject: sequences of sets of attributes, and the string types in them.

use super::build::{Case, changed, refused, taken};
use crate::certificate::{
    INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, SET, UTF8_STRING, common_name, element,
    sequence,
};
use crate::maker::Maker;
use crate::vector::Vector;

const NAME: &str = "x509: invalid RDNSequence";
const ATTRIBUTE: &str = "x509: invalid RDNSequence: invalid attribute";
const TYPE: &str = "x509: invalid RDNSequence: invalid attribute type";
const VALUE: &str = "x509: invalid RDNSequence: invalid attribute value";
const UTF8: &str = "x509: invalid RDNSequence: invalid attribute value: invalid UTF-8 string";
const NUMERIC: &str = "x509: invalid RDNSequence: invalid attribute value: invalid NumericString";
const PRINTABLE: &str =
    "x509: invalid RDNSequence: invalid attribute value: invalid PrintableString";
const IA5: &str = "x509: invalid RDNSequence: invalid attribute value: invalid IA5String";
const BMP: &str = "x509: invalid RDNSequence: invalid attribute value: invalid BMPString";

const NUMERIC_STRING: u8 = 18;
const PRINTABLE_STRING: u8 = 19;
const T61_STRING: u8 = 20;
const IA5_STRING: u8 = 22;
const BMP_STRING: u8 = 30;

/// The type of an attribute that is a common name, with its tag.
const COMMON_NAME: &[u8] = &[OBJECT_IDENTIFIER, 3, 0x55, 0x04, 0x03];

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    let cases = frames().into_iter().chain(strings()).chain(wide_strings());
    let cases = cases.chain(other_types());
    let both = cases.map(|case| {
        case.vector(maker, |root, part| {
            root.issuer.clone_from(&part);
            root.subject = part;
        })
    });
    both.chain(places(maker)).collect()
}

/// A name of one attribute, whose content is given.
fn attribute(content: &[&[u8]]) -> Vec<u8> {
    sequence(&[&element(SET, &sequence(content))])
}

/// A name that is a common name of this string type alone.
fn named(tag: u8, text: &[u8]) -> Vec<u8> {
    attribute(&[COMMON_NAME, &element(tag, text)])
}

/// Sequences and sets.
fn frames() -> Vec<Case> {
    let one = sequence(&[COMMON_NAME, &element(UTF8_STRING, b"a")]);
    let broken = sequence(&[COMMON_NAME, &element(UTF8_STRING, &[0xff])]);
    vec![
        taken("name-empty", "No name at all.", [SEQUENCE, 0]),
        taken(
            "name-with-an-empty-set",
            "A name that is one set without attributes.",
            sequence(&[&[SET, 0]]),
        ),
        taken(
            "name-with-two-attributes-in-a-set",
            "Two attributes in one set.",
            sequence(&[&element(SET, &one.repeat(2))]),
        ),
        refused(
            "name-with-a-broken-second-attribute",
            "Two attributes in one set, the second of which is no UTF-8.",
            sequence(&[&element(SET, &[one.as_slice(), &broken].concat())]),
            UTF8,
            "name-with-two-attributes-in-a-set",
        ),
        refused(
            "name-with-a-broken-second-set",
            "Two sets, the second of which holds no UTF-8.",
            sequence(&[&element(SET, &one), &element(SET, &broken)]),
            UTF8,
            "name-with-two-attributes-in-a-set",
        ),
        refused(
            "name-without-sets",
            "An attribute right in the name, without a set around it.",
            sequence(&[&one]),
            NAME,
            "name-with-an-empty-set",
        ),
        refused(
            "name-with-a-set-too-long",
            "A set that claims to go on beyond the name.",
            sequence(&[&[SET, 1]]),
            NAME,
            "name-with-an-empty-set",
        ),
        refused(
            "name-with-a-set-in-a-set",
            "A set in place of the sequence that an attribute is.",
            sequence(&[&element(SET, &[SET, 0])]),
            ATTRIBUTE,
            "name-with-an-empty-set",
        ),
        refused(
            "attribute-empty",
            "An attribute without type and value.",
            attribute(&[]),
            TYPE,
            "name-with-an-empty-set",
        ),
        refused(
            "attribute-without-type",
            "An attribute that is a value alone.",
            attribute(&[&element(UTF8_STRING, b"a")]),
            TYPE,
            "name-with-two-attributes-in-a-set",
        ),
        refused(
            "attribute-type-of-no-bytes",
            "An attribute whose type is an identifier of no bytes.",
            attribute(&[&[OBJECT_IDENTIFIER, 0], &element(UTF8_STRING, b"a")]),
            TYPE,
            "attribute-type-unknown",
        ),
        taken(
            "attribute-type-unknown",
            "An attribute of a type that nobody knows, 2.999.",
            attribute(&[
                &[OBJECT_IDENTIFIER, 2, 0x88, 0x37],
                &element(UTF8_STRING, b"a"),
            ]),
        ),
        refused(
            "attribute-without-value",
            "An attribute that is a type alone.",
            attribute(&[COMMON_NAME]),
            VALUE,
            "utf8-string-empty",
        ),
        refused(
            "attribute-value-too-long",
            "A value that claims to go on beyond its attribute.",
            attribute(&[COMMON_NAME, &[UTF8_STRING, 2, b'a']]),
            VALUE,
            "utf8-string-empty",
        ),
        refused(
            "attribute-value-with-tag-31",
            "A value whose tag goes on in a second byte, which Go's reader does not know.",
            attribute(&[COMMON_NAME, &[0x1f, 0x1f, 30], &[b'a'; 30]]),
            VALUE,
            "utf8-string-empty",
        ),
        taken(
            "attribute-with-trailing-bytes",
            "A byte behind the value of an attribute, which nobody reads.",
            attribute(&[COMMON_NAME, &element(UTF8_STRING, b"a"), &[0xff]]),
        ),
    ]
}

/// The string types of one byte a character, and UTF-8.
fn strings() -> Vec<Case> {
    vec![
        taken(
            "utf8-string-empty",
            "A common name of no characters.",
            named(UTF8_STRING, b""),
        ),
        taken(
            "utf8-string",
            "A common name in UTF-8, of two, three and four bytes a character.",
            named(UTF8_STRING, "größe 値 🔑".as_bytes()),
        ),
        refused(
            "utf8-string-cut-off",
            "A common name that ends within a character.",
            named(UTF8_STRING, b"gr\xc3"),
            UTF8,
            "utf8-string",
        ),
        refused(
            "utf8-string-latin-1",
            "A common name in Latin-1 that is labelled as UTF-8.",
            named(UTF8_STRING, b"gr\xf6\xdfe"),
            UTF8,
            "t61-string",
        ),
        refused(
            "utf8-string-overlong",
            "A common name with a zero character in two bytes.",
            named(UTF8_STRING, b"\xc0\x80"),
            UTF8,
            "utf8-string-with-a-null",
        ),
        taken(
            "utf8-string-with-a-null",
            "A common name with a zero character.",
            named(UTF8_STRING, b"a\0"),
        ),
        refused(
            "utf8-string-with-a-surrogate",
            "A common name with half of a UTF-16 pair in UTF-8.",
            named(UTF8_STRING, b"\xed\xa0\x80"),
            UTF8,
            "utf8-string",
        ),
        taken(
            "numeric-string",
            "A NumericString of all its characters: ten digits and the blank.",
            named(NUMERIC_STRING, b"0123 456789"),
        ),
        refused(
            "numeric-string-with-a-letter",
            "A NumericString with a letter in it.",
            named(NUMERIC_STRING, b"1a"),
            NUMERIC,
            "numeric-string",
        ),
        refused(
            "numeric-string-with-a-dot",
            "A NumericString with a dot in it.",
            named(NUMERIC_STRING, b"1.2"),
            NUMERIC,
            "numeric-string",
        ),
        taken(
            "printable-string",
            "A PrintableString of all its signs, and the asterisk and the ampersand that Go takes too.",
            named(PRINTABLE_STRING, b"azAZ09 '()+,-./:=?*&"),
        ),
        refused(
            "printable-string-with-an-at-sign",
            "A PrintableString with a mail address in it.",
            named(PRINTABLE_STRING, b"ca@dc1.internal"),
            PRINTABLE,
            "ia5-string",
        ),
        refused(
            "printable-string-with-an-underscore",
            "A PrintableString with an underscore.",
            named(PRINTABLE_STRING, b"root_ca"),
            PRINTABLE,
            "printable-string",
        ),
        refused(
            "printable-string-beyond-ascii",
            "A PrintableString in UTF-8.",
            named(PRINTABLE_STRING, "größe".as_bytes()),
            PRINTABLE,
            "utf8-string",
        ),
        taken(
            "t61-string",
            "A T61String, which Go reads as Latin-1, of any bytes.",
            named(T61_STRING, b"gr\xf6\xdfe\x00\xff"),
        ),
        taken(
            "ia5-string",
            "An IA5String with a mail address and the last character of ASCII.",
            named(IA5_STRING, b"ca@dc1.internal\x7f"),
        ),
        refused(
            "ia5-string-beyond-ascii",
            "An IA5String with a byte beyond ASCII.",
            named(IA5_STRING, b"\x80"),
            IA5,
            "ia5-string",
        ),
    ]
}

/// The string type of two bytes a character.
fn wide_strings() -> Vec<Case> {
    let refused = |condition, description, text: &[u8]| {
        refused(
            condition,
            description,
            named(BMP_STRING, text),
            BMP,
            "bmp-string",
        )
    };
    vec![
        taken(
            "bmp-string",
            "A BMPString of the characters next to those that Go refuses.",
            named(
                BMP_STRING,
                b"\0a\xd7\xff\xe0\x00\xfd\xcf\xfd\xf0\xff\xfd\xfe\xff",
            ),
        ),
        taken(
            "bmp-string-empty",
            "A BMPString of no characters.",
            named(BMP_STRING, b""),
        ),
        taken(
            "bmp-string-with-a-null",
            "A BMPString that ends in a zero character, as in C.",
            named(BMP_STRING, b"\0a\0\0"),
        ),
        refused(
            "bmp-string-of-odd-length",
            "A BMPString of three bytes.",
            b"\0a\0",
        ),
        refused(
            "bmp-string-of-a-first-surrogate",
            "A BMPString with the first character of those that UTF-16 pairs.",
            b"\xd8\x00",
        ),
        refused(
            "bmp-string-of-a-last-surrogate",
            "A BMPString with the last character of those that UTF-16 pairs.",
            b"\xdf\xff",
        ),
        refused(
            "bmp-string-of-a-pair",
            "A BMPString with a pair of UTF-16, a character beyond its 65,536.",
            b"\xd8\x3d\xdd\x11",
        ),
        refused(
            "bmp-string-of-u-fdd0",
            "A BMPString with the first of 32 characters that are none.",
            b"\xfd\xd0",
        ),
        refused(
            "bmp-string-of-u-fdef",
            "A BMPString with the last of 32 characters that are none.",
            b"\xfd\xef",
        ),
        refused(
            "bmp-string-of-u-fffe",
            "A BMPString with U+FFFE, which is no character.",
            b"\xff\xfe",
        ),
        refused(
            "bmp-string-of-u-ffff",
            "A BMPString with U+FFFF, which is no character, and a zero character behind it.",
            b"\xff\xff\0\0",
        ),
    ]
}

/// Values that Go takes for no string.
fn other_types() -> Vec<Case> {
    vec![
        refused(
            "visible-string",
            "A common name that is a VisibleString.",
            named(26, b"a"),
            "x509: invalid RDNSequence: invalid attribute value: unsupported string type: 26",
            "printable-string",
        ),
        refused(
            "general-string",
            "A common name that is a GeneralString.",
            named(27, b"a"),
            "x509: invalid RDNSequence: invalid attribute value: unsupported string type: 27",
            "printable-string",
        ),
        refused(
            "universal-string",
            "A common name that is a UniversalString.",
            named(28, b"\0\0\0a"),
            "x509: invalid RDNSequence: invalid attribute value: unsupported string type: 28",
            "bmp-string",
        ),
        refused(
            "octets-for-a-string",
            "A common name that is an octet string.",
            named(OCTET_STRING, b"a"),
            "x509: invalid RDNSequence: invalid attribute value: unsupported string type: 4",
            "utf8-string",
        ),
        refused(
            "number-for-a-string",
            "A common name that is a number.",
            named(INTEGER, &[1]),
            "x509: invalid RDNSequence: invalid attribute value: unsupported string type: 2",
            "utf8-string",
        ),
        refused(
            "string-in-parts",
            "A common name in UTF-8 that is made of parts, as BER has it.",
            named(0x2c, &element(UTF8_STRING, b"a")),
            "x509: invalid RDNSequence: invalid attribute value: unsupported string type: 44",
            "utf8-string",
        ),
        refused(
            "string-of-a-context",
            "A common name with a tag that only its place would give a meaning.",
            named(0x8c, b"a"),
            "x509: invalid RDNSequence: invalid attribute value: unsupported string type: 140",
            "utf8-string",
        ),
    ]
}

/// Which of the two names is at fault, and what is told before it.
fn places(maker: &Maker) -> Vec<Vector> {
    let broken = named(UTF8_STRING, &[0xff]);
    let set = element(SET, &[]);
    vec![
        changed(
            maker,
            "issuer-set",
            "A set in place of the sequence that the issuer is.",
            |root| root.issuer.clone_from(&set),
        )
        .bad_root("x509: malformed issuer")
        .unlike("name-empty"),
        changed(
            maker,
            "subject-set",
            "A set in place of the sequence that the subject is: Go calls it the issuer too.",
            |root| root.subject.clone_from(&set),
        )
        .bad_root("x509: malformed issuer")
        .unlike("name-empty"),
        changed(
            maker,
            "issuer-broken",
            "An issuer that is no UTF-8, with a sound subject.",
            |root| root.issuer.clone_from(&broken),
        )
        .bad_root(UTF8)
        .unlike("issuer-another"),
        changed(
            maker,
            "subject-broken",
            "A subject that is no UTF-8, with a sound issuer.",
            |root| root.subject.clone_from(&broken),
        )
        .bad_root(UTF8)
        .unlike("issuer-another"),
        changed(
            maker,
            "issuer-another",
            "A root that another CA issued, as after a rotation.",
            |root| root.issuer = common_name("pri-0.consul.ca"),
        ),
        changed(
            maker,
            "issuer-and-validity-broken",
            "An issuer that is no UTF-8 and a validity that is none: the issuer is told.",
            |root| {
                root.issuer.clone_from(&broken);
                root.validity.clone_from(&set);
            },
        )
        .bad_root(UTF8)
        .unlike("validity-and-subject-broken"),
        changed(
            maker,
            "validity-and-subject-broken",
            "A validity that is none and a subject that is no UTF-8: the validity is told.",
            |root| {
                root.validity.clone_from(&set);
                root.subject.clone_from(&broken);
            },
        )
        .bad_root("x509: malformed validity")
        .unlike("issuer-and-validity-broken"),
        changed(
            maker,
            "subject-and-key-broken",
            "A subject that is no UTF-8 and a key that is none: the subject is told.",
            |root| {
                root.subject.clone_from(&broken);
                root.key.clone_from(&set);
            },
        )
        .bad_root(UTF8)
        .unlike("key-set"),
    ]
}
