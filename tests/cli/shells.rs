//! The completions in the shells that they are for, and the manual pages in what shows them.
//!
//! Each test needs a program that is not on every machine, and is told so by its name.

use crate::support::command::stdout;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// A folder with a script, and files that it can complete.
fn folder(shell: &str, script: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("kit")).unwrap();
    for (name, content) in [
        (script, &*stdout(&["completions", shell])),
        ("west.token", ""),
        ("acceptor.snap", ""),
    ] {
        fs::write(folder.path().join(name), content).unwrap();
    }
    folder
}

/// What a shell prints that runs a script in a folder, and says nothing else.
fn run(folder: &Path, shell: &str, arguments: &[&str], script: &str) -> String {
    let output = Command::new(shell)
        .current_dir(folder)
        .env("HOME", folder)
        .env_remove("XDG_CONFIG_HOME")
        .args(arguments)
        .args(["-c", script])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && stderr.is_empty(), "{stderr}");
    String::from_utf8(output.stdout).unwrap()
}

/// What is completed, by the line as far as it is typed; the same in every shell.
const COMPLETED: [(&str, &[&str]); 11] = [
    ("peertok val", &["validate"]),
    ("peertok gener", &["generate", "generate-token"]),
    ("peertok snapshot s", &["seed", "show"]),
    ("peertok snapshot show --show", &["--show-secret"]),
    ("peertok generate-token --no", &["--no-ca"]),
    ("peertok check --fail-on ", &["error", "never", "warning"]),
    (
        "peertok validate --allow ca-exp",
        &["ca-expired", "ca-expiring"],
    ),
    ("peertok validate --deny PT101", &["PT101"]),
    ("peertok explain alpn-", &["alpn-missing", "alpn-refused"]),
    ("peertok completions f", &["fish"]),
    ("peertok man sna", &["snapshot"]),
];

#[test]
#[ignore = "needs bash"]
fn in_bash() {
    let folder = folder("bash", "peertok.bash");
    // What bash itself does when a key is pressed.
    let complete = r#"
        source peertok.bash
        compopt() { :; }
        read -ra COMP_WORDS <<< "$0"
        [[ $0 == *' ' ]] && COMP_WORDS+=('')
        COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 ))
        words=($(complete -p peertok))
        function=_peertok_or_file
        [[ " ${words[*]} " == *" -F $function "* ]] || exit 1
        $function peertok "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
        printf '%s\n' "${COMPREPLY[@]}"
    "#;
    let completed = |line: &str| {
        let mut bash = Command::new("bash");
        bash.current_dir(folder.path());
        let output = bash.args(["-c", complete, line]).output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && stderr.is_empty(), "{stderr}");
        sorted(&String::from_utf8(output.stdout).unwrap())
    };
    for (line, expected) in COMPLETED {
        assert_eq!(completed(line), expected, "{line}");
    }
    for (line, expected) in [
        ("peertok validate --snapshot acc", "acceptor.snap"),
        ("peertok decode @we", "@west.token"),
        ("peertok diff @west.token @k", "@kit/"),
    ] {
        assert_eq!(completed(line), [expected], "{line}");
    }
}

fn sorted(lines: &str) -> Vec<String> {
    let mut lines: Vec<String> = lines.lines().map(str::to_owned).collect();
    lines.sort();
    lines
}

#[test]
#[ignore = "needs fish"]
fn in_fish() {
    let folder = folder("fish", "peertok.fish");
    let completed = |line: &str| {
        let script = format!("source peertok.fish; complete -C '{line}'");
        let found = run(folder.path(), "fish", &["--no-config"], &script);
        let names = found.lines().filter_map(|line| line.split('\t').next());
        sorted(&names.collect::<Vec<_>>().join("\n"))
    };
    for (line, expected) in COMPLETED {
        assert_eq!(completed(line), expected, "{line}");
    }
    for (line, expected) in [
        ("peertok validate --snapshot acc", "acceptor.snap"),
        ("peertok snapshot show acc", "acceptor.snap"),
        ("peertok decode @we", "@west.token"),
        ("peertok diff @west.token @we", "@west.token"),
        ("peertok mesh --out k", "kit/"),
    ] {
        assert_eq!(completed(line), [expected], "{line}");
    }
    assert!(completed("peertok generate --name ").is_empty());
}

/// zsh completes only for someone who types, so that it gets a terminal and what is typed.
#[test]
#[ignore = "needs zsh"]
fn in_zsh() {
    let folder = folder("zsh", "_peertok");
    let typed = |keys: &str| {
        let script = format!(
            r#"
            zmodload zsh/zpty
            zpty shell zsh -f -i
            zpty -w shell 'PS1= PS2= RPS1=; unsetopt zle_bracketed_paste beep; fpath=($PWD $fpath)'
            zpty -w shell 'autoload -Uz compinit && compinit -u -D; bindkey "^I" expand-or-complete'
            zpty -w shell 'peertok() {{ print -r -- "<<$*>>" }}; print -r -- rea""dy'
            zpty -r shell line '*ready*'
            zpty -w shell $'{keys}'
            zpty -r shell line '*>>*'
            print -r -- "${{${{line##*<<}}%%>>*}}"
            zpty -d shell
            "#
        );
        run(folder.path(), "zsh", &["-f"], &script)
    };
    for (keys, expected) in [
        (r"peertok val\t", "validate"),
        (r"peertok generate-t\t--no-c\t", "generate-token --no-ca"),
        (r"peertok snapshot sh\tacc\t", "snapshot show acceptor.snap"),
        (r"peertok check --fail-on n\t", "check --fail-on never"),
        (
            r"peertok validate --allow ca-expire\t@we\t",
            "validate --allow ca-expired @west.token",
        ),
        (r"peertok decode we\t", "decode @west.token"),
        (r"peertok validate --deny PT10\t1", "validate --deny PT101"),
        (r"peertok explain alpn-m\t", "explain alpn-missing"),
        (r"peertok mesh --out k\t", "mesh --out kit"),
        (r"peertok completions f\t", "completions fish"),
        (r"peertok man sna\t", "man snapshot"),
    ] {
        assert_eq!(typed(keys).trim_end(), expected, "{keys}");
    }
}

/// Each page in a folder of its own, by its name.
fn pages(folder: &Path) -> Vec<String> {
    stdout(&["man", "--out", folder.to_str().unwrap()]);
    let files = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = files
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    for name in ["peertok.1", "peertok-generate.1", "peertok-snapshot-show.1"] {
        assert!(names.iter().any(|found| found == name), "{name}");
    }
    names
}

#[test]
#[ignore = "needs mandoc"]
fn in_mandoc() {
    let folder = tempfile::tempdir().unwrap();
    for name in pages(folder.path()) {
        let mut mandoc = Command::new("mandoc");
        mandoc.current_dir(folder.path());
        let output = mandoc.args(["-Tlint", "-Wwarning", &name]).output();
        let found = String::from_utf8(output.unwrap().stdout).unwrap();
        // A page is the same on every day, so that it has no date.
        let mut found = found
            .lines()
            .filter(|line| !line.ends_with("missing date, using \"\": TH"));
        assert_eq!(found.next(), None, "{name}");
    }
}

#[test]
#[ignore = "needs man"]
fn in_man() {
    let folder = tempfile::tempdir().unwrap();
    for name in pages(folder.path()) {
        let mut man = Command::new("man");
        man.current_dir(folder.path()).env("MANWIDTH", "80");
        man.env("LC_ALL", "C.UTF-8").env_remove("MANPAGER");
        let page = format!("./{name}");
        let output = man.args(["--warnings", "-l", &page]).output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && stderr.is_empty(), "{stderr}");
        let shown = String::from_utf8(output.stdout).unwrap();
        for heading in ["NAME", "SYNOPSIS", "EXAMPLES", "EXIT STATUS"] {
            let found = shown.lines().any(|line| line == heading);
            assert!(found, "{name} has no {heading}: {shown}");
        }
        let command = name.trim_end_matches(".1").replace('-', " ");
        let words: Vec<&str> = command.split(' ').skip(1).collect();
        let help = stdout(&[&words[..], &["--help"]].concat());
        let after = help.split("\nExample").nth(1).unwrap();
        for example in after.lines().skip(1) {
            // A long one is broken by the terminal, and by nothing else.
            assert!(shown.contains(example.trim()), "{name}: {example}");
        }
    }
}
