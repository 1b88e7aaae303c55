//! Snapshots at the edge of what servers restore, with what real servers did of each: none that is
//! accepted made a server panic, refuse or hang. `tests/consul/crafted.rs` recorded it.

use crate::support::crafted;
use crate::support::{fixture_text, root};
use peertok::snapshot::{State, check_acceptor};
use peertok::token::Release;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;

#[test]
fn what_is_accepted_harmed_no_server() {
    let cases = crafted::all();
    let states: Vec<_> = cases
        .iter()
        .map(|case| {
            (
                case.name.escape_debug().to_string(),
                State::read(&*case.file),
            )
        })
        .collect();
    let mut releases = 0;
    let mut stricter = String::new();
    for entry in fs::read_dir(root().join("fixtures/consul/crafted")).unwrap() {
        let file = entry.unwrap().file_name().into_string().unwrap();
        let Some(version) = file.strip_suffix(".tsv") else {
            continue;
        };
        releases += 1;
        let release: Release = version.parse().unwrap();
        let recorded = fixture_text(&format!("consul/crafted/{file}"));
        let recorded: BTreeMap<&str, &str> = recorded
            .lines()
            .filter_map(|line| line.split_once('\t'))
            .collect();
        for (name, state) in &states {
            let accepted = match state {
                Ok(state) => check_acceptor(state, Some(release)).is_ok(),
                Err(_) => false,
            };
            // What is rejected was not tried on each release.
            let did = recorded.get(name.as_str()).copied();
            assert!(
                !accepted || did == Some("restored"),
                "{version}: {name}: {did:?}; see tests/consul/README.md for how to record it"
            );
            if !accepted && did == Some("restored") {
                writeln!(stricter, "{version}\t{name}").unwrap();
            }
        }
    }
    assert!(releases > 0);
    // What is rejected although it does no harm, so that a change in that is seen.
    let file = root().join("fixtures/consul/crafted/stricter.txt");
    let mut lines: Vec<_> = stricter.lines().collect();
    lines.sort_unstable();
    let stricter = lines.join("\n") + "\n";
    if std::env::var("SNAPSHOTS").is_ok_and(|value| value == "overwrite") {
        fs::write(&file, &stricter).unwrap();
    }
    assert!(fs::read_to_string(&file).unwrap() == stricter, "{stricter}");
}
