//! The Consul releases whose tokens differ in shape.

use crate::built_with;
use godialect::GoRelease;
use serde::{Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// The shape of a token: which fields a server of some release writes, and in which order.
///
/// An older server ignores the fields that it does not know, so that a newer shape is no fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
#[non_exhaustive]
pub enum Shape {
    /// Consul 1.13: `CA`, `ServerAddresses`, `ServerName`, `PeerID`, `EstablishmentSecret`.
    V1_13,
    /// Consul 1.14 and 1.15: `ManualServerAddresses` behind `CA`, and `Remote` with `Partition` and
    /// `Datacenter` at the end.
    V1_14,
    /// Consul 1.16 and later: `Locality` in `Remote`.
    #[default]
    V1_16,
}

impl Shape {
    /// The first release of that shape, such as `1.16`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::V1_13 => "1.13",
            Self::V1_14 => "1.14",
            Self::V1_16 => "1.16",
        }
    }

    /// The releases, as a phrase.
    #[must_use]
    pub fn releases(self) -> &'static str {
        match self {
            Self::V1_13 => "Consul 1.13",
            Self::V1_14 => "Consul 1.14 or 1.15",
            Self::V1_16 => "Consul 1.16 or later",
        }
    }
}

/// As [`Shape::name`].
impl Serialize for Shape {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// A release such as `1.20` or `1.20.1`. The third number matters only to the Go that built it.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use peering_token::{Release, Shape};
///
/// let release: Release = "1.15.3".parse()?;
/// assert_eq!(release.shape(), Shape::V1_14);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Release {
    major: u32,
    minor: u32,
    patch: Option<u32>,
}

impl Release {
    /// The release `major.minor`. No check is made that it has peerings.
    #[must_use]
    pub const fn new(major: u32, minor: u32) -> Self {
        let patch = None;
        Self {
            major,
            minor,
            patch,
        }
    }

    pub(crate) const fn with_patch(major: u32, minor: u32, patch: u32) -> Self {
        Self {
            major,
            minor,
            patch: Some(patch),
        }
    }

    /// The Go release that built the server, with the `go` line of its go.mod: the one of the last
    /// known release of its branch where the third number was left out.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use peering_token::{GoRelease, Release};
    ///
    /// let release: Release = "1.22.3".parse()?;
    /// assert_eq!(release.go(), GoRelease::new(25, 5));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn go(self) -> GoRelease {
        built_with::go(self.major, self.minor, self.patch)
    }

    /// All the numbers that were given, such as `1.22` or `1.22.3`.
    #[must_use]
    pub fn number(self) -> String {
        match self.patch {
            Some(patch) => format!("{self}.{patch}"),
            None => self.to_string(),
        }
    }

    /// Whether a dialer of this release can speak to an acceptor of another. One of 1.22 or later
    /// wants the acceptor to agree on HTTP/2 by ALPN, which one of 1.21 or earlier does not do.
    #[must_use]
    pub fn can_dial(self, acceptor: Self) -> bool {
        let first = Self::new(1, 22);
        self < first || acceptor >= first
    }

    /// The shape of the tokens that the release mints.
    #[must_use]
    pub fn shape(self) -> Shape {
        match (self.major, self.minor) {
            (1, ..=13) => Shape::V1_13,
            (1, 14 | 15) => Shape::V1_14,
            _ => Shape::V1_16,
        }
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// Why a text names no release with peering tokens.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReleaseError {
    /// Not of the form X.Y or X.Y.Z.
    #[error("expected a Consul release such as 1.20, but found {found:?}")]
    NotARelease {
        /// The text.
        found: String,
    },
    /// A release from before there were peerings.
    #[error("expected Consul 1.13 or later, which have peering tokens, but found {found}")]
    NoPeering {
        /// The release.
        found: Release,
    },
}

impl FromStr for Release {
    type Err = ReleaseError;

    fn from_str(text: &str) -> Result<Self, ReleaseError> {
        let not_a_release = || ReleaseError::NotARelease {
            found: text.to_owned(),
        };
        let version = text.strip_prefix('v').unwrap_or(text);
        // What follows the numbers tells a build, as in 1.23.0-dev and 1.20.1+ent.
        let version = version.split(['-', '+']).next().unwrap_or_default();
        let numbers: Vec<u32> = version
            .split('.')
            .map(|number| {
                if number.bytes().all(|b| b.is_ascii_digit()) {
                    number.parse().map_err(|_| not_a_release())
                } else {
                    Err(not_a_release())
                }
            })
            .collect::<Result<_, _>>()?;
        let release = match *numbers {
            [major, minor] => Self::new(major, minor),
            [major, minor, patch] => Self::with_patch(major, minor, patch),
            _ => return Err(not_a_release()),
        };
        if release < Self::new(1, 13) {
            return Err(ReleaseError::NoPeering { found: release });
        }
        Ok(release)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_have_the_shapes_of_their_servers() {
        for (text, shape) in [
            ("1.13", Shape::V1_13),
            ("1.13.9", Shape::V1_13),
            ("1.14", Shape::V1_14),
            ("1.15.2", Shape::V1_14),
            ("1.16", Shape::V1_16),
            ("v1.22.0", Shape::V1_16),
            ("1.15.0+ent", Shape::V1_14),
            ("1.23.0-dev", Shape::V1_16),
            ("2.0", Shape::V1_16),
        ] {
            assert_eq!(text.parse::<Release>().map(Release::shape), Ok(shape));
        }
    }

    #[test]
    fn other_texts_are_told_what_was_expected() {
        for text in ["", "1", "1.x", "1.2.3.4", "latest", "1.99999999999"] {
            let error = text.parse::<Release>().unwrap_err();
            assert!(matches!(error, ReleaseError::NotARelease { .. }), "{text}");
        }
        assert_eq!(
            "1.12.4".parse::<Release>().unwrap_err().to_string(),
            "expected Consul 1.13 or later, which have peering tokens, but found 1.12"
        );
    }
}
