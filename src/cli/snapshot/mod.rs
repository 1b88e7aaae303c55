//! `peertok snapshot`: reads a Consul snapshot, and adds peerings to it.

mod seed;
mod show;

pub(super) use seed::{Output, check_partition, stage};

use super::input::open;
use super::report::{Failure, warn};
use super::{Status, output};
use crate::snapshot::{Base, SnapshotError, State};
use clap::Subcommand;
use std::fs::File;
use std::io;
use std::path::Path;

/// Reads a Consul snapshot, or adds peerings to it.
#[derive(Subcommand)]
#[command(after_help = "Example:\n  peertok snapshot show backup.snap")]
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

/// Reads and checks a snapshot's file; `-` is standard input.
pub(super) fn read(path: &Path) -> Result<State, Failure> {
    let read = if path == Path::new("-") {
        State::read(io::stdin().lock())
    } else {
        State::read(open(path)?)
    };
    checked(read.map_err(|error| refused(path, &error))?, |state| state)
}

/// Reads and checks a snapshot's file that peerings are to be added to.
pub(super) fn open_base(path: &Path) -> Result<Base<File>, Failure> {
    let file = open(path)?;
    if !file.metadata().is_ok_and(|found| found.is_file()) {
        let message = format!("{}: expected a regular file", path.display());
        return Err(Failure::could_not_run(message).hint("a base is read twice"));
    }
    checked(
        Base::open(file).map_err(|error| refused(path, &error))?,
        Base::state,
    )
}

/// Hides the secrets of a snapshot in all that is printed, and says what is unusual in it.
fn checked<T>(read: T, state: impl Fn(&T) -> &State) -> Result<T, Failure> {
    let state = state(&read);
    let peerings = state.peerings.iter();
    for (_, secret) in peerings.flat_map(|peering| peering.secrets.all()) {
        output::hide(secret.clone());
    }
    if state.has_enterprise_records() {
        warn(
            "the snapshot has records of Consul Enterprise, which no server of the community edition restores",
        );
    }
    Ok(read)
}

fn refused(path: &Path, error: &SnapshotError) -> Failure {
    Failure::could_not_run(format!("{}: {error}", path.display()))
}
