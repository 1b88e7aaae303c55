//! New and running sites: no running one loses what it has.

use super::*;

#[test]
fn a_running_site_needs_a_new_base_for_new_pairs() {
    let alpha = |extra: &str, others: &[&str]| {
        let pairs = others
            .iter()
            .map(|name| format!("{{accept = \"alpha\", dial = \"{name}\"}}"));
        let pairs: Vec<String> = pairs.collect();
        format!(
            "pairs = [{}]\n[[sites]]\nname = \"alpha\"\nallow_private = true\n{extra}\n{}",
            pairs.join(", "),
            sites(others)
        )
    };
    let kit = Kit::new();
    let before = "base = \"consul/alpha-before.snap\"";
    // The moment of both fixtures, within a minute.
    let then: Timestamp = "2026-11-24T04:21:30Z".parse().unwrap();
    kit.build_at(&alpha(before, &["rome"]), &[], then).unwrap();
    assert!(kit.snapshot("alpha").peering("rome").is_some());
    let token = kit.token("rome", "alpha");

    // The base grows old: it is used again only as long as nothing is added.
    let later = then + SignedDuration::from_hours(2);
    let built = kit.build_at(&alpha(before, &["rome"]), &[], later).unwrap();
    assert_eq!(built.written, 0);
    let more = kit.build_at(&alpha(before, &["rome", "lima"]), &[], later);
    let Err(MeshError::File(faults)) = more else {
        panic!("{more:?}")
    };
    assert!(
        matches!(faults[0].fault, Fault::OldBase { .. }),
        "{faults:?}"
    );

    // It was restored, and the base leaves the file: the snapshot goes too, as it must not be
    // restored again, and tokens stay as they are.
    let running = "datacenter = \"alpha\"\nstate = \"running\"";
    assert!(
        matches!(kit.fault(&alpha(running, &["rome", "lima"])), Fault::NeedsBase { peers, .. } if peers == "lima")
    );
    let built = kit.build(&alpha(running, &["rome"]));
    assert_eq!(built.as_restored, [("alpha".to_owned(), "rome".to_owned())]);
    assert!(!kit.out().join("alpha/seeded.snap").exists());
    assert_eq!(kit.token("rome", "alpha"), token);
    assert_eq!(kit.build(&alpha(running, &["rome"])).as_restored, []);
    // Nor is it new ever again.
    let new = "datacenter = \"alpha\"\nstate = \"new\"\naddresses = [\"127.0.0.1\"]";
    assert!(matches!(
        kit.fault(&alpha(new, &["rome"])),
        Fault::WasRunning { .. }
    ));

    // A base from after the restore: the fixture has other peerings and not this one.
    let new = "base = \"consul/alpha-external.snap\"";
    kit.build(&alpha(new, &["rome", "lima"]));
    let state = kit.snapshot("alpha");
    assert!(state.peering("lima").is_some());
    assert_eq!(kit.token("rome", "alpha").peer_id, token.peer_id);
    let files = kit.files();
    kit.build(&alpha(new, &["rome", "lima"]));
    assert_eq!(kit.files(), files);
    // Neither is one that is older than the snapshot which was restored.
    let earlier = "base = \"consul/alpha-minted.snap\"";
    let fault = kit.fault(&alpha(earlier, &["rome", "lima", "kyiv"]));
    assert!(matches!(fault, Fault::EarlierBase { .. }), "{fault}");
}

/// `sites` with other states.
pub(crate) fn in_states(states: &[(&str, &str)]) -> String {
    let site =
        |(name, state): &(&str, &str)| sites(&[name]).replace("\"new\"", &format!("\"{state}\""));
    states.iter().map(site).collect()
}

/// The loss that was tried on servers: a site that only dials was restored from nothing.
#[test]
fn a_running_site_never_gets_a_snapshot_without_a_base() {
    let pairs = |more: &str| {
        format!(
            "pairs = [{{accept = \"berlin\", dial = \"oslo\"}}, {{accept = \"berlin\", dial = \"tokyo\"}}, {{accept = \"oslo\", dial = \"tokyo\"}}{more}]\n"
        )
    };
    let kit = Kit::new();
    kit.build(&(pairs("") + &sites(&SITES)));
    let up = [
        ("berlin", "running"),
        ("oslo", "running"),
        ("tokyo", "running"),
        ("quito", "new"),
    ];
    let up = in_states(&up);
    let fault = kit.fault(&(pairs(", {accept = \"tokyo\", dial = \"quito\"}") + &up));
    let hints = fault.hints();
    let Fault::NeedsBase { site, peers, turn } = fault else {
        panic!("{fault}")
    };
    assert_eq!((site.as_str(), peers.as_str()), ("tokyo", "quito"));
    assert_eq!(turn, ["quito"]);
    assert!(
        hints[1].contains("{ accept = \"quito\", dial = \"tokyo\" }"),
        "{hints:?}"
    );

    let built = kit.build(&(pairs(", {accept = \"quito\", dial = \"tokyo\"}") + &up));
    assert_eq!(built.erasing, ["quito"]);
    let snapshots = walk(&kit.out())
        .into_iter()
        .filter(|path| path.ends_with("seeded.snap"));
    assert_eq!(
        snapshots.collect::<Vec<_>>(),
        [kit.out().join("quito/seeded.snap")]
    );

    // Nobody can turn a pair that the older release has to dial.
    let text = pairs(", {accept = \"tokyo\", dial = \"peru\"}") + &up.replace("quito", "peru");
    let text = text.replace(
        "name = \"tokyo\"",
        "consul_version = \"1.22\"\nname = \"tokyo\"",
    );
    let text = text.replace(
        "name = \"peru\"",
        "consul_version = \"1.20\"\nname = \"peru\"",
    );
    assert!(matches!(kit.fault(&text), Fault::NeedsBase { turn, .. } if turn.is_empty()));
}

#[test]
fn a_snapshot_without_a_base_for_a_running_site_is_a_fault_of_the_kit() {
    let kit = Kit::new();
    kit.build(&sites(&SITES));
    let checked = check(&kit.out(), now()).unwrap();
    assert_eq!(checked.erasing, ["berlin/seeded.snap", "oslo/seeded.snap"]);
    // As a run leaves it that is killed once it has taken note of the site's state.
    let (manifest, path) = (
        kit.out().join("manifest.json"),
        kit.out().join("oslo/seeded.snap"),
    );
    let (before, snapshot) = (fs::read(&manifest).unwrap(), fs::read(&path).unwrap());
    let book = kit.out().join("oslo/RUNBOOK.md");
    let text = fs::read(&book).unwrap();
    let states = [("berlin", "new"), ("oslo", "running"), ("tokyo", "new")];
    kit.build(&in_states(&states));
    assert!(!path.exists());
    for (path, bytes) in [(manifest, before), (path, snapshot), (book, text)] {
        fs::write(path, bytes).unwrap();
    }
    let faults = kit.faults();
    let is_it = |(path, fault): &(String, String)| {
        path == "oslo/seeded.snap" && fault.starts_with("restoring it erases KV, ACLs, ")
    };
    assert!(faults.iter().any(is_it), "{faults:?}");
}

/// A kit may change before it is carried in. What it must not be used for is said again.
#[test]
fn a_snapshot_that_is_replaced_is_told_of() {
    let kit = Kit::new();
    let built = kit.build(&sites(&SITES));
    assert_eq!((built.erasing.len(), built.replaced.len()), (2, 0));
    let built = kit.build(&sites(&SITES));
    assert_eq!((built.erasing.len(), built.replaced.len()), (2, 0));
    let built = kit.build(&sites(&["berlin", "oslo", "tokyo", "lima"]));
    assert_eq!(built.erasing, ["berlin", "oslo", "tokyo"]);
    assert_eq!(built.replaced, ["berlin", "oslo", "tokyo"]);
}

#[test]
fn in_a_full_mesh_a_running_site_dials_a_new_one() {
    let kit = Kit::new();
    let states = in_states(&[("berlin", "running"), ("oslo", "new"), ("tokyo", "new")]);
    let built = kit.build(&states);
    let names = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        let names = pairs
            .iter()
            .map(|(one, other)| ((*one).to_owned(), (*other).to_owned()));
        names.collect()
    };
    assert_eq!(
        built.spared,
        names(&[("berlin", "oslo"), ("berlin", "tokyo")])
    );
    let files: Vec<String> = kit
        .files()
        .into_keys()
        .filter(|path| path.starts_with("berlin/"))
        .collect();
    // Its CA is its own, and not made here.
    assert_eq!(
        files,
        [
            "berlin/RUNBOOK.md",
            "berlin/oslo.establish.json",
            "berlin/oslo.token",
            "berlin/tokyo.establish.json",
            "berlin/tokyo.token"
        ]
    );
    assert_eq!(kit.faults(), []);
    // The pairs keep their direction once all are running.
    let all = in_states(&[
        ("berlin", "running"),
        ("oslo", "running"),
        ("tokyo", "running"),
    ]);
    assert_eq!(kit.build(&all).spared, []);

    // Two that are running cannot spare each other; with the secret in both snapshots, nor can one.
    let two = in_states(&[("berlin", "running"), ("oslo", "running")]);
    assert!(matches!(Kit::new().fault(&two), Fault::NeedsBase { site, .. } if site == "berlin"));
    let active = format!("mode = \"active\"\n{states}");
    let fault = Kit::new().fault(&active);
    assert!(
        matches!(&fault, Fault::NeedsBase { peers, turn, .. } if peers == "oslo, tokyo" && turn.is_empty()),
        "{fault}"
    );

    // An older release has to dial, whatever it spares.
    let old = sites(&["oslo"]) + "consul_version = \"1.20\"\n";
    let running = in_states(&[("berlin", "running")]) + "consul_version = \"1.22\"\n";
    assert!(
        matches!(Kit::new().fault(&(running + &old)), Fault::NeedsBase { site, .. } if site == "berlin")
    );
}
