//! A verdict depends on the token alone, and only a token that can be read is accepted.
#![no_main]

use libfuzzer_sys::fuzz_target;
use peertok::{PeeringToken, judge};
use peertok::token::{Judge, encode_base64};

fuzz_target!(|input: &[u8]| {
    let wrapped = encode_base64(input);
    let mut reused = Judge::default();
    for token in [input, wrapped.as_bytes()] {
        let verdict = judge(token);
        assert_eq!(reused.judge(token), verdict);
        assert_eq!(reused.judge(token), verdict);
        if verdict.is_ok() {
            let fields = PeeringToken::decode(token).unwrap();
            assert!(!fields.peer_id.is_empty());
            assert!(!fields.dialed_addresses().is_empty());
        }
    }
});
