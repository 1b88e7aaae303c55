//! What a token is printed as: by itself, in Consul's envelope, in a Kubernetes Secret, or in the
//! body of an establish request.

use super::output::Staged;
use super::report::{Failure, note};
use super::{Format, delivery, output};
use crate::kubernetes::{DEFAULT_KEY, manifest};
use peering_token::establish_body;
use std::path::PathBuf;
use zeroize::Zeroizing;

/// The arguments that say where a token goes, and in which form.
#[derive(clap::Args)]
pub(super) struct TokenOutput {
    /// How to print the token: pretty (by itself) or json ({"PeeringToken":"…"}).
    #[arg(long, value_enum, default_value_t = Format::Pretty, hide_possible_values = true)]
    format: Format,
    /// Print a Kubernetes Secret of this name with the token in it, for kubectl apply -f.
    #[arg(
        long,
        value_name = "NAME",
        conflicts_with_all = ["format", "establish"],
        help_heading = "Output"
    )]
    k8s_secret: Option<String>,
    /// The namespace of the Secret.
    #[arg(
        long,
        value_name = "NAME",
        requires = "k8s_secret",
        help_heading = "Output"
    )]
    namespace: Option<String>,
    /// The key that the Secret holds the token under, as spec.peer.secret.key has it.
    #[arg(
        long,
        value_name = "KEY",
        requires = "k8s_secret",
        default_value = DEFAULT_KEY,
        help_heading = "Output"
    )]
    k8s_key: String,
    /// Print the body for /v1/peering/establish, with the name that the dialer gives to the
    /// acceptor. Metadata and a partition are the dialer's own, and not in it.
    #[arg(
        long,
        value_name = "NAME",
        conflicts_with = "format",
        help_heading = "Output"
    )]
    establish: Option<String>,
    /// Write the token to a file that only its owner can read.
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(super) out: Option<PathBuf>,
    /// Replace files that are there already.
    #[arg(long, help_heading = "Output")]
    pub(super) force: bool,
}

impl TokenOutput {
    /// Refuses a name before anything is made for it.
    pub(super) fn check(&self) -> Result<(), Failure> {
        self.text("").map(|_| ())
    }

    /// Whether the token is asked for in another form than by itself.
    pub(super) fn changes_form(&self) -> bool {
        self.k8s_secret.is_some() || self.establish.is_some() || self.format == Format::Json
    }

    /// Prints the token, or writes it to its file.
    pub(super) fn write(&self, token: &str) -> Result<(), Failure> {
        self.write_with(token, None)
    }

    /// The same for a token with the snapshot that honours it, which gets its name last.
    pub(super) fn write_with(&self, token: &str, snapshot: Option<Staged>) -> Result<(), Failure> {
        let text = self.text(token)?;
        match (&self.out, snapshot) {
            (Some(path), None) => output::write_private(path, self.force, text.as_bytes())?,
            (None, None) => output::print_whole(&text)?,
            (Some(path), Some(snapshot)) => {
                delivery::to_file(path, self.force, text.as_bytes(), snapshot)?;
            }
            (None, Some(snapshot)) => delivery::to_standard_output(&text, snapshot)?,
        }
        if self.k8s_secret.is_some() {
            note(
                "on the acceptor, restore its state first, then apply the Secret, then the PeeringAcceptor, which makes a new token where it finds no Secret; on the dialer, touching a Secret whose token was used gives 403",
            );
        }
        Ok(())
    }

    fn text(&self, token: &str) -> Result<Zeroizing<String>, Failure> {
        if let Some(name) = &self.k8s_secret {
            return manifest(token, name, self.namespace.as_deref(), &self.k8s_key)
                .map_err(|error| Failure::could_not_run(error.to_string()));
        }
        if let Some(name) = &self.establish {
            peering_token::check_peer_name(name)
                .map_err(|error| Failure::could_not_run(error.to_string()))?;
            return Ok(establish_body(name, token));
        }
        let mut text = Zeroizing::new(String::with_capacity(token.len() + 32));
        match self.format {
            Format::Pretty => text.push_str(token),
            // Base64 needs no escapes in JSON.
            Format::Json => text.extend(["{\"PeeringToken\":\"", token, "\"}"]),
        }
        text.push('\n');
        Ok(text)
    }
}
