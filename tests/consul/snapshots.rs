//! What peertok reads in a snapshot is what the server says of itself at that moment.

use crate::offline;
use crate::peerings::wait_until_peered;
use crate::server::{Consul, Server, Setup};
use serde_json::{Value, json};
use std::path::Path;

#[test]
#[ignore = "needs CONSUL_BIN"]
fn a_snapshot_tells_what_the_server_says() {
    let Some(consul) = Consul::from_environment() else {
        return;
    };
    let [acceptor, dialer] = consul.start([Setup::of("Alpha"), Setup::of("beta")]);
    let folder = tempfile::tempdir().unwrap();
    let snapshot = |server: &Server, name: &str| {
        let file = folder.path().join(format!("{name}.snap"));
        server.save_snapshot(&file);
        file
    };
    let superseded = acceptor.mint("west", &[]);
    let token = acceptor.mint("west", &[]);
    let body = json!({"PeerName": "south", "Meta": {"env": "test", "empty": ""}});
    assert_eq!(acceptor.post("/v1/peering/token", &body).status, 200);

    let before = snapshot(&acceptor, "before");
    assert_shows_the_same(&acceptor, &before);
    let status = |file: &Path, token: &str| offline::token_status(file, token);
    assert_eq!(status(&before, &token), "redeemable");
    assert_eq!(status(&before, &superseded), "superseded");

    dialer.redeem("east", &token);
    wait_until_peered((&acceptor, "west"), (&dialer, "east"));
    let (after, at_dialer) = (snapshot(&acceptor, "after"), snapshot(&dialer, "dialer"));
    assert_shows_the_same(&acceptor, &after);
    assert_shows_the_same(&dialer, &at_dialer);
    assert_eq!(status(&after, &token), "used");
    assert_eq!(status(&at_dialer, &token), "unknown");

    // What cannot be done with a name or a token is refused in the server's words.
    let answer = dialer.post("/v1/peering/token", &json!({"PeerName": "east"}));
    assert_eq!(answer.status, 500);
    let refusal = offline::refusal_to_accept(&at_dialer, "east");
    assert_eq!(refusal, answer.text());
    let of_dialer = dialer.mint("north", &[]);
    for (name, token) in [("itself", &token), ("west", &of_dialer)] {
        let answer = acceptor.establish(name, token);
        assert_eq!(answer.status, 500);
        let refusal = offline::refusal_to_dial(&after, name, token);
        assert_eq!(refusal, answer.text());
    }

    // The dialer ends the peering: what the server mints for it from now on is worth nothing, so
    // that peertok refuses to make such a token.
    dialer.delete("/v1/peering/east");
    acceptor.wait_until_state("west", "TERMINATED");
    let ended = snapshot(&acceptor, "ended");
    assert_shows_the_same(&acceptor, &ended);
    assert_eq!(status(&ended, &token), "terminated");
    let refusal = offline::refusal_to_accept(&ended, "west");
    assert!(refusal.contains("TERMINATED"), "{refusal}");
    let worthless = acceptor.mint("west", &[]);
    dialer.assert_spent("again", &worthless);
}

fn assert_shows_the_same(server: &Server, snapshot: &Path) {
    let shown = offline::show(snapshot);
    let roots = server.get("/v1/connect/ca/roots");
    let root =
        |root: &Value| json!({"id": root["ID"], "active": root["Active"], "pem": root["RootCert"]});
    assert_eq!(shown["roots"], list(&roots["Roots"], root));
    assert_eq!(shown["trust_domain"], roots["TrustDomain"]);
    let agent = server.get("/v1/agent/self");
    assert_eq!(shown["datacenter"], agent["Config"]["Datacenter"]);
    assert_eq!(shown["server_addresses"], json!([server.peering_address()]));
    let expected = list(&server.get("/v1/peerings"), |peering| {
        let addresses = &peering["PeerServerAddresses"];
        json!({
            "id": peering["ID"],
            "name": peering["Name"],
            "meta": or_empty(&peering["Meta"], json!({})),
            "state": stored_state(peering),
            "has_stream_secret": peering["State"] == "ACTIVE" || peering["State"] == "TERMINATED",
            "accepts": addresses.is_null(),
            "peer_id": peering["PeerID"],
            "peer_ca": or_empty(&peering["PeerCAPems"], json!([])),
            "peer_server_name": or_empty(&peering["PeerServerName"], json!("")),
            "peer_server_addresses": or_empty(addresses, json!([])),
            "manual_server_addresses": [],
            "create_index": peering["CreateIndex"],
            "modify_index": peering["ModifyIndex"],
            "remote_datacenter": peering["Remote"]["Datacenter"],
        })
    });
    assert_eq!(shown["peerings"], expected);
}

/// The state that stands in a snapshot: whether a peering is connected is no part of it, but what
/// the leader sees of its streams.
fn stored_state(peering: &Value) -> Value {
    let dials = peering["PeerServerAddresses"].is_array();
    match peering["State"].as_str() {
        Some("ACTIVE" | "FAILING") if dials => json!("ESTABLISHING"),
        Some("ACTIVE" | "FAILING") => json!("PENDING"),
        _ => peering["State"].clone(),
    }
}

fn list(values: &Value, each: impl Fn(&Value) -> Value) -> Value {
    values.as_array().into_iter().flatten().map(each).collect()
}

/// The API leaves out what is empty.
fn or_empty(value: &Value, empty: Value) -> Value {
    if value.is_null() {
        empty
    } else {
        value.clone()
    }
}
