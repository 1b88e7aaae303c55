//! MessagePack as `state.bin` has it: a cursor over a stream, and the headers of raws.
//!
//! Consul writes the old specification, in which strings and byte arrays are one type, raw, with
//! three headers (`0xa0 | n`, `0xda`, `0xdb`). All other formats of MessagePack are known too.
//!
//! The cursor takes one value at a time into memory ([`Decoder::value`]), where [`crate::value`] reads
//! it. It finds the end of a value by counting how many are still to come, and holds each length
//! against what is left of the file before anything is read. So neither depth nor a length that lies
//! costs memory. (rmp would still need the counting, the limits and the offsets around it, which are
//! most of this file.)

use crate::error::RecordFault;
use crate::limits::{MAX_HELD, MAX_VALUE};
use std::io::{self, BufRead};
use zeroize::Zeroizing;

/// The byte that starts no value of MessagePack. In memory it stands for a raw that was left out; its
/// length follows in eight bytes.
pub(crate) const LEFT_OUT: u8 = 0xc1;

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

/// What follows the head of a value.
enum Behind {
    /// Bytes that are part of it.
    Bytes(u64),
    /// The content of a raw.
    Raw(u64),
    /// Further values.
    Values(u64),
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

    /// Reads a whole value into `held`, whatever it is and holds. A raw within it that is longer than
    /// [`MAX_HELD`] is read past: only its length is held.
    pub(crate) fn value(&mut self, held: &mut Zeroizing<Vec<u8>>) -> Result<(), Fault> {
        held.clear();
        let mut values: u64 = 1;
        let mut is_outermost = true;
        while values > 0 {
            values -= 1;
            let start = held.len();
            match self.head(held)? {
                Behind::Raw(length) if length > MAX_HELD && !is_outermost => {
                    held.truncate(start);
                    hold(held, &[LEFT_OUT])?;
                    hold(held, &length.to_be_bytes())?;
                    self.pass(length, |_| Ok(()))?;
                }
                Behind::Raw(length) | Behind::Bytes(length) => {
                    self.pass(length, |bytes| hold(held, bytes))?;
                }
                // No sum can overflow: each count is below 2^33, and was held against the bytes
                // left, of which this many have been read.
                Behind::Values(count) => values = values.saturating_add(count),
            }
            is_outermost = false;
        }
        Ok(())
    }

    /// Reads the head of a value.
    fn head(&mut self, held: &mut Zeroizing<Vec<u8>>) -> Result<Behind, Fault> {
        let byte = self.byte()?;
        hold(held, &[byte])?;
        let behind = match byte {
            0x00..=0x7f | 0xc0 | 0xc2 | 0xc3 | 0xe0..=0xff => Behind::Bytes(0),
            0x80..=0x8f => Behind::Values(2 * u64::from(byte & 0x0f)),
            0x90..=0x9f => Behind::Values((byte & 0x0f).into()),
            0xa0..=0xbf => Behind::Raw((byte & 0x1f).into()),
            LEFT_OUT => return Err(RecordFault::NotMsgpack.into()),
            0xc4 | 0xd9 => Behind::Raw(self.length::<1>(held)?),
            0xc5 | 0xda => Behind::Raw(self.length::<2>(held)?),
            0xc6 | 0xdb => Behind::Raw(self.length::<4>(held)?),
            // An extension has a byte for its type before its content.
            0xc7 => Behind::Bytes(self.length::<1>(held)? + 1),
            0xc8 => Behind::Bytes(self.length::<2>(held)? + 1),
            0xc9 => Behind::Bytes(self.length::<4>(held)? + 1),
            0xca | 0xce | 0xd2 => Behind::Bytes(4),
            0xcb | 0xcf | 0xd3 => Behind::Bytes(8),
            0xcc | 0xd0 => Behind::Bytes(1),
            0xcd | 0xd1 => Behind::Bytes(2),
            0xd4..=0xd8 => Behind::Bytes((1 << (byte - 0xd4)) + 1),
            0xdc => Behind::Values(self.length::<2>(held)?),
            0xdd => Behind::Values(self.length::<4>(held)?),
            0xde => Behind::Values(2 * self.length::<2>(held)?),
            0xdf => Behind::Values(2 * self.length::<4>(held)?),
        };
        // Each value takes a byte at least, so a count is held against what is left as well.
        let (Behind::Bytes(claimed) | Behind::Raw(claimed) | Behind::Values(claimed)) = behind;
        let left = self.left();
        if claimed > left {
            return Err(RecordFault::Length { left, claimed }.into());
        }
        Ok(behind)
    }

    fn length<const N: usize>(&mut self, held: &mut Zeroizing<Vec<u8>>) -> Result<u64, Fault> {
        let bytes: [u8; N] = self.array()?;
        hold(held, &bytes)?;
        Ok(bytes
            .iter()
            .fold(0, |length, byte| length << 8 | u64::from(*byte)))
    }

    /// Reads bytes in the pieces in which the stream has them.
    fn pass(
        &mut self,
        mut count: u64,
        mut take: impl FnMut(&[u8]) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        while count > 0 {
            let ready = self.input.fill_buf()?;
            if ready.is_empty() {
                return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
            }
            let step = usize::try_from(count).map_or(ready.len(), |count| ready.len().min(count));
            take(ready.get(..step).unwrap_or_default())?;
            self.input.consume(step);
            self.offset += step as u64;
            count -= step as u64;
        }
        Ok(())
    }
}

/// Appends bytes. A buffer that grows leaves copies behind, so it is replaced, and wiped, instead.
fn hold(held: &mut Zeroizing<Vec<u8>>, bytes: &[u8]) -> Result<(), Fault> {
    let length = held.len() + bytes.len();
    if length as u64 > MAX_VALUE {
        let too_large = RecordFault::TooLarge {
            what: "bytes of a record",
            limit: MAX_VALUE,
            found: length as u64,
        };
        return Err(too_large.into());
    }
    if length > held.capacity() {
        let mut larger = Zeroizing::new(Vec::with_capacity((2 * length).max(4096)));
        larger.extend_from_slice(held);
        *held = larger;
    }
    held.extend_from_slice(bytes);
    Ok(())
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
    use crate::value::Value;
    use peertok_testing::mutated;
    use proptest::prelude::*;

    fn decoder(bytes: &[u8]) -> Decoder<&[u8]> {
        Decoder::new(bytes, bytes.len() as u64)
    }

    fn held(decoder: &mut Decoder<&[u8]>) -> Result<Zeroizing<Vec<u8>>, Fault> {
        let mut held = Zeroizing::new(Vec::new());
        decoder.value(&mut held)?;
        Ok(held)
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
    fn each_format_of_the_specification_is_read() {
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
            assert_eq!(*held(&mut whole).unwrap(), bytes);
            assert!(whole.is_at_end(), "{bytes:02x?}");
            assert!(Value::read_whole(&bytes).is_ok(), "{bytes:02x?}");
            for cut in 0..bytes.len() {
                let cut = bytes.get(..cut).unwrap();
                assert!(held(&mut decoder(cut)).is_err(), "{cut:02x?}");
                assert!(Value::read(cut).is_err(), "{cut:02x?}");
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
            let Fault::Record(fault) = held(&mut decoder(bytes)).unwrap_err() else {
                panic!()
            };
            assert_eq!(fault, RecordFault::Length { left: 0, claimed });
        }
    }

    #[test]
    fn depth_and_numbers_have_limits() {
        let mut deep = vec![0x91; 1 << 20];
        deep.push(0xc0);
        let deep = held(&mut decoder(&deep)).unwrap();
        let fault = Value::read(&deep).unwrap_err();
        assert_eq!(
            fault.to_string(),
            "expected at most 100 levels within a record, but found 101"
        );
        let mut wide = vec![0xdd, 0, 0x10, 0, 0];
        wide.resize(5 + (1 << 20), 0xc0);
        let wide = held(&mut decoder(&wide)).unwrap();
        let fault = Value::read(&wide).unwrap_err();
        assert_eq!(
            fault.to_string(),
            "expected at most 500000 values within a record, but found 500001"
        );
    }

    #[test]
    fn a_long_raw_within_a_record_is_not_held() {
        let length = MAX_HELD as usize + 1;
        let mut record = b"\x82\xa5Value".to_vec();
        push_raw_header(&mut record, length);
        record.resize(record.len() + length, 7);
        record.extend_from_slice(b"\xa3Key\xa1k");
        let mut whole = decoder(&record);
        let held = held(&mut whole).unwrap();
        assert!(whole.is_at_end());
        assert_eq!(held.len(), 22);
        let value = Value::read_whole(&held).unwrap();
        assert_eq!(*value.get("Value"), Value::LeftOut);
        assert_eq!(value.get("Key").bytes(), b"k");
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
            let held = held(&mut decoder(&out)).unwrap();
            let value = Value::read_whole(&held).unwrap();
            assert_eq!(value.bytes().len(), length);
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in mutated(values())) {
            let mut decoder = decoder(&bytes);
            while !decoder.is_at_end() {
                let start = decoder.offset() as usize;
                let Ok(held) = held(&mut decoder) else { break };
                prop_assert_eq!(&bytes[start..decoder.offset() as usize], &**held);
                prop_assert!(Value::read_whole(&held).is_ok());
            }
            prop_assert!(decoder.offset() <= bytes.len() as u64);
        }
    }
}
