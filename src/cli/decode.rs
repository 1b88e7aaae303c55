//! `peertok decode`: what a token holds.

use super::input::{Form, GivenToken, TokenArgs};
use super::report::Failure;
use super::text::{self, shown, validity, without_secrets};
use super::{Format, Status, output};
use crate::kubernetes::SecretKeyRef;
use crate::{
    DecodeError, DialedList, Reading, Refusal, RootDetails, Shape, decode_base64, judge, redact,
};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;
use std::fmt::Write;
use zeroize::Zeroizing;

/// Shows what a token holds, whatever release minted it.
///
/// The establishment secret is shown as a digest, so that two can be compared. Where a server would
/// refuse the token, what can be read is shown all the same, and the exit status is 1.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    peertok decode @token.txt\n  \
    peertok decode --json-only < token.txt | jq .ServerAddresses")]
pub(super) struct Args {
    #[command(flatten)]
    input: TokenArgs,
    /// How to print what the token holds: pretty or json.
    #[arg(long, value_enum, default_value_t = Format::Pretty, hide_possible_values = true)]
    format: Format,
    /// Print the JSON within the token as it stands there, but for the secret.
    #[arg(long, conflicts_with = "format")]
    json_only: bool,
    /// Show the establishment secret.
    #[arg(long)]
    show_secret: bool,
}

/// How many elements of a list are shown to people.
const MOST_SHOWN: usize = 100;

pub(super) fn run(arguments: &Args) -> Result<Status, Failure> {
    let given = arguments.input.read()?;
    let refusal = judge(&given.token).err();
    let (json, reading) = match read(&given.token) {
        Ok(read) => read,
        Err(unreadable) => return Err(refused(&refusal.unwrap_or(unreadable.into()))),
    };
    let shown_json = |json: &[u8]| match arguments.show_secret {
        true => Ok(Zeroizing::new(String::from_utf8_lossy(json).into_owned())),
        false => redact(json).map_err(|error| refused(&DecodeError::from(error).into())),
    };
    if arguments.json_only {
        output::print_data(&format!("{}\n", text::json(&shown_json(&json)?)))?;
    } else {
        match arguments.format {
            Format::Pretty => {
                output::print(&pretty(&reading, &given, arguments.show_secret))?;
            }
            Format::Json => {
                let json = shown_json(reading.token.to_json(reading.shape).as_bytes())?;
                print_json(&reading, &json, &given, refusal.as_ref())?;
            }
        }
    }
    match refusal {
        Some(refusal) => Err(refused(&refusal)),
        None => Ok(Status::Done),
    }
}

pub(super) fn refused(refusal: &Refusal) -> Failure {
    let stage = refusal.stage();
    Failure::no(format!(
        "Consul refuses the token at stage {stage}: {refusal}"
    ))
}

/// The JSON within a token, and its fields.
pub(super) fn read(token: &[u8]) -> Result<(Zeroizing<Vec<u8>>, Reading), DecodeError> {
    let json = decode_base64(token)?;
    let reading = Reading::of_json(&json)?;
    // Where there is no object, nothing tells what in the JSON is a secret.
    if !json.trim_ascii_start().starts_with(b"{")
        && let Some(error) = reading.type_error
    {
        return Err(error.into());
    }
    Ok((json, reading))
}

fn print_json(
    reading: &Reading,
    json: &str,
    given: &GivenToken,
    refusal: Option<&Refusal>,
) -> Result<(), Failure> {
    #[derive(Serialize)]
    struct Output<'a> {
        schema: &'static str,
        form: Form,
        secret: Option<&'a SecretKeyRef>,
        shape: &'static str,
        token: &'a RawValue,
        dialed: Option<&'static str>,
        roots: Vec<Root>,
        refusal: Option<Refused>,
    }
    #[derive(Serialize)]
    struct Root {
        entry: usize,
        certificate: Option<RootDetails>,
    }
    #[derive(Serialize)]
    struct Refused {
        stage: &'static str,
        error: String,
    }
    let token = serde_json::from_str(json)
        .map_err(|error| Failure::could_not_run(format!("cannot write JSON: {error}")))?;
    let entries = reading.token.ca.iter().flatten().enumerate();
    output::print_json(&Output {
        schema: "peertok.decode/1",
        form: given.form,
        secret: given.secret.as_ref(),
        shape: reading.shape.name(),
        token,
        dialed: reading.token.dialed_list().map(list_name),
        roots: entries
            .flat_map(|(entry, pem)| {
                let details = RootDetails::of_entry(pem).into_iter();
                details.map(move |certificate| Root { entry, certificate })
            })
            .collect(),
        refusal: refusal.map(|refusal| Refused {
            stage: refusal.stage().name(),
            error: without_secrets(&refusal.to_string()).into_owned(),
        }),
    })
}

pub(super) fn list_name(list: DialedList) -> &'static str {
    match list {
        DialedList::Manual => "manual",
        DialedList::Server => "server",
    }
}

fn pretty(reading: &Reading, given: &GivenToken, show_secret: bool) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(8192));
    // Writing to a `String` cannot fail.
    let _ = write_pretty(&mut out, reading, given, show_secret, Timestamp::now());
    out
}

fn write_pretty(
    out: &mut String,
    reading: &Reading,
    given: &GivenToken,
    show_secret: bool,
    now: Timestamp,
) -> std::fmt::Result {
    let token = &reading.token;
    let secret = match &token.establishment_secret {
        secret if secret.is_empty() => "none".to_owned(),
        secret if show_secret => shown(secret.expose()),
        secret => secret.to_string(),
    };
    let heading = anstyle::Style::new().bold();
    let or_none = |text: &str| match text {
        "" => "none".to_owned(),
        text => shown(text),
    };
    writeln!(
        out,
        "{heading}Peering token{heading:#} in the shape of {}, given as {}",
        reading.shape.releases(),
        given.described()
    )?;
    writeln!(out, "  server name  {}", or_none(&token.server_name))?;
    if reading.shape >= Shape::V1_14 {
        writeln!(out, "  datacenter   {}", or_none(&token.remote.datacenter))?;
        writeln!(out, "  partition    {}", or_none(&token.remote.partition))?;
    }
    if let Some(locality) = &token.remote.locality {
        let (region, zone) = (or_none(&locality.region), or_none(&locality.zone));
        writeln!(out, "  locality     region {region}, zone {zone}")?;
    }
    writeln!(out, "  peer ID      {}", or_none(&token.peer_id))?;
    writeln!(out, "  secret       {secret}")?;

    let dialed = token.dialed_list();
    writeln!(
        out,
        "\n{heading}Addresses{heading:#}: {}",
        match dialed {
            Some(DialedList::Manual) => "the manual list is dialed, the server list is not",
            Some(DialedList::Server) => "the server list is dialed, since there is no manual one",
            None => "none",
        }
    )?;
    for (which, list) in [
        (DialedList::Manual, &token.manual_server_addresses),
        (DialedList::Server, &token.server_addresses),
    ] {
        let list = list.as_deref().unwrap_or_default();
        for address in list.iter().take(MOST_SHOWN) {
            let unused = if dialed == Some(which) {
                ""
            } else {
                "  (not dialed)"
            };
            writeln!(out, "  {}  {}{unused}", list_name(which), shown(address))?;
        }
        write_more(out, list.len())?;
    }

    let entries = token.ca.as_deref().unwrap_or_default();
    if entries.is_empty() {
        return writeln!(
            out,
            "\n{heading}Roots{heading:#}: none, so the dialer uses plaintext gRPC"
        );
    }
    writeln!(out, "\n{heading}Roots{heading:#}")?;
    for (entry, pem) in entries.iter().enumerate().take(MOST_SHOWN) {
        let certificates = RootDetails::of_entry(pem);
        if certificates.is_empty() {
            writeln!(out, "  CA[{entry}]  no certificate in PEM")?;
        }
        for certificate in certificates.into_iter().take(MOST_SHOWN) {
            match certificate {
                Some(details) => write_root(out, entry, &details, now)?,
                None => writeln!(out, "  CA[{entry}]  a certificate that cannot be shown")?,
            }
        }
    }
    write_more(out, entries.len())
}

/// Says how many elements of a list are not shown.
fn write_more(out: &mut String, length: usize) -> std::fmt::Result {
    match length.saturating_sub(MOST_SHOWN) {
        0 => Ok(()),
        more => writeln!(out, "  and {more} more, which --json-only shows"),
    }
}

fn write_root(
    out: &mut String,
    entry: usize,
    root: &RootDetails,
    now: Timestamp,
) -> std::fmt::Result {
    writeln!(out, "  CA[{entry}]  {}", shown(&root.subject))?;
    if root.issuer != root.subject {
        writeln!(out, "    issuer        {}", shown(&root.issuer))?;
    }
    let trust_domain = root.trust_domain.as_deref().unwrap_or("none");
    writeln!(out, "    trust domain  {}", shown(trust_domain))?;
    writeln!(out, "    valid         {}", validity(root, now))?;
    let ca = if root.is_ca { "" } else { ", no CA" };
    writeln!(out, "    key           {}{ca}", root.key)?;
    writeln!(out, "    sha256        {}", root.sha256)
}
