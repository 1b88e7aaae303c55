//! The lines BEGIN and END: where they may stand, and what they say.

use super::build::{BEGIN, END, NO_BLOCK, NO_CERTIFICATE, OTHER_LABEL, between, block, entry};
use crate::maker::Maker;
use crate::vector::Vector;

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    [places, forms, labels]
        .iter()
        .flat_map(|vectors| vectors(maker))
        .collect()
}

/// Where the two lines stand.
fn places(maker: &Maker) -> Vec<Vector> {
    let root = maker.root.as_str();
    let content = between(root);
    vec![
        entry(maker, "empty-entry", "A root that is an empty text.", "")
            .bad_root(NO_BLOCK)
            .unlike("empty-block"),
        entry(
            maker,
            "empty-block",
            "A PEM block with nothing in it.",
            &block("CERTIFICATE", ""),
        )
        .bad_root(NO_CERTIFICATE)
        .unlike("empty-entry"),
        entry(
            maker,
            "file-name",
            "The path of a root's file in place of its text.",
            "/etc/consul.d/ca.pem",
        )
        .bad_root(NO_BLOCK)
        .unlike("text-before"),
        entry(
            maker,
            "without-frame",
            "The base64 of a root without BEGIN and END.",
            content,
        )
        .bad_root(NO_BLOCK)
        .unlike("text-before"),
        entry(
            maker,
            "without-end",
            "A root that was cut off before its END line.",
            &format!("{BEGIN}{content}"),
        )
        .bad_root(NO_BLOCK)
        .unlike("without-last-line-end"),
        entry(
            maker,
            "without-begin",
            "A root that was copied without its BEGIN line.",
            &format!("{content}{END}"),
        )
        .bad_root(NO_BLOCK)
        .unlike("text-before"),
        entry(
            maker,
            "without-last-line-end",
            "A root without a line end behind its END line, which no server writes.",
            root.trim_end(),
        )
        .finds(&["not-canonical"]),
        entry(
            maker,
            "text-before",
            "A root with a line of text before it, as openssl writes them.",
            &format!("subject=CN=pri-1.consul.ca\n{root}"),
        ),
        entry(
            maker,
            "text-after",
            "A root with text behind it.",
            &format!("{root}That was the root.\n"),
        ),
        entry(
            maker,
            "begin-within-a-line",
            "Text before BEGIN on the same line.",
            &format!("root: {root}"),
        )
        .bad_root(NO_BLOCK)
        .unlike("text-before"),
        entry(
            maker,
            "byte-order-mark",
            "A byte order mark before BEGIN, which counts as text on its line.",
            &format!("\u{feff}{root}"),
        )
        .bad_root(NO_BLOCK)
        .unlike("byte-order-mark-on-its-line"),
        entry(
            maker,
            "byte-order-mark-on-its-line",
            "A byte order mark on a line of its own before BEGIN.",
            &format!("\u{feff}\n{root}"),
        ),
        entry(
            maker,
            "begin-behind-cr",
            "A carriage return alone before BEGIN, which ends no line.",
            &format!("root\r{root}"),
        )
        .bad_root(NO_BLOCK)
        .unlike("text-before"),
        entry(
            maker,
            "begin-indented",
            "A blank before BEGIN.",
            &format!(" {root}"),
        )
        .bad_root(NO_BLOCK)
        .unlike("begin-with-blanks-behind"),
        entry(
            maker,
            "all-indented",
            "Every line indented, as in YAML.",
            &format!("  {}", root.trim_end().replace('\n', "\n  ")),
        )
        .bad_root(NO_BLOCK)
        .finds(&["not-canonical"])
        .unlike("content-indented"),
        entry(
            maker,
            "end-indented",
            "A blank before END.",
            &root.replace("-----END", " -----END"),
        )
        .bad_root(NO_BLOCK)
        .unlike("end-with-blanks-behind"),
        entry(
            maker,
            "end-behind-the-content",
            "The END line joined to the last line of base64.",
            &root.replace("\n-----END", "-----END"),
        )
        .bad_root(NO_BLOCK)
        .unlike("empty-line-before-end"),
        entry(
            maker,
            "begin-behind-the-words-of-end",
            "BEGIN right behind the words \"-----END \" of a broken line, where Go's search starts \
             anew, so that it counts as the start of a line.",
            &format!("text\n-----END {root}"),
        ),
        entry(
            maker,
            "begin-near-the-words-of-end",
            "BEGIN behind the words \"-----END \" and one letter more.",
            &format!("text\n-----END x{root}"),
        )
        .bad_root(NO_BLOCK)
        .unlike("begin-behind-the-words-of-end"),
    ]
}

/// The dashes, the blanks and the line ends of the two lines.
fn forms(maker: &Maker) -> Vec<Vector> {
    let root = maker.root.as_str();
    let begin_with = |begin: &str| root.replace(BEGIN, begin);
    let end_with = |end: &str| root.replace(END, end);
    vec![
        entry(
            maker,
            "begin-with-blanks-behind",
            "A blank and a tab behind BEGIN.",
            &begin_with("-----BEGIN CERTIFICATE----- \t\n"),
        ),
        entry(
            maker,
            "end-with-blanks-behind",
            "A tab and a blank behind END.",
            &end_with("-----END CERTIFICATE-----\t \n"),
        ),
        entry(
            maker,
            "begin-with-a-blank-before-cr",
            "A blank and a carriage return behind BEGIN.",
            &begin_with("-----BEGIN CERTIFICATE----- \r\n"),
        ),
        entry(
            maker,
            "begin-with-a-blank-behind-cr",
            "A carriage return and a blank behind BEGIN: only blanks are left out there, so that the \
             line does not end in dashes.",
            &begin_with("-----BEGIN CERTIFICATE-----\r \n"),
        )
        .bad_root(NO_BLOCK)
        .unlike("begin-with-a-blank-before-cr"),
        entry(
            maker,
            "begin-with-text-behind",
            "Text behind BEGIN.",
            &begin_with("-----BEGIN CERTIFICATE----- root\n"),
        )
        .bad_root(NO_BLOCK)
        .unlike("begin-with-blanks-behind"),
        entry(
            maker,
            "end-with-text-behind",
            "Text behind END.",
            &end_with("-----END CERTIFICATE----- root\n"),
        )
        .bad_root(NO_BLOCK)
        .unlike("end-with-blanks-behind"),
        entry(
            maker,
            "begin-with-four-dashes-before",
            "Four dashes before BEGIN.",
            &begin_with("----BEGIN CERTIFICATE-----\n"),
        )
        .bad_root(NO_BLOCK)
        .unlike("without-last-line-end"),
        entry(
            maker,
            "begin-with-four-dashes-behind",
            "Four dashes behind BEGIN.",
            &begin_with("-----BEGIN CERTIFICATE----\n"),
        )
        .bad_root(NO_BLOCK)
        .unlike("six-dashes"),
        entry(
            maker,
            "end-with-four-dashes-behind",
            "Four dashes behind END.",
            &end_with("-----END CERTIFICATE----\n"),
        )
        .bad_root(NO_BLOCK)
        .unlike("end-with-blanks-behind"),
        entry(
            maker,
            "end-cut-off",
            "A root that was cut off within its END line.",
            &end_with("-----END CERT"),
        )
        .bad_root(NO_BLOCK)
        .unlike("without-last-line-end"),
        entry(
            maker,
            "six-dashes",
            "Six dashes behind BEGIN and END, the first of which belongs to the label.",
            &root.replace("CERTIFICATE-----", "CERTIFICATE------"),
        )
        .bad_root(OTHER_LABEL)
        .unlike("begin-with-four-dashes-behind"),
        entry(
            maker,
            "six-dashes-before",
            "Six dashes before BEGIN, so that the line begins with one too many.",
            &format!("-{root}"),
        )
        .bad_root(NO_BLOCK)
        .unlike("text-before"),
        entry(
            maker,
            "en-dashes",
            "En dashes in place of hyphens, as word processors write them.",
            &root.replace("-----", "–––––"),
        )
        .bad_root(NO_BLOCK)
        .unlike("text-before"),
        entry(
            maker,
            "begin-without-blank",
            "No blank before an empty label.",
            &root.replace(" CERTIFICATE", ""),
        )
        .bad_root(NO_BLOCK)
        .unlike("label-empty"),
        entry(
            maker,
            "begin-in-lower-case",
            "The words begin and end in lower case.",
            &root.replace("BEGIN", "begin").replace("END", "end"),
        )
        .bad_root(NO_BLOCK)
        .unlike("label-in-lower-case"),
        entry(
            maker,
            "crlf",
            "Line ends as Windows writes them.",
            &root.replace('\n', "\r\n"),
        ),
        entry(
            maker,
            "cr",
            "Carriage returns as line ends, as old Macs wrote them.",
            &root.replace('\n', "\r"),
        )
        .bad_root(NO_BLOCK)
        .unlike("crlf"),
        entry(
            maker,
            "on-one-line",
            "Blanks in place of all line ends, as a shell does without quotes.",
            &root.replace('\n', " "),
        )
        .bad_root(NO_BLOCK)
        .unlike("content-on-one-line"),
        entry(
            maker,
            "line-ends-escaped-twice",
            "A backslash and an n in place of each line end, as from JSON that was escaped twice.",
            &root.replace('\n', "\\n"),
        )
        .bad_root(NO_BLOCK)
        .unlike("crlf"),
    ]
}

/// What stands between the dashes.
fn labels(maker: &Maker) -> Vec<Vector> {
    let content = between(&maker.root);
    let labelled = |condition: &str, description: &str, label: &str| {
        entry(maker, condition, description, &block(label, content)).bad_root(OTHER_LABEL)
    };
    vec![
        labelled(
            "label-trusted-certificate",
            "A root labelled as openssl's trusted certificate.",
            "TRUSTED CERTIFICATE",
        )
        .unlike("crlf"),
        labelled(
            "label-x509-certificate",
            "A root under its old label, which other programs still take.",
            "X509 CERTIFICATE",
        )
        .unlike("crlf"),
        labelled(
            "label-certificates",
            "A label that begins as the right one does.",
            "CERTIFICATES",
        )
        .unlike("crlf"),
        labelled(
            "label-request",
            "A certificate labelled as a request for one.",
            "CERTIFICATE REQUEST",
        )
        .unlike("crlf"),
        labelled(
            "label-in-lower-case",
            "The label in lower case.",
            "certificate",
        )
        .unlike("crlf"),
        labelled("label-empty", "An empty label.", "").unlike("begin-without-blank"),
        labelled(
            "label-after-two-blanks",
            "Two blanks before the label, the second of which belongs to it.",
            " CERTIFICATE",
        )
        .unlike("begin-with-blanks-behind"),
        labelled(
            "label-with-a-blank-behind",
            "A blank between label and dashes, which belongs to the label.",
            "CERTIFICATE ",
        )
        .unlike("begin-with-blanks-behind"),
        labelled(
            "label-with-a-colon",
            "A label with a colon in it: no header, since base64 stands before END.",
            "CERTIFICATE:",
        )
        .unlike("label-with-a-colon-and-no-content"),
        entry(
            maker,
            "label-with-a-colon-and-no-content",
            "An empty block whose END line has a colon: it is taken for a header, and Go gives up on \
             the whole entry, with the sound root behind it.",
            &format!("{}{}", block("CERTIFICATE:", ""), maker.root),
        )
        .bad_root(NO_BLOCK)
        .unlike("label-without-a-colon-and-no-content"),
        entry(
            maker,
            "label-without-a-colon-and-no-content",
            "An empty block of another label before the root.",
            &format!("{}{}", block("X", ""), maker.root),
        )
        .bad_root(OTHER_LABEL)
        .unlike("label-with-a-colon-and-no-content"),
        entry(
            maker,
            "labels-differ",
            "BEGIN and END with different labels.",
            &maker.root.replace(END, "-----END X509 CERTIFICATE-----\n"),
        )
        .bad_root(NO_BLOCK)
        .unlike("label-x509-certificate"),
        entry(
            maker,
            "labels-differ-in-length-alone",
            "An END line whose label is the beginning of BEGIN's.",
            &maker.root.replace(END, "-----END CERTIFICAT-----\n"),
        )
        .bad_root(NO_BLOCK)
        .unlike("label-certificates"),
    ]
}
