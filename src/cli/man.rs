//! `peertok man`: the manual pages, which say what the help says.

use super::report::Failure;
use super::text::shown;
use super::{Status, output};
use clap::Command;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Prints a manual page, or writes all of them.
///
/// There is a page for peertok and one for each command, such as peertok-snapshot-show.1.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  \
    peertok man snapshot show | man -l -\n  \
    peertok man --out man1")]
pub(super) struct Args {
    /// The command whose page is printed, such as validate or snapshot show; without it, it is the
    /// page of peertok.
    #[arg(value_name = "COMMAND", conflicts_with = "out")]
    command: Vec<String>,
    /// Write all pages to this folder, which is made if it is not there; older ones are replaced.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(super) fn run(arguments: &Args) -> Result<Status, Failure> {
    let root = super::command();
    let Some(folder) = &arguments.out else {
        output::print_whole(&page(named(&root, &arguments.command)?))?;
        return Ok(Status::Done);
    };
    fs::create_dir_all(folder).map_err(|error| cannot_write(folder, &error))?;
    let commands = with_all_below(&root);
    for command in &commands {
        let file = folder.join(format!("{}.1", name(command)));
        fs::write(&file, page(command)).map_err(|error| cannot_write(&file, &error))?;
    }
    let folder = shown(&folder.display().to_string());
    output::print(&format!(
        "{folder}: {} pages\n  man -l {folder}/peertok.1 shows the first\n",
        commands.len()
    ))?;
    Ok(Status::Done)
}

fn cannot_write(path: &Path, error: &io::Error) -> Failure {
    let why = match error.kind() {
        io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => "it is not a folder".into(),
        kind => kind.to_string(),
    };
    Failure::could_not_run(format!("cannot write {}: {why}", path.display()))
}

/// The command of these names.
fn named<'a>(root: &'a Command, names: &[String]) -> Result<&'a Command, Failure> {
    names.iter().try_fold(root, |command, name| {
        let found = command.find_subcommand(name);
        found.filter(|found| is_listed(found)).ok_or_else(|| {
            Failure::could_not_run(format!("no such command: '{}'", names.join(" ")))
                .hint("peertok --help tells the commands")
        })
    })
}

/// A command and all that are listed below it.
fn with_all_below(command: &Command) -> Vec<&Command> {
    let listed = command.get_subcommands().filter(|below| is_listed(below));
    let mut commands = vec![command];
    commands.extend(listed.flat_map(with_all_below));
    commands
}

fn is_listed(command: &Command) -> bool {
    command.get_name() != "help"
}

/// The name of a command's page.
fn name(command: &Command) -> &str {
    command.get_display_name().unwrap_or(command.get_name())
}

/// The manual page of a command that is built.
fn page(command: &Command) -> String {
    let mut page = Vec::new();
    // Writing to a `Vec` cannot fail.
    let _ = write_page(command.clone(), &mut page);
    // Each part defines the apostrophe once more.
    let page = String::from_utf8_lossy(&page).replace(APOSTROPHE, "");
    // A second paragraph about a flag is no empty line, but one that is indented as the first.
    format!("{APOSTROPHE}{}", page.replace("\n\n", "\n.IP\n"))
}

/// What roff needs to print an apostrophe as it is.
const APOSTROPHE: &str = ".ie \\n(.g .ds Aq \\(aq\n.el .ds Aq '\n";

fn write_page(mut command: Command, page: &mut Vec<u8>) -> io::Result<()> {
    let has_commands = command.get_subcommands().any(is_listed);
    // Each flag is told of below; the top of the page is for the form as a whole.
    let usage = command.render_usage().to_string();
    let usage = usage.trim_start_matches("Usage:").trim().to_owned();
    let hidden = |below: Command| {
        if is_listed(&below) {
            below
        } else {
            below.hide(true)
        }
    };
    let command = command
        .override_usage(usage)
        .subcommand_help_heading("COMMANDS")
        .mut_subcommands(hidden);
    let man = Man::new(command.clone())
        // A page is the same on every day: it has the version, and no date.
        .date("\"\"")
        .source(concat!("peertok ", env!("CARGO_PKG_VERSION")))
        .manual("Consul peering tokens");
    man.render_title(page)?;
    man.render_name_section(page)?;
    man.render_synopsis_section(page)?;
    man.render_description_section(page)?;
    more_description(&command).to_writer(page)?;
    man.render_options_section(page)?;
    if has_commands {
        man.render_subcommands_section(page)?;
    }
    last_sections(&command).to_writer(page)
}

/// What `peertok --help` has no room for, and the other names of a command.
fn more_description(command: &Command) -> Roff {
    let mut roff = Roff::new();
    if words(command).len() == 1 {
        for paragraph in ABOUT {
            roff.control("PP", []).text([roman(paragraph)]);
        }
    }
    for alias in command.get_visible_aliases() {
        let is_alias = roman(" is another name of the command.");
        roff.control("PP", []).text([bold(alias), is_alias]);
    }
    roff
}

const ABOUT: [&str; 3] = [
    "A token is the argument itself, @FILE, or - for standard input. The text may be a bare token, \
     Consul's JSON envelope, the decoded JSON of a token, or a Kubernetes Secret.",
    "Data goes to standard output, and everything else to standard error. Secrets are shown as \
     digests, unless --show-secret is given. Nothing is sent or fetched over a network.",
    "A flag may have one dash in place of two, as Consul's have: -name is --name.",
];

fn last_sections(command: &Command) -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["EXAMPLES"]).control("nf", []);
    let examples = command.get_after_help().map(ToString::to_string);
    for example in examples.unwrap_or_default().lines().skip(1) {
        roff.text([roman(example.trim())]);
    }
    roff.control("fi", []).control("SH", ["EXIT STATUS"]);
    for (status, meaning) in EXIT_STATUS {
        roff.control("TP", []).text([bold(status)]);
        roff.text([roman(meaning)]);
    }
    roff.control("SH", ["ENVIRONMENT"]).control("TP", []);
    roff.text([bold("NO_COLOR")]);
    roff.text([roman(
        "If it is set and not empty, --color auto uses no colour.",
    )]);
    let mut above = words(command);
    above.pop();
    if !above.is_empty() {
        roff.control("SH", ["SEE ALSO"]);
    }
    for (index, _) in above.iter().enumerate() {
        let name = above.get(..=index).unwrap_or_default().join("-");
        let comma = if index + 1 < above.len() { "," } else { "" };
        roff.text([bold(name), roman(format!("(1){comma}"))]);
    }
    roff
}

/// The words that call a command: peertok, and its names.
fn words(command: &Command) -> Vec<&str> {
    let words = command.get_bin_name().unwrap_or(command.get_name());
    words.split(' ').collect()
}

const EXIT_STATUS: [(&str, &str); 3] = [
    ("0", "Done, and nothing is wrong."),
    (
        "1",
        "The answer is no: a token is refused or has an error, two tokens differ, a text is not known.",
    ),
    ("2", "The command could not run: usage, input or output."),
];
