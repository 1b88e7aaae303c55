//! Consul servers for one test: started with free ports on 127.0.0.1 and their data in a temporary
//! folder, stopped by their process ID when the test lets go of them.
//!
//! Nothing of them leaves the machine: they bind to 127.0.0.1 only, do not look for updates, and
//! have no DNS port. Every wait has an end. The log of a server whose test fails is kept.

use crate::ca::Ca;
use crate::http::{self, Answer, Request};
use crate::support::tools::skip;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::fs::{self, File};
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Once;
use std::sync::atomic::{AtomicU16, Ordering};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long a server may take to have a leader and a CA, on a machine that is busy.
const START: Duration = Duration::from_secs(90);
/// How long any other change may take, such as a peering that turns ACTIVE.
pub(crate) const CHANGE: Duration = Duration::from_secs(60);
const REQUEST: Duration = Duration::from_secs(30);

/// An address of this machine at which nothing listens: few programs may use so low a port, and
/// none does.
pub(crate) const DEAD: &str = "127.0.0.1:1";

/// The program that servers are started from.
#[derive(Clone)]
pub(crate) struct Consul {
    binary: PathBuf,
}

impl Consul {
    /// The program named in `CONSUL_BIN`. Without one it says, past the test runner's capture, that
    /// the test proves nothing.
    pub(crate) fn from_environment() -> Option<Self> {
        static SAID: Once = Once::new();
        let Some(binary) = std::env::var_os("CONSUL_BIN").filter(|name| !name.is_empty()) else {
            SAID.call_once(|| {
                skip("CONSUL_BIN names no Consul server: no scenario was run. tests/consul/build builds one and prints its path");
            });
            return None;
        };
        let binary = PathBuf::from(binary);
        assert!(binary.is_file(), "CONSUL_BIN names no file: {binary:?}");
        Some(Self { binary })
    }

    /// Starts servers side by side, each the only one of its datacenter, and waits for all.
    pub(crate) fn start<const N: usize>(&self, setups: [Setup<'_>; N]) -> [Server; N] {
        let servers = setups.map(|setup| Server::spawn(self, &setup, 1, None));
        for server in &servers {
            server.wait_until_ready(1);
        }
        servers
    }

    /// Starts a server that restores snapshots: it leads, and has a CA.
    pub(crate) fn start_for_restores(&self) -> Server {
        let server = Server::spawn(self, &Setup::of("dc1"), 1, None);
        wait_for("a server that leads", START, || {
            let roots = server.try_get("/v1/connect/ca/roots")?;
            match roots["ActiveRootID"].as_str() {
                Some("") | None => Err("no active root".to_owned()),
                Some(_) => Ok(()),
            }
        });
        server
    }

    /// Starts servers that make one cluster.
    pub(crate) fn start_cluster<const N: usize>(&self, setup: &Setup<'_>) -> [Server; N] {
        let mut first = None;
        let servers = [(); N].map(|()| {
            let server = Server::spawn(self, setup, N, first);
            first.get_or_insert(server.ports.serf_lan);
            server
        });
        for server in &servers {
            server.wait_until_ready(N);
        }
        servers
    }
}

/// What tells one server from another.
#[derive(Clone, Copy)]
pub(crate) struct Setup<'a> {
    pub(crate) datacenter: &'a str,
    /// The CA, if the server is not to make one.
    pub(crate) ca: Option<&'a Ca>,
    /// A file of configuration that the server gets beside its own.
    pub(crate) configuration: Option<&'a Path>,
    /// Turns ACLs on, with this token for everything.
    pub(crate) management_token: Option<&'a str>,
    /// Where the server says it is: region and zone.
    pub(crate) locality: Option<(&'a str, &'a str)>,
}

impl<'a> Setup<'a> {
    /// A server that makes its own CA and has no ACLs.
    pub(crate) fn of(datacenter: &'a str) -> Self {
        Self {
            datacenter,
            ca: None,
            configuration: None,
            management_token: None,
            locality: None,
        }
    }
}

struct Ports {
    http: u16,
    grpc_tls: u16,
    server: u16,
    serf_lan: u16,
}

/// A running server.
pub(crate) struct Server {
    consul: Consul,
    pub(crate) name: String,
    child: Child,
    ports: Ports,
    management_token: Option<String>,
    folder: TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
        if thread::panicking() {
            let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}.log", self.name));
            if fs::copy(self.log(), &kept).is_ok() {
                eprintln!("the log of {} is kept: {}", self.name, kept.display());
            }
        }
    }
}

impl Server {
    fn spawn(consul: &Consul, setup: &Setup<'_>, servers: usize, join: Option<u16>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ports = Ports {
            http: free_port(),
            grpc_tls: free_port(),
            server: free_port(),
            serf_lan: free_port(),
        };
        let name = format!("{}-{}", setup.datacenter.to_lowercase(), ports.server);
        let mut config = json!({
            "datacenter": setup.datacenter,
            "node_name": name,
            "server": true,
            "bootstrap_expect": servers,
            "data_dir": folder.path().join("data"),
            "bind_addr": "127.0.0.1",
            "client_addr": "127.0.0.1",
            "disable_update_check": true,
            "connect": {"enabled": true},
            "peering": {"enabled": true},
            "performance": {"raft_multiplier": 1},
            "ports": {
                "http": ports.http, "grpc_tls": ports.grpc_tls,
                "server": ports.server, "serf_lan": ports.serf_lan,
                "serf_wan": -1, "dns": -1, "https": -1, "grpc": -1,
            },
        });
        if let Some(ca) = setup.ca {
            config["connect"]["ca_provider"] = json!("consul");
            config["connect"]["ca_config"] = ca.agent_config();
        }
        if let Some(token) = setup.management_token {
            config["acl"] = json!({
                "enabled": true,
                "default_policy": "deny",
                "tokens": {"initial_management": token, "agent": token},
            });
        }
        if let Some((region, zone)) = setup.locality {
            config["locality"] = json!({"region": region, "zone": zone});
        }
        if let Some(port) = join {
            config["retry_join"] = json!([format!("127.0.0.1:{port}")]);
            config["retry_interval"] = json!("1s");
        }
        fs::write(folder.path().join("config.json"), config.to_string()).unwrap();
        if let Some(file) = setup.configuration {
            fs::copy(file, folder.path().join(file.file_name().unwrap())).unwrap();
        }
        let child = launch(consul, folder.path());
        Self {
            consul: consul.clone(),
            name,
            child,
            ports,
            management_token: setup.management_token.map(str::to_owned),
            folder,
        }
    }

    /// Kills the process and starts it again with its data, so that its streams are cut. Gives the
    /// time at which they were.
    pub(crate) fn restart(&mut self) -> Timestamp {
        self.stop();
        let cut = Timestamp::now();
        self.child = launch(&self.consul, self.folder.path());
        self.wait_until_ready(1);
        cut
    }

    /// Kills the process and waits for its end. A test does so to see what others make of it.
    pub(crate) fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    /// Waits for a leader, a CA and a catalog that lists this many servers, all of which minting a
    /// token needs.
    pub(crate) fn wait_until_ready(&self, servers: usize) {
        wait_for("a server that is ready", START, || {
            if self.leader()?.is_empty() {
                return Err("no leader".to_owned());
            }
            let roots = self.try_get("/v1/connect/ca/roots")?;
            if roots["ActiveRootID"].as_str().is_none_or(str::is_empty) {
                return Err("no active root".to_owned());
            }
            let catalog = self.try_get("/v1/catalog/service/consul")?;
            let has_port = |server: &&Value| server["ServiceMeta"]["grpc_tls_port"].is_string();
            let found = catalog.as_array().into_iter().flatten().filter(has_port);
            match found.count() {
                count if count == servers => Ok(()),
                count => Err(format!("{count} servers in the catalog")),
            }
        });
    }

    /// The RPC address of the leader, or an empty text.
    pub(crate) fn leader(&self) -> Result<String, String> {
        let leader = self.try_get("/v1/status/leader")?;
        Ok(leader.as_str().unwrap_or_default().to_owned())
    }

    /// Whether this server leads its cluster.
    pub(crate) fn leads(&self) -> bool {
        let own = format!("127.0.0.1:{}", self.ports.server);
        self.leader().is_ok_and(|leader| leader == own)
    }

    /// The address that dialers use.
    pub(crate) fn peering_address(&self) -> String {
        format!("127.0.0.1:{}", self.ports.grpc_tls)
    }

    fn send(&self, method: &str, path: &str, body: &[u8]) -> io::Result<Answer> {
        let to = SocketAddr::from((Ipv4Addr::LOCALHOST, self.ports.http));
        let acl_token = self.management_token.as_deref();
        let request = Request {
            method,
            path,
            body,
            acl_token,
        };
        http::send(to, request, REQUEST)
    }

    /// Asks for something that may not be there yet.
    pub(crate) fn try_get(&self, path: &str) -> Result<Value, String> {
        let answer = self.send("GET", path, b"").map_err(|e| e.to_string())?;
        match answer.status {
            200 => serde_json::from_slice(&answer.body).map_err(|e| e.to_string()),
            status => Err(format!("{status} {}", answer.text())),
        }
    }

    /// Asks for something that has to be there.
    pub(crate) fn get(&self, path: &str) -> Value {
        match self.try_get(path) {
            Ok(value) => value,
            Err(error) => panic!("GET {path} at {}: {error}", self.name),
        }
    }

    /// Posts the content of a file.
    pub(crate) fn post_file(&self, path: &str, file: &Path) -> Answer {
        self.send("POST", path, &fs::read(file).unwrap()).unwrap()
    }

    /// Asks the server to restore a snapshot, which may be the end of it.
    pub(crate) fn try_restore(&self, snapshot: &[u8]) -> io::Result<Answer> {
        self.send("PUT", "/v1/snapshot", snapshot)
    }

    /// Whether the process is there.
    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().is_ok_and(|status| status.is_none())
    }

    /// Why the process ended: its panic, and where in Consul, or the last line of its log.
    pub(crate) fn last_words(&self) -> String {
        let log = fs::read(self.log()).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let mut lines = log.lines().skip_while(|line| !line.starts_with("panic: "));
        let Some(panic) = lines.next() else {
            return log.lines().last().unwrap_or_default().to_owned();
        };
        let place = lines.find(|line| line.starts_with("github.com/hashicorp/consul/"));
        let place = place.and_then(|place| place.split('(').next());
        format!("{panic} in {}", place.unwrap_or("another package"))
    }

    /// Posts a request, which may be refused.
    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, body.to_string().as_bytes())
            .unwrap()
    }

    /// Changes something, which has to work.
    pub(crate) fn put(&self, path: &str, body: &Value) {
        self.change("PUT", path, body.to_string().as_bytes());
    }

    /// Makes something, and gives what the server says of it.
    pub(crate) fn create(&self, method: &str, path: &str, body: &Value) -> Value {
        let answer = self.try_change(method, path, body);
        let text = answer.text();
        assert_eq!(answer.status, 200, "{method} {path}: {text}");
        serde_json::from_str(&text).unwrap()
    }

    /// Changes something, which may be refused.
    pub(crate) fn try_change(&self, method: &str, path: &str, body: &Value) -> Answer {
        let body = body.to_string();
        self.send(method, path, body.as_bytes()).unwrap()
    }

    /// Deletes something that has to be there.
    pub(crate) fn delete(&self, path: &str) {
        self.change("DELETE", path, b"");
    }

    fn change(&self, method: &str, path: &str, body: &[u8]) {
        let answer = self.send(method, path, body).unwrap();
        let text = answer.text();
        assert_eq!(answer.status, 200, "{method} {path}: {text}");
    }

    /// Writes a snapshot to a file, with `consul snapshot save`.
    pub(crate) fn save_snapshot(&self, to: &Path) {
        self.snapshot("save", to);
    }

    /// Restores a snapshot from a file, with `consul snapshot restore`.
    pub(crate) fn restore_snapshot(&self, from: &Path) {
        self.snapshot("restore", from);
    }

    fn snapshot(&self, verb: &str, file: &Path) {
        let log = self.folder.path().join("snapshot-log");
        let output = File::create(&log).unwrap();
        let mut command = Command::new(&self.consul.binary);
        command.env_clear().args(["snapshot", verb]).arg(file);
        command.env(
            "CONSUL_HTTP_ADDR",
            format!("http://127.0.0.1:{}", self.ports.http),
        );
        if let Some(token) = &self.management_token {
            command.env("CONSUL_HTTP_TOKEN", token);
        }
        let mut child = command
            .stdin(Stdio::null())
            .stdout(output.try_clone().unwrap())
            .stderr(output)
            .spawn()
            .unwrap();
        let end = Instant::now() + CHANGE;
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break Some(status);
            }
            if Instant::now() > end {
                let _ = child.kill();
                let _ = child.wait();
                break None;
            }
            thread::sleep(Duration::from_millis(50));
        };
        let said = fs::read_to_string(&log).unwrap_or_default();
        let worked = status.is_some_and(|status| status.success());
        assert!(worked, "consul snapshot {verb} at {}: {said}", self.name);
    }
}

/// Starts an agent with the configuration in its folder; the log goes there too.
fn launch(consul: &Consul, folder: &Path) -> Child {
    let mut log = File::options();
    let log = log.append(true).create(true).open(folder.join("log"));
    let log = log.unwrap();
    Command::new(&consul.binary)
        .env_clear()
        .arg("agent")
        .arg("-config-dir")
        .arg(folder)
        .stdin(Stdio::null())
        .stdout(log.try_clone().unwrap())
        .stderr(log)
        .spawn()
        .unwrap()
}

/// Asks until there is an answer. Without one at the end of the limit, it panics with what was
/// found last.
pub(crate) fn wait_for<T>(
    what: &str,
    limit: Duration,
    mut ask: impl FnMut() -> Result<T, String>,
) -> T {
    let end = Instant::now() + limit;
    loop {
        match ask() {
            Ok(answer) => return answer,
            Err(found) if Instant::now() > end => {
                panic!("expected {what} within {limit:?}, but found: {found}")
            }
            Err(_) => thread::sleep(Duration::from_millis(200)),
        }
    }
}

/// A port that nothing listens on, never the same twice. It is below those that systems give to
/// outgoing connections, so that none of these takes it before the server does.
fn free_port() -> u16 {
    static TRIED: AtomicU16 = AtomicU16::new(0);
    // Runs side by side start at different places.
    let start = std::process::id() % 10_000;
    for _ in 0..10_000 {
        let tried = u32::from(TRIED.fetch_add(1, Ordering::Relaxed));
        let port = u16::try_from(20_000 + (start + tried) % 10_000).unwrap();
        let address = (Ipv4Addr::LOCALHOST, port);
        if TcpListener::bind(address).is_ok() && UdpSocket::bind(address).is_ok() {
            return port;
        }
    }
    panic!("expected a free port, but found none");
}
