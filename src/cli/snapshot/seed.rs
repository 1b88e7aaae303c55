//! `peertok snapshot seed`: adds to a snapshot what makes its servers honour a token.

use super::open_base;
use crate::cli::input::{MAX_SIZE, Source};
use crate::cli::report::{Failure, note, warn};
use crate::cli::text::{date, distance};
use crate::cli::{Status, output};
use crate::snapshot::{Base, Change, Seed, SeedError, State, seed_fresh};
use crate::{PeeringToken, check_peer_name, judge};
use jiff::Timestamp;
use std::fs::File;
use std::path::{Path, PathBuf};

/// A base older than this, in seconds, is an hour's work of others thrown away.
const OLDEST_BASE: i64 = 60 * 60;

/// Adds peerings to a snapshot of the acceptor, so that once restored it honours their tokens.
///
/// A restore replaces the whole state of the cluster with what is in the snapshot.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  \
    peertok snapshot seed backup.snap --token @west.token --name west --out seeded.snap")]
pub(in crate::cli) struct Args {
    /// The snapshot to start from, as `consul snapshot save` writes it.
    #[arg(required_unless_present = "fresh")]
    base: Option<PathBuf>,
    /// Start from nothing, for a new cluster whose CA is in its configuration.
    #[arg(long, conflicts_with = "base")]
    fresh: bool,
    /// A token that is to be honoured, or @FILE; repeatable, with a --name for each.
    #[arg(long, value_name = "TOKEN", required = true)]
    token: Vec<std::ffi::OsString>,
    /// The name that the acceptor gives to the peer of the token at the same place.
    #[arg(long, required = true)]
    name: Vec<String>,
    /// Where to write the snapshot; only its owner can read it.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Replace the file that --out names.
    #[arg(long)]
    force: bool,
    /// Start from a base that is older than an hour.
    #[arg(long, conflicts_with = "fresh")]
    allow_old_base: bool,
}

pub(super) fn run(arguments: &Args) -> Result<Status, Failure> {
    let seeds = seeds(arguments)?;
    let mut base = arguments.base.as_deref().map(open_base).transpose()?;
    let advice = write(
        base.as_mut(),
        &seeds,
        &Output {
            file: &arguments.out,
            force: arguments.force,
            allow_old_base: arguments.allow_old_base,
        },
    )?;
    note(&advice);
    Ok(Status::Done)
}

fn seeds(arguments: &Args) -> Result<Vec<Seed>, Failure> {
    let (tokens, names) = (arguments.token.len(), arguments.name.len());
    if tokens != names {
        let message = format!("expected a --name for each --token, but found {tokens} and {names}");
        return Err(Failure::could_not_run(message));
    }
    let mut seeds = Vec::new();
    for (token, name) in arguments.token.iter().zip(&arguments.name) {
        check_peer_name(name).map_err(|error| Failure::could_not_run(error.to_string()))?;
        let given = Source::of(token).read(MAX_SIZE)?;
        let refused = |error: &dyn std::fmt::Display| {
            Failure::no(format!("the token of {name:?} is refused: {error}"))
        };
        judge(&given.token).map_err(|refusal| refused(&refusal))?;
        let token = PeeringToken::decode(&given.token).map_err(|error| refused(&error))?;
        seeds.push(Seed::of_token(name, &token));
    }
    Ok(seeds)
}

/// Where a snapshot is written, and what is let pass.
pub(in crate::cli) struct Output<'a> {
    pub(in crate::cli) file: &'a Path,
    pub(in crate::cli) force: bool,
    pub(in crate::cli) allow_old_base: bool,
}

/// Writes a snapshot with these peerings, from a base or from nothing, and gives what is to be said
/// of its restore.
pub(in crate::cli) fn write(
    base: Option<&mut Base<File>>,
    seeds: &[Seed],
    output: &Output<'_>,
) -> Result<String, Failure> {
    let advice = match &base {
        Some(base) => {
            check_age(base.state(), output.allow_old_base)?;
            base_note(base.state())
        }
        None => FRESH_NOTE.to_owned(),
    };
    let failed = |error: SeedError| {
        let failure = Failure::could_not_run(error.to_string());
        match error {
            SeedError::OtherId { .. } => failure.hint(
                "make the token with peertok generate --snapshot BASE, which takes the ID that is there",
            ),
            _ => failure,
        }
    };
    let seeded = output::write_private(output.file, output.force, |file| match base {
        Some(base) => base.seed(seeds, file).map_err(failed),
        None => seed_fresh(Timestamp::now(), seeds, file).map_err(failed),
    })?;
    for (seed, change) in seeds.iter().zip(seeded.changes) {
        if change == (Change::SecretReplaced { superseded: true }) {
            warn(&format!(
                "{:?} had a token that could still be redeemed: after the restore only the new one can",
                seed.name
            ));
        }
    }
    Ok(advice)
}

/// Refuses a base that is old, unless that is wanted: a restore takes everything since then away.
fn check_age(base: &State, allowed: bool) -> Result<(), Failure> {
    let now = Timestamp::now();
    let taken = base.meta.taken_at();
    let young = taken.is_some_and(|at| now.as_second() - at.as_second() <= OLDEST_BASE);
    if young || allowed {
        return Ok(());
    }
    let age = match taken {
        Some(at) => format!("taken {} ago", distance(at, now)),
        None => "taken at a time that it does not tell".to_owned(),
    };
    let message = format!("expected a base of the last hour, but found one {age}");
    Err(Failure::could_not_run(message)
        .hint("a restore takes away what changed since then: save a new base with consul snapshot save")
        .hint("--allow-old-base takes it all the same"))
}

/// What a restore of a snapshot with a base does.
fn base_note(base: &State) -> String {
    let now = Timestamp::now();
    let taken = base.meta.taken_at();
    let age = taken.map_or_else(String::new, |at| format!(", {} ago", distance(at, now)));
    format!(
        "a restore takes everything back to the base of {}{age}: KV, ACLs, CA and the secrets of all other peerings; restore it once, and where the acceptor can be reached, generate-token there is better",
        date(taken)
    )
}

/// What a restore of a snapshot without a base does.
const FRESH_NOTE: &str = "a restore leaves nothing of the cluster but this: KV, ACLs and all other peerings are gone; it is for a new cluster whose servers have the CA in their configuration already, to be restored once";
