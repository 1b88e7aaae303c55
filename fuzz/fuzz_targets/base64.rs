//! What is encoded decodes to itself, line ends mean nothing, and an error lies within the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use peertok::encode_base64;
use peertok::fuzzing::base64_decode;

fuzz_target!(|text: &[u8]| {
    let encoded = encode_base64(text);
    assert_eq!(base64_decode(encoded.as_bytes()).as_deref(), Ok(text));

    let without_line_ends: Vec<u8> = text
        .iter()
        .copied()
        .filter(|byte| !b"\r\n".contains(byte))
        .collect();
    let decoded = base64_decode(text);
    assert_eq!(
        decoded.as_ref().ok(),
        base64_decode(&without_line_ends).as_ref().ok()
    );
    match decoded {
        Ok(bytes) => assert_eq!(encode_base64(&bytes).len(), without_line_ends.len()),
        Err(error) => assert!(error.offset <= text.len()),
    }
});
