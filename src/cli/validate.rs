//! `peertok validate`: what a server would say of a token.

use super::input::{Form, TokenArgs};
use super::report::Failure;
use super::text::{date, one_line, shown, without_secrets};
use super::{Format, Status, jsonl, output, snapshot};
use crate::snapshot::TokenStatus;
use crate::{
    Circumstances, Finding, Level, PeeringToken, Refusal, Release, Rule, check_peer_name, findings,
    judge, rule,
};
use anstyle::{AnsiColor, Style};
use clap::ValueEnum;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};
use serde::Serialize;
use std::fmt::Write;
use std::path::PathBuf;

/// Says whether a Consul server would take a token, and if not, at which stage and in which words
/// it refuses it.
///
/// An accepted token is one that a server goes on to dial with. Whether the acceptor still honours
/// its secret is in the acceptor's state, not in the token.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    peertok validate @token.txt\n  \
    peertok validate @token.txt --snapshot acceptor.snap\n  \
    jq -c '{id: .name, token: .token}' tokens.json | peertok validate --jsonl")]
pub(super) struct Args {
    #[command(flatten)]
    input: TokenArgs,
    /// How to print the verdict: pretty or json.
    #[arg(long, value_enum, default_value_t = Format::Pretty, hide_possible_values = true)]
    format: Format,
    /// A snapshot of the acceptor (consul snapshot save): says whether the token can still be
    /// redeemed there, as of its time.
    #[arg(long, value_name = "FILE")]
    snapshot: Option<PathBuf>,
    /// A snapshot of the dialer: says whether it would refuse the token for what it has already.
    #[arg(long, value_name = "FILE")]
    dialer_snapshot: Option<PathBuf>,
    /// The name under which the token is to be established.
    #[arg(long)]
    name: Option<String>,
    /// Judge dates at another moment than now, such as 2027-03-01 or 2027-03-01T08:00:00Z.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    at: Option<Timestamp>,
    /// How long the peering is to last: a root that expires sooner is found.
    #[arg(long, value_name = "TIME", default_value = "30d", value_parser = duration)]
    within: SignedDuration,
    /// The release of the dialer's servers, such as 1.22.
    #[arg(long, value_name = "X.Y")]
    dialer_version: Option<Release>,
    /// The release of the acceptor's servers.
    #[arg(long, value_name = "X.Y")]
    acceptor_version: Option<Release>,
    /// Leave out the findings of that name or code; repeatable.
    #[arg(long, value_name = "NAME", value_parser = known_rule)]
    allow: Vec<&'static Rule>,
    /// Make the findings of that name or code errors; repeatable.
    #[arg(long, value_name = "NAME", value_parser = known_rule)]
    deny: Vec<&'static Rule>,
    /// The least finding that makes the answer no: error, warning or never.
    #[arg(
        long,
        value_enum,
        value_name = "LEVEL",
        default_value = "error",
        hide_possible_values = true
    )]
    fail_on: FailOn,
    /// Judge many tokens: {"id":any,"token":"…"} a line in, a verdict a line out, in the same
    /// order.
    #[arg(long, conflicts_with_all = ["format", "snapshot", "dialer_snapshot", "name", "fail_on"])]
    jsonl: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum FailOn {
    Error,
    Warning,
    Never,
}

/// Reads a moment. Where no offset is given it is in UTC, and a date is its first second.
fn moment(text: &str) -> Result<Timestamp, String> {
    let in_utc = |_| TimeZone::UTC.to_timestamp(text.parse::<DateTime>()?);
    text.parse().or_else(in_utc).map_err(|_: jiff::Error| {
        "expected a date such as 2027-03-01, or a time such as 2027-03-01T08:00:00Z".to_owned()
    })
}

/// Reads a duration, in which a day has 24 hours and a month 30 days.
fn duration(text: &str) -> Result<SignedDuration, String> {
    const DAY: i64 = 24 * 60 * 60;
    let unreadable = || "expected a duration such as 30d, 12h or 6mo".to_owned();
    let span: Span = text.parse().map_err(|_| unreadable())?;
    let span_in_days = |span: Span| {
        let days = i64::from(span.get_years()) * 365 + i64::from(span.get_months()) * 30;
        days + i64::from(span.get_weeks()) * 7 + i64::from(span.get_days())
    };
    let time = span.years(0).months(0).weeks(0).days(0);
    let time = SignedDuration::try_from(time).map_err(|_| unreadable())?;
    let days = SignedDuration::from_secs(span_in_days(span).saturating_mul(DAY));
    match days.checked_add(time) {
        Some(duration) if !duration.is_negative() => Ok(duration),
        _ => Err(unreadable()),
    }
}

fn known_rule(name: &str) -> Result<&'static Rule, String> {
    rule(name).ok_or_else(|| "there is no finding of that name or code".to_owned())
}

/// A token as it was judged.
struct Judged {
    form: Form,
    refusal: Option<Refusal>,
    /// The addresses that a dialer tries.
    dialed: Vec<String>,
    /// What the acceptor's snapshot tells of the secret, and the time of the snapshot.
    status: Option<(TokenStatus, Option<Timestamp>)>,
    findings: Vec<Finding>,
}

pub(super) fn run(arguments: &Args) -> Result<Status, Failure> {
    if arguments.jsonl {
        return jsonl::run(arguments.input.source()?, arguments.input.max_size);
    }
    let judged = judged(arguments)?;
    match arguments.format {
        Format::Pretty => output::print(&pretty(&judged))?,
        Format::Json => print_json(&judged)?,
    }
    let least = match arguments.fail_on {
        FailOn::Error => Some(Level::Error),
        FailOn::Warning => Some(Level::Warning),
        FailOn::Never => None,
    };
    let worst = judged.findings.iter().map(|finding| finding.level).max();
    let found = least.is_some_and(|least| worst.is_some_and(|worst| worst >= least));
    Ok(match judged.refusal.is_some() || found {
        true => Status::No,
        false => Status::Done,
    })
}

fn judged(arguments: &Args) -> Result<Judged, Failure> {
    let acceptor = arguments
        .snapshot
        .as_deref()
        .map(snapshot::read)
        .transpose()?;
    let dialer = arguments.dialer_snapshot.as_deref();
    let dialer = dialer.map(snapshot::read).transpose()?;
    let given = arguments.input.read()?;
    let name = arguments.name.as_deref();
    let bad_name = name.and_then(|name| check_peer_name(name).err());
    let refusal = match bad_name {
        Some(error) => Some(error.into()),
        None => judge(&given.token).err(),
    };
    let mut judged = Judged {
        form: given.form,
        refusal,
        dialed: Vec::new(),
        status: None,
        findings: Vec::new(),
    };
    if judged.refusal.is_some() {
        return Ok(judged);
    }
    // A token that is accepted can be read.
    if let Ok(token) = PeeringToken::decode(&given.token) {
        if let Some(acceptor) = &acceptor {
            let status = acceptor.token_status(&token.peer_id, &token.establishment_secret);
            judged.status = Some((status, acceptor.meta.taken_at()));
        }
        let mut circumstances = Circumstances::at(arguments.at.unwrap_or_else(Timestamp::now));
        circumstances.within = arguments.within;
        circumstances.dialer_version = arguments.dialer_version;
        circumstances.acceptor_version = arguments.acceptor_version;
        circumstances.acceptor = acceptor.as_ref();
        circumstances.dialer = dialer.as_ref();
        circumstances.name = name;
        judged.findings = findings(&given.token, &circumstances).unwrap_or_default();
        let is_one_of =
            |rules: &[&Rule], finding: &Finding| rules.iter().any(|rule| rule.code == finding.code);
        let found = &mut judged.findings;
        found.retain(|finding| !is_one_of(&arguments.allow, finding));
        for finding in found.iter_mut().filter(|f| is_one_of(&arguments.deny, f)) {
            finding.level = Level::Error;
        }
        judged.dialed = token.dialed_addresses().to_vec();
    }
    Ok(judged)
}

fn pretty(judged: &Judged) -> String {
    let style = |color: AnsiColor| Style::new().bold().fg_color(Some(color.into()));
    let mut out = String::new();
    // Writing to a `String` cannot fail.
    let _ = match &judged.refusal {
        Some(refusal) => {
            let red = style(AnsiColor::Red);
            let message = one_line(&refusal.to_string());
            writeln!(
                out,
                "{red}refused{red:#} at stage {}\n  {message}",
                refusal.stage()
            )
        }
        None => {
            let green = style(AnsiColor::Green);
            let dialed: Vec<String> = judged.dialed.iter().map(|a| shown(a)).collect();
            let dialed = dialed.join(", ");
            writeln!(
                out,
                "{green}accepted{green:#}: a server takes this token and dials {dialed}"
            )
        }
    };
    let _ = writeln!(out, "given as {}", judged.form.name());
    if judged.refusal.is_none() {
        let _ = match judged.status {
            None => writeln!(
                out,
                "whether the secret can still be redeemed is unknown: only the acceptor's state tells (--snapshot)"
            ),
            Some((TokenStatus::Redeemable, taken)) => {
                writeln!(out, "the secret can be redeemed, as of {}", date(taken))
            }
            Some((_, taken)) => {
                writeln!(out, "the secret cannot be redeemed, as of {}", date(taken))
            }
        };
    }
    for finding in &judged.findings {
        let color = style(match finding.level {
            Level::Error => AnsiColor::Red,
            Level::Warning => AnsiColor::Yellow,
            Level::Note => AnsiColor::Blue,
        });
        let (level, name, path) = (finding.level, finding.name, &finding.path);
        let message = shown(&finding.message);
        let _ = writeln!(out, "\n{color}{level}{color:#} {name} at {path}: {message}");
        let _ = writeln!(out, "  fix: {}", finding.fix);
    }
    out
}

fn print_json(judged: &Judged) -> Result<(), Failure> {
    #[derive(Serialize)]
    struct Output<'a> {
        schema: &'static str,
        form: Form,
        accepted: bool,
        stage: Option<&'static str>,
        error: Option<String>,
        token_status: Option<&'static str>,
        snapshot_taken_at: Option<Timestamp>,
        findings: &'a [Finding],
    }
    let error = judged.refusal.as_ref().map(ToString::to_string);
    output::print_json(&Output {
        schema: "peertok.validate/1",
        form: judged.form,
        accepted: judged.refusal.is_none(),
        stage: judged
            .refusal
            .as_ref()
            .map(|refusal| refusal.stage().name()),
        error: error.map(|error| without_secrets(&error).into_owned()),
        token_status: judged.status.map(|(status, _)| status.name()),
        snapshot_taken_at: judged.status.and_then(|(_, taken)| taken),
        findings: &judged.findings,
    })
}
