//! Each kind of damage on arbitrary tokens; combinations; cuts; what must not be touched.

use super::*;
use peering_token::{Locality, PeeringToken, Reading, Shape, decode_base64};
use peertok_secret::Secret;
use peertok_testing as testing;
use proptest::option;
use proptest::prelude::*;
use std::time::{Duration, Instant};

const ROOTS: [&str; 3] = [
    include_str!("../../fixtures/ca/dc1.pem"),
    include_str!("../../fixtures/ca/other-cluster.pem"),
    include_str!("../../fixtures/ca/chain.pem"),
];
const MINTED: [&str; 5] = [
    include_str!("../../fixtures/consul/alpha-external.token"),
    include_str!("../../fixtures/consul/alpha-gateways.token"),
    include_str!("../../fixtures/consul/alpha-minted.token"),
    include_str!("../../fixtures/consul/alpha-rotated.token"),
    include_str!("../../fixtures/consul/gamma-seeded.token"),
];

/// Texts that have all characters of base64 in them once they are encoded, `+` and `/` too.
fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z0-9.-]{1,30}", "[~?>\u{3fe}é☃a-z]{1,20}", "\\PC{1,20}"]
}

fn addresses() -> impl Strategy<Value = Option<Vec<String>>> {
    let address = (text(), 1..=65_535_u32).prop_map(|(host, port)| {
        let host = host.replace([':', '[', ']'], "x");
        format!("{host}:{port}")
    });
    option::of(prop::collection::vec(address, 0..4))
}

prop_compose! {
    /// A token that a server takes, in base64.
    fn token()(
        ca in option::of(prop::collection::vec(prop::sample::select(&ROOTS[..]), 0..3)),
        (manual_server_addresses, server_addresses) in (addresses(), addresses()),
        (server_name, peer_id, secret) in (text(), text(), text()),
        (partition, datacenter) in (text(), text()),
        locality in option::of((text(), text())),
        shape in prop::sample::select(&[Shape::V1_13, Shape::V1_14, Shape::V1_16][..]),
    ) -> String {
        let mut servers = server_addresses.unwrap_or_default();
        servers.push("10.0.0.1:8503".to_owned());
        let mut token = PeeringToken::new();
        token.ca = ca.map(|entries| entries.into_iter().map(str::to_owned).collect());
        token.manual_server_addresses = manual_server_addresses;
        token.server_addresses = Some(servers);
        token.server_name = server_name;
        token.peer_id = peer_id;
        token.establishment_secret = Secret::new(secret);
        token.remote.partition = partition;
        token.remote.datacenter = datacenter;
        token.remote.locality = locality.map(|(region, zone)| Locality::new(region, zone));
        token.encode(shape).to_string()
    }
}

/// The token cut into lines of so many characters.
fn lines(token: &str, width: usize, between: &str) -> String {
    let characters: Vec<char> = token.chars().collect();
    let lines: Vec<String> = characters.chunks(width).map(String::from_iter).collect();
    lines.join(between)
}

fn utf_16(text: &str, mark: bool, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    let mark = mark.then_some(0xfeff);
    mark.into_iter()
        .chain(text.encode_utf16())
        .flat_map(unit)
        .collect()
}

/// Each character that is not plain as `%XX`.
fn percent_encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect()
}

/// No line ends within an escape.
fn quoted_printable(text: &str, line_end: &str) -> String {
    lines(text, 66, "\u{1}")
        .replace('=', "=3D")
        .replace('\u{1}', line_end)
}

fn url_safe(token: &str) -> String {
    token.replace('+', "-").replace('/', "_")
}

type Inflict = (Damage, fn(&str) -> Vec<u8>);

/// Each way to inflict damage of one kind. A token that it does not change is not damaged.
const WAYS: &[Inflict] = &[
    (Damage::Utf16, |t| {
        utf_16(&format!("{t}\r\n"), true, u16::to_le_bytes)
    }),
    (Damage::Utf16, |t| utf_16(t, true, u16::to_be_bytes)),
    (Damage::Utf16, |t| utf_16(t, false, u16::to_le_bytes)),
    (Damage::Invisible, |t| format!("\u{feff}{t}").into()),
    (Damage::Invisible, |t| lines(t, 40, "\u{200b}").into()),
    (Damage::Invisible, |t| {
        lines(t, 64, "\r\n\u{a0}\u{a0}").into()
    }),
    (Damage::Invisible, |t| format!("{t}\0").into()),
    (Damage::SurroundingBlanks, |t| format!("{t} ").into()),
    (Damage::SurroundingBlanks, |t| format!("\t{t}\n \n").into()),
    (Damage::QuoteMarks, |t| format!("> {t}\n").into()),
    (Damage::QuoteMarks, |t| {
        format!("> {}", lines(t, 72, "\r\n> ")).into()
    }),
    (Damage::QuoteMarks, |t| {
        format!(">> {}\n>\n", lines(t, 76, "\n>> ")).into()
    }),
    (Damage::CodeFence, |t| format!("```\n{t}\n```\n").into()),
    (Damage::CodeFence, |t| {
        format!("~~~text\r\n{t}\r\n~~~").into()
    }),
    (Damage::CodeFence, |t| format!("```{t}```").into()),
    (Damage::Key, |t| format!("PeeringToken: {t}").into()),
    (Damage::Key, |t| format!("export TOKEN={t}").into()),
    (Damage::Key, |t| format!("token={t}\n").into()),
    (Damage::Key, |t| {
        format!("token: |-\n{}", lines(t, 76, "\n")).into()
    }),
    (Damage::ShellQuoting, |t| format!("$'{t}\\n'").into()),
    (Damage::ShellQuoting, |t| {
        format!("$'{}'", t.replace('=', "\\x3d")).into()
    }),
    (Damage::ShellQuoting, |t| {
        format!("$'{}'", t.replace('=', "\\075")).into()
    }),
    (Damage::Quotes, |t| format!("'{t}'").into()),
    (Damage::Quotes, |t| format!("\"{t}\"\n").into()),
    (Damage::Quotes, |t| format!("`{t}`").into()),
    (Damage::Quotes, |t| format!("“{t}”").into()),
    (Damage::Quotes, |t| format!("b'{t}'").into()),
    (Damage::Quotes, |t| format!("\"{t}").into()),
    (Damage::PercentSign, |t| format!("{t}%").into()),
    (Damage::PercentSign, |t| format!("{t}%\n").into()),
    (Damage::Envelope, |t| {
        format!("{{\"PeeringToken\":\"{t}\"}}").into()
    }),
    (Damage::Escapes, |t| format!("{t}\\n").into()),
    (Damage::Escapes, |t| lines(t, 76, "\\n").into()),
    (Damage::Escapes, |t| lines(t, 50, "\\\n").into()),
    (Damage::Escapes, |t| {
        t.replace('=', "\\u003d").replace('/', "\\/").into()
    }),
    (Damage::PercentEncoding, |t| percent_encoded(t).into()),
    (Damage::PercentEncoding, |t| format!("{t}%0A").into()),
    (Damage::QuotedPrintable, |t| {
        quoted_printable(t, "=\r\n").into()
    }),
    (Damage::QuotedPrintable, |t| {
        quoted_printable(t, "=\n").into()
    }),
    (Damage::BlanksInside, |t| lines(t, 76, "\n    ").into()),
    (Damage::BlanksInside, |t| lines(t, 64, "\r\n\t").into()),
    (Damage::BlanksInside, |t| lines(t, 60, " ").into()),
    (Damage::UrlSafe, |t| url_safe(t).into()),
    (Damage::Padding, |t| t.trim_end_matches('=').into()),
    (Damage::Padding, |t| format!("{t}=").into()),
    (Damage::Padding, |t| {
        format!("{}===", t.trim_end_matches('=')).into()
    }),
    (Damage::Base64Twice, |t| {
        encode_base64(t.as_bytes()).as_bytes().to_vec()
    }),
    (Damage::Base64Twice, |t| {
        let twice = encode_base64(format!("{t}\n").as_bytes());
        encode_base64(twice.as_bytes()).as_bytes().to_vec()
    }),
    (Damage::NotEncoded, |t| {
        decode_base64(t.as_bytes()).unwrap().to_vec()
    }),
    (Damage::TextAround, |t| {
        format!("The token is {t}, as of today.").into()
    }),
    (Damage::TextAround, |t| {
        let lines = lines(t, 76, "\n");
        format!("Hello,\n\nthis is the token:\n\n{lines}\n\n-- \nA. Sender\n").into()
    }),
    (Damage::TextAround, |t| {
        format!("token: {}\r\n-- \r\nA. Sender", lines(t, 64, "\r\n")).into()
    }),
    (Damage::TextAround, |t| {
        format!("curl -d '{{\"PeerName\":\"a\",\"PeeringToken\":\"{t}\"}}' http://a/").into()
    }),
];

/// Whether a server reads it: then it is not for recovery, though the server may refuse it.
fn is_readable(text: &[u8]) -> bool {
    let refusal = judge(text).err();
    refusal.is_none_or(|refusal| !matches!(refusal.stage(), Stage::Base64 | Stage::Json))
}

fn recovered(damaged: &[u8]) -> Option<Repaired> {
    match recover(damaged)? {
        Recovery::Token(recovered) => Some(recovered),
        other => panic!("{other:?} of {}", String::from_utf8_lossy(damaged)),
    }
}

proptest! {
    // Each case is tried in all ways.
    #![proptest_config(testing::config(16))]

    #[test]
    fn each_kind_of_damage_is_undone_and_told(token in token()) {
        for (damage, inflict) in WAYS {
            let damaged = inflict(&token);
            match recovered(&damaged) {
                Some(found) => {
                    prop_assert_eq!(&*found.token, &token, "{:?}", damage);
                    prop_assert_eq!(found.damages, &[*damage]);
                }
                None => prop_assert!(is_readable(&damaged), "{damage:?}: {}", String::from_utf8_lossy(&damaged)),
            }
        }
    }
}

/// The last line of 76 characters begins with an object's brace and quote, as a token does.
#[test]
fn a_last_line_that_looks_like_a_token_is_none() {
    let mut token = PeeringToken::new();
    token.peer_id = "1".to_owned();
    token.remote.datacenter = "{".to_owned();
    while token.to_json(Shape::V1_14).len() % 57 != 4 {
        token.server_name.push('n');
    }
    let token = token.encode(Shape::V1_14);
    let lines = lines(&token, 76, "\n");
    assert!(lines.ends_with("\neyJ9fQ=="), "{lines}");
    let found = recovered(format!("The token:\n\n{lines}\n\nBye\n").as_bytes()).unwrap();
    assert_eq!(*found.token, *token);
    assert_eq!(found.damages, [Damage::TextAround]);
}

proptest! {
    /// A `+` that became a blank is found where leaving the blanks out makes no token.
    #[test]
    fn a_plus_comes_back(token in token()) {
        prop_assume!(token.contains('+'));
        let found = recovered(token.replace('+', " ").as_bytes()).unwrap();
        prop_assert_eq!(&*found.token, &token);
        prop_assert_eq!(found.damages, [Damage::PlusesAsBlanks]);
    }

    #[test]
    fn two_kinds_of_damage_are_undone(token in token(), first in 0..WAYS.len(), second in 0..WAYS.len()) {
        let (one, other) = (WAYS[first], WAYS[second]);
        let once = (one.1)(&token);
        // These read the whole text, so that they are looked for on the outside alone.
        let outermost = [Damage::Utf16, Damage::NotEncoded, Damage::TextAround];
        prop_assume!(!outermost.contains(&one.0));
        prop_assume!(![Damage::NotEncoded, Damage::TextAround].contains(&other.0));
        // An escape or a fence that is torn apart is none any more.
        let torn = [
            Damage::CodeFence, Damage::Escapes, Damage::ShellQuoting, Damage::PercentEncoding, Damage::QuotedPrintable,
        ];
        let tears = [
            Damage::Invisible, Damage::QuoteMarks, Damage::Key, Damage::Escapes, Damage::QuotedPrintable, Damage::BlanksInside,
        ];
        prop_assume!(!torn.contains(&one.0) || !tears.contains(&other.0));
        let Ok(once) = String::from_utf8(once) else { return Ok(()) };
        let twice = (other.1)(&once);
        match recovered(&twice) {
            Some(found) => prop_assert_eq!(&*found.token, &token, "{:?} {:?}", one.0, other.0),
            None => prop_assert!(is_readable(&twice), "{:?} {:?}: {}", one.0, other.0, String::from_utf8_lossy(&twice)),
        }
    }

    #[test]
    fn no_token_is_repaired_that_a_server_can_read(token in token(), at: prop::sample::Index, end in "[\r\n]{0,3}") {
        prop_assert!(judge(token.as_bytes()).is_ok());
        let (left, right) = token.split_at(at.index(token.len()));
        let given = format!("{left}{end}{right}");
        prop_assert!(recover(given.as_bytes()).is_none());
    }

    /// What is recovered of whatever is given is a token, which needs no more.
    #[test]
    fn anything_can_be_given(given in prop_oneof![
        prop::collection::vec(any::<u8>(), 0..200),
        testing::mutated(token().prop_map(String::into_bytes)),
        "[eyJCQSI6W10sIlBlZXJJRC+/=_ \"'$%\\\\{}:0-9.\r\n-]{0,200}".prop_map(String::into_bytes),
    ]) {
        if let Some(Recovery::Token(found)) = recover(&given) {
            let json = decode_base64(found.token.as_bytes()).unwrap();
            prop_assert!(Found::of(&json).make_a_token());
            prop_assert!(recover(found.token.as_bytes()).is_none());
            prop_assert!(!found.damages.is_empty());
        }
    }

    #[test]
    fn a_cut_token_keeps_its_whole_fields(token in token(), at: prop::sample::Index) {
        let json = decode_base64(token.as_bytes()).unwrap();
        let length = at.index(token.len());
        prop_assume!(length * 3 / 4 >= "{\"CA\":".len() && (length * 3 / 4 < json.len()));
        for damaged in [token[..length].to_owned(), format!("'{}", url_safe(&token[..length])), lines(&token[..length], 60, "\n ")] {
            let Some(Recovery::Truncated(partial)) = recover(damaged.as_bytes()) else {
                panic!("{damaged}");
            };
            prop_assert_eq!(partial.length, length * 3 / 4);
            check_fields(&partial, &Reading::of_token(token.as_bytes()).unwrap());
        }
    }
}

/// Each field of a part is that of the whole, or it is empty and not named as whole.
fn check_fields(partial: &Partial, whole: &Reading) {
    let (part, whole) = (&partial.reading.token, &whole.token);
    for (name, part, whole) in [
        ("CA", &part.ca, &whole.ca),
        (
            "ManualServerAddresses",
            &part.manual_server_addresses,
            &whole.manual_server_addresses,
        ),
        (
            "ServerAddresses",
            &part.server_addresses,
            &whole.server_addresses,
        ),
    ] {
        if partial.has(name) {
            assert_eq!(part, whole, "{name}")
        } else {
            let part = part.as_deref().unwrap_or_default();
            assert!(
                whole.as_deref().unwrap_or_default().starts_with(part),
                "{name}"
            );
        }
    }
    for (name, part, whole) in [
        (
            "ServerName",
            part.server_name.as_str(),
            whole.server_name.as_str(),
        ),
        ("PeerID", &part.peer_id, &whole.peer_id),
        (
            "EstablishmentSecret",
            part.establishment_secret.expose(),
            whole.establishment_secret.expose(),
        ),
        (
            "Remote.Partition",
            &part.remote.partition,
            &whole.remote.partition,
        ),
        (
            "Remote.Datacenter",
            &part.remote.datacenter,
            &whole.remote.datacenter,
        ),
    ] {
        if partial.has(name) {
            assert_eq!(part, whole, "{name}")
        } else {
            assert_eq!(part, "", "{name}")
        }
    }
    if partial.has("Remote.Locality") {
        assert_eq!(part.remote.locality, whole.remote.locality);
    }
}

/// Wherever a server's token is cut, what is whole is shown, and of the secret nothing.
#[test]
fn minted_tokens_cut_at_every_byte() {
    let step = if testing::is_long() { 1 } else { 7 };
    for token in MINTED.map(str::trim_end) {
        let whole = Reading::of_token(token.as_bytes()).unwrap();
        let json = decode_base64(token.as_bytes()).unwrap();
        let secret = whole.token.establishment_secret.expose();
        let mut cuts = 0;
        for length in (0..token.len()).step_by(step) {
            match recover(&token.as_bytes()[..length]) {
                Some(Recovery::Truncated(partial)) => {
                    cuts += 1;
                    assert_eq!(partial.length, length * 3 / 4);
                    check_fields(&partial, &whole);
                    let shown = format!("{partial:?}");
                    assert!(!shown.contains(&secret[..8]), "{length}: {shown}");
                    if !partial.has("EstablishmentSecret") {
                        assert!(partial.reading.token.establishment_secret.is_empty());
                    }
                }
                // All of the JSON is there.
                Some(Recovery::Token(found)) => {
                    assert!(length * 3 / 4 >= json.len());
                    assert_eq!(*found.token, token);
                    assert_eq!(found.damages, [Damage::Padding]);
                }
                None => assert!(length <= "eyJDQSI6".len(), "{length}"),
                Some(other) => panic!("{length}: {other:?}"),
            }
        }
        assert!(cuts >= (token.len() - 12) / step);
    }
}

#[test]
fn a_cut_through_both_layers_of_base64_is_seen() {
    let token = MINTED[0].trim_end();
    let twice = encode_base64(token.as_bytes());
    for length in 20..twice.len() - 8 {
        match recover(&twice.as_bytes()[..length]) {
            Some(Recovery::Truncated(partial)) => {
                assert!(partial.damages.contains(&Damage::Base64Twice), "{length}");
                assert!(!partial.whole.is_empty() || partial.cut.is_some());
            }
            other => panic!("{length}: {other:?}"),
        }
    }
}

#[test]
fn of_two_tokens_none_is_chosen() {
    let [one, other, ..] = MINTED.map(str::trim_end);
    let text = format!("west: {one}, west again: {one}.");
    assert_eq!(*recovered(text.as_bytes()).unwrap().token, one);
    let text = format!("west: {one}, east: {other}.");
    assert!(recovered(text.as_bytes()).is_none());
}

/// An answer to an e-mail, with the token in lines.
#[test]
fn a_quoted_e_mail_is_read() {
    for token in MINTED.map(str::trim_end) {
        let quoted = lines(token, 72, "\n> ");
        let mail = format!(
            "Thank you!\n\nOn Monday they wrote:\n> the token:\n>\n> {quoted}\n> \n> bye\n"
        );
        let found = recovered(mail.as_bytes()).unwrap();
        assert_eq!(*found.token, token);
        assert_eq!(found.damages, [Damage::TextAround, Damage::QuoteMarks]);
    }
}

#[test]
fn what_is_long_ends_soon() {
    let enough = if testing::is_long() { 1 << 20 } else { 1 << 17 };
    let token = MINTED[0].trim_end();
    let long = |part: &str| part.repeat(enough / part.len());
    let mut nested = token.to_owned();
    while nested.len() < enough {
        nested = encode_base64(nested.as_bytes()).to_string();
    }
    for text in [
        long(" "),
        long("A"),
        long("%25"),
        long("\\\\"),
        long("\""),
        long("eyJ."),
        long("a: "),
        long("\u{200b} \\%3D'"),
        long("{\"PeeringToken\":\""),
        format!("{{\"CA\":[{}", long("\"a\",")),
        long(&format!("{token} ")),
        long("eyJDQSI6\n"),
        format!("a\neyJDQSI6\n{}", long("QUJD\n")),
        long("> "),
        long("\n>\n"),
        nested,
    ] {
        let start = Instant::now();
        let _ = recover(text.as_bytes());
        let taken = start.elapsed();
        // Without optimisation, on a machine that has other work.
        assert!(
            taken < Duration::from_secs(10),
            "{taken:?}: {}",
            &text[..20]
        );
    }
}

#[test]
fn nothing_else_is_a_token() {
    for given in [
        "",
        "=",
        "nonsense!",
        "aGVsbG8=",
        // A type error is no damage of the way.
        "eyJQZWVySUQiOjF9",
        "eyJDQSI6IngiLCJQZWVySUQiOiJwIn0=",
    ] {
        assert!(recover(given.as_bytes()).is_none(), "{given}");
    }
}

#[test]
fn names_and_sentences_are_unique() {
    let names: std::collections::HashSet<_> = Damage::ALL.iter().map(|d| d.name()).collect();
    let sentences = Damage::ALL.iter().map(ToString::to_string);
    let sentences: std::collections::HashSet<_> = sentences.collect();
    let count = Damage::ALL.len();
    assert_eq!((names.len(), sentences.len()), (count, count));
    assert!(WAYS.iter().all(|(damage, _)| Damage::ALL.contains(damage)));
    assert!(STEPS.iter().all(|(damage, _)| Damage::ALL.contains(damage)));
}
