//! `peertok ca new`: a root, its private key, and the configuration that installs both.

use crate::ca::{
    CaError, DEFAULT_DAYS, KeyType, NewRoot, RootOptions, agent_configuration, new_root,
};
use crate::cli::judging::moment;
use crate::cli::output::{self, Staged};
use crate::cli::report::{Failure, note};
use crate::cli::text::shown;
use crate::cli::{Format, Status};
use crate::roots::RootDetails;
use clap::ValueEnum;
use jiff::Timestamp;
use serde::Serialize;
use std::fs::DirBuilder;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Makes a root CA for a new cluster, as Consul's built-in CA would make it, and the agent
/// configuration with which the servers take it.
///
/// The folder gets root.pem, the certificate; root.key, its private key; and agent-ca.json, the
/// configuration, which has the private key in it. Only their owner can read them.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  \
    peertok ca new --out alpha-ca")]
pub(in crate::cli) struct Args {
    /// The folder to write to; it is made if it is not there.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Replace the files that are there: the private key in them is lost.
    #[arg(long)]
    force: bool,
    /// The cluster's ID, a UUID; random without it.
    #[arg(long, value_name = "UUID")]
    cluster_id: Option<String>,
    /// The kind of the key: ec (P-256) or rsa (2048 bits).
    #[arg(
        long,
        value_enum,
        value_name = "TYPE",
        default_value = "ec",
        hide_possible_values = true
    )]
    key_type: KeyTypeName,
    /// How many days the root is valid. They begin a day ago, for servers whose clocks are behind.
    #[arg(long, value_name = "DAYS", default_value_t = DEFAULT_DAYS)]
    days: u32,
    /// Count the days from another moment than now, such as 2027-03-01 or 2027-03-01T08:00:00Z.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    at: Option<Timestamp>,
    /// How to print what was made: pretty or json. The private key is in neither.
    #[arg(long, value_enum, default_value_t = Format::Pretty, hide_possible_values = true)]
    format: Format,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum KeyTypeName {
    Ec,
    Rsa,
}

/// The names of the files.
const CERTIFICATE: &str = "root.pem";
const PRIVATE_KEY: &str = "root.key";
const CONFIGURATION: &str = "agent-ca.json";

pub(super) fn run(arguments: &Args) -> Result<Status, Failure> {
    let mut options = RootOptions::new(arguments.at.unwrap_or_else(Timestamp::now));
    options.key_type = match arguments.key_type {
        KeyTypeName::Ec => KeyType::Ec,
        KeyTypeName::Rsa => KeyType::Rsa,
    };
    options.days = arguments.days;
    options.cluster_id.clone_from(&arguments.cluster_id);
    let root = new_root(&options).map_err(|error| failure(&error))?;
    write(arguments, &root)?;
    let made = Made::of(arguments, &root);
    match arguments.format {
        Format::Pretty => output::print(&made.pretty(Timestamp::now()))?,
        Format::Json => output::print_json(&made)?,
    }
    let [certificate, _, configuration] = made.files.all();
    note(&format!(
        "put {configuration}, which holds the private key, into the configuration folder of every server of the cluster before its first start; no server needs the other files"
    ));
    note(&format!(
        "then make tokens with peertok generate --ca {certificate}, and a snapshot that honours them with --snapshot-out"
    ));
    Ok(Status::Done)
}

fn failure(error: &CaError) -> Failure {
    let failure = Failure::could_not_run(error.to_string());
    match error {
        CaError::ClusterId => failure.hint("left out, --cluster-id is random"),
        CaError::Validity { .. } => failure.hint("--days sets how long, --at from when"),
        _ => failure,
    }
}

/// Writes all files, or none: they get their names when all are written. The configuration, which
/// has everything in it, is the last.
fn write(arguments: &Args, root: &NewRoot) -> Result<(), Failure> {
    let folder = &arguments.out;
    make_folder(folder)?;
    let configuration = agent_configuration(&root.cluster_id, &root.certificate, &root.private_key);
    let mut staged = Vec::new();
    for (name, content) in [
        (CERTIFICATE, root.certificate.as_str()),
        (PRIVATE_KEY, root.private_key.as_str()),
        (CONFIGURATION, configuration.as_str()),
    ] {
        let path = folder.join(name);
        if !arguments.force && path.exists() {
            return Err(cannot_write(&path, "it exists").hint(
                "give another folder; --force replaces the root and its private key, which a cluster that has them cannot do without",
            ));
        }
        let mut file = Staged::new(&path, arguments.force)?;
        file.write(content.as_bytes())?;
        // What may fail for lack of space has to fail before any has its name.
        file.sync()?;
        staged.push(file);
    }
    for (written, file) in staged.into_iter().enumerate() {
        file.finish().map_err(|failure| match written {
            0 => failure,
            _ => failure.hint("the files of this folder do not fit together now: do not use them"),
        })?;
    }
    Ok(())
}

/// Makes a folder that nobody else can look into, and those around it, unless they are there.
fn make_folder(folder: &Path) -> Result<(), Failure> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    let made = builder.recursive(true).create(folder);
    made.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => cannot_write(folder, "it is not a folder"),
        kind => cannot_write(folder, &kind.to_string()),
    })
}

fn cannot_write(path: &Path, why: &str) -> Failure {
    Failure::could_not_run(format!("cannot write {}: {why}", path.display()))
}

/// What was made, as it is printed.
#[derive(Serialize)]
struct Made {
    schema: &'static str,
    cluster_id: String,
    trust_domain: String,
    root: Option<RootDetails>,
    files: Files,
}

#[derive(Serialize)]
struct Files {
    certificate: String,
    private_key: String,
    configuration: String,
}

impl Files {
    fn all(&self) -> [&str; 3] {
        [&self.certificate, &self.private_key, &self.configuration]
    }
}

impl Made {
    fn of(arguments: &Args, root: &NewRoot) -> Self {
        let path = |name: &str| arguments.out.join(name).display().to_string();
        let details = RootDetails::of_entry(&root.certificate);
        Self {
            schema: "peertok.ca/1",
            cluster_id: root.cluster_id.clone(),
            trust_domain: format!("{}.consul", root.cluster_id),
            root: details.into_iter().next().flatten(),
            files: Files {
                certificate: path(CERTIFICATE),
                private_key: path(PRIVATE_KEY),
                configuration: path(CONFIGURATION),
            },
        }
    }

    fn pretty(&self, now: Timestamp) -> String {
        let mut text = format!("cluster ID     {}\n", self.cluster_id);
        if let Some(root) = &self.root {
            text.push_str(&super::details(root, now));
        }
        for (what, file) in ["certificate", "private key", "configuration"]
            .iter()
            .zip(self.files.all())
        {
            text.push_str(&format!("{what:<15}{}\n", shown(file)));
        }
        text
    }
}
