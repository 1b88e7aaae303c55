//! `peertok validate`: what a server would say of a token.

use super::input::{Form, TokenArgs};
use super::report::Failure;
use super::text::shown;
use super::{Format, Status, jsonl, output};
use crate::{PeeringToken, Refusal, judge};
use anstyle::{AnsiColor, Style};
use serde::Serialize;

/// Says whether a Consul server would take a token, and if not, at which stage and in which words
/// it refuses it.
///
/// An accepted token is one that a server goes on to dial with. Whether the acceptor still honours
/// its secret is in the acceptor's state, not in the token.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    peertok validate @token.txt\n  \
    jq -c '{id: .name, token: .token}' tokens.json | peertok validate --jsonl")]
pub(super) struct Args {
    #[command(flatten)]
    input: TokenArgs,
    /// How to print the verdict: pretty or json.
    #[arg(long, value_enum, default_value_t = Format::Pretty, hide_possible_values = true)]
    format: Format,
    /// Judge many tokens: {"id":any,"token":"…"} a line in, a verdict a line out, in the same
    /// order.
    #[arg(long, conflicts_with = "format")]
    jsonl: bool,
}

/// What is found in a token beyond the verdict: nothing yet.
#[derive(Debug, Serialize)]
pub(super) enum Finding {}

pub(super) fn run(arguments: &Args) -> Result<Status, Failure> {
    if arguments.jsonl {
        return jsonl::run(arguments.input.source()?, arguments.input.max_size);
    }
    let given = arguments.input.read()?;
    let refusal = judge(&given.token).err();
    output::print(&match arguments.format {
        Format::Pretty => pretty(&given.token, given.form, refusal.as_ref()),
        Format::Json => as_json(given.form, refusal.as_ref()),
    })?;
    Ok(match refusal {
        Some(_) => Status::No,
        None => Status::Done,
    })
}

fn pretty(token: &[u8], form: Form, refusal: Option<&Refusal>) -> String {
    let style = |color: AnsiColor| Style::new().bold().fg_color(Some(color.into()));
    let form = match form {
        Form::Token => String::new(),
        other => format!("given as {}\n", other.name()),
    };
    if let Some(refusal) = refusal {
        let red = style(AnsiColor::Red);
        let stage = refusal.stage();
        return format!(
            "{red}refused{red:#} at stage {stage}\n  {}\n{form}",
            shown(&refusal.to_string())
        );
    }
    let green = style(AnsiColor::Green);
    let addresses: Vec<String> = PeeringToken::decode(token)
        .map(|token| token.dialed_addresses().iter().map(|a| shown(a)).collect())
        .unwrap_or_default();
    format!(
        "{green}accepted{green:#}: a server takes this token and dials {}\n{form}\
         whether the secret can still be redeemed is unknown: only the acceptor's state tells\n",
        addresses.join(", ")
    )
}

fn as_json(form: Form, refusal: Option<&Refusal>) -> String {
    #[derive(Serialize)]
    struct Output {
        schema: &'static str,
        form: Form,
        accepted: bool,
        stage: Option<&'static str>,
        error: Option<String>,
        findings: [Finding; 0],
    }
    let output = Output {
        schema: "peertok.validate/1",
        form,
        accepted: refusal.is_none(),
        stage: refusal.map(|refusal| refusal.stage().name()),
        error: refusal.map(ToString::to_string),
        findings: [],
    };
    let mut text = serde_json::to_string(&output).unwrap_or_default();
    text.push('\n');
    text
}
