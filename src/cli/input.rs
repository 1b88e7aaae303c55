//! Where a token comes from: the argument itself, `@FILE`, or standard input. In which format it is,
//! [`crate::input`] recognises.

use super::report::Failure;
use super::text::shown;
use super::{kubernetes, secrets};
use crate::input::{InputFormat, TokenInput};
use crate::kubernetes::{SecretKeyRef, Selector, looks_like_manifest};
pub(super) use crate::whole_file::too_large_message as too_large;
use crate::whole_file::{self, MAX_FILE};
use clap::Args;
use peering_token::{decode_base64, secrets_in};
use peertok_secret::Secret;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, ErrorKind, IsTerminal, Read};
use std::path::Path;
use std::str::FromStr;
use zeroize::Zeroizing;

/// The largest token, in bytes, unless `--max-size` says otherwise.
pub(super) const MAX_SIZE: usize = 1 << 20;
/// The most that `--max-size` can be, in bytes: a token is read whole.
const MOST_SIZE: u64 = 64 << 20;

/// The arguments that say where a token is.
#[derive(Args)]
pub(super) struct TokenArgs {
    /// The token, @FILE to read it from a file, or - for standard input, which is also read where
    /// TOKEN is left out and standard input is no terminal.
    ///
    /// The text may be a bare token, Consul's JSON envelope {"PeeringToken":"…"}, the decoded JSON
    /// of a token, or a Kubernetes Secret in YAML or JSON, or several of them.
    pub(super) token: Option<std::ffi::OsString>,
    /// Refuse a token over so many bytes.
    #[arg(long, value_name = "BYTES", default_value_t = MAX_SIZE, value_parser = size)]
    pub(super) max_size: usize,
    /// Of several Kubernetes Secrets, take this one: [NAMESPACE/]NAME[:KEY].
    #[arg(long, value_name = "SECRET", value_parser = Selector::from_str)]
    pub(super) k8s_name: Option<Selector>,
}

/// The format of an input in words, and where it stands.
pub(super) fn described(input: &TokenInput) -> String {
    let format = input.format();
    match input.secret() {
        Some(secret) => format!("{format}: {}", shown(&secret.to_string())),
        None => format.to_string(),
    }
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
    pub(super) fn read(&self) -> Result<TokenInput, Failure> {
        self.source()?.read(self.max_size, self.k8s_name.as_ref())
    }

    /// Reads all tokens that are there: one, or those of several Kubernetes Secrets.
    pub(super) fn read_all(&self) -> Result<Vec<TokenInput>, Failure> {
        let read = self
            .source()?
            .read_all(self.max_size, self.k8s_name.as_ref());
        read.map(|(tokens, _)| tokens)
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
    pub(super) fn read(
        self,
        max_size: usize,
        selector: Option<&Selector>,
    ) -> Result<TokenInput, Failure> {
        let (tokens, name) = self.read_all(max_size, selector)?;
        only(&name, tokens)
    }

    /// Reads all tokens, each of at most `max_size` bytes, and gives what their source is called in
    /// messages.
    fn read_all(
        self,
        max_size: usize,
        selector: Option<&Selector>,
    ) -> Result<(Vec<TokenInput>, String), Failure> {
        let (name, given) = match self {
            Self::Argument(argument) => {
                let bytes = argument.as_encoded_bytes();
                let fits = bytes.len() <= max_size || looks_like_manifest(bytes);
                let given = fits.then(|| bytes.to_vec().into());
                ("the token".to_owned(), given)
            }
            Self::File(path) => {
                let name = path.display().to_string();
                let given = read_token(open(path)?, &name, max_size)?;
                (name, given)
            }
            Self::Stdin => {
                let name = "standard input";
                let given = read_token(io::stdin().lock(), name, max_size)?;
                (name.to_owned(), given)
            }
        };
        let refused = |what: &str| {
            Failure::no(format!("{what}: {}", too_large(max_size)))
                .hint("--max-size BYTES raises the limit")
        };
        let tokens = recognise(given.ok_or_else(|| refused(&name))?, &name, selector)?;
        tokens.iter().for_each(hide_secrets);
        // Others than those of Secrets have been measured as they were read.
        for token in &tokens {
            if let Some(place) = token.secret()
                && token.text().len() > max_size
            {
                return Err(refused(&format!("{name}: the Secret {place}")));
            }
        }
        Ok((tokens, name))
    }
}

/// Hides the secrets of a token in all that is printed.
fn hide_secrets(token: &TokenInput) {
    for secret in secrets_of(token) {
        secrets::hide(secret);
    }
}

/// The secrets in a token's JSON; none where it cannot be read.
fn secrets_of(token: &TokenInput) -> Vec<Secret> {
    match token.format() {
        InputFormat::DecodedJson => secrets_in(token.text()),
        _ => decode_base64(token.text())
            .map(|json| secrets_in(&json))
            .unwrap_or_default(),
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

/// A limit in bytes, as `--max-size` takes it.
pub(super) fn size(text: &str) -> Result<usize, String> {
    let given: u64 = text.parse().map_err(|error| format!("{error}"))?;
    if given > MOST_SIZE {
        return Err(format!("the most is {MOST_SIZE}"));
    }
    usize::try_from(given).map_err(|error| error.to_string())
}

/// Reads a file that goes with a token, and is called `name` in messages; `-` is standard input.
pub(super) fn read_file(path: &Path, name: &str) -> Result<Zeroizing<Vec<u8>>, Failure> {
    if path != Path::new("-") {
        return whole_file::read_file(path, MAX_FILE).map_err(|error| match error.kind() {
            ErrorKind::FileTooLarge => too_large_file(name),
            _ => cannot_read(name, &error),
        });
    }
    let name = "standard input";
    let given = read_over(io::stdin().lock(), name, MAX_FILE)?;
    if given.len() > MAX_FILE {
        Err(too_large_file(name))
    } else {
        Ok(given)
    }
}

fn too_large_file(name: &str) -> Failure {
    Failure::could_not_run(format!("{name}: {}", too_large(MAX_FILE)))
}

/// Opens a file for reading.
pub(super) fn open(path: &Path) -> Result<File, Failure> {
    File::open(path).map_err(|error| cannot_read(&path.display().to_string(), &error))
}

pub(super) fn cannot_read(name: &str, error: &io::Error) -> Failure {
    Failure::could_not_run(format!("cannot read {name}: {error}"))
}

/// Reads to the end, or one byte over `limit`.
fn read_over(reader: impl Read, name: &str, limit: usize) -> Result<Zeroizing<Vec<u8>>, Failure> {
    whole_file::read_over(reader, limit).map_err(|error| cannot_read(name, &error))
}

/// Reads a token of at most `max_size` bytes, or gives `None` where there are more. A manifest may
/// be larger, since it may hold many.
fn read_token(
    mut reader: impl Read,
    name: &str,
    max_size: usize,
) -> Result<Option<Zeroizing<Vec<u8>>>, Failure> {
    let start = read_over(reader.by_ref(), name, max_size)?;
    if start.len() <= max_size {
        return Ok(Some(start));
    }
    if !looks_like_manifest(&start) {
        return Ok(None);
    }
    let all = read_over(start.chain(reader), name, MAX_FILE)?;
    if all.len() > MAX_FILE {
        Err(too_large_file(name))
    } else {
        Ok(Some(all))
    }
}

/// Reads the tokens of an input that is called `name` in messages.
fn recognise(
    input: Zeroizing<Vec<u8>>,
    name: &str,
    selector: Option<&Selector>,
) -> Result<Vec<TokenInput>, Failure> {
    match (TokenInput::read_one(input), selector) {
        (Err(manifest), _) => of_manifest(&manifest, name, selector),
        (Ok(token), None) => Ok(vec![token]),
        (Ok(token), Some(_)) => Err(Failure::could_not_run(format!(
            "{name}: expected a Kubernetes Secret for --k8s-name, but found {}",
            token.format()
        ))),
    }
}

/// Reads the tokens of a manifest that `selector` matches.
pub(super) fn of_manifest(
    manifest: &[u8],
    name: &str,
    selector: Option<&Selector>,
) -> Result<Vec<TokenInput>, Failure> {
    let tokens = kubernetes::tokens(manifest, name, selector)?;
    Ok(tokens.into_iter().map(TokenInput::from).collect())
}

/// The only one of some tokens, where one is wanted.
pub(super) fn only(name: &str, mut tokens: Vec<TokenInput>) -> Result<TokenInput, Failure> {
    match (tokens.pop(), tokens.is_empty()) {
        (Some(token), true) => Ok(token),
        (last, _) => {
            tokens.extend(last);
            let places = tokens.iter().filter_map(TokenInput::secret);
            let found = places.map(SecretKeyRef::selector).collect();
            Err(kubernetes::several(name, found))
        }
    }
}
