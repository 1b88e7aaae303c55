//! Runs of the `peertok` command.

use super::root;
use std::io::Write;
use std::process::{Command, Output, Stdio};
use std::thread;

/// The variables that decide whether the command prints colours.
pub const COLOUR_VARIABLES: [&str; 3] = ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"];

/// The command in the root of the repository, with nothing on standard input.
pub fn peertok(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_peertok"));
    command.current_dir(root()).args(arguments);
    command.stdin(Stdio::null()).env("COLUMNS", "100");
    for variable in COLOUR_VARIABLES {
        command.env_remove(variable);
    }
    command
}

pub fn output(arguments: &[&str]) -> Output {
    peertok(arguments).output().unwrap()
}

/// What the command prints where it succeeds; otherwise the test fails.
pub fn stdout(arguments: &[&str]) -> String {
    text_of(peertok(arguments))
}

/// What a command prints where it succeeds; otherwise the test fails.
pub fn text_of(mut command: Command) -> String {
    let output = command.output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {stderr}");
    String::from_utf8(output.stdout).unwrap()
}

/// Runs a command with this on its standard input.
pub fn output_with(mut command: Command, input: &[u8]) -> Output {
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    thread::scope(|scope| {
        // A command that does not read its input to the end closes the pipe.
        scope.spawn(move || drop(stdin.write_all(input)));
        child.wait_with_output().unwrap()
    })
}
