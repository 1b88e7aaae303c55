//! A kit of `peertok mesh`, from its making to the check before it is carried in.

use super::*;
use crate::support::tools::skip;

/// A command's status, and what it prints.
fn printed(arguments: &[&str], folder: &Path) -> (i32, String, String) {
    let output = peertok(arguments).current_dir(folder).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

#[test]
fn a_kit_is_checked_before_it_is_carried_in() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let site = |name: &str| {
        format!(
            "[[sites]]\nname = \"{name}\"\nstate = \"new\"\ndatacenter = \"{name}\"\naddresses = [\"{name}.acme.internal\"]\n"
        )
    };
    fs::write(folder.join("mesh.toml"), site("berlin") + &site("tokyo")).unwrap();
    let (status, stdout, stderr) = printed(&["mesh", "mesh.toml", "--out", "kit"], folder);
    assert_eq!(status, 0);
    assert_eq!(
        stderr,
        "peertok: warning: restoring erases KV, ACLs, config entries and all other peerings: use berlin/seeded.snap only on new clusters\n"
    );
    assert!(
        stdout.starts_with("kit: 2 sites and 1 pair in the mode token\n"),
        "{stdout}"
    );

    let check = |at: &str| printed(&["mesh", "--check", "kit", "--at", at], folder);
    // The roots are made to be valid from a day ago on, for ten years.
    let now = jiff::Timestamp::now().to_string();
    let (status, stdout, stderr) = check(&now);
    assert_eq!((status, stderr.as_str()), (0, ""), "{stdout}");
    assert!(
        stdout.starts_with("berlin/seeded.snap: warning: a restore erases KV, ACLs, config entries and all other peerings: only for a new cluster\nkit: "),
        "{stdout}"
    );
    assert!(
        stdout.ends_with(": as they were written, and fit to be used\n"),
        "{stdout}"
    );

    // An expired root is an error at the token that has it.
    let (status, stdout, _) = check("2099-01-01");
    assert_eq!(status, 1);
    assert!(
        stdout.contains("\ntokyo/berlin.token: error[ca-expired]: "),
        "{stdout}"
    );
    assert!(stdout.ends_with(": 3 at fault\n"), "{stdout}");

    let mut run_book = fs::read(folder.join("kit/berlin/RUNBOOK.md")).unwrap();
    run_book.push(b'\n');
    fs::write(folder.join("kit/berlin/RUNBOOK.md"), run_book).unwrap();
    fs::remove_file(folder.join("kit/tokyo/root.pem")).unwrap();
    let (status, stdout, _) = check(&now);
    assert_eq!(status, 1);
    let faults: Vec<&str> = stdout
        .lines()
        .filter(|line| !line.contains(": warning: "))
        .collect();
    assert!(
        faults[0].starts_with("berlin/RUNBOOK.md: expected the SHA-256 "),
        "{stdout}"
    );
    assert!(faults[1].starts_with("tokyo/root.pem: "), "{stdout}");
    assert!(faults[2].ends_with(": 2 at fault"), "{stdout}");

    // A kit keeps its mode.
    let arguments = ["mesh", "mesh.toml", "--mode", "active", "--out", "kit"];
    let (status, _, stderr) = printed(&arguments, folder);
    assert_eq!(status, 2);
    assert_eq!(
        stderr,
        "peertok: error: expected the mode of the kit that is there, token, but found active\n\
         peertok: hint: write the other mode to a folder of its own\n"
    );
}

/// What a kit that changes says, from its first run to a site that is in use.
#[test]
fn a_kit_that_changes_says_what_its_snapshots_erase() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let run = |sites: &[(&str, &str)]| {
        let site = |(name, state): &(&str, &str)| {
            format!(
                "[[sites]]\nname = \"{name}\"\nstate = \"{state}\"\ndatacenter = \"{name}\"\naddresses = [\"{name}.acme.internal\"]\n"
            )
        };
        let text: String = sites.iter().map(site).collect();
        fs::write(folder.join("mesh.toml"), text).unwrap();
        let (status, _, stderr) = printed(&["mesh", "mesh.toml", "--out", "kit"], folder);
        assert_eq!(status, 0, "{stderr}");
        stderr
    };
    run(&[("berlin", "new"), ("oslo", "new")]);
    assert_eq!(
        run(&[("berlin", "new"), ("oslo", "new"), ("tokyo", "new")]),
        "peertok: warning: restoring erases KV, ACLs, config entries and all other peerings: berlin/seeded.snap and 1 more changed since an earlier run. Use it only on a cluster that is still new; for one in use, write state = \"running\"\n"
    );
    let running = ["berlin", "oslo", "tokyo"].map(|name| (name, "running"));
    assert_eq!(
        run(&[&running[..], &[("lima", "new")]].concat()),
        "peertok: warning: restoring erases KV, ACLs, config entries and all other peerings: use lima/seeded.snap only on new clusters\n\
         peertok: note: berlin is running, so its snapshot with oslo, tokyo counts as restored and left the kit: if it was never restored there, name a base\n\
         peertok: note: oslo is running, so its snapshot with tokyo counts as restored and left the kit: if it was never restored there, name a base\n\
         peertok: note: berlin dials lima (and 2 more such pairs): a running site that only dials needs no restore\n"
    );
}

/// Two sites in a folder.
fn two_sites() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let site = |name: &str| {
        format!(
            "[[sites]]\nname = \"{name}\"\nstate = \"new\"\ndatacenter = \"{name}\"\naddresses = [\"{name}.acme.internal\"]\n"
        )
    };
    let text = site("berlin") + &site("tokyo");
    fs::write(folder.path().join("mesh.toml"), text).unwrap();
    folder
}

fn chmod(folder: &Path, mode: &str) {
    let done = Command::new("chmod")
        .args(["-R", mode, "kit"])
        .current_dir(folder)
        .status();
    assert!(done.unwrap().success());
}

/// Where the last line of a check begins: its date changes from run to run.
fn before_verdict(stdout: &str) -> &str {
    let end = stdout.rfind("kit: ").unwrap();
    &stdout[..end]
}

#[test]
fn a_kit_that_others_could_read_is_told_of_and_restored() {
    let folder = two_sites();
    let folder = folder.path();
    let build = ["mesh", "mesh.toml", "--out", "kit"];
    let check = ["mesh", "--check", "kit"];
    assert_eq!(printed(&build, folder).0, 0);
    chmod(folder, "u=rwX,go=rX");
    let (status, stdout, stderr) = printed(&check, folder);
    assert_eq!((status, stderr.as_str()), (1, ""));
    let readable = "other users may have read its keys and secrets: the mode is 0644, not 0600. Run peertok mesh again, and replace what they may know";
    let mode = "the mode is 0644, not 0600: set it, or run peertok mesh again";
    let folders = "the mode is 0755, not 0700: set it, or run peertok mesh again";
    let erases =
        "a restore erases KV, ACLs, config entries and all other peerings: only for a new cluster";
    assert_eq!(
        before_verdict(&stdout),
        format!(
            ".: {folders}\n\
             .mesh-state.json: {readable}\n\
             berlin: {folders}\n\
             berlin/RUNBOOK.md: {mode}\n\
             berlin/agent-ca.json: {readable}\n\
             berlin/root.pem: {mode}\n\
             berlin/seeded.snap: {readable}\n\
             manifest.json: {mode}\n\
             mesh.html: {mode}\n\
             tokyo: {folders}\n\
             tokyo/RUNBOOK.md: {mode}\n\
             tokyo/agent-ca.json: {readable}\n\
             tokyo/berlin.establish.json: {readable}\n\
             tokyo/berlin.token: {readable}\n\
             tokyo/root.pem: {mode}\n\
             berlin/seeded.snap: warning: {erases}\n"
        )
    );
    let (status, stdout, stderr) = printed(&build, folder);
    assert_eq!(status, 0, "{stderr}");
    assert!(
        stdout.contains("\n  0 files written, 11 unchanged, 0 removed\n"),
        "{stdout}"
    );
    assert!(
        stderr.starts_with(
            "peertok: warning: other users may have read kit/.mesh-state.json and 5 more files, with keys and secrets in them. Replace secrets with --rotate SITE/SITE; a key of a CA is replaced only in a new kit\n\
             peertok: note: restored the mode or owner of 15 files and folders\n"
        ),
        "{stderr}"
    );
    assert_eq!(printed(&check, folder).0, 0);
}

/// A folder of another user, which is open to all: nothing but its owner can close it.
#[test]
fn a_mode_that_cannot_be_restored_is_told_of() {
    use std::os::unix::fs::chown;
    let folder = two_sites();
    let folder = folder.path();
    let kit = folder.join("kit");
    let build = ["mesh", "mesh.toml", "--out", "kit"];
    assert_eq!(printed(&build, folder).0, 0);
    if chown(&kit, Some(1234), None).is_err() {
        return skip("only root can give a folder to another user: none was taken away");
    }
    if !has("setpriv", "--version") {
        return;
    }
    // As root, the run gives all files to the owner of the folder, who then loses two folders.
    assert_eq!(printed(&build, folder).0, 0);
    for open in [&kit, &kit.join("berlin")] {
        chown(open, Some(0), None).unwrap();
        fs::set_permissions(open, fs::Permissions::from_mode(0o777)).unwrap();
    }
    let binary = folder.join("peertok");
    fs::copy(env!("CARGO_BIN_EXE_peertok"), &binary).unwrap();
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = Command::new("setpriv");
    command.args(["--reuid=1234", "--clear-groups"]).arg(binary);
    let output = command.args(build).current_dir(folder).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(
        said.starts_with("peertok: warning: cannot restore the mode or owner of kit and 1 more: other users may read the kit. Restore them as their owner, or write the kit to a file system that has modes\n"),
        "{said}"
    );
}

/// Whatever a umask allows or forbids, each file and folder is for its owner, and whole.
#[test]
fn no_umask_changes_what_is_written() {
    let ca = root().join("fixtures/ca/dc1.pem");
    for umask in ["000", "022", "077", "777"] {
        let folder = two_sites();
        let folder = folder.path();
        let run = |arguments: &[&str]| {
            let mut command = Command::new("sh");
            command.args(["-c", "umask \"$1\"; shift; exec \"$@\"", "sh", umask]);
            command.arg(env!("CARGO_BIN_EXE_peertok")).args(arguments);
            let output = command.current_dir(folder).output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(0), "{umask}: {said}");
        };
        run(&["mesh", "mesh.toml", "--out", "kit"]);
        run(&["mesh", "--check", "kit"]);
        let make = "generate -name a --datacenter a --server-address a:1 --out token --snapshot-out s.snap --ca";
        let make: Vec<&str> = make.split(' ').chain(ca.to_str()).collect();
        run(&make);
        run(&["edit", "@token", "--set-address", "b:1", "--out", "edited"]);
        run(&["ca", "new", "--out", "ca"]);
        let seed = "snapshot seed --fresh --token @token --name b --out seeded.snap";
        run(&seed.split(' ').collect::<Vec<_>>());
        let ca = ["ca/root.pem", "ca/root.key", "ca/agent-ca.json"];
        for file in ["token", "s.snap", "edited", "seeded.snap"]
            .iter()
            .chain(&ca)
        {
            let mode = fs::metadata(folder.join(file))
                .unwrap()
                .permissions()
                .mode();
            assert_eq!(mode & 0o7777, 0o600, "{file} with {umask}");
        }
    }
}

/// What a check says with the file that describes the sites, and without it.
#[test]
fn a_kit_is_checked_against_its_file() {
    let folder = two_sites();
    let folder = folder.path();
    assert_eq!(printed(&["mesh", "mesh.toml", "--out", "kit"], folder).0, 0);
    let against = ["mesh", "mesh.toml", "--check", "kit"];
    assert_eq!(printed(&against, folder).0, 0);

    // A run-book that was changed together with the manifest.
    let book = folder.join("kit/tokyo/RUNBOOK.md");
    let text = fs::read_to_string(&book).unwrap();
    let changed = text.replace("consul", "consuI");
    fs::write(&book, &changed).unwrap();
    let manifest = folder.join("kit/manifest.json");
    let listed = fs::read_to_string(&manifest).unwrap();
    let sum = |text: &str| {
        let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
        let digest = digest.as_ref().iter();
        digest.map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    let listed = listed.replace(&sum(&text), &sum(&changed));
    let value: serde_json::Value = serde_json::from_str(&listed).unwrap();
    let files = value["files"].as_object().unwrap().iter();
    let lines = files.map(|(path, sum)| format!("{}  {path}\n", sum.as_str().unwrap()));
    let all = sum(&lines.collect::<String>());
    fs::write(
        &manifest,
        listed.replace(value["sum_of_sums"].as_str().unwrap(), &all),
    )
    .unwrap();
    let not_sealed = "manifest.json: the manifest was changed, or belongs to another kit: its seal does not match .mesh-state.json. Run peertok mesh FILE --check DIR to see which files differ\n";
    let warning = "berlin/seeded.snap: warning: a restore erases KV, ACLs, config entries and all other peerings: only for a new cluster\n";
    let (status, stdout, _) = printed(&["mesh", "--check", "kit"], folder);
    assert_eq!(status, 1);
    assert_eq!(before_verdict(&stdout), format!("{not_sealed}{warning}"));
    let (status, stdout, _) = printed(&against, folder);
    assert_eq!(status, 1);
    assert_eq!(
        before_verdict(&stdout),
        format!(
            "{not_sealed}tokyo/RUNBOOK.md: the content is not what the file with the sites gives: run peertok mesh again\n{warning}"
        )
    );
    // The next run writes both again.
    let (status, stdout, _) = printed(&["mesh", "mesh.toml", "--out", "kit"], folder);
    assert!(
        status == 0 && stdout.contains("\n  2 files written, "),
        "{stdout}"
    );
    assert_eq!(printed(&against, folder).0, 0);

    // A file with faults is told of as where it is written from.
    fs::write(folder.join("other.toml"), "[[sites]]\nname = \"a\"\n").unwrap();
    let (status, stdout, stderr) = printed(&["mesh", "other.toml", "--check", "kit"], folder);
    assert_eq!((status, stdout.as_str()), (2, ""));
    assert!(
        stderr.starts_with("peertok: error: other.toml: line 2, column 8: "),
        "{stderr}"
    );
}

/// However much does not belong into a kit, what is said of it is bounded.
#[test]
fn many_faults_of_a_kit_are_shown_in_part() {
    let folder = two_sites();
    let folder = folder.path();
    assert_eq!(printed(&["mesh", "mesh.toml", "--out", "kit"], folder).0, 0);
    for number in 0..1203 {
        fs::write(folder.join(format!("kit/tokyo/{number}")), "").unwrap();
    }
    let (status, stdout, _) = printed(&["mesh", "--check", "kit"], folder);
    assert_eq!((status, stdout.lines().count()), (1, 1003));
    assert!(stdout.contains("\n… and 203 more faults\n"), "{stdout}");
    assert!(stdout.ends_with(": 1203 at fault\n"), "{stdout}");
}

/// What stands in the way of a run is named, and nothing is written.
#[test]
fn what_a_kit_must_not_touch_is_named() {
    let folder = two_sites();
    let folder = folder.path();
    let build = ["mesh", "mesh.toml", "--out", "kit"];
    assert_eq!(printed(&build, folder).0, 0);

    let key = fs::read(root().join("fixtures/ca/key.pem")).unwrap();
    let agent = folder.join("kit/tokyo/agent-ca.json");
    let own = fs::read(&agent).unwrap();
    fs::write(&agent, &key).unwrap();
    let (status, _, stderr) = printed(&build, folder);
    assert_eq!(status, 2);
    assert_eq!(
        stderr,
        "peertok: error: cannot replace kit/tokyo/agent-ca.json: it may hold a private key that .mesh-state.json does not have\n\
         peertok: hint: move the file out of the kit, or delete it if you have the key elsewhere, then run again\n"
    );
    assert_eq!(fs::read(&agent).unwrap(), key);
    fs::write(&agent, own).unwrap();

    fs::rename(folder.join("kit/tokyo"), folder.join("elsewhere")).unwrap();
    std::os::unix::fs::symlink("../elsewhere", folder.join("kit/tokyo")).unwrap();
    let (status, _, stderr) = printed(&build, folder);
    assert_eq!(status, 2);
    assert_eq!(
        stderr,
        "peertok: error: cannot write into kit/tokyo: it is a symbolic link, not a folder\n\
         peertok: hint: a kit has its files in folders of its own: remove it, then run again\n"
    );
    let (status, stdout, _) = printed(&["mesh", "--check", "kit"], folder);
    assert_eq!(status, 1);
    assert!(
        stdout.contains("tokyo: found a symbolic link in place of a folder: remove it, and run peertok mesh again\n"),
        "{stdout}"
    );
    fs::remove_file(folder.join("kit/tokyo")).unwrap();
    fs::rename(folder.join("elsewhere"), folder.join("kit/tokyo")).unwrap();

    fs::rename(folder.join("mesh.toml"), folder.join("kit/mesh.toml")).unwrap();
    let (status, _, stderr) = printed(&["mesh", "kit/mesh.toml", "--out", "kit"], folder);
    assert_eq!(status, 2);
    assert_eq!(
        stderr,
        "peertok: error: kit/mesh.toml is in the kit's own folder\n\
         peertok: hint: move it out of the kit, where nothing replaces or removes it\n"
    );
    fs::rename(folder.join("kit/mesh.toml"), folder.join("mesh.toml")).unwrap();

    // A token that was changed leaves the kit only by hand.
    fs::write(folder.join("kit/tokyo/berlin.token"), "another's").unwrap();
    let text = fs::read_to_string(folder.join("mesh.toml")).unwrap();
    fs::write(
        folder.join("mesh.toml"),
        text.split_inclusive("internal\"]\n").next().unwrap(),
    )
    .unwrap();
    let (status, _, stderr) = printed(&build, folder);
    assert_eq!(status, 0, "{stderr}");
    assert!(
        stderr.contains("peertok: warning: left kit/tokyo/berlin.token, which the kit no longer has: it changed since it was written, or holds a private key. Delete it if you do not need it\n"),
        "{stderr}"
    );
    fs::remove_file(folder.join("kit/.mesh-state.json")).unwrap();
    let (status, stdout, _) = printed(&["mesh", "--check", "kit"], folder);
    assert_eq!(status, 1);
    assert!(
        stdout.starts_with(".mesh-state.json: the file is missing. It holds all keys and secrets, and without it nothing tells whether the manifest was changed too: bring it back from a copy\n"),
        "{stdout}"
    );
}

/// Who seeds a new token for a name is told what becomes of the one before.
#[test]
fn a_token_that_is_superseded_is_told_of() {
    let folder = tempfile::tempdir().unwrap();
    let base = root().join("fixtures/consul/alpha-minted.snap");
    let base = base.to_str().unwrap();
    let arguments = [
        "generate",
        "-name",
        "west",
        "--snapshot",
        base,
        "--out",
        "new.token",
    ];
    assert_eq!(printed(&arguments, folder.path()).0, 0);
    let seed = format!(
        "snapshot seed {base} --token @new.token --name west --allow-old-base --out seeded.snap"
    );
    let seed: Vec<&str> = seed.split(' ').collect();
    let (status, _, stderr) = printed(&seed, folder.path());
    assert_eq!(status, 0, "{stderr}");
    assert!(
        stderr.contains("\npeertok: warning: \"west\" had a token that could still be redeemed: after the restore only the new one can\n"),
        "{stderr}"
    );
    let (_, stdout, _) = printed(
        &["validate", "@new.token", "--snapshot", "seeded.snap"],
        folder.path(),
    );
    assert!(
        stdout.contains("\nthe secret can be redeemed, "),
        "{stdout}"
    );
}
