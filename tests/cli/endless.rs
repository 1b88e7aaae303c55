//! Files without an end: each argument that takes a file is given one of 8 TB that takes no space, and
//! one that a device makes up. Neither is read whole, whatever the memory.

use super::consoles::commands;
use super::*;
use std::collections::BTreeSet;

/// Runs in which `{}` is the file, with the command and the argument that it is given to.
pub(super) const RUNS: [(&str, &str, &str); 40] = [
    ("ca check", "<CERT>", "ca check {}"),
    ("ca check", "--key", "ca check fixtures/ca/dc1.pem --key {}"),
    (
        "ca check",
        "--config",
        "ca check fixtures/ca/dc1.pem --config {}",
    ),
    ("decode", "[TOKEN]", "decode @{}"),
    ("decode", "[TOKEN]", "decode @{} --max-size 67108864"),
    (
        "diff",
        "<A>",
        "diff @{} @fixtures/consul/alpha-minted.token",
    ),
    (
        "diff",
        "<B>",
        "diff @fixtures/consul/alpha-minted.token @{}",
    ),
    ("edit", "[TOKEN]", "edit @{} --set-address a:1"),
    ("edit", "--secret-file", "edit @T --secret-file {}"),
    ("edit", "--ca", "edit @T --ca {}"),
    ("edit", "--add-ca", "edit @T --add-ca {}"),
    ("edit", "--from-json", "edit --from-json {}"),
    ("edit", "--k8s", "edit --k8s {} --set-address a:1"),
    ("explain", "[TEXT]...", "explain @{}"),
    ("fixtures", "[DIR]", "fixtures D/corpus --force"),
    (
        "generate",
        "--ca",
        "generate -name a --ca {} --datacenter a",
    ),
    (
        "generate",
        "--ca-chain",
        "generate -name a --ca-chain {} --datacenter a",
    ),
    (
        "generate",
        "--roots",
        "generate -name a --roots {} --datacenter a",
    ),
    (
        "generate",
        "--secret-file",
        "generate -name a --no-ca --datacenter a --server-address a:1 --cluster-id 11111111-1111-1111-1111-111111111111 --secret-file {}",
    ),
    ("generate", "--snapshot", "generate -name a --snapshot {}"),
    (
        "generate",
        "--snapshot",
        "generate -name a --snapshot {} --snapshot-out D/s.snap",
    ),
    ("mesh", "[FILE]", "mesh {} --out D/kit"),
    ("mesh", "[FILE]", "mesh {} --check D/whole"),
    ("mesh", "[FILE]", "mesh D/ca.toml --out D/kit"),
    ("mesh", "[FILE]", "mesh D/key.toml --out D/kit"),
    ("mesh", "[FILE]", "mesh D/base.toml --out D/kit"),
    ("mesh", "--check", "mesh --check D/state"),
    ("mesh", "--check", "mesh --check D/manifest"),
    ("mesh", "--check", "mesh --check D/page"),
    ("mesh", "--check", "mesh --check D/snapshot"),
    ("mesh", "--check", "mesh --check D/token"),
    ("mesh", "--out", "mesh D/mesh.toml --out D/state"),
    ("mesh", "--out", "mesh D/mesh.toml --out D/token"),
    ("mesh", "--out", "mesh D/mesh.toml --out D/snapshot"),
    (
        "snapshot seed",
        "[BASE]",
        "snapshot seed {} --token @T --name a --out D/s.snap",
    ),
    (
        "snapshot seed",
        "--token",
        "snapshot seed --fresh --token @{} --name a --out D/s.snap",
    ),
    ("snapshot show", "<FILE>", "snapshot show {}"),
    ("validate", "[TOKEN]", "validate --jsonl @{}"),
    ("validate", "--snapshot", "validate @T --snapshot {}"),
    (
        "validate",
        "--dialer-snapshot",
        "validate @T --dialer-snapshot {}",
    ),
];

/// Arguments that name what is written, and texts that are no file.
const OTHERS: [(&str, &str); 8] = [
    ("ca new", "--out"),
    ("edit", "--out"),
    ("generate", "--out"),
    ("generate", "--snapshot-out"),
    ("man", "--out"),
    ("snapshot seed", "--out"),
    ("completions", "<SHELL>"),
    ("man", "[COMMAND]..."),
];

/// The arguments of a command that take something from a file or a folder, by its help.
fn arguments(help: &str) -> BTreeSet<String> {
    let named = |line: &str| {
        let line = line.trim_start();
        let is_value = ["<FILE>", "<DIR>", "<TOKEN>", "<CERT>", "<BASE>"];
        let flag = line.split(' ').find(|word| word.starts_with("--"));
        match flag {
            Some(flag) => is_value
                .iter()
                .any(|value| line.ends_with(value))
                .then(|| flag.to_owned()),
            None => (line.starts_with(['<', '[']) && !line.contains(' ')).then(|| line.to_owned()),
        }
    };
    // The usage and the examples are not lists of arguments.
    let lines = help.lines().filter(|line| line.starts_with("  "));
    let lines = lines.filter(|line| !line.starts_with("  peertok"));
    lines.filter_map(named).collect()
}

fn sparse(path: &Path) {
    // What is written by a kit is for its owner alone.
    let file = fs::File::options()
        .create(true)
        .truncate(true)
        .write(true)
        .open(path);
    let file = file.unwrap();
    file.set_permissions(fs::Permissions::from_mode(0o600))
        .unwrap();
    file.set_len(8 << 40).unwrap();
}

#[test]
#[cfg(target_os = "linux")]
fn a_file_without_an_end_is_not_read_whole() {
    for (command, help) in commands("") {
        for argument in arguments(&help) {
            let is_run = RUNS
                .iter()
                .any(|(of, tried, _)| *of == command && *tried == argument);
            let is_other = OTHERS.contains(&(&command, &argument));
            assert!(is_run || is_other, "{command} {argument} is not tried");
        }
    }

    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let site = |name: &str, more: &str| {
        format!(
            "[[sites]]\nname = \"{name}\"\ndatacenter = \"{name}\"\naddresses = [\"{name}.net\"]\n{more}\n"
        )
    };
    let new = "state = \"new\"";
    let two = site("a", new) + &site("b", new);
    fs::write(path("mesh.toml"), &two).unwrap();
    sparse(&path("sparse"));
    for (name, more) in [
        ("ca", "ca = [\"FILE\"]"),
        ("key", "ca = [\"CA\"]\nkey = \"FILE\""),
        ("base", "base = \"FILE\""),
    ] {
        let state = if name == "base" { "" } else { new };
        let more = format!("{state}\n{more}");
        fs::write(path(&format!("{name}.toml")), site("c", &more)).unwrap();
    }
    for (kit, file) in [
        ("whole", ""),
        ("state", ".mesh-state.json"),
        ("manifest", "manifest.json"),
        ("page", "mesh.html"),
        ("snapshot", "a/seeded.snap"),
        ("token", "b/a.token"),
    ] {
        let out = path(kit);
        let run = peertok(&["mesh"])
            .args([path("mesh.toml"), "--out".into(), out.clone()])
            .output();
        assert_eq!(run.unwrap().status.code(), Some(0));
        if !file.is_empty() {
            sparse(&out.join(file));
        }
    }
    fs::create_dir(path("corpus")).unwrap();
    sparse(&path("corpus/manifest.json"));

    let ca = root().join("fixtures/ca/dc1.pem");
    for file in [path("sparse"), "/dev/zero".into()] {
        for name in ["ca", "key", "base"] {
            let toml = path(&format!("{name}.toml"));
            let text = fs::read_to_string(&toml).unwrap();
            let text = text.replace("FILE", file.to_str().unwrap());
            fs::write(&toml, text.replace("CA", ca.to_str().unwrap())).unwrap();
        }
        for (command, argument, run) in RUNS {
            let words = run.split(' ').map(|word| {
                let word = word.replace("{}", file.to_str().unwrap());
                let word = word.replace("@T", "@fixtures/consul/alpha-minted.token");
                match word.strip_prefix("D/") {
                    Some(name) => path(name).to_str().unwrap().to_owned(),
                    None => word,
                }
            });
            // Far less memory than the file would take, and a hang is a failure.
            let mut limited = Command::new("sh");
            limited.args(["-c", "ulimit -v 3000000; exec timeout 300 \"$@\"", "sh"]);
            limited.arg(env!("CARGO_BIN_EXE_peertok")).args(words);
            let output = limited.current_dir(root()).stdin(Stdio::null()).output();
            let output = output.unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            let what = format!("{command} {argument}, {run} with {file:?}: {said}");
            let status = output.status.code();
            assert!(matches!(status, Some(1 | 2)), "{what}: {status:?}");
            let is_check = run.starts_with("mesh --check");
            assert!(is_check || said.starts_with("peertok: error: "), "{what}");
            assert!(said.len() + output.stdout.len() < 10_000, "{what}");
        }
    }
}
