//! PEM headers: the first look of a server reads over them, but the pool of its TLS takes no
//! certificate that has some.

use super::build::{
    BEGIN, END, NO_BLOCK, NO_CERTIFICATE, PRIVATE_KEY, UNREADABLE, between, entry, with_headers,
};
use crate::maker::Maker;
use crate::vector::{Area, Vector};
use peering_token::Stage;

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    [forms, pools, beside_others]
        .iter()
        .flat_map(|vectors| vectors(maker))
        .collect()
}

/// A vector whose only root passes the first look, while the pool takes nothing of it.
fn no_pool(maker: &Maker, condition: &str, description: &str, text: &str) -> Vector {
    entry(maker, condition, description, text).refused(Stage::Tls, not_parsed(text))
}

fn not_parsed(text: &str) -> String {
    format!("failed to build TLS dial option from peering: failed to parse PEM {text}")
}

/// What makes a header.
fn forms(maker: &Maker) -> Vec<Vector> {
    let root = maker.root.as_str();
    let content = between(root);
    vec![
        no_pool(
            maker,
            "header",
            "A root with a PEM header.",
            &with_headers(root, "Comment: the root of dc1\n"),
        )
        .unlike("empty-line-before-content"),
        no_pool(
            maker,
            "headers-two",
            "A root with two PEM headers, as an encrypted key has them.",
            &with_headers(root, "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n"),
        )
        .unlike("empty-line-before-content"),
        no_pool(
            maker,
            "header-without-empty-line",
            "A PEM header and the base64 right behind it.",
            &format!("{BEGIN}Comment: root\n{content}{END}"),
        )
        .unlike("content-on-one-line"),
        no_pool(
            maker,
            "header-of-a-colon-alone",
            "A line that is a colon alone, and so a header without name and value.",
            &with_headers(root, ":\n"),
        )
        .unlike("empty-line-before-content"),
        no_pool(
            maker,
            "header-with-crlf",
            "A PEM header, and line ends as Windows writes them.",
            &with_headers(root, "Comment: root\n").replace('\n', "\r\n"),
        )
        .unlike("crlf"),
        entry(
            maker,
            "header-behind-empty-line",
            "A header behind an empty line, which is no header there and no base64.",
            &format!("{BEGIN}\nComment: root\n{content}{END}"),
        )
        .bad_root(NO_BLOCK)
        .unlike("header-without-empty-line"),
        entry(
            maker,
            "header-continued",
            "A header that goes on in a second line: that is read as base64, and is what the \
             content begins with.",
            &with_headers(root, "Comment: the\n root\n"),
        )
        .bad_root(NO_CERTIFICATE)
        .unlike("header"),
        entry(
            maker,
            "header-without-colon",
            "A line of text where headers stand, without a colon.",
            &with_headers(root, "The root of dc1.\n"),
        )
        .bad_root(NO_BLOCK)
        .unlike("header"),
        entry(
            maker,
            "header-and-empty-content",
            "A header and an empty line, and then END.",
            &with_headers("", "Comment: root\n"),
        )
        .bad_root(NO_CERTIFICATE)
        .unlike("header-and-no-content"),
        entry(
            maker,
            "header-and-no-content",
            "A header and then END: without an empty line between them that is no block.",
            &format!("{BEGIN}Comment: root\n{END}"),
        )
        .bad_root(NO_BLOCK)
        .unlike("header-and-empty-content"),
        entry(
            maker,
            "header-and-no-content-before",
            "A header and then END, which is no block, and then a sound root.",
            &format!("{BEGIN}Comment: root\n{END}{root}"),
        ),
        entry(
            maker,
            "headers-to-the-end",
            "Nothing but headers to the end of the text, since the last END line has a colon too.",
            &format!("{BEGIN}Comment: root\n-----END CERTIFICATE-----:\n"),
        )
        .bad_root(NO_BLOCK)
        .unlike("header-and-empty-content"),
        entry(
            maker,
            "headers-over-an-end",
            "An END line with a colon among the headers: the search for END stops at it, so that Go \
             gives up on the whole text, with the sound root behind it.",
            &format!("{BEGIN}-----END CERTIFICATE-----:\n\n{END}{root}"),
        )
        .bad_root(NO_BLOCK)
        .unlike("header-and-no-content-before"),
    ]
}

/// What else is in an entry whose first certificate has headers.
fn pools(maker: &Maker) -> Vec<Vector> {
    let root = maker.root.as_str();
    let with_header = with_headers(root, "Comment: root\n");
    let labelled = root.replace("CERTIFICATE", "X509 CERTIFICATE");
    vec![
        entry(
            maker,
            "header-and-a-root-without",
            "A root with a header, and the same without behind it, which the pool takes.",
            &format!("{with_header}{root}"),
        )
        .finds(&["ca-extra-certificate"]),
        entry(
            maker,
            "header-behind-a-root-without",
            "A root, and the same with a header behind it, which the pool drops.",
            &format!("{root}{with_header}"),
        )
        .finds(&["ca-extra-certificate"]),
        no_pool(
            maker,
            "headers-on-both",
            "Two certificates in an entry, both with headers.",
            &format!("{with_header}{}", with_headers(root, "Comment: 2\n")),
        )
        .finds(&["ca-extra-certificate"])
        .unlike("header-and-a-root-without"),
        no_pool(
            maker,
            "header-and-another-label",
            "A root with a header, and the same without it under another label.",
            &format!("{with_header}{labelled}"),
        )
        .unlike("header-and-a-root-without"),
        no_pool(
            maker,
            "header-and-an-unreadable-one",
            "A root with a header, and behind it a block that holds no certificate.",
            &format!("{with_header}{UNREADABLE}"),
        )
        .finds(&["ca-extra-certificate"])
        .unlike("header-and-a-root-without"),
        no_pool(
            maker,
            "header-and-a-damaged-one",
            "A root with a header, and behind it one without END.",
            &format!("{with_header}{BEGIN}{}", between(root)),
        )
        .unlike("header-and-a-root-without"),
        entry(
            maker,
            "header-and-a-key-and-a-root",
            "A root with a header, a private key, and a root without: the pool passes over the first \
             two.",
            &format!("{with_header}{PRIVATE_KEY}{root}"),
        )
        .finds(&["ca-extra-certificate", "ca-private-key"]),
        entry(
            maker,
            "header-and-an-unreadable-one-and-a-root",
            "A root with a header, an unreadable one, and a root without: the pool takes the last.",
            &format!("{with_header}{UNREADABLE}{root}"),
        )
        .finds(&["ca-extra-certificate"]),
    ]
}

/// What else is in a token with such an entry.
fn beside_others(maker: &Maker) -> Vec<Vector> {
    let root = maker.root.as_str();
    let first = with_headers(root, "Comment: 1\n");
    let second = with_headers(root, "Comment: 2\n");
    let roots = |condition: &str, description: &str, entries: &[&str]| {
        maker.with_roots(Area::Pem, condition, description, entries)
    };
    vec![
        roots(
            "header-in-the-second-entry",
            "A sound root, and one with a header in an entry of its own: each entry needs one that \
             the pool takes.",
            &[root, &second],
        )
        .refused(Stage::Tls, not_parsed(&second))
        .unlike("header-behind-a-root-without"),
        roots(
            "header-in-the-first-entry",
            "A root with a header, and a sound one in an entry of its own.",
            &[&first, root],
        )
        .refused(Stage::Tls, not_parsed(&first))
        .unlike("header-and-a-root-without"),
        roots(
            "headers-in-both-entries",
            "Two entries with a header each, of which the first is told.",
            &[&first, &second],
        )
        .refused(Stage::Tls, not_parsed(&first))
        .unlike("header-in-the-second-entry"),
        roots(
            "header-and-no-block-beside",
            "A root with a header, and an entry without a block: all entries get the first look \
             before any goes into the pool.",
            &[&first, "no root"],
        )
        .bad_root(NO_BLOCK)
        .unlike("header-in-the-first-entry"),
        maker
            .changed(
                Area::Pem,
                "header-and-no-peer-id",
                "A root with a header and an empty peer ID, which is told first: the pool is made \
                 last of all.",
                |token| {
                    token.ca = Some(vec![first.clone()]);
                    token.peer_id = String::new();
                },
            )
            .refused(Stage::PeerId, "peering token peer ID value is empty")
            .unlike("header"),
        maker
            .changed(
                Area::Pem,
                "header-and-no-addresses",
                "A root with a header and no addresses, which are told first.",
                |token| {
                    token.ca = Some(vec![first.clone()]);
                    token.server_addresses = None;
                },
            )
            .refused(
                Stage::Addresses,
                "peering token server addresses value is empty",
            )
            .unlike("header"),
    ]
}
