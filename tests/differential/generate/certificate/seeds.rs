//! Certificates to start from: what rcgen makes and what the public has as roots.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, CrlDistributionPoint, CustomExtension,
    DistinguishedName, DnType, DnValue, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa,
    KeyUsagePurpose, NameConstraints, OtherNameValue, PublicKeyData, SanType, SerialNumber,
    SignatureAlgorithm, SigningKey, date_time_ymd,
};

use super::build::{element, identifier, integer, sequence};
use super::{extension, key};

/// A public key that signs with a constant: Go does not verify here, and the cases stay the same.
struct FixedKey {
    bytes: Vec<u8>,
    algorithm: &'static SignatureAlgorithm,
}

impl PublicKeyData for FixedKey {
    fn der_bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        self.algorithm
    }
}

impl SigningKey for FixedKey {
    fn sign(&self, _message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        Ok(vec![0x5a; 64])
    }
}

/// All certificates to start from, always in the same order.
pub fn all() -> Vec<Vec<u8>> {
    let keys = [
        FixedKey {
            bytes: key::base_point(false),
            algorithm: &rcgen::PKCS_ECDSA_P256_SHA256,
        },
        FixedKey {
            bytes: key::base_point(true),
            algorithm: &rcgen::PKCS_ECDSA_P384_SHA384,
        },
        FixedKey {
            bytes: vec![0x21; 32],
            algorithm: &rcgen::PKCS_ED25519,
        },
    ];
    let made = keys.iter().flat_map(|key| {
        [plain(), authority(), leaf()].map(|params| {
            let certificate = params.self_signed(key).expect("the parameters are sound");
            certificate.der().to_vec()
        })
    });
    let public = webpki_root_certs::TLS_SERVER_ROOT_CERTS
        .iter()
        .map(|root| root.as_ref().to_vec());
    made.chain(public).collect()
}

fn plain() -> CertificateParams {
    let mut params = CertificateParams::default();
    params.serial_number = Some(SerialNumber::from_slice(&[0x11, 0x22]));
    params.not_before = date_time_ymd(2025, 1, 1);
    params
}

fn text(text: &str) -> rcgen::string::Ia5String {
    text.try_into().expect("the text is ASCII")
}

fn authority() -> CertificateParams {
    let mut params = plain();
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, "Consul CA");
    name.push(
        DnType::OrganizationName,
        DnValue::PrintableString("Example".try_into().expect("printable")),
    );
    name.push(
        DnType::LocalityName,
        DnValue::BmpString("Größe".try_into().expect("in the plane")),
    );
    name.push(
        DnType::StateOrProvinceName,
        DnValue::TeletexString("State".try_into().expect("ASCII")),
    );
    params.distinguished_name = name;
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(3));
    params.key_usages = vec![
        KeyUsagePurpose::DigitalSignature,
        KeyUsagePurpose::KeyCertSign,
        KeyUsagePurpose::CrlSign,
    ];
    params.subject_alt_names = vec![SanType::URI(text(
        "spiffe://11111111-2222-3333-4444-555555555555.consul",
    ))];
    params.name_constraints = Some(NameConstraints {
        permitted_subtrees: vec![
            GeneralSubtree::DnsName("example.org".to_owned()),
            GeneralSubtree::IpAddress(CidrSubnet::V4([10, 0, 0, 0], [255, 0, 0, 0])),
        ],
        excluded_subtrees: vec![
            GeneralSubtree::Rfc822Name("user@example.org".to_owned()),
            GeneralSubtree::IpAddress(CidrSubnet::V6([0; 16], [0; 16])),
        ],
    });
    params.use_authority_key_identifier_extension = true;
    let policy = sequence(&[identifier(&[42, 3])]);
    let other_policy = sequence(&[identifier(&[42, 4]), sequence(&[])]);
    for (name, content) in [
        (&[2, 5, 29, 32][..], sequence(&[policy, other_policy])),
        (
            &[2, 5, 29, 33],
            sequence(&[sequence(&[identifier(&[42, 3]), identifier(&[42, 4])])]),
        ),
        (
            &[2, 5, 29, 36],
            sequence(&[element(0x80, &[0]), element(0x81, &[1])]),
        ),
        (&[2, 5, 29, 54], integer(&[1])),
    ] {
        params
            .custom_extensions
            .push(CustomExtension::from_oid_content(name, content));
    }
    params
}

fn leaf() -> CertificateParams {
    let mut params = plain();
    params.is_ca = IsCa::ExplicitNoCa;
    params.not_after = date_time_ymd(2049, 12, 31);
    params.extended_key_usages = vec![
        ExtendedKeyUsagePurpose::ServerAuth,
        ExtendedKeyUsagePurpose::ClientAuth,
        ExtendedKeyUsagePurpose::Other(vec![1, 2, 3, 4]),
    ];
    params.subject_alt_names = vec![
        SanType::DnsName(text("server.dc1.consul")),
        SanType::Rfc822Name(text("user@example.org")),
        SanType::IpAddress(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        SanType::IpAddress(IpAddr::V6(Ipv6Addr::LOCALHOST)),
        SanType::URI(text("spiffe://example.org/ns/default/dc/dc1/svc/web")),
        SanType::URI(text("https://user:pass@[fe80::1%25en0]:8501/a?b#c")),
        SanType::OtherName((
            vec![1, 2, 3],
            OtherNameValue::Utf8String("other".to_owned()),
        )),
    ];
    params.crl_distribution_points = vec![CrlDistributionPoint {
        uris: vec!["http://example.org/crl".to_owned()],
    }];
    let access = |last, place: &[u8]| {
        sequence(&[
            identifier(&[43, 6, 1, 5, 5, 7, 48, last]),
            element(0x86, place),
        ])
    };
    let access = sequence(&[
        access(1, b"http://ocsp.example.org"),
        access(2, b"http://example.org/ca"),
    ]);
    let [_, rest @ ..] = extension::AUTHORITY_INFO_ACCESS else {
        return params;
    };
    params
        .custom_extensions
        .push(CustomExtension::from_oid_content(
            &[&[1, 3], rest].concat(),
            access,
        ));
    params
}
