//! A value of MessagePack in memory, which borrows the bytes that it was read from.

use crate::error::RecordFault;
use crate::limits::{MAX_DEPTH, MAX_VALUES};
use crate::msgpack::LEFT_OUT;

/// A value.
#[derive(Debug, PartialEq)]
pub(crate) enum Value<'a> {
    Nil,
    Bool(bool),
    /// An integer that is not negative.
    Uint(u64),
    /// A negative integer.
    Int(i64),
    Float(f64),
    /// A string or bytes: the old format has one type for both.
    Raw(&'a [u8]),
    /// Bytes in the new format, which Consul does not write.
    Bin,
    /// A raw of this length that is not held.
    LeftOut,
    Extension,
    Array(Vec<Self>),
    Map(Vec<(Self, Self)>),
}

static NIL: Value<'static> = Value::Nil;

impl<'a> Value<'a> {
    /// Reads the value at the start, and gives what follows it. Bytes that
    /// [`Decoder::value`](crate::msgpack::Decoder::value) gave hold one value, so nothing does.
    pub(crate) fn read(bytes: &'a [u8]) -> Result<(Self, &'a [u8]), RecordFault> {
        let mut reader = Reader {
            bytes,
            left: MAX_VALUES,
        };
        let value = reader.value(0)?;
        Ok((value, reader.bytes))
    }

    /// Reads bytes that hold one value and nothing else.
    pub(crate) fn read_whole(bytes: &'a [u8]) -> Result<Self, RecordFault> {
        let (value, rest) = Self::read(bytes)?;
        let expected = bytes.len() as u64;
        let found = expected - rest.len() as u64;
        if found == expected {
            Ok(value)
        } else {
            Err(RecordFault::Entry { expected, found })
        }
    }

    /// The value of a key of a map; nil where there is none, as Go leaves a field then.
    pub(crate) fn get(&self, key: &str) -> &Value<'a> {
        match self {
            Self::Map(pairs) => pairs
                .iter()
                .find(|(found, _)| matches!(found, Self::Raw(found) if *found == key.as_bytes()))
                .map_or(&NIL, |(_, value)| value),
            _ => &NIL,
        }
    }

    /// The elements of an array; none of any other value.
    pub(crate) fn elements(&self) -> &[Self] {
        match self {
            Self::Array(elements) => elements,
            _ => &[],
        }
    }

    /// The pairs of a map; none of any other value.
    pub(crate) fn pairs(&self) -> &[(Self, Self)] {
        match self {
            Self::Map(pairs) => pairs,
            _ => &[],
        }
    }

    /// The bytes of a raw; none of any other value.
    pub(crate) fn bytes(&self) -> &'a [u8] {
        match self {
            Self::Raw(bytes) => bytes,
            _ => &[],
        }
    }

    /// A string of at most this many bytes. What is no UTF-8 is replaced: Go does not look.
    pub(crate) fn text(&self, what: &'static str, limit: u64) -> Result<String, RecordFault> {
        let found = self.bytes().len() as u64;
        if *self == Self::LeftOut || found > limit {
            return Err(RecordFault::TooLarge { what, limit, found });
        }
        Ok(String::from_utf8_lossy(self.bytes()).into_owned())
    }

    pub(crate) fn is_true(&self) -> bool {
        *self == Self::Bool(true)
    }

    /// An integer; 0 for a negative one and any other value.
    pub(crate) fn uint(&self) -> u64 {
        match self {
            Self::Uint(number) => *number,
            _ => 0,
        }
    }

    /// What it is, for a message.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Nil => "nil",
            Self::Bool(_) => "a bool",
            Self::Uint(_) | Self::Int(_) => "an integer",
            Self::Float(_) => "a float",
            Self::Raw(_) | Self::LeftOut => "a raw",
            Self::Bin => "bytes in the new format",
            Self::Extension => "an extension",
            Self::Array(_) => "an array",
            Self::Map(_) => "a map",
        }
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    /// How many more values there may be.
    left: usize,
}

impl<'a> Reader<'a> {
    fn value(&mut self, depth: usize) -> Result<Value<'a>, RecordFault> {
        if depth > MAX_DEPTH {
            return Err(RecordFault::TooLarge {
                what: "levels within a record",
                limit: MAX_DEPTH as u64,
                found: depth as u64,
            });
        }
        self.left = self.left.checked_sub(1).ok_or(RecordFault::TooLarge {
            what: "values within a record",
            limit: MAX_VALUES as u64,
            found: MAX_VALUES as u64 + 1,
        })?;
        let [head] = self.array()?;
        Ok(match head {
            0x00..=0x7f => Value::Uint(head.into()),
            0x80..=0x8f => self.map((head & 0x0f).into(), depth)?,
            0x90..=0x9f => self.list((head & 0x0f).into(), depth)?,
            0xa0..=0xbf => Value::Raw(self.take((head & 0x1f).into())?),
            0xc0 => Value::Nil,
            LEFT_OUT => {
                self.take(8)?;
                Value::LeftOut
            }
            0xc2 => Value::Bool(false),
            0xc3 => Value::Bool(true),
            0xc4..=0xc6 => {
                let length = self.length(1 << (head - 0xc4))?;
                self.take(length)?;
                Value::Bin
            }
            0xc7..=0xc9 => {
                let length = self.length(1 << (head - 0xc7))?;
                self.take(length.saturating_add(1))?;
                Value::Extension
            }
            0xca => Value::Float(f32::from_be_bytes(self.array()?).into()),
            0xcb => Value::Float(f64::from_be_bytes(self.array()?)),
            0xcc => Value::Uint(u8::from_be_bytes(self.array()?).into()),
            0xcd => Value::Uint(u16::from_be_bytes(self.array()?).into()),
            0xce => Value::Uint(u32::from_be_bytes(self.array()?).into()),
            0xcf => Value::Uint(u64::from_be_bytes(self.array()?)),
            0xd0 => signed(i8::from_be_bytes(self.array()?).into()),
            0xd1 => signed(i16::from_be_bytes(self.array()?).into()),
            0xd2 => signed(i32::from_be_bytes(self.array()?).into()),
            0xd3 => signed(i64::from_be_bytes(self.array()?)),
            0xd4..=0xd8 => {
                self.take((1 << (head - 0xd4)) + 1)?;
                Value::Extension
            }
            0xd9..=0xdb => {
                let length = self.length(1 << (head - 0xd9))?;
                Value::Raw(self.take(length)?)
            }
            0xdc | 0xdd => {
                let length = self.length(2 << (head - 0xdc))?;
                self.list(length, depth)?
            }
            0xde | 0xdf => {
                let length = self.length(2 << (head - 0xde))?;
                self.map(length, depth)?
            }
            0xe0..=0xff => Value::Int(i8::from_be_bytes([head]).into()),
        })
    }

    fn list(&mut self, count: usize, depth: usize) -> Result<Value<'a>, RecordFault> {
        let mut elements = Vec::with_capacity(self.room(count));
        for _ in 0..count {
            elements.push(self.value(depth + 1)?);
        }
        Ok(Value::Array(elements))
    }

    fn map(&mut self, count: usize, depth: usize) -> Result<Value<'a>, RecordFault> {
        let mut pairs = Vec::with_capacity(self.room(count));
        for _ in 0..count {
            pairs.push((self.value(depth + 1)?, self.value(depth + 1)?));
        }
        Ok(Value::Map(pairs))
    }

    /// For how many values memory is taken in advance: a count may lie.
    fn room(&self, count: usize) -> usize {
        count.min(self.bytes.len()).min(self.left)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], RecordFault> {
        let (head, rest) = self.bytes.split_first_chunk().ok_or(RecordFault::Ends)?;
        self.bytes = rest;
        Ok(*head)
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], RecordFault> {
        let (head, rest) = self
            .bytes
            .split_at_checked(count)
            .ok_or(RecordFault::Ends)?;
        self.bytes = rest;
        Ok(head)
    }

    fn length(&mut self, bytes: usize) -> Result<usize, RecordFault> {
        let bytes = self.take(bytes)?;
        let length = bytes
            .iter()
            .fold(0, |length: u64, byte| length << 8 | u64::from(*byte));
        Ok(usize::try_from(length).unwrap_or(usize::MAX))
    }
}

fn signed<'a>(number: i64) -> Value<'a> {
    u64::try_from(number).map_or(Value::Int(number), Value::Uint)
}
