//! The small parts that all sections of the page are made of.

use crate::finding::Level;
use crate::text::{date, distance, shown};
use jiff::Timestamp;
use maud::{Markup, PreEscaped, Render, html};

/// A line end between elements, where the page would else be one line.
pub(super) const LINE_END: PreEscaped<&str> = PreEscaped("\n");

/// A text from a file, escaped, and kept from changing the direction of what is around it.
pub(super) struct Text<'a>(pub(super) &'a str);

impl Render for Text<'_> {
    fn render(&self) -> Markup {
        html! { bdi { (shown(self.0)) } }
    }
}

/// The same for what is read by the letter: names in certificates, addresses.
pub(super) struct Code<'a>(pub(super) &'a str);

impl Render for Code<'_> {
    fn render(&self) -> Markup {
        html! { code { (shown(self.0)) } }
    }
}

/// A text of this crate's own that has flags in it, none of which is broken at its dashes.
pub(super) struct Command<'a>(pub(super) &'a str);

impl Render for Command<'_> {
    fn render(&self) -> Markup {
        html! {
            @for word in self.0.split_inclusive(' ') {
                @if word.starts_with('-') { span class="flag" { (word) } } @else { (word) }
            }
        }
    }
}

/// A moment to the second.
pub(super) struct Moment(pub(super) Timestamp);

impl Render for Moment {
    fn render(&self) -> Markup {
        html! { time datetime=(self.0) { (date(Some(self.0))) } }
    }
}

/// A moment to the day, in UTC.
pub(super) struct Day(pub(super) Timestamp);

impl Render for Day {
    fn render(&self) -> Markup {
        html! { time datetime=(self.0) { (self.0.strftime("%Y-%m-%d")) } }
    }
}

/// How far a moment is: `in 9 years`, `3 days ago`.
pub(super) fn until(now: Timestamp, moment: Timestamp) -> String {
    if moment < now {
        format!("{} ago", distance(moment, now))
    } else {
        format!("in {}", distance(now, moment))
    }
}

/// The name of a state. An element of this class gets a sign before its text from the style sheet,
/// so that states differ by more than colour; what the sign means is always said in words too.
pub(super) fn state_name(worst: Option<Level>) -> &'static str {
    worst.map_or("fine", Level::name)
}

/// A number and what is counted, `1 pair`, `2 pairs`.
pub(super) fn count(number: usize, of: &str) -> String {
    format!("{number} {of}{}", if number == 1 { "" } else { "s" })
}
