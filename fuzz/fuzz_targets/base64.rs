//! What is encoded decodes to itself, line ends mean nothing, and an error lies within the text.
#![no_main]

use godialect::base64::{self, CorruptBase64, encode};
use libfuzzer_sys::fuzz_target;

fn decode(text: &[u8]) -> Result<Vec<u8>, CorruptBase64> {
    let mut out = Vec::new();
    base64::decode(text, &mut out).map(|()| out)
}

fuzz_target!(|text: &[u8]| {
    let encoded = encode(text);
    assert_eq!(decode(encoded.as_bytes()).as_deref(), Ok(text));

    let without_line_ends: Vec<u8> = text
        .iter()
        .copied()
        .filter(|byte| !b"\r\n".contains(byte))
        .collect();
    let decoded = decode(text);
    assert_eq!(
        decoded.as_ref().ok(),
        decode(&without_line_ends).as_ref().ok()
    );
    match decoded {
        Ok(bytes) => assert_eq!(encode(&bytes).len(), without_line_ends.len()),
        Err(error) => assert!(error.offset <= text.len()),
    }
});
