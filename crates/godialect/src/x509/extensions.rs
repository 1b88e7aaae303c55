//! Extensions: their frame, and the content of the thirteen kinds that Go looks into.
//!
//! Every extension must be framed well and occur once before Go looks into the first; so a fault
//! inside an extension gives way to a fault of the frame of a later one. (In Go 1.18 one may occur more
//! than once.) An unknown extension is
//! never an error, critical or not. Inside a known one, Go reads the fields that it stores, in
//! order, and leaves what follows them alone, except in name constraints.
//!
//! Differs from `x509-parser`, which parses the content when asked and wants all of it used up.

use thiserror::Error;

use super::alternative_name::{self, AlternativeNameError};
use super::der::{Integer, Reader, Tag};
use super::field::Field;
use super::name_constraints::{self, ConstraintError};
use super::oid::{MetIdentifiers, ObjectIdentifier, has_minimal_components};
use crate::changes::Rule;
use crate::release::Dialect;

/// What Go finds wrong with the extensions.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum ExtensionError {
    /// Their frame, or that of one of them, is missing, has another type or is not encoded as it
    /// must be.
    #[error("x509: malformed {0}")]
    Malformed(#[from] Field),
    /// Two extensions have one identifier, as Go says up to 1.22.
    #[error("x509: certificate contains duplicate extensions")]
    UnnamedDuplicate,
    /// Two extensions have one identifier.
    #[error("x509: certificate contains duplicate extension with OID \"{identifier}\"")]
    Duplicate {
        /// The identifier as numbers with dots between.
        identifier: String,
    },
    /// The content of one is not encoded as it must be.
    #[error("x509: invalid {0}")]
    Invalid(ExtensionPart),
    /// The extension may not be critical.
    #[error("x509: {0} incorrectly marked critical")]
    MarkedCritical(NonCriticalExtension),
    /// A subject alternative name is at fault.
    #[error(transparent)]
    AlternativeName(#[from] AlternativeNameError),
    /// A name constraint is at fault.
    #[error(transparent)]
    Constraint(#[from] ConstraintError),
}

/// An extension, or a part of one, that can be invalid; prints as Go calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum ExtensionPart {
    /// 2.5.29.14
    #[error("subject key identifier")]
    SubjectKeyIdentifier,
    /// 2.5.29.15
    #[error("key usage")]
    KeyUsage,
    /// 2.5.29.19
    #[error("basic constraints")]
    BasicConstraints,
    /// The frame of 2.5.29.19, as Go says up to 1.20.
    #[error("basic constraints a")]
    BasicConstraintsFrame,
    /// Whether 2.5.29.19 makes a CA, as Go says up to 1.20.
    #[error("basic constraints b")]
    BasicConstraintsAuthority,
    /// The path length in 2.5.29.19, as Go says up to 1.20.
    #[error("basic constraints c")]
    BasicConstraintsPathLength,
    /// 2.5.29.31
    #[error("CRL distribution points")]
    CrlDistributionPoints,
    /// One point of 2.5.29.31
    #[error("CRL distribution point")]
    CrlDistributionPoint,
    /// 2.5.29.32
    #[error("certificate policies")]
    CertificatePolicies,
    /// 2.5.29.33
    #[error("policy mappings extension")]
    PolicyMappings,
    /// 2.5.29.35
    #[error("authority key identifier")]
    AuthorityKeyIdentifier,
    /// 2.5.29.36
    #[error("policy constraints extension")]
    PolicyConstraints,
    /// 2.5.29.37
    #[error("extended key usages")]
    ExtendedKeyUsages,
    /// 2.5.29.54
    #[error("inhibit any policy extension")]
    InhibitAnyPolicy,
    /// 1.3.6.1.5.5.7.1.1
    #[error("authority info access")]
    AuthorityInfoAccess,
}

/// An extension that may not be critical; prints as Go calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum NonCriticalExtension {
    /// 2.5.29.14
    #[error("subject key identifier")]
    SubjectKeyIdentifier,
    /// 2.5.29.35
    #[error("authority key identifier")]
    AuthorityKeyIdentifier,
    /// 1.3.6.1.5.5.7.1.1
    #[error("authority info access")]
    AuthorityInfoAccess,
}

/// Checks the sequence in the tagged field; what follows that sequence is not looked at.
pub(super) fn check(mut field: Reader<'_>, go: &Dialect) -> Result<(), ExtensionError> {
    let mut extensions = field.enter(Tag::SEQUENCE).ok_or(Field::Extensions)?;
    let mut met = MetIdentifiers::new();
    let mut first_fault = None;
    while !extensions.is_empty() {
        let extension = extensions.enter(Tag::SEQUENCE).ok_or(Field::Extension)?;
        let extension = Extension::parse(extension, go)?;
        if !met.insert_identifier(extension.identifier) && go.has(Rule::UniqueExtensions) {
            if !go.has(Rule::DuplicateExtensionNamed) {
                return Err(ExtensionError::UnnamedDuplicate);
            }
            return Err(ExtensionError::Duplicate {
                identifier: extension.identifier.to_dotted(),
            });
        }
        if first_fault.is_none() {
            first_fault = extension.check_value(go).err();
        }
    }
    first_fault.map_or(Ok(()), Err)
}

pub(super) struct Extension<'a> {
    pub(super) identifier: ObjectIdentifier<'a>,
    pub(super) critical: bool,
    pub(super) value: Reader<'a>,
}

impl<'a> Extension<'a> {
    pub(super) fn parse(mut fields: Reader<'a>, go: &Dialect) -> Result<Self, Field> {
        let identifier = ObjectIdentifier::read(&mut fields, go).ok_or(Field::ExtensionOid)?;
        let critical =
            fields.next_is(Tag::BOOLEAN) && fields.boolean().ok_or(Field::ExtensionCritical)?;
        let value = fields
            .enter(Tag::OCTET_STRING)
            .ok_or(Field::ExtensionValue)?;
        Ok(Self {
            identifier,
            critical,
            value,
        })
    }

    fn check_value(&self, go: &Dialect) -> Result<(), ExtensionError> {
        const AUTHORITY_INFO_ACCESS: [u8; 8] = [0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01, 0x01];

        let value = self.value;
        let (well_formed, part) = match self.identifier.encoded() {
            [0x55, 0x1d, 14] => {
                self.refuse_critical(NonCriticalExtension::SubjectKeyIdentifier, go)?;
                (
                    is_subject_key_identifier(value),
                    ExtensionPart::SubjectKeyIdentifier,
                )
            }
            [0x55, 0x1d, 15] => (is_key_usage(value), ExtensionPart::KeyUsage),
            [0x55, 0x1d, 17] => return Ok(alternative_name::check(value, go)?),
            [0x55, 0x1d, 19] => {
                let read = read_basic_constraints(value, go);
                return read.map(|_| ()).map_err(ExtensionError::Invalid);
            }
            [0x55, 0x1d, 30] => return Ok(name_constraints::check(value, go)?),
            [0x55, 0x1d, 31] => return check_distribution_points(value),
            [0x55, 0x1d, 32] => (is_policies(value, go), ExtensionPart::CertificatePolicies),
            [0x55, 0x1d, 33] => (
                is_parsed(is_policy_mappings(value), go),
                ExtensionPart::PolicyMappings,
            ),
            [0x55, 0x1d, 35] => {
                self.refuse_critical(NonCriticalExtension::AuthorityKeyIdentifier, go)?;
                (
                    is_authority_key_identifier(value),
                    ExtensionPart::AuthorityKeyIdentifier,
                )
            }
            [0x55, 0x1d, 36] => (
                is_parsed(is_policy_constraints(value), go),
                ExtensionPart::PolicyConstraints,
            ),
            [0x55, 0x1d, 37] => (is_key_purposes(value, go), ExtensionPart::ExtendedKeyUsages),
            [0x55, 0x1d, 54] => (
                is_parsed(is_inhibit_any(value), go),
                ExtensionPart::InhibitAnyPolicy,
            ),
            identifier if *identifier == AUTHORITY_INFO_ACCESS => {
                self.refuse_critical(NonCriticalExtension::AuthorityInfoAccess, go)?;
                (
                    is_authority_info_access(value, go),
                    ExtensionPart::AuthorityInfoAccess,
                )
            }
            _ => return Ok(()),
        };
        well_formed.ok_or(ExtensionError::Invalid(part))
    }

    fn refuse_critical(
        &self,
        extension: NonCriticalExtension,
        go: &Dialect,
    ) -> Result<(), ExtensionError> {
        if self.critical && go.has(Rule::NonCriticalIdentifiers) {
            return Err(ExtensionError::MarkedCritical(extension));
        }
        Ok(())
    }
}

fn is_subject_key_identifier(mut value: Reader<'_>) -> Option<()> {
    value.content(Tag::OCTET_STRING).map(|_| ())
}

fn is_key_usage(mut value: Reader<'_>) -> Option<()> {
    value.bit_string().map(|_| ())
}

/// What an extension is in a release that may not parse it.
fn is_parsed(well_formed: Option<()>, go: &Dialect) -> Option<()> {
    match well_formed {
        None if !go.has(Rule::PolicyExtensions) => Some(()),
        parsed => parsed,
    }
}

/// Whether the basic constraints make a CA; Go takes an explicit FALSE, and a path length without a
/// CA.
pub(super) fn read_basic_constraints(
    mut value: Reader<'_>,
    go: &Dialect,
) -> Result<bool, ExtensionPart> {
    let fault = |part| {
        move || match go.has(Rule::BasicConstraintsInOneMessage) {
            true => ExtensionPart::BasicConstraints,
            false => part,
        }
    };
    let mut fields = value
        .enter(Tag::SEQUENCE)
        .ok_or_else(fault(ExtensionPart::BasicConstraintsFrame))?;
    let is_ca = fields.next_is(Tag::BOOLEAN)
        && fields
            .boolean()
            .ok_or_else(fault(ExtensionPart::BasicConstraintsAuthority))?;
    if fields.next_is(Tag::INTEGER) {
        // From Go 1.25 on read as unsigned, then held to Go's largest `int`.
        let path_length = fields.integer().and_then(Integer::to_i64);
        path_length
            .filter(|&length| length >= 0 || !go.has(Rule::NonNegativePathLength))
            .ok_or_else(fault(ExtensionPart::BasicConstraintsPathLength))?;
    }
    Ok(is_ca)
}

fn check_distribution_points(mut value: Reader<'_>) -> Result<(), ExtensionError> {
    let mut points = value.enter(Tag::SEQUENCE).ok_or(ExtensionError::Invalid(
        ExtensionPart::CrlDistributionPoints,
    ))?;
    while !points.is_empty() {
        read_distribution_point(&mut points)
            .ok_or(ExtensionError::Invalid(ExtensionPart::CrlDistributionPoint))?;
    }
    Ok(())
}

/// Go collects the URIs, unparsed, up to the first name of another kind.
fn read_distribution_point(points: &mut Reader<'_>) -> Option<()> {
    const URI: Tag = Tag::implicit(6);

    let mut point = points.enter(Tag::SEQUENCE)?;
    let Some(mut name) = point.enter_optional(Tag::explicit(0))? else {
        return Some(());
    };
    let mut full_name = name.enter(Tag::explicit(0))?;
    while full_name.next_is(URI) {
        full_name.content(URI)?;
    }
    Some(())
}

/// Policies are the one place with identifiers of any size; none may occur twice.
fn is_policies(mut value: Reader<'_>, go: &Dialect) -> Option<()> {
    let mut policies = value.enter(Tag::SEQUENCE)?;
    let mut met = MetIdentifiers::new();
    while !policies.is_empty() {
        let mut policy = policies.enter(Tag::SEQUENCE)?;
        let identifier = policy.content(Tag::OBJECT_IDENTIFIER)?;
        let is_new = met.insert(identifier);
        let acceptable = is_policy(identifier, go) && (is_new || !go.has(Rule::UniquePolicies));
        acceptable.then_some(())?;
    }
    Some(())
}

fn is_policy(identifier: &[u8], go: &Dialect) -> bool {
    let of_any_size = has_minimal_components(identifier);
    let small = ObjectIdentifier::of(identifier, go).is_some();
    if of_any_size == small || go.has(Rule::PoliciesOfAnySize) {
        of_any_size
    } else {
        small
    }
}

/// Go keeps the identifiers of mappings as bytes and does not look into them.
fn is_policy_mappings(mut value: Reader<'_>) -> Option<()> {
    let mut mappings = value.enter(Tag::SEQUENCE)?;
    while !mappings.is_empty() {
        let mut mapping = mappings.enter(Tag::SEQUENCE)?;
        for _ in ["issuer's policy", "subject's policy"] {
            mapping.content(Tag::OBJECT_IDENTIFIER)?;
        }
    }
    Some(())
}

fn is_authority_key_identifier(mut value: Reader<'_>) -> Option<()> {
    let mut fields = value.enter(Tag::SEQUENCE)?;
    fields.enter_optional(Tag::implicit(0)).map(|_| ())
}

/// Negative numbers pass.
fn is_policy_constraints(mut value: Reader<'_>) -> Option<()> {
    let mut fields = value.enter(Tag::SEQUENCE)?;
    for tag in [Tag::implicit(0), Tag::implicit(1)] {
        if fields.next_is(tag) {
            fields.integer_tagged(tag)?.to_i64()?;
        }
    }
    Some(())
}

fn is_key_purposes(mut value: Reader<'_>, go: &Dialect) -> Option<()> {
    let mut purposes = value.enter(Tag::SEQUENCE)?;
    while !purposes.is_empty() {
        ObjectIdentifier::read(&mut purposes, go)?;
    }
    Some(())
}

/// A negative number passes.
fn is_inhibit_any(mut value: Reader<'_>) -> Option<()> {
    value.integer()?.to_i64().map(|_| ())
}

/// The locations are not parsed, even where they are URIs.
fn is_authority_info_access(mut value: Reader<'_>, go: &Dialect) -> Option<()> {
    let mut descriptions = value.enter(Tag::SEQUENCE)?;
    while !descriptions.is_empty() {
        let mut description = descriptions.enter(Tag::SEQUENCE)?;
        ObjectIdentifier::read(&mut description, go)?;
        description.enter_optional(Tag::implicit(6))?;
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Sample, element, extension};

    #[test]
    fn contents() {
        let point = element(0x30, &element(0xa0, &element(0xa0, &[0x86, 0x00, 0x01])));
        for (last, accepted, refused, part) in [
            (14, &[0x04, 0x00][..], &[][..], "subject key identifier"),
            (15, &[0x03, 0x01, 0x00], &[0x03, 0x00], "key usage"),
            (
                19,
                &[0x30, 0x03, 0x02, 0x01, 0x7f],
                &[0x30, 0x03, 0x02, 0x01, 0xff],
                "basic constraints",
            ),
            (31, &element(0x30, &point), &[], "CRL distribution points"),
            (
                31,
                &[0x30, 0x02, 0x30, 0x00],
                &[0x30, 0x04, 0x30, 0x02, 0xa0, 0x00],
                "CRL distribution point",
            ),
            (
                32,
                &[0x30, 0x06, 0x30, 0x04, 0x06, 0x02, 0x2a, 0x01],
                &[
                    0x30, 0x0a, 0x30, 0x03, 0x06, 0x01, 0x2a, 0x30, 0x03, 0x06, 0x01, 0x2a,
                ],
                "certificate policies",
            ),
            (
                33,
                &[0x30, 0x06, 0x30, 0x04, 0x06, 0x00, 0x06, 0x00],
                &[0x30, 0x04, 0x30, 0x02, 0x06, 0x00],
                "policy mappings extension",
            ),
            (
                35,
                &[0x30, 0x00],
                &[0x30, 0x01, 0x80],
                "authority key identifier",
            ),
            (
                36,
                &[0x30, 0x03, 0x81, 0x01, 0xff],
                &[0x30, 0x02, 0x80, 0x00],
                "policy constraints extension",
            ),
            (
                37,
                &[0x30, 0x00],
                &[0x30, 0x02, 0x06, 0x00],
                "extended key usages",
            ),
            (
                54,
                &[0x02, 0x01, 0xff],
                &[0x02, 0x00],
                "inhibit any policy extension",
            ),
        ] {
            assert_eq!(
                Sample::with_extension(last, accepted).message(),
                "",
                "{last}"
            );
            let message = Sample::with_extension(last, refused).message();
            assert_eq!(message, format!("x509: invalid {part}"));
        }
    }

    #[test]
    fn authority_info_access() {
        let extension = |critical: &[u8], value: &[u8]| {
            let identifier = element(0x06, &[0x2b, 6, 1, 5, 5, 7, 1, 1]);
            let value = element(0x04, value);
            let extension = element(0x30, &[&identifier, critical, &value].concat());
            Sample::with_extensions(&[extension]).message()
        };
        assert_eq!(extension(&[], &[0x30, 0x00]), "");
        assert_eq!(
            extension(&[], &[0x30, 0x02, 0x30, 0x00]),
            "x509: invalid authority info access"
        );
        assert_eq!(
            extension(&[0x01, 0x01, 0xff], &[]),
            "x509: authority info access incorrectly marked critical"
        );
        assert_eq!(
            extension(&[0x01, 0x01, 0x01], &[]),
            "x509: malformed extension critical field"
        );
    }

    #[test]
    fn key_identifiers_are_never_critical() {
        for (last, name) in [(14, "subject key"), (35, "authority key")] {
            assert_eq!(
                Sample::with_extensions(&[extension(last, true, &[])]).message(),
                format!("x509: {name} identifier incorrectly marked critical")
            );
        }
        assert_eq!(
            Sample::with_extensions(&[extension(99, true, &[])]).message(),
            ""
        );
    }

    #[test]
    fn frames_come_before_contents() {
        let bad_content = extension(15, false, &[]);
        assert_eq!(
            Sample::with_extensions(&[bad_content.clone(), bad_content.clone()]).message(),
            "x509: certificate contains duplicate extension with OID \"2.5.29.15\""
        );
        for (frame, message) in [
            (vec![0x31, 0x00], "x509: malformed extension"),
            (vec![0x30, 0x00], "x509: malformed extension OID field"),
            (
                vec![0x30, 0x03, 0x06, 0x01, 0x2a],
                "x509: malformed extension value field",
            ),
        ] {
            let extensions = [bad_content.clone(), frame];
            assert_eq!(Sample::with_extensions(&extensions).message(), message);
        }
        let contents = [bad_content, extension(14, false, &[])];
        assert_eq!(
            Sample::with_extensions(&contents).message(),
            "x509: invalid key usage"
        );
    }
}
