//! What is asked for beside the file that describes the sites.

use super::error::{Fault, Located};
use super::file::Mode;
use jiff::Timestamp;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// How a kit is written.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Options<'a> {
    /// The folder that the names of files in the file start from.
    pub folder: &'a Path,
    /// The kit's folder.
    pub out: &'a Path,
    /// The mode, where it is not to be the file's.
    pub mode: Option<Mode>,
    /// Pairs that get another secret, each `SITE/SITE`.
    pub rotate: &'a [String],
    /// Take a base that is older than an hour, or than the last snapshot for its site.
    pub allow_old_base: bool,
    /// The moment at which the kit is made.
    pub now: Timestamp,
}

impl<'a> Options<'a> {
    /// Nothing is asked for but the kit.
    #[must_use]
    pub fn new(folder: &'a Path, out: &'a Path, now: Timestamp) -> Self {
        Self {
            folder,
            out,
            mode: None,
            rotate: &[],
            allow_old_base: false,
            now,
        }
    }

    /// The path of a file that is named in the text, at this place.
    ///
    /// # Errors
    ///
    /// A fault where it is in the kit's folder: it would be lost where the kit replaces or removes it.
    pub(super) fn named(&self, name: &Path, at: Range<usize>) -> Result<PathBuf, Box<Located>> {
        let path = self.folder.join(name);
        if is_within(&path, self.out) {
            Err(Located::boxed(at, Fault::InKit { path }))
        } else {
            Ok(path)
        }
    }
}

/// Whether a file that is there is within a folder that is there.
pub(crate) fn is_within(file: &Path, folder: &Path) -> bool {
    let whole = (file.canonicalize(), folder.canonicalize());
    matches!(&whole, (Ok(file), Ok(folder)) if file.starts_with(folder))
}
