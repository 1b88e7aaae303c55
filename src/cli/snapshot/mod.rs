//! `peertok snapshot`: reads a Consul snapshot, and adds peerings to it.

mod seed;
mod show;

pub(super) use seed::{Output, write};

use super::Status;
use super::input::open;
use super::report::Failure;
use crate::snapshot::{Base, SnapshotError, State};
use clap::Subcommand;
use std::fs::File;
use std::path::Path;

/// Reads a Consul snapshot, or adds peerings to it.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Show(show::Args),
    Seed(seed::Args),
}

pub(super) fn run(command: &Command) -> Result<Status, Failure> {
    match command {
        Command::Show(arguments) => show::run(arguments),
        Command::Seed(arguments) => seed::run(arguments),
    }
}

/// Reads and checks a snapshot's file.
pub(super) fn read(path: &Path) -> Result<State, Failure> {
    State::read(open(path)?).map_err(|error| refused(path, &error))
}

/// Reads and checks a snapshot's file that peerings are to be added to.
pub(super) fn open_base(path: &Path) -> Result<Base<File>, Failure> {
    Base::open(open(path)?).map_err(|error| refused(path, &error))
}

fn refused(path: &Path, error: &SnapshotError) -> Failure {
    Failure::could_not_run(format!("{}: {error}", path.display()))
}
