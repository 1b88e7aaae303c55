//! What `explain` prints, message by message, for people and for programs.

use super::pretty;
use crate::cli::Format;
use crate::cli::output::{ignore_broken_pipe, print, print_whole, safe_json};
use crate::cli::report::Failure;
use crate::cli::text::shown;
use crate::explain::{Cause, Page};
use serde::Serialize;
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
            Format::Json => print_whole(&out),
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
        let head = place.map(|(_, head)| shown(head));
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
            print_whole(&out)?;
        }
        Ok(self.told.len())
    }
}

fn values(cause: &Cause) -> Vec<Value<'_>> {
    let values = cause.values.iter();
    values
        .map(|(name, value)| Value {
            name,
            value: value.clone(),
        })
        .collect()
}

fn to_json(value: &impl Serialize) -> Result<String, Failure> {
    match serde_json::to_string(value) {
        Ok(json) => Ok(safe_json(&json).to_string()),
        Err(error) => ignore_broken_pipe(Err(io::Error::other(error))).map(|()| String::new()),
    }
}
