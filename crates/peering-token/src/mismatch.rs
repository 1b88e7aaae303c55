//! A value that is not of its field's type: noted, and read over.
//!
//! Go reads on behind it, and answers with the first one. Up to Go 1.26 it names the field as Consul's
//! struct has it, from 1.27 on by the keys as they stand in the token and the index in a list.

use godialect::Dialect;
use godialect::changes::Rule;
use godialect::json::{Kind, Raw, Reader, SyntaxError, TypeError};

/// How many keys lead to a field at most.
const DEPTH: usize = 3;

/// The first value of the wrong type, and what it takes to say where it stands.
pub(crate) struct Mismatches<'f, 'a> {
    first: &'f mut Option<TypeError>,
    /// The keys that lead to the value being read, as they are written: `depth` of them.
    keys: [Raw<'a>; DEPTH],
    pub(crate) depth: usize,
    go: &'f Dialect,
}

impl<'f, 'a> Mismatches<'f, 'a> {
    pub(crate) fn new(first: &'f mut Option<TypeError>, go: &'f Dialect) -> Self {
        Self {
            first,
            keys: [Raw::default(); DEPTH],
            depth: 0,
            go,
        }
    }

    /// Notes the key of the value that is read next, `depth` objects deep.
    #[inline]
    pub(crate) fn enter(&mut self, depth: usize, key: Raw<'a>) {
        if let Some(place) = self.keys.get_mut(depth) {
            *place = key;
        }
        self.depth = depth + 1;
    }

    /// Skips a value of the wrong type, which may be an element of a list. `null` is of no type, and
    /// leaves the field as it is.
    pub(crate) fn skip(
        &mut self,
        reader: &mut Reader<'a>,
        found: Kind,
        (place, kind): (&'static str, &'static str),
        index: Option<usize>,
    ) -> Result<(), SyntaxError> {
        if found != Kind::Null && self.first.is_none() {
            let mut error = TypeError::new(found, place, kind);
            if self.depth > 0 && self.go.has(Rule::JsonV2) {
                error.path = Some(self.path(index));
            }
            *self.first = Some(error);
        }
        reader.skip()
    }

    /// The path as Go writes it from 1.27 on.
    fn path(&self, index: Option<usize>) -> String {
        let mut path = String::from("PeeringToken");
        for key in self.keys.iter().take(self.depth) {
            path.push('.');
            path.push_str(&key.unescape());
        }
        if let Some(index) = index {
            path.push_str(&format!(".{index}"));
        }
        path
    }
}
