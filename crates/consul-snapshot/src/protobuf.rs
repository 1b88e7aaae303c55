//! The protobuf messages of a snapshot, with the fields that matter here.
//!
//! A record of the types 35, 38, 40 and 42 holds one message. All fields of Consul 1.22 are declared,
//! whether they matter here or not: a server that restores a string which is no UTF-8 panics. Other
//! fields are checked to be well-formed and then dropped, so these structures are for reading and for
//! records of our own. A record that is not ours is never encoded again from one of them: what changes in
//! it is spliced into its bytes ([`with_establishment`]), and every other field survives.

use prost::encoding::{DecodeContext, decode_key, skip_field};
use prost::{DecodeError, Message};
use std::collections::BTreeMap;
use zeroize::{Zeroize, Zeroizing};

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Timestamp {
    #[prost(int64, tag = "1")]
    pub(crate) seconds: i64,
    #[prost(int32, tag = "2")]
    pub(crate) nanos: i32,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Peering {
    #[prost(string, tag = "1")]
    pub(crate) id: String,
    #[prost(string, tag = "2")]
    pub(crate) name: String,
    #[prost(string, tag = "3")]
    pub(crate) partition: String,
    #[prost(message, optional, tag = "4")]
    pub(crate) deleted_at: Option<Timestamp>,
    #[prost(btree_map = "string, string", tag = "5")]
    pub(crate) meta: BTreeMap<String, String>,
    #[prost(int32, tag = "6")]
    pub(crate) state: i32,
    #[prost(string, tag = "7")]
    pub(crate) peer_id: String,
    #[prost(string, repeated, tag = "8")]
    pub(crate) peer_ca_pems: Vec<String>,
    #[prost(string, tag = "9")]
    pub(crate) peer_server_name: String,
    #[prost(string, repeated, tag = "10")]
    pub(crate) peer_server_addresses: Vec<String>,
    #[prost(uint64, tag = "11")]
    pub(crate) create_index: u64,
    #[prost(uint64, tag = "12")]
    pub(crate) modify_index: u64,
    #[prost(message, optional, tag = "13")]
    pub(crate) stream_status: Option<StreamStatus>,
    #[prost(message, optional, tag = "17")]
    pub(crate) remote: Option<Remote>,
    #[prost(string, repeated, tag = "18")]
    pub(crate) manual_server_addresses: Vec<String>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct StreamStatus {
    #[prost(string, repeated, tag = "1")]
    pub(crate) imported_services: Vec<String>,
    #[prost(string, repeated, tag = "2")]
    pub(crate) exported_services: Vec<String>,
    #[prost(message, optional, tag = "3")]
    pub(crate) last_heartbeat: Option<Timestamp>,
    #[prost(message, optional, tag = "4")]
    pub(crate) last_receive: Option<Timestamp>,
    #[prost(message, optional, tag = "5")]
    pub(crate) last_send: Option<Timestamp>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Remote {
    #[prost(string, tag = "1")]
    pub(crate) partition: String,
    #[prost(string, tag = "2")]
    pub(crate) datacenter: String,
    #[prost(message, optional, tag = "3")]
    pub(crate) locality: Option<Locality>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Locality {
    #[prost(string, tag = "1")]
    pub(crate) region: String,
    #[prost(string, tag = "2")]
    pub(crate) zone: String,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct TrustBundle {
    #[prost(string, tag = "1")]
    pub(crate) trust_domain: String,
    #[prost(string, tag = "2")]
    pub(crate) peer_name: String,
    #[prost(string, tag = "3")]
    pub(crate) partition: String,
    #[prost(string, repeated, tag = "4")]
    pub(crate) root_pems: Vec<String>,
    #[prost(string, tag = "5")]
    pub(crate) exported_partition: String,
    #[prost(uint64, tag = "6")]
    pub(crate) create_index: u64,
    #[prost(uint64, tag = "7")]
    pub(crate) modify_index: u64,
}

#[derive(Clone, PartialEq, Message)]
#[prost(skip_debug)]
pub(crate) struct Secrets {
    #[prost(string, tag = "1")]
    pub(crate) peer_id: String,
    #[prost(message, optional, tag = "2")]
    pub(crate) establishment: Option<Establishment>,
    #[prost(message, optional, tag = "3")]
    pub(crate) stream: Option<Stream>,
}

#[derive(Clone, PartialEq, Message)]
#[prost(skip_debug)]
pub(crate) struct Establishment {
    #[prost(string, tag = "1")]
    pub(crate) secret_id: String,
}

#[derive(Clone, PartialEq, Message)]
#[prost(skip_debug)]
pub(crate) struct Stream {
    #[prost(string, tag = "1")]
    pub(crate) active_secret_id: String,
    #[prost(string, tag = "2")]
    pub(crate) pending_secret_id: String,
}

impl Drop for Establishment {
    fn drop(&mut self) {
        self.secret_id.zeroize();
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.active_secret_id.zeroize();
        self.pending_secret_id.zeroize();
    }
}

/// Encodes a message into memory that is wiped when dropped.
pub(crate) fn encode(message: &impl Message) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(message.encode_to_vec())
}

/// Gives a `PeeringSecrets` message another establishment secret. Every other field stays where it
/// is, to the byte; those that nothing here declares too.
pub(crate) fn with_establishment(
    message: &[u8],
    secret: &str,
) -> Result<Zeroizing<Vec<u8>>, DecodeError> {
    const ESTABLISHMENT: u32 = 2;
    let field = encode(&Secrets {
        peer_id: String::new(),
        establishment: Some(Establishment {
            secret_id: secret.to_owned(),
        }),
        stream: None,
    });
    // The capacity is taken in advance: a buffer that grows leaves copies of the secret behind.
    let mut out = Zeroizing::new(Vec::with_capacity(message.len() + field.len()));
    let mut behind = Zeroizing::new(Vec::with_capacity(message.len()));
    let mut rest = message;
    while !rest.is_empty() {
        let from = rest;
        let (tag, wire_type) = decode_key(&mut rest)?;
        skip_field(wire_type, tag, &mut rest, DecodeContext::default())?;
        let whole = from.get(..from.len() - rest.len()).unwrap_or_default();
        match tag {
            ..ESTABLISHMENT => out.extend_from_slice(whole),
            ESTABLISHMENT => {}
            _ => behind.extend_from_slice(whole),
        }
    }
    out.extend_from_slice(&field);
    out.extend_from_slice(&behind);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "aecc4495-0ed5-9008-603a-f51b767a92d7";
    const OLD: &str = "b0fa50ac-8001-5649-fd12-5ed63ef47ad3";
    const NEW: &str = "46b5130b-e4f6-9535-73ed-5818c55c360a";

    fn text(tag: u8, text: &str) -> Vec<u8> {
        [&[tag << 3 | 2, text.len() as u8], text.as_bytes()].concat()
    }

    fn message(tag: u8, content: &[u8]) -> Vec<u8> {
        [&[tag << 3 | 2, content.len() as u8], content].concat()
    }

    #[test]
    fn another_secret_leaves_every_other_field_as_it_is() {
        let id = text(1, ID);
        let stream = message(3, &[text(1, OLD), text(9, "unknown")].concat());
        let unknown = [text(7, "unknown"), vec![8 << 3, 1]].concat();
        let establishment = |secret| message(2, &text(1, secret));
        for old in [
            [&id[..], &establishment(OLD), &stream, &unknown].concat(),
            [&id[..], &stream, &unknown, &establishment(OLD)].concat(),
            [&id[..], &stream, &unknown].concat(),
        ] {
            let new = with_establishment(&old, NEW).unwrap();
            assert_eq!(
                *new,
                [&id[..], &establishment(NEW), &stream, &unknown].concat()
            );
            let secrets = Secrets::decode(&new[..]).unwrap();
            assert_eq!(secrets.peer_id, ID);
            assert_eq!(secrets.establishment.as_ref().unwrap().secret_id, NEW);
            assert_eq!(secrets.stream.as_ref().unwrap().active_secret_id, OLD);
        }
    }

    #[test]
    fn a_malformed_message_is_refused_even_in_fields_that_do_not_matter() {
        let peering = text(1, ID);
        assert!(Peering::decode(&peering[..]).is_ok());
        for fault in [
            &[13 << 3 | 2, 2, 10, 9][..], // a field of StreamStatus that is longer than it
            &[0x8a, 0x07, 5],             // an unknown field without its content
            &[0],                         // field number 0
            &[2 << 3 | 2, 1, 0xff],       // a name that is no UTF-8
            &[2 << 3, 1],                 // a name that is a number
        ] {
            assert!(Peering::decode(&[&peering, fault].concat()[..]).is_err());
        }
    }
}
