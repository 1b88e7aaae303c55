//! A peering and its secrets, and what they mean for a token.
//!
//! `generate-token` stores an establishment secret. Its exchange deletes that and stores a pending
//! stream secret, which the first stream promotes to the active one. So the acceptor's state tells
//! whether a token can still be redeemed, as of the moment of the snapshot.

use super::protobuf;
use crate::{Locality, Remote, Secret};
use std::collections::BTreeMap;
use std::fmt;
use std::mem;

/// A peering as one end's servers know it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Peering {
    /// The peering's ID at this end. At the acceptor it is the `PeerID` of its tokens.
    pub id: String,
    /// The peer's name at this end.
    pub name: String,
    /// The admin partition (Enterprise), else empty.
    pub partition: String,
    /// The metadata given with the name.
    pub meta: BTreeMap<String, String>,
    /// The state.
    pub state: PeeringState,
    /// The peering's ID at the other end, which only a dialer has.
    pub peer_id: Option<String>,
    /// The other end's roots.
    pub peer_ca: Vec<String>,
    /// The name that the other end's servers show in TLS.
    pub peer_server_name: String,
    /// The other end's servers or gateways (`host:port`).
    pub peer_server_addresses: Vec<String>,
    /// Addresses of the other end that were given by hand.
    pub manual_server_addresses: Vec<String>,
    /// The Raft index at which the peering was made.
    pub create_index: u64,
    /// The Raft index at which it last changed.
    pub modify_index: u64,
    /// Where the other end is, if this end knows.
    pub remote: Option<Remote>,
    /// The other end's trust domain, from its trust bundle.
    pub trust_domain: Option<String>,
    /// The secrets.
    pub secrets: Secrets,
}

/// Which end opens the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// This end made the token and waits to be dialed.
    Accepts,
    /// This end was given a token and dials.
    Dials,
}

/// A peering's state, under Consul's names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PeeringState {
    /// None, which no server writes.
    Undefined,
    /// Not connected yet.
    Pending,
    /// A token is being redeemed.
    Establishing,
    /// Connected.
    Active,
    /// The connection was lost.
    Failing,
    /// Deleted at this end, and not gone yet.
    Deleting,
    /// Deleted at the other end.
    Terminated,
    /// A number that a later release may give a meaning.
    Other(i32),
}

impl PeeringState {
    pub(super) const PENDING: i32 = 1;
    pub(super) const ESTABLISHING: i32 = 2;

    fn of(number: i32) -> Self {
        match number {
            0 => Self::Undefined,
            Self::PENDING => Self::Pending,
            Self::ESTABLISHING => Self::Establishing,
            3 => Self::Active,
            4 => Self::Failing,
            5 => Self::Deleting,
            6 => Self::Terminated,
            other => Self::Other(other),
        }
    }
}

impl fmt::Display for PeeringState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Undefined => "UNDEFINED",
            Self::Pending => "PENDING",
            Self::Establishing => "ESTABLISHING",
            Self::Active => "ACTIVE",
            Self::Failing => "FAILING",
            Self::Deleting => "DELETING",
            Self::Terminated => "TERMINATED",
            Self::Other(number) => return write!(f, "{number}"),
        })
    }
}

/// The secrets of a peering.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Secrets {
    /// What the newest token is redeemed with.
    pub establishment: Option<Secret>,
    /// What the dialer authorises its stream with.
    pub active_stream: Option<Secret>,
    /// What the dialer was given for an establishment secret and has not opened a stream with.
    pub pending_stream: Option<Secret>,
}

/// What the secrets of a peering mean, whatever token one has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SecretsMeaning {
    /// There are none: no token can be redeemed, and no stream opened.
    None,
    /// The newest token can be redeemed.
    Redeemable,
    /// The newest token can be redeemed, and an earlier one was.
    RedeemableAgain,
    /// The token was exchanged, but the stream never came up.
    Exchanged,
    /// The token was used, or the stream's secret was given to both ends.
    Active,
}

/// What an acceptor's snapshot tells of a token, as of the moment when it was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenStatus {
    /// It can be redeemed.
    Redeemable,
    /// A later `generate-token` replaced its secret, and no token was ever redeemed.
    Superseded,
    /// A later `generate-token` replaced its secret, or it was redeemed before that.
    UsedOrSuperseded,
    /// It was exchanged, but the stream never came up.
    Exchanged,
    /// It was redeemed.
    Used,
    /// The peering has no secrets, so that no token for it can be redeemed.
    NoSecrets,
    /// The peering is TERMINATED, and so is every token made for it.
    Terminated,
    /// The peering is DELETING.
    Deleting,
    /// No peering has its ID: it was deleted, or the token is another cluster's.
    Unknown,
}

impl TokenStatus {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Redeemable,
        Self::Superseded,
        Self::UsedOrSuperseded,
        Self::Exchanged,
        Self::Used,
        Self::NoSecrets,
        Self::Terminated,
        Self::Deleting,
        Self::Unknown,
    ];

    /// The status's name in every output.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Redeemable => "redeemable",
            Self::Superseded => "superseded",
            Self::UsedOrSuperseded => "used-or-superseded",
            Self::Exchanged => "exchanged",
            Self::Used => "used",
            Self::NoSecrets => "no-secrets",
            Self::Terminated => "terminated",
            Self::Deleting => "deleting",
            Self::Unknown => "unknown",
        }
    }
}

impl Peering {
    pub(super) fn new(message: protobuf::Peering) -> Self {
        // The epoch stands for no time: it is what Go's zero time becomes.
        let deleted = message
            .deleted_at
            .is_some_and(|at| (at.seconds, at.nanos) != (0, 0));
        let state = match PeeringState::of(message.state) {
            PeeringState::Terminated => PeeringState::Terminated,
            _ if deleted => PeeringState::Deleting,
            other => other,
        };
        Self {
            state,
            id: message.id,
            name: message.name,
            partition: message.partition,
            meta: message.meta,
            peer_id: Some(message.peer_id).filter(|id| !id.is_empty()),
            peer_ca: message.peer_ca_pems,
            peer_server_name: message.peer_server_name,
            peer_server_addresses: message.peer_server_addresses,
            manual_server_addresses: message.manual_server_addresses,
            create_index: message.create_index,
            modify_index: message.modify_index,
            remote: message.remote.map(|message| {
                let mut remote = Remote::default();
                remote.partition = message.partition;
                remote.datacenter = message.datacenter;
                let locality = message.locality;
                remote.locality = locality.map(|place| Locality::new(place.region, place.zone));
                remote
            }),
            trust_domain: None,
            secrets: Secrets::default(),
        }
    }

    /// Which end opens the connection: Consul goes by whether there are addresses to dial.
    #[must_use]
    pub fn direction(&self) -> Direction {
        if self.peer_server_addresses.is_empty() && self.manual_server_addresses.is_empty() {
            Direction::Accepts
        } else {
            Direction::Dials
        }
    }

    /// What becomes of a token with this peering's ID and that secret.
    #[must_use]
    pub fn token_status(&self, secret: &Secret) -> TokenStatus {
        match self.state {
            PeeringState::Terminated => return TokenStatus::Terminated,
            PeeringState::Deleting => return TokenStatus::Deleting,
            _ => {}
        }
        match (&self.secrets.establishment, self.secrets.meaning()) {
            (Some(newest), _) if newest == secret => TokenStatus::Redeemable,
            (_, SecretsMeaning::Redeemable) => TokenStatus::Superseded,
            (_, SecretsMeaning::RedeemableAgain) => TokenStatus::UsedOrSuperseded,
            (_, SecretsMeaning::Exchanged) => TokenStatus::Exchanged,
            (_, SecretsMeaning::Active) => TokenStatus::Used,
            (_, SecretsMeaning::None) => TokenStatus::NoSecrets,
        }
    }
}

impl Secrets {
    /// Takes the secrets out of a message.
    pub(super) fn new(mut message: protobuf::Secrets) -> Self {
        let secret = |text: &mut String| {
            if text.is_empty() {
                None
            } else {
                Some(Secret::new(mem::take(text)))
            }
        };
        let establishment = message.establishment.as_mut();
        let mut secrets = Self {
            establishment: establishment.and_then(|e| secret(&mut e.secret_id)),
            ..Self::default()
        };
        if let Some(stream) = &mut message.stream {
            secrets.active_stream = secret(&mut stream.active_secret_id);
            secrets.pending_stream = secret(&mut stream.pending_secret_id);
        }
        secrets
    }

    /// What they mean.
    #[must_use]
    pub fn meaning(&self) -> SecretsMeaning {
        let (active, pending) = (self.active_stream.is_some(), self.pending_stream.is_some());
        match (self.establishment.is_some(), active, pending) {
            (true, false, false) => SecretsMeaning::Redeemable,
            (true, _, _) => SecretsMeaning::RedeemableAgain,
            (false, true, _) => SecretsMeaning::Active,
            (false, false, true) => SecretsMeaning::Exchanged,
            (false, false, false) => SecretsMeaning::None,
        }
    }

    /// All that there are.
    pub(super) fn all(&self) -> impl Iterator<Item = (&'static str, &Secret)> {
        let secret = |what, secret| Option::as_ref(secret).map(|secret| (what, secret));
        [
            secret("the establishment secret", &self.establishment),
            secret("the active stream secret", &self.active_stream),
            secret("the pending stream secret", &self.pending_stream),
        ]
        .into_iter()
        .flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peering(state: i32, secrets: [&str; 3]) -> Peering {
        let [establishment, active_stream, pending_stream] =
            secrets.map(|s| (!s.is_empty()).then(|| Secret::new(s.to_owned())));
        Peering {
            secrets: Secrets {
                establishment,
                active_stream,
                pending_stream,
            },
            ..Peering::new(protobuf::Peering {
                state,
                ..Default::default()
            })
        }
    }

    /// The table of the life of a secret, one line each.
    #[test]
    fn a_token_has_the_status_that_its_secrets_tell() {
        use TokenStatus::*;
        for (state, secrets, expected) in [
            (1, ["mine", "", ""], Redeemable),
            (3, ["mine", "x", ""], Redeemable),
            (1, ["other", "", ""], Superseded),
            (3, ["other", "x", ""], UsedOrSuperseded),
            (3, ["other", "", "x"], UsedOrSuperseded),
            (2, ["", "", "x"], Exchanged),
            (3, ["", "x", ""], Used),
            (4, ["", "x", "y"], Used),
            (1, ["", "", ""], NoSecrets),
            (6, ["mine", "", ""], Terminated),
            (5, ["mine", "", ""], Deleting),
        ] {
            let status = peering(state, secrets).token_status(&Secret::new("mine".to_owned()));
            assert_eq!(status, expected, "{state} {secrets:?}");
        }
    }

    #[test]
    fn a_time_of_deletion_means_deleting() {
        let with = |seconds| {
            Peering::new(protobuf::Peering {
                state: 3,
                deleted_at: Some(protobuf::Timestamp { seconds, nanos: 0 }),
                ..Default::default()
            })
            .state
        };
        assert_eq!(with(1_795_494_113), PeeringState::Deleting);
        assert_eq!(with(0), PeeringState::Active);
    }

    #[test]
    fn debug_shows_no_secret() {
        let text = format!("{:?}", peering(1, ["hunter2", "hunter3", "hunter4"]));
        assert!(!text.contains("hunter") && text.contains("<redacted, sha256:f52fbd32>"));
    }
}
