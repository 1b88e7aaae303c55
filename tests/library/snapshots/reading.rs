//! What is read of a snapshot is what its server minted and listed.

use super::archives::{fixture, json, secret, state, token};
use peertok::Secret;
use peertok::generate::{TokenSpec, generate};
use peertok::roots::Roots;
use peertok::snapshot::name_to_accept;
use peertok::snapshot::{Direction, PeeringState, SecretsMeaning, State, TokenStatus};
use serde_json::Value;
use std::collections::BTreeMap;

/// What `generate` makes of a snapshot alone, with the `PeerID` and the secret that the server drew.
fn rebuilt(state: &State, name: &str, peer_id: &str, secret: &Secret, external: &[&str]) -> String {
    let mut inputs = TokenSpec::new(name, state.datacenter.clone().unwrap());
    inputs.roots = Roots::from_snapshot(state).unwrap();
    inputs.server_addresses.clone_from(&state.server_addresses);
    inputs.external_addresses = external.iter().map(|&text| text.to_owned()).collect();
    inputs.cluster_id.clone_from(&state.cluster_id);
    inputs.peer_id = Some(peer_id.to_owned());
    inputs.secret = Some(secret.clone());
    generate(&inputs).unwrap().text.to_string()
}

#[test]
fn a_snapshot_gives_the_token_that_its_server_minted() {
    for (name, peer, external) in [
        ("alpha-minted", "west", &[][..]),
        (
            "alpha-external",
            "west",
            &["lb.example.com:8503", "10.0.0.1:8503"],
        ),
        ("alpha-rotated", "south", &[]),
        ("alpha-gateways", "north", &[]),
    ] {
        let state = state(name);
        let peering = name_to_accept(&state, peer).unwrap().unwrap();
        let secret = peering.secrets.establishment.clone().unwrap();
        let minted = fixture(&format!("{name}.token"));
        let minted = std::str::from_utf8(minted.trim_ascii()).unwrap();
        assert_eq!(
            rebuilt(&state, peer, &peering.id, &secret, external),
            minted,
            "{name}"
        );
    }
}

#[test]
fn peerings_are_those_that_the_server_lists() {
    let texts = |value: &Value| -> Vec<String> {
        let list = value.as_array().into_iter().flatten();
        list.map(|text| text.as_str().unwrap().to_owned()).collect()
    };
    let mut seen = 0;
    for name in ["alpha-external", "alpha-rotated", "alpha-gateways"] {
        let state = state(name);
        let listed = json(&format!("{name}.peerings.json"));
        let listed = listed.as_array().unwrap();
        assert_eq!(state.peerings.len(), listed.len());
        for (peering, listed) in state.peerings.iter().zip(listed) {
            assert_eq!(listed["ID"], *peering.id);
            assert_eq!(listed["Name"], *peering.name);
            assert_eq!(listed["CreateIndex"], peering.create_index);
            assert_eq!(listed["ModifyIndex"], peering.modify_index);
            assert_eq!(texts(&listed["PeerCAPems"]), peering.peer_ca);
            assert_eq!(
                texts(&listed["PeerServerAddresses"]),
                peering.peer_server_addresses
            );
            let meta: BTreeMap<String, String> = serde_json::from_value(
                listed
                    .get("Meta")
                    .cloned()
                    .unwrap_or_else(|| Value::Object(serde_json::Map::new())),
            )
            .unwrap();
            assert_eq!(meta, peering.meta);
            let remote = peering.remote.clone().unwrap_or_default();
            assert_eq!(listed["Remote"]["Datacenter"], *remote.datacenter);
            // The state stays PENDING for as long as the acceptor's peering lives: that it is
            // ACTIVE is what the server adds, from its open streams.
            let expected = match SecretsMeaning::of(&peering.secrets) {
                SecretsMeaning::Active if peering.state == PeeringState::Pending => "ACTIVE",
                _ => &peering.state.to_string(),
            };
            assert_eq!(listed["State"], *expected, "{}", peering.name);
            assert_eq!(peering.direction(), Direction::Accepts);
            let bundle = peering
                .trust_domain
                .as_deref()
                .is_some_and(|d| d.ends_with(".consul"));
            assert_eq!(bundle, listed["State"] == "ACTIVE", "{}", peering.name);
            seen += 1;
        }
    }
    assert_eq!(seen, 73);
}

#[test]
fn roots_are_those_that_the_server_lists() {
    for name in ["alpha-external", "alpha-rotated", "alpha-gateways"] {
        let state = state(name);
        let listed = json(&format!("{name}.roots.json"));
        assert_eq!(listed["TrustDomain"], *state.trust_domain().unwrap());
        let roots = listed["Roots"].as_array().unwrap();
        assert_eq!(state.roots.len(), roots.len());
        for root in &state.roots {
            let same = |listed: &&Value| listed["ID"] == *root.id;
            let listed = roots.iter().find(same).unwrap();
            assert_eq!(listed["RootCert"], *root.pem);
            assert_eq!(listed["Active"], root.active);
        }
        let api = Roots::from_api(&fixture(&format!("{name}.roots.json"))).unwrap();
        assert_eq!(Roots::from_snapshot(&state), Ok(api));
    }
}

#[test]
fn a_state_has_what_its_server_is() {
    let state = state("alpha-gateways");
    assert_eq!(
        (state.meta.version, state.meta.index, state.last_index),
        (1, 175, 175)
    );
    assert_eq!(
        state.meta.taken_at().unwrap().to_string(),
        "2026-11-24T04:21:56.133Z"
    );
    assert_eq!(state.datacenter.as_deref(), Some("alpha"));
    assert_eq!(state.ca_provider.as_deref(), Some("consul"));
    assert_eq!(state.consul_versions, ["1.23.0"]);
    assert!(state.through_mesh_gateways);
    assert_eq!(
        state.server_addresses,
        ["203.0.113.7:443", "127.0.0.10:8443"]
    );
    let server_name = token("alpha-gateways").server_name;
    assert_eq!(state.server_name(), Some(server_name));
    assert_eq!(state.records.get(&35), Some(&26));
    assert_eq!(state.records.values().sum::<u64>(), 109);
    let text = format!("{state:?}");
    let shown = token("alpha-gateways");
    assert!(!text.contains(shown.establishment_secret.expose()));
    assert!(!text.contains("PRIVATE KEY"));
}

#[test]
fn a_snapshot_tells_what_became_of_a_token() {
    let before = state("alpha-before");
    let minted = state("alpha-minted");
    let later = state("alpha-external");
    let status = |state: &State, name| {
        let token = token(name);
        TokenStatus::of(state, &token.peer_id, &token.establishment_secret)
    };
    assert_eq!(status(&before, "alpha-minted"), TokenStatus::Unknown);
    assert_eq!(status(&minted, "alpha-minted"), TokenStatus::Redeemable);
    assert_eq!(status(&later, "alpha-minted"), TokenStatus::Superseded);
    assert_eq!(status(&later, "alpha-external"), TokenStatus::Redeemable);
    // The ID as another tool may print it.
    let token = token("alpha-minted");
    let upper = token.peer_id.to_uppercase();
    let status = TokenStatus::of(&minted, &upper, &token.establishment_secret);
    assert_eq!(status, TokenStatus::Redeemable);

    let of = |name| TokenStatus::of_peering(later.peering(name).unwrap(), &secret("any"));
    assert_eq!(of("beta"), TokenStatus::Used);
    assert_eq!(of("e2a"), TokenStatus::Terminated);
    assert_eq!(of("c"), TokenStatus::Superseded);
}
