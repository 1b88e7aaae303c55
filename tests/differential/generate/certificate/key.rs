//! Public keys: good ones of every algorithm, and what Go finds wrong with others.

use fastrand::Rng;

use super::build::{bit_string, element, integer, octet_string, sequence};
use super::hostile::{self, one_in, padded_identifier, pick};

/// A curve's identifier, the length of its coordinates, its prime and three points on it, the last
/// one with the smallest first coordinate that there is.
struct Curve {
    identifier: &'static [u64],
    prime: &'static str,
    points: [&'static str; 3],
}

const CURVES: [Curve; 4] = [
    Curve {
        identifier: &[43, 132, 0, 33],
        prime: "ffffffffffffffffffffffffffffffff000000000000000000000001",
        points: [
            "b70e0cbd6bb4bf7f321390b94a03c1d356c21122343280d6115c1d21\
             bd376388b5f723fb4c22dfe6cd4375a05a07476444d5819985007e34",
            "db2f6be630e246a5cf7d99b85194b123d487e2d466b94b24a03c3e28\
             0f3a30085497f2f611ee2517b163ef8c53b715d18bb4e4808d02b963",
            "00000000000000000000000000000000000000000000000000000003\
             8353d9639842aa15eb1000b152101a17b687aeb50eb377054b913fbb",
        ],
    },
    Curve {
        identifier: &[42, 840, 10045, 3, 1, 7],
        prime: "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
        points: [
            "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296\
             4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
            "8e533b6fa0bf7b4625bb30667c01fb607ef9f8b8a80fef5b300628703187b2a3\
             73eb1dbde03318366d069f83a6f5900053c73633cb041b21c55e1a86c1f400b4",
            "0000000000000000000000000000000000000000000000000000000000000000\
             66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4",
        ],
    },
    Curve {
        identifier: &[43, 132, 0, 34],
        prime: "ffffffffffffffffffffffffffffffffffffffffffffffff\
                fffffffffffffffeffffffff0000000000000000ffffffff",
        points: [
            "aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7\
             3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f",
            "283c1d7365ce4788f29f8ebf234edffead6fe997fbea5ffa2d58cc9dfa7b1c508b05526f55b9ebb2040f05b48fb6d0e1\
             9475c99061e41b88ba52efdb8c1690471a61d867ed799729d9c92cd01dbd225630d84ede32a78f9e64664cdac512ef8c",
            "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000\
             c306610fb0ae5a159cf45c06069f22a6c5eb3641c602d42dea2c4b4f75550793406d80d2b91ad54f9048bd487af1ade1",
        ],
    },
    Curve {
        identifier: &[43, 132, 0, 35],
        prime: "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\
                ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        points: [
            "00c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3d\
             baa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66\
             011839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e66\
             2c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650",
            "0056d5d1d99d5b7f6346eeb65fda0b073a0c5f22e0e8f5483228f018d2c2f7114c\
             5d8c308d0abfc698d8c9a6df30dce3bbc46f953f50fdc2619a01cead882816ecd4\
             003d2d1b7d9baaa2a110d1d8317a39d68478b5c582d02824f0dd71dbd98a26cbde\
             556bd0f293cdec9e2b9523a34591ce1a5f9e76712a5ddefc7b5c6b8bc90525251b",
            "000000000000000000000000000000000000000000000000000000000000000000\
             000000000000000000000000000000000000000000000000000000000000000000\
             012df13601594a883ef2d935e44bb90bf4d6619b74e52af7552f97769011c0719e\
             b439cfab2a88d40fe59a2bed1f43557169a2d0a2ccd280c607b92bbf51ffe0b078",
        ],
    },
];

pub fn from_hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text
        .chars()
        .filter_map(|digit| digit.to_digit(16))
        .map(|digit| digit as u8)
        .collect();
    digits
        .chunks(2)
        .map(|pair| pair[0] << 4 | pair[1])
        .collect()
}

/// The base point of P-256 or P-384, uncompressed.
pub fn base_point(p384: bool) -> Vec<u8> {
    let curve = if p384 { &CURVES[2] } else { &CURVES[1] };
    [vec![0x04], from_hex(curve.points[0])].concat()
}

fn add_to_last(number: &mut [u8], amount: u8) {
    let mut carry = u16::from(amount);
    for digit in number.iter_mut().rev() {
        carry += u16::from(*digit);
        *digit = carry as u8;
        carry >>= 8;
    }
}

fn point(rng: &mut Rng, curve: &Curve) -> Vec<u8> {
    let prime = from_hex(curve.prime);
    let size = prime.len();
    let mut point = [vec![0x04], from_hex(pick(rng, &curve.points))].concat();
    match rng.u8(..16) {
        // Infinity, compressed, hybrid.
        0 => vec![rng.u8(..5)],
        1 => [&[rng.u8(2..4)], &point[1..=size]].concat(),
        2 => {
            point[0] = rng.u8(..8);
            point
        }
        // Lengths.
        3 => {
            point.truncate(rng.usize(..point.len()));
            point
        }
        4 => {
            point.extend(hostile::bytes(rng, 3));
            point
        }
        // Coordinates at, above and just below the prime; the same point with the prime added.
        5..8 => {
            let start = if rng.bool() { 1 } else { 1 + size };
            let coordinate = &mut point[start..start + size];
            match rng.u8(..5) {
                0 => coordinate.copy_from_slice(&prime),
                1 => {
                    coordinate.copy_from_slice(&prime);
                    add_to_last(coordinate, rng.u8(..));
                }
                2 => {
                    coordinate.copy_from_slice(&prime);
                    coordinate[size - 1] -= 1;
                }
                3 => coordinate.fill(*rng.choice(&[0x00_u8, 0xff]).expect("two")),
                _ => {
                    let mut carry = 0;
                    for (digit, prime_digit) in coordinate.iter_mut().zip(&prime).rev() {
                        carry += u16::from(*digit) + u16::from(*prime_digit);
                        *digit = carry as u8;
                        carry >>= 8;
                    }
                }
            }
            point
        }
        8 => {
            let index = rng.usize(1..point.len());
            point[index] ^= 1 << rng.u8(..8);
            point
        }
        9 => {
            // The negative of a point is on the curve, unless the subtraction is done elsewhere.
            let y = &mut point[1 + size..];
            let mut borrow = 0_i16;
            for (digit, prime_digit) in y.iter_mut().zip(&prime).rev() {
                let difference = i16::from(*prime_digit) - i16::from(*digit) - borrow;
                borrow = i16::from(difference < 0);
                *digit = difference.rem_euclid(256) as u8;
            }
            point
        }
        _ => point,
    }
}

/// An algorithm identifier and a key in a sequence.
fn info(rng: &mut Rng, algorithm: &[u64], parameters: &[u8], key: Vec<u8>) -> Vec<u8> {
    let algorithm = sequence(&[padded_identifier(rng, algorithm), parameters.to_vec()]);
    sequence(&[algorithm, key])
}

/// The key as a bit string; now and then with unused bits, which Go shifts away.
fn wrap(rng: &mut Rng, key: &[u8]) -> Vec<u8> {
    if !one_in(rng, 12) {
        return bit_string(0, key);
    }
    let unused_bits = rng.u8(1..8);
    let mut shifted = vec![0_u8; key.len() + 1];
    for (index, byte) in key.iter().enumerate() {
        let wide = u16::from(*byte) << unused_bits;
        shifted[index] |= (wide >> 8) as u8;
        shifted[index + 1] |= wide as u8;
    }
    let from = usize::from(rng.bool() && shifted[0] == 0);
    bit_string(unused_bits, &shifted[from..])
}

fn number(rng: &mut Rng, good: &[u8]) -> Vec<u8> {
    match rng.u8(..6) {
        0 => {
            let content = hostile::integer(rng);
            integer(&content)
        }
        1 if one_in(rng, 4) => element(rng.u8(..), good),
        _ => integer(good),
    }
}

const NULL: &[u8] = &[0x05, 0x00];

fn odd_parameters(rng: &mut Rng, good: &[u8]) -> Vec<u8> {
    match rng.u8(..12) {
        0 => vec![],
        1 => NULL.to_vec(),
        2 => vec![0x05, 0x01, 0x00],
        3 => vec![0x05],
        4 => [good, NULL].concat(),
        5 => {
            let content = hostile::identifier(rng);
            element(0x06, &content)
        }
        _ => good.to_vec(),
    }
}

/// A public key with its algorithm.
pub fn public_key_info(rng: &mut Rng) -> Vec<u8> {
    const RSA: &[u64] = &[42, 840, 113549, 1, 1, 1];
    const DSA: &[u64] = &[42, 840, 10040, 4, 1];
    const ECDSA: &[u64] = &[42, 840, 10045, 2, 1];

    match rng.u8(..21) / 2 {
        0 | 1 => {
            let modulus = [&[0x00, 0xc5], &[0x5a; 30][..]].concat();
            let mut key = [number(rng, &modulus), number(rng, &[0x01, 0x00, 0x01])].concat();
            if one_in(rng, 8) {
                key.extend(hostile::bytes(rng, 3));
            }
            let mut key = match rng.u8(..16) {
                0 => element(0x31, &key),
                1 => key,
                _ => element(0x30, &key),
            };
            if one_in(rng, 8) {
                key.extend(hostile::bytes(rng, 3));
            }
            let parameters = odd_parameters(rng, NULL);
            let key = wrap(rng, &key);
            info(rng, RSA, &parameters, key)
        }
        2 => {
            let parameters = element(
                0x30,
                &[
                    number(rng, &[0x17]),
                    number(rng, &[0x0b]),
                    number(rng, &[0x02]),
                ]
                .concat(),
            );
            let parameters = odd_parameters(rng, &parameters);
            let key = number(rng, &[0x05]);
            let key = wrap(rng, &key);
            info(rng, DSA, &parameters, key)
        }
        3..7 => {
            let curve = &CURVES[rng.usize(..CURVES.len())];
            let parameters = padded_identifier(rng, curve.identifier);
            let parameters = odd_parameters(rng, &parameters);
            let key = point(rng, curve);
            let key = wrap(rng, &key);
            info(rng, ECDSA, &parameters, key)
        }
        7 | 8 => {
            // Ed25519, X25519 and their neighbours.
            let algorithm = *pick(rng, &[&112_u64, &112, &112, &110, &111, &113]);
            let size = match rng.u8(..4) {
                0 => rng.usize(30..35),
                _ => 32,
            };
            let key = vec![rng.u8(..); size];
            let parameters = odd_parameters(rng, &[]);
            let key = wrap(rng, &key);
            info(rng, &[43, 101, algorithm], &parameters, key)
        }
        9 => {
            // ML-DSA and its neighbours.
            let (number, size) = *pick(
                rng,
                &[
                    &(17_u64, 1312),
                    &(18, 1952),
                    &(19, 2592),
                    &(16, 1312),
                    &(20, 32),
                ],
            );
            let size = match rng.u8(..4) {
                0 => size - 1,
                1 => rng.usize(..8),
                _ => size,
            };
            let key = vec![rng.u8(..); size];
            let parameters = odd_parameters(rng, &[]);
            let key = wrap(rng, &key);
            info(rng, &[96, 840, 1, 101, 3, 4, 3, number], &parameters, key)
        }
        _ => {
            let algorithm = hostile::identifier(rng);
            let algorithm = sequence(&[element(0x06, &algorithm), odd_parameters(rng, NULL)]);
            let key = hostile::bit_string(rng);
            let extra = octet_string(&[]);
            sequence(&[algorithm, element(0x03, &key), extra])
        }
    }
}
