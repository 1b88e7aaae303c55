//! What a dialer's TLS makes of each certificate in `CA`: Go's `Certificate.Verify`, as far as the
//! root alone decides it.
//!
//! The dialer puts the certificates of all entries into one pool, and takes the acceptor's
//! certificate when one of them issued it. Of that one Go checks the dates, that it may sign, its
//! extended key usage, its name constraints and that no critical extension is unknown. Go never
//! checks its signature. A certificate of the pool that is the acceptor's own is taken as it is, CA
//! or not.

use crate::godialect::pem;
use crate::godialect::x509::{
    GeneralName, alternative_names, check_certificate, constrained_names, is_ca,
};
use crate::roots::host_of_spiffe_uri;
use jiff::Timestamp;
use x509_parser::extensions::ParsedExtension;
use x509_parser::oid_registry::{
    OID_KEY_TYPE_EC_PUBLIC_KEY, OID_PKCS1_RSAENCRYPTION, OID_PKIX_AUTHORITY_INFO_ACCESS,
    OID_SIG_ED25519, OID_X509_EXT_AUTHORITY_KEY_IDENTIFIER, OID_X509_EXT_BASIC_CONSTRAINTS,
    OID_X509_EXT_CERTIFICATE_POLICIES, OID_X509_EXT_CRL_DISTRIBUTION_POINTS,
    OID_X509_EXT_EXTENDED_KEY_USAGE, OID_X509_EXT_INHIBIT_ANY_POLICY, OID_X509_EXT_KEY_USAGE,
    OID_X509_EXT_NAME_CONSTRAINTS, OID_X509_EXT_POLICY_CONSTRAINTS, OID_X509_EXT_POLICY_MAPPINGS,
    OID_X509_EXT_SUBJECT_ALT_NAME, OID_X509_EXT_SUBJECT_KEY_IDENTIFIER, Oid,
};
use x509_parser::prelude::{FromDer, X509Certificate, X509Version};
use x509_parser::public_key::PublicKey;

/// The least RSA key that Go verifies with, from 1.24 on (`rsa1024min`).
pub(super) const LEAST_RSA: usize = 1024;

/// A `CA` entry's certificates, as DER, and how many of them are in the pool.
pub(super) struct Entry {
    /// Those of the pool.
    pub(super) pool: Vec<Vec<u8>>,
    /// How many PEM blocks are certificates by their label.
    pub(super) certificates: usize,
}

impl Entry {
    /// Takes from an entry what `CertPool.AppendCertsFromPEM` takes.
    pub(super) fn of(entry: &str) -> Self {
        let mut taken = Self {
            pool: Vec::new(),
            certificates: 0,
        };
        let mut der = Vec::new();
        let mut from = 0;
        while let Some(block) = pem::next_block(entry.as_bytes(), from, &mut der) {
            from = block.end;
            if block.label != b"CERTIFICATE" {
                continue;
            }
            taken.certificates += 1;
            // The first one has passed the verdict, or there is no dialing at all.
            let is_read = taken.certificates == 1 || check_certificate(&der).is_ok();
            if is_read && !block.has_headers {
                taken.pool.push(der.clone());
            }
        }
        taken
    }
}

/// A certificate in the dialer's pool.
pub(super) struct Root<'a> {
    /// The index of its entry in `CA`.
    pub(super) entry: usize,
    pub(super) der: &'a [u8],
    /// What x509-parser reads, which may fail where Go does not. Of such a one nothing is found.
    pub(super) certificate: Option<X509Certificate<'a>>,
    pub(super) key: Key,
    /// Whether Go takes it for a CA.
    pub(super) is_ca: bool,
    /// Whether its key usage lets it sign certificates.
    pub(super) may_sign: bool,
    /// What else keeps Go from using it.
    pub(super) obstacle: Option<Obstacle<'a>>,
    /// Whether it is a certificate that the acceptor itself may show: it has the server name.
    pub(super) has_server_name: bool,
    /// The trust domain of its SPIFFE URI, in lower case.
    pub(super) trust_domain: Option<String>,
}

/// What a root's key is, as far as it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    /// RSA, with the bits of its modulus.
    Rsa(usize),
    /// On the curve P-224.
    P224,
    Other,
}

/// What keeps Go from using a root that is a CA and may sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Obstacle<'a> {
    /// A key of an algorithm that Go has no signatures of.
    Key,
    /// A critical extension that Go does not know.
    CriticalExtension(Oid<'a>),
    /// An extended key usage without servers.
    Purpose,
    /// Name constraints that rule the server name out.
    NameConstraints,
}

impl<'a> Root<'a> {
    /// The certificates in the pool of a dialer that checks this server name.
    pub(super) fn all(entries: &'a [Entry], server_name: &str) -> Vec<Self> {
        let ders = (0..)
            .zip(entries)
            .flat_map(|(index, entry)| entry.pool.iter().map(move |der| (index, der)));
        ders.map(|(index, der)| Self::read(index, der, server_name))
            .collect()
    }

    fn read(entry: usize, der: &'a [u8], server_name: &str) -> Self {
        let mut root = Self {
            entry,
            der,
            certificate: None,
            key: Key::Other,
            is_ca: true,
            may_sign: true,
            obstacle: None,
            has_server_name: false,
            trust_domain: None,
        };
        let Ok((_, certificate)) = X509Certificate::from_der(der) else {
            return root;
        };
        root.read_key(&certificate);
        // Older versions have no extensions, and Go asks for none.
        if certificate.version() == X509Version::V3 {
            root.is_ca = false;
            root.read_extensions(&certificate, server_name);
        }
        root.certificate = Some(certificate);
        root
    }

    fn read_key(&mut self, certificate: &X509Certificate<'a>) {
        let info = certificate.public_key();
        let algorithm = &info.algorithm.algorithm;
        if *algorithm == OID_PKCS1_RSAENCRYPTION {
            if let Ok(PublicKey::RSA(key)) = info.parsed() {
                self.key = Key::Rsa(bits(key.modulus));
            }
        } else if *algorithm == OID_KEY_TYPE_EC_PUBLIC_KEY {
            /// 1.3.132.0.33
            const SECP224R1: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x21];
            let curve = info.algorithm.parameters.as_ref();
            if curve.is_some_and(|curve| curve.data == SECP224R1) {
                self.key = Key::P224;
            }
        } else if *algorithm != OID_SIG_ED25519 {
            self.obstacle = Some(Obstacle::Key);
        }
    }

    /// What x509-parser reads otherwise than Go is read as Go does. Where Go refuses it, there is no
    /// dialing at all.
    fn read_extensions(&mut self, certificate: &X509Certificate<'a>, server_name: &str) {
        for extension in certificate.extensions() {
            let mut is_known = is_known(&extension.oid);
            if extension.oid == OID_X509_EXT_BASIC_CONSTRAINTS {
                self.is_ca = is_ca(extension.value).unwrap_or(true);
            } else if extension.oid == OID_X509_EXT_SUBJECT_ALT_NAME
                && let Some(names) = alternative_names(extension.value)
            {
                is_known = names.iter().any(|name| *name != GeneralName::Other);
                self.read_names(&names, server_name);
            } else if extension.oid == OID_X509_EXT_NAME_CONSTRAINTS
                && let Some([permitted, excluded]) = constrained_names(extension.value)
            {
                let mut names = permitted.iter().chain(&excluded);
                is_known = names.all(|name| *name != GeneralName::Other);
                if !permits(&permitted, &excluded, server_name) {
                    self.obstacle = Some(Obstacle::NameConstraints);
                }
            }
            match extension.parsed_extension() {
                ParsedExtension::KeyUsage(usage) => {
                    // Go reads nine bits, and takes none of them set for no key usage.
                    self.may_sign = usage.flags & 0x1ff == 0 || usage.key_cert_sign();
                }
                ParsedExtension::ExtendedKeyUsage(usage) => {
                    let for_others = usage.client_auth
                        || usage.code_signing
                        || usage.email_protection
                        || usage.time_stamping
                        || usage.ocsp_signing
                        || !usage.other.is_empty();
                    if for_others && !usage.any && !usage.server_auth {
                        self.obstacle = Some(Obstacle::Purpose);
                    }
                }
                _ => {}
            }
            if extension.critical && !is_known {
                self.obstacle = Some(Obstacle::CriticalExtension(extension.oid.clone()));
            }
        }
    }

    fn read_names(&mut self, names: &[GeneralName<'_>], server_name: &str) {
        self.trust_domain = names.iter().find_map(|name| match name {
            GeneralName::Uri(uri) => host_of_spiffe_uri(uri),
            _ => None,
        });
        self.has_server_name = names
            .iter()
            .any(|name| matches!(name, GeneralName::Dns(dns) if covers(dns, server_name)));
    }

    /// The JSON path of the entry.
    pub(super) fn path(&self) -> String {
        format!("$.CA[{}]", self.entry)
    }

    /// The first moment of the certificate's validity, in seconds of Unix time.
    pub(super) fn not_before(&self) -> Option<i64> {
        let certificate = self.certificate.as_ref()?;
        Some(certificate.validity().not_before.timestamp())
    }

    /// The last moment of its validity, in seconds of Unix time.
    pub(super) fn not_after(&self) -> Option<i64> {
        let certificate = self.certificate.as_ref()?;
        Some(certificate.validity().not_after.timestamp())
    }

    /// Whether its validity begins after the moment.
    pub(super) fn begins_after(&self, at: Timestamp) -> bool {
        self.not_before()
            .is_some_and(|from| at.as_nanosecond() < nanoseconds(from))
    }

    /// Whether its validity ends before the moment. The last second belongs to it, a fraction
    /// behind it does not.
    pub(super) fn ends_before(&self, at: Timestamp) -> bool {
        self.not_after()
            .is_some_and(|to| at.as_nanosecond() > nanoseconds(to))
    }

    /// Whether the moment is within its validity.
    pub(super) fn is_valid_at(&self, at: Timestamp) -> bool {
        !self.begins_after(at) && !self.ends_before(at)
    }

    /// Whether there are certificates of the acceptor that Go takes with it, at a moment at which
    /// it is valid.
    pub(super) fn is_of_use(&self) -> bool {
        let issues = self.is_ca
            && self.may_sign
            && self.obstacle.is_none()
            && !matches!(self.key, Key::Rsa(..LEAST_RSA));
        issues || self.may_be_the_server()
    }

    /// Whether Go takes it as the acceptor's own certificate, for which it need not be a CA.
    pub(super) fn may_be_the_server(&self) -> bool {
        let has_obstacle = match &self.obstacle {
            // The key signs no certificate then, but the handshake.
            None | Some(Obstacle::Key | Obstacle::NameConstraints) => false,
            Some(Obstacle::CriticalExtension(_) | Obstacle::Purpose) => true,
        };
        self.has_server_name && !has_obstacle
    }

    /// Its subject, where there is one to be read.
    pub(super) fn subject(&self) -> String {
        let certificate = self.certificate.as_ref();
        certificate.map_or_else(String::new, |read| read.subject().to_string())
    }
}

fn nanoseconds(seconds: i64) -> i128 {
    i128::from(seconds) * 1_000_000_000
}

/// How many bits a number has, in big-endian bytes.
fn bits(number: &[u8]) -> usize {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    let first = number.get(zeros).map_or(0, |byte| byte.leading_zeros());
    (8 * (number.len() - zeros)).saturating_sub(first as usize)
}

/// Whether Go looks into an extension, so that it may be critical.
fn is_known(oid: &Oid<'_>) -> bool {
    [
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
        OID_PKIX_AUTHORITY_INFO_ACCESS,
    ]
    .contains(oid)
}

/// Whether name constraints let the server name pass. Those of other kinds of names are left alone:
/// which names of such kinds the acceptor's certificate has is not in the token.
fn permits(permitted: &[GeneralName<'_>], excluded: &[GeneralName<'_>], server_name: &str) -> bool {
    let is_within = |name: &GeneralName<'_>| {
        let GeneralName::Dns(dns) = name else {
            return None;
        };
        let domain = dns.strip_prefix('.').unwrap_or(dns);
        let before = strip_suffix_ignoring_case(server_name, domain);
        Some(match before {
            Some("") => !dns.starts_with('.'),
            Some(before) => domain.is_empty() || before.ends_with('.'),
            None => false,
        })
    };
    let mut permitted = permitted.iter().filter_map(is_within).peekable();
    let is_permitted = permitted.peek().is_none() || permitted.any(|is_within| is_within);
    let mut excluded = excluded.iter().filter_map(is_within);
    is_permitted && !excluded.any(|is_within| is_within)
}

/// Whether a DNS name of a certificate covers the server name (Go's `Certificate.VerifyHostname`):
/// in any case, and with a wildcard for the whole first label.
fn covers(dns: &str, server_name: &str) -> bool {
    let server_name = server_name.strip_suffix('.').unwrap_or(server_name);
    if dns.eq_ignore_ascii_case(server_name) {
        return true;
    }
    match (dns.strip_prefix("*."), server_name.split_once('.')) {
        (Some(pattern), Some((_, parent))) => pattern.eq_ignore_ascii_case(parent),
        _ => false,
    }
}

fn strip_suffix_ignoring_case<'t>(text: &'t str, suffix: &str) -> Option<&'t str> {
    let (before, end) = text.split_at_checked(text.len().checked_sub(suffix.len())?)?;
    end.eq_ignore_ascii_case(suffix).then_some(before)
}
