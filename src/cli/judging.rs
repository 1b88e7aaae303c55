//! The flags that say at which moment and between whom a token is judged, and which findings count.

use crate::finding::{Context, Finding, Level, Rule, rule};
use clap::ValueEnum;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};
use peering_token::Release;

/// The flags.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct JudgingArgs {
    /// Judge dates at another moment than now, such as 2027-03-01 or 2027-03-01T08:00:00Z.
    #[arg(long, value_name = "TIME", value_parser = moment, help_heading = "Findings")]
    at: Option<Timestamp>,
    /// How long the peering is to last: a root that expires sooner is found.
    #[arg(
        long,
        value_name = "TIME",
        default_value = "30d",
        value_parser = duration,
        help_heading = "Findings"
    )]
    within: SignedDuration,
    /// The release of the dialer's servers, such as 1.22.
    #[arg(long, value_name = "X.Y", help_heading = "Findings")]
    dialer_version: Option<Release>,
    /// The release of the acceptor's servers.
    #[arg(long, value_name = "X.Y", help_heading = "Findings")]
    acceptor_version: Option<Release>,
    /// Leave out the findings of that name or code; repeatable.
    #[arg(long, value_name = "NAME", value_parser = known_rule, help_heading = "Findings")]
    allow: Vec<&'static Rule>,
    /// Make the findings of that name or code errors; repeatable.
    #[arg(long, value_name = "NAME", value_parser = known_rule, help_heading = "Findings")]
    deny: Vec<&'static Rule>,
    /// The least finding that makes the answer no: error, warning or never.
    #[arg(
        long,
        value_enum,
        value_name = "LEVEL",
        default_value = "error",
        hide_possible_values = true,
        help_heading = "Findings"
    )]
    fail_on: FailOn,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum FailOn {
    Error,
    Warning,
    Never,
}

impl JudgingArgs {
    pub(super) fn without_flags() -> Self {
        Self {
            at: None,
            within: SignedDuration::from_hours(30 * 24),
            dialer_version: None,
            acceptor_version: None,
            allow: Vec::new(),
            deny: Vec::new(),
            fail_on: FailOn::Error,
        }
    }

    /// What is known beside the token, as far as flags tell.
    pub(super) fn context(&self) -> Context<'static> {
        let mut context = Context::at(self.at.unwrap_or_else(Timestamp::now));
        context.within = self.within;
        context.dialer_version = self.dialer_version;
        context.acceptor_version = self.acceptor_version;
        context
    }

    /// Takes out what is allowed, and makes errors of what is denied.
    pub(super) fn weigh(&self, findings: &mut Vec<Finding>) {
        findings.retain(|finding| !is_one_of(&self.allow, finding.code));
        for finding in findings.iter_mut() {
            if is_one_of(&self.deny, finding.code) {
                finding.level = Level::Error;
            }
        }
    }

    /// Whether a rule is asked for by name.
    pub(super) fn denies(&self, rule: &Rule) -> bool {
        is_one_of(&self.deny, rule.code)
    }

    /// Whether the answer is no for these findings.
    pub(super) fn fails(&self, findings: &[Finding]) -> bool {
        let least = match self.fail_on {
            FailOn::Error => Level::Error,
            FailOn::Warning => Level::Warning,
            FailOn::Never => return false,
        };
        findings.iter().any(|finding| finding.level >= least)
    }
}

fn is_one_of(rules: &[&Rule], code: &str) -> bool {
    rules.iter().any(|rule| rule.code == code)
}

/// Reads a moment. Where no offset is given it is in UTC, and a date is its first second.
pub(super) fn moment(text: &str) -> Result<Timestamp, String> {
    let in_utc = |_| TimeZone::UTC.to_timestamp(text.parse::<DateTime>()?);
    text.parse().or_else(in_utc).map_err(|_: jiff::Error| {
        "expected a date such as 2027-03-01, or a time such as 2027-03-01T08:00:00Z".to_owned()
    })
}

/// Reads a duration, in which a day has 24 hours, a month 30 days and a year 365.
fn duration(text: &str) -> Result<SignedDuration, String> {
    const DAY: i64 = 24 * 60 * 60;
    let unreadable = || "expected a duration such as 30d, 12h or 6mo".to_owned();
    let span: Span = text.parse().map_err(|_| unreadable())?;
    let days = i64::from(span.get_years()) * 365
        + i64::from(span.get_months()) * 30
        + i64::from(span.get_weeks()) * 7
        + i64::from(span.get_days());
    let rest = span.years(0).months(0).weeks(0).days(0);
    let rest = SignedDuration::try_from(rest).map_err(|_| unreadable())?;
    let days = SignedDuration::from_secs(days.saturating_mul(DAY));
    match days.checked_add(rest) {
        Some(duration) if !duration.is_negative() => Ok(duration),
        _ => Err(unreadable()),
    }
}

fn known_rule(name: &str) -> Result<&'static Rule, String> {
    let unknown = "there is no finding of that name or code; peertok explain --list shows all";
    rule(name).ok_or_else(|| unknown.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_in_utc_unless_they_say_otherwise() {
        for (text, expected) in [
            ("2027-03-01", Some("2027-03-01T00:00:00Z")),
            ("2027-03-01T08:30", Some("2027-03-01T08:30:00Z")),
            ("2027-03-01 08:30:15", Some("2027-03-01T08:30:15Z")),
            ("2027-03-01T08:30:15.5Z", Some("2027-03-01T08:30:15.5Z")),
            ("2027-03-01T08:00:00+02:00", Some("2027-03-01T06:00:00Z")),
            ("tomorrow", None),
            ("2027-02-30", None),
            ("", None),
        ] {
            let found = moment(text).ok().map(|moment| moment.to_string());
            assert_eq!(found.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn durations_are_in_fixed_units() {
        const DAY: i64 = 86_400;
        for (text, expected) in [
            ("30d", Some(30 * DAY)),
            ("12h", Some(DAY / 2)),
            ("1d 12h", Some(DAY + DAY / 2)),
            ("6mo", Some(180 * DAY)),
            ("2y", Some(730 * DAY)),
            ("1 week", Some(7 * DAY)),
            ("0s", Some(0)),
            ("-1d", None),
            ("30", None),
            ("soon", None),
            ("99999999999y", None),
        ] {
            let found = duration(text).ok().map(|duration| duration.as_secs());
            assert_eq!(found, expected, "{text}");
        }
    }
}
