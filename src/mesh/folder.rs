//! What stands in the folder of a kit, looked at without following a symbolic link out of it.

use crate::whole_file;
use base16ct::lower::encode_string as hex;
use ring::digest::{Context, SHA256};
use std::fs::{self, DirBuilder, File, Metadata};
use std::io::{self, ErrorKind, Read};
use std::path::Path;
use zeroize::Zeroizing;

/// The mode of each folder.
#[cfg(unix)]
pub(super) const MODE: u32 = 0o700;

/// The largest snapshot, in bytes: what one may unpack to, and more than any is packed.
pub(super) const MAX_SNAPSHOT: u64 = 9 << 30;

/// Makes a folder for its owner alone, whatever the umask is. Says whether it is new; what is there
/// may be anything.
pub(super) fn create(path: &Path) -> io::Result<bool> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, MODE);
    match builder.create(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        made => {
            made?;
            #[cfg(unix)]
            open_to_owner(path)?;
            Ok(true)
        }
    }
}

/// Gives the owner what the umask took away. A file system without modes refuses to set one.
#[cfg(unix)]
fn open_to_owner(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let found = fs::metadata(path)?.permissions().mode();
    if found & MODE == MODE {
        return Ok(());
    }
    fs::set_permissions(path, PermissionsExt::from_mode(MODE))
}

/// What stands at a place, if anything does. A symbolic link is one, wherever it leads.
pub(super) fn look(path: &Path) -> io::Result<Option<Metadata>> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        found => found.map(Some),
    }
}

/// What stands at a place, in words.
pub(super) fn kind(found: &Metadata) -> &'static str {
    if found.is_symlink() {
        "a symbolic link"
    } else if found.is_dir() {
        "a folder"
    } else if found.is_file() {
        "a file"
    } else {
        "neither a file nor a folder"
    }
}

/// Opens a file of the kit. What is no regular file is not opened: a pipe would not even open.
pub(super) fn open(path: &Path) -> io::Result<File> {
    let found = fs::symlink_metadata(path)?;
    if found.is_file() {
        File::open(path)
    } else {
        let found = kind(&found);
        Err(io::Error::other(format!("it is {found}, not a file")))
    }
}

/// Reads a file of the kit whole, into memory that is wiped.
pub(super) fn read(path: &Path, limit: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    whole_file::read_open(&open(path)?, limit)
}

/// The SHA-256 of a file, from where it stands.
pub(super) fn sha256(mut file: &File) -> io::Result<String> {
    let mut context = Context::new(&SHA256);
    let mut buffer = Zeroizing::new(vec![0; 64 << 10]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex(context.finish().as_ref())),
            count => context.update(buffer.get(..count).unwrap_or_default()),
        }
    }
}

/// The same of a file of at most so many bytes.
pub(super) fn sha256_within(file: &File, limit: u64) -> io::Result<String> {
    if file.metadata()?.len() > limit {
        let message = format!("expected at most {limit} bytes, but found more");
        return Err(io::Error::new(ErrorKind::FileTooLarge, message));
    }
    sha256(file)
}
