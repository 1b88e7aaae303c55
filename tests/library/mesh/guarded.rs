//! Who can read a kit, and that no run deletes or replaces what is not its own.

use super::*;
use crate::support::tools::skip;
use std::os::unix::fs::{chown, symlink};

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// Every file and folder of a kit, with its path in the kit, which is empty for the kit itself.
fn all_of(kit: &Kit) -> Vec<(String, PathBuf)> {
    let out = kit.out();
    let mut all: Vec<PathBuf> = SITES.iter().map(|site| out.join(site)).collect();
    all.push(out.clone());
    all.extend(walk(&out));
    all.sort();
    let name = |path: &PathBuf| {
        path.strip_prefix(&out)
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned()
    };
    all.into_iter().map(|path| (name(&path), path)).collect()
}

fn text() -> String {
    format!("{}kubernetes = {{}}\n", sites(&SITES))
}

#[test]
fn every_mode_is_checked_and_restored() {
    let kit = Kit::new();
    kit.build(&text());
    let files = kit.files();
    let all = all_of(&kit);
    let right = |path: &Path| if path.is_dir() { 0o700 } else { 0o600 };
    let modes = [0o644, 0o755, 0o777, 0o640, 0o701, 0o704];
    let modes = modes.into_iter().cycle();
    for ((name, path), mode) in all.iter().zip(modes) {
        set_mode(path, mode);
        let faults = kit.faults();
        let is_it = |(found, fault): &(String, String)| {
            found == name
                && fault.contains(&format!("the mode is {mode:04o}, not {:04o}", right(path)))
        };
        assert_eq!(faults.len(), 1, "{name}: {faults:?}");
        assert!(is_it(&faults[0]), "{name}: {faults:?}");
        let built = kit.build(&text());
        assert_eq!((built.written, built.removed), (0, 0), "{name}");
        let restored: Vec<&str> = built.restored.iter().map(|(path, _)| &**path).collect();
        assert_eq!(restored, [name]);
        let found = fs::metadata(path).unwrap().permissions().mode() & 0o7777;
        assert_eq!(found, right(path), "{name}");
    }
    assert_eq!(kit.files(), files);

    // All at once, as chmod -R u=rwX,go=rX makes them. That others may have read secrets is said.
    for (_, path) in &all {
        set_mode(path, if path.is_dir() { 0o755 } else { 0o644 });
    }
    assert_eq!(kit.faults().len(), all.len());
    let built = kit.build(&text());
    assert_eq!(built.restored.len(), all.len());
    let said = |path: &str| {
        let mut restored = built.restored.iter();
        let fault = restored.find(|(found, _)| found == path).unwrap();
        fault.1.to_string()
    };
    for path in [
        STATE,
        "oslo/berlin.token",
        "tokyo/oslo.secret.yaml",
        "berlin/seeded.snap",
    ] {
        assert!(
            said(path).contains("may have read its keys and secrets"),
            "{path}"
        );
    }
    for path in [
        "berlin/RUNBOOK.md",
        "berlin/root.pem",
        "mesh.html",
        "manifest.json",
        "",
    ] {
        assert!(said(path).starts_with("the mode is "), "{path}");
    }
    assert_eq!(kit.faults(), []);
    assert_eq!(kit.files(), files);
}

#[test]
fn every_owner_is_checked_and_restored() {
    let kit = Kit::new();
    kit.build(&text());
    let is_root = chown(kit.out(), Some(1234), None).is_ok();
    if !is_root {
        return skip("only root can give a file to another user: no owner was changed");
    }
    // A kit of another, which root looks after.
    assert_eq!(kit.faults().len(), all_of(&kit).len() - 1);
    kit.build(&text());
    assert_eq!(kit.faults(), []);
    for (name, path) in all_of(&kit) {
        assert_eq!(fs::metadata(&path).unwrap().uid(), 1234, "{name}");
        if name.is_empty() {
            continue;
        }
        chown(&path, Some(77), None).unwrap();
        assert_eq!(
            kit.faults(),
            [(
                name.clone(),
                "the owner is user 77, not user 1234: change the owner, or run peertok mesh again"
                    .to_owned()
            )]
        );
        let built = kit.build(&text());
        assert_eq!(built.restored.len(), 1, "{name}");
        assert_eq!(kit.faults(), []);
    }
    // What is new belongs to the same user.
    kit.build(&sites(&["berlin", "oslo", "tokyo", "lima"]));
    assert_eq!(kit.faults(), []);
}

#[test]
fn nothing_is_followed_out_of_the_kit() {
    let kit = Kit::new();
    kit.build(&text());
    for (name, path) in all_of(&kit) {
        if name.is_empty() {
            continue;
        }
        let outside = kit.folder.path().join("outside");
        fs::rename(&path, &outside).unwrap();
        symlink(&outside, &path).unwrap();
        let named = |faults: Vec<(String, String)>| {
            faults.iter().any(|(found, fault)| {
                *found == name && fault.starts_with("found a symbolic link in place of a f")
            })
        };
        assert!(named(kit.faults()), "{name}: {:?}", kit.faults());

        // A run does not write through it either.
        let is_folder = outside.is_dir();
        let before = if is_folder {
            Vec::new()
        } else {
            fs::read(&outside).unwrap()
        };
        let count = || fs::read_dir(&outside).map_or(0, Iterator::count);
        let files = count();
        let built = kit.build_at(&text(), &[], now());
        if is_folder {
            assert!(matches!(built, Err(MeshError::NotAFolder { .. })), "{name}");
            assert_eq!(count(), files);
        } else if name == STATE {
            assert!(matches!(built, Err(MeshError::Io { .. })), "{name}");
        } else {
            built.unwrap();
            assert!(fs::symlink_metadata(&path).unwrap().is_file(), "{name}");
        }
        if !is_folder {
            assert_eq!(fs::read(&outside).unwrap(), before, "{name}");
        }
        let _ = fs::remove_file(&path);
        fs::rename(&outside, &path).unwrap();
        kit.build(&text());
        assert_eq!(kit.faults(), [], "{name}");
    }
    // One that leads nowhere hides keys, and is not taken for a kit that has none.
    let state = kit.out().join(STATE);
    let away = kit.folder.path().join("away");
    fs::rename(&state, &away).unwrap();
    symlink(kit.folder.path().join("not-mounted"), &state).unwrap();
    assert!(kit.build_at(&text(), &[], now()).is_err());
    assert!(fs::symlink_metadata(&state).unwrap().is_symlink());
}

/// A pipe in the place of a file would be waited for without end.
#[test]
fn what_is_no_file_is_not_opened() {
    let kit = Kit::new();
    kit.build(&text());
    for (name, path) in all_of(&kit) {
        if path.is_dir() {
            continue;
        }
        let whole = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        let made = std::process::Command::new("mkfifo").arg(&path).status();
        assert!(made.unwrap().success());
        let faults = kit.faults();
        let is_it = |(found, fault): &(String, String)| {
            *found == name && fault.starts_with("found neither a file nor a folder in place of")
        };
        assert!(faults.iter().any(is_it), "{name}: {faults:?}");
        assert_eq!(
            kit.build_at(&text(), &[], now()).is_ok(),
            name != STATE,
            "{name}"
        );
        let _ = fs::remove_file(&path);
        kit.put(&name, whole);
    }
    assert_eq!(kit.faults(), []);
}

/// A file of the kit is never larger than any that was written, whatever its size says.
#[test]
fn a_file_without_an_end_is_a_fault() {
    let kit = Kit::new();
    kit.build(&text());
    for (name, path) in all_of(&kit) {
        if path.is_dir() {
            continue;
        }
        let whole = fs::read(&path).unwrap();
        let file = File::options().write(true).open(&path).unwrap();
        file.set_len(8 << 40).unwrap();
        let faults = kit.faults();
        assert!(
            faults.iter().any(|(found, _)| *found == name),
            "{name}: {faults:?}"
        );
        drop(file);
        kit.put(&name, whole);
    }
}

/// What must survive whatever a manifest says, with its content.
const KEPT: [(&str, &str); 4] = [
    ("mesh.toml", "the sites"),
    ("berlin/notes.txt", "notes"),
    ("berlin/root.key", "-----BEGIN PRIVATE KEY-----"),
    ("oslo/base.snap", "a base"),
];

#[test]
fn no_manifest_makes_a_run_delete_what_is_not_the_kits() {
    let outside = "../outside.txt";
    let absolute = std::env::temp_dir().join(format!("peertok-kept-{}", std::process::id()));
    fs::write(&absolute, "kept").unwrap();
    let named = absolute.to_str().unwrap().to_owned();
    for is_sealed in [false, true] {
        let kit = Kit::new();
        kit.build(&text());
        for (path, content) in KEPT {
            kit.put(path, content);
        }
        kit.put(outside, "kept");
        let state = fs::read(kit.out().join(STATE)).unwrap();
        let mut paths = vec![
            STATE,
            "manifest.json",
            "./mesh.html",
            outside,
            &named,
            "berlin",
        ];
        paths.extend([
            "berlin/../mesh.toml",
            "berlin//notes.txt",
            "",
            ".",
            "..",
            "/",
        ]);
        paths.extend(KEPT.map(|(path, _)| path));
        for path in paths {
            // Once with the right sum of what is there, so that this alone does not save it.
            forged::edit_manifest(&kit, is_sealed, |files| {
                let sum = fs::read(kit.out().join(path)).map(|content| forged::sha256(&content));
                files.insert(path.to_owned(), sum.unwrap_or_default());
            });
            kit.build(&text());
            assert_eq!(fs::read(kit.out().join(STATE)).unwrap(), state, "{path}");
            for (path, content) in KEPT {
                assert_eq!(fs::read_to_string(kit.out().join(path)).unwrap(), content);
            }
            assert_eq!(fs::read_to_string(kit.out().join(outside)).unwrap(), "kept");
            assert_eq!(fs::read_to_string(&absolute).unwrap(), "kept");
        }
    }
    fs::remove_file(absolute).unwrap();
}

/// A file that leaves the kit goes only as long as it is as it was written, and by a manifest that the
/// kit wrote.
#[test]
fn a_file_that_changed_is_left() {
    let kit = Kit::new();
    kit.build(&text());
    let path = kit.out().join("tokyo/berlin.token");
    fs::write(&path, "another token").unwrap();
    let built = kit.build(&sites(&["berlin", "oslo"]));
    assert_eq!(built.left, ["tokyo/berlin.token"]);
    assert_eq!(fs::read_to_string(&path).unwrap(), "another token");
    assert_eq!(walk(&kit.out().join("tokyo")), std::slice::from_ref(&path));
    fs::remove_file(&path).unwrap();
    fs::remove_dir(kit.out().join("tokyo")).unwrap();

    // Another's manifest lists a site's files, with their sums.
    kit.put("../agent-ca.json", "{}");
    fs::create_dir(kit.out().join("lima")).unwrap();
    kit.put("lima/agent-ca.json", "{\"private_key\": \"the only copy\"}");
    forged::edit_manifest(&kit, false, |files| {
        let content = fs::read(kit.out().join("lima/agent-ca.json")).unwrap();
        files.insert("lima/agent-ca.json".to_owned(), forged::sha256(&content));
    });
    kit.build(&sites(&["berlin", "oslo"]));
    assert!(kit.out().join("lima/agent-ca.json").exists());
}

/// A private key that is nowhere else is not replaced, and neither is a snapshot that may hold one.
#[test]
fn an_unknown_private_key_is_never_replaced() {
    let kit = Kit::new();
    kit.build(&text());
    let key = fs::read_to_string(root().join("fixtures/ca/key.pem")).unwrap();
    let in_json = serde_json::json!({ "connect": { "ca_config": { "private_key": key } } });
    let base = fs::read(root().join("fixtures/consul/alpha-minted.snap")).unwrap();
    let mut damaged = base.clone();
    damaged.truncate(base.len() - 9);
    for (path, content) in [
        ("berlin/agent-ca.json", in_json.to_string().into_bytes()),
        ("berlin/agent-ca.json", key.clone().into_bytes()),
        ("berlin/RUNBOOK.md", key.clone().into_bytes()),
        ("mesh.html", key.into_bytes()),
        ("berlin/seeded.snap", base),
        ("berlin/seeded.snap", damaged),
    ] {
        let own = fs::read(kit.out().join(path)).unwrap();
        kit.put(path, &content);
        let error = kit.build_at(&text(), &[], now()).unwrap_err();
        assert!(
            matches!(error, MeshError::UnknownKey { .. }),
            "{path}: {error}"
        );
        assert_eq!(fs::read(kit.out().join(path)).unwrap(), content);
        kit.put(path, own);
    }
    assert_eq!(kit.build(&text()).written, 0);
    // Of those that the kit keeps, each is written again in its place.
    let agent = kit.out().join("berlin/agent-ca.json");
    let own = fs::read(&agent).unwrap();
    let oslo = fs::read(kit.out().join("oslo/agent-ca.json")).unwrap();
    for content in [&oslo[..], &own[..own.len() - 2], b"{}"] {
        kit.put("berlin/agent-ca.json", content);
        assert_eq!(kit.build(&text()).written, 1);
        assert_eq!(fs::read(&agent).unwrap(), own);
    }
}

/// A key that was given may be in the kit alone by the time that it leaves it.
#[test]
fn a_key_that_was_given_is_never_removed() {
    let kit = Kit::new();
    let folder = kit.folder.path();
    let make = |name: &str| {
        let made = peertok::ca::new_root(&peertok::ca::RootOptions::new(now())).unwrap();
        fs::write(folder.join(format!("{name}.pem")), &made.certificate).unwrap();
        fs::write(folder.join(format!("{name}.key")), &*made.private_key).unwrap();
        made.private_key
    };
    let key = make("one");
    make("two");
    let with = |name: &str, more: &str| {
        let path = folder.join(name);
        let path = path.to_str().unwrap();
        let key = if more.is_empty() {
            String::new()
        } else {
            format!("key = \"{path}.key\"\n")
        };
        format!("{}ca = [\"{path}.pem\"]\n{key}", sites(&["oslo", "berlin"]))
    };
    kit.build(&with("one", "key"));
    let agent = kit.out().join("berlin/agent-ca.json");
    let text = fs::read(&agent).unwrap();
    assert!(String::from_utf8_lossy(&text).contains(&key.replace('\n', "\\n")));
    assert_eq!(kit.build(&with("one", "key")).written, 0);

    let built = kit.build(&with("one", ""));
    assert_eq!(built.left, ["berlin/agent-ca.json"]);
    assert_eq!(fs::read(&agent).unwrap(), text);
    let error = kit.build_at(&with("two", "key"), &[], now()).unwrap_err();
    assert!(matches!(error, MeshError::UnknownKey { .. }), "{error}");
    assert_eq!(fs::read(&agent).unwrap(), text);
    // The same with a manifest that lists it.
    kit.build(&with("one", "key"));
    assert_eq!(kit.faults(), []);
    let error = kit.build_at(&with("two", "key"), &[], now()).unwrap_err();
    assert!(matches!(error, MeshError::UnknownKey { .. }), "{error}");
    assert_eq!(fs::read(&agent).unwrap(), text);
    fs::remove_file(&agent).unwrap();
    kit.build(&with("two", "key"));
    assert_eq!(kit.faults(), []);
}

/// What the file names is not in the kit, where it would be replaced or removed.
#[test]
fn what_is_read_is_never_in_the_kit() {
    let kit = Kit::new();
    kit.build(&sites(&["oslo", "tokyo"]));
    let out = kit.out();
    let out = out.to_str().unwrap();
    for entry in [
        format!("ca = [\"{out}/oslo/root.pem\"]"),
        format!("ca = [\"ca/dc1.pem\"]\nkey = \"{out}/oslo/agent-ca.json\""),
        format!("base = \"{out}/oslo/seeded.snap\""),
    ] {
        let state = if entry.starts_with("base") {
            "running"
        } else {
            "new"
        };
        let text = format!(
            "{}[[sites]]\nname = \"lima\"\nstate = \"{state}\"\ndatacenter = \"a\"\naddresses = [\"a.net\"]\n{entry}\n",
            sites(&["oslo", "tokyo"])
        );
        let fault = kit.fault(&text);
        assert!(matches!(fault, Fault::InKit { .. }), "{fault}");
    }
}
