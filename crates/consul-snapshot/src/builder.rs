//! Snapshots that are put together record by record.
//!
//! A record has the keys that a server needs to restore it, and no others.

use crate::archive;
use crate::kind;
use crate::meta::Meta;
use crate::msgpack::push_raw_header;
use crate::peering::Peering;
use crate::protobuf::encode;
use crate::records::Root;
use jiff::Timestamp;
use prost::Message;
use std::fmt;
use std::io;
use zeroize::Zeroizing;

/// Builds a snapshot record by record, for tests and examples.
///
/// Nothing is checked, so that a snapshot can hold any state that servers are ever in, and some that
/// they are not. To add to a snapshot that servers restore, use [`Snapshot::edit`](crate::Snapshot::edit).
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use consul_snapshot::{Builder, Server, State};
///
/// let mut builder = Builder::new();
/// builder.server(&Server {
///     datacenter: "dc1",
///     node: "server-1",
///     address: "10.0.0.1",
///     grpc_tls_port: "8503",
///     version: "1.20.1",
/// });
/// let file = builder.finish("2026-11-24T04:08:28.794Z".parse()?)?;
/// let state = State::read(file.as_slice())?;
/// assert_eq!(state.server_addresses, ["10.0.0.1:8503"]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Builder(Zeroizing<Vec<u8>>);

/// A Consul server, as the catalog has it.
#[derive(Debug, Clone, Copy)]
pub struct Server<'a> {
    /// The datacenter.
    pub datacenter: &'a str,
    /// The name of its node.
    pub node: &'a str,
    /// The address of its node.
    pub address: &'a str,
    /// The port for gRPC over TLS, in decimal digits.
    pub grpc_tls_port: &'a str,
    /// The release of Consul.
    pub version: &'a str,
}

/// A mesh gateway, as the catalog has it.
#[derive(Debug, Clone, Copy)]
pub struct Gateway<'a> {
    /// The datacenter.
    pub datacenter: &'a str,
    /// The name of its node.
    pub node: &'a str,
    /// Its address in the WAN, which peers dial.
    pub wan_address: &'a str,
    /// Its port in the WAN.
    pub wan_port: u16,
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

impl Default for Builder {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder").finish_non_exhaustive()
    }
}

impl Builder {
    /// Starts with a state that Raft has changed once.
    #[must_use]
    pub fn new() -> Self {
        let mut state = Vec::new();
        Map(&[("LastIndex", Number(1))]).push(&mut state);
        Self(Zeroizing::new(state))
    }

    /// Starts with a `state.bin`.
    pub(crate) fn of(state: &[u8]) -> Self {
        Self(Zeroizing::new(state.to_vec()))
    }

    /// Adds a server to the catalog.
    pub fn server(&mut self, server: &Server<'_>) {
        let meta = [
            ("grpc_tls_port", Text(server.grpc_tls_port)),
            ("version", Text(server.version)),
        ];
        let service = [
            ("ID", Text("consul")),
            ("Service", Text("consul")),
            ("Port", Number(8300)),
            ("Meta", Map(&meta)),
        ];
        self.registration(
            server.datacenter,
            server.node,
            server.address,
            Map(&service),
        );
    }

    /// Adds a mesh gateway to the catalog. Peers dial it only with
    /// [`peer_through_mesh_gateways`](Self::peer_through_mesh_gateways).
    pub fn gateway(&mut self, gateway: &Gateway<'_>) {
        let wan = [
            ("Address", Text(gateway.wan_address)),
            ("Port", Number(gateway.wan_port)),
        ];
        let service = [
            ("ID", Text("mesh-gateway")),
            ("Service", Text("mesh-gateway")),
            ("Kind", Text("mesh-gateway")),
            ("Port", Number(8443)),
            ("TaggedAddresses", Map(&[("wan", Map(&wan))])),
        ];
        self.registration(gateway.datacenter, gateway.node, "10.0.0.9", Map(&service));
    }

    fn registration(&mut self, datacenter: &str, node: &str, address: &str, service: Value<'_>) {
        let registration = [
            ("Node", Text(node)),
            ("Address", Text(address)),
            ("Datacenter", Text(datacenter)),
            ("Service", service),
        ];
        self.record(kind::REGISTRATION, &Map(&registration));
    }

    /// Adds a root of the cluster's CA.
    pub fn root(&mut self, root: &Root) {
        let root = [
            ("ID", Text(&root.id)),
            ("Name", Text("Consul CA Primary Cert")),
            ("ExternalTrustDomain", Text(&root.external_trust_domain)),
            ("RootCert", Text(&root.pem)),
            ("Active", Bool(root.active)),
        ];
        self.record(kind::CA_ROOT, &Map(&root));
    }

    /// Adds the configuration of the built-in CA, for a cluster of this ID.
    pub fn ca_config(&mut self, cluster_id: &str) {
        let config = [
            ("ClusterID", Text(cluster_id)),
            ("Provider", Text("consul")),
        ];
        self.record(kind::CA_CONFIG, &Map(&config));
    }

    /// Adds the config entry `mesh` that makes peers dial the mesh gateways.
    pub fn peer_through_mesh_gateways(&mut self) {
        let mut entry = Vec::new();
        Text("mesh").push(&mut entry);
        let peering = [("PeerThroughMeshGateways", Bool(true))];
        Map(&[("Entry", Map(&[("Peering", Map(&peering))]))]).push(&mut entry);
        self.raw(kind::CONFIG_ENTRY, &entry);
    }

    /// Adds a peering, and a record of its secrets if it has any. Both of its Raft indexes become 1,
    /// and its `trust_domain` is not written.
    pub fn peering(&mut self, peering: &Peering) {
        self.message(kind::PEERING, &peering.message(1));
        if let Some(secrets) = peering.secrets.message(&peering.id) {
            self.message(kind::SECRETS, &secrets);
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

    /// Returns the file of the snapshot, which says that it was taken at this time. The same records
    /// give the same bytes.
    ///
    /// # Errors
    ///
    /// [`io::Error`] if the records take 8 GiB or more.
    pub fn finish(self, at: Timestamp) -> io::Result<Vec<u8>> {
        let size = self.0.len() as u64;
        let meta = Meta::fresh(at, size);
        let mut file = Vec::new();
        archive::write(&mut file, meta.as_bytes(), size, |out| {
            out.write_all(&self.0)
        })?;
        Ok(file)
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
    use super::*;
    use crate::peering::PeeringState;
    use crate::state::State;
    use peertok_secret::Secret;

    const ID: &str = "98e39ed8-212e-48fa-a03e-017869adcbf1";
    const SECRET: &str = "fa32ff27-5a61-4feb-8900-644a59ee7112";

    #[test]
    fn what_is_put_in_is_read_again() {
        let at = "2026-11-24T04:08:28.794Z".parse().unwrap();
        let mut builder = Builder::new();
        builder.server(&Server {
            datacenter: "dc1",
            node: "a",
            address: "server-1.internal",
            grpc_tls_port: "8503",
            version: "1.20.1",
        });
        builder.gateway(&Gateway {
            datacenter: "dc1",
            node: "b",
            wan_address: "gateway-1.internal",
            wan_port: 443,
        });
        builder.ca_config(ID);
        let root = Root {
            id: "3e:30".to_owned(),
            pem: "a root\n".to_owned(),
            external_trust_domain: ID.to_owned(),
            active: true,
        };
        builder.root(&root);
        let mut west = Peering::new("west", ID);
        west.state = PeeringState::Failing;
        west.secrets.establishment = Some(Secret::new(SECRET.to_owned()));
        builder.peering(&west);
        builder.peer_through_mesh_gateways();

        let file = builder.finish(at).unwrap();
        let state = State::read(&*file).unwrap();
        assert_eq!(state.meta.taken_at(), Some(at));
        assert_eq!(state.last_index, 1);
        assert_eq!(state.server_addresses, ["gateway-1.internal:443"]);
        assert_eq!(state.consul_versions, ["1.20.1"]);
        assert_eq!(state.cluster_id.as_deref(), Some(ID));
        assert_eq!(state.roots, [root]);
        let found = state.peering("west").unwrap();
        assert_eq!(found.state, PeeringState::Failing);
        assert_eq!(found.secrets, west.secrets);
    }
}
