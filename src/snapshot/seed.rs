//! The peerings that make servers honour tokens, or peer without one.

use crate::PeeringToken;
use peertok_secret::Secret;
use std::collections::BTreeMap;

/// A peering to write into a snapshot.
#[derive(Debug, Clone)]
pub struct Seed {
    /// The peer's name at this end.
    pub name: String,
    /// Metadata, for a name that is new.
    pub meta: BTreeMap<String, String>,
    /// The peering's ID at this end, a UUID. At the acceptor it is its tokens' `PeerID`.
    pub id: String,
    /// Which end this is, and with what secret.
    pub end: End,
}

/// Which end of a peering is written.
#[derive(Debug, Clone)]
pub enum End {
    /// The acceptor of a token: it waits for a dialer to redeem it.
    Token {
        /// The token's establishment secret, a UUID.
        secret: Secret,
    },
    /// The acceptor of a peering that needs no token: both ends know the stream's secret.
    Accept {
        /// The secret, a UUID.
        stream_secret: Secret,
    },
    /// The dialer of a peering that needs no token.
    Dial {
        /// The same secret as at the acceptor.
        stream_secret: Secret,
        /// What the dialer knows of the acceptor. The token's establishment secret is not used.
        acceptor: Box<PeeringToken>,
    },
}

impl Seed {
    /// What makes an acceptor honour a token.
    #[must_use]
    pub fn of_token(name: &str, token: &PeeringToken) -> Self {
        Self {
            name: name.to_owned(),
            meta: BTreeMap::new(),
            id: token.peer_id.clone(),
            end: End::Token {
                secret: token.establishment_secret.clone(),
            },
        }
    }

    pub(super) fn secret(&self) -> &Secret {
        match &self.end {
            End::Token { secret } => secret,
            End::Accept { stream_secret } | End::Dial { stream_secret, .. } => stream_secret,
        }
    }
}
