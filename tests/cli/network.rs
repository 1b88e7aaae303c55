//! No command opens a socket, and so none resolves a name or connects. strace lists the calls that
//! would.

use crate::support::command::output_with;
use crate::support::root;
use crate::support::tools::has;
use crate::{as_strs, generate};
use std::fs;
use std::process::Command;

#[test]
fn no_command_opens_a_socket() {
    if !has("strace", "--version") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join("trace");
    let sites = folder.path().join("mesh.toml");
    let site = |name| {
        format!(
            "[[sites]]\nname = \"{name}\"\nstate = \"new\"\ndatacenter = \"{name}\"\naddresses = [\"{name}.acme.internal\"]\n"
        )
    };
    let pairs = "pairs = \"full\"\n".to_owned();
    fs::write(&sites, pairs + &site("a") + &site("b")).unwrap();
    let sites = sites.to_str().unwrap();
    let kit = folder.path().join("kit");
    let kit = kit.to_str().unwrap();
    let ca = folder.path().join("ca");
    let generated = generate(&[]);
    let commands: Vec<Vec<&str>> = vec![
        as_strs(&generated),
        vec!["decode", "@fixtures/consul/alpha-minted.token"],
        vec!["validate", "@fixtures/consul/alpha-external.token"],
        vec!["validate", "--jsonl"],
        vec![
            "diff",
            "@fixtures/consul/alpha-minted.token",
            "@fixtures/consul/alpha-external.token",
        ],
        vec![
            "edit",
            "@fixtures/consul/alpha-minted.token",
            "--set-address",
            "a.example.com:8503",
        ],
        vec!["snapshot", "show", "fixtures/consul/alpha-minted.snap"],
        vec!["explain", "x509: certificate signed by unknown authority"],
        vec!["ca", "new", "--out", ca.to_str().unwrap()],
        vec!["ca", "check", "fixtures/ca/dc1.pem"],
        vec!["mesh", sites, "--out", kit],
        vec!["mesh", "--check", kit],
        vec!["completions", "bash"],
        vec!["--help"],
    ];
    for arguments in commands {
        let mut command = Command::new("strace");
        command.args(["-f", "-q", "-e", "trace=%network", "-o"]);
        command.arg(&trace).arg(env!("CARGO_BIN_EXE_peertok"));
        command.args(&arguments).current_dir(root());
        let output = output_with(command, b"{\"token\":\"e30=\"}\n");
        assert!(
            output.status.code().is_some_and(|code| code < 2),
            "{arguments:?}: {output:?}"
        );
        let calls = fs::read_to_string(&trace).unwrap();
        let calls: Vec<&str> = calls.lines().filter(|line| !line.contains("+++")).collect();
        assert!(calls.is_empty(), "{arguments:?}: {calls:?}");
    }
}
