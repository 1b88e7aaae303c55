//! What was found in the tokens of all pairs, each finding once.

use super::content::Report;
use super::parts::{Code, Command, LINE_END, Text, count};
use crate::finding::{Finding, Level};
use crate::text::one_line;
use maud::{Markup, Render, html};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// The findings of all pairs. The tokens of one acceptor are much alike, so that one finding is
/// told once, with its pairs.
pub(super) struct Grouped<'a> {
    /// Each finding, the worst first, and the pairs that have it.
    findings: Vec<(&'a Finding, Vec<usize>)>,
    /// The place in `findings` of each finding.
    places: BTreeMap<Key<'a>, usize>,
}

/// Two findings with the same key are told as one.
pub(super) type Key<'a> = (Reverse<Level>, &'a str, &'a str, &'a str);

pub(super) fn key(finding: &Finding) -> Key<'_> {
    let level = Reverse(finding.level);
    (level, finding.code, &finding.path, &finding.message)
}

impl<'a> Grouped<'a> {
    pub(super) fn of(report: &'a Report) -> Self {
        let mut by_key = BTreeMap::<_, (&Finding, Vec<usize>)>::new();
        for (index, pair) in report.pairs.iter().enumerate() {
            for finding in &pair.findings {
                let (_, pairs) = by_key.entry(key(finding)).or_insert((finding, Vec::new()));
                if pairs.last() != Some(&index) {
                    pairs.push(index);
                }
            }
        }
        let places = by_key.keys().copied().zip(0..).collect();
        Self {
            findings: by_key.into_values().collect(),
            places,
        }
    }

    /// The finding's number on the page, from 1.
    pub(super) fn number(&self, finding: &Finding) -> usize {
        self.places.get(&key(finding)).map_or(0, |place| place + 1)
    }

    pub(super) fn worst(&self) -> Option<Level> {
        self.findings.first().map(|(finding, _)| finding.level)
    }

    /// What was found, in a sentence.
    pub(super) fn verdict(&self, report: &Report) -> String {
        let of_level = |level: Level| {
            let found = self.findings.iter().filter(|(f, _)| f.level == level);
            Some(found.count()).filter(|number| *number > 0)
        };
        let counts: Vec<_> = [Level::Error, Level::Warning, Level::Note]
            .into_iter()
            .filter_map(|level| of_level(level).map(|number| count(number, level.name())))
            .collect();
        let pairs = report.pairs.iter();
        let bad = pairs.filter(|pair| pair.worst() == Some(Level::Error));
        match self.worst() {
            None => "Nothing was found that fails or hurts.".to_owned(),
            Some(Level::Error) => format!(
                "{} of {} cannot work as they are. Found: {}.",
                bad.count(),
                count(report.pairs.len(), "pair"),
                counts.join(", ")
            ),
            Some(_) => format!("No pair has an error. Found: {}.", counts.join(", ")),
        }
    }

    pub(super) fn section(&self, report: &Report) -> Markup {
        /// The pairs that are named with a finding; the table of pairs has the others.
        const NAMED: usize = 12;
        html! {
            (LINE_END) section {
                (LINE_END) h2 id="findings" { "Findings" }
                @if self.findings.is_empty() {
                    (LINE_END) p { "None." }
                } @else {
                    (LINE_END)
                    ol class="findings" {
                        @for (number, (finding, pairs)) in (1..).zip(&self.findings) {
                            (LINE_END)
                            li id={ "finding-" (number) } {
                                h3 class=(finding.level.name()) {
                                    span class="level" { (finding.level.name()) } " "
                                    (finding.name) " " span class="more" { (finding.code) }
                                }
                                p {
                                    (Text(&one_line(&finding.message)))
                                    " " span class="more" { "at " (Code(&finding.path)) }
                                }
                                p { "To do: " (Command(finding.fix)) "." }
                                p class="more" {
                                    "In " (count(pairs.len(), "pair")) ": "
                                    @for (place, index) in pairs.iter().take(NAMED).enumerate() {
                                        @if place > 0 { ", " }
                                        (PairName { report, index: *index })
                                    }
                                    @if pairs.len() > NAMED {
                                        ", and " (pairs.len() - NAMED) " more in the table of pairs"
                                    }
                                    "."
                                }
                            }
                        }
                        (LINE_END)
                    }
                }
            }
        }
    }
}

/// A pair by the names of its sites, with a link to its row.
pub(super) struct PairName<'a> {
    report: &'a Report,
    index: usize,
}

impl Render for PairName<'_> {
    fn render(&self) -> Markup {
        let Some(pair) = self.report.pairs.get(self.index) else {
            return html! {};
        };
        html! {
            a href={ "#pair-" (self.index + 1) } {
                (Text(self.report.site_name(pair.dialer)))
                " → "
                (Text(self.report.site_name(pair.acceptor)))
            }
        }
    }
}
