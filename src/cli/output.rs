//! Where output goes: standard output, or a file that nobody else can read.

use super::report::Failure;
use super::text;
use serde::Serialize;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::Path;
use tempfile::NamedTempFile;
use zeroize::Zeroizing;

/// Writes a text for people to standard output. A reader who has gone away is no failure.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    let mut out = anstream::stdout();
    ignore_broken_pipe(out.write_all(text.as_bytes()).and_then(|()| out.flush()))
}

/// Writes data to standard output, to the byte: where colours are taken off, other characters that
/// a terminal would act on go too.
pub(super) fn print_data(data: &str) -> Result<(), Failure> {
    let mut out = io::stdout();
    ignore_broken_pipe(out.write_all(data.as_bytes()).and_then(|()| out.flush()))
}

/// Writes one JSON object as a line.
pub(super) fn print_json(value: &impl Serialize) -> Result<(), Failure> {
    let json = serde_json::to_string(value)
        .map_err(|error| Failure::could_not_run(format!("cannot write JSON: {error}")))?;
    let json = Zeroizing::new(json);
    print_data(&format!("{}\n", text::json(&json)))
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
/// the new one. `write` is given an empty file, and what it fails with is passed on. A file that
/// exists is kept unless `force` is set.
pub(super) fn write_private<T>(
    path: &Path,
    force: bool,
    write: impl FnOnce(&mut File) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let named = path.display();
    // An error of the temporary file would name it, and nobody knows that name.
    let failed = |error: io::Error| {
        Failure::could_not_run(format!("cannot write {named}: {}", error.kind()))
    };
    let refused = |why: &str| Failure::could_not_run(format!("cannot write {named}: {why}"));
    let exists = || refused("it exists").hint("--force replaces it");
    if path == Path::new("-") {
        return Err(refused("expected the name of a file").hint("left out, it is standard output"));
    }
    match fs::metadata(path) {
        Ok(found) if !found.is_file() => return Err(refused("it is not a regular file")),
        Ok(_) if !force => return Err(exists()),
        _ => {}
    }
    // A symbolic link stays, and what it leads to is replaced.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = match target.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    // A temporary file is made with mode 0600.
    let mut file = NamedTempFile::new_in(folder).map_err(failed)?;
    let written = write(file.as_file_mut())?;
    file.as_file().sync_all().map_err(failed)?;
    if force {
        file.persist(&target).map_err(|error| failed(error.error))?;
    } else if let Err(error) = file.persist_noclobber(&target) {
        return Err(match error.error.kind() {
            ErrorKind::AlreadyExists => exists(),
            _ => failed(error.error),
        });
    }
    // The new name is to outlive a crash too; a folder that cannot be read cannot be synced.
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
    Ok(written)
}
