//! Records: of every type, and of each type that is restored in every wrong form.

use super::file::Parts;
use super::{Base, Crafted, crafted, msgpack};
use serde_json::{Value, json};

const ID: &str = "98e39ed8-212e-48fa-a03e-017869adcbf1";
const OTHER: &str = "fa32ff27-5a61-4feb-8900-644a59ee7112";
/// The year 2026 in Go's binary form.
const TIME: &str = "010000000ee27f72000000000000ff";

/// A snapshot with these records behind those of the base.
fn with(base: &Base, records: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut more = Vec::new();
    for (number, record) in records {
        more.push(*number);
        more.extend(record);
    }
    Parts::of(&base.with(&more)).file()
}

fn one(base: &Base, number: u8, record: &[u8]) -> Vec<u8> {
    with(base, &[(number, record.to_vec())])
}

/// Each type as an empty map; the known ones in other forms, too.
pub fn types(base: &Base) -> Vec<Crafted> {
    let mut out = Vec::new();
    for number in 0..=255 {
        let name = |what: &str| format!("type {number}: {what}");
        out.push(crafted(name("an empty map"), one(base, number, b"\x80")));
        if number > 50 && ![63, 64, 65, 127, 128, 130, 163, 255].contains(&number) {
            continue;
        }
        for (what, record) in [
            ("nothing", &b""[..]),
            ("nil", b"\xc0"),
            ("an empty array", b"\x90"),
            ("an empty raw", b"\xa0"),
            ("a number", b"\x01"),
            ("a map that is cut off", b"\x82\xa3Key\xa1k"),
            ("a raw that is cut off", b"\xdb\xff\xff\xff\xff"),
            ("a byte that is no MessagePack", b"\xc1"),
            ("an unknown key", b"\x81\xa5Other\x01"),
            ("a key that is a number", b"\x81\x01\x01"),
            (
                "a key twice in an unknown one",
                b"\x81\xa5Other\x82\xa1k\x01\xa1k\x01",
            ),
        ] {
            out.push(crafted(name(what), one(base, number, record)));
        }
    }
    out
}

/// The header of `state.bin`.
pub fn headers(base: &Base) -> Vec<Crafted> {
    let mut out = Vec::new();
    for (what, header) in [
        ("nothing", &b""[..]),
        ("an empty map", b"\x80"),
        ("nil", b"\xc0"),
        ("an array", b"\x91\x01"),
        ("a raw", b"\xa1x"),
        ("another key", b"\x81\xa5Other\x01"),
        ("a further key", b"\x82\xa9LastIndex\x01\xa5Other\x90"),
        ("an index of nil", b"\x81\xa9LastIndex\xc0"),
        ("a negative index", b"\x81\xa9LastIndex\xff"),
        ("an index that is a raw", b"\x81\xa9LastIndex\xa1x"),
        ("the index twice", b"\x82\xa9LastIndex\x01\xa9LastIndex\x01"),
        (
            "an index of 2^62",
            b"\x81\xa9LastIndex\xcf\x40\0\0\0\0\0\0\0",
        ),
        (
            "an index of 2^64-1",
            b"\x81\xa9LastIndex\xcf\xff\xff\xff\xff\xff\xff\xff\xff",
        ),
        ("cut off", b"\x81\xa9Last"),
        ("twice", b"\x81\xa9LastIndex\x01\x81\xa9LastIndex\x01"),
    ] {
        out.push(crafted(
            format!("header: {what}"),
            Parts::of(&[header, &base.records].concat()).file(),
        ));
    }
    out
}

fn raw(bytes: &[u8]) -> Value {
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    json!({"$raw": digits})
}

fn entry(kind: &str, entry: Value) -> Value {
    json!({"$packed": [kind, {"Entry": entry}]})
}

/// A field of a protobuf message, shorter than 128 bytes.
fn field(number: u8, content: &[u8]) -> Vec<u8> {
    [&[number << 3 | 2, content.len() as u8], content].concat()
}

/// Records that a server restores, with the keys that its restorer looks at.
fn good() -> Vec<(&'static str, u8, Value)> {
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

/// Each good record as it is, without each of its values, and with another in its place.
pub fn restorers(base: &Base) -> Vec<Crafted> {
    let mut out = Vec::new();
    for (name, number, value) in good() {
        out.push(crafted(name, one(base, number, &msgpack::encode(&value))));
        for (what, changed) in changes(&value) {
            let record = msgpack::encode(&changed);
            out.push(crafted(
                format!("{name}: {what}"),
                one(base, number, &record),
            ));
        }
        let mut record = msgpack::encode(&value);
        record.pop();
        out.push(crafted(
            format!("{name}: cut off"),
            one(base, number, &record),
        ));
    }
    out.extend(groups(base));
    out
}

/// Values that go in the place of others.
fn replacements() -> [(&'static str, Value); 8] {
    [
        ("nil", Value::Null),
        ("an empty raw", json!("")),
        ("a raw", json!("x y")),
        ("a number", json!(7)),
        ("a negative number", json!(-7)),
        ("an array with nil", json!([null])),
        ("a map", json!({"x": 1})),
        ("bytes in the new format", json!({"$bytes": "c40178"})),
    ]
}

/// A value with one change anywhere in it, and what the change is.
fn changes(value: &Value) -> Vec<(String, Value)> {
    let mut out = Vec::new();
    match value {
        Value::Object(pairs) => {
            for (key, inner) in pairs {
                let is_packed = key.starts_with('$');
                let changed_to = |inner: Option<Value>| {
                    let mut pairs = pairs.clone();
                    match inner {
                        Some(inner) => _ = pairs.insert(key.clone(), inner),
                        None => _ = pairs.remove(key),
                    }
                    Value::Object(pairs)
                };
                if key == "$packed" || !is_packed {
                    for (what, changed) in changes(inner) {
                        out.push((format!("{key} {what}"), changed_to(Some(changed))));
                    }
                }
                if !is_packed {
                    out.push((format!("no {key}"), changed_to(None)));
                    for (what, other) in replacements() {
                        out.push((format!("{key} is {what}"), changed_to(Some(other))));
                    }
                }
            }
        }
        Value::Array(values) => {
            for (at, inner) in values.iter().enumerate() {
                for (what, changed) in changes(inner) {
                    let mut values = values.clone();
                    values[at] = changed;
                    out.push((format!("[{at}] {what}"), Value::Array(values)));
                }
            }
        }
        _ => {}
    }
    out
}

/// Records whose restore depends on each other.
fn groups(base: &Base) -> Vec<Crafted> {
    let mut out = Vec::new();
    let mut add = |name: &str, records: &[(u8, Value)]| {
        let records: Vec<_> = records
            .iter()
            .map(|(number, value)| (*number, msgpack::encode(value)))
            .collect();
        out.push(crafted(format!("together: {name}"), with(base, &records)));
    };
    let node = |node: &str, id: &str| (0, json!({"Node": node, "ID": id}));
    let service = |node: &str, id: &str, service: &str| {
        (
            0,
            json!({"Node": node, "ID": id, "Service": {"ID": service, "Service": service}}),
        )
    };
    let check = |node: &str, id: &str, of: &str, service: &str| {
        (
            0,
            json!({"Node": node, "ID": id, "Check": {"Node": of, "CheckID": "serfHealth", "Status": "passing", "ServiceID": service}}),
        )
    };
    add(
        "a node, its service and its checks",
        &[
            node("n", ID),
            service("n", ID, "web"),
            check("n", ID, "n", ""),
            check("n", ID, "N", "web"),
        ],
    );
    add(
        "a check before its service",
        &[
            node("n", ID),
            check("n", ID, "n", "web"),
            service("n", ID, "web"),
        ],
    );
    add(
        "a check of another node",
        &[node("n", ID), check("n", ID, "m", "")],
    );
    add(
        "a check of a service of another node",
        &[
            node("n", ID),
            service("n", ID, "web"),
            node("m", OTHER),
            check("m", OTHER, "m", "web"),
        ],
    );
    add(
        "a node with another ID",
        &[node("n", ID), check("n", ID, "n", ""), node("n", OTHER)],
    );
    add(
        "a node with another ID and case",
        &[node("n", ID), check("n", ID, "n", ""), node("N", OTHER)],
    );
    add(
        "a node without an ID and then with one",
        &[node("n", ""), node("n", ID)],
    );
    add(
        "a node with another name",
        &[node("n", ID), service("n", ID, "web"), node("m", ID)],
    );
    add("two nodes without IDs", &[node("n", ""), node("m", "")]);
    add(
        "a node in two places",
        &[node("n", ID), node("m", OTHER), service("n", ID, "web")],
    );
    add(
        "a service of another peer",
        &[(
            0,
            json!({"Node": "n", "PeerName": "west", "Service": {"ID": "a", "PeerName": "east"}}),
        )],
    );
    add(
        "a check of another peer",
        &[(
            0,
            json!({"Node": "n", "Check": {"Node": "n", "CheckID": "a", "PeerName": "east"}}),
        )],
    );
    let flags = [
        (31, json!({"Key": "virtual-ips", "Value": "true"})),
        (
            31,
            json!({"Key": "virtual-ips-terminating-gateway", "Value": "true"}),
        ),
    ];
    let native = (
        0,
        json!({"Node": "n", "Service": {"ID": "web", "Service": "web", "Connect": {"Native": true}}}),
    );
    for (name, ip) in [
        ("none", &[][..]),
        ("one byte", &[1]),
        ("four bytes", &[0, 0, 0, 9]),
        (
            "sixteen bytes",
            &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 9],
        ),
        ("IPv6", &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9]),
        ("the last one", &[15, 255, 255, 253]),
        ("beyond the last one", &[15, 255, 255, 255]),
    ] {
        let free = (33, json!({"IP": raw(ip), "IsCounter": true}));
        let taken = (
            32,
            json!({"Service": {"ServiceName": {"Name": "web"}}, "IP": raw(ip)}),
        );
        let [first, second] = flags.clone();
        add(
            &format!("a free IP of {name}"),
            &[first.clone(), second.clone(), free, native.clone()],
        );
        add(
            &format!("a service's IP of {name}"),
            &[first, second, taken, native.clone()],
        );
    }
    let [first, second] = flags.clone();
    add(
        "a terminating gateway with IPs",
        &[
            first.clone(),
            second.clone(),
            (
                0,
                json!({"Node": "n", "Service": {"ID": "t", "Service": "t", "Kind": "terminating-gateway"}}),
            ),
            (
                22,
                entry(
                    "terminating-gateway",
                    json!({"Name": "t", "Services": [{"Name": "web"}, {"Name": "*"}]}),
                ),
            ),
        ],
    );
    for kind in [
        "service-defaults",
        "service-resolver",
        "service-router",
        "service-splitter",
        "service-intentions",
    ] {
        let records = [
            first.clone(),
            second.clone(),
            (22, entry(kind, json!({"Name": "web"}))),
        ];
        add(&format!("a virtual IP for {kind}"), &records);
    }
    for (name, text) in [
        ("an ID of 35", &ID[1..]),
        ("an ID with braces", "{98e39ed8-212e-48fa-a03e-017869adcb}"),
        ("an ID in capitals", "98E39ED8-212E-48FA-A03E-017869ADCBF1"),
        ("an ID without dashes", "98e39ed8212e48faa03e017869adcbf1"),
        (
            "an ID with other digits",
            "g8e39ed8-212e-48fa-a03e-017869adcbf1",
        ),
    ] {
        add(&format!("{name} of a node"), &[node("n", text)]);
        add(
            &format!("{name} of a session"),
            &[(3, json!({"ID": text, "Node": "n"}))],
        );
        add(
            &format!("{name} of a policy"),
            &[(19, json!({"ID": text, "Name": "p"}))],
        );
        add(
            &format!("{name} of a key's session"),
            &[(2, json!({"Key": "k", "Session": text}))],
        );
    }
    for ttl in [
        "",
        "0",
        "10s",
        "1m30s",
        "1.5h",
        "10",
        "x",
        "s",
        "-1s",
        "1 s",
        "99999999999999999999h",
        "1d",
        "300us",
    ] {
        add(
            &format!("a session of {ttl:?}"),
            &[(3, json!({"ID": ID, "Node": "n", "TTL": ttl}))],
        );
    }
    for (name, template) in [
        ("of another type", json!({"Type": "other"})),
        (
            "with a broken expression",
            json!({"Type": "name_prefix_match", "Regexp": "("}),
        ),
        (
            "with an expression",
            json!({"Type": "name_prefix_match", "Regexp": "^a(b|c)*$"}),
        ),
    ] {
        add(
            &format!("a template {name}"),
            &[(7, json!({"ID": ID, "Template": template}))],
        );
    }
    for text in [
        "${",
        "${x}",
        "${match(1)}",
        "${name.full}-a",
        "$${x}",
        "${match(\"a\")}",
        "${1}",
    ] {
        let query = json!({"ID": ID, "Template": {"Type": "name_prefix_match"}, "Service": {"Service": text}});
        add(&format!("a template of {text:?}"), &[(7, query)]);
    }
    for (name, pairs) in [
        (
            "64 pairs",
            (0..64).map(|n| (format!("k{n}"), json!("v"))).collect(),
        ),
        (
            "65 pairs",
            (0..65).map(|n| (format!("k{n}"), json!("v"))).collect(),
        ),
        (
            "a key of 128",
            [("k".repeat(128), json!("v"))].into_iter().collect(),
        ),
        (
            "a key of 129",
            [("k".repeat(129), json!("v"))].into_iter().collect(),
        ),
        (
            "an empty key",
            [(String::new(), json!("v"))].into_iter().collect(),
        ),
        (
            "a key with a dot",
            [("a.b".to_owned(), json!("v"))].into_iter().collect(),
        ),
        (
            "a reserved key",
            [("consul-x".to_owned(), json!("v"))].into_iter().collect(),
        ),
        (
            "a gateway's key",
            [("consul-wan-federation".to_owned(), json!("v"))]
                .into_iter()
                .collect(),
        ),
        (
            "a value of 512",
            [("k".to_owned(), json!("v".repeat(512)))]
                .into_iter()
                .collect(),
        ),
        (
            "a value of 513",
            [("k".to_owned(), json!("v".repeat(513)))]
                .into_iter()
                .collect::<serde_json::Map<_, _>>(),
        ),
    ] {
        add(
            &format!("Meta with {name}"),
            &[(
                0,
                json!({"Node": "n", "Service": {"ID": "s", "Service": "s", "Meta": pairs}}),
            )],
        );
    }
    for seconds in [
        0_i64,
        1,
        -1,
        62_135_596_799,
        62_135_596_800,
        i64::MAX,
        i64::MIN,
    ] {
        let mut time = vec![1];
        time.extend(seconds.to_be_bytes());
        time.extend([0, 0, 0, 0, 0xff, 0xff]);
        let token = json!({"AccessorID": ID, "SecretID": "s", "ExpirationTime": raw(&time)});
        add(
            &format!("a token that expires {seconds} seconds after year 1"),
            &[(17, token)],
        );
    }
    for (name, time) in [
        ("of no version", &[0; 15][..]),
        ("of version 2", &[2; 16]),
        ("cut off", &[1; 14]),
        ("too long", &[1; 16]),
    ] {
        add(
            &format!("a time {name}"),
            &[(12, json!({"ID": ID, "CreatedAt": raw(time)}))],
        );
    }
    for depth in [90, 101, 5_000] {
        let deep = format!("{}c0", "91".repeat(depth));
        add(
            &format!("a value {depth} arrays deep"),
            &[(2, json!({"Key": "k", "Other": {"$bytes": deep}}))],
        );
    }
    add(
        "a value of 2 MiB",
        &[(2, json!({"Key": "k", "Value": "v".repeat(2 << 20)}))],
    );
    add(
        "a key of 2 MiB",
        &[(2, json!({"Key": "k".repeat(2 << 20)}))],
    );
    let proxy = |config: Value| {
        (
            22,
            entry(
                "proxy-defaults",
                json!({"$packed": [{"Name": "global", "Config": config}]}),
            ),
        )
    };
    for (name, config) in [
        ("no text", json!({"protocol": ["http"]})),
        ("a number", json!({"protocol": 1})),
        ("nil", json!({"protocol": null})),
        ("in capitals and no text", json!({"PROTOCOL": {}})),
    ] {
        add(&format!("a protocol that is {name}"), &[proxy(config)]);
    }
    add(
        "proxy-defaults that are not packed",
        &[(22, entry("proxy-defaults", json!({"Name": "global"})))],
    );
    add(
        "service-defaults that are packed",
        &[(
            22,
            entry("service-defaults", json!({"$packed": [{"Name": "web"}]})),
        )],
    );
    add(
        "a config entry with a value behind it",
        &[(22, json!({"$packed": ["mesh", {"Entry": {}}, 1]}))],
    );
    add(
        "a config entry alone",
        &[(22, json!({"$packed": ["mesh"]}))],
    );
    add(
        "a peering twice",
        &[
            (35, raw(&peering("west", ID))),
            (35, raw(&peering("west", ID))),
        ],
    );
    add(
        "a peering's name twice",
        &[
            (35, raw(&peering("west", ID))),
            (35, raw(&peering("west", OTHER))),
        ],
    );
    for (name, bytes) in [
        (
            "a name that is no UTF-8",
            [field(1, ID.as_bytes()), field(2, b"\xff")].concat(),
        ),
        (
            "a service that is no UTF-8",
            [peering("west", ID), field(13, &field(1, b"\xff"))].concat(),
        ),
        (
            "a region that is no UTF-8",
            [
                peering("west", ID),
                field(17, &field(3, &field(1, b"\xff"))),
            ]
            .concat(),
        ),
        (
            "a number for a name",
            [field(1, ID.as_bytes()), vec![0x10, 1]].concat(),
        ),
        (
            "a number for the stream's status",
            [peering("west", ID), vec![13 << 3, 1]].concat(),
        ),
        (
            "an unknown field",
            [peering("west", ID), field(15, b"x")].concat(),
        ),
    ] {
        add(&format!("a peering with {name}"), &[(35, raw(&bytes))]);
    }
    add(
        "a trust bundle with a partition that is no UTF-8",
        &[(38, raw(&[field(2, b"west"), field(5, b"\xff")].concat()))],
    );
    for (name, fields) in [
        ("nothing", vec![]),
        ("an ID without a type", field(1, &field(4, b""))),
        ("an ID without a tenancy", field(1, &field(3, b""))),
        (
            "the least",
            field(1, &[field(3, b""), field(4, b"")].concat()),
        ),
        (
            "an owner without a type",
            [
                field(1, &[field(3, b""), field(4, b"")].concat()),
                field(2, &field(4, b"")),
            ]
            .concat(),
        ),
        (
            "a status that is no UTF-8",
            [
                field(1, &[field(3, b""), field(4, b"")].concat()),
                field(6, &[field(1, b"k"), field(2, &field(1, b"\xff"))].concat()),
            ]
            .concat(),
        ),
    ] {
        add(&format!("a resource with {name}"), &[(42, raw(&fields))]);
    }
    out
}

fn peering(name: &str, id: &str) -> Vec<u8> {
    [field(1, id.as_bytes()), field(2, name.as_bytes())].concat()
}
