//! What changed from one Go release to the next: the one table that all readers go by.
//!
//! A rule is named after the later behaviour. The next Go release is a few rows here, and one
//! question to the dialect at the place that each row is about.
//!
//! The sources are files of Go's own source, compared between the release named under `since` and
//! the one before it on the same branch.

/// Behaviour that some Go releases have and others do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Rule {
    /// DEL is quoted as `\x7f`; before, as `\u007f`.
    DeleteAsHexadecimal,
    /// The characters of Unicode 15 are printable; before, those of Unicode 13.
    Unicode15,
    /// The characters of Unicode 17 are printable.
    Unicode17,
    /// The unique identifiers of a certificate are primitive; before, constructed.
    PrimitiveUniqueIdentifiers,
    /// A UTCTime that cannot be parsed is "malformed"; before, the error of `time.Parse` was the
    /// message.
    UtcTimeMalformed,
    /// A zone of a time is at most 24 hours off; before, 99.
    ZoneOfOneDay,
    /// An extension may occur once.
    UniqueExtensions,
    /// The message on an extension that occurs twice names it.
    DuplicateExtensionNamed,
    /// The message on basic constraints is one; before, there were three that end in a letter.
    BasicConstraintsInOneMessage,
    /// A component of an object identifier does not start with the padding byte `80`.
    MinimalIdentifiers,
    /// A policy may have components of any size; before, of 31 bits.
    PoliciesOfAnySize,
    /// A policy may occur once.
    UniquePolicies,
    /// Policy mappings, policy constraints and inhibit-any-policy are parsed.
    PolicyExtensions,
    /// Key identifiers and authority info access may not be critical.
    NonCriticalIdentifiers,
    /// A serial number may not be negative.
    NonNegativeSerialNumber,
    /// A path length may not be negative.
    NonNegativePathLength,
    /// A domain name may not start with a dot.
    FirstLabel,
    /// A constraint may not be a dot alone.
    ConstraintBelowDot,
    /// Names of all kinds are checked as domains, lengths included, but not their characters.
    StrictDomains,
    /// A group of an IPv6 address has at most four digits; before, zeros may precede.
    FourDigitGroups,
    /// A BMPString holds no surrogates and no noncharacters.
    BmpCharacters,
    /// The message on a point says what is wrong with it.
    PointFaults,
    /// What is in the brackets of a URI's host must be an IPv6 address.
    Ipv6InBrackets,
    /// … and may be an IPv4 address mapped to IPv6.
    MappedInBrackets,
    /// Brackets stand at the start of a URI's host.
    BracketsFirst,
    /// A host of a URI has one colon, unless it is one for PostgreSQL.
    StrictColons,
    /// … only in http and https.
    StrictColonsInHttp,
    /// PEM is searched for an END line first; before, for a BEGIN line.
    PemEndFirst,
    /// An END line without a BEGIN line does not end the search for a PEM block.
    PemStrayEnd,
    /// JSON is read by version 2 of the package, which has other messages.
    JsonV2,
    /// An attribute of a name may have any value; before, a string.
    AnyAttributeValue,
    /// ML-DSA keys are read.
    MlDsaKeys,
    /// An address or a constraint may not be an IPv4 address mapped to IPv6.
    UnmappedAddresses,
    /// A mailbox has one `@`.
    OneAtInMailbox,
}

impl Rule {
    pub(crate) const fn bit(self) -> u64 {
        1 << self as u32
    }
}

/// A row of the table.
#[derive(Debug)]
pub struct Change {
    /// The behaviour.
    pub rule: Rule,
    /// The first releases that have it: minor and patch number, one for each branch that got it,
    /// oldest branch first. Later branches have it from the start.
    pub since: &'static [(u8, u8)],
    /// The first releases that no longer have it, in the same way.
    pub until: &'static [(u8, u8)],
    /// The lowest `go` line with which it is the default; 0 where the line does not matter.
    pub line: u8,
    /// Where Go says so.
    pub source: &'static str,
}

const fn since(rule: Rule, since: &'static [(u8, u8)], source: &'static str) -> Change {
    Change {
        rule,
        since,
        until: &[],
        line: 0,
        source,
    }
}

/// All changes, oldest first.
pub const CHANGES: &[Change] = &[
    since(
        Rule::PrimitiveUniqueIdentifiers,
        &[(18, 6)],
        "crypto/x509/parser.go, parseCertificate: SkipOptionalASN1; 1.18.5 cannot be had",
    ),
    since(
        Rule::DeleteAsHexadecimal,
        &[(19, 0)],
        "strconv/quote.go, appendEscapedRune: r == 0x7f; golang/go#52062",
    ),
    since(
        Rule::UtcTimeMalformed,
        &[(19, 0)],
        "crypto/x509/parser.go: parseTime takes the place of parseValidity's extract",
    ),
    since(
        Rule::UniqueExtensions,
        &[(19, 0)],
        "crypto/x509/parser.go, parseCertificate: seenExts; release notes of Go 1.19, crypto/x509",
    ),
    since(
        Rule::BasicConstraintsInOneMessage,
        &[(21, 0)],
        "crypto/x509/parser.go, parseBasicConstraintsExtension",
    ),
    since(
        Rule::MinimalIdentifiers,
        &[(21, 0)],
        "golang.org/x/crypto/cryptobyte/asn1.go, readBase128Int: X.690, section 8.19.2",
    ),
    since(
        Rule::Unicode15,
        &[(21, 0)],
        "strconv/isprint.go; release notes of Go 1.21, unicode",
    ),
    since(
        Rule::PoliciesOfAnySize,
        &[(22, 0)],
        "crypto/x509/parser.go, parseCertificatePoliciesExtension: newOIDFromDER",
    ),
    Change {
        line: 23,
        ..since(
            Rule::NonNegativeSerialNumber,
            &[(23, 0)],
            "crypto/x509/parser.go, parseCertificate: x509negativeserial; internal/godebugs/table.go",
        )
    },
    since(
        Rule::DuplicateExtensionNamed,
        &[(23, 0)],
        "crypto/x509/parser.go, parseCertificate: duplicate extension with OID",
    ),
    since(
        Rule::NonCriticalIdentifiers,
        &[(23, 0)],
        "crypto/x509/parser.go, parseAuthorityKeyIdentifier and processExtensions: incorrectly marked critical",
    ),
    since(
        Rule::FirstLabel,
        &[(23, 0)],
        "crypto/x509/verify.go, domainToReverseLabels: prefixed with an empty label",
    ),
    since(
        Rule::FourDigitGroups,
        &[(23, 0)],
        "net/netip/netip.go, parseIPv6: each group must have 4 or less digits",
    ),
    since(
        Rule::ZoneOfOneDay,
        &[(23, 0)],
        "time/format.go, parse: time zone offset hour",
    ),
    since(
        Rule::PolicyExtensions,
        &[(24, 0)],
        "crypto/x509/parser.go, processExtensions: cases 33, 36 and 54",
    ),
    since(
        Rule::UniquePolicies,
        &[(24, 0)],
        "crypto/x509/parser.go, parseCertificatePoliciesExtension: seenOIDs",
    ),
    since(
        Rule::ConstraintBelowDot,
        &[(24, 8), (25, 2)],
        "crypto/x509/parser.go: domainNameValid takes the place of domainToReverseLabels",
    ),
    Change {
        until: &[(24, 9), (25, 3)],
        ..since(
            Rule::StrictDomains,
            &[(24, 8), (25, 2)],
            "crypto/x509/parser.go, domainNameValid and parseSANExtension; taken back in golang/go#75835",
        )
    },
    since(
        Rule::Ipv6InBrackets,
        &[(24, 8), (25, 2)],
        "net/url/url.go, parseHost: netip.ParseAddr",
    ),
    since(
        Rule::PemEndFirst,
        &[(24, 8), (25, 2)],
        "encoding/pem/pem.go, Decode: the first END line, and then the last BEGIN line before",
    ),
    since(
        Rule::MappedInBrackets,
        &[(24, 10), (25, 4)],
        "net/url/url.go, parseHost: Is4In6",
    ),
    since(
        Rule::PemStrayEnd,
        &[(24, 10), (25, 4)],
        "encoding/pem/pem.go, Decode: endTrailerIndex",
    ),
    since(
        Rule::BmpCharacters,
        &[(25, 0)],
        "crypto/x509/parser.go, parseASN1String: noncharacters and surrogates",
    ),
    since(
        Rule::NonNegativePathLength,
        &[(25, 0)],
        "crypto/x509/parser.go, parseBasicConstraintsExtension: uint",
    ),
    since(
        Rule::BracketsFirst,
        &[(25, 8), (26, 1)],
        "net/url/url.go, parseHost: openBracketIdx > 0",
    ),
    since(
        Rule::PointFaults,
        &[(26, 0)],
        "crypto/x509/parser.go, parsePublicKey: ecdsa.ParseUncompressedPublicKey",
    ),
    Change {
        line: 26,
        ..since(
            Rule::StrictColons,
            &[(26, 0)],
            "net/url/url.go, parseHost: urlstrictcolons; internal/godebugs/table.go",
        )
    },
    since(
        Rule::StrictColonsInHttp,
        &[(26, 2)],
        "net/url/url.go, parseHost: golang/go#78077",
    ),
    since(
        Rule::AnyAttributeValue,
        &[(27, 0)],
        "crypto/x509/parser.go, readASN1Any",
    ),
    since(
        Rule::JsonV2,
        &[(27, 0)],
        "encoding/json/v2_decode.go, v2_inject.go and v2_scanner.go; internal/buildcfg/exp.go: JSONv2",
    ),
    since(
        Rule::MlDsaKeys,
        &[(27, 0)],
        "crypto/x509/parser.go, parsePublicKey: oidPublicKeyMLDSA44; crypto/internal/fips140/mldsa/mldsa.go",
    ),
    since(
        Rule::OneAtInMailbox,
        &[(27, 0)],
        "crypto/x509/verify.go, parseRFC2821Mailbox: reject domain names containing @",
    ),
    since(
        Rule::UnmappedAddresses,
        &[(27, 0)],
        "crypto/x509/parser.go, parseSANExtension and parseNameConstraintsExtension: To4",
    ),
    since(
        Rule::Unicode17,
        &[(27, 0)],
        "strconv/isprint.go; release notes of Go 1.27, unicode",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rule_has_one_row_and_each_row_a_source() {
        let mut seen = 0;
        for change in CHANGES {
            assert_eq!(seen & change.rule.bit(), 0, "{change:?}");
            seen |= change.rule.bit();
            assert!(!change.source.is_empty() && !change.since.is_empty());
            assert!(change.since.is_sorted() && change.until.is_sorted());
        }
    }
}
