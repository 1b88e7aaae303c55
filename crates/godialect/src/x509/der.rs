//! Reading DER the way Go's `cryptobyte` reads it.
//!
//! An element is one tag byte, a length and the content. The tag number must be below 31, the
//! length definite, minimal and at most four bytes long. Nothing is checked before it is read: what
//! follows the last element that a caller asks for is never looked at, which is why Go accepts
//! trailing bytes in so many places.
//!
//! Differs from `der` and `x509-parser`: those refuse trailing bytes in a sequence, know tag
//! numbers from 31 on, and cap lengths elsewhere.

use std::borrow::Cow;

/// The identifier byte of an element: class, constructed bit and number together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tag(pub(super) u8);

impl Tag {
    pub(super) const BOOLEAN: Self = Self(0x01);
    pub(super) const INTEGER: Self = Self(0x02);
    pub(super) const BIT_STRING: Self = Self(0x03);
    pub(super) const OCTET_STRING: Self = Self(0x04);
    pub(super) const OBJECT_IDENTIFIER: Self = Self(0x06);
    pub(super) const UTC_TIME: Self = Self(0x17);
    pub(super) const GENERALIZED_TIME: Self = Self(0x18);
    pub(super) const SEQUENCE: Self = Self(0x30);
    pub(super) const SET: Self = Self(0x31);

    /// `[number]` around a primitive value.
    pub(super) const fn implicit(number: u8) -> Self {
        Self(0x80 | number)
    }

    /// `[number]` around a constructed value.
    pub(super) const fn explicit(number: u8) -> Self {
        Self(0xa0 | number)
    }
}

/// One element as it was read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Element<'a> {
    pub(super) tag: Tag,
    pub(super) content: &'a [u8],
    /// Tag, length and content.
    pub(super) whole: &'a [u8],
}

/// The bytes not read yet. Every method reads from the front and answers `None` where Go's reader
/// reports failure; the rest is then meaningless, for no caller goes on after a failure.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Whether the next byte is this tag; says nothing of what follows it.
    pub(super) fn next_is(&self, tag: Tag) -> bool {
        self.rest.first() == Some(&tag.0)
    }

    /// The next element, whatever its tag.
    pub(super) fn any(&mut self) -> Option<Element<'a>> {
        let (&[tag, length_byte], after_head) = self.rest.split_first_chunk()?;
        if tag & 0x1f == 0x1f {
            return None;
        }
        let (length, body) = if length_byte < 0x80 {
            (usize::from(length_byte), after_head)
        } else {
            long_length(length_byte & 0x7f, after_head)?
        };
        let (content, rest) = body.split_at_checked(length)?;
        let whole = self.rest.get(..self.rest.len().checked_sub(rest.len())?)?;
        self.rest = rest;
        Some(Element {
            tag: Tag(tag),
            content,
            whole,
        })
    }

    /// The next element, which must have this tag.
    pub(super) fn element(&mut self, tag: Tag) -> Option<Element<'a>> {
        self.any().filter(|element| element.tag == tag)
    }

    /// The content of the next element, which must have this tag.
    pub(super) fn content(&mut self, tag: Tag) -> Option<&'a [u8]> {
        self.element(tag).map(|element| element.content)
    }

    /// A reader over the content of the next element, which must have this tag.
    pub(super) fn enter(&mut self, tag: Tag) -> Option<Self> {
        self.content(tag).map(Self::new)
    }

    /// As `enter`, or `Some(None)` where the next byte is another tag or there is none.
    pub(super) fn enter_optional(&mut self, tag: Tag) -> Option<Option<Self>> {
        if self.next_is(tag) {
            self.enter(tag).map(Some)
        } else {
            Some(None)
        }
    }

    /// Only `00` and `ff` are booleans.
    pub(super) fn boolean(&mut self) -> Option<bool> {
        match self.content(Tag::BOOLEAN)? {
            [0x00] => Some(false),
            [0xff] => Some(true),
            _ => None,
        }
    }

    pub(super) fn integer(&mut self) -> Option<Integer<'a>> {
        self.integer_tagged(Tag::INTEGER)
    }

    pub(super) fn integer_tagged(&mut self, tag: Tag) -> Option<Integer<'a>> {
        self.content(tag).and_then(Integer::new)
    }

    pub(super) fn bit_string(&mut self) -> Option<BitString<'a>> {
        self.content(Tag::BIT_STRING).and_then(BitString::new)
    }
}

/// The long form: `count` bytes of length, then the rest.
fn long_length(count: u8, after_head: &[u8]) -> Option<(usize, &[u8])> {
    if !(1..=4).contains(&count) {
        return None;
    }
    let (digits, body) = after_head.split_at_checked(usize::from(count))?;
    let length = digits
        .iter()
        .fold(0_u32, |length, &digit| length << 8 | u32::from(digit));
    // A length below 128 has a short form, and a leading zero byte could have been left out.
    if length < 0x80 || digits.first() == Some(&0) {
        return None;
    }
    // Go counts the header in the same 32 bits.
    length.checked_add(2 + u32::from(count))?;
    Some((usize::try_from(length).ok()?, body))
}

/// A two's complement number in the fewest bytes, of any size.
#[derive(Debug, Clone, Copy)]
pub(super) struct Integer<'a> {
    digits: &'a [u8],
}

impl<'a> Integer<'a> {
    fn new(digits: &'a [u8]) -> Option<Self> {
        let minimal = match digits {
            [] => false,
            [_] => true,
            [0x00, second, ..] => *second >= 0x80,
            [0xff, second, ..] => *second < 0x80,
            _ => true,
        };
        minimal.then_some(Self { digits })
    }

    pub(super) fn is_negative(self) -> bool {
        self.digits.first().is_some_and(|&first| first >= 0x80)
    }

    pub(super) fn is_positive(self) -> bool {
        !self.is_negative() && self.digits != [0]
    }

    /// How many bits a positive number has.
    pub(super) fn bits(self) -> usize {
        let unpadded = self.digits.strip_prefix(&[0]).unwrap_or(self.digits);
        let leading_zeros = unpadded.first().map_or(0, |first| first.leading_zeros());
        (8 * unpadded.len()).saturating_sub(leading_zeros as usize)
    }

    /// The value where 64 bits hold it.
    pub(super) fn to_i64(self) -> Option<i64> {
        if self.digits.len() > 8 {
            return None;
        }
        let sign = if self.is_negative() { -1 } else { 0 };
        let value = self
            .digits
            .iter()
            .fold(sign, |value, &digit| value << 8 | i64::from(digit));
        Some(value)
    }
}

/// Whole bytes, of whose last one some low bits, all zero, do not count.
#[derive(Debug, Clone, Copy)]
pub(super) struct BitString<'a> {
    unused_bits: u8,
    bytes: &'a [u8],
}

impl<'a> BitString<'a> {
    fn new(content: &'a [u8]) -> Option<Self> {
        let (&unused_bits, bytes) = content.split_first()?;
        let unused_mask = match unused_bits {
            0..=7 => (1_u8 << unused_bits) - 1,
            _ => return None,
        };
        let padded_well = match bytes.last() {
            Some(last) => last & unused_mask == 0,
            None => unused_bits == 0,
        };
        padded_well.then_some(Self { unused_bits, bytes })
    }

    /// The bit at this place, the first being the highest; zero where there are not as many.
    pub(super) fn bit(self, index: usize) -> bool {
        let byte = self.bytes.get(index / 8).copied().unwrap_or_default();
        byte & (0x80 >> (index % 8)) != 0
    }

    /// The bits moved down so that the last one that counts ends the last byte. Go reads a public
    /// key like this, so a key with unused bits is another key there, not a refused one.
    pub(super) fn right_aligned(self) -> Cow<'a, [u8]> {
        if self.unused_bits == 0 {
            return Cow::Borrowed(self.bytes);
        }
        let mut previous = 0_u8;
        let shifted = self.bytes.iter().map(|&byte| {
            let pair = u16::from_be_bytes([previous, byte]);
            previous = byte;
            let [_, low] = (pair >> self.unused_bits).to_be_bytes();
            low
        });
        Cow::Owned(shifted.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn any(bytes: &[u8]) -> Option<Element<'_>> {
        Reader::new(bytes).any()
    }

    #[test]
    fn lengths_are_minimal() {
        assert!(any(&[0x04, 0x00]).is_some());
        assert!(any(&[0x04, 0x01]).is_none(), "content cut off");
        assert!(any(&[0x04, 0x80, 0x00, 0x00]).is_none(), "indefinite");
        let mut long = vec![0x04, 0x81, 0x80];
        long.resize(3 + 128, 0);
        assert_eq!(any(&long).map(|element| element.content.len()), Some(128));
        assert!(any(&[0x04, 0x81, 0x01, 0x00]).is_none(), "short form fits");
        long.splice(1..3, [0x82, 0x00, 0x80]);
        assert!(any(&long).is_none(), "leading zero");
        assert!(any(&[0x04, 0x84, 0xff, 0xff, 0xff, 0xff, 0x00]).is_none());
        assert!(any(&[0x04, 0x85, 0x01, 0x00, 0x00, 0x00, 0x00]).is_none());
    }

    #[test]
    fn high_tag_numbers_are_refused() {
        for tag in [0x1f, 0x3f, 0x9f, 0xff] {
            assert!(any(&[tag, 0x00]).is_none());
        }
    }

    #[test]
    fn elements_leave_the_rest() {
        let mut reader = Reader::new(&[0x05, 0x00, 0x01, 0x01, 0xff, 0x00]);
        assert_eq!(reader.any().map(|null| null.whole), Some(&[5_u8, 0][..]));
        assert_eq!(reader.boolean(), Some(true));
        assert_eq!(reader.rest, [0x00]);
        assert!(reader.any().is_none());
    }

    #[test]
    fn booleans_are_strict() {
        for content in [&[][..], &[0x01], &[0xff, 0xff]] {
            let bytes = [&[0x01, content.len() as u8], content].concat();
            assert_eq!(Reader::new(&bytes).boolean(), None);
        }
    }

    #[test]
    fn integers_are_minimal() {
        for refused in [&[][..], &[0x00, 0x7f], &[0xff, 0x80]] {
            assert!(Integer::new(refused).is_none(), "{refused:x?}");
        }
        let value = |digits| Integer::new(digits).and_then(Integer::to_i64);
        assert_eq!(value(&[0x00]), Some(0));
        assert_eq!(value(&[0x00, 0x80]), Some(128));
        assert_eq!(value(&[0xff]), Some(-1));
        assert_eq!(value(&[0x80, 0x00]), Some(-32768));
        assert_eq!(value(&[0x80, 0, 0, 0, 0, 0, 0, 0]), Some(i64::MIN));
        assert_eq!(value(&[0x00, 0x80, 0, 0, 0, 0, 0, 0, 0]), None);
        let bits = |digits| Integer::new(digits).map(Integer::bits);
        assert_eq!(bits(&[0x01]), Some(1));
        assert_eq!(bits(&[0x00, 0x80, 0x00]), Some(16));
        assert_eq!(bits(&[0x01, 0xff]), Some(9));
    }

    #[test]
    fn bit_strings_shift_right() {
        assert!(BitString::new(&[]).is_none());
        assert!(BitString::new(&[1]).is_none());
        assert!(BitString::new(&[8, 0]).is_none());
        assert!(BitString::new(&[4, 0xf8]).is_none());
        let aligned = |content| BitString::new(content).map(|bits| bits.right_aligned().to_vec());
        assert_eq!(aligned(&[0]), Some(vec![]));
        assert_eq!(aligned(&[0, 0xab]), Some(vec![0xab]));
        assert_eq!(aligned(&[4, 0xab, 0xc0]), Some(vec![0x0a, 0xbc]));
        let bits = BitString::new(&[4, 0x80, 0x10]).unwrap();
        let set = (0..20).filter(|&index| bits.bit(index));
        assert_eq!(set.collect::<Vec<_>>(), [0, 11]);
    }
}
