//! What restoring a seeded snapshot destroys, and how old its base may be for that reason.
//!
//! A restore replaces the whole state of a cluster. What was written there after the base was saved
//! is lost; where there is no base, everything is.

use jiff::Timestamp;

/// What restoring a snapshot without a base erases.
pub(crate) const ERASED: &str = "KV, ACLs, config entries and all other peerings";

/// The oldest base that is used without asking, in seconds: a restore throws away what others did
/// since.
const OLDEST_BASE: i64 = 60 * 60;
/// How far two clocks may be apart, in seconds, without being wrong.
const CLOCK_SKEW: i64 = 60;

/// Whether a base saved at this time may be used without asking. One without a time, or from the
/// future, may not.
pub(crate) fn is_recent(saved: Option<Timestamp>, now: Timestamp) -> bool {
    let age = saved.map(|saved| now.as_second() - saved.as_second());
    age.is_some_and(|age| (-CLOCK_SKEW..=OLDEST_BASE).contains(&age))
}

/// Whether a base was certainly saved before this moment, by whichever clock.
pub(crate) fn is_before(saved: Timestamp, moment: Timestamp) -> bool {
    saved.as_second() + CLOCK_SKEW < moment.as_second()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_is_recent_for_an_hour_and_a_clock_may_be_a_minute_off() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let now = at(1_000_000);
        for (age, recent) in [
            (-61, false),
            (-60, true),
            (0, true),
            (3600, true),
            (3601, false),
        ] {
            assert_eq!(is_recent(Some(at(1_000_000 - age)), now), recent, "{age}");
        }
        assert!(!is_recent(None, now));
        assert!(is_before(at(999_939), now) && !is_before(at(999_940), now));
    }
}
