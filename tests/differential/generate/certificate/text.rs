//! Texts in certificates: strings of every ASN.1 type, domains, mailboxes, URIs, IP addresses.

use fastrand::Rng;

use super::hostile::{bytes, one_in, pick};

/// Mostly good text of this string type.
pub fn string(rng: &mut Rng, tag: u8) -> Vec<u8> {
    if one_in(rng, 5) {
        return bytes(rng, 9);
    }
    match tag {
        0x0c => pick(
            rng,
            &[
                &b""[..],
                b"Gr\xc3\xb6\xc3\x9fe",
                b"\xf0\x9f\x98\x80",
                b"\xed\xa0\x80",
                b"\xc0\x80",
                b"\xf4\x90\x80\x80",
                b"\xef\xbf\xbd\xff",
                b"a\x00b",
            ],
        )
        .to_vec(),
        0x12 => pick(rng, &[&b"12 3"[..], b"", b"1-2", b"1a"]).to_vec(),
        0x13 => {
            let mut text = b"Example CA".to_vec();
            if one_in(rng, 2) {
                text.push(rng.u8(0x20..0x80));
            }
            text
        }
        0x1e => pick(
            rng,
            &[
                &b"\0a\0b"[..],
                b"",
                b"\0\0",
                b"\0a\0\0",
                b"\0\0\0\0",
                b"\0a\0",
                b"\xd8\0",
                b"\xdf\xff",
                b"\xe0\0",
                b"\xfd\xcf",
                b"\xfd\xd0",
                b"\xfd\xef",
                b"\xfd\xf0",
                b"\xff\xfd",
                b"\xff\xfe",
                b"\xff\xff\0\0",
            ],
        )
        .to_vec(),
        0x16 => {
            let mut text = b"mail@example.org".to_vec();
            if one_in(rng, 2) {
                text.push(rng.u8(..));
            }
            text
        }
        _ => bytes(rng, 12),
    }
}

/// Domain names, domain constraints and things near them.
pub fn domain(rng: &mut Rng) -> Vec<u8> {
    let mut text = match rng.u8(..10) {
        0..3 => pick(rng, &["example.org", "a", "*.b.c", "xn--4ca.de"]).to_owned(),
        3 => pick(rng, &["", ".", "..", ".a", "..a", "a.", "a..b", ".a."]).to_owned(),
        4 => ip_text(rng),
        5 => pick(
            rng,
            &[
                "a:80",
                "[::1]",
                "a b",
                "a\tb",
                "\u{7f}",
                "a/b",
                "fe80::1%en0",
            ],
        )
        .to_owned(),
        6 => "l".repeat(rng.usize(60..300)),
        // Among them characters that are new in Unicode 14, 15, 16 and 17.
        7 => random_text(
            rng,
            ".a-:%@\\\" \u{e9}\u{2028}\u{ad}\u{1f600}\u{870}\u{1fae8}\u{897}\u{20c1}\u{7f}",
            9,
        ),
        8 => random_text(rng, ".ab", 7),
        _ => format!(".{}", pick(rng, &["org", "a.b", "a b", ".", ""])),
    }
    .into_bytes();
    if one_in(rng, 12) {
        text.extend(bytes(rng, 4));
    }
    text
}

fn random_text(rng: &mut Rng, alphabet: &str, most: usize) -> String {
    let alphabet: Vec<char> = alphabet.chars().collect();
    let count = rng.usize(..=most);
    std::iter::repeat_with(|| alphabet[rng.usize(..alphabet.len())])
        .take(count)
        .collect()
}

/// Mailboxes, mail constraints and things near them.
pub fn email(rng: &mut Rng) -> Vec<u8> {
    let local = match rng.u8(..8) {
        0..2 => "user".to_owned(),
        2 => pick(
            rng,
            &[
                "", ".a", "a.", "a..b", "a.b", "a\\.", "\\.a", "a\\@b", "\\", "a b", "a\\", "\\\n",
            ],
        )
        .to_owned(),
        3 => format!(
            "\"{}\"",
            random_text(rng, "a \t\\\"\n\r\0\u{1}\u{b}\u{7f}@", 6)
        ),
        4 => pick(
            rng,
            &["\"\"", "\"a", "\"a\\", "\"a\"b", "\"\\\t\"", "\"\\\0\""],
        )
        .to_owned(),
        5 => {
            let mut local = "a".to_owned();
            local.push(char::from(rng.u8(..0x80)));
            local
        }
        6 => {
            let escape = pick(rng, &["", "\\"]);
            format!("\"{escape}{}\"", char::from(rng.u8(..0x80)))
        }
        _ => random_text(rng, "a.\\\"@!#( \u{e9}", 7),
    };
    let at = pick(rng, &["", "@", "@", "@", "@", "@", "@b@"]);
    [local.as_bytes(), at.as_bytes(), &domain(rng)].concat()
}

/// The bytes of an IP address, with or without a mask.
pub fn ip_bytes(rng: &mut Rng) -> Vec<u8> {
    let size = match rng.u8(..8) {
        0 | 1 => 4,
        2 | 3 => 8,
        4 => 16,
        5 => 32,
        _ => rng.usize(..40),
    };
    let mut value: Vec<u8> = std::iter::repeat_with(|| rng.u8(..)).take(size).collect();
    if size >= 16 && one_in(rng, 3) {
        // An IPv4 address mapped to IPv6.
        value[..12].copy_from_slice(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]);
    }
    if !one_in(rng, 4) {
        let mask = &mut value[size / 2..];
        let ones = rng.usize(..=mask.len() * 8);
        for (index, byte) in mask.iter_mut().enumerate() {
            let ones = ones.saturating_sub(index * 8).min(8);
            *byte = !(0xff_u16 >> ones) as u8;
        }
        if one_in(rng, 4) && !mask.is_empty() {
            let index = rng.usize(..mask.len());
            mask[index] = rng.u8(..);
        }
    }
    value
}

/// IP addresses in text, good and bad.
pub fn ip_text(rng: &mut Rng) -> String {
    let zone = match rng.u8(..8) {
        0 => pick(
            rng,
            &[
                "%25en0",
                "%25",
                "%25%20",
                "%25a%2525",
                "%25%2f",
                "%25%zz",
                "%",
            ],
        ),
        _ => "",
    };
    let address = match rng.u8(..10) {
        0 => octets(rng),
        1 => pick(
            rng,
            &[
                "::1",
                "fe80::1",
                "::",
                "1::",
                "2001:db8::a:b",
                "::ffff:1.2.3.4",
                "::ffff:a:b",
                "::FFFF:0:0",
                "00001::",
                "::0000a:b",
                "::00001.2.3.4",
                "::fffff",
            ],
        )
        .to_owned(),
        2 => pick(
            rng,
            &[
                "1:2:3:4:5:6:7:8",
                "1:2:3:4:5:6:7:8:9",
                "1:2:3:4:5:6:7::",
                "::1:2:3:4:5:6:7:8",
                "1:2:3:4:5:6:7:8::",
                "1::2::3",
                "1:2",
                "12345::",
                "1:",
                "1x:2",
                ":",
                "%c3%a9::1",
                "::%ff",
                "host",
                "",
                "%e2%80%a8",
            ],
        )
        .to_owned(),
        3 => format!("1:2:3:4:5:6:{}", octets(rng)),
        4 => format!("::{}", octets(rng)),
        5 => format!("::1:2:3:4:5:6:7:{}", octets(rng)),
        6 => format!("1:2:{}", octets(rng)),
        7 => random_text(rng, "1::.fg", 12),
        8 => {
            let count = rng.usize(1..10);
            let groups: Vec<String> = std::iter::repeat_with(|| random_text(rng, "12af", 4))
                .take(count)
                .collect();
            groups.join(":")
        }
        _ => random_text(rng, "12.:", 16),
    };
    format!("{address}{zone}")
}

fn octets(rng: &mut Rng) -> String {
    match rng.u8(..3) {
        0 => "192.0.2.1".to_owned(),
        1 => pick(
            rng,
            &[
                "1.2.3",
                "1.2.3.4.5",
                "1.2.3.04",
                "1.2.3.256",
                "1..3.4",
                "1.2.3.",
                "1.2.3.x",
                "1.2.3.4x",
            ],
        )
        .to_owned(),
        _ => random_text(rng, "0129.", 9),
    }
}

/// URIs of every shape that Go's `net/url` tells apart.
pub fn uri(rng: &mut Rng) -> Vec<u8> {
    let mut text = if one_in(rng, 8) {
        pick(
            rng,
            &[
                "", "*", ":", "a:b", "a/b:c", "a_b:c", "1a:b", "//", "///", "urn:%zz", "?", "#",
            ],
        )
        .to_owned()
    } else {
        let scheme = pick(
            rng,
            &[
                "spiffe:",
                "http:",
                "HTTPS:",
                "https:",
                "postgres:",
                "PostgreSQL:",
                "",
                "a+b.c-1:",
                "1a:",
                ":",
                "a_b:",
                "mailto:",
            ],
        );
        let slashes = pick(rng, &["//", "//", "//", "//", "/", "", "///"]);
        let user = match rng.u8(..8) {
            0 => pick(
                rng,
                &[
                    "u@", "u:p@", "u:p@x@", "u^@", "%41@", "%4@", "u:%zz@", "%:1@", "@",
                ],
            ),
            _ => "",
        };
        let host = match rng.u8(..10) {
            0..2 => "example.org".to_owned(),
            2 => format!("[{}]", ip_text(rng)),
            3 => {
                let before = pick(rng, &["", "", "", "a", "[", "]"]);
                let address = pick(
                    rng,
                    &[
                        "::1",
                        "192.0.2.1",
                        "::ffff:1.2.3.4",
                        "::ffff:a:b",
                        "::ffff:1.2.3.4%25a",
                    ],
                );
                format!("{before}[{address}]")
            }
            4 => ip_text(rng),
            5 => pick(
                rng,
                &[
                    "", ".", "a.", ".a", "a..b", "a b", "a%20b", "%41", "%25", "%c3%a9", "%E9",
                    "%", "%4", "a:1,b:2", "a[b]", "[", "[::1", "a]", "[a]b]", "[::1]x", "a\\b",
                    "a^", "a|b", "<a>", "\"", "{}", "`",
                ],
            )
            .to_owned(),
            6 => format!("a{}", char::from(rng.u8(..0x80))),
            7 => format!("a%{}", random_text(rng, "0289afzAF", 2)),
            8 => format!("[fe80::1%25{}]", random_text(rng, "a%25120.f^ ", 5)),
            _ => random_text(rng, "a.:[]%25@", 8),
        };
        let port = match rng.u8(..6) {
            0 => pick(
                rng,
                &[":80", ":", ":x", ":1:2", ":80x", ":%31", ":-1", "::"],
            ),
            _ => "",
        };
        let path = match rng.u8(..6) {
            0 => pick(
                rng,
                &["/%zz", "/%4", "/%", "/a:b", "/%41%00", "//", "/a b", "a"],
            )
            .to_owned(),
            1 => format!("/{}", char::from(rng.u8(..0x80))),
            _ => pick(rng, &["", "/", "/ns/default/dc/dc1"]).to_owned(),
        };
        let query = match rng.u8(..8) {
            0 => pick(rng, &["?", "?a=b", "?%zz", "??", "?a#b", "?/@:"]),
            _ => "",
        };
        let fragment = match rng.u8(..8) {
            0 => pick(
                rng,
                &["#", "#a", "#%zz", "#%4", "##", "#%41\u{7f}", "#\u{1}%"],
            ),
            _ => "",
        };
        [scheme, slashes, user, &host, port, &path, query, fragment].concat()
    };
    if one_in(rng, 25) {
        let at = rng.usize(..=text.len());
        if text.is_char_boundary(at) {
            text.insert(at, char::from(rng.u8(..0x80)));
        }
    }
    let mut text = text.into_bytes();
    if one_in(rng, 40) {
        text.push(rng.u8(0x80..));
    }
    text
}
