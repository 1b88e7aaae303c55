//! Object identifiers, of which Go has two kinds.
//!
//! Most places read an `asn1.ObjectIdentifier`, whose components are 31-bit numbers: a longer
//! component is a parse error. Certificate policies read an `x509.OID`, which takes components of
//! any size (from Go 1.22 on). Both refuse a component that does not end, and one that starts with the
//! padding byte `80` (from Go 1.21 on). Without padding two identifiers are equal exactly when their
//! bytes are, so they stay bytes here.
//!
//! Differs from `der`'s `ObjectIdentifier`, which holds 39 bytes at most.

use std::collections::HashSet;
use std::fmt::Write;

use super::der::{Reader, Tag};
use crate::changes::Rule;
use crate::release::Dialect;

/// A component that can still take seven bits without passing 31.
const COMPONENT_BEFORE_LAST_SHIFT: u32 = 1 << (31 - 7);

/// The identifiers 2.5.29.0 to 2.5.29.127.
static EXTENSIONS: [[u8; 3]; 128] = {
    let mut extensions = [[0x55, 0x1d, 0]; 128];
    let mut last = 0;
    while last < extensions.len() {
        extensions[last][2] = last as u8;
        last += 1;
    }
    extensions
};

/// The other identifiers that the readers know in releases with padding.
static KNOWN: [&[u8]; 9] = [
    // RSA, DSA, ECDSA and Ed25519.
    &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01],
    &[0x2a, 0x86, 0x48, 0xce, 0x38, 0x04, 0x01],
    &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01],
    &[0x2b, 0x65, 0x70],
    // P-224, P-256, P-384 and P-521.
    &[0x2b, 0x81, 0x04, 0x00, 0x21],
    &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07],
    &[0x2b, 0x81, 0x04, 0x00, 0x22],
    &[0x2b, 0x81, 0x04, 0x00, 0x23],
    // Authority information access.
    &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01, 0x01],
];

/// The content bytes of an identifier whose components fit 31 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ObjectIdentifier<'a> {
    encoded: &'a [u8],
    /// Whether a component starts with padding.
    padded: bool,
}

impl<'a> ObjectIdentifier<'a> {
    pub(super) fn read(reader: &mut Reader<'a>, go: &Dialect) -> Option<Self> {
        Self::of(reader.content(Tag::OBJECT_IDENTIFIER)?, go)
    }

    /// The identifier in these content bytes.
    pub(super) fn of(encoded: &'a [u8], go: &Dialect) -> Option<Self> {
        let mut fits = !encoded.is_empty();
        let mut padded = false;
        let mut starts = true;
        let mut component = 0_u32;
        for &byte in encoded {
            fits &= component < COMPONENT_BEFORE_LAST_SHIFT;
            padded |= starts && byte == 0x80;
            starts = byte < 0x80;
            component = if starts {
                0
            } else {
                component << 7 | u32::from(byte & 0x7f)
            };
        }
        if padded {
            fits &= has_short_components(encoded) && !go.has(Rule::MinimalIdentifiers);
        }
        (fits && starts).then_some(Self { encoded, padded })
    }

    /// The bytes, by which an identifier is known. Of one with padding they are those without it where
    /// a certificate's reader knows the identifier, and otherwise as they stand.
    #[inline]
    pub(super) fn encoded(self) -> &'a [u8] {
        if self.padded {
            return self.known();
        }
        self.encoded
    }

    #[cold]
    fn known(self) -> &'a [u8] {
        let unpadded = self.unpadded();
        if let [0x55, 0x1d, last] = *unpadded
            && let Some(known) = EXTENSIONS.get(usize::from(last))
        {
            return known;
        }
        let mut known = KNOWN.iter().copied();
        known
            .find(|known| *known == unpadded)
            .unwrap_or(self.encoded)
    }

    /// The bytes without padding: equal exactly where the identifiers are.
    fn unpadded(self) -> Vec<u8> {
        let mut starts = true;
        let mut unpadded = Vec::with_capacity(self.encoded.len());
        for &byte in self.encoded {
            if starts && byte == 0x80 {
                continue;
            }
            starts = byte < 0x80;
            unpadded.push(byte);
        }
        unpadded
    }

    /// The identifier as numbers with dots between.
    pub(super) fn to_dotted(self) -> String {
        let mut dotted = String::new();
        let mut component = 0_u64;
        for &byte in self.encoded {
            component = component << 7 | u64::from(byte & 0x7f);
            if byte >= 0x80 {
                continue;
            }
            // The first two numbers share a component. Writing to a `String` cannot fail.
            _ = match (dotted.is_empty(), component) {
                (true, 0..80) => write!(dotted, "{}.{}", component / 40, component % 40),
                (true, _) => write!(dotted, "2.{}", component - 80),
                (false, _) => write!(dotted, ".{component}"),
            };
            component = 0;
        }
        dotted
    }
}

/// Whether no component has more than five bytes, which Go counts before it looks for padding.
fn has_short_components(encoded: &[u8]) -> bool {
    let mut components = encoded.split_inclusive(|byte| *byte < 0x80);
    components.all(|component| component.len() <= 5)
}

/// Whether the bytes are an identifier with components of any size.
pub(super) fn has_minimal_components(encoded: &[u8]) -> bool {
    let mut starts = true;
    for &byte in encoded {
        if starts && byte == 0x80 {
            return false;
        }
        starts = byte < 0x80;
    }
    starts && !encoded.is_empty()
}

/// How many identifiers are compared one by one before a set takes over. Real certificates carry
/// about ten extensions; a hostile one can carry a hundred thousand.
const FEW: usize = 24;

/// Identifiers met so far, to find one that comes twice.
pub(super) struct MetIdentifiers<'a> {
    few: [&'a [u8]; FEW],
    count: usize,
    many: HashSet<&'a [u8]>,
    /// All of them without padding, once one has padding.
    unpadded: Option<HashSet<Vec<u8>>>,
}

impl<'a> MetIdentifiers<'a> {
    pub(super) fn new() -> Self {
        Self {
            few: [&[]; FEW],
            count: 0,
            many: HashSet::new(),
            unpadded: None,
        }
    }

    /// Notes the identifier and tells whether it is a new one.
    pub(super) fn insert_identifier(&mut self, identifier: ObjectIdentifier<'a>) -> bool {
        if identifier.padded || self.unpadded.is_some() {
            return self.insert_unpadded(identifier);
        }
        self.insert(identifier.encoded)
    }

    #[cold]
    fn insert_unpadded(&mut self, identifier: ObjectIdentifier<'a>) -> bool {
        let unpadded = self.unpadded.get_or_insert_with(|| {
            let few = self.few.iter().take(self.count);
            few.chain(&self.many).map(|met| met.to_vec()).collect()
        });
        unpadded.insert(identifier.unpadded())
    }

    /// As [`Self::insert_identifier`], of content bytes.
    pub(super) fn insert(&mut self, encoded: &'a [u8]) -> bool {
        let (met, free) = self.few.split_at_mut(self.count);
        if met.contains(&encoded) {
            return false;
        }
        match free.first_mut() {
            Some(place) => {
                *place = encoded;
                self.count += 1;
                true
            }
            None => self.many.insert(encoded),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dotted(encoded: &[u8]) -> Option<String> {
        let bytes = [&[0x06, encoded.len() as u8], encoded].concat();
        ObjectIdentifier::read(&mut Reader::new(&bytes), &Dialect::default())
            .map(ObjectIdentifier::to_dotted)
    }

    #[test]
    fn components_fit_31_bits() {
        assert_eq!(dotted(&[0x55, 0x1d, 0x13]).as_deref(), Some("2.5.29.19"));
        assert_eq!(dotted(&[0x00]).as_deref(), Some("0.0"));
        assert_eq!(dotted(&[0x4f]).as_deref(), Some("1.39"));
        assert_eq!(dotted(&[0x50, 0x00]).as_deref(), Some("2.0.0"));
        assert_eq!(
            dotted(&[0x87, 0xff, 0xff, 0xff, 0x7f]).as_deref(),
            Some("2.2147483567")
        );
        assert_eq!(dotted(&[0x88, 0x80, 0x80, 0x80, 0x00]), None);
        assert_eq!(dotted(&[0x2a, 0x81, 0x80, 0x80, 0x80, 0x80, 0x00]), None);
    }

    #[test]
    fn components_are_minimal_and_end() {
        for refused in [&[][..], &[0x80, 0x01], &[0x2a, 0x80, 0x01], &[0x2a, 0x81]] {
            assert_eq!(dotted(refused), None, "{refused:x?}");
            assert!(!has_minimal_components(refused), "{refused:x?}");
        }
        let huge = [
            0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f,
        ];
        assert!(has_minimal_components(&huge));
        assert_eq!(dotted(&huge), None);
    }

    #[test]
    fn repeats_are_found_in_both_stores() {
        let identifiers: Vec<[u8; 2]> = (0..100).map(|last| [0x2a, last]).collect();
        let mut met = MetIdentifiers::new();
        for identifier in &identifiers {
            assert!(met.insert(identifier));
        }
        for identifier in &identifiers {
            assert!(!met.insert(identifier));
        }
    }
}
