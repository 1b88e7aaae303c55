//! The cases in which we mean to differ from Go.

use crate::support::verdict::Verdict;

/// A divergence that was decided on.
pub struct Divergence {
    pub name: &'static str,
    pub reason: &'static str,
    /// Whether this is it: the token, our verdict and Go's.
    pub applies: fn(&[u8], &Verdict, &Verdict) -> bool,
}

/// Every known divergence. Any other difference fails the test.
pub const KNOWN: &[Divergence] = &[];

/// The known divergence behind this difference.
pub fn known(token: &[u8], ours: &Verdict, go: &Verdict) -> Option<&'static Divergence> {
    KNOWN.iter().find(|known| (known.applies)(token, ours, go))
}
