//! What peerings mean for `state.bin`: which records change, and what they become.
//!
//! A new peering becomes two records at the end of `state.bin`, a `Peering` (both indexes are
//! `LastIndex`) and its `PeeringSecrets`:
//!
//! | end | state | fields beside ID, name and metadata | secret |
//! |---|---|---|---|
//! | [`End::Token`] | PENDING | | establishment |
//! | [`End::Accept`] | PENDING | | active stream |
//! | [`End::Dial`] | ESTABLISHING | the acceptor's ID, roots, name, addresses and place | active stream |
//!
//! A name that has a peering already keeps it: only the establishment secret in its
//! `PeeringSecrets` is replaced, in place. Every other record stays as it is, to the byte.

use super::error::{RecordFault, SnapshotError, while_reading};
use super::msgpack::push_raw_header;
use super::peering::{PeeringState, TokenStatus};
use super::protobuf::{self, encode, with_establishment};
use super::records;
use super::seed::{Change, End, Seed, SeedError};
use super::state::{Scan, fingerprint};
use crate::generate::is_uuid;
use crate::{Secret, check_meta, check_peer_name};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read, Write};
use zeroize::Zeroizing;

/// What to change in `state.bin`.
pub(super) struct Plan {
    /// Records to replace, in the order of their places.
    replaced: BTreeMap<u64, (u64, Zeroizing<Vec<u8>>)>,
    /// Records behind all others.
    pub(super) appended: Zeroizing<Vec<u8>>,
    pub(super) changes: Vec<Change>,
}

impl Plan {
    pub(super) fn new(base: &Scan, seeds: &[Seed]) -> Result<Self, SeedError> {
        check_seeds(base, seeds)?;
        let mut plan = Self {
            replaced: BTreeMap::new(),
            appended: Zeroizing::new(Vec::new()),
            changes: Vec::new(),
        };
        for seed in seeds {
            let change = match &seed.end {
                End::Token { secret } => plan.add_token(base, seed, secret)?,
                End::Accept { .. } | End::Dial { .. } => plan.add_stream(base, seed)?,
            };
            plan.changes.push(change);
        }
        Ok(plan)
    }

    fn add_token(
        &mut self,
        base: &Scan,
        seed: &Seed,
        secret: &Secret,
    ) -> Result<Change, SeedError> {
        let Some(known) = base.state.name_to_accept(&seed.name)? else {
            return self.add_new(base, seed);
        };
        if !known.id.eq_ignore_ascii_case(&seed.id) {
            return Err(SeedError::OtherId {
                name: seed.name.clone(),
                expected: known.id.clone(),
                found: seed.id.clone(),
            });
        }
        if known.secrets.establishment.as_ref() == Some(secret) {
            return Ok(Change::None);
        }
        match base.secrets.get(&known.id.to_ascii_lowercase()) {
            Some((place, message)) => {
                let message = with_establishment(message, secret.expose()).map_err(|error| {
                    SeedError::Base(SnapshotError::Record {
                        offset: place.start,
                        kind: Some(records::SECRETS),
                        fault: RecordFault::Protobuf {
                            found: error.to_string(),
                        },
                    })
                })?;
                let record = record(records::SECRETS, &message);
                self.replaced.insert(place.start, (place.end, record));
            }
            None => self.append(records::SECRETS, &encode(&secrets_message(seed))),
        }
        Ok(Change::SecretReplaced {
            superseded: known.secrets.establishment.is_some(),
        })
    }

    fn add_stream(&mut self, base: &Scan, seed: &Seed) -> Result<Change, SeedError> {
        let name = seed.name.clone();
        let known = match &seed.end {
            End::Dial { acceptor, .. } => {
                let own = base.state.server_name();
                if own.is_some_and(|own| own == acceptor.server_name) {
                    let server_name = acceptor.server_name.clone();
                    return Err(SeedError::SameCluster { server_name });
                }
                if acceptor.dialed_addresses().is_empty() {
                    return Err(SeedError::NothingToDial { name });
                }
                base.state.name_to_dial(&name)?
            }
            _ => base.state.name_to_accept(&name)?,
        };
        match known {
            Some(_) => Err(SeedError::NameInUse { name }),
            None => self.add_new(base, seed),
        }
    }

    fn add_new(&mut self, base: &Scan, seed: &Seed) -> Result<Change, SeedError> {
        if base.secrets.contains_key(&seed.id.to_ascii_lowercase()) {
            return Err(SeedError::SecretsWithoutPeering {
                name: seed.name.clone(),
            });
        }
        let peering = peering_message(seed, base.state.last_index);
        self.append(records::PEERING, &encode(&peering));
        self.append(records::SECRETS, &encode(&secrets_message(seed)));
        Ok(Change::Added)
    }

    fn append(&mut self, kind: u8, message: &[u8]) {
        let record = record(kind, message);
        // A buffer that grows leaves copies of its secrets behind, so a new one is made instead.
        let mut appended = Vec::with_capacity(self.appended.len() + record.len());
        appended.extend_from_slice(&self.appended);
        appended.extend_from_slice(&record);
        self.appended = Zeroizing::new(appended);
    }

    /// The size of `state.bin` after the changes.
    pub(super) fn size(&self, base: u64) -> u64 {
        let appended = base.saturating_add(self.appended.len() as u64);
        self.replaced
            .iter()
            .fold(appended, |size, (start, (end, record))| {
                (size + record.len() as u64).saturating_sub(end - start)
            })
    }

    /// Copies `state.bin`, with the changes.
    pub(super) fn copy(&self, from: &mut impl Read, to: &mut dyn Write) -> Result<(), Failed> {
        let mut at = 0;
        for (start, (end, record)) in &self.replaced {
            copy(from, start.saturating_sub(at), to)?;
            copy(from, end.saturating_sub(*start), &mut io::sink())?;
            to.write_all(record)?;
            at = *end;
        }
        copy(from, u64::MAX, to)?;
        to.write_all(&self.appended)?;
        Ok(())
    }
}

/// Copies at most this many bytes. (With `io::copy` nobody could tell whose error it was.)
fn copy(from: &mut impl Read, count: u64, to: &mut dyn Write) -> Result<(), Failed> {
    let mut left = count;
    let mut buffer = Zeroizing::new(vec![0; 64 << 10]);
    while left > 0 {
        let wanted = usize::try_from(left).map_or(buffer.len(), |left| left.min(buffer.len()));
        let space = buffer.get_mut(..wanted).unwrap_or_default();
        let count = from
            .read(space)
            .map_err(|error| Failed::Read(while_reading("state.bin", error)))?;
        if count == 0 {
            break;
        }
        to.write_all(space.get(..count).unwrap_or_default())?;
        left = left.saturating_sub(count as u64);
    }
    Ok(())
}

/// Checks what is wrong with a seed whatever the base holds under its name.
fn check_seeds(base: &Scan, seeds: &[Seed]) -> Result<(), SeedError> {
    let mut in_use = base.in_use.clone();
    let mut values = BTreeSet::new();
    for seed in seeds {
        check_peer_name(&seed.name)?;
        check_meta(&seed.meta)?;
        let not_a_uuid = |what| SeedError::NotAUuid {
            what,
            name: seed.name.clone(),
        };
        if !is_uuid(&seed.id) {
            return Err(not_a_uuid("the ID"));
        }
        if !is_uuid(seed.secret().expose()) {
            return Err(not_a_uuid("the secret"));
        }
        if let End::Dial { acceptor, .. } = &seed.end
            && !is_uuid(&acceptor.peer_id)
        {
            return Err(not_a_uuid("the acceptor's ID"));
        }
        for value in [seed.name.clone(), seed.id.to_ascii_lowercase()] {
            if !values.insert(value.clone()) {
                return Err(SeedError::Twice { value });
            }
        }
        if let Some(other) = base.state.peering_by_id(&seed.id)
            && !other.name.eq_ignore_ascii_case(&seed.name)
        {
            return Err(SeedError::IdInUse {
                name: seed.name.clone(),
                other: other.name.clone(),
            });
        }
        // A token that the base honours already is left as it is.
        let honoured = base.state.token_status(&seed.id, seed.secret()) == TokenStatus::Redeemable;
        if !in_use.insert(fingerprint(seed.secret())) && !honoured {
            return Err(SeedError::SecretInUse {
                name: seed.name.clone(),
            });
        }
    }
    Ok(())
}

/// A whole record: the type byte, and a raw with the message.
fn record(kind: u8, message: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut record = Zeroizing::new(Vec::with_capacity(message.len() + 6));
    record.push(kind);
    push_raw_header(&mut record, message.len());
    record.extend_from_slice(message);
    record
}

fn peering_message(seed: &Seed, index: u64) -> protobuf::Peering {
    let peering = protobuf::Peering {
        id: seed.id.clone(),
        name: seed.name.clone(),
        meta: seed.meta.clone(),
        state: PeeringState::PENDING,
        create_index: index,
        modify_index: index,
        ..protobuf::Peering::default()
    };
    let End::Dial { acceptor, .. } = &seed.end else {
        return peering;
    };
    let list = |list: &Option<Vec<String>>| list.clone().unwrap_or_default();
    let remote = &acceptor.remote;
    protobuf::Peering {
        state: PeeringState::ESTABLISHING,
        peer_id: acceptor.peer_id.clone(),
        peer_ca_pems: list(&acceptor.ca),
        peer_server_name: acceptor.server_name.clone(),
        peer_server_addresses: list(&acceptor.server_addresses),
        manual_server_addresses: list(&acceptor.manual_server_addresses),
        remote: Some(protobuf::Remote {
            partition: remote.partition.clone(),
            datacenter: remote.datacenter.clone(),
            locality: remote.locality.as_ref().map(|place| protobuf::Locality {
                region: place.region.clone(),
                zone: place.zone.clone(),
            }),
        }),
        ..peering
    }
}

fn secrets_message(seed: &Seed) -> protobuf::Secrets {
    let secret = seed.secret().expose().to_owned();
    let mut message = protobuf::Secrets {
        peer_id: seed.id.clone(),
        ..Default::default()
    };
    if let End::Token { .. } = seed.end {
        message.establishment = Some(protobuf::Establishment { secret_id: secret });
    } else {
        message.stream = Some(protobuf::Stream {
            active_secret_id: secret,
            pending_secret_id: String::new(),
        });
    }
    message
}

/// Which side of a copy failed.
pub(super) enum Failed {
    Read(SnapshotError),
    Write(io::Error),
}

impl From<SnapshotError> for Failed {
    fn from(error: SnapshotError) -> Self {
        Self::Read(error)
    }
}

impl From<io::Error> for Failed {
    fn from(error: io::Error) -> Self {
        Self::Write(error)
    }
}
