//! The keys of a token's JSON, as they are written.

use godialect::json::{Kind, Raw, Reader, SyntaxError};
use peering_token::Field;
use peering_token::schema::{self, Struct};

/// A key that Go meets in one of the objects that it reads.
#[derive(Clone, Copy)]
pub(super) struct Key<'a> {
    pub(super) object: Struct,
    pub(super) literal: Raw<'a>,
    /// The field that a server reads under it.
    pub(super) field: Option<Field>,
}

/// Calls `visit` with each key of the token and of the objects in it, in the order of the text. A text
/// that is no JSON is visited up to its fault.
pub(super) fn keys<'a>(json: &'a [u8], mut visit: impl FnMut(Key<'a>)) {
    let _ = keys_of(&mut Reader::new(json), Struct::PeeringToken, &mut visit);
}

fn keys_of<'a>(
    reader: &mut Reader<'a>,
    object: Struct,
    visit: &mut impl FnMut(Key<'a>),
) -> Result<(), SyntaxError> {
    if reader.peek()? != Kind::Object {
        return reader.skip();
    }
    reader.object(|reader, literal| {
        let field = object.find(literal);
        visit(Key {
            object,
            literal,
            field,
        });
        match field.map(Field::kind) {
            Some(schema::Kind::Object(within)) => keys_of(reader, within, visit),
            _ => reader.skip(),
        }
    })
}

impl Key<'_> {
    /// The JSON path under Consul's name of the field. A key that is no plain word is left out.
    pub(super) fn path(self) -> String {
        const LONGEST: usize = 64;
        if let Some(field) = self.field {
            return field.json_path().to_owned();
        }
        let key = self.literal.unescape();
        let object = self.object.json_path();
        let in_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        if key.len() <= LONGEST && !key.is_empty() && key.bytes().all(in_word) {
            format!("{object}.{key}")
        } else {
            object.to_owned()
        }
    }
}
