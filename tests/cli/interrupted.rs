//! A snapshot or a kit that is being written when its writer dies, or when the disk is full: there is
//! the old file or the new one, and never a part of one.

use crate::support::command::peertok;
use crate::support::root;
use crate::support::tools::skip;
use jiff::Timestamp;
use peertok::mesh::check;
use peertok::snapshot::State;
use peertok_testing::cases;
use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const TOKEN: &str = "@fixtures/consul/gamma-seeded.token";

fn base() -> PathBuf {
    root().join("fixtures/consul/alpha-gateways.snap")
}

/// Adds a peering to a base, over a file that is there.
fn seed(out: &Path, name: &str) -> Command {
    let mut command = peertok(&["snapshot", "seed"]);
    command.arg(base());
    command.args([
        "--token",
        TOKEN,
        "--name",
        name,
        "--allow-old-base",
        "--force",
    ]);
    command.arg("--out").arg(out);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Which of the two peerings a whole snapshot has.
fn seeded_name(file: &Path) -> &'static str {
    let state = State::read(File::open(file).unwrap()).expect("a whole snapshot");
    match (
        state.peering("old").is_some(),
        state.peering("new").is_some(),
    ) {
        (true, false) => "old",
        (false, true) => "new",
        other => panic!("neither the old nor the new file: {other:?}"),
    }
}

#[test]
fn a_kill_at_any_moment_leaves_the_old_file_or_the_new_one() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("seeded.snap");
    assert!(seed(&out, "old").status().unwrap().success());
    let old = fs::read(&out).unwrap();
    // The slowest of some runs: a machine with other work to do is not to end every run early.
    let whole_run = (0..5).map(|_| {
        let start = Instant::now();
        assert!(seed(&out, "new").status().unwrap().success());
        start.elapsed()
    });
    let whole_run = whole_run.max().unwrap_or_default();

    let (mut left_old, mut left_new) = (0, 0);
    for _ in 0..cases(20) {
        fs::write(&out, &old).unwrap();
        let mut writer = seed(&out, "new").spawn().unwrap();
        let moment = fastrand::f64() * 1.5;
        std::thread::sleep(Duration::from_secs_f64(whole_run.as_secs_f64() * moment));
        writer.kill().unwrap();
        writer.wait().unwrap();
        match seeded_name(&out) {
            "old" => {
                assert_eq!(fs::read(&out).unwrap(), old);
                left_old += 1;
            }
            _ => left_new += 1,
        }
    }
    // What a killed writer leaves beside is named for what it is, and for its owner's eyes alone.
    for entry in fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        let partial = name.starts_with(".peertok-") && name.ends_with(".partial");
        assert!(partial || name == "seeded.snap", "{name}");
        if partial {
            assert_eq!(
                entry.metadata().unwrap().permissions().mode() & 0o777,
                0o600
            );
        }
    }
    assert!(
        left_old > 0 && left_new > 0,
        "{left_old} old and {left_new} new files: no kill hit"
    );
}

/// What a kit keeps is written before all that depends on it.
#[test]
fn a_killed_mesh_is_completed_by_the_next_run_with_the_same_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let site = |number| {
        format!(
            "[[sites]]\nname = \"s{number}\"\nstate = \"new\"\ndatacenter = \"d\"\naddresses = [\"s{number}.net\"]\n"
        )
    };
    let sites: String = (0..8).map(site).collect();
    fs::write(folder.path().join("mesh.toml"), sites).unwrap();
    let run = |out: &str| {
        let mut command = peertok(&["mesh", "mesh.toml", "--out", out]);
        command.current_dir(folder.path()).stdout(Stdio::null());
        command
    };
    assert!(run("whole").status().unwrap().success());
    let files = |out: &Path| -> usize {
        let folders = [out.to_owned()].into_iter();
        let folders = folders.chain((0..8).map(|number| out.join(format!("s{number}"))));
        folders
            .map(|folder| fs::read_dir(folder).map_or(0, Iterator::count))
            .sum()
    };
    let all = files(&folder.path().join("whole"));

    let mut incomplete = 0;
    for number in 0..cases(4) {
        let name = format!("kit-{number}");
        let out = folder.path().join(&name);
        let mut kept: Option<Vec<u8>> = None;
        for _ in 0..2 {
            let mut writer = run(&name).stderr(Stdio::null()).spawn().unwrap();
            let there = files(&out);
            let moment = there + fastrand::usize(..=all.saturating_sub(there));
            while files(&out) < moment && writer.try_wait().unwrap().is_none() {}
            writer.kill().unwrap();
            writer.wait().unwrap();
            let found = fs::read(out.join(".mesh-state.json")).ok();
            assert!(kept.is_none() || found == kept, "a secret was replaced");
            kept = found;
        }
        let is_whole = check(&out, Timestamp::now()).is_ok_and(|checked| checked.faults.is_empty());
        incomplete += usize::from(!is_whole);
        let output = run(&name).output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{errors}");
        let found = fs::read(out.join(".mesh-state.json")).ok();
        assert!(kept.is_none() || found == kept, "a secret was replaced");
        let checked = check(&out, Timestamp::now()).unwrap();
        assert!(checked.faults.is_empty(), "{:?}", checked.faults);
        assert_eq!(checked.tokens, 28);
    }
    assert!(incomplete > 0, "no kill hit");
}

/// A file system of a few pages, in a mount namespace of its own.
#[test]
fn a_full_disk_is_an_error_and_leaves_the_old_file() {
    let folder = tempfile::tempdir().unwrap();
    let script = r#"
        mount -t tmpfs -o size=16k tmpfs "$1" || exit 77
        cp "$2" "$1/seeded.snap" && head -c 8k /dev/zero > "$1/filler" || exit 78
        "$3" snapshot seed "$4" --token "$5" --name new --allow-old-base --force --out "$1/seeded.snap"
        [ $? -eq 2 ] && cmp "$2" "$1/seeded.snap" && [ "$(ls -A "$1" | wc -l)" -eq 2 ]
    "#;
    let old = root().join("fixtures/consul/gamma.snap");
    let output = Command::new("unshare")
        .args(["--map-root-user", "--mount", "sh", "-c", script, "sh"])
        .args([
            folder.path(),
            &old,
            Path::new(env!("CARGO_BIN_EXE_peertok")),
            &base(),
        ])
        .arg(TOKEN)
        .current_dir(root())
        .output();
    let mounted = |output: &std::process::Output| {
        output.status.code() != Some(77) && !output.stderr.starts_with(b"unshare: ")
    };
    let Some(output) = output.ok().filter(mounted) else {
        skip("no file system can be mounted here: no disk was filled");
        return;
    };
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    assert!(errors.contains("peertok: error: cannot write "), "{errors}");
}
