//! A snapshot put together record by record, for fixtures. Nothing in it is checked, so that it can
//! hold any state that servers are ever in.
//!
//! A record has the members that a server needs to restore it, and no others.

use super::PeeringState;
use super::archive;
use super::meta::Meta;
use super::msgpack::push_raw_header;
use super::protobuf::{self, encode};
use super::records;
use crate::PeeringToken;
use jiff::Timestamp;
use prost::Message;

/// The records of a snapshot.
pub(crate) struct Made(Vec<u8>);

/// A root of a cluster's CA.
pub(crate) struct MadeRoot<'a> {
    pub(crate) id: &'a str,
    pub(crate) pem: &'a str,
    pub(crate) cluster_id: &'a str,
    pub(crate) active: bool,
}

/// A peering and its secrets, as the servers of one end keep them.
pub(crate) struct MadePeering<'a> {
    pub(crate) id: &'a str,
    pub(crate) name: &'a str,
    pub(crate) state: PeeringState,
    pub(crate) deleted_at: Option<Timestamp>,
    /// The token that it was established with, at the dialer.
    pub(crate) dials: Option<&'a PeeringToken>,
    /// The secrets; an empty one is none, and without any there is no record of them.
    pub(crate) establishment: &'a str,
    pub(crate) active: &'a str,
    pub(crate) pending: &'a str,
}

/// A value in MessagePack.
enum Value<'a> {
    Text(&'a str),
    Number(u16),
    Bool(bool),
    /// At most fifteen pairs.
    Map(&'a [(&'a str, Self)]),
}
use Value::{Bool, Map, Number, Text};

impl Made {
    /// A state that Raft has changed once.
    pub(crate) fn new() -> Self {
        let mut state = Vec::new();
        Map(&[("LastIndex", Number(1))]).push(&mut state);
        Self(state)
    }

    /// A server, with its port for gRPC with TLS.
    pub(crate) fn server(&mut self, datacenter: &str, node: &str, address: &str, port: &str) {
        let meta = [("grpc_tls_port", Text(port)), ("version", Text("1.20.1"))];
        let service = [
            ("ID", Text("consul")),
            ("Service", Text("consul")),
            ("Port", Number(8300)),
            ("Meta", Map(&meta)),
        ];
        self.registration(datacenter, node, address, Map(&service));
    }

    /// A mesh gateway, with its address in the WAN.
    pub(crate) fn gateway(&mut self, datacenter: &str, node: &str, address: &str, port: u16) {
        let wan = [("Address", Text(address)), ("Port", Number(port))];
        let service = [
            ("ID", Text("mesh-gateway")),
            ("Service", Text("mesh-gateway")),
            ("Kind", Text("mesh-gateway")),
            ("Port", Number(8443)),
            ("TaggedAddresses", Map(&[("wan", Map(&wan))])),
        ];
        self.registration(datacenter, node, "10.0.0.9", Map(&service));
    }

    fn registration(&mut self, datacenter: &str, node: &str, address: &str, service: Value<'_>) {
        let registration = [
            ("Node", Text(node)),
            ("Address", Text(address)),
            ("Datacenter", Text(datacenter)),
            ("Service", service),
        ];
        self.record(records::REGISTRATION, &Map(&registration));
    }

    /// A root of the cluster's CA.
    pub(crate) fn root(&mut self, root: &MadeRoot<'_>) {
        let root = [
            ("ID", Text(root.id)),
            ("Name", Text("Consul CA Primary Cert")),
            ("ExternalTrustDomain", Text(root.cluster_id)),
            ("RootCert", Text(root.pem)),
            ("Active", Bool(root.active)),
        ];
        self.record(records::CA_ROOT, &Map(&root));
    }

    /// The configuration of the built-in CA.
    pub(crate) fn ca_config(&mut self, cluster_id: &str) {
        let config = [
            ("ClusterID", Text(cluster_id)),
            ("Provider", Text("consul")),
        ];
        self.record(records::CA_CONFIG, &Map(&config));
    }

    /// The config entry `mesh`, by which peering goes through mesh gateways.
    pub(crate) fn peer_through_mesh_gateways(&mut self) {
        let mut entry = Vec::new();
        Text("mesh").push(&mut entry);
        let peering = [("PeerThroughMeshGateways", Bool(true))];
        Map(&[("Entry", Map(&[("Peering", Map(&peering))]))]).push(&mut entry);
        self.raw(records::CONFIG_ENTRY, &entry);
    }

    /// A peering, and its secrets where it has any.
    pub(crate) fn peering(&mut self, peering: &MadePeering<'_>) {
        let list = |list: &Option<Vec<String>>| list.clone().unwrap_or_default();
        let mut message = protobuf::Peering {
            id: peering.id.to_owned(),
            name: peering.name.to_owned(),
            state: number(peering.state),
            deleted_at: peering.deleted_at.map(|at| protobuf::Timestamp {
                seconds: at.as_second(),
                nanos: at.subsec_nanosecond(),
            }),
            create_index: 1,
            modify_index: 1,
            ..protobuf::Peering::default()
        };
        if let Some(token) = peering.dials {
            message.peer_id = token.peer_id.clone();
            message.peer_ca_pems = list(&token.ca);
            message.peer_server_name = token.server_name.clone();
            message.peer_server_addresses = list(&token.server_addresses);
            message.manual_server_addresses = list(&token.manual_server_addresses);
        }
        self.message(records::PEERING, &message);
        if [peering.establishment, peering.active, peering.pending] != [""; 3] {
            self.message(records::SECRETS, &secrets(peering));
        }
    }

    fn message(&mut self, kind: u8, message: &impl Message) {
        self.raw(kind, &encode(message));
    }

    fn raw(&mut self, kind: u8, content: &[u8]) {
        self.0.push(kind);
        push_raw_header(&mut self.0, content.len());
        self.0.extend_from_slice(content);
    }

    fn record(&mut self, kind: u8, value: &Value<'_>) {
        self.0.push(kind);
        value.push(&mut self.0);
    }

    /// The snapshot, as one that was taken at this moment.
    pub(crate) fn archive(self, at: Timestamp) -> Vec<u8> {
        let Self(state) = self;
        let size = state.len() as u64;
        let meta = Meta::fresh(at, size);
        let mut file = Vec::new();
        let written = archive::write(&mut file, meta.as_bytes(), size, |out| {
            out.write_all(&state)
        });
        // Memory takes whatever is written, and the size is right.
        debug_assert!(written.is_ok(), "{written:?}");
        file
    }
}

fn secrets(peering: &MadePeering<'_>) -> protobuf::Secrets {
    let establishment = protobuf::Establishment {
        secret_id: peering.establishment.to_owned(),
    };
    let stream = protobuf::Stream {
        active_secret_id: peering.active.to_owned(),
        pending_secret_id: peering.pending.to_owned(),
    };
    let has_stream = [peering.active, peering.pending] != [""; 2];
    protobuf::Secrets {
        peer_id: peering.id.to_owned(),
        establishment: Some(establishment).filter(|_| !peering.establishment.is_empty()),
        stream: Some(stream).filter(|_| has_stream),
    }
}

fn number(state: PeeringState) -> i32 {
    match state {
        PeeringState::Undefined => 0,
        PeeringState::Pending => PeeringState::PENDING,
        PeeringState::Establishing => PeeringState::ESTABLISHING,
        PeeringState::Active => 3,
        PeeringState::Failing => 4,
        PeeringState::Deleting => 5,
        PeeringState::Terminated => 6,
        PeeringState::Other(number) => number,
    }
}

impl Value<'_> {
    fn push(&self, out: &mut Vec<u8>) {
        match self {
            Text(text) => {
                push_raw_header(out, text.len());
                out.extend_from_slice(text.as_bytes());
            }
            Number(number) => {
                out.push(0xcd);
                out.extend_from_slice(&number.to_be_bytes());
            }
            Bool(value) => out.push(0xc2 | u8::from(*value)),
            Map(pairs) => {
                out.push(0x80 | pairs.len() as u8);
                for (key, value) in *pairs {
                    Text(key).push(out);
                    value.push(out);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{State, TokenStatus};
    use super::*;
    use crate::Secret;

    const ID: &str = "98e39ed8-212e-48fa-a03e-017869adcbf1";
    const SECRET: &str = "fa32ff27-5a61-4feb-8900-644a59ee7112";

    #[test]
    fn what_is_put_in_is_read_again() {
        let at = "2026-11-24T04:08:28.794Z".parse().unwrap();
        let mut made = Made::new();
        made.server("dc1", "a", "server-1.internal", "8503");
        made.gateway("dc1", "b", "gateway-1.internal", 443);
        made.ca_config(ID);
        made.root(&MadeRoot {
            id: "3e:30",
            pem: "a root\n",
            cluster_id: ID,
            active: true,
        });
        made.peering(&MadePeering {
            id: ID,
            name: "west",
            state: PeeringState::Failing,
            deleted_at: None,
            dials: None,
            establishment: SECRET,
            active: "",
            pending: "",
        });
        made.peer_through_mesh_gateways();
        let file = made.archive(at);
        let state = State::read(&*file).unwrap();
        assert_eq!(state.meta.taken_at(), Some(at));
        assert_eq!(state.server_addresses, ["gateway-1.internal:443"]);
        assert_eq!(state.cluster_id.as_deref(), Some(ID));
        assert_eq!(state.roots[0].pem, "a root\n");
        assert_eq!(state.peering("west").unwrap().state, PeeringState::Failing);
        let status = state.token_status(ID, &Secret::new(SECRET.to_owned()));
        assert_eq!(status, TokenStatus::Redeemable);
    }
}
