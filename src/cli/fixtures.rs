//! `peertok fixtures`: writes labelled tokens for tests.

use super::judging::moment;
use super::report::Failure;
use super::{Status, output};
use crate::fixtures::{Area, Entry, Manifest, Settings, Vector, corpus, random};
use crate::text::shown;
use jiff::Timestamp;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::fs;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

const MANIFEST: &str = "manifest.json";

/// Writes labelled tokens for tests, each with what a server says of it.
///
/// In the folder each token has a file, and manifest.json tells for each whether a server takes it,
/// else the stage and the server's words, and which findings it has. The same seed and the same
/// release give the same bytes everywhere. The secrets in them follow from the seed, and protect
/// nothing.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    peertok fixtures testdata/tokens\n  \
    peertok fixtures --list --only base64\n  \
    peertok fixtures --random --count 1000 --jsonl | peertok validate --jsonl --at 2026-12-01")]
pub(super) struct Args {
    /// The folder to write to: a new one, an empty one, or with --force one that was written before.
    #[arg(value_name = "DIR", required_unless_present_any = ["list", "jsonl"])]
    dir: Option<PathBuf>,
    /// Where all keys, IDs and secrets come from.
    #[arg(long, value_name = "N", default_value_t = Settings::default().seed)]
    seed: u64,
    /// The moment at which dates are judged: roots are valid from a year before it to nine years after.
    #[arg(long, value_name = "TIME", value_parser = moment, default_value = "2026-12-01")]
    at: Timestamp,
    /// Only the tokens of an area; repeatable: canonical, base64, json, pem, x509, addresses, names,
    /// limits, unicode, recovery, secrets, kubernetes.
    #[arg(
        long,
        value_name = "AREA",
        value_parser = clap::builder::PossibleValuesParser::new(Area::CORPUS.map(Area::name)),
        hide_possible_values = true,
        conflicts_with = "random"
    )]
    only: Vec<String>,
    /// Random tokens in place of the corpus.
    #[arg(long, requires = "count")]
    random: bool,
    /// How many random tokens.
    #[arg(long, value_name = "N", requires = "random")]
    count: Option<usize>,
    /// Print each token with its labels as a line of JSON, in place of files.
    #[arg(long, conflicts_with_all = ["dir", "list"])]
    jsonl: bool,
    /// List the tokens: name, verdict and what is special about each.
    #[arg(long, conflicts_with_all = ["dir", "random"])]
    list: bool,
    /// Replace the tokens that were written to the folder before.
    #[arg(long, conflicts_with_all = ["jsonl", "list"])]
    force: bool,
}

pub(super) fn run(arguments: &Args) -> Result<Status, Failure> {
    let settings = Settings::new(arguments.seed, arguments.at);
    if arguments.random && arguments.jsonl {
        let count = arguments.count.unwrap_or_default();
        return print_lines(random(&settings).take(count));
    }
    let vectors: Vec<Vector> = match arguments.count {
        Some(count) => random(&settings).take(count).collect(),
        None => corpus(&settings),
    };
    let is_wanted = |vector: &Vector| {
        let area = vector.area.name();
        arguments.only.is_empty() || arguments.only.iter().any(|only| only == area)
    };
    let vectors: Vec<Vector> = vectors.into_iter().filter(is_wanted).collect();
    match &arguments.dir {
        Some(folder) => write(folder, &settings, &vectors, arguments.force),
        None if arguments.jsonl => print_lines(vectors),
        None => list(&vectors),
    }
}

fn print_lines(vectors: impl IntoIterator<Item = Vector>) -> Result<Status, Failure> {
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let print = || -> io::Result<()> {
        for vector in vectors {
            serde_json::to_writer(&mut out, &Entry::with_token(&vector))?;
            out.write_all(b"\n")?;
        }
        out.flush()
    };
    output::ignore_broken_pipe(print())?;
    Ok(Status::Done)
}

fn list(vectors: &[Vector]) -> Result<Status, Failure> {
    let width = vectors.iter().map(|vector| vector.name.len()).max();
    let width = width.unwrap_or_default();
    let mut text = String::new();
    for vector in vectors {
        let refusal = vector.refusal.as_ref();
        let verdict = refusal.map_or("accepted", |refusal| refusal.stage.name());
        let (name, description) = (&vector.name, &vector.description);
        text.push_str(&format!("{name:width$}  {verdict:11}  {description}\n"));
    }
    output::print_data(&text)?;
    Ok(Status::Done)
}

fn write(
    folder: &Path,
    settings: &Settings,
    vectors: &[Vector],
    force: bool,
) -> Result<Status, Failure> {
    let cannot = |path: &Path| {
        let path = path.display().to_string();
        move |error: io::Error| {
            Failure::could_not_run(format!("cannot write {path}: {}", error.kind()))
        }
    };
    fs::create_dir_all(folder).map_err(cannot(folder))?;
    let old = files_of_before(folder)?;
    if !old.is_empty() && !force {
        let message = format!(
            "cannot write {}: tokens are in it already",
            folder.display()
        );
        return Err(Failure::could_not_run(message).hint("--force replaces them"));
    }
    // Without a manifest nothing speaks of files that are half written.
    let manifest = folder.join(MANIFEST);
    if !old.is_empty() {
        fs::remove_file(&manifest).map_err(cannot(&manifest))?;
    }
    for name in old {
        let path = folder.join(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            removed => removed.map_err(cannot(&path))?,
        }
    }
    for (name, content) in vectors.iter().flat_map(Vector::files) {
        let path = folder.join(name);
        fs::write(&path, content).map_err(cannot(&path))?;
    }
    let labels = Manifest::of(settings, vectors).to_json();
    fs::write(&manifest, labels).map_err(cannot(&manifest))?;
    let accepted = vectors.iter().filter(|vector| vector.refusal.is_none());
    output::print(&format!(
        "{}: {} tokens, {} of which a server takes; manifest.json tells of each\n",
        shown(&folder.display().to_string()),
        vectors.len(),
        accepted.count(),
    ))?;
    Ok(Status::Done)
}

/// The files that a manifest in the folder speaks of. A folder with anything else in it is refused,
/// since nothing is to be lost there.
fn files_of_before(folder: &Path) -> Result<BTreeSet<String>, Failure> {
    #[derive(Deserialize)]
    struct Labels {
        vectors: Vec<Names>,
    }
    #[derive(Deserialize)]
    struct Names {
        name: String,
    }
    let cannot = |why: &str| {
        let message = format!("cannot write {}: {why}", folder.display());
        Failure::could_not_run(message)
    };
    let entries = fs::read_dir(folder).map_err(|error| cannot(&error.kind().to_string()))?;
    let names: BTreeSet<String> = entries
        .filter_map(Result::ok)
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    if names.is_empty() {
        return Ok(names);
    }
    let not_ours = || {
        cannot("it holds something else")
            .hint("name a new folder, or one that fixtures wrote before")
    };
    let labels = fs::read(folder.join(MANIFEST)).map_err(|_| not_ours())?;
    let labels: Labels = serde_json::from_slice(&labels).map_err(|_| not_ours())?;
    let known: BTreeSet<String> = labels.vectors.into_iter().map(|names| names.name).collect();
    // A file of a vector has its name and an ending.
    let is_known = |name: &String| {
        name == MANIFEST
            || name
                .split_once('.')
                .is_some_and(|(name, _)| known.contains(name))
    };
    match names.iter().all(is_known) {
        true => Ok(names),
        false => Err(not_ours()),
    }
}
