//! Where output goes: standard output, or a file that nobody else can read.

use super::report::Failure;
use super::text;
use crate::private_file::{PrivateFile, folder, sync};
use peertok_secret::{Redactor, Secret};
use serde::Serialize;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};
use zeroize::Zeroizing;

/// Takes secrets out of all that is printed, as the last thing that happens to it.
static REDACTOR: RwLock<Redactor> = RwLock::new(Redactor::new());

/// Hides a secret that was read, wherever it turns up in what is printed.
pub(super) fn hide(secret: Secret) {
    change_redactor(|redactor| redactor.know(secret));
}

/// Shows a secret that was asked for.
pub(super) fn show(secret: Secret) {
    change_redactor(|redactor| redactor.allow(secret));
}

/// Wipes all secrets that are hidden or shown.
pub(super) fn forget_secrets() {
    change_redactor(Redactor::forget);
}

fn change_redactor(change: impl FnOnce(&mut Redactor)) {
    change(&mut REDACTOR.write().unwrap_or_else(PoisonError::into_inner));
}

/// The redactor for what is printed.
pub(super) fn redactor() -> RwLockReadGuard<'static, Redactor> {
    REDACTOR.read().unwrap_or_else(PoisonError::into_inner)
}

/// Writes a text for people to standard output. A reader who has gone away is no failure.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    let text = redactor().page(text);
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
    let json = serde_json::to_string(value)
        .map_err(|error| Failure::could_not_run(format!("cannot write JSON: {error}")))?;
    print_json_text(&Zeroizing::new(json))
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
    let json = text::json_without_secrets(json, &redactor());
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
    let written = staged.file().write_all(content);
    written.map_err(|error| cannot_write(path, &error.kind().to_string()))?;
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
