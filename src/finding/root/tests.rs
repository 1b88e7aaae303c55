//! What is read of a root beside what x509-parser reads.

use super::*;
use godialect::pem::certificates;
use peertok_testing as testing;
use proptest::prelude::*;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;
use x509_parser::extensions::{GeneralName, NameConstraints, ParsedExtension};
use x509_parser::oid_registry::{
    OID_KEY_TYPE_EC_PUBLIC_KEY, OID_PKCS1_RSAENCRYPTION, OID_SIG_ED25519,
    OID_X509_EXT_AUTHORITY_KEY_IDENTIFIER, OID_X509_EXT_BASIC_CONSTRAINTS,
    OID_X509_EXT_CERTIFICATE_POLICIES, OID_X509_EXT_CRL_DISTRIBUTION_POINTS,
    OID_X509_EXT_EXTENDED_KEY_USAGE, OID_X509_EXT_INHIBIT_ANY_POLICY, OID_X509_EXT_KEY_USAGE,
    OID_X509_EXT_NAME_CONSTRAINTS, OID_X509_EXT_POLICY_CONSTRAINTS, OID_X509_EXT_POLICY_MAPPINGS,
    OID_X509_EXT_SUBJECT_ALT_NAME, OID_X509_EXT_SUBJECT_KEY_IDENTIFIER, Oid,
};
use x509_parser::prelude::X509Version;
use x509_parser::public_key::PublicKey;

/// Extensions that Go looks into, so that they may be critical.
const KNOWN: [Oid<'_>; 12] = [
    OID_X509_EXT_BASIC_CONSTRAINTS,
    OID_X509_EXT_KEY_USAGE,
    OID_X509_EXT_EXTENDED_KEY_USAGE,
    OID_X509_EXT_SUBJECT_ALT_NAME,
    OID_X509_EXT_NAME_CONSTRAINTS,
    OID_X509_EXT_SUBJECT_KEY_IDENTIFIER,
    OID_X509_EXT_AUTHORITY_KEY_IDENTIFIER,
    OID_X509_EXT_CERTIFICATE_POLICIES,
    OID_X509_EXT_POLICY_MAPPINGS,
    OID_X509_EXT_POLICY_CONSTRAINTS,
    OID_X509_EXT_INHIBIT_ANY_POLICY,
    OID_X509_EXT_CRL_DISTRIBUTION_POINTS,
];

/// What the rules ask of a root.
#[derive(Debug, PartialEq, Eq)]
struct Facts {
    validity: Option<[i64; 2]>,
    key: Key,
    is_ca: bool,
    may_sign: bool,
    has_unknown: bool,
    is_for_servers: bool,
    dns_names: Vec<String>,
    uris: Vec<String>,
    permitted: Vec<String>,
    excluded: Vec<String>,
}

impl Facts {
    fn of(der: &[u8]) -> Self {
        let read = Certificate::read(der.to_vec());
        Self {
            validity: read.validity,
            key: read.key,
            is_ca: Root::of(0, &read, "", Wanted::new("")).is_ca(),
            may_sign: read.may_sign,
            has_unknown: read.unknown_critical_extension.is_some(),
            is_for_servers: read.is_for_servers,
            dns_names: read.dns_names,
            uris: read.uris,
            permitted: read.permitted_dns_names,
            excluded: read.excluded_dns_names,
        }
    }

    /// `None` where x509-parser cannot read all of it.
    fn by_x509_parser(der: &[u8]) -> Option<Self> {
        let (_, certificate) = X509Certificate::from_der(der).ok()?;
        let validity = certificate.validity();
        let mut facts = Self {
            validity: Some([
                validity.not_before.timestamp(),
                validity.not_after.timestamp(),
            ]),
            key: key(&certificate)?,
            is_ca: true,
            may_sign: true,
            has_unknown: false,
            is_for_servers: true,
            dns_names: Vec::new(),
            uris: Vec::new(),
            permitted: Vec::new(),
            excluded: Vec::new(),
        };
        if certificate.version() == X509Version::V3 {
            facts.is_ca = false;
            facts.read_extensions(&certificate)?;
        }
        Some(facts)
    }

    fn read_extensions(&mut self, certificate: &X509Certificate<'_>) -> Option<()> {
        for extension in certificate.extensions() {
            let mut is_known = KNOWN.contains(&extension.oid);
            match extension.parsed_extension() {
                ParsedExtension::BasicConstraints(constraints) => self.is_ca = constraints.ca,
                ParsedExtension::KeyUsage(usage) => {
                    self.may_sign = usage.flags == 0 || usage.key_cert_sign();
                }
                ParsedExtension::ExtendedKeyUsage(usage) => {
                    let for_others = usage.client_auth
                        || usage.code_signing
                        || usage.email_protection
                        || usage.time_stamping
                        || usage.ocsp_signing
                        || !usage.other.is_empty();
                    self.is_for_servers = !for_others || usage.any || usage.server_auth;
                }
                ParsedExtension::SubjectAlternativeName(names) => {
                    is_known = names.general_names.iter().any(is_known_name);
                    for name in &names.general_names {
                        match name {
                            GeneralName::DNSName(dns) => self.dns_names.push((*dns).to_owned()),
                            GeneralName::URI(uri) => self.uris.push((*uri).to_owned()),
                            GeneralName::Invalid(..) => return None,
                            _ => {}
                        }
                    }
                }
                ParsedExtension::NameConstraints(constraints) => {
                    if has_unread_list(constraints, extension.value) {
                        return None;
                    }
                    for (subtrees, texts) in [
                        (&constraints.permitted_subtrees, &mut self.permitted),
                        (&constraints.excluded_subtrees, &mut self.excluded),
                    ] {
                        for subtree in subtrees.iter().flatten() {
                            is_known &= is_known_name(&subtree.base);
                            match subtree.base {
                                GeneralName::DNSName(dns) => texts.push(dns.to_owned()),
                                GeneralName::Invalid(..) => return None,
                                _ => {}
                            }
                        }
                    }
                }
                ParsedExtension::ParseError { .. } => return None,
                _ => {}
            }
            self.has_unknown |= extension.critical && !is_known;
        }
        Some(())
    }
}

fn key(certificate: &X509Certificate<'_>) -> Option<Key> {
    let info = certificate.public_key();
    let algorithm = &info.algorithm.algorithm;
    let curve = info.algorithm.parameters.as_ref();
    let curve = curve.and_then(|curve| curve.as_oid().ok());
    let curve = curve.map(|oid| oid.to_id_string());
    if *algorithm == OID_PKCS1_RSAENCRYPTION {
        let PublicKey::RSA(key) = info.parsed().ok()? else {
            return None;
        };
        let digits = key.modulus.iter().map(|byte| format!("{byte:08b}"));
        let digits = digits.collect::<String>();
        Some(Key::Rsa(digits.trim_start_matches('0').len()))
    } else if *algorithm == OID_KEY_TYPE_EC_PUBLIC_KEY && curve.as_deref() == Some("1.3.132.0.33") {
        Some(Key::P224)
    } else if *algorithm == OID_KEY_TYPE_EC_PUBLIC_KEY || *algorithm == OID_SIG_ED25519 {
        Some(Key::Other)
    } else {
        Some(Key::WithoutSignatures)
    }
}

fn is_known_name(name: &GeneralName<'_>) -> bool {
    matches!(
        name,
        GeneralName::DNSName(_)
            | GeneralName::RFC822Name(_)
            | GeneralName::IPAddress(_)
            | GeneralName::URI(_)
    )
}

/// Whether name constraints have a list that x509-parser passed over since it could not read it.
fn has_unread_list(constraints: &NameConstraints<'_>, value: &[u8]) -> bool {
    let mut lists = [
        constraints.permitted_subtrees.is_some(),
        constraints.excluded_subtrees.is_some(),
    ]
    .into_iter()
    .filter(|is_read| *is_read)
    .count();
    let mut rest = value.get(2..).unwrap_or_default();
    while let [_, length, after @ ..] = rest {
        rest = after.get(usize::from(*length)..).unwrap_or_default();
        lists = lists.wrapping_sub(1);
    }
    lists != 0
}

/// Certificates with all that the rules look for, and those that browsers trust.
static CERTIFICATES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut all = Vec::new();
    for line in include_str!("../../../fixtures/findings/go-verify.json").lines() {
        let answer: serde_json::Value = serde_json::from_str(line).unwrap();
        let entries = answer["ca"].as_array().unwrap().iter();
        all.extend(entries.flat_map(|entry| certificates(entry.as_str().unwrap())));
    }
    for file in fs::read_dir(fixtures.join("ca")).unwrap() {
        // There are folders too.
        let text = fs::read_to_string(file.unwrap().path()).unwrap_or_default();
        all.extend(certificates(&text));
    }
    let trusted = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter();
    all.extend(trusted.map(|der| der.to_vec()));
    all
});

#[test]
fn certificates_are_read_as_x509_parser_reads_them() {
    let mut read = 0;
    for der in CERTIFICATES
        .iter()
        .filter(|der| check_certificate(der).is_ok())
    {
        let Some(expected) = Facts::by_x509_parser(der) else {
            continue;
        };
        assert_eq!(Facts::of(der), expected);
        read += 1;
    }
    assert!(read > 150 && read * 10 > CERTIFICATES.len() * 9, "{read}");
}

proptest! {
    #![proptest_config(testing::config(512))]

    /// Whatever Go takes is read, and as x509-parser reads it, where that can. The upper bits stay,
    /// since x509-parser does not look at them in every tag.
    #[test]
    fn changed_certificates_are_read_as_x509_parser_reads_them(
        which: prop::sample::Index,
        changes in prop::collection::vec((any::<prop::sample::Index>(), 1_u8..0x20), 1..3),
    ) {
        let mut der = which.get(&CERTIFICATES).clone();
        for (at, bits) in changes {
            let at = at.index(der.len());
            der[at] ^= bits;
        }
        if check_certificate(&der).is_ok() {
            let facts = Facts::of(&der);
            prop_assert!(facts.validity.is_some());
            if let Some(expected) = Facts::by_x509_parser(&der) {
                prop_assert_eq!(facts, expected);
            }
        } else {
            let _ = Certificate::read(der);
        }
    }
}
