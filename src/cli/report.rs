//! How `peertok` says what went wrong, and what else it has to say beside its output.

use super::{Status, text};
use anstyle::{AnsiColor, Style};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use std::io::Write;

/// Why a command ends early: one line, hints, and the exit status.
#[derive(Debug)]
pub(super) struct Failure {
    message: String,
    hints: Vec<String>,
    status: Status,
}

impl Failure {
    /// Usage, input or output is at fault.
    pub(super) fn could_not_run(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hints: Vec::new(),
            status: Status::CouldNotRun,
        }
    }

    /// The answer is no.
    pub(super) fn no(message: impl Into<String>) -> Self {
        Self {
            status: Status::No,
            ..Self::could_not_run(message)
        }
    }

    /// Adds what to do about it: a flag or a fix.
    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    #[cfg(test)]
    pub(super) fn message(&self) -> &str {
        &self.message
    }

    /// Prints the failure and gives its exit status.
    pub(super) fn report(&self) -> Status {
        say("error", AnsiColor::Red, &self.message);
        for hint in &self.hints {
            say("hint", AnsiColor::Cyan, hint);
        }
        self.status
    }
}

/// Says what may turn out wrong.
pub(super) fn warn(message: &str) {
    say("warning", AnsiColor::Yellow, message);
}

/// Says what is worth knowing.
pub(super) fn note(message: &str) {
    say("note", AnsiColor::Blue, message);
}

fn say(kind: &str, color: AnsiColor, message: &str) {
    let style = Style::new().bold().fg_color(Some(color.into()));
    // Nobody is left to be told where standard error is closed.
    let _ = writeln!(
        anstream::stderr(),
        "peertok: {style}{kind}:{style:#} {}",
        text::one_line(message)
    );
}

/// Puts what clap says into the form of all errors.
pub(super) fn usage(error: &clap::Error) -> Failure {
    let context = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        Some(ContextValue::Strings(texts)) => Some(texts.join(", ")),
        _ => None,
    };
    let argument = context(ContextKind::InvalidArg);
    if error.kind() == ErrorKind::InvalidValue
        && argument
            .as_deref()
            .is_some_and(|a| a.starts_with("--format"))
    {
        return Failure::could_not_run("Invalid format, valid formats are {json|pretty}");
    }
    let rendered = error.render().to_string();
    // clap's first paragraph is the message, and `tip:` starts a hint; usage comes last.
    let mut paragraphs = rendered.split("\n\n");
    let message: Vec<&str> = paragraphs
        .next()
        .unwrap_or_default()
        .lines()
        .map(str::trim)
        .collect();
    let message = message.join(" ");
    let mut failure = Failure::could_not_run(message.strip_prefix("error: ").unwrap_or(&message));
    for tip in rendered
        .lines()
        .filter_map(|line| line.trim().strip_prefix("tip: "))
    {
        failure = failure.hint(tip);
    }
    let command = rendered
        .lines()
        .find_map(|line| line.strip_prefix("Usage: peertok "))
        .and_then(|usage| usage.split(' ').next())
        .filter(|command| command.starts_with(|c: char| c.is_ascii_lowercase()));
    failure.hint(match command {
        Some(command) => format!("peertok {command} --help tells the flags and shows an example"),
        None => "peertok --help tells the commands".to_owned(),
    })
}
