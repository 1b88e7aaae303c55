//! Mutations that know DER, and a few that do not.

use fastrand::Rng;

use super::hostile::{self, one_in, pick};
use super::tree::{self, Content, Node};
use super::{build, extension, key};

/// Deeper than any certificate that we start from.
const DEPTH: usize = 24;

/// Applies as many mutations, one after the other.
pub fn mutate(rng: &mut Rng, start: Vec<u8>, mutations: usize) -> Vec<u8> {
    let mut bytes = start;
    for _ in 0..mutations {
        bytes = match rng.u8(..12) {
            0 => flip(rng, bytes),
            _ => mutate_tree(rng, bytes),
        };
    }
    bytes
}

fn flip(rng: &mut Rng, mut bytes: Vec<u8>) -> Vec<u8> {
    if bytes.is_empty() {
        return bytes;
    }
    let index = rng.usize(..bytes.len());
    match rng.u8(..6) {
        0 => bytes[index] = rng.u8(..),
        1 => bytes.truncate(index),
        2 => bytes.insert(index, rng.u8(..)),
        3 => _ = bytes.remove(index),
        _ => bytes[index] ^= 1 << rng.u8(..8),
    }
    bytes
}

fn mutate_tree(rng: &mut Rng, bytes: Vec<u8>) -> Vec<u8> {
    let Some(mut nodes) = tree::parse(&bytes, DEPTH) else {
        return flip(rng, bytes);
    };
    if nodes.is_empty() {
        return flip(rng, bytes);
    }
    let root = &mut nodes[0];
    let count = root.count();
    // Another node's bytes, to be put somewhere else.
    let mut donor = Vec::new();
    root.change(rng.usize(..count), false, &mut |node| {
        node.write(&mut donor)
    });
    let freeze = one_in(rng, 10);
    let number = rng.usize(..count);
    root.change(number, freeze, &mut |node| {
        change_node(rng, node, &donor);
    });
    let mut out = Vec::new();
    nodes.iter().for_each(|node| node.write(&mut out));
    out
}

fn change_node(rng: &mut Rng, node: &mut Node, donor: &[u8]) {
    let donor = || Node::raw(donor.to_vec());
    if one_in(rng, 12) {
        return change_length(rng, node);
    }
    if one_in(rng, 12) {
        return change_tag(rng, node);
    }
    if one_in(rng, 60) {
        *node = donor();
        return;
    }
    if one_in(rng, 60) {
        *node = Node::raw(key::public_key_info(rng));
        return;
    }
    if let Some(members) = node.members_mut() {
        let count = members.len();
        let index = rng.usize(..=count);
        match rng.u8(..10) {
            0 if index < count => _ = members.remove(index),
            1 if index < count => members.insert(index, members[index].clone()),
            2 if index < count => {
                let other = rng.usize(..count);
                members.swap(index, other);
            }
            3 if index < count => {
                let moved = members.remove(index);
                members.insert(rng.usize(..=members.len()), moved);
            }
            4 => members.insert(index, donor()),
            5 => members.push(Node::raw(hostile::bytes(rng, 4))),
            6 => {
                let tag = interesting_tag(rng);
                let content = hostile::content(rng, tag);
                members.insert(index, Node::raw(build::element(tag, &content)));
            }
            7 => members.insert(index, Node::raw(extension::extension(rng))),
            8 => members.insert(0, Node::raw(vec![0x01, 0x01, 0xff])),
            _ if index < count => {
                let member = &mut members[index];
                change_content(rng, member);
            }
            _ => {}
        }
        return;
    }
    change_content(rng, node);
}

fn change_content(rng: &mut Rng, node: &mut Node) {
    let Node::Element {
        tag,
        content: Content::Primitive(bytes),
        ..
    } = node
    else {
        return;
    };
    match rng.u8(..10) {
        0 => bytes.clear(),
        1 => bytes.truncate(rng.usize(..=bytes.len())),
        2 => bytes.extend(hostile::bytes(rng, 3)),
        3 if !bytes.is_empty() => {
            let index = rng.usize(..bytes.len());
            bytes[index] = rng.u8(..);
        }
        4 if *tag == 0x06 => {
            *bytes = match rng.u8(..6) {
                0 => build::identifier_content(extension::AUTHORITY_INFO_ACCESS),
                _ => build::identifier_content(&[
                    85,
                    29,
                    *rng.choice(&extension::KNOWN).expect("twelve"),
                ]),
            };
        }
        _ => *bytes = hostile::content(rng, *tag),
    }
}

fn interesting_tag(rng: &mut Rng) -> u8 {
    match rng.u8(..10) {
        0 => rng.u8(..),
        _ => *pick(
            rng,
            &[
                &0x01_u8, &0x02, &0x03, &0x04, &0x05, &0x06, &0x0c, &0x12, &0x13, &0x14, &0x16,
                &0x17, &0x18, &0x1a, &0x1e, &0x1f, &0x30, &0x31, &0x80, &0x81, &0x82, &0x86, &0x87,
                &0xa0, &0xa1, &0xa3,
            ],
        ),
    }
}

fn change_tag(rng: &mut Rng, node: &mut Node) {
    if let Node::Element { tag, .. } = node {
        *tag = match rng.u8(..3) {
            0 => *tag ^ 1 << rng.u8(..8),
            _ => interesting_tag(rng),
        };
    }
}

/// Replaces the length by one that is not minimal, not definite or not true.
fn change_length(rng: &mut Rng, node: &mut Node) {
    let mut written = Vec::new();
    node.write(&mut written);
    let Node::Element {
        length, content, ..
    } = node
    else {
        return;
    };
    let header = 1 + length.clone().map_or_else(
        || match written.get(1) {
            Some(long @ 0x80..) => 1 + usize::from(long & 0x7f),
            _ => 1,
        },
        |length| length.len(),
    );
    let size = written.len().saturating_sub(header);
    *length = Some(match rng.u8(..9) {
        0 => vec![0x80],
        1 => {
            let digits = rng.usize(1..6);
            let all = (size as u64).to_be_bytes();
            [&[0x80 | digits as u8], &all[8 - digits..]].concat()
        }
        2 => vec![0x84, 0xff, 0xff, 0xff, rng.u8(..)],
        3 => vec![rng.u8(..)],
        4 => vec![0xff],
        5 => build::length(size.saturating_sub(1)),
        6 => build::length(size + 1),
        7 => build::length(size + rng.usize(..40)),
        _ => build::length(size.saturating_sub(rng.usize(..40))),
    });
    if one_in(rng, 8)
        && let Content::Primitive(bytes) = content
    {
        // Enough content for a two-byte length to be true.
        bytes.resize(rng.usize(120..300), b'a');
        *length = None;
    }
}
