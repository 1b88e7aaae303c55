//! `peertok validate`: what a server would say of a token.

use super::diagnostics::Places;
use super::input::{Form, GivenToken, TokenArgs};
use super::judging::JudgingArgs;
use super::recovery::Recovery;
use super::report::Failure;
use super::text::{date, one_line, shown, without_secrets};
use super::{Format, Status, jsonl, output, snapshot};
use crate::kubernetes::SecretKeyRef;
use crate::snapshot::TokenStatus;
use crate::{
    Circumstances, Finding, Level, PeeringToken, Refusal, check_peer_name, findings, judge,
};
use anstyle::{AnsiColor, Style};
use jiff::Timestamp;
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
    #[command(flatten)]
    judging: JudgingArgs,
    /// Judge many tokens: {"id":any,"token":"…"} a line in, a verdict a line out, in the same
    /// order.
    #[arg(long, conflicts_with_all = ["format", "snapshot", "dialer_snapshot", "name", "k8s_name"])]
    jsonl: bool,
}

/// A token as it was judged.
struct Judged {
    given: GivenToken,
    refusal: Option<Refusal>,
    /// What was meant, where a server cannot read the token.
    recovery: Option<Recovery>,
    findings: Vec<Finding>,
    /// Whether all this comes to a yes or a no.
    status: Status,
    /// The addresses that a dialer tries.
    dialed: Vec<String>,
    /// What the acceptor's snapshot tells of the secret, and the time of the snapshot.
    token_status: Option<(TokenStatus, Option<Timestamp>)>,
    /// Where in the token's JSON the refusal and the findings are.
    places: Places,
}

pub(super) fn run(arguments: &Args) -> Result<Status, Failure> {
    if arguments.jsonl {
        let source = arguments.input.source()?;
        return jsonl::run(source, arguments.input.max_size, &arguments.judging);
    }
    let snapshot = |path: &Option<PathBuf>| path.as_deref().map(snapshot::read).transpose();
    let (acceptor, dialer) = (
        snapshot(&arguments.snapshot)?,
        snapshot(&arguments.dialer_snapshot)?,
    );
    let mut circumstances = arguments.judging.circumstances();
    circumstances.acceptor = acceptor.as_ref();
    circumstances.dialer = dialer.as_ref();
    circumstances.name = arguments.name.as_deref();
    let all = arguments.input.read_all()?;
    let several = all.len() > 1;
    let mut status = Status::Done;
    for (index, given) in all.into_iter().enumerate() {
        let judged = Judged::new(given, &circumstances, &arguments.judging);
        match arguments.format {
            Format::Pretty => {
                let between = if index > 0 { "\n" } else { "" };
                let heading = if several {
                    heading(&judged.given)
                } else {
                    String::new()
                };
                output::print(&format!("{between}{heading}{}", pretty(&judged)))?;
            }
            Format::Json => print_json(&judged)?,
        }
        status = status.max(judged.status);
    }
    Ok(status)
}

/// The name of one among several tokens.
fn heading(given: &GivenToken) -> String {
    let bold = Style::new().bold();
    let place = given.secret.as_ref().map(ToString::to_string);
    format!("{bold}{}{bold:#}\n", shown(&place.unwrap_or_default()))
}

impl Judged {
    fn new(given: GivenToken, circumstances: &Circumstances<'_>, judging: &JudgingArgs) -> Self {
        let bad_name = circumstances.name.map(check_peer_name);
        let refusal = match bad_name {
            Some(Err(error)) => Some(error.into()),
            _ => judge(&given.token).err(),
        };
        // A token that cannot be read has neither fields nor findings.
        let token = PeeringToken::decode(&given.token).unwrap_or_default();
        let mut found = findings(&given.token, circumstances).unwrap_or_default();
        judging.weigh(&mut found);
        let acceptor = circumstances.acceptor.filter(|_| refusal.is_none());
        Self {
            status: if refusal.is_some() || judging.fails(&found) {
                Status::No
            } else {
                Status::Done
            },
            dialed: token.dialed_addresses().to_vec(),
            token_status: acceptor.map(|acceptor| {
                let status = TokenStatus::of(acceptor, &token.peer_id, &token.establishment_secret);
                (status, acceptor.meta.taken_at())
            }),
            places: Places::of(&given.token, token, refusal.as_ref(), &found),
            recovery: Recovery::of(&given),
            given,
            refusal,
            findings: found,
        }
    }
}

fn pretty(judged: &Judged) -> String {
    let style = |color: AnsiColor| Style::new().bold().fg_color(Some(color.into()));
    let mut out = String::new();
    // Writing to a `String` cannot fail.
    let _ = match &judged.refusal {
        Some(refusal) => {
            let red = style(AnsiColor::Red);
            let message = one_line(&refusal.to_string());
            let place = judged.places.refusal(refusal);
            let stage = refusal.stage();
            write!(
                out,
                "{red}refused{red:#} at stage {stage}\n  {message}\n{place}"
            )
        }
        None => {
            // Whoever reads no further than the first line is to know of the errors too.
            let has_error = judged.findings.iter().any(|f| f.level == Level::Error);
            let (color, verdict) = if has_error {
                (AnsiColor::Yellow, "accepted, but it cannot work")
            } else {
                (AnsiColor::Green, "accepted")
            };
            let color = style(color);
            let dialed = listed(&judged.dialed);
            writeln!(
                out,
                "{color}{verdict}{color:#}: a server takes this token and dials {dialed}"
            )
        }
    };
    let _ = writeln!(out, "given as {}", judged.given.described());
    if let Some(recovery) = &judged.recovery {
        let _ = write!(out, "\n{}", recovery.pretty());
    }
    if judged.refusal.is_none() {
        let _ = match judged.token_status {
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
    let mut findings: Vec<&Finding> = judged.findings.iter().collect();
    findings.sort_by_key(|finding| Reverse(finding.level));
    for finding in &findings {
        out.push('\n');
        out.push_str(&judged.places.finding(finding));
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

fn print_json(judged: &Judged) -> Result<(), Failure> {
    #[derive(Serialize)]
    struct Output<'a> {
        schema: &'static str,
        form: Form,
        secret: Option<&'a SecretKeyRef>,
        accepted: bool,
        stage: Option<&'static str>,
        error: Option<String>,
        token_status: Option<&'static str>,
        snapshot_taken_at: Option<Timestamp>,
        findings: &'a [Finding],
        recovery: Option<super::recovery::Json<'a>>,
    }
    let error = judged.refusal.as_ref().map(ToString::to_string);
    output::print_json(&Output {
        schema: "peertok.validate/1",
        form: judged.given.form,
        secret: judged.given.secret.as_ref(),
        accepted: judged.refusal.is_none(),
        stage: judged
            .refusal
            .as_ref()
            .map(|refusal| refusal.stage().name()),
        error: error.map(|error| without_secrets(&error).into_owned()),
        token_status: judged.token_status.map(|(status, _)| status.name()),
        snapshot_taken_at: judged.token_status.and_then(|(_, taken)| taken),
        findings: &judged.findings,
        recovery: judged.recovery.as_ref().map(Recovery::json),
    })
}
