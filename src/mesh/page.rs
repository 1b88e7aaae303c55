//! `mesh.html`: one page about a set of sites, to be read in a browser or on paper.
//!
//! The page holds all that it needs: it has no script, its one style sheet is in it, and its own
//! Content-Security-Policy lets a browser load nothing from anywhere. Texts that come from files
//! are escaped twice, as every output of this crate is and as HTML is. The same report gives the
//! same bytes; what is said of times counts from [`Report::made_at`].

mod graph;
#[cfg(test)]
mod parsed;
mod tables;
#[cfg(test)]
mod tests;

use crate::text::{date, distance, one_line, shown};
use crate::{Finding, Level, RootDetails};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use maud::{DOCTYPE, Markup, PreEscaped, Render, html};
use ring::digest;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// The style sheet, which is in the page as it is here.
const STYLE: &str = include_str!("page/style.css");
/// A line end between elements, where the page would else be one line.
const LINE_END: PreEscaped<&str> = PreEscaped("\n");

/// What the page tells; nothing in it is secret.
#[derive(Debug, Clone)]
pub(crate) struct Report {
    /// The page's heading, such as the name of the file that describes the sites.
    pub(crate) title: String,
    /// When the kit was made, which is also the moment at which dates are judged.
    pub(crate) made_at: Timestamp,
    /// How its peerings come up.
    pub(crate) mode: Mode,
    /// The sites, in the order of the file.
    pub(crate) sites: Vec<SiteReport>,
    /// The pairs, in the order of the file.
    pub(crate) pairs: Vec<PairReport>,
}

/// How the peerings of a kit come up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// The dialer establishes with a token.
    Token,
    /// Both ends are seeded, and peer by themselves.
    Active,
}

/// One site.
#[derive(Debug, Clone)]
pub(crate) struct SiteReport {
    /// Its name in the kit.
    pub(crate) name: String,
    /// Its Consul datacenter.
    pub(crate) datacenter: String,
    /// The name in its servers' certificates, `server.<datacenter>.peering.<trust domain>`.
    pub(crate) server_name: String,
    /// Where its servers or mesh gateways are reached from outside, with port.
    pub(crate) addresses: Vec<String>,
    /// Its roots; none where it peers in plaintext.
    pub(crate) roots: Vec<RootDetails>,
    /// The snapshot that its own was made from; none for a new cluster, or one that is not restored.
    pub(crate) base: Option<BaseReport>,
    /// Whether its cluster is a new one.
    pub(crate) is_new: bool,
}

/// The snapshot that a site's own was made from.
#[derive(Debug, Clone)]
pub(crate) struct BaseReport {
    /// The file's name.
    pub(crate) name: String,
    /// When it was saved, if it says so.
    pub(crate) saved_at: Option<Timestamp>,
}

/// Two sites that peer.
#[derive(Debug, Clone)]
pub(crate) struct PairReport {
    /// The index in [`Report::sites`] of the site that dials.
    pub(crate) dialer: usize,
    /// The index of the site that accepts.
    pub(crate) acceptor: usize,
    /// The peering's name at the dialer, which stands for the acceptor.
    pub(crate) name_at_dialer: String,
    /// The peering's name at the acceptor, which stands for the dialer.
    pub(crate) name_at_acceptor: String,
    /// The addresses in the token that are dialed.
    pub(crate) addresses: Vec<String>,
    /// What was found in the token.
    pub(crate) findings: Vec<Finding>,
}

impl Report {
    /// A site's name; an index that no site has gives an empty one.
    fn site_name(&self, index: usize) -> &str {
        self.sites.get(index).map_or("", |site| &site.name)
    }
}

impl PairReport {
    /// The level of the worst finding.
    fn worst(&self) -> Option<Level> {
        self.findings.iter().map(|finding| finding.level).max()
    }
}

/// A text from a file, escaped, and kept from changing the direction of what is around it.
struct Text<'a>(&'a str);

impl Render for Text<'_> {
    fn render(&self) -> Markup {
        html! { bdi { (shown(self.0)) } }
    }
}

/// The same for what is read by the letter: names in certificates, addresses.
struct Code<'a>(&'a str);

impl Render for Code<'_> {
    fn render(&self) -> Markup {
        html! { code { (shown(self.0)) } }
    }
}

/// A text of this crate's own that has flags in it, none of which is broken at its dashes.
struct Command<'a>(&'a str);

impl Render for Command<'_> {
    fn render(&self) -> Markup {
        html! {
            @for word in self.0.split_inclusive(' ') {
                @if word.starts_with('-') { span class="flag" { (word) } } @else { (word) }
            }
        }
    }
}

/// The page, as HTML.
pub(crate) fn page(report: &Report) -> String {
    let title = html! { (shown(&report.title)) ": a mesh of Consul sites" };
    let found = Grouped::of(report);
    let page = html! {
        (DOCTYPE) (LINE_END)
        html lang="en" {
            (LINE_END)
            head {
                (LINE_END) meta charset="utf-8";
                (LINE_END) meta http-equiv="Content-Security-Policy" content=(policy());
                (LINE_END) meta name="viewport" content="width=device-width, initial-scale=1";
                (LINE_END) meta name="color-scheme" content="light dark";
                (LINE_END) meta name="referrer" content="no-referrer";
                (LINE_END) title { (title) }
                // Else a browser asks for /favicon.ico where the page comes from a server.
                (LINE_END) link rel="icon" href="data:,";
                (LINE_END) style { (PreEscaped(STYLE)) }
                (LINE_END)
            }
            (LINE_END)
            body {
                (LINE_END) a class="skip" href="#main" { "Skip to the content" }
                (LINE_END) header { (header(report)) (LINE_END) }
                (LINE_END)
                main id="main" {
                    (summary(report, &found))
                    (graph::section(report))
                    (found.section(report))
                    (tables::pairs(report, &found))
                    (tables::sites(report))
                    (tables::roots(report))
                    (LINE_END)
                }
                (LINE_END)
                footer {
                    p {
                        "Written by peertok. This page holds no "
                        "token, no secret and no private key, and asks for nothing from anywhere."
                    }
                }
                (LINE_END)
            }
            (LINE_END)
        }
        (LINE_END)
    };
    page.into_string()
}

/// What a browser may load for the page: its own style sheet, known by its sum, and an empty icon.
fn policy() -> String {
    let sum = digest::digest(&digest::SHA256, STYLE.as_bytes());
    let sum = BASE64_STANDARD.encode(sum);
    format!(
        "default-src 'none'; style-src 'sha256-{sum}'; img-src data:; base-uri 'none'; form-action 'none'"
    )
}

fn header(report: &Report) -> Markup {
    let mode = match report.mode {
        Mode::Token => "Each dialer establishes its peerings with the tokens in its folder.",
        Mode::Active => "Both ends of each pair are seeded, and peer by themselves once restored.",
    };
    html! {
        (LINE_END) h1 { (Text(&report.title)) }
        (LINE_END)
        p class="lead" {
            "Consul sites that peer, as made on " (Moment(report.made_at)) ". " (mode)
        }
        (LINE_END)
        nav aria-label="Parts of this page" {
            ul {
                @for (id, name) in [
                    ("graph", "Graph"),
                    ("findings", "Findings"),
                    ("pairs", "Pairs"),
                    ("sites", "Sites"),
                    ("roots", "Roots"),
                ] {
                    li { a href={ "#" (id) } { (name) } }
                }
            }
        }
    }
}

fn summary(report: &Report, found: &Grouped<'_>) -> Markup {
    let first_to_end = report
        .sites
        .iter()
        .flat_map(|site| site.roots.iter().map(move |root| (root.not_after, site)))
        .filter_map(|(end, site)| Some((end?, site)))
        .min_by_key(|(end, _)| *end);
    let clean = report.pairs.iter().filter(|pair| pair.findings.is_empty());
    let clean = clean.count();
    html! {
        (LINE_END) section class="summary" {
            (LINE_END) h2 id="summary" { "Summary" }
            (LINE_END)
            p class={ "verdict " (state_name(found.worst())) } {
                (found.verdict(report))
            }
            (LINE_END)
            dl {
                div { dt { "Sites" } dd { (report.sites.len()) } }
                div { dt { "Pairs" } dd { (report.pairs.len()) } }
                div { dt { "Pairs without a finding" } dd { (clean) } }
                div {
                    dt { "First root to end" }
                    dd {
                        @match first_to_end {
                            Some((end, site)) => {
                                (Day(end))
                                " " span class="more" {
                                    (Text(&site.name)) ", " (until(report.made_at, end))
                                }
                            }
                            None => "no roots",
                        }
                    }
                }
            }
        }
    }
}

/// A moment to the second.
struct Moment(Timestamp);

impl Render for Moment {
    fn render(&self) -> Markup {
        html! { time datetime=(self.0) { (date(Some(self.0))) } }
    }
}

/// A moment to the day, in UTC.
struct Day(Timestamp);

impl Render for Day {
    fn render(&self) -> Markup {
        html! { time datetime=(self.0) { (self.0.strftime("%Y-%m-%d")) } }
    }
}

/// How far a moment is: `in 9 years`, `3 days ago`.
fn until(now: Timestamp, moment: Timestamp) -> String {
    if moment < now {
        format!("{} ago", distance(moment, now))
    } else {
        format!("in {}", distance(now, moment))
    }
}

/// The name of a state. An element of this class gets a sign before its text from the style sheet,
/// so that states differ by more than colour; what the sign means is always said in words too.
fn state_name(worst: Option<Level>) -> &'static str {
    worst.map_or("fine", Level::name)
}

/// A number and what is counted, `1 pair`, `2 pairs`.
fn count(number: usize, of: &str) -> String {
    format!("{number} {of}{}", if number == 1 { "" } else { "s" })
}

/// The findings of all pairs. The tokens of one acceptor are much alike, so that one finding is
/// told once, with its pairs.
struct Grouped<'a> {
    /// Each finding, the worst first, and the pairs that have it.
    findings: Vec<(&'a Finding, Vec<usize>)>,
    /// The place in `findings` of each finding.
    places: BTreeMap<Key<'a>, usize>,
}

/// Two findings with the same key are told as one.
type Key<'a> = (Reverse<Level>, &'a str, &'a str, &'a str);

fn key(finding: &Finding) -> Key<'_> {
    let level = Reverse(finding.level);
    (level, finding.code, &finding.path, &finding.message)
}

impl<'a> Grouped<'a> {
    fn of(report: &'a Report) -> Self {
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
    fn number(&self, finding: &Finding) -> usize {
        self.places.get(&key(finding)).map_or(0, |place| place + 1)
    }

    fn worst(&self) -> Option<Level> {
        self.findings.first().map(|(finding, _)| finding.level)
    }

    /// What was found, in a sentence.
    fn verdict(&self, report: &Report) -> String {
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

    fn section(&self, report: &Report) -> Markup {
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
struct PairName<'a> {
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
