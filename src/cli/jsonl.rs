//! `peertok validate --jsonl`: a stream of tokens in, a stream of verdicts out, in the same order.
//!
//! What one read brings is judged at once, spread over all cores, and written before the next read:
//! memory does not grow with the stream, and a caller who sends one line gets its answer before it
//! sends another.

use super::Status;
use super::input::{Source, cannot_read, open, too_large};
use super::output::ignore_broken_pipe;
use super::report::Failure;
use super::validate::Finding;
use crate::Judge;
use crate::secret::json_fault;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::num::NonZero;
use std::thread;
use zeroize::Zeroizing;

/// How much is read at once, in bytes.
const CHUNK: usize = 1 << 20;
/// Fewer bytes than this are not worth another thread.
const SHARE: usize = 1 << 14;

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    token: Cow<'a, str>,
}

/// What can be said of a line whose token is missing or no text.
#[derive(Deserialize)]
struct OnlyId<'a> {
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
}

#[derive(Serialize)]
struct Verdict<'a> {
    id: Option<&'a RawValue>,
    accepted: bool,
    stage: Option<&'static str>,
    error: Option<String>,
    findings: [Finding; 0],
}

impl<'a> Verdict<'a> {
    /// The verdict on a line that holds no token that could be judged.
    fn input(id: Option<&'a RawValue>, error: String) -> Self {
        Self {
            id,
            accepted: false,
            stage: Some("input"),
            error: Some(error),
            findings: [],
        }
    }
}

/// Judges every line of the source; the answer is no where one of them is refused.
pub(super) fn run(source: Source<'_>, max_size: usize) -> Result<Status, Failure> {
    let (name, reader): (String, Box<dyn Read>) = match source {
        Source::Argument(_) => {
            let error = Failure::could_not_run("expected a stream of lines, but found a token");
            return Err(error.hint("give @FILE, or - for standard input"));
        }
        Source::File(path) => (path.display().to_string(), Box::new(open(path)?)),
        Source::Stdin => ("standard input".to_owned(), Box::new(io::stdin().lock())),
    };
    let mut reader = BufReader::with_capacity(CHUNK, reader);
    let mut out = io::stdout().lock();
    // A line has the token, its ID and some escapes; a longer one is not kept.
    let longest = max_size.saturating_mul(2).saturating_add(CHUNK);
    let mut lines = Zeroizing::new(Vec::new());
    let mut overlong = false;
    let mut status = Status::Done;
    loop {
        let read = reader
            .fill_buf()
            .map_err(|error| cannot_read(&name, &error))?;
        let ended = read.is_empty();
        let last_line_end = memchr::memrchr(b'\n', read);
        let taken = last_line_end.map_or(read.len(), |at| at + 1);
        lines.extend_from_slice(&read[..taken]);
        reader.consume(taken);
        if last_line_end.is_none() && !ended {
            if lines.len() > longest {
                overlong = true;
                lines.clear();
            }
            continue;
        }
        let mut answers = Vec::new();
        let mut whole = lines.as_slice();
        if std::mem::take(&mut overlong) {
            let end = memchr::memchr(b'\n', whole).map_or(whole.len(), |at| at + 1);
            whole = &whole[end..];
            answers.push(Answers::input(too_large(max_size)));
        }
        answers.extend(judge_lines(whole, max_size));
        lines.clear();
        for answers in answers {
            if answers.refused {
                status = Status::No;
            }
            if let Err(error) = out.write_all(&answers.text) {
                return ignore_broken_pipe(Err(error)).map(|()| status);
            }
        }
        ignore_broken_pipe(out.flush())?;
        if ended {
            return Ok(status);
        }
    }
}

/// The answers to some lines.
#[derive(Default)]
struct Answers {
    text: Vec<u8>,
    refused: bool,
}

impl Answers {
    /// The answer to a line that is too long to be kept.
    fn input(error: String) -> Self {
        let mut answers = Self::default();
        answers.push(&Verdict::input(None, error));
        answers
    }

    fn push(&mut self, verdict: &Verdict<'_>) {
        self.refused |= !verdict.accepted;
        // A vector takes all that is written to it.
        let _ = serde_json::to_writer(&mut self.text, verdict);
        self.text.push(b'\n');
    }
}

/// Judges whole lines on all cores, and gives the answers in order.
fn judge_lines(mut lines: &[u8], max_size: usize) -> Vec<Answers> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let share = (lines.len() / cores).max(SHARE);
    let mut pieces = Vec::with_capacity(cores);
    while !lines.is_empty() {
        let from = share.min(lines.len()) - 1;
        let end = memchr::memchr(b'\n', &lines[from..]).map_or(lines.len(), |at| from + at + 1);
        let (piece, rest) = lines.split_at(end);
        pieces.push(piece);
        lines = rest;
    }
    thread::scope(|scope| {
        let mut pieces = pieces.into_iter();
        let first = pieces.next();
        let others: Vec<_> = pieces
            .map(|piece| scope.spawn(move || judge_piece(piece, max_size)))
            .collect();
        let first = first.map(|piece| judge_piece(piece, max_size));
        let others = others.into_iter().filter_map(|other| other.join().ok());
        first.into_iter().chain(others).collect()
    })
}

fn judge_piece(lines: &[u8], max_size: usize) -> Answers {
    let mut judge = Judge::default();
    let mut answers = Answers::default();
    let lines = lines.strip_suffix(b"\n").unwrap_or(lines);
    for line in lines.split(|&byte| byte == b'\n') {
        answers.push(&verdict(&mut judge, line, max_size));
    }
    answers
}

fn verdict<'a>(judge: &mut Judge, line: &'a [u8], max_size: usize) -> Verdict<'a> {
    let line: Line<'_> = match serde_json::from_slice(line) {
        Ok(line) => line,
        Err(error) => {
            let id = serde_json::from_slice(line)
                .ok()
                .and_then(|line: OnlyId<'_>| line.id);
            let expected = r#"expected {"id":any,"token":"…"}"#;
            return Verdict::input(id, format!("{expected}, but found {}", json_fault(&error)));
        }
    };
    if line.token.len() > max_size {
        return Verdict::input(line.id, too_large(max_size));
    }
    let refusal = judge.judge(line.token.as_bytes()).err();
    Verdict {
        id: line.id,
        accepted: refusal.is_none(),
        stage: refusal.as_ref().map(|refusal| refusal.stage().name()),
        error: refusal.map(|refusal| refusal.to_string()),
        findings: [],
    }
}
