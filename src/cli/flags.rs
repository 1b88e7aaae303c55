//! Consul's way with flags: one dash or two, and the value of a flag is whatever follows it.
//!
//! clap wants two dashes before a long flag, and takes no value that starts with a dash. So the
//! arguments are rewritten before clap sees them: `-name west` to `--name west`, and
//! `-name -west` to `--name=-west`. The flags of Consul's HTTP API are refused here, since they ask
//! for a server.

use super::Cli;
use super::report::Failure;
use clap::CommandFactory;
use std::ffi::OsString;

/// The HTTP API flags of Consul's command line, and what to use in their place.
const HTTP_API_FLAGS: [(&str, &str); 10] = [
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
    (
        "namespace",
        "a peering has no namespace; -partition sets the admin partition",
    ),
    ("stale", INSTEAD_OF_AN_AGENT),
];
const INSTEAD_OF_AN_AGENT: &str = "give what the server would have known: --ca FILE, --datacenter NAME and --server-address HOST:PORT";
const INSTEAD_OF_ACL: &str = "no ACL is asked, so no ACL token is needed";
const INSTEAD_OF_CA: &str = "--ca FILE puts the acceptor's root certificates into the token";

/// Rewrites the arguments of the program, whose name stands first.
pub(super) fn with_two_dashes(
    arguments: impl IntoIterator<Item = OsString>,
) -> Result<Vec<OsString>, Failure> {
    let mut arguments = arguments.into_iter();
    let mut rewritten: Vec<OsString> = arguments.next().into_iter().collect();
    let mut command = Cli::command();
    command.build();
    while let Some(argument) = arguments.next() {
        if argument == "--" {
            rewritten.push(argument);
            break;
        }
        let Some((name, value)) = argument.to_str().and_then(long_flag) else {
            // The first argument that is no flag names the command whose flags follow.
            if let Some(found) = argument.to_str().and_then(|a| command.find_subcommand(a)) {
                command = found.clone();
            }
            rewritten.push(argument);
            continue;
        };
        let known = command
            .get_arguments()
            .find(|known| known.get_long() == Some(name));
        if known.is_none()
            && let Some((flag, instead)) = HTTP_API_FLAGS.iter().find(|(flag, _)| *flag == name)
        {
            let message = format!("-{flag} needs a server, and peertok works without one");
            return Err(Failure::could_not_run(message).hint(*instead));
        }
        let mut flag = OsString::from(format!("--{name}"));
        if let Some(value) = value {
            flag.push("=");
            flag.push(value);
        } else if known.is_some_and(|known| known.get_action().takes_values())
            && let Some(value) = arguments.next()
        {
            flag.push("=");
            flag.push(value);
        }
        rewritten.push(flag);
    }
    rewritten.extend(arguments);
    Ok(rewritten)
}

/// The name of a long flag with one dash or two, and the value behind its `=`.
fn long_flag(argument: &str) -> Option<(&str, Option<&str>)> {
    let flag = argument.strip_prefix('-')?;
    let flag = flag.strip_prefix('-').unwrap_or(flag);
    let (name, value) = match flag.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (flag, None),
    };
    // One letter after one dash is a short flag, such as -h.
    let is_name = name.len() > 1 && name.starts_with(|c: char| c.is_ascii_alphabetic());
    is_name.then_some((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(arguments: &str) -> Result<String, String> {
        let arguments = arguments.split(' ').map(OsString::from);
        match with_two_dashes(arguments) {
            Ok(arguments) => Ok(arguments
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
                rewritten(&format!("peertok generate --{flag}=x")),
                Err(format!(
                    "-{flag} needs a server, and peertok works without one"
                ))
            );
        }
    }
}
