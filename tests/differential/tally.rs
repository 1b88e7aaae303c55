//! What a run has seen: cases by stage and by level, kinds of messages, differences.

use crate::generate::Case;
use crate::known::{Divergence, KNOWN};
use crate::support::kind::kind;
use crate::support::verdict::Verdict;
use peertok::token::Dialect;
use peertok::token::changes::{CHANGES, Rule};
use std::collections::BTreeMap;
use std::fmt;

/// No more differences than that are kept, one of each kind; all are counted.
const KEPT: usize = 10;

#[derive(Default)]
pub struct Tally {
    pub cases: u64,
    pub stages: BTreeMap<String, u64>,
    pub messages: BTreeMap<String, u64>,
    pub known: BTreeMap<&'static str, u64>,
    /// The rules that releases differ in, by how often the answer mattered.
    pub rules: BTreeMap<Rule, u64>,
    pub differences: u64,
    pub kept: Vec<Difference>,
}

pub struct Difference {
    pub case: Case,
    pub ours: Verdict,
    pub go: Verdict,
}

impl Tally {
    pub fn count(&mut self, go: &Verdict) {
        self.cases += 1;
        increase(&mut self.stages, go.stage(), 1);
        increase(&mut self.messages, &kind(go), 1);
    }

    /// Counts the rules that a dialect was asked about in a case.
    pub fn met(&mut self, dialect: &Dialect) {
        for change in CHANGES.iter().filter(|change| dialect.has_met(change.rule)) {
            *self.rules.entry(change.rule).or_default() += 1;
        }
    }

    pub fn differs(&mut self, difference: Difference) {
        self.differences += 1;
        self.keep(difference);
    }

    pub fn add(&mut self, other: Self) {
        self.cases += other.cases;
        self.differences += other.differences;
        for (stage, cases) in other.stages {
            increase(&mut self.stages, &stage, cases);
        }
        for (message, cases) in other.messages {
            increase(&mut self.messages, &message, cases);
        }
        for (name, cases) in other.known {
            *self.known.entry(name).or_default() += cases;
        }
        for (rule, cases) in other.rules {
            *self.rules.entry(rule).or_default() += cases;
        }
        for difference in other.kept {
            self.keep(difference);
        }
    }

    fn keep(&mut self, new: Difference) {
        let kinds = |d: &Difference| [kind(&d.ours), kind(&d.go)];
        if self.kept.len() < KEPT && self.kept.iter().all(|old| kinds(old) != kinds(&new)) {
            self.kept.push(new);
        }
    }

    /// The share of a stage, in percent.
    pub fn share(&self, stage: &str) -> f64 {
        let cases = self.stages.get(stage).copied().unwrap_or_default();
        100.0 * cases as f64 / self.cases as f64
    }
}

fn increase(counts: &mut BTreeMap<String, u64>, name: &str, by: u64) {
    match counts.get_mut(name) {
        Some(count) => *count += by,
        None => drop(counts.insert(name.to_owned(), by)),
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for stage in self.stages.keys() {
            writeln!(f, "{:6.2} % {stage}", self.share(stage))?;
        }
        writeln!(f, "{} distinct messages", self.messages.len())?;
        writeln!(f, "rules that mattered: {:?}", self.rules)?;
        for Divergence { name, reason, .. } in KNOWN {
            let cases = self.known.get(name).copied().unwrap_or_default();
            writeln!(f, "{cases} cases of the known divergence {name}: {reason}")?;
        }
        write!(f, "{} differences", self.differences)
    }
}
