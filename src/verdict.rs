//! Consul's verdict on a token: what a server checks before it dials, in its order and words.
//!
//! | stage | the server | source |
//! |---|---|---|
//! | `request` | wants a token at all | the HTTP endpoint `/v1/peering/establish` |
//! | `name` | wants a peer's name | a regular expression of Consul's |
//! | `base64` | takes the base64 off | `base64.StdEncoding` |
//! | `json` | reads the JSON into its struct | `json.Unmarshal` |
//! | `ca` | reads the first PEM block of each `CA` entry, which has to be a certificate | `pem.Decode`, `x509.ParseCertificate` |
//! | `addresses` | wants an address, and each one to be `host:port` | `net.SplitHostPort`, `strconv.Atoi` |
//! | `server-name` | wants a server name where there is a CA | |
//! | `peer-id` | wants a peer ID | |
//! | `tls` | puts every certificate of each `CA` entry into a pool, and wants at least one of each | `CertPool.AppendCertsFromPEM` |
//!
//! Nothing else in a token is checked: an expired root, an empty secret or an empty `CA` list pass.

mod sound_roots;

pub(crate) use sound_roots::SoundRoots;

use crate::godialect::address::{read_number, split_host_port};
use crate::godialect::base64;
use crate::godialect::json::Raw;
use crate::godialect::pem;
use crate::godialect::x509::{CertificateError, check_certificate};
use crate::token::fields::Fields;
use crate::{DecodeError, PeerNameError};
use std::fmt;
use zeroize::Zeroizing;

/// The check that refuses a token, in the order in which a server makes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Stage {
    /// The request as such: a token has to be given.
    Request,
    /// The name under which the peering is to be established.
    Name,
    /// The base64 around the token.
    Base64,
    /// The JSON within.
    Json,
    /// Each root certificate.
    Ca,
    /// Each address.
    Addresses,
    /// The server name.
    ServerName,
    /// The peer ID.
    PeerId,
    /// The pool of certificates for TLS.
    Tls,
}

impl Stage {
    /// The stage's name in every output.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Name => "name",
            Self::Base64 => "base64",
            Self::Json => "json",
            Self::Ca => "ca",
            Self::Addresses => "addresses",
            Self::ServerName => "server-name",
            Self::PeerId => "peer-id",
            Self::Tls => "tls",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Why a server refuses a token. It prints as the body of the server's answer, to the letter, which
/// may quote an address or a certificate of the token, but never its secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The token is empty.
    #[error("PeeringToken is required in the payload when establishing a peering.")]
    Missing,
    /// The peer's name is no name.
    #[error(transparent)]
    Name(#[from] PeerNameError),
    /// The token is no base64, there is no JSON in it, or a member is not of Consul's type.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// A `CA` entry holds no PEM block.
    #[error("peering token invalid CA: no PEM-encoded data found")]
    NoPem {
        /// The entry's index in `CA`.
        index: usize,
    },
    /// The first PEM block of a `CA` entry is something else.
    #[error("peering token invalid CA: first PEM-block should be CERTIFICATE type")]
    NotACertificate {
        /// The entry's index in `CA`.
        index: usize,
    },
    /// The first PEM block of a `CA` entry holds no certificate that Go can read.
    #[error("peering token invalid CA: {error}")]
    Certificate {
        /// The entry's index in `CA`.
        index: usize,
        /// What Go says of it.
        error: CertificateError,
    },
    /// Both address lists are empty.
    #[error("peering token server addresses value is empty")]
    NoAddresses,
    /// An address is no `host:port` with a port from 1 to 65535.
    #[error("{address} is not a valid peering server address")]
    Address {
        /// The address as it stands in the token.
        address: String,
    },
    /// There are roots, but no server name to check the acceptor's certificate against.
    #[error("peering token server name value is empty")]
    NoServerName,
    /// There is no peer ID.
    #[error("peering token peer ID value is empty")]
    NoPeerId,
    /// No certificate of a `CA` entry goes into the pool, because each has PEM headers or is
    /// damaged.
    #[error("failed to build TLS dial option from peering: failed to parse PEM {entry}")]
    Tls {
        /// The entry as it stands in the token.
        entry: String,
    },
}

impl Refusal {
    /// The check that refused the token.
    #[must_use]
    pub fn stage(&self) -> Stage {
        match self {
            Self::Missing => Stage::Request,
            Self::Name(_) => Stage::Name,
            Self::Decode(DecodeError::Base64(_)) => Stage::Base64,
            Self::Decode(DecodeError::Syntax(_) | DecodeError::Type(_)) => Stage::Json,
            Self::NoPem { .. } | Self::NotACertificate { .. } | Self::Certificate { .. } => {
                Stage::Ca
            }
            Self::NoAddresses | Self::Address { .. } => Stage::Addresses,
            Self::NoServerName => Stage::ServerName,
            Self::NoPeerId => Stage::PeerId,
            Self::Tls { .. } => Stage::Tls,
        }
    }
}

/// Judges one token; see [`Judge`] for many.
///
/// # Errors
///
/// The [`Refusal`] of a server that is asked to establish a peering with this token.
///
/// # Examples
///
/// ```
/// let refusal = peertok::judge(b"not a token").unwrap_err();
/// assert_eq!(refusal.stage().name(), "base64");
/// assert_eq!(
///     refusal.to_string(),
///     "failed to decode token: illegal base64 data at input byte 3"
/// );
/// ```
pub fn judge(token: &[u8]) -> Result<(), Refusal> {
    Judge::default().judge(token)
}

/// Judges tokens one after the other, with buffers that are kept from one to the next.
///
/// ```
/// use peertok::{Judge, Stage};
///
/// let mut judge = Judge::default();
/// let tokens = ["", "eyJ", "e30="];
/// let stages = tokens.map(|token| judge.judge(token.as_bytes()).unwrap_err().stage());
/// assert_eq!(stages, [Stage::Request, Stage::Base64, Stage::Addresses]);
/// ```
#[derive(Default)]
pub struct Judge {
    json: Zeroizing<Vec<u8>>,
    sound_roots: SoundRoots,
}

impl fmt::Debug for Judge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Judge").finish_non_exhaustive()
    }
}

impl Judge {
    /// Judges a token: `Ok` means that a server goes on to dial.
    ///
    /// # Errors
    ///
    /// The [`Refusal`] of a server that is asked to establish a peering with this token.
    pub fn judge(&mut self, token: &[u8]) -> Result<(), Refusal> {
        if token.is_empty() {
            return Err(Refusal::Missing);
        }
        self.read(token)?.judge()
    }

    /// Reads a token as a server does before it looks at any field. A root that is recognised is a
    /// sound certificate alone, without headers.
    pub(crate) fn read<'t>(&'t mut self, token: &'t [u8]) -> Result<Read<'t>, DecodeError> {
        // A buffer that grows leaves copies of the secret behind.
        if self.json.capacity() < token.len() {
            self.json = Zeroizing::new(Vec::with_capacity(token.len()));
        }
        base64::decode(token, &mut self.json)?;
        let known_root = &mut |rest: &[u8]| self.sound_roots.literal(rest);
        let (fields, type_error) = Fields::read_with(&self.json, known_root)?;
        match type_error {
            Some(error) => Err(error.into()),
            None => Ok(Read {
                text: token,
                json: &self.json,
                fields,
                sound_roots: &mut self.sound_roots,
            }),
        }
    }
}

/// A token that a server can read.
pub(crate) struct Read<'t> {
    /// The token as it was given.
    pub(crate) text: &'t [u8],
    /// The JSON within it.
    pub(crate) json: &'t [u8],
    pub(crate) fields: Fields<'t>,
    /// The roots that the judge has seen.
    pub(crate) sound_roots: &'t mut SoundRoots,
}

impl Read<'_> {
    /// Judges the fields.
    pub(crate) fn judge(&self) -> Result<(), Refusal> {
        let fields = &self.fields;
        // An entry whose first block has headers passes the first look, and needs the second.
        let mut with_headers = false;
        for (index, entry) in fields.ca.entries().iter().enumerate() {
            if !entry.is_recognised() {
                with_headers |= check_root(index, &entry.unescape())?;
            }
        }
        check_addresses(fields)?;
        if !fields.ca.entries().is_empty() && fields.server_name.is_empty() {
            return Err(Refusal::NoServerName);
        }
        if fields.peer_id.is_empty() {
            return Err(Refusal::NoPeerId);
        }
        if with_headers {
            for entry in fields.ca.entries() {
                check_pool(&entry.unescape())?;
            }
        }
        Ok(())
    }
}

/// Checks the first block of a `CA` entry, and tells whether it has PEM headers.
fn check_root(index: usize, entry: &str) -> Result<bool, Refusal> {
    let mut der = Vec::new();
    let block = pem::next_block(entry.as_bytes(), 0, &mut der).ok_or(Refusal::NoPem { index })?;
    if block.label != b"CERTIFICATE" {
        return Err(Refusal::NotACertificate { index });
    }
    check_certificate(&der).map_err(|error| Refusal::Certificate { index, error })?;
    Ok(block.has_headers)
}

fn check_addresses(fields: &Fields<'_>) -> Result<(), Refusal> {
    let manual = fields.manual_server_addresses.entries();
    let servers = fields.server_addresses.entries();
    if manual.is_empty() && servers.is_empty() {
        return Err(Refusal::NoAddresses);
    }
    for address in manual.iter().chain(servers).copied().map(Raw::unescape) {
        if !is_server_address(&address) {
            let address = address.into_owned();
            return Err(Refusal::Address { address });
        }
    }
    Ok(())
}

/// Whether Consul takes this for the address of a peering server: `host:port`, where the host may
/// be anything and the port is a number from 1 to 65535.
///
/// ```
/// use peertok::is_server_address;
///
/// assert!(is_server_address("[2001:db8::1]:8503"));
/// assert!(!is_server_address("lb.example.com"));
/// ```
#[must_use]
pub fn is_server_address(address: &str) -> bool {
    split_host_port(address)
        .and_then(|(_, port)| read_number(port))
        .is_some_and(|port| (1..=65_535).contains(&port))
}

/// Whether the pool takes a certificate of this `CA` entry.
fn check_pool(entry: &str) -> Result<(), Refusal> {
    let mut der = Vec::new();
    let mut from = 0;
    while let Some(block) = pem::next_block(entry.as_bytes(), from, &mut der) {
        if block.label == b"CERTIFICATE" && !block.has_headers && check_certificate(&der).is_ok() {
            return Ok(());
        }
        from = block.end;
    }
    Err(Refusal::Tls {
        entry: entry.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::mutated;
    use crate::{PeeringToken, Secret, Shape};
    use proptest::prelude::*;

    const ROOT: &str = include_str!("../fixtures/ca/dc1.pem");

    fn sound() -> PeeringToken {
        PeeringToken {
            ca: Some(vec![ROOT.to_owned()]),
            server_addresses: Some(vec!["10.0.0.1:8503".to_owned()]),
            server_name: "server.dc1.peering.x.consul".to_owned(),
            peer_id: "p".to_owned(),
            establishment_secret: Secret::new("s".to_owned()),
            ..PeeringToken::default()
        }
    }

    fn stage(token: &PeeringToken) -> Option<Stage> {
        let refusal = judge(token.encode(Shape::V1_16).as_bytes()).err()?;
        Some(refusal.stage())
    }

    /// A token with every fault at once is refused for the first; mending one leads to the next.
    #[test]
    fn stages_come_in_order() {
        let with_headers = ROOT.replacen("-----\n", "-----\nX: y\n\n", 1);
        assert_eq!(judge(b"").unwrap_err().stage(), Stage::Request);
        assert_eq!(judge(b"!").unwrap_err().stage(), Stage::Base64);
        assert_eq!(judge(b"MQ==").unwrap_err().stage(), Stage::Json);
        let mut token = PeeringToken {
            ca: Some(vec![with_headers, "no PEM".to_owned()]),
            ..PeeringToken::default()
        };
        assert_eq!(stage(&token), Some(Stage::Ca));
        token.ca.as_mut().unwrap().pop();
        assert_eq!(stage(&token), Some(Stage::Addresses));
        token.server_addresses = Some(vec!["a:1".to_owned()]);
        assert_eq!(stage(&token), Some(Stage::ServerName));
        token.server_name = "n".to_owned();
        assert_eq!(stage(&token), Some(Stage::PeerId));
        token.peer_id = "p".to_owned();
        assert_eq!(stage(&token), Some(Stage::Tls));
        token.ca = Some(vec![ROOT.to_owned()]);
        assert_eq!(stage(&token), None);
    }

    #[test]
    fn what_consul_does_not_check_passes() {
        let no_ca = PeeringToken {
            ca: None,
            server_name: String::new(),
            establishment_secret: Secret::default(),
            ..sound()
        };
        assert_eq!(stage(&no_ca), None);
        let odd_addresses = [":1", "a b:+80", "[::1%x]:00443", "\u{1}:65535"];
        let odd = PeeringToken {
            server_addresses: None,
            manual_server_addresses: Some(odd_addresses.map(str::to_owned).to_vec()),
            ..sound()
        };
        assert_eq!(stage(&odd), None);
    }

    /// The manual addresses are looked at before the servers' own.
    #[test]
    fn the_first_bad_address_is_named() {
        let token = PeeringToken {
            server_addresses: Some(vec!["c".to_owned()]),
            manual_server_addresses: Some(vec!["a:1".to_owned(), "b".to_owned()]),
            ..sound()
        };
        let refusal = judge(token.encode(Shape::V1_16).as_bytes()).unwrap_err();
        assert_eq!(
            refusal,
            Refusal::Address {
                address: "b".to_owned()
            }
        );
    }

    /// The pool takes any certificate of an entry, while only the first block is looked at before.
    #[test]
    fn an_entry_needs_one_certificate_without_headers() {
        let with_headers = ROOT.replacen("-----\n", "-----\nX: y\n\n", 1);
        for (entry, expected) in [
            (format!("{with_headers}{ROOT}"), None),
            (format!("{ROOT}{with_headers}"), None),
            (format!("{with_headers}{with_headers}"), Some(Stage::Tls)),
            (format!("{ROOT}garbage"), None),
        ] {
            let token = PeeringToken {
                ca: Some(vec![ROOT.to_owned(), entry]),
                ..sound()
            };
            assert_eq!(stage(&token), expected);
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(
            token in mutated(Just(sound().encode(Shape::V1_16).as_bytes().to_vec())),
            json in mutated(Just(sound().to_json(Shape::V1_16).as_bytes().to_vec())),
        ) {
            let _ = judge(&token);
            let _ = judge(crate::encode_base64(&json).as_bytes());
        }

        /// A sound token with some bytes of its JSON replaced, and a judge that has seen it before.
        #[test]
        fn a_judge_keeps_nothing_from_one_token_to_the_next(
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..3),
        ) {
            let mut json = sound().to_json(Shape::V1_16).as_bytes().to_vec();
            for (index, byte) in changes {
                let at = index.index(json.len());
                json[at] = byte;
            }
            let token = crate::encode_base64(&json);
            let mut used = Judge::default();
            let sound = sound().encode(Shape::V1_16);
            prop_assert_eq!(used.judge(sound.as_bytes()), Ok(()));
            prop_assert_eq!(used.judge(token.as_bytes()), judge(token.as_bytes()));
            prop_assert_eq!(used.judge(sound.as_bytes()), Ok(()));
        }
    }
}
