//! `peertok mesh`: writes all that a set of sites needs to peer, and checks it.

use super::diagnostics::source_at;
use super::input::read_file;
use super::judging::moment;
use super::report::{Failure, note, warn};
use super::{Status, output};
use crate::finding::{Finding, Level};
use crate::mesh::{
    Built, CheckFault, Checked, Fault, Located, MeshError, Mode, Options, build, check,
    check_against, is_within,
};
use crate::restore::ERASED;
use crate::text::{date, one_line, shown};
use clap::ValueEnum;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

/// The name of a site's snapshot.
const SNAPSHOT: &str = "seeded.snap";
/// How many faults of a file are shown: who has more begins with these.
const MOST_FAULTS: usize = 20;
/// How many faults of a kit are shown.
const MOST_CHECKED: usize = 1000;
/// From how many pairs on progress is shown: fewer are written before anyone looks.
const MANY: usize = 100;

/// Writes all that the sites of a mesh need to peer, or checks it.
///
/// Each site gets a folder with everything that is to be carried in there. A second run changes only
/// what changed in the file: keys, IDs and secrets stay.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    peertok mesh mesh.toml --out kit\n  \
    peertok mesh mesh.toml --out kit --rotate berlin/tokyo\n  \
    peertok mesh --check kit --at 2027-01-01T00:00:00Z\n  \
    peertok mesh mesh.toml --check kit")]
pub(super) struct Args {
    /// The file that describes the sites and who peers with whom; - is standard input.
    #[arg(required_unless_present = "check")]
    file: Option<PathBuf>,
    /// The folder to write to, or to bring up to date.
    #[arg(
        long,
        value_name = "DIR",
        required_unless_present = "check",
        conflicts_with = "check"
    )]
    out: Option<PathBuf>,
    /// How peerings come up, in place of the file's mode: token (the dialer establishes) or active
    /// (both ends are seeded).
    #[arg(
        long,
        value_enum,
        conflicts_with = "check",
        hide_possible_values = true
    )]
    mode: Option<ModeArg>,
    /// Give a pair of sites a new secret; repeatable.
    #[arg(long, value_name = "SITE/SITE", conflicts_with = "check")]
    rotate: Vec<String>,
    /// Start from bases that are older than an hour, or than the last snapshot for their site.
    #[arg(long, conflicts_with = "check")]
    allow_old_base: bool,
    /// Check a kit: files, modes, tokens, snapshots and dates. With FILE, compare every file of the
    /// kit with what FILE gives.
    #[arg(long, value_name = "DIR")]
    check: Option<PathBuf>,
    /// Judge dates at another moment than now, such as 2027-03-01 or 2027-03-01T08:00:00Z.
    #[arg(long, value_name = "TIME", value_parser = moment, requires = "check")]
    at: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ModeArg {
    Token,
    Active,
}

pub(super) fn run(arguments: &Args) -> Result<Status, Failure> {
    let at = arguments.at.unwrap_or_else(Timestamp::now);
    match (&arguments.file, &arguments.check, &arguments.out) {
        (None, Some(folder), _) => {
            let checked = check(folder, at).map_err(|error| failure(&error))?;
            tell_checked(folder, &checked, at)
        }
        (Some(file), Some(folder), _) => {
            let input = Input::read(file)?;
            let options = input.options(file, folder);
            let checked = check_against(&input.text, &options, at);
            tell_checked(folder, &checked.map_err(|error| input.failure(error))?, at)
        }
        (Some(file), None, Some(out)) => write_kit(arguments, file, out),
        _ => Err(Failure::could_not_run(
            "expected a file and --out DIR, but found none",
        )),
    }
}

/// The text that describes the sites, and what it is called in messages.
struct Input {
    name: String,
    text: String,
}

impl Input {
    fn read(path: &Path) -> Result<Self, Failure> {
        let name = if path == Path::new("-") {
            "standard input".to_owned()
        } else {
            path.display().to_string()
        };
        let file = read_file(path, &name)?;
        let text = str::from_utf8(&file).map_err(|error| {
            let at = error.valid_up_to();
            Failure::could_not_run(format!(
                "{name}: expected UTF-8, but found another byte at {at}"
            ))
        })?;
        let text = text.to_owned();
        Ok(Self { name, text })
    }

    fn options<'a>(&self, file: &'a Path, kit: &'a Path) -> Options<'a> {
        let folder = file.parent().unwrap_or(Path::new(""));
        Options::new(folder, kit, Timestamp::now())
    }

    fn failure(&self, error: MeshError) -> Failure {
        match error {
            MeshError::File(faults) => faults_of(&self.name, &self.text, &faults),
            error => failure(&error),
        }
    }
}

fn write_kit(arguments: &Args, file: &Path, out: &Path) -> Result<Status, Failure> {
    if is_within(file, out) {
        let message = format!("{} is in the kit's own folder", file.display());
        return Err(Failure::could_not_run(message)
            .hint("move it out of the kit, where nothing replaces or removes it"));
    }
    let input = Input::read(file)?;
    let mut options = input.options(file, out);
    options.mode = arguments.mode.map(|mode| match mode {
        ModeArg::Token => Mode::Token,
        ModeArg::Active => Mode::Active,
    });
    options.rotate = &arguments.rotate;
    options.allow_old_base = arguments.allow_old_base;
    let shown = AtomicBool::new(false);
    let built = build(&input.text, &options, &|done, all| {
        if all >= MANY && io::stderr().is_terminal() {
            shown.store(true, Ordering::Relaxed);
            let _ = write!(io::stderr(), "\rwriting pairs {done}/{all}");
        }
    });
    if shown.into_inner() {
        let _ = write!(io::stderr(), "\r{:40}\r", "");
    }
    tell_built(out, &built.map_err(|error| input.failure(error))?)
}

fn tell_built(out: &Path, built: &Built) -> Result<Status, Failure> {
    let mut sites: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for (site, finding) in &built.findings {
        let key = (finding.name, finding.message.as_str());
        sites.entry(key).or_default().push(site);
    }
    for ((name, message), sites) in sites {
        let whose = match &sites[..] {
            [only] => format!("the tokens of {only}"),
            [first, rest @ ..] => format!("the tokens of {first} and {} more sites", rest.len()),
            [] => continue,
        };
        warn(&format!("{whose}: {} ({name})", shown(message)));
    }
    tell_access(out, built);
    tell_restores(built);
    output::print(&format!(
        "{}: {} and {} in the mode {}\n  {} written, {} unchanged, {} removed\n  carry each site's folder there, and nothing else; RUNBOOK.md in it says what to type\n",
        shown(&out.display().to_string()),
        count(built.sites, "site"),
        count(built.pairs, "pair"),
        built.mode.name(),
        count(built.written, "file"),
        built.unchanged,
        built.removed,
    ))?;
    Ok(Status::Done)
}

fn count(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// What follows the first of several.
fn and_more(more: usize) -> String {
    match more {
        0 => String::new(),
        more => format!(" and {more} more"),
    }
}

/// Where a file or folder of a kit is. The kit's own folder has no path.
fn place(out: &Path, path: &str) -> PathBuf {
    match path {
        "" => out.to_owned(),
        path => out.join(path),
    }
}

/// Says which files others could read, what else was restored, and what was left.
fn tell_access(out: &Path, built: &Built) {
    let is_readable = |fault: &CheckFault| matches!(fault, CheckFault::Readable { .. });
    let restored = built.restored.iter();
    let open = restored.clone().chain(&built.unrestored);
    let readable = open.filter(|(_, fault)| is_readable(fault));
    let readable: Vec<&str> = readable.map(|(path, _)| path.as_str()).collect();
    // The file that has all keys and secrets is the first by its name.
    if let [first, rest @ ..] = &readable[..] {
        let more = match rest.len() {
            0 => String::new(),
            more => format!(" and {}", count(more, "more file")),
        };
        let first = place(out, first);
        warn(&format!(
            "other users may have read {}{more}, with keys and secrets in them. Replace secrets with --rotate SITE/SITE; a key of a CA is replaced only in a new kit",
            first.display()
        ));
    }
    let paths: BTreeSet<&str> = restored.map(|(path, _)| path.as_str()).collect();
    if !paths.is_empty() {
        note(&format!(
            "restored the mode or owner of {}",
            match paths.len() {
                1 => "1 file or folder".to_owned(),
                many => format!("{many} files and folders"),
            }
        ));
    }
    let unrestored: BTreeSet<&str> = built.unrestored.iter().map(|(path, _)| &**path).collect();
    if let Some(first) = unrestored.first() {
        let more = and_more(unrestored.len() - 1);
        warn(&format!(
            "cannot restore the mode or owner of {}{more}: other users may read the kit. Restore them as their owner, or write the kit to a file system that has modes",
            place(out, first).display()
        ));
    }
    if let [first, rest @ ..] = &built.left[..] {
        let more = and_more(rest.len());
        warn(&format!(
            "left {}{more}, which the kit no longer has: it changed since it was written, or holds a private key. Delete it if you do not need it",
            out.join(first).display()
        ));
    }
}

/// Says what the restores at the sites destroy, and where one was avoided.
fn tell_restores(built: &Built) {
    let snapshots = |sites: &[&String]| match sites {
        [] => String::new(),
        [first, rest @ ..] => format!("{first}/{SNAPSHOT}{}", and_more(rest.len())),
    };
    let is_replaced = |site: &&String| built.replaced.contains(site);
    let (replaced, other): (Vec<_>, Vec<_>) = built.erasing.iter().partition(is_replaced);
    if !other.is_empty() {
        warn(&format!(
            "restoring erases {ERASED}: use {} only on new clusters",
            snapshots(&other)
        ));
    }
    if !replaced.is_empty() {
        warn(&format!(
            "restoring erases {ERASED}: {} changed since an earlier run. Use it only on a cluster that is still new; for one in use, write state = \"running\"",
            snapshots(&replaced)
        ));
    }
    for (site, peers) in &built.as_restored {
        note(&format!(
            "{site} is running, so its snapshot with {peers} counts as restored and left the kit: if it was never restored there, name a base"
        ));
    }
    if let [(dialer, acceptor), rest @ ..] = &built.spared[..] {
        let more = match rest.len() {
            0 => String::new(),
            more => format!(" (and {more} more such pairs)"),
        };
        note(&format!(
            "{dialer} dials {acceptor}{more}: a running site that only dials needs no restore"
        ));
    }
}

fn tell_checked(folder: &Path, checked: &Checked, at: Timestamp) -> Result<Status, Failure> {
    let mut text = String::new();
    for (path, fault) in checked.faults.iter().take(MOST_CHECKED) {
        // The kit's own folder has no path.
        let path = if path.is_empty() { "." } else { path };
        text.push_str(&format!(
            "{}: {}\n",
            shown(path),
            one_line(&fault.to_string())
        ));
    }
    if let Some(more) = checked.faults.len().checked_sub(MOST_CHECKED)
        && more > 0
    {
        text.push_str(&format!("… and {}\n", count(more, "more fault")));
    }
    let mut errors = 0;
    let worth_telling = |(_, finding): &&(String, Finding)| finding.level > Level::Note;
    for (path, finding) in checked.findings.iter().filter(worth_telling) {
        errors += usize::from(finding.level == Level::Error);
        text.push_str(&format!(
            "{}: {}[{}]: {}\n",
            shown(path),
            finding.level,
            finding.name,
            shown(&finding.message)
        ));
    }
    for path in &checked.erasing {
        text.push_str(&format!(
            "{}: warning: a restore erases {ERASED}: only for a new cluster\n",
            shown(path)
        ));
    }
    let is_good = checked.faults.is_empty() && errors == 0;
    text.push_str(&format!(
        "{}: {} files, {} tokens, {} snapshots, judged at {}: {}\n",
        shown(&folder.display().to_string()),
        checked.files,
        checked.tokens,
        checked.snapshots,
        date(Some(at)),
        if is_good {
            "as they were written, and fit to be used".to_owned()
        } else {
            format!("{} at fault", checked.faults.len() + errors)
        }
    ));
    output::print(&text)?;
    Ok(if is_good { Status::Done } else { Status::No })
}

/// The first faults of a file are reported at once, and the last of these is the command's.
fn faults_of(name: &str, text: &str, faults: &[Located]) -> Failure {
    let mut told = faults.iter().take(MOST_FAULTS);
    let Some(first) = told.next() else {
        return Failure::could_not_run(format!("{name}: a fault without a place"));
    };
    let mut last = of_fault(name, text, first);
    for fault in told {
        last.report();
        last = of_fault(name, text, fault);
    }
    match faults.len().checked_sub(MOST_FAULTS) {
        Some(more) if more > 0 => {
            last.report();
            Failure::could_not_run(format!("{name}: {} not shown", count(more, "more fault")))
        }
        _ => last,
    }
}

fn of_fault(name: &str, text: &str, located: &Located) -> Failure {
    let before = text.get(..located.span.start).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let column = before.get(start..).unwrap_or_default().chars().count() + 1;
    let message = format!("{name}: line {line}, column {column}: {}", located.fault);
    let mut failure = Failure::could_not_run(message);
    // A fault of the whole file has no place to show.
    if !located.span.is_empty() || matches!(located.fault, Fault::Toml { .. }) {
        failure = failure.source(source_at(text, located.span.clone(), name));
    }
    let hints = located.fault.hints().into_iter();
    hints.fold(failure, Failure::hint)
}

fn failure(error: &MeshError) -> Failure {
    let failure = Failure::could_not_run(error.to_string());
    match error {
        MeshError::Kept { .. } => failure.hint(
            "bring the file back from a copy: without it, keys and secrets that sites already have would be replaced",
        ),
        MeshError::OtherMode { .. } => failure.hint("write the other mode to a folder of its own"),
        MeshError::NotAFolder { .. } => {
            failure.hint("a kit has its files in folders of its own: remove it, then run again")
        }
        MeshError::UnknownKey { .. } => {
            failure.hint("move the file out of the kit, or delete it if you have the key elsewhere, then run again")
        }
        MeshError::NotAKit { .. } => failure.hint("name a folder that is empty or not there yet"),
        MeshError::Busy { .. } => failure.hint("wait until it has ended"),
        MeshError::RotateRunning { .. } => failure.hint(
            "delete the peering at both servers, save a base at both and name it in the file",
        ),
        _ => failure,
    }
}
