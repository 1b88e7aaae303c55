//! Snapshots that are crafted to be at the edge of what a server restores, restored into real servers.
//!
//! What peertok accepts for a server's release, the server restores: it does not panic, refuse or hang.
//! That is tried for each of them. With `PEERTOK_LONG` set those that peertok rejects are restored, too;
//! most of them are the end of their server, so that this takes about an hour.
//!
//! `SNAPSHOTS=overwrite` writes what the server did to `fixtures/consul/crafted/`, where
//! `tests/library/crafted_snapshots.rs` finds it. It tries only what the server's table there lacks, and what
//! peertok rejects only with `PEERTOK_LONG`.

use crate::server::{Consul, Server};
use crate::support::crafted::{self, Crafted};
use crate::support::root;
use crate::support::tools::say;
use peertok::snapshot::{State, check_acceptor};
use peertok::token::Release;
use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

/// Servers side by side: each waits for its clocks most of the time.
const WORKERS: usize = 4;

/// How long what a server starts behind a restore may take to end it.
const AFTERMATH: Duration = Duration::from_millis(150);

#[test]
#[ignore = "needs CONSUL_BIN"]
fn what_is_accepted_harms_no_server() {
    let Some(consul) = Consul::from_environment() else {
        return;
    };
    let version = version(&consul.start_for_restores());
    let release: Release = version.parse().unwrap();
    let file = root().join(format!("fixtures/consul/crafted/{version}.tsv"));
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    if overwrites() {
        let recorded = fs::read_to_string(&file).unwrap_or_default();
        let lines = recorded.lines().filter_map(|line| line.split_once('\t'));
        known.extend(lines.map(|(name, outcome)| (name.to_owned(), outcome.to_owned())));
    }
    let is_long = peertok_testing::is_long();
    let cases: Vec<(Crafted, bool)> = crafted::all()
        .into_iter()
        .map(|case| {
            let state = State::read(&*case.file);
            let accepted = state.is_ok_and(|state| check_acceptor(&state, Some(release)).is_ok());
            (case, accepted)
        })
        .filter(|(_, accepted)| *accepted || is_long)
        .filter(|(case, _)| !known.contains_key(&one_line(&case.name)))
        .collect();

    let outcomes = restore_all(&consul, &cases);
    let mut tally: BTreeMap<(bool, &str), usize> = BTreeMap::new();
    let mut harmed = Vec::new();
    for ((case, accepted), outcome) in cases.iter().zip(&outcomes) {
        let kind = outcome.split(':').next().unwrap_or_default();
        *tally.entry((*accepted, kind)).or_default() += 1;
        if *accepted && outcome != "restored" {
            harmed.push(format!("{}: {outcome}", case.name));
        }
    }
    for ((accepted, kind), count) in &tally {
        let verdict = if *accepted { "accepts" } else { "rejects" };
        say(format_args!(
            "Consul {version}: peertok {verdict} {count} that are {kind}"
        ));
    }
    if overwrites() {
        let tried = cases.iter().map(|(case, _)| one_line(&case.name));
        known.extend(tried.zip(outcomes));
        let names = crafted::all().into_iter().map(|case| one_line(&case.name));
        let lines: String = names
            .filter_map(|name| Some(format!("{name}\t{}\n", known.get(&name)?)))
            .collect();
        fs::write(file, lines).unwrap();
    }
    assert!(harmed.is_empty(), "{}", harmed.join("\n"));
}

fn overwrites() -> bool {
    std::env::var("SNAPSHOTS").is_ok_and(|value| value == "overwrite")
}

/// The release that a server says it is.
fn version(server: &Server) -> String {
    let agent = server.get("/v1/agent/self");
    let version = agent["Config"]["Version"].as_str().unwrap_or_default();
    version.split(['-', '+']).next().unwrap().to_owned()
}

fn one_line(text: &str) -> String {
    text.escape_debug().to_string()
}

/// Restores each and gives what came of it, in their order. The index of the last ones stays with the
/// servers that restore them, so each worker takes the next one there is.
fn restore_all(consul: &Consul, cases: &[(Crafted, bool)]) -> Vec<String> {
    let next = AtomicUsize::new(0);
    let outcomes = Mutex::new(vec![String::new(); cases.len()]);
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                let mut worker = Worker {
                    consul,
                    server: None,
                    last: None,
                };
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some((case, _)) = cases.get(at) else {
                        break;
                    };
                    let (outcome, earlier) = worker.restore(at, &case.file);
                    let mut outcomes = outcomes.lock().unwrap();
                    outcomes[at] = outcome;
                    if let Some((at, outcome)) = earlier {
                        outcomes[at] = outcome;
                    }
                }
                thread::sleep(Duration::from_secs(5));
                if let Some((at, outcome)) = worker.aftermath() {
                    outcomes.lock().unwrap()[at] = outcome;
                }
            });
        }
    });
    outcomes.into_inner().unwrap()
}

struct Worker<'a> {
    consul: &'a Consul,
    server: Option<Server>,
    /// The case that the server restored last.
    last: Option<usize>,
}

impl Worker<'_> {
    /// Whether the server has ended since its last restore: the case, and its true outcome.
    fn aftermath(&mut self) -> Option<(usize, String)> {
        let server = self.server.as_mut()?;
        if server.is_running() {
            return None;
        }
        let words = server.last_words();
        self.server = None;
        Some((self.last?, format!("panicked later: {}", one_line(&words))))
    }

    fn restore(&mut self, at: usize, snapshot: &[u8]) -> (String, Option<(usize, String)>) {
        let earlier = self.aftermath();
        let consul = self.consul;
        let server = self
            .server
            .get_or_insert_with(|| consul.start_for_restores());
        let answer = server.try_restore(snapshot);
        thread::sleep(AFTERMATH);
        self.last = Some(at);
        let outcome = match answer {
            _ if !server.is_running() => {
                let words = one_line(&server.last_words());
                self.server = None;
                format!("panicked: {words}")
            }
            Ok(answer) if answer.status == 200 => "restored".to_owned(),
            Ok(answer) => {
                let text = one_line(answer.text().trim_end());
                // Some leave a server that does not lead.
                if !text.contains("failed to read snapshot file") {
                    self.server = None;
                }
                format!("refused: {text}")
            }
            Err(error) => {
                self.server = None;
                // A server that refuses a file before it has read it closes the connection.
                let kind = match error.kind() {
                    ErrorKind::TimedOut | ErrorKind::WouldBlock => "hung",
                    _ => "refused",
                };
                format!("{kind}: {error}")
            }
        };
        (outcome, earlier)
    }
}
