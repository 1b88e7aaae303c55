//! A peering and its secrets.
//!
//! `generate-token` stores an establishment secret. Its exchange deletes that and stores a pending
//! stream secret, which the first stream promotes to the active one.

use crate::protobuf;
use jiff::Timestamp;
use peertok_secret::Secret;
use std::collections::BTreeMap;
use std::fmt;
use std::mem;

/// A peering as one end's servers know it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Peering {
    /// The peering's ID at this end, a UUID. A dialer names the acceptor's.
    pub id: String,
    /// The peer's name at this end.
    pub name: String,
    /// The admin partition (Enterprise). It is empty in the community edition.
    pub partition: String,
    /// The metadata given with the name.
    pub meta: BTreeMap<String, String>,
    /// The state. It is [`Deleting`](PeeringState::Deleting) for a peering that is marked for deletion.
    pub state: PeeringState,
    /// When the peering was marked for deletion.
    pub deleted_at: Option<Timestamp>,
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

/// Where the other end of a peering is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Remote {
    /// The admin partition (Enterprise).
    pub partition: String,
    /// The datacenter.
    pub datacenter: String,
    /// The locality of its servers.
    pub locality: Option<Locality>,
}

/// A region and a zone, in a cloud provider's words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Locality {
    /// The region, such as `us-west-1`.
    pub region: String,
    /// The zone, such as `us-west-1a`.
    pub zone: String,
}

/// Which end opens the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// This end waits to be dialed.
    Accepts,
    /// This end dials.
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
    /// The dialer exchanges the establishment secret.
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
    /// The numbers of the protobuf enum `PeeringState`.
    const NUMBERS: [(i32, Self); 7] = [
        (0, Self::Undefined),
        (1, Self::Pending),
        (2, Self::Establishing),
        (3, Self::Active),
        (4, Self::Failing),
        (5, Self::Deleting),
        (6, Self::Terminated),
    ];

    fn of(number: i32) -> Self {
        let known = Self::NUMBERS.iter().find(|(known, _)| *known == number);
        known.map_or(Self::Other(number), |(_, state)| *state)
    }

    fn number(self) -> i32 {
        if let Self::Other(number) = self {
            return number;
        }
        let known = Self::NUMBERS.iter().find(|(_, state)| *state == self);
        known.map_or(0, |(number, _)| *number)
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

/// The secrets of a peering. Each is a UUID.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Secrets {
    /// What a dialer establishes the peering with, once.
    pub establishment: Option<Secret>,
    /// What the dialer opens its stream with.
    pub active_stream: Option<Secret>,
    /// What the dialer was given for an establishment secret and has not opened a stream with yet.
    pub pending_stream: Option<Secret>,
}

impl Peering {
    /// Returns a peering that is [`Pending`](PeeringState::Pending) and has only a name and an ID.
    #[must_use]
    pub fn new(name: &str, id: &str) -> Self {
        Self {
            state: PeeringState::Pending,
            id: id.to_owned(),
            name: name.to_owned(),
            ..Self::of(protobuf::Peering::default())
        }
    }

    pub(crate) fn of(message: protobuf::Peering) -> Self {
        // The epoch stands for no time: it is what Go's zero time becomes.
        let deleted = message
            .deleted_at
            .filter(|at| (at.seconds, at.nanos) != (0, 0));
        let state = match PeeringState::of(message.state) {
            PeeringState::Terminated => PeeringState::Terminated,
            _ if deleted.is_some() => PeeringState::Deleting,
            other => other,
        };
        Self {
            state,
            deleted_at: deleted.and_then(|at| Timestamp::new(at.seconds, at.nanos).ok()),
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
            remote: message.remote.map(|remote| Remote {
                partition: remote.partition,
                datacenter: remote.datacenter,
                locality: remote.locality.map(|locality| Locality {
                    region: locality.region,
                    zone: locality.zone,
                }),
            }),
            trust_domain: None,
            secrets: Secrets::default(),
        }
    }

    /// Makes the message of a new record. The peering's own indexes do not count: they are those of
    /// the change that adds it.
    pub(crate) fn message(&self, index: u64) -> protobuf::Peering {
        protobuf::Peering {
            id: self.id.clone(),
            name: self.name.clone(),
            partition: self.partition.clone(),
            deleted_at: self.deleted_at.map(|at| protobuf::Timestamp {
                seconds: at.as_second(),
                nanos: at.subsec_nanosecond(),
            }),
            meta: self.meta.clone(),
            state: self.state.number(),
            peer_id: self.peer_id.clone().unwrap_or_default(),
            peer_ca_pems: self.peer_ca.clone(),
            peer_server_name: self.peer_server_name.clone(),
            peer_server_addresses: self.peer_server_addresses.clone(),
            create_index: index,
            modify_index: index,
            stream_status: None,
            remote: self.remote.as_ref().map(|remote| protobuf::Remote {
                partition: remote.partition.clone(),
                datacenter: remote.datacenter.clone(),
                locality: remote.locality.as_ref().map(|place| protobuf::Locality {
                    region: place.region.clone(),
                    zone: place.zone.clone(),
                }),
            }),
            manual_server_addresses: self.manual_server_addresses.clone(),
        }
    }

    /// Returns which end opens the connection. As in Consul, an end that has addresses dials.
    #[must_use]
    pub fn direction(&self) -> Direction {
        if self.peer_server_addresses.is_empty() && self.manual_server_addresses.is_empty() {
            Direction::Accepts
        } else {
            Direction::Dials
        }
    }
}

impl Secrets {
    /// Takes the secrets out of a message.
    pub(crate) fn of(mut message: protobuf::Secrets) -> Self {
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

    /// Makes the message of a new record, or none without any secret.
    pub(crate) fn message(&self, id: &str) -> Option<protobuf::Secrets> {
        let text = |secret: &Option<Secret>| match secret {
            Some(secret) => secret.expose().to_owned(),
            None => String::new(),
        };
        let has_stream = self.active_stream.is_some() || self.pending_stream.is_some();
        if self.establishment.is_none() && !has_stream {
            return None;
        }
        let establishment = self.establishment.as_ref();
        Some(protobuf::Secrets {
            peer_id: id.to_owned(),
            establishment: establishment.map(|secret| protobuf::Establishment {
                secret_id: secret.expose().to_owned(),
            }),
            stream: has_stream.then(|| protobuf::Stream {
                active_secret_id: text(&self.active_stream),
                pending_secret_id: text(&self.pending_stream),
            }),
        })
    }

    /// Returns each secret that is there, with its name in a sentence.
    pub fn all(&self) -> impl Iterator<Item = (&'static str, &Secret)> {
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

    #[test]
    fn a_time_of_deletion_means_deleting() {
        let with = |seconds| {
            Peering::of(protobuf::Peering {
                state: 3,
                deleted_at: Some(protobuf::Timestamp { seconds, nanos: 0 }),
                ..Default::default()
            })
        };
        assert_eq!(with(1_795_494_113).state, PeeringState::Deleting);
        assert_eq!(
            with(1_795_494_113).deleted_at,
            Timestamp::from_second(1_795_494_113).ok()
        );
        assert_eq!(with(i64::MAX).state, PeeringState::Deleting);
        assert_eq!(with(0).state, PeeringState::Active);
    }

    #[test]
    fn a_state_keeps_its_number() {
        for number in -1..9 {
            assert_eq!(PeeringState::of(number).number(), number);
        }
    }

    #[test]
    fn debug_shows_no_secret() {
        let secret = |text: &str| Some(Secret::new(text.to_owned()));
        let mut peering = Peering::new("west", "an ID");
        peering.secrets = Secrets {
            establishment: secret("hunter2"),
            active_stream: secret("hunter3"),
            pending_stream: secret("hunter4"),
        };
        let text = format!("{peering:?}");
        assert!(!text.contains("hunter") && text.contains("<redacted, sha256:f52fbd32>"));
    }
}
