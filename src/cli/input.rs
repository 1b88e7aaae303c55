//! Where a token comes from: the argument itself, `@FILE`, or standard input; and in which form.
//!
//! | form | recognised by |
//! |---|---|
//! | Consul's JSON envelope, or the body of an establish request | an object with a text `PeeringToken` |
//! | a token's decoded JSON | any other text that starts with `{`, or with that behind a byte order mark |
//! | a bare token | everything else; it loses one line end at its end, and nothing else |

use super::report::Failure;
use crate::roots::without_bom;
use crate::{encode_base64, token_in_envelope};
use clap::Args;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::Path;
use zeroize::Zeroizing;

/// The largest token, in bytes, unless `--max-size` says otherwise.
pub(super) const MAX_SIZE: usize = 1 << 20;
/// The largest file that goes with a token, such as one of roots, in bytes.
const MAX_FILE: usize = 16 << 20;

/// The arguments that say where a token is.
#[derive(Debug, Args)]
pub(super) struct TokenArgs {
    /// The token, @FILE to read it from a file, or - for standard input, which is also read where
    /// TOKEN is left out and standard input is no terminal.
    ///
    /// The text may be a bare token, Consul's JSON envelope {"PeeringToken":"…"}, or the decoded
    /// JSON of a token.
    pub(super) token: Option<std::ffi::OsString>,
    /// Refuse a token over so many bytes.
    #[arg(long, value_name = "BYTES", default_value_t = MAX_SIZE)]
    pub(super) max_size: usize,
}

/// The form in which a token was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Form {
    Token,
    Envelope,
    DecodedJson,
}

impl Form {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Token => "a bare token",
            Self::Envelope => "Consul's JSON envelope",
            Self::DecodedJson => "the decoded JSON of a token",
        }
    }
}

/// A token as it was given.
pub(super) struct GivenToken {
    pub(super) form: Form,
    /// The token: base64, whatever the form was.
    pub(super) token: Zeroizing<Vec<u8>>,
}

/// A place that a token, or many, can be read from.
pub(super) enum Source<'a> {
    Argument(&'a OsStr),
    File(&'a Path),
    Stdin,
}

impl TokenArgs {
    /// Where the token is.
    pub(super) fn source(&self) -> Result<Source<'_>, Failure> {
        match &self.token {
            Some(argument) => Ok(Source::of(argument)),
            None if io::stdin().is_terminal() => {
                let missing = Failure::could_not_run("expected a token, but found none");
                Err(missing.hint("give the token, @FILE, or - for standard input"))
            }
            None => Ok(Source::Stdin),
        }
    }

    /// Reads the token and recognises its form.
    pub(super) fn read(&self) -> Result<GivenToken, Failure> {
        self.source()?.read(self.max_size)
    }
}

impl<'a> Source<'a> {
    /// What an argument names.
    pub(super) fn of(argument: &'a OsStr) -> Self {
        if argument == "-" {
            return Self::Stdin;
        }
        // `@` is one byte in every encoding that an argument can have.
        match argument.as_encoded_bytes().first() {
            Some(b'@') => Self::File(Path::new(at_removed(argument))),
            _ => Self::Argument(argument),
        }
    }

    /// Reads one token of at most `max_size` bytes and recognises its form.
    pub(super) fn read(self, max_size: usize) -> Result<GivenToken, Failure> {
        let (name, given) = match self {
            Self::Argument(argument) => {
                let bytes = argument.as_encoded_bytes();
                let given = (bytes.len() <= max_size).then(|| bytes.to_vec().into());
                ("the token".to_owned(), given)
            }
            Self::File(path) => {
                let name = path.display().to_string();
                let given = read_all(open(path)?, &name, max_size)?;
                (name, given)
            }
            Self::Stdin => {
                let name = "standard input";
                let given = read_all(io::stdin().lock(), name, max_size)?;
                (name.to_owned(), given)
            }
        };
        match given {
            Some(given) => Ok(recognise(given)),
            None => Err(Failure::no(format!("{name}: {}", too_large(max_size)))
                .hint("--max-size BYTES raises the limit")),
        }
    }
}

#[cfg(unix)]
fn at_removed(argument: &OsStr) -> &OsStr {
    use std::os::unix::ffi::OsStrExt;
    OsStr::from_bytes(argument.as_bytes().get(1..).unwrap_or_default())
}

#[cfg(not(unix))]
fn at_removed(argument: &OsStr) -> &OsStr {
    let path = argument
        .to_str()
        .and_then(|argument| argument.strip_prefix('@'));
    path.map_or(argument, OsStr::new)
}

/// What is said of more bytes than are read.
pub(super) fn too_large(limit: usize) -> String {
    format!("expected at most {limit} bytes, but found more")
}

/// Reads a file that goes with a token, and is called `name` in messages; `-` is standard input.
pub(super) fn read_file(path: &Path, name: &str) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let file = match path == Path::new("-") {
        true => read_all(io::stdin().lock(), "standard input", MAX_FILE)?,
        false => {
            let file = File::open(path).map_err(|error| cannot_read(name, &error))?;
            read_all(file, name, MAX_FILE)?
        }
    };
    file.ok_or_else(|| Failure::could_not_run(format!("{name}: {}", too_large(MAX_FILE))))
}

/// Opens a file for reading.
pub(super) fn open(path: &Path) -> Result<File, Failure> {
    File::open(path).map_err(|error| cannot_read(&path.display().to_string(), &error))
}

pub(super) fn cannot_read(name: &str, error: &io::Error) -> Failure {
    Failure::could_not_run(format!("cannot read {name}: {error}"))
}

/// Reads to the end, or gives `None` where there are more than `limit` bytes.
fn read_all(
    reader: impl Read,
    name: &str,
    limit: usize,
) -> Result<Option<Zeroizing<Vec<u8>>>, Failure> {
    let most = limit.saturating_add(1);
    // With its capacity from the start, the buffer leaves no copies of a secret behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(most.min(MAX_FILE)));
    reader
        .take(u64::try_from(most).unwrap_or(u64::MAX))
        .read_to_end(&mut bytes)
        .map_err(|error| cannot_read(name, &error))?;
    Ok(Some(bytes).filter(|bytes| bytes.len() <= limit))
}

fn recognise(mut given: Zeroizing<Vec<u8>>) -> GivenToken {
    // Some editors put a mark before a text. JSON cannot start with it, so none is lost.
    let json = without_bom(&given);
    if json.trim_ascii_start().first() == Some(&b'{') {
        let (form, token) = match token_in_envelope(json) {
            Some(token) => (Form::Envelope, token),
            None => (Form::DecodedJson, encode_base64(json)),
        };
        let token = Zeroizing::new(token.as_bytes().to_vec());
        return GivenToken { form, token };
    }
    if given.ends_with(b"\n") {
        given.pop();
        if given.ends_with(b"\r") {
            given.pop();
        }
    }
    let form = Form::Token;
    GivenToken { form, token: given }
}
