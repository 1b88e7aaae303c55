//! The members of a token's JSON, as they are written.

use godialect::json::{Kind, Raw, Reader, SyntaxError};
use peering_token::members::member_name;

/// A member that Go meets in one of the objects that it reads.
#[derive(Clone, Copy)]
pub(super) struct Member<'a> {
    /// The JSON path of the object.
    pub(super) object: &'static str,
    pub(super) key: Raw<'a>,
    /// Consul's name of it, if a server reads it.
    pub(super) name: Option<&'static str>,
}

/// Calls `visit` with each member of the token, of `Remote` and of `Locality`, in the order of the
/// text. A text that is no JSON is visited up to its fault.
pub(super) fn members<'a>(json: &'a [u8], mut visit: impl FnMut(Member<'a>)) {
    let _ = object(&mut Reader::new(json), "$", &mut visit);
}

fn object<'a>(
    reader: &mut Reader<'a>,
    path: &'static str,
    visit: &mut impl FnMut(Member<'a>),
) -> Result<(), SyntaxError> {
    if reader.peek()? != Kind::Object {
        return reader.skip();
    }
    reader.object(|reader, key| {
        let name = member_name(path, key);
        visit(Member {
            object: path,
            key,
            name,
        });
        match name {
            Some("Remote") => object(reader, "$.Remote", visit),
            Some("Locality") => object(reader, "$.Remote.Locality", visit),
            _ => reader.skip(),
        }
    })
}

impl Member<'_> {
    /// The JSON path under Consul's name of the member. A key that is no plain word is left out.
    pub(super) fn path(self) -> String {
        const LONGEST: usize = 64;
        let key = self.key.unescape();
        let name = self.name.unwrap_or(&key);
        let in_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        if name.len() <= LONGEST && !name.is_empty() && name.bytes().all(in_word) {
            format!("{}.{name}", self.object)
        } else {
            self.object.to_owned()
        }
    }
}
