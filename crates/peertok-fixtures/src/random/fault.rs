//! The one fault of a random token, and what a server says of it.

use super::draft::{Draft, Part};
use crate::certificate::{
    EC_PUBLIC_KEY, ECDSA_WITH_SHA256, INTEGER, OBJECT_IDENTIFIER, P256, SUBJECT_ALTERNATIVE_NAME,
    UTC_TIME, algorithm, bit_string, element, sequence,
};
use crate::source::Source;
use crate::vector::ExpectedRefusal;
use peering_token::Stage;

/// Where a token is at fault: at which stage a server refuses it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Fault {
    None,
    At(Stage),
}

impl Fault {
    pub(super) fn choose(source: &mut Source) -> Self {
        Self::At(match source.below(100) {
            0..40 => return Self::None,
            40..52 => Stage::Base64,
            52..66 => Stage::Json,
            66..78 => Stage::Ca,
            78..86 => Stage::Addresses,
            86..89 => Stage::ServerName,
            89..92 => Stage::PeerId,
            92..95 => Stage::Tls,
            95..97 => Stage::Request,
            _ => Stage::Name,
        })
    }

    /// The part of the token that it is in.
    pub(super) fn part(self) -> Option<Part> {
        match self {
            Self::At(Stage::Ca | Stage::ServerName | Stage::Tls) => Some(Part::Roots),
            Self::At(Stage::Addresses) => Some(Part::Addresses),
            Self::At(Stage::PeerId) => Some(Part::Ids),
            _ => None,
        }
    }

    /// Inflicts it on a token. Gives what a server answers.
    pub(super) fn inflict(self, draft: &mut Draft<'_>) -> Option<ExpectedRefusal> {
        let Self::At(stage) = self else {
            return None;
        };
        let mut older_message = None;
        let message = match stage {
            Stage::Request => no_token(draft),
            Stage::Name => bad_name(draft),
            Stage::Base64 => in_base64(draft),
            Stage::Json => in_json(draft),
            Stage::Ca => {
                let bad = bad_root(draft);
                put_root(draft, bad.entry);
                draft.tell_fault(bad.what);
                draft.findings.extend(bad.finding);
                let whole = |reason: &str| format!("peering token invalid CA: {reason}");
                older_message = bad.older_reason.map(whole);
                whole(&bad.reason)
            }
            Stage::Addresses => in_addresses(draft),
            Stage::ServerName => no_server_name(draft),
            Stage::PeerId => no_peer_id(draft),
            Stage::Tls => with_headers(draft),
            _ => return None,
        };
        Some(ExpectedRefusal {
            stage,
            message,
            older_message,
        })
    }
}

/// A server that cannot read the token finds nothing in it.
fn replace(draft: &mut Draft<'_>, what: &str, text: impl Into<Vec<u8>>) {
    draft.replaced = Some(text.into());
    draft.findings.clear();
    draft.tell_fault(what);
}

fn in_base64(draft: &mut Draft<'_>) -> String {
    let mut token = draft.line();
    // Before the last four characters, which may hold the padding.
    let at = draft.source.below(token.len() - 4);
    let (what, offset) = match draft.source.below(4) {
        0 => {
            let character = *draft
                .source
                .one_of(&[' ', '-', '_', '.', '%', '"', '\t', 'é', '\0']);
            token.insert(at, character);
            ("a character that is not of the alphabet", at)
        }
        1 => {
            let cut = if at.is_multiple_of(4) { at + 1 } else { at };
            token.truncate(cut);
            ("cut off within four characters", cut - cut % 4)
        }
        2 => {
            token.replace_range(at..=at, "=");
            // The padding is two characters or one; one that is the last of four ends the token.
            (
                "padding in the middle",
                if at % 4 == 3 { at + 1 } else { at },
            )
        }
        _ => {
            let padded = token.trim_end_matches('=').len();
            token.truncate(padded - padded % 4);
            let end = token.len();
            token.push_str("QQ==QQ==");
            ("more behind the padding", end + 4)
        }
    };
    replace(draft, what, token);
    format!("failed to decode token: illegal base64 data at input byte {offset}")
}

fn in_json(draft: &mut Draft<'_>) -> String {
    let mut json = draft.json();
    // All before the addresses is ASCII, and so is what no fault touches.
    let letter = *draft.source.one_of(&['a', 'k', 'x', 'Z', '/', '#', ';']);
    let (what, message) = match draft.source.below(9) {
        0 => {
            let cut = 1 + draft.source.below(json.len() - 1);
            // Go reads on as if a blank came, which has an answer of its own behind a backslash and
            // within null.
            let cut = json[..cut].trim_end_matches(['\\', 'n', 'u', 'l']).len();
            json.truncate(cut);
            (
                "the JSON is cut off",
                "unexpected end of JSON input".to_owned(),
            )
        }
        1 => {
            json.insert(0, letter);
            let place = "looking for beginning of value";
            (
                "something before the JSON",
                format!("invalid character '{letter}' {place}"),
            )
        }
        2 => {
            json.push(letter);
            let place = "after top-level value";
            (
                "something behind the JSON",
                format!("invalid character '{letter}' {place}"),
            )
        }
        3 => {
            json.insert(1, letter);
            let place = "looking for beginning of object key string";
            (
                "a key without quotes",
                format!("invalid character '{letter}' {place}"),
            )
        }
        4 => {
            json = json.replacen("\":", &format!("\"{letter}:"), 1);
            (
                "something before a colon",
                format!("invalid character '{letter}' after object key"),
            )
        }
        5 => {
            json = json.replacen("\"PeerID\":\"", "\"PeerID\":\"\\q", 1);
            (
                "an escape that is none",
                "invalid character 'q' in string escape code".to_owned(),
            )
        }
        6 => {
            json = json.replacen("\"PeerID\":\"", "\"PeerID\":\"\t", 1);
            (
                "a tab in a text",
                "invalid character '\\t' in string literal".to_owned(),
            )
        }
        7 => {
            let (value, kind) = *draft.source.one_of(&[
                ("7", "number"),
                ("true", "bool"),
                ("[]", "array"),
                ("{}", "object"),
            ]);
            json = json.replacen('{', &format!("{{\"PeerID\":{value},"), 1);
            (
                "a peer ID that is no text",
                format!(
                    "json: cannot unmarshal {kind} into Go struct field PeeringToken.PeerID of type string"
                ),
            )
        }
        _ => {
            let (value, kind) = *draft.source.one_of(&[
                ("7", "number"),
                ("true", "bool"),
                ("[]", "array"),
                ("\"\"", "string"),
            ]);
            json = value.to_owned();
            (
                "no object",
                format!("json: cannot unmarshal {kind} into Go value of type structs.PeeringToken"),
            )
        }
    };
    let text = peering_token::encode_base64(json.as_bytes()).to_string();
    replace(draft, what, text);
    message
}

/// A root that a server refuses.
struct BadRoot {
    entry: String,
    what: &'static str,
    /// What Go says of it.
    reason: String,
    /// What Go said of it up to 1.25, where that differs.
    older_reason: Option<&'static str>,
    finding: Option<&'static str>,
}

impl BadRoot {
    fn new(entry: String, what: &'static str, reason: impl Into<String>) -> Self {
        Self {
            entry,
            what,
            reason: reason.into(),
            older_reason: None,
            finding: None,
        }
    }
}

fn bad_root(draft: &mut Draft<'_>) -> BadRoot {
    let source = &mut draft.source;
    match source.below(8) {
        0 => {
            let word = source.uuid();
            BadRoot::new(word, "a root that is no PEM", "no PEM-encoded data found")
        }
        1 => {
            let labels = ["X509 CRL", "CERTIFICATE REQUEST", "TRUSTED CERTIFICATE"];
            let label = labels[source.below(labels.len())];
            let entry = draft.maker.root.replace("CERTIFICATE", label);
            let reason = "first PEM-block should be CERTIFICATE type";
            BadRoot::new(entry, "a root that is no certificate", reason)
        }
        _ => bad_certificate(draft),
    }
}

fn bad_certificate(draft: &mut Draft<'_>) -> BadRoot {
    let maker = draft.maker;
    let source = &mut draft.source;
    let mut root = maker.certificate(&format!("random {}", source.uuid()));
    let byte = source.byte();
    let mut older_reason = None;
    let mut finding = None;
    let (what, reason) = match source.below(11) {
        0 => {
            root.trailing = vec![byte; 1 + source.below(8)];
            (
                "bytes behind a certificate",
                "x509: trailing data".to_owned(),
            )
        }
        1 => {
            root.serial = element(INTEGER, &[0x80 | byte & 0x7e, byte, 1]);
            (
                "a serial number below zero",
                "x509: negative serial number".to_owned(),
            )
        }
        2 => {
            // ecdsa-with-SHA384.
            let mut other = ECDSA_WITH_SHA256.to_vec();
            other.pop();
            other.push(3);
            finding = Some("ca-signature");
            root.outer_algorithm = Some(algorithm(&other, &[]));
            let reason = "x509: inner and outer signature algorithm identifiers don't match";
            ("another algorithm outside than inside", reason.to_owned())
        }
        3 => {
            let twice = root.extensions[source.below(root.extensions.len())].clone();
            // Behind the tags and lengths of the extension and its identifier: 2.5.29 takes two bytes.
            let last = twice[6];
            root.extensions.push(twice);
            let reason = format!(
                "x509: certificate contains duplicate extension with OID \"2.5.29.{last}\""
            );
            ("an extension twice", reason)
        }
        4 => {
            root.version = vec![0xa0, 3, INTEGER, 1, 3 + byte % 100];
            ("a version above 3", "x509: invalid version".to_owned())
        }
        5 => {
            let mut point = maker.key.point();
            // Of the two points with this X, the other one is odd where this one is even, but it is
            // this one's negative, which a single other bit does not make.
            let last = point.len() - 1;
            point[last] ^= 2 << (byte % 7);
            root.key = sequence(&[
                &algorithm(EC_PUBLIC_KEY, &element(OBJECT_IDENTIFIER, P256)),
                &bit_string(&point),
            ]);
            finding = Some("ca-signature");
            older_reason = Some("x509: failed to unmarshal elliptic curve point");
            ("a key off its curve", "P256 point not on curve".to_owned())
        }
        6 => {
            let month = 13 + byte % 80;
            let time = element(UTC_TIME, format!("26{month}01000000Z").as_bytes());
            root.validity = sequence(&[&time, &time]);
            ("a month that is none", "x509: malformed UTCTime".to_owned())
        }
        7 => {
            let time = element(INTEGER, &[1 + byte % 100]);
            root.validity = sequence(&[&time, &time]);
            (
                "a date that is a number",
                "x509: unsupported time format".to_owned(),
            )
        }
        8 => {
            let length = *source.one_of(&[0, 1, 2, 3, 5, 6, 8, 12, 15, 17, 32]);
            let names = sequence(&[&element(0x87, &vec![byte; length])]);
            root.put_extension(SUBJECT_ALTERNATIVE_NAME, false, &names);
            (
                "an IP address of a wrong length",
                format!("x509: cannot parse IP address of length {length}"),
            )
        }
        9 => {
            let names = sequence(&[&element(0x82, &[b'a', 0x80 | byte])]);
            root.put_extension(SUBJECT_ALTERNATIVE_NAME, false, &names);
            (
                "a DNS name beyond ASCII",
                "x509: SAN dNSName is malformed".to_owned(),
            )
        }
        _ => {
            let uri = format!("spiffe://{}/{byte}%zz", maker.trust_domain);
            let names = sequence(&[&element(0x86, uri.as_bytes())]);
            root.put_extension(SUBJECT_ALTERNATIVE_NAME, false, &names);
            let fault = "invalid URL escape \"%zz\"";
            (
                "a URI with a bad escape",
                format!("x509: cannot parse URI \"{uri}\": parse \"{uri}\": {fault}"),
            )
        }
    };
    BadRoot {
        older_reason,
        finding,
        ..BadRoot::new(maker.entry(&root), what, reason)
    }
}

/// Puts an entry in the place of the root, or beside it.
fn put_root(draft: &mut Draft<'_>, entry: String) {
    let own = draft.maker.root.clone();
    draft.token.ca = Some(match draft.source.below(3) {
        0 => vec![entry],
        1 => vec![entry, own],
        _ => vec![own, entry],
    });
}

fn in_addresses(draft: &mut Draft<'_>) -> String {
    if draft.source.below(8) == 0 {
        draft.token.server_addresses = None;
        draft.tell_fault("no address");
        return "peering token server addresses value is empty".to_owned();
    }
    let number = draft.source.below(100);
    let (address, what) = match draft.source.below(8) {
        0 => (
            format!("lb-{number}.dc1.internal"),
            "an address without a port",
        ),
        1 => (
            format!("lb-{number}.dc1.internal:"),
            "an address with an empty port",
        ),
        2 => (
            format!("lb-{number}.dc1.internal:grpc"),
            "a port that is no number",
        ),
        3 => (
            format!("lb-{number}.dc1.internal:{}", 65_536 + number),
            "a port above 65535",
        ),
        4 => (
            format!("lb-{number}.dc1.internal:-{number}"),
            "a port below one",
        ),
        5 => (
            format!("fd00::{number}:8503"),
            "an IPv6 address without brackets",
        ),
        6 => (
            format!("[fd00::{number}:8503"),
            "a bracket that is not closed",
        ),
        _ => (
            format!("https://lb-{number}.dc1.internal:8503"),
            "a URL for an address",
        ),
    };
    let addresses = draft.token.server_addresses.get_or_insert_default();
    let index = draft.source.below(addresses.len() + 1);
    addresses.insert(index, address.clone());
    draft.tell_fault(what);
    format!("{address} is not a valid peering server address")
}

fn no_server_name(draft: &mut Draft<'_>) -> String {
    draft.token.server_name.clear();
    draft.tell_fault("no server name");
    "peering token server name value is empty".to_owned()
}

fn no_peer_id(draft: &mut Draft<'_>) -> String {
    draft.token.peer_id.clear();
    draft.tell_fault("no peer ID");
    "peering token peer ID value is empty".to_owned()
}

/// A root with PEM headers is a certificate to the first look, and none for the pool.
fn with_headers(draft: &mut Draft<'_>) -> String {
    let header = format!("-----\nNumber: {}\n\n", draft.source.below(1000));
    let entry = draft.maker.root.replacen("-----\n", &header, 1);
    put_root(draft, entry.clone());
    draft.tell_fault("a root with PEM headers");
    format!("failed to build TLS dial option from peering: failed to parse PEM {entry}")
}

fn no_token(draft: &mut Draft<'_>) -> String {
    replace(draft, "and then left out", "");
    "PeeringToken is required in the payload when establishing a peering.".to_owned()
}

fn bad_name(draft: &mut Draft<'_>) -> String {
    let source = &mut draft.source;
    let word = source.uuid();
    let name = match source.below(6) {
        0 => format!("-{word}"),
        1 => format!("{word}-"),
        2 => format!("West-{word}"),
        3 => format!("{word}_{word}"),
        4 => format!("{word}{}", "x".repeat(28 + source.below(10))),
        _ => format!("{word}."),
    };
    draft.tell_fault("for a peer whose name Consul refuses");
    let rule = "a valid peering name must consist of lower case alphanumeric characters or '-', and \
                must start and end with an alphanumeric character";
    let message = format!("{name} is not a valid peer name: {rule}");
    draft.peer_name = Some(name);
    message
}
