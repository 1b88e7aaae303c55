//! `peertok decode`: what a token holds.

use super::input::{TokenArgs, described};
use super::recovery::{self, notice_file_name};
use super::report::{self, Failure};
use super::text::{Refused, shown, validity};
use super::{Format, Status, output, secrets};
use crate::finding::Context;
use crate::input::{InputFormat, TokenInput};
use crate::inspect::{Inspection, Inspector};
use crate::kubernetes::SecretKeyRef;
use crate::recovery::{Partial, Recovery};
use crate::roots::RootDetails;
use jiff::Timestamp;
use peering_token::{AddressList, DecodeError, PeeringToken, Refusal, Shape, redact, secrets_in};
use serde::Serialize;
use serde_json::value::RawValue;
use std::fmt::Write;
use zeroize::Zeroizing;

/// Shows what a token holds.
///
/// Any release may have minted it. The establishment secret is shown as a digest, so that two can
/// be compared. Where a server would refuse the token, what can be read is shown all the same, and
/// the exit status is 1. Where it cannot be read as it is, damage such as blanks, quotes or a
/// second layer of base64 is undone first; of a token whose end is missing the whole fields are
/// shown.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  \
    peertok decode @token.txt\n  \
    peertok decode --json-only < token.txt | jq .ServerAddresses\n  \
    peertok decode --repair @damaged.txt > token.txt")]
pub(super) struct Args {
    #[command(flatten)]
    input: TokenArgs,
    /// How to print what the token holds: pretty or json.
    #[arg(long, value_enum, default_value_t = Format::Pretty, hide_possible_values = true)]
    format: Format,
    /// Print the JSON within the token as it stands there, but for the secret.
    #[arg(long, conflicts_with = "format")]
    json_only: bool,
    /// Print the mended token and nothing else, if a server takes it.
    #[arg(long, conflicts_with_all = ["format", "json_only", "show_secret"])]
    repair: bool,
    /// Show the establishment secret.
    #[arg(long)]
    show_secret: bool,
}

/// How many elements of a list are shown to people.
const MOST_SHOWN: usize = 100;

pub(super) fn run(arguments: &Args) -> Result<Status, Failure> {
    let input = arguments.input.read()?;
    let context = Context::for_reading(Timestamp::now());
    let mut inspector = Inspector::default();
    let mut inspection = inspector.inspect(&input, &context);
    notice_file_name(&mut inspection, input.text());
    if arguments.repair {
        return repair(&input, &inspection);
    }
    let result = match &inspection.refusal {
        None => Ok(Status::Done),
        Some(refusal) => Err(recovery::with_hint(refused(refusal), &inspection)),
    };
    // A repaired token is shown in place of what was given.
    let repaired = match &inspection.recovery {
        Some(Recovery::Token(repaired)) => {
            Some(TokenInput::bare(repaired.token.as_bytes().to_vec()))
        }
        _ => None,
    };
    let mut inspector = Inspector::default();
    let repaired = repaired
        .as_ref()
        .map(|repaired| inspector.inspect(repaired, &context));
    let content = repaired.as_ref().unwrap_or(&inspection).content.as_ref();
    let shown = match (content, &inspection.recovery) {
        (Some(content), _) => Shown {
            token: content.token(),
            shape: content.fields.shape(),
            json: Some(content.json),
            partial: None,
            input: &input,
            show_secret: arguments.show_secret,
        },
        // Of a token that is truncated there is no JSON to show as it stands.
        (None, Some(Recovery::Truncated(partial))) => Shown {
            token: partial.reading.token.clone(),
            shape: partial.reading.shape,
            json: None,
            partial: Some(partial),
            input: &input,
            show_secret: arguments.show_secret,
        },
        (None, _) => return result,
    };
    if arguments.show_secret {
        let json = shown.json.map(secrets_in).unwrap_or_default();
        let asked_for = json
            .into_iter()
            .chain([shown.token.establishment_secret.clone()]);
        asked_for.for_each(secrets::show);
    }
    inspection.recovery.iter().for_each(recovery::note);
    if arguments.json_only {
        if let Some(json) = shown.json {
            output::print_json_text(&shown.redacted(json)?)?;
        }
    } else {
        match arguments.format {
            Format::Pretty => output::print(&pretty(&shown))?,
            Format::Json => print_json(&shown, &inspection)?,
        }
    }
    result
}

/// Prints the token as it was meant.
fn repair(input: &TokenInput, inspection: &Inspection<'_>) -> Result<Status, Failure> {
    let Some(refusal) = &inspection.refusal else {
        report::note("nothing had to be mended: a server takes the token as it is");
        let token = input.to_token();
        return print_token(&String::from_utf8_lossy(&token));
    };
    let Some(recovery) = &inspection.recovery else {
        return Err(refused(refusal).hint("nothing was found that could be mended"));
    };
    recovery::note(recovery);
    Err(match recovery {
        Recovery::Token(repaired) => match &repaired.refusal {
            None => {
                return print_token(&repaired.token);
            }
            Some(refusal) => Failure::no(recovery::mended_is_refused(refusal)),
        },
        Recovery::Truncated(_) => Failure::no("a token whose end is missing cannot be mended")
            .hint(recovery::hint(recovery)),
        Recovery::Lookalike(mistaken) => {
            let found = format!("expected a peering token, but found what looks like {mistaken}");
            Failure::no(found).hint(mistaken.advice())
        }
    })
}

/// Prints a token, which is what was asked for.
fn print_token(token: &str) -> Result<Status, Failure> {
    output::print_whole(&Zeroizing::new([token, "\n"].concat()))?;
    Ok(Status::Done)
}

pub(super) fn refused(refusal: &Refusal) -> Failure {
    let stage = refusal.stage();
    Failure::no(format!(
        "Consul refuses the token at stage {stage}: {refusal}"
    ))
}

/// A token that is shown, or what is whole of one that is truncated.
struct Shown<'a> {
    token: PeeringToken,
    shape: Shape,
    /// Its JSON as it stands.
    json: Option<&'a [u8]>,
    /// What is known of a token whose end is missing.
    partial: Option<&'a Partial>,
    input: &'a TokenInput,
    show_secret: bool,
}

impl Shown<'_> {
    /// JSON as it may be shown.
    fn redacted(&self, json: &[u8]) -> Result<Zeroizing<String>, Failure> {
        if self.show_secret {
            Ok(Zeroizing::new(String::from_utf8_lossy(json).into_owned()))
        } else {
            redact(json).map_err(|error| refused(&DecodeError::from(error).into()))
        }
    }

    fn or_none(&self, member: &str, text: &str) -> String {
        match self.partial {
            Some(partial) if partial.cut.as_deref() == Some(member) => "cut off".to_owned(),
            Some(partial) if !partial.has(member) => "missing".to_owned(),
            _ if text.is_empty() => "none".to_owned(),
            _ => shown(text),
        }
    }

    /// Whether the end of a list is missing, or all of it.
    fn lacks(&self, member: &str) -> bool {
        self.partial.is_some_and(|partial| !partial.has(member))
    }
}

fn print_json(shown: &Shown<'_>, inspection: &Inspection<'_>) -> Result<(), Failure> {
    #[derive(Serialize)]
    struct Output<'a> {
        schema: &'static str,
        form: InputFormat,
        secret: Option<&'a SecretKeyRef>,
        shape: &'static str,
        token: &'a RawValue,
        dialed: Option<&'static str>,
        roots: Vec<Root>,
        refusal: Option<Refused>,
        recovery: Option<&'a Recovery>,
    }
    #[derive(Serialize)]
    struct Root {
        entry: usize,
        certificate: Option<RootDetails>,
    }
    let json = shown.redacted(shown.token.to_json(shown.shape).as_bytes())?;
    let token = serde_json::from_str(&json)
        .map_err(|error| Failure::could_not_run(format!("cannot write JSON: {error}")))?;
    let entries = shown.token.ca.iter().flatten().enumerate();
    output::print_json(&Output {
        schema: "peertok.decode/1",
        form: inspection.format,
        secret: shown.input.secret(),
        shape: shown.shape.name(),
        token,
        dialed: shown.token.dialed_list().map(list_name),
        roots: entries
            .flat_map(|(entry, pem)| {
                let details = RootDetails::of_entry(pem).into_iter();
                details.map(move |certificate| Root { entry, certificate })
            })
            .collect(),
        refusal: inspection.refusal.as_ref().map(Refused::from),
        recovery: inspection.recovery.as_ref(),
    })
}

pub(super) fn list_name(list: AddressList) -> &'static str {
    match list {
        AddressList::Manual => "manual",
        AddressList::Server => "server",
    }
}

fn pretty(view: &Shown<'_>) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(8192));
    // Writing to a `String` cannot fail.
    let _ = write_pretty(&mut out, view, Timestamp::now());
    out
}

fn write_pretty(out: &mut String, view: &Shown<'_>, now: Timestamp) -> std::fmt::Result {
    let token = &view.token;
    let secret = match &token.establishment_secret {
        secret if secret.is_empty() || view.show_secret => {
            view.or_none("EstablishmentSecret", secret.expose())
        }
        secret => secret.to_string(),
    };
    let heading = anstyle::Style::new().bold();
    let form = described(view.input);
    match view.partial {
        Some(_) => writeln!(
            out,
            "{heading}Part of a peering token{heading:#}, whose end is missing, given as {form}"
        )?,
        None => writeln!(
            out,
            "{heading}Peering token{heading:#} in the shape of {}, given as {form}",
            view.shape.releases()
        )?,
    }
    let server_name = view.or_none("ServerName", &token.server_name);
    writeln!(out, "  server name  {server_name}")?;
    if view.shape >= Shape::V1_14 {
        let datacenter = view.or_none("Remote.Datacenter", &token.remote.datacenter);
        let partition = view.or_none("Remote.Partition", &token.remote.partition);
        writeln!(out, "  datacenter   {datacenter}")?;
        writeln!(out, "  partition    {partition}")?;
    }
    if let Some(locality) = &token.remote.locality {
        let region = view.or_none("Remote.Locality.Region", &locality.region);
        let zone = view.or_none("Remote.Locality.Zone", &locality.zone);
        writeln!(out, "  locality     region {region}, zone {zone}")?;
    }
    let peer_id = view.or_none("PeerID", &token.peer_id);
    writeln!(out, "  peer ID      {peer_id}")?;
    writeln!(out, "  secret       {secret}")?;

    let dialed = token.dialed_list();
    writeln!(
        out,
        "\n{heading}Addresses{heading:#}: {}",
        match dialed {
            Some(AddressList::Manual) => "the manual list is dialed, the server list is not",
            Some(AddressList::Server) => "the server list is dialed, since there is no manual one",
            None if view.lacks("ServerAddresses") => "missing",
            None => "none",
        }
    )?;
    for (which, name, list) in [
        (
            AddressList::Manual,
            "ManualServerAddresses",
            &token.manual_server_addresses,
        ),
        (
            AddressList::Server,
            "ServerAddresses",
            &token.server_addresses,
        ),
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
        if !list.is_empty() && view.lacks(name) {
            writeln!(
                out,
                "  {}  the rest of the list is missing",
                list_name(which)
            )?;
        }
    }

    let entries = token.ca.as_deref().unwrap_or_default();
    if entries.is_empty() && view.lacks("CA") {
        return writeln!(out, "\n{heading}Roots{heading:#}: missing");
    }
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
    if view.lacks("CA") {
        writeln!(out, "  the rest of the list is missing")?;
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
    writeln!(
        out,
        "    valid         {}",
        validity(root.not_before, root.not_after, now)
    )?;
    let ca = if root.is_ca { "" } else { ", no CA" };
    writeln!(out, "    key           {}{ca}", root.key)?;
    writeln!(out, "    sha256        {}", root.sha256)
}
