//! The two times of the validity, as Go reads them: it parses a text, writes the time again and
//! wants the same text.

use super::build::{Case, changed, refused, taken};
use crate::certificate::{
    GENERALIZED_TIME, NULL, SEQUENCE, SET, UTC_TIME, element, sequence, time, years_from,
};
use crate::maker::Maker;
use crate::vector::Vector;
use jiff::Timestamp;

const UTC: &str = "x509: malformed UTCTime";
const GENERALIZED: &str = "x509: malformed GeneralizedTime";
const UNSUPPORTED: &str = "x509: unsupported time format";

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    let end = time(years_from(maker.at, 9));
    let begin = time(years_from(maker.at, -1));
    let day = DayBefore::new(maker.at);
    let begins = utc_times(&day).into_iter().chain(zones(&day));
    let begins = begins.chain(days()).chain(generalized_times(&day));
    let begins = begins.map(|case| {
        case.vector(maker, |root, part| {
            root.validity = sequence(&[&part, &end]);
        })
    });
    let ends = ends().into_iter().map(|case| {
        case.vector(maker, |root, part| {
            root.validity = sequence(&[&begin, &part]);
        })
    });
    begins
        .chain(ends)
        .chain(frames(maker, &begin, &end))
        .collect()
}

fn utc(text: &str) -> Vec<u8> {
    element(UTC_TIME, text.as_bytes())
}

fn generalized(text: &str) -> Vec<u8> {
    element(GENERALIZED_TIME, text.as_bytes())
}

/// The day a year before a moment, so that all roots of these vectors are valid at it.
struct DayBefore(Timestamp);

impl DayBefore {
    fn new(at: Timestamp) -> Self {
        Self(years_from(at, -1))
    }

    /// A UTCTime of that day, given what follows the date.
    fn utc(&self, rest: &str) -> Vec<u8> {
        utc(&format!("{}{rest}", self.0.strftime("%y%m%d")))
    }

    /// A GeneralizedTime of that day, given what follows the date.
    fn generalized(&self, rest: &str) -> Vec<u8> {
        generalized(&format!("{}{rest}", self.0.strftime("%Y%m%d")))
    }
}

/// The time of day in a UTCTime.
fn utc_times(day: &DayBefore) -> Vec<Case> {
    let refused = |condition, description, rest: &str, near_miss| {
        refused(condition, description, day.utc(rest), UTC, near_miss)
    };
    vec![
        taken(
            "utc-time-without-seconds",
            "A UTCTime without seconds, as old standards have it.",
            day.utc("0102Z"),
        ),
        taken(
            "utc-time-last-second",
            "A UTCTime of the last second of a day.",
            day.utc("235959Z"),
        ),
        refused(
            "utc-time-hour-24",
            "A UTCTime of the hour 24.",
            "240000Z",
            "utc-time-last-second",
        ),
        refused(
            "utc-time-minute-60",
            "A UTCTime of the minute 60.",
            "006000Z",
            "utc-time-last-second",
        ),
        refused(
            "utc-time-second-60",
            "A UTCTime of the second 60, which a leap second would have.",
            "000060Z",
            "utc-time-last-second",
        ),
        refused(
            "utc-time-of-three-digits-for-seconds",
            "A UTCTime whose seconds are one digit.",
            "00000Z",
            "utc-time-without-seconds",
        ),
        refused(
            "utc-time-without-minutes",
            "A UTCTime without minutes.",
            "00Z",
            "utc-time-without-seconds",
        ),
        refused(
            "utc-time-with-a-fraction",
            "A UTCTime with a fraction of a second.",
            "000000.5Z",
            "utc-time-last-second",
        ),
        refused(
            "utc-time-without-zone",
            "A UTCTime without a zone.",
            "000000",
            "utc-time-last-second",
        ),
        refused(
            "utc-time-with-a-small-z",
            "A UTCTime with a small z.",
            "000000z",
            "utc-time-last-second",
        ),
        refused(
            "utc-time-and-more",
            "A UTCTime with a zero byte behind it.",
            "000000Z\0",
            "utc-time-last-second",
        ),
        refused(
            "utc-time-with-a-slash",
            "A UTCTime with a slash for a digit, the character before the zero.",
            "0/0000Z",
            "utc-time-last-second",
        ),
        refused(
            "utc-time-with-a-colon",
            "A UTCTime with a colon for a digit, the character behind the nine.",
            "00000:Z",
            "utc-time-last-second",
        ),
        refused(
            "utc-time-with-a-blank",
            "A UTCTime with a blank for a leading zero.",
            " 10000Z",
            "utc-time-last-second",
        ),
        super::build::refused(
            "utc-time-of-four-digits-a-year",
            "A GeneralizedTime that is labelled as a UTCTime.",
            utc("20010101000000Z"),
            UTC,
            "generalized-time-before-2050",
        ),
        super::build::refused(
            "utc-time-of-one-digit-a-year",
            "A UTCTime whose year is one digit.",
            utc("10101000000Z"),
            UTC,
            "utc-time-in-april",
        ),
        super::build::refused(
            "utc-time-negative",
            "A UTCTime with a sign before it.",
            utc("-10101000000Z"),
            UTC,
            "utc-time-in-april",
        ),
        super::build::refused(
            "utc-time-empty",
            "A UTCTime of no characters.",
            utc(""),
            UTC,
            "utc-time-in-april",
        ),
        super::build::refused(
            "utc-time-too-long",
            "A UTCTime that claims to go on beyond the validity.",
            [UTC_TIME, 0x7f, b'0'],
            UTC,
            "utc-time-in-april",
        ),
    ]
}

/// The zone behind a UTCTime.
fn zones(day: &DayBefore) -> Vec<Case> {
    let taken = |condition, description, rest: &str| taken(condition, description, day.utc(rest));
    let refused = |condition, description, rest: &str, near_miss| {
        refused(condition, description, day.utc(rest), UTC, near_miss)
    };
    vec![
        taken(
            "zone-east",
            "A UTCTime an hour and a half before UTC, which RFC 5280 does not allow.",
            "010203+0130",
        ),
        taken(
            "zone-without-seconds",
            "A UTCTime without seconds, an hour behind UTC.",
            "0102-0100",
        ),
        taken(
            "zone-of-a-minute",
            "A UTCTime a minute before UTC.",
            "010203+0001",
        ),
        taken(
            "zone-greatest",
            "A UTCTime in the zone farthest from UTC that Go knows, where there is no land.",
            "010203-2459",
        ),
        refused(
            "zone-of-25-hours",
            "A UTCTime 25 hours before UTC.",
            "010203+2500",
            "zone-greatest",
        ),
        refused(
            "zone-of-60-minutes",
            "A UTCTime 60 minutes before UTC, which Go would write as an hour.",
            "010203+0060",
            "zone-east",
        ),
        refused(
            "zone-zero",
            "A UTCTime with zeros for a zone, which Go would write as Z.",
            "010203+0000",
            "zone-of-a-minute",
        ),
        refused(
            "zone-minus-zero",
            "A UTCTime with negative zeros for a zone, which Go would write as Z.",
            "010203-0000",
            "zone-of-a-minute",
        ),
        refused(
            "zone-of-two-digits",
            "A UTCTime whose zone is hours alone.",
            "010203+01",
            "zone-east",
        ),
        refused(
            "zone-with-a-colon",
            "A UTCTime with a colon in its zone.",
            "010203+01:00",
            "zone-east",
        ),
        refused(
            "zone-without-sign",
            "A UTCTime whose zone has no sign.",
            "0102030130",
            "zone-east",
        ),
        refused(
            "zone-and-more",
            "A UTCTime with a Z behind its zone.",
            "010203+0130Z",
            "zone-east",
        ),
    ]
}

/// The days of a year, in a UTCTime of the year 2000 or 2001.
fn days() -> Vec<Case> {
    let refused = |condition, description, text: &str, near_miss| {
        refused(condition, description, utc(text), UTC, near_miss)
    };
    let taken = |condition, description, text: &str| taken(condition, description, utc(text));
    vec![
        taken(
            "utc-time-in-january",
            "The last day of January.",
            "010131000000Z",
        ),
        taken(
            "utc-time-in-april",
            "The last day of April.",
            "010430000000Z",
        ),
        taken(
            "utc-time-in-february",
            "The last day of February in a common year.",
            "010228000000Z",
        ),
        taken(
            "utc-time-leap-day",
            "The leap day of the year 2000.",
            "000229000000Z",
        ),
        refused(
            "utc-time-no-leap-day",
            "A leap day of the year 2001, which has none.",
            "010229000000Z",
            "utc-time-leap-day",
        ),
        refused(
            "utc-time-30-february",
            "The 30th of February of a leap year.",
            "000230000000Z",
            "utc-time-leap-day",
        ),
        refused(
            "utc-time-31-april",
            "The 31st of April.",
            "010431000000Z",
            "utc-time-in-april",
        ),
        refused(
            "utc-time-32-january",
            "The 32nd of January.",
            "010132000000Z",
            "utc-time-in-january",
        ),
        refused(
            "utc-time-day-zero",
            "The day zero of a month.",
            "010100000000Z",
            "utc-time-in-january",
        ),
        refused(
            "utc-time-month-zero",
            "The month zero.",
            "010001000000Z",
            "utc-time-in-january",
        ),
        refused(
            "utc-time-month-13",
            "The month 13.",
            "011301000000Z",
            "utc-time-in-january",
        ),
    ]
}

/// Times with four digits for the year.
fn generalized_times(day: &DayBefore) -> Vec<Case> {
    let refused = |condition, description, text: &str, near_miss| {
        let part = generalized(text);
        refused(condition, description, part, GENERALIZED, near_miss)
    };
    let taken_at =
        |condition, description, text: &str| taken(condition, description, generalized(text));
    vec![
        taken(
            "generalized-time-before-2050",
            "A GeneralizedTime for a year that a UTCTime could tell, as RFC 5280 wants it.",
            day.generalized("010203Z"),
        ),
        taken(
            "generalized-time-with-a-zone",
            "A GeneralizedTime an hour behind UTC.",
            day.generalized("010203-0100"),
        ),
        taken_at(
            "generalized-time-year-zero",
            "The leap day of the year zero, with which Go begins to count.",
            "00000229000000Z",
        ),
        taken_at(
            "generalized-time-leap-day-of-a-century",
            "The leap day of 1600, a century that 400 divides.",
            "16000229000000Z",
        ),
        refused(
            "generalized-time-no-leap-day-of-a-century",
            "A leap day of 1900, which had none.",
            "19000229000000Z",
            "generalized-time-leap-day-of-a-century",
        ),
        taken_at(
            "generalized-time-leap-day",
            "The leap day of 1996.",
            "19960229000000Z",
        ),
        refused(
            "generalized-time-no-leap-day",
            "A leap day of 1998, which had none.",
            "19980229000000Z",
            "generalized-time-leap-day",
        ),
        refused(
            "generalized-time-without-seconds",
            "A GeneralizedTime without seconds.",
            "200101020304Z",
            "utc-time-without-seconds",
        ),
        refused(
            "generalized-time-second-60",
            "A GeneralizedTime of the second 60.",
            "20010102030460Z",
            "generalized-time-before-2050",
        ),
        refused(
            "generalized-time-with-a-fraction",
            "A GeneralizedTime with a fraction of a second, which ASN.1 allows and RFC 5280 does not.",
            "20010102030405.5Z",
            "generalized-time-before-2050",
        ),
        refused(
            "generalized-time-without-zone",
            "A GeneralizedTime without a zone, the local time of nobody knows where.",
            "20010102030405",
            "generalized-time-before-2050",
        ),
        refused(
            "generalized-time-of-two-digits-a-year",
            "A UTCTime that is labelled as a GeneralizedTime.",
            "010102030405Z",
            "utc-time-in-january",
        ),
        refused(
            "generalized-time-of-five-digits-a-year",
            "A GeneralizedTime of the year 12001.",
            "120010102030405Z",
            "generalized-time-before-2050",
        ),
        refused(
            "generalized-time-negative",
            "A GeneralizedTime before the year zero.",
            "-0010102030405Z",
            "generalized-time-year-zero",
        ),
        refused(
            "generalized-time-empty",
            "A GeneralizedTime of no characters.",
            "",
            "generalized-time-before-2050",
        ),
    ]
}

/// The second time.
fn ends() -> Vec<Case> {
    vec![
        taken(
            "end-in-9999",
            "A root that is valid to the last second of the year 9999, which stands for no end.",
            generalized("99991231235959Z"),
        ),
        taken(
            "end-in-1950",
            "A UTCTime of the year 50 for the end: meant was 2050, but that is 1950.",
            utc("500101000000Z"),
        )
        .finds(&["ca-expired"]),
        taken(
            "end-in-2050",
            "The same moment of the year 2050 as a GeneralizedTime.",
            generalized("20500101000000Z"),
        ),
        refused(
            "end-broken",
            "A sound time for the beginning, and a day that there is not for the end.",
            utc("490431000000Z"),
            UTC,
            "end-in-9999",
        ),
        refused(
            "end-absent",
            "A validity without an end.",
            [],
            UNSUPPORTED,
            "end-in-9999",
        ),
        refused(
            "end-null",
            "A NULL for an end.",
            [NULL, 0],
            UNSUPPORTED,
            "end-in-9999",
        ),
    ]
}

/// The validity as a whole.
fn frames(maker: &Maker, begin: &[u8], end: &[u8]) -> Vec<Vector> {
    let validity = |condition: &str, description: &str, validity: Vec<u8>| {
        changed(maker, condition, description, |root| {
            root.validity = validity;
        })
    };
    vec![
        validity(
            "validity-set",
            "A set in place of the sequence that the validity is.",
            element(SET, &[begin, end].concat()),
        )
        .bad_root("x509: malformed validity")
        .unlike("validity-with-a-third-time"),
        validity(
            "validity-empty",
            "A validity without times.",
            vec![SEQUENCE, 0],
        )
        .bad_root(UNSUPPORTED)
        .unlike("end-in-9999"),
        validity(
            "validity-of-text",
            "A PrintableString for the beginning.",
            sequence(&[&element(19, b"010101000000Z"), end]),
        )
        .bad_root(UNSUPPORTED)
        .unlike("utc-time-in-january"),
        validity(
            "validity-with-a-third-time",
            "A third time behind the two, which nobody reads.",
            sequence(&[begin, end, end]),
        ),
        validity(
            "validity-without-a-moment",
            "A root that ends before it begins: at no moment is it valid.",
            sequence(&[end, begin]),
        )
        .finds(&["ca-expired", "ca-not-yet-valid"])
        .unlike("sound"),
    ]
}
