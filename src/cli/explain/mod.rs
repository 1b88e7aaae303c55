//! `peertok explain`: what a code, a name, an error or a log means.

mod log;
mod pretty;
mod report;

use super::input::{Source, open};
use super::report::Failure;
use super::{Format, Status};
use crate::explain::{Explainer, Message, Page, Strictness, known_error, known_errors, nearest};
use crate::finding::{rule, rules};
use report::Report;
use std::ffi::OsString;
use std::io::{self, IsTerminal};

/// How many entries are named where a text is not known.
const HINTS: usize = 3;

/// Explains a finding, or what a server says when peering fails.
///
/// The explanation tells the cause, how to be sure of it, and what to do. An error may be pasted
/// whole, with whatever stands before it in a log. A log is read line by line, and each message
/// that is known is explained, its cause in full the first time. In a log, a text that other
/// programs say too counts only where the message is about peering.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  \
    peertok explain ca-expired\n  \
    peertok explain 'missing selected ALPN property'\n  \
    journalctl -u consul | peertok explain -\n  \
    peertok explain --list")]
pub(super) struct Args {
    /// A code, a name, the text of an error, @FILE to read a log, or - for standard input, which is
    /// also read where TEXT is left out and standard input is no terminal.
    ///
    /// Words without quotes around them are joined.
    text: Vec<OsString>,
    /// How to print the explanation: pretty or json.
    #[arg(long, value_enum, default_value_t = Format::Pretty, hide_possible_values = true)]
    format: Format,
    /// List all codes and names.
    #[arg(long, conflicts_with = "text")]
    list: bool,
}

pub(super) fn run(arguments: &Args) -> Result<Status, Failure> {
    let mut report = Report::new(arguments.format);
    if arguments.list {
        let pages = rules().iter().map(|rule| Page::from(*rule));
        report.list(pages.chain(known_errors().map(Page::from)))?;
        return Ok(Status::Done);
    }
    match &*arguments.text {
        [] if io::stdin().is_terminal() => {
            let missing = Failure::could_not_run("expected a text to explain, but found none");
            Err(missing
                .hint("give a code, a name, an error's text, @FILE, or - for standard input"))
        }
        [] => log::run(io::stdin().lock(), "standard input", report),
        [argument] => match Source::of(argument) {
            Source::Stdin => log::run(io::stdin().lock(), "standard input", report),
            Source::File(path) => {
                let name = path.display().to_string();
                log::run(open(path)?, &name, report)
            }
            Source::Argument(text) => explain(&text.to_string_lossy(), report),
        },
        several => {
            let words: Vec<_> = several.iter().map(|word| word.to_string_lossy()).collect();
            explain(&words.join(" "), report)
        }
    }
}

/// Explains a text that was typed or pasted.
fn explain(text: &str, mut report: Report) -> Result<Status, Failure> {
    let name = text.trim();
    if let Some(page) = rule(name)
        .map(Page::from)
        .or_else(|| known_error(name).map(Page::from))
    {
        report.page(&page)?;
        return Ok(Status::Done);
    }
    if is_token(name) {
        return Err(Failure::no(
            "expected the text of an error, but found what looks like a peering token",
        )
        .hint("peertok decode TOKEN shows what is in a token")
        .hint("peertok validate TOKEN says what a server makes of it"));
    }
    let mut message = Message::new(Strictness::Argument);
    Explainer::new().read(&mut message, text);
    if message.causes().is_empty() {
        return Err(unknown(name));
    }
    report.message(None, message.causes())?;
    report.finish()?;
    Ok(Status::Done)
}

/// The text is not repeated: it may hold a secret.
fn unknown(text: &str) -> Failure {
    let unknown = Failure::no("no finding and nothing that a server says is known by this text");
    let near = nearest(text, HINTS).into_iter().filter_map(|name| {
        let what = match (rule(name), known_error(name)) {
            (Some(rule), _) => rule.what,
            (None, answer) => answer?.what,
        };
        Some(format!("near it is {name}: {what}"))
    });
    near.fold(unknown, Failure::hint)
        .hint("peertok explain --list tells all that is known")
}

/// Whether a text is a token, whole or in part, or the JSON of one.
fn is_token(text: &str) -> bool {
    let text = text.trim_matches(['"', '\'']);
    let in_base64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=' | '-' | '_');
    let is_base64 = text.starts_with("eyJ") && text.chars().all(in_base64);
    is_base64 || text.starts_with('{') && text.contains("EstablishmentSecret")
}
