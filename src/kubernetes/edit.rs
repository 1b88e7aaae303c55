//! Puts another token into a manifest. Everything but the value that holds the token keeps its
//! bytes: comments, order, quotes, indentation, line ends, other documents.

use super::error::ReadError;
use super::read::{self, Found, Value};
use super::{ChoiceError, SecretKeyRef, Selector, choose_by};
use granit_parser::ScalarStyle;
use peering_token::encode_base64;
use std::ops::Range;
use zeroize::Zeroizing;

/// Why a token cannot be replaced.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EditError {
    /// The manifest gives no token.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// No one token is meant.
    #[error(transparent)]
    Choice(#[from] ChoiceError),
    /// The new token is no base64 on one line, so that YAML might take it for something else.
    #[error("expected a token in base64, but found another character in it")]
    NotAToken,
    /// The value stands in a form that cannot be written over.
    #[error(
        "expected the value of the Secret {place} in a form that can be replaced, but found another: write it as \"…\" on one line"
    )]
    Form {
        /// The key.
        place: SecretKeyRef,
    },
}

/// The manifest with `new_token` in the place of the token that `selector` means, or of its only
/// one.
///
/// The value keeps its style: a quoted one its quotes, a block its header and its indentation; what
/// was on several lines is on one. A value that has an anchor changes for its aliases too; an alias
/// is replaced by the value. The result is read again before it is given.
///
/// # Errors
///
/// [`EditError`]; the manifest is then of no use for this.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use peertok::kubernetes::{Selector, replace_token};
///
/// let manifest = std::fs::read_to_string("fixtures/kubernetes/kubectl.yaml")?;
/// let selector: Selector = "peering-token".parse()?;
/// let edited = replace_token(&manifest, Some(&selector), "eyJDQSI6bnVsbH0=")?;
/// assert!(edited.contains("\n  data: ZXlKRFFTSTZiblZzYkgwPQ==\n"));
/// # Ok(())
/// # }
/// ```
pub fn replace_token(
    manifest: &str,
    selector: Option<&Selector>,
    new_token: &str,
) -> Result<Zeroizing<String>, EditError> {
    let of_token = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
    if new_token.is_empty() || !new_token.chars().all(of_token) {
        return Err(EditError::NotAToken);
    }
    let old = choose_by(read::find(manifest)?, selector, |found| &found.token.place)?;
    let form = || EditError::Form {
        place: old.token.place.clone(),
    };
    let range = replaced(manifest, &old.value).ok_or_else(form)?;
    let (before, after) = (manifest.get(..range.start), manifest.get(range.end..));
    let (Some(before), Some(after)) = (before, after) else {
        return Err(form());
    };
    let mut value = Zeroizing::new(new_token.to_owned());
    for _ in 0..old.value.layers {
        value = encode_base64(value.as_bytes());
    }
    let quote = match old.value.style {
        ScalarStyle::SingleQuoted => "'",
        ScalarStyle::DoubleQuoted => "\"",
        _ => "",
    };
    let length = before.len() + value.len() + after.len() + 2;
    let mut edited = Zeroizing::new(String::with_capacity(length));
    edited.extend([before, quote, &value, quote, after]);

    let is_same = |found: &Found| {
        found.token.place == old.token.place && found.token.document == old.token.document
    };
    let again = read::find(&edited).map_err(|_| form())?;
    let token = again.iter().find(|found| is_same(found));
    // A block scalar ends in a line end, which is no part of a token.
    let is_new = |found: &Found| found.token.token.trim_ascii_end() == new_token.as_bytes();
    if token.is_some_and(is_new) {
        Ok(edited)
    } else {
        Err(form())
    }
}

/// The bytes that a new value takes the place of.
fn replaced(manifest: &str, value: &Value) -> Option<Range<usize>> {
    let Range { start, end } = value.range;
    let text = manifest.get(start..end)?;
    // Nothing at all has no place.
    if text.trim().is_empty() {
        return None;
    }
    if !matches!(value.style, ScalarStyle::Literal | ScalarStyle::Folded) {
        return Some(value.range.clone());
    }
    // A block begins at the indentation of its lines, and the blank lines behind it stay.
    let line = manifest.get(..start)?.rfind(['\n', '\r'])? + 1;
    Some(line + value.indent?..start + text.trim_end().len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use peertok_testing::{MANIFESTS, mutated};
    use proptest::prelude::*;

    const OLD: &str = "eyJDQSI6bnVsbH0=";
    const TWICE: &str = "ZXlKRFFTSTZiblZzYkgwPQ==";
    const NEW: &str = "eyJQZWVySUQiOiJuZXcifQ==";

    fn encoded(token: &str) -> String {
        encode_base64(token.as_bytes()).to_string()
    }

    /// What stands before, in and behind the value is told apart by `«` and `»`.
    fn check(marked: &str, value: &str) {
        let old = marked.replace(['«', '»'], "");
        let (before, rest) = marked.split_once('«').unwrap();
        let (_, after) = rest.split_once('»').unwrap();
        let edited = replace_token(&old, None, NEW).unwrap();
        assert_eq!(*edited, format!("{before}{value}{after}"), "{marked}");
    }

    #[test]
    fn everything_else_keeps_its_bytes() {
        let start = "# c\nkind: Secret # c\nmetadata: {name: s}\n";
        let twice = encoded(NEW);
        let (half, rest) = TWICE.split_at(8);
        for (marked, value) in [
            (
                format!("data:\n  data: «{TWICE}» # c\n  é: IQ==\n"),
                twice.clone(),
            ),
            (format!("data:\r\n  data:   '«{TWICE}»'\r\n"), twice.clone()),
            (
                format!("data: {{b: IQ==,data: \"«{TWICE}»\"}}"),
                twice.clone(),
            ),
            (
                format!("data:\n  data: |  # c\n\n    «{half}\n    {rest}»\n\n\n# c\nb: c\n"),
                twice.clone(),
            ),
            (
                format!("data:\n  data: >+2\n    «{TWICE}»\n\n"),
                twice.clone(),
            ),
            (format!("data:\n  data: |-\r\n   «{TWICE}»"), twice.clone()),
            (
                format!(
                    "data:
  data: &a «{TWICE}»
x: *a
"
                ),
                twice.clone(),
            ),
            (
                format!("x: &x {TWICE}\ndata: {{data: «*x»}}\n"),
                twice.clone(),
            ),
            (
                format!("stringData:\n  data: «{OLD}»\n---\nkind: ConfigMap\n"),
                NEW.to_owned(),
            ),
            (
                format!("stringData:\n  data: !!binary «{TWICE}»\n"),
                twice.clone(),
            ),
        ] {
            check(&format!("\u{feff}{start}{marked}"), &value);
        }
        let json =
            format!("{{\n\t\"kind\": \"Secret\",\n\t\"data\": {{\"data\":\"«{TWICE}»\"}}\n}}\n");
        check(&json, &twice);
    }

    #[test]
    fn one_of_several_is_chosen_by_name() {
        let one = |namespace: &str, value: &str| {
            format!(
                "kind: Secret\nmetadata: {{name: s, namespace: {namespace}}}\ndata: {{data: {value}}}\n---\n"
            )
        };
        let manifest = one("a", TWICE) + &one("b", TWICE);
        let named = |name: &str| replace_token(&manifest, Some(&name.parse().unwrap()), NEW);
        assert_eq!(
            *named("b/s").unwrap(),
            one("a", TWICE) + &one("b", &encoded(NEW))
        );
        assert_eq!(
            *named("a/s:data").unwrap(),
            one("a", &encoded(NEW)) + &one("b", TWICE)
        );
        assert_eq!(
            replace_token(&manifest, None, NEW).unwrap_err().to_string(),
            "expected one peering token, but found 2: a/s:data, b/s:data"
        );
        assert_eq!(
            named("c/s").unwrap_err().to_string(),
            "expected the Secret c/s, but found a/s:data, b/s:data"
        );
    }

    #[test]
    fn what_cannot_be_replaced_is_refused() {
        let label = "labels: {consul.hashicorp.com/peering-token: 'true'}";
        let secret = |data: &str| format!("kind: Secret\nmetadata: {{name: s, {label}}}\n{data}");
        let edit = |data: &str, new: &str| replace_token(&secret(data), None, new).unwrap_err();
        let good = format!("data: {{data: {TWICE}}}");
        for new in ["", "a b", "a: b", "eyJ\n", "é", "'"] {
            assert_eq!(edit(&good, new), EditError::NotAToken, "{new}");
        }
        // A folded value has a blank within, which is no base64.
        let folded = edit(&format!("data:\n  data: a\n    {TWICE}\n"), NEW);
        assert!(matches!(
            folded,
            EditError::Read(ReadError::NotBase64 { .. })
        ));
        for empty in ["data: {data: }", "data:\n  data:\n", "data:\n  data: |\n"] {
            assert!(
                matches!(edit(empty, NEW), EditError::Form { .. }),
                "{empty}"
            );
        }
    }

    proptest! {
        /// A manifest of many shapes, in which one value is replaced and then put back.
        #[test]
        fn edits_can_be_undone(
            comment in "[ a-z:&*'\"{}|é\u{1F600}-]{0,20}",
            style in 0..6_u8,
            (crlf, data, indent) in (any::<bool>(), any::<bool>(), 1..5_usize),
            key in "[-_a-zA-Z0-9]{1,8}",
            new in "[A-Za-z0-9+/]{4,60}={0,2}",
            others in prop::collection::vec("[a-z0-9]{1,8}", 0..4),
        ) {
            let old = if data { TWICE } else { OLD };
            let pad = " ".repeat(indent);
            let value = match style {
                0 => old.to_owned(),
                1 => format!("'{old}'"),
                2 => format!("\"{old}\""),
                3 => format!("|-\n{pad} {old}"),
                4 => format!("> # {comment}\n{pad}  {old}"),
                _ => format!("&x\n{pad} {old}"),
            };
            let field = if data { "data" } else { "stringData" };
            let mut manifest = format!(
                "# {comment}\nkind: Secret\nmetadata:\n{pad}name: s\n{field}:\n{pad}\"{key}\": {value}\n"
            );
            for (index, other) in others.iter().enumerate() {
                manifest.push_str(&format!("{pad}\"{index}.{other}\": IQ== # {other}\n\n"));
            }
            if crlf {
                manifest = manifest.replace('\n', "\r\n");
            }
            let selector = format!("s:{key}").parse().unwrap();
            let edited = replace_token(&manifest, Some(&selector), NEW).unwrap();
            let at = manifest.find(old).unwrap();
            prop_assert_eq!(&edited[..at], &manifest[..at]);
            let behind = &manifest[at + old.len()..];
            prop_assert!(edited.ends_with(behind));
            let now = if data { encoded(NEW) } else { NEW.to_owned() };
            prop_assert_eq!(edited.len(), at + now.len() + behind.len());
            let back = replace_token(&edited, Some(&selector), OLD).unwrap();
            prop_assert_eq!(&*back, &manifest);
            // What does not look like a token goes in where it is the only value. Among others it
            // would not be found again, as the Secret has no label.
            let value = if data { encoded(&new) } else { new.clone() };
            let edited = replace_token(&manifest, Some(&selector), &new);
            if others.is_empty() {
                let expected = format!("{}{value}{behind}", &manifest[..at]);
                prop_assert_eq!(&*edited.unwrap(), &expected);
            } else {
                let is_refused = matches!(edited, Err(EditError::Form { .. }));
                prop_assert!(is_refused);
            }
        }

        #[test]
        fn no_text_panics(manifest in mutated(prop::sample::select(MANIFESTS).prop_map(Vec::from))) {
            let _ = replace_token(&String::from_utf8_lossy(&manifest), None, NEW);
        }
    }
}
