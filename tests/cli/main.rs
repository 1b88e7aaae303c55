//! The command as its users see it. Most of it is in transcripts, one behaviour a file; what a
//! transcript cannot tell is here.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod consoles;
mod documented;
mod files;
mod kits;
mod secrets;
mod streams;
mod tokens;
mod transcripts;

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const SECRET: &str = "08551fd2-ae58-51d7-89a6-2819d3207341";

const COLOUR_VARIABLES: [&str; 3] = ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn peertok(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_peertok"));
    command.current_dir(root()).args(arguments);
    command.stdin(Stdio::null());
    for variable in COLOUR_VARIABLES {
        command.env_remove(variable);
    }
    command
}

fn output(arguments: &[&str]) -> Output {
    peertok(arguments).output().unwrap()
}

fn stdout(arguments: &[&str]) -> String {
    let output = output(arguments);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {stderr}");
    String::from_utf8(output.stdout).unwrap()
}

fn generate(more: &[&str]) -> Vec<String> {
    let plain = "generate -name west --ca fixtures/ca/dc1.pem --datacenter dc1 --server-address 10.0.0.1:8503";
    plain
        .split(' ')
        .chain(more.iter().copied())
        .map(str::to_owned)
        .collect()
}

fn as_strs(arguments: &[String]) -> Vec<&str> {
    arguments.iter().map(String::as_str).collect()
}
