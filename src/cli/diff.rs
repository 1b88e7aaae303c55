//! `peertok diff`: what differs between two tokens, and what that means.

use super::decode::list_name;
use super::input::{MAX_SIZE, Source, size};
use super::report::Failure;
use super::text::{Refused, shown};
use super::{Format, Status, output};
use crate::diff::{ComparedRoot, Difference, SetDifference, Written, diff, diff_json};
use crate::finding::Context;
use crate::input::{InputFormat, TokenInput};
use crate::inspect::Inspector;
use anstyle::{AnsiColor, Style};
use jiff::Timestamp;
use peering_token::schema::Kind;
use peering_token::{Field, PeeringToken, Read, Refusal, Value};
use serde::Serialize;
use std::ffi::OsString;
use std::fmt::{self, Write};

/// Compares two tokens: what differs, and what that means.
///
/// They are compared as a server reads them. Addresses are compared as sets, roots by their
/// certificates, secrets as digests. The exit status is 0 where a server reads the same from both,
/// however they are written, and 1 where it does not.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  \
    peertok diff @old.token @new.token\n  \
    kubectl get secret peering-token -o yaml | peertok diff @token.txt -")]
pub(super) struct Args {
    /// The first token: the token itself, @FILE, or - for standard input.
    a: OsString,
    /// The second token, given in the same way.
    b: OsString,
    /// How to print what differs: pretty or json.
    #[arg(long, value_enum, default_value_t = Format::Pretty, hide_possible_values = true)]
    format: Format,
    /// Refuse a token over so many bytes.
    #[arg(long, value_name = "BYTES", default_value_t = MAX_SIZE, value_parser = size)]
    max_size: usize,
}

/// One of the two tokens.
struct Side<'a> {
    input: &'a TokenInput,
    content: Read<'a>,
    token: PeeringToken,
    refusal: Option<Refusal>,
}

/// Two tokens and what differs.
struct Compared<'a> {
    a: Side<'a>,
    b: Side<'a>,
    difference: Difference,
    written: Written,
}

pub(super) fn run(arguments: &Args) -> Result<Status, Failure> {
    if arguments.a == "-" && arguments.b == "-" {
        let message = "expected two tokens, but standard input can give only one";
        return Err(Failure::could_not_run(message).hint("give one as @FILE"));
    }
    let read = |argument| {
        let input = Source::of(argument).read(arguments.max_size, None);
        input.map_err(Failure::into_could_not_run)
    };
    let mut inspectors = [Inspector::default(), Inspector::default()];
    let [first, second] = &mut inspectors;
    let input_a = read(&arguments.a)?;
    let a = side("A", &input_a, first)?;
    let input_b = read(&arguments.b)?;
    let b = side("B", &input_b, second)?;
    let compared = Compared {
        difference: diff(&a.token, &b.token),
        written: diff_json(a.content.json, b.content.json)
            .map_err(|error| Failure::could_not_run(error.to_string()))?,
        a,
        b,
    };
    match arguments.format {
        Format::Pretty => output::print(&pretty(&compared))?,
        Format::Json => print_json(&compared)?,
    }
    Ok(if compared.difference.is_none() {
        Status::Done
    } else {
        Status::No
    })
}

/// Reads one of the tokens; it may be one that Consul refuses, if only its fields can be read.
fn side<'a>(
    name: &str,
    input: &'a TokenInput,
    inspector: &'a mut Inspector,
) -> Result<Side<'a>, Failure> {
    let inspection = inspector.inspect(input, &Context::for_reading(Timestamp::now()));
    let Some(content) = inspection.content else {
        let refusal = inspection.refusal.unwrap_or(Refusal::Missing);
        let message = format!(
            "token {name} cannot be read: Consul refuses it at stage {}: {refusal}",
            refusal.stage()
        );
        return Err(Failure::could_not_run(message).hint("peertok validate TOKEN tells more"));
    };
    Ok(Side {
        input,
        token: content.token(),
        content,
        refusal: inspection.refusal,
    })
}

impl Compared<'_> {
    /// What differs in how the tokens are written, beyond what a server reads.
    fn written_differently(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let names = |names: &[String]| {
            let names: Vec<String> = names.iter().map(|name| shown(name)).collect();
            shown(&names.join(", "))
        };
        for (side, members) in [("A", &self.written.only_a), ("B", &self.written.only_b)] {
            if !members.is_empty() {
                lines.push(format!("members in {side} alone: {}", names(members)));
            }
        }
        if self.written.reordered {
            lines.push("the members are in another order".to_owned());
        }
        if self.written.repeated {
            lines.push("a member is there more often in one".to_owned());
        }
        if !self.difference.is_none() || !lines.is_empty() {
            return lines;
        }
        let line = if self.a.input.to_token() == self.b.input.to_token() {
            return lines;
        } else if self.a.content.json == self.b.content.json {
            "the base64 is broken into lines in another way, or ends in other unused bits"
        } else if self.written.only_blanks {
            "there are other blanks between the members"
        } else {
            "keys, texts, empty values or members that no server reads are written in another way"
        };
        vec![line.to_owned()]
    }
}

fn pretty(compared: &Compared<'_>) -> String {
    let mut out = String::new();
    // Writing to a `String` cannot fail.
    let _ = write_pretty(&mut out, compared);
    out
}

fn write_pretty(out: &mut String, compared: &Compared<'_>) -> fmt::Result {
    let color = |color: AnsiColor| Style::new().bold().fg_color(Some(color.into()));
    let heading = Style::new().bold();
    let Compared {
        a, b, difference, ..
    } = compared;
    let (verdict, style) = if difference.is_none() {
        ("equal", color(AnsiColor::Green))
    } else {
        ("different", color(AnsiColor::Red))
    };
    writeln!(out, "{style}{verdict}{style:#}: {}", difference.meaning())?;
    for (name, mark, side) in [("A", Mark::OnlyA, a), ("B", Mark::OnlyB, b)] {
        let (sign, style) = mark.shown();
        let (form, shape) = (side.input.format(), side.content.fields.shape().releases());
        writeln!(
            out,
            "  {style}{sign} {name}{style:#}  {form}, in the shape of {shape}"
        )?;
        if let Some(refusal) = &side.refusal {
            let (stage, message) = (refusal.stage(), shown(&refusal.to_string()));
            writeln!(out, "       Consul refuses it at stage {stage}: {message}")?;
        }
    }

    writeln!(out)?;
    write_texts(out, compared)?;

    let dialed = |side: &Side<'_>| side.token.dialed_list().map_or("none", list_name);
    let dialed = match (dialed(a), dialed(b)) {
        (a, b) if a == b => format!("the {a} list is dialed in both"),
        (a, b) => format!("A dials the {a} list, B the {b} list"),
    };
    writeln!(
        out,
        "\n{heading}Addresses{heading:#}: {}",
        dialed.replace("the none list", "no list")
    )?;
    for (list, difference) in [
        ("manual", &difference.manual_server_addresses),
        ("server", &difference.server_addresses),
    ] {
        write_set(out, list, difference, |address| shown(address))?;
    }

    writeln!(out, "\n{heading}Roots{heading:#}")?;
    let roots = &difference.roots;
    let certificates = &roots.certificates;
    if certificates.common.is_empty() && !certificates.is_some() {
        writeln!(out, "  none, so the dialer uses plaintext gRPC")?;
    }
    write_set(out, "root", certificates, root)?;
    if roots.regrouped {
        writeln!(out, "  the same certificates make up other entries of CA")?;
    }
    if roots.rewritten {
        writeln!(out, "  the text around the certificates differs")?;
    }

    let written = compared.written_differently();
    if !written.is_empty() {
        writeln!(out, "\n{heading}Written differently{heading:#}")?;
    }
    for line in written {
        writeln!(out, "  {line}")?;
    }
    Ok(())
}

/// A line for what both have, or a pair of lines.
fn write_texts(out: &mut String, compared: &Compared<'_>) -> fmt::Result {
    for field in texts() {
        let differs = compared.difference.texts.iter();
        let differs = differs.into_iter().find(|text| text.field == field);
        let or_none = |text: &str| match text {
            "" => "none".to_owned(),
            text => shown(text),
        };
        let label = field.label();
        match differs {
            Some(text) => {
                line(out, label, Mark::OnlyA, &or_none(&text.a))?;
                line(out, "", Mark::OnlyB, &or_none(&text.b))?;
            }
            None => {
                let both = match compared.a.token.get(field) {
                    Value::Text(text) => text.to_owned(),
                    Value::Secret(secret) if !secret.is_empty() => secret.to_string(),
                    _ => String::new(),
                };
                if !both.is_empty() {
                    line(out, label, Mark::Both, &shown(&both))?;
                }
            }
        }
    }
    Ok(())
}

/// The fields that hold strings, where the acceptor is before what the dialer shows it.
fn texts() -> Vec<Field> {
    let is_text = |field: &Field| field.kind() == Kind::Text;
    let is_shown_last = |field: &Field| matches!(field, Field::PeerId | Field::EstablishmentSecret);
    let (last, first): (Vec<Field>, Vec<Field>) = Field::ALL
        .iter()
        .filter(|field| is_text(field))
        .partition(|field| is_shown_last(field));
    [first, last].concat()
}

/// Which of the tokens has what a line shows.
#[derive(Clone, Copy)]
enum Mark {
    Both,
    OnlyA,
    OnlyB,
}

impl Mark {
    fn shown(self) -> (char, Style) {
        let color = |color: AnsiColor| Style::new().fg_color(Some(color.into()));
        match self {
            Self::Both => (' ', Style::new()),
            Self::OnlyA => ('-', color(AnsiColor::Red)),
            Self::OnlyB => ('+', color(AnsiColor::Green)),
        }
    }
}

fn line(out: &mut String, label: &str, mark: Mark, text: &str) -> fmt::Result {
    let (sign, style) = mark.shown();
    writeln!(out, "  {label:<11}  {style}{sign} {text}{style:#}")
}

fn write_set<T>(
    out: &mut String,
    label: &str,
    set: &SetDifference<T>,
    show: impl Fn(&T) -> String,
) -> fmt::Result {
    for (list, mark) in [
        (&set.common, Mark::Both),
        (&set.only_a, Mark::OnlyA),
        (&set.only_b, Mark::OnlyB),
    ] {
        for one in list {
            line(out, label, mark, &show(one))?;
        }
    }
    if set.reordered {
        line(out, label, Mark::Both, "(in another order in B)")?;
    }
    if set.repeated {
        line(
            out,
            label,
            Mark::Both,
            "(one of these is there more often in A or in B)",
        )?;
    }
    Ok(())
}

fn root(root: &ComparedRoot) -> String {
    let subject = match &root.details {
        Some(details) => shown(&details.subject),
        None => "an entry without a certificate that can be shown".to_owned(),
    };
    format!("{subject}\n{:17}sha256 {}", "", root.sha256)
}

#[derive(Serialize)]
struct JsonSide {
    form: InputFormat,
    shape: &'static str,
    dialed: Option<&'static str>,
    refusal: Option<Refused>,
}

fn print_json(compared: &Compared<'_>) -> Result<(), Failure> {
    #[derive(Serialize)]
    struct Output<'a> {
        schema: &'static str,
        #[serde(flatten)]
        difference: &'a Difference,
        a: JsonSide,
        b: JsonSide,
        same_token: bool,
        same_json: bool,
        members_only_a: &'a [String],
        members_only_b: &'a [String],
        written_differently: Vec<String>,
    }
    let side = |side: &Side<'_>| JsonSide {
        form: side.input.format(),
        shape: side.content.fields.shape().name(),
        dialed: side.token.dialed_list().map(list_name),
        refusal: side.refusal.as_ref().map(Refused::from),
    };
    let (a, b) = (&compared.a, &compared.b);
    output::print_json(&Output {
        schema: "peertok.diff/1",
        difference: &compared.difference,
        a: side(a),
        b: side(b),
        same_token: a.input.to_token() == b.input.to_token(),
        same_json: a.content.json == b.content.json,
        members_only_a: &compared.written.only_a,
        members_only_b: &compared.written.only_b,
        written_differently: compared.written_differently(),
    })
}
