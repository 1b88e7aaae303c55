//! Writing into the folder of a kit, and removing from it.
//!
//! Nothing outside the folder is touched: a symbolic link in the place of a site's folder is refused,
//! and one in the place of a file is itself replaced. A private key that is in the kit and nowhere
//! else is never lost:
//!
//! - A file is removed only if it is one of a kit, listed in a manifest that this kit sealed, and its
//!   content is still what was written.
//! - A file is removed or replaced only if it holds no private key but those that `.mesh-state.json` has.
//! - A snapshot holds that of its cluster's CA, as does its base. It is replaced if its content is what was
//!   written, or if it has no roots.

use super::access::Access;
use super::error::MeshError;
use super::fault::CheckFault;
use super::files::{self, SNAPSHOT};
use super::folder;
use crate::private_file::{self, PrivateFile};
use crate::snapshot::State;
use crate::whole_file::MAX_LIST;
use base16ct::lower::encode_string as hex;
use memchr::memmem;
use ring::digest::{SHA256, digest};
use std::collections::BTreeMap;
use std::fs::{self, File, Metadata};
use std::io::{self, Seek, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use zeroize::Zeroizing;

/// What the PEM of every private key has in it.
const MARK: &[u8] = b"PRIVATE KEY";

/// Faults of a kit, each with the path of what is at fault.
pub(super) type Faults = Vec<(String, CheckFault)>;

/// The folder of a kit that is written to.
pub(super) struct Writer<'a> {
    out: &'a Path,
    access: Access,
    /// The SHA-256 of each file that was written before, by path.
    before: BTreeMap<String, String>,
    /// The private keys that are kept, and so can be lost elsewhere.
    keys: Vec<Zeroizing<String>>,
    /// The modes and owners that were restored.
    restored: Mutex<Faults>,
    /// Those that could not be, as on a file system without modes.
    unrestored: Mutex<Faults>,
}

impl<'a> Writer<'a> {
    /// Takes over the folder of a kit, which is there and locked, with the private keys that it has kept
    /// so far.
    pub(super) fn new<'k>(
        out: &'a Path,
        before: BTreeMap<String, String>,
        keys: impl Iterator<Item = &'k str>,
    ) -> Result<Self, MeshError> {
        let writer = Self {
            out,
            access: Access::of(out).map_err(MeshError::io("read", out))?,
            before,
            // As it stands in JSON, too.
            keys: keys
                .flat_map(|key| [key.to_owned(), key.replace('\n', "\\n")])
                .map(Zeroizing::new)
                .collect(),
            restored: Mutex::default(),
            unrestored: Mutex::default(),
        };
        // The folder itself may be named through a symbolic link.
        let place = out.canonicalize().map_err(MeshError::io("read", out))?;
        let found = fs::metadata(&place).map_err(MeshError::io("read", out))?;
        writer.restore("", &place, &found);
        Ok(writer)
    }

    /// The files that were written before.
    pub(super) fn before(&self) -> &BTreeMap<String, String> {
        &self.before
    }

    /// The modes and owners that were restored, and those that could not be, in the order of paths.
    pub(super) fn restored(self) -> (Faults, Faults) {
        let sorted = |faults: Mutex<Faults>| {
            let mut faults = faults.into_inner().unwrap_or_else(PoisonError::into_inner);
            faults.sort_by(|(one, _), (other, _)| one.cmp(other));
            faults
        };
        (sorted(self.restored), sorted(self.unrestored))
    }

    /// Refuses anything else in the place of a site's folder, before anything is written.
    pub(super) fn check_folder(&self, site: &str) -> Result<Option<Metadata>, MeshError> {
        let path = self.out.join(site);
        match folder::look(&path).map_err(MeshError::io("make", &path))? {
            Some(found) if !found.is_dir() => Err(MeshError::NotAFolder {
                found: folder::kind(&found),
                path,
            }),
            found => Ok(found),
        }
    }

    /// Makes a site's folder, unless it is there.
    pub(super) fn folder(&self, site: &str) -> Result<(), MeshError> {
        let path = self.out.join(site);
        let made = folder::create(&path).and_then(|is_new| {
            if is_new {
                self.access.hand_over(&path)?;
            }
            Ok(())
        });
        made.map_err(MeshError::io("make", &path))?;
        match self.check_folder(site)? {
            Some(found) => {
                self.restore(site, &path, &found);
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Writes a file, unless its content is there already. Says whether it was written.
    pub(super) fn write(&self, path: &str, content: &[u8]) -> Result<bool, MeshError> {
        let place = self.out.join(path);
        let failed = || MeshError::io("write", &place);
        if u64::try_from(content.len()).unwrap_or(u64::MAX) > files::limit(path) {
            // It could not be read again.
            return Err(failed()(io::Error::other("it would be too large")));
        }
        if let Some(found) = folder::look(&place).map_err(failed())?
            && found.is_file()
        {
            let is_same = usize::try_from(found.len()) == Ok(content.len())
                && folder::read(&place, content.len()).is_ok_and(|there| *there == content);
            let is_owned = self.restore(path, &place, &found);
            if is_same && is_owned {
                return Ok(false);
            }
            if !is_same {
                self.check_replaceable(path)?;
            }
        }
        let write = || {
            let mut staged = PrivateFile::beside(&place)?;
            staged.file().write_all(content)?;
            staged.finish(&place, true)?;
            self.access.hand_over(&place)
        };
        write().map_err(failed())?;
        Ok(true)
    }

    /// Makes an empty file beside the place of one that is too large to hold in memory.
    pub(super) fn stage(&self, path: &str) -> Result<PrivateFile, MeshError> {
        let place = self.out.join(path);
        PrivateFile::beside(&place).map_err(MeshError::io("write", &place))
    }

    /// Gives such a file, of this SHA-256, its name, unless its content is there already. Says whether
    /// it was written.
    pub(super) fn finish(
        &self,
        path: &str,
        mut staged: PrivateFile,
        sum: &str,
    ) -> Result<bool, MeshError> {
        let place = self.out.join(path);
        let failed = || MeshError::io("write", &place);
        if let Some(found) = folder::look(&place).map_err(failed())?
            && found.is_file()
        {
            let length = staged.file().seek(io::SeekFrom::End(0)).map_err(failed())?;
            let is_same = found.len() == length && self.sum(path).is_ok_and(|there| there == sum);
            let is_owned = self.restore(path, &place, &found);
            if is_same && is_owned {
                return Ok(false);
            }
            if !is_same {
                self.check_replaceable(path)?;
            }
        }
        staged.finish(&place, true).map_err(failed())?;
        self.access.hand_over(&place).map_err(failed())?;
        Ok(true)
    }

    /// Removes a file that was written before and is no part of the kit any more. Says whether it is
    /// gone; one that was changed since is left.
    pub(super) fn remove(&self, path: &str, sum: &str) -> bool {
        let Some((site, _)) = path.split_once('/').filter(|_| files::is_of_kit(path)) else {
            return false;
        };
        let folder = self.out.join(site);
        let is_folder = fs::symlink_metadata(&folder).is_ok_and(|found| found.is_dir());
        if !is_folder {
            return !folder.exists();
        }
        let place = self.out.join(path);
        let is_gone = match folder::look(&place) {
            Ok(None) => true,
            Ok(Some(_)) => {
                self.sum(path).is_ok_and(|there| there == sum)
                    && self.holds_unknown_key(path).is_ok_and(|holds| !holds)
                    && fs::remove_file(&place).is_ok()
            }
            Err(_) => false,
        };
        // It goes once it is empty.
        let _ = fs::remove_dir(&folder);
        is_gone
    }

    /// Removes what a run that was killed left behind in a folder that this kit has.
    pub(super) fn remove_partial(&self, site: &str) {
        let folder = self.out.join(site);
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let is_partial = private_file::is_partial(&entry.file_name().to_string_lossy());
            if is_partial && entry.file_type().is_ok_and(|kind| kind.is_file()) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    /// Makes the names in the kit's folder last.
    pub(super) fn sync(&self) {
        private_file::sync(self.out);
    }

    /// Makes the names in a site's folder last.
    pub(super) fn sync_site(&self, site: &str) {
        private_file::sync(&self.out.join(site));
    }

    fn sum(&self, path: &str) -> io::Result<String> {
        let file = folder::open(&self.out.join(path))?;
        folder::sha256_within(&file, files::limit(path))
    }

    /// Restores the mode and the owner of what is there, and takes note of it. Says whether the owner
    /// is right now.
    fn restore(&self, path: &str, place: &Path, found: &Metadata) -> bool {
        let is_secret = found.is_file() && files::is_secret(path);
        let faults = self.access.faults(found, is_secret);
        if faults.is_empty() {
            return true;
        }
        let restored = self.access.restore(place, found);
        // Who cannot restore it writes all the same, and says so.
        let is_owned = *restored.as_ref().unwrap_or(&true);
        let again = fs::symlink_metadata(place);
        let is_right = restored.is_ok()
            && again.is_ok_and(|found| !is_owned || self.access.faults(&found, false).is_empty());
        let list = if is_right {
            &self.restored
        } else {
            &self.unrestored
        };
        let faults = faults.into_iter().map(|fault| (path.to_owned(), fault));
        let mut list = list.lock().unwrap_or_else(PoisonError::into_inner);
        list.extend(faults);
        is_owned
    }

    /// Refuses to replace a file of which a private key would be lost.
    fn check_replaceable(&self, path: &str) -> Result<(), MeshError> {
        if path == files::STATE {
            // What it held was read, and is in what is written.
            return Ok(());
        }
        let place = self.out.join(path);
        let is_unknown = self.holds_unknown_key(path);
        if is_unknown.map_err(MeshError::io("replace", &place))? {
            Err(MeshError::UnknownKey { path: place })
        } else {
            Ok(())
        }
    }

    /// Whether a file may hold a private key that is not kept.
    fn holds_unknown_key(&self, path: &str) -> io::Result<bool> {
        let place = self.out.join(path);
        if path.ends_with(SNAPSHOT) {
            if self.before.get(path) == Some(&self.sum(path)?) {
                return Ok(false);
            }
            if let Some(holds_key) = holds_key(&folder::open(&place)?) {
                return Ok(holds_key);
            }
        }
        let limit = usize::try_from(files::limit(path)).unwrap_or(usize::MAX);
        let content = folder::read(&place, limit.min(MAX_LIST))?;
        let count = |in_text: &[u8], of: &[u8]| memmem::find_iter(in_text, of).count();
        let marks = count(&content, MARK);
        let known = self.keys.iter().map(|key| {
            let marks = count(key.as_bytes(), MARK);
            marks * count(&content, key.as_bytes())
        });
        Ok(marks > 0 && marks > known.sum())
    }
}

/// Whether a snapshot may hold the private key of a CA. `None` where it is no snapshot. One that
/// cannot be read may be of another release.
fn holds_key(mut file: &File) -> Option<bool> {
    let mut start = [0; 2];
    io::Read::read_exact(&mut file, &mut start).ok()?;
    file.rewind().ok()?;
    if start != [0x1f, 0x8b] {
        return None;
    }
    Some(!State::read(file).is_ok_and(|state| state.roots.is_empty()))
}

/// The SHA-256 of a content.
pub(super) fn sum(content: &[u8]) -> String {
    hex(digest(&SHA256, content).as_ref())
}
