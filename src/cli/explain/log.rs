//! A log, message by message, in memory that does not grow with it.
//!
//! A message is a line and those that continue it: lines that are empty, start with a blank or hold
//! one of the tries that `18 errors occurred:` lists.

use super::report::Report;
use crate::cli::report::{Failure, note};
use crate::cli::{Status, input::cannot_read};
use crate::explain::{Explainer, Message, Strictness};
use std::io::{self, BufRead, Read};

/// How much of a line is read, in bytes.
const LONGEST_LINE: usize = 256 << 10;

/// The message that is being read.
struct Current {
    line: usize,
    head: String,
    strict: Message,
    /// What was found if all of it is about peering. An input of one message is taken as if it
    /// were typed, so that only the first message has it.
    generous: Option<Message>,
}

/// Explains what is known in the text that a reader gives.
pub(super) fn run(
    mut reader: impl BufRead,
    name: &str,
    mut report: Report,
) -> Result<Status, Failure> {
    let explainer = Explainer::new();
    let mut current: Option<Current> = None;
    let (mut lines, mut explained) = (0, 0);
    let mut buffer = Vec::new();
    while next_line(&mut reader, &mut buffer).map_err(|error| cannot_read(name, &error))? {
        lines += 1;
        let line = String::from_utf8_lossy(&buffer);
        let goes_on = continues(&line);
        if current.is_none() || !goes_on {
            let next = Current {
                line: lines,
                head: line.trim_end().to_owned(),
                strict: Message::new(Strictness::Log),
                generous: current
                    .is_none()
                    .then(|| Message::new(Strictness::Argument)),
            };
            if let Some(Current {
                line, head, strict, ..
            }) = current.replace(next)
                && !strict.causes().is_empty()
            {
                explained += 1;
                report.message(Some((line, &head)), strict.causes())?;
            }
        }
        if let Some(Current {
            strict, generous, ..
        }) = &mut current
        {
            explainer.read(strict, &line);
            if let Some(generous) = generous {
                explainer.read(generous, &line);
            }
        }
    }
    if let Some(Current {
        line,
        head,
        strict,
        generous,
    }) = current
    {
        let found = generous.unwrap_or(strict);
        if !found.causes().is_empty() {
            explained += 1;
            report.message(Some((line, &head)), found.causes())?;
        }
    }
    let causes = report.finish()?;
    let counted =
        |number, one: &str| format!("{number} {one}{}", if number == 1 { "" } else { "s" });
    if explained == 0 {
        let read = counted(lines, "line");
        return Err(Failure::no(format!(
            "expected an error of peering that is known, but found none in {read}"
        ))
        .hint("an error that is given as an argument is looked up with less care")
        .hint("peertok explain --list tells all that is known"));
    }
    let (messages, causes) = (counted(explained, "message"), counted(causes, "cause"));
    note(&format!(
        "explained {messages} in {}, with {causes}",
        counted(lines, "line")
    ));
    Ok(Status::Done)
}

fn continues(line: &str) -> bool {
    line.starts_with([' ', '\t', '*', ')', '\n', '\r'])
        || line.contains("* failed to exchange peering secret") && !line.contains("occurred:")
}

/// Reads a line into the buffer, and leaves out what is too much. Tells whether there was one.
fn next_line(reader: &mut impl BufRead, buffer: &mut Vec<u8>) -> io::Result<bool> {
    buffer.clear();
    let limit = u64::try_from(LONGEST_LINE).unwrap_or(u64::MAX);
    if reader.by_ref().take(limit).read_until(b'\n', buffer)? == 0 {
        return Ok(false);
    }
    let mut ended = buffer.ends_with(b"\n") || buffer.len() < LONGEST_LINE;
    while !ended {
        let rest = reader.fill_buf()?;
        let end = memchr::memchr(b'\n', rest);
        ended = end.is_some() || rest.is_empty();
        let used = end.map_or(rest.len(), |end| end + 1);
        reader.consume(used);
    }
    Ok(true)
}
