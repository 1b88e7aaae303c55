//! `peertok decode`: what a token holds.

use super::input::{Form, GivenToken, TokenArgs};
use super::report::Failure;
use super::text::shown;
use super::{Format, Status, output};
use crate::{
    PeeringToken, Reading, Refusal, RootDetails, Secret, Shape, SyntaxError, decode_base64, judge,
    secret_spans,
};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;
use std::fmt::Write;
use std::ops::Range;
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

pub(super) fn run(arguments: &Args) -> Result<Status, Failure> {
    let given = arguments.input.read()?;
    let refusal = judge(&given.token).err();
    match (show(arguments, &given, refusal.as_ref()), refusal) {
        (Ok(text), None) => output::print(&text).map(|()| Status::Done),
        (Ok(text), Some(refusal)) => {
            output::print(&text)?;
            Err(refused(&refusal))
        }
        (Err(unreadable), refusal) => Err(refused(&refusal.unwrap_or(unreadable))),
    }
}

fn refused(refusal: &Refusal) -> Failure {
    let stage = refusal.stage();
    Failure::no(format!(
        "Consul refuses the token at stage {stage}: {refusal}"
    ))
}

/// What is printed of a token whose JSON can be read.
fn show(
    arguments: &Args,
    given: &GivenToken,
    refusal: Option<&Refusal>,
) -> Result<Zeroizing<String>, Refusal> {
    let json = decode_base64(&given.token)?;
    if arguments.json_only {
        let mut text = only_json(&json, arguments.show_secret)?;
        text.push('\n');
        return Ok(text);
    }
    let reading = Reading::of_json(&json)?;
    let show_secret = arguments.show_secret;
    Ok(match arguments.format {
        Format::Pretty => pretty(&reading, given.form, show_secret),
        Format::Json => as_json(&reading, given.form, refusal, show_secret),
    })
}

/// The JSON as it stands in the token, with a digest in place of each secret.
fn only_json(json: &[u8], show_secret: bool) -> Result<Zeroizing<String>, SyntaxError> {
    let spans = secret_spans(json)?;
    let mut text = Zeroizing::new(String::with_capacity(json.len() + 128));
    let mut from = 0;
    let hidden = |span: &Range<usize>| !show_secret && json[span.clone()] != *b"\"\"";
    for span in spans.into_iter().filter(hidden) {
        text.push_str(&String::from_utf8_lossy(&json[from..span.start]));
        from = span.end;
        // The digest is that of the text between the quotes, as in every other output.
        let value = Zeroizing::new(json[span].to_vec());
        let secret = serde_json::from_slice::<String>(&value).map(Secret::new);
        let digest = match secret {
            Ok(secret) => secret.to_string(),
            Err(_) => crate::redacted(&value),
        };
        let _ = write!(text, "\"{digest}\"");
    }
    text.push_str(&String::from_utf8_lossy(&json[from..]));
    Ok(text)
}

/// The token with a digest in place of the secret, unless that may be shown.
fn redacted(token: &PeeringToken, show_secret: bool) -> PeeringToken {
    let mut token = token.clone();
    if !show_secret && !token.establishment_secret.is_empty() {
        token.establishment_secret = Secret::new(token.establishment_secret.to_string());
    }
    token
}

/// Which of the two lists a dialer takes.
fn dialed_list(token: &PeeringToken) -> Option<&'static str> {
    let filled = |list: &Option<Vec<String>>| list.as_ref().is_some_and(|list| !list.is_empty());
    if filled(&token.manual_server_addresses) {
        Some("manual")
    } else if filled(&token.server_addresses) {
        Some("server")
    } else {
        None
    }
}

fn as_json(
    reading: &Reading,
    form: Form,
    refusal: Option<&Refusal>,
    show_secret: bool,
) -> Zeroizing<String> {
    #[derive(Serialize)]
    struct Output<'a> {
        schema: &'static str,
        form: Form,
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
    let json = reading.token.to_json(reading.shape);
    let json = only_json(json.as_bytes(), show_secret).unwrap_or_default();
    let token = RawValue::from_string(json.to_string()).unwrap_or_default();
    let entries = reading.token.ca.iter().flatten().enumerate();
    let output = Output {
        schema: "peertok.decode/1",
        form,
        shape: match reading.shape {
            Shape::V1_13 => "1.13",
            Shape::V1_14 => "1.14",
            Shape::V1_16 => "1.16",
        },
        token: &token,
        dialed: dialed_list(&reading.token),
        roots: entries
            .flat_map(|(entry, pem)| {
                let details = RootDetails::of_entry(pem).into_iter();
                details.map(move |certificate| Root { entry, certificate })
            })
            .collect(),
        refusal: refusal.map(|refusal| Refused {
            stage: refusal.stage().name(),
            error: refusal.to_string(),
        }),
    };
    let mut text = Zeroizing::new(serde_json::to_string(&output).unwrap_or_default());
    text.push('\n');
    text
}

fn pretty(reading: &Reading, form: Form, show_secret: bool) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(8192));
    // Writing to a `String` cannot fail.
    let _ = write_pretty(&mut out, reading, form, show_secret, Timestamp::now());
    out
}

fn write_pretty(
    out: &mut String,
    reading: &Reading,
    form: Form,
    show_secret: bool,
    now: Timestamp,
) -> std::fmt::Result {
    let token = redacted(&reading.token, show_secret);
    let heading = anstyle::Style::new().bold();
    let or_none = |text: &str| match text {
        "" => "none".to_owned(),
        text => shown(text),
    };
    writeln!(
        out,
        "{heading}Peering token{heading:#} in the shape of {}, given as {}",
        reading.shape.releases(),
        form.name()
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
    writeln!(
        out,
        "  secret       {}",
        or_none(token.establishment_secret.expose())
    )?;

    let dialed = dialed_list(&token);
    writeln!(
        out,
        "\n{heading}Addresses{heading:#}: {}",
        match dialed {
            Some("manual") => "the manual list is dialed, the server list is not",
            Some(_) => "the server list is dialed, since there is no manual one",
            None => "none",
        }
    )?;
    for (name, list) in [
        ("manual", &token.manual_server_addresses),
        ("server", &token.server_addresses),
    ] {
        for address in list.iter().flatten() {
            let unused = if dialed == Some(name) {
                ""
            } else {
                "  (not dialed)"
            };
            writeln!(out, "  {name}  {}{unused}", shown(address))?;
        }
    }

    let entries = token.ca.as_deref().unwrap_or_default();
    if entries.is_empty() {
        return writeln!(
            out,
            "\n{heading}Roots{heading:#}: none, so the dialer uses plaintext gRPC"
        );
    }
    writeln!(out, "\n{heading}Roots{heading:#}")?;
    for (entry, pem) in entries.iter().enumerate() {
        let certificates = RootDetails::of_entry(pem);
        if certificates.is_empty() {
            writeln!(out, "  CA[{entry}]  no certificate in PEM")?;
        }
        for certificate in certificates {
            match certificate {
                Some(details) => write_root(out, entry, &details, now)?,
                None => writeln!(out, "  CA[{entry}]  a certificate that cannot be shown")?,
            }
        }
    }
    Ok(())
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
    let date = |moment: Option<Timestamp>| match moment {
        Some(moment) => moment.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
        None => "beyond the calendar".to_owned(),
    };
    let state = match (root.not_before, root.not_after) {
        (Some(begin), _) if now < begin => format!(" (begins in {})", distance(now, begin)),
        (_, Some(end)) if now > end => format!(" (expired {} ago)", distance(end, now)),
        (_, Some(end)) => format!(" (expires in {})", distance(now, end)),
        (_, None) => String::new(),
    };
    let (begin, end) = (date(root.not_before), date(root.not_after));
    writeln!(out, "    valid         {begin} to {end}{state}")?;
    let ca = if root.is_ca { "" } else { ", no CA" };
    writeln!(out, "    key           {}{ca}", root.key)?;
    writeln!(out, "    sha256        {}", root.sha256)
}

/// The time between two moments in its largest unit, rounded down: `9 years`, `1 day`.
fn distance(from: Timestamp, to: Timestamp) -> String {
    const DAY: i64 = 24 * 60 * 60;
    let seconds = to.as_second().saturating_sub(from.as_second());
    let (number, unit) = match seconds {
        ..60 => (seconds, "second"),
        60..3600 => (seconds / 60, "minute"),
        3600..DAY => (seconds / 3600, "hour"),
        // The mean month and year of the Gregorian calendar.
        DAY..2_629_746 => (seconds / DAY, "day"),
        2_629_746..31_556_952 => (seconds / 2_629_746, "month"),
        _ => (seconds / 31_556_952, "year"),
    };
    format!("{number} {unit}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_in_their_largest_unit() {
        let moment = |second| Timestamp::from_second(second).unwrap();
        for (seconds, expected) in [
            (0, "0 seconds"),
            (1, "1 second"),
            (119, "1 minute"),
            (7200, "2 hours"),
            (86_399, "23 hours"),
            (86_400, "1 day"),
            (40 * 86_400, "1 month"),
            (3650 * 86_400, "9 years"),
        ] {
            assert_eq!(distance(moment(0), moment(seconds)), expected);
        }
    }
}
