//! A server with everything in its state that its API can put there: peertok accepts its snapshots, and
//! adds to them.

use crate::offline;
use crate::server::{Consul, Server, Setup, wait_for};
use crate::support::root;
use peertok::snapshot::State;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::time::Duration;

const MANAGEMENT: &str = "b1cbe4c2-1a4d-4b0e-9df0-0c0c1f6f2f11";

#[test]
#[ignore = "needs CONSUL_BIN"]
fn the_snapshot_of_a_full_server_is_accepted() {
    let Some(consul) = Consul::from_environment() else {
        return;
    };
    let setup = Setup {
        management_token: Some(MANAGEMENT),
        locality: Some(("eu", "eu-1")),
        ..Setup::of("full")
    };
    let [server] = consul.start([setup]);
    fill_catalog(&server);
    fill_keys(&server);
    fill_acls(&server);
    fill_queries(&server);
    let refused = fill_config_entries(&server);
    server.mint("west", &[]);
    wait_for("coordinates", Duration::from_secs(60), || {
        let found = server.try_get("/v1/coordinate/nodes")?;
        match found.as_array().map_or(0, Vec::len) {
            0 => Err("none".to_owned()),
            _ => Ok(()),
        }
    });

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("full.snap");
    server.save_snapshot(&file);
    if let Some(keep) = std::env::var_os("KEEP_SNAPSHOT") {
        fs::copy(&file, keep).unwrap();
    }
    let state = State::read(File::open(&file).unwrap());
    let state = state.unwrap_or_else(|error| panic!("{error}"));
    // Types 12, 29 and 42 are those that no API puts there.
    let found: BTreeSet<u8> = state.records.keys().copied().collect();
    let expected = [
        0, 2, 3, 5, 6, 7, 9, 13, 14, 15, 16, 17, 19, 22, 23, 25, 27, 30, 31, 32, 33, 35, 40,
    ];
    let missing: Vec<_> = expected
        .iter()
        .filter(|kind| !found.contains(kind))
        .collect();
    assert!(missing.is_empty(), "{missing:?}, refused: {refused:?}");
    assert!(refused.is_empty(), "{refused:?}");

    let seeded = folder.path().join("seeded.snap");
    offline::generate_into_snapshot(&file, "east", &seeded);
    server.restore_snapshot(&seeded);
    assert_eq!(server.get("/v1/kv/a/b")[0]["Key"], "a/b");
}

fn fill_catalog(server: &Server) {
    let node = |body: Value| server.put("/v1/catalog/register", &body);
    node(
        json!({"Node": "ext", "Address": "10.0.0.7", "ID": "11111111-2222-3333-4444-555555555555", "NodeMeta": {"external-node": "true", "empty": ""}, "TaggedAddresses": {"wan": "203.0.113.7", "lan_ipv4": "10.0.0.7"}, "Locality": {"Region": "r", "Zone": "z"},
        "Service": {"ID": "web1", "Service": "web", "Tags": ["a", ""], "Port": 80, "Meta": {"k": "v"}, "TaggedAddresses": {"wan": {"Address": "w", "Port": 1}}, "Weights": {"Passing": 2, "Warning": 1}, "EnableTagOverride": true, "Connect": {"Native": true}},
        "Checks": [{"CheckID": "node", "Name": "node", "Status": "warning"}, {"CheckID": "web", "Name": "web", "ServiceID": "web1", "Status": "passing", "Definition": {"HTTP": "http://x", "Interval": "10s", "Timeout": "1s", "Header": {"a": ["b"]}}}]}),
    );
    node(
        json!({"Node": "no-id", "Address": "10.0.0.8", "Service": {"Service": "db", "Port": 5432}}),
    );
    node(
        json!({"Node": "Proxy", "Address": "10.0.0.9", "Service": {"ID": "p", "Service": "web-proxy", "Kind": "connect-proxy", "Port": 1, "Proxy": {"DestinationServiceName": "web", "DestinationServiceID": "web1", "LocalServicePort": 80, "Mode": "transparent", "TransparentProxy": {"OutboundListenerPort": 15001}, "Config": {"a": {"b": [1, 2.5, "c", null, true]}, "n": null}, "Upstreams": [{"DestinationName": "db", "LocalBindPort": 9000, "Config": {"x": 1}}], "Expose": {"Checks": true, "Paths": [{"Path": "/h", "LocalPathPort": 1, "ListenerPort": 2}]}}}}),
    );
    node(
        json!({"Node": "gw", "Address": "10.0.0.10", "Service": {"ID": "mg", "Service": "mesh-gateway", "Kind": "mesh-gateway", "Port": 8443, "Meta": {"consul-wan-federation": "1"}}}),
    );
    node(
        json!({"Node": "gw", "Address": "10.0.0.10", "Service": {"ID": "tg", "Service": "tg", "Kind": "terminating-gateway", "Port": 8444}}),
    );
    node(
        json!({"Node": "gone", "Address": "10.0.0.11", "Service": {"ID": "x", "Service": "x", "Port": 1, "Connect": {"Native": true}}}),
    );
    server.put("/v1/catalog/deregister", &json!({"Node": "gone"}));
    server.put("/v1/agent/service/register", &json!({"Name": "agent-web", "Port": 81, "Check": {"TTL": "10s"}, "Connect": {"SidecarService": {}}}));
    server.put(
        "/v1/internal/service-virtual-ip",
        &json!({"Service": "web", "ManualVIPs": ["10.9.9.9"]}),
    );
}

fn fill_keys(server: &Server) {
    let session = server.create(
        "PUT",
        "/v1/session/create",
        &json!({"Name": "s", "TTL": "1h", "Behavior": "delete", "LockDelay": "1s"}),
    );
    let id = session["ID"].as_str().unwrap();
    server.create(
        "PUT",
        "/v1/session/create",
        &json!({"Node": "ext", "NodeChecks": [], "ServiceChecks": [{"ID": "web"}]}),
    );
    server.put(&format!("/v1/kv/lock?acquire={id}"), &json!(1));
    server.put(
        "/v1/kv/a/b?flags=18446744073709551615",
        &json!({"any": "value"}),
    );
    server.put("/v1/kv/%C3%BC%20x", &json!(""));
    server.put("/v1/kv/gone", &json!(1));
    server.delete("/v1/kv/gone");
    server.put("/v1/kv/large", &json!("x".repeat(500_000)));
}

fn fill_acls(server: &Server) {
    server.put("/v1/acl/policy", &json!({"Name": "p", "Rules": "key_prefix \"\" { policy = \"read\" }", "Datacenters": ["full"]}));
    server.put("/v1/acl/role", &json!({"Name": "r", "Policies": [{"Name": "p"}], "ServiceIdentities": [{"ServiceName": "web", "Datacenters": ["full"]}], "NodeIdentities": [{"NodeName": "n", "Datacenter": "full"}], "TemplatedPolicies": [{"TemplateName": "builtin/service", "TemplateVariables": {"Name": "api"}}]}));
    server.put("/v1/acl/token", &json!({"Description": "t", "Policies": [{"Name": "p"}], "Roles": [{"Name": "r"}], "ExpirationTTL": "1h", "Local": true}));
    let key = fs::read_to_string(root().join("fixtures/ca/dc1.pem")).unwrap();
    server.put("/v1/acl/auth-method", &json!({"Name": "jwt", "Type": "jwt", "MaxTokenTTL": "5m", "Config": {"JWTValidationPubKeys": [key], "BoundAudiences": ["a"], "ClaimMappings": {"a": "b"}}}));
    server.put("/v1/acl/binding-rule", &json!({"AuthMethod": "jwt", "BindType": "templated-policy", "BindName": "builtin/service", "BindVars": {"Name": "${value.b}"}, "Selector": "value.b == x"}));
}

fn fill_queries(server: &Server) {
    for query in [
        json!({"Name": "q", "Service": {"Service": "web", "Near": "_agent", "OnlyPassing": true, "Failover": {"NearestN": 2, "Datacenters": ["dc2"]}, "Tags": ["a", "!b"], "NodeMeta": {"k": "v"}}, "DNS": {"TTL": "10s"}}),
        json!({"Name": "targets", "Service": {"Service": "web", "Failover": {"Targets": [{"Peer": "west"}, {"Datacenter": "dc2"}]}}}),
        json!({"Name": "geo-db", "Template": {"Type": "name_prefix_match", "Regexp": "^geo-db-(.*?)-([^\\-]+?)$", "RemoveEmptyTags": true}, "Service": {"Service": "mysql-${match(1)}", "Tags": ["${match(2)}", "${agent.segment}"], "Failover": {"NearestN": 3}}}),
        json!({"Name": "", "Template": {"Type": "name_prefix_match"}, "Service": {"Service": "${name.full}"}}),
    ] {
        server.create("POST", "/v1/query", &query);
    }
}

/// Writes a config entry of each kind, with what its kind has, and gives what the server refuses.
fn fill_config_entries(server: &Server) -> Vec<String> {
    let certificate = |name| fs::read_to_string(root().join("fixtures/ca/new").join(name)).unwrap();
    let (certificate, key) = (certificate("root.pem"), certificate("root.key"));
    let http = |name: &str| json!({"Kind": "service-defaults", "Name": name, "Protocol": "http"});
    let entries = [
        json!({"Kind": "proxy-defaults", "Name": "global", "Config": {"protocol": "http", "local_connect_timeout_ms": 1000, "deep": {"a": [{"b": 1.5}, "c", true], "n": null}}, "MeshGateway": {"Mode": "local"}, "AccessLogs": {"Enabled": true}, "EnvoyExtensions": [{"Name": "builtin/lua", "Arguments": {"ProxyType": "connect-proxy", "Listener": "inbound", "Script": "x"}}]}),
        json!({"Kind": "service-defaults", "Name": "web", "Protocol": "http", "UpstreamConfig": {"Overrides": [{"Name": "db", "ConnectTimeoutMs": 1, "Limits": {"MaxConnections": 3}, "PassiveHealthCheck": {"Interval": "1s"}}], "Defaults": {"MeshGateway": {"Mode": "remote"}}}, "MaxInboundConnections": 5, "Meta": {"a": "b"}}),
        json!({"Kind": "service-defaults", "Name": "dest", "Protocol": "tcp", "Destination": {"Addresses": ["a.example.com"], "Port": 443}}),
        http("db"),
        http("api"),
        json!({"Kind": "service-resolver", "Name": "web", "DefaultSubset": "v1", "Subsets": {"v1": {"Filter": "Service.Meta.v == 1", "OnlyPassing": true}}, "Failover": {"*": {"Targets": [{"Peer": "west"}, {"Service": "db"}]}}, "ConnectTimeout": "3s", "LoadBalancer": {"Policy": "ring_hash", "RingHashConfig": {"MinimumRingSize": 3}, "HashPolicies": [{"Field": "header", "FieldValue": "x"}]}}),
        json!({"Kind": "service-splitter", "Name": "db", "Splits": [{"Weight": 33.34, "Service": "db"}, {"Weight": 66.66, "Service": "api", "RequestHeaders": {"Set": {"a": "b"}, "Remove": ["c"]}}]}),
        json!({"Kind": "service-router", "Name": "web", "Routes": [{"Match": {"HTTP": {"PathPrefix": "/", "Header": [{"Name": "h", "Present": true}], "QueryParam": [{"Name": "q", "Exact": "1"}], "Methods": ["GET"]}}, "Destination": {"Service": "db", "RequestTimeout": "1s", "NumRetries": 2, "RetryOnStatusCodes": [503]}}]}),
        json!({"Kind": "service-intentions", "Name": "web", "Sources": [{"Name": "db", "Action": "allow"}, {"Name": "api", "Permissions": [{"Action": "deny", "HTTP": {"PathExact": "/x", "Header": [{"Name": "h", "Exact": "v"}], "Methods": ["GET"]}}]}, {"Name": "other", "Peer": "west", "Action": "allow"}]}),
        json!({"Kind": "service-intentions", "Name": "*", "Sources": [{"Name": "*", "Action": "deny"}]}),
        json!({"Kind": "ingress-gateway", "Name": "ig", "TLS": {"Enabled": true, "TLSMinVersion": "TLSv1_2"}, "Listeners": [{"Port": 8080, "Protocol": "http", "Services": [{"Name": "api", "Hosts": ["h.example.com"], "RequestHeaders": {"Add": {"a": "b"}}, "MaxConnections": 5}]}, {"Port": 8081, "Protocol": "http", "Services": [{"Name": "*"}]}]}),
        json!({"Kind": "terminating-gateway", "Name": "tg", "Services": [{"Name": "db", "CAFile": "/x", "SNI": "s"}, {"Name": "*"}]}),
        json!({"Kind": "mesh", "TransparentProxy": {"MeshDestinationsOnly": true}, "TLS": {"Incoming": {"TLSMinVersion": "TLSv1_2", "CipherSuites": ["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"]}}, "HTTP": {"SanitizeXForwardedClientCert": true}, "Peering": {"PeerThroughMeshGateways": false}}),
        json!({"Kind": "exported-services", "Name": "default", "Services": [{"Name": "web", "Consumers": [{"Peer": "west"}]}, {"Name": "*", "Consumers": [{"Peer": "south"}]}]}),
        json!({"Kind": "api-gateway", "Name": "ag", "Listeners": [{"Name": "l", "Port": 9090, "Protocol": "http", "Hostname": "*.example.com"}, {"Name": "t", "Port": 9091, "Protocol": "tcp"}]}),
        json!({"Kind": "http-route", "Name": "hr", "Parents": [{"Kind": "api-gateway", "Name": "ag", "SectionName": "l"}], "Hostnames": ["a.example.com"], "Rules": [{"Matches": [{"Path": {"Match": "prefix", "Value": "/"}, "Headers": [{"Match": "exact", "Name": "h", "Value": "v"}]}], "Filters": {"Headers": [{"Set": {"a": "b"}}], "URLRewrite": {"Path": "/y"}}, "Services": [{"Name": "api", "Weight": 3}]}]}),
        json!({"Kind": "tcp-route", "Name": "tr", "Parents": [{"Kind": "api-gateway", "Name": "ag", "SectionName": "t"}], "Services": [{"Name": "dest"}]}),
        json!({"Kind": "inline-certificate", "Name": "ic", "Certificate": certificate, "PrivateKey": key}),
        json!({"Kind": "file-system-certificate", "Name": "fc", "Certificate": "/etc/c.pem", "PrivateKey": "/etc/k.pem"}),
        json!({"Kind": "jwt-provider", "Name": "jp", "Issuer": "i", "Audiences": ["a"], "JSONWebKeySet": {"Remote": {"URI": "https://x.example.com/jwks", "CacheDuration": "10m", "JWKSCluster": {"DiscoveryType": "STRICT_DNS", "ConnectTimeout": "1s"}}}, "Locations": [{"Header": {"Name": "Authorization", "ValuePrefix": "Bearer "}}], "Forwarding": {"HeaderName": "x"}, "CacheConfig": {"Size": 10}}),
    ];
    let mut refused = Vec::new();
    for entry in entries {
        let answer = server.try_change("PUT", "/v1/config", &entry);
        if answer.status != 200 {
            refused.push(format!("{}: {}", entry["Kind"], answer.text()));
        }
    }
    refused
}
