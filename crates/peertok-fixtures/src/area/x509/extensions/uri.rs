//! URIs among the alternative names, as Go's `url.Parse` takes them apart: scheme, path, query,
//! fragment. What stands between slashes has its own modules.

use super::build::with_root;
use crate::certificate::{SUBJECT_ALTERNATIVE_NAME, element, sequence};
use crate::maker::Maker;
use crate::vector::Vector;
use std::fmt::Display;

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    [schemes, without_scheme, control_characters, escapes]
        .iter()
        .flat_map(|vectors| vectors(maker))
        .collect()
}

/// A root with this URI as its only name.
pub(super) fn taken(maker: &Maker, condition: &str, description: &str, uri: &str) -> Vector {
    with_root(maker, condition, description, |root| {
        let names = sequence(&[&element(0x86, uri.as_bytes())]);
        root.put_extension(SUBJECT_ALTERNATIVE_NAME, false, &names);
    })
}

/// The same, where Go does not parse the URI. It is quoted as it is: all characters are ASCII that
/// one can see, and none is a quote or a backslash.
pub(super) fn unparsed(
    maker: &Maker,
    condition: &str,
    description: &str,
    uri: &str,
    fault: impl Display,
    near_miss: &str,
) -> Vector {
    taken(maker, condition, description, uri)
        .go_refuses(format!(
            "cannot parse URI \"{uri}\": parse \"{uri}\": {fault}"
        ))
        .unlike(near_miss)
}

fn schemes(maker: &Maker) -> Vec<Vector> {
    let taken =
        |condition: &str, description: &str, uri: &str| taken(maker, condition, description, uri);
    let colon = "first path segment in URL cannot contain colon";
    let unparsed = |condition: &str, description: &str, uri: &str, fault: &str, near_miss: &str| {
        unparsed(maker, condition, description, uri, fault, near_miss)
    };
    vec![
        taken(
            "uri-opaque",
            "A URI without a slash behind its scheme, of which Go looks at no more than that.",
            "urn:a b%zz",
        ),
        taken(
            "uri-scheme-all-characters",
            "A scheme with each kind of character that it may have.",
            "aZ09+-.:%zz",
        ),
        taken(
            "uri-scheme-and-nothing",
            "A scheme with its colon and nothing behind.",
            "spiffe:",
        ),
        taken(
            "uri-host-and-port-as-scheme",
            "A host with a port in place of a URI; Go takes the host for a scheme.",
            "server-1.dc1.internal:8503",
        ),
        unparsed(
            "uri-address-and-port",
            "An IP address with a port in place of a URI; no scheme begins with a digit.",
            "192.0.2.1:8503",
            colon,
            "uri-host-and-port-as-scheme",
        ),
        unparsed(
            "uri-scheme-plus-first",
            "A scheme that begins with a plus sign.",
            "+a:b",
            colon,
            "uri-scheme-all-characters",
        ),
        unparsed(
            "uri-scheme-hyphen-first",
            "A scheme that begins with a hyphen, and slashes behind it.",
            "-a://host",
            colon,
            "uri-scheme-all-characters",
        ),
        unparsed(
            "uri-scheme-underscore",
            "A scheme with an underscore.",
            "a_b:c/d",
            colon,
            "uri-colon-in-second-segment",
        ),
        unparsed(
            "uri-scheme-empty",
            "A URI that begins with a colon.",
            ":a",
            "missing protocol scheme",
            "uri-opaque",
        ),
        unparsed(
            "uri-scheme-empty-with-host",
            "A URI that begins with a colon and a host.",
            "://example.org",
            "missing protocol scheme",
            "uri-no-scheme",
        ),
    ]
}

fn without_scheme(maker: &Maker) -> Vec<Vector> {
    let taken =
        |condition: &str, description: &str, uri: &str| taken(maker, condition, description, uri);
    vec![
        taken("uri-empty", "A URI of no characters.", ""),
        taken("uri-star", "A star in place of a URI.", "*"),
        taken(
            "uri-colon-in-second-segment",
            "A path without scheme, with a colon behind its first slash.",
            "a_b/c:d",
        ),
        taken(
            "uri-colon-behind-slash",
            "A path that begins with a slash and has a colon in its first segment.",
            "/a_b:c",
        ),
        taken(
            "uri-colon-in-query",
            "A path without scheme, with a colon in its query.",
            "a_b?c:d",
        ),
        taken(
            "uri-no-scheme",
            "A host without a scheme before it.",
            "//example.org:80/a",
        ),
        unparsed(
            maker,
            "uri-no-scheme-bad-port",
            "A host without a scheme before it, and with a port that is no number.",
            "//example.org:http/a",
            "invalid port \":http\" after host",
            "uri-three-slashes",
        ),
        taken(
            "uri-three-slashes",
            "Three slashes without a scheme, which begin a path and no host.",
            "///example.org:http/a",
        ),
        taken(
            "uri-scheme-three-slashes",
            "Three slashes behind a scheme: the host is empty.",
            "file:///example.org:http/a",
        ),
        taken(
            "uri-scheme-one-slash",
            "One slash behind a scheme: there is no host.",
            "file:/example.org:http/a",
        ),
    ]
}

fn control_characters(maker: &Maker) -> Vec<Vector> {
    // The URI is written with its control character, and then as Go quotes it.
    let refused = |condition: &str, description: &str, uri: &str, quoted: &str, near_miss: &str| {
        taken(maker, condition, description, uri)
            .go_refuses(format!(
                "cannot parse URI \"{quoted}\": parse \"{quoted}\": \
                 net/url: invalid control character in URL"
            ))
            .unlike(near_miss)
    };
    vec![
        refused(
            "uri-line-end",
            "A URI with a line end behind it, as from echo.",
            "s://example.org/\n",
            r"s://example.org/\n",
            "uri-blank",
        ),
        refused(
            "uri-nul",
            "A URI with a zero byte, in what nobody looks into behind the scheme.",
            "urn:\0",
            r"urn:\x00",
            "uri-opaque",
        ),
        refused(
            "uri-last-control-character",
            "A URI with the control character 1f in its query.",
            "s://example.org/?\u{1f}",
            r"s://example.org/?\x1f",
            "uri-blank",
        ),
        refused(
            "uri-delete",
            "A URI with the control character 7f in its path.",
            "s://example.org/\u{7f}",
            r"s://example.org/\x7f",
            "uri-path-marks",
        ),
        taken(
            maker,
            "uri-blank",
            "A URI with blanks in path and query.",
            "s://example.org/a b?c d",
        ),
        taken(
            maker,
            "uri-control-character-in-fragment",
            "A URI with a line end in its fragment, which is split off before Go looks.",
            "s://example.org/#\n",
        ),
    ]
}

fn escapes(maker: &Maker) -> Vec<Vector> {
    let taken =
        |condition: &str, description: &str, uri: &str| taken(maker, condition, description, uri);
    let unparsed = |condition: &str, description: &str, uri: &str, escape: &str| {
        let fault = format!("invalid URL escape \"{escape}\"");
        unparsed(
            maker,
            condition,
            description,
            uri,
            fault,
            "uri-path-escapes",
        )
    };
    vec![
        taken(
            "uri-path-escapes",
            "A path with escapes of any bytes, in either case.",
            "s://example.org/%00%2f%aF%Fa%fF",
        ),
        taken(
            "uri-path-marks",
            "A path with characters that no URI has.",
            "s://example.org/a\"b<c>d^e`f{g|h}i\\j[k]",
        ),
        unparsed(
            "uri-path-escape-end",
            "A path that ends in a percent sign.",
            "s://example.org/%",
            "%",
        ),
        unparsed(
            "uri-path-escape-one-digit",
            "A path that ends in a percent sign and one digit.",
            "s://example.org/%4",
            "%4",
        ),
        unparsed(
            "uri-path-escape-first-digit",
            "A path with an escape whose first digit is none.",
            "s://example.org/%g0x",
            "%g0",
        ),
        unparsed(
            "uri-path-escape-second-digit",
            "A path with an escape whose second digit is none.",
            "s://example.org/%0gx",
            "%0g",
        ),
        unparsed(
            "uri-path-escape-after-good",
            "A path with a wrong escape behind a right one, and no host before it.",
            "/%20/%zz",
            "%zz",
        ),
        unparsed(
            "uri-path-escape-without-slash",
            "A path without scheme and slash, with a wrong escape.",
            "a%zz",
            "%zz",
        ),
        taken(
            "uri-query-escape",
            "A wrong escape in the query, at which Go does not look.",
            "s://example.org/?%zz?%",
        ),
        unparsed(
            "uri-fragment-escape",
            "A wrong escape in the fragment.",
            "s://example.org/#%zz",
            "%zz",
        ),
        unparsed(
            "uri-fragment-with-number-sign",
            "A wrong escape in a fragment with another number sign in it.",
            "s://example.org/?a#b#%zz",
            "%zz",
        ),
        taken(
            "uri-fragment-empty",
            "A URI with an empty fragment.",
            "s://example.org/#",
        ),
        super::uri::taken(
            maker,
            "uri-escape-before-fragment",
            "A wrong escape in the path before a fragment: Go then tells the URI without that.",
            "s://example.org/%zz#%yy",
        )
        .go_refuses(
            "cannot parse URI \"s://example.org/%zz#%yy\": \
             parse \"s://example.org/%zz\": invalid URL escape \"%zz\"",
        )
        .unlike("uri-fragment-escape"),
    ]
}
