//! A kit of `peertok mesh`, from its making to the check before it is carried in.

use super::*;

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
