//! Only what a server cannot read is recovered, and what is recovered is a token that needs no more.
#![no_main]

use libfuzzer_sys::fuzz_target;
use peertok::{Stage, judge};
use peertok::recovery::{Recovery, recover};
use peertok::token::{decode_base64, encode_base64};

fuzz_target!(|input: &[u8]| {
    let wrapped = encode_base64(input);
    for given in [input, wrapped.as_bytes()] {
        let refused = judge(given).err().map(|refusal| refusal.stage());
        let Some(meant) = recover(given) else {
            continue;
        };
        assert!(matches!(refused, Some(Stage::Base64 | Stage::Json)));
        match meant {
            Recovery::Token(recovered) => {
                assert!(!recovered.damages.is_empty());
                let mended = recovered.token.as_bytes();
                assert_eq!(
                    *encode_base64(&decode_base64(mended).unwrap()),
                    *recovered.token
                );
                if let Err(refusal) = judge(mended) {
                    assert!(refusal.stage() >= Stage::Json);
                }
                assert!(recover(mended).is_none());
            }
            Recovery::Truncated(partial) => {
                assert!(!partial.whole.is_empty() || partial.cut.is_some());
                let secret = &partial.reading.token.establishment_secret;
                assert!(secret.is_empty() || partial.has("EstablishmentSecret"));
            }
            _ => {}
        }
    }
});
