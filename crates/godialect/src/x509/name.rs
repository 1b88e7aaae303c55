//! Issuer and subject: sequences of sets of attribute and string.
//!
//! Go turns every attribute value into a string, so a value must be one of six string types and
//! hold what its type allows. From Go 1.27 on it may be of any other type, and those that Go knows must
//! be well formed. Empty names and empty sets are fine, and so is whatever follows the
//! value inside an attribute.
//!
//! Differs from the usual crates: a T61String is Latin-1 and thus never wrong, a PrintableString
//! may hold `*` and `&`, a BMPString may end in one zero character but holds no surrogates (from Go 1.25
//! on), and UniversalString, VisibleString and GeneralString are not known at all.

use thiserror::Error;

use super::der::{Element, Integer, Reader, Tag};
use super::oid::ObjectIdentifier;
use super::time;
use crate::changes::Rule;
use crate::release::Dialect;

/// What Go finds wrong with an issuer or a subject.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum NameError {
    /// A member of the name is not a set.
    #[error("x509: invalid RDNSequence")]
    Set,
    /// A member of a set is not a sequence.
    #[error("x509: invalid RDNSequence: invalid attribute")]
    Attribute,
    /// An attribute does not start with an object identifier.
    #[error("x509: invalid RDNSequence: invalid attribute type")]
    AttributeType,
    /// An attribute has no value that can be read.
    #[error("x509: invalid RDNSequence: invalid attribute value")]
    AttributeValue,
    /// An attribute value is not a string of its type.
    #[error("x509: invalid RDNSequence: invalid attribute value: {0}")]
    AttributeString(StringError),
}

/// Why Go does not take an attribute value for a string.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum StringError {
    /// A character outside the PrintableString alphabet, `*` and `&`.
    #[error("invalid PrintableString")]
    Printable,
    /// Not UTF-8.
    #[error("invalid UTF-8 string")]
    Utf8,
    /// An odd length, a surrogate or a noncharacter.
    #[error("invalid BMPString")]
    Bmp,
    /// A byte above ASCII.
    #[error("invalid IA5String")]
    Ia5,
    /// Neither digit nor space.
    #[error("invalid NumericString")]
    Numeric,
    /// Not an element; said from Go 1.27 on, as are the faults below.
    #[error("invalid ASN.1 element")]
    Element,
    /// An INTEGER that is malformed or beyond 64 bits.
    #[error("invalid ASN.1 integer")]
    Integer,
    /// A malformed BIT STRING.
    #[error("invalid ASN.1 BIT STRING")]
    BitString,
    /// A malformed OBJECT IDENTIFIER.
    #[error("invalid ASN.1 OBJECT IDENTIFIER")]
    ObjectIdentifier,
    /// A BOOLEAN that is neither true nor false.
    #[error("invalid ASN.1 BOOLEAN")]
    Boolean,
    /// A malformed UTCTime.
    #[error("x509: malformed UTCTime")]
    UtcTime,
    /// A malformed GeneralizedTime.
    #[error("x509: malformed GeneralizedTime")]
    GeneralizedTime,
    /// A tag that Go does not read as a string.
    #[error("unsupported string type: {tag}")]
    UnsupportedType {
        /// The identifier byte.
        tag: u8,
    },
}

/// Checks the content of a name.
pub(super) fn check(content: &[u8], go: &Dialect) -> Result<(), NameError> {
    let mut sets = Reader::new(content);
    while !sets.is_empty() {
        let mut set = sets.enter(Tag::SET).ok_or(NameError::Set)?;
        while !set.is_empty() {
            let mut attribute = set.enter(Tag::SEQUENCE).ok_or(NameError::Attribute)?;
            ObjectIdentifier::read(&mut attribute, go).ok_or(NameError::AttributeType)?;
            let value = attribute.any().ok_or_else(|| {
                if go.has(Rule::AnyAttributeValue) {
                    NameError::AttributeString(StringError::Element)
                } else {
                    NameError::AttributeValue
                }
            })?;
            check_string(value, go).map_err(NameError::AttributeString)?;
        }
    }
    Ok(())
}

fn check_string(value: Element<'_>, go: &Dialect) -> Result<(), StringError> {
    const UTF8_STRING: Tag = Tag(12);
    const NUMERIC_STRING: Tag = Tag(18);
    const PRINTABLE_STRING: Tag = Tag(19);
    const T61_STRING: Tag = Tag(20);
    const IA5_STRING: Tag = Tag(22);
    const BMP_STRING: Tag = Tag(30);

    let text = value.content;
    let (holds, fault) = match value.tag {
        UTF8_STRING => (str::from_utf8(text).is_ok(), StringError::Utf8),
        NUMERIC_STRING => (
            text.iter().all(|byte| matches!(byte, b'0'..=b'9' | b' ')),
            StringError::Numeric,
        ),
        PRINTABLE_STRING => (
            text.iter().copied().all(is_printable),
            StringError::Printable,
        ),
        T61_STRING => return Ok(()),
        IA5_STRING => (text.is_ascii(), StringError::Ia5),
        BMP_STRING => (is_bmp_string(text, go), StringError::Bmp),
        _ if go.has(Rule::AnyAttributeValue) => return check_other(value, go),
        Tag(tag) => return Err(StringError::UnsupportedType { tag }),
    };
    if holds { Ok(()) } else { Err(fault) }
}

/// Checks a value that is no string, as Go does from 1.27 on.
fn check_other(value: Element<'_>, go: &Dialect) -> Result<(), StringError> {
    let mut reader = Reader::new(value.whole);
    let (holds, fault) = match value.tag {
        Tag::INTEGER => {
            let number = reader.integer().and_then(Integer::to_i64);
            (number.is_some(), StringError::Integer)
        }
        Tag::BIT_STRING => (reader.bit_string().is_some(), StringError::BitString),
        Tag::OBJECT_IDENTIFIER => {
            let identifier = ObjectIdentifier::read(&mut reader, go);
            (identifier.is_some(), StringError::ObjectIdentifier)
        }
        Tag::BOOLEAN => (reader.boolean().is_some(), StringError::Boolean),
        Tag::UTC_TIME => {
            let moment = time::utc_time(value.content, go);
            (moment.is_some(), StringError::UtcTime)
        }
        Tag::GENERALIZED_TIME => {
            let moment = time::generalized_time(value.content, go);
            (moment.is_some(), StringError::GeneralizedTime)
        }
        _ => return Ok(()),
    };
    if holds { Ok(()) } else { Err(fault) }
}

fn is_printable(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b" '()+,-./:=?*&".contains(&byte)
}

fn is_bmp_string(text: &[u8], go: &Dialect) -> bool {
    let (units, odd) = text.as_chunks::<2>();
    let units = match units {
        [before @ .., [0, 0]] => before,
        all => all,
    };
    let are_characters = || {
        units.iter().all(|&unit| {
            !matches!(
                u16::from_be_bytes(unit),
                0xd800..=0xdfff | 0xfdd0..=0xfdef | 0xfffe | 0xffff
            )
        })
    };
    odd.is_empty() && (are_characters() || !go.has(Rule::BmpCharacters))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_value(tag: u8, text: &[u8]) -> Result<(), String> {
        let value = [&[tag, text.len() as u8], text].concat();
        let attribute = [&[0x06, 0x03, 0x55, 0x04, 0x03], &value[..]].concat();
        let attribute = [&[0x30, attribute.len() as u8], &attribute[..]].concat();
        let set = [&[0x31, attribute.len() as u8], &attribute[..]].concat();
        check(&set, &Dialect::default()).map_err(|error| error.to_string())
    }

    #[test]
    fn strings_hold_what_their_type_allows() {
        for (tag, text) in [
            (12, "größe".as_bytes()),
            (18, b"12 34"),
            (19, b"*.example & co"),
            (20, b"\xff\x00"),
            (22, b"\x00a@b\x7f"),
            (30, b"\x00a\x00\x00"),
            (30, b""),
        ] {
            assert_eq!(check_value(tag, text), Ok(()), "{tag} {text:x?}");
        }
        let prefix = "x509: invalid RDNSequence: invalid attribute value: ";
        for (tag, text, reason) in [
            (12, &b"\xc3"[..], "invalid UTF-8 string"),
            (18, b"1a", "invalid NumericString"),
            (19, b"a@b", "invalid PrintableString"),
            (22, b"\x80", "invalid IA5String"),
            (30, b"a", "invalid BMPString"),
            (30, b"\xd8\x00", "invalid BMPString"),
            (30, b"\xff\xff\x00\x00", "invalid BMPString"),
            (26, b"a", "unsupported string type: 26"),
            (0x33, b"a", "unsupported string type: 51"),
        ] {
            let expected = format!("{prefix}{reason}");
            assert_eq!(check_value(tag, text), Err(expected), "{tag} {text:x?}");
        }
    }

    #[test]
    fn frames_are_named() {
        for (content, message) in [
            (&[0x30, 0x00][..], "x509: invalid RDNSequence"),
            (
                &[0x31, 0x02, 0x31, 0x00],
                "x509: invalid RDNSequence: invalid attribute",
            ),
            (
                &[0x31, 0x02, 0x30, 0x00],
                "x509: invalid RDNSequence: invalid attribute type",
            ),
            (
                &[0x31, 0x05, 0x30, 0x03, 0x06, 0x01, 0x00],
                "x509: invalid RDNSequence: invalid attribute value",
            ),
        ] {
            let error = check(content, &Dialect::default()).map_err(|error| error.to_string());
            assert_eq!(error, Err(message.to_owned()));
        }
        assert_eq!(check(&[], &Dialect::default()), Ok(()));
        assert_eq!(check(&[0x31, 0x00], &Dialect::default()), Ok(()));
    }
}
