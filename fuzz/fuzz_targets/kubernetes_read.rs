//! What is read from a manifest can be replaced there, and put back, and everything else stays.
#![no_main]

use libfuzzer_sys::fuzz_target;
use peertok::kubernetes::{EditError, looks_like_manifest, read, replace_token};

const NEW: &str = "eyJQZWVySUQiOiJuZXcifQ==";

fuzz_target!(|bytes: &[u8]| {
    let _ = looks_like_manifest(bytes);
    let Ok(tokens) = read(bytes) else { return };
    assert!(!tokens.is_empty());
    let text = std::str::from_utf8(bytes).unwrap();
    match replace_token(text, None, NEW) {
        Ok(edited) => {
            let same = |one: &[u8], other: &[u8]| {
                one.iter().zip(other).take_while(|(a, b)| a == b).count()
            };
            let start = same(bytes, edited.as_bytes());
            let reversed = |text: &[u8]| text.iter().rev().copied().collect::<Vec<_>>();
            let end = same(&reversed(bytes), &reversed(edited.as_bytes()));
            // What differs lies within one value, which holds the token in base64 at most thrice.
            assert!(edited.len() <= start + end + NEW.len() * 3 + 2);
            assert_eq!(replace_token(&edited, None, NEW).unwrap(), edited);
        }
        Err(EditError::Choice(_)) => assert!(tokens.len() > 1),
        Err(EditError::Form { .. }) => {}
        Err(error) => panic!("{error}"),
    }
});
