//! What `explain` prints, message by message, for people and for programs.

use super::pretty;
use crate::cli::Format;
use crate::cli::output::{ignore_broken_pipe, print, print_data};
use crate::cli::report::Failure;
use crate::cli::text::{self, Nearest, shown, without_secrets};
use crate::explain::{Cause, Page};
use peertok_secret::redacted;
use serde::Serialize;
use std::borrow::Cow;
use std::io;

/// The start of the JSON object, whose matches are written as they are found.
const JSON_START: &str = "{\"schema\":\"peertok.explain/1\",\"matches\":[";

pub(super) struct Report {
    format: Format,
    /// The answers that were told in full, each with the line of its first message.
    told: Vec<(&'static str, Option<usize>)>,
    pages: Vec<Page>,
    /// Whether a match was written.
    started: bool,
    /// Whether a page was printed last, which has a blank line after it.
    after_page: bool,
    /// What is to be printed, until [`Report::flush`].
    out: String,
}

#[derive(Serialize)]
struct Match<'a> {
    line: Option<usize>,
    text: Option<String>,
    name: &'a str,
    tries: usize,
    values: Vec<Value<'a>>,
}

#[derive(Serialize)]
struct Value<'a> {
    name: &'a str,
    value: String,
}

#[derive(Serialize)]
struct PageOutput<'a> {
    code: Option<&'a str>,
    name: &'a str,
    kind: &'a str,
    what: &'a str,
    place: &'a str,
    texts: &'a [&'a str],
    sections: Vec<Section<'a>>,
    related: &'a [&'a str],
}

#[derive(Serialize)]
struct Section<'a> {
    heading: &'a str,
    text: &'a str,
}

impl Report {
    pub(super) fn new(format: Format) -> Self {
        Self {
            format,
            told: Vec::new(),
            pages: Vec::new(),
            started: false,
            after_page: false,
            out: String::new(),
        }
    }

    /// What was found since it was printed last.
    #[cfg(test)]
    pub(super) fn pending(&self) -> &str {
        &self.out
    }

    /// Prints what was found since the last time.
    pub(super) fn flush(&mut self) -> Result<(), Failure> {
        if self.out.is_empty() {
            return Ok(());
        }
        let out = std::mem::take(&mut self.out);
        match self.format {
            Format::Pretty => print(&out),
            Format::Json => print_data(&out),
        }
    }

    /// Prints one page, asked for by its name.
    pub(super) fn page(&mut self, page: &Page) -> Result<(), Failure> {
        match self.format {
            Format::Pretty => print(&pretty::page(page, None)),
            Format::Json => {
                self.pages.push(page.clone());
                self.finish().map(|_| ())
            }
        }
    }

    /// Prints a line for each page, or in JSON all pages.
    pub(super) fn list(&mut self, pages: impl Iterator<Item = Page>) -> Result<(), Failure> {
        match self.format {
            Format::Pretty => print(&pretty::list(pages)),
            Format::Json => {
                self.pages.extend(pages);
                self.finish().map(|_| ())
            }
        }
    }

    /// Takes note of what was found in a message, with its first line and that line's number in a log.
    pub(super) fn message(
        &mut self,
        place: Option<(usize, &str)>,
        causes: &[Cause],
    ) -> Result<(), Failure> {
        let line = place.map(|(line, _)| line);
        let head = place.map(|(_, head)| shown(&without_named_secrets(head)));
        let mut out = std::mem::take(&mut self.out);
        if self.format == Format::Pretty
            && let (Some(line), Some(head)) = (line, &head)
        {
            if self.after_page {
                out.push('\n');
                self.after_page = false;
            }
            out.push_str(&pretty::head(line, head));
        }
        for cause in causes {
            let name = cause.answer.name;
            let told = self.told.iter().find(|(known, _)| *known == name).copied();
            if told.is_none() {
                self.told.push((name, line));
                self.pages.push(Page::from(cause.answer));
            }
            match (self.format, told) {
                (Format::Json, _) => {
                    self.json_start(&mut out);
                    let found = Match {
                        line,
                        text: head.clone(),
                        name,
                        tries: cause.tries,
                        values: values(cause),
                    };
                    out.push_str(&to_json(&found)?);
                }
                (Format::Pretty, None) => {
                    if self.after_page {
                        out.push('\n');
                    }
                    self.after_page = true;
                    out.push_str(&pretty::page(&Page::from(cause.answer), Some(cause)));
                }
                (Format::Pretty, Some((_, first))) => {
                    out.push_str(&pretty::again(cause, first));
                }
            }
            self.started = true;
        }
        self.out = out;
        Ok(())
    }

    /// Writes what stands before a match.
    fn json_start(&self, out: &mut String) {
        out.push_str(if self.started { "," } else { JSON_START });
    }

    /// Ends the output. Gives the number of different causes.
    pub(super) fn finish(&mut self) -> Result<usize, Failure> {
        self.flush()?;
        if self.format == Format::Json {
            let mut out = String::new();
            if !self.started {
                self.json_start(&mut out);
            }
            out.push_str("],\"pages\":[");
            for (at, page) in self.pages.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                let sections = page.sections.iter();
                out.push_str(&to_json(&PageOutput {
                    code: page.code,
                    name: page.name,
                    kind: page.kind,
                    what: page.what,
                    place: &page.place,
                    texts: &page.texts,
                    sections: sections
                        .map(|(heading, text)| Section { heading, text })
                        .collect(),
                    related: &page.related,
                })?);
            }
            out.push_str("]}\n");
            print_data(&out)?;
        }
        Ok(self.told.len())
    }
}

fn values(cause: &Cause) -> Vec<Value<'_>> {
    let values = cause.values.iter();
    values
        .map(|(name, value)| Value {
            name,
            value: without_secrets(&without_named_secrets(value)).into_owned(),
        })
        .collect()
}

fn to_json(value: &impl Serialize) -> Result<String, Failure> {
    match serde_json::to_string(value) {
        Ok(json) => Ok(text::json(&json).into_owned()),
        Err(error) => ignore_broken_pipe(Err(io::Error::other(error))).map(|()| String::new()),
    }
}

/// A line without the values of members, flags, headers and variables whose names end in "secret",
/// "secretID" or "token", which a log may hold.
fn without_named_secrets(line: &str) -> Cow<'_, str> {
    const NAMES: [&str; 2] = ["secret", "token"];
    let lower = line.to_ascii_lowercase();
    let mut names = Nearest::new(&lower, NAMES);
    let mut shown = String::with_capacity(line.len());
    let mut from = 0;
    while let Some((_, after)) = names.from(from) {
        let rest = line.get(after..).unwrap_or_default();
        let name = match rest.get(..2) {
            Some(id) if id.eq_ignore_ascii_case("id") => 2,
            _ => 0,
        };
        let value = rest.get(name..).unwrap_or_default();
        let start = value.trim_start_matches(['"', '\'', '\\', ':', '=', ' ']);
        let in_uuid = |c: char| !(c.is_ascii_hexdigit() || c == '-');
        let length = start.find(in_uuid).unwrap_or(start.len());
        let begin = after + name + (value.len() - start.len());
        shown.push_str(line.get(from..begin).unwrap_or_default());
        from = begin;
        // Shorter than any UUID with a part missing that still tells much.
        if length >= 16 {
            let secret = start.get(..length).unwrap_or_default();
            shown.push_str(&redacted(secret.as_bytes()));
            from += length;
        }
    }
    shown.push_str(line.get(from..).unwrap_or_default());
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_in_a_log_are_not_shown() {
        let secret = "08551fd2-ae58-51d7-89a6-2819d3207341";
        for line in [
            format!("{{\"EstablishmentSecret\":\"{secret}\"}}"),
            format!("{{\\\"EstablishmentSecret\\\": \\\"{secret}\\\"}}"),
            format!("active_stream_secretID={secret} x"),
            format!("secret secret: {secret}"),
            format!("> X-Consul-Token: {secret}"),
            format!("CONSUL_HTTP_TOKEN={secret} consul peering list -token {secret}"),
        ] {
            let shown = without_named_secrets(&line);
            assert!(!shown.contains(&secret[..18]), "{shown}");
            assert!(shown.contains("<redacted, sha256:"), "{shown}");
        }
        let plain = "invalid peering stream secret: peer_id=08551fd2-ae58";
        assert_eq!(without_named_secrets(plain), plain);
    }
}
