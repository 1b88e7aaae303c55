//! Tokens as other programs damage them, and as they are given back.

use crate::support::tools::skip;
use peertok::recovery::{Damage, Recovery, recover};
use std::io::Write;
use std::process::{Command, Stdio};

const TOKEN: &str = include_str!("../../fixtures/consul/alpha-external.token");

/// What a command makes of the token on its standard input; `None` where it is not on this machine.
fn damaged(command: &[&str]) -> Option<Vec<u8>> {
    let (program, arguments) = command.split_first().unwrap();
    let child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut child) = child else {
        skip(format_args!("{program} is missing"));
        return None;
    };
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(TOKEN.trim_end().as_bytes()).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    if !output.status.success() {
        skip(format_args!("{command:?} does not work"));
        return None;
    }
    Some(output.stdout)
}

#[test]
fn what_other_programs_do_is_undone() {
    const KUBECTL: &str = "kubectl create secret generic west --dry-run=client -o jsonpath='{.data.data}' --from-file=data=/dev/stdin";
    for (command, expected) in [
        (&["base64", "-w", "76"][..], &[Damage::Base64Twice][..]),
        (&["base64", "-w", "0"], &[Damage::Base64Twice]),
        (
            &["sh", "-c", "fold -w 76 | sed '2,$s/^/    /'"],
            &[Damage::BlanksInside],
        ),
        (&["sh", "-c", "echo $(fold -w 76)"], &[Damage::BlanksInside]),
        (
            &["sh", "-c", "fold -w 72 | sed 's/^/> /'"],
            &[Damage::QuoteMarks],
        ),
        (
            &["sh", "-c", "echo Hello,; echo; fold -w 76; echo; echo Bye"],
            &[Damage::TextAround],
        ),
        (
            &["sh", "-c", "base64 -d | basenc --base64url -w 0 | tr -d ="],
            &[Damage::Padding],
        ),
        (&["sh", "-c", KUBECTL], &[Damage::Base64Twice]),
        (&["jq", "-R", "."], &[Damage::Quotes]),
        (&["jq", "-R", "[.]"], &[Damage::TextAround]),
        (
            &["jq", "-sR", ". + \"\\n\""],
            &[Damage::Quotes, Damage::Escapes],
        ),
        (&["jq", "-R", "{token: .}"], &[Damage::Key, Damage::Quotes]),
        (&["jq", "-Rr", "@uri"], &[Damage::PercentEncoding]),
        (&["jq", "-Rr", "@sh"], &[Damage::Quotes]),
        (&["iconv", "-f", "ASCII", "-t", "UTF-16"], &[Damage::Utf16]),
        (
            &["iconv", "-f", "ASCII", "-t", "UTF-16BE"],
            &[Damage::Utf16],
        ),
        (
            &["bash", "-c", "printf %q \"$(cat)\"$'\\n'"],
            &[Damage::ShellQuoting],
        ),
        (&["python3", "-m", "quopri"], &[Damage::QuotedPrintable]),
        (
            &[
                "python3",
                "-c",
                "import sys, urllib.parse as u; print(u.quote_plus(sys.stdin.read()))",
            ],
            &[Damage::PercentEncoding],
        ),
        (
            &[
                "python3",
                "-c",
                "import sys; print(sys.stdin.buffer.read())",
            ],
            &[Damage::Quotes],
        ),
    ] {
        let Some(damaged) = damaged(command) else {
            continue;
        };
        let Some(Recovery::Token(recovered)) = recover(&damaged) else {
            panic!("{command:?}: {}", String::from_utf8_lossy(&damaged));
        };
        assert_eq!(*recovered.token, TOKEN.trim_end(), "{command:?}");
        assert_eq!(recovered.damages, expected, "{command:?}");
    }
}
