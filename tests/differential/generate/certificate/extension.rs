//! Extensions: every kind that Go looks into, with contents good and odd.

use fastrand::Rng;

use super::build::{bit_string, element, identifier, octet_string, sequence};
use super::hostile::{self, one_in, pick};
use super::text;

/// The last numbers of the identifiers under 2.5.29 that Go looks into.
pub const KNOWN: [u64; 12] = [14, 15, 17, 19, 30, 31, 32, 33, 35, 36, 37, 54];

/// The identifier of authority information access.
pub const AUTHORITY_INFO_ACCESS: &[u64] = &[43, 6, 1, 5, 5, 7, 1, 1];

/// The element whose content is made for its tag.
fn odd(rng: &mut Rng, tag: u8) -> Vec<u8> {
    let content = hostile::content(rng, tag);
    element(tag, &content)
}

fn several(rng: &mut Rng, most: usize, mut make: impl FnMut(&mut Rng) -> Vec<u8>) -> Vec<u8> {
    let count = rng.usize(..=most);
    (0..count).flat_map(|_| make(rng)).collect()
}

fn general_name(rng: &mut Rng) -> Vec<u8> {
    match rng.u8(..12) {
        0..3 => odd(rng, 0x86),
        3..5 => odd(rng, 0x82),
        5..7 => odd(rng, 0x81),
        7..9 => {
            let bytes = match rng.u8(..3) {
                0 => text::ip_bytes(rng),
                1 => vec![10, 0, 0, 1],
                _ => vec![0; 16],
            };
            element(0x87, &bytes)
        }
        9 => element(0xa4, &super::assemble::name(rng)),
        10 => element(0xa0, &[identifier(&[42, 3]), element(0xa0, &[])].concat()),
        _ => {
            let tag = *pick(
                rng,
                &[&0x01_u8, &0x02, &0x88, &0xa6, &0xa2, &0xa7, &0x16, &0x1f],
            );
            element(tag, b"a\xff")
        }
    }
}

/// One name of a kind that Go looks into.
pub fn one_name(rng: &mut Rng) -> Vec<u8> {
    let tag = *pick(rng, &[&0x81_u8, &0x82, &0x86, &0x86, &0x86, &0x86, &0x87]);
    odd(rng, tag)
}

fn constraints(rng: &mut Rng) -> Vec<u8> {
    let subtree = |rng: &mut Rng| {
        let name = match rng.u8(..10) {
            0 | 1 => odd(rng, 0x82),
            2 | 3 => odd(rng, 0x81),
            4 => {
                let domain = text::domain(rng);
                element(0x81, &domain)
            }
            5 => {
                let domain = match rng.u8(..3) {
                    0 => text::ip_text(rng).into_bytes(),
                    1 => pick(rng, &["00001::", "::0000a:b", "::00001.2.3.4", "1::00000"])
                        .as_bytes()
                        .to_vec(),
                    _ => text::domain(rng),
                };
                element(0x86, &domain)
            }
            6 | 7 => {
                let mut bytes = text::ip_bytes(rng);
                if !one_in(rng, 4) {
                    bytes.resize(if rng.bool() { 8 } else { 32 }, 0);
                }
                element(0x87, &bytes)
            }
            8 => element(0xa4, &super::assemble::name(rng)),
            _ => general_name(rng),
        };
        let bounds = match rng.u8(..8) {
            0 => odd(rng, 0x80),
            _ => vec![],
        };
        element(0x30, &[name, bounds].concat())
    };
    let mut lists = Vec::new();
    for tag in [0xa0, 0xa1] {
        if !one_in(rng, 3) {
            let subtrees = several(rng, 2, subtree);
            lists.extend(element(tag, &subtrees));
        }
    }
    if one_in(rng, 20) {
        lists.extend(odd(rng, 0x05));
    }
    let mut value = element(0x30, &lists);
    if one_in(rng, 20) {
        value.push(0x00);
    }
    value
}

fn distribution_points(rng: &mut Rng) -> Vec<u8> {
    let point = |rng: &mut Rng| {
        let full_name = several(rng, 2, general_name);
        let choice = match rng.u8(..6) {
            0 => element(0xa1, &full_name),
            _ => element(0xa0, &full_name),
        };
        let name = match rng.u8(..6) {
            0 => vec![],
            1 => element(0xa1, &choice),
            _ => element(0xa0, &choice),
        };
        element(0x30, &name)
    };
    let points = several(rng, 2, point);
    element(0x30, &points)
}

/// A value for the extension 2.5.29.`last`.
pub fn value(rng: &mut Rng, last: u64) -> Vec<u8> {
    match last {
        14 => octet_string(&hostile::bytes(rng, 20)),
        15 => match rng.u8(..3) {
            0 => odd(rng, 0x03),
            _ => bit_string(1, &[0x06]),
        },
        17 => {
            let names = several(rng, 3, general_name);
            element(0x30, &names)
        }
        19 => {
            let flag = match rng.u8(..4) {
                0 => odd(rng, 0x01),
                1 => vec![],
                _ => vec![0x01, 0x01, 0xff],
            };
            let length = match rng.u8(..4) {
                0 => odd(rng, 0x02),
                1 => vec![0x02, 0x01, 0x00],
                _ => vec![],
            };
            element(0x30, &[flag, length].concat())
        }
        30 => constraints(rng),
        31 => distribution_points(rng),
        32 => {
            let policy = |rng: &mut Rng| {
                let policy = match rng.u8(..4) {
                    0 => odd(rng, 0x06),
                    _ => identifier(&[42, rng.u64(..6)]),
                };
                element(0x30, &policy)
            };
            let policies = several(rng, 4, policy);
            element(0x30, &policies)
        }
        33 => {
            let mapping = |rng: &mut Rng| {
                let pair = [odd(rng, 0x06), odd(rng, 0x06)].concat();
                element(0x30, &pair)
            };
            let mappings = several(rng, 2, mapping);
            element(0x30, &mappings)
        }
        35 => {
            let identifier = match rng.u8(..3) {
                0 => vec![],
                _ => odd(rng, 0x80),
            };
            element(0x30, &identifier)
        }
        36 => {
            let mut fields = Vec::new();
            for tag in [0x80, 0x81] {
                if rng.bool() {
                    let content = hostile::integer(rng);
                    fields.extend(element(tag, &content));
                }
            }
            element(0x30, &fields)
        }
        37 => {
            let purposes = several(rng, 3, |rng| match rng.u8(..3) {
                0 => odd(rng, 0x06),
                _ => identifier(&[43, 6, 1, 5, 5, 7, 3, rng.u64(..10)]),
            });
            element(0x30, &purposes)
        }
        54 => odd(rng, 0x02),
        _ => {
            let access = |rng: &mut Rng| {
                let method = match rng.u8(..6) {
                    0 => odd(rng, 0x06),
                    _ => identifier(&[43, 6, 1, 5, 5, 7, 48, rng.u64(..4)]),
                };
                element(0x30, &[method, general_name(rng)].concat())
            };
            let descriptions = several(rng, 2, access);
            element(0x30, &descriptions)
        }
    }
}

/// Any extension.
pub fn extension(rng: &mut Rng) -> Vec<u8> {
    let last = *rng.choice(&KNOWN).expect("twelve");
    let (name, mut value) = match rng.u8(..12) {
        0 => (identifier(AUTHORITY_INFO_ACCESS), value(rng, 0)),
        1 => {
            let content = hostile::identifier(rng);
            (element(0x06, &content), hostile::bytes(rng, 8))
        }
        // The value of another kind.
        2 => {
            let other = *rng.choice(&KNOWN).expect("twelve");
            (identifier(&[85, 29, last]), value(rng, other))
        }
        _ => {
            let name = hostile::padded_identifier(rng, &[85, 29, last]);
            (name, value(rng, last))
        }
    };
    if one_in(rng, 16) {
        value.extend(hostile::bytes(rng, 4));
    }
    if one_in(rng, 24) {
        value.truncate(rng.usize(..=value.len()));
    }
    let critical = match rng.u8(..8) {
        0 => odd(rng, 0x01),
        1 => vec![0x01, 0x01, 0xff],
        _ => vec![],
    };
    sequence(&[name, critical, octet_string(&value)])
}
