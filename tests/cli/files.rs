//! The files that are written.

use super::*;

/// When the roots of the fixtures are valid.
const AT: &str = "2026-12-01";

#[test]
fn an_edited_token_is_private_and_never_replaces_one_unasked() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    let name = file.to_str().unwrap();
    let arguments = [
        "edit",
        "@fixtures/consul/alpha-minted.token",
        "--set-address",
        "lb:1",
        "--out",
        name,
    ];
    assert_eq!(stdout(&arguments), "");
    let mode = fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(output(&arguments).status.code(), Some(2));
    stdout(&[&arguments[..], &["--force"]].concat());
    // A token can be edited in its own file.
    let itself = format!("@{name}");
    stdout(&[
        "edit",
        &itself,
        "--set-address",
        "x:1",
        "--out",
        name,
        "--force",
    ]);
    assert!(stdout(&["validate", "--at", AT, &itself]).contains("dials x:1"));
    let before = fs::read(&file).unwrap();
    let refused = output(&[
        "edit",
        &itself,
        "--set",
        "ServerName=",
        "--out",
        name,
        "--force",
    ]);
    assert_eq!(refused.status.code(), Some(1));
    assert_eq!(fs::read(&file).unwrap(), before);
}

/// `edit --k8s` replaces the manifest that it was given, without being forced, or leaves it as it is.
#[test]
fn a_manifest_that_is_edited_is_private_and_whole() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret.yaml");
    fs::copy(root().join("fixtures/kubernetes/kubectl.yaml"), &file).unwrap();
    let edit = |edit: &[&str]| output(&[&["edit", "--k8s", file.to_str().unwrap()], edit].concat());
    let before = fs::read(&file).unwrap();
    let refused = edit(&["--set", "ServerName="]);
    assert_eq!(refused.status.code(), Some(1));
    assert_eq!(fs::read(&file).unwrap(), before);
    assert!(edit(&["--set-address", "lb:1"]).status.success());
    assert_ne!(fs::read(&file).unwrap(), before);
    let mode = fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o7777, 0o600);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_file_with_a_token_is_private_and_never_replaced_unasked() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    let arguments = generate(&["--out", file.to_str().unwrap()]);
    assert_eq!(stdout(&as_strs(&arguments)), "");
    let first = fs::read_to_string(&file).unwrap();
    assert_eq!(
        fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o600
    );
    assert!(first.ends_with("==\n") || first.ends_with("=\n"));
    assert!(
        output(&["validate", "--at", AT, &format!("@{}", file.display())])
            .status
            .success()
    );

    let refused = output(&as_strs(&arguments));
    assert_eq!(refused.status.code(), Some(2));
    assert_eq!(fs::read_to_string(&file).unwrap(), first);

    let mut forced = arguments.clone();
    forced.push("--force".to_owned());
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    stdout(&as_strs(&forced));
    assert_ne!(fs::read_to_string(&file).unwrap(), first);
    assert_eq!(
        fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o600
    );
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        1,
        "something was left behind"
    );
}

/// The statuses that `validate --snapshot` tells of tokens.
fn statuses(snapshot: &str, tokens: &[&str]) -> Vec<String> {
    let status = |token: &&str| {
        let arguments = [
            "validate",
            "--format",
            "json",
            "--snapshot",
            snapshot,
            token,
        ];
        let verdict: serde_json::Value =
            serde_json::from_slice(&output(&arguments).stdout).unwrap();
        verdict["token_status"].as_str().unwrap().to_owned()
    };
    tokens.iter().map(status).collect()
}

#[test]
fn several_tokens_go_into_one_snapshot() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let [one, two] = [
        stdout(&as_strs(&generate(&[]))),
        stdout(&as_strs(&generate(&[]))),
    ];
    let (one, two) = (one.trim_end(), two.trim_end());
    let tokens = ["--token", one, "--name", "a", "--token", two, "--name", "b"];
    let base = "fixtures/consul/gamma.snap";
    let onto = [base, "--allow-old-base"];
    for (name, start) in [("fresh", &["--fresh"][..]), ("based", &onto)] {
        let out = path(name);
        let mut arguments = [&["snapshot", "seed", "--out", &out][..], &tokens, start].concat();
        assert_eq!(stdout(&arguments), "");
        assert_eq!(
            fs::metadata(&out).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert_eq!(statuses(&out, &[one, two]), ["redeemable", "redeemable"]);
        // A second time there is nothing to do, and nothing changes.
        let again = path(&format!("{name}-again"));
        arguments[3] = &again;
        arguments.truncate(arguments.len() - start.len());
        arguments.extend([&out, "--allow-old-base"]);
        let output = output(&arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
        assert_eq!(
            said.matches("the base honours the token of").count(),
            2,
            "{said}"
        );
        assert_eq!(statuses(&again, &[one, two]), ["redeemable", "redeemable"]);
    }
    // The tokens are another cluster's than the base is, which no dialer gets through with.
    let out = path("warned");
    let arguments = [&["snapshot", "seed", "--out", &out][..], &tokens, &onto].concat();
    let said = String::from_utf8(output(&arguments).stderr).unwrap();
    assert!(said.contains("is not the acceptor's server name"), "{said}");
    assert!(said.contains("is not in the token"), "{said}");
}

/// A snapshot and its token belong together: one is not replaced where the other is not written.
#[test]
fn a_token_that_is_lost_leaves_the_snapshot_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let snapshot = folder.path().join("s");
    let token = folder.path().join("t");
    let names = [
        "--snapshot-out",
        snapshot.to_str().unwrap(),
        "--out",
        token.to_str().unwrap(),
    ];
    stdout(&as_strs(&generate(&names)));
    let first = fs::read(&snapshot).unwrap();
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let arguments = generate(&[names[0], names[1], "--force"]);
    let lost = peertok(&as_strs(&arguments)).stdout(full).output().unwrap();
    assert_eq!(lost.status.code(), Some(2));
    assert_eq!(fs::read(&snapshot).unwrap(), first);
    let nowhere = folder.path().join("absent/t");
    let arguments = generate(&[
        names[0],
        names[1],
        "--force",
        "--out",
        nowhere.to_str().unwrap(),
    ]);
    assert_eq!(output(&as_strs(&arguments)).status.code(), Some(2));
    assert_eq!(fs::read(&snapshot).unwrap(), first);
    let same = folder.path().join("absent/../s");
    for same in [snapshot.as_path(), &same] {
        let arguments = generate(&[
            names[0],
            names[1],
            "--force",
            "--out",
            same.to_str().unwrap(),
        ]);
        let refused = output(&as_strs(&arguments));
        assert_eq!(refused.status.code(), Some(2), "{same:?}");
        assert_eq!(fs::read(&snapshot).unwrap(), first);
    }
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        2,
        "something was left behind"
    );
}

#[test]
fn what_fails_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    let arguments = generate(&[
        "--out",
        file.to_str().unwrap(),
        "--ca",
        "fixtures/ca/key.pem",
    ]);
    assert_eq!(output(&as_strs(&arguments)).status.code(), Some(2));
    let nowhere = folder.path().join("absent/token");
    let arguments = generate(&["--out", nowhere.to_str().unwrap()]);
    assert_eq!(output(&as_strs(&arguments)).status.code(), Some(2));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

/// A manifest that lists a key does not make `fixtures` remove it.
#[test]
fn no_manifest_makes_fixtures_remove_a_key() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    let arguments = ["fixtures", out, "--only", "limits", "--force"];
    assert!(output(&arguments).status.success());
    assert!(output(&arguments).status.success());
    let manifest = folder.path().join("manifest.json");
    let text = fs::read_to_string(&manifest).unwrap();
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    let listed = value["vectors"][0]["file"].as_str().unwrap();
    for name in ["root.key", ".mesh-state.json"] {
        fs::write(folder.path().join(name), "the only copy").unwrap();
        fs::write(&manifest, text.replace(listed, name)).unwrap();
        let refused = output(&arguments);
        assert_eq!(refused.status.code(), Some(2));
        let kept = fs::read_to_string(folder.path().join(name)).unwrap();
        assert_eq!(kept, "the only copy");
        fs::remove_file(folder.path().join(name)).unwrap();
    }
}
