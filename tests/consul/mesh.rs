//! Kits that `peertok mesh` writes, carried to servers: each pair has to come up, with nothing minted
//! by a server.

use crate::peerings::wait_until_peered;
use crate::server::{CHANGE, Consul, DEAD, Server, Setup};
use crate::support::command::peertok;
use jiff::Timestamp;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// A mesh on its way from a file to servers.
struct Mesh {
    folder: TempDir,
    mode: &'static str,
    sites: Vec<Site>,
}

struct Site {
    name: &'static str,
    /// Where dialers find it; [`DEAD`] before its server runs.
    address: String,
    is_restored: bool,
}

impl Mesh {
    fn new(mode: &'static str) -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            mode,
            sites: Vec::new(),
        }
    }

    fn add(&mut self, name: &'static str) {
        self.sites.push(Site {
            name,
            address: DEAD.to_owned(),
            is_restored: false,
        });
    }

    fn in_kit(&self, site: &str, file: &str) -> PathBuf {
        self.folder.path().join("kit").join(site).join(file)
    }

    /// Writes the file and the kit, as often as needed: keys and secrets stay.
    fn write(&self) {
        let mut text = format!("mode = \"{}\"\nallow_private = true\n", self.mode);
        for site in &self.sites {
            text.push_str(&format!(
                "[[sites]]\nname = \"{0}\"\ndatacenter = \"{0}\"\naddresses = [\"{1}\"]\n",
                site.name, site.address
            ));
            if site.is_restored {
                text.push_str(&format!("base = \"{}.snap\"\n", site.name));
            } else {
                text.push_str("state = \"new\"\n");
            }
        }
        let file = self.folder.path().join("mesh.toml");
        fs::write(&file, text).unwrap();
        let run = |arguments: &[&str]| {
            let mut command = peertok(&[&["mesh"], arguments].concat());
            let output = command.current_dir(self.folder.path()).output().unwrap();
            let said = String::from_utf8_lossy(&output.stdout).into_owned();
            let errors = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{said}{errors}");
        };
        run(&["mesh.toml", "--out", "kit"]);
        run(&["--check", "kit"]);
    }

    /// Starts the servers of sites with the CA that the kit has for them.
    fn start<const N: usize>(&mut self, consul: &Consul, names: [&'static str; N]) -> [Server; N] {
        let files = names.map(|name| self.in_kit(name, "agent-ca.json"));
        let mut at = 0;
        let setups = names.map(|name| {
            at += 1;
            Setup {
                configuration: Some(files[at - 1].as_path()),
                ..Setup::of(name)
            }
        });
        let servers = consul.start(setups);
        for (name, server) in names.iter().zip(&servers) {
            let site = self
                .sites
                .iter_mut()
                .find(|site| site.name == *name)
                .unwrap();
            site.address = server.peering_address();
            let roots = server.get("/v1/connect/ca/roots");
            let root = fs::read_to_string(self.in_kit(name, "root.pem")).unwrap();
            assert_eq!(roots["Roots"][0]["RootCert"].as_str(), Some(&*root));
            assert_eq!(roots["Roots"].as_array().unwrap().len(), 1);
        }
        servers
    }

    fn restore(&self, site: &str, server: &Server) {
        let snapshot = self.in_kit(site, "seeded.snap");
        if snapshot.exists() {
            server.restore_snapshot(&snapshot);
        }
    }

    /// Redeems the tokens in the site's folder, as its run-book says.
    fn establish(&self, site: &str, server: &Server, peers: &[&str]) {
        for peer in peers {
            let body = self.in_kit(site, &format!("{peer}.establish.json"));
            match self.mode {
                "token" => server.establish_from(&body),
                _ => assert!(!body.exists()),
            }
        }
    }

    /// Saves what the site has become as the base of its next snapshot.
    fn save(&mut self, name: &str, server: &Server) {
        let base: &Path = self.folder.path();
        server.save_snapshot(&base.join(format!("{name}.snap")));
        let site = self
            .sites
            .iter_mut()
            .find(|site| site.name == name)
            .unwrap();
        site.is_restored = true;
    }
}

fn three_sites_and_then_a_fourth(mode: &'static str) {
    let Some(consul) = Consul::from_environment() else {
        return;
    };
    let mut mesh = Mesh::new(mode);
    for name in ["alpha", "beta", "gamma"] {
        mesh.add(name);
    }
    // The kit has the CAs, which servers need before they have addresses.
    mesh.write();
    let [mut alpha, beta, gamma] = mesh.start(&consul, ["alpha", "beta", "gamma"]);
    mesh.write();
    for (name, server) in [("alpha", &alpha), ("beta", &beta), ("gamma", &gamma)] {
        mesh.restore(name, server);
    }
    mesh.establish("beta", &beta, &["alpha"]);
    mesh.establish("gamma", &gamma, &["alpha", "beta"]);
    wait_until_peered((&alpha, "beta"), (&beta, "alpha"));
    wait_until_peered((&alpha, "gamma"), (&gamma, "alpha"));
    wait_until_peered((&beta, "gamma"), (&gamma, "beta"));

    mesh.save("alpha", &alpha);
    mesh.save("beta", &beta);
    mesh.save("gamma", &gamma);
    mesh.add("delta");
    mesh.write();
    let [delta] = mesh.start(&consul, ["delta"]);
    mesh.write();
    let restored = Timestamp::now();
    for (name, server) in [
        ("alpha", &alpha),
        ("beta", &beta),
        ("gamma", &gamma),
        ("delta", &delta),
    ] {
        mesh.restore(name, server);
    }
    mesh.establish("delta", &delta, &["alpha", "beta", "gamma"]);
    wait_until_peered((&alpha, "delta"), (&delta, "alpha"));
    wait_until_peered((&beta, "delta"), (&delta, "beta"));
    wait_until_peered((&gamma, "delta"), (&delta, "gamma"));
    // Streams that outlive the restore would prove nothing.
    let cut = alpha.restart().max(restored);
    for (server, peers) in [
        (&alpha, ["beta", "gamma", "delta"]),
        (&beta, ["alpha", "gamma", "delta"]),
        (&gamma, ["alpha", "beta", "delta"]),
        (&delta, ["alpha", "beta", "gamma"]),
    ] {
        for peer in peers {
            server.wait_until_heard(peer, cut, 2 * CHANGE);
        }
    }
}

#[test]
#[ignore = "needs CONSUL_BIN"]
fn mesh_of_three_sites_and_then_four_peers_with_tokens() {
    three_sites_and_then_a_fourth("token");
}

#[test]
#[ignore = "needs CONSUL_BIN"]
fn mesh_of_three_sites_and_then_four_peers_with_seeded_streams() {
    three_sites_and_then_a_fourth("active");
}
