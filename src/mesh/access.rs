//! Who may read a kit: its files have the mode 0600 and its folders 0700, and all belong to one user.
//!
//! That user is the one who runs the command. Where that is root, it is the owner of the kit's folder,
//! so that root can look after the kit of another.

use super::fault::CheckFault;
use std::fs::Metadata;
use std::io;
use std::path::Path;

/// Who the files of a kit belong to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Access {
    #[cfg(unix)]
    owner: u32,
    #[cfg(unix)]
    is_root: bool,
}

#[cfg(unix)]
impl Access {
    /// Who the files of the kit in a folder are to belong to.
    pub(super) fn of(out: &Path) -> io::Result<Self> {
        use std::os::unix::fs::MetadataExt;
        let user = rustix::process::geteuid();
        let is_root = user.is_root();
        let owner = if is_root {
            std::fs::metadata(out)?.uid()
        } else {
            user.as_raw()
        };
        Ok(Self { owner, is_root })
    }

    /// What is wrong with the mode and the owner of a file or folder, of which `is_secret` says
    /// whether it holds keys or secrets.
    pub(super) fn faults(self, found: &Metadata, is_secret: bool) -> Vec<CheckFault> {
        use std::os::unix::fs::MetadataExt;
        let mut faults = Vec::new();
        let (mode, wanted) = (mode(found), wanted(found));
        if mode != wanted {
            let is_readable = is_secret && mode & 0o044 != 0;
            faults.push(if is_readable {
                CheckFault::Readable {
                    found: mode,
                    wanted,
                }
            } else {
                CheckFault::Mode {
                    found: mode,
                    wanted,
                }
            });
        }
        if found.uid() != self.owner {
            faults.push(CheckFault::Owner {
                found: found.uid(),
                wanted: self.owner,
            });
        }
        faults
    }

    /// Gives a file or folder its mode and, as root, its owner. Says whether the owner is right.
    pub(super) fn restore(self, path: &Path, found: &Metadata) -> io::Result<bool> {
        use std::os::unix::fs::{MetadataExt, PermissionsExt, lchown};
        let mut is_owned = found.uid() == self.owner;
        if !is_owned && self.is_root {
            lchown(path, Some(self.owner), None)?;
            is_owned = true;
        }
        let wanted = wanted(found);
        // Of another's file, only that user can set the mode; it is replaced.
        if mode(found) != wanted && (is_owned || found.is_dir()) {
            std::fs::set_permissions(path, PermissionsExt::from_mode(wanted))?;
        }
        Ok(is_owned)
    }

    /// Gives a new file or folder to the owner of the kit.
    pub(super) fn hand_over(self, path: &Path) -> io::Result<()> {
        if self.is_root && self.owner != 0 {
            std::os::unix::fs::lchown(path, Some(self.owner), None)?;
        }
        Ok(())
    }
}

/// The mode of a file or folder. A folder may have inherited more, such as its group.
#[cfg(unix)]
fn mode(found: &Metadata) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    let bits = if found.is_dir() { 0o777 } else { 0o7777 };
    found.permissions().mode() & bits
}

#[cfg(unix)]
fn wanted(found: &Metadata) -> u32 {
    if found.is_dir() {
        super::folder::MODE
    } else {
        crate::private_file::MODE
    }
}

/// Elsewhere than on Unix, whoever may read the folder may read what is in it.
#[cfg(not(unix))]
impl Access {
    pub(super) fn of(_: &Path) -> io::Result<Self> {
        Ok(Self {})
    }

    pub(super) fn faults(self, _: &Metadata, _: bool) -> Vec<CheckFault> {
        Vec::new()
    }

    pub(super) fn restore(self, _: &Path, _: &Metadata) -> io::Result<bool> {
        Ok(true)
    }

    pub(super) fn hand_over(self, _: &Path) -> io::Result<()> {
        Ok(())
    }
}
