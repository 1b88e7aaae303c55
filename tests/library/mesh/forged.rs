//! A file of a kit that is changed together with the manifest: what is caught by whom.
//!
//! | who changes | is caught by |
//! |---|---|
//! | a file and its sum | the seal |
//! | the same, with the key that seals | what the files say of each other, or the file with the sites |

use super::*;
use ring::digest::{SHA256, digest};
use ring::hmac;
use serde_json::json;

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(super) fn sha256(content: &[u8]) -> String {
    hex(digest(&SHA256, content).as_ref())
}

/// Writes a manifest with other files, whose sum is right; and, with the key of the kit, whose seal
/// is right.
pub(super) fn edit_manifest(
    kit: &Kit,
    is_sealed: bool,
    edit: impl FnOnce(&mut BTreeMap<String, String>),
) {
    let path = kit.out().join("manifest.json");
    let mut manifest: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let mut files: BTreeMap<String, String> =
        serde_json::from_value(manifest["files"].clone()).unwrap();
    edit(&mut files);
    let lines: String = files
        .iter()
        .map(|(path, sum)| format!("{sum}  {path}\n"))
        .collect();
    let sum = sha256(lines.as_bytes());
    if is_sealed {
        let state = kit.state();
        let key = state["seal_key"].as_str().unwrap();
        let key = hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes());
        let state = manifest["state"].as_str().unwrap();
        let sealed = format!("peertok.mesh-manifest/1\n{sum}\n{state}\n");
        manifest["seal"] = json!(hex(hmac::sign(&key, sealed.as_bytes()).as_ref()));
    }
    // The keys in the order in which they are written.
    let mut text = String::from("{\n");
    for key in ["schema", "files", "sum_of_sums", "state", "seal"] {
        let value = match key {
            "files" => json!(files),
            "sum_of_sums" => json!(sum),
            key => manifest[key].clone(),
        };
        let value = serde_json::to_string_pretty(&value)
            .unwrap()
            .replace('\n', "\n  ");
        let end = if key == "seal" { "\n}\n" } else { ",\n" };
        text.push_str(&format!("  \"{key}\": {value}{end}"));
    }
    kit.put("manifest.json", text);
}

/// Changes a file, and its sum in the manifest.
fn forge(kit: &Kit, is_sealed: bool, path: &str, content: &[u8]) {
    kit.put(path, content);
    edit_manifest(kit, is_sealed, |files| {
        files.insert(path.to_owned(), sha256(content));
    });
}

fn text() -> String {
    format!(
        "{}kubernetes = {{ namespace = \"consul\" }}\n",
        sites(&SITES)
    )
}

/// Changes each file of a kit in turn, by a blank at its end, and says what the checks say.
fn with_each_changed(is_sealed: bool, check: impl Fn(&Kit, &str)) {
    let kit = Kit::new();
    kit.build(&text());
    let manifest = fs::read(kit.out().join("manifest.json")).unwrap();
    for path in walk(&kit.out()) {
        let name = path.strip_prefix(kit.out()).unwrap().to_str().unwrap();
        if [STATE, "manifest.json"].contains(&name) {
            continue;
        }
        let whole = fs::read(&path).unwrap();
        forge(&kit, is_sealed, name, &[&whole[..], b"\n"].concat());
        check(&kit, name);
        kit.put(name, whole);
        kit.put("manifest.json", &manifest);
    }
    assert_eq!(kit.faults_against(&text()), []);
}

#[test]
fn a_manifest_that_was_changed_with_a_file_has_no_seal() {
    with_each_changed(false, |kit, name| {
        let faults = kit.faults();
        let is_it = |(path, fault): &(String, String)| {
            path == "manifest.json" && fault.starts_with("the manifest was changed")
        };
        assert!(faults.iter().any(is_it), "{name}: {faults:?}");
        // The file with the sites says which it is.
        let faults = kit.faults_against(&text());
        assert!(
            faults.iter().any(|(path, _)| path == name),
            "{name}: {faults:?}"
        );
    });
}

#[test]
fn a_manifest_with_the_right_seal_does_not_hide_a_file_that_changed() {
    with_each_changed(true, |kit, name| {
        let faults = kit.faults_against(&text());
        assert!(
            faults.iter().any(|(path, _)| path == name),
            "{name}: {faults:?}"
        );
    });
}

#[test]
fn a_file_that_was_taken_out_of_the_manifest_is_missed() {
    let kit = Kit::new();
    kit.build(&text());
    for is_sealed in [false, true] {
        for name in ["tokyo/oslo.token", "berlin/RUNBOOK.md", "mesh.html"] {
            let whole = fs::read(kit.out().join(name)).unwrap();
            let manifest = fs::read(kit.out().join("manifest.json")).unwrap();
            fs::remove_file(kit.out().join(name)).unwrap();
            edit_manifest(&kit, is_sealed, |files| {
                files.remove(name);
            });
            let faults = kit.faults_against(&text());
            assert!(
                faults.iter().any(|(path, _)| path == name),
                "{name}: {faults:?}"
            );
            kit.put(name, whole);
            kit.put("manifest.json", manifest);
        }
    }
}

/// A run that was killed, or an older copy that was put back.
#[test]
fn an_older_manifest_is_not_that_of_the_kit() {
    let kit = Kit::new();
    kit.build(&text());
    let before = kit.files();
    kit.build_at(&text(), &["oslo/tokyo".to_owned()], now())
        .unwrap();
    for (path, (content, _)) in &before {
        if path != STATE {
            kit.put(path, content);
        }
    }
    let faults = kit.faults();
    let is_it = |(path, fault): &(String, String)| {
        path == "manifest.json" && fault.contains("an older file was put back")
    };
    assert!(faults.iter().any(is_it), "{faults:?}");
    assert!(
        faults.contains(&(
            "tokyo/oslo.token".to_owned(),
            "the peer ID or the secret differs from .mesh-state.json".to_owned()
        )),
        "{faults:?}"
    );
    kit.build(&text());
    assert_eq!(kit.faults(), []);
}

/// What is said of a file whose sum and seal are right.
fn said(kit: &Kit, path: &str, content: &[u8]) -> Vec<String> {
    let own = fs::read(kit.out().join(path)).unwrap();
    let manifest = fs::read(kit.out().join("manifest.json")).unwrap();
    assert_ne!(own, content, "{path}: nothing was changed");
    forge(kit, true, path, content);
    let faults = kit.faults();
    let faults = faults.into_iter().filter(|(found, _)| found == path);
    kit.put(path, own);
    kit.put("manifest.json", manifest);
    faults.map(|(_, fault)| fault).collect()
}

/// Each pair of parts that can disagree.
#[test]
fn parts_that_disagree_are_found_although_every_sum_is_right() {
    let kit = Kit::new();
    kit.build(&text());
    let read = |path: &str| fs::read_to_string(kit.out().join(path)).unwrap();
    let differs = |what: &str, with: &str| format!("{what} differs from {with}");

    let with = |change: &dyn Fn(&mut PeeringToken)| {
        let mut token = kit.token("tokyo", "oslo");
        change(&mut token);
        token.encode(peertok::token::Shape::default()).to_string()
    };
    let other = kit.token("tokyo", "berlin");
    for (what, token, expected) in [
        (
            "the CA of another site",
            with(&|token| token.ca.clone_from(&other.ca)),
            vec![differs("the CA", "oslo/root.pem"), differs("the CA", STATE)],
        ),
        (
            "another address",
            with(&|token| token.server_addresses = Some(vec!["evil.net:8503".to_owned()])),
            vec![differs("the list of server addresses", STATE)],
        ),
        (
            "another server name",
            with(&|token| token.server_name.clone_from(&other.server_name)),
            vec![differs("the server name", STATE)],
        ),
        (
            "another secret",
            with(&|token| token.establishment_secret = other.establishment_secret.clone()),
            vec![differs("the peer ID or the secret", STATE)],
        ),
        (
            "another ID",
            with(&|token| token.peer_id.clone_from(&other.peer_id)),
            vec![differs("the peer ID or the secret", STATE)],
        ),
    ] {
        assert_eq!(
            said(&kit, "tokyo/oslo.token", token.as_bytes()),
            expected,
            "{what}"
        );
    }
    // What no state keeps is the same in all tokens of an acceptor.
    let mut token = kit.token("tokyo", "berlin");
    token.remote.datacenter = "elsewhere".to_owned();
    token.manual_server_addresses = Some(vec!["evil.net:8503".to_owned()]);
    let token = token.encode(peertok::token::Shape::default());
    assert_eq!(
        said(&kit, "tokyo/berlin.token", token.as_bytes()),
        [differs(
            "what the tokens of one acceptor have in common",
            "oslo/berlin.token"
        )]
    );

    let body = read("tokyo/oslo.establish.json");
    for changed in [
        body.replace("\"oslo\"", "\"berlin\""),
        read("tokyo/berlin.establish.json"),
        body.replace('}', ",\"Partition\":\"x\"}"),
    ] {
        assert_eq!(
            said(&kit, "tokyo/oslo.establish.json", changed.as_bytes()),
            ["expected the token that stands beside it, but found another"]
        );
    }
    let secret = read("tokyo/oslo.secret.yaml");
    let (own, other) = (read("tokyo/oslo.token"), read("tokyo/berlin.token"));
    let in_secret = peertok::token::encode_base64(own.as_bytes());
    let others = peertok::token::encode_base64(other.as_bytes());
    assert!(secret.contains(&**in_secret));
    for (changed, what) in [
        (secret.replace(&**in_secret, &others), "the token"),
        (format!("{secret}---\n{secret}"), "the token"),
        (
            secret.replace("kind: ", "immutable: true\nkind: "),
            "the Secret",
        ),
    ] {
        assert_eq!(
            said(&kit, "tokyo/oslo.secret.yaml", changed.as_bytes())[..],
            [differs(what, "tokyo/oslo.token")],
            "{changed}"
        );
    }
    let resource = read("tokyo/oslo.peering.yaml");
    for changed in [
        resource.replace("PeeringDialer", "PeeringAcceptor"),
        resource.replace("peering-oslo", "peering-berlin"),
        resource.replace("\"consul\"", "\"default\""),
    ] {
        assert_eq!(
            said(&kit, "tokyo/oslo.peering.yaml", changed.as_bytes()),
            [differs("the resource", "tokyo/oslo.secret.yaml")]
        );
    }
    let roots = read("oslo/root.pem") + &read("berlin/root.pem");
    assert_eq!(
        said(&kit, "oslo/root.pem", roots.as_bytes()),
        [differs("the content", STATE)]
    );
    // A configuration with another site's CA.
    let agent = said(
        &kit,
        "oslo/agent-ca.json",
        read("berlin/agent-ca.json").as_bytes(),
    );
    assert!(!agent.is_empty());
    // A snapshot that does not know the tokens.
    let snapshot = fs::read(kit.out().join("oslo/seeded.snap")).unwrap();
    let berlin = fs::read(kit.out().join("berlin/seeded.snap")).unwrap();
    forge(&kit, true, "oslo/seeded.snap", &berlin);
    let checked = check(&kit.out(), now()).unwrap();
    let is_it = |(path, finding): &(String, peertok::finding::Finding)| {
        path == "tokyo/oslo.token" && finding.name == "token-unknown"
    };
    assert!(checked.findings.iter().any(is_it), "{:?}", checked.findings);
    forge(&kit, true, "oslo/seeded.snap", &snapshot);
    assert_eq!(kit.faults(), []);
}

/// At an acceptor on Kubernetes, the token stands in the dialer's folder.
#[test]
fn an_acceptors_secret_fits_the_dialers_token() {
    let kit = Kit::new();
    let text = sites(&["berlin"]) + "kubernetes = {}\n" + &sites(&["oslo", "tokyo"]);
    kit.build(&text);
    let tokyo = fs::read_to_string(kit.out().join("berlin/tokyo.secret.yaml")).unwrap();
    let changed = tokyo.replace("peering-tokyo", "peering-oslo");
    assert_eq!(
        said(&kit, "berlin/oslo.secret.yaml", changed.as_bytes()),
        ["the token differs from oslo/berlin.token"]
    );
    let resource = fs::read_to_string(kit.out().join("berlin/oslo.peering.yaml")).unwrap();
    assert_eq!(
        said(
            &kit,
            "berlin/oslo.peering.yaml",
            resource
                .replace("PeeringAcceptor", "PeeringDialer")
                .as_bytes()
        ),
        ["the resource differs from berlin/oslo.secret.yaml"]
    );
}

/// The roots of a running site are in its snapshot.
#[test]
fn the_roots_of_a_base_fit_root_pem() {
    let kit = Kit::new();
    let text = format!(
        "allow_private = true\n[[sites]]\nname = \"alpha\"\nbase = \"consul/alpha-before.snap\"\n{}",
        sites(&["berlin"])
    );
    kit.build(&text);
    assert_eq!(kit.faults_against(&text), []);
    let roots = fs::read_to_string(kit.out().join("berlin/root.pem")).unwrap();
    assert_eq!(
        said(&kit, "alpha/root.pem", roots.as_bytes()),
        [
            "the content differs from .mesh-state.json",
            "the content differs from alpha/seeded.snap"
        ]
    );
}

/// The file says what the kit is to be, and what it has yet to get.
#[test]
fn a_file_that_was_changed_is_not_that_of_the_kit() {
    let kit = Kit::new();
    kit.build(&text());
    let elsewhere = text().replace("oslo.net", "elsewhere.net");
    let faults = kit.faults_against(&elsewhere);
    assert_eq!(faults[0].0, STATE);
    assert!(
        faults[0].1.contains("has changes that are not in the kit"),
        "{faults:?}"
    );
    let more = sites(&["berlin", "oslo", "tokyo", "lima"]);
    assert_eq!(kit.faults_against(&more)[0].0, STATE);
    // What the state does not keep shows in the files.
    let external = text().replacen(
        "state = \"new\"\n",
        "state = \"new\"\nexternal_addresses = [\"lb.net\"]\n",
        1,
    );
    let faults = kit.faults_against(&external);
    let named: Vec<&str> = faults.iter().map(|(path, _)| &**path).collect();
    for path in ["oslo/berlin.token", "tokyo/berlin.secret.yaml", "mesh.html"] {
        assert!(named.contains(&path), "{named:?}");
    }
    assert_eq!(kit.faults_against(&text()), []);
}

/// A kit of an earlier release has no seal: the next run seals it, and it is a kit like any other.
#[test]
fn a_kit_without_a_seal_gets_one() {
    let kit = Kit::new();
    kit.build(&text());
    let state = fs::read_to_string(kit.out().join(STATE)).unwrap();
    let lines = state.lines().filter(|line| !line.contains("\"seal_key\""));
    let mut old: String = lines.map(|line| format!("{line}\n")).collect();
    old.truncate(old.len() - 65);
    let sum = sha256(old.as_bytes());
    kit.put(STATE, format!("{old}{sum}\n"));
    let manifest = fs::read_to_string(kit.out().join("manifest.json")).unwrap();
    let (files, _) = manifest.split_once(",\n  \"state\"").unwrap();
    kit.put("manifest.json", format!("{files}\n}}\n"));
    let faults = kit.faults();
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(
        faults[0].1.starts_with("the manifest was changed"),
        "{faults:?}"
    );

    let built = kit.build(&sites(&["berlin", "oslo"]));
    assert!(built.removed > 0 && built.left.is_empty());
    assert!(!kit.out().join("tokyo").exists());
    assert_eq!(kit.faults(), []);
}
