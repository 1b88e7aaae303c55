//! MessagePack as `state.bin` has it: a pull decoder over a stream, and the headers of raws.
//!
//! Consul writes the old specification, in which strings and byte arrays are one type, raw, with
//! three headers (`0xa0 | n`, `0xda`, `0xdb`). All other formats of MessagePack are read too, since
//! records of other types are only skipped.
//!
//! The decoder keeps nothing: a value is skipped by counting how many are still to come, so that
//! neither depth nor length costs memory, and a length is held against what is left of the file
//! before anything is read. (rmp has no skipping, and its readers of single values would still
//! need the counting, the limits and the offsets around them, which are most of this file.)

use crate::error::RecordFault;
use std::io::{self, BufRead};
use zeroize::Zeroizing;

/// The longest key that is looked for is shorter; longer ones are skipped.
const MAX_KEY: u64 = 64;

/// Why a value cannot be decoded.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The stream failed.
    Read(io::Error),
    /// The value is at fault.
    Record(RecordFault),
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Read(error)
    }
}

impl From<RecordFault> for Fault {
    fn from(fault: RecordFault) -> Self {
        Self::Record(fault)
    }
}

/// The head of a value: a scalar itself, the length of any other value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Head {
    Nil,
    Bool(bool),
    Uint(u64),
    /// A negative integer, a float, or an extension: nothing that is looked at. The number
    /// is that of the bytes to skip.
    Other(u64),
    Raw(u64),
    Array(u64),
    /// The number of pairs.
    Map(u64),
}

impl Head {
    fn name(self) -> &'static str {
        match self {
            Self::Nil => "nil",
            Self::Bool(_) => "a bool",
            Self::Uint(_) => "an integer",
            Self::Other(_) => "another value",
            Self::Raw(_) => "a raw",
            Self::Array(_) => "an array",
            Self::Map(_) => "a map",
        }
    }

    fn instead_of(self, expected: &'static str) -> Fault {
        let found = self.name();
        RecordFault::Type { expected, found }.into()
    }
}

/// A decoder over a stream of known length.
#[derive(Debug)]
pub(crate) struct Decoder<R> {
    input: R,
    offset: u64,
    size: u64,
}

impl<R: BufRead> Decoder<R> {
    pub(crate) fn new(input: R, size: u64) -> Self {
        let offset = 0;
        Self {
            input,
            offset,
            size,
        }
    }

    /// How many bytes have been read.
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    pub(crate) fn is_at_end(&self) -> bool {
        self.offset == self.size
    }

    fn left(&self) -> u64 {
        self.size.saturating_sub(self.offset)
    }

    /// Reads one byte.
    pub(crate) fn byte(&mut self) -> Result<u8, Fault> {
        let [byte] = self.array()?;
        Ok(byte)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        if self.left() < N as u64 {
            return Err(RecordFault::Ends.into());
        }
        let mut bytes = [0; N];
        self.input.read_exact(&mut bytes)?;
        self.offset += N as u64;
        Ok(bytes)
    }

    fn skip_bytes(&mut self, mut count: u64) -> Result<(), Fault> {
        while count > 0 {
            let ready = self.input.fill_buf()?.len();
            if ready == 0 {
                return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
            }
            let step = usize::try_from(count).map_or(ready, |count| ready.min(count));
            self.input.consume(step);
            self.offset += step as u64;
            count -= step as u64;
        }
        Ok(())
    }

    fn head(&mut self) -> Result<Head, Fault> {
        let byte = self.byte()?;
        let head = match byte {
            0x00..=0x7f => Head::Uint(byte.into()),
            0x80..=0x8f => Head::Map((byte & 0x0f).into()),
            0x90..=0x9f => Head::Array((byte & 0x0f).into()),
            0xa0..=0xbf => Head::Raw((byte & 0x1f).into()),
            0xc0 => Head::Nil,
            0xc1 => return Err(RecordFault::NotMsgpack.into()),
            0xc2 => Head::Bool(false),
            0xc3 => Head::Bool(true),
            0xc4 | 0xd9 => Head::Raw(self.uint8()?),
            0xc5 | 0xda => Head::Raw(self.uint16()?),
            0xc6 | 0xdb => Head::Raw(self.uint32()?),
            // An extension has a byte for its type before its content.
            0xc7 => Head::Other(self.uint8()? + 1),
            0xc8 => Head::Other(self.uint16()? + 1),
            0xc9 => Head::Other(self.uint32()? + 1),
            0xca => Head::Other(4),
            0xcb => Head::Other(8),
            0xcc => Head::Uint(self.uint8()?),
            0xcd => Head::Uint(self.uint16()?),
            0xce => Head::Uint(self.uint32()?),
            0xcf => Head::Uint(u64::from_be_bytes(self.array()?)),
            0xd0 => signed(i8::from_be_bytes(self.array()?).into()),
            0xd1 => signed(i16::from_be_bytes(self.array()?).into()),
            0xd2 => signed(i32::from_be_bytes(self.array()?).into()),
            0xd3 => signed(i64::from_be_bytes(self.array()?)),
            0xd4..=0xd8 => Head::Other((1 << (byte - 0xd4)) + 1),
            0xdc => Head::Array(self.uint16()?),
            0xdd => Head::Array(self.uint32()?),
            0xde => Head::Map(self.uint16()?),
            0xdf => Head::Map(self.uint32()?),
            0xe0..=0xff => Head::Other(0),
        };
        // Each value takes a byte at least, so a count is held against what is left as well.
        let claimed = match head {
            Head::Raw(length) | Head::Array(length) | Head::Other(length) => length,
            Head::Map(pairs) => 2 * pairs,
            Head::Nil | Head::Bool(_) | Head::Uint(_) => 0,
        };
        let left = self.left();
        if claimed > left {
            return Err(RecordFault::Length { left, claimed }.into());
        }
        Ok(head)
    }

    fn uint8(&mut self) -> Result<u64, Fault> {
        Ok(self.byte()?.into())
    }

    fn uint16(&mut self) -> Result<u64, Fault> {
        Ok(u16::from_be_bytes(self.array()?).into())
    }

    fn uint32(&mut self) -> Result<u64, Fault> {
        Ok(u32::from_be_bytes(self.array()?).into())
    }

    /// Skips a value, whatever it is and holds.
    pub(crate) fn skip(&mut self) -> Result<(), Fault> {
        let mut values: u64 = 1;
        while values > 0 {
            values -= 1;
            match self.head()? {
                Head::Nil | Head::Bool(_) | Head::Uint(_) => {}
                Head::Raw(length) | Head::Other(length) => self.skip_bytes(length)?,
                // Neither sum can overflow: each count is below 2^33, and was held against the
                // bytes left, of which this many have been read.
                Head::Array(count) => values = values.saturating_add(count),
                Head::Map(pairs) => values = values.saturating_add(2 * pairs),
            }
        }
        Ok(())
    }

    /// Reads an integer that is not negative; nil is none of them.
    pub(crate) fn uint(&mut self) -> Result<u64, Fault> {
        match self.head()? {
            Head::Uint(number) => Ok(number),
            other => Err(other.instead_of("an integer that is not negative")),
        }
    }

    /// Reads a number where any will do: `None` for a negative one, a float or nil.
    pub(crate) fn maybe_uint(&mut self) -> Result<Option<u64>, Fault> {
        match self.head()? {
            Head::Uint(number) => Ok(Some(number)),
            Head::Nil => Ok(None),
            Head::Other(length) => self.skip_bytes(length).map(|()| None),
            other => Err(other.instead_of("a number")),
        }
    }

    /// Reads a bool; nil is false.
    pub(crate) fn bool(&mut self) -> Result<bool, Fault> {
        match self.head()? {
            Head::Bool(value) => Ok(value),
            Head::Nil => Ok(false),
            other => Err(other.instead_of("a bool")),
        }
    }

    /// Reads the header of a raw, and gives the length of its content.
    pub(crate) fn raw(&mut self) -> Result<u64, Fault> {
        match self.head()? {
            Head::Raw(length) => Ok(length),
            other => Err(other.instead_of("a raw")),
        }
    }

    /// Reads the content of a raw, of at most this many bytes. It is wiped when dropped.
    pub(crate) fn bytes(
        &mut self,
        what: &'static str,
        limit: u64,
    ) -> Result<Zeroizing<Vec<u8>>, Fault> {
        let length = self.raw()?;
        self.content(what, length, limit)
    }

    fn content(
        &mut self,
        what: &'static str,
        found: u64,
        limit: u64,
    ) -> Result<Zeroizing<Vec<u8>>, Fault> {
        let too_large = RecordFault::TooLarge { what, limit, found };
        let length = usize::try_from(found)
            .ok()
            .filter(|_| found <= limit)
            .ok_or(too_large)?;
        let mut bytes = Zeroizing::new(vec![0; length]);
        self.input.read_exact(&mut bytes)?;
        self.offset += found;
        Ok(bytes)
    }

    /// Reads text of at most this many bytes; nil is empty. What is no UTF-8 is replaced: Go does
    /// not look.
    pub(crate) fn text(&mut self, what: &'static str, limit: u64) -> Result<String, Fault> {
        match self.head()? {
            Head::Raw(length) => {
                let bytes = self.content(what, length, limit)?;
                Ok(String::from_utf8_lossy(&bytes).into_owned())
            }
            Head::Nil => Ok(String::new()),
            other => Err(other.instead_of("a raw")),
        }
    }

    /// Reads a map: calls `member` with each key, which has to read or skip the value. Nil is an
    /// empty map. Keys that are no text or too long to be looked for are skipped with their values.
    pub(crate) fn map<E: From<Fault>>(
        &mut self,
        mut member: impl FnMut(&mut Self, &str) -> Result<(), E>,
    ) -> Result<(), E> {
        let pairs = match self.head()? {
            Head::Map(pairs) => pairs,
            Head::Nil => 0,
            other => return Err(other.instead_of("a map").into()),
        };
        for _ in 0..pairs {
            match self.head()? {
                Head::Raw(length) if length <= MAX_KEY => {
                    let key = self.content("a key", length, MAX_KEY)?;
                    member(self, std::str::from_utf8(&key).unwrap_or_default())?;
                }
                Head::Raw(length) | Head::Other(length) => {
                    self.skip_bytes(length)?;
                    self.skip()?;
                }
                Head::Nil | Head::Bool(_) | Head::Uint(_) => self.skip()?,
                other => return Err(other.instead_of("a key").into()),
            }
        }
        Ok(())
    }

    /// Skips to an offset that lies ahead.
    pub(crate) fn skip_to(&mut self, offset: u64) -> Result<(), Fault> {
        self.skip_bytes(offset.saturating_sub(self.offset))
    }
}

fn signed(number: i64) -> Head {
    u64::try_from(number).map_or(Head::Other(0), Head::Uint)
}

/// Appends the header of a raw of this length in the old format, which has no `str8`.
///
/// Lengths are below 2^32: nothing of that size is written.
pub(crate) fn push_raw_header(out: &mut Vec<u8>, length: usize) {
    let [.., a, b, c, d] = (length as u64).to_be_bytes();
    match (a, b, c) {
        (0, 0, 0) if d < 32 => out.push(0xa0 | d),
        (0, 0, _) => out.extend([0xda, c, d]),
        _ => out.extend([0xdb, a, b, c, d]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use peertok_testing::mutated;
    use proptest::prelude::*;

    fn decoder(bytes: &[u8]) -> Decoder<&[u8]> {
        Decoder::new(bytes, bytes.len() as u64)
    }

    /// Several values, each with the head of one of the formats.
    fn values() -> impl Strategy<Value = Vec<u8>> {
        let bytes = |length| prop::collection::vec(any::<u8>(), length);
        let leaf = prop_oneof![
            prop::sample::select(vec![0x00_u8, 0x7f, 0xc0, 0xc2, 0xc3, 0xe0])
                .prop_map(|head| vec![head]),
            any::<u64>().prop_map(|number| [&[0xcf], &number.to_be_bytes()[..]].concat()),
            bytes(0..32_usize).prop_map(|raw| [&[0xa0 | raw.len() as u8], &*raw].concat()),
            bytes(0..300_usize).prop_map(|raw| [
                &[0xda],
                &(raw.len() as u16).to_be_bytes()[..],
                &raw
            ]
            .concat()),
        ];
        let value = leaf.prop_recursive(4, 32, 4, |inner| {
            let values = prop::collection::vec(inner, 0..4);
            (any::<bool>(), values).prop_map(|(is_map, values)| {
                // A map has a key before each value.
                let pairs = values
                    .iter()
                    .map(|value| [if is_map { &b"\xa1k"[..] } else { b"" }, value].concat());
                let head = if is_map { 0x80 } else { 0x90 } | values.len() as u8;
                [vec![head], pairs.collect::<Vec<_>>().concat()].concat()
            })
        });
        prop::collection::vec(value, 1..4).prop_map(|values| values.concat())
    }

    /// Each head is that of the MessagePack specification, `spec.md`, "Formats".
    #[test]
    fn each_format_of_the_specification_is_skipped() {
        let one = |head: &[u8], content: usize| [head, &vec![0; content]].concat();
        for bytes in [
            one(&[0x7f], 0),
            one(&[0x82], 4),
            one(&[0x93], 3),
            one(&[0xbf], 31),
            one(&[0xc0], 0),
            one(&[0xc2], 0),
            one(&[0xc4, 5], 5),
            one(&[0xc5, 0, 5], 5),
            one(&[0xc6, 0, 0, 0, 5], 5),
            one(&[0xc7, 5, 1], 5),
            one(&[0xc8, 0, 5, 1], 5),
            one(&[0xc9, 0, 0, 0, 5, 1], 5),
            one(&[0xca], 4),
            one(&[0xcb], 8),
            one(&[0xcc], 1),
            one(&[0xcd], 2),
            one(&[0xce], 4),
            one(&[0xcf], 8),
            one(&[0xd0], 1),
            one(&[0xd1], 2),
            one(&[0xd2], 4),
            one(&[0xd3], 8),
            one(&[0xd4, 1], 1),
            one(&[0xd5, 1], 2),
            one(&[0xd6, 1], 4),
            one(&[0xd7, 1], 8),
            one(&[0xd8, 1], 16),
            one(&[0xd9, 5], 5),
            one(&[0xda, 0, 5], 5),
            one(&[0xdb, 0, 0, 0, 5], 5),
            one(&[0xdc, 0, 2], 2),
            one(&[0xdd, 0, 0, 0, 2], 2),
            one(&[0xde, 0, 2], 4),
            one(&[0xdf, 0, 0, 0, 2], 4),
            one(&[0xff], 0),
        ] {
            let mut whole = decoder(&bytes);
            whole.skip().unwrap();
            assert!(whole.is_at_end(), "{bytes:02x?}");
            for cut in 0..bytes.len() {
                let cut = bytes.get(..cut).unwrap();
                assert!(decoder(cut).skip().is_err(), "{cut:02x?}");
            }
        }
    }

    #[test]
    fn what_claims_more_than_there_is_is_refused_at_once() {
        for (bytes, claimed) in [
            (&[0xdb, 0xff, 0xff, 0xff, 0xff][..], 0xffff_ffff),
            (&[0xdd, 0xff, 0xff, 0xff, 0xff], 0xffff_ffff),
            (&[0xdf, 0xff, 0xff, 0xff, 0xff], 0x1_ffff_fffe),
            (&[0xc9, 0xff, 0xff, 0xff, 0xff], 0x1_0000_0000),
        ] {
            let Fault::Record(fault) = decoder(bytes).skip().unwrap_err() else {
                panic!()
            };
            assert_eq!(fault, RecordFault::Length { left: 0, claimed });
        }
    }

    #[test]
    fn depth_costs_nothing() {
        let mut deep = vec![0x91; 1 << 20];
        deep.push(0xc0);
        let mut decoder = decoder(&deep);
        decoder.skip().unwrap();
        assert!(decoder.is_at_end());
    }

    #[test]
    fn raws_have_the_three_headers_of_the_old_format() {
        for (length, header) in [
            (0, &[0xa0][..]),
            (31, &[0xbf]),
            (32, &[0xda, 0, 32]),
            (255, &[0xda, 0, 255]),
            (65535, &[0xda, 0xff, 0xff]),
            (65536, &[0xdb, 0, 1, 0, 0]),
        ] {
            let mut out = Vec::new();
            push_raw_header(&mut out, length);
            assert_eq!(out, header);
            out.resize(out.len() + length, 7);
            let bytes = decoder(&out).bytes("it", 1 << 20).unwrap();
            assert_eq!(bytes.len(), length);
        }
    }

    #[test]
    fn values_of_another_type_are_told_apart() {
        let text = |bytes: &[u8]| match decoder(bytes).text("a name", 4).unwrap_err() {
            Fault::Record(fault) => fault.to_string(),
            Fault::Read(error) => panic!("{error}"),
        };
        assert_eq!(text(&[0x80]), "expected a raw, but found a map");
        assert_eq!(
            text(&[0xa5, 1, 1, 1, 1, 1]),
            "expected at most 4 bytes of a name, but found 5"
        );
        assert_eq!(
            text(&[0xc1]),
            "expected a msgpack value, but found the byte 0xc1"
        );
        assert_eq!(
            text(&[]),
            "expected the rest of a value, but found the end of state.bin"
        );
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in mutated(values())) {
            let mut decoder = decoder(&bytes);
            while !decoder.is_at_end() && decoder.skip().is_ok() {}
            prop_assert!(decoder.offset() <= bytes.len() as u64);
        }
    }
}
