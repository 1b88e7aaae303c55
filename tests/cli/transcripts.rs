//! Runs of the command in `tests/cmd`, one behaviour a file.

use super::consoles::commands;
use super::support::command::output_with;
use super::*;

/// A run of the command, in a file of `tests/cmd` that is named after it; `[..]` stands for what
/// changes from day to day.
#[derive(serde::Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
struct Transcript {
    args: Vec<String>,
    status: i32,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    stdin: String,
    stdout: String,
    stderr: String,
}

/// `SNAPSHOTS=overwrite cargo test --test cli transcripts` writes anew what differs.
#[test]
fn transcripts() {
    let overwrite = std::env::var_os("SNAPSHOTS").is_some_and(|value| value == "overwrite");
    let mut wrong = Vec::new();
    for entry in fs::read_dir(root().join("tests/cmd")).unwrap() {
        let path = entry.unwrap().path();
        let transcript = fs::read_to_string(&path).unwrap();
        let mut transcript: Transcript = toml::from_str(&transcript).unwrap();
        // Backslashes are part of what is pinned here, and no path separators.
        let exactly = snapbox::Assert::new().normalize_paths(false);
        let mut command = peertok(&as_strs(&transcript.args));
        let output = if transcript.stdin.is_empty() {
            command.output().unwrap()
        } else {
            output_with(command, transcript.stdin.as_bytes())
        };
        let status = output.status.code().unwrap();
        let mut differences = Vec::new();
        if status != transcript.status {
            differences.push(format!("status {status}, expected {}", transcript.status));
        }
        let found = [&output.stdout, &output.stderr].map(|text| str::from_utf8(text).unwrap());
        for (found, expected) in found
            .into_iter()
            .zip([&transcript.stdout, &transcript.stderr])
        {
            if let Err(difference) = exactly.try_eq(None, found.into(), expected.as_str().into()) {
                differences.push(difference.to_string());
            }
        }
        if overwrite && !differences.is_empty() {
            transcript.status = status;
            transcript.stdout = with_wildcards(output.stdout, &transcript.stdout);
            transcript.stderr = with_wildcards(output.stderr, &transcript.stderr);
            fs::write(&path, toml::to_string_pretty(&transcript).unwrap()).unwrap();
        } else if !differences.is_empty() {
            wrong.push(format!("{}\n{}", path.display(), differences.join("\n")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    for (command, _) in commands("") {
        let help = format!("tests/cmd/{}-help.toml", command.replace(' ', "-"));
        assert!(root().join(&help).exists(), "there is no {help}");
    }
}

/// What was printed, with each line that an expected one with `[..]` stands for replaced by that.
pub(super) fn with_wildcards(printed: Vec<u8>, expected: &str) -> String {
    let stands_for = |pattern: &str, line: &str| {
        let mut rest = Some(line);
        let mut parts = pattern.split("[..]");
        rest = rest.and_then(|rest| rest.strip_prefix(parts.next()?));
        for part in parts {
            rest = rest.and_then(|rest| Some(&rest[rest.find(part)? + part.len()..]));
        }
        rest.is_some()
    };
    let patterns: Vec<&str> = expected.lines().filter(|l| l.contains("[..]")).collect();
    let printed = String::from_utf8(printed).unwrap();
    printed
        .split_inclusive('\n')
        .map(|line| {
            let text = line.trim_end_matches('\n');
            let pattern = patterns.iter().find(|pattern| stands_for(pattern, text));
            pattern.map_or(line.to_owned(), |pattern| line.replace(text, pattern))
        })
        .collect()
}
