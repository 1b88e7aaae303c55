//! Addresses that are odd to `net.SplitHostPort` and `strconv.Atoi`.

use super::bytes::pick;
use fastrand::Rng;

const HOSTS: [&[u8]; 24] = [
    b"",
    b"10.0.0.1",
    b"host",
    b"::1",
    b"a:b",
    b"[::1]",
    b"[::1",
    b"::1]",
    b"[]",
    b"[",
    b"]",
    b"[[::1]]",
    b"[::1]x",
    b"x[::1]",
    b"[a]b[c]",
    b"[fe80::1%eth0]",
    b"[fe80::1%25eth0]",
    b"fe80::1%eth0",
    b" a b ",
    b"http://a",
    "\u{e9}\u{1f600}\u{202e}\u{ff1a}".as_bytes(),
    b"\xff\xc3\xed\xa0\x80",
    b"\0\x7f\n\"\\<>&",
    b"\xe2\x80\xa8",
];

const PORTS: [&str; 44] = [
    "8503",
    "1",
    "0",
    "65535",
    "65536",
    "+80",
    "+0",
    "-0",
    "-1",
    "-8503",
    "00080",
    "+00065535",
    "-00000000000000000000000001",
    "00000000000000000000000000080",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "-9223372036854775809",
    "18446744073709551615",
    "18446744073709551617",
    "18446744073709560119",
    "4294967297",
    "99999999999999999999999999999999",
    "",
    "+",
    "-",
    "+-1",
    "++1",
    "1+",
    "1_000",
    "_1",
    "0x50",
    "0b1",
    "0o7",
    "1e3",
    "8.5",
    "http",
    "\u{ff18}\u{ff15}",
    "\u{663}",
    " 80",
    "80 ",
    "80\n",
    "80]",
    "[80",
];

const ALPHABET: &[u8] = b"[]:[]::%+-0019_ a";

/// An address, good or bad.
pub fn odd(rng: &mut Rng) -> Vec<u8> {
    match rng.u8(..8) {
        0 => {
            let length = rng.usize(..12);
            (0..length)
                .map(|_| ALPHABET[rng.usize(..ALPHABET.len())])
                .collect()
        }
        1 => {
            let sign = pick(rng, &["", "+", "-"]);
            let digits = rng.usize(1..24);
            let digits = (0..digits).map(|_| rng.digit(10)).collect::<String>();
            format!("a:{sign}{digits}").into_bytes()
        }
        2 => format!("a:{}", rng.u32(..140_000)).into_bytes(),
        _ => {
            let colon = pick(rng, &[":", ":", ":", ":", ":", "", "::", " :", ": "]);
            let host = pick(rng, &HOSTS);
            let port = pick(rng, &PORTS);
            [host, colon.as_bytes(), port.as_bytes()].concat()
        }
    }
}
