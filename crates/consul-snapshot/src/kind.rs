//! The types of records: the byte that each record of `state.bin` starts with.
//!
//! Each row says what a record holds and from which release on servers of the community edition
//! restore it. Its sources are `agent/structs/structs.go` (the numbers), `agent/consul/fsm` (`fsm.go`,
//! `snapshot_oss.go` or `snapshot_ce.go`: what is restored, and into which type) and, for what a
//! restorer needs beyond types, `agent/consul/state` ([`crate::restorer`]). They were read in Consul
//! 1.13.9, 1.14.11, 1.15.10, 1.16.6, 1.17.3, 1.18.2, 1.19.2, 1.20.1, 1.21.5 and 1.22.3.
//!
//! A restore ends at a record that a server does not know, whatever its number. The bit
//! `IgnoreUnknownTypeFlag` (128) is looked at when an entry of Raft's log is applied, and never in a
//! restore. From 1.18 on, a server with `CONSUL_ENTERPRISE_DOWNGRADE_TO_CE` passes over types from 64
//! on; nothing else does.

pub(crate) const REGISTRATION: u8 = 0;
pub(crate) const KV: u8 = 2;
pub(crate) const SESSION: u8 = 3;
pub(crate) const TOMBSTONE: u8 = 5;
pub(crate) const COORDINATES: u8 = 6;
pub(crate) const PREPARED_QUERY: u8 = 7;
pub(crate) const INTENTION: u8 = 12;
pub(crate) const CA_ROOT: u8 = 13;
pub(crate) const CA_STATE: u8 = 14;
pub(crate) const CA_CONFIG: u8 = 15;
pub(crate) const INDEX: u8 = 16;
pub(crate) const ACL_TOKEN: u8 = 17;
pub(crate) const ACL_POLICY: u8 = 19;
pub(crate) const CONFIG_ENTRY: u8 = 22;
pub(crate) const ACL_ROLE: u8 = 23;
pub(crate) const BINDING_RULE: u8 = 25;
pub(crate) const AUTH_METHOD: u8 = 27;
pub(crate) const FEDERATION_STATE: u8 = 30;
pub(crate) const SYSTEM_METADATA: u8 = 31;
pub(crate) const SERVICE_VIRTUAL_IP: u8 = 32;
pub(crate) const FREE_VIRTUAL_IP: u8 = 33;
pub(crate) const PEERING: u8 = 35;
pub(crate) const TRUST_BUNDLE: u8 = 38;
pub(crate) const SECRETS: u8 = 40;
pub(crate) const RESOURCE: u8 = 42;

/// The first type that only Consul Enterprise writes.
const ENTERPRISE: u8 = 64;

/// What the value of a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A map, decoded into this type of Go.
    Struct(&'static str),
    /// An array of maps that are decoded into this type.
    List(&'static str),
    /// A raw: the kind of a config entry as a raw, and then a map with the entry.
    ConfigEntry,
    /// A raw: a protobuf message.
    Message,
}
use Shape::{ConfigEntry, List, Message, Struct};

/// A type of records that servers restore.
#[derive(Debug)]
pub(crate) struct Kind {
    number: u8,
    name: &'static str,
    pub(crate) shape: Shape,
    pub(crate) since: Release,
}

/// The first release that restores something: `(1, 16)` is 1.16. Everything that all releases with
/// peerings restore has [`FIRST`].
pub(crate) type Release = (u32, u32);

/// The first release with peerings.
pub(crate) const FIRST: Release = (1, 13);

const fn row(number: u8, name: &'static str, shape: Shape) -> Kind {
    Kind {
        number,
        name,
        shape,
        since: FIRST,
    }
}

/// All types that are restored. Consul has numbers for others, from 1 (`Deregister`) to 44
/// (`Census`), which stand in Raft's log alone: 1, 8, 10, 18, 20, 21, 24, 26, 28, 34, 36, 37, 39, 41,
/// 43 and 44.
static KINDS: [Kind; 27] = [
    row(REGISTRATION, "registration", Struct("RegisterRequest")),
    row(KV, "key-value pair", Struct("DirEntry")),
    row(SESSION, "session", Struct("Session")),
    // Written and decoded as a key-value pair.
    row(TOMBSTONE, "tombstone", Struct("DirEntry")),
    row(COORDINATES, "coordinates", List("Coordinate")),
    row(PREPARED_QUERY, "prepared query", Struct("PreparedQuery")),
    row(9, "autopilot configuration", Struct("AutopilotConfig")),
    row(INTENTION, "intention", Struct("Intention")),
    row(CA_ROOT, "CA root", Struct("CARoot")),
    row(
        CA_STATE,
        "CA provider state",
        Struct("CAConsulProviderState"),
    ),
    row(CA_CONFIG, "CA configuration", Struct("CAConfiguration")),
    row(INDEX, "index", Struct("state.IndexEntry")),
    row(ACL_TOKEN, "ACL token", Struct("ACLToken")),
    row(ACL_POLICY, "ACL policy", Struct("ACLPolicy")),
    row(CONFIG_ENTRY, "config entry", ConfigEntry),
    row(ACL_ROLE, "ACL role", Struct("ACLRole")),
    row(BINDING_RULE, "ACL binding rule", Struct("ACLBindingRule")),
    row(AUTH_METHOD, "ACL auth method", Struct("ACLAuthMethod")),
    row(29, "chunking state", Struct("raftchunking.State")),
    row(
        FEDERATION_STATE,
        "federation state",
        Struct("FederationStateRequest"),
    ),
    row(
        SYSTEM_METADATA,
        "system metadata",
        Struct("SystemMetadataEntry"),
    ),
    row(
        SERVICE_VIRTUAL_IP,
        "service virtual IP",
        Struct("state.ServiceVirtualIP"),
    ),
    row(
        FREE_VIRTUAL_IP,
        "free virtual IP",
        Struct("state.FreeVirtualIP"),
    ),
    row(PEERING, "Peering", Message),
    row(TRUST_BUNDLE, "PeeringTrustBundle", Message),
    row(SECRETS, "PeeringSecrets", Message),
    Kind {
        number: RESOURCE,
        name: "resource",
        shape: Message,
        since: (1, 16),
    },
];

/// The types that no release restores although an older one did: 4 (`ACL`) and 11 (`ACLBootstrap`),
/// which 1.13 and 1.14 take from snapshots of 1.10 and earlier.
const LEGACY: [u8; 2] = [4, 11];

/// The type of a record; `None` where no release restores it.
pub(crate) fn of(number: u8) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.number == number)
}

/// Who restores records of another type, in a sentence.
pub(crate) fn restored_by(number: u8) -> &'static str {
    match number {
        ENTERPRISE.. => "only Consul Enterprise",
        _ if LEGACY.contains(&number) => "only Consul 1.14 or earlier",
        _ => "no release of Consul",
    }
}

/// The name of a type that is restored.
pub(crate) fn name(number: u8) -> Option<&'static str> {
    of(number).map(|kind| kind.name)
}

/// The kinds of config entries that the community edition restores: the type of Go that each is
/// decoded into, and the first release that knows it (`MakeConfigEntry` in
/// `agent/structs/config_entry.go`). Each release rejects `sameness-group`
/// (`agent/consul/state/config_entry_sameness_group_ce.go`) and `control-plane-request-limit`, which
/// are Enterprise's.
const CONFIG_ENTRIES: [(&str, &str, Release); 17] = [
    ("service-defaults", "ServiceConfigEntry", FIRST),
    ("proxy-defaults", "ProxyConfigEntry", FIRST),
    ("service-router", "ServiceRouterConfigEntry", FIRST),
    ("service-splitter", "ServiceSplitterConfigEntry", FIRST),
    ("service-resolver", "ServiceResolverConfigEntry", FIRST),
    ("ingress-gateway", "IngressGatewayConfigEntry", FIRST),
    (
        "terminating-gateway",
        "TerminatingGatewayConfigEntry",
        FIRST,
    ),
    ("service-intentions", "ServiceIntentionsConfigEntry", FIRST),
    ("mesh", "MeshConfigEntry", FIRST),
    ("exported-services", "ExportedServicesConfigEntry", FIRST),
    ("api-gateway", "APIGatewayConfigEntry", (1, 15)),
    ("bound-api-gateway", "BoundAPIGatewayConfigEntry", (1, 15)),
    (
        "inline-certificate",
        "InlineCertificateConfigEntry",
        (1, 15),
    ),
    ("http-route", "HTTPRouteConfigEntry", (1, 15)),
    ("tcp-route", "TCPRouteConfigEntry", (1, 15)),
    ("jwt-provider", "JWTProviderConfigEntry", (1, 16)),
    (
        "file-system-certificate",
        "FileSystemCertificateConfigEntry",
        (1, 19),
    ),
];

/// The type of a kind of config entries, and the first release that knows it.
pub(crate) fn config_entry(kind: &[u8]) -> Option<(&'static str, Release)> {
    let known = CONFIG_ENTRIES.iter();
    let mut known = known.filter(|(name, ..)| name.as_bytes() == kind);
    known.next().map(|&(_, name, since)| (name, since))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_server_restores_is_told_from_what_others_do() {
        assert!(of(0).is_some());
        for (number, by) in [
            (1, "no release of Consul"),
            (4, "only Consul 1.14 or earlier"),
            (63, "no release of Consul"),
            (64, "only Consul Enterprise"),
            // The bit that lets a server pass over an entry of its log.
            (128, "only Consul Enterprise"),
            (255, "only Consul Enterprise"),
        ] {
            assert!(of(number).is_none());
            assert_eq!(restored_by(number), by);
        }
    }

    #[test]
    fn each_type_of_go_is_known() {
        for kind in &KINDS {
            if let Struct(name) | List(name) = kind.shape {
                assert!(crate::go_types::is_known(name), "{name}");
            }
        }
        for (_, name, _) in CONFIG_ENTRIES {
            assert!(crate::go_types::is_known(name), "{name}");
        }
    }

    #[test]
    fn each_number_stands_once() {
        assert!(KINDS.is_sorted_by(|a, b| a.number < b.number));
    }
}
