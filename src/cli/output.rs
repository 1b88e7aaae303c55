//! Where output goes: standard output, or a file that nobody else can read.

use super::report::Failure;
use super::{secrets, text};
use crate::private_file::{PrivateFile, folder, sync};
use anstream::adapter::strip_str;
use serde::Serialize;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// Writes a text for people to standard output, without secrets, and without colours where there
/// are to be none. A reader who has gone away is no failure.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    let text = Zeroizing::new(secrets::redactor().page(text).into_owned());
    if anstream::AutoStream::choice(&io::stdout()) == anstream::ColorChoice::Never {
        // In one buffer of its full size: a stream that strips leaves copies in its own.
        let mut plain = Zeroizing::new(String::with_capacity(text.len()));
        plain.extend(strip_str(&text));
        return print_whole(&plain);
    }
    let mut out = anstream::stdout();
    ignore_broken_pipe(out.write_all(text.as_bytes()).and_then(|()| out.flush()))
}

/// Writes to standard output what is asked for with all that is in it, such as a token, or a text of
/// our own. To the byte: where colours are taken off, other characters that a terminal would act on
/// go too.
pub(super) fn print_whole(data: &str) -> Result<(), Failure> {
    let mut out = io::stdout();
    let written = out.write_all(data.as_bytes()).and_then(|()| out.flush());
    ignore_broken_pipe(written)
}

/// Writes one JSON object as a line.
pub(super) fn print_json(value: &impl Serialize) -> Result<(), Failure> {
    // Its size is found out first: a buffer that grows leaves copies of what is to be shown.
    let failed = |error| Failure::could_not_run(format!("cannot write JSON: {error}"));
    let mut size = Counter(0);
    serde_json::to_writer(&mut size, value).map_err(failed)?;
    let mut json = Zeroizing::new(Vec::with_capacity(size.0));
    serde_json::to_writer(&mut *json, value).map_err(failed)?;
    print_json_text(&String::from_utf8_lossy(&json))
}

/// Counts the bytes that are written to it.
struct Counter(usize);

impl Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes JSON and a line end.
pub(super) fn print_json_text(json: &str) -> Result<(), Failure> {
    let mut line = Zeroizing::new(String::with_capacity(json.len() + 4096));
    line.push_str(&safe_json(json));
    line.push('\n');
    print_whole(&line)
}

/// JSON without secrets, and without characters that a terminal would act on.
pub(super) fn safe_json(json: &str) -> Zeroizing<String> {
    let json = text::json_without_secrets(json, &secrets::redactor());
    Zeroizing::new(text::json(&json).into_owned())
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

/// Writes a file that only its owner can read, all or nothing. A file that exists is kept unless
/// `force` is set.
pub(super) fn write_private(path: &Path, force: bool, content: &[u8]) -> Result<(), Failure> {
    let mut staged = Staged::new(path, force)?;
    staged.write(content)?;
    staged.finish()
}

/// A private file that is being written, and where it goes.
pub(super) struct Staged {
    file: PrivateFile,
    path: PathBuf,
    /// Where the name leads to: a symbolic link stays.
    target: PathBuf,
    force: bool,
}

impl Staged {
    /// Refuses what could not get its name, and makes an empty file beside it.
    pub(super) fn new(path: &Path, force: bool) -> Result<Self, Failure> {
        if path == Path::new("-") {
            return Err(cannot_write(path, "expected the name of a file")
                .hint("left out, it is standard output"));
        }
        match fs::metadata(path) {
            Ok(found) if !found.is_file() => {
                return Err(cannot_write(path, "it is not a regular file"));
            }
            Ok(_) if !force => return Err(exists(path)),
            _ => {}
        }
        let target = target(path);
        // An error of the temporary file would name it, and nobody knows that name.
        let file = PrivateFile::beside(&target)
            .map_err(|error| cannot_write(path, &error.kind().to_string()))?;
        Ok(Self {
            file,
            path: path.to_owned(),
            target,
            force,
        })
    }

    /// The file to write to.
    pub(super) fn file(&mut self) -> &mut File {
        self.file.file()
    }

    /// Writes what the file holds.
    pub(super) fn write(&mut self, content: &[u8]) -> Result<(), Failure> {
        let written = self.file.file().write_all(content);
        written.map_err(|error| cannot_write(&self.path, &error.kind().to_string()))
    }

    /// Makes its content last, so that only its name can fail.
    pub(super) fn sync(&self) -> Result<(), Failure> {
        let synced = self.file.sync();
        synced.map_err(|error| cannot_write(&self.path, &error.kind().to_string()))
    }

    /// Syncs the file and gives it its name.
    pub(super) fn finish(self) -> Result<(), Failure> {
        let failed = |error: io::Error| match error.kind() {
            ErrorKind::AlreadyExists => exists(&self.path),
            kind => cannot_write(&self.path, &kind.to_string()),
        };
        self.file.finish(&self.target, self.force).map_err(failed)?;
        sync(folder(&self.target));
        Ok(())
    }
}

/// Whether two names lead to one file, be it there or not.
pub(super) fn same_file(one: &Path, other: &Path) -> bool {
    let place = |path: &Path| {
        let target = target(path);
        let folder = fs::canonicalize(folder(&target)).ok();
        (folder, target.file_name().map(ToOwned::to_owned))
    };
    place(one) == place(other)
}

fn target(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

fn cannot_write(path: &Path, why: &str) -> Failure {
    Failure::could_not_run(format!("cannot write {}: {why}", path.display()))
}

fn exists(path: &Path) -> Failure {
    cannot_write(path, "it exists").hint("--force replaces it")
}
