//! Roots that `peertok ca new` makes, on servers that start with them.

use crate::offline;
use crate::peerings::wait_until_peered;
use crate::server::{Consul, Setup};
use std::fs;

#[test]
#[ignore = "needs CONSUL_BIN"]
fn a_fresh_server_serves_a_new_root_and_honours_a_token_made_for_it() {
    let Some(consul) = Consul::from_environment() else {
        return;
    };
    for key_type in ["ec", "rsa"] {
        let folder = tempfile::tempdir().unwrap();
        let ca = folder.path().join("ca");
        offline::new_root(&ca, key_type);
        let configuration = ca.join("agent-ca.json");
        let provisioned = Setup {
            configuration: Some(&configuration),
            ..Setup::of("alpha")
        };
        let [acceptor, dialer] = consul.start([provisioned, Setup::of("beta")]);

        let answer = acceptor.get("/v1/connect/ca/roots");
        let roots = answer["Roots"].as_array().unwrap();
        assert_eq!(roots.len(), 1);
        let root = fs::read_to_string(ca.join("root.pem")).unwrap();
        assert_eq!(roots[0]["RootCert"].as_str(), Some(&*root));
        assert_eq!(roots[0]["PrivateKeyType"].as_str(), Some(key_type));

        let fresh = folder.path().join("fresh.snap");
        let address = acceptor.peering_address();
        let file = ca.join("root.pem");
        let token = offline::generate_from_file(&file, "alpha", &address, "west", &fresh);
        acceptor.restore_snapshot(&fresh);
        dialer.redeem("east", &token);
        wait_until_peered((&acceptor, "west"), (&dialer, "east"));
    }
}
