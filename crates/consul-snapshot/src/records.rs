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
//! Values of any other type, among them private keys (14) and ACL tokens, are skipped and never
//! held in memory. A protobuf message has at most 1 MiB, a root or a name far less.

use crate::addresses::Registration;
use crate::error::{RecordFault, SnapshotError, while_reading};
use crate::kind;
use crate::limits::{MAX_MESSAGE, MAX_PEM, MAX_TEXT};
use crate::msgpack::{Decoder, Fault};
use crate::protobuf;
use prost::Message;
use std::io::BufRead;
use zeroize::Zeroizing;

/// A root certificate of the cluster's CA.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Root {
    /// Its ID, by which roots are ordered in a token.
    pub id: String,
    /// Whether it signs at present.
    pub active: bool,
    /// The certificate as the server has it: PEM text.
    pub pem: String,
    /// The cluster ID that it was made for.
    pub external_trust_domain: String,
}

/// A record, as far as the toolkit looks at it.
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

/// Reads `state.bin` whole: calls `visit` with each record and gives `LastIndex`.
pub(crate) fn read<R: BufRead>(
    input: R,
    size: u64,
    mut visit: impl FnMut(u8, Place, Record) -> Result<(), SnapshotError>,
) -> Result<u64, SnapshotError> {
    let mut decoder = Decoder::new(input, size);
    let last_index = header(&mut decoder).map_err(|fault| at(0, None, fault))?;
    while !decoder.is_at_end() {
        let start = decoder.offset();
        let kind = decoder.byte().map_err(|fault| at(start, None, fault))?;
        let record = record(&mut decoder, kind).map_err(|fault| at(start, Some(kind), fault))?;
        let end = decoder.offset();
        visit(kind, Place { start, end }, record)?;
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

fn header<R: BufRead>(decoder: &mut Decoder<R>) -> Result<u64, Fault> {
    let mut last_index = None;
    decoder.map(|decoder, key| {
        match key {
            "LastIndex" => last_index = Some(decoder.uint()?),
            _ => decoder.skip()?,
        }
        Ok::<_, Fault>(())
    })?;
    last_index.ok_or_else(|| RecordFault::Missing { what: "LastIndex" }.into())
}

fn record<R: BufRead>(decoder: &mut Decoder<R>, kind: u8) -> Result<Record, Fault> {
    Ok(match kind {
        kind::REGISTRATION => Record::Registration(Box::new(Registration::read(decoder)?)),
        kind::CA_ROOT => Record::Root(root(decoder)?),
        kind::CA_CONFIG => Record::CaConfig(ca_config(decoder)?),
        kind::CONFIG_ENTRY => config_entry(decoder)?,
        kind::PEERING => {
            let bytes = decoder.bytes("a Peering", MAX_MESSAGE)?;
            Record::Peering(Box::new(decode(&bytes)?))
        }
        kind::TRUST_BUNDLE => {
            let bytes = decoder.bytes("a PeeringTrustBundle", MAX_MESSAGE)?;
            Record::TrustBundle(decode(&bytes)?)
        }
        kind::SECRETS => {
            let bytes = decoder.bytes("a PeeringSecrets", MAX_MESSAGE)?;
            let message = decode(&bytes)?;
            Record::Secrets(SecretsRecord { message, bytes })
        }
        _ => {
            decoder.skip()?;
            Record::Other
        }
    })
}

fn decode<M: Message + Default>(bytes: &[u8]) -> Result<M, Fault> {
    M::decode(bytes).map_err(|error| {
        let found = error.to_string();
        RecordFault::Protobuf { found }.into()
    })
}

fn root<R: BufRead>(decoder: &mut Decoder<R>) -> Result<Root, Fault> {
    let mut root = Root::default();
    decoder.map(|decoder, key| {
        match key {
            "ID" => root.id = decoder.text("a root's ID", MAX_TEXT)?,
            "Active" => root.active = decoder.bool()?,
            "RootCert" => root.pem = decoder.text("a root", MAX_PEM)?,
            "ExternalTrustDomain" => {
                root.external_trust_domain = decoder.text("a trust domain", MAX_TEXT)?;
            }
            _ => decoder.skip()?,
        }
        Ok::<_, Fault>(())
    })?;
    Ok(root)
}

fn ca_config<R: BufRead>(decoder: &mut Decoder<R>) -> Result<CaConfig, Fault> {
    let mut config = CaConfig::default();
    decoder.map(|decoder, key| {
        match key {
            "ClusterID" => config.cluster_id = decoder.text("a cluster ID", MAX_TEXT)?,
            "Provider" => config.provider = decoder.text("a provider", MAX_TEXT)?,
            _ => decoder.skip()?,
        }
        Ok::<_, Fault>(())
    })?;
    Ok(config)
}

fn config_entry<R: BufRead>(decoder: &mut Decoder<R>) -> Result<Record, Fault> {
    let expected = decoder.raw()?;
    let start = decoder.offset();
    let kind = decoder.text("a config entry's kind", MAX_TEXT)?;
    let mut through_gateways = false;
    if kind == "mesh" {
        decoder.map(|decoder, key| match key {
            "Entry" => decoder.map(|decoder, key| match key {
                "Peering" => decoder.map(|decoder, key| match key {
                    "PeerThroughMeshGateways" => {
                        through_gateways = decoder.bool()?;
                        Ok::<_, Fault>(())
                    }
                    _ => decoder.skip(),
                }),
                _ => decoder.skip(),
            }),
            _ => decoder.skip(),
        })?;
    }
    let found = decoder.offset().saturating_sub(start);
    if found > expected || kind == "mesh" && found != expected {
        return Err(RecordFault::Entry { expected, found }.into());
    }
    decoder.skip_to(start.saturating_add(expected))?;
    Ok(match kind.as_str() {
        "mesh" => Record::Mesh { through_gateways },
        _ => Record::Other,
    })
}
