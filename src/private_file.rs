//! A file that only its owner can read, written whole or not at all.
//!
//! It is written beside its place under a name of its own, with the mode 0600, and gets its name once it
//! is synced: whoever looks sees the old file or the new one. Dropped, it is gone. A writer that is
//! killed leaves `.peertok-….partial` behind, which only its owner can read.

use std::fs::File;
use std::io;
use std::path::Path;
use tempfile::NamedTempFile;

/// The mode of each such file, whatever the umask is.
#[cfg(unix)]
pub(crate) const MODE: u32 = 0o600;

const PREFIX: &str = ".peertok-";
const SUFFIX: &str = ".partial";

/// A file that does not have its name yet.
pub(crate) struct PrivateFile(NamedTempFile);

impl PrivateFile {
    /// Makes an empty file beside `path`.
    pub(crate) fn beside(path: &Path) -> io::Result<Self> {
        let file = tempfile::Builder::new()
            .prefix(PREFIX)
            .suffix(SUFFIX)
            .tempfile_in(folder(path))?;
        #[cfg(unix)]
        open_to_owner(file.as_file())?;
        Ok(Self(file))
    }

    /// The file to write to.
    pub(crate) fn file(&mut self) -> &mut File {
        self.0.as_file_mut()
    }

    /// Makes the content last through a crash.
    #[cfg(feature = "cli")]
    pub(crate) fn sync(&self) -> io::Result<()> {
        self.0.as_file().sync_all()
    }

    /// Syncs the file and gives it its name; a file of that name is replaced only if `replace` is set.
    /// The name itself lasts through a crash once [`sync`] was called.
    pub(crate) fn finish(self, path: &Path, replace: bool) -> io::Result<()> {
        self.0.as_file().sync_all()?;
        let named = if replace {
            self.0.persist(path)
        } else {
            self.0.persist_noclobber(path)
        };
        named.map(|_| ()).map_err(|error| error.error)
    }
}

/// Gives the owner what the umask took away. It is left alone otherwise: a file system without modes
/// refuses to set one.
#[cfg(unix)]
fn open_to_owner(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let found = file.metadata()?.permissions().mode();
    if found & MODE == MODE {
        return Ok(());
    }
    file.set_permissions(PermissionsExt::from_mode(MODE))
}

/// The folder that a file is in.
pub(crate) fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Syncs the names in a folder. One that cannot be read cannot be synced.
pub(crate) fn sync(folder: &Path) {
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}

/// Whether a name is that of a file which a writer that was killed left behind.
pub(crate) fn is_partial(name: &str) -> bool {
    name.starts_with(PREFIX) && name.ends_with(SUFFIX)
}
