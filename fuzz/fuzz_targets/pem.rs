//! Blocks lie one behind the other, each is found again on its own, and so is its content once it
//! is written anew.
#![no_main]

use godialect::{base64, pem};
use libfuzzer_sys::fuzz_target;

/// A block with its content.
#[derive(Debug, PartialEq, Eq)]
struct Block<'a> {
    block: pem::Block<'a>,
    content: Vec<u8>,
}

fn blocks(text: &[u8]) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut content = Vec::new();
    let mut from = 0;
    while let Some(block) = pem::next_block(text, from, &mut content) {
        from = block.end;
        let content = content.clone();
        blocks.push(Block { block, content });
    }
    blocks
}

fuzz_target!(|text: &[u8]| {
    let mut from = 0;
    for Block { block, content } in blocks(text) {
        let place = block.start..block.end;
        assert!(from <= place.start && place.end <= text.len());
        from = place.end;

        let mut anew = [b"-----BEGIN ", block.label, b"-----\n"].concat();
        anew.extend_from_slice(base64::encode(&content).as_bytes());
        anew.extend_from_slice(&[b"\n-----END ", block.label, b"-----\n"].concat());
        assert_eq!(blocks(&anew)[0].content, content);

        let block = pem::Block {
            start: 0,
            end: place.len(),
            ..block
        };
        assert_eq!(blocks(&text[place]), [Block { block, content }]);
    }
});
