//! `peertok fixtures`: writes labelled tokens for tests.

use super::judging::moment;
use super::report::Failure;
use super::{Status, output};
use crate::text::shown;
use crate::whole_file::{MAX_LIST, read_file};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use peertok_fixtures::{Area, Entry, Manifest, Settings, Vector, corpus, random};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::fs::{self, DirEntry};
use std::io::{self, BufWriter, Write};
use std::iter;
use std::path::{Path, PathBuf};

const MANIFEST: &str = "manifest.json";
const README: &str = "README.md";
/// How the file begins that becomes the manifest; a writer that is killed leaves it behind.
const PARTIAL: &str = ".peertok-";
/// A folder gets no more random tokens than that.
const MOST: usize = 100_000;

/// Writes labelled tokens for tests, with what a server says of each.
///
/// Each token has a file, and manifest.json tells of each whether a server takes it, else the stage
/// and the server's words, and what is found of it. The same seed and the same release of peertok give
/// the same bytes everywhere. The secrets in them follow from the seed, and protect nothing.
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
    /// The moment at which dates are judged, from 2002 to 2048: what is sound is valid then.
    #[arg(long, value_name = "TIME", value_parser = moment_of_labels, default_value = "2026-12-01")]
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
    /// How many random tokens; at most 100000 in a folder.
    #[arg(
        long,
        value_name = "N",
        requires = "random",
        conflicts_with = "list",
        value_parser = clap::value_parser!(u64).range(1..)
    )]
    count: Option<u64>,
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
    // A number of tokens beyond what there is memory for is never reached.
    let count = arguments
        .count
        .map(|count| usize::try_from(count).unwrap_or(usize::MAX));
    let vectors: Vec<Vector> = match count {
        Some(count) if arguments.jsonl => return print_lines(random(&settings).take(count)),
        Some(count) if count > MOST => {
            let message =
                format!("expected at most {MOST} random tokens in a folder, but found {count}");
            return Err(
                Failure::could_not_run(message).hint("--jsonl prints as many as are wanted")
            );
        }
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
    output::print_whole(&text)?;
    Ok(Status::Done)
}

fn write(
    folder: &Path,
    settings: &Settings,
    vectors: &[Vector],
    force: bool,
) -> Result<Status, Failure> {
    let failed = |path: &Path, error: &io::Error| cannot_write(path, &error.kind().to_string());
    if folder.exists() && !folder.is_dir() {
        return Err(cannot_write(folder, "it is not a folder"));
    }
    fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
    let old = files_of_before(folder)?;
    if !old.is_empty() && !force {
        let failure = cannot_write(folder, "tokens are in it already");
        return Err(failure.hint("--force replaces them"));
    }
    // The labels go before the tokens: whoever finds the work half done knows all files by them.
    for name in old.iter().filter(|name| *name != MANIFEST) {
        let path = folder.join(name);
        fs::remove_file(&path).map_err(|error| failed(&path, &error))?;
        // Where it was the last one in there.
        let _ = path.parent().map(fs::remove_dir);
    }
    let labels = Manifest::of(settings, vectors).to_json();
    put_labels(folder, labels.as_bytes())
        .map_err(|error| failed(&folder.join(MANIFEST), &error))?;
    let put = |name: &str, content: &[u8]| {
        let path = folder.join(name);
        let parent = path.parent().unwrap_or(folder);
        let made = fs::create_dir_all(parent).and_then(|()| fs::write(&path, content));
        made.map_err(|error| failed(&path, &error))
    };
    for (name, content) in vectors.iter().flat_map(Vector::files) {
        put(&name, content)?;
    }
    put(README, peertok_fixtures::README.as_bytes())?;
    let accepted = vectors.iter().filter(|vector| vector.refusal.is_none());
    output::print(&format!(
        "{}: {} token{}, {} of which a server takes; manifest.json tells of each\n",
        shown(&folder.display().to_string()),
        vectors.len(),
        if vectors.len() == 1 { "" } else { "s" },
        accepted.count(),
    ))?;
    Ok(Status::Done)
}

/// Writes the labels, all or nothing.
fn put_labels(folder: &Path, labels: &[u8]) -> io::Result<()> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(PARTIAL);
    // They are for everyone, as the tokens are.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(labels)?;
    file.persist(folder.join(MANIFEST))?;
    Ok(())
}

/// A moment at which the labels hold: some roots are about the years in which a certificate names
/// the century in another way, 1950, 2000 and 2050.
fn moment_of_labels(text: &str) -> Result<Timestamp, String> {
    let at = moment(text)?;
    match TimeZone::UTC.to_datetime(at).year() {
        2002..=2048 => Ok(at),
        year => Err(format!(
            "expected a year from 2002 to 2048, but found {year}"
        )),
    }
}

/// The labels of before, as far as they name files.
#[derive(Deserialize)]
struct Labels {
    schema: String,
    vectors: Vec<Files>,
}

#[derive(Deserialize)]
struct Files {
    file: String,
    acceptor: Option<Snapshot>,
    dialer_snapshot: Option<String>,
    kubernetes: Option<Secret>,
}

#[derive(Deserialize)]
struct Snapshot {
    snapshot: String,
}

#[derive(Deserialize)]
struct Secret {
    manifest: String,
}

/// How the names of these files end.
const ENDS: [&str; 3] = [".token", ".snap", ".yaml"];

impl Files {
    fn all(self) -> impl Iterator<Item = String> {
        let beside = [
            self.acceptor.map(|acceptor| acceptor.snapshot),
            self.dialer_snapshot,
            self.kubernetes.map(|place| place.manifest),
        ];
        iter::once(self.file).chain(beside.into_iter().flatten())
    }
}

/// The files in the folder, of which its manifest speaks. A folder with anything else in it is
/// refused, since nothing is to be lost there.
fn files_of_before(folder: &Path) -> Result<BTreeSet<String>, Failure> {
    let found =
        files_in(folder).map_err(|error| cannot_write(folder, &error.kind().to_string()))?;
    if found.is_empty() {
        return Ok(found);
    }
    let labels = read_file(&folder.join(MANIFEST), MAX_LIST).ok();
    let labels = labels.and_then(|labels| serde_json::from_slice::<Labels>(&labels).ok());
    let mut known = BTreeSet::new();
    if let Some(labels) = labels.filter(|labels| labels.schema == Manifest::SCHEMA) {
        known.extend([MANIFEST, README].map(str::to_owned));
        let of_tokens = labels.vectors.into_iter().flat_map(Files::all);
        // Whatever a manifest lists, nothing else than what such a folder holds is removed.
        let is_of_tokens = |name: &String| ENDS.iter().any(|end| name.ends_with(end));
        known.extend(of_tokens.filter(is_of_tokens));
    }
    let is_known = |name: &String| known.contains(name) || name.starts_with(PARTIAL);
    match found.iter().find(|name| !is_known(name)) {
        None => Ok(found),
        Some(other) => {
            let other = folder.join(other).display().to_string();
            let why = format!("{other} is not of these tokens");
            Err(cannot_write(folder, &why)
                .hint("name a new folder, or one that fixtures wrote before"))
        }
    }
}

/// All files in a folder and the folders in it, with a / between; what lies deeper is named by its
/// folder.
fn files_in(folder: &Path) -> io::Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    let name = |entry: &DirEntry| entry.file_name().to_string_lossy().into_owned();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if !entry.file_type()?.is_dir() {
            found.insert(name(&entry));
            continue;
        }
        for inner in fs::read_dir(entry.path())? {
            found.insert(format!("{}/{}", name(&entry), name(&inner?)));
        }
    }
    Ok(found)
}

fn cannot_write(path: &Path, why: &str) -> Failure {
    Failure::could_not_run(format!("cannot write {}: {why}", path.display()))
}
