//! How the JSON of two tokens is written, apart from what a server reads in it.

use super::sets;
use godialect::json::{Kind, SyntaxError};
use peering_token::object::Object;
use peering_token::schema::{self, Field, Struct};
use std::ops::Range;

/// How the JSON of two tokens differs as a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Written {
    /// Keys of the token or of an object in it that A alone has: under Consul's name, or as they are
    /// where Consul has none.
    pub only_a: Vec<String>,
    /// Keys that B alone has.
    pub only_b: Vec<String>,
    /// The keys that both have are in another order.
    pub reordered: bool,
    /// A key is there more often in A or in B.
    pub repeated: bool,
    /// Whitespace between keys and values differs, and nothing else.
    pub only_blanks: bool,
}

/// Compares how the JSON of two tokens is written.
///
/// # Errors
///
/// The [`SyntaxError`] that Go finds in one of them.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let written = peertok::diff::diff_json(br#"{"PeerID":"1"}"#, br#"{ "PeerID": "1" }"#)?;
/// assert!(written.only_blanks && !written.reordered);
/// # Ok(())
/// # }
/// ```
pub fn diff_json(a: &[u8], b: &[u8]) -> Result<Written, SyntaxError> {
    let keys = sets(&keys(a)?, &keys(b)?, |name| name);
    Ok(Written {
        only_a: keys.only_a,
        only_b: keys.only_b,
        reordered: keys.reordered,
        repeated: keys.repeated,
        only_blanks: a != b && solid(a).eq(solid(b)),
    })
}

/// The names of the keys of a token and of the objects in it, in the order of the text. Which keys stand
/// in an object that may be `null` follows from the values, since empty ones are left out there.
fn keys(json: &[u8]) -> Result<Vec<String>, SyntaxError> {
    let mut names = Vec::new();
    add_keys(&mut names, json, 0..json.len(), Struct::PeeringToken)?;
    Ok(names)
}

fn add_keys(
    names: &mut Vec<String>,
    json: &[u8],
    part: Range<usize>,
    object: Struct,
) -> Result<(), SyntaxError> {
    let Some(found) = Object::read(json, part)? else {
        return Ok(());
    };
    let around = object.field();
    for entry in found.entries {
        let field = object.find(entry.key);
        names.push(match (field, around) {
            (Some(field), _) => field.name().to_owned(),
            (None, None) => entry.key.unescape().into_owned(),
            (None, Some(around)) => format!("{around}.{}", entry.key.unescape()),
        });
        if let Some(schema::Kind::Object(within)) = field.map(Field::kind)
            && !within.is_optional()
            && entry.kind == Kind::Object
        {
            add_keys(names, json, entry.value, within)?;
        }
    }
    Ok(())
}

/// The bytes of a JSON text but for the whitespace between its tokens.
fn solid(json: &[u8]) -> impl Iterator<Item = u8> {
    let (mut in_string, mut escaped) = (false, false);
    json.iter().copied().filter(move |byte| {
        let was_in_string = in_string;
        if byte == &b'"' && !escaped {
            in_string = !in_string;
        }
        escaped = was_in_string && byte == &b'\\' && !escaped;
        was_in_string || !byte.is_ascii_whitespace()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use peertok_testing::{minted_json, mutated};
    use proptest::prelude::*;

    #[test]
    fn what_differs_is_named() {
        let written = |a: &str, b: &str| diff_json(a.as_bytes(), b.as_bytes()).unwrap();
        let a = r#"{"CA":null,"x":"a \" b","Remote":{"Datacenter":"d"}}"#;
        assert_eq!(written(a, a), Written::default());
        let blanks = written(a, &format!("\n{}", a.replace(':', " : ")));
        assert!(blanks.only_blanks && !blanks.reordered);
        assert!(!written(a, &a.replace("\\\" b", "\\\"  b")).only_blanks);
        let other = written(
            a,
            r#"{"ca":null,"Remote":{"partition":"","Datacenter":"d"}}"#,
        );
        assert_eq!(
            (other.only_a.join(" "), other.only_b.join(" ")),
            ("x".to_owned(), "Remote.Partition".to_owned())
        );
        assert!(!other.reordered);
        assert!(written(r#"{"a":1,"CA":2}"#, r#"{"ca":2,"a":1}"#).reordered);
        assert!(written(r#"{"a":1,"CA":2}"#, r#"{"a":1,"CA":2,"ca":2}"#).repeated);
        assert_eq!(written("null", "null"), Written::default());
        assert!(diff_json(b"{}", b"{").is_err());
    }

    proptest! {
        #[test]
        fn no_bytes_panic(json in mutated(Just(minted_json())), text in r#"[{}\[\]",:\\ a]{0,20}"#) {
            for json in [&json, text.as_bytes()] {
                if let Ok(written) = diff_json(json, json) {
                    prop_assert_eq!(written, Written::default());
                }
            }
        }
    }
}
