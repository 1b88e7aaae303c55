//! The tokens that a server mints: peertok makes the same bytes and judges them as sound.

use crate::ca::Ca;
use crate::offline;
use crate::server::{CHANGE, Consul, Server, Setup, wait_for};
use peertok::PeeringToken;
use peertok::token::Judge;
use serde_json::json;

const CLUSTER: &str = "5b7c0d0e-3e0f-4d8c-a2a4-0c6f1d3a9b01";

/// Makes a token of what the server shows of itself, and one of a snapshot of it.
fn assert_made_again(server: &Server, name: &str, minted: &str) {
    let token = PeeringToken::decode(minted.as_bytes()).unwrap();
    let roots = server.get("/v1/connect/ca/roots");
    // Not assert_eq, which would show the secrets.
    let again = offline::generate_again(name, &roots, "Alpha", &token);
    assert!(again == minted, "generate --roots makes another {name}");

    let folder = tempfile::tempdir().unwrap();
    let backup = folder.path().join("backup.snap");
    server.save_snapshot(&backup);
    let again = offline::generate_from_snapshot(&backup, name, &token);
    assert!(again == minted, "generate --snapshot makes another {name}");
}

/// Makes another root the active one; the one before stays known.
fn rotate_ca(server: &Server, ca: &Ca) {
    let config = json!({"Provider": "consul", "Config": ca.api_config()});
    server.put("/v1/connect/ca/configuration", &config);
    wait_for("a second root", CHANGE, || {
        let roots = server.try_get("/v1/connect/ca/roots")?;
        match roots["Roots"].as_array().map_or(0, Vec::len) {
            2 => Ok(()),
            count => Err(format!("{count} roots")),
        }
    });
}

/// The addresses of the gateways in the order of a token: by node and then by service ID.
const GATEWAYS: [&str; 5] = [
    "203.0.113.7:443",
    "127.0.0.12:8444",
    "[2001:db8::7]:8445",
    "127.0.0.11:8446",
    "198.51.100.9:8447",
];

/// Registers gateways that differ in which of their addresses counts, and turns peering through
/// them on.
fn register_gateways(server: &Server) {
    let register = |node: &str, wan: Option<&str>, service: serde_json::Value| {
        let mut body = json!({"Node": node, "Address": "127.0.0.11", "Service": service});
        if let Some(wan) = wan {
            body["TaggedAddresses"] = json!({"wan": wan});
        }
        server.put("/v1/catalog/register", &body);
    };
    let gateway = |id: &str, address: &str, port: u16| json!({"Kind": "mesh-gateway", "Service": "gateway", "ID": id, "Address": address, "Port": port});
    register("d", Some("198.51.100.9"), gateway("1", "", 8447));
    register("C", None, gateway("1", "", 8446));
    let mut with_wan = gateway("1", "127.0.0.12", 8443);
    with_wan["TaggedAddresses"] = json!({"wan": {"Address": "203.0.113.7", "Port": 443}});
    register("A", None, with_wan);
    register("b", None, gateway("2", "2001:db8::7", 8445));
    register("b", None, gateway("10", "127.0.0.12", 8444));
    let mesh = json!({"Kind": "mesh", "Peering": {"PeerThroughMeshGateways": true}});
    server.put("/v1/config", &mesh);
}

#[test]
#[ignore = "needs CONSUL_BIN"]
fn minted_tokens_are_made_again_and_accepted() {
    let Some(consul) = Consul::from_environment() else {
        return;
    };
    let (first, second) = (Ca::new(CLUSTER), Ca::new(CLUSTER));
    let [server] = consul.start([Setup {
        ca: Some(&first),
        locality: Some(("us-west-1", "us-west-1a")),
        ..Setup::of("Alpha")
    }]);
    let mut judge = Judge::default();

    let plain = server.mint("west", &[]);
    assert_eq!(judge.judge(plain.as_bytes()), Ok(()));
    assert_made_again(&server, "west", &plain);

    let external = server.mint("west", &["lb.example.com:8503", "10.0.0.1:8503"]);
    assert_eq!(judge.judge(external.as_bytes()), Ok(()));
    assert_made_again(&server, "west", &external);

    // Addresses are not looked at by generate-token: what it mints here, no server takes.
    let refused = server.mint("south", &["lb.example.com", ""]);
    assert_eq!(
        judge.judge(refused.as_bytes()).unwrap_err().to_string(),
        server.establish("east", &refused).text()
    );

    rotate_ca(&server, &second);
    let rotated = server.mint("north", &[]);
    let token = PeeringToken::decode(rotated.as_bytes()).unwrap();
    assert_eq!(token.ca.map(|entries| entries.len()), Some(2));
    assert_eq!(judge.judge(rotated.as_bytes()), Ok(()));
    assert_made_again(&server, "north", &rotated);

    register_gateways(&server);
    let through_gateways = server.mint("far", &[]);
    let token = PeeringToken::decode(through_gateways.as_bytes()).unwrap();
    assert_eq!(
        token.server_addresses.as_deref(),
        Some(&GATEWAYS.map(str::to_owned)[..])
    );
    assert_eq!(judge.judge(through_gateways.as_bytes()), Ok(()));
    assert_made_again(&server, "far", &through_gateways);
}
