//! The Go release that built each Consul release.
//!
//! Read off CHANGELOG.md of Consul's modules 1.20.1 and 1.22.3 ("Upgrade to use Go …"), and off
//! `.go-version` and go.mod in the modules 1.15.10, 1.16.6, 1.17.3, 1.18.2, 1.19.2, 1.20.1, 1.21.5 and
//! 1.22.3. Where the two differ, `.go-version` counts. 1.20.6 and 1.21.0 are from their go.mod, 1.22.6 from
//! pull request 23323. The `go` line is 1.20 or earlier up to Consul 1.19; to Go's defaults it is all one.

use godialect::GoRelease;

/// Consul 1.`minor`.`patch` and the releases after it, up to the next row.
struct Build {
    minor: u32,
    patch: u32,
    go: GoRelease,
}

const fn build(minor: u32, patch: u32, go: (u8, u8), line: u8) -> Build {
    let go = GoRelease::new(go.0, go.1).with_line(line);
    Build { minor, patch, go }
}

/// Oldest first.
const BUILDS: &[Build] = &[
    build(13, 0, (18, 1), 18),
    build(13, 5, (18, 9), 18),
    build(13, 7, (19, 6), 18),
    build(13, 8, (20, 4), 20),
    build(14, 0, (19, 2), 19),
    build(14, 3, (19, 4), 19),
    build(14, 5, (20, 1), 20),
    build(14, 7, (20, 4), 20),
    build(14, 9, (20, 7), 20),
    build(14, 10, (20, 8), 20),
    build(14, 11, (20, 10), 20),
    build(15, 0, (20, 1), 20),
    build(15, 3, (20, 4), 20),
    build(15, 5, (20, 7), 20),
    build(15, 6, (20, 8), 20),
    build(15, 7, (20, 10), 20),
    build(15, 8, (20, 12), 20),
    build(15, 9, (21, 6), 20),
    build(15, 10, (21, 7), 20),
    build(15, 13, (22, 5), 20),
    build(15, 18, (22, 12), 20),
    build(16, 0, (20, 4), 20),
    build(16, 1, (20, 7), 20),
    build(16, 2, (20, 8), 20),
    build(16, 3, (20, 10), 20),
    build(16, 4, (20, 12), 20),
    build(16, 5, (21, 6), 20),
    build(16, 6, (21, 7), 20),
    build(17, 0, (20, 10), 20),
    build(17, 1, (20, 12), 20),
    build(17, 2, (21, 6), 20),
    build(17, 3, (21, 7), 20),
    build(17, 6, (22, 5), 20),
    build(18, 0, (21, 7), 20),
    build(18, 1, (21, 8), 20),
    build(18, 2, (21, 10), 20),
    build(18, 3, (22, 5), 20),
    build(18, 8, (22, 12), 20),
    build(19, 0, (22, 4), 20),
    build(19, 1, (22, 5), 20),
    build(19, 5, (22, 12), 20),
    build(20, 0, (22, 7), 22),
    build(20, 3, (22, 12), 22),
    build(20, 6, (23, 8), 23),
    build(21, 0, (23, 8), 23),
    build(21, 2, (23, 10), 23),
    build(21, 4, (23, 12), 23),
    build(21, 5, (25, 0), 25),
    build(22, 0, (25, 3), 25),
    build(22, 1, (25, 4), 25),
    build(22, 3, (25, 5), 25),
    build(22, 6, (25, 8), 25),
];

/// What builds the main branch, and so what comes after the table.
const MAIN: GoRelease = GoRelease::new(26, 8);

/// The Consul releases 1.`minor`.`patch` that another Go builds than the one before, oldest first, each
/// with its Go.
pub(crate) fn builds() -> impl Iterator<Item = ((u32, u32), GoRelease)> {
    let known = BUILDS
        .iter()
        .map(|build| ((build.minor, build.patch), build.go));
    let next = BUILDS.last().map(|build| build.minor + 1);
    known.chain(next.map(|minor| ((minor, 0), MAIN)))
}

/// The Go of a Consul release; of the last one of its branch where the patch number is not known.
pub(crate) fn go(major: u32, minor: u32, patch: Option<u32>) -> GoRelease {
    let is_known = major == 1 && BUILDS.iter().any(|build| build.minor == minor);
    let patch = patch.unwrap_or(u32::MAX);
    BUILDS
        .iter()
        .rev()
        .find(|build| is_known && build.minor == minor && build.patch <= patch)
        .map_or(MAIN, |build| build.go)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_branch_starts_with_its_first_release() {
        let order = |build: &Build| (build.minor, build.patch);
        assert!(BUILDS.is_sorted_by(|a, b| order(a) < order(b)));
        for minor in 13..=22 {
            let first = BUILDS.iter().find(|build| build.minor == minor);
            assert!(first.is_some_and(|build| build.patch == 0), "1.{minor}");
        }
    }

    #[test]
    fn a_release_has_the_go_of_the_row_before() {
        for (minor, patch, expected) in [
            (13, Some(4), GoRelease::new(18, 1)),
            (13, Some(6), GoRelease::new(18, 9)),
            (15, Some(10), GoRelease::new(21, 7).with_line(20)),
            (18, Some(2), GoRelease::new(21, 10).with_line(20)),
            (20, Some(1), GoRelease::new(22, 7)),
            (21, None, GoRelease::new(25, 0)),
            (22, Some(0), GoRelease::new(25, 3)),
            (22, None, GoRelease::new(25, 8)),
            (23, Some(0), MAIN),
        ] {
            assert_eq!(go(1, minor, patch), expected, "1.{minor} {patch:?}");
        }
        assert_eq!(go(2, 0, Some(1)), MAIN);
    }
}
