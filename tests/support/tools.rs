//! Tools that a test needs and a machine may lack, and the environment variables that tests read.

use std::env;
use std::fmt::Display;
use std::io::Write;
use std::process::Command;

/// Prints this at once. The test runner keeps back what a test prints in any other way.
pub fn say(text: impl Display) {
    let mut stderr = std::io::stderr();
    writeln!(stderr, "{text}").unwrap();
}

/// Says that a test, or a part of it, cannot run here. Where `CI` is set every tool is expected, so
/// there the test fails.
pub fn skip(reason: impl Display) {
    let is_ci = env::var_os("CI").is_some_and(|value| !value.is_empty());
    assert!(!is_ci, "CI is set, so nothing may be skipped: {reason}");
    say(format_args!("\nSKIPPED: {reason}"));
}

/// Whether a tool runs; `version` is the argument with which it prints its version.
pub fn has(tool: &str, version: &str) -> bool {
    let output = Command::new(tool).arg(version).output();
    let found = output.is_ok_and(|output| output.status.success());
    if !found {
        skip(format_args!("{tool} is missing"));
    }
    found
}

/// The number in an environment variable.
pub fn number(variable: &str) -> Option<u64> {
    let text = env::var(variable).ok()?;
    let number = text.parse();
    Some(number.unwrap_or_else(|_| panic!("{variable}: expected a number, found {text:?}")))
}
