//! `mesh.html`: one page about a set of sites, to be read in a browser or on paper.
//!
//! The page holds all that it needs: it has no script, its one style sheet is in it, and its own
//! Content-Security-Policy lets a browser load nothing from anywhere. Texts that come from files
//! are escaped twice, as every output of this crate is and as HTML is. The same report gives the
//! same bytes; what is said of times counts from [`Report::made_at`].

mod content;
mod findings;
mod graph;
#[cfg(test)]
mod parsed;
mod parts;
mod tables;
#[cfg(test)]
mod tests;

pub(crate) use content::{BaseReport, Mode, PairReport, Report, SiteReport};

use crate::text::shown;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use findings::Grouped;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use parts::{Day, LINE_END, Moment, Text, state_name, until};
use ring::digest;

/// The style sheet, which is in the page as it is here.
const STYLE: &str = include_str!("page/style.css");

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
