//! How the JSON of two tokens is written, apart from what a server reads in it.

use super::sets;
use crate::godialect::json::{Kind, SyntaxError};
use crate::token::members::{Member, Object, REMOTE, member_name};

/// How the JSON of two tokens differs as a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Written {
    /// Members of the token or its `Remote` that A alone has: under Consul's name, or as they are
    /// where Consul has none.
    pub only_a: Vec<String>,
    /// Members that B alone has.
    pub only_b: Vec<String>,
    /// The members that both have are in another order.
    pub reordered: bool,
    /// A member is there more often in A or in B.
    pub repeated: bool,
    /// Blanks between keys and values differ, and nothing else.
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
/// let written = peertok::diff_json(br#"{"PeerID":"1"}"#, br#"{ "PeerID": "1" }"#)?;
/// assert!(written.only_blanks && !written.reordered);
/// # Ok(())
/// # }
/// ```
pub fn diff_json(a: &[u8], b: &[u8]) -> Result<Written, SyntaxError> {
    let members = sets(&members(a)?, &members(b)?, |name| name);
    Ok(Written {
        only_a: members.only_a,
        only_b: members.only_b,
        reordered: members.reordered,
        repeated: members.repeated,
        only_blanks: a != b && solid(a).eq(solid(b)),
    })
}

/// The names of the members of a token and of its `Remote`, in the order of the text.
fn members(json: &[u8]) -> Result<Vec<String>, SyntaxError> {
    let mut names = Vec::new();
    let Some(token) = Object::read(json, 0..json.len())? else {
        return Ok(names);
    };
    for member in &token.members {
        let name = name_in("$", member);
        let is_remote = name == REMOTE;
        names.push(name);
        if is_remote
            && member.kind == Kind::Object
            && let Some(remote) = Object::read(json, member.value.clone())?
        {
            let within = remote.members.iter();
            names.extend(within.map(|member| format!("{REMOTE}.{}", name_in("$.Remote", member))));
        }
    }
    Ok(names)
}

/// Consul's name of a member of the object at a JSON path, or its key where Consul has none.
fn name_in(object: &str, member: &Member<'_>) -> String {
    member_name(object, member.key)
        .map_or_else(|| member.key.unescape().into_owned(), str::to_owned)
}

/// The bytes of a JSON text but for the blanks between its tokens.
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
    use crate::testing::{minted_json, mutated};
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
