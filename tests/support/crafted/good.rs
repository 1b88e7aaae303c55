//! Records that a server restores, and the parts that they are made of.

use serde_json::{Value, json};

pub const ID: &str = "98e39ed8-212e-48fa-a03e-017869adcbf1";
pub const OTHER: &str = "fa32ff27-5a61-4feb-8900-644a59ee7112";
/// The year 2026 in Go's binary form.
pub const TIME: &str = "010000000ee27f72000000000000ff";

pub fn raw(bytes: &[u8]) -> Value {
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    json!({"$raw": digits})
}

pub fn entry(kind: &str, entry: Value) -> Value {
    json!({"$packed": [kind, {"Entry": entry}]})
}

/// A field of a protobuf message, shorter than 128 bytes.
pub fn field(number: u8, content: &[u8]) -> Vec<u8> {
    [&[number << 3 | 2, content.len() as u8], content].concat()
}

pub fn peering(name: &str, id: &str) -> Vec<u8> {
    [field(1, id.as_bytes()), field(2, name.as_bytes())].concat()
}

/// Records that a server restores, with the keys that its restorer looks at.
pub fn good() -> Vec<(&'static str, u8, Value)> {
    let raft = (1, 1);
    let time = json!({"$raw": TIME});
    let check = json!({"Node": "n", "CheckID": "c", "Status": "passing", "ServiceID": "", "ServiceTags": ["a"], "Definition": {"Interval": 1}});
    let proxy = json!({"DestinationServiceName": "web", "Config": {"a": {"b": [1, null, "c"]}}, "Upstreams": [{"DestinationName": "db", "LocalBindPort": 1}]});
    let peering = [
        field(1, ID.as_bytes()),
        field(2, b"west"),
        field(13, &field(1, b"s")),
    ]
    .concat();
    let secrets = [
        field(1, ID.as_bytes()),
        field(2, &field(1, OTHER.as_bytes())),
    ]
    .concat();
    let bundle = [field(1, b"x.consul"), field(2, b"west"), field(4, b"pem")].concat();
    let id = [
        field(2, b"n"),
        field(3, &field(1, b"g")),
        field(4, &field(2, b"default")),
    ]
    .concat();
    let resource = [
        field(1, &id),
        field(2, &id),
        field(7, &field(1, b"type.googleapis.com/x")),
    ]
    .concat();
    vec![
        (
            "a node",
            0,
            json!({"Node": "n", "ID": ID, "Address": "10.0.0.1", "Datacenter": "dc1", "TaggedAddresses": {"wan": "a"}, "NodeMeta": {"k": "v"}, "Locality": {"Region": "r"}, "CreateIndex": raft.0, "ModifyIndex": raft.1}),
        ),
        (
            "a service",
            0,
            json!({"Node": "n", "Service": {"ID": "web", "Service": "web", "Tags": ["a"], "Port": 80, "Meta": {"k": "v"}, "Weights": {"Passing": 1}, "TaggedAddresses": {"wan": {"Address": "a", "Port": 1}}, "Connect": {"Native": true}}}),
        ),
        (
            "a proxy",
            0,
            json!({"Node": "n", "Service": {"ID": "p", "Service": "p", "Kind": "connect-proxy", "Proxy": proxy}}),
        ),
        (
            "a gateway",
            0,
            json!({"Node": "n", "Service": {"ID": "g", "Service": "g", "Kind": "mesh-gateway", "Meta": {"consul-wan-federation": "1"}}}),
        ),
        ("a check", 0, json!({"Node": "n", "Check": check})),
        ("checks", 0, json!({"Node": "n", "Checks": [check]})),
        (
            "a peer's node",
            0,
            json!({"Node": "n", "PeerName": "west", "Service": {"ID": "web", "Service": "web", "PeerName": "west"}}),
        ),
        (
            "a key",
            2,
            json!({"Key": "k", "Value": raw(b"v"), "Flags": 1, "LockIndex": 1, "Session": ID, "CreateIndex": 1, "ModifyIndex": 1}),
        ),
        (
            "a session",
            3,
            json!({"ID": ID, "Node": "n", "Name": "s", "TTL": "30s", "Behavior": "release", "LockDelay": 15, "NodeChecks": ["serfHealth"], "Checks": ["c"], "ServiceChecks": [{"ID": "c"}]}),
        ),
        ("a tombstone", 5, json!({"Key": "k", "ModifyIndex": 1})),
        (
            "a coordinate",
            6,
            json!([{"Node": "n", "Segment": "", "Coord": {"Vec": [0.5, 0, 1, 0, 0, 0, 0, 0], "Error": 1.5, "Adjustment": 0, "Height": 0.1}}]),
        ),
        (
            "a prepared query",
            7,
            json!({"ID": ID, "Name": "q", "Session": "", "Service": {"Service": "web", "Failover": {"NearestN": 1, "Datacenters": ["dc2"]}, "Tags": ["a"]}, "DNS": {"TTL": "10s"}}),
        ),
        (
            "a template",
            7,
            json!({"ID": ID, "Name": "geo", "Template": {"Type": "name_prefix_match", "Regexp": "^geo-(.*?)$"}, "Service": {"Service": "${match(1)}", "Tags": ["${name.full}"]}}),
        ),
        (
            "autopilot",
            9,
            json!({"CleanupDeadServers": true, "LastContactThreshold": 200_000_000, "MaxTrailingLogs": 250, "MinQuorum": 0, "ServerStabilizationTime": 10_000_000_000_u64}),
        ),
        (
            "an intention",
            12,
            json!({"ID": ID, "SourceNS": "default", "SourceName": "a", "DestinationNS": "default", "DestinationName": "b", "Action": "allow", "SourceType": "consul", "CreatedAt": time, "Permissions": [{"Action": "allow", "HTTP": {"PathExact": "/"}}]}),
        ),
        (
            "a root",
            13,
            json!({"ID": "a:b", "Name": "r", "SerialNumber": 1, "NotBefore": time, "RootCert": "pem", "IntermediateCerts": ["pem"], "Active": false}),
        ),
        (
            "the CA's state",
            14,
            json!({"ID": "x", "PrivateKey": "", "RootCert": ""}),
        ),
        (
            "the CA's configuration",
            15,
            json!({"ClusterID": ID, "Provider": "consul", "Config": {"LeafCertTTL": "72h", "n": 1}, "State": {"a": "b"}}),
        ),
        ("an index", 16, json!({"Key": "kvs", "Value": 1})),
        (
            "an ACL token",
            17,
            json!({"AccessorID": ID, "SecretID": OTHER, "Policies": [{"ID": ID}], "Roles": [{"ID": OTHER}], "ServiceIdentities": [{"ServiceName": "web"}], "ExpirationTime": time, "Hash": raw(b"h"), "Local": true}),
        ),
        (
            "an ACL policy",
            19,
            json!({"ID": ID, "Name": "p", "Rules": "x", "Datacenters": ["dc1"]}),
        ),
        (
            "an ACL role",
            23,
            json!({"ID": ID, "Name": "r", "Policies": [{"ID": OTHER}], "NodeIdentities": [{"NodeName": "n"}]}),
        ),
        (
            "a binding rule",
            25,
            json!({"ID": ID, "AuthMethod": "k8s", "BindType": "service"}),
        ),
        (
            "an auth method",
            27,
            json!({"Name": "k8s", "Type": "kubernetes", "Config": {"Host": "h"}}),
        ),
        (
            "chunking",
            29,
            json!({"ChunkMap": {"$bytes": "8101dc000185a54f704e756d01ab53657175656e63654e756d01a94e756d4368756e6b7303a45465726d01a444617461a178"}}),
        ),
        (
            "a federation state",
            30,
            json!({"Op": "upsert", "State": {"Datacenter": "dc2", "UpdatedAt": time, "MeshGateways": [{"Node": {"Node": "n"}, "Service": {"ID": "g", "Service": "g"}, "Checks": [check]}]}}),
        ),
        ("system metadata", 31, json!({"Key": "k", "Value": "v"})),
        (
            "a service's IP",
            32,
            json!({"Service": {"ServiceName": {"Name": "web"}, "Peer": ""}, "IP": raw(&[0, 0, 0, 1]), "ManualIPs": ["10.0.0.1"]}),
        ),
        (
            "an old service's IP",
            32,
            json!({"Service": {"Name": "web"}, "IP": raw(&[0, 0, 0, 1])}),
        ),
        (
            "a free IP",
            33,
            json!({"IP": raw(&[0, 0, 0, 1]), "IsCounter": true}),
        ),
        ("a peering", 35, raw(&peering)),
        ("a trust bundle", 38, raw(&bundle)),
        ("the secrets of a peering", 40, raw(&secrets)),
        ("a resource", 42, raw(&resource)),
        (
            "service-defaults",
            22,
            entry(
                "service-defaults",
                json!({"Kind": "service-defaults", "Name": "web", "Protocol": "http", "UpstreamConfig": {"Overrides": [{"Name": "db", "Limits": {"MaxConnections": 1}}], "Defaults": {"MeshGateway": {"Mode": "local"}}}, "Destination": {"Addresses": ["a"], "Port": 1}, "Hash": 1, "CreateIndex": 1, "ModifyIndex": 1}),
            ),
        ),
        (
            "proxy-defaults",
            22,
            entry(
                "proxy-defaults",
                json!({"$packed": [{"Kind": "proxy-defaults", "Name": "global", "Config": {"protocol": "http", "a": {"b": [1]}}, "Expose": {"Paths": [{"Path": "/"}]}}]}),
            ),
        ),
        (
            "service-router",
            22,
            entry(
                "service-router",
                json!({"Name": "web", "Routes": [{"Match": {"HTTP": {"PathExact": "/", "Header": [{"Name": "h"}]}}, "Destination": {"Service": "db", "NumRetries": 1}}]}),
            ),
        ),
        (
            "service-splitter",
            22,
            entry(
                "service-splitter",
                json!({"Name": "web", "Splits": [{"Weight": 100, "Service": "db", "RequestHeaders": {"Add": {"a": "b"}}}]}),
            ),
        ),
        (
            "service-resolver",
            22,
            entry(
                "service-resolver",
                json!({"Name": "web", "Subsets": {"v1": {"Filter": "x"}}, "Failover": {"*": {"Targets": [{"Peer": "west"}]}}, "Redirect": {"Service": "db"}, "LoadBalancer": {"HashPolicies": [{"Field": "header"}]}}),
            ),
        ),
        (
            "ingress-gateway",
            22,
            entry(
                "ingress-gateway",
                json!({"Name": "g", "Listeners": [{"Port": 8080, "Protocol": "tcp", "Services": [{"Name": "web", "Hosts": ["h"]}]}]}),
            ),
        ),
        (
            "terminating-gateway",
            22,
            entry(
                "terminating-gateway",
                json!({"Name": "t", "Services": [{"Name": "web"}, {"Name": "*"}]}),
            ),
        ),
        (
            "service-intentions",
            22,
            entry(
                "service-intentions",
                json!({"Name": "web", "Sources": [{"Name": "db", "Action": "allow", "LegacyID": ID, "LegacyCreateTime": time, "Permissions": [{"JWT": {"Providers": [{"Name": "p"}]}}]}]}),
            ),
        ),
        (
            "mesh",
            22,
            entry(
                "mesh",
                json!({"TransparentProxy": {"MeshDestinationsOnly": true}, "Peering": {"PeerThroughMeshGateways": true}, "TLS": {"Incoming": {"CipherSuites": ["a"]}}}),
            ),
        ),
        (
            "exported-services",
            22,
            entry(
                "exported-services",
                json!({"Name": "default", "Services": [{"Name": "web", "Consumers": [{"Peer": "west"}]}]}),
            ),
        ),
        (
            "api-gateway",
            22,
            entry(
                "api-gateway",
                json!({"Name": "a", "Listeners": [{"Name": "l", "Port": 80, "Protocol": "http", "TLS": {"Certificates": [{"Kind": "inline-certificate", "Name": "c"}]}}], "Status": {"Conditions": [{"Type": "t", "Resource": {"Name": "r"}, "LastTransitionTime": time}]}}),
            ),
        ),
        (
            "bound-api-gateway",
            22,
            entry(
                "bound-api-gateway",
                json!({"Name": "a", "Listeners": [{"Name": "l", "Routes": [{"Kind": "http-route", "Name": "r"}]}], "Services": {"$bytes": "81de0001a44e616d65a3776562dc0000"}}),
            ),
        ),
        (
            "inline-certificate",
            22,
            entry(
                "inline-certificate",
                json!({"Name": "c", "Certificate": "x", "PrivateKey": "y"}),
            ),
        ),
        (
            "file-system-certificate",
            22,
            entry(
                "file-system-certificate",
                json!({"Name": "c", "Certificate": "/x", "PrivateKey": "/y"}),
            ),
        ),
        (
            "http-route",
            22,
            entry(
                "http-route",
                json!({"Name": "r", "Parents": [{"Kind": "api-gateway", "Name": "a"}], "Rules": [{"Matches": [{"Path": {"Match": "exact", "Value": "/"}}], "Services": [{"Name": "web", "Weight": 1}], "Filters": {"Headers": [{"Add": {"a": "b"}}]}}], "Hostnames": ["h"]}),
            ),
        ),
        (
            "tcp-route",
            22,
            entry(
                "tcp-route",
                json!({"Name": "r", "Parents": [{"Kind": "api-gateway", "Name": "a"}], "Services": [{"Name": "web"}]}),
            ),
        ),
        (
            "jwt-provider",
            22,
            entry(
                "jwt-provider",
                json!({"Name": "p", "JSONWebKeySet": {"Local": {"JWKS": "e30="}}, "Issuer": "i", "Locations": [{"Header": {"Name": "h"}}]}),
            ),
        ),
        (
            "sameness-group",
            22,
            entry(
                "sameness-group",
                json!({"Name": "s", "Members": [{"Peer": "west"}]}),
            ),
        ),
        (
            "control-plane-request-limit",
            22,
            entry("control-plane-request-limit", json!({"Name": "s"})),
        ),
        (
            "an unknown config entry",
            22,
            entry("unknown", json!({"Name": "s"})),
        ),
    ]
}
