//! `peertok snapshot seed`: adds to a snapshot what makes its servers honour a token.

use super::open_base;
use crate::cli::Status;
use crate::cli::diagnostics::warn_of_findings;
use crate::cli::input::{MAX_SIZE, Source};
use crate::cli::output::Staged;
use crate::cli::recovery;
use crate::cli::report::{Failure, note, warn};
use crate::cli::text::{date, distance};
use crate::finding::Context;
use crate::inspect::Inspector;
use crate::restore::{ERASED, is_recent};
use crate::snapshot::{Base, Change, Seed, SeedError, State, seed_fresh};
use jiff::Timestamp;
use peering_token::{PeeringToken, Release, Shape, check_peer_name};
use std::fs::File;
use std::path::{Path, PathBuf};

/// Adds peerings to a snapshot of the acceptor, so that once restored it honours their tokens.
///
/// A restore replaces the whole state of the cluster with what is in the snapshot.
#[derive(clap::Args)]
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
    /// The acceptor's release [default: that of the oldest server in the base].
    #[arg(long, value_name = "X.Y", conflicts_with = "fresh")]
    consul_version: Option<String>,
}

pub(super) fn run(arguments: &Args) -> Result<Status, Failure> {
    let tokens = tokens(arguments)?;
    let acceptor = release(arguments.consul_version.as_deref())?;
    let base = arguments.base.as_deref();
    let mut base = base.map(|base| open_base(base, acceptor)).transpose()?;
    for (token, seed) in &tokens {
        let whose = format!("the token of {:?}: ", seed.name);
        let token = token.encode(Shape::default());
        let acceptor = base.as_ref().map(Base::state);
        warn_of_findings(&whose, token.as_bytes(), None, acceptor);
    }
    let (staged, advice) = stage(
        base.as_mut(),
        &tokens,
        &Output {
            file: &arguments.out,
            force: arguments.force,
            allow_old_base: arguments.allow_old_base,
        },
    )?;
    staged.finish()?;
    note(&advice);
    Ok(Status::Done)
}

/// The tokens, each with what makes an acceptor honour it.
fn tokens(arguments: &Args) -> Result<Vec<(PeeringToken, Seed)>, Failure> {
    let (tokens, names) = (arguments.token.len(), arguments.name.len());
    if tokens != names {
        let message = format!("expected a --name for each --token, but found {tokens} and {names}");
        return Err(Failure::could_not_run(message));
    }
    if arguments.token.iter().filter(|token| *token == "-").count() > 1 {
        return Err(Failure::could_not_run(
            "expected standard input once, but found it twice",
        ));
    }
    let mut tokens = Vec::new();
    for (token, name) in arguments.token.iter().zip(&arguments.name) {
        check_peer_name(name).map_err(|error| Failure::could_not_run(error.to_string()))?;
        let given = Source::of(token).read(MAX_SIZE, None)?;
        let refused = |error: &dyn std::fmt::Display| {
            Failure::no(format!("the token of {name:?} is refused: {error}"))
        };
        let mut inspector = Inspector::default();
        let inspection = inspector.inspect(&given, &Context::for_reading(Timestamp::now()));
        if let Some(refusal) = &inspection.refusal {
            return Err(recovery::with_hint(refused(refusal), &inspection));
        }
        if let Some(content) = &inspection.content {
            let token = content.token();
            let seed = Seed::of_token(name, &token);
            tokens.push((token, seed));
        }
    }
    Ok(tokens)
}

/// Reads the release that `--consul-version` gives.
pub(in crate::cli) fn release(given: Option<&str>) -> Result<Option<Release>, Failure> {
    let release = given.map(|given| {
        given.parse().map_err(|error: peering_token::ReleaseError| {
            Failure::could_not_run(format!("--consul-version: {error}"))
        })
    });
    release.transpose()
}

/// Refuses what goes into no snapshot.
pub(in crate::cli) fn check_partition(partition: &str) -> Result<(), Failure> {
    if partition.is_empty() {
        return Ok(());
    }
    let message =
        "expected no partition for a snapshot: only those of the community edition have been tried";
    Err(Failure::could_not_run(message).hint("leave out the partition or the snapshot"))
}

/// Where a snapshot is written, and what is let pass.
pub(in crate::cli) struct Output<'a> {
    pub(in crate::cli) file: &'a Path,
    pub(in crate::cli) force: bool,
    pub(in crate::cli) allow_old_base: bool,
}

/// Writes a snapshot with these peerings, from a base or from nothing, for the caller to give it its
/// name; and gives what is to be said of its restore.
pub(in crate::cli) fn stage(
    base: Option<&mut Base<File>>,
    tokens: &[(PeeringToken, Seed)],
    output: &Output<'_>,
) -> Result<(Staged, String), Failure> {
    for (token, _) in tokens {
        check_partition(&token.remote.partition)?;
    }
    let advice = match &base {
        Some(base) => {
            check_age(base.state(), output.allow_old_base)?;
            base_note(base.state())
        }
        None => fresh_note(),
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
    let seeds: Vec<Seed> = tokens.iter().map(|(_, seed)| seed.clone()).collect();
    let mut staged = Staged::new(output.file, output.force)?;
    let seeded = match base {
        Some(base) => base.seed(&seeds, staged.file()).map_err(failed)?,
        None => seed_fresh(Timestamp::now(), &seeds, staged.file()).map_err(failed)?,
    };
    for (seed, change) in seeds.iter().zip(seeded.changes) {
        tell_change(seed, change);
    }
    Ok((staged, advice))
}

/// Says what became of what the base had under the name.
fn tell_change(seed: &Seed, change: Change) {
    let name = &seed.name;
    match change {
        Change::None => note(&format!("the base honours the token of {name:?} already")),
        Change::SecretReplaced { superseded } => {
            if superseded {
                warn(&format!(
                    "{name:?} had a token that could still be redeemed: after the restore only the new one can"
                ));
            }
            if !seed.meta.is_empty() {
                warn(&format!("{name:?} keeps the metadata that it has"));
            }
        }
        _ => {}
    }
}

/// Refuses a base that is old, unless that is wanted: a restore takes everything since then away.
fn check_age(base: &State, allowed: bool) -> Result<(), Failure> {
    let now = Timestamp::now();
    let taken = base.meta.taken_at();
    if allowed || is_recent(taken, now) {
        return Ok(());
    }
    let found = match taken {
        Some(at) if at > now => {
            format!("taken {} ahead of this machine's clock", distance(now, at))
        }
        Some(at) => format!("taken {} ago", distance(at, now)),
        None => "taken at a time that it does not tell".to_owned(),
    };
    let message = format!("expected a base of the last hour, but found one {found}");
    Err(Failure::could_not_run(message)
        .hint("a restore takes away what changed since then: save a new base with consul snapshot save")
        .hint("--allow-old-base takes it all the same"))
}

/// What a restore of a snapshot with a base does.
fn base_note(base: &State) -> String {
    let now = Timestamp::now();
    let taken = base.meta.taken_at();
    let age = taken.filter(|at| *at <= now);
    let age = age.map_or_else(String::new, |at| format!(", {} ago", distance(at, now)));
    format!(
        "a restore takes everything back to the base of {}{age}: KV, ACLs, CA and the secrets of all other peerings; restore it once, and where the acceptor can be reached, generate-token there is better",
        date(taken)
    )
}

/// What a restore of a snapshot without a base does.
fn fresh_note() -> String {
    format!(
        "restoring this snapshot erases {ERASED}. Use it only on a new cluster whose servers already have the CA configured, and restore it only once"
    )
}
