//! Go releases, and a release at work as a reader's [`Dialect`].
//!
//! What a server says depends on the Go release that built it, and for some rules on the `go` line of
//! its go.mod, which sets the defaults of GODEBUG. What changed when is in one table, [`CHANGES`].
//! Readers ask the dialect about a rule only where the answer matters to what they read. So after a
//! token is judged, the dialect knows for which other releases the verdict is the same
//! ([`Dialect::agrees_with`]), and nothing needs to be judged twice on the common path.

use crate::changes::{CHANGES, Change, Rule};
use std::cell::Cell;
use std::fmt;
use std::str::FromStr;

/// A Go 1 release and the `go` line of the go.mod that it builds.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use godialect::GoRelease;
///
/// let release: GoRelease = "1.23.12/1.22".parse()?;
/// assert_eq!(release, GoRelease::new(23, 12).with_line(22));
/// assert_eq!(release.to_string(), "1.23.12/1.22");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GoRelease {
    minor: u8,
    patch: u8,
    line: u8,
}

impl GoRelease {
    /// The release that the free functions of this crate follow: 1.26, as it builds a program with a
    /// `go` line of 1.25 or earlier.
    pub const REFERENCE: Self = Self::new(26, 8).with_line(25);

    /// Go 1.`minor`.`patch`, building a program whose `go` line names the same release.
    ///
    /// The table reaches from 1.18.1 to 1.27. An earlier release counts as 1.18, a later one as 1.27.
    #[must_use]
    pub const fn new(minor: u8, patch: u8) -> Self {
        let line = minor;
        Self { minor, patch, line }
    }

    /// The same release, building a program whose `go` line names Go 1.`line`.
    #[must_use]
    pub const fn with_line(self, line: u8) -> Self {
        Self { line, ..self }
    }

    /// The release as Go names it: `1.20` where it is the first of its branch up to 1.20, otherwise
    /// such as `1.21.0`.
    #[must_use]
    pub fn name(self) -> String {
        match (self.minor, self.patch) {
            (minor @ ..=20, 0) => format!("1.{minor}"),
            (minor, patch) => format!("1.{minor}.{patch}"),
        }
    }

    /// The `go` line, such as `1.20`.
    #[must_use]
    pub fn line(self) -> String {
        format!("1.{}", self.line)
    }

    /// Whether the release is one of these, the first of their branches, or follows one on its
    /// branch. A branch after the last of them has what the last one has.
    const fn follows(self, firsts: &[(u8, u8)]) -> bool {
        let mut left = firsts;
        while let [before @ .., (minor, patch)] = left {
            if *minor <= self.minor {
                return *minor < self.minor || *patch <= self.patch;
            }
            left = before;
        }
        false
    }

    const fn has(self, change: &Change) -> bool {
        self.follows(change.since) && !self.follows(change.until) && self.line >= change.line
    }

    /// The rules that hold, one bit each.
    const fn rules(self) -> u64 {
        let mut rules = 0;
        let mut left = CHANGES;
        while let [change, after @ ..] = left {
            if self.has(change) {
                rules |= change.rule.bit();
            }
            left = after;
        }
        rules
    }
}

impl fmt::Display for GoRelease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { minor, patch, line } = self;
        write!(f, "1.{minor}.{patch}")?;
        if line == minor {
            return Ok(());
        }
        write!(f, "/1.{line}")
    }
}

/// Why a text names no Go release.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a Go release such as 1.22.12 or 1.23.12/1.22, but found {found:?}")]
pub struct GoReleaseError {
    /// The text.
    pub found: String,
}

impl FromStr for GoRelease {
    type Err = GoReleaseError;

    /// Reads `1.X`, which is the first release of its branch, or `1.X.Y`, and the `go` line behind a
    /// slash.
    fn from_str(text: &str) -> Result<Self, GoReleaseError> {
        let numbers = |text: &str| {
            let mut numbers = text.strip_prefix("1.")?.split('.');
            let minor: u8 = numbers.next()?.parse().ok()?;
            let patch: u8 = numbers.next().unwrap_or("0").parse().ok()?;
            numbers.next().is_none().then_some((minor, patch))
        };
        let read = || {
            let (release, line) = text.split_once('/').unwrap_or((text, text));
            let (minor, patch) = numbers(release)?;
            let (line, _) = numbers(line)?;
            Some(Self { minor, patch, line })
        };
        read().ok_or_else(|| GoReleaseError {
            found: text.to_owned(),
        })
    }
}

/// A Go release at work: the rules that hold in it, and those that readers have asked about.
///
/// [`Default`] is [`GoRelease::REFERENCE`].
#[derive(Debug, Clone)]
pub struct Dialect {
    rules: u64,
    asked: Cell<u64>,
}

impl Default for Dialect {
    fn default() -> Self {
        const RULES: u64 = GoRelease::REFERENCE.rules();
        Self {
            rules: RULES,
            asked: Cell::new(0),
        }
    }
}

impl Dialect {
    /// The rules of a release.
    #[must_use]
    pub fn of(release: GoRelease) -> Self {
        Self {
            rules: release.rules(),
            asked: Cell::new(0),
        }
    }

    /// Whether a rule holds. To be asked only where the answer matters: see [`Self::agrees_with`].
    #[cold]
    pub fn has(&self, rule: Rule) -> bool {
        self.asked.set(self.asked.get() | rule.bit());
        self.rules & rule.bit() != 0
    }

    /// Whether the answer to a rule mattered in what was read since [`Self::forget`].
    #[must_use]
    pub fn has_met(&self, rule: Rule) -> bool {
        self.asked.get() & rule.bit() != 0
    }

    /// Whether another release reads the same in all that was read since [`Self::forget`]: no rule
    /// was asked about in which the two differ.
    #[must_use]
    pub fn agrees_with(&self, other: GoRelease) -> bool {
        self.asked.get() & (self.rules ^ other.rules()) == 0
    }

    /// Whether all releases read the same in all that was read since [`Self::forget`].
    #[must_use]
    pub fn agrees_with_all(&self) -> bool {
        self.asked.get() == 0
    }

    /// Forgets which rules were asked about.
    pub fn forget(&self) {
        self.asked.set(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_are_read_and_printed() {
        for (text, release) in [
            ("1.18.10", GoRelease::new(18, 10)),
            ("1.20", GoRelease::new(20, 0)),
            ("1.25.5/1.25.4", GoRelease::new(25, 5)),
            ("1.23.12/1.22", GoRelease::new(23, 12).with_line(22)),
        ] {
            assert_eq!(text.parse(), Ok(release), "{text}");
            assert_eq!(release.to_string().parse(), Ok(release), "{text}");
        }
        for text in [
            "", "1", "go1.20", "1.20.x", "1.20.1.2", "2.0", "1.300", "1.20/",
        ] {
            assert!(text.parse::<GoRelease>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_change_is_in_each_branch_from_its_first_release_on() {
        let firsts = [(24, 8), (25, 2)];
        for (minor, patch, follows) in [
            (23, 12, false),
            (24, 7, false),
            (24, 8, true),
            (24, 13, true),
            (25, 1, false),
            (25, 2, true),
            (26, 0, true),
        ] {
            let release = GoRelease::new(minor, patch);
            assert_eq!(release.follows(&firsts), follows, "{release}");
        }
        assert!(!GoRelease::new(27, 0).follows(&[]));
    }

    #[test]
    fn what_was_asked_tells_which_releases_agree() {
        let dialect = Dialect::default();
        assert!(dialect.agrees_with_all());
        assert!(dialect.has(Rule::NonNegativeSerialNumber));
        assert!(!dialect.agrees_with_all());
        assert!(dialect.agrees_with(GoRelease::new(23, 12)));
        assert!(!dialect.agrees_with(GoRelease::new(23, 12).with_line(22)));
        assert!(!dialect.agrees_with(GoRelease::new(22, 12)));
        dialect.forget();
        assert!(dialect.agrees_with(GoRelease::new(22, 12)));
    }
}
