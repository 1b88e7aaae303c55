//! What the scenarios ask of peertok, each as one call: the command itself, and the library where
//! both ends are seeded without a token.

use crate::ca::Ca;
use crate::support::command::{self, output};
use peertok::PeeringToken;
use peertok::snapshot::{Base, End, Seed, Seeded, seed_fresh};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;

/// What the command prints, without the line end.
fn stdout(arguments: &[&str]) -> String {
    command::stdout(arguments).trim_end().to_owned()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// What a server's backup and API do not tell of a token: its secret, external addresses and
/// locality, as flags.
struct OfToken<'a> {
    token: &'a PeeringToken,
    secret_file: tempfile::NamedTempFile,
    manual: String,
}

impl<'a> OfToken<'a> {
    fn new(token: &'a PeeringToken) -> Self {
        let secret_file = tempfile::NamedTempFile::new().unwrap();
        fs::write(&secret_file, token.establishment_secret.expose()).unwrap();
        let manual = token
            .manual_server_addresses
            .clone()
            .unwrap_or_default()
            .join(",");
        Self {
            token,
            secret_file,
            manual,
        }
    }

    fn flags(&self) -> Vec<&str> {
        let mut flags = vec!["--secret-file", text(self.secret_file.path())];
        flags.extend(["-server-external-addresses", &self.manual]);
        if let Some(locality) = &self.token.remote.locality {
            flags.extend(["--locality-region", &locality.region]);
            flags.extend(["--locality-zone", &locality.zone]);
        }
        flags
    }
}

/// `peertok generate -name NAME --roots FILE --datacenter DC --server-address A …` with what else a
/// token has.
pub(crate) fn generate_again(
    name: &str,
    roots: &Value,
    datacenter: &str,
    token: &PeeringToken,
) -> String {
    let roots_file = tempfile::NamedTempFile::new().unwrap();
    fs::write(&roots_file, roots.to_string()).unwrap();
    let of_token = OfToken::new(token);
    let mut arguments = vec!["generate", "-name", name, "--datacenter", datacenter];
    arguments.extend([
        "--roots",
        text(roots_file.path()),
        "--peer-id",
        &token.peer_id,
    ]);
    arguments.extend(of_token.flags());
    for address in token.server_addresses.iter().flatten() {
        arguments.extend(["--server-address", address]);
    }
    stdout(&arguments)
}

/// `peertok generate -name NAME --snapshot BASE --snapshot-out OUT`
pub(crate) fn generate_into_snapshot(base: &Path, name: &str, out: &Path) -> String {
    let (base, out) = (text(base), text(out));
    stdout(&[
        "generate",
        "-name",
        name,
        "--snapshot",
        base,
        "--snapshot-out",
        out,
    ])
}

/// `peertok generate -name NAME --snapshot BASE` with what else a token has.
pub(crate) fn generate_from_snapshot(base: &Path, name: &str, token: &PeeringToken) -> String {
    let of_token = OfToken::new(token);
    let mut arguments = vec!["generate", "-name", name, "--snapshot", text(base)];
    arguments.extend(of_token.flags());
    stdout(&arguments)
}

/// `peertok ca new --out FOLDER --key-type TYPE`
pub(crate) fn new_root(folder: &Path, key_type: &str) {
    stdout(&["ca", "new", "--out", text(folder), "--key-type", key_type]);
}

/// As [`generate_from_file`], with the root of a CA.
pub(crate) fn generate_from_nothing(
    ca: &Ca,
    datacenter: &str,
    address: &str,
    name: &str,
    out: &Path,
) -> String {
    let root = tempfile::NamedTempFile::new().unwrap();
    fs::write(&root, &ca.root).unwrap();
    generate_from_file(root.path(), datacenter, address, name, out)
}

/// `peertok generate -name NAME --ca FILE --datacenter DC --server-address A --snapshot-out OUT`
pub(crate) fn generate_from_file(
    root: &Path,
    datacenter: &str,
    address: &str,
    name: &str,
    out: &Path,
) -> String {
    stdout(&[
        "generate",
        "-name",
        name,
        "--ca",
        text(root),
        "--datacenter",
        datacenter,
        "--server-address",
        address,
        "--snapshot-out",
        text(out),
    ])
}

/// The two ends of a peering that comes up without a token: both know the stream's secret.
pub(crate) struct BothEnds {
    pub(crate) acceptor: Seed,
    pub(crate) dialer: Seed,
}

impl BothEnds {
    /// Makes both of a token that nobody gets: its secret becomes the stream's.
    pub(crate) fn of(token: &PeeringToken, name_at_acceptor: &str, name_at_dialer: &str) -> Self {
        let stream_secret = token.establishment_secret.clone();
        let accept = End::Accept {
            stream_secret: stream_secret.clone(),
        };
        let dial = End::Dial {
            stream_secret,
            acceptor: Box::new(token.clone()),
        };
        let seed = |name: &str, id: &str, end| Seed {
            name: name.to_owned(),
            meta: BTreeMap::new(),
            id: id.to_owned(),
            end,
        };
        // The dialer's own ID, which no other cluster knows.
        let dialer_id = "8d0c2c39-3a8a-4f0c-8f0e-1b7a1f2a9d11";
        Self {
            acceptor: seed(name_at_acceptor, &token.peer_id, accept),
            dialer: seed(name_at_dialer, dialer_id, dial),
        }
    }
}

/// Adds peerings without a token to a base.
pub(crate) fn seed_snapshot(base: &Path, seeds: &[Seed], out: &Path) -> Seeded {
    let mut base = Base::open(File::open(base).unwrap()).unwrap();
    base.seed(seeds, &mut new_file(out)).unwrap()
}

/// Makes a snapshot of nothing but peerings without a token.
pub(crate) fn seed_nothing(seeds: &[Seed], out: &Path) -> Seeded {
    seed_fresh(jiff::Timestamp::now(), seeds, &mut new_file(out)).unwrap()
}

fn new_file(path: &Path) -> File {
    let mut options = File::options();
    options.read(true).write(true).create_new(true);
    options.open(path).unwrap()
}

/// `peertok snapshot show FILE --format json`, as far as a server shows the same.
pub(crate) fn show(snapshot: &Path) -> Value {
    let shown = stdout(&["snapshot", "show", "--format", "json", text(snapshot)]);
    let shown: Value = serde_json::from_str(&shown).unwrap();
    let each = |list: &Value, each: fn(&Value) -> Value| -> Vec<Value> {
        list.as_array().unwrap().iter().map(each).collect()
    };
    json!({
        "datacenter": shown["datacenter"],
        "trust_domain": shown["trust_domain"],
        "server_addresses": shown["server_addresses"],
        "roots": each(&shown["roots"], |root| {
            json!({"id": root["id"], "active": root["active"], "pem": root["pem"]})
        }),
        "peerings": each(&shown["peerings"], |peering| json!({
            "id": peering["id"],
            "name": peering["name"],
            "meta": peering["meta"],
            "state": peering["state"],
            "has_stream_secret": !peering["secrets"]["active_stream"].is_null(),
            "accepts": peering["direction"] == "accepts",
            "peer_id": peering["peer_id"],
            "peer_ca": peering["peer_ca"],
            "peer_server_name": peering["server_name"],
            "peer_server_addresses": peering["server_addresses"],
            "manual_server_addresses": peering["manual_server_addresses"],
            "create_index": peering["create_index"],
            "modify_index": peering["modify_index"],
            "remote_datacenter": peering["remote_datacenter"],
        })),
    })
}

/// What `peertok validate --dialer-snapshot BASE -name NAME TOKEN` says of a token that cannot be
/// dialed with there.
pub(crate) fn refusal_to_dial(base: &Path, name: &str, token: &str) -> String {
    let base = text(base);
    let output = output(&[
        "validate",
        "--format",
        "json",
        "--dialer-snapshot",
        base,
        "-name",
        name,
        token,
    ]);
    assert_eq!(output.status.code(), Some(1));
    let verdict: Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut findings = verdict["findings"].as_array().unwrap().iter();
    let refuses = |name: &Value| name == "same-cluster" || name == "name-taken";
    let found = findings.find(|finding| refuses(&finding["name"])).unwrap();
    found["message"].as_str().unwrap().to_owned()
}

/// What `peertok generate --snapshot BASE -name NAME` says of a name that is taken.
pub(crate) fn refusal_to_accept(base: &Path, name: &str) -> String {
    let output = output(&["generate", "-name", name, "--snapshot", text(base)]);
    assert_eq!(output.status.code(), Some(2));
    let errors = String::from_utf8(output.stderr).unwrap();
    let error = errors.lines().next().unwrap();
    error.strip_prefix("peertok: error: ").unwrap().to_owned()
}

/// What `peertok validate --snapshot FILE TOKEN` says that became of the token.
pub(crate) fn token_status(snapshot: &Path, token: &str) -> String {
    let snapshot = text(snapshot);
    let output = output(&[
        "validate",
        "--format",
        "json",
        "--snapshot",
        snapshot,
        token,
    ]);
    let verdict: Value = serde_json::from_slice(&output.stdout).unwrap();
    verdict["token_status"].as_str().unwrap().to_owned()
}
