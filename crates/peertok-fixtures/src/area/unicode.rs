//! Texts beyond ASCII, and how Go reads what is no text: U+FFFD stands for each byte that is no part
//! of UTF-8, and for each escape of half a surrogate pair.

use crate::maker::{ADDRESSES, Maker};
use crate::vector::{Area, Vector};
use peering_token::Stage;

pub(crate) fn vectors(maker: &Maker) -> Vec<Vector> {
    let themes = [
        no_utf8,
        surrogates,
        around,
        shown_bytes,
        shown_addresses,
        names,
        hosts,
    ];
    themes.iter().flat_map(|theme| theme(maker)).collect()
}

/// A vector whose only address is this JSON literal, without its quotes. It has no port, so that the
/// message shows the text that Go reads.
fn read_as(
    maker: &Maker,
    (condition, description, literal, text, near): (&str, &str, &[u8], &str, &str),
) -> Vector {
    let list = [b"[\"", literal, b"\"]"].concat();
    let vector = maker.written(Area::Unicode, condition, description, |token| {
        token.put("ServerAddresses", list)
    });
    let message = format!("{text} is not a valid peering server address");
    vector
        .refused(Stage::Addresses, message)
        .finds(&["not-canonical"])
        .unlike(near)
}

fn no_utf8(maker: &Maker) -> Vec<Vector> {
    #[rustfmt::skip]
    let table: [(&str, &str, &[u8], &str, &str); 13] = [
        ("byte-80", "A byte that only follows others in UTF-8.", b"a\x80b", "a\u{fffd}b", "two-bytes"),
        ("byte-ff", "A byte that is in no UTF-8.", b"a\xffb", "a\u{fffd}b", "two-bytes"),
        ("latin-1", "A letter in Latin-1.", b"b\xfccher", "b\u{fffd}cher", "two-bytes"),
        ("cut-two", "The first of two bytes.", b"a\xc3b", "a\u{fffd}b", "two-bytes"),
        ("cut-three", "The first two of three bytes: each is read for itself.", b"a\xe2\x82b", "a\u{fffd}\u{fffd}b", "three-bytes"),
        ("cut-four", "The first three of four bytes, and the end of the text.", b"a\xf0\x9f\x98", "a\u{fffd}\u{fffd}\u{fffd}", "four-bytes"),
        ("cut-before-escape", "The first two of three bytes, and an escape.", b"\xe2\x82\\u0041", "\u{fffd}\u{fffd}A", "three-bytes"),
        ("overlong-two", "A slash in two bytes, where one would do.", b"a\xc0\xafb", "a\u{fffd}\u{fffd}b", "two-bytes"),
        ("overlong-three", "NUL in three bytes.", b"a\xe0\x80\x80b", "a\u{fffd}\u{fffd}\u{fffd}b", "three-bytes"),
        ("overlong-four", "A character in four bytes, where three would do.", b"a\xf0\x8f\xbf\xbfb", "a\u{fffd}\u{fffd}\u{fffd}\u{fffd}b", "four-bytes"),
        ("surrogate-bytes", "Half a surrogate pair in three bytes.", b"a\xed\xa0\x80b", "a\u{fffd}\u{fffd}\u{fffd}b", "three-bytes"),
        ("cesu-8", "A character beyond U+FFFF as a surrogate pair in six bytes.", b"\xed\xa0\xbd\xed\xb8\x80",
            "\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}", "four-bytes"),
        ("beyond-10ffff", "Four bytes for a number beyond U+10FFFF.", b"a\xf4\x90\x80\x80b", "a\u{fffd}\u{fffd}\u{fffd}\u{fffd}b", "four-bytes"),
    ];
    let mut vectors: Vec<_> = table.into_iter().map(|row| read_as(maker, row)).collect();
    vectors.push(
        maker
            .written(
                Area::Unicode,
                "no-utf8-in-key",
                "A byte that is no UTF-8 in a key: the member is unknown.",
                |token| token.respell("CA", b"CA\xff"),
            )
            .finds(&["no-ca", "unknown-field"])
            .unlike("no-utf8-unread"),
    );
    vectors.push(
        maker
            .written(
                Area::Unicode,
                "no-utf8-unread",
                "A byte that is no UTF-8 in a member that no server knows.",
                |token| token.and("Note", b"\"\xff\""),
            )
            .finds(&["unknown-field"])
            .unlike("byte-ff"),
    );
    vectors
}

fn surrogates(maker: &Maker) -> Vec<Vector> {
    #[rustfmt::skip]
    let table: [(&str, &str, &[u8], &str, &str); 16] = [
        ("pair", "A surrogate pair.", br"\ud83d\ude00", "\u{1f600}", "pair-reversed"),
        ("pair-upper-case", "A surrogate pair in upper case.", br"\uD83D\uDE00", "\u{1f600}", "pair-reversed"),
        ("pair-first", "The first surrogate pair, which is U+10000.", br"\ud800\udc00", "\u{10000}", "low-alone"),
        ("pair-last", "The last surrogate pair, which is U+10FFFF.", br"\udbff\udfff", "\u{10ffff}", "low-last-alone"),
        ("pair-reversed", "A surrogate pair the other way round.", br"\ude00\ud83d", "\u{fffd}\u{fffd}", "pair"),
        ("high-last", "The first half of a pair at the end of the text.", br"a\ud83d", "a\u{fffd}", "pair"),
        ("high-then-letter", "The first half of a pair before a letter.", br"\ud83dx", "\u{fffd}x", "pair"),
        ("high-then-escape", "The first half of a pair before another escape.", br"\ud83d\n", "\u{fffd}\n", "pair"),
        ("high-then-number", "The first half of a pair before the escape of a letter.", br"\ud83d\u0041", "\u{fffd}A", "pair"),
        ("high-then-beyond", "The first half of a pair before U+E000, the first behind the second halves.", br"\ud83d\ue000", "\u{fffd}\u{e000}", "pair"),
        ("high-then-pair", "The first half of a pair before a whole pair.", br"\ud83d\ud83d\ude00", "\u{fffd}\u{1f600}", "pair"),
        ("high-then-bytes", "The first half of a pair before a character beyond ASCII.", b"\\ud83d\xc3\xa9", "\u{fffd}\u{e9}", "pair"),
        ("low-alone", "The first of the second halves alone.", br"\udc00a", "\u{fffd}a", "pair-first"),
        ("low-twice", "Two second halves: each stands alone.", br"\ude00\ude01", "\u{fffd}\u{fffd}", "pair"),
        ("low-last-alone", "The last of the second halves alone.", br"\udfff", "\u{fffd}", "pair-last"),
        ("beside-surrogates", "The characters right before and behind the surrogates.", br"\ud7ff\ue000", "\u{d7ff}\u{e000}", "low-alone"),
    ];
    table.into_iter().map(|row| read_as(maker, row)).collect()
}

/// What stands before the JSON where its encoding is another.
fn around(maker: &Maker) -> Vec<Vector> {
    let begins = |condition, description, rewrite: fn(&str) -> Vec<u8>, message| {
        maker
            .rewritten(Area::Unicode, condition, description, rewrite)
            .refused(Stage::Json, message)
            .unlike("raw-everywhere")
    };
    vec![
        begins(
            "byte-order-mark",
            "A byte order mark before the JSON, as some editors write it.",
            |json| format!("\u{feff}{json}").into_bytes(),
            "invalid character 'ï' looking for beginning of value",
        ),
        begins(
            "byte-order-mark-last",
            "A byte order mark behind the JSON.",
            |json| format!("{json}\u{feff}").into_bytes(),
            "invalid character 'ï' after top-level value",
        ),
        begins(
            "utf-16-little",
            "The JSON in UTF-16, low byte first: a NUL follows the brace.",
            |json| json.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            r"invalid character '\x00' looking for beginning of object key string",
        ),
        begins(
            "utf-16-big",
            "The JSON in UTF-16, high byte first: it begins with a NUL.",
            |json| json.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            r"invalid character '\x00' looking for beginning of value",
        ),
        begins(
            "utf-16-little-marked",
            "The JSON in UTF-16 with a byte order mark, as PowerShell writes it.",
            |json| format!("\u{feff}{json}").encode_utf16().flat_map(u16::to_le_bytes).collect(),
            "invalid character 'ÿ' looking for beginning of value",
        ),
        begins(
            "utf-16-big-marked",
            "The JSON in UTF-16 with a byte order mark, high byte first.",
            |json| format!("\u{feff}{json}").encode_utf16().flat_map(u16::to_be_bytes).collect(),
            "invalid character 'þ' looking for beginning of value",
        ),
        begins(
            "quotes-of-print",
            "The quotes of print in place of the first ones, as a word processor makes them.",
            |json| json.replacen('"', "\u{201c}", 1).into_bytes(),
            "invalid character 'â' looking for beginning of object key string",
        ),
        begins(
            "no-break-space",
            "A no-break space between two members, which is no blank in JSON.",
            |json| json.replacen(",\"PeerID\"", ",\u{a0}\"PeerID\"", 1).into_bytes(),
            "invalid character 'Â' looking for beginning of object key string",
        ),
        begins(
            "line-separator",
            "A line separator (U+2028) behind the JSON, which is no blank there.",
            |json| format!("{json}\u{2028}").into_bytes(),
            "invalid character 'â' after top-level value",
        ),
        maker
            .written(
                Area::Unicode,
                "raw-everywhere",
                "A text with characters of one to four bytes, as they are.",
                |token| token.put("Remote", "{\"Partition\":\"a\u{e9}\u{20ac}\u{1f600}\",\"Datacenter\":\"dc1\",\"Locality\":null}"),
            )
            .finds(&["partition-set"])
            .unlike("byte-order-mark")
            .since(14),
    ]
}

/// A byte as Go shows it: as the Latin-1 character of that number, escaped where that cannot be
/// printed.
fn shown_bytes(maker: &Maker) -> Vec<Vector> {
    #[rustfmt::skip]
    let table = [
        ("shown-80", "The first byte beyond ASCII behind the JSON.", 0x80, r"\u0080"),
        ("shown-9f", "The last control character of Latin-1.", 0x9f, r"\u009f"),
        ("shown-a0", "The no-break space of Latin-1.", 0xa0, r"\u00a0"),
        ("shown-a1", "The first character of Latin-1 that can be printed.", 0xa1, "\u{a1}"),
        ("shown-ac", "The character before the soft hyphen.", 0xac, "\u{ac}"),
        ("shown-ad", "The soft hyphen of Latin-1, which cannot be printed.", 0xad, r"\u00ad"),
        ("shown-ae", "The character behind the soft hyphen.", 0xae, "\u{ae}"),
        ("shown-ff", "The last byte of all.", 0xff, "\u{ff}"),
        ("shown-7f", "DEL, the last byte of ASCII.", 0x7f, r"\x7f"),
        ("shown-7e", "A tilde, which can be printed.", 0x7e, "~"),
        ("shown-1f", "The last control character of ASCII.", 0x1f, r"\x1f"),
        ("shown-bell", "A bell, for which Go has a letter.", 0x07, r"\a"),
        ("shown-backspace", "A backspace, for which Go has a letter.", 0x08, r"\b"),
        ("shown-quote", "A quote, which Go leaves as it is between apostrophes.", b'"', "\""),
        ("shown-apostrophe", "An apostrophe, which Go escapes.", b'\'', r"\'"),
        ("shown-backslash", "A backslash.", b'\\', r"\\"),
    ];
    let row = |(condition, description, byte, shown): (_, _, u8, &str)| {
        maker
            .rewritten(Area::Unicode, condition, description, |json| {
                [json.as_bytes(), &[byte]].concat()
            })
            .refused(
                Stage::Json,
                format!("invalid character '{shown}' after top-level value"),
            )
            .unlike("raw-everywhere")
    };
    table.into_iter().map(row).collect()
}

/// An address stands in the message as it is; as a server writes the token, so that nothing is found.
fn shown_addresses(maker: &Maker) -> Vec<Vector> {
    #[rustfmt::skip]
    let table = [
        ("two-bytes", "A letter of two bytes.", "b\u{fc}cher", "name-umlaut"),
        ("three-bytes", "A character of three bytes.", "a\u{20ac}b", "name-umlaut"),
        ("four-bytes", "A character of four bytes.", "a\u{1f600}b", "name-umlaut"),
        ("replacement", "U+FFFD itself.", "a\u{fffd}b", "name-umlaut"),
        ("nul-in-address", "NUL, which the message does not escape.", "a\0b", "nul-in-host"),
        ("line-end-in-address", "A line end, which the message does not escape.", "a\nb", "name-umlaut"),
        ("quote-in-address", "A quote and a backslash, which the message does not escape.", "a\"\\b", "name-umlaut"),
        ("bidi-in-address", "A character that turns the direction of writing round.", "a\u{202e}b", "bidi-in-host"),
        ("separators", "The line and the paragraph separator, which a server escapes in JSON.", "a\u{2028}\u{2029}b", "name-umlaut"),
        ("fullwidth-port", "A port in fullwidth digits, which are none to Go.", "server-1.dc1.internal:\u{ff18}\u{ff15}\u{ff10}\u{ff13}", "name-punycode"),
        ("arabic-port", "A port in Arabic-Indic digits, which are none to Go.", "server-1.dc1.internal:\u{668}\u{665}\u{660}\u{663}", "name-punycode"),
        ("fullwidth-colon", "A fullwidth colon, which is none to Go.", "server-1.dc1.internal\u{ff1a}8503", "name-punycode"),
        ("no-break-space-in-port", "A no-break space before the port.", "server-1.dc1.internal:\u{a0}8503", "no-break-space-first"),
        ("zero-width-in-port", "A zero-width space behind the port.", "server-1.dc1.internal:8503\u{200b}", "zero-width-first"),
    ];
    let row = |(condition, description, address, near): (_, _, &str, _)| {
        with_address(maker, condition, description, address)
            .refused(
                Stage::Addresses,
                format!("{address} is not a valid peering server address"),
            )
            .unlike(near)
    };
    table.into_iter().map(row).collect()
}

fn with_address(maker: &Maker, condition: &str, description: &str, address: &str) -> Vector {
    maker.changed(Area::Unicode, condition, description, |token| {
        token.server_addresses = Some(vec![address.to_owned(), ADDRESSES[1].to_owned()]);
    })
}

fn hosts(maker: &Maker) -> Vec<Vector> {
    let host_invalid = "address-host-invalid";
    #[rustfmt::skip]
    let table: [(&str, &str, &str, &[&'static str], &str); 11] = [
        ("name-punycode", "A name in its ASCII form.", "xn--bcher-kva.internal", &[], "name-umlaut"),
        ("name-umlaut", "The same name as it is read, which Go does not look up.", "b\u{fc}cher.internal", &[host_invalid], "name-punycode"),
        ("name-decomposed", "The same name with the dots as a character of their own.", "bu\u{308}cher.internal", &[host_invalid], "name-punycode"),
        ("name-cyrillic", "A name with a Cyrillic letter that looks as a Latin one.", "s\u{435}rver.internal", &[host_invalid], "name-punycode"),
        ("name-fullwidth-dot", "A fullwidth dot in a name.", "server\u{ff0e}internal", &[host_invalid], "name-punycode"),
        ("bidi-in-host", "A character that turns the direction of writing round, before a name.", "\u{202e}server.internal", &[host_invalid], "name-punycode"),
        ("nul-in-host", "NUL in a name.", "a\0b.internal", &[host_invalid], "name-punycode"),
        ("zero-width-first", "A zero-width space before a name, which is no blank.", "\u{200b}server.internal", &[host_invalid], "no-break-space-first"),
        ("no-break-space-first", "A no-break space before a name.", "\u{a0}server.internal", &["address-whitespace"], "zero-width-first"),
        ("ideographic-space-last", "An ideographic space behind a name.", "server.internal\u{3000}", &["address-whitespace"], "zero-width-first"),
        ("escaped-bytes", "A name whose letter is percent-encoded in UTF-8.", "b%C3%BCcher.internal", &[host_invalid], "name-punycode"),
    ];
    let row = |(condition, description, host, finds, near): (_, _, &str, &[_], _)| {
        with_address(maker, condition, description, &format!("{host}:8503"))
            .finds(finds)
            .unlike(near)
    };
    table.into_iter().map(row).collect()
}

/// Other members with texts beyond ASCII.
fn names(maker: &Maker) -> Vec<Vector> {
    let own = &maker.trust_domain;
    let root = maker.root.replace('\n', "\\n");
    // Behind the first line stands the content.
    let (begin, content) = root.split_at(root.find("\\n").map_or(0, |at| at + 2));
    let written = |condition, description, key: &str, value: &[u8]| {
        maker.written(Area::Unicode, condition, description, |token| {
            token.put(key, value)
        })
    };
    let remote = |condition, description, partition: &str| {
        let remote =
            format!("{{\"Partition\":\"{partition}\",\"Datacenter\":\"dc1\",\"Locality\":null}}");
        written(condition, description, "Remote", remote.as_bytes()).since(14)
    };
    vec![
        written(
            "server-name-umlaut",
            "A server name with a letter beyond ASCII.",
            "ServerName",
            format!("\"server.z\u{fc}rich.peering.{own}\"").as_bytes(),
        )
        .finds(&["server-name-shape"]),
        written(
            "server-name-no-utf8",
            "A server name with a byte that is no UTF-8.",
            "ServerName",
            &[b"\"server.dc1\xff.peering.", own.as_bytes(), b"\""].concat(),
        )
        .finds(&["not-canonical", "server-name-shape"])
        .unlike("server-name-umlaut"),
        written(
            "server-name-replacement-alone",
            "A server name that is one byte that is no UTF-8: it is not empty.",
            "ServerName",
            b"\"\xff\"",
        )
        .finds(&["not-canonical", "server-name-shape"]),
        written(
            "peer-id-surrogate",
            "A peer ID that is half a surrogate pair: it is not empty.",
            "PeerID",
            br#""\ud800""#,
        )
        .finds(&["not-canonical", "peer-id-not-uuid"]),
        written(
            "peer-id-fullwidth",
            "A peer ID with a fullwidth digit.",
            "PeerID",
            "\"\u{ff10}0000000-0000-0000-0000-0000000000\"".as_bytes(),
        )
        .finds(&["peer-id-not-uuid"]),
        written(
            "secret-zero-width",
            "A secret of 36 bytes that begins with a zero-width space.",
            "EstablishmentSecret",
            "\"\u{200b}00000-0000-0000-0000-000000000000\"".as_bytes(),
        )
        .finds(&["secret-not-uuid"]),
        written(
            "root-no-utf8",
            "A root with a byte that is no UTF-8 before its first line: PEM reads over it.",
            "CA",
            &[b"[\"\xff\\n", root.as_bytes(), b"\"]"].concat(),
        )
        .finds(&["not-canonical"])
        .unlike("root-no-utf8-inside"),
        written(
            "root-no-utf8-inside",
            "A root with a byte that is no UTF-8 in its content: there is no PEM block any more.",
            "CA",
            &[
                b"[\"",
                begin.as_bytes(),
                b"\xff",
                content.as_bytes(),
                b"\"]",
            ]
            .concat(),
        )
        .refused(
            Stage::Ca,
            "peering token invalid CA: no PEM-encoded data found",
        )
        .finds(&["not-canonical"])
        .unlike("root-no-utf8"),
        remote(
            "separator-raw",
            "A line separator (U+2028) as it is, which a server escapes.",
            "a\u{2028}b",
        )
        .finds(&["not-canonical", "partition-set"])
        .unlike("separator-escaped"),
        remote(
            "separator-escaped",
            "The same as a server writes it.",
            r"a\u2028b\u2029",
        )
        .finds(&["partition-set"])
        .unlike("separator-raw"),
        remote(
            "escaped-umlaut",
            "A letter beyond ASCII by its number, as Python writes it.",
            r"z\u00fcrich",
        )
        .finds(&["not-canonical", "partition-set"])
        .unlike("raw-everywhere"),
        remote(
            "beside-separators",
            "The characters beside the two that a server escapes.",
            "\u{2027}\u{202a}",
        )
        .finds(&["partition-set"])
        .unlike("separator-raw"),
        maker
            .written(
                Area::Unicode,
                "key-cyrillic",
                "A key in Cyrillic letters that look as Latin ones: the member is unknown.",
                |token| token.respell("CA", "\u{421}\u{410}"),
            )
            .finds(&["no-ca", "unknown-field"]),
        maker
            .written(
                Area::Unicode,
                "key-zero-width",
                "A zero-width space behind a key: the member is unknown.",
                |token| token.respell("PeerID", "PeerID\u{200b}"),
            )
            .refused(Stage::PeerId, "peering token peer ID value is empty")
            .finds(&["unknown-field"])
            .unlike("peer-id-fullwidth"),
    ]
}
