//! Whole certificates put together from good and odd parts.

use fastrand::Rng;

use super::build::{bit_string, element, identifier, integer, sequence};
use super::hostile::{self, one_in, pick};
use super::{extension, key, text};

/// Once in a while the odd element, mostly the good one.
fn mostly(rng: &mut Rng, good: Vec<u8>) -> Vec<u8> {
    match rng.u16(..300) {
        0 => vec![],
        1 => element(rng.u8(..), &[]),
        2 => {
            let tag = good.first().copied().unwrap_or_default();
            let content = hostile::content(rng, tag);
            element(tag, &content)
        }
        3 => [good, vec![0x05, 0x00]].concat(),
        4 => hostile::bytes(rng, 6),
        _ => good,
    }
}

/// A name with strings of every type.
pub fn name(rng: &mut Rng) -> Vec<u8> {
    let sets = rng.usize(..3);
    let mut name = Vec::new();
    for _ in 0..sets {
        let tag = match rng.u8(..24) {
            0 => rng.u8(..),
            1 => *pick(rng, &[&0x1a_u8, &0x1b, &0x1c, &0x33, &0x04]),
            _ => *pick(rng, &[&0x0c_u8, &0x12, &0x13, &0x14, &0x16, &0x1e]),
        };
        let good = !one_in(rng, 8);
        let value = if good {
            element(0x13, b"Example")
        } else if one_in(rng, 3) {
            // Types that are no strings.
            let tag = *pick(
                rng,
                &[
                    &0x01_u8, &0x02, &0x03, &0x04, &0x05, &0x06, &0x17, &0x18, &0x30,
                ],
            );
            let content = hostile::content(rng, tag);
            element(tag, &content)
        } else {
            let content = text::string(rng, tag);
            element(tag, &content)
        };
        let kind = match rng.u8(..40) {
            0 => {
                let content = hostile::identifier(rng);
                element(0x06, &content)
            }
            _ => identifier(&[85, 4, rng.u64(3..12)]),
        };
        let attribute = element(0x30, &[kind, mostly(rng, value)].concat());
        let attribute = mostly(rng, attribute);
        name.extend(element(0x31, &attribute));
    }
    element(0x30, &name)
}

fn time(rng: &mut Rng) -> Vec<u8> {
    match rng.u8(..16) {
        0 => {
            let content = hostile::utc_time(rng);
            element(0x17, &content)
        }
        1 => {
            let content = hostile::generalized_time(rng);
            element(0x18, &content)
        }
        2..5 => element(0x18, b"20500101000000Z"),
        _ => element(0x17, b"250101000000Z"),
    }
}

fn version(rng: &mut Rng) -> Vec<u8> {
    match rng.u8(..24) {
        0 => {
            let content = hostile::integer(rng);
            element(0xa0, &integer(&content))
        }
        1 => element(0xa0, &hostile::bytes(rng, 5)),
        2 => vec![],
        3..6 => element(0xa0, &integer(&[rng.u8(..4)])),
        _ => element(0xa0, &integer(&[2])),
    }
}

fn signature_algorithm(rng: &mut Rng) -> Vec<u8> {
    // RSASSA-PSS is the one whose parameters Go tries to read.
    let algorithm: &[u64] = pick(
        rng,
        &[
            &[42, 840, 10045, 4, 3, 2][..],
            &[42, 840, 113549, 1, 1, 11],
            &[42, 840, 113549, 1, 1, 10],
            &[43, 101, 112],
        ],
    );
    let parameters = match rng.u8(..4) {
        0 => vec![0x05, 0x00],
        1 => sequence(&[element(0xa0, &hostile::bytes(rng, 8))]),
        _ => vec![],
    };
    let name = mostly(rng, identifier(algorithm));
    element(0x30, &[name, mostly(rng, parameters)].concat())
}

fn extensions(rng: &mut Rng) -> Vec<u8> {
    let count = rng.usize(..5);
    let mut list: Vec<u8> = (0..count)
        .flat_map(|_| {
            let extension = extension::extension(rng);
            mostly(rng, extension)
        })
        .collect();
    if one_in(rng, 200) {
        // Enough of them to pass the short way of finding repeats.
        for last in 0..rng.u64(20..60) {
            list.extend(sequence(&[identifier(&[42, last]), element(0x04, &[])]));
        }
        list.extend(sequence(&[
            identifier(&[42, rng.u64(..80)]),
            element(0x04, &[]),
        ]));
    }
    if one_in(rng, 60) {
        let repeated = hostile::identifier(rng);
        let repeated = sequence(&[element(0x06, &repeated), element(0x04, &[])]);
        list.extend(repeated.repeat(2));
    }
    let list = mostly(rng, element(0x30, &list));
    element(0xa3, &list)
}

/// A certificate with something odd in it, now and then.
pub fn assemble(rng: &mut Rng) -> Vec<u8> {
    let serial = match rng.u8(..24) {
        0 => {
            let content = hostile::integer(rng);
            integer(&content)
        }
        _ => integer(&[0x01, rng.u8(..)]),
    };
    let algorithm = signature_algorithm(rng);
    let outer_algorithm = match rng.u8(..60) {
        0 => signature_algorithm(rng),
        _ => algorithm.clone(),
    };
    let validity = element(0x30, &[time(rng), time(rng)].concat());
    let key = match rng.u8(..3) {
        0 => key::public_key_info(rng),
        _ => {
            let algorithm = [
                identifier(&[42, 840, 10045, 2, 1]),
                identifier(&[42, 840, 10045, 3, 1, 7]),
            ];
            sequence(&[sequence(&algorithm), bit_string(0, &key::base_point(false))])
        }
    };
    let mut parts = vec![
        version(rng),
        serial,
        algorithm,
        name(rng),
        validity,
        name(rng),
        key,
    ];
    for tag in [0x81, 0x82] {
        if one_in(rng, 10) {
            parts.push(element(tag, &hostile::bytes(rng, 5)));
        }
    }
    if !one_in(rng, 8) {
        parts.push(extensions(rng));
    }
    if one_in(rng, 30) {
        parts.push(hostile::bytes(rng, 5));
    }
    let parts: Vec<u8> = parts
        .into_iter()
        .flat_map(|part| mostly(rng, part))
        .collect();
    let signature = match rng.u8(..24) {
        0 => {
            let content = hostile::bit_string(rng);
            element(0x03, &content)
        }
        _ => bit_string(0, &[0x5a; 16]),
    };
    let outer = [
        mostly(rng, element(0x30, &parts)),
        mostly(rng, outer_algorithm),
        mostly(rng, signature),
    ];
    let mut certificate = sequence(&outer);
    if one_in(rng, 60) {
        certificate.extend(hostile::bytes(rng, 3));
    }
    certificate
}

/// A certificate with nothing odd but one part, so that nothing before it hides what Go says of it.
pub fn focus(rng: &mut Rng) -> Vec<u8> {
    let good_key = {
        let algorithm = [
            identifier(&[42, 840, 10045, 2, 1]),
            identifier(&[42, 840, 10045, 3, 1, 7]),
        ];
        sequence(&[sequence(&algorithm), bit_string(0, &key::base_point(false))])
    };
    let good_name = element(0x30, &[]);
    let good_time = element(0x17, b"250101000000Z");
    let algorithm = sequence(&[identifier(&[42, 840, 10045, 4, 3, 2])]);
    let mut parts = [
        element(0xa0, &integer(&[2])),
        integer(&[1]),
        algorithm.clone(),
        good_name,
        element(0x30, &[good_time.clone(), good_time].concat()),
        element(0x30, &[]),
        good_key,
        vec![],
        vec![],
        vec![],
    ];
    match rng.u8(..16) {
        0 => parts[4] = element(0x30, &[time(rng), time(rng)].concat()),
        1 => {
            let content = hostile::utc_time(rng);
            let odd = element(0x17, &content);
            parts[4] = element(0x30, &[odd.clone(), odd].concat());
        }
        2 => {
            let content = hostile::generalized_time(rng);
            let odd = element(0x18, &content);
            parts[4] = element(0x30, &[odd.clone(), odd].concat());
        }
        3 => parts[5] = name(rng),
        4 | 5 => parts[6] = key::public_key_info(rng),
        6 => {
            parts[7] = element(0x81, &hostile::bytes(rng, 3));
            parts[8] = element(0x82, &hostile::bytes(rng, 3));
            let index = rng.usize(7..9);
            if let Some(length) = parts[index].get_mut(1) {
                *length = length.wrapping_add(rng.u8(..4));
            }
        }
        7 => parts[0] = version(rng),
        8..11 => parts[9] = one_extension(17, &element(0x30, &extension::one_name(rng))),
        11 | 12 => parts[9] = one_extension(30, &extension::value(rng, 30)),
        13 => {
            let name = extension::one_name(rng);
            let list = element(0xa0, &element(0x30, &name));
            parts[9] = one_extension(30, &element(0x30, &list));
        }
        14 if one_in(rng, 200) => {
            // Lengths of three bytes.
            parts[9] = one_extension(99, &vec![0x5a; rng.usize(65_000..66_000)]);
        }
        _ => {
            let extensions = extension::extension(rng);
            parts[9] = element(0xa3, &element(0x30, &extensions));
        }
    }
    sequence(&[
        element(0x30, &parts.concat()),
        algorithm,
        bit_string(0, &[0x5a; 16]),
    ])
}

/// The extensions field with this extension alone.
fn one_extension(last: u64, value: &[u8]) -> Vec<u8> {
    let extension = sequence(&[identifier(&[85, 29, last]), element(0x04, value)]);
    element(0xa3, &element(0x30, &extension))
}
