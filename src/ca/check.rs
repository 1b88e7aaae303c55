//! What keeps a root and its private key from being the CA of a Consul cluster.

use super::fault::{CaFault, LEAST_RSA};
use super::key;
use crate::roots::{
    has_wrong_signature, holds_private_key, is_self_signed, key_name, trust_domain, without_bom,
};
use consul_snapshot::is_uuid;
use godialect::pem::{self, certificates};
use godialect::x509::check_certificate;
use jiff::Timestamp;
use x509_parser::extensions::{GeneralName, ParsedExtension};
use x509_parser::oid_registry::{OID_KEY_TYPE_EC_PUBLIC_KEY, OID_PKCS1_RSAENCRYPTION};
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::public_key::PublicKey;
use zeroize::Zeroizing;

/// Says what keeps a root, with its private key if that is given, from being the CA of a Consul
/// cluster at this moment. Without a fault the list is empty.
#[must_use]
pub fn check_root(
    certificate_pem: &[u8],
    private_key_pem: Option<&[u8]>,
    at: Timestamp,
) -> Vec<CaFault> {
    let mut faults = Vec::new();
    let der = certificate(certificate_pem, &mut faults);
    let read = der
        .as_deref()
        .and_then(|der| Some(X509Certificate::from_der(der).ok()?.1));
    if let Some(read) = &read {
        check_certificate_key(read, &mut faults);
        check_extensions(read, &mut faults);
        check_issuer(read, &mut faults);
        check_dates(read, at, &mut faults);
    } else if der.is_some() {
        faults.push(CaFault::NoCertificate {
            found: "one that only Consul can read".to_owned(),
        });
    }
    if let Some(pem) = private_key_pem {
        match private_key(pem) {
            Err(fault) => faults.push(fault),
            Ok(public) => {
                if let Some(read) = &read
                    && *read.public_key().subject_public_key.data != *public
                {
                    faults.push(CaFault::OtherKey);
                }
            }
        }
    }
    faults
}

/// The certificate, as DER, if Consul can read it.
fn certificate(file: &[u8], faults: &mut Vec<CaFault>) -> Option<Zeroizing<Vec<u8>>> {
    let no_certificate = |found: String| CaFault::NoCertificate { found };
    // What is in place of a certificate, or beside it, may be a private key.
    let buffer = || Zeroizing::new(Vec::with_capacity(file.len()));
    let mut der = buffer();
    let Some(block) = pem::next_block(file, 0, &mut der) else {
        let found = match file {
            [0x30, 0x81..=0x84, ..] => "DER",
            _ if without_bom(file).trim_ascii().is_empty() => "nothing",
            _ => "no PEM block",
        };
        faults.push(no_certificate(found.to_owned()));
        return None;
    };
    if block.label != b"CERTIFICATE" {
        faults.push(no_certificate(label(block.label)));
        return None;
    }
    if let Err(error) = check_certificate(&der) {
        faults.push(no_certificate(format!("one that it refuses: {error}")));
        return None;
    }
    if holds_private_key(file) {
        faults.push(CaFault::KeyBesideCertificate);
    }
    let mut count = 1;
    let mut other = buffer();
    let mut from = block.end;
    while let Some(block) = pem::next_block(file, from, &mut other) {
        count += usize::from(block.label == b"CERTIFICATE");
        from = block.end;
    }
    if count > 1 {
        faults.push(CaFault::SeveralCertificates { count });
    }
    Some(der)
}

/// A PEM block's label for people.
fn label(label: &[u8]) -> String {
    let label = label.get(..64).unwrap_or(label);
    format!("a block {:?}", String::from_utf8_lossy(label))
}

fn check_certificate_key(certificate: &X509Certificate<'_>, faults: &mut Vec<CaFault>) {
    let info = certificate.public_key();
    let found = key_name(certificate);
    let algorithm = &info.algorithm.algorithm;
    let is_rsa = *algorithm == OID_PKCS1_RSAENCRYPTION;
    let is_ec = *algorithm == OID_KEY_TYPE_EC_PUBLIC_KEY && found.starts_with("EC P-");
    if !is_rsa && !is_ec {
        faults.push(CaFault::KeyType { found });
    } else if let Ok(PublicKey::RSA(key)) = info.parsed()
        && key.key_size() < LEAST_RSA
    {
        let bits = key.key_size();
        faults.push(CaFault::WeakKey { bits });
    }
}

fn check_extensions(certificate: &X509Certificate<'_>, faults: &mut Vec<CaFault>) {
    let mut is_ca = false;
    let mut key_usage = None;
    let mut for_tls = true;
    let mut has_key_id = false;
    let mut uris = Vec::new();
    let mut domain = None;
    for extension in certificate.extensions() {
        match extension.parsed_extension() {
            ParsedExtension::BasicConstraints(constraints) => is_ca = constraints.ca,
            ParsedExtension::KeyUsage(usage) => key_usage = Some(usage),
            ParsedExtension::ExtendedKeyUsage(usage) => {
                for_tls = usage.any || usage.server_auth && usage.client_auth;
            }
            ParsedExtension::SubjectKeyIdentifier(identifier) => {
                has_key_id = !identifier.0.is_empty();
            }
            ParsedExtension::SubjectAlternativeName(names) => {
                domain = trust_domain(&names.general_names);
                uris.extend(names.general_names.iter().filter_map(|name| match name {
                    GeneralName::URI(uri) => Some(*uri),
                    _ => None,
                }));
            }
            _ => {}
        }
    }
    if !is_ca {
        faults.push(CaFault::NotACa);
    }
    match key_usage {
        None => faults.push(CaFault::NoKeyUsage),
        Some(usage) => {
            if !usage.key_cert_sign() {
                faults.push(CaFault::NoCertSign);
            }
            if !usage.crl_sign() {
                faults.push(CaFault::NoCrlSign);
            }
        }
    }
    if !for_tls {
        faults.push(CaFault::ExtendedKeyUsage);
    }
    if !has_key_id {
        faults.push(CaFault::NoSubjectKeyId);
    }
    let cluster_id = domain
        .as_deref()
        .and_then(|host| host.strip_suffix(".consul"));
    let is_trust_domain = |uri: &str| {
        cluster_id.is_some_and(|id| is_uuid(id) && uri == format!("spiffe://{id}.consul"))
    };
    if !matches!(&uris[..], [only] if is_trust_domain(only)) {
        let found = if uris.is_empty() {
            "none".to_owned()
        } else {
            uris.join(", ")
        };
        faults.push(CaFault::SpiffeUri { found });
    }
}

/// The cluster's ID in the SPIFFE URI of a root, in lower case.
pub(super) fn cluster_id(root: &str) -> Option<String> {
    let der = certificates(root);
    let (_, read) = X509Certificate::from_der(der.first()?).ok()?;
    let names = read.subject_alternative_name().ok()??;
    let host = trust_domain(&names.value.general_names)?;
    host.strip_suffix(".consul").map(ToOwned::to_owned)
}

fn check_issuer(certificate: &X509Certificate<'_>, faults: &mut Vec<CaFault>) {
    if !is_self_signed(certificate) {
        let issuer = certificate.issuer().to_string();
        faults.push(CaFault::NotARoot { issuer });
        return;
    }
    // Of other sizes ring cannot tell a wrong signature from a key that it does not take.
    let is_checked = match certificate.public_key().parsed() {
        Ok(PublicKey::RSA(key)) => (2048..=8192).contains(&key.key_size()),
        _ => true,
    };
    if is_checked && has_wrong_signature(certificate) {
        faults.push(CaFault::Signature);
    }
}

fn check_dates(certificate: &X509Certificate<'_>, at: Timestamp, faults: &mut Vec<CaFault>) {
    let moment = |seconds| Timestamp::from_second(seconds).ok();
    let validity = certificate.validity();
    if let Some(begin) = moment(validity.not_before.timestamp())
        && at < begin
    {
        faults.push(CaFault::NotYetValid { at, begin });
    }
    if let Some(end) = moment(validity.not_after.timestamp())
        && at > end
    {
        faults.push(CaFault::Expired { at, end });
    }
}

/// The public key of a private key's file, in the form that a certificate has it in.
fn private_key(file: &[u8]) -> Result<Vec<u8>, CaFault> {
    let mut der = Zeroizing::new(Vec::with_capacity(file.len()));
    let Some(block) = pem::next_block(file, 0, &mut der) else {
        let found = if without_bom(file).trim_ascii().is_empty() {
            "nothing"
        } else {
            "no PEM block"
        };
        let found = found.to_owned();
        return Err(CaFault::NoKey { found });
    };
    match block.label {
        b"ENCRYPTED PRIVATE KEY" => Err(CaFault::EncryptedKey),
        b"EC PRIVATE KEY" | b"RSA PRIVATE KEY" | b"PRIVATE KEY" => {
            // Headers of old say how a key is encrypted.
            let unreadable = if block.has_headers {
                CaFault::EncryptedKey
            } else {
                CaFault::UnreadableKey
            };
            key::public_key(block.label, &der).ok_or(unreadable)
        }
        other => Err(CaFault::NoKey {
            found: label(other),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::super::key::NewKey;
    use super::super::{KeyType, RootOptions, new_root, params};
    use super::*;
    use rcgen::{CertificateParams, CustomExtension, DnType, ExtendedKeyUsagePurpose};
    use rcgen::{IsCa, KeyUsagePurpose, SanType};

    const CLUSTER: &str = "5b7c0d0e-3e0f-4d8c-a2a4-0c6f1d3a9b04";

    fn now() -> Timestamp {
        "2026-11-24T12:00:00Z".parse().unwrap()
    }

    /// A sound root with a change.
    fn root(change: impl FnOnce(&mut CertificateParams)) -> String {
        let key = NewKey::generate(KeyType::Ec).unwrap();
        let mut params = params(&RootOptions::new(now()), CLUSTER, &key).unwrap();
        change(&mut params);
        pem::encode_certificate(params.self_signed(&key).unwrap().der())
    }

    fn faults(root: &str) -> Vec<CaFault> {
        check_root(root.as_bytes(), None, now())
    }

    fn uri(uri: &str) -> SanType {
        SanType::URI(uri.to_owned().try_into().unwrap())
    }

    #[test]
    fn each_fault_of_a_root_is_found_alone() {
        let spiffe = |found: &str| CaFault::SpiffeUri {
            found: found.to_owned(),
        };
        type Change = fn(&mut CertificateParams);
        let cases: [(Change, Vec<CaFault>); 11] = [
            (|_| {}, vec![]),
            (
                |params| params.is_ca = IsCa::ExplicitNoCa,
                vec![CaFault::NotACa],
            ),
            (
                |params| params.key_usages.clear(),
                vec![CaFault::NoKeyUsage],
            ),
            (
                |params| params.key_usages = vec![KeyUsagePurpose::CrlSign],
                vec![CaFault::NoCertSign],
            ),
            (
                |params| params.key_usages = vec![KeyUsagePurpose::KeyCertSign],
                vec![CaFault::NoCrlSign],
            ),
            (
                |params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth],
                vec![CaFault::ExtendedKeyUsage],
            ),
            (
                |params| {
                    params.extended_key_usages = vec![
                        ExtendedKeyUsagePurpose::ServerAuth,
                        ExtendedKeyUsagePurpose::ClientAuth,
                    ];
                },
                vec![],
            ),
            (
                |params| params.subject_alt_names.clear(),
                vec![spiffe("none")],
            ),
            (
                |params| params.subject_alt_names = vec![uri("spiffe://dc1.consul")],
                vec![spiffe("spiffe://dc1.consul")],
            ),
            (
                |params| {
                    params.subject_alt_names =
                        vec![uri(&format!("spiffe://{CLUSTER}.consul/ns/default"))];
                },
                vec![spiffe(&format!("spiffe://{CLUSTER}.consul/ns/default"))],
            ),
            (
                |params| params.subject_alt_names.push(uri("https://example.com")),
                vec![spiffe(&format!(
                    "spiffe://{CLUSTER}.consul, https://example.com"
                ))],
            ),
        ];
        for (change, expected) in cases {
            assert_eq!(faults(&root(change)), expected);
        }
    }

    #[test]
    fn a_root_without_a_key_identifier_is_found() {
        // rcgen gives every CA one, so that its extension is written by hand.
        let root = root(|params| {
            params.is_ca = IsCa::NoCa;
            params.use_authority_key_identifier_extension = false;
            let mut constraints =
                CustomExtension::from_oid_content(&[2, 5, 29, 19], vec![0x30, 3, 1, 1, 0xff]);
            constraints.set_criticality(true);
            params.custom_extensions.push(constraints);
        });
        assert_eq!(faults(&root), [CaFault::NoSubjectKeyId]);
    }

    #[test]
    fn the_first_and_the_last_second_are_valid() {
        let root = root(|_| {});
        let [Some(details)] = &crate::roots::RootDetails::of_entry(&root)[..] else {
            panic!("expected one certificate")
        };
        let (begin, end) = (details.not_before.unwrap(), details.not_after.unwrap());
        let second = jiff::SignedDuration::from_secs(1);
        let at = |at| check_root(root.as_bytes(), None, at);
        assert_eq!(at(begin), []);
        assert_eq!(at(end), []);
        let early = begin - second;
        assert_eq!(at(early), [CaFault::NotYetValid { at: early, begin }]);
        let late = end + second;
        assert_eq!(at(late), [CaFault::Expired { at: late, end }]);
    }

    #[test]
    fn an_altered_root_and_an_intermediate_are_found() {
        let sound = root(|_| {});
        let mut der = certificates(&sound).remove(0);
        *der.last_mut().unwrap() ^= 1;
        let altered = pem::encode_certificate(&der);
        assert_eq!(faults(&altered), [CaFault::Signature]);

        let key = NewKey::generate(KeyType::Ec).unwrap();
        let mut issuer = params(&RootOptions::new(now()), CLUSTER, &key).unwrap();
        issuer.distinguished_name.push(DnType::CommonName, "issuer");
        let issuer = rcgen::Issuer::new(issuer, &key);
        let other = NewKey::generate(KeyType::Rsa).unwrap();
        let params = params(&RootOptions::new(now()), CLUSTER, &other).unwrap();
        let intermediate = params.signed_by(&other, &issuer).unwrap();
        let intermediate = pem::encode_certificate(intermediate.der());
        let issuer = "CN=issuer".to_owned();
        assert_eq!(faults(&intermediate), [CaFault::NotARoot { issuer }]);
    }

    #[test]
    fn what_is_no_certificate_is_named() {
        let sound = root(|_| {});
        let der = certificates(&sound).remove(0);
        let cut = pem::encode_certificate(&der[..der.len() - 1]);
        for (file, found) in [
            (&b" \n"[..], "nothing"),
            (b"hello", "no PEM block"),
            (&der, "DER"),
            (
                cut.as_bytes(),
                "one that it refuses: x509: malformed certificate",
            ),
            (
                sound.replace("CERTIFICATE", "X509 CRL").as_bytes(),
                "a block \"X509 CRL\"",
            ),
        ] {
            let found = found.to_owned();
            let faults = check_root(file, None, now());
            assert_eq!(faults, [CaFault::NoCertificate { found }]);
        }
        let twice = format!("{sound}{sound}");
        let several = CaFault::SeveralCertificates { count: 2 };
        assert_eq!(faults(&twice), [several]);
    }

    #[test]
    fn the_key_is_that_of_the_certificate() {
        for key_type in [KeyType::Ec, KeyType::Rsa] {
            let mut options = RootOptions::new(now());
            options.key_type = key_type;
            let (root, other) = (new_root(&options).unwrap(), new_root(&options).unwrap());
            let with = |key: &str| {
                let key = Some(key.as_bytes());
                check_root(root.certificate.as_bytes(), key, now())
            };
            assert_eq!(with(&root.private_key), []);
            assert_eq!(with(&other.private_key), [CaFault::OtherKey]);
            let after = format!("{}{}", root.certificate, &*root.private_key);
            let found = "a block \"CERTIFICATE\"".to_owned();
            assert_eq!(with(&after), [CaFault::NoKey { found }]);
            let beside = check_root(after.as_bytes(), None, now());
            assert_eq!(beside, [CaFault::KeyBesideCertificate]);
            let label = |label: &str| root.private_key.replace("PRIVATE KEY", label);
            let mislabelled = with(&label("EC PRIVATE KEY"));
            assert_eq!(mislabelled, [CaFault::UnreadableKey]);
            let encrypted = with(&label("ENCRYPTED PRIVATE KEY"));
            assert_eq!(encrypted, [CaFault::EncryptedKey]);
            let header =
                root.private_key
                    .replacen("-----\n", "-----\nProc-Type: 4,ENCRYPTED\n\n", 1);
            let header = header.replace("PRIVATE KEY", "RSA PRIVATE KEY");
            assert_eq!(with(&header), [CaFault::EncryptedKey]);
            let found = "no PEM block".to_owned();
            assert_eq!(with("hello"), [CaFault::NoKey { found }]);
        }
    }
}
