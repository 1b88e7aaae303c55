//! Blocks lie one behind the other, each is found again on its own, and so is its content once it
//! is written anew.
#![no_main]

use libfuzzer_sys::fuzz_target;
use peertok::encode_base64;
use peertok::fuzzing::{Block, pem_blocks};

fuzz_target!(|text: &[u8]| {
    let mut from = 0;
    for block in pem_blocks(text) {
        let place = block.start..block.end;
        assert!(from <= place.start && place.end <= text.len());
        from = place.end;

        let mut anew = [b"-----BEGIN ", block.label, b"-----\n"].concat();
        anew.extend_from_slice(encode_base64(&block.content).as_bytes());
        anew.extend_from_slice(&[b"\n-----END ", block.label, b"-----\n"].concat());
        assert_eq!(pem_blocks(&anew)[0].content, block.content);

        let alone = Block {
            start: 0,
            end: place.len(),
            ..block
        };
        assert_eq!(pem_blocks(&text[place]), [alone]);
    }
});
