//! A token made from the backup of a cluster of three servers with ACLs on, and what becomes of its
//! peering when the leader dies.

use crate::offline;
use crate::peerings::wait_until_peered;
use crate::server::{CHANGE, Consul, Setup, wait_for};
use std::time::Duration;

const MANAGEMENT_TOKEN: &str = "b0a3d9c4-6a35-4b8d-9a4e-3d0f7c1e5a77";

/// A few seconds with the short election of these servers, and a minute or more with Consul's own:
/// the dialer tries again at growing distances.
const RECOVERY: Duration = Duration::from_secs(150);

#[test]
#[ignore = "needs CONSUL_BIN"]
fn a_peering_made_offline_survives_the_death_of_the_leader() {
    let Some(consul) = Consul::from_environment() else {
        return;
    };
    let setup = Setup {
        management_token: Some(MANAGEMENT_TOKEN),
        ..Setup::of("alpha")
    };
    let mut acceptors = consul.start_cluster::<3>(&setup);
    let [dialer] = consul.start([Setup::of("beta")]);
    let folder = tempfile::tempdir().unwrap();
    let backup = folder.path().join("backup.snap");
    acceptors[0].save_snapshot(&backup);
    let seeded = folder.path().join("seeded.snap");
    let token = offline::generate_into_snapshot(&backup, "west", &seeded);
    acceptors[0].restore_snapshot(&seeded);
    acceptors[0].wait_until_ready(3);
    dialer.redeem("east", &token);
    wait_until_peered((&acceptors[0], "west"), (&dialer, "east"));

    let leader = wait_for("a leader", CHANGE, || {
        let position = acceptors.iter().position(|server| server.leads());
        position.ok_or_else(|| "none".to_owned())
    });
    acceptors[leader].stop();
    let killed = jiff::Timestamp::now();
    let follower = &acceptors[(leader + 1) % acceptors.len()];
    follower.wait_until_heard("west", killed, RECOVERY);
    dialer.wait_until_heard("east", killed, RECOVERY);
}
