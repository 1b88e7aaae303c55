//! Consul's way with flags: one dash or two, and the value of a flag is whatever follows it.
//!
//! clap wants two dashes before a long flag, and takes no value that starts with a dash. So the
//! arguments are rewritten before clap sees them: `-name west` to `--name west`, and
//! `-name -west` to `--name=-west`. The flags of Consul's HTTP API are refused here, since they ask
//! for a server.

use super::report::Failure;
use clap::Command;
use std::ffi::{OsStr, OsString};

/// The HTTP API flags of Consul's command line, and what to use in their place in `generate`.
const HTTP_API_FLAGS: [(&str, &str); 9] = [
    ("http-addr", INSTEAD_OF_AN_AGENT),
    ("token", INSTEAD_OF_ACL),
    ("token-file", INSTEAD_OF_ACL),
    ("ca-file", INSTEAD_OF_CA),
    ("ca-path", INSTEAD_OF_CA),
    ("client-cert", INSTEAD_OF_AN_AGENT),
    ("client-key", INSTEAD_OF_AN_AGENT),
    (
        "tls-server-name",
        "--server-name sets the name that the token carries",
    ),
    ("stale", INSTEAD_OF_AN_AGENT),
];
const INSTEAD_OF_AN_AGENT: &str = "give what the server would have known: --ca FILE, --datacenter NAME and --server-address HOST:PORT";
const INSTEAD_OF_ACL: &str = "no ACL is asked, so no ACL token is needed";
const INSTEAD_OF_CA: &str = "--ca FILE puts the acceptor's root certificates into the token";

/// The arguments of the program as clap wants them.
pub(super) struct Rewritten {
    pub(super) arguments: Vec<OsString>,
    /// The command that the arguments name, such as `snapshot show`; empty where they name none.
    pub(super) command: String,
    /// The value of `--color`.
    pub(super) color: Option<String>,
}

/// Rewrites the arguments of the program, whose name stands first, for a command that is built.
pub(super) fn with_two_dashes(
    mut command: &Command,
    arguments: impl IntoIterator<Item = OsString>,
) -> Result<Rewritten, Failure> {
    let mut arguments = arguments.into_iter();
    let mut rewritten = Rewritten {
        arguments: arguments.next().into_iter().collect(),
        command: String::new(),
        color: None,
    };
    while let Some(argument) = arguments.next() {
        if argument == "--" {
            rewritten.arguments.push(argument);
            break;
        }
        let Some(flag) = LongFlag::of(&argument) else {
            // The first argument that is no flag names the command whose flags follow.
            if let Some(found) = argument.to_str().and_then(|a| command.find_subcommand(a)) {
                command = found;
                let name = [&rewritten.command, command.get_name()].join(" ");
                name.trim_start().clone_into(&mut rewritten.command);
            }
            rewritten.arguments.push(argument);
            continue;
        };
        let known = command
            .get_arguments()
            .find(|known| known.get_long() == Some(&flag.name));
        if known.is_none() {
            check_http_api_flag(&flag.name, &rewritten.command)?;
        }
        let mut argument = match flag.dashes {
            1 => {
                let mut two = OsString::from("-");
                two.push(&argument);
                two
            }
            _ => argument,
        };
        let takes_value = known.is_some_and(|known| known.get_action().takes_values());
        if takes_value
            && !flag.has_value
            && let Some(value) = arguments.next()
        {
            argument.push("=");
            argument.push(value);
        }
        if flag.name == "color" {
            let value = argument
                .to_str()
                .and_then(|argument| argument.split_once('='));
            rewritten.color = value.map(|(_, value)| value.to_owned());
        }
        rewritten.arguments.push(argument);
    }
    rewritten.arguments.extend(arguments);
    Ok(rewritten)
}

fn check_http_api_flag(name: &str, command: &str) -> Result<(), Failure> {
    let Some((flag, instead)) = HTTP_API_FLAGS.iter().find(|(flag, _)| *flag == name) else {
        return Ok(());
    };
    let message = format!("-{flag} needs a server, and peertok works without one");
    let failure = Failure::could_not_run(message);
    Err(match (command, *flag) {
        ("decode" | "validate" | "edit", "token" | "token-file") => failure.hint(format!(
            "the peering token is an argument: peertok {command} TOKEN, @FILE or -"
        )),
        ("generate" | "", _) => failure.hint(*instead),
        _ => failure.hint("leave it out: no server is asked"),
    })
}

/// A flag of more than one letter, with one dash or two. (One letter after one dash is a short
/// flag, such as -h.)
struct LongFlag {
    dashes: usize,
    name: String,
    has_value: bool,
}

impl LongFlag {
    fn of(argument: &OsStr) -> Option<Self> {
        // Dashes, letters and `=` are one byte each in every encoding that an argument can have.
        let bytes = argument.as_encoded_bytes();
        let dashes = bytes
            .iter()
            .take(2)
            .take_while(|&&byte| byte == b'-')
            .count();
        let flag = bytes.get(dashes..)?;
        let end = flag.iter().position(|&byte| byte == b'=');
        let name = std::str::from_utf8(flag.get(..end.unwrap_or(flag.len()))?).ok()?;
        let is_name = name.len() > 1 && name.starts_with(|c: char| c.is_ascii_alphabetic());
        (dashes > 0 && is_name).then(|| Self {
            dashes,
            name: name.to_owned(),
            has_value: end.is_some(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(arguments: &str) -> Result<String, String> {
        let arguments = arguments.split(' ').map(OsString::from);
        match with_two_dashes(&crate::cli::command(), arguments) {
            Ok(rewritten) => Ok(rewritten
                .arguments
                .iter()
                .map(|a| a.to_string_lossy())
                .collect::<Vec<_>>()
                .join(" ")),
            Err(failure) => Err(failure.message().to_owned()),
        }
    }

    #[test]
    fn one_dash_is_as_good_as_two() {
        for (given, expected) in [
            (
                "peertok generate -name west",
                "peertok generate --name=west",
            ),
            (
                "peertok generate --name west",
                "peertok generate --name=west",
            ),
            (
                "peertok generate -name=west",
                "peertok generate --name=west",
            ),
            (
                "peertok generate -name -west",
                "peertok generate --name=-west",
            ),
            (
                "peertok generate -no-ca -name w",
                "peertok generate --no-ca --name=w",
            ),
            ("peertok -h", "peertok -h"),
            (
                "peertok snapshot show -format json x",
                "peertok snapshot show --format=json x",
            ),
            ("peertok decode -", "peertok decode -"),
            ("peertok decode -- -name", "peertok decode -- -name"),
            ("peertok generate -name", "peertok generate --name"),
        ] {
            assert_eq!(rewritten(given).as_deref(), Ok(expected), "{given}");
        }
    }

    #[test]
    fn flags_that_need_a_server_are_refused() {
        for (flag, _) in HTTP_API_FLAGS {
            assert_eq!(
                rewritten(&format!("peertok generate -{flag}=x")),
                Err(format!(
                    "-{flag} needs a server, and peertok works without one"
                ))
            );
        }
    }
}
