//! The command as its users see it. Most of it is in transcripts, one behaviour a file; what a
//! transcript cannot tell is here.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may panic")]

mod canary;
mod consoles;
mod delivered;
mod documented;
mod endless;
mod files;
mod hostile;
mod interrupted;
mod kits;
mod linear;
mod memory;
mod network;
mod page;
mod paths;
mod repository;
mod secrets;
mod shells;
mod snippets;
mod streams;
#[path = "../support/mod.rs"]
mod support;
mod tokens;
mod transcripts;

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use support::command::{COLOUR_VARIABLES, output, peertok, stdout};
use support::tools::has;
use support::{root, schema};

const SECRET: &str = "08551fd2-ae58-51d7-89a6-2819d3207341";

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
