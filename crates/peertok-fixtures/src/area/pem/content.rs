//! The base64 between BEGIN and END.

use super::build::{BEGIN, END, NO_BLOCK, NO_CERTIFICATE, between, entry};
use crate::certificate::common_name;
use crate::maker::Maker;
use crate::vector::Vector;

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    [lines, padding]
        .iter()
        .flat_map(|vectors| vectors(maker))
        .collect()
}

/// How the base64 is laid out.
fn lines(maker: &Maker) -> Vec<Vector> {
    let content = between(&maker.root);
    let joined = content.replace('\n', "");
    let vector = |condition: &str, description: &str, content: &str| {
        entry(
            maker,
            condition,
            description,
            &format!("{BEGIN}{content}{END}"),
        )
    };
    let (first, rest) = content.split_at(64);
    vec![
        vector(
            "content-on-one-line",
            "The base64 on one line.",
            &format!("{joined}\n"),
        ),
        vector(
            "content-in-lines-of-76",
            "Lines of 76 characters, as MIME has them.",
            &in_lines(&joined, 76),
        ),
        vector(
            "content-in-lines-of-63",
            "Lines of 63 characters, whose ends stand within groups of four.",
            &in_lines(&joined, 63),
        ),
        vector(
            "content-in-lines-of-one",
            "Each character on its own line.",
            &in_lines(&joined, 1),
        ),
        vector(
            "content-indented",
            "The lines of base64 indented, BEGIN and END not.",
            &format!("    {}\n", content.trim_end().replace('\n', "\n\t")),
        ),
        vector(
            "content-with-blanks-within",
            "Blanks within the lines, which PEM leaves out although base64 does not.",
            &content.replace('A', " A"),
        ),
        vector(
            "content-with-tabs-for-line-ends",
            "Tabs in place of the line ends within the base64.",
            &format!("{}\n", content.trim_end().replace('\n', "\t")),
        ),
        vector(
            "content-with-cr-within",
            "Carriage returns in place of the line ends within the base64.",
            &format!("{}\n", content.trim_end().replace('\n', "\r")),
        ),
        vector(
            "content-with-form-feeds",
            "Form feeds in place of the line ends within the base64, which are not left out.",
            &format!("{}\n", content.trim_end().replace('\n', "\u{c}")),
        )
        .bad_root(NO_BLOCK)
        .unlike("content-with-tabs-for-line-ends"),
        vector(
            "content-with-vertical-tabs",
            "A vertical tab before the base64.",
            &format!("\u{b}{content}"),
        )
        .bad_root(NO_BLOCK)
        .unlike("content-indented"),
        vector(
            "content-with-no-break-space",
            "A no-break space before the base64, as from a web page.",
            &format!("\u{a0}{content}"),
        )
        .bad_root(NO_BLOCK)
        .unlike("content-indented"),
        vector(
            "content-with-a-null",
            "A zero byte before the base64.",
            &format!("\0{content}"),
        )
        .bad_root(NO_BLOCK)
        .unlike("content-indented"),
        vector(
            "empty-line-before-content",
            "An empty line behind BEGIN, without headers.",
            &format!("\n{content}"),
        ),
        vector(
            "empty-line-before-end",
            "An empty line before END.",
            &format!("{content}\n"),
        ),
        vector(
            "empty-lines-within",
            "An empty line behind each line of base64.",
            &content.replace('\n', "\n\n"),
        ),
        vector(
            "comment-within",
            "A comment between two lines of base64.",
            &format!("{first}\n# the rest{rest}"),
        )
        .bad_root(NO_BLOCK)
        .unlike("empty-lines-within"),
        vector(
            "colon-in-the-first-line",
            "A colon behind the first line of base64, which makes it a header: what is left begins \
             within the certificate.",
            &format!("{first}:{rest}"),
        )
        .bad_root(NO_CERTIFICATE)
        .unlike("colon-in-the-second-line"),
        vector(
            "colon-in-the-second-line",
            "A colon behind the second line of base64, where no header can stand.",
            &format!("{first}\n{}", rest.trim_start().replacen('\n', ":\n", 1)),
        )
        .bad_root(NO_BLOCK)
        .unlike("colon-in-the-first-line"),
        vector(
            "first-line-missing",
            "The first line of base64 lost, so that the content begins within the certificate.",
            rest.trim_start(),
        )
        .bad_root(NO_CERTIFICATE)
        .unlike("empty-line-before-content"),
    ]
}

/// Whole groups of four characters, their padding and their last bits.
fn padding(maker: &Maker) -> Vec<Vector> {
    let vector = |condition: &str, description: &str, content: &str| {
        entry(
            maker,
            condition,
            description,
            &format!("{BEGIN}{}{END}", in_lines(content, 64)),
        )
    };
    // Ends in one and in two characters of padding, and in none but full lines.
    let one = with_length(maker, |length| length % 3 == 2);
    let two = with_length(maker, |length| length % 3 == 1);
    let full = with_length(maker, |length| length % 48 == 0);
    vec![
        vector(
            "padding-of-one",
            "A root whose base64 ends in one padding character.",
            &one,
        ),
        vector(
            "padding-of-two",
            "A root whose base64 ends in two padding characters.",
            &two,
        ),
        vector(
            "full-lines",
            "A root whose base64 fills all its lines.",
            &full,
        ),
        vector(
            "full-lines-and-an-empty-one",
            "A root whose base64 fills all its lines, with an empty line before END.",
            &format!("{full}\n"),
        ),
        vector(
            "padding-missing",
            "The padding left out.",
            two.trim_end_matches('='),
        )
        .bad_root(NO_BLOCK)
        .unlike("padding-of-two"),
        vector(
            "padding-half-missing",
            "One of two padding characters left out.",
            two.strip_suffix('=').unwrap_or_default(),
        )
        .bad_root(NO_BLOCK)
        .unlike("padding-of-two"),
        vector(
            "padding-too-much",
            "A third padding character.",
            &format!("{two}="),
        )
        .bad_root(NO_BLOCK)
        .unlike("padding-of-two"),
        vector(
            "padding-beyond-whole-groups",
            "Padding behind base64 that needs none.",
            &format!("{full}===="),
        )
        .bad_root(NO_BLOCK)
        .unlike("full-lines"),
        vector(
            "padding-apart",
            "The two padding characters on lines of their own.",
            &two.replace("==", "\n=\n="),
        ),
        vector(
            "text-behind-the-padding",
            "More base64 behind the padding, as from two encoded parts put together.",
            &format!("{one}MAA="),
        )
        .bad_root(NO_BLOCK)
        .unlike("padding-of-one"),
        vector(
            "last-bits-set",
            "Bits set in the last character that belong to no byte, which Go leaves out.",
            &with_last_bits(&two),
        ),
        vector(
            "url-safe",
            "The alphabet of base64url.",
            &with_letters(maker, |text| text.contains(['+', '/']))
                .replace('+', "-")
                .replace('/', "_"),
        )
        .bad_root(NO_BLOCK)
        .unlike("padding-of-one"),
        vector(
            "character-outside-the-alphabet",
            "A dot in place of the last character but two.",
            &format!("{}.==", &two[..two.len() - 3]),
        )
        .bad_root(NO_BLOCK)
        .unlike("last-bits-set"),
    ]
}

/// The text in lines of so many characters, each with a line end. Line ends within it are kept.
fn in_lines(text: &str, length: usize) -> String {
    let mut lines = String::new();
    let mut column = 0;
    for character in text.chars() {
        if column == length {
            lines.push('\n');
            column = 0;
        }
        lines.push(character);
        column = if character == '\n' { 0 } else { column + 1 };
    }
    lines.push('\n');
    lines
}

/// The base64 of a root whose name is as long as it takes for the length of its DER to be right.
fn with_length(maker: &Maker, is_right: impl Fn(usize) -> bool) -> String {
    let roots = roots_by_name(maker);
    let found = roots.map(|der| (der.len(), peering_token::encode_base64(&der)));
    let mut right = found.filter(|(length, _)| is_right(*length));
    right
        .next()
        .map(|(_, text)| text)
        .unwrap_or_default()
        .to_string()
}

/// The base64 of a root whose name is as long as it takes for its text to be right.
fn with_letters(maker: &Maker, is_right: impl Fn(&str) -> bool) -> String {
    let mut texts = roots_by_name(maker).map(|der| peering_token::encode_base64(&der).to_string());
    texts.find(|text| is_right(text)).unwrap_or_default()
}

/// Roots of ever longer names, in DER. The signature has a random length too.
fn roots_by_name(maker: &Maker) -> impl Iterator<Item = Vec<u8>> {
    (0..1000).map(|length| {
        let mut root = maker.certificate("pem_content");
        root.subject = common_name(&format!("pri-1.consul.ca{}", "a".repeat(length)));
        root.issuer = root.subject.clone();
        root.der(&maker.key)
    })
}

/// A text that ends in two padding characters, with the four bits before them set.
fn with_last_bits(text: &str) -> String {
    let kept = text.trim_end_matches('=');
    // The characters that end whole bytes there are A, Q, g and w; the last before the next of them
    // has all four bits set.
    let ends = [('A', 'P'), ('Q', 'f'), ('g', 'v'), ('w', '/')];
    let last = kept.chars().next_back();
    let set = ends.iter().find(|(plain, _)| Some(*plain) == last);
    let set = set.map_or('/', |(_, set)| *set);
    format!("{}{set}==", &kept[..kept.len() - 1])
}
