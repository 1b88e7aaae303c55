//! The addresses that a cluster gives to its peers, from the catalog.
//!
//! ```text
//! servers:  (wan address of the node | address of the node) ":" (grpc_tls_port | grpc_port)
//! gateways: wan address and port of the service
//!         | (address of the service | wan address of the node | address of the node) ":" port
//! ```
//!
//! Servers are the local instances of the service `consul`; one without a positive port is left
//! out. A port is what Go's `strconv.Atoi` reads. With the config entry `mesh`
//! `Peering.PeerThroughMeshGateways`, the mesh gateways take their place. Both are ordered by node
//! name in lower case and then by service ID. IPv6 hosts get their brackets; Consul 1.20 leaves them
//! out of its servers' addresses, so that nobody can dial these.

use crate::error::RecordFault;
use crate::limits::{MAX_TEXT, OVERHEAD};
use crate::value::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What a registration (a record of type 0) says of a service on a node.
#[derive(Debug, Default)]
pub(crate) struct Registration {
    node: String,
    address: String,
    wan: String,
    peer_name: String,
    pub(crate) datacenter: String,
    service: Service,
}

#[derive(Debug, Default)]
struct Service {
    id: String,
    name: String,
    kind: String,
    address: String,
    port: u64,
    wan: Option<(String, u64)>,
    grpc_tls_port: String,
    grpc_port: String,
    version: String,
    peer_name: String,
}

impl Registration {
    /// Reads what matters of a registration; an ACL token does not.
    pub(crate) fn read(record: &Value<'_>) -> Result<Self, RecordFault> {
        let text = |key| text(record.get(key));
        Ok(Self {
            node: text("Node")?,
            address: text("Address")?,
            wan: self::text(record.get("TaggedAddresses").get("wan"))?,
            peer_name: text("PeerName")?,
            datacenter: text("Datacenter")?,
            service: Service::read(record.get("Service"))?,
        })
    }

    pub(crate) fn is_local(&self) -> bool {
        self.peer_name.is_empty() && self.service.peer_name.is_empty()
    }
}

impl Service {
    fn read(record: &Value<'_>) -> Result<Self, RecordFault> {
        let text = |key| text(record.get(key));
        let meta = |key| self::text(record.get("Meta").get(key));
        let wan = match record.get("TaggedAddresses").get("wan") {
            Value::Nil => None,
            wan => Some((self::text(wan.get("Address"))?, wan.get("Port").uint())),
        };
        Ok(Self {
            id: text("ID")?,
            name: text("Service")?,
            kind: text("Kind")?,
            address: text("Address")?,
            port: record.get("Port").uint(),
            wan,
            grpc_tls_port: meta("grpc_tls_port")?,
            grpc_port: meta("grpc_port")?,
            version: meta("version")?,
            peer_name: text("PeerName")?,
        })
    }
}

fn text(value: &Value<'_>) -> Result<String, RecordFault> {
    value.text("bytes of a text in a registration", MAX_TEXT)
}

/// The servers and mesh gateways found so far.
#[derive(Debug, Default)]
pub(crate) struct Catalog {
    servers: Instances,
    gateways: Instances,
    versions: BTreeSet<String>,
}

/// Addresses by lower-case node name and service ID; a later record takes the place of an earlier
/// one, as it does when it is restored.
type Instances = BTreeMap<(String, String), Option<String>>;

impl Catalog {
    /// Takes in a local registration; gives how many bytes are kept of it.
    pub(crate) fn add(&mut self, registration: Registration) -> usize {
        let Registration {
            node,
            address,
            wan,
            service,
            ..
        } = registration;
        let first = |candidates: [&String; 3]| {
            let found = candidates.into_iter().find(|text| !text.is_empty());
            found.cloned().unwrap_or_default()
        };
        let (instances, address) = if service.name == "consul" {
            let port = [&service.grpc_tls_port, &service.grpc_port]
                .into_iter()
                .filter_map(|port| port.parse::<i64>().ok())
                .find(|port| *port > 0);
            let address = port.map(|port| join(&first([&wan, &address, &address]), port));
            if !service.version.is_empty() {
                self.versions.insert(service.version.clone());
            }
            (&mut self.servers, address)
        } else if service.kind == "mesh-gateway" {
            let (tagged, port) = service.wan.unwrap_or_default();
            let port = match port {
                0 => service.port,
                port => port,
            };
            let host = if tagged.is_empty() {
                first([&service.address, &wan, &address])
            } else {
                tagged
            };
            (&mut self.gateways, Some(join(&host, port)))
        } else {
            return 0;
        };
        let texts = [node.len(), service.id.len(), service.version.len()];
        let address_length = address.as_ref().map_or(0, String::len);
        let kept = OVERHEAD + address_length + texts.iter().sum::<usize>();
        instances.insert((node.to_lowercase(), service.id.to_lowercase()), address);
        kept
    }

    /// The addresses, and the releases that the servers say they are.
    pub(crate) fn finish(self, through_gateways: bool) -> (Vec<String>, Vec<String>) {
        let instances = if through_gateways {
            self.gateways
        } else {
            self.servers
        };
        let addresses = instances.into_values().flatten().collect();
        (addresses, self.versions.into_iter().collect())
    }
}

/// Go's `net.JoinHostPort`: brackets around a host with a colon in it.
fn join(host: &str, port: impl std::fmt::Display) -> String {
    if host.contains(':') {
        format!("[{host}]:{port}")
    } else {
        format!("{host}:{port}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(node: &str, address: &str, wan: &str, tls: &str, plain: &str) -> Registration {
        Registration {
            node: node.to_owned(),
            address: address.to_owned(),
            wan: wan.to_owned(),
            service: Service {
                id: "consul".to_owned(),
                name: "consul".to_owned(),
                grpc_tls_port: tls.to_owned(),
                grpc_port: plain.to_owned(),
                ..Service::default()
            },
            ..Registration::default()
        }
    }

    fn gateway(id: &str, service: &str, wan: &str, node_wan: &str) -> Registration {
        let of_service = Some((wan.to_owned(), 443)).filter(|(wan, _)| !wan.is_empty());
        Registration {
            node: "gw".to_owned(),
            address: "10.0.0.9".to_owned(),
            wan: node_wan.to_owned(),
            service: Service {
                id: id.to_owned(),
                name: "any".to_owned(),
                kind: "mesh-gateway".to_owned(),
                address: service.to_owned(),
                port: 8443,
                wan: of_service,
                ..Service::default()
            },
            ..Registration::default()
        }
    }

    fn addresses(through_gateways: bool, registrations: Vec<Registration>) -> Vec<String> {
        let mut catalog = Catalog::default();
        for registration in registrations {
            catalog.add(registration);
        }
        catalog.finish(through_gateways).0
    }

    #[test]
    fn servers_are_ordered_by_node_and_have_their_wan_address_and_tls_port() {
        let found = addresses(
            false,
            vec![
                server("c", "10.0.0.3", "", "", "8502"),
                server("B", "10.0.0.2", "203.0.113.2", "8503", "8502"),
                server("a", "2001:db8::1", "", "8503", ""),
                server("d", "10.0.0.4", "", "0", "-1"),
                server("e", "10.0.0.5", "", "x", "8502"),
                server("f", "10.0.0.6", "", "99999999999999999999", "+8502"),
                gateway("gw", "", "", ""),
            ],
        );
        assert_eq!(
            found,
            [
                "[2001:db8::1]:8503",
                "203.0.113.2:8503",
                "10.0.0.3:8502",
                "10.0.0.5:8502",
                "10.0.0.6:8502"
            ]
        );
    }

    #[test]
    fn gateways_have_the_first_address_that_there_is() {
        let found = addresses(
            true,
            vec![
                server("a", "10.0.0.1", "", "8503", ""),
                gateway("4", "", "", ""),
                gateway("3", "", "", "203.0.113.3"),
                gateway("2", "10.0.0.2", "", "203.0.113.3"),
                gateway("1", "10.0.0.2", "203.0.113.1", "203.0.113.3"),
            ],
        );
        assert_eq!(
            found,
            [
                "203.0.113.1:443",
                "10.0.0.2:8443",
                "203.0.113.3:8443",
                "10.0.0.9:8443"
            ]
        );
    }

    #[test]
    fn a_later_registration_takes_the_place_of_an_earlier_one() {
        let found = addresses(
            false,
            vec![
                server("a", "10.0.0.1", "", "8503", ""),
                server("A", "10.0.0.2", "", "8503", ""),
            ],
        );
        assert_eq!(found, ["10.0.0.2:8503"]);
    }

    #[test]
    fn what_a_peer_exports_is_not_local() {
        let mut imported = server("a", "10.0.0.1", "", "8503", "");
        assert!(imported.is_local());
        imported.service.peer_name = "beta".to_owned();
        assert!(!imported.is_local());
    }
}
