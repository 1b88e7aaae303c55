//! The picture of who dials whom: sites on a circle, or a matrix where a circle would be a ball of
//! wool. Each state has a shape or a stroke of its own beside its colour.

use super::content::Report;
use super::parts::{LINE_END, count, state_name};
use crate::finding::Level;
use crate::text::shown;
use maud::{Markup, html};
use std::collections::BTreeSet;
use std::f64::consts::{PI, TAU};
use std::fmt::Write;
use textwrap::core::display_width;

/// With more sites or pairs than this the picture is a matrix.
const MOST_SITES_ON_A_CIRCLE: usize = 24;
const MOST_PAIRS_ON_A_CIRCLE: usize = 100;
/// The longest name in the picture, in characters; the tables have it whole.
const LONGEST_NAME: usize = 24;
/// How wide a character of a name is at most, as an estimate: no font is measured.
const CHARACTER: f64 = 7.6;
/// The states in the order in which they are drawn, the worst on top.
const STATES: [Option<Level>; 4] = [
    None,
    Some(Level::Note),
    Some(Level::Warning),
    Some(Level::Error),
];

/// The picture with its heading and its legend.
pub(super) fn section(report: &Report) -> Markup {
    let number = report.sites.len();
    let as_matrix = number > MOST_SITES_ON_A_CIRCLE || report.pairs.len() > MOST_PAIRS_ON_A_CIRCLE;
    let states: Vec<_> = STATES
        .into_iter()
        .map(|state| {
            let pairs = report.pairs.iter().filter(|pair| pair.worst() == state);
            (state, pairs.count())
        })
        .filter(|(_, pairs)| *pairs > 0)
        .collect();
    let told: Vec<_> = states
        .iter()
        .map(|(state, pairs)| match state {
            None => format!("{pairs} without a finding"),
            Some(level) => format!("{pairs} with {} at worst", article(*level)),
        })
        .collect();
    let told = format!(
        "{}, {}{}{}. The table of pairs tells the same in words.",
        count(number, "site"),
        count(report.pairs.len(), "pair"),
        if told.is_empty() { "" } else { ": " },
        told.join(", "),
    );
    html! {
        (LINE_END) section {
            (LINE_END) h2 id="graph" { "Graph" }
            (LINE_END)
            p {
                @if as_matrix {
                    "Each row is a dialer and each column an acceptor."
                } @else {
                    "Each arrow goes from the dialer to the acceptor."
                }
            }
            (LINE_END)
            figure {
                (LINE_END)
                div class="scroll" role="region" aria-labelledby="graph" tabindex="0" {
                    @if as_matrix { (matrix(report, &told)) } @else { (circle(report, &told)) }
                }
                (LINE_END)
                figcaption {
                    ul class="legend" {
                        @for (state, pairs) in &states {
                            li {
                                (sample(*state, as_matrix))
                                @match state {
                                    None => "no finding",
                                    Some(level) => (level.name()),
                                }
                                " " span class="more" { (pairs) }
                            }
                        }
                    }
                }
                (LINE_END)
            }
        }
    }
}

fn article(level: Level) -> String {
    let article = if level == Level::Error { "an" } else { "a" };
    format!("{article} {level}")
}

/// The drawing, with its name and description for those who do not see it.
fn svg(
    class: &str,
    (width, height): (f64, f64),
    scale: f64,
    told: &str,
    drawing: Markup,
) -> Markup {
    html! {
        svg class=(class) role="img" aria-labelledby="graph-name" aria-describedby="graph-told"
            viewBox=(format!("0 0 {width:.0} {height:.0}"))
            width=(format!("{:.0}", width * scale)) height=(format!("{:.0}", height * scale)) {
            title id="graph-name" { "Who dials whom" }
            desc id="graph-told" { (told) }
            (drawing)
            (LINE_END)
        }
    }
}

/// A name as it is in the picture.
fn name(report: &Report, index: usize) -> String {
    let name = shown(report.site_name(index));
    match name.char_indices().nth(LONGEST_NAME - 1) {
        Some((end, last)) if end + last.len_utf8() < name.len() => format!("{}…", &name[..end]),
        _ => name,
    }
}

fn width_of(name: &str) -> f64 {
    display_width(name) as f64 * CHARACTER
}

/// A place in the drawing.
#[derive(Clone, Copy)]
struct Point {
    x: f64,
    y: f64,
}

impl Point {
    /// The point that is so far from this one on the way to another.
    fn towards(self, other: Self, length: f64) -> Self {
        let whole = (other.x - self.x).hypot(other.y - self.y).max(1.0);
        let part = length / whole;
        Self {
            x: self.x + (other.x - self.x) * part,
            y: self.y + (other.y - self.y) * part,
        }
    }

    /// Moved to the right of the way to another point.
    fn aside(self, other: Self, length: f64) -> Self {
        let whole = (other.x - self.x).hypot(other.y - self.y).max(1.0);
        Self {
            x: self.x - (other.y - self.y) / whole * length,
            y: self.y + (other.x - self.x) / whole * length,
        }
    }
}

fn circle(report: &Report, told: &str) -> Markup {
    /// How far the label of a site is from the middle of its disc.
    const LABEL: f64 = 14.0;
    let number = report.sites.len();
    let radius = (number as f64 * 13.0).max(120.0);
    // Two sites are beside each other, more begin at the top.
    let first = if number <= 2 { PI } else { -PI / 2.0 };
    let names: Vec<_> = (0..number).map(|index| name(report, index)).collect();
    let angles = (0..number).map(|index| first + TAU * index as f64 / number as f64);
    let directions: Vec<_> = angles.map(|angle| (angle.cos(), angle.sin())).collect();
    // A name stands beside its site, or above or below it where it is near the top or the bottom.
    let is_beside = |(x, _): (f64, f64)| number > 2 && x.abs() > 0.35;
    let side = names
        .iter()
        .zip(&directions)
        .map(|(name, direction)| {
            if is_beside(*direction) {
                radius * direction.0.abs() + LABEL + width_of(name)
            } else {
                radius * direction.0.abs() + width_of(name) / 2.0
            }
        })
        .fold(radius, f64::max)
        + 12.0;
    // Where there is none at the bottom, no room is left for it.
    let lowest = directions.iter().map(|(_, y)| *y).fold(0.0, f64::max);
    let (above, below) = match number {
        0..=2 => (40.0, 20.0),
        _ => (radius + 36.0, radius * lowest + 36.0),
    };
    let middle = Point { x: side, y: above };
    let places: Vec<_> = directions
        .iter()
        .map(|(x, y)| Point {
            x: middle.x + radius * x,
            y: middle.y + radius * y,
        })
        .collect();
    let both_ways: BTreeSet<_> = report
        .pairs
        .iter()
        .map(|p| (p.dialer, p.acceptor))
        .collect();
    let mut pairs: Vec<_> = report.pairs.iter().collect();
    pairs.sort_by_key(|pair| pair.worst());
    let drawing = html! {
        @for pair in pairs {
            @if let (Some(from), Some(to)) = (places.get(pair.dialer), places.get(pair.acceptor)) {
                @let apart = both_ways.contains(&(pair.acceptor, pair.dialer));
                (LINE_END)
                g class=(state_name(pair.worst())) {
                    title {
                        (name(report, pair.dialer)) " dials " (name(report, pair.acceptor)) ": "
                        (pair.worst().map_or("no finding", Level::name))
                    }
                    (arrow(*from, *to, pair.worst(), apart))
                }
            }
        }
        @for ((place, direction), name) in places.iter().zip(&directions).zip(&names) {
            @let (anchor, x, y) = match is_beside(*direction) {
                true if direction.0 > 0.0 => ("start", place.x + LABEL, place.y + 5.0),
                true => ("end", place.x - LABEL, place.y + 5.0),
                false if direction.1 > 0.5 => ("middle", place.x, place.y + LABEL + 11.0),
                false => ("middle", place.x, place.y - LABEL),
            };
            (LINE_END)
            circle class="site" cx=(tenths(place.x)) cy=(tenths(place.y)) r="7" {}
            text class="name" x=(tenths(x)) y=(tenths(y)) text-anchor=(anchor) { (name) }
        }
    };
    let class = if side > 240.0 {
        "circle wide"
    } else {
        "circle"
    };
    svg(class, (2.0 * side, above + below), 1.0, told, drawing)
}

/// A line with a head at its end, and a sign on it where something is wrong. Where two sites dial
/// each other, each line keeps to its right.
fn arrow(from: Point, to: Point, state: Option<Level>, apart: bool) -> Markup {
    /// Between the middle of a site and what begins or ends there.
    const GAP: f64 = 10.0;
    let (from, to) = if apart {
        (from.aside(to, 5.0), to.aside(from, -5.0))
    } else {
        (from, to)
    };
    let start = from.towards(to, GAP);
    let tip = to.towards(from, GAP);
    let neck = to.towards(from, GAP + 9.0);
    let (left, right) = (neck.aside(to, -4.0), neck.aside(to, 4.0));
    // Not in the middle, where on a circle many lines meet.
    let length = (to.x - from.x).hypot(to.y - from.y);
    let at = to.towards(from, length * 0.3);
    let line = format!(
        "M{} {}L{} {}",
        tenths(start.x),
        tenths(start.y),
        tenths(neck.x),
        tenths(neck.y)
    );
    let head = format!(
        "M{} {}L{} {}L{} {}z",
        tenths(tip.x),
        tenths(tip.y),
        tenths(left.x),
        tenths(left.y),
        tenths(right.x),
        tenths(right.y)
    );
    html! {
        path class="line" d=(line) {}
        path class="head" d=(head) {}
        (sign(at, state))
    }
}

/// A triangle for a warning and a cross for an error.
fn sign(at: Point, state: Option<Level>) -> Markup {
    let Point { x, y } = at;
    html! {
        @match state {
            Some(Level::Warning) => {
                path class="sign" d=(format!("M{} {}l6 11h-12z", tenths(x), tenths(y - 7.0))) {}
            }
            Some(Level::Error) => {
                path class="sign" d=(format!("M{} {}l10 10m0-10l-10 10", tenths(x - 5.0), tenths(y - 5.0))) {}
            }
            None | Some(Level::Note) => {}
        }
    }
}

fn tenths(number: f64) -> String {
    let text = format!("{number:.1}");
    let text = text.strip_suffix(".0").unwrap_or(&text);
    if text == "-0" {
        "0".to_owned()
    } else {
        text.to_owned()
    }
}

/// The side of a matrix's cell. A hundred of them are as wide as the page at its widest.
const CELL: usize = 11;
/// Every so many cells the grid has a stronger line, for the eye to follow.
const STRONG: usize = 5;

fn matrix(report: &Report, told: &str) -> Markup {
    let number = report.sites.len();
    let names: Vec<_> = (0..number).map(|index| name(report, index)).collect();
    let margin = names.iter().map(|name| width_of(name)).fold(0.0, f64::max) * 0.8;
    let margin = margin.ceil() as usize + 12;
    let side = number * CELL;
    // One path for each state, as thousands of elements would make the page slow.
    let mut cells = STATES.map(|state| (state, String::new()));
    for pair in &report.pairs {
        let known = pair.dialer < number && pair.acceptor < number;
        let cells = cells.iter_mut().find(|(state, _)| *state == pair.worst());
        if let Some((state, path)) = cells.filter(|_| known) {
            let (x, y) = (margin + pair.acceptor * CELL, margin + pair.dialer * CELL);
            push_cell(path, *state, x, y);
        }
    }
    let end = margin + side;
    let (mut grid, mut strong) = (String::new(), String::new());
    let mut diagonal = String::new();
    for index in 0..=number {
        let at = margin + index * CELL;
        // Writing to a String does not fail.
        let lines = if index % STRONG == 0 {
            &mut strong
        } else {
            &mut grid
        };
        let _ = write!(lines, "M{at} {margin}V{end}M{margin} {at}H{end}");
        if index < number {
            let _ = write!(diagonal, "M{at} {at}h{CELL}v{CELL}h-{CELL}z");
        }
    }
    let drawing = html! {
        (LINE_END) path class="diagonal" d=(diagonal) {}
        (LINE_END) path class="grid" d=(grid) {}
        (LINE_END) path class="strong" d=(strong) {}
        @for (state, path) in &cells {
            @if !path.is_empty() {
                (LINE_END) g class=(state_name(*state)) { path class="cell" d=(path) {} }
            }
        }
        @for (index, name) in names.iter().enumerate() {
            @let at = margin + index * CELL + CELL / 2;
            (LINE_END)
            text class="name" x=(margin - 6) y=(at + 4) text-anchor="end" { (name) }
            text class="name" transform=(format!("translate({} {})rotate(-90)", at + 4, margin - 6)) { (name) }
        }
    };
    let scale = if number <= 40 { 1.5 } else { 1.0 };
    let side = (end + 6) as f64;
    svg("matrix", (side, side), scale, told, drawing)
}

/// The shape of a state in a cell whose corner is at x and y.
fn push_cell(path: &mut String, state: Option<Level>, x: usize, y: usize) {
    // Writing to a String does not fail.
    let _ = match state {
        None => write!(path, "M{} {}h3v3h-3z", x + 4, y + 4),
        Some(Level::Note) => write!(path, "M{} {}h5v5h-5z", x + 3, y + 3),
        Some(Level::Warning) => write!(path, "M{}.5 {}l4 8h-8z", x + 5, y + 1),
        Some(Level::Error) => write!(path, "M{} {}l7 7m0-7l-7 7", x + 2, y + 2),
    };
}

/// How a state looks in the picture.
fn sample(state: Option<Level>, as_matrix: bool) -> Markup {
    let mut cell = String::new();
    push_cell(&mut cell, state, 0, 0);
    let y = 7.0;
    html! {
        @if as_matrix {
            svg class="matrix" aria-hidden="true" width="16" height="16" viewBox="0 0 11 11" {
                g class=(state_name(state)) { path class="cell" d=(cell) {} }
            }
        } @else {
            svg class="circle" aria-hidden="true" width="80" height="14" viewBox="0 0 80 14" {
                g class=(state_name(state)) {
                    (arrow(Point { x: -8.0, y }, Point { x: 88.0, y }, state, false))
                }
            }
        }
    }
}
