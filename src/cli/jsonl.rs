//! `peertok validate --jsonl`: a stream of tokens in, a stream of verdicts out, in the same order.
//!
//! What one read brings is judged at once, spread over all cores, and written before the next read:
//! memory does not grow with the stream, and a caller who sends one line gets its answer before it
//! sends another.

use super::Status;
use super::input::{Source, cannot_read, open, too_large};
use super::judging::JudgingArgs;
use super::output::ignore_broken_pipe;
use super::report::Failure;
use super::text::{self, without_secrets};
use crate::{Circumstances, Finding, Judge, findings, rules};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::io::{self, ErrorKind, Read, Write};
use std::num::NonZero;
use std::{mem, panic, thread};
use zeroize::{Zeroize, Zeroizing};

/// How much is read at once, in bytes.
const CHUNK: usize = 1 << 20;
/// A thread is given at least so many bytes, if there are, and at most so many bytes and lines: an
/// answer may be longer than its line, and those of all threads are in memory together.
const LEAST: usize = 1 << 14;
const MOST: usize = 1 << 18;
const MOST_LINES: usize = 1 << 12;

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    token: Cow<'a, str>,
}

impl Drop for Line<'_> {
    fn drop(&mut self) {
        if let Cow::Owned(token) = &mut self.token {
            token.zeroize();
        }
    }
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
    findings: Vec<Finding>,
}

impl<'a> Verdict<'a> {
    /// The verdict on a line that holds no token that could be judged.
    fn input(id: Option<&'a RawValue>, error: impl Into<String>) -> Self {
        Self {
            id,
            accepted: false,
            stage: Some("input"),
            error: Some(error.into()),
            findings: Vec::new(),
        }
    }
}

/// How every line is judged.
struct Judging<'a> {
    max_size: usize,
    circumstances: Circumstances<'static>,
    arguments: &'a JudgingArgs,
}

/// Judges every line of the source; the answer is no where one of them is refused or has a finding
/// that makes it so. Rules that cost more than all others together run only where they are denied.
pub(super) fn run(
    source: Source<'_>,
    max_size: usize,
    arguments: &JudgingArgs,
) -> Result<Status, Failure> {
    let mut circumstances = arguments.circumstances();
    circumstances.costly = rules()
        .iter()
        .any(|rule| rule.is_costly() && arguments.denies(rule));
    let judging = Judging {
        max_size,
        circumstances,
        arguments,
    };
    let (name, mut reader): (String, Box<dyn Read>) = match source {
        Source::Argument(_) => {
            let error = Failure::could_not_run("expected a stream of lines, but found a token");
            return Err(error.hint("give @FILE, or - for standard input"));
        }
        Source::File(path) => (path.display().to_string(), Box::new(open(path)?)),
        Source::Stdin => ("standard input".to_owned(), Box::new(io::stdin().lock())),
    };
    let mut out = Output {
        out: io::stdout().lock(),
        status: Status::Done,
    };
    // A line has the token, its ID and some escapes; a longer one is not kept.
    let longest = max_size.saturating_mul(2).saturating_add(CHUNK);
    let mut chunk = Zeroizing::new(vec![0; CHUNK]);
    let mut lines = Zeroizing::new(Vec::with_capacity(longest.min(8 * CHUNK)));
    let mut overlong = false;
    loop {
        let read = match reader.read(&mut chunk) {
            Ok(read) => &chunk[..read],
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(cannot_read(&name, &error)),
        };
        let ended = read.is_empty();
        let whole = memchr::memrchr(b'\n', read).map_or(0, |at| at + 1);
        let (whole, rest) = read.split_at(whole);
        lines.extend_from_slice(whole);
        if !whole.is_empty() || ended {
            let mut judged = lines.as_slice();
            let mut first = Answers::default();
            if mem::take(&mut overlong) {
                let end = memchr::memchr(b'\n', judged).map_or(judged.len(), |at| at + 1);
                judged = &judged[end..];
                let error = format!("expected a line of at most {longest} bytes, but found more");
                first.push(&Verdict::input(None, error));
            }
            let written = out
                .write(&first)
                .and_then(|()| judge_lines(judged, &judging, &mut out))
                .and_then(|()| out.out.flush());
            if written.is_err() {
                return ignore_broken_pipe(written).map(|()| out.status);
            }
            lines.clear();
        }
        if ended {
            return Ok(out.status);
        }
        lines.extend_from_slice(rest);
        if lines.len() > longest {
            overlong = true;
            lines.clear();
        }
    }
}

/// Where answers go, and what they come to.
struct Output<W> {
    out: W,
    status: Status,
}

impl<W: Write> Output<W> {
    fn write(&mut self, answers: &Answers) -> io::Result<()> {
        if answers.no {
            self.status = Status::No;
        }
        self.out.write_all(&answers.text)
    }
}

/// The answers to some lines.
#[derive(Default)]
struct Answers {
    text: Vec<u8>,
    /// Whether one of them is no.
    no: bool,
}

impl Answers {
    fn push(&mut self, verdict: &Verdict<'_>) {
        self.no |= !verdict.accepted;
        // Nothing in a verdict is without a form in JSON.
        let line = serde_json::to_string(verdict).unwrap_or_default();
        self.text.extend_from_slice(text::json(&line).as_bytes());
        self.text.push(b'\n');
    }
}

/// Judges whole lines on all cores, and writes the answers in order.
fn judge_lines<W: Write>(
    mut lines: &[u8],
    judging: &Judging<'_>,
    out: &mut Output<W>,
) -> io::Result<()> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let share = (lines.len() / cores).clamp(LEAST, MOST);
    while !lines.is_empty() {
        let mut pieces = Vec::with_capacity(cores);
        while pieces.len() < cores && !lines.is_empty() {
            let piece = piece(lines, share);
            lines = &lines[piece.len()..];
            pieces.push(piece);
        }
        for answers in judge_pieces(&pieces, judging) {
            out.write(&answers)?;
        }
    }
    Ok(())
}

/// The first lines, up to the one that makes them so many bytes or [`MOST_LINES`].
fn piece(lines: &[u8], share: usize) -> &[u8] {
    let mut line_ends = memchr::memchr_iter(b'\n', lines).enumerate();
    let last = line_ends.find(|(number, at)| *at >= share || number + 1 == MOST_LINES);
    &lines[..last.map_or(lines.len(), |(_, at)| at + 1)]
}

/// Judges each piece on a thread of its own, or where there is none to be had on this one.
fn judge_pieces(pieces: &[&[u8]], judging: &Judging<'_>) -> Vec<Answers> {
    let Some((first, others)) = pieces.split_first() else {
        return Vec::new();
    };
    thread::scope(|scope| {
        let others: Vec<_> = others
            .iter()
            .map(|piece| {
                thread::Builder::new()
                    .spawn_scoped(scope, || judge_piece(piece, judging))
                    .map_err(|_| judge_piece(piece, judging))
            })
            .collect();
        let mut answers = vec![judge_piece(first, judging)];
        answers.extend(others.into_iter().map(|other| {
            match other {
                Ok(thread) => thread
                    .join()
                    .unwrap_or_else(|panic| panic::resume_unwind(panic)),
                Err(answers) => answers,
            }
        }));
        answers
    })
}

fn judge_piece(lines: &[u8], judging: &Judging<'_>) -> Answers {
    let mut judge = Judge::default();
    let mut answers = Answers::default();
    let lines = lines.strip_suffix(b"\n").unwrap_or(lines);
    for line in lines.split(|&byte| byte == b'\n') {
        let verdict = verdict(&mut judge, line, judging);
        answers.no |= judging.arguments.fails(&verdict.findings);
        answers.push(&verdict);
    }
    answers
}

fn verdict<'a>(judge: &mut Judge, line: &'a [u8], judging: &Judging<'_>) -> Verdict<'a> {
    // serde would take an array for an object.
    let is_object = line.trim_ascii_start().first() == Some(&b'{');
    if !is_object {
        let found = match line.trim_ascii().is_empty() {
            true => "an empty line",
            false => "no object",
        };
        return Verdict::input(None, expected(found));
    }
    let read: Line<'_> = match serde_json::from_slice(line) {
        Ok(read) => read,
        Err(error) => return without_token(line, &error),
    };
    if read.token.len() > judging.max_size {
        return Verdict::input(read.id, too_large(judging.max_size));
    }
    let token = read.token.as_bytes();
    let refusal = judge.judge(token).err();
    // A token that cannot be read has no findings.
    let mut found = findings(token, &judging.circumstances).unwrap_or_default();
    judging.arguments.weigh(&mut found);
    Verdict {
        id: read.id,
        accepted: refusal.is_none(),
        stage: refusal.as_ref().map(|refusal| refusal.stage().name()),
        error: refusal.map(|refusal| without_secrets(&refusal.to_string()).into_owned()),
        findings: found,
    }
}

/// Says what is wrong with an object that has no token. What serde_json says might quote one.
fn without_token<'a>(line: &'a [u8], error: &serde_json::Error) -> Verdict<'a> {
    match serde_json::from_slice::<OnlyId<'_>>(line) {
        Ok(only) => Verdict::input(only.id, expected("no text for the token, or two")),
        Err(_) => {
            let found = format!("no JSON at column {}", error.column());
            Verdict::input(None, expected(&found))
        }
    }
}

fn expected(found: &str) -> String {
    format!(r#"expected {{"id":any,"token":"…"}}, but found {found}"#)
}
