//! A token and the snapshot that honours it: neither is left without a word where the other is lost.

use super::*;
use peertok::PeeringToken;
use peertok::snapshot::{State, TokenStatus};
use std::io::{PipeReader, pipe};
use std::process::Child;
use std::time::Duration;

/// A folder in which a token is made with a snapshot, and a token that is read from a pipe.
struct Run {
    folder: tempfile::TempDir,
    child: Child,
    reader: Option<PipeReader>,
}

impl Run {
    fn start(more: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let snapshot = folder.path().join("s.snap");
        let mut arguments = generate(&["--snapshot-out", snapshot.to_str().unwrap()]);
        arguments.extend(more.iter().map(|more| (*more).to_owned()));
        let (reader, writer) = pipe().unwrap();
        let child = peertok(&as_strs(&arguments))
            .stdout(writer)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            folder,
            child,
            reader: Some(reader),
        }
    }

    /// Waits until something waits in the pipe.
    fn wait_for_token(&mut self) {
        let reader = self.reader.as_ref().unwrap();
        while rustix::io::ioctl_fionread(reader).unwrap() == 0 {
            assert!(self.child.try_wait().unwrap().is_none(), "it ended");
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Reads a line, as `head -1` does.
    fn read(&mut self) -> String {
        let mut token = vec![0; 1 << 16];
        let count = self.reader.as_mut().unwrap().read(&mut token).unwrap();
        token.truncate(count);
        String::from_utf8(token).unwrap()
    }

    /// Ends the run, and gives its status, what it says and the files that it leaves.
    fn end(self) -> (i32, String, Vec<String>) {
        let output = self.child.wait_with_output().unwrap();
        let files = fs::read_dir(self.folder.path()).unwrap();
        let files = files.map(|file| file.unwrap().file_name().into_string().unwrap());
        (
            output.status.code().unwrap(),
            String::from_utf8(output.stderr).unwrap(),
            files.collect(),
        )
    }
}

const HINTS: &str = "peertok: hint: no snapshot was written: without the token it is of no use\n\
    peertok: hint: --out FILE writes the token to a file\n";

/// `peertok generate --snapshot-out s.snap | true`
#[test]
fn a_token_that_nobody_can_read_leaves_no_snapshot() {
    let mut run = Run::start(&[]);
    drop(run.reader.take());
    let (status, said, files) = run.end();
    assert_eq!((status, files.len()), (2, 0), "{said}");
    let error = "peertok: error: cannot write the token to standard output: ";
    assert!(said.starts_with(error) && said.ends_with(HINTS), "{said}");
}

/// `peertok generate --snapshot-out s.snap | sleep 0.1`
#[test]
#[cfg(target_os = "linux")]
fn a_token_that_nobody_reads_leaves_no_snapshot() {
    for more in [&[][..], &["--format", "json"], &["--establish", "east"]] {
        let mut run = Run::start(more);
        run.wait_for_token();
        drop(run.reader.take());
        let (status, said, files) = run.end();
        assert_eq!((status, files.len()), (2, 0), "{said}");
        assert_eq!(
            said,
            format!(
                "peertok: error: cannot write the token to standard output: nobody read it\n{HINTS}"
            )
        );
    }
}

/// `peertok generate --snapshot-out s.snap | head -1`
#[test]
fn a_token_that_was_read_has_its_snapshot() {
    let mut run = Run::start(&[]);
    let token = run.read();
    drop(run.reader.take());
    let snapshot = run.folder.path().join("s.snap");
    let output = run.child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let state = State::read(fs::File::open(&snapshot).unwrap()).unwrap();
    let token = PeeringToken::decode(token.trim_end().as_bytes()).unwrap();
    let status = TokenStatus::of(&state, &token.peer_id, &token.establishment_secret);
    assert_eq!(status, TokenStatus::Redeemable);
}

/// Who reads late is not waited for without end: a program that first waits for the command's end
/// would wait for ever.
#[test]
fn a_token_is_kept_for_a_reader_who_comes_late() {
    let mut run = Run::start(&[]);
    assert_eq!(run.child.wait().unwrap().code(), Some(0));
    assert!(run.folder.path().join("s.snap").exists());
    assert!(run.read().ends_with("=\n"));
}

/// What keeps the snapshot from its name after the token is out.
#[test]
#[cfg(target_os = "linux")]
fn a_snapshot_that_fails_after_its_token_is_told_of() {
    let mut run = Run::start(&[]);
    run.wait_for_token();
    fs::write(run.folder.path().join("s.snap"), "another's").unwrap();
    run.read();
    let (status, said, files) = run.end();
    assert_eq!((status, &files[..]), (2, &["s.snap".to_owned()][..]));
    assert!(said.contains("s.snap: it exists\n"), "{said}");
    assert!(
        said.ends_with(
            "peertok: hint: no snapshot honours the token that was printed: do not use it\n"
        ),
        "{said}"
    );
}

/// Without a snapshot nothing is lost that the same command does not make again.
#[test]
fn a_token_alone_may_be_lost() {
    let (reader, writer) = pipe().unwrap();
    drop(reader);
    let mut command = peertok(&as_strs(&generate(&[])));
    let output = command.stdout(writer).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
}

/// The other commands that write files write all of them before they print, so that nothing is lost
/// where nobody reads.
#[test]
fn what_is_printed_beside_files_is_not_needed() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let mesh = root().join("fixtures/mesh");
    assert!(mesh.exists());
    fs::write(
        path("mesh.toml"),
        "[[sites]]\nname = \"a\"\nstate = \"new\"\ndatacenter = \"a\"\naddresses = [\"a.net\"]\n",
    )
    .unwrap();
    for (arguments, file) in [
        (vec!["ca", "new", "--out", &path("ca")], "ca/agent-ca.json"),
        (
            vec!["mesh", &path("mesh.toml"), "--out", &path("kit")],
            "kit/manifest.json",
        ),
        (vec!["fixtures", &path("corpus")], "corpus/manifest.json"),
    ] {
        let (reader, writer) = pipe().unwrap();
        drop(reader);
        let output = peertok(&arguments).stdout(writer).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {said}");
        assert!(folder.path().join(file).exists(), "{file}");
    }
}
