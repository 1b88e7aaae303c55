//! `peertok completions`: what a shell needs to complete the command line.
//!
//! The scripts are those of clap_complete, over a command line in which every argument says what it
//! takes. All of it is known when `peertok` is built, so that a script asks nobody.

use super::report::Failure;
use super::{Cli, Status, output};
use crate::explain::known_errors;
use crate::finding::rules;
use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Arg, Command, CommandFactory, ValueEnum, ValueHint};
use clap_complete::generate;
use clap_complete::shells::{Bash, Fish, Zsh};
use std::fmt::Write;

/// Prints completions for bash, zsh or fish.
///
/// They complete commands, flags, files, and the codes and names of findings. To have them in every
/// shell, write them to a file in which the shell looks: for bash
/// ~/.local/share/bash-completion/completions/peertok, for fish
/// ~/.config/fish/completions/peertok.fish, and for zsh _peertok in a folder of $fpath.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  \
    source <(peertok completions bash)\n  \
    peertok completions zsh > _peertok\n  \
    peertok completions fish > peertok.fish")]
pub(super) struct Args {
    /// The shell: bash, zsh or fish.
    #[arg(value_enum, hide_possible_values = true)]
    shell: Shell,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Shell {
    Bash,
    Zsh,
    Fish,
}

pub(super) fn run(arguments: &Args) -> Result<Status, Failure> {
    output::print_whole(&script(arguments.shell))?;
    Ok(Status::Done)
}

fn script(shell: Shell) -> String {
    let plain = Cli::command();
    let mut command = told(plain.clone(), &plain);
    let mut script = Vec::new();
    let name = "peertok";
    match shell {
        Shell::Bash => generate(Bash, &mut command, name, &mut script),
        Shell::Zsh => generate(Zsh, &mut command, name, &mut script),
        Shell::Fish => generate(Fish, &mut command, name, &mut script),
    }
    let script = String::from_utf8_lossy(&script).into_owned();
    match shell {
        Shell::Bash => {
            FILES_IN_BASH.to_owned() + &script.replace("-F _peertok ", "-F _peertok_or_file ")
        }
        Shell::Zsh => with_token_files(&script),
        Shell::Fish => script + &positionals(&command, &[]),
    }
}

/// The arguments that take a text, `@FILE` or `-`.
const TEXT_OR_FILE: [&str; 4] = ["token", "a", "b", "text"];

/// A command, below `root` or that itself, in which every argument says what it takes. Its parser
/// does not need that.
fn told(command: Command, root: &Command) -> Command {
    command
        // It takes the names of all commands, and each would be in the script once more.
        .disable_help_subcommand(true)
        .mut_subcommands(|command| told(command, root))
        .mut_args(|argument| {
            let values: Vec<PossibleValue> = match argument.get_id().as_str() {
                "allow" | "deny" => findings().collect(),
                "text" => findings().chain(named_answers()).collect(),
                "command" => names(root).map(PossibleValue::new).collect(),
                _ => Vec::new(),
            };
            if !values.is_empty() {
                return argument.value_parser(PossibleValuesParser::new(values));
            }
            match argument.get_possible_values().is_empty() {
                true if argument.get_action().takes_values() => {
                    let hint = hint(&argument);
                    argument.value_hint(hint)
                }
                _ => argument,
            }
        })
}

fn hint(argument: &Arg) -> ValueHint {
    let is_path = argument.get_value_hint() == ValueHint::AnyPath;
    let is_folder = argument
        .get_value_names()
        .is_some_and(|names| names.iter().any(|name| name == "DIR"));
    match is_path {
        true if is_folder => ValueHint::DirPath,
        true => ValueHint::FilePath,
        // What the shell does by itself.
        false if TEXT_OR_FILE.contains(&argument.get_id().as_str()) => ValueHint::Unknown,
        false => ValueHint::Other,
    }
}

/// The names of the findings, then their codes.
fn findings() -> impl Iterator<Item = PossibleValue> {
    let names = rules().iter().map(|rule| (rule.name, rule.what));
    let codes = rules().iter().map(|rule| (rule.code, rule.what));
    names.chain(codes).map(|(name, what)| value(name, what))
}

fn named_answers() -> impl Iterator<Item = PossibleValue> {
    known_errors().map(|answer| value(answer.name, answer.what))
}

/// The scripts hold the help in double quotes, where a shell would act on some characters.
fn value(name: &'static str, help: &str) -> PossibleValue {
    PossibleValue::new(name).help(help.replace(['"', '$', '`', '\\'], "'"))
}

/// The names of all commands below one.
fn names(command: &Command) -> impl Iterator<Item = String> {
    let below = command.get_subcommands();
    below.flat_map(|command| {
        let own = command.get_name().to_owned();
        let below = command.get_subcommands();
        std::iter::once(own).chain(below.map(|command| command.get_name().to_owned()))
    })
}

/// Completes a file behind `@`, where bash by itself would look for a host.
const FILES_IN_BASH: &str = r#"_peertok_or_file() {
    _peertok "$@"
    if [[ $2 == @* ]]; then
        local IFS=$'\n'
        COMPREPLY=( $(compgen -P @ -f -- "${2#@}") )
        if [[ ${#COMPREPLY[@]} -eq 1 && -d ${COMPREPLY[0]#@} ]]; then
            COMPREPLY[0]+=/
            compopt -o nospace
        fi
    fi
}

"#;

/// The script for zsh, with files behind `@` in the place of files alone.
fn with_token_files(script: &str) -> String {
    const FUNCTION: &str = "\
(( $+functions[_peertok_text_or_file] )) ||
_peertok_text_or_file() {
    if compset -P '@'; then _files; else _files -P '@'; fi
}

";
    let script = script.replace(":_default' \\", ":_peertok_text_or_file' \\");
    match script.rfind("if [ \"$funcstack[1]\"") {
        Some(end) => [&script[..end], FUNCTION, &script[end..]].concat(),
        None => script,
    }
}

/// What the positional arguments of the commands below `path` take, which clap_complete leaves out
/// for fish.
fn positionals(command: &Command, path: &[&str]) -> String {
    let mut lines = String::new();
    for command in command.get_subcommands() {
        let mut names: Vec<&str> = command.get_name_and_visible_aliases();
        let condition = match path {
            [] => format!("__fish_peertok_using_subcommand {}", names.join(" ")),
            [above, ..] => format!(
                "__fish_peertok_using_subcommand {above}; and __fish_seen_subcommand_from {}",
                names.join(" ")
            ),
        };
        for argument in command.get_positionals() {
            let values = argument.get_possible_values();
            let takes = match argument.get_id().as_str() {
                _ if !values.is_empty() => fish_values(&values),
                id if TEXT_OR_FILE.contains(&id) => TEXT_OR_FILE_IN_FISH.to_owned(),
                _ => continue,
            };
            // Writing to a `String` cannot fail.
            let _ = writeln!(
                lines,
                "complete -c peertok -n \"{condition}\" -f -a {takes}"
            );
        }
        names.truncate(1);
        lines.push_str(&positionals(command, &names));
    }
    lines
}

const TEXT_OR_FILE_IN_FISH: &str =
    r#""@(__fish_complete_path (string replace -r '^@' '' -- (commandline -ct)))""#;

fn fish_values(values: &[PossibleValue]) -> String {
    let values = values.iter().map(|value| {
        let help = value.get_help().map(ToString::to_string);
        let help = help.unwrap_or_default().replace('\'', r"\'");
        format!("{}\\t'{help}'", value.get_name())
    });
    format!("\"{}\"", values.collect::<Vec<_>>().join("\n"))
}
