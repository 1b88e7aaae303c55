//! What a server needs of a record beyond its types, so that its restore neither fails nor panics.
//!
//! Each rule follows a restorer of `agent/consul/fsm/snapshot_ce.go`, the insertion in
//! `agent/consul/state` that it calls, and the indexes of the tables there; a few follow what the leader
//! does once the state is restored (`agent/consul/leader.go`). The restorers are the same from Consul
//! 1.13 to 1.22, but for the release that a [`Kind`](crate::kind::Kind) names.
//!
//! Where a server looks at records together, the rule asks for what servers write: the records of a
//! node stand one behind the other (`persistNodes`), the node alone first, then its services, then its
//! checks.

use crate::duration::is_duration;
use crate::error::RecordFault;
use crate::go_types::{check, check_list};
use crate::kind::{self, FIRST, Kind, Release, Shape};
use crate::limits::MAX_MESSAGE;
use crate::resource::Resource;
use crate::template;
use crate::uuid::is_uuid;
use crate::value::Value;
use prost::Message;
use ring::digest;
use std::collections::BTreeSet;

/// Bytes that are kept of each node: two [`Fingerprint`]s and their places in a set.
const PER_NODE: usize = 64;

/// A part of a SHA-256.
type Fingerprint = [u8; 16];

/// Holds records against what a server needs, one after the other.
#[derive(Debug, Default)]
pub(crate) struct Restorer {
    /// The node whose records are read.
    node: Node,
    names: BTreeSet<Fingerprint>,
    ids: BTreeSet<Fingerprint>,
}

#[derive(Debug, Default)]
struct Node {
    peer: Vec<u8>,
    name: Vec<u8>,
    id: Vec<u8>,
    /// The IDs of its services, in lower case.
    services: BTreeSet<Vec<u8>>,
}

impl Restorer {
    /// Checks a record. Gives the first release that restores it.
    pub(crate) fn check(
        &mut self,
        number: u8,
        kind: &Kind,
        record: &Value<'_>,
    ) -> Result<Release, RecordFault> {
        match kind.shape {
            Shape::Struct(name) => check(record, name)?,
            Shape::List(name) => check_list(record, name)?,
            Shape::ConfigEntry => return config_entry(record),
            Shape::Message => {}
        }
        let text = |key, what| required(record.get(key), what);
        let uuid = |key, what| a_uuid(record.get(key), what);
        let uuid_if_any = |key, what| a_uuid_if_any(record.get(key), what);
        match number {
            kind::REGISTRATION => return self.registration(record),
            kind::KV | kind::TOMBSTONE => {
                text("Key", "a key")?;
                uuid_if_any("Session", "the key's session")?;
            }
            kind::SESSION => session(record)?,
            kind::COORDINATES => {
                for coordinate in record.elements() {
                    a_coordinate(coordinate)?;
                }
            }
            kind::PREPARED_QUERY => {
                uuid("ID", "the prepared query's ID")?;
                uuid_if_any("Session", "the prepared query's session")?;
                template::check(record)?;
            }
            kind::INTENTION => uuid("ID", "the intention's ID")?,
            kind::CA_ROOT => text("ID", "the root's ID")?,
            kind::CA_STATE => text("ID", "the CA provider's ID")?,
            kind::INDEX => text("Key", "the name of the index")?,
            kind::ACL_TOKEN => {
                uuid("AccessorID", "the token's accessor ID")?;
                text("SecretID", "the token's secret ID")?;
                links(record.get("Policies"))?;
                links(record.get("Roles"))?;
                expiration(record.get("ExpirationTime"))?;
            }
            kind::ACL_POLICY => {
                uuid("ID", "the policy's ID")?;
                text("Name", "the policy's name")?;
            }
            kind::ACL_ROLE => {
                uuid("ID", "the role's ID")?;
                text("Name", "the role's name")?;
                links(record.get("Policies"))?;
            }
            kind::BINDING_RULE => {
                uuid("ID", "the binding rule's ID")?;
                text("AuthMethod", "the binding rule's auth method")?;
            }
            kind::AUTH_METHOD => text("Name", "the auth method's name")?,
            kind::FEDERATION_STATE => federation_state(record.get("State"))?,
            kind::SYSTEM_METADATA => text("Key", "the name of the system metadata")?,
            kind::SERVICE_VIRTUAL_IP => service_virtual_ip(record)?,
            kind::FREE_VIRTUAL_IP => virtual_ip(record.get("IP"))?,
            kind::RESOURCE => resource(record)?,
            _ => {}
        }
        Ok(kind.since)
    }

    /// How many bytes are kept.
    pub(crate) fn kept(&self) -> usize {
        PER_NODE * self.names.len()
    }

    /// `ensureRegistrationTxn` in `agent/consul/state/catalog.go`.
    fn registration(&mut self, record: &Value<'_>) -> Result<Release, RecordFault> {
        required(record.get("Node"), "the registration's node")?;
        a_uuid_if_any(record.get("ID"), "the node's ID")?;
        self.enter_node(record)?;
        let service = record.get("Service");
        if *service != Value::Nil {
            same_peer(record, service)?;
            service_meta(service)?;
            self.node.services.insert(lower(service.get("ID")));
        }
        let check = record.get("Check");
        let checks = record.get("Checks").elements().iter();
        for check in checks.chain((*check != Value::Nil).then_some(check)) {
            same_peer(record, check)?;
            required(check.get("CheckID"), "the check's ID")?;
            if lower(check.get("Node")) != self.node.name {
                return Err(RecordFault::Other {
                    expected: "a check of the record's node",
                    found: "one of another node",
                });
            }
            let service = lower(check.get("ServiceID"));
            if !service.is_empty() && !self.node.services.contains(&service) {
                return Err(RecordFault::Other {
                    expected: "the service of a check in a record before it",
                    found: "none of that ID on the node",
                });
            }
        }
        Ok(match connect_name(service) {
            // Up to 1.15 a service without a name gets a virtual IP, too, which fails.
            Some(b"") => (1, 16),
            _ => FIRST,
        })
    }

    /// A node has one name and one ID, and its records stand together.
    fn enter_node(&mut self, record: &Value<'_>) -> Result<(), RecordFault> {
        let node = Node {
            peer: lower(record.get("PeerName")),
            name: lower(record.get("Node")),
            id: lower(record.get("ID")),
            services: BTreeSet::new(),
        };
        let second = |what| RecordFault::Second { what, value: None };
        if (&node.peer, &node.name) == (&self.node.peer, &self.node.name) {
            return if node.id == self.node.id {
                Ok(())
            } else {
                Err(second("ID of a node"))
            };
        }
        if !self.names.insert(fingerprint(&node.peer, &node.name)) {
            return Err(second("group of records for a node"));
        }
        if !node.id.is_empty() && !self.ids.insert(fingerprint(&node.peer, &node.id)) {
            return Err(second("node of an ID"));
        }
        self.node = node;
        Ok(())
    }
}

fn fingerprint(peer: &[u8], text: &[u8]) -> Fingerprint {
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(peer);
    context.update(&[0]);
    context.update(text);
    let digest = context.finish();
    let mut fingerprint = Fingerprint::default();
    for (to, from) in fingerprint.iter_mut().zip(digest.as_ref()) {
        *to = *from;
    }
    fingerprint
}

/// A string as the indexes have it.
fn lower(text: &Value<'_>) -> Vec<u8> {
    String::from_utf8_lossy(text.bytes())
        .to_lowercase()
        .into_bytes()
}

fn present(value: &Value<'_>, what: &'static str) -> Result<(), RecordFault> {
    match value {
        Value::Nil => Err(RecordFault::Missing { what }),
        _ => Ok(()),
    }
}

/// A string that an index needs.
fn required(value: &Value<'_>, what: &'static str) -> Result<(), RecordFault> {
    if *value != Value::LeftOut && value.bytes().is_empty() {
        return Err(RecordFault::Missing { what });
    }
    Ok(())
}

fn a_uuid(value: &Value<'_>, what: &'static str) -> Result<(), RecordFault> {
    let bytes = value.bytes();
    if std::str::from_utf8(bytes).is_ok_and(is_uuid) {
        return Ok(());
    }
    let length = bytes.len();
    Err(RecordFault::NotAUuid { what, length })
}

fn a_uuid_if_any(value: &Value<'_>, what: &'static str) -> Result<(), RecordFault> {
    if *value != Value::LeftOut && value.bytes().is_empty() {
        return Ok(());
    }
    a_uuid(value, what)
}

/// Links to policies or roles.
fn links(list: &Value<'_>) -> Result<(), RecordFault> {
    let ids = list.elements().iter().map(|link| link.get("ID"));
    ids.into_iter()
        .try_for_each(|id| a_uuid(id, "the ID of a linked policy or role"))
}

/// The time from which on a token is worth nothing. It stands in an index, which takes none before
/// 1970. Go counts seconds from the year 1.
fn expiration(time: &Value<'_>) -> Result<(), RecordFault> {
    const SECONDS_TO_1970: i64 = 62_135_596_800;
    let Some((seconds, _)) = time
        .bytes()
        .get(1..)
        .and_then(<[u8]>::split_first_chunk::<8>)
    else {
        return Ok(());
    };
    let seconds = i64::from_be_bytes(*seconds);
    // Go's zero time is no expiration.
    if (1..SECONDS_TO_1970).contains(&seconds) || seconds < 0 {
        return Err(RecordFault::Other {
            expected: "a token that expires after 1970",
            found: "an earlier time",
        });
    }
    Ok(())
}

/// The registration of a peer's node has services and checks of the same peer.
fn same_peer(record: &Value<'_>, of: &Value<'_>) -> Result<(), RecordFault> {
    let peer = of.get("PeerName").bytes();
    if peer.is_empty() || peer == record.get("PeerName").bytes() {
        return Ok(());
    }
    Err(RecordFault::Other {
        expected: "one peer in a registration",
        found: "two",
    })
}

/// The name under which a service is in the mesh, if it is: a proxy's destination, or its own.
fn connect_name<'a>(service: &Value<'a>) -> Option<&'a [u8]> {
    if service.get("Kind").bytes() == b"connect-proxy" {
        Some(service.get("Proxy").get("DestinationServiceName").bytes())
    } else if service.get("Connect").get("Native").is_true() {
        Some(service.get("Service").bytes())
    } else {
        None
    }
}

/// `ValidateServiceMetadata` in `agent/structs/structs.go`.
fn service_meta(service: &Value<'_>) -> Result<(), RecordFault> {
    let refused = |expected| {
        let found = "others";
        Err(RecordFault::Other { expected, found })
    };
    let pairs = service.get("Meta").pairs();
    if pairs.len() > 64 {
        return refused("at most 64 pairs in the service's Meta");
    }
    let is_gateway = service.get("Kind").bytes() == b"mesh-gateway";
    for (key, value) in pairs {
        let key = key.bytes();
        let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        if !(1..=128).contains(&key.len()) || !key.iter().all(is_plain) {
            return refused("keys of 1 to 128 letters, digits, - and _ in the service's Meta");
        }
        let is_allowed = is_gateway && key == b"consul-wan-federation";
        if key.starts_with(b"consul-") && !is_allowed {
            return refused("keys without the prefix consul- in the service's Meta");
        }
        if *value == Value::LeftOut || value.bytes().len() > 512 {
            return refused("values of at most 512 bytes in the service's Meta");
        }
    }
    Ok(())
}

/// The leader reads the TTL of each session after the restore, which fails where it cannot
/// (`initializeSessionTimers`).
fn session(record: &Value<'_>) -> Result<(), RecordFault> {
    required(record.get("ID"), "the session's ID")?;
    required(record.get("Node"), "the session's node")?;
    for list in ["NodeChecks", "Checks"] {
        for check in record.get(list).elements() {
            required(check, "the ID of a session's check")?;
        }
    }
    for check in record.get("ServiceChecks").elements() {
        required(check.get("ID"), "the ID of a session's check")?;
    }
    if !is_duration(record.get("TTL").bytes()) {
        return Err(RecordFault::Other {
            expected: "a duration such as 30s as the session's TTL",
            found: "another text",
        });
    }
    Ok(())
}

/// A coordinate in Serf's space, which has eight dimensions. A server that measures the distance of two
/// whose numbers differ panics.
fn a_coordinate(coordinate: &Value<'_>) -> Result<(), RecordFault> {
    required(coordinate.get("Node"), "the coordinate's node")?;
    if coordinate.get("Coord").get("Vec").elements().len() != 8 {
        return Err(RecordFault::Other {
            expected: "a coordinate with eight numbers",
            found: "another",
        });
    }
    Ok(())
}

/// The gateways of another datacenter are looked up through both pointers.
fn federation_state(state: &Value<'_>) -> Result<(), RecordFault> {
    present(state, "the federation state")?;
    required(state.get("Datacenter"), "the federation state's datacenter")?;
    for gateway in state.get("MeshGateways").elements() {
        present(gateway.get("Node"), "the node of a mesh gateway")?;
        present(gateway.get("Service"), "the service of a mesh gateway")?;
    }
    Ok(())
}

/// `restoreServiceVirtualIP`: the service is a generic map at first, out of which mapstructure takes
/// the name and the peer. Up to 1.12 the name stood in the map itself.
fn service_virtual_ip(record: &Value<'_>) -> Result<(), RecordFault> {
    let service = record.get("Service");
    let name = service.get("ServiceName");
    let keys = |map: &Value<'_>, allowed: &[&[u8]]| {
        let mut pairs = map.pairs().iter();
        pairs.all(|(key, value)| {
            allowed.contains(&key.bytes()) && matches!(value, Value::Raw(_) | Value::Map(_))
        })
    };
    let names_are_text = !matches!(service.get("Name"), Value::Map(_))
        && matches!(name, Value::Map(_) | Value::Nil)
        && !matches!(name.get("Name"), Value::Map(_));
    // mapstructure would take keys of other case, too.
    if !names_are_text
        || !keys(service, &[b"ServiceName", b"Peer", b"Name"])
        || !keys(name, &[b"Name"])
    {
        return Err(RecordFault::Other {
            expected: "a service and a peer for the virtual IP",
            found: "other keys",
        });
    }
    if name.get("Name").bytes().is_empty() {
        required(service.get("Name"), "the service of the virtual IP")?;
    }
    virtual_ip(record.get("IP"))
}

/// An offset that is added to 240.0.0.0, as IPv4 in one of Go's two forms; servers of IPv6 have the same.
/// A server counts on from the highest, up to 15.255.255.254, and has none left then; so an offset that
/// is near is rejected.
fn virtual_ip(ip: &Value<'_>) -> Result<(), RecordFault> {
    const MAPPED: [u8; 12] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];
    let bytes = ip.bytes();
    let offset = match bytes.len() {
        16 => bytes.strip_prefix(&MAPPED),
        4 => Some(bytes),
        _ => None,
    };
    match offset.and_then(<[u8]>::first) {
        Some(..15) => Ok(()),
        _ => Err(RecordFault::Other {
            expected: "a virtual IP from 0.0.0.0 to 14.255.255.255",
            found: "other bytes",
        }),
    }
}

/// `ConfigEntryRequest.UnmarshalBinary` in `agent/structs/config_entry.go`, and what
/// `insertConfigEntryWithTxn` rejects.
fn config_entry(record: &Value<'_>) -> Result<Release, RecordFault> {
    let bytes = message(record, "a config entry", u64::MAX)?;
    let (kind, rest) = Value::read(bytes)?;
    let (name, since) = kind::config_entry(kind.bytes()).ok_or(RecordFault::Other {
        expected: "a config entry that the community edition restores",
        found: "one of another kind",
    })?;
    let missing = RecordFault::Missing {
        what: "one config entry",
    };
    if rest.is_empty() {
        return Err(missing);
    }
    let Value::Map(request) = Value::read_whole(rest)? else {
        return Err(RecordFault::Type {
            expected: "a map",
            found: "another value",
        });
    };
    let is_entry = |(key, _): &(Value<'_>, Value<'_>)| key.bytes() == b"Entry";
    let (mut entries, rest): (Vec<_>, Vec<_>) = request.into_iter().partition(is_entry);
    check(&Value::Map(rest), "ConfigEntryRequest")?;
    let entry = entries.pop().map(|(_, entry)| entry);
    let entry = entry.filter(|entry| *entry != Value::Nil && entries.is_empty());
    let entry = &entry.ok_or(missing)?;
    if name == "ProxyConfigEntry" {
        // It implements encoding.BinaryUnmarshaler, so that a raw holds it.
        let entry = Value::read_whole(entry.bytes())?;
        check(&entry, name)?;
        required(entry.get("Name"), "the config entry's name")?;
        let config = entry.get("Config");
        let protocol = config.pairs().iter().find(|(key, value)| {
            key.bytes().eq_ignore_ascii_case(b"protocol")
                && matches!(value, Value::Array(_) | Value::Map(_) | Value::Bin)
        });
        if protocol.is_some() {
            return Err(RecordFault::Other {
                expected: "a text as the protocol of proxy-defaults",
                found: "another value",
            });
        }
        if has_nil_in_array(config) {
            return Err(RecordFault::Other {
                expected: "values in the arrays of the configuration of proxy-defaults",
                found: "nil",
            });
        }
        return Ok(since);
    }
    check(entry, name)?;
    // Each service of such a gateway gets a virtual IP.
    for service in entry.get("Services").elements() {
        if name == "TerminatingGatewayConfigEntry" {
            required(service.get("Name"), "the name of a gateway's service")?;
        }
    }
    // The IDs of intentions from before 1.9 stand in an index.
    for source in entry.get("Sources").elements() {
        if name == "ServiceIntentionsConfigEntry" {
            a_uuid_if_any(source.get("LegacyID"), "the intention's legacy ID")?;
        }
    }
    // The mesh entry's name is always "mesh".
    if name != "MeshConfigEntry" {
        required(entry.get("Name"), "the config entry's name")?;
    }
    Ok(since)
}

/// `lib.MapWalk`, which walks over the configuration of `proxy-defaults`, panics at a nil in an array.
fn has_nil_in_array(value: &Value<'_>) -> bool {
    value.elements().contains(&Value::Nil)
        || value.elements().iter().any(has_nil_in_array)
        || value
            .pairs()
            .iter()
            .any(|(_, value)| has_nil_in_array(value))
}

fn resource(record: &Value<'_>) -> Result<(), RecordFault> {
    Resource::decode(message(record, "a resource", u64::MAX)?)
        .map_err(|error| {
            let found = error.to_string();
            RecordFault::Protobuf { found }
        })?
        .check()
}

/// The bytes of a raw, such as a protobuf message.
pub(crate) fn message<'a>(
    record: &Value<'a>,
    what: &'static str,
    limit: u64,
) -> Result<&'a [u8], RecordFault> {
    let Value::Raw(bytes) = record else {
        let found = record.name();
        let expected = "a raw";
        return Err(RecordFault::Type { expected, found });
    };
    let found = bytes.len() as u64;
    if found > limit {
        return Err(RecordFault::TooLarge { what, limit, found });
    }
    Ok(bytes)
}

/// The bytes of a message about peerings.
pub(crate) fn peering_message<'a>(
    record: &Value<'a>,
    what: &'static str,
) -> Result<&'a [u8], RecordFault> {
    message(record, what, MAX_MESSAGE)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each is tried on real servers by `tests/consul/crafted.rs`.
    #[test]
    fn the_newest_release_that_a_record_needs_is_told() {
        let release = |number, record: &[u8]| {
            let record = Value::read_whole(record).unwrap();
            Restorer::default().check(number, kind::of(number).unwrap(), &record)
        };
        assert_eq!(release(kind::KV, b"\x81\xa3Key\xa1k"), Ok((1, 13)));
        let proxy = b"\x82\xa4Node\xa1n\xa7Service\x81\xa4Kind\xadconnect-proxy";
        assert_eq!(release(kind::REGISTRATION, proxy), Ok((1, 16)));
        let entry = b"\xda\x00\x20\xactcp-route\x81\xa5Entry\x81\xa4Name\xa1r";
        let mut entry = entry.to_vec();
        entry[3] = 0xa9;
        entry[2] = (entry.len() - 3) as u8;
        assert_eq!(release(kind::CONFIG_ENTRY, &entry), Ok((1, 15)));
    }
}
