//! A value that is not of its field's type: noted, and read over.
//!
//! Go reads on behind it, and answers with the first one. Up to Go 1.26 it names the field as Consul's
//! struct has it, from 1.27 on by the keys as they stand in the token and the index in a list.

use godialect::Dialect;
use godialect::changes::Rule;
use godialect::json::{Kind, Reader, SyntaxError, TypeError};

/// How deep a field's value is at most, an element of a list included.
const DEPTH: usize = 4;

/// The first value of the wrong type.
pub(crate) struct Mismatch<'f> {
    first: &'f mut Option<TypeError>,
    /// Where it stands.
    at: usize,
}

impl<'f> Mismatch<'f> {
    pub(crate) fn new(first: &'f mut Option<TypeError>) -> Self {
        Self { first, at: 0 }
    }

    /// Skips a value of the wrong type. `null` is of no type, and leaves the field as it is.
    pub(crate) fn skip(
        &mut self,
        reader: &mut Reader<'_>,
        found: Kind,
        place: &'static str,
        kind: &'static str,
    ) -> Result<(), SyntaxError> {
        if found != Kind::Null && self.first.is_none() {
            *self.first = Some(TypeError::new(found, place, kind));
            self.at = reader.offset();
        }
        reader.skip()
    }

    /// Puts the error into the words of a release, once the whole text was read.
    #[inline]
    pub(crate) fn finish(self, json: &[u8], go: &Dialect) {
        if let Some(error) = self.first {
            find_path(error, json, self.at, go);
        }
    }
}

/// Finds the path of the value that stands there, if the release names it.
#[cold]
fn find_path(error: &mut TypeError, json: &[u8], at: usize, go: &Dialect) {
    // A text that is of the wrong type as a whole has no path.
    let mut path = vec!["PeeringToken".to_owned()];
    if error.place != "value" && go.has(Rule::JsonV2) {
        let _ = find(&mut Reader::new(json), at, &mut path);
        error.path = Some(path.join(".").into());
    }
}

/// Walks to the value that stands there; an error ends the walk.
fn find(reader: &mut Reader<'_>, at: usize, path: &mut Vec<String>) -> Result<(), SyntaxError> {
    let kind = reader.peek()?;
    if reader.offset() == at {
        return Err(SyntaxError::UnexpectedEnd);
    }
    if path.len() > DEPTH {
        return reader.skip();
    }
    match kind {
        Kind::Object => reader.object(|reader, key| {
            path.push(key.unescape().into_owned());
            find(reader, at, path)?;
            path.pop();
            Ok(())
        }),
        Kind::Array => {
            let mut index = 0;
            reader.array(|reader| {
                path.push(format!("{index}"));
                find(reader, at, path)?;
                path.pop();
                index += 1;
                Ok(())
            })
        }
        _ => reader.skip(),
    }
}
