//! What `decode` and `validate` say of a text that a server cannot read: what was meant by it.

use super::input::{Form, GivenToken};
use super::report;
use super::text::{one_line, without_secrets};
use crate::{
    Damage, DecodeError, Meant, Mistaken, Partial, Refusal, decode_base64, judge, recover,
};
use serde::Serialize;
use std::fmt::Write;
use std::path::Path;

/// What to do about a token whose end is lost.
const GET_IT_AGAIN: &str = "what is missing cannot be made up: copy the whole token again from where it was printed, or generate another";

/// What was meant, and how a server would judge the mended token.
pub(super) struct Recovery {
    pub(super) meant: Meant,
    pub(super) refusal: Option<Refusal>,
}

impl Recovery {
    /// Recovers what was meant by a token that a server cannot read.
    pub(super) fn of(given: &GivenToken) -> Option<Self> {
        let meant = match given.form {
            // The base64 around it was put there when it was read.
            Form::DecodedJson => of_json(given),
            _ => recover(&given.token),
        };
        let meant = match meant {
            None if names_a_file(&given.token) => Meant::Mistaken(Mistaken::FileName),
            meant => meant?,
        };
        let refusal = match &meant {
            Meant::Token(recovered) => judge(recovered.token.as_bytes()).err(),
            _ => None,
        };
        Some(Self { meant, refusal })
    }

    /// Says on standard error what was done.
    pub(super) fn note(&self) {
        match &self.meant {
            Meant::Token(recovered) => note_damages(&recovered.damages),
            Meant::Truncated(partial) => {
                note_damages(&partial.damages);
                report::note(&format!(
                    "the end of the token is missing: {}",
                    place(partial)
                ));
            }
            Meant::Mistaken(_) => {}
        }
    }

    /// What to do next, in a line.
    pub(super) fn hint(&self) -> String {
        match (&self.meant, &self.refusal) {
            (Meant::Token(_), None) => {
                "a server takes the mended token, which peertok decode --repair prints".to_owned()
            }
            (Meant::Token(_), Some(refusal)) => mended_is_refused(refusal),
            (Meant::Truncated(_), _) => GET_IT_AGAIN.to_owned(),
            (Meant::Mistaken(mistaken), _) => {
                format!("this looks like {mistaken}: {}", mistaken.advice())
            }
        }
    }

    /// The lines that follow a verdict.
    pub(super) fn pretty(&self) -> String {
        let mut out = String::new();
        let mut line = |text: &str| {
            // Writing to a `String` cannot fail.
            let _ = writeln!(out, "{text}");
        };
        match &self.meant {
            Meant::Token(recovered) => {
                line("meant is a peering token that was damaged; what was undone:");
                for damage in &recovered.damages {
                    line(&format!("  {damage}"));
                }
            }
            Meant::Truncated(partial) => {
                line("meant is a peering token whose end is missing:");
                line(&format!("  {}", place(partial)));
                for damage in &partial.damages {
                    line(&format!("  {damage}"));
                }
            }
            Meant::Mistaken(_) => {}
        }
        line(&one_line(&self.hint()));
        out
    }

    /// The member `recovery` of the JSON output.
    pub(super) fn json(&self) -> Json<'_> {
        let said = |damages: &[Damage]| {
            let said = damages.iter().map(|damage| Said {
                name: damage.name(),
                message: damage.to_string(),
            });
            said.collect()
        };
        match &self.meant {
            Meant::Token(recovered) => Json::Token {
                damages: said(&recovered.damages),
                accepted: self.refusal.is_none(),
                stage: self.refusal.as_ref().map(|refusal| refusal.stage().name()),
                error: self.refusal.as_ref().map(|refusal| {
                    let error = refusal.to_string();
                    without_secrets(&error).into_owned()
                }),
            },
            Meant::Truncated(partial) => Json::Truncated {
                damages: said(&partial.damages),
                whole: &partial.whole,
                cut: partial.cut.as_deref(),
                length: partial.length,
            },
            Meant::Mistaken(mistaken) => Json::Mistaken {
                name: mistaken.name(),
                message: mistaken.to_string(),
                advice: mistaken.advice(),
            },
        }
    }
}

/// The member `recovery` of the JSON output.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(super) enum Json<'a> {
    Token {
        damages: Vec<Said>,
        accepted: bool,
        stage: Option<&'static str>,
        error: Option<String>,
    },
    Truncated {
        damages: Vec<Said>,
        whole: &'a [&'static str],
        cut: Option<&'a str>,
        length: usize,
    },
    Mistaken {
        name: &'static str,
        message: String,
        advice: &'static str,
    },
}

/// A damage that was undone.
#[derive(Serialize)]
pub(super) struct Said {
    name: &'static str,
    message: String,
}

/// What is said of a mended token that a server refuses all the same.
pub(super) fn mended_is_refused(refusal: &Refusal) -> String {
    let stage = refusal.stage();
    format!("Consul refuses the mended token at stage {stage}: {refusal}")
}

/// Where a token ends, and what is whole of it.
pub(super) fn place(partial: &Partial) -> String {
    let place = match &partial.cut {
        Some(cut) => format!("in {cut}"),
        None => "between two members".to_owned(),
    };
    let whole = if partial.whole.is_empty() {
        "no member is whole".to_owned()
    } else {
        format!("whole before that: {}", partial.whole.join(", "))
    };
    format!(
        "it ends {place}, after {} bytes of JSON; {whole}",
        partial.length
    )
}

fn note_damages(damages: &[Damage]) {
    for damage in damages {
        report::note(&damage.to_string());
    }
}

fn of_json(given: &GivenToken) -> Option<Meant> {
    match judge(&given.token) {
        Err(Refusal::Decode(DecodeError::Syntax(_))) => recover(&decode_base64(&given.token).ok()?),
        _ => None,
    }
}

/// Whether a text that is no token is the name of a file here.
fn names_a_file(text: &[u8]) -> bool {
    const LONGEST: usize = 4096;
    let name = std::str::from_utf8(text).ok();
    name.is_some_and(|name| name.len() <= LONGEST && Path::new(name).is_file())
}
