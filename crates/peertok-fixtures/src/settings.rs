//! What the bytes of all vectors follow from.

use jiff::Timestamp;

/// What a corpus depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Settings {
    /// The number from which all keys, IDs and secrets follow.
    pub seed: u64,
    /// The time at which dates are judged: sound certificates are valid then. The labels hold from
    /// 2002 to 2048, since some roots are about the years in which a certificate writes the century
    /// differently.
    pub at: Timestamp,
}

impl Settings {
    /// Returns the settings with this seed and this time.
    #[must_use]
    pub fn new(seed: u64, at: Timestamp) -> Self {
        Self { seed, at }
    }
}

impl Default for Settings {
    /// Returns the settings of the committed corpus: seed 1, 2026-12-01.
    fn default() -> Self {
        Self {
            seed: 1,
            // 2026-12-01T00:00:00Z.
            at: Timestamp::constant(1_796_083_200, 0),
        }
    }
}
