//! How `peertok` says what went wrong, and what else it has to say beside its output.

use super::{Status, secrets, text};
use anstyle::{AnsiColor, Style};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use std::io::Write;

/// Why a command ends early: one line, hints, and the exit status.
#[derive(Debug)]
pub(super) struct Failure {
    message: String,
    /// Lines of a file, with what is wrong in them marked.
    source: String,
    hints: Vec<String>,
    status: Status,
}

impl Failure {
    /// Usage, input or output is at fault.
    pub(super) fn could_not_run(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            source: String::new(),
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

    /// The same where a no would be the answer to another question.
    pub(super) fn into_could_not_run(mut self) -> Self {
        self.status = Status::CouldNotRun;
        self
    }

    /// Adds the lines of a file that are at fault.
    pub(super) fn source(mut self, source: String) -> Self {
        self.source = source;
        self
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
        // Nobody is left to be told where standard error is closed.
        let source = secrets::redactor().page(&self.source).into_owned();
        let _ = anstream::stderr().write_all(source.as_bytes());
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
        text::one_line(&secrets::redactor().value(message))
    );
}

/// Puts what clap says of the arguments of `command` into the form of all errors.
pub(super) fn usage(error: &clap::Error, command: &str) -> Failure {
    let context = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::StyledStr(text)) => text.to_string(),
        Some(ContextValue::Strings(texts)) => texts.join(", "),
        _ => String::new(),
    };
    let argument = context(ContextKind::InvalidArg);
    let value = context(ContextKind::InvalidValue);
    let message = match error.kind() {
        ErrorKind::InvalidValue if argument.starts_with("--format") => {
            "Invalid format, valid formats are {json|pretty}".to_owned()
        }
        ErrorKind::InvalidValue if value.is_empty() => format!("expected a value for '{argument}'"),
        ErrorKind::InvalidValue => format!(
            "expected one of {} for '{argument}', but found '{value}'",
            context(ContextKind::ValidValue)
        ),
        ErrorKind::ValueValidation => {
            let why = std::error::Error::source(error).map(ToString::to_string);
            let why = why.unwrap_or_default();
            format!("expected another value for '{argument}' than '{value}': {why}")
        }
        ErrorKind::UnknownArgument => format!("unexpected argument '{argument}'"),
        ErrorKind::InvalidSubcommand => {
            format!(
                "no such command: '{}'",
                context(ContextKind::InvalidSubcommand)
            )
        }
        ErrorKind::MissingRequiredArgument => format!("expected {argument}, but found none"),
        ErrorKind::ArgumentConflict => format!(
            "'{argument}' cannot be used with '{}'",
            context(ContextKind::PriorArg)
        ),
        _ => error.kind().to_string(),
    };
    let mut failure = Failure::could_not_run(message);
    for kind in [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand] {
        let suggestion = context(kind);
        if !suggestion.is_empty() {
            failure = failure.hint(format!("there is '{suggestion}'"));
        }
    }
    if command.is_empty() && context(ContextKind::InvalidSubcommand).starts_with("eyJ") {
        failure = failure.hint("peertok decode TOKEN shows what is in a token");
    }
    failure.hint(match command {
        "" => "peertok --help tells the commands".to_owned(),
        command => format!("peertok {command} --help tells the flags and shows an example"),
    })
}
