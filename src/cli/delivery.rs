//! A token that goes with a snapshot. Without the token, the snapshot honours a secret that nobody has.
//!
//! So the snapshot gets its name last: once the token has its own name, or was taken from standard
//! output. A token whose snapshot is missing does no harm, and that it is missing is said.

use super::output::Staged;
use super::report::Failure;
use std::io::{self, Write};
use std::path::Path;

/// Writes a token to its file, and only then gives the snapshot its name.
pub(super) fn to_file(
    path: &Path,
    force: bool,
    text: &[u8],
    snapshot: Staged,
) -> Result<(), Failure> {
    let mut token = Staged::new(path, force)?;
    token.write(text)?;
    // What may fail for lack of space has to fail before either has its name.
    token.sync()?;
    snapshot.sync()?;
    token.finish()?;
    snapshot.finish().map_err(|failure| {
        failure.hint(format!(
            "no snapshot honours the token in {}: delete it",
            path.display()
        ))
    })
}

/// Writes a token to standard output, and gives the snapshot its name once a reader took the token.
pub(super) fn to_standard_output(text: &str, snapshot: Staged) -> Result<(), Failure> {
    snapshot.sync()?;
    let mut out = io::stdout();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    let lost = match written {
        Ok(()) if is_taken() => None,
        Ok(()) => Some("nobody read it".to_owned()),
        Err(error) => Some(error.to_string()),
    };
    if let Some(why) = lost {
        let message = format!("cannot write the token to standard output: {why}");
        return Err(Failure::could_not_run(message)
            .hint("no snapshot was written: without the token it is of no use")
            .hint("--out FILE writes the token to a file"));
    }
    snapshot.finish().map_err(|failure| {
        failure.hint("no snapshot honours the token that was printed: do not use it")
    })
}

/// Whether what was written to standard output is not lost. What waits in a pipe is, once the reader
/// has gone. A reader who does not read for a second is slow and not waited for.
#[cfg(target_os = "linux")]
fn is_taken() -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use std::fs::File;
    use std::os::fd::AsFd;
    use std::os::unix::fs::FileTypeExt;
    const TRIES: u32 = 200;
    const PAUSE: Timespec = Timespec {
        tv_sec: 0,
        tv_nsec: 5_000_000,
    };
    let out = io::stdout();
    let is_pipe = out.as_fd().try_clone_to_owned().is_ok_and(|out| {
        let found = File::from(out).metadata();
        found.is_ok_and(|found| found.file_type().is_fifo())
    });
    if !is_pipe {
        return true;
    }
    let waits = || rustix::io::ioctl_fionread(&out).unwrap_or(0) > 0;
    for _ in 0..TRIES {
        if !waits() {
            return true;
        }
        let mut ends = [PollFd::new(&out, PollFlags::empty())];
        // An error is all that is reported of a pipe that nobody can read any more.
        if poll(&mut ends, Some(&PAUSE)).is_ok_and(|count| count > 0) {
            return !waits();
        }
    }
    true
}

#[cfg(not(target_os = "linux"))]
fn is_taken() -> bool {
    true
}
