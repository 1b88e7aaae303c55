//! `peertok validate --jsonl`: a stream of tokens in, a stream of verdicts out, in the same order.
//!
//! One thread reads, one for each core judges, and one writes. What one read brings goes to the next
//! judge that is free, and the writer waits for the answers in the order of the reads. So a caller who
//! sends one line gets its answer before it sends another, and memory does not grow with the stream:
//! the reader waits when more than [`BUDGET`] is under way.

use super::Status;
use super::input::{Source, cannot_read, open, too_large};
use super::judging::JudgingArgs;
use super::output::ignore_broken_pipe;
use super::report::Failure;
use super::secrets::wipe_stack;
use super::text::{self, Verdict};
use crate::finding::{Context, Finding, rules};
use crate::inspect::Inspector;
use crate::whole_file::{MAX_LINE, no_line_end};
use peering_token::GoRelease;
use peering_token::schema::Field;
use peertok_secret::{Redactor, Secret};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::io::{self, ErrorKind, Read, Write};
use std::num::NonZero;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::{mem, panic, thread};
use zeroize::{Zeroize, Zeroizing};

/// How much is read at once, in bytes: what a pipe holds.
const CHUNK: usize = 1 << 16;
/// A buffer's size, unless a line is longer: the start of a line and what is read next.
const BUFFER: usize = 2 * CHUNK;
/// How many bytes may be under way between reader and writer: whole buffers, and answers.
const BUDGET: usize = 1 << 23;
/// What the answer to a line is reckoned at. A longer one quotes the line's token.
const ANSWER: usize = 256;

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
struct Answer<'a> {
    id: Option<Cow<'a, RawValue>>,
    #[serde(flatten)]
    verdict: Verdict,
    findings: Vec<Finding>,
}

impl<'a> Answer<'a> {
    /// The verdict on a line that holds no token that could be judged.
    fn input(id: Option<&'a RawValue>, error: impl Into<String>) -> Self {
        Self {
            id: id.map(|id| text::raw_json_without_secrets(id, &Redactor::new())),
            verdict: Verdict::of_input(error.into()),
            findings: Vec::new(),
        }
    }

    /// The verdict on a token, without secrets in what it quotes: all else is text of our own.
    fn new(
        id: Option<&'a RawValue>,
        mut verdict: Verdict,
        mut findings: Vec<Finding>,
        redactor: &Redactor,
    ) -> Self {
        let hide = |text: &mut String| {
            if let Cow::Owned(shown) = redactor.value(text) {
                *text = shown;
            }
        };
        if let Some(error) = verdict.error_mut() {
            hide(error);
        }
        for finding in &mut findings {
            hide(&mut finding.path);
            hide(&mut finding.message);
        }
        Self {
            id: id.map(|id| text::raw_json_without_secrets(id, redactor)),
            verdict,
            findings,
        }
    }
}

/// How every line is judged.
struct Judging {
    max_size: usize,
    go: GoRelease,
    context: Context<'static>,
    arguments: JudgingArgs,
}

/// Judges every line of the source; the answer is no where one of them is refused or has a finding
/// that makes it so. Rules that cost more than all others together run only where they are denied.
pub(super) fn run(
    source: Source<'_>,
    max_size: usize,
    go: GoRelease,
    arguments: &JudgingArgs,
) -> Result<Status, Failure> {
    let mut context = arguments.context();
    context.costly = rules()
        .iter()
        .any(|rule| rule.is_costly() && arguments.denies(rule));
    let judging = Judging {
        max_size,
        go,
        context,
        arguments: arguments.clone(),
    };
    let (name, input): (String, Box<dyn Read + Send>) = match source {
        Source::Argument(_) => {
            let error = Failure::could_not_run("expected a stream of lines, but found a token");
            return Err(error.hint("give @FILE, or - for standard input"));
        }
        Source::File(path) => (path.display().to_string(), Box::new(open(path)?)),
        Source::Stdin => ("standard input".to_owned(), Box::new(io::stdin())),
    };
    let (questions, unanswered) = mpsc::channel();
    let (answers, in_order) = mpsc::channel();
    let (written, freed) = mpsc::channel();
    let judges = start_judges(unanswered, judging)?;
    let mut reader = LineReader {
        questions,
        answers,
        freed,
        under_way: 0,
        spare: Vec::new(),
    };
    // A line has the token, its ID and some escapes; a longer one is not kept.
    let longest = max_size.saturating_mul(2).saturating_add(1 << 20);
    // The reader may wait for input for ever, so that nothing waits for it when the output is closed.
    let reader = thread::Builder::new()
        .spawn(move || {
            let read = reader.read(input, longest);
            wipe_stack();
            read
        })
        .map_err(|error| no_thread(&error))?;
    let mut status = Status::Done;
    let mut out = io::stdout().lock();
    for answered in in_order {
        let Ok(Answered { question, answers }) = answered.recv() else {
            return Err(Failure::could_not_run("a thread that judges tokens failed"));
        };
        if answers.no {
            status = Status::No;
        }
        let wrote = out.write_all(&answers.text).and_then(|()| out.flush());
        if wrote.is_err() {
            return ignore_broken_pipe(wrote).map(|()| status);
        }
        // The reader may have ended.
        _ = written.send(question);
    }
    drop(written);
    let read = reader
        .join()
        .unwrap_or_else(|panic| panic::resume_unwind(panic));
    for judge in judges {
        judge
            .join()
            .unwrap_or_else(|panic| panic::resume_unwind(panic));
    }
    match read {
        Ok(()) => Ok(status),
        Err(error) => Err(cannot_read(&name, &error)),
    }
}

/// Starts a judge for each core, or as many as can be had.
fn start_judges(
    questions: Receiver<(Question, Sender<Answered>)>,
    judging: Judging,
) -> Result<Vec<thread::JoinHandle<()>>, Failure> {
    let judging = Arc::new(judging);
    let questions = Arc::new(Mutex::new(questions));
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let mut judges = Vec::with_capacity(cores);
    for _ in 0..cores {
        let (questions, judging) = (Arc::clone(&questions), Arc::clone(&judging));
        let judge = thread::Builder::new().spawn(move || {
            let mut inspector = Inspector::of(judging.go);
            loop {
                let next = questions
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .recv();
                let Ok((question, answered)) = next else {
                    return wipe_stack();
                };
                let answers = answer(&mut inspector, question.lines(), &judging);
                // Nobody waits for it once the output is closed.
                _ = answered.send(Answered { question, answers });
            }
        });
        match judge {
            Ok(judge) => judges.push(judge),
            Err(_) if !judges.is_empty() => break,
            Err(error) => return Err(no_thread(&error)),
        }
    }
    Ok(judges)
}

fn no_thread(error: &io::Error) -> Failure {
    Failure::could_not_run(format!("cannot start a thread: {error}"))
}

/// Whole lines to be judged; a buffer of which a part is filled.
struct Question {
    buffer: Zeroizing<Vec<u8>>,
    filled: usize,
}

impl Question {
    fn lines(&self) -> &[u8] {
        &self.buffer[..self.filled]
    }

    /// What the buffer and the answers are reckoned to take. A buffer counts as a whole, since one
    /// that is used again was filled before.
    fn cost(&self) -> usize {
        self.buffer.len() + ANSWER * memchr::memchr_iter(b'\n', self.lines()).count()
    }
}

struct Answered {
    question: Question,
    answers: Answers,
}

/// The reading end: cuts the input into whole lines and hands them on.
struct LineReader {
    questions: Sender<(Question, Sender<Answered>)>,
    answers: Sender<Receiver<Answered>>,
    /// What has been written, to be filled again.
    freed: Receiver<Question>,
    under_way: usize,
    spare: Vec<Zeroizing<Vec<u8>>>,
}

impl LineReader {
    /// Reads to the end of the input, or until nobody wants the answers.
    fn read(&mut self, mut input: impl Read, longest: usize) -> io::Result<()> {
        let mut buffer = self.buffer();
        let mut filled = 0;
        let mut overlong = false;
        let mut left_out = 0;
        loop {
            if filled == buffer.len() {
                // A buffer that grows leaves copies of secrets behind, so a new one takes its place.
                let mut longer = Zeroizing::new(vec![0; 2 * buffer.len()]);
                longer[..filled].copy_from_slice(&buffer);
                buffer = longer;
            }
            let most = buffer.len().min(filled + CHUNK);
            let read = match input.read(&mut buffer[filled..most]) {
                Ok(read) => read,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let ended = read == 0;
            let mut fresh = filled..filled + read;
            filled += read;
            if overlong {
                let end = memchr::memchr(b'\n', &buffer[fresh.clone()]);
                if end.is_none() && !ended {
                    left_out += read;
                    if left_out > MAX_LINE {
                        return Err(no_line_end());
                    }
                    filled = 0;
                    continue;
                }
                left_out = 0;
                let after = fresh.start + end.map_or(0, |at| at + 1);
                buffer.copy_within(after..filled, 0);
                filled -= after;
                fresh = 0..filled;
                overlong = false;
                let error = format!("expected a line of at most {longest} bytes, but found more");
                if !self.refuse(error) {
                    return Ok(());
                }
            }
            let end = match memchr::memrchr(b'\n', &buffer[fresh.clone()]) {
                _ if ended => filled,
                Some(at) => fresh.start + at + 1,
                None => 0,
            };
            if end > 0 {
                let mut next = self.buffer();
                let rest = filled - end;
                next[..rest].copy_from_slice(&buffer[end..filled]);
                filled = rest;
                let question = Question {
                    buffer: mem::replace(&mut buffer, next),
                    filled: end,
                };
                if !self.ask(question) {
                    return Ok(());
                }
            }
            if ended {
                return Ok(());
            }
            if filled > longest {
                overlong = true;
                filled = 0;
            }
        }
    }

    /// Answers a line that is not judged; false where nobody wants the answers.
    fn refuse(&self, error: String) -> bool {
        let mut answers = Answers::default();
        answers.push(&Answer::input(None, error));
        let question = Question {
            buffer: Zeroizing::default(),
            filled: 0,
        };
        let (answered, answer) = mpsc::channel();
        _ = answered.send(Answered { question, answers });
        self.answers.send(answer).is_ok()
    }

    /// A buffer to read into.
    fn buffer(&mut self) -> Zeroizing<Vec<u8>> {
        self.spare
            .pop()
            .unwrap_or_else(|| Zeroizing::new(vec![0; BUFFER]))
    }

    /// Hands lines to the judges once there is room for them; false where nobody wants the answers.
    fn ask(&mut self, question: Question) -> bool {
        let cost = question.cost();
        loop {
            let full = self.under_way > 0 && self.under_way + cost > BUDGET;
            let freed = if full {
                self.freed.recv().ok()
            } else {
                self.freed.try_recv().ok()
            };
            let Some(freed) = freed else { break };
            self.under_way -= freed.cost();
            if freed.buffer.len() == BUFFER {
                self.spare.push(freed.buffer);
            }
        }
        self.under_way += cost;
        let (answered, answer) = mpsc::channel();
        self.answers.send(answer).is_ok() && self.questions.send((question, answered)).is_ok()
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
    fn push(&mut self, verdict: &Answer<'_>) {
        self.no |= !verdict.verdict.is_accepted();
        let start = self.text.len();
        // Nothing in a verdict is without a form in JSON.
        _ = serde_json::to_writer(&mut self.text, verdict);
        let line = self.text.get(start..).unwrap_or_default();
        // Only these bytes are in what a terminal would act on.
        if !line.is_ascii() || line.contains(&0x7f) {
            let line = text::json(&String::from_utf8_lossy(line)).into_owned();
            self.text.truncate(start);
            self.text.extend_from_slice(line.as_bytes());
        }
        self.text.push(b'\n');
    }
}

fn answer(inspector: &mut Inspector, lines: &[u8], judging: &Judging) -> Answers {
    // An answer takes about a quarter of a line with a token.
    let mut answers = Answers {
        text: Vec::with_capacity(lines.len() / 4),
        no: false,
    };
    let lines = lines.strip_suffix(b"\n").unwrap_or(lines);
    let mut from = 0;
    for end in memchr::memchr_iter(b'\n', lines).chain([lines.len()]) {
        let verdict = verdict(inspector, &lines[from..end], judging);
        answers.no |= judging.arguments.fails(&verdict.findings);
        answers.push(&verdict);
        from = end + 1;
    }
    answers
}

/// What one judge answers to whole lines, where no flags are given, for the benches.
pub fn jsonl_answers(context: Context<'static>) -> impl FnMut(&[u8]) -> Vec<u8> {
    let judging = Judging {
        max_size: usize::MAX,
        go: GoRelease::REFERENCE,
        context,
        arguments: JudgingArgs::without_flags(),
    };
    let mut inspector = Inspector::of(judging.go);
    move |lines| answer(&mut inspector, lines, &judging).text
}

fn verdict<'a>(inspector: &mut Inspector, line: &'a [u8], judging: &Judging) -> Answer<'a> {
    // serde would take an array for an object.
    let is_object = line.trim_ascii_start().first() == Some(&b'{');
    if !is_object {
        let found = if line.trim_ascii().is_empty() {
            "an empty line"
        } else {
            "no object"
        };
        return Answer::input(None, expected(found));
    }
    let read: Line<'_> = match serde_json::from_slice(line) {
        Ok(read) => read,
        Err(error) => return without_token(line, &error),
    };
    if read.token.len() > judging.max_size {
        return Answer::input(read.id, too_large(judging.max_size));
    }
    let token = read.token.as_bytes();
    let inspection = inspector.inspect_bare(token, &judging.context);
    let mut redactor = Redactor::new();
    if let Some(content) = &inspection.content {
        let secret = content.fields.text(Field::EstablishmentSecret).unescape();
        redactor.know(Secret::new(secret.into_owned()));
    }
    let (refusal, mut findings) = (inspection.refusal, inspection.findings);
    judging.arguments.weigh(&mut findings);
    Answer::new(read.id, refusal.as_ref().into(), findings, &redactor)
}

/// Says what is wrong with an object that has no token. What serde_json says might quote one.
fn without_token<'a>(line: &'a [u8], error: &serde_json::Error) -> Answer<'a> {
    match serde_json::from_slice::<OnlyId<'_>>(line) {
        Ok(only) => Answer::input(only.id, expected("no text for the token, or two")),
        Err(_) => {
            let found = format!("no JSON at column {}", error.column());
            Answer::input(None, expected(&found))
        }
    }
}

fn expected(found: &str) -> String {
    format!(r#"expected {{"id":any,"token":"…"}}, but found {found}"#)
}

#[cfg(test)]
mod tests {
    use super::*;
    use peertok_testing as testing;
    use proptest::prelude::*;

    /// Brings a text in reads of these sizes.
    struct Pieces<'a>(&'a [u8], std::iter::Cycle<std::slice::Iter<'a, usize>>);

    impl Read for Pieces<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let size = buffer.len().min(*self.1.next().unwrap());
            self.0.read(&mut buffer[..size])
        }
    }

    /// What a reader hands to the judges, and how many answers it gives itself.
    fn questions(text: &[u8], sizes: &[usize], longest: usize) -> (Vec<Vec<u8>>, usize) {
        let (questions, unanswered) = mpsc::channel();
        let (answers, in_order) = mpsc::channel();
        let (_written, freed) = mpsc::channel();
        let mut reader = LineReader {
            questions,
            answers,
            freed,
            under_way: 0,
            spare: Vec::new(),
        };
        let pieces = Pieces(text, sizes.iter().cycle());
        reader.read(pieces, longest).unwrap();
        drop(reader);
        let asked: Vec<_> = unanswered
            .into_iter()
            .map(|(question, _)| question.lines().to_vec())
            .collect();
        let own = in_order.into_iter().count() - asked.len();
        (asked, own)
    }

    proptest! {
        #![proptest_config(testing::config(8))]

        /// However the input comes, whole lines go out and nothing is lost.
        #[test]
        fn lines_stay_whole(
            lengths in prop::collection::vec(prop_oneof![0_usize..40, 200_000_usize..300_000], 0..8),
            sizes in prop::collection::vec(prop_oneof![1_usize..100, 10_000_usize..CHUNK], 1..4),
            ends in any::<bool>(),
        ) {
            let lines: Vec<_> = lengths.iter().map(|&length| vec![b'x'; length]).collect();
            let mut text = lines.join(&b'\n');
            if ends {
                text.push(b'\n');
            }
            let (asked, own) = questions(&text, &sizes, 1 << 20);
            prop_assert_eq!(own, 0);
            prop_assert_eq!(asked.concat(), text);
            let ends_a_line = |lines: &Vec<u8>| lines.ends_with(b"\n");
            prop_assert!(asked.iter().rev().skip(1).all(ends_a_line));
        }
    }

    /// However little each read brings, the reader waits once its buffers are under way.
    #[test]
    fn memory_does_not_grow_while_nobody_reads_the_answers() {
        /// Brings a line with each read, and says so.
        struct Lines(Sender<()>, usize);
        impl Read for Lines {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                self.1 = match self.1.checked_sub(1) {
                    Some(left) => left,
                    None => return Ok(0),
                };
                self.0.send(()).unwrap();
                (&b"{}\n"[..]).read(buffer)
            }
        }
        const LINES: usize = 4 * BUDGET / BUFFER;
        let (questions, unanswered) = mpsc::channel();
        let (answers, _in_order) = mpsc::channel();
        let (written, freed) = mpsc::channel();
        let mut reader = LineReader {
            questions,
            answers,
            freed,
            under_way: 0,
            spare: Vec::new(),
        };
        let (brought, reads) = mpsc::channel();
        let reader = thread::spawn(move || reader.read(Lines(brought, LINES), 1 << 20));
        let wait = std::time::Duration::from_millis(300);
        let mut early = 0;
        while early < LINES && reads.recv_timeout(wait).is_ok() {
            early += 1;
        }
        assert!(early <= BUDGET / BUFFER + 2, "{early}");
        // Once the writer has gone nothing holds the reader up.
        drop(written);
        reader.join().unwrap().unwrap();
        assert_eq!(unanswered.into_iter().count(), LINES);
    }

    /// A line that is too long is answered once, in its place, and the others are judged.
    #[test]
    fn overlong_lines_are_left_out() {
        let text = b"a\nbbbbbbbbbbbbbbbbbbbb\nc\ndddddddddddddddddddddddd\neeeeeeeeeeeeeeeeeeeeeee";
        assert_eq!(
            questions(text, &[4], 8),
            (vec![b"a\n".to_vec(), b"c\n".to_vec()], 3)
        );
    }
}
