//! `peertok snapshot show`: what a snapshot holds of peering.

use super::read;
use crate::cli::report::Failure;
use crate::cli::text::{date, distance, shown};
use crate::cli::{Format, Status, output, secrets};
use crate::roots::RootDetails;
use crate::snapshot::{Direction, Peering, Root, SecretsMeaning, State};
use anstyle::Style;
use jiff::Timestamp;
use peertok_secret::{Secret, names_secret, redacted};
use serde::Serialize;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;
use zeroize::Zeroizing;

/// Shows what a snapshot holds of peering: roots, the addresses that a token would get, and every
/// peering with what its secrets mean.
///
/// The snapshot is checked whole on the way: one that a server would refuse, or would not survive,
/// is not shown. Private keys, ACL tokens and provider credentials in it are never shown.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  peertok snapshot show backup.snap")]
pub(in crate::cli) struct Args {
    /// The snapshot, as `consul snapshot save` writes it.
    file: PathBuf,
    /// How to print what it holds: pretty or json.
    #[arg(long, value_enum, default_value_t = Format::Pretty, hide_possible_values = true)]
    format: Format,
    /// Show the secrets of the peerings.
    #[arg(long)]
    show_secret: bool,
}

/// What is shown of one peering takes about so many bytes.
const PEERING: usize = 1 << 14;

pub(super) fn run(arguments: &Args) -> Result<Status, Failure> {
    let state = read(&arguments.file)?;
    if arguments.show_secret {
        let peerings = state.peerings.iter();
        for (_, secret) in peerings.flat_map(|peering| peering.secrets.all()) {
            secrets::show(secret.clone());
        }
    }
    match arguments.format {
        Format::Pretty => {
            output::print(&pretty(&state, arguments.show_secret, Timestamp::now()))?;
        }
        Format::Json => print_json(&state, arguments.show_secret)?,
    }
    Ok(Status::Done)
}

/// What the secrets of a peering mean for whoever has a token of it.
fn meaning(peering: &Peering) -> &'static str {
    match (peering.direction(), SecretsMeaning::of(&peering.secrets)) {
        (_, SecretsMeaning::Redeemable) => "the newest token can be redeemed",
        (_, SecretsMeaning::RedeemableAgain) => {
            "the newest token can be redeemed, an earlier one was"
        }
        (_, SecretsMeaning::Exchanged) => "the token was exchanged, the stream never came up",
        (Direction::Accepts, SecretsMeaning::Active) => "the token was used",
        (Direction::Dials, SecretsMeaning::Active) => "holds the secret of its stream",
        (_, SecretsMeaning::None) => "has no secret",
    }
}

fn meaning_name(meaning: SecretsMeaning) -> &'static str {
    match meaning {
        SecretsMeaning::None => "none",
        SecretsMeaning::Redeemable => "redeemable",
        SecretsMeaning::RedeemableAgain => "redeemable-again",
        SecretsMeaning::Exchanged => "exchanged",
        SecretsMeaning::Active => "active",
    }
}

fn direction(peering: &Peering) -> &'static str {
    match peering.direction() {
        Direction::Accepts => "accepts",
        Direction::Dials => "dials",
    }
}

fn pretty(state: &State, show_secret: bool, now: Timestamp) -> Zeroizing<String> {
    // A buffer that grows leaves copies of the secrets that are to be shown.
    let size = state.peerings.len() * PEERING + (1 << 14);
    let mut out = Zeroizing::new(String::with_capacity(size));
    // Writing to a `String` cannot fail.
    let _ = write_pretty(&mut out, state, show_secret, now);
    out
}

fn write_pretty(
    out: &mut String,
    state: &State,
    show_secret: bool,
    now: Timestamp,
) -> std::fmt::Result {
    let heading = Style::new().bold();
    let or_unknown = |text: Option<&str>| text.map_or_else(|| "unknown".to_owned(), shown);
    let taken = match state.meta.taken_at() {
        Some(at) if at <= now => format!("{} ({} ago)", date(Some(at)), distance(at, now)),
        at => date(at),
    };
    let servers = if state.consul_versions.is_empty() {
        "an unknown release of Consul".to_owned()
    } else {
        format!("Consul {}", shown(&state.consul_versions.join(", ")))
    };
    writeln!(out, "{heading}Snapshot{heading:#} of {servers}")?;
    writeln!(out, "  taken         {taken}")?;
    writeln!(out, "  version       {}", state.meta.version)?;
    writeln!(out, "  index         {}", state.last_index)?;
    writeln!(
        out,
        "  datacenter    {}",
        or_unknown(state.datacenter.as_deref())
    )?;
    writeln!(
        out,
        "  trust domain  {}",
        or_unknown(state.trust_domain().as_deref())
    )?;
    writeln!(
        out,
        "  CA provider   {}",
        or_unknown(state.ca_provider.as_deref())
    )?;

    let of_whom = if state.through_mesh_gateways {
        "mesh gateways"
    } else {
        "servers"
    };
    writeln!(
        out,
        "\n{heading}Addresses{heading:#} that a token gets, those of the {of_whom}"
    )?;
    for address in &state.server_addresses {
        writeln!(out, "  {}", shown(address))?;
    }
    if state.server_addresses.is_empty() {
        writeln!(out, "  none")?;
    }

    writeln!(out, "\n{heading}Roots{heading:#}")?;
    for root in &state.roots {
        write_root(out, root, now)?;
    }
    if state.roots.is_empty() {
        writeln!(out, "  none")?;
    }

    writeln!(
        out,
        "\n{heading}Peerings{heading:#}, in their stored state: whether a stream is up, no snapshot tells"
    )?;
    for peering in &state.peerings {
        write_peering(out, peering, show_secret)?;
    }
    if state.peerings.is_empty() {
        writeln!(out, "  none")?;
    }
    Ok(())
}

fn write_root(out: &mut String, root: &Root, now: Timestamp) -> std::fmt::Result {
    let active = if root.active { "  (active)" } else { "" };
    writeln!(out, "  {}{active}", shown(&root.id))?;
    for details in RootDetails::of_entry(&root.pem).into_iter().flatten() {
        let validity = crate::cli::text::validity(details.not_before, details.not_after, now);
        writeln!(
            out,
            "    {}, {}, {validity}",
            shown(&details.subject),
            details.key
        )?;
    }
    Ok(())
}

fn write_peering(out: &mut String, peering: &Peering, show_secret: bool) -> std::fmt::Result {
    writeln!(
        out,
        "  {}  {}, {}, {}",
        shown(&peering.name),
        direction(peering),
        peering.state,
        meaning(peering)
    )?;
    writeln!(out, "    ID              {}", shown(&peering.id))?;
    if !peering.partition.is_empty() {
        writeln!(out, "    partition       {}", shown(&peering.partition))?;
    }
    for (key, value) in shown_meta(&peering.meta) {
        writeln!(out, "    metadata        {}={}", shown(key), shown(&value))?;
    }
    if let Some(id) = &peering.peer_id {
        writeln!(out, "    peer ID         {}", shown(id))?;
    }
    if let Some(domain) = &peering.trust_domain {
        writeln!(out, "    trust domain    {}", shown(domain))?;
    }
    if !peering.peer_server_name.is_empty() {
        writeln!(
            out,
            "    server name     {}",
            shown(&peering.peer_server_name)
        )?;
    }
    let unused = if peering.manual_server_addresses.is_empty() {
        ""
    } else {
        "  (not dialed)"
    };
    for address in &peering.manual_server_addresses {
        writeln!(out, "    manual          {}", shown(address))?;
    }
    for address in &peering.peer_server_addresses {
        writeln!(out, "    server          {}{unused}", shown(address))?;
    }
    let secrets = &peering.secrets;
    for (name, secret) in [
        ("establishment", &secrets.establishment),
        ("active stream", &secrets.active_stream),
        ("pending stream", &secrets.pending_stream),
    ] {
        if let Some(secret) = secret {
            writeln!(out, "    {name:<14}  {}", secret_text(secret, show_secret))?;
        }
    }
    Ok(())
}

/// Metadata without the values of secrets' names: it is the users' own.
fn shown_meta(meta: &BTreeMap<String, String>) -> BTreeMap<&str, Cow<'_, str>> {
    let shown = meta.iter().map(|(key, value)| {
        let shown = if names_secret(key) {
            Cow::Owned(redacted(value.as_bytes()))
        } else {
            Cow::Borrowed(value.as_str())
        };
        (key.as_str(), shown)
    });
    shown.collect()
}

/// A secret as it is shown. Those of a snapshot are UUIDs, and need no escapes.
fn secret_text(secret: &Secret, show_secret: bool) -> Cow<'_, str> {
    if show_secret {
        Cow::Borrowed(secret.expose())
    } else {
        Cow::Owned(secret.to_string())
    }
}

#[derive(Serialize)]
struct Output<'a> {
    schema: &'static str,
    taken_at: Option<Timestamp>,
    version: u64,
    index: u64,
    datacenter: Option<&'a str>,
    trust_domain: Option<String>,
    ca_provider: Option<&'a str>,
    consul_versions: &'a [String],
    through_mesh_gateways: bool,
    server_addresses: &'a [String],
    roots: Vec<RootOutput<'a>>,
    peerings: Vec<PeeringOutput<'a>>,
}

#[derive(Serialize)]
struct RootOutput<'a> {
    id: &'a str,
    active: bool,
    pem: &'a str,
    certificates: Vec<Option<RootDetails>>,
}

#[derive(Serialize)]
struct PeeringOutput<'a> {
    id: &'a str,
    name: &'a str,
    partition: &'a str,
    meta: BTreeMap<&'a str, Cow<'a, str>>,
    direction: &'static str,
    state: String,
    peer_id: Option<&'a str>,
    trust_domain: Option<&'a str>,
    remote_datacenter: &'a str,
    server_name: &'a str,
    peer_ca: &'a [String],
    server_addresses: &'a [String],
    manual_server_addresses: &'a [String],
    secrets: SecretsOutput<'a>,
    create_index: u64,
    modify_index: u64,
}

#[derive(Serialize)]
struct SecretsOutput<'a> {
    meaning: &'static str,
    establishment: Option<Cow<'a, str>>,
    active_stream: Option<Cow<'a, str>>,
    pending_stream: Option<Cow<'a, str>>,
}

fn print_json(state: &State, show_secret: bool) -> Result<(), Failure> {
    fn text(secret: &Option<Secret>, show_secret: bool) -> Option<Cow<'_, str>> {
        secret
            .as_ref()
            .map(|secret| secret_text(secret, show_secret))
    }
    output::print_json(&Output {
        schema: "peertok.snapshot/1",
        taken_at: state.meta.taken_at(),
        version: state.meta.version,
        index: state.last_index,
        datacenter: state.datacenter.as_deref(),
        trust_domain: state.trust_domain(),
        ca_provider: state.ca_provider.as_deref(),
        consul_versions: &state.consul_versions,
        through_mesh_gateways: state.through_mesh_gateways,
        server_addresses: &state.server_addresses,
        roots: state
            .roots
            .iter()
            .map(|root| RootOutput {
                id: &root.id,
                active: root.active,
                pem: &root.pem,
                certificates: RootDetails::of_entry(&root.pem),
            })
            .collect(),
        peerings: state
            .peerings
            .iter()
            .map(|peering| PeeringOutput {
                id: &peering.id,
                name: &peering.name,
                partition: &peering.partition,
                meta: shown_meta(&peering.meta),
                direction: direction(peering),
                state: peering.state.to_string(),
                peer_id: peering.peer_id.as_deref(),
                trust_domain: peering.trust_domain.as_deref(),
                remote_datacenter: peering.remote.as_ref().map_or("", |r| &r.datacenter),
                server_name: &peering.peer_server_name,
                peer_ca: &peering.peer_ca,
                server_addresses: &peering.peer_server_addresses,
                manual_server_addresses: &peering.manual_server_addresses,
                secrets: SecretsOutput {
                    meaning: meaning_name(SecretsMeaning::of(&peering.secrets)),
                    establishment: text(&peering.secrets.establishment, show_secret),
                    active_stream: text(&peering.secrets.active_stream, show_secret),
                    pending_stream: text(&peering.secrets.pending_stream, show_secret),
                },
                create_index: peering.create_index,
                modify_index: peering.modify_index,
            })
            .collect(),
    })
}
