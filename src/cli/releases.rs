//! What each Consul release says of a token, for people and for programs.

use super::text::{Verdict, one_line};
use crate::input::TokenInput;
use peering_token::{VerdictRange, verdicts};
use serde::Serialize;
use std::fmt::Write;

/// The first release that is judged.
const OLDEST: &str = "1.13.0";

/// The verdicts of all releases, oldest first.
pub(super) struct Releases(Vec<VerdictRange>);

/// The verdict of some releases as an object of JSON output.
#[derive(Serialize)]
pub(super) struct Range {
    from: String,
    before: Option<String>,
    #[serde(flatten)]
    verdict: Verdict,
}

impl Releases {
    /// Judges a token as each release would.
    pub(super) fn of(input: &TokenInput) -> Self {
        Self(verdicts(&input.to_token()))
    }

    /// Whether two releases give different verdicts.
    pub(super) fn disagree(&self) -> bool {
        self.0.len() > 1
    }

    /// Whether one accepts the token and another rejects it.
    fn disagree_on_acceptance(&self) -> bool {
        let accepts = |range: &VerdictRange| range.refusal.is_none();
        self.0.iter().any(accepts) && !self.0.iter().all(accepts)
    }

    pub(super) fn ranges(&self) -> Vec<Range> {
        let ranges = self.0.iter();
        ranges
            .map(|range| Range {
                from: range.from.number(),
                before: range.before.map(|before| before.number()),
                verdict: range.refusal.as_ref().into(),
            })
            .collect()
    }

    /// All verdicts, one a line. Without `all`, what differs: acceptance, or a hint that messages do.
    pub(super) fn pretty(&self, all: bool) -> String {
        let mut out = String::new();
        if !all && !self.disagree() {
            return out;
        }
        if !all && !self.disagree_on_acceptance() {
            return "other Consul releases reject it with other messages: --all-versions shows them\n"
                .to_owned();
        }
        // Writing to a `String` cannot fail.
        let _ = writeln!(
            out,
            "{}",
            if self.disagree() {
                "Consul releases disagree about this token:"
            } else {
                "all Consul releases agree about this token:"
            }
        );
        for range in &self.0 {
            let verdict = match &range.refusal {
                None => "accepted".to_owned(),
                Some(refusal) => {
                    let message = one_line(&refusal.to_string());
                    format!("rejected at stage {}: {message}", refusal.stage())
                }
            };
            let _ = writeln!(out, "  {}: {verdict}", releases(range));
        }
        out
    }
}

/// The releases of a range in words.
fn releases(range: &VerdictRange) -> String {
    let from = range.from.number();
    match (range.before, from == OLDEST) {
        (None, true) => "1.13 and later".to_owned(),
        (None, false) => format!("{from} and later"),
        (Some(before), true) => format!("before {}", before.number()),
        (Some(before), false) => format!("from {from}, before {}", before.number()),
    }
}
