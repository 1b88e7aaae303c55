//! Primitive contents of every odd kind.

use fastrand::Rng;

use super::build::{element, identifier_content};

/// Any of the choices.
pub fn pick<'a, T: ?Sized>(rng: &mut Rng, choices: &[&'a T]) -> &'a T {
    choices[rng.usize(..choices.len())]
}

/// True once in `n` times.
pub fn one_in(rng: &mut Rng, n: u32) -> bool {
    rng.u32(..n) == 0
}

pub fn bytes(rng: &mut Rng, most: usize) -> Vec<u8> {
    let count = rng.usize(..=most);
    std::iter::repeat_with(|| rng.u8(..)).take(count).collect()
}

pub fn integer(rng: &mut Rng) -> Vec<u8> {
    match rng.u8(..12) {
        0 => vec![],
        1 => vec![rng.u8(..)],
        2 => vec![0x00, rng.u8(..)],
        3 => vec![0xff, rng.u8(..)],
        4 => [&[0x7f], &[0xff; 7][..]].concat(),
        5 => [&[0x80], &[0x00; 7][..]].concat(),
        6 => [&[0x00, 0x80], &[0x00; 7][..]].concat(),
        7 => [&[0x00], &[0xff; 8][..]].concat(),
        8 => [&[0x01], &[0x00; 8][..]].concat(),
        9 => vec![0x00],
        10 => vec![rng.u8(1..=3)],
        _ => bytes(rng, 24),
    }
}

pub fn identifier(rng: &mut Rng) -> Vec<u8> {
    match rng.u8(..14) {
        0 => vec![],
        1 => vec![0x80, 0x01],
        2 => vec![0x2a, 0x80, 0x01],
        3 => vec![0x2a, 0x86],
        4 => identifier_content(&[rng.u64(..200), (1 << 31) - 1]),
        5 => identifier_content(&[1 << 31]),
        6 => identifier_content(&[(1 << 31) - 1, 0]),
        7 => identifier_content(&[42, 1 << rng.u32(28..64)]),
        8 => [&[0x2a], &[0xff; 12][..], &[0x7f]].concat(),
        9 => vec![rng.u8(..)],
        10 => identifier_content(&[85, 29, rng.u64(9..60)]),
        11 => vec![0x2b, 0x65, rng.u8(0x6e..0x72)],
        12 => identifier_content(&[rng.u64(..120), rng.u64(..1 << 20), rng.u64(..1 << 35)]),
        _ => bytes(rng, 12),
    }
}

pub fn boolean(rng: &mut Rng) -> Vec<u8> {
    match rng.u8(..6) {
        0 => vec![],
        1 => vec![0x01],
        2 => vec![0xff, 0xff],
        3 => vec![rng.u8(..)],
        4 => vec![0x00],
        _ => vec![0xff],
    }
}

pub fn bit_string(rng: &mut Rng) -> Vec<u8> {
    match rng.u8(..8) {
        0 => vec![],
        1 => vec![0x00],
        2 => vec![rng.u8(1..)],
        3 => vec![rng.u8(..10), 0x00],
        4 => vec![rng.u8(..10), rng.u8(..)],
        5 => vec![rng.u8(1..8), rng.u8(..), 0x80],
        6 => vec![0x07, 0x80],
        _ => bytes(rng, 8),
    }
}

fn two(rng: &mut Rng, good: std::ops::RangeInclusive<u8>) -> String {
    let number = match rng.u8(..40) {
        0 => rng.u8(..100),
        1 => *good.end(),
        2 => *good.end() + 1,
        3 => good.start().wrapping_sub(1).min(99),
        4 => return pick(rng, &["", "+5", "-1", "5", " 5", "005", "a0"]).to_owned(),
        _ => rng.u8(good),
    };
    format!("{number:02}")
}

fn zone(rng: &mut Rng) -> String {
    match rng.u8(..8) {
        0..4 => "Z".to_owned(),
        4 => {
            let sign = pick(rng, &["+", "-"]);
            format!("{sign}{}{}", two(rng, 0..=30), two(rng, 0..=59))
        }
        5 => pick(
            rng,
            &[
                "+0000", "-0000", "+0060", "+2400", "-2459", "+2460", "-9959", "+-1-2",
            ],
        )
        .to_owned(),
        6 => "Z".to_owned(),
        _ => pick(
            rng,
            &[
                "", "z", "ZZ", "+01", "+01:00", ".5Z", ",25Z", "+010", "+01000", "UTC",
            ],
        )
        .to_owned(),
    }
}

fn month_to_minute(rng: &mut Rng) -> String {
    let day = match rng.u8(..6) {
        0 => two(rng, 28..=31),
        _ => two(rng, 1..=28),
    };
    let month = match rng.u8(..4) {
        0 => "02".to_owned(),
        _ => two(rng, 1..=12),
    };
    format!("{month}{day}{}{}", two(rng, 0..=23), two(rng, 0..=59))
}

pub fn utc_time(rng: &mut Rng) -> Vec<u8> {
    let year = two(rng, 0..=99);
    let seconds = match rng.u8(..6) {
        0 => String::new(),
        _ => two(rng, 0..=59),
    };
    format!("{year}{}{seconds}{}", month_to_minute(rng), zone(rng)).into_bytes()
}

pub fn generalized_time(rng: &mut Rng) -> Vec<u8> {
    let year = match rng.u8(..4) {
        0 => pick(
            rng,
            &[
                "0000", "1900", "2000", "2100", "9999", "-001", "+001", "999", "10000", "20 0",
            ],
        )
        .to_owned(),
        _ => format!("{}{}", two(rng, 19..=20), two(rng, 0..=99)),
    };
    let seconds = match rng.u8(..12) {
        0 => String::new(),
        _ => two(rng, 0..=59),
    };
    format!("{year}{}{seconds}{}", month_to_minute(rng), zone(rng)).into_bytes()
}

/// A content for an element with this tag, fitting or not.
pub fn content(rng: &mut Rng, tag: u8) -> Vec<u8> {
    use super::text;

    match tag {
        0x01 => boolean(rng),
        0x02 => integer(rng),
        0x03 => bit_string(rng),
        0x06 => identifier(rng),
        0x0c | 0x12 | 0x13 | 0x14 | 0x16 | 0x1e => text::string(rng, tag),
        0x17 => utc_time(rng),
        0x18 => generalized_time(rng),
        0x80 => integer(rng),
        0x81 => match rng.u8(..3) {
            0 => integer(rng),
            _ => text::email(rng),
        },
        0x82 => text::domain(rng),
        0x86 => match rng.u8(..3) {
            0 => text::domain(rng),
            _ => text::uri(rng),
        },
        0x87 => text::ip_bytes(rng),
        _ => bytes(rng, 20),
    }
}

/// An identifier, now and then with padding before one of its components.
pub fn padded_identifier(rng: &mut Rng, components: &[u64]) -> Vec<u8> {
    let mut content = identifier_content(components);
    if one_in(rng, 24) {
        let starts: Vec<usize> = (0..content.len())
            .filter(|&at| at == 0 || content[at - 1] < 0x80)
            .collect();
        let at = starts[rng.usize(..starts.len())];
        for _ in 0..rng.usize(1..5) {
            content.insert(at, 0x80);
        }
    }
    element(0x06, &content)
}
