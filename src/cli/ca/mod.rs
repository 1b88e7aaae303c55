//! `peertok ca`: makes a root CA for a cluster that does not run yet, and checks one.

mod check;
mod new;

use super::Status;
use super::report::Failure;
use super::text::{shown, validity};
use crate::roots::RootDetails;
use clap::Subcommand;
use jiff::Timestamp;

/// Makes a root CA with its configuration, or checks one.
#[derive(Debug, Subcommand)]
#[command(after_help = "Example:\n  peertok ca new --out alpha-ca")]
pub(super) enum Command {
    New(new::Args),
    Check(check::Args),
}

pub(super) fn run(command: &Command) -> Result<Status, Failure> {
    match command {
        Command::New(arguments) => new::run(arguments),
        Command::Check(arguments) => check::run(arguments),
    }
}

/// What a person wants to know of a root, a line each.
fn details(root: &RootDetails, at: Timestamp) -> String {
    format!(
        "subject        {}\nkey            {}\nvalid          {}\nSHA-256        {}\n",
        shown(&root.subject),
        shown(&root.key),
        validity(root.not_before, root.not_after, at),
        root.sha256
    )
}
