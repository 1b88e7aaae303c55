//! The console blocks of the README and of `docs`: every command in them is run, and prints what
//! stands below it.
//!
//! A block between a line ```` ```console ```` and a line ```` ``` ```` holds commands, each behind
//! `$ ` (a line that ends in `\` goes on in the next), and below each what it prints on both streams.
//! The commands of a document run in order in one folder, which has `fixtures` in it. In what is
//! printed, `…` stands for anything within a line, and on a line of its own for any lines.
//!
//! A comment before a block, which nobody sees on a rendered page, says more of it:
//!
//! | comment | is |
//! |---|---|
//! | `<!-- not run: REASON -->` | the commands below are not run |
//! | `<!-- first: COMMAND -->` | run before the block, such as to make the files that it names; `taken_now FROM TO` makes a snapshot that was saved just now |
//! | `<!-- file: NAME -->` | the block below is written to this file |
//!
//! `SNAPSHOTS=overwrite cargo test --test cli documents` writes anew what is printed otherwise.

use super::transcripts::with_wildcards;
use super::*;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;

/// Pages that are written by a test, from texts that are checked there.
const WRITTEN: [&str; 2] = ["answers.md", "findings.md"];

/// A document, and how many commands it has at least.
const LEAST: [(&str, usize); 7] = [
    ("README.md", 5),
    ("docs/fixtures.md", 9),
    ("docs/formats.md", 8),
    ("docs/guide-air-gap.md", 15),
    ("docs/guide-debugging.md", 12),
    ("docs/json.md", 1),
    ("docs/mesh.md", 4),
];

#[derive(Debug, PartialEq)]
enum Part {
    /// A command that is run and not shown.
    First(String),
    /// A file, and the lines that are its content.
    File(String, Range<usize>),
    /// A command, and the lines that it prints.
    Step(String, Range<usize>),
    /// A block that is not run.
    NotRun,
}

/// What is to be done for a document, in its order; or the line that is at fault, and why.
fn parts(text: &str) -> Result<Vec<Part>, String> {
    let lines: Vec<&str> = text.lines().collect();
    let fault = |index: usize, why: &str| Err(format!("line {}: {why}", index + 1));
    let mut parts = Vec::new();
    let mut reason = None;
    let mut file = None;
    let mut index = 0;
    while let Some(line) = lines.get(index) {
        let comment = line
            .strip_prefix("<!-- ")
            .and_then(|l| l.strip_suffix(" -->"));
        if let Some((kind, value)) = comment.and_then(|comment| comment.split_once(": ")) {
            match kind {
                "not run" => reason = Some(value),
                "first" => parts.push(Part::First(value.to_owned())),
                "file" => file = Some(value.to_owned()),
                _ => return fault(index, "a comment of no known kind"),
            }
        } else if let Some(info) = line.strip_prefix("```") {
            let start = index + 1;
            let length = lines[start..].iter().position(|line| *line == "```");
            let Some(end) = length.map(|length| start + length) else {
                return fault(index, "a block without an end");
            };
            let (reason, file) = (reason.take(), file.take());
            let commands = lines[start..end].iter().any(|line| is_command(line));
            match (info, reason, file) {
                (_, Some(_), None) if commands => parts.push(Part::NotRun),
                (_, Some(_), _) => return fault(index, "there is no command that is not run"),
                ("console", None, None) => parts.extend(steps(&lines, start..end)?),
                (_, None, Some(file)) => parts.push(Part::File(file, start..end)),
                _ if commands => {
                    return fault(index, "commands that are not run, and no reason why");
                }
                _ => {}
            }
            index = end;
        } else if line.starts_with("    ") && is_command(line) {
            return fault(index, "a command in an indented block, which nothing runs");
        } else if line.trim_start().starts_with("```") {
            return fault(
                index,
                "a block that does not start at the start of its line",
            );
        } else if !line.is_empty() && (reason.is_some() || file.is_some()) {
            return fault(index, "expected a block below the comment");
        }
        index += 1;
    }
    Ok(parts)
}

fn is_command(line: &str) -> bool {
    let line = line.trim_start();
    let word = line.split(' ').next();
    line.starts_with("$ ") || matches!(word, Some("peertok" | "consul" | "kubectl" | "curl"))
}

fn steps(lines: &[&str], block: Range<usize>) -> Result<Vec<Part>, String> {
    let mut steps = Vec::new();
    let mut index = block.start;
    while index < block.end {
        let Some(first) = lines[index].strip_prefix("$ ") else {
            return Err(format!("line {}: expected a command behind $", index + 1));
        };
        let mut command = first.to_owned();
        index += 1;
        while command.ends_with('\\') && index < block.end {
            command = format!("{command}\n{}", lines[index]);
            index += 1;
        }
        let start = index;
        while index < block.end && !lines[index].starts_with("$ ") {
            index += 1;
        }
        steps.push(Part::Step(command, start..index));
    }
    if steps.is_empty() {
        Err(format!("line {}: a block without a command", block.start))
    } else {
        Ok(steps)
    }
}

/// A base is to be of the last hour, and a fixture grows old: this one is as if saved now.
const TAKEN_NOW: &str = r#"taken_now() (
    set -e
    to=$PWD/$2 && unpacked=$(mktemp -d) && tar -xzf "$1" -C "$unpacked" && cd "$unpacked"
    sed -i "s/\(\"ID\":\"[0-9]*-[0-9]*-\)[0-9]*/\1$(date +%s)000/" meta.json
    sha256sum meta.json state.bin > SHA256SUMS
    tar -b1 -cf - meta.json state.bin SHA256SUMS | gzip > "$to"
    rm -r "$unpacked"
)"#;

/// A folder in which the commands of a document run.
struct Desk {
    folder: tempfile::TempDir,
    path: String,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(root().join("fixtures"), folder.path().join("fixtures"))
            .unwrap();
        let binary = Path::new(env!("CARGO_BIN_EXE_peertok")).parent().unwrap();
        let path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap());
        Self { folder, path }
    }

    fn bash(&self, command: &str) -> Output {
        let mut bash = Command::new("bash");
        for variable in COLOUR_VARIABLES {
            bash.env_remove(variable);
        }
        bash.current_dir(self.folder.path())
            .env("PATH", &self.path)
            .env("COLUMNS", "100")
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            .args([
                "-c",
                &format!("umask 022; {TAKEN_NOW}; {{ {command}\n}} 2>&1"),
            ])
            .output()
            .unwrap()
    }
}

/// Whether a document's lines tell what was printed.
fn tells(expected: &str, printed: &str) -> Result<(), String> {
    // How far off a date is changes with the years.
    let expected = expected.replace("expires in 9 years", "expires in …");
    let expected: String = expected
        .split_inclusive('\n')
        .map(|line| match line {
            "…\n" => "...\n".to_owned(),
            line => line.replace('…', "[..]"),
        })
        .collect();
    let exactly = snapbox::Assert::new().normalize_paths(false);
    exactly
        .try_eq(None, printed.into(), expected.as_str().into())
        .map_err(|difference| difference.to_string())
}

fn content(lines: &[&str]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// Runs a document: how many commands it has, what is told wrongly, and the text as it should be.
fn run(text: &str) -> (usize, Vec<String>, String) {
    let desk = Desk::new();
    let lines: Vec<&str> = text.lines().collect();
    let (mut found, mut faults, mut changed) = (0, Vec::new(), BTreeMap::new());
    let parts = parts(text).unwrap_or_else(|fault| {
        faults.push(fault);
        Vec::new()
    });
    for part in parts {
        match part {
            Part::NotRun => {}
            Part::File(name, range) => {
                fs::write(desk.folder.path().join(name), content(&lines[range])).unwrap();
            }
            Part::First(command) => {
                let output = desk.bash(&command);
                let printed = String::from_utf8_lossy(&output.stdout);
                if !output.status.success() {
                    faults.push(format!("first: {command}: {printed}"));
                }
            }
            Part::Step(command, range) => {
                found += 1;
                if command.contains("jq ") && !has("jq", "--version") {
                    continue;
                }
                let mut printed = String::from_utf8(desk.bash(&command).stdout).unwrap();
                if !printed.is_empty() && !printed.ends_with('\n') {
                    printed.push('\n');
                }
                let expected = content(&lines[range.clone()]);
                if let Err(difference) = tells(&expected, &printed) {
                    faults.push(format!("line {}: {command}\n{difference}", range.start));
                    let lines = expected.lines().filter(|line| *line != "…");
                    let known = content(&lines.collect::<Vec<_>>()).replace('…', "[..]");
                    let printed = with_wildcards(printed.into_bytes(), &known);
                    changed.insert(range.start, (range.end, printed.replace("[..]", "…")));
                }
            }
        }
    }
    let mut new = String::new();
    let mut from = 0;
    for (start, (end, printed)) in changed {
        new += &content(&lines[from..start]);
        new += &printed;
        from = end;
    }
    new += &content(&lines[from..]);
    (found, faults, new)
}

fn documents() -> Vec<PathBuf> {
    let pages = fs::read_dir(root().join("docs")).unwrap();
    let mut documents: Vec<_> = pages
        .map(|page| page.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .filter(|path| !WRITTEN.iter().any(|name| path.ends_with(name)))
        .collect();
    documents.push(root().join("README.md"));
    documents.sort();
    documents
}

#[test]
fn documents_tell_what_happens() {
    let overwrite = std::env::var_os("SNAPSHOTS").is_some_and(|value| value == "overwrite");
    let mut least = BTreeMap::from(LEAST);
    let mut wrong = Vec::new();
    for path in documents() {
        let name = path.strip_prefix(root()).unwrap().display().to_string();
        let text = fs::read_to_string(&path).unwrap();
        let (found, faults, new) = run(&text);
        println!("{name}: {found} commands");
        if overwrite && new != text {
            fs::write(&path, new).unwrap();
        }
        wrong.extend(faults.iter().map(|fault| format!("{name}: {fault}")));
        let least = least.remove(name.as_str()).unwrap_or_default();
        if found < least {
            wrong.push(format!(
                "{name}: expected {least} commands, but found {found}"
            ));
        }
    }
    assert!(least.is_empty(), "not found: {least:?}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// The commands that have no commands within them, such as `snapshot show`, with their help.
pub(super) fn commands(within: &str) -> Vec<(String, String)> {
    let help = stdout(
        &within
            .split_whitespace()
            .chain(["--help"])
            .collect::<Vec<_>>(),
    );
    let Some((_, list)) = help.split_once("\nCommands:\n") else {
        return vec![(within.to_owned(), help)];
    };
    let list = list.lines().take_while(|line| !line.is_empty());
    list.filter_map(|line| line.strip_prefix("  "))
        .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
        .filter_map(|line| line.split(' ').next())
        .filter(|name| *name != "help")
        .flat_map(|name| commands(format!("{within} {name}").trim_start()))
        .collect()
}

/// The flags that a help text tells of.
fn flags(help: &str) -> Vec<&str> {
    let words = help
        .split_whitespace()
        .filter(|word| word.starts_with("--"));
    words
        .map(|flag| flag.trim_end_matches(|c: char| !c.is_alphanumeric()))
        .collect()
}

/// What is told in a sentence, such as `peertok decode --repair` or `--repair`, is there.
#[test]
fn documents_name_flags_that_there_are() {
    let commands = commands("");
    assert!(
        commands.len() >= 11,
        "found only {} commands",
        commands.len()
    );
    let mut looked_at = 0;
    for path in documents() {
        let text = fs::read_to_string(&path).unwrap();
        for span in text.split('`') {
            let words = span.strip_prefix("peertok ").unwrap_or(span);
            let command = commands.iter().find(|(name, _)| words.starts_with(name));
            let known: Vec<&str> = match command {
                Some((_, help)) => flags(help),
                None if span.starts_with("--") => {
                    commands.iter().flat_map(|(_, help)| flags(help)).collect()
                }
                None => continue,
            };
            let given = words.split_whitespace().filter(|w| w.starts_with("--"));
            for flag in given.filter_map(|flag| flag.split('=').next()) {
                assert!(known.contains(&flag), "{}: {span}: {flag}", path.display());
                looked_at += 1;
            }
        }
    }
    assert!(looked_at >= 30, "found only {looked_at} flags");
}

#[test]
fn a_document_that_tells_something_else_is_found() {
    let block = |body: &str| format!("```console\n{body}```\n");
    for (body, wrong) in [
        ("$ echo a\na\n$ echo b; echo c >&2\nb\nc\n", 0),
        ("$ echo a \\\n  b\na b\n", 0),
        ("$ echo a\nb\n", 1),
        ("$ echo a\n", 1),
        ("$ true\nb\n", 1),
        ("$ echo a1b\na…b\n", 0),
        ("$ seq 9\n1\n…\n9\n", 0),
        ("$ seq 9\n1\n…\n8\n", 1),
        ("$ peertok --version\npeertok …\n", 0),
        ("$ seq 2; date\n1\n… 2…\n", 1),
    ] {
        let text = block(body);
        let (_, faults, new) = run(&text);
        assert_eq!(faults.len(), wrong, "{body}: {faults:?}");
        assert_eq!(new == text, wrong == 0, "{body}");
        assert!(run(&new).1.is_empty(), "{new}");
    }
    let made = "<!-- first: echo a > b -->\n<!-- file: c -->\n\n```text\nd\n```\n";
    assert_eq!(run(&(made.to_owned() + &block("$ cat b c\na\nd\n"))).0, 1);
}

#[test]
fn a_block_that_is_not_run_has_a_reason() {
    for (text, fault) in [
        ("```console\n$ a\n```\n", None),
        (
            "<!-- not run: it asks a server -->\n```console\n$ consul a\n```\n",
            None,
        ),
        ("```toml\na = 1\n```\n", None),
        (
            "```toml\npeertok a\n```\n",
            Some("commands that are not run"),
        ),
        ("```\n$ a\n```\n", Some("commands that are not run")),
        ("a\n\n    peertok a\n", Some("indented")),
        (
            "- a\n\n  ```console\n  $ a\n  ```\n",
            Some("does not start"),
        ),
        ("```console\na\n```\n", Some("expected a command")),
        ("```console\n```\n", Some("without a command")),
        ("```console\n$ a\n", Some("without an end")),
        ("<!-- not run: why -->\na\n", Some("expected a block")),
        (
            "<!-- not run: why -->\n```text\na\n```\n",
            Some("no command"),
        ),
        ("<!-- note: why -->\n", Some("no known kind")),
    ] {
        match (parts(text), fault) {
            (Ok(found), None) => assert!(found.len() <= 1, "{text}"),
            (Err(found), Some(fault)) => assert!(found.contains(fault), "{text}: {found}"),
            (found, _) => panic!("{text}: {found:?}"),
        }
    }
}
