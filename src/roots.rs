//! Root certificates: from the files that people have to the `CA` entries of a token, and from
//! there to what a person wants to know of them.
//!
//! A server writes one `CA` entry for each root that it knows, ordered by root ID, each ending in
//! one line end. With the Vault provider an entry may hold a whole chain.

use base16ct::lower::encode_string as hex;
use consul_snapshot::State;
use godialect::pem::{CERTIFICATE, certificates, encode_certificate, next_block};
use godialect::x509::{CertificateError, check_certificate};
use jiff::Timestamp;
use ring::digest;
use serde::Serialize;
use serde_json::Value;
use x509_parser::error::X509Error;
use x509_parser::extensions::{GeneralName, ParsedExtension};
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::public_key::PublicKey;

/// The `CA` entries for a token, and the trust domain if their source names it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roots {
    /// The entries, each PEM text that ends in a line end.
    pub entries: Vec<String>,
    /// The trust domain that the source names beside the roots, such as `<cluster-id>.consul`.
    pub trust_domain: Option<String>,
}

/// Why a file gives no `CA` entries.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RootsError {
    /// Nothing but blanks.
    #[error("expected certificates in PEM, but the file is empty")]
    Empty,
    /// DER, which begins with an ASN.1 sequence.
    #[error("expected certificates in PEM, but found DER")]
    Der,
    /// JSON, such as the answer of `/v1/connect/ca/roots`.
    #[error("expected certificates in PEM, but found JSON")]
    Json,
    /// No PEM block at all.
    #[error("expected certificates in PEM, but found no PEM block")]
    NoPem,
    /// A private key, alone or beside certificates.
    #[error("expected certificates only, but found a private key")]
    PrivateKey,
    /// A PEM block of another kind.
    #[error("expected only CERTIFICATE blocks, but found {}", .label.escape_debug())]
    OtherBlock {
        /// The block's label.
        label: String,
    },
    /// A BEGIN line without a whole block behind it.
    #[error("expected whole PEM blocks, but found a damaged one at byte {offset}")]
    DamagedBlock {
        /// Where the BEGIN line starts.
        offset: usize,
    },
    /// A certificate that a server would refuse.
    #[error(
        "expected certificates that Consul takes, but it refuses certificate {number}: {error}"
    )]
    Certificate {
        /// The certificate's place in the file, from 1.
        number: usize,
        /// Go's words.
        error: CertificateError,
    },
    /// A chain file that is no text.
    #[error("expected PEM text, but found bytes that are no UTF-8")]
    NotText,
    /// Not the JSON of `/v1/connect/ca/roots`.
    #[error("expected the JSON of /v1/connect/ca/roots, but found {found}")]
    NotRootsJson {
        /// What was wrong, with line and column.
        found: String,
    },
}

impl Roots {
    /// Takes a PEM bundle apart: one entry for each certificate, written anew as Go writes PEM, so
    /// that comments, bag attributes and CRLF are gone.
    ///
    /// # Errors
    ///
    /// [`RootsError`] where the file holds anything but certificates that Consul takes; a private
    /// key is refused and never read.
    pub fn from_bundle(file: &[u8]) -> Result<Self, RootsError> {
        let mut entries = Vec::new();
        for_each_certificate(without_bom(file), |der| {
            entries.push(encode_certificate(der))
        })?;
        Ok(Self {
            entries,
            trust_domain: None,
        })
    }

    /// Takes a file as one entry, as it is, with a line end added where it has none: a chain, as
    /// the Vault provider has it.
    ///
    /// # Errors
    ///
    /// As [`Roots::from_bundle`].
    pub fn from_chain(file: &[u8]) -> Result<Self, RootsError> {
        let file = without_bom(file);
        for_each_certificate(file, |_| {})?;
        let text = std::str::from_utf8(file).map_err(|_| RootsError::NotText)?;
        Ok(Self {
            entries: vec![with_line_end(text)],
            trust_domain: None,
        })
    }

    /// Reads the answer of `/v1/connect/ca/roots`: each root as it is, ordered by ID, and the trust
    /// domain.
    ///
    /// # Errors
    ///
    /// [`RootsError::NotRootsJson`], or the fault of a root within.
    pub fn from_api(file: &[u8]) -> Result<Self, RootsError> {
        let not_roots = |found: String| RootsError::NotRootsJson { found };
        let answer: Value = serde_json::from_slice(without_bom(file)).map_err(|error| {
            not_roots(format!(
                "no JSON at line {} column {}",
                error.line(),
                error.column()
            ))
        })?;
        let roots = answer["Roots"].as_array().filter(|roots| !roots.is_empty());
        let roots = roots.ok_or_else(|| not_roots("no Roots in it".to_owned()))?;
        let mut by_id = Vec::new();
        for (number, root) in (1..).zip(roots) {
            let (Some(id), Some(pem)) = (root["ID"].as_str(), root["RootCert"].as_str()) else {
                return Err(not_roots(format!("root {number} without ID or RootCert")));
            };
            for_each_certificate(pem.as_bytes(), |_| {})
                .map_err(|error| not_roots(format!("a fault in root {id}: {error}")))?;
            by_id.push((id, pem));
        }
        by_id.sort_unstable();
        let trust_domain = answer["TrustDomain"].as_str().unwrap_or_default();
        Ok(Self {
            entries: by_id.iter().map(|(_, pem)| with_line_end(pem)).collect(),
            trust_domain: Some(trust_domain.to_lowercase()).filter(|domain| !domain.is_empty()),
        })
    }

    /// Takes the roots and the trust domain of a cluster from its snapshot; no roots before the
    /// cluster has a CA.
    ///
    /// # Errors
    ///
    /// [`RootsError::PrivateKey`] where a root has a private key beside it, which a server would hand
    /// out with every token.
    pub fn from_snapshot(state: &State) -> Result<Self, RootsError> {
        let entries = state.roots.iter().map(|root| {
            if holds_private_key(root.pem.as_bytes()) {
                Err(RootsError::PrivateKey)
            } else {
                Ok(with_line_end(&root.pem))
            }
        });
        Ok(Self {
            entries: entries.collect::<Result<_, _>>()?,
            trust_domain: state.trust_domain(),
        })
    }

    /// Adds the entries of another source behind these.
    pub fn append(&mut self, mut other: Self) {
        self.entries.append(&mut other.entries);
        self.trust_domain = self.trust_domain.take().or(other.trust_domain);
    }
}

/// A text without the mark that some editors put before it, which Go would not skip.
pub(crate) fn without_bom(text: &[u8]) -> &[u8] {
    text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text)
}

/// Whether there is a private key in a PEM text, alone or beside something else.
pub(crate) fn holds_private_key(text: &[u8]) -> bool {
    memchr::memmem::find(text, b"PRIVATE KEY-----").is_some()
}

/// Hands each certificate of a PEM text to `take`, as DER; refuses anything else in it.
fn for_each_certificate(file: &[u8], mut take: impl FnMut(&[u8])) -> Result<(), RootsError> {
    match file.trim_ascii_start().first() {
        None => return Err(RootsError::Empty),
        Some(b'{' | b'[') => return Err(RootsError::Json),
        Some(_) => {}
    }
    if holds_private_key(file) {
        return Err(RootsError::PrivateKey);
    }
    let mut der = Vec::new();
    let mut from = 0;
    for number in 1.. {
        let block = next_block(file, from, &mut der);
        let between = block.as_ref().map_or(file.len(), |block| block.start);
        if let Some(at) = memchr::memmem::find(&file[from..between], b"-----BEGIN ") {
            return Err(RootsError::DamagedBlock { offset: from + at });
        }
        let Some(block) = block else {
            break;
        };
        if block.label != CERTIFICATE {
            let label = block.label.get(..64).unwrap_or(block.label);
            return Err(RootsError::OtherBlock {
                label: String::from_utf8_lossy(label).into_owned(),
            });
        }
        check_certificate(&der).map_err(|error| RootsError::Certificate { number, error })?;
        take(&der);
        from = block.end;
    }
    match from {
        0 if file.starts_with(&[0x30, 0x82]) => Err(RootsError::Der),
        0 => Err(RootsError::NoPem),
        _ => Ok(()),
    }
}

pub(crate) fn with_line_end(text: &str) -> String {
    let mut text = text.to_owned();
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

/// What a person wants to know of a certificate.
///
/// It is read with x509-parser, which shows more than a verdict needs, and is not the one that
/// judges.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RootDetails {
    /// The subject's distinguished name.
    pub subject: String,
    /// The issuer's distinguished name.
    pub issuer: String,
    /// The host of the `spiffe://` URI among the alternative names, in lower case.
    pub trust_domain: Option<String>,
    /// The first moment at which it is valid.
    pub not_before: Option<Timestamp>,
    /// The last moment at which it is valid.
    pub not_after: Option<Timestamp>,
    /// The key's type and size, such as `EC P-256`, `RSA 2048` or `Ed25519`.
    pub key: String,
    /// The SHA-256 of the DER form, in lower-case hexadecimal digits.
    pub sha256: String,
    /// Whether the basic constraints say that it is a CA.
    pub is_ca: bool,
}

impl RootDetails {
    /// Reads the certificates of a `CA` entry; one that x509-parser cannot read gives `None`.
    #[must_use]
    pub fn of_entry(entry: &str) -> Vec<Option<Self>> {
        let of_der = |der: &Vec<u8>| Self::of_der(der);
        certificates(entry).iter().map(of_der).collect()
    }

    pub(crate) fn of_der(der: &[u8]) -> Option<Self> {
        let (_, certificate) = X509Certificate::from_der(der).ok()?;
        let moment = |seconds| Timestamp::from_second(seconds).ok();
        let names = certificate.subject_alternative_name().ok().flatten();
        let is_ca = certificate
            .basic_constraints()
            .ok()
            .flatten()
            .is_some_and(|constraints| constraints.value.ca);
        Some(Self {
            subject: certificate.subject().to_string(),
            issuer: certificate.issuer().to_string(),
            trust_domain: names.and_then(|names| trust_domain(&names.value.general_names)),
            not_before: moment(certificate.validity().not_before.timestamp()),
            not_after: moment(certificate.validity().not_after.timestamp()),
            key: key_name(&certificate),
            sha256: hex(digest::digest(&digest::SHA256, der).as_ref()),
            is_ca,
        })
    }
}

/// The host of a `spiffe://` URI.
pub(crate) fn spiffe_host(uri: &str) -> Option<&str> {
    let (scheme, rest) = uri.split_at_checked("spiffe".len())?;
    let rest = rest.strip_prefix("://")?;
    let end = memchr::memchr3(b'/', b'?', b'#', rest.as_bytes()).unwrap_or(rest.len());
    let host = rest.get(..end)?;
    let found = scheme.eq_ignore_ascii_case("spiffe") && !host.is_empty();
    found.then_some(host)
}

/// The host of the `spiffe://` URI among alternative names, in lower case.
pub(crate) fn trust_domain(names: &[GeneralName<'_>]) -> Option<String> {
    names.iter().find_map(|name| match name {
        GeneralName::URI(uri) => spiffe_host(uri).map(str::to_lowercase),
        _ => None,
    })
}

pub(crate) fn key_name(certificate: &X509Certificate<'_>) -> String {
    let info = certificate.public_key();
    let algorithm = info.algorithm.algorithm.to_id_string();
    match info.parsed() {
        Ok(PublicKey::RSA(key)) => format!("RSA {}", key.key_size()),
        Ok(PublicKey::EC(_)) => {
            let curve = info.algorithm.parameters.as_ref();
            let curve = curve
                .and_then(|p| p.as_oid().ok())
                .map(|oid| oid.to_id_string());
            match curve.as_deref() {
                Some("1.3.132.0.33") => "EC P-224".to_owned(),
                Some("1.2.840.10045.3.1.7") => "EC P-256".to_owned(),
                Some("1.3.132.0.34") => "EC P-384".to_owned(),
                Some("1.3.132.0.35") => "EC P-521".to_owned(),
                other => format!("EC {}", other.unwrap_or("of no named curve")),
            }
        }
        _ if algorithm == "1.3.101.112" => "Ed25519".to_owned(),
        _ => format!("algorithm {algorithm}"),
    }
}

/// Whether a certificate says that it is its own issuer. One of the same name may have another key:
/// the key identifiers tell.
pub(crate) fn is_self_signed(certificate: &X509Certificate<'_>) -> bool {
    let (mut own, mut issuer) = (None, None);
    for extension in certificate.extensions() {
        match extension.parsed_extension() {
            ParsedExtension::SubjectKeyIdentifier(key) => own = Some(key),
            ParsedExtension::AuthorityKeyIdentifier(authority) => {
                issuer = authority.key_identifier.as_ref();
            }
            _ => {}
        }
    }
    certificate.subject().as_raw() == certificate.issuer().as_raw()
        && (issuer.is_none() || issuer == own)
}

/// Whether ring, which has to take the key, finds that a self-signed certificate's signature is
/// wrong.
pub(crate) fn has_wrong_signature(certificate: &X509Certificate<'_>) -> bool {
    matches!(
        certificate.verify_signature(None),
        Err(X509Error::SignatureVerificationError)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOTS: &[u8] = include_bytes!("../fixtures/consul/alpha-rotated.roots.json");

    fn two_roots() -> Vec<String> {
        Roots::from_api(ROOTS).unwrap().entries
    }

    #[test]
    fn a_bundle_gives_an_entry_a_certificate() {
        let [rsa, ec] = &two_roots()[..] else {
            panic!("expected two roots")
        };
        let bundle = format!(
            "\u{feff}# one\n{rsa}\n# two\r\n{}",
            ec.replace('\n', "\r\n")
        );
        let roots = Roots::from_bundle(bundle.as_bytes()).unwrap();
        assert_eq!(roots.entries, [rsa.clone(), ec.clone()]);
        let chain = Roots::from_chain(bundle.trim_end().as_bytes()).unwrap();
        assert_eq!(
            chain.entries,
            [format!("{}\n", bundle.trim_end()).replace('\u{feff}', "")]
        );
    }

    #[test]
    fn roots_are_ordered_by_id() {
        let mut answer: serde_json::Value = serde_json::from_slice(ROOTS).unwrap();
        answer["Roots"].as_array_mut().unwrap().reverse();
        let roots = Roots::from_api(answer.to_string().as_bytes()).unwrap();
        assert_eq!(roots.entries, two_roots());
        assert_eq!(
            roots.trust_domain.as_deref(),
            Some("b40f505f-3530-cdd9-f072-e0883aa0704d.consul")
        );
    }

    #[test]
    fn anything_but_certificates_is_refused() {
        let root = &two_roots()[1];
        let key = "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n";
        let other = "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n";
        let damaged = root.replace("END CERTIFICATE-----", "END CERTIFICATE----");
        let no_certificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        for (file, expected) in [
            (" \n", "expected certificates in PEM, but the file is empty"),
            (
                "hello",
                "expected certificates in PEM, but found no PEM block",
            ),
            (key, "expected certificates only, but found a private key"),
            (
                &format!("{root}{key}"),
                "expected certificates only, but found a private key",
            ),
            (
                &format!("{root}{other}"),
                "expected only CERTIFICATE blocks, but found X509 CRL",
            ),
            (
                &damaged,
                "expected whole PEM blocks, but found a damaged one at byte 0",
            ),
            (
                &format!("{root}{damaged}{root}"),
                &format!(
                    "expected whole PEM blocks, but found a damaged one at byte {}",
                    root.len()
                ),
            ),
            (
                no_certificate,
                "expected certificates that Consul takes, but it refuses certificate 1: x509: malformed certificate",
            ),
        ] {
            let error = Roots::from_bundle(file.as_bytes()).unwrap_err();
            assert_eq!(error.to_string(), expected);
        }
        assert_eq!(
            Roots::from_bundle(&[0x30, 0x82, 1, 2]),
            Err(RootsError::Der)
        );
    }

    /// The values are what `openssl x509 -noout -subject -dates -fingerprint -sha256` prints.
    #[test]
    fn details_are_those_that_openssl_shows() {
        let entries = two_roots();
        let [Some(rsa)] = &RootDetails::of_entry(&entries[0])[..] else {
            panic!()
        };
        let [Some(ec)] = &RootDetails::of_entry(&entries[1])[..] else {
            panic!()
        };
        assert_eq!((&*rsa.key, &*ec.key), ("RSA 2048", "EC P-256"));
        assert_eq!(rsa.subject, "CN=pri-1y02mhx0.consul.ca.b40f505f.consul");
        assert_eq!(
            rsa.sha256,
            "0242976f0bc1eb62540e4920e2be0453a2a2895cc5eefdc6b44872ea6362d03e"
        );
        assert_eq!(
            ec.sha256,
            "f9b24e8f254c0be3cc210d74c1cc3e3a1bcd2c250894473741e8792e6c996b42"
        );
        assert_eq!(ec.not_after.unwrap().to_string(), "2036-11-21T04:06:10Z");
        let domain = Some("b40f505f-3530-cdd9-f072-e0883aa0704d.consul");
        assert_eq!(rsa.trust_domain.as_deref(), domain);
        assert_eq!(ec.trust_domain.as_deref(), domain);
        assert!(rsa.is_ca && ec.is_ca);
    }
}
