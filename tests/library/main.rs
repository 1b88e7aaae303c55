//! The library, against what servers, Go, openssl and Python say. Where a rule shows in the command
//! as well, its output is looked at beside the library's answer.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod ca;
mod crafted_snapshots;
mod explain;
mod findings;
mod kubernetes;
mod mesh;
mod recorded_verdicts;
mod recovery;
mod roots_as_go_does;
mod runbook;
mod snapshots;
#[path = "../support/mod.rs"]
mod support;
