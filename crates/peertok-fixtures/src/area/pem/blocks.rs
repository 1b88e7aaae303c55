//! Entries of several blocks, and the blocks that Go passes over in silence.

use super::build::{
    BEGIN, END, NO_BLOCK, NO_CERTIFICATE, OTHER_LABEL, PRIVATE_KEY, UNREADABLE, between, entry,
};
use crate::maker::Maker;
use crate::vector::{Area, Vector};
use godialect::pem::encode_certificate;

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    let root = maker.root.as_str();
    let content = between(root);
    let corrupt = format!("{BEGIN}M{content}{END}");
    let other = maker.entry(&maker.certificate("pem_blocks"));
    let request = encode_certificate(&[0x30, 0x00]).replace("CERTIFICATE", "CERTIFICATE REQUEST");
    let passed_over = |condition: &str, description: &str, before: &str| {
        entry(maker, condition, description, &format!("{before}{root}"))
    };
    vec![
        passed_over(
            "corrupt-block-before",
            "A block whose base64 is corrupt, and a sound root behind it, which is read in its place.",
            &corrupt,
        ),
        entry(
            maker,
            "corrupt-block",
            "A block whose base64 is corrupt: one character too many.",
            &corrupt,
        )
        .bad_root(NO_BLOCK)
        .unlike("corrupt-block-before"),
        passed_over(
            "block-without-end-before",
            "A root without END before a whole one.",
            &format!("{BEGIN}{content}"),
        ),
        passed_over(
            "begin-twice",
            "The BEGIN line twice, of which the second counts.",
            BEGIN,
        ),
        passed_over(
            "end-without-begin-before",
            "An END line without BEGIN before a whole root.",
            &format!("text\n{END}"),
        ),
        passed_over(
            "begin-within-a-line-before",
            "A block whose BEGIN line has text before it, and a whole root behind it.",
            &format!("root: {root}"),
        ),
        passed_over(
            "labels-differ-before",
            "A block with different labels, and a whole root behind it.",
            &root.replace(END, "-----END X509 CERTIFICATE-----\n"),
        ),
        passed_over(
            "four-dashes-before",
            "A block with four dashes behind BEGIN, and a whole root behind it.",
            &root.replace(BEGIN, "-----BEGIN CERTIFICATE----\n"),
        ),
        entry(
            maker,
            "end-without-begin-behind",
            "A whole root and an END line without BEGIN behind it.",
            &format!("{root}{END}"),
        ),
        entry(
            maker,
            "corrupt-block-behind",
            "A whole root and a corrupt one behind it, which is no block.",
            &format!("{root}{corrupt}"),
        ),
        entry(
            maker,
            "two-certificates",
            "Two certificates in one entry, as the Vault provider has a chain.",
            &format!("{root}{other}"),
        )
        .finds(&["ca-extra-certificate"])
        .unlike("two-entries"),
        maker.with_roots(
            Area::Pem,
            "two-entries",
            "Two certificates, each in an entry of its own, as after a rotation.",
            &[root, &other],
        ),
        entry(
            maker,
            "two-certificates-and-no-line-end-between",
            "Two certificates without a line end between them, so that the line behind the first END \
             has text: neither is a block, for the second has no line to begin.",
            &format!("{}{other}", root.trim_end()),
        )
        .bad_root(NO_BLOCK)
        .unlike("two-certificates"),
        entry(
            maker,
            "unreadable-certificate-behind",
            "A whole root and a block behind it that holds no certificate: only the first is checked.",
            &format!("{root}{UNREADABLE}"),
        )
        .finds(&["ca-extra-certificate"])
        .unlike("corrupt-block-behind"),
        passed_over(
            "unreadable-certificate-before",
            "A block that holds no certificate, and a whole root behind it, which is not looked for.",
            UNREADABLE,
        )
        .bad_root("x509: malformed tbs certificate")
        .finds(&["ca-extra-certificate"])
        .unlike("corrupt-block-before"),
        passed_over(
            "empty-block-before",
            "An empty block before a whole root.",
            &format!("{BEGIN}{END}"),
        )
        .bad_root(NO_CERTIFICATE)
        .finds(&["ca-extra-certificate"])
        .unlike("header-and-no-content-before"),
        passed_over(
            "private-key-before",
            "A private key before the root, as in a file for a web server.",
            PRIVATE_KEY,
        )
        .bad_root(OTHER_LABEL)
        .finds(&["ca-private-key"])
        .unlike("private-key-behind"),
        entry(
            maker,
            "private-key-behind",
            "A private key behind the root, which the server passes over.",
            &format!("{root}{PRIVATE_KEY}"),
        )
        .finds(&["ca-private-key"])
        .unlike("request-behind"),
        entry(
            maker,
            "private-key-alone",
            "A private key in place of the root.",
            PRIVATE_KEY,
        )
        .bad_root(OTHER_LABEL)
        .finds(&["ca-private-key"])
        .unlike("label-x509-certificate"),
        entry(
            maker,
            "request-behind",
            "A certificate request behind the root, which the server passes over.",
            &format!("{root}{request}"),
        ),
        passed_over(
            "request-before",
            "A certificate request before the root.",
            &request,
        )
        .bad_root(OTHER_LABEL)
        .unlike("request-behind"),
        maker
            .with_roots(
                Area::Pem,
                "second-entry-without-block",
                "A sound root, and an entry without a block.",
                &[root, "root of dc2"],
            )
            .bad_root(NO_BLOCK)
            .unlike("two-entries"),
        maker
            .with_roots(
                Area::Pem,
                "second-entry-of-another-label",
                "A sound root, and an entry with a private key.",
                &[root, PRIVATE_KEY],
            )
            .bad_root(OTHER_LABEL)
            .finds(&["ca-private-key"])
            .unlike("two-entries"),
    ]
}
