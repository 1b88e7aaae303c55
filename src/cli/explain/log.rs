//! A log, message by message, in memory that does not grow with it.
//!
//! A message is a line and those that continue it: lines that are empty, start with a blank or hold
//! one of the tries that `18 errors occurred:` lists.
//!
//! Most lines of a log say nothing of peering. Whole blocks of lines are searched for the words of all
//! answers at once, and only the lines that have one are read.

use super::report::Report;
use crate::cli::report::{Failure, note};
use crate::cli::{Status, input::cannot_read};
use crate::explain::{Explainer, Message, Sieve, Strictness};
use crate::whole_file::{MAX_LINE, no_line_end};
use memchr::{memchr, memchr_iter, memmem, memrchr};
use std::io::{self, ErrorKind, Read};
use std::ops::Range;
use zeroize::Zeroizing;

/// How much of a line is read, in bytes.
const LONGEST_LINE: usize = 256 << 10;
/// Up to how many bytes every line is read: making ready to search blocks takes as long.
const SMALL: usize = 64 << 10;
/// How much of a log is in memory at once. It is more than a line.
const BLOCK: usize = 1 << 20;

/// The message that is being read.
struct Current {
    line: usize,
    head: String,
    strict: Message,
    /// What was found if all of it is about peering. An input of one message is taken as if it
    /// were typed, so that only the first message has it.
    generous: Option<Message>,
}

/// What was read of a log.
struct Log<'a> {
    explainer: &'a Explainer,
    /// What finds the lines that are worth reading; none while all are read.
    sieve: Option<Sieve>,
    /// How many bytes were read.
    size: usize,
    report: Report,
    current: Option<Current>,
    /// How many lines were read.
    lines: usize,
    /// How many messages were explained.
    explained: usize,
}

/// Explains what is known in the text that a reader gives.
pub(super) fn run(reader: impl Read, name: &str, report: Report) -> Result<Status, Failure> {
    let explainer = Explainer::new();
    let mut log = Log {
        explainer: &explainer,
        sieve: None,
        size: 0,
        report,
        current: None,
        lines: 0,
        explained: 0,
    };
    let mut blocks = Blocks::new(reader);
    while let Some(block) = blocks.next().map_err(|error| cannot_read(name, &error))? {
        log.block(block)?;
        // Who follows a log sees each message before the next is waited for.
        log.report.flush()?;
    }
    log.finish()
}

impl Log<'_> {
    /// Reads some lines.
    fn block(&mut self, block: &[u8]) -> Result<(), Failure> {
        let part = |from: usize, to: usize| block.get(from..to).unwrap_or_default();
        self.size = self.size.saturating_add(block.len());
        if self.sieve.is_none() && self.size > SMALL {
            self.sieve = Some(Sieve::of(self.explainer));
        }
        let mut done = 0;
        while let Some(at) = self.find(part(done, block.len())) {
            let at = done + at;
            let start = memrchr(b'\n', part(done, at)).map_or(done, |before| done + before + 1);
            let end = memchr(b'\n', part(at, block.len()));
            let end = end.map_or(block.len(), |length| at + length + 1);
            self.pass(part(done, start))?;
            self.read(part(start, end))?;
            done = end;
        }
        self.pass(part(done, block.len()))
    }

    /// Where in some lines there is something that is worth reading.
    fn find(&self, lines: &[u8]) -> Option<usize> {
        match &self.sieve {
            Some(sieve) => sieve.find(lines),
            None => (!lines.is_empty()).then_some(0),
        }
    }

    /// Passes over lines that say nothing. They may end the message before, and start another.
    fn pass(&mut self, lines: &[u8]) -> Result<(), Failure> {
        let mut first = 0;
        if self.current.is_none() && !lines.is_empty() {
            first = memchr(b'\n', lines).map_or(lines.len(), |at| at + 1);
            self.start(self.lines + 1, lines.get(..first).unwrap_or_default());
        }
        let mut end = lines.len();
        while end > first {
            let before = lines.get(first..end - 1).unwrap_or_default();
            let start = memrchr(b'\n', before).map_or(first, |at| first + at + 1);
            let line = lines.get(start..end).unwrap_or_default();
            if !is_continued(line) {
                self.end()?;
                let before = count_lines(lines.get(..start).unwrap_or_default());
                self.start(self.lines + before + 1, line);
                break;
            }
            end = start;
        }
        self.lines += count_lines(lines);
        Ok(())
    }

    /// Reads a line that may say something.
    fn read(&mut self, line: &[u8]) -> Result<(), Failure> {
        self.lines += 1;
        let line = line.get(..LONGEST_LINE).unwrap_or(line);
        if self.current.is_none() || !continues(line) {
            self.end()?;
            self.start(self.lines, line);
        }
        let text = String::from_utf8_lossy(line);
        if let Some(Current {
            strict, generous, ..
        }) = &mut self.current
        {
            self.explainer.read(strict, &text);
            if let Some(generous) = generous {
                self.explainer.read(generous, &text);
            }
        }
        Ok(())
    }

    /// Starts a message with the line of that number.
    fn start(&mut self, line: usize, head: &[u8]) {
        let head = head.get(..LONGEST_LINE).unwrap_or(head);
        let is_first = self.current.is_none();
        self.current = Some(Current {
            line,
            head: String::from_utf8_lossy(head).trim_end().to_owned(),
            strict: Message::new(Strictness::Log),
            generous: is_first.then(|| Message::new(Strictness::Argument)),
        });
    }

    /// Ends the message before another.
    fn end(&mut self) -> Result<(), Failure> {
        if let Some(Current {
            line, head, strict, ..
        }) = &self.current
            && !strict.causes().is_empty()
        {
            self.explained += 1;
            self.report.message(Some((*line, head)), strict.causes())?;
        }
        Ok(())
    }

    /// Ends the log.
    fn finish(mut self) -> Result<Status, Failure> {
        if let Some(current) = &mut self.current
            && let Some(generous) = current.generous.take()
        {
            current.strict = generous;
        }
        self.end()?;
        let causes = self.report.finish()?;
        let counted =
            |number, one: &str| format!("{number} {one}{}", if number == 1 { "" } else { "s" });
        let lines = counted(self.lines, "line");
        if self.explained == 0 {
            return Err(Failure::no(format!(
                "expected an error of peering that is known, but found none in {lines}"
            ))
            .hint("an error that is given as an argument is looked up with less care")
            .hint("peertok explain --list tells all that is known"));
        }
        let messages = counted(self.explained, "message");
        let causes = counted(causes, "cause");
        note(&format!("explained {messages} in {lines}, with {causes}"));
        Ok(Status::Done)
    }
}

/// Whether a line starts as those do that continue a message.
fn is_continued(line: &[u8]) -> bool {
    matches!(
        line.first(),
        Some(b' ' | b'\t' | b'*' | b')' | b'\n' | b'\r')
    )
}

fn continues(line: &[u8]) -> bool {
    const TRY: &[u8] = b"* failed to exchange peering secret";
    is_continued(line)
        || memmem::find(line, TRY).is_some() && memmem::find(line, b"occurred:").is_none()
}

/// How many lines there are, the last of which may have no end.
fn count_lines(lines: &[u8]) -> usize {
    let is_open = !lines.is_empty() && !lines.ends_with(b"\n");
    memchr_iter(b'\n', lines).count() + usize::from(is_open)
}

/// A log in blocks of whole lines, each as soon as it was read.
struct Blocks<R> {
    reader: R,
    buffer: Zeroizing<Vec<u8>>,
    /// Where in the buffer there is what was read and not given yet.
    pending: Range<usize>,
    /// How much of a line that is too long was left out, while its end is looked for.
    left_out: Option<usize>,
}

impl<R: Read> Blocks<R> {
    fn new(reader: R) -> Self {
        Self {
            reader,
            buffer: Zeroizing::new(vec![0; BLOCK]),
            pending: 0..0,
            left_out: None,
        }
    }

    /// The next lines. A line of more than a block is cut, and the rest of it left out.
    fn next(&mut self) -> io::Result<Option<&[u8]>> {
        // What was given is done with, and the start of a line goes to the front.
        self.buffer.copy_within(self.pending.clone(), 0);
        let mut end = self.pending.len();
        loop {
            let free = self.buffer.get_mut(end..).unwrap_or_default();
            let count = match self.reader.read(free) {
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                read => read?,
            };
            let mut start = end;
            end += count;
            if let Some(left_out) = self.left_out {
                let new = self.buffer.get(start..end).unwrap_or_default();
                match memchr(b'\n', new) {
                    None if count == 0 => return Ok(None),
                    None if left_out > MAX_LINE => return Err(no_line_end()),
                    None => {
                        self.left_out = Some(left_out + count);
                        end = 0;
                        continue;
                    }
                    Some(at) => {
                        self.left_out = None;
                        self.buffer.copy_within(at + 1..end, 0);
                        end -= at + 1;
                        start = 0;
                    }
                }
            }
            let new = self.buffer.get(start..end).unwrap_or_default();
            let given = match memrchr(b'\n', new) {
                Some(last) => start + last + 1,
                None if count == 0 => end,
                None if end == self.buffer.len() => {
                    self.left_out = Some(0);
                    end
                }
                None => continue,
            };
            self.pending = given..end;
            let block = self.buffer.get(..given).unwrap_or_default();
            return Ok((!block.is_empty()).then_some(block));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Format;
    use proptest::prelude::*;
    use std::sync::LazyLock;

    /// Gives what it has in pieces of these lengths.
    struct Pieces<'a>(&'a [u8], std::iter::Cycle<std::vec::IntoIter<usize>>);

    impl Read for Pieces<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let length = self.1.next().unwrap_or(1).max(1);
            let length = length.min(out.len()).min(self.0.len());
            let (piece, rest) = self.0.split_at(length);
            out[..length].copy_from_slice(piece);
            self.0 = rest;
            Ok(length)
        }
    }

    /// What is told of a log that is read in such pieces.
    fn told(text: &[u8], pieces: Vec<usize>, sieve: Option<Sieve>) -> (String, usize, usize) {
        // Making these takes longer than a case.
        static EXPLAINER: LazyLock<Explainer> = LazyLock::new(Explainer::new);
        let mut log = Log {
            explainer: &EXPLAINER,
            sieve,
            size: 0,
            report: Report::new(Format::Json),
            current: None,
            lines: 0,
            explained: 0,
        };
        let mut blocks = Blocks::new(Pieces(text, pieces.into_iter().cycle()));
        while let Some(block) = blocks.next().unwrap() {
            log.block(block).unwrap();
        }
        log.end().unwrap();
        (log.report.pending().to_owned(), log.lines, log.explained)
    }

    /// Parts of lines: what answers have, what makes a line about peering, and what continues one.
    const PARTS: [&str; 16] = [
        "\n",
        "\n",
        "\n* ",
        "\n ",
        "\nUsage: x",
        "/v1/peering/",
        "connect: connection refused",
        "missing selected ALPN property",
        "lookup a: no such host",
        "* failed to exchange peering secret through address \"a:1\": ",
        "* failed to exchange peering secret through address \\\"a:1\\\": ",
        "2 errors occurred:",
        "\\u003ca\\u003e",
        "invalid peering stream secret",
        "noise \u{fffd}",
        "\r",
    ];

    proptest! {
        #![proptest_config(peertok_testing::config(64))]

        /// What is passed over says nothing: it is told the same where every line is read.
        #[test]
        fn a_sieve_changes_nothing(
            parts in prop::collection::vec(prop::sample::select(&PARTS[..]), 0..40),
            pieces in prop::collection::vec(1..200usize, 1..5),
        ) {
            static SIEVE: LazyLock<Sieve> = LazyLock::new(|| Sieve::of(&Explainer::new()));
            let text = parts.concat();
            let all = told(text.as_bytes(), vec![1 << 20], None);
            prop_assert_eq!(told(text.as_bytes(), pieces, Some(SIEVE.clone())), all);
        }
    }

    fn blocks(text: &[u8], pieces: Vec<usize>) -> Vec<Vec<u8>> {
        let mut blocks = Blocks::new(Pieces(text, pieces.into_iter().cycle()));
        let mut all = Vec::new();
        while let Some(block) = blocks.next().unwrap() {
            all.push(block.to_vec());
        }
        all
    }

    proptest! {
        #[test]
        fn blocks_are_whole_lines_and_all_of_them(
            lines in prop::collection::vec("[ab]{0,9}", 0..20),
            pieces in prop::collection::vec(1..30usize, 1..5),
            is_open: bool,
        ) {
            let mut text = lines.join("\n");
            if !is_open {
                text.push('\n');
            }
            let blocks = blocks(text.as_bytes(), pieces);
            prop_assert_eq!(blocks.concat(), text.as_bytes());
            for block in blocks.iter().rev().skip(1) {
                prop_assert!(block.ends_with(b"\n"));
            }
        }
    }

    #[test]
    fn a_line_that_is_too_long_is_cut() {
        let long = "x".repeat(3 * BLOCK);
        let text = format!("a\n{long}\nb\n{long}");
        for piece in [1000, BLOCK, 8 * BLOCK] {
            let blocks = blocks(text.as_bytes(), vec![piece]);
            let text = blocks.concat();
            assert_eq!(text.len(), 2 + BLOCK + 2 + BLOCK);
            let short: Vec<u8> = text.into_iter().filter(|byte| *byte != b'x').collect();
            assert_eq!(short, b"a\nb\n");
        }
    }

    #[test]
    fn a_line_without_an_end_is_an_error() {
        let mut blocks = Blocks::new(io::repeat(0));
        assert_eq!(blocks.next().unwrap().map(<[u8]>::len), Some(BLOCK));
        assert!(blocks.next().is_err());
    }
}
