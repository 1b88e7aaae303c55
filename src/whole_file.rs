//! Files that are read whole: never more than a limit, so that no file can use up the memory.
//!
//! This is the one place where anything is read to its end into memory. Streams, which are snapshots,
//! logs and `--jsonl`, have limits of their own.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;
use zeroize::Zeroizing;

/// The largest file that is read whole, in bytes, unless its reader says otherwise.
pub(crate) const MAX_FILE: usize = 16 << 20;

/// The same for a list of files that were written here, which may be a million.
pub(crate) const MAX_LIST: usize = 512 << 20;

/// How much of a line is left out, in bytes, before the input is taken for something else than lines,
/// such as a file of zeros that has no end.
#[cfg(feature = "cli")]
pub(crate) const MAX_LINE: usize = 64 << 20;

/// The largest buffer that is taken before anything is known of what will be read.
const MAX_AT_ONCE: usize = 16 << 20;

/// Reads a file of at most `limit` bytes, into memory that is wiped.
///
/// # Errors
///
/// As for any file; [`ErrorKind::FileTooLarge`] where there is more, which is known before the
/// first byte is read where the file tells its size.
pub(crate) fn read_file(path: &Path, limit: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    read_open(&File::open(path)?, limit)
}

/// The same, of a file that is open.
pub(crate) fn read_open(file: &File, limit: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    let found = file.metadata()?;
    let length = usize::try_from(found.len()).unwrap_or(usize::MAX);
    if length > limit {
        return Err(too_large(limit));
    }
    // What is no regular file says 0, whatever it holds.
    let expected = if found.is_file() { length } else { MAX_AT_ONCE };
    let bytes = read_up_to(file, limit, expected)?;
    if bytes.len() > limit {
        Err(too_large(limit))
    } else {
        Ok(bytes)
    }
}

/// Reads to the end, or one byte over `limit`.
#[cfg(feature = "cli")]
pub(crate) fn read_over(reader: impl Read, limit: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    read_up_to(reader, limit, MAX_AT_ONCE)
}

fn read_up_to(reader: impl Read, limit: usize, expected: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    let most = limit.saturating_add(1);
    // With its capacity from the start, the buffer leaves no copies of a secret behind.
    let capacity = most.min(expected.saturating_add(1));
    let mut bytes = Zeroizing::new(Vec::with_capacity(capacity));
    let most = u64::try_from(most).unwrap_or(u64::MAX);
    reader.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// What is said of a line of more than [`MAX_LINE`].
#[cfg(feature = "cli")]
pub(crate) fn no_line_end() -> io::Error {
    io::Error::new(
        ErrorKind::InvalidData,
        "a line has no end: this is no text of lines",
    )
}

fn too_large(limit: usize) -> io::Error {
    io::Error::new(ErrorKind::FileTooLarge, too_large_message(limit))
}

/// What is said of more bytes than are read.
pub(crate) fn too_large_message(limit: usize) -> String {
    format!("expected at most {limit} bytes, but found more")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Seek, Write};

    #[test]
    fn a_file_is_read_whole_or_not_at_all() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"12345").unwrap();
        for (limit, expected) in [(4, None), (5, Some("12345")), (6, Some("12345"))] {
            file.rewind().unwrap();
            let read = read_open(&file, limit);
            match expected {
                Some(expected) => assert_eq!(&**read.unwrap(), expected.as_bytes()),
                None => assert_eq!(read.unwrap_err().kind(), ErrorKind::FileTooLarge),
            }
        }
        #[cfg(feature = "cli")]
        assert_eq!(read_over(&b"12345"[..], 3).unwrap().len(), 4);
    }

    /// Neither a size that no memory has nor a device without an end takes more than the limit.
    #[test]
    #[cfg(target_os = "linux")]
    fn what_has_no_end_is_too_large() {
        let file = tempfile::tempfile().unwrap();
        file.set_len(8 << 40).unwrap();
        let error = read_open(&file, MAX_FILE).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::FileTooLarge);
        let error = read_file(Path::new("/dev/zero"), 1000).unwrap_err();
        assert_eq!(
            error.to_string(),
            "expected at most 1000 bytes, but found more"
        );
    }
}
