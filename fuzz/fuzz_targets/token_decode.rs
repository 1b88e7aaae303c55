//! A token that can be read is written in a form that reads as the same token, and is written
//! again as the same bytes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use peertok::PeeringToken;
use peertok::token::{Reading, encode_base64};

fuzz_target!(|json: &[u8]| {
    let Ok(token) = PeeringToken::decode(encode_base64(json).as_bytes()) else {
        return;
    };
    let shape = Reading::of_json(json).unwrap().shape;
    let canonical = token.encode(shape);
    let reading = Reading::of_token(canonical.as_bytes()).unwrap();
    assert_eq!(reading.type_error, None);
    assert_eq!(reading.token, token);
    assert!(reading.shape <= shape);
    assert_eq!(reading.token.encode(shape), canonical);
});
