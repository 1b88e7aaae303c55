//! Go's own answers: the program in `tests/oracle`, built here and asked line by line.

use super::verdict::Verdict;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use peertok::token::GoRelease;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, OnceLock};

/// The program of the machine's own Go, built at the first call, or `None` where there is no Go.
pub fn program() -> Option<&'static Path> {
    static PROGRAM: OnceLock<Option<PathBuf>> = OnceLock::new();
    PROGRAM
        .get_or_init(|| {
            // Nothing is to be fetched: the program needs the standard library alone.
            build(
                "oracle",
                &["-mod=mod"],
                &[("GOTOOLCHAIN", "local"), ("GOPROXY", "off")],
            )
        })
        .as_deref()
}

/// The program of a Go release, which Go itself fetches as a module, built at the first call; `None`
/// where there is no Go.
pub fn program_of(release: GoRelease) -> Option<PathBuf> {
    static PROGRAMS: Mutex<BTreeMap<GoRelease, Option<PathBuf>>> = Mutex::new(BTreeMap::new());
    // Tests that run at once share one build.
    let mut programs = PROGRAMS.lock().unwrap();
    let program = programs.entry(release);
    program.or_insert_with(|| build_with(release)).clone()
}

fn build_with(release: GoRelease) -> Option<PathBuf> {
    let (go, line) = (release.name(), release.line());
    let name = format!("oracle-{go}-{line}");
    let go_mod = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.mod"));
    // The line sets the defaults of GODEBUG.
    fs::write(&go_mod, format!("module oracle\n\ngo {line}\n")).unwrap();
    let go_mod = format!("-modfile={}", go_mod.display());
    let toolchain = format!("go{go}");
    let environment = [
        ("GOTOOLCHAIN", &*toolchain),
        // Go 1.19 indexes the modules in its cache, and takes its own library, which a toolchain module
        // has there, for a part of one: `import "": import of unknown directory`.
        ("GODEBUG", "goindex=0"),
    ];
    build(&name, &[&go_mod], &environment)
}

fn build(name: &str, flags: &[&str], environment: &[(&str, &str)]) -> Option<PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle");
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let built = Command::new("go")
        .arg("build")
        .args(flags)
        .arg("-o")
        .arg(&program)
        .arg(".")
        .current_dir(source)
        .env("GOFLAGS", "")
        .envs(environment.iter().copied())
        .status();
    match built {
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        built => {
            assert!(built.unwrap().success(), "the oracle does not build");
            Some(program)
        }
    }
}

/// A running oracle.
pub struct Oracle {
    pub process: Child,
    pub questions: ChildStdin,
    pub answers: Answers,
}

/// What an oracle writes.
pub struct Answers {
    lines: BufReader<ChildStdout>,
    line: Vec<u8>,
}

#[derive(Deserialize)]
struct Answer<'a> {
    accepted: bool,
    stage: &'a str,
    error: &'a str,
}

impl Oracle {
    pub fn start(program: &Path, mode: &str) -> Self {
        let mut process = Command::new(program)
            .arg(mode)
            // One oracle a core is enough; more threads would only collect garbage.
            .env("GOMAXPROCS", "1")
            .env("GOGC", "400")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let questions = process.stdin.take().unwrap();
        let lines = BufReader::with_capacity(1 << 18, process.stdout.take().unwrap());
        Self {
            process,
            questions,
            answers: Answers {
                lines,
                line: Vec::new(),
            },
        }
    }

    /// The verdict on one token, which is to be established under that name, if it matters.
    pub fn judge(&mut self, token: &[u8], name: Option<&str>) -> Verdict {
        let mut line = Vec::new();
        write_question(&mut line, token, name);
        self.questions.write_all(&line).unwrap();
        self.answers.next_verdict()
    }

    /// Closes the input and waits for the end.
    pub fn finish(self) {
        drop(self.questions);
        Self::ended(self.process);
    }

    /// Waits for the end of an oracle whose input is closed.
    pub fn ended(mut process: Child) {
        assert!(process.wait().unwrap().success(), "the oracle failed");
    }
}

impl Answers {
    pub fn next_line(&mut self) -> &[u8] {
        self.line.clear();
        self.lines.read_until(b'\n', &mut self.line).unwrap();
        self.line.strip_suffix(b"\n").expect("a whole line")
    }

    pub fn next_verdict(&mut self) -> Verdict {
        let answer: Answer<'_> = serde_json::from_slice(self.next_line()).unwrap();
        assert_eq!(answer.accepted, answer.stage.is_empty());
        Verdict {
            stage: answer.stage.to_owned(),
            error: BASE64_STANDARD.decode(answer.error).unwrap(),
        }
    }
}

/// Appends the line that asks for the verdict on a token, which is to be established under that
/// name, if it matters.
pub fn write_question(lines: &mut Vec<u8>, token: &[u8], name: Option<&str>) {
    lines.extend_from_slice(b"{\"input\":\"");
    lines.extend_from_slice(BASE64_STANDARD.encode(token).as_bytes());
    lines.push(b'"');
    if let Some(name) = name {
        lines.extend_from_slice(b",\"name\":");
        serde_json::to_writer(&mut *lines, name).unwrap();
    }
    lines.extend_from_slice(b"}\n");
}
