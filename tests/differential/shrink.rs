//! Makes a token that is judged differently as short as it gets, so that one sees why.

use crate::support::oracle::Oracle;
use crate::support::verdict::Verdict;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use peertok::token::{GoRelease, Judge};

/// The shortest token found that is still judged differently. It cuts the JSON as long as the
/// base64 around it plays no part, and else the token.
pub fn shrink(oracle: &mut Oracle, release: GoRelease, token: &[u8]) -> Vec<u8> {
    let differs = |oracle: &mut Oracle, token: &[u8]| {
        Verdict::of(&mut Judge::of(release), token) != oracle.judge(token, None)
    };
    let encode = |json: &[u8]| BASE64_STANDARD.encode(json).into_bytes();
    if let Ok(json) = peertok::token::decode_base64(token)
        && differs(oracle, &encode(&json))
    {
        let json = cut(&json, |shorter| differs(oracle, &encode(shorter)));
        return encode(&json);
    }
    cut(token, |shorter| differs(oracle, shorter))
}

/// Takes out pieces, long ones first, as long as `fails` holds.
fn cut(text: &[u8], mut fails: impl FnMut(&[u8]) -> bool) -> Vec<u8> {
    let mut text = text.to_vec();
    let mut length = text.len().div_ceil(2);
    while length > 0 {
        let mut at = 0;
        while at < text.len() {
            let end = text.len().min(at + length);
            let shorter = [&text[..at], &text[end..]].concat();
            if fails(&shorter) {
                text = shorter;
            } else {
                at = end;
            }
        }
        length /= 2;
    }
    text
}
