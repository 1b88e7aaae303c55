//! Domain names and mailboxes, as loosely as Go checks them while it parses a certificate.
//!
//! A label is one or more visible ASCII characters of any kind, of any length; so `a:80`, `*` and
//! `[::1]` pass. A name does not end in a dot. The stricter rules of RFC 1034 are left to the time
//! when names are matched, which is not parsing.
//!
//! Differs from `webpki`'s `DnsName`, which wants letters, digits, hyphens and 63-byte labels.

use crate::changes::Rule;
use crate::release::Dialect;

/// Whether every label is there and visible. Go lets the empty name pass.
pub(super) fn is_domain_name(name: &[u8], go: &Dialect) -> bool {
    // Up to Go 1.22 one empty label may come first.
    name.is_empty()
        || has_visible_labels(name)
        || name.strip_prefix(b".").is_some_and(has_visible_labels) && !go.has(Rule::FirstLabel)
}

/// As `is_domain_name`; one leading dot means "and everything below", so it is allowed.
pub(super) fn is_domain_constraint(constraint: &[u8], go: &Dialect) -> bool {
    let fits = match constraint.strip_prefix(b".") {
        Some(b"") => !go.has(Rule::ConstraintBelowDot),
        Some(below) => is_domain_name(below, go),
        None => is_domain_name(constraint, go),
    };
    if fits != is_strict_domain(constraint, true) && go.has(Rule::StrictDomains) {
        return !fits;
    }
    fits
}

/// Whether a name is a domain under the rules of Go 1.24.8 and 1.25.2, which count the bytes of a
/// label and do not look at them.
pub(super) fn is_strict_domain(name: &[u8], is_constraint: bool) -> bool {
    let below = name.strip_prefix(b".").filter(|_| is_constraint);
    let mut labels = below.unwrap_or(name).split(|byte| *byte == b'.');
    name.is_empty() && is_constraint
        || name.len() <= 253 && labels.all(|label| (1..=63).contains(&label.len()))
}

fn has_visible_labels(name: &[u8]) -> bool {
    let mut starts = true;
    for &byte in name {
        if byte == b'.' && starts || !byte.is_ascii_graphic() {
            return false;
        }
        starts = byte == b'.';
    }
    !starts
}

/// Whether the text is a mailbox of RFC 2821: a local part, `@` and a domain, which may be empty.
pub(super) fn is_mailbox(text: &[u8], go: &Dialect) -> bool {
    domain_of_mailbox(text).is_some_and(|domain| {
        is_domain_name(domain, go) && (!domain.contains(&b'@') || !go.has(Rule::OneAtInMailbox))
    })
}

/// What follows the `@` of a mailbox.
pub(super) fn domain_of_mailbox(text: &[u8]) -> Option<&[u8]> {
    let after_local = match text.strip_prefix(b"\"") {
        Some(quoted) => skip_quoted_local_part(quoted),
        None => skip_atoms(text),
    };
    after_local.and_then(|rest| rest.strip_prefix(b"@"))
}

/// What follows the closing quote. Control characters but tab, line feed, return and zero may stand
/// in the quotes; tab only after a backslash.
fn skip_quoted_local_part(quoted: &[u8]) -> Option<&[u8]> {
    let mut rest = quoted;
    loop {
        let (&byte, after) = rest.split_first()?;
        rest = match byte {
            b'"' => return Some(after),
            b'\\' => {
                let (&escaped, after) = after.split_first()?;
                if matches!(escaped, 0 | b'\n' | b'\r' | 0x80..) {
                    return None;
                }
                after
            }
            0 | b'\t' | b'\n' | b'\r' | 0x80.. => return None,
            _ => after,
        };
    }
}

/// What follows the longest run of atom characters, dots and escaped characters, in which dots stay
/// apart and inside. A backslash lets any character pass for an atom character, dots excepted.
fn skip_atoms(text: &[u8]) -> Option<&[u8]> {
    let mut rest = text;
    let mut previous = b'.';
    while let Some((&byte, mut after)) = rest.split_first() {
        let mut literal = byte;
        if byte == b'\\' {
            let (&escaped, after_escaped) = after.split_first()?;
            (literal, after) = (escaped, after_escaped);
        } else if !(byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&byte)) {
            break;
        }
        if literal == b'.' && previous == b'.' {
            return None;
        }
        (previous, rest) = (literal, after);
    }
    (previous != b'.').then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for accepted in ["", "a", "a.b", "*.a:80", "[::1]", "a_!~"] {
            assert!(
                is_domain_name(accepted.as_bytes(), &Dialect::default()),
                "{accepted}"
            );
        }
        for refused in [".", "a.", ".a", "a..b", "a b", "a\x7f", "\u{e9}"] {
            assert!(
                !is_domain_name(refused.as_bytes(), &Dialect::default()),
                "{refused}"
            );
        }
        assert!(is_domain_name(
            "l".repeat(300).as_bytes(),
            &Dialect::default()
        ));
    }

    #[test]
    fn constraints() {
        for accepted in ["", "a", ".a", ".a.b"] {
            assert!(
                is_domain_constraint(accepted.as_bytes(), &Dialect::default()),
                "{accepted}"
            );
        }
        for refused in [".", "..a", "a.", ".a.", ". "] {
            assert!(
                !is_domain_constraint(refused.as_bytes(), &Dialect::default()),
                "{refused}"
            );
        }
    }

    #[test]
    fn mailboxes() {
        for accepted in [
            "a@b",
            "a@",
            "a.b@c.d",
            "\"\"@a",
            "\"a b\\\t\x01\"@a",
            "\\@\\\n@a",
            "a@b@c",
        ] {
            assert!(
                is_mailbox(accepted.as_bytes(), &Dialect::default()),
                "{accepted:?}"
            );
        }
        for refused in [
            "",
            "@a",
            ".a@b",
            "a.@b",
            "a..b@c",
            "a.\\.b@c",
            "a",
            "a b@c",
            "a@.b",
            "a@b.",
            "\"a@b",
            "\"a\tb\"@c",
            "\"\\\n\"@c",
            "\"a\\",
            "a\\",
            "a@b c",
            "\"a\"b@c",
        ] {
            assert!(
                !is_mailbox(refused.as_bytes(), &Dialect::default()),
                "{refused:?}"
            );
        }
    }
}
