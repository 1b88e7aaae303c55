//! What is asked for beside the file that describes the sites.

use super::file::Mode;
use jiff::Timestamp;
use std::path::Path;

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
}
