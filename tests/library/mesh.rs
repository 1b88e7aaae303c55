//! Kits for a set of sites: what is in them and for whom, what a second run keeps, and that a changed
//! byte is found.

use crate::support::{root, schema};
use jiff::{SignedDuration, Timestamp};
use peertok::PeeringToken;
use peertok::mesh::{Built, Fault, MeshError, Options, build, check, check_against};
use peertok::snapshot::{State, TokenStatus};
use peertok_testing::cases;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

mod forged;
mod guarded;
mod states;

const STATE: &str = ".mesh-state.json";

fn now() -> Timestamp {
    "2026-11-24T04:30:00Z".parse().unwrap()
}

fn sites(names: &[&str]) -> String {
    let site = |name: &&str| {
        format!(
            "[[sites]]\nname = \"{name}\"\nstate = \"new\"\ndatacenter = \"dc-{name}\"\naddresses = [\"{name}.net:8503\"]\n"
        )
    };
    names.iter().map(site).collect()
}

/// A kit in a temporary folder.
struct Kit {
    folder: TempDir,
}

impl Kit {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn out(&self) -> PathBuf {
        self.folder.path().join("kit")
    }

    fn build_at(&self, text: &str, rotate: &[String], now: Timestamp) -> Result<Built, MeshError> {
        let (folder, out) = (root().join("fixtures"), self.out());
        let mut options = Options::new(&folder, &out, now);
        options.rotate = rotate;
        build(text, &options, &|_, _| {})
    }

    fn build(&self, text: &str) -> Built {
        self.build_at(text, &[], now()).unwrap()
    }

    /// The one fault for which nothing is written.
    fn fault(&self, text: &str) -> Fault {
        let before = self.out().exists().then(|| self.files());
        let error = self.build_at(text, &[], now()).unwrap_err();
        let MeshError::File(mut faults) = error else {
            panic!("{error}")
        };
        assert_eq!(self.out().exists().then(|| self.files()), before);
        assert_eq!(faults.len(), 1, "{faults:?}");
        faults.remove(0).fault
    }

    /// The content and the time of every file, by path.
    fn files(&self) -> BTreeMap<String, (Vec<u8>, (i64, i64))> {
        let mut files = BTreeMap::new();
        for path in walk(&self.out()) {
            let found = fs::metadata(&path).unwrap();
            let name = path.strip_prefix(self.out()).unwrap().to_str().unwrap();
            let time = (found.mtime(), found.mtime_nsec());
            files.insert(name.to_owned(), (fs::read(&path).unwrap(), time));
        }
        files
    }

    fn snapshot(&self, site: &str) -> State {
        State::read(File::open(self.out().join(site).join("seeded.snap")).unwrap()).unwrap()
    }

    fn token(&self, site: &str, peer: &str) -> PeeringToken {
        let file = self.out().join(site).join(format!("{peer}.token"));
        PeeringToken::decode(&fs::read(file).unwrap()).unwrap()
    }

    /// What the kit keeps, without the line of the sum.
    fn state(&self) -> Value {
        let text = fs::read_to_string(self.out().join(STATE)).unwrap();
        let end = text.trim_end().rfind('\n').unwrap();
        serde_json::from_str(&text[..end]).unwrap()
    }

    fn faults(&self) -> Vec<(String, String)> {
        let checked = check(&self.out(), now()).unwrap();
        let faults = checked.faults.into_iter();
        faults
            .map(|(path, fault)| (path, fault.to_string()))
            .collect()
    }

    /// The faults of the kit beside the file that it was built from.
    fn faults_against(&self, text: &str) -> Vec<(String, String)> {
        let (folder, out) = (root().join("fixtures"), self.out());
        let options = Options::new(&folder, &out, now());
        let checked = check_against(text, &options, now()).unwrap();
        let faults = checked.faults.into_iter();
        faults
            .map(|(path, fault)| (path, fault.to_string()))
            .collect()
    }

    /// Writes a file as the kit does, for its owner alone.
    fn put(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.out().join(path);
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    }
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(walk(&path))
        } else {
            found.push(path)
        }
    }
    found.sort();
    found
}

/// All texts that can be read out of a file: as it is, unpacked, and without its base64.
fn texts(path: &Path) -> String {
    let bytes = fs::read(path).unwrap();
    let name = path.to_str().unwrap();
    let plain = || String::from_utf8(bytes.clone()).unwrap();
    let of_token = |token: &[u8]| {
        String::from_utf8(peertok::token::decode_base64(token).unwrap().to_vec()).unwrap()
    };
    if name.ends_with(".snap") {
        let mut unpacked = Vec::new();
        let mut gzip = flate2::read::GzDecoder::new(&*bytes);
        gzip.read_to_end(&mut unpacked).unwrap();
        return String::from_utf8_lossy(&unpacked).into_owned();
    }
    if name.ends_with(".token") {
        return of_token(&bytes);
    }
    if name.ends_with(".establish.json") {
        let body: Value = serde_json::from_slice(&bytes).unwrap();
        return of_token(body["PeeringToken"].as_str().unwrap().as_bytes());
    }
    if name.ends_with(".secret.yaml") {
        let secrets = peertok::kubernetes::read(&bytes).unwrap();
        return secrets
            .iter()
            .map(|secret| of_token(&secret.token))
            .collect();
    }
    plain()
}

const SITES: [&str; 3] = ["berlin", "oslo", "tokyo"];

#[test]
fn each_site_gets_what_it_needs_for_owners_eyes_alone() {
    let kit = Kit::new();
    let built = kit.build(&format!(
        "{}kubernetes = {{ namespace = \"consul\" }}\n",
        sites(&SITES)
    ));
    assert_eq!((built.sites, built.pairs), (3, 3));
    let files: Vec<String> = kit.files().into_keys().collect();
    let expected = "\
        .mesh-state.json berlin/RUNBOOK.md berlin/agent-ca.json berlin/root.pem berlin/seeded.snap \
        manifest.json mesh.html oslo/RUNBOOK.md oslo/agent-ca.json oslo/berlin.establish.json \
        oslo/berlin.token oslo/root.pem oslo/seeded.snap tokyo/RUNBOOK.md tokyo/agent-ca.json \
        tokyo/berlin.establish.json tokyo/berlin.peering.yaml tokyo/berlin.secret.yaml \
        tokyo/berlin.token tokyo/oslo.establish.json tokyo/oslo.peering.yaml tokyo/oslo.secret.yaml \
        tokyo/oslo.token tokyo/root.pem";
    assert_eq!(files.join(" "), expected);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    for path in walk(&kit.out()) {
        assert_eq!(mode(&path), 0o600, "{path:?}");
    }
    for folder in ["", "berlin", "oslo", "tokyo"] {
        assert_eq!(mode(&kit.out().join(folder)), 0o700, "{folder}");
    }
    let token = kit.token("tokyo", "oslo");
    assert_eq!(token.dialed_addresses(), ["oslo.net:8503"]);
    let status = |site: &str, token: &PeeringToken| {
        let state = kit.snapshot(site);
        TokenStatus::of(&state, &token.peer_id, &token.establishment_secret)
    };
    assert_eq!(status("oslo", &token), TokenStatus::Redeemable);
    assert_eq!(status("berlin", &token), TokenStatus::Unknown);
    assert_eq!(kit.faults(), []);
}

/// The places of a secret or key: the sites' folders that it can be read out of.
fn places(kit: &Kit, secret: &str) -> BTreeSet<String> {
    let mut places = BTreeSet::new();
    for path in walk(&kit.out()) {
        let name = path.strip_prefix(kit.out()).unwrap().to_str().unwrap();
        if name != STATE && texts(&path).contains(secret) {
            places.insert(name.split('/').next().unwrap().to_owned());
        }
    }
    places
}

#[test]
fn no_secret_is_where_it_is_not_needed() {
    for mode in ["token", "active"] {
        let kit = Kit::new();
        kit.build(&format!("mode = \"{mode}\"\n{}", sites(&SITES)));
        let state = kit.state();
        for pair in state["pairs"].as_array().unwrap() {
            let text = |key: &str| pair[key].as_str().unwrap().to_owned();
            let ends = BTreeSet::from([text("accept"), text("dial")]);
            assert_eq!(places(&kit, &text("secret")), ends, "{mode}");
        }
        for (name, site) in state["sites"].as_object().unwrap() {
            let key = site["ca"]["private_key"].as_str().unwrap();
            // Of the key's own text, as PEM in JSON has its line ends escaped.
            let line = key.lines().nth(1).unwrap();
            assert_eq!(places(&kit, line), BTreeSet::from([name.clone()]), "{mode}");
        }
    }
}

#[test]
fn in_active_mode_both_ends_have_the_streams_secret_and_there_is_no_token() {
    let kit = Kit::new();
    kit.build(&format!("mode = \"active\"\n{}", sites(&SITES)));
    let (berlin, tokyo) = (kit.snapshot("berlin"), kit.snapshot("tokyo"));
    let accepts = berlin.peering("tokyo").unwrap();
    let dials = tokyo.peering("berlin").unwrap();
    assert!(accepts.secrets.active_stream.is_some());
    assert_eq!(accepts.secrets.active_stream, dials.secrets.active_stream);
    assert_eq!(dials.peer_id.as_deref(), Some(&*accepts.id));
    assert!(kit.files().keys().all(|name| !name.contains(".token")));
    assert_eq!(kit.faults(), []);
}

#[test]
fn a_second_run_writes_nothing() {
    for mode in ["token", "active"] {
        let kit = Kit::new();
        let text = format!("mode = \"{mode}\"\n{}", sites(&SITES));
        kit.build(&text);
        let before = kit.files();
        let later = now() + SignedDuration::from_hours(5);
        let built = kit.build_at(&text, &[], later).unwrap();
        assert_eq!((built.written, built.removed), (0, 0));
        assert_eq!(kit.files(), before);
    }
}

#[test]
fn a_site_that_is_added_adds_only_its_pairs() {
    let kit = Kit::new();
    kit.build(&sites(&SITES));
    let before = kit.files();
    let old_secrets = kit.state()["pairs"].clone();
    let built = kit.build(&sites(&["berlin", "oslo", "tokyo", "lima"]));
    assert_eq!(built.pairs, 6);
    let after = kit.files();
    for (path, content) in &before {
        // What has something of all pairs, or of the new ones.
        let changes = [
            "RUNBOOK.md",
            "seeded.snap",
            "mesh.html",
            "manifest.json",
            STATE,
        ];
        if !changes.iter().any(|name| path.ends_with(name)) {
            assert_eq!(after.get(path), Some(content), "{path}");
        }
    }
    let pairs = kit.state()["pairs"].clone();
    assert_eq!(
        pairs.as_array().unwrap()[..3],
        old_secrets.as_array().unwrap()[..]
    );
    assert_eq!(kit.snapshot("berlin").peerings.len(), 3);
    assert_eq!(kit.faults(), []);

    // A site that goes takes its folder along, and comes back with the secrets that it had.
    let built = kit.build(&sites(&SITES));
    assert!(built.removed > 0 && !kit.out().join("lima").exists());
    assert_eq!(kit.faults(), []);
    kit.build(&sites(&["berlin", "oslo", "tokyo", "lima"]));
    assert_eq!(kit.state()["pairs"], pairs);
}

#[test]
fn a_base_that_knows_the_peering_keeps_its_id() {
    let kit = Kit::new();
    let state = State::read(File::open(root().join("fixtures/consul/alpha-minted.snap")).unwrap());
    let state = state.unwrap();
    let known = state.peerings.first().unwrap();
    let text = format!(
        "allow_private = true\n[[sites]]\nname = \"alpha\"\nbase = \"consul/alpha-minted.snap\"\n{}",
        sites(&[&known.name])
    );
    kit.build(&text);
    let token = kit.token(&known.name, "alpha");
    assert_eq!(token.peer_id, known.id);
    let seeded = kit.snapshot("alpha");
    let status = |state: &State, token: &PeeringToken| {
        TokenStatus::of(state, &token.peer_id, &token.establishment_secret)
    };
    assert_eq!(status(&seeded, &token), TokenStatus::Redeemable);
    let before = kit.files();
    kit.build(&text);
    assert_eq!(kit.files(), before);
}

#[test]
fn rotation_replaces_one_secret() {
    let kit = Kit::new();
    kit.build(&sites(&SITES));
    let tokens = |kit: &Kit| {
        [("oslo", "berlin"), ("tokyo", "berlin"), ("tokyo", "oslo")]
            .map(|(site, peer)| kit.token(site, peer))
    };
    let [a, b, c] = tokens(&kit);
    let rotate = ["tokyo/berlin".to_owned()];
    kit.build_at(&sites(&SITES), &rotate, now()).unwrap();
    let [a2, b2, c2] = tokens(&kit);
    assert_eq!((&a, &c), (&a2, &c2));
    assert_eq!(b.peer_id, b2.peer_id);
    assert_ne!(b.establishment_secret, b2.establishment_secret);
    let berlin = kit.snapshot("berlin");
    assert_eq!(
        TokenStatus::of(&berlin, &b2.peer_id, &b2.establishment_secret),
        TokenStatus::Redeemable
    );
    assert_eq!(kit.faults(), []);
    let missing = ["tokyo/lima".to_owned()];
    let error = kit.build_at(&sites(&SITES), &missing, now()).unwrap_err();
    assert!(matches!(error, MeshError::NoSuchPair { .. }));
}

/// The older cluster dials, as a newer one may find no way to speak to it.
#[test]
fn in_a_full_mesh_the_older_release_dials() {
    let kit = Kit::new();
    let text = sites(&["berlin", "oslo"]).replacen("name", "consul_version = \"1.20\"\nname", 1);
    let text = format!("{text}consul_version = \"1.22\"\n");
    kit.build(&text);
    assert!(kit.out().join("berlin/oslo.token").exists());
    assert!(!kit.out().join("oslo/berlin.token").exists());
}

#[test]
fn sites_that_cannot_be_told_apart_are_refused() {
    let kit = Kit::new();
    let id = "cluster_id = \"11111111-1111-1111-1111-111111111111\"\n";
    let two = sites(&["berlin"]) + id + &sites(&["oslo"]) + id;
    assert!(matches!(kit.fault(&two), Fault::ClusterIdTwice { .. }));
    let base = "base = \"consul/alpha-before.snap\"\nallow_private = true\n";
    let two = format!("[[sites]]\nname = \"a\"\n{base}[[sites]]\nname = \"b\"\n{base}");
    assert!(matches!(kit.fault(&two), Fault::BaseTwice { .. }));
    let inside = sites(&["berlin", "oslo"]).replace("berlin.net", "127.0.0.1");
    assert!(matches!(kit.fault(&inside), Fault::NotFromOutside { .. }));
    assert!(!kit.out().exists());
    let later = kit.build_at(
        "[[sites]]\nname = \"a\"\nbase = \"consul/alpha-before.snap\"\nallow_private = true\n",
        &[],
        now() + SignedDuration::from_hours(2),
    );
    assert!(
        matches!(later, Err(MeshError::File(faults)) if matches!(faults[0].fault, Fault::OldBase { .. }))
    );
}

/// What a run-book has in its code blocks.
fn commands(kit: &Kit, site: &str) -> Vec<String> {
    let text = fs::read_to_string(kit.out().join(site).join("RUNBOOK.md")).unwrap();
    let commands = text.lines().filter_map(|line| line.strip_prefix("    "));
    commands.map(str::to_owned).collect()
}

#[test]
fn a_run_book_tells_what_to_type_in_order() {
    let kit = Kit::new();
    kit.build(&format!("{}kubernetes = {{}}\n", sites(&SITES)));
    let position = |site: &str, command: &str| {
        let commands = commands(&kit, site);
        let found = commands.iter().position(|found| found.contains(command));
        found.unwrap_or_else(|| panic!("{command}: {commands:#?}"))
    };
    let order = [
        "agent-ca.json /etc/consul.d/",
        "consul acl bootstrap",
        "consul snapshot restore seeded.snap",
        "consul acl token create",
        "--data-binary @berlin.establish.json",
        "consul peering list",
    ];
    let places = order.map(|command| position("oslo", command));
    assert!(places.is_sorted(), "{places:?}");
    let secret = position("tokyo", "berlin.secret.yaml");
    assert!(secret < position("tokyo", "berlin.peering.yaml"));
    // A site that only dials restores nothing, and one that was restored does not again.
    let restores = |site: &str| {
        commands(&kit, site)
            .iter()
            .any(|found| found.contains("restore"))
    };
    assert!(!restores("tokyo") && restores("berlin"));
    kit.build(&states::in_states(&[
        ("berlin", "running"),
        ("oslo", "new"),
        ("tokyo", "new"),
    ]));
    let again = commands(&kit, "berlin")
        .iter()
        .any(|found| found.contains("restore"));
    assert!(!again && !kit.out().join("berlin/seeded.snap").exists());
    assert_eq!(kit.faults(), []);
}

#[test]
fn a_folder_of_others_is_left_alone() {
    let kit = Kit::new();
    fs::create_dir(kit.out()).unwrap();
    fs::write(kit.out().join("thesis.tex"), "").unwrap();
    let error = kit.build_at(&sites(&SITES), &[], now()).unwrap_err();
    assert!(matches!(error, MeshError::NotAKit { .. }), "{error}");
}

#[test]
fn a_changed_byte_in_any_file_is_found_and_named() {
    let kit = Kit::new();
    kit.build(&format!("{}kubernetes = {{}}\n", sites(&SITES)));
    for path in walk(&kit.out()) {
        let name = path.strip_prefix(kit.out()).unwrap().to_str().unwrap();
        let whole = fs::read(&path).unwrap();
        let places = [0, whole.len() - 1];
        let random = (0..cases(1)).map(|_| fastrand::usize(..whole.len()));
        for at in places.into_iter().chain(random) {
            let mut changed = whole.clone();
            changed[at] ^= 1 << fastrand::u8(..8);
            fs::write(&path, &changed).unwrap();
            let faults = kit.faults();
            assert!(
                faults.iter().any(|(found, _)| found == name),
                "{name}, byte {at}: {faults:?}"
            );
        }
        fs::remove_file(&path).unwrap();
        match check(&kit.out(), now()) {
            Ok(checked) => {
                let named = checked.faults.iter().any(|(found, _)| found == name);
                assert!(named, "{name}");
            }
            Err(error) => assert!(name == "manifest.json", "{name}: {error}"),
        }
        fs::write(&path, &whole).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    }
    for name in ["oslo/note.txt", "note.txt"] {
        fs::write(kit.out().join(name), "").unwrap();
        assert_eq!(kit.faults()[0].0, name);
        fs::remove_file(kit.out().join(name)).unwrap();
    }
    assert_eq!(kit.faults(), []);
}

#[test]
fn dates_are_judged_at_the_moment_of_use() {
    let kit = Kit::new();
    kit.build(&sites(&SITES));
    let checked = check(&kit.out(), "2037-01-01T00:00:00Z".parse().unwrap()).unwrap();
    let expired = checked
        .findings
        .iter()
        .filter(|(_, finding)| finding.name == "ca-expired");
    assert_eq!(expired.count(), 3);
    // The configurations of all three, of which the tokens of one tell nothing.
    assert_eq!(checked.faults.len(), 3);
}

/// The schema and the parser agree on what a file may look like.
#[test]
fn the_schema_takes_what_the_parser_takes() {
    let schema = schema("mesh.toml.json");
    let example = example();
    let site = sites(&["a"]);
    let accepted = [
        example.as_str(),
        &site,
        "pairs = \"full\"\nmode = \"active\"\nallow_private = true\n[[sites]]\nname = \"a\"\nstate = \"new\"\ndatacenter = \"b\"\n",
        "[[sites]]\nname = \"a\"\nbase = \"a.snap\"\n",
        "[[sites]]\nname = \"a\"\nbase = \"a.snap\"\nstate = \"running\"\n",
        "[[sites]]\nname = \"a\"\nstate = \"running\"\ndatacenter = \"b\"\n",
        "[[sites]]\nname = \"a\"\nstate = \"new\"\ndatacenter = \"b\"\nca = [\"a.pem\"]\nkey = \"a.key\"\ncluster_id = \"11111111-1111-1111-1111-11111111111A\"\n",
        "[[sites]]\nname = \"a\"\nstate = \"new\"\ndatacenter = \"b\"\nconsul_version = \"1.20.1\"\nkubernetes = { namespace = \"n\", secret_prefix = \"p-\" }\n",
    ];
    let refused = [
        "",
        "sites = []\n",
        "mode = \"both\"\n[[sites]]\nname = \"a\"\nstate = \"new\"\ndatacenter = \"b\"\n",
        "pairs = \"some\"\n[[sites]]\nname = \"a\"\nstate = \"new\"\ndatacenter = \"b\"\n",
        "pairs = [{accept = \"a\"}]\n[[sites]]\nname = \"a\"\nstate = \"new\"\ndatacenter = \"b\"\n",
        "other = 1\n[[sites]]\nname = \"a\"\nstate = \"new\"\ndatacenter = \"b\"\n",
        "[[sites]]\nname = \"a\"\n",
        "[[sites]]\nname = \"a\"\ndatacenter = \"b\"\n",
        "[[sites]]\nname = \"a\"\ndatacenter = \"b\"\nstate = \"restored\"\n",
        "[[sites]]\nname = \"a\"\nbase = \"a.snap\"\nstate = \"new\"\n",
        "[[sites]]\nname = \"a\"\nbase = \"a.snap\"\nrestored = true\n",
        "[[sites]]\ndatacenter = \"a\"\n",
        "[[sites]]\nname = \"A\"\nstate = \"new\"\ndatacenter = \"b\"\n",
        "[[sites]]\nname = \"a\"\nstate = \"new\"\ndatacenter = \"b\"\ncluster_id = \"1\"\n",
        "[[sites]]\nname = \"a\"\nstate = \"new\"\ndatacenter = \"b\"\nkey = \"a.key\"\n",
        "[[sites]]\nname = \"a\"\nbase = \"\"\n",
        "[[sites]]\nname = \"a\"\nbase = \"a.snap\"\nca = [\"a.pem\"]\n",
        "[[sites]]\nname = \"a\"\nbase = \"a.snap\"\ncluster_id = \"11111111-1111-1111-1111-111111111111\"\n",
        "[[sites]]\nname = \"a\"\nstate = \"new\"\ndatacenter = \"b\"\naddresses = \"c:1\"\n",
        "[[sites]]\nname = \"a\"\nstate = \"new\"\ndatacenter = \"b\"\nconsul_version = \"one\"\n",
        "[[sites]]\nname = \"a\"\nstate = \"new\"\ndatacenter = \"b\"\nkubernetes = { secret = \"x\" }\n",
    ];
    for (texts, expected) in [(&accepted[..], true), (&refused[..], false)] {
        for text in texts {
            let value: toml::Value = toml::from_str(text).unwrap();
            let value = serde_json::to_value(value).unwrap();
            let parsed = peertok::mesh::MeshFile::parse(text);
            assert_eq!(parsed.is_ok(), expected, "{text}: {parsed:?}");
            assert_eq!(schema.is_valid(&value), expected, "{text}");
        }
    }
}

/// The example of the documentation.
fn example() -> String {
    let text = fs::read_to_string(root().join("docs/mesh.md")).unwrap();
    let (_, from) = text.split_once("```toml\n").unwrap();
    from.split_once("```").unwrap().0.to_owned()
}

#[test]
fn the_example_of_the_documentation_works() {
    let kit = Kit::new();
    let built = kit.build(&example());
    assert_eq!((built.sites, built.pairs), (3, 3));
    assert_eq!(kit.faults(), []);
}
