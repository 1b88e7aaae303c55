//! DER certificates for the comparison with Go: good ones, odd ones and broken ones.
//!
//! A case starts from a certificate (made with rcgen, a real public root, or put together here from odd parts) and takes
//! up to four mutations, most of which leave the surrounding lengths right so that they reach the
//! rules deep inside. Two cases in five have a single odd part instead.

mod assemble;
mod build;
mod extension;
mod hostile;
mod key;
mod mutate;
mod seeds;
mod text;
mod tree;

use fastrand::Rng;

/// Makes cases from a fixed set of starting certificates.
pub struct Generator {
    seeds: Vec<Vec<u8>>,
}

impl Generator {
    /// Collects the starting certificates.
    pub fn new() -> Self {
        Self {
            seeds: seeds::all(),
        }
    }

    /// A certificate that follows from the generator's state.
    pub fn case(&self, rng: &mut Rng) -> Vec<u8> {
        let start = match rng.u8(..10) {
            0..4 => return assemble::focus(rng),
            4..6 => rng.choice(&self.seeds).expect("there are seeds").clone(),
            _ => assemble::assemble(rng),
        };
        let mutations = match rng.u8(..10) {
            0..3 => 0,
            3..7 => 1,
            7 => 2,
            8 => 3,
            _ => 4,
        };
        mutate::mutate(rng, start, mutations)
    }
}
