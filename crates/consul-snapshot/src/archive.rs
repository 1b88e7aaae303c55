//! The file around a snapshot: a gzip of a tar of three members, read and written as streams.
//!
//! ```text
//! gzip( header meta.json   | content | zeros
//!       header state.bin   | content | zeros
//!       header SHA256SUMS  | content | zeros
//!       two blocks of zeros )              and nothing behind them
//! ```
//!
//! Blocks have 512 bytes, and zeros fill a member's last one. `SHA256SUMS` has a line
//! `<hex>  <name>` for each of the other two. As a server does, this reader takes the members in any
//! order, and rejects what stands behind the end. Sums, sizes, member names and the end of tar and gzip
//! are all checked.
//!
//! Limits: members are regular files with plain headers, each there once (a server puts the contents of
//! two together); `meta.json` has at most 1 MiB, `SHA256SUMS` 4 KiB, and `state.bin` less than 8 GiB,
//! which is all that a plain tar header can say. Memory does not depend on any size. The blocks are
//! walked here, with the tar crate's header, as its own archive reader neither looks at the end nor
//! bounds the members that extend a header.

use crate::error::{SnapshotError, while_reading};
use crate::meta::Meta;
use base16ct::lower::encode_string as hex;
use flate2::Compression;
use flate2::bufread::MultiGzDecoder;
use flate2::write::GzEncoder;
use ring::digest::{Context, SHA256};
use std::io::{self, BufRead, BufReader, Read, Write};
use tar::{EntryType, Header};
use zeroize::Zeroizing;

const META: &str = "meta.json";
const STATE: &str = "state.bin";
const SUMS: &str = "SHA256SUMS";
const END: &str = "the end of the archive";

const BLOCK: usize = 512;
/// Where the prefix of a name stands in a header. All behind it is zero in a plain one.
const PREFIX: usize = 345;
const MAX_META: u64 = 1 << 20;
const MAX_SUMS: u64 = 4 << 10;
/// The largest size that the 11 octal digits of a plain header can say.
const MAX_STATE: u64 = (1 << 33) - 1;
const BUFFER: usize = 128 << 10;

/// A SHA-256 sum in hexadecimal digits.
type Sum = String;

fn sum(context: Context) -> Sum {
    hex(context.finish().as_ref())
}

/// Reads an archive: `visit` gets the content of `state.bin` and its size, and everything is checked,
/// what `visit` leaves unread included. Gives `meta.json`, what `visit` gave and the sum of `state.bin`,
/// once the whole archive has been found good.
///
/// # Errors
///
/// What `visit` gives, or [`SnapshotError`]. What `visit` saw is not to be trusted then.
pub(crate) fn read<R: Read, T, E: From<SnapshotError>>(
    input: R,
    visit: impl FnOnce(u64, &mut Content<'_, R>) -> Result<T, E>,
) -> Result<(Meta, T, Sum), E> {
    let mut tar = TarReader {
        gzip: MultiGzDecoder::new(BufReader::with_capacity(BUFFER, input)),
        within: META,
    };
    let mut visit = Some(visit);
    let (mut meta, mut state, mut sums) = (None, None, None);
    while let Some((name, size)) = tar.member()? {
        match (name, visit.take()) {
            (Member::Meta, untaken) if meta.is_none() => {
                visit = untaken;
                let text = tar.small_member(META, size)?;
                let mut context = Context::new(&SHA256);
                context.update(&text);
                meta = Some((Meta::read(text)?, sum(context)));
            }
            (Member::State, Some(visit)) => {
                if let Some((meta, _)) = &meta {
                    check_size(meta, size)?;
                }
                let mut content = Content::new(&mut tar, size);
                let visited = visit(size, &mut content)?;
                let sum = content.finish().map_err(|e| while_reading(STATE, e))?;
                tar.padding(STATE, size)?;
                state = Some((size, visited, sum));
            }
            (Member::Sums, untaken) if sums.is_none() => {
                visit = untaken;
                sums = Some(tar.small_member(SUMS, size)?);
            }
            _ => {
                let found = format!("a second {}", tar.within);
                return Err(SnapshotError::Member { found }.into());
            }
        }
    }
    tar.end()?;
    let missing = |expected| SnapshotError::NoMember { expected };
    let (meta, meta_sum) = meta.ok_or_else(|| missing(META))?;
    let (size, visited, state_sum) = state.ok_or_else(|| missing(STATE))?;
    let sums = sums.ok_or_else(|| missing(SUMS))?;
    check_size(&meta, size)?;
    check_sums(&sums, &[(META, &meta_sum), (STATE, &state_sum)])?;
    Ok((meta, visited, state_sum))
}

fn check_size(meta: &Meta, found: u64) -> Result<(), SnapshotError> {
    let expected = meta.size;
    if found == expected {
        Ok(())
    } else {
        Err(SnapshotError::Size { expected, found })
    }
}

struct TarReader<R> {
    gzip: MultiGzDecoder<BufReader<R>>,
    /// The member that was read last.
    within: &'static str,
}

#[derive(Clone, Copy)]
enum Member {
    Meta,
    State,
    Sums,
}

impl<R: Read> TarReader<R> {
    fn block(&mut self) -> Result<[u8; BLOCK], SnapshotError> {
        let mut block = [0; BLOCK];
        self.gzip
            .read_exact(&mut block)
            .map_err(|error| while_reading(self.within, error))?;
        Ok(block)
    }

    /// Reads the header of a member, and gives its name and its size; none for the first of the zero
    /// blocks.
    fn member(&mut self) -> Result<Option<(Member, u64)>, SnapshotError> {
        let block = self.block()?;
        self.check_gzip_header()?;
        if block == [0; BLOCK] {
            return Ok(None);
        }
        let header = Header::from_byte_slice(&block);
        check_header(header, &block)?;
        let other = |found| SnapshotError::Member { found };
        let path = header.path_bytes();
        let (name, member) = match &*path {
            b"meta.json" => (META, Member::Meta),
            b"state.bin" => (STATE, Member::State),
            b"SHA256SUMS" => (SUMS, Member::Sums),
            path => return Err(other(format!("\"{}\"", path.escape_ascii()))),
        };
        if header.entry_type() != EntryType::Regular {
            let kind = header.entry_type().as_byte();
            return Err(other(format!(
                "{name} with the type '{}', which is no regular file",
                kind.escape_ascii()
            )));
        }
        self.within = name;
        let limit = match member {
            Member::Meta => MAX_META,
            Member::State => MAX_STATE,
            Member::Sums => MAX_SUMS,
        };
        let size = octal(&header.as_old().size);
        // What has more digits than there is room for is written in another way.
        let found = size.or(header.entry_size().ok());
        if let Some(found) = found.filter(|found| *found > limit) {
            return Err(SnapshotError::MemberTooLarge {
                member: name,
                limit,
                found,
            });
        }
        let size = size.ok_or(SnapshotError::Header {
            found: "a size that is no octal number",
        })?;
        Ok(Some((member, size)))
    }

    /// A server reads at most 511 bytes of a name or a comment.
    fn check_gzip_header(&self) -> Result<(), SnapshotError> {
        let fields = self
            .gzip
            .header()
            .map(|header| [header.filename(), header.comment()]);
        let mut fields = fields.into_iter().flatten().flatten();
        if fields.any(|field| field.len() >= 512) {
            return Err(SnapshotError::GzipHeader);
        }
        Ok(())
    }

    /// Reads a whole member into memory.
    fn small_member(&mut self, member: &'static str, size: u64) -> Result<Vec<u8>, SnapshotError> {
        let mut content = vec![0; usize::try_from(size).unwrap_or_default()];
        self.gzip
            .read_exact(&mut content)
            .map_err(|error| while_reading(member, error))?;
        self.padding(member, size)?;
        Ok(content)
    }

    /// Reads the zeros that fill a member's last block.
    fn padding(&mut self, member: &'static str, size: u64) -> Result<(), SnapshotError> {
        let mut zeros = Vec::with_capacity(BLOCK);
        self.gzip
            .by_ref()
            .take(padding(size))
            .read_to_end(&mut zeros)
            .map_err(|error| while_reading(member, error))?;
        if zeros.len() as u64 != padding(size) {
            return Err(SnapshotError::Truncated { within: member });
        }
        if zeros.iter().any(|byte| *byte != 0) {
            return Err(SnapshotError::Padding { member });
        }
        Ok(())
    }

    /// Reads the second of the zero blocks; then tar and gzip have to end.
    fn end(&mut self) -> Result<(), SnapshotError> {
        self.within = END;
        if self.block()? != [0; BLOCK] {
            return Err(SnapshotError::Trailing);
        }
        let behind = self.gzip.read(&mut [0]);
        match behind.map_err(|error| while_reading(END, error))? {
            0 => Ok(()),
            _ => Err(SnapshotError::Trailing),
        }
    }
}

/// Checks a header as Go's `archive/tar` does, and that it is plain: Go would put what stands in its
/// last part before the name.
fn check_header(header: &Header, block: &[u8; BLOCK]) -> Result<(), SnapshotError> {
    let damaged = |found| Err(SnapshotError::Header { found });
    let mut again = header.clone();
    again.set_cksum();
    let old = header.as_old();
    if octal(&old.cksum).is_none() || octal(&old.cksum) != octal(&again.as_old().cksum) {
        return damaged("another checksum than its own");
    }
    let numbers = [&old.mode[..], &old.uid, &old.gid, &old.mtime];
    let devices = header
        .as_ustar()
        .map(|header| [&header.dev_major[..], &header.dev_minor]);
    let devices = devices.into_iter().flatten();
    if numbers
        .into_iter()
        .chain(devices)
        .any(|number| octal(number).is_none())
    {
        return damaged("a mode, an owner or a time that is no octal number");
    }
    if block.iter().skip(PREFIX).any(|byte| *byte != 0) {
        return damaged("fields of a format that Consul does not write");
    }
    Ok(())
}

/// Reads a number of a header: octal digits between blanks and zeros. Nothing is 0.
fn octal(field: &[u8]) -> Option<u64> {
    let is_blank = |byte: &u8| matches!(byte, b' ' | 0);
    let start = field.iter().position(|byte| !is_blank(byte));
    let end = field.iter().rposition(|byte| !is_blank(byte));
    let (Some(start), Some(end)) = (start, end) else {
        return Some(0);
    };
    field
        .get(start..=end)?
        .iter()
        .try_fold(0_u64, |number, digit| {
            let digit = digit.checked_sub(b'0').filter(|digit| *digit < 8)?;
            number.checked_mul(8)?.checked_add(digit.into())
        })
}

fn padding(size: u64) -> u64 {
    size.wrapping_neg() % BLOCK as u64
}

/// The content of `state.bin`: a reader that takes the sum of all that it gives.
pub(crate) struct Content<'a, R> {
    tar: &'a mut TarReader<R>,
    context: Context,
    /// What has not been taken out of the tar yet.
    left: u64,
    /// It holds secrets, so it is wiped.
    buffer: Zeroizing<Vec<u8>>,
    start: usize,
    end: usize,
}

impl<'a, R: Read> Content<'a, R> {
    fn new(tar: &'a mut TarReader<R>, size: u64) -> Self {
        Self {
            tar,
            context: Context::new(&SHA256),
            left: size,
            buffer: Zeroizing::new(vec![0; BUFFER]),
            start: 0,
            end: 0,
        }
    }

    fn finish(mut self) -> io::Result<Sum> {
        loop {
            let ready = self.fill_buf()?.len();
            if ready == 0 {
                return Ok(sum(self.context));
            }
            self.consume(ready);
        }
    }
}

impl<R: Read> BufRead for Content<'_, R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.start == self.end && self.left > 0 {
            let wanted = usize::try_from(self.left).map_or(BUFFER, |left| left.min(BUFFER));
            let space = self.buffer.get_mut(..wanted).unwrap_or_default();
            let count = loop {
                match self.tar.gzip.read(space) {
                    Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    other => break other?,
                }
            };
            self.context.update(space.get(..count).unwrap_or_default());
            self.left = self.left.saturating_sub(count as u64);
            (self.start, self.end) = (0, count);
        }
        Ok(self.buffer.get(self.start..self.end).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        self.start = self.end.min(self.start.saturating_add(amount));
    }
}

impl<R: Read> Read for Content<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(out)?;
        self.consume(count);
        Ok(count)
    }
}

/// Holds sums against `SHA256SUMS`: one line for each member, in any order.
fn check_sums(list: &[u8], members: &[(&'static str, &Sum)]) -> Result<(), SnapshotError> {
    let refused = |found| SnapshotError::Sums { found };
    let list = std::str::from_utf8(list).map_err(|_| refused("bytes that are no text"))?;
    if list.lines().count() != members.len() {
        return Err(refused("another number of lines"));
    }
    for (member, found) in members {
        let expected = list
            .lines()
            .filter_map(|line| line.split_once("  "))
            .find_map(|(sum, name)| (name == *member).then_some(sum))
            .ok_or(refused("no line for one of them"))?;
        if expected != *found {
            let digits = |sum: &str| sum.len() == 64 && sum.bytes().all(|b| b.is_ascii_hexdigit());
            if !digits(expected) {
                return Err(refused("a sum that is not of 64 hexadecimal digits"));
            }
            return Err(SnapshotError::Sum {
                member,
                expected: expected.to_owned(),
                found: (*found).clone(),
            });
        }
    }
    Ok(())
}

/// Writes an archive: `fill` writes the content of `state.bin`, of exactly this size.
///
/// The same content gives the same bytes: times in it are zero.
pub(crate) fn write<W: Write, E: From<io::Error>>(
    out: W,
    meta: &[u8],
    size: u64,
    fill: impl FnOnce(&mut dyn Write) -> Result<(), E>,
) -> Result<(), E> {
    // The level of gzip itself and of Consul.
    let mut gzip = GzEncoder::new(out, Compression::new(6));
    let mut context = Context::new(&SHA256);
    context.update(meta);
    write_small(&mut gzip, META, meta)?;
    let meta_sum = sum(context);

    gzip.write_all(header(STATE, size)?.as_bytes())?;
    let mut content = Summing {
        out: &mut gzip,
        context: Context::new(&SHA256),
        written: 0,
    };
    fill(&mut content)?;
    if content.written != size {
        return Err(io::Error::other("state.bin has another size than was said").into());
    }
    let state_sum = sum(content.context);
    write_padding(&mut gzip, size)?;

    let sums = format!("{meta_sum}  {META}\n{state_sum}  {STATE}\n");
    write_small(&mut gzip, SUMS, sums.as_bytes())?;
    gzip.write_all(&[0; 2 * BLOCK])?;
    gzip.finish()?.flush()?;
    Ok(())
}

fn header(member: &str, size: u64) -> io::Result<Header> {
    if size > MAX_STATE {
        return Err(io::Error::other("state.bin is too large for a plain tar"));
    }
    let mut header = Header::new_ustar();
    header.set_path(member)?;
    header.set_mode(0o600);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header.set_size(size);
    header.set_entry_type(EntryType::Regular);
    header.set_cksum();
    Ok(header)
}

fn write_small(out: &mut impl Write, member: &str, content: &[u8]) -> io::Result<()> {
    let size = content.len() as u64;
    out.write_all(header(member, size)?.as_bytes())?;
    out.write_all(content)?;
    write_padding(out, size)
}

fn write_padding(out: &mut impl Write, size: u64) -> io::Result<()> {
    io::copy(&mut io::repeat(0).take(padding(size)), out).map(drop)
}

/// A writer that counts and takes the sum of all that it gets.
struct Summing<'a, W> {
    out: &'a mut W,
    context: Context,
    written: u64,
}

impl<W: Write> Write for Summing<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write_all(bytes)?;
        self.context.update(bytes);
        self.written += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use proptest::prelude::*;

    fn written(state: &[u8]) -> Vec<u8> {
        let size = state.len() as u64;
        let meta = Meta::fresh(Timestamp::UNIX_EPOCH, size);
        let mut out = Vec::new();
        write(&mut out, meta.as_bytes(), size, |content| {
            content.write_all(state)
        })
        .unwrap();
        out
    }

    proptest! {
        #[test]
        fn read_reverses_write(state in prop::collection::vec(any::<u8>(), 0..2000), looked in 0..3000_u64) {
            let file = written(&state);
            prop_assert_eq!(&file, &written(&state));
            let (meta, seen, sum) = read(file.as_slice(), |size, content| {
                assert_eq!(size, state.len() as u64);
                let mut seen = Vec::new();
                content.take(looked).read_to_end(&mut seen).unwrap();
                Ok::<_, SnapshotError>(seen)
            }).unwrap();
            prop_assert_eq!(meta.size, state.len() as u64);
            prop_assert!(state.starts_with(&seen));
            let mut context = Context::new(&SHA256);
            context.update(&state);
            prop_assert_eq!(sum, super::sum(context));
        }
    }

    /// The standard `tar` crate reads what is written, and finds what a server would.
    #[test]
    fn another_reader_finds_the_three_members() {
        let file = written(b"state");
        let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(&*file));
        let names: Vec<_> = archive
            .entries()
            .unwrap()
            .map(|entry| entry.unwrap().path().unwrap().display().to_string())
            .collect();
        assert_eq!(names, [META, STATE, SUMS]);
        let mut tar = Vec::new();
        let mut gzip = flate2::read::GzDecoder::new(&*file);
        gzip.read_to_end(&mut tar).unwrap();
        assert_eq!(tar.len(), 8 * BLOCK);
    }

    #[test]
    fn content_of_another_size_is_an_error() {
        for state in [&b"four"[..], b"sixsix"] {
            let result = write(Vec::new(), b"{}", 5, |content| content.write_all(state));
            assert!(result.is_err());
        }
        let size = MAX_STATE + 1;
        assert!(write(Vec::new(), b"{}", size, |_| Ok::<_, io::Error>(())).is_err());
    }
}
