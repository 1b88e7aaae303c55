//! Tokens for the comparison with Go: good ones, odd ones and broken ones.
//!
//! A case is a function of the seed and its number alone. It starts from a valid token and takes
//! one to three changes at one level, at times at a second level too: certificates, PEM text, addresses, members
//! of the JSON, JSON text, base64. The levels around the changed one are built correctly, so that
//! the checks deep inside are reached.

mod address;
mod base64_text;
mod bytes;
mod certificate;
mod draft;
mod json;
mod json_text;
mod members;
mod pem;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use draft::Draft;
use fastrand::Rng;

/// One token and where it comes from.
pub struct Case {
    pub number: u64,
    pub levels: &'static str,
    pub token: Vec<u8>,
}

#[derive(Clone, Copy, PartialEq)]
enum Level {
    Certificate,
    Pem,
    Address,
    Members,
    JsonText,
    Base64,
}

use Level::{Address, Base64, Certificate, JsonText, Members, Pem};

/// What is changed, and how often among [`TOTAL`] cases.
const MIXES: [(u8, &str, &[Level]); 16] = [
    (2, "nothing", &[]),
    (46, "certificate", &[Certificate]),
    (4, "certificate+pem", &[Certificate, Pem]),
    (18, "pem", &[Pem]),
    (12, "address", &[Address]),
    (20, "members", &[Members]),
    (18, "json-text", &[JsonText]),
    (12, "base64", &[Base64]),
    (2, "pem+address", &[Pem, Address]),
    (3, "pem+members", &[Pem, Members]),
    (2, "pem+json-text", &[Pem, JsonText]),
    (3, "address+members", &[Address, Members]),
    (3, "address+json-text", &[Address, JsonText]),
    (2, "members+json-text", &[Members, JsonText]),
    (1, "json-text+base64", &[JsonText, Base64]),
    (2, "the empty token", &[]),
];
const TOTAL: u8 = 150;

/// Makes the cases of one seed.
pub struct Generator {
    seed: u64,
    certificates: Vec<Vec<u8>>,
    der: certificate::Generator,
}

impl Generator {
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            certificates: draft::certificates(),
            der: certificate::Generator::new(),
        }
    }

    /// The case with this number.
    pub fn case(&self, number: u64) -> Case {
        // An odd factor, so that neighbours share no bits: the golden ratio's.
        let mut rng = Rng::with_seed(self.seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let rng = &mut rng;
        let (levels, changed) = mix(rng);
        let token = match levels {
            "the empty token" => Vec::new(),
            _ => self.token(rng, changed),
        };
        Case {
            number,
            levels,
            token,
        }
    }

    fn token(&self, rng: &mut Rng, changed: &[Level]) -> Vec<u8> {
        let changes = |level, rng: &mut Rng| {
            let some = [1, 1, 1, 1, 1, 2, 2, 2, 3, 3][rng.usize(..10)];
            if changed.contains(&level) { some } else { 0 }
        };
        let mut draft = Draft::valid(rng, &self.certificates);
        if changed.contains(&JsonText) || changed.contains(&Base64) {
            draft.shorten(rng);
        }
        if changed.contains(&Certificate) {
            let der = self.der.case(rng);
            draft.put_root(rng, draft::block("CERTIFICATE", &der));
        }
        for _ in 0..changes(Pem, rng) {
            pem::change(rng, &mut draft, &self.certificates);
        }
        for _ in 0..changes(Address, rng) {
            draft.put_address(rng, address::odd);
        }
        let mut json = draft.json();
        for _ in 0..changes(Members, rng) {
            members::change(rng, &mut json);
        }
        let mut text = Vec::new();
        let spaced = rng.u8(..10) == 0;
        json.write(&mut text, &mut spaced.then(|| rng.fork()));
        for _ in 0..changes(JsonText, rng) {
            json_text::change(rng, &mut text);
        }
        let mut token = BASE64_STANDARD.encode(text).into_bytes();
        for _ in 0..changes(Base64, rng) {
            base64_text::change(rng, &mut token);
        }
        token
    }
}

fn mix(rng: &mut Rng) -> (&'static str, &'static [Level]) {
    let mut left = rng.u8(..TOTAL);
    for (share, name, levels) in MIXES {
        match left.checked_sub(share) {
            Some(rest) => left = rest,
            None => return (name, levels),
        }
    }
    unreachable!("the shares add up to {TOTAL}")
}
