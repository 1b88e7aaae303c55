//! Name constraints on one mailbox, which Go reads as RFC 2821 has it, and a little looser.

use super::constraints::{EMAIL, excluding};
use crate::maker::Maker;
use crate::vector::Vector;

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    [atoms, quoted, hosts]
        .iter()
        .flat_map(|vectors| vectors(maker))
        .collect()
}

fn taken(maker: &Maker, condition: &str, description: &str, mailbox: &str) -> Vector {
    excluding(maker, condition, description, EMAIL, mailbox.as_bytes())
}

/// A mailbox that is none, and then as Go quotes it.
fn refused(
    maker: &Maker,
    condition: &str,
    description: &str,
    (mailbox, shown): (&str, &str),
    near_miss: &str,
) -> Vector {
    taken(maker, condition, description, mailbox)
        .go_refuses(format!("failed to parse rfc822Name constraint \"{shown}\""))
        .unlike(near_miss)
}

fn atoms(maker: &Maker) -> Vec<Vector> {
    let taken = |condition: &str, description: &str, mailbox: &str| {
        taken(maker, condition, description, mailbox)
    };
    // Without a character that is shown otherwise.
    let refused = |condition: &str, description: &str, mailbox: &str, near_miss: &str| {
        refused(maker, condition, description, (mailbox, mailbox), near_miss)
    };
    vec![
        taken(
            "constraint-mailbox",
            "A constraint on a single mailbox.",
            "jane.doe@example.org",
        ),
        taken(
            "mailbox-all-characters",
            "A mailbox with all the marks that its name may have without quotes.",
            "Az09!#$%&'*+-/=?^_`{|}~@example.org",
        ),
        refused(
            "mailbox-no-name",
            "A mailbox without a name before the sign.",
            "@example.org",
            "mailbox-escaped-at",
        ),
        refused(
            "mailbox-dot-first",
            "A mailbox whose name begins with a dot.",
            ".jane@example.org",
            "constraint-mailbox",
        ),
        refused(
            "mailbox-dot-last",
            "A mailbox whose name ends in a dot.",
            "jane.@example.org",
            "constraint-mailbox",
        ),
        refused(
            "mailbox-two-dots",
            "A mailbox whose name has two dots in a row.",
            "jane..doe@example.org",
            "constraint-mailbox",
        ),
        refused(
            "mailbox-blank",
            "A mailbox whose name has a blank.",
            "jane doe@example.org",
            "mailbox-escaped-blank",
        ),
        refused(
            "mailbox-with-display-name",
            "A mailbox in angle brackets, as in the head of a mail.",
            "<jane@example.org>",
            "constraint-mailbox",
        ),
        taken(
            "mailbox-escaped-blank",
            "A mailbox whose name has a blank behind a backslash.",
            "jane\\ doe@example.org",
        ),
        taken(
            "mailbox-escaped-at",
            "A mailbox whose name is the sign itself, behind a backslash.",
            "\\@@example.org",
        ),
        taken(
            "mailbox-escaped-line-end",
            "A mailbox whose name has a line end behind a backslash, as it may not have in quotes.",
            "jane\\\n@example.org",
        ),
        self::refused(
            maker,
            "mailbox-escaped-dot",
            "A mailbox whose name has a dot and an escaped one in a row.",
            ("jane.\\.doe@example.org", r"jane.\\.doe@example.org"),
            "mailbox-escaped-blank",
        ),
        self::refused(
            maker,
            "mailbox-backslash-last",
            "A mailbox that ends in a backslash, and whose sign is escaped.",
            ("jane\\@\\", r"jane\\@\\"),
            "mailbox-escaped-at",
        ),
        self::refused(
            maker,
            "mailbox-sign-escaped",
            "A mailbox whose only sign is escaped.",
            ("jane\\@example", r"jane\\@example"),
            "mailbox-escaped-at",
        ),
    ]
}

fn quoted(maker: &Maker) -> Vec<Vector> {
    let taken = |condition: &str, description: &str, mailbox: &str| {
        taken(maker, condition, description, mailbox)
    };
    let refused = |condition: &str, description: &str, both: (&str, &str), near_miss: &str| {
        refused(maker, condition, description, both, near_miss)
    };
    vec![
        taken(
            "mailbox-quoted",
            "A mailbox whose name is in quotes, with blank, dots and sign.",
            "\".jane @ doe..\"@example.org",
        ),
        taken(
            "mailbox-quoted-empty",
            "A mailbox whose name is empty, in quotes.",
            "\"\"@example.org",
        ),
        taken(
            "mailbox-quoted-control-characters",
            "A mailbox whose name in quotes has the control characters that it may have.",
            "\"\u{1}\u{8}\u{b}\u{c}\u{e}\u{1f}\u{7f}\"@example.org",
        ),
        taken(
            "mailbox-quoted-escapes",
            "A mailbox whose name in quotes has a quote, a backslash and a tab, each behind a \
             backslash.",
            "\"\\\"\\\\\\\t\"@example.org",
        ),
        refused(
            "mailbox-quoted-tab",
            "A mailbox whose name in quotes has a tab without a backslash.",
            ("\"a\tb\"@example.org", r#"\"a\tb\"@example.org"#),
            "mailbox-quoted-escapes",
        ),
        refused(
            "mailbox-quoted-line-end",
            "A mailbox whose name in quotes has a line end.",
            ("\"a\nb\"@example.org", r#"\"a\nb\"@example.org"#),
            "mailbox-quoted-control-characters",
        ),
        refused(
            "mailbox-quoted-return",
            "A mailbox whose name in quotes has a carriage return.",
            ("\"a\rb\"@example.org", r#"\"a\rb\"@example.org"#),
            "mailbox-quoted-control-characters",
        ),
        refused(
            "mailbox-quoted-nul",
            "A mailbox whose name in quotes has a zero byte.",
            ("\"a\0b\"@example.org", r#"\"a\x00b\"@example.org"#),
            "mailbox-quoted-control-characters",
        ),
        refused(
            "mailbox-quoted-escaped-line-end",
            "A mailbox whose name in quotes has a line end behind a backslash.",
            ("\"\\\n\"@example.org", r#"\"\\\n\"@example.org"#),
            "mailbox-escaped-line-end",
        ),
        refused(
            "mailbox-quoted-escaped-return",
            "A mailbox whose name in quotes has a carriage return behind a backslash.",
            ("\"\\\r\"@example.org", r#"\"\\\r\"@example.org"#),
            "mailbox-quoted-escapes",
        ),
        refused(
            "mailbox-quoted-escaped-nul",
            "A mailbox whose name in quotes has a zero byte behind a backslash.",
            ("\"\\\0\"@example.org", r#"\"\\\x00\"@example.org"#),
            "mailbox-quoted-escapes",
        ),
        refused(
            "mailbox-quote-open",
            "A mailbox whose quote is not closed.",
            ("\"jane@example.org", r#"\"jane@example.org"#),
            "mailbox-quoted",
        ),
        refused(
            "mailbox-quote-escaped-last",
            "A mailbox whose quote is not closed and that ends in a backslash.",
            ("\"jane@example.org\\", r#"\"jane@example.org\\"#),
            "mailbox-quoted",
        ),
        refused(
            "mailbox-behind-quote",
            "A mailbox with letters between the quote and the sign.",
            ("\"jane\"doe@example.org", r#"\"jane\"doe@example.org"#),
            "mailbox-quoted",
        ),
    ]
}

fn hosts(maker: &Maker) -> Vec<Vector> {
    let taken = |condition: &str, description: &str, mailbox: &str| {
        taken(maker, condition, description, mailbox)
    };
    let refused = |condition: &str, description: &str, mailbox: &str, near_miss: &str| {
        refused(maker, condition, description, (mailbox, mailbox), near_miss)
    };
    vec![
        taken("mailbox-no-host", "A mailbox without a host.", "jane@"),
        taken(
            "mailbox-two-signs",
            "A mailbox with two signs, of which the second counts for the host.",
            "jane@doe@example.org",
        ),
        refused(
            "mailbox-host-dot-first",
            "A mailbox whose host begins with a dot, as a constraint on a domain may.",
            "jane@.example.org",
            "constraint-mail-dot-first",
        ),
        refused(
            "mailbox-host-dot-last",
            "A mailbox whose host ends in a dot.",
            "jane@example.org.",
            "constraint-mailbox",
        ),
        refused(
            "mailbox-host-blank",
            "A mailbox whose host has a blank.",
            "jane@example org",
            "constraint-mailbox",
        ),
    ]
}
