//! `peertok validate`: what a server would say of a token.

use super::diagnostics::Places;
use super::input::{TokenArgs, described};
use super::judging::JudgingArgs;
use super::recovery::{self, notice_file_name};
use super::releases::{Range, Releases};
use super::report::Failure;
use super::text::{Verdict, date, one_line, shown};
use super::{Format, Status, jsonl, output, snapshot};
use crate::finding::{Finding, Level};
use crate::input::{InputFormat, TokenInput};
use crate::inspect::{Inspection, Inspector};
use crate::kubernetes::SecretKeyRef;
use crate::recovery::Recovery;
use crate::snapshot::{State, TokenStatus};
use anstyle::{AnsiColor, Style};
use jiff::Timestamp;
use peering_token::{GoRelease, Read, Release, Stage};
use serde::Serialize;
use std::cmp::Reverse;
use std::fmt::Write;
use std::path::PathBuf;

/// Says what a Consul server makes of a token.
///
/// It takes the token, or refuses it at a stage and in words that are printed as they are. A token
/// that it takes is one that it goes on to dial with. Whether the acceptor still honours its secret
/// is in the acceptor's state, not in the token.
#[derive(clap::Args)]
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
    /// Give the verdict of this Consul release, such as 1.22.3 or 1.18. Which roots a server accepts,
    /// and its exact error messages, depend on the Go release that built it.
    #[arg(long, value_name = "X.Y[.Z]")]
    consul_version: Option<Release>,
    /// Show the verdict of every Consul release from 1.13 on. Without this flag, releases that
    /// disagree on acceptance are shown.
    #[arg(long, conflicts_with = "jsonl")]
    all_versions: bool,
    #[command(flatten)]
    judging: JudgingArgs,
    /// Judge many tokens: {"id":any,"token":"…"} a line in, a verdict a line out, in the same
    /// order.
    #[arg(long, conflicts_with_all = ["format", "snapshot", "dialer_snapshot", "name", "k8s_name"])]
    jsonl: bool,
}

pub(super) fn run(arguments: &Args) -> Result<Status, Failure> {
    if arguments.jsonl {
        let source = arguments.input.source()?;
        let go = go_of(arguments.consul_version);
        return jsonl::run(source, arguments.input.max_size, go, &arguments.judging);
    }
    let snapshot = |path: &Option<PathBuf>| path.as_deref().map(snapshot::read).transpose();
    let (acceptor, dialer) = (
        snapshot(&arguments.snapshot)?,
        snapshot(&arguments.dialer_snapshot)?,
    );
    let mut context = arguments.judging.context();
    context.acceptor = acceptor.as_ref();
    context.dialer = dialer.as_ref();
    context.name = arguments.name.as_deref();
    let all = arguments.input.read_all()?;
    let several = all.len() > 1;
    let mut inspector = Inspector::of(go_of(arguments.consul_version));
    let mut status = Status::Done;
    for (index, input) in all.iter().enumerate() {
        let mut inspection = inspector.inspect(input, &context);
        arguments.judging.weigh(&mut inspection.findings);
        notice_file_name(&mut inspection, input.text());
        let validated = Validated {
            input,
            token_status: token_status(&inspection, acceptor.as_ref()),
            inspection: &inspection,
            judged_as: arguments.consul_version,
            // A bad name is rejected by every release, before the token is read.
            releases: if inspection
                .refusal
                .as_ref()
                .is_some_and(|refusal| refusal.stage() == Stage::Name)
            {
                None
            } else {
                Some(Releases::of(input))
            },
            all_versions: arguments.all_versions,
        };
        match arguments.format {
            Format::Pretty => {
                let between = if index > 0 { "\n" } else { "" };
                let heading = if several {
                    heading(input)
                } else {
                    String::new()
                };
                output::print(&format!("{between}{heading}{}", pretty(&validated)))?;
            }
            Format::Json => print_json(&validated)?,
        }
        if inspection.refusal.is_some() || arguments.judging.fails(&inspection.findings) {
            status = Status::No;
        }
    }
    Ok(status)
}

/// A token and what is said of it.
struct Validated<'a> {
    input: &'a TokenInput,
    inspection: &'a Inspection<'a>,
    /// What the acceptor's snapshot tells of the secret, and the time of the snapshot.
    token_status: Option<(TokenStatus, Option<Timestamp>)>,
    /// The Consul release whose verdict was asked for.
    judged_as: Option<Release>,
    /// What each release says, where that depends on the token.
    releases: Option<Releases>,
    /// Whether to show it although all agree.
    all_versions: bool,
}

/// The Go that builds a server of this release.
fn go_of(release: Option<Release>) -> GoRelease {
    release.map_or(GoRelease::REFERENCE, Release::go)
}

/// What the acceptor's snapshot tells of the secret of a token that a server accepts.
fn token_status(
    inspection: &Inspection<'_>,
    acceptor: Option<&State>,
) -> Option<(TokenStatus, Option<Timestamp>)> {
    let acceptor = acceptor.filter(|_| inspection.refusal.is_none())?;
    let token = inspection.content.as_ref()?.token();
    let status = TokenStatus::of(acceptor, &token.peer_id, &token.establishment_secret);
    Some((status, acceptor.meta.taken_at()))
}

/// The name of one among several tokens.
fn heading(input: &TokenInput) -> String {
    let bold = Style::new().bold();
    let place = input.secret().map(ToString::to_string);
    format!("{bold}{}{bold:#}\n", shown(&place.unwrap_or_default()))
}

fn pretty(validated: &Validated<'_>) -> String {
    let inspection = validated.inspection;
    let places = Places::of(inspection);
    let style = |color: AnsiColor| Style::new().bold().fg_color(Some(color.into()));
    let mut out = String::new();
    // Writing to a `String` cannot fail.
    let _ = match &inspection.refusal {
        Some(refusal) => {
            let red = style(AnsiColor::Red);
            let message = one_line(&refusal.to_string());
            let place = places.refusal(refusal);
            let stage = refusal.stage();
            write!(
                out,
                "{red}refused{red:#} at stage {stage}\n  {message}\n{place}"
            )
        }
        None => {
            // Whoever reads no further than the first line is to know of the errors too.
            let has_error = inspection.findings.iter().any(|f| f.level == Level::Error);
            let (color, verdict) = if has_error {
                (AnsiColor::Yellow, "accepted, but it cannot work")
            } else {
                (AnsiColor::Green, "accepted")
            };
            let color = style(color);
            let token = inspection.content.as_ref().map(Read::token);
            let dialed = listed(token.unwrap_or_default().dialed_addresses());
            writeln!(
                out,
                "{color}{verdict}{color:#}: a server takes this token and dials {dialed}"
            )
        }
    };
    let _ = writeln!(out, "given as {}", described(validated.input));
    if let Some(release) = validated.judged_as {
        let go = release.go().name();
        let _ = writeln!(
            out,
            "judged as by Consul {}, built with Go {go}",
            release.number()
        );
    }
    if let Some(releases) = &validated.releases {
        out.push_str(&releases.pretty(validated.all_versions));
    }
    if let Some(recovery) = &inspection.recovery {
        let _ = write!(out, "\n{}", recovery::pretty(recovery));
    }
    if inspection.refusal.is_none() {
        let _ = match validated.token_status {
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
    // The worst comes first; what is as bad keeps its order.
    let mut findings: Vec<&Finding> = inspection.findings.iter().collect();
    findings.sort_by_key(|finding| Reverse(finding.level));
    for finding in &findings {
        out.push('\n');
        out.push_str(&places.finding(finding));
    }
    if !findings.is_empty() {
        let counts = counted(&findings);
        let _ = writeln!(out, "\n{counts}; peertok explain NAME tells more of each");
    }
    out
}

/// The first of these addresses, and how many more there are.
fn listed(addresses: &[String]) -> String {
    const MOST: usize = 10;
    let mut first: Vec<String> = addresses.iter().take(MOST).map(|a| shown(a)).collect();
    if addresses.len() > MOST {
        first.push(format!("and {} more", addresses.len() - MOST));
    }
    first.join(", ")
}

/// How many findings there are of each level: `1 error, 2 notes`.
fn counted(findings: &[&Finding]) -> String {
    let counts = [Level::Error, Level::Warning, Level::Note].map(|level| {
        let count = findings.iter().filter(|f| f.level == level).count();
        let plural = if count == 1 { "" } else { "s" };
        (count > 0).then(|| format!("{count} {level}{plural}"))
    });
    counts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn print_json(validated: &Validated<'_>) -> Result<(), Failure> {
    #[derive(Serialize)]
    struct Output<'a> {
        schema: &'static str,
        form: InputFormat,
        secret: Option<&'a SecretKeyRef>,
        #[serde(flatten)]
        verdict: Verdict,
        #[serde(skip_serializing_if = "Option::is_none")]
        judged_as: Option<JudgedAs>,
        #[serde(skip_serializing_if = "Option::is_none")]
        versions: Option<Vec<Range>>,
        token_status: Option<&'static str>,
        snapshot_taken_at: Option<Timestamp>,
        findings: &'a [Finding],
        recovery: Option<&'a Recovery>,
    }
    #[derive(Serialize)]
    struct JudgedAs {
        consul: String,
        go: String,
    }
    let inspection = validated.inspection;
    output::print_json(&Output {
        schema: "peertok.validate/1",
        form: inspection.format,
        secret: validated.input.secret(),
        verdict: inspection.refusal.as_ref().into(),
        judged_as: validated.judged_as.map(|release| JudgedAs {
            consul: release.number(),
            go: release.go().name(),
        }),
        versions: validated
            .releases
            .as_ref()
            .filter(|releases| releases.disagree() || validated.all_versions)
            .map(Releases::ranges),
        token_status: validated.token_status.map(|(status, _)| status.name()),
        snapshot_taken_at: validated.token_status.and_then(|(_, taken)| taken),
        findings: &inspection.findings,
        recovery: inspection.recovery.as_ref(),
    })
}
