//! The time of a command is linear in what it reads, however often a part of it is repeated. Time
//! itself depends on the machine, so that instructions are counted, by valgrind: from a size to twice
//! that, and from there to twice that again.

use super::*;

/// How many instructions a run takes, what is read being in a folder.
fn instructions(folder: &Path, arguments: &[&str]) -> f64 {
    let mut command = Command::new("valgrind");
    command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]);
    command.arg(env!("CARGO_BIN_EXE_peertok")).args(arguments);
    let output = command.current_dir(folder).stdin(Stdio::null()).output();
    let said = String::from_utf8(output.unwrap().stderr).unwrap();
    let line = said.lines().rfind(|line| line.contains("Collected : "));
    let count = line.and_then(|line| line.rsplit(' ').next());
    count.and_then(|count| count.parse().ok()).expect(&said)
}

/// Fails where the second doubling of a content takes much more than twice what the first takes.
fn check_linear(arguments: &[&str], size: usize, content: impl Fn(usize) -> String) {
    let folder = tempfile::tempdir().unwrap();
    let [one, two, four] = [size, 2 * size, 4 * size].map(|size| {
        fs::write(folder.path().join("input"), content(size)).unwrap();
        instructions(folder.path(), arguments)
    });
    let ratio = (four - two) / (two - one);
    println!("{arguments:?}: {one} {two} {four}, a ratio of {ratio:.2}");
    assert!(ratio < 2.5, "{arguments:?}: a ratio of {ratio:.2}");
}

// All of these logs are small: every line is read, and nothing else is made ready.

/// What a redactor, a pattern or the cutting of lines might look for again and again.
const WORDS: [&str; 14] = [
    "secret ",
    "token ",
    "eyJ ",
    "ZXlK ",
    "-----BEGIN ",
    "-----BEGIN PRIVATE KEY-----",
    "-----END PRIVATE KEY-----",
    "\\\"",
    "\\u003c",
    "* failed to exchange peering secret through address ",
    "x509: malformed ",
    "lookup ",
    "connect: connection refused ",
    "secret=\"",
];

#[test]
fn explain_is_linear_in_a_line() {
    if !has("valgrind", "--version") {
        return;
    }
    let line = |word: &&str, size| {
        format!(
            "peering token: missing selected ALPN property {}\n",
            word.repeat(size)
        )
    };
    check_linear(&["explain", "@input"], 60, |size| {
        WORDS.iter().map(|word| line(word, size)).collect()
    });
}

#[test]
fn explain_is_linear_in_a_log() {
    if !has("valgrind", "--version") {
        return;
    }
    check_linear(&["explain", "@input"], 4, |size| {
        let lines = WORDS.iter().map(|word| {
            format!(
                "{word} x\n missing selected ALPN property\n{word}invalid peering stream secret\n"
            )
        });
        lines.collect::<String>().repeat(size)
    });
}

#[test]
fn mesh_is_linear_in_faults() {
    if !has("valgrind", "--version") {
        return;
    }
    let mesh = ["mesh", "input", "--out", "kit"];
    let site = |number: usize| {
        format!(
            "[[sites]]\nname = \"s{number}\"\nstate = \"new\"\ndatacenter = \"a\"\naddresses = [\"a.net\"]\n"
        )
    };
    check_linear(&mesh, 300, |size| "[[sites]]\nname = \"A\"\n".repeat(size));
    // Names that no site has, each held against all sites.
    check_linear(&mesh, 60, |size| {
        let pairs = (0..size).map(|number| format!("{{ accept = \"x{number}\", dial = \"y\" }}, "));
        let sites: String = (0..size).map(site).collect();
        format!("pairs = [{}]\n{sites}", pairs.collect::<String>())
    });
    check_linear(&mesh, 100, |size| {
        let sites = (0..size).map(|number| site(number) + "ca = [\"absent.pem\"]\n");
        format!("pairs = []\n{}", sites.collect::<String>())
    });
}
