//! The tables of the page: pairs, sites and roots.

use super::content::{PairReport, Report, SiteReport};
use super::findings::Grouped;
use super::parts::{Code, Command, Day, LINE_END, Moment, Text, count, state_name, until};
use crate::finding::Level;
use crate::roots::RootDetails;
use crate::text::shown;
use jiff::Timestamp;
use maud::{Markup, Render, html};

/// A table that scrolls by itself where the page is narrow; a keyboard can reach it and scroll it.
fn table(id: &str, heading: &str, told: Markup, heads: &[&str], bodies: Markup) -> Markup {
    html! {
        (LINE_END) section {
            (LINE_END) h2 id=(id) { (heading) }
            (LINE_END) p id={ (id) "-told" } { (told) }
            (LINE_END)
            div class="scroll" role="region" aria-labelledby=(id) tabindex="0" {
                (LINE_END)
                table class=(id) aria-labelledby=(id) aria-describedby={ (id) "-told" } {
                    (LINE_END)
                    thead { tr { @for head in heads { th scope="col" { (head) } } } }
                    (LINE_END)
                    (bodies)
                    (LINE_END)
                }
                (LINE_END)
            }
        }
    }
}

/// Who dials whom, where, and what is wrong with it. The pairs of one acceptor stand together, so
/// that its addresses and roots are said once for all of them.
pub(super) fn pairs(report: &Report, found: &Grouped<'_>) -> Markup {
    /// The most pairs that share these cells; then they are said again, for those who scroll. What
    /// shares a cell stays together on paper, where a page has room for two times as many.
    const MOST_TOGETHER: usize = 20;
    let told = html! {
        "The dialer opens the connection, to the addresses dialed. A peering’s name at one end "
        "stands for the site at the other end."
    };
    let heads = [
        "Acceptor",
        "Dialer",
        "Findings",
        "Name at acceptor",
        "Name at dialer",
        "Addresses dialed",
        "Acceptor’s roots",
    ];
    let mut pairs: Vec<_> = (1..).zip(&report.pairs).collect();
    pairs.sort_by_key(|(_, pair)| (pair.acceptor, &pair.addresses));
    let alike = |(_, a): &Numbered<'_>, (_, b): &Numbered<'_>| {
        (a.acceptor, &a.addresses) == (b.acceptor, &b.addresses)
    };
    let together = pairs.chunk_by(alike);
    let together = together.flat_map(|pairs| pairs.chunks(MOST_TOGETHER));
    let bodies = html! {
        @for pairs in together {
            (LINE_END)
            tbody {
                @for (place, (number, pair)) in pairs.iter().enumerate() {
                    (LINE_END)
                    tr id={ "pair-" (number) } {
                        @if place == 0 {
                            th scope="rowgroup" rowspan=(pairs.len()) { (site_link(report, pair.acceptor)) }
                        }
                        th class="dialer" scope="row" { (site_link(report, pair.dialer)) }
                        (findings(pair, found))
                        td { (Code(&pair.name_at_acceptor)) }
                        td { (Code(&pair.name_at_dialer)) }
                        @if place == 0 {
                            td rowspan=(pairs.len()) { (addresses(&pair.addresses)) }
                            (acceptor_roots(report, pair, pairs.len()))
                        }
                    }
                }
            }
        }
    };
    table("pairs", "Pairs", told, &heads, bodies)
}

/// A pair and its number on the page.
type Numbered<'a> = (usize, &'a PairReport);

fn findings(pair: &PairReport, found: &Grouped<'_>) -> Markup {
    html! {
        @if pair.findings.is_empty() {
            td class=(state_name(None)) { "none" }
        } @else {
            td {
                ul {
                    @for finding in &pair.findings {
                        li class=(finding.level.name()) {
                            (finding.level.name()) " "
                            a href={ "#finding-" (found.number(finding)) } { (finding.name) }
                        }
                    }
                }
            }
        }
    }
}

fn acceptor_roots(report: &Report, pair: &PairReport, rows: usize) -> Markup {
    let roots = report.sites.get(pair.acceptor).map(|site| &site.roots);
    let roots = roots.map_or(&[][..], |roots| roots);
    let states = roots.iter().map(|root| RootState::at(root, report.made_at));
    let usable = states.filter(|state| state.is_usable()).count();
    let end = roots
        .iter()
        .filter(|root| RootState::at(root, report.made_at).is_usable())
        .filter_map(|root| root.not_after)
        .max();
    html! {
        @if roots.is_empty() {
            td class="note" rowspan=(rows) { "none: no TLS" }
        } @else if usable == 0 {
            td class="error" rowspan=(rows) {
                @if let [root] = roots {
                    (RootState::at(root, report.made_at).told(root, report.made_at))
                } @else {
                    "none of " (roots.len()) " is usable"
                }
            }
        } @else {
            td class=(state_name(None)) rowspan=(rows) {
                @if roots.len() > 1 { (usable) " of " (roots.len()) " usable, " }
                @if let Some(end) = end { "until " (Day(end)) ", " (until(report.made_at, end)) }
            }
        }
    }
}

/// The sites, and what each of them has.
pub(super) fn sites(report: &Report) -> Markup {
    let told = html! {
        "A site without a base is a fresh cluster: restoring its snapshot replaces whatever the "
        "cluster holds."
    };
    let heads = [
        "Site",
        "Datacenter",
        "Server name",
        "Addresses",
        "Roots",
        "Base snapshot",
        "Dials",
        "Accepts",
    ];
    let mut dials = vec![0_usize; report.sites.len()];
    let mut accepts = dials.clone();
    for pair in &report.pairs {
        for (counts, index) in [(&mut dials, pair.dialer), (&mut accepts, pair.acceptor)] {
            if let Some(number) = counts.get_mut(index) {
                *number += 1;
            }
        }
    }
    let bodies = html! { (LINE_END) tbody {
        @for (number, (site, (dials, accepts))) in (1..).zip(report.sites.iter().zip(dials.iter().zip(&accepts))) {
            (LINE_END)
            tr id={ "site-" (number) } {
                th scope="row" { (Text(&site.name)) }
                td { (Code(&site.datacenter)) }
                td class="long" { (Code(&site.server_name)) }
                td { (addresses(&site.addresses)) }
                (root_count(report, site))
                td { (base(report, site)) }
                td class="number" { (dials) }
                td class="number" { (accepts) }
            }
        }
    } };
    table("sites", "Sites", told, &heads, bodies)
}

fn root_count(report: &Report, site: &SiteReport) -> Markup {
    let is_usable = |root: &&RootDetails| RootState::at(root, report.made_at).is_usable();
    let usable = site.roots.iter().filter(is_usable).count();
    html! {
        @match site.roots.len() {
            // A running site that only dials: nobody needs its roots.
            0 if site.server_name.is_empty() => td { "unknown" },
            0 => td class="note" { "none: no TLS" },
            number if number == usable => td class=(state_name(None)) { (number) },
            number => td class=(state_name((usable == 0).then_some(Level::Error))) {
                (usable) " of " (number) " usable"
            }
        }
    }
}

fn base(report: &Report, site: &SiteReport) -> Markup {
    html! {
        @match &site.base {
            None if site.is_new => "none: a fresh cluster",
            None => "none: a running cluster, which is not restored",
            Some(base) => {
                (Code(&base.name))
                @if let Some(saved_at) = base.saved_at {
                    br;
                    (Moment(saved_at)) ", " (until(report.made_at, saved_at))
                }
            }
        }
    }
}

/// The root certificates of all sites, to be compared with what the servers show.
pub(super) fn roots(report: &Report) -> Markup {
    let number = report.sites.iter().map(|site| site.roots.len()).sum();
    let told = html! {
        (count(number, "root certificate")) ". The fingerprint is what "
        (Command("openssl x509 -noout -fingerprint -sha256")) " prints."
    };
    let heads = [
        "Site",
        "Subject",
        "Fingerprint",
        "Valid from",
        "Valid until",
        "State",
    ];
    let at = report.made_at;
    let bodies = html! { (LINE_END) tbody {
        @for (number, site) in (1..).zip(&report.sites) {
            @for root in &site.roots {
                (LINE_END)
                tr {
                    th scope="row" { a href={ "#site-" (number) } { (Text(&site.name)) } }
                    td class="long" { (Text(&root.subject)) br; span class="more" { (Text(&root.key)) } }
                    td class="fingerprint" { (Fingerprint(&root.sha256)) }
                    td class="moment" { (moment(root.not_before)) }
                    td class="moment" { (moment(root.not_after)) }
                    td class=(RootState::at(root, at).name()) {
                        (RootState::at(root, at).told(root, at))
                    }
                }
            }
        }
    } };
    table("roots", "Roots", told, &heads, bodies)
}

/// A SHA-256 in upper-case pairs of digits with colons between, as openssl prints it, which may be
/// broken in the middle.
struct Fingerprint<'a>(&'a str);

impl Render for Fingerprint<'_> {
    fn render(&self) -> Markup {
        let digits: Vec<char> = self.0.to_uppercase().chars().collect();
        let pairs: Vec<String> = digits.chunks(2).map(|pair| pair.iter().collect()).collect();
        let halves: Vec<String> = pairs.chunks(16).map(|half| half.join(":")).collect();
        html! {
            code {
                @for (place, half) in halves.iter().enumerate() {
                    @if place > 0 { ":" wbr; }
                    (shown(half))
                }
            }
        }
    }
}

fn moment(moment: Option<Timestamp>) -> Markup {
    html! {
        @match moment {
            Some(moment) => (Moment(moment)),
            None => "unknown",
        }
    }
}

/// What a root is good for at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RootState {
    Usable,
    NotYetValid,
    Expired,
    NoCa,
}

impl RootState {
    fn at(root: &RootDetails, at: Timestamp) -> Self {
        match () {
            () if !root.is_ca => Self::NoCa,
            () if root.not_before.is_some_and(|begin| at < begin) => Self::NotYetValid,
            () if root.not_after.is_some_and(|end| at > end) => Self::Expired,
            () => Self::Usable,
        }
    }

    fn is_usable(self) -> bool {
        self == Self::Usable
    }

    fn name(self) -> &'static str {
        state_name((!self.is_usable()).then_some(Level::Error))
    }

    fn told(self, root: &RootDetails, at: Timestamp) -> String {
        let distance = |moment: Option<Timestamp>| match moment {
            Some(moment) => format!(" {}", until(at, moment)),
            None => String::new(),
        };
        match self {
            Self::Usable if root.not_after.is_none() => "usable".to_owned(),
            Self::Usable => format!("expires{}", distance(root.not_after)),
            Self::NotYetValid => format!("not valid yet, begins{}", distance(root.not_before)),
            Self::Expired => format!("expired{}", distance(root.not_after)),
            Self::NoCa => "not a CA".to_owned(),
        }
    }
}

fn site_link(report: &Report, index: usize) -> Markup {
    html! { a href={ "#site-" (index.saturating_add(1)) } { (Text(report.site_name(index))) } }
}

fn addresses(addresses: &[String]) -> Markup {
    html! {
        @if addresses.is_empty() { "none" }
        @for (place, address) in addresses.iter().enumerate() {
            @if place > 0 { br; }
            (Code(address))
        }
    }
}
