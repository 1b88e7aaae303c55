//! Tokens and peerings that peertok wrote into a snapshot: a server that restores it honours them.
//!
//! A restore does not cut the streams that there are, and a stream's secret is looked at only when
//! it is opened. So where a peering has to survive, or not to, its acceptor is started again.

use crate::ca::Ca;
use crate::offline::{self, BothEnds};
use crate::peerings::wait_until_peered;
use crate::server::{CHANGE, Consul, Server, Setup};
use peertok::PeeringToken;
use peertok::snapshot::Seed;
use std::path::Path;

const ALPHA: &str = "5b7c0d0e-3e0f-4d8c-a2a4-0c6f1d3a9b02";

#[test]
#[ignore = "needs CONSUL_BIN"]
fn a_token_made_from_a_backup_is_honoured_and_superseded_like_a_minted_one() {
    let Some(consul) = Consul::from_environment() else {
        return;
    };
    let [mut acceptor, dialer] = consul.start([Setup::of("alpha"), Setup::of("beta")]);
    let folder = tempfile::tempdir().unwrap();
    let remake = |acceptor: &Server, round: &str| {
        let backup = folder.path().join(format!("{round}-backup.snap"));
        acceptor.save_snapshot(&backup);
        let seeded = folder.path().join(format!("{round}-seeded.snap"));
        let token = offline::generate_into_snapshot(&backup, "west", &seeded);
        acceptor.restore_snapshot(&seeded);
        acceptor.wait_until_ready(1);
        token
    };

    // A token that nobody redeems is superseded by the server's own, which keeps the peering.
    let first = remake(&acceptor, "first");
    let minted = acceptor.mint("west", &[]);
    let id = |token: &str| PeeringToken::decode(token.as_bytes()).unwrap().peer_id;
    assert_eq!(id(&minted), id(&first));
    dialer.assert_spent("east", &first);

    // And that one by the next that peertok makes, which works.
    let second = remake(&acceptor, "second");
    assert_eq!(id(&second), id(&first));
    dialer.assert_spent("east", &minted);
    dialer.redeem("east", &second);
    wait_until_peered((&acceptor, "west"), (&dialer, "east"));

    // Neither a token minted nor one made from a backup hurts the peering that there is now.
    acceptor.mint("west", &[]);
    let third = remake(&acceptor, "third");
    let cut = acceptor.restart();
    acceptor.wait_until_heard("west", cut, CHANGE);
    dialer.wait_until_heard("east", cut, CHANGE);
    dialer.assert_spent("second", &second);
    assert_eq!(id(&third), id(&second));
}

#[test]
#[ignore = "needs CONSUL_BIN"]
fn the_same_snapshot_restored_again_ends_the_peering_and_revives_the_token() {
    let Some(consul) = Consul::from_environment() else {
        return;
    };
    let [mut acceptor, dialer] = consul.start([Setup::of("alpha"), Setup::of("beta")]);
    let folder = tempfile::tempdir().unwrap();
    let backup = folder.path().join("backup.snap");
    acceptor.save_snapshot(&backup);
    let seeded = folder.path().join("seeded.snap");
    let token = offline::generate_into_snapshot(&backup, "west", &seeded);
    acceptor.restore_snapshot(&seeded);
    dialer.redeem("east", &token);
    wait_until_peered((&acceptor, "west"), (&dialer, "east"));

    acceptor.restore_snapshot(&seeded);
    acceptor.restart();
    dialer.wait_until_state("east", "FAILING");
    acceptor.wait_until_state("west", "PENDING");
    dialer.redeem("east", &token);
    wait_until_peered((&acceptor, "west"), (&dialer, "east"));
}

#[test]
#[ignore = "needs CONSUL_BIN"]
fn a_token_made_from_nothing_is_honoured_by_a_fresh_server_with_the_same_ca() {
    let Some(consul) = Consul::from_environment() else {
        return;
    };
    let ca = Ca::new(ALPHA);
    let provisioned = Setup {
        ca: Some(&ca),
        ..Setup::of("alpha")
    };
    let [acceptor, dialer] = consul.start([provisioned, Setup::of("beta")]);
    let roots = acceptor.get("/v1/connect/ca/roots");
    assert_eq!(roots["Roots"][0]["RootCert"].as_str(), Some(&*ca.root));

    let folder = tempfile::tempdir().unwrap();
    let fresh = folder.path().join("fresh.snap");
    let address = acceptor.peering_address();
    let token = offline::generate_from_nothing(&ca, "alpha", &address, "west", &fresh);
    acceptor.restore_snapshot(&fresh);
    dialer.redeem("east", &token);
    wait_until_peered((&acceptor, "west"), (&dialer, "east"));
}

/// The first pair starts from nothing at both ends. A second is then added to the acceptor, which
/// lives: its base is a new backup, so that the first pair keeps its secret.
#[test]
#[ignore = "needs CONSUL_BIN"]
fn both_ends_seeded_with_one_stream_secret_peer_by_themselves() {
    let Some(consul) = Consul::from_environment() else {
        return;
    };
    let ca = Ca::new(ALPHA);
    let provisioned = Setup {
        ca: Some(&ca),
        ..Setup::of("alpha")
    };
    let setups = [provisioned, Setup::of("beta"), Setup::of("gamma")];
    let [mut acceptor, beta, gamma] = consul.start(setups);
    let folder = tempfile::tempdir().unwrap();
    let both_ends = |name: &str| {
        // The token is never handed over. It says what a dialer has to know of the acceptor.
        let out = folder.path().join(format!("{name}-token.snap"));
        let address = acceptor.peering_address();
        let token = offline::generate_from_nothing(&ca, "alpha", &address, name, &out);
        let token = PeeringToken::decode(token.as_bytes()).unwrap();
        BothEnds::of(&token, name, "alpha")
    };
    let (with_beta, with_gamma) = (both_ends("beta"), both_ends("gamma"));

    let fresh = |server: &Server, seed: Seed, name: &str| {
        let fresh = folder.path().join(name);
        offline::seed_nothing(&[seed], &fresh);
        server.restore_snapshot(&fresh);
    };
    fresh(&acceptor, with_beta.acceptor, "alpha.snap");
    fresh(&beta, with_beta.dialer, "beta.snap");
    wait_until_peered((&acceptor, "beta"), (&beta, "alpha"));

    seed_backup(&acceptor, with_gamma.acceptor, folder.path());
    fresh(&gamma, with_gamma.dialer, "gamma.snap");
    wait_until_peered((&acceptor, "gamma"), (&gamma, "alpha"));

    let cut = acceptor.restart();
    for (name, dialer) in [("beta", &beta), ("gamma", &gamma)] {
        acceptor.wait_until_heard(name, cut, CHANGE);
        dialer.wait_until_heard("alpha", cut, CHANGE);
    }
}

fn seed_backup(server: &Server, seed: Seed, folder: &Path) {
    let (backup, seeded) = (folder.join("backup.snap"), folder.join("seeded.snap"));
    server.save_snapshot(&backup);
    offline::seed_snapshot(&backup, &[seed], &seeded);
    server.restore_snapshot(&seeded);
}
