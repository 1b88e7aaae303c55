//! The roots that need no long look: nearly all that servers write, and those seen before.
//!
//! A server writes each root in one form: a certificate alone in PEM, in lines of 64 characters,
//! each with one line end. As a JSON literal this is
//!
//! ```text
//! -----BEGIN CERTIFICATE-----\n
//! 64 characters\n                 (any number of such lines)
//! 1 to 64 characters
//! \n-----END CERTIFICATE-----\n
//! ```
//!
//! where `\n` are two characters each. (Behind full lines the last may be
//! missing: PEM reads over an empty line.) Read as base64, the characters cannot hold a quote, a
//! backslash, a colon or a dash; so JSON ends the literal at the next quote, PEM finds this one block
//! in it, without headers, and the content is that of the joined lines. What is not of this form, and
//! what is not accepted as a certificate by all Go releases, is not judged here: the caller reads it in
//! the long way, which has Go's words too.
//!
//! Of literals that were accepted some are kept, so that tokens which share a root pay for it once.
//! Only certificates are kept, never another part of a token.

use godialect::Dialect;
use godialect::base64;
use godialect::x509::Certificate;
use std::sync::Arc;

const BEGIN: &[u8] = br"-----BEGIN CERTIFICATE-----\n";
const END: &[u8] = br"\n-----END CERTIFICATE-----\n";
/// A full line with its line end.
const LINE: usize = 64 + 2;

/// How many literals are kept, one a slot.
const SLOTS: usize = 64;
/// The longest literal that is kept, in bytes.
const LONGEST: usize = 4096;
/// Where bytes are taken to choose a slot, eight at each place: a certificate's key stands there,
/// while what comes before is much the same in all certificates of one kind.
const SAMPLED: [usize; 4] = [256, 328, 400, 472];

/// Recognises sound roots in JSON literals.
#[derive(Default)]
pub struct SoundRoots {
    kept: Vec<Kept>,
    joined: Vec<u8>,
    der: Vec<u8>,
    go: Dialect,
}

/// What is kept of a root.
#[derive(Default)]
struct Kept {
    /// An accepted literal, with its closing quote; empty where there is none yet.
    literal: Vec<u8>,
    /// The certificate in it, once it was asked for.
    certificate: Option<Arc<Certificate>>,
}

impl SoundRoots {
    /// The length of the JSON literal that `rest` starts with, its closing quote left out, if that
    /// is a certificate alone which Go accepts, in the form above.
    ///
    /// The time that it takes is linear in the literal, not in `rest`.
    pub(crate) fn literal(&mut self, rest: &[u8]) -> Option<usize> {
        let slot = slot(rest);
        // A prefix up to the closing quote is the same literal.
        if let Some(kept) = slot.and_then(|slot| self.kept.get(slot))
            && !kept.literal.is_empty()
            && rest.starts_with(&kept.literal)
        {
            return Some(kept.literal.len() - 1);
        }
        let length = memchr::memchr(b'"', rest)?;
        let (literal, _) = rest.split_at(length);
        if !self.is_sound(literal) {
            return None;
        }
        if let Some(slot) = slot
            && length < LONGEST
        {
            self.kept.resize_with(SLOTS, Kept::default);
            let kept = &mut self.kept[slot];
            kept.literal.clear();
            kept.literal.extend_from_slice(&rest[..=length]);
            kept.certificate = None;
        }
        Some(length)
    }

    /// The certificate in a literal of the form above, sound or not, which stands without its quotes;
    /// `None` for any other literal.
    pub fn certificate(&mut self, literal: &[u8]) -> Option<Arc<Certificate>> {
        let mut kept = slot(literal)
            .and_then(|slot| self.kept.get_mut(slot))
            .filter(|kept| kept.literal.strip_suffix(b"\"") == Some(literal));
        if let Some(known) = kept.as_ref().and_then(|kept| kept.certificate.clone()) {
            return Some(known);
        }
        if !decode(literal, &mut self.joined, &mut self.der) {
            return None;
        }
        let certificate = Arc::new(Certificate::read(self.der.clone()));
        if let Some(kept) = &mut kept {
            kept.certificate = Some(Arc::clone(&certificate));
        }
        Some(certificate)
    }

    fn is_sound(&mut self, literal: &[u8]) -> bool {
        self.go.forget();
        self.decode(literal)
            && self.go.check_certificate(&self.der).is_ok()
            && self.go.agrees_with_all()
    }

    fn decode(&mut self, literal: &[u8]) -> bool {
        decode(literal, &mut self.joined, &mut self.der)
    }
}

/// Takes the content out of a literal of the form above, where `joined` gets its lines; false for any
/// other.
fn decode(literal: &[u8], joined: &mut Vec<u8>, der: &mut Vec<u8>) -> bool {
    let Some(lines) = literal
        .strip_prefix(BEGIN)
        .and_then(|after| after.strip_suffix(END))
    else {
        return false;
    };
    joined.clear();
    let (full, last) = lines.as_chunks::<LINE>();
    for line in full {
        let (text, line_end) = line.split_at(LINE - 2);
        if line_end != br"\n" {
            return false;
        }
        joined.extend_from_slice(text);
    }
    joined.extend_from_slice(last);
    base64::decode_plain(joined, der)
}

/// The slot of the literal that `rest` starts with, or `None` for one too short to have one. A bad
/// choice only means that a root is not recognised.
fn slot(rest: &[u8]) -> Option<usize> {
    let mut mixed = 0_u64;
    for at in SAMPLED {
        let sample = rest.get(at..)?.first_chunk()?;
        // The odd number is the golden ratio's: it carries every bit up into the highest ones.
        mixed = (mixed ^ u64::from_le_bytes(*sample)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
    usize::try_from(mixed >> (u64::BITS - SLOTS.ilog2())).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verdict::check_root;
    use godialect::json::{Kind, Reader, write_string};
    use godialect::pem;
    use proptest::prelude::*;

    const ROOT: &str = include_str!("../../../fixtures/ca/dc1.pem");
    const OTHER: &str = include_str!("../../../fixtures/ca/other-cluster.pem");
    const CHAIN: &str = include_str!("../../../fixtures/ca/chain.pem");

    /// What follows the opening quote of an array's first entry.
    fn rest(entry: &str) -> String {
        let mut json = String::new();
        write_string(&mut json, entry);
        json.push_str(r#","and more"]"#);
        json.split_off(1)
    }

    #[test]
    fn what_servers_write_is_recognised() {
        let mut roots = SoundRoots::default();
        for root in [ROOT, OTHER, ROOT, ROOT, OTHER] {
            let rest = rest(root);
            assert_eq!(roots.literal(rest.as_bytes()), rest.find('"'));
        }
        assert_eq!(
            roots
                .kept
                .iter()
                .filter(|kept| !kept.literal.is_empty())
                .count(),
            2
        );
    }

    #[test]
    fn anything_else_is_left_to_the_long_way() {
        let mut roots = SoundRoots::default();
        let rest_of_root = rest(ROOT);
        for known in [false, true] {
            for entry in [
                "",
                "a",
                CHAIN,
                &ROOT.replace('\n', "\r\n"),
                &ROOT.replacen("-----\n", "-----\nX: y\n\n", 1),
                &format!("{ROOT} "),
                &format!("\n{ROOT}"),
                ROOT.trim_end(),
                &ROOT.replacen("MII", "MIJ", 1),
                &ROOT.replace("CERTIFICATE", "X"),
                "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
                "-----BEGIN CERTIFICATE-----\n\n-----END CERTIFICATE-----\n",
            ] {
                let rest = rest(entry);
                assert_eq!(roots.literal(rest.as_bytes()), None, "{known} {entry:?}");
            }
            // Cut off, it is no literal.
            let length = rest_of_root.find('"').unwrap();
            for length in [0, 1, length / 2, length - 1, length] {
                assert_eq!(roots.literal(&rest_of_root.as_bytes()[..length]), None);
            }
            assert!(roots.literal(rest_of_root.as_bytes()).is_some());
        }
    }

    /// What the long way makes of the entry: how long its literal is, and whether its first block is
    /// a sound certificate without headers.
    fn long_way(rest: &[u8]) -> Option<usize> {
        let text = [b"\"", rest].concat();
        let mut reader = Reader::new(&text);
        assert_eq!(reader.peek(), Ok(Kind::String));
        let entry = reader.string().ok()?.unescape().into_owned();
        (check_root(0, &entry, &Dialect::default()) == Ok(false)).then(|| reader.offset() - 2)
    }

    proptest! {
        /// A text of the form is one PEM block with the same content, whatever its length; and each
        /// that is written as Go writes PEM is of the form.
        #[test]
        fn the_form_is_one_block(
            content in prop_oneof![
                prop::collection::vec(any::<u8>(), 1..300),
                (1_usize..6).prop_map(|lines| vec![7; 48 * lines]),
            ],
            empty_line: bool,
        ) {
            let mut lines = String::new();
            let base64 = base64::encode(&content);
            for line in base64.as_bytes().chunks(64) {
                lines.push_str(std::str::from_utf8(line).unwrap());
                lines.push('\n');
            }
            let end = if empty_line { "\n" } else { "" };
            let text = format!("-----BEGIN CERTIFICATE-----\n{lines}{end}-----END CERTIFICATE-----\n");
            let mut roots = SoundRoots::default();
            let is_of_form = roots.decode(text.replace('\n', "\\n").as_bytes());
            prop_assert_eq!(is_of_form, !empty_line || base64.len().is_multiple_of(64));
            if is_of_form {
                prop_assert_eq!(&roots.der, &content);
                let mut der = Vec::new();
                let block = pem::next_block(text.as_bytes(), 0, &mut der).unwrap();
                prop_assert_eq!(block.label, b"CERTIFICATE");
                prop_assert!(!block.has_headers && block.end == text.len());
                prop_assert_eq!(der, content);
            }
        }

        /// Only what the long way takes is recognised, before and after the root has been kept.
        #[test]
        fn the_long_way_agrees(
            changes in prop::collection::vec(
                (any::<prop::sample::Index>(), 0_usize..2, "[A-Za-z0-9+/=\\\\nr\":\r -]{0,3}"),
                1..3,
            ),
        ) {
            let sound = rest(ROOT);
            let mut text = sound.clone();
            for (at, removed, inserted) in changes {
                let at = at.index(text.len());
                text.replace_range(at..(at + removed).min(text.len()), &inserted);
            }
            let mut roots = SoundRoots::default();
            for _ in 0..2 {
                let recognised = roots.literal(text.as_bytes());
                prop_assert!(recognised.is_none() || recognised == long_way(text.as_bytes()));
                prop_assert!(roots.literal(sound.as_bytes()).is_some());
            }
        }
    }
}
