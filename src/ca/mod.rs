//! A root CA that is made before there is a server, and given to it by its configuration.
//!
//! Consul's built-in CA provider takes a root certificate and its private key from the agent's
//! configuration. The servers then serve exactly that root, so that tokens for a cluster can be made
//! before its first start ([`new_root`], [`agent_configuration`]). What does not suit Consul in a
//! root, a key or a configuration that others made, [`check_root`] and [`check_configuration`] tell.

mod check;
mod configuration;
mod fault;
mod key;

pub use check::check_root;
pub use configuration::{ConfigurationError, agent_configuration, check_configuration};
pub use fault::CaFault;

use crate::generate::uuid;
use base16ct::lower::encode_string as hex;
use consul_snapshot::is_uuid;
use jiff::{SignedDuration, Timestamp};
use key::NewKey;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, KeyIdMethod,
    KeyUsagePurpose, PublicKeyData, SanType,
};
use ring::digest;
use ring::rand::{SecureRandom, SystemRandom};
use std::time::Duration;
use zeroize::Zeroizing;

/// How long a root is valid by default, in days: the ten years that Consul gives its own.
pub const DEFAULT_DAYS: u32 = 3650;

/// How far the validity of a root begins in the past: a server whose clock shows local time in place
/// of UTC, or is behind by some hours, takes it all the same.
const BACKDATED: SignedDuration = SignedDuration::from_hours(24);

/// The kind of a root's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum KeyType {
    /// An elliptic curve key on P-256, as Consul makes by default.
    #[default]
    Ec,
    /// An RSA key of 2048 bits.
    Rsa,
}

/// What a root is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RootOptions {
    /// The kind of its key.
    pub key_type: KeyType,
    /// The first moment at which it is valid, to the second.
    pub not_before: Timestamp,
    /// How many days it is valid.
    pub days: u32,
    /// The cluster's ID, a UUID; random without it.
    pub cluster_id: Option<String>,
}

impl RootOptions {
    /// A root with a P-256 key, for a cluster with a random ID, that is valid for ten years. They
    /// begin a day before now, so that servers whose clocks are behind take it too.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Self {
            key_type: KeyType::default(),
            not_before: truncated(now.saturating_sub(BACKDATED).unwrap_or(now)),
            days: DEFAULT_DAYS,
            cluster_id: None,
        }
    }
}

/// A root with its private key. Its `Debug` form has no key in it.
#[derive(Clone)]
#[non_exhaustive]
pub struct NewRoot {
    /// The cluster's ID, a UUID in lower case.
    pub cluster_id: String,
    /// The certificate, in PEM.
    pub certificate: String,
    /// The private key, PKCS #8 in PEM, which Consul and openssl both take.
    pub private_key: Zeroizing<String>,
}

impl std::fmt::Debug for NewRoot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let private_key = peertok_secret::redacted(self.private_key.as_bytes());
        f.debug_struct("NewRoot")
            .field("cluster_id", &self.cluster_id)
            .field("certificate", &self.certificate)
            .field("private_key", &private_key)
            .finish()
    }
}

/// Why no root is made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CaError {
    /// The cluster's ID is none.
    #[error("expected the cluster ID to be a UUID, 8-4-4-4-12 hexadecimal digits")]
    ClusterId,
    /// A validity that no certificate can have.
    #[error(
        "expected a validity of at least a day between 1970 and 9999, but found {days} days from {not_before}"
    )]
    Validity {
        /// The first moment.
        not_before: Timestamp,
        /// The days from there on.
        days: u32,
    },
    /// The system gives no random bytes.
    #[error("the system has no random bytes to give")]
    Random,
    /// A library failed in a way that it has no reason to.
    #[error("cannot make a {0}")]
    Failed(&'static str),
}

/// Makes a root that is like the one that Consul's built-in CA makes for itself: CA:TRUE, key usage
/// of signatures, certificates and CRLs, key identifiers, the trust domain as a SPIFFE URI, and a
/// name of the same form.
///
/// # Errors
///
/// [`CaError`] for a cluster ID that is no UUID, for dates that no certificate has, and where the
/// system gives no random bytes.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use peertok::ca::{RootOptions, agent_configuration, check_root, new_root};
///
/// let now = jiff::Timestamp::now();
/// let root = new_root(&RootOptions::new(now))?;
/// let configuration = agent_configuration(&root.cluster_id, &root.certificate, &root.private_key);
/// assert!(configuration.contains(&root.cluster_id));
/// let key = Some(root.private_key.as_bytes());
/// assert!(check_root(root.certificate.as_bytes(), key, now).is_empty());
/// # Ok(())
/// # }
/// ```
pub fn new_root(options: &RootOptions) -> Result<NewRoot, CaError> {
    let cluster_id = match &options.cluster_id {
        Some(id) if is_uuid(id) => id.to_ascii_lowercase(),
        Some(_) => return Err(CaError::ClusterId),
        None => uuid(None, "the cluster ID").map_err(|_| CaError::Random)?,
    };
    let key = NewKey::generate(options.key_type)?;
    let params = params(options, &cluster_id, &key)?;
    let certificate = params.self_signed(&key);
    let certificate = certificate.map_err(|_| CaError::Failed("certificate"))?;
    Ok(NewRoot {
        cluster_id,
        certificate: godialect::pem::encode_certificate(certificate.der()),
        private_key: key.into_pem(),
    })
}

fn params(
    options: &RootOptions,
    cluster_id: &str,
    key: &NewKey,
) -> Result<CertificateParams, CaError> {
    let mut params = CertificateParams::default();
    let (begin, end) = validity(options)?;
    let moment = |second| rcgen::date_time_ymd(1970, 1, 1) + Duration::from_secs(second);
    (params.not_before, params.not_after) = (moment(begin), moment(end));
    // Consul's own are named so: pri for the primary datacenter, then something that is random.
    let mut random = [0; 4];
    let filled = SystemRandom::new().fill(&mut random);
    filled.map_err(|_| CaError::Random)?;
    let start = cluster_id.get(..8).unwrap_or(cluster_id);
    let name = format!("pri-{}.consul.ca.{start}.consul", hex(&random));
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![
        KeyUsagePurpose::DigitalSignature,
        KeyUsagePurpose::KeyCertSign,
        KeyUsagePurpose::CrlSign,
    ];
    let uri = format!("spiffe://{cluster_id}.consul");
    let uri = uri.try_into().map_err(|_| CaError::Failed("SPIFFE URI"))?;
    params.subject_alt_names = vec![SanType::URI(uri)];
    // Consul identifies a key by the whole SHA-256 of its SubjectPublicKeyInfo.
    let identifier = digest::digest(&digest::SHA256, &key.subject_public_key_info());
    params.key_identifier_method = KeyIdMethod::PreSpecified(identifier.as_ref().to_vec());
    params.use_authority_key_identifier_extension = true;
    Ok(params)
}

/// A moment to the second, as a certificate has it.
fn truncated(moment: Timestamp) -> Timestamp {
    Timestamp::from_second(moment.as_second()).unwrap_or(moment)
}

/// The first and the last moment of the validity, in seconds of Unix time.
fn validity(options: &RootOptions) -> Result<(u64, u64), CaError> {
    /// The last second of the year 9999, which is the last that a certificate can name.
    const LAST: u64 = 253_402_300_799;
    let begin = u64::try_from(options.not_before.as_second()).ok();
    let end = begin.map(|begin| begin + u64::from(options.days) * 24 * 60 * 60);
    match (begin, end) {
        (Some(begin), Some(end)) if begin < end && end <= LAST => Ok((begin, end)),
        _ => Err(CaError::Validity {
            not_before: truncated(options.not_before),
            days: options.days,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::roots::RootDetails;

    fn now() -> Timestamp {
        "2026-11-24T12:00:00.5Z".parse().unwrap()
    }

    fn options(key_type: KeyType) -> RootOptions {
        let mut options = RootOptions::new(now());
        options.key_type = key_type;
        options
    }

    #[test]
    fn a_new_root_has_no_fault() {
        for key_type in [KeyType::Ec, KeyType::Rsa] {
            let root = new_root(&options(key_type)).unwrap();
            let key = Some(root.private_key.as_bytes());
            let certificate = root.certificate.as_bytes();
            assert_eq!(check_root(certificate, key, now()), []);
            let configuration =
                agent_configuration(&root.cluster_id, &root.certificate, &root.private_key);
            let checked = check_configuration(configuration.as_bytes(), Some(certificate), now());
            assert_eq!(checked, Ok(Vec::new()));
        }
    }

    #[test]
    fn a_new_root_says_what_was_asked() {
        let mut options = options(KeyType::Ec);
        options.cluster_id = Some("5B7C0D0E-3e0f-4d8c-a2a4-0c6f1d3a9b04".to_owned());
        options.days = 30;
        let root = new_root(&options).unwrap();
        assert_eq!(root.cluster_id, "5b7c0d0e-3e0f-4d8c-a2a4-0c6f1d3a9b04");
        let details = RootDetails::of_entry(&root.certificate);
        let [Some(details)] = &details[..] else {
            panic!("expected one certificate")
        };
        let domain = format!("{}.consul", root.cluster_id);
        assert_eq!(details.trust_domain, Some(domain));
        assert!(details.subject.starts_with("CN=pri-"), "{details:?}");
        assert!(details.subject.ends_with(".consul.ca.5b7c0d0e.consul"));
        let moments =
            [details.not_before, details.not_after].map(|moment| moment.unwrap().to_string());
        assert_eq!(moments, ["2026-11-23T12:00:00Z", "2026-12-23T12:00:00Z"]);
    }

    /// The roots are those that Consul made for itself.
    #[test]
    fn consuls_own_roots_have_no_fault_and_key_identifiers_like_new_ones() {
        use x509_parser::prelude::{FromDer, X509Certificate};
        let own = include_bytes!("../../fixtures/consul/alpha-rotated.roots.json");
        let mut roots = crate::roots::Roots::from_api(own).unwrap().entries;
        assert_eq!(roots.len(), 2);
        for root in &roots {
            assert_eq!(check_root(root.as_bytes(), None, now()), []);
        }
        roots.push(new_root(&options(KeyType::Rsa)).unwrap().certificate);
        for root in &roots {
            let der = godialect::pem::certificates(root);
            let (_, read) = X509Certificate::from_der(&der[0]).unwrap();
            let key = digest::digest(&digest::SHA256, read.public_key().raw);
            let identifier =
                read.iter_extensions()
                    .find_map(|extension| match extension.parsed_extension() {
                        x509_parser::extensions::ParsedExtension::SubjectKeyIdentifier(id) => {
                            Some(id.0)
                        }
                        _ => None,
                    });
            assert_eq!(identifier, Some(key.as_ref()));
        }
    }

    #[test]
    fn what_no_root_can_be_is_refused() {
        let mut no_uuid = options(KeyType::Ec);
        no_uuid.cluster_id = Some("dc1".to_owned());
        assert_eq!(new_root(&no_uuid).unwrap_err(), CaError::ClusterId);
        for (not_before, days) in [
            (now(), 0),
            (now(), u32::MAX),
            (Timestamp::MIN, 1),
            (Timestamp::MAX, 2),
        ] {
            let options = RootOptions {
                not_before,
                days,
                ..options(KeyType::Ec)
            };
            let error = new_root(&options).unwrap_err();
            let not_before = truncated(not_before);
            assert_eq!(error, CaError::Validity { not_before, days });
        }
    }

    #[test]
    fn the_key_is_not_in_the_debug_form() {
        let root = new_root(&options(KeyType::Ec)).unwrap();
        let shown = format!("{root:?}");
        assert!(shown.contains("<redacted, sha256:"), "{shown}");
        assert!(!shown.contains("PRIVATE KEY"), "{shown}");
    }
}
