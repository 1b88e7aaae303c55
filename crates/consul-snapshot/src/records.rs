//! `state.bin`: a header, then records to the end.
//!
//! ```text
//! state   = map { "LastIndex": integer, … } record*
//! record  = type (one byte) value
//! ```
//!
//! | type | value |
//! |---|---|
//! | 0 | a map: a registration of a node, with a service or without |
//! | 13 | a map: a CA root |
//! | 15 | a map: the CA configuration; `Config` may hold keys and credentials, and is skipped |
//! | 22 | a raw: the kind as a raw, then a map with the config entry in `Entry` |
//! | 35 | a raw: protobuf `Peering` |
//! | 38 | a raw: protobuf `PeeringTrustBundle` |
//! | 40 | a raw: protobuf `PeeringSecrets` |
//!
//! Each record is read into memory, checked whole ([`crate::kind`], [`crate::restorer`]) and let go. Of
//! records of other types, among them private keys (14) and ACL tokens, nothing is kept.

use crate::addresses::Registration;
use crate::error::{RecordFault, SnapshotError, while_reading};
use crate::go_types;
use crate::kind::{self, Release};
use crate::limits::{MAX_INDEX, MAX_PEM, MAX_TEXT};
use crate::msgpack::{Decoder, Fault};
use crate::protobuf;
use crate::restorer::{Restorer, peering_message};
use crate::value::Value;
use prost::Message;
use std::io::BufRead;
use zeroize::Zeroizing;

/// A root certificate of the cluster's CA.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Root {
    /// Its ID, by which Consul orders roots.
    pub id: String,
    /// Whether the CA signs with it at present.
    pub active: bool,
    /// The certificate as the server has it: PEM text.
    pub pem: String,
    /// The cluster ID that it was made for.
    pub external_trust_domain: String,
}

/// A record, with what is kept of it.
pub(crate) enum Record {
    Registration(Box<Registration>),
    Root(Root),
    CaConfig(CaConfig),
    /// The config entry `mesh`.
    Mesh {
        through_gateways: bool,
    },
    Peering(Box<protobuf::Peering>),
    TrustBundle(protobuf::TrustBundle),
    Secrets(SecretsRecord),
    Other,
}

/// The CA's configuration, without what configures its provider.
#[derive(Debug, Clone, Default)]
pub(crate) struct CaConfig {
    pub(crate) cluster_id: String,
    pub(crate) provider: String,
}

/// A `PeeringSecrets` record, with the message as it stands there.
pub(crate) struct SecretsRecord {
    pub(crate) message: protobuf::Secrets,
    pub(crate) bytes: Zeroizing<Vec<u8>>,
}

/// Where a record stands in `state.bin`, its type byte included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) start: u64,
    pub(crate) end: u64,
}

/// Reads `state.bin` whole: calls `visit` with each record, the first release that restores it, and
/// how many bytes are kept for checking. Gives `LastIndex`.
pub(crate) fn read<R: BufRead>(
    input: R,
    size: u64,
    mut visit: impl FnMut(u8, Place, Release, Record, usize) -> Result<(), SnapshotError>,
) -> Result<u64, SnapshotError> {
    let mut decoder = Decoder::new(input, size);
    let mut held = Zeroizing::new(Vec::new());
    let mut restorer = Restorer::default();
    let last_index = header(&mut decoder, &mut held).map_err(|fault| at(0, None, fault))?;
    while !decoder.is_at_end() {
        let start = decoder.offset();
        let number = decoder.byte().map_err(|fault| at(start, None, fault))?;
        let (since, record) = record(&mut decoder, &mut held, &mut restorer, number)
            .map_err(|fault| at(start, Some(number), fault))?;
        let end = decoder.offset();
        visit(number, Place { start, end }, since, record, restorer.kept())?;
    }
    Ok(last_index)
}

fn at(offset: u64, kind: Option<u8>, fault: Fault) -> SnapshotError {
    match fault {
        Fault::Read(error) => while_reading("state.bin", error),
        Fault::Record(fault) => SnapshotError::Record {
            offset,
            kind,
            fault,
        },
    }
}

fn header<R: BufRead>(
    decoder: &mut Decoder<R>,
    held: &mut Zeroizing<Vec<u8>>,
) -> Result<u64, Fault> {
    decoder.value(held)?;
    let (header, _) = Value::read(held)?;
    go_types::check(&header, "fsm.SnapshotHeader")?;
    match header.get("LastIndex") {
        Value::Uint(index) if *index <= MAX_INDEX => Ok(*index),
        Value::Uint(_) => Err(RecordFault::Other {
            expected: "a LastIndex below 2^63",
            found: "a larger one",
        }
        .into()),
        _ => Err(RecordFault::Missing { what: "LastIndex" }.into()),
    }
}

fn record<R: BufRead>(
    decoder: &mut Decoder<R>,
    held: &mut Zeroizing<Vec<u8>>,
    restorer: &mut Restorer,
    number: u8,
) -> Result<(Release, Record), Fault> {
    // First, so that a server's reason is told where what follows is no MessagePack, either.
    let kind = kind::of(number).ok_or_else(|| RecordFault::NotRestored {
        by: kind::restored_by(number),
    })?;
    decoder.value(held)?;
    let (value, _) = Value::read(held)?;
    let since = restorer.check(number, kind, &value)?;
    let record = match number {
        kind::REGISTRATION => Record::Registration(Box::new(Registration::read(&value)?)),
        kind::CA_ROOT => Record::Root(root(&value)?),
        kind::CA_CONFIG => Record::CaConfig(ca_config(&value)?),
        kind::CONFIG_ENTRY => config_entry(&value)?,
        kind::PEERING => {
            let bytes = peering_message(&value, "bytes of a Peering")?;
            Record::Peering(Box::new(decode(bytes)?))
        }
        kind::TRUST_BUNDLE => {
            let bytes = peering_message(&value, "bytes of a PeeringTrustBundle")?;
            Record::TrustBundle(decode(bytes)?)
        }
        kind::SECRETS => {
            let bytes = peering_message(&value, "bytes of a PeeringSecrets")?;
            let message = decode(bytes)?;
            let bytes = Zeroizing::new(bytes.to_vec());
            Record::Secrets(SecretsRecord { message, bytes })
        }
        _ => Record::Other,
    };
    Ok((since, record))
}

fn decode<M: Message + Default>(bytes: &[u8]) -> Result<M, Fault> {
    M::decode(bytes).map_err(|error| {
        let found = error.to_string();
        RecordFault::Protobuf { found }.into()
    })
}

fn root(record: &Value<'_>) -> Result<Root, RecordFault> {
    Ok(Root {
        id: record.get("ID").text("bytes of a root's ID", MAX_TEXT)?,
        active: record.get("Active").is_true(),
        pem: record.get("RootCert").text("bytes of a root", MAX_PEM)?,
        external_trust_domain: record
            .get("ExternalTrustDomain")
            .text("bytes of a trust domain", MAX_TEXT)?,
    })
}

fn ca_config(record: &Value<'_>) -> Result<CaConfig, RecordFault> {
    let text = |key| record.get(key).text("bytes of the CA's settings", MAX_TEXT);
    Ok(CaConfig {
        cluster_id: text("ClusterID")?,
        provider: text("Provider")?,
    })
}

/// A config entry that has been checked.
fn config_entry(record: &Value<'_>) -> Result<Record, RecordFault> {
    let (kind, rest) = Value::read(record.bytes())?;
    if kind.bytes() != b"mesh" {
        return Ok(Record::Other);
    }
    let (request, _) = Value::read(rest)?;
    let peering = request.get("Entry").get("Peering");
    Ok(Record::Mesh {
        through_gateways: peering.get("PeerThroughMeshGateways").is_true(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use peertok_testing::{config, mutated};
    use proptest::prelude::*;
    use std::io::Read;

    /// The `state.bin` of a recorded server.
    fn recorded() -> Vec<u8> {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let file = folder.join("../../fixtures/consul/alpha-gateways.snap");
        let file = std::fs::File::open(file).unwrap();
        let mut tar = tar::Archive::new(flate2::read::GzDecoder::new(file));
        let mut entries = tar.entries().unwrap().map(Result::unwrap);
        let mut entry = entries
            .find(|entry| entry.path().unwrap().ends_with("state.bin"))
            .unwrap();
        let mut state = Vec::new();
        entry.read_to_end(&mut state).unwrap();
        state
    }

    fn read_all(state: &[u8]) -> Result<Vec<Place>, SnapshotError> {
        let mut places = Vec::new();
        read(state, state.len() as u64, |_, place, _, _, _| {
            places.push(place);
            Ok(())
        })?;
        Ok(places)
    }

    #[test]
    fn the_records_of_a_server_stand_one_behind_the_other() {
        let state = recorded();
        let places = read_all(&state).unwrap();
        assert!(places.is_sorted_by(|a, b| a.end == b.start));
        assert_eq!(places.last().unwrap().end, state.len() as u64);
    }

    proptest! {
        #![proptest_config(config(64))]

        #[test]
        fn no_state_panics(state in mutated(Just(recorded()))) {
            let _ = read_all(&state);
        }
    }
}
