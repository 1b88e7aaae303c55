//! Where output goes: standard output, or a file that nobody else can read.

use super::report::Failure;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::Path;
use tempfile::NamedTempFile;

/// Writes a text to standard output. A reader who has gone away is no failure.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    let mut out = anstream::stdout();
    ignore_broken_pipe(out.write_all(text.as_bytes()).and_then(|()| out.flush()))
}

/// Makes of a failed write to standard output a failure of the command, unless the reader has gone.
pub(super) fn ignore_broken_pipe(written: io::Result<()>) -> Result<(), Failure> {
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::could_not_run(
            format!("cannot write to standard output: {error}"),
        )),
        _ => Ok(()),
    }
}

/// Writes a file that only its owner can read, all or nothing: whoever looks sees the old file or
/// the new one. A file that exists is kept unless `force` is set.
pub(super) fn write_private(path: &Path, content: &[u8], force: bool) -> Result<(), Failure> {
    let failed = |error: io::Error| {
        Failure::could_not_run(format!("cannot write {}: {error}", path.display()))
    };
    let exists = || {
        let message = format!("cannot write {}: it exists", path.display());
        Failure::could_not_run(message).hint("--force replaces it")
    };
    match fs::metadata(path) {
        Ok(found) if !found.is_file() => {
            return Err(failed(io::Error::other("it is not a regular file")));
        }
        Ok(_) if !force => return Err(exists()),
        _ => {}
    }
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    // A temporary file is made with mode 0600.
    let mut file = NamedTempFile::new_in(folder).map_err(failed)?;
    file.write_all(content)
        .and_then(|()| file.as_file().sync_all())
        .map_err(failed)?;
    if force {
        file.persist(path).map_err(|error| failed(error.error))?;
    } else if let Err(error) = file.persist_noclobber(path) {
        return Err(match error.error.kind() {
            ErrorKind::AlreadyExists => exists(),
            _ => failed(error.error),
        });
    }
    // The new name has to outlive a crash too.
    File::open(folder)
        .and_then(|f| f.sync_all())
        .map_err(failed)
}
