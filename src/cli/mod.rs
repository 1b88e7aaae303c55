//! The command line: what `peertok` reads from its arguments and how it answers.
//!
//! Data goes to standard output and everything else to standard error, in the form
//! `peertok: error: …` and `peertok: hint: …`. The exit status is 0 where nothing is wrong, 1 where
//! the answer is no, and 2 where the command could not run.

mod ca;
mod completions;
mod decode;
mod delivery;
mod diagnostics;
mod diff;
mod edit;
mod explain;
mod fixtures;
mod flags;
mod generate;
mod input;
mod jsonl;
mod judging;
mod kubernetes;
mod layout;
mod man;
mod mesh;
mod output;
mod recovery;
mod releases;
mod report;
mod secrets;
mod snapshot;
mod token_output;
mod validate;

pub use jsonl::jsonl_answers;

use crate::text;
use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use report::Failure;
use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

/// The exit status of a command, the worst last; the same in every format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Done, and nothing wrong.
    Done,
    /// The answer is no: a token is refused.
    No,
    /// The command could not run: usage, input or output.
    CouldNotRun,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(match status {
            Status::Done => 0,
            Status::No => 1,
            Status::CouldNotRun => 2,
        })
    }
}

/// Builds, reads and judges Consul cluster-peering tokens, without a server.
// All of it fits on a screen of 24 lines, which takes a line for each command.
#[derive(Parser)]
#[command(
    name = "peertok",
    version,
    arg_required_else_help = true,
    help_template = "{about-with-newline}{usage-heading} {usage}\n\n{all-args}{after-help}",
    after_help = "Example:\n  peertok validate @token.txt"
)]
struct Cli {
    /// When to use colour: auto, always or never.
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        hide_possible_values = true,
        display_order = 1000
    )]
    #[allow(dead_code, reason = "read before the arguments are parsed")]
    color: Color,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Subcommand)]
enum Command {
    #[command(visible_alias = "generate-token")]
    Generate(Box<generate::Args>),
    #[command(visible_alias = "inspect")]
    Decode(decode::Args),
    #[command(visible_alias = "check")]
    Validate(validate::Args),
    Edit(Box<edit::Args>),
    Diff(diff::Args),
    Explain(explain::Args),
    #[command(subcommand)]
    Snapshot(snapshot::Command),
    Mesh(mesh::Args),
    #[command(subcommand)]
    Ca(ca::Command),
    Fixtures(fixtures::Args),
    Completions(completions::Args),
    Man(man::Args),
}

/// The command line with all its commands, as clap parses it.
fn command() -> clap::Command {
    let mut command = Cli::command();
    command.build();
    // It is known without being listed, as --help is.
    command.mut_subcommand("help", |help| help.hide(true))
}

/// The form of a command's output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Pretty,
    /// For programs: one JSON object on one line.
    Json,
}

/// Runs the command that the arguments name, the program's own name first, and reports a failure on
/// standard error.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Status {
    let status = dispatch(arguments).unwrap_or_else(|failure| failure.report());
    secrets::forget();
    status
}

fn dispatch(arguments: impl IntoIterator<Item = OsString>) -> Result<Status, Failure> {
    let mut command = command();
    let rewritten = flags::with_two_dashes(&command, arguments)?;
    // Help and errors have colours too, so that this cannot wait until all is parsed.
    let color = rewritten.color.as_deref();
    match color.and_then(|color| Color::from_str(color, false).ok()) {
        None | Some(Color::Auto) => anstream::ColorChoice::Auto,
        Some(Color::Always) => anstream::ColorChoice::Always,
        Some(Color::Never) => anstream::ColorChoice::Never,
    }
    .write_global();
    let matches = command.try_get_matches_from_mut(rewritten.arguments);
    let cli = match matches.and_then(|mut matches| Cli::from_arg_matches_mut(&mut matches)) {
        Ok(cli) => cli,
        Err(error) => return answer_clap(&error, &rewritten.command),
    };
    match cli.command {
        Command::Generate(arguments) => generate::run(&arguments),
        Command::Decode(arguments) => decode::run(&arguments),
        Command::Validate(arguments) => validate::run(&arguments),
        Command::Edit(arguments) => edit::run(&arguments),
        Command::Diff(arguments) => diff::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Snapshot(command) => snapshot::run(&command),
        Command::Mesh(arguments) => mesh::run(&arguments),
        Command::Ca(command) => ca::run(&command),
        Command::Fixtures(arguments) => fixtures::run(&arguments),
        Command::Completions(arguments) => completions::run(&arguments),
        Command::Man(arguments) => man::run(&arguments),
    }
}

/// Prints the help or the version that was asked for, or fails as clap says.
fn answer_clap(error: &clap::Error, command: &str) -> Result<Status, Failure> {
    let text = format!("{}\n", error.render().ansi().to_string().trim_end());
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            output::print(&text)?;
            Ok(Status::Done)
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            // Nobody is left to be told where standard error is closed.
            let _ = anstream::stderr().write_all(text.as_bytes());
            Ok(Status::CouldNotRun)
        }
        _ => Err(report::usage(error, command)),
    }
}
