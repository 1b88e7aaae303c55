//! Durations as a session's TTL has them, which a server reads with Go's `time.ParseDuration`.
//!
//! ```text
//! duration = "" | "0" | (number unit)+
//! number   = digit+ ("." digit*)?
//! ```
//!
//! Limits: a number has at most nine digits, and all together are below a year. Consul lets a session
//! have a day at most.

/// Returns true for a duration that Go reads.
pub(crate) fn is_duration(mut text: &[u8]) -> bool {
    const UNITS: [(&str, u64); 8] = [
        ("ns", 1),
        ("us", 1_000),
        ("\u{b5}s", 1_000),
        ("\u{3bc}s", 1_000),
        ("ms", 1_000_000),
        ("s", 1_000_000_000),
        ("m", 60_000_000_000),
        ("h", 3_600_000_000_000),
    ];
    const YEAR: u64 = 365 * 24 * 3_600_000_000_000;
    if matches!(text, b"" | b"0") {
        return true;
    }
    let digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut sum: u64 = 0;
    while !text.is_empty() {
        let (number, rest) = text.split_at(digits(text));
        // A part of one counts as one.
        let rest = match rest.strip_prefix(b".") {
            Some(rest) => rest.get(digits(rest)..).unwrap_or_default(),
            None => rest,
        };
        let unit = UNITS
            .iter()
            .find_map(|(unit, nanos)| Some((rest.strip_prefix(unit.as_bytes())?, nanos)));
        let Some((rest, nanos)) = unit.filter(|_| (1..=9).contains(&number.len())) else {
            return false;
        };
        let number = number.iter().fold(1, |number: u64, digit| {
            10 * number + u64::from(digit - b'0')
        });
        sum = sum.saturating_add(number.saturating_mul(*nanos));
        text = rest;
    }
    sum < YEAR
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of the texts, `time.ParseDuration` of Go 1.26 reads the first group, but for none, which Consul
    /// does not give it. It does not read the second. The third it reads, too.
    #[test]
    fn durations_are_those_that_go_reads() {
        for text in [
            "", "0", "10s", "1m30s", "1.5h", "1.s", "300us", "5\u{b5}s", "86400s",
        ] {
            assert!(is_duration(text.as_bytes()), "{text}");
        }
        for text in ["10", "s", "1d", "1 s", "999999999h", "1s1", "x", "1h-1m"] {
            assert!(!is_duration(text.as_bytes()), "{text}");
        }
        for text in ["-1s", ".5s", "9000h", "1000000000ns"] {
            assert!(!is_duration(text.as_bytes()), "{text}");
        }
    }
}
