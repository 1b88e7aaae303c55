//! The blocks of a run-book, in `sh` and bash, with commands in the place of Consul's that fail or
//! succeed as each test wants: a block stops at the first failure, and the only copy of a token is
//! never emptied or replaced. What the commands print is what Consul 1.20.1 printed.

use jiff::Timestamp;
use peertok::mesh::{Options, build};
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

const SHELLS: [&str; 2] = ["sh", "bash"];
const TOKEN: &str = "c8624e7f-6b4d-c940-fee7-8757f8319ce8";
const OTHER: &str = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee";

/// Each writes its name and arguments to `log`. What it does otherwise, a variable says.
const CONSUL: &str = r#"#!/bin/sh
echo "consul $*" >> "$LOG"
token=$(cat "$CONSUL_HTTP_TOKEN_FILE" 2> /dev/null)
case "$1 $2" in
"acl bootstrap")
  case $BOOTSTRAP in
  made) printf '{\n    "CreateIndex": 21,\n    "AccessorID": "d24452a1-7886-8801-12fa-df58e8113d46",\n    "SecretID": "%s",\n    "Description": "Bootstrap Token (Global Management)"\n}\n' "$TOKEN" ;;
  odd) printf '{\n    "SecretID": "other"\n}\n' ;;
  empty) ;;
  late) printf '{\n    "Secr'; exit 1 ;;
  *) echo 'Failed ACL bootstrapping: Unexpected response code: 403 (Permission denied: ACL bootstrap no longer allowed (reset index: 21))' >&2; exit 1 ;;
  esac ;;
"acl token")
  if [ "$3" = create ]; then
    [ "$CREATE" = made ] || { echo 'Failed to create new token: Unexpected response code: 500' >&2; exit 1; }
    printf '{\n    "SecretID": "%s"\n}\n' "$TOKEN"
  else
    [ "$token" = "$TOKEN" ] || { echo 'Error reading token: Unexpected response code: 403 (token does not exist: ACL not found)' >&2; exit 1; }
  fi ;;
"snapshot save") [ "$SAVE" != fails ] || exit 1; echo state > "$3" ;;
"snapshot inspect") printf '%b' "$INSPECT" ;;
"snapshot restore") [ "$RESTORE" != fails ] || exit 1 ;;
"peering list") printf '%b' "$PEERINGS" ;;
"members ") [ "$MEMBERS" != fails ] || exit 1; printf 'Node  Address          Status\nn1    10.0.0.1:8301    alive\nN2    10.0.0.2:8301    alive\nn3    10.0.0.3:8301    alive\n' ;;
*) exit 1 ;;
esac
"#;
const OTHERS: &str = r#"#!/bin/sh
echo "${0##*/} $*" >> "$LOG"
case "$*" in *"$FAILS"*) exit 1 ;; esac
"#;

/// What `consul snapshot inspect` prints of a fresh server with ACLs.
const FRESH: &str = r" ID           2-21-1795849232880\n Size         7827\n Index        21\n Term         2\n Version      1\n\n Type                        Count      Size\n ----                        ----       ----\n Register                    3          1.9KB\n ConnectCA                   1          1.2KB\n ACLPolicy                   2          1.2KB\n ConnectCAProviderState      1          1.1KB\n ACLToken                    2          747B\n Index                       21         625B\n SystemMetadata              4          292B\n Autopilot                   1          199B\n ConnectCAConfig             1          195B\n FederationState             1          139B\n ChunkingState               1          12B\n ----                        ----       ----\n Total                                  7.6KB\n";

/// A site's folder with a run-book, and the commands that its blocks find.
struct Site {
    folder: TempDir,
    site: &'static str,
    blocks: Vec<String>,
    variables: BTreeMap<&'static str, String>,
}

/// What a shell made of a block.
#[derive(Debug)]
struct Ran {
    succeeded: bool,
    errors: String,
    /// The commands that it called.
    called: Vec<String>,
}

impl Site {
    fn new(text: &str, site: &'static str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
        let kit = folder.path().join("kit");
        let now: Timestamp = "2026-11-24T04:30:00Z".parse().unwrap();
        build(text, &Options::new(&fixtures, &kit, now), &|_, _| {}).unwrap();
        let book = fs::read_to_string(kit.join(site).join("RUNBOOK.md")).unwrap();
        for path in ["home", "bin"] {
            fs::create_dir(folder.path().join(path)).unwrap();
        }
        for name in ["consul", "curl", "kubectl", "systemctl", "install"] {
            let path = folder.path().join("bin").join(name);
            fs::write(&path, if name == "consul" { CONSUL } else { OTHERS }).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        let variables = [
            ("TOKEN", TOKEN),
            ("BOOTSTRAP", "made"),
            ("CREATE", "made"),
            ("INSPECT", FRESH),
            ("PEERINGS", "There are no peering connections.\n"),
            ("FAILS", "nothing"),
        ];
        Self {
            folder,
            site,
            blocks: blocks(&book),
            variables: variables
                .map(|(name, value)| (name, value.to_owned()))
                .into(),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("kit").join(self.site).join(name)
    }

    fn home(&self, name: &str) -> PathBuf {
        self.folder.path().join("home").join(name)
    }

    fn set(&mut self, name: &'static str, value: &str) {
        self.variables.insert(name, value.to_owned());
    }

    /// The one block with this text, or the first of several.
    fn block(&self, with: &str) -> &str {
        let found = self.blocks.iter().find(|block| block.contains(with));
        found.unwrap_or_else(|| panic!("{with}: {:#?}", self.blocks))
    }

    /// Runs the block with this text as a shell does into which it was pasted: what is typed then
    /// comes on the same input, and the shell lives on.
    fn run(&self, shell: &str, with: &str, typed: &str) -> Ran {
        let log = self.folder.path().join("log");
        fs::write(&log, "").unwrap();
        let path = std::env::var("PATH").unwrap();
        let mut child = Command::new(shell)
            .arg("-c")
            .arg(format!(
                "{}\nstatus=$?\necho lives >&2\nexit $status",
                self.block(with)
            ))
            .current_dir(self.path(""))
            .env_clear()
            .env(
                "PATH",
                format!("{}:{path}", self.folder.path().join("bin").display()),
            )
            .env("HOME", self.folder.path().join("home"))
            .env("LOG", &log)
            .envs(&self.variables)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A block that reads nothing may be gone already.
        let _ = child.stdin.take().unwrap().write_all(typed.as_bytes());
        let output = child.wait_with_output().unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(errors.ends_with("lives\n"), "{shell}: {with}: {errors}");
        let called = fs::read_to_string(&log).unwrap();
        Ran {
            succeeded: output.status.success(),
            errors,
            called: called.lines().map(str::to_owned).collect(),
        }
    }

    fn in_home(&self) -> Vec<String> {
        names(&self.folder.path().join("home"))
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

/// The indented blocks of a page.
fn blocks(page: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut block = String::new();
    for line in page.lines().chain([""]) {
        match line.strip_prefix("    ") {
            Some(line) => block.push_str(&format!("{line}\n")),
            None if block.is_empty() => {}
            None => blocks.push(std::mem::take(&mut block)),
        }
    }
    blocks
}

fn sites(names: &[&str]) -> String {
    let site = |name: &&str| {
        format!(
            "[[sites]]\nname = \"{name}\"\nstate = \"new\"\ndatacenter = \"DC-{name}\"\naddresses = [\"{name}.net\"]\n"
        )
    };
    names.iter().map(site).collect()
}

/// A new site that accepts one peer and dials another.
fn oslo() -> Site {
    Site::new(&sites(&["berlin", "oslo", "tokyo"]), "oslo")
}

/// A running site with a base.
fn alpha() -> Site {
    let alpha =
        "allow_private = true\n[[sites]]\nname = \"alpha\"\nbase = \"consul/alpha-before.snap\"\n";
    Site::new(&format!("{alpha}{}", sites(&["rome", "lima"])), "alpha")
}

const BOOTSTRAP: &str = "consul acl bootstrap";
const TYPED: &str = "read -r secret";
const RESTORE: &str = "consul snapshot restore";
const HEADER: &str = "> acl-header.new";
/// The file that the first token goes into.
const FILE: &str = ".consul-oslo-before.token";

#[test]
fn bootstrapping_writes_the_token_for_its_owner_alone() {
    for shell in SHELLS {
        let site = oslo();
        let ran = site.run(shell, BOOTSTRAP, "");
        assert!(ran.succeeded, "{ran:?}");
        assert_eq!(site.in_home(), [FILE]);
        let path = site.home(FILE);
        assert_eq!(fs::read_to_string(&path).unwrap(), format!("{TOKEN}\n"));
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert!(!ran.errors.contains(TOKEN), "{ran:?}");
    }
}

#[test]
fn a_bootstrap_that_fails_leaves_every_token_as_it_was() {
    for shell in SHELLS {
        for how in ["denied", "empty", "odd", "late"] {
            let mut site = oslo();
            site.set("BOOTSTRAP", how);
            let ran = site.run(shell, BOOTSTRAP, "");
            assert!(
                !ran.succeeded && ran.errors.contains("stop: "),
                "{how}: {ran:?}"
            );
            assert!(!site.home(FILE).exists(), "{how}");
            // What may hold a token is kept, and another try does not replace it.
            let answer = site.home(&format!("{FILE}.json"));
            let kept = fs::read_to_string(&answer).unwrap_or_default();
            assert_eq!(
                kept.is_empty(),
                how == "denied" || how == "empty",
                "{how}: {kept}"
            );
            assert_eq!(answer.exists(), !kept.is_empty(), "{how}");
            site.set("BOOTSTRAP", "made");
            if !kept.is_empty() {
                let ran = site.run(shell, BOOTSTRAP, "");
                assert!(!ran.succeeded && ran.called.is_empty(), "{how}: {ran:?}");
                assert_eq!(fs::read_to_string(&answer).unwrap(), kept);
            }
        }
        // A token that is there is not even put at risk.
        let site = oslo();
        fs::write(site.home(FILE), OTHER).unwrap();
        for (with, typed) in [(BOOTSTRAP, ""), (TYPED, TOKEN)] {
            let ran = site.run(shell, with, &format!("{typed}\n"));
            assert!(!ran.succeeded && ran.called.is_empty(), "{ran:?}");
            assert_eq!(fs::read_to_string(site.home(FILE)).unwrap(), OTHER);
            assert_eq!(site.in_home(), [FILE]);
        }
    }
}

#[test]
fn a_token_that_is_typed_is_written_once_the_servers_accept_it() {
    for shell in SHELLS {
        let site = oslo();
        for typed in [
            "",
            "\n",
            "short\n",
            &format!("{OTHER}\n"),
            &format!("{TOKEN} {TOKEN}\n"),
        ] {
            let ran = site.run(shell, TYPED, typed);
            assert!(!ran.succeeded, "{typed:?}: {ran:?}");
            assert_eq!(site.in_home(), [""; 0], "{typed:?}");
        }
        let ran = site.run(shell, TYPED, &format!("\n{TOKEN}\n"));
        assert!(ran.succeeded, "{ran:?}");
        assert_eq!(site.in_home(), [FILE]);
        assert_eq!(
            fs::read_to_string(site.home(FILE)).unwrap(),
            format!("{TOKEN}\n")
        );
        assert!(
            !ran.called.join("\n").contains(TOKEN) && !ran.errors.contains(TOKEN),
            "{ran:?}"
        );
    }
}

#[test]
fn a_new_cluster_is_restored_once_and_only_if_it_has_nothing_to_lose() {
    for shell in SHELLS {
        let kv = FRESH.replace(
            " Index   ",
            " KVS                         27         12.3KB\\n Index   ",
        );
        let tokens = FRESH.replace(
            "ACLToken                    2",
            "ACLToken                    3",
        );
        let peering = FRESH.replace(
            " Index   ",
            " Peering                     1          80B\\n Index   ",
        );
        let unknown = FRESH.replace(
            " Index   ",
            " Unknown(99)                 1          80B\\n Index   ",
        );
        for (inspect, lost) in [
            (kv.as_str(), "  27 KVS\n"),
            (&tokens, "  3 ACLToken\n"),
            (&peering, "  1 Peering\n"),
            (&unknown, "  1 Unknown(99)\n"),
            ("", "before.txt does not say"),
        ] {
            let mut site = oslo();
            site.set("INSPECT", inspect);
            let ran = site.run(shell, RESTORE, "");
            assert!(
                !ran.succeeded && ran.errors.contains(lost),
                "{lost}: {ran:?}"
            );
            assert!(
                !ran.called.iter().any(|call| call.contains(RESTORE)),
                "{ran:?}"
            );
            // It is not taken for one that was restored.
            site.set("INSPECT", FRESH);
            assert!(site.run(shell, RESTORE, "").succeeded);
        }
        let mut site = oslo();
        site.set("SAVE", "fails");
        let ran = site.run(shell, RESTORE, "");
        assert!(
            !ran.succeeded && ran.called == ["consul snapshot save before.snap.new"],
            "{ran:?}"
        );
        site.set("SAVE", "works");
        site.set("RESTORE", "fails");
        let ran = site.run(shell, RESTORE, "");
        assert!(
            !ran.succeeded && site.path("before.snap").exists(),
            "{ran:?}"
        );

        let site = oslo();
        let ran = site.run(shell, RESTORE, "");
        assert!(ran.succeeded, "{ran:?}");
        let expected = [
            "consul snapshot save before.snap.new",
            "consul snapshot inspect before.snap.new",
            "consul snapshot restore seeded.snap",
        ];
        assert_eq!(ran.called, expected);
        let saved = fs::read(site.path("before.snap")).unwrap();
        let ran = site.run(shell, RESTORE, "");
        assert!(!ran.succeeded && ran.called.is_empty(), "{ran:?}");
        assert_eq!(fs::read(site.path("before.snap")).unwrap(), saved);
    }
}

#[test]
fn a_running_cluster_is_not_restored_where_the_peerings_are_up_already() {
    for shell in SHELLS {
        let mut site = alpha();
        site.set(
            "PEERINGS",
            "Name   State   Imported Svcs\nlima2  ACTIVE  0\nlima   ACTIVE  0\n",
        );
        let ran = site.run(shell, RESTORE, "");
        assert!(
            !ran.succeeded && ran.errors.contains("lima   ACTIVE"),
            "{ran:?}"
        );
        assert_eq!(ran.called, ["consul peering list"]);
        site.set(
            "PEERINGS",
            "Name   State   Imported Svcs\nlima2  ACTIVE  0\n",
        );
        let ran = site.run(shell, RESTORE, "");
        assert!(
            ran.succeeded && site.path("before.snap").exists(),
            "{ran:?}"
        );
        assert!(!site.run(shell, RESTORE, "").succeeded);
    }
}

#[test]
fn no_empty_header_is_written_and_nothing_waits_for_a_token() {
    for shell in SHELLS {
        let mut site = oslo();
        let ran = site.run(shell, HEADER, "");
        assert!(
            !ran.succeeded && ran.errors.contains("CONSUL_HTTP_TOKEN_FILE"),
            "{ran:?}"
        );
        for content in [None, Some(""), Some("short"), Some("a\nb")] {
            let file = site.home("token");
            if let Some(content) = content {
                fs::write(&file, content).unwrap();
            }
            site.set("CONSUL_HTTP_TOKEN_FILE", file.to_str().unwrap());
            assert!(!site.run(shell, HEADER, "").succeeded, "{content:?}");
            assert!(!site.path("acl-header").exists() && !site.path("acl-header.new").exists());
        }
        fs::write(site.home("token"), format!("{TOKEN}\n")).unwrap();
        let ran = site.run(shell, HEADER, "");
        assert!(ran.succeeded, "{ran:?}");
        let header = fs::read_to_string(site.path("acl-header")).unwrap();
        assert_eq!(header, format!("X-Consul-Token: {TOKEN}\n"));
    }
}

#[test]
fn each_agent_gets_one_token() {
    for shell in SHELLS {
        let mut site = oslo();
        let with = "consul acl token create";
        let made = |site: &Site| {
            let names = names(&site.path("")).into_iter();
            names
                .filter(|name| name.starts_with("agent-n") || name.starts_with("agent-N"))
                .collect::<Vec<_>>()
        };
        for (name, value) in [("MEMBERS", "fails"), ("CREATE", "fails")] {
            site.set(name, value);
            assert!(!site.run(shell, with, "").succeeded, "{name}");
            assert_eq!(made(&site), [""; 0], "{name}");
            site.set(name, "made");
        }
        fs::write(site.path("agent-n1.json"), "kept").unwrap();
        let ran = site.run(shell, with, "");
        assert!(ran.succeeded && ran.errors.contains("N2"), "{ran:?}");
        assert_eq!(made(&site), ["agent-n1.json", "agent-n3.json"]);
        assert_eq!(
            fs::read_to_string(site.path("agent-n1.json")).unwrap(),
            "kept"
        );
        assert!(
            ran.called[1].contains("-node-identity n3:dc-oslo"),
            "{ran:?}"
        );
    }
}

#[test]
fn without_its_secret_no_resource_is_applied() {
    let text = format!("{}kubernetes = {{}}\n", sites(&["berlin", "oslo", "tokyo"]));
    for shell in SHELLS {
        let mut site = Site::new(&text, "tokyo");
        site.set("FAILS", "secret.yaml");
        let ran = site.run(shell, "berlin.secret.yaml", "");
        assert!(!ran.succeeded, "{ran:?}");
        assert_eq!(ran.called, ["kubectl apply -f berlin.secret.yaml"]);
    }
}

/// Every block of every kind of run-book, where each command fails: nothing that was there changes.
#[test]
fn no_block_harms_a_token_where_everything_fails() {
    let three = sites(&["berlin", "oslo", "tokyo"]);
    let books = [
        oslo(),
        alpha(),
        Site::new(&three, "berlin"),
        Site::new(
            &three.replace(
                "name = \"tokyo\"\nstate = \"new\"",
                "name = \"tokyo\"\nstate = \"running\"",
            ),
            "tokyo",
        ),
        Site::new(&format!("mode = \"active\"\n{three}"), "oslo"),
        Site::new(&format!("{three}kubernetes = {{}}\n"), "tokyo"),
    ];
    let mut count = 0;
    for mut site in books {
        for (name, value) in [
            ("BOOTSTRAP", "denied"),
            ("CREATE", "fails"),
            ("SAVE", "fails"),
            ("RESTORE", "fails"),
            ("MEMBERS", "fails"),
            ("FAILS", ""),
        ] {
            site.set(name, value);
        }
        let file = site.home("token");
        site.set("CONSUL_HTTP_TOKEN_FILE", file.to_str().unwrap());
        for block in &site.blocks {
            // An interactive shell expands the one and may run the other.
            assert!(!block.contains('!') && !block.contains('#'), "{block}");
            assert!(
                block.starts_with('(') == (block.lines().count() > 2),
                "{block}"
            );
        }
        for shell in SHELLS {
            for block in &site.blocks {
                count += 1;
                fs::write(&file, format!("{OTHER}\n")).unwrap();
                let ran = site.run(shell, block, "x\n");
                let may_succeed = [
                    HEADER,
                    "rm -f acl-header\n",
                    "consul peering list\n",
                    "/v1/connect/ca/roots",
                ];
                assert!(
                    !ran.succeeded || may_succeed.iter().any(|with| block.contains(with)),
                    "{block}"
                );
                assert_eq!(
                    fs::read_to_string(&file).unwrap(),
                    format!("{OTHER}\n"),
                    "{block}"
                );
                assert_eq!(site.in_home(), ["token"], "{block}");
            }
        }
    }
    assert!(count > 60, "{count}");
}

/// The guide shows the same blocks, so that what holds of those holds of it.
#[test]
fn the_guide_has_the_blocks_of_a_run_book() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/guide-air-gap.md");
    let page = fs::read_to_string(page).unwrap();
    let pair = sites(&["berlin", "tokyo"]);
    let [berlin, tokyo] = ["berlin", "tokyo"].map(|site| Site::new(&pair, site));
    let mut count = 0;
    for block in page.split("```sh\n").skip(1) {
        let (block, _) = block.split_once("```").unwrap();
        let block = block.replace("berlin.snap", "seeded.snap");
        let known = berlin
            .blocks
            .iter()
            .chain(&tokyo.blocks)
            .any(|known| *known == block);
        assert!(known, "{block}");
        count += 1;
    }
    assert_eq!(count, 5);
}
