//! What `decode` and `validate` say of an input that a server cannot read: what it may have been.

use super::report::{self, Failure};
use super::text::one_line;
use crate::inspect::Inspection;
use crate::recovery::{Damage, Lookalike, Partial, Recovery};
use peering_token::Refusal;
use std::fmt::Write;
use std::fs;

/// What to do about a token whose end is lost.
const GET_IT_AGAIN: &str = "what is missing cannot be made up: copy the whole token again from where it was printed, or generate another";

/// Adds to an inspection that the input is the name of a file that is here. Names are listed and
/// compared, so that a token which was damaged is never handed to the system as a path.
pub(super) fn notice_file_name(inspection: &mut Inspection<'_>, text: &[u8]) {
    if inspection.content.is_some() || inspection.recovery.is_some() || text.is_empty() {
        return;
    }
    let files = fs::read_dir(".").into_iter().flatten().flatten();
    let mut names = files.map(|file| file.file_name());
    if names.any(|name| name.as_encoded_bytes() == text) {
        inspection.recovery = Some(Recovery::Lookalike(Lookalike::FileName));
    }
}

/// The failure of a command that needs a token which a server accepts or can read.
pub(super) fn with_hint(failure: Failure, inspection: &Inspection<'_>) -> Failure {
    match &inspection.recovery {
        Some(recovery) => failure.hint(hint(recovery)),
        None => failure,
    }
}

/// Says on standard error what was done.
pub(super) fn note(recovery: &Recovery) {
    match recovery {
        Recovery::Token(repaired) => note_damages(&repaired.damages),
        Recovery::Truncated(partial) => {
            note_damages(&partial.damages);
            report::note(&format!(
                "the end of the token is missing: {}",
                place(partial)
            ));
        }
        Recovery::Lookalike(_) => {}
    }
}

/// What to do next, in a line.
pub(super) fn hint(recovery: &Recovery) -> String {
    match recovery {
        Recovery::Token(repaired) => match &repaired.refusal {
            None => {
                "a server takes the mended token, which peertok decode --repair prints".to_owned()
            }
            Some(refusal) => mended_is_refused(refusal),
        },
        Recovery::Truncated(_) => GET_IT_AGAIN.to_owned(),
        Recovery::Lookalike(mistaken) => {
            format!("this looks like {mistaken}: {}", mistaken.advice())
        }
    }
}

/// The lines that follow a verdict.
pub(super) fn pretty(recovery: &Recovery) -> String {
    let mut out = String::new();
    let mut line = |text: &str| {
        // Writing to a `String` cannot fail.
        let _ = writeln!(out, "{text}");
    };
    match recovery {
        Recovery::Token(repaired) => {
            line("meant is a peering token that was damaged; what was undone:");
            for damage in &repaired.damages {
                line(&format!("  {damage}"));
            }
        }
        Recovery::Truncated(partial) => {
            line("meant is a peering token whose end is missing:");
            line(&format!("  {}", place(partial)));
            for damage in &partial.damages {
                line(&format!("  {damage}"));
            }
        }
        Recovery::Lookalike(_) => {}
    }
    line(&one_line(&hint(recovery)));
    out
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
