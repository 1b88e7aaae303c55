//! The files and folders of a kit, which only their owner can read.

use super::error::MeshError;
use crate::private_file::PrivateFile;
use base16ct::lower::encode_string as hex;
use ring::digest::{Context, SHA256};
use std::fs::{self, DirBuilder, File};
use std::io::{self, ErrorKind, Read, Write};
use std::path::Path;
use zeroize::Zeroizing;

/// Makes a folder with the mode 0700, unless it is there.
pub(super) fn create(path: &Path) -> Result<(), MeshError> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        made => made.map_err(MeshError::io("make", path)),
    }
}

/// Reads a whole file, into memory that is wiped.
pub(super) fn read(path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut file = File::open(path)?;
    let length = usize::try_from(file.metadata()?.len()).unwrap_or_default();
    let mut bytes = Zeroizing::new(Vec::with_capacity(length.saturating_add(1)));
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Writes a file, unless its content is there already. Says whether it was written.
pub(super) fn write(path: &Path, content: &[u8]) -> Result<bool, MeshError> {
    if fs::metadata(path).is_ok_and(|found| found.len() == content.len() as u64)
        && read(path).is_ok_and(|found| *found == content)
    {
        return Ok(false);
    }
    let write = || {
        let mut staged = PrivateFile::beside(path)?;
        staged.file().write_all(content)?;
        staged.finish(path, true)
    };
    write().map_err(MeshError::io("write", path))?;
    Ok(true)
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
