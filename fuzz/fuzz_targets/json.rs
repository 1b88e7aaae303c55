//! The readers agree on what is JSON: with each other in the very error, with `serde_json` in
//! whether there is one. (It does not stop at 10,000 levels.)
#![no_main]

use godialect::json::{self, Place, SyntaxError};
use libfuzzer_sys::fuzz_target;
use peertok::token::{Reading, redact};
use serde::de::IgnoredAny;

fuzz_target!(|text: &[u8]| {
    let checked = json::check(text);
    assert_eq!(Reading::of_json(text).err(), checked.err());
    // What may be shown of it is JSON again.
    match redact(text) {
        Ok(shown) => assert_eq!(json::check(shown.as_bytes()), Ok(())),
        Err(error) => assert_eq!(Err(error), checked),
    }
    let place = match checked {
        Err(SyntaxError::InvalidCharacter { place, .. }) => Some(place),
        _ => None,
    };
    if place != Some(Place::TooDeep) {
        let other = serde_json::from_slice::<IgnoredAny>(text);
        assert_eq!(checked.is_ok(), other.is_ok(), "{checked:?} {other:?}");
    }
});
