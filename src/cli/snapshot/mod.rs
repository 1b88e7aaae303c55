//! `peertok snapshot`: reads a Consul snapshot, and adds peerings to it.

mod seed;
mod show;

pub(super) use seed::{Output, check_partition, release, stage};

use super::Status;
use super::input::open;
use super::report::Failure;
use super::secrets;
use crate::snapshot::{Base, CannotRestore, SnapshotError, State};
use clap::Subcommand;
use peering_token::Release;
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
    let state = read.map_err(|error| refused(path, &error))?;
    hide_secrets(&state);
    Ok(state)
}

/// Reads and checks a snapshot's file that peerings are to be added to, for servers of this release or
/// else of those in it.
pub(super) fn open_base(path: &Path, acceptor: Option<Release>) -> Result<Base<File>, Failure> {
    let file = open(path)?;
    if !file.metadata().is_ok_and(|found| found.is_file()) {
        let message = format!("{}: expected a regular file", path.display());
        return Err(Failure::could_not_run(message).hint("a base is read twice"));
    }
    let base = Base::open(file).map_err(|error| refused(path, &error))?;
    hide_secrets(base.state());
    base.for_acceptor(acceptor).map_err(|error| {
        let failure = Failure::could_not_run(format!("{}: {error}", path.display()));
        match error {
            CannotRestore::Unknown { .. } => {
                failure.hint("--consul-version X.Y names the acceptor's release")
            }
            _ => failure.hint("upgrade the acceptor before the restore"),
        }
    })
}

/// Hides the secrets of a snapshot in all that is printed.
fn hide_secrets(state: &State) {
    let peerings = state.peerings.iter();
    for (_, secret) in peerings.flat_map(|peering| peering.secrets.all()) {
        secrets::hide(secret.clone());
    }
}

fn refused(path: &Path, error: &SnapshotError) -> Failure {
    let failure = Failure::could_not_run(format!("{}: {error}", path.display()));
    match error {
        SnapshotError::Record { .. } => failure.hint(
            "a server that restores this snapshot stops there; save a new one with consul snapshot save",
        ),
        _ => failure,
    }
}
