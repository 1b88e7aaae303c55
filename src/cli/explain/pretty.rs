//! Pages for people, as wide as the terminal.

use crate::cli::text::shown;
use crate::explain::{Cause, Page};
use anstyle::Style;
use std::borrow::Cow;
use std::fmt::Write;

/// No line is wider, so that it can be read.
const WIDEST: usize = 100;
const NARROWEST: usize = 40;
/// How many addresses are named of a cause.
const ADDRESSES: usize = 4;

/// The page, with what the message said where there is one: the tries, and values in the texts.
pub(super) fn page(page: &Page, cause: Option<&Cause>) -> String {
    let mut out = String::new();
    // Writing to a `String` cannot fail.
    let _ = write_page(&mut out, page, cause, width());
    out
}

fn write_page(
    out: &mut String,
    page: &Page,
    cause: Option<&Cause>,
    width: usize,
) -> std::fmt::Result {
    let bold = Style::new().bold();
    let name = match page.code {
        Some(code) => format!("{code} {}", page.name),
        None => page.name.to_owned(),
    };
    let heading = format!("{name} ({}): {}", page.kind, page.what);
    let heading = textwrap::fill(&heading, options(width).initial_indent(""));
    match heading.strip_prefix(&name) {
        Some(rest) => writeln!(out, "{bold}{name}{bold:#}{rest}")?,
        None => writeln!(out, "{heading}")?,
    }
    writeln!(out, "{}", wrapped(&page.place, width))?;
    if let Some(said) = cause.and_then(said) {
        writeln!(out, "{}", wrapped(&said, width))?;
    }
    if cause.is_none() && !page.texts.is_empty() {
        writeln!(out, "\n{bold}The server's words{bold:#}")?;
        for text in &page.texts {
            writeln!(out, "{}", wrapped(text, width))?;
        }
    }
    for (heading, text) in &page.sections {
        writeln!(out, "\n{bold}{heading}{bold:#}")?;
        writeln!(out, "{}", wrapped(&filled_in(text, cause), width))?;
    }
    if !page.related.is_empty() {
        writeln!(out, "\n{bold}Related{bold:#}")?;
        writeln!(out, "{}", wrapped(&page.related.join(", "), width))?;
    }
    Ok(())
}

/// The line of a log that a message starts with.
pub(super) fn head(line: usize, text: &str) -> String {
    let bold = Style::new().bold();
    format!("{bold}line {line}{bold:#}: {text}\n")
}

/// What is said of a cause that was told before.
pub(super) fn again(cause: &Cause, first: Option<usize>) -> String {
    let name = cause.answer.name;
    let mut text = match first {
        Some(line) => format!("{name}, as at line {line}"),
        None => name.to_owned(),
    };
    if let Some(said) = said(cause) {
        text.push_str(": ");
        text.push_str(&said);
    }
    format!("{}\n", wrapped(&text, width()))
}

/// A line for each page.
pub(super) fn list(pages: impl Iterator<Item = Page>) -> String {
    let pages: Vec<Page> = pages.collect();
    let longest = |text: fn(&Page) -> usize| pages.iter().map(text).max().unwrap_or(0);
    let names = longest(|page| page.name.len());
    let kinds = longest(|page| page.kind.len());
    let mut out = String::new();
    for page in &pages {
        let code = page.code.unwrap_or("-");
        let _ = writeln!(
            out,
            "{code:5}  {:names$}  {:kinds$}  {}",
            page.name, page.kind, page.what
        );
    }
    out
}

/// How often, and through which addresses.
fn said(cause: &Cause) -> Option<String> {
    let addresses: Vec<String> = cause.values_of("address").map(shown).collect();
    let more = addresses.len().saturating_sub(ADDRESSES);
    let named: Vec<&str> = addresses.iter().take(ADDRESSES).map(|a| &**a).collect();
    let mut said = match cause.tries {
        1 => String::new(),
        tries => format!("{tries} times"),
    };
    if !named.is_empty() {
        let comma = if said.is_empty() { "" } else { ", " };
        said.push_str(&format!("{comma}at {}", named.join(", ")));
    }
    if more > 0 {
        said.push_str(&format!(" and {more} more"));
    }
    (!said.is_empty()).then_some(said)
}

/// A text with the values of the message in the place of their names, where there is one of each.
fn filled_in<'a>(text: &'a str, cause: Option<&Cause>) -> Cow<'a, str> {
    let mut text = Cow::Borrowed(text);
    for (name, value) in cause.into_iter().flat_map(|cause| &cause.values) {
        let gap = format!("<{name}>");
        let only = cause.is_some_and(|cause| cause.values_of(name).count() == 1);
        if only && text.contains(&gap) {
            text = Cow::Owned(text.replace(&gap, &shown(value)));
        }
    }
    text
}

/// A text in lines of that width, two blanks before each.
fn wrapped(text: &str, width: usize) -> String {
    textwrap::fill(text, options(width))
}

/// Lines of that width, in which flags and addresses stay whole.
fn options(width: usize) -> textwrap::Options<'static> {
    textwrap::Options::new(width)
        .initial_indent("  ")
        .subsequent_indent("  ")
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        .break_words(false)
}

/// The width of the terminal, or what COLUMNS says it is.
fn width() -> usize {
    let columns = std::env::var("COLUMNS")
        .ok()
        .and_then(|columns| columns.parse().ok());
    let of_terminal = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    columns
        .or_else(of_terminal)
        .unwrap_or(WIDEST)
        .clamp(NARROWEST, WIDEST)
}
