//! Why a server rejects a token: at which stage, with which message, and for which field.

use crate::reading::DecodeError;
use crate::request::PeerNameError;
use crate::schema::Field;
use crate::token::AddressList;
use godialect::x509::CertificateError;
use peertok_secret::without_secrets;
use serde::ser::{Serialize, SerializeStruct, Serializer};
use std::fmt;

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

/// As [`Stage::name`].
impl Serialize for Stage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
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
    /// The token is no base64, there is no JSON in it, or a value is not of its field's type.
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
        /// The list that it stands in.
        list: AddressList,
        /// Its index in that list.
        index: usize,
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
        /// The entry's index in `CA`.
        index: usize,
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

    /// The JSON path of what is rejected, such as `$.CA[0]`; `None` where that is the token as a whole
    /// or what is around it. A value of the wrong type is at the path of the field that Go names: of a
    /// list, whichever element it is.
    #[must_use]
    pub fn path(&self) -> Option<String> {
        let (field, index) = match self {
            Self::NoPem { index }
            | Self::NotACertificate { index }
            | Self::Certificate { index, .. }
            | Self::Tls { index, .. } => (Field::Ca, Some(index)),
            Self::Address { list, index, .. } => (list.field(), Some(index)),
            Self::NoAddresses => (AddressList::Server.field(), None),
            Self::NoServerName => (Field::ServerName, None),
            Self::NoPeerId => (Field::PeerId, None),
            Self::Decode(DecodeError::Type(error)) => (Field::at_go_place(error.place)?, None),
            Self::Missing | Self::Name(_) | Self::Decode(_) => return None,
        };
        let path = field.json_path();
        Some(index.map_or_else(|| path.to_owned(), |index| format!("{path}[{index}]")))
    }
}

/// As an object of `stage`, `error` (the exact wording, but for the content of private keys) and `path`.
impl Serialize for Refusal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut refusal = serializer.serialize_struct("Refusal", 3)?;
        refusal.serialize_field("stage", &self.stage())?;
        refusal.serialize_field("error", &without_secrets(&self.to_string()))?;
        refusal.serialize_field("path", &self.path())?;
        refusal.end()
    }
}
