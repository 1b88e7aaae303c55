//! `peertok ca check`: whether a root and its private key suit Consul.

use crate::ca::{CaFault, check_configuration, check_root};
use crate::cli::input::read_file;
use crate::cli::judging::moment;
use crate::cli::output;
use crate::cli::report::{Failure, note};
use crate::cli::text::{one_line, shown};
use crate::cli::{Format, Status};
use crate::finding::Level;
use crate::roots::RootDetails;
use anstyle::{AnsiColor, Style};
use jiff::Timestamp;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Says whether a root and its private key fit together and suit Consul's built-in CA, and what to
/// change.
///
/// The private key is never shown.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    peertok ca check root.pem --key root.key\n  \
    peertok ca check root.pem --config agent-ca.json --at 2027-03-01")]
pub(in crate::cli) struct Args {
    /// The root certificate, in PEM.
    #[arg(value_name = "CERT")]
    certificate: PathBuf,
    /// Its private key, in PEM.
    #[arg(long, value_name = "FILE", conflicts_with = "config")]
    key: Option<PathBuf>,
    /// An agent's configuration in JSON that has both.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Judge dates at another moment than now, such as 2027-03-01 or 2027-03-01T08:00:00Z.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    at: Option<Timestamp>,
    /// How to print the answer: pretty or json.
    #[arg(long, value_enum, default_value_t = Format::Pretty, hide_possible_values = true)]
    format: Format,
}

pub(super) fn run(arguments: &Args) -> Result<Status, Failure> {
    let at = arguments.at.unwrap_or_else(Timestamp::now);
    let read = |path: &Path| read_file(path, &path.display().to_string());
    let certificate = read(&arguments.certificate)?;
    let faults = match &arguments.config {
        Some(path) => {
            let checked = check_configuration(&read(path)?, Some(&certificate), at);
            checked.map_err(|error| {
                Failure::could_not_run(format!("{}: {error}", path.display())).hint(
                    "--config is for JSON as peertok ca new writes it; of HCL, give the key with --key FILE",
                )
            })?
        }
        None => {
            let key = arguments.key.as_deref().map(read).transpose()?;
            check_root(&certificate, key.as_ref().map(|key| key.as_slice()), at)
        }
    };
    let details = RootDetails::of_entry(&String::from_utf8_lossy(&certificate));
    let root = details.into_iter().next().flatten();
    let has_key = arguments.key.is_some() || arguments.config.is_some();
    match arguments.format {
        Format::Pretty => output::print(&pretty(arguments, root.as_ref(), &faults, at))?,
        Format::Json => output::print_json(&Output {
            schema: "peertok.ca-check/1",
            suits: suits(&faults),
            private_key_checked: has_key,
            root,
            faults: faults.iter().map(Fault::of).collect(),
        })?,
    }
    if !has_key {
        note("the private key was not checked: give it with --key FILE or --config FILE");
    }
    Ok(if suits(&faults) {
        Status::Done
    } else {
        Status::No
    })
}

/// Whether nothing but warnings was found.
fn suits(faults: &[CaFault]) -> bool {
    faults.iter().all(|fault| fault.level() < Level::Error)
}

#[derive(Serialize)]
struct Output {
    schema: &'static str,
    suits: bool,
    private_key_checked: bool,
    root: Option<RootDetails>,
    faults: Vec<Fault>,
}

#[derive(Serialize)]
struct Fault {
    level: Level,
    name: &'static str,
    message: String,
    fix: &'static str,
}

impl Fault {
    fn of(fault: &CaFault) -> Self {
        Self {
            level: fault.level(),
            name: fault.name(),
            message: one_line(&fault.to_string()),
            fix: fault.fix(),
        }
    }
}

fn pretty(
    arguments: &Args,
    root: Option<&RootDetails>,
    faults: &[CaFault],
    at: Timestamp,
) -> String {
    let answer = |color: AnsiColor, answer: &str| {
        let style = Style::new().bold().fg_color(Some(color.into()));
        format!("{style}{answer}{style:#}")
    };
    let name = shown(&arguments.certificate.display().to_string());
    let other = arguments.key.as_ref().or(arguments.config.as_ref());
    let name = match other {
        Some(other) => format!("{name} with {}", shown(&other.display().to_string())),
        None => name,
    };
    let mut text = if suits(faults) {
        format!("{}: {name}\n", answer(AnsiColor::Green, "suits Consul"))
    } else {
        format!(
            "{}: {name}\n",
            answer(AnsiColor::Red, "does not suit Consul")
        )
    };
    if let Some(root) = root {
        text.push_str(&super::details(root, at));
    }
    for fault in faults.iter().map(Fault::of) {
        let color = match fault.level {
            Level::Error => AnsiColor::Red,
            _ => AnsiColor::Yellow,
        };
        let level = answer(color, fault.level.name());
        text.push_str(&format!(
            "\n{level}[{}]: {}\n  fix: {}\n",
            fault.name, fault.message, fault.fix
        ));
    }
    text
}
