//! Compares many cases on all cores, in memory that does not grow with their number.
//!
//! Each core has a generator, an oracle and a judge. The generator's thread feeds the oracle in
//! batches and hands each batch on to the thread that reads the answers. A batch is handed on
//! before it is written: otherwise both sides could wait for each other with full pipes.

use crate::generate::{Case, Generator};
use crate::known::known;
use crate::support::oracle::{Oracle, write_question};
use crate::support::verdict::Verdict;
use crate::tally::{Difference, Tally};
use peertok::token::{GoRelease, Judge};
use std::io::Write;
use std::ops::Range;
use std::path::Path;
use std::sync::mpsc::sync_channel;
use std::thread;

const BATCH: u64 = 256;
/// How many batches may wait for their answers.
const WAITING: usize = 4;

/// Compares the cases of these numbers.
pub fn run(release: GoRelease, program: &Path, seed: u64, numbers: Range<u64>) -> Tally {
    let generator = Generator::new(seed);
    let workers = thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
    let share = (numbers.end - numbers.start).div_ceil(workers);
    thread::scope(|scope| {
        let running: Vec<_> = (0..workers)
            .map(|worker| {
                let start = numbers.end.min(numbers.start + worker * share);
                let end = numbers.end.min(start + share);
                let generator = &generator;
                scope.spawn(move || compare(release, program, generator, start..end))
            })
            .collect();
        let mut tally = Tally::default();
        for worker in running {
            tally.add(worker.join().unwrap());
        }
        tally
    })
}

fn compare(
    release: GoRelease,
    program: &Path,
    generator: &Generator,
    numbers: Range<u64>,
) -> Tally {
    let Oracle {
        process,
        mut questions,
        mut answers,
    } = Oracle::start(program, "verdict");
    let (sender, receiver) = sync_channel::<Vec<Case>>(WAITING);
    let mut tally = Tally::default();
    thread::scope(|scope| {
        scope.spawn(move || {
            let mut lines = Vec::new();
            for start in numbers.clone().step_by(BATCH as usize) {
                let end = numbers.end.min(start + BATCH);
                let cases: Vec<Case> = (start..end).map(|number| generator.case(number)).collect();
                lines.clear();
                for case in &cases {
                    write_question(&mut lines, &case.token, None);
                }
                sender.send(cases).unwrap();
                questions.write_all(&lines).unwrap();
            }
        });
        let mut judge = Judge::of(release);
        let mut reference = Judge::default();
        for case in receiver.into_iter().flatten() {
            let ours = Verdict::of(&mut judge, &case.token);
            // What the reference notices on the way must be enough to know where releases agree.
            let by_reference = Verdict::of(&mut reference, &case.token);
            for judge in [&judge, &reference] {
                tally.met(judge.dialect());
            }
            let ours = if by_reference != ours && reference.dialect().agrees_with(release) {
                let stage = "not noticed by the reference".to_owned();
                Verdict { stage, ..ours }
            } else {
                ours
            };
            let go = answers.next_verdict();
            tally.count(&go);
            if ours == go {
                continue;
            }
            match known(&case.token, &ours, &go) {
                Some(known) => *tally.known.entry(known.name).or_default() += 1,
                None => tally.differs(Difference { case, ours, go }),
            }
        }
    });
    Oracle::ended(process);
    tally
}
