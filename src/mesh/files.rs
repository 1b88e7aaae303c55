//! The names of a kit's files, for whoever writes, checks, removes or mentions one.

use super::folder::MAX_SNAPSHOT;
use crate::whole_file::{MAX_FILE, MAX_LIST};
use peering_token::check_peer_name;

/// What the kit keeps from one run to the next, beside the sites' folders: all keys and secrets.
pub(super) const STATE: &str = ".mesh-state.json";
/// The sums of all files that go to a site, and their seal.
pub(super) const MANIFEST: &str = "manifest.json";
/// The page about all sites, beside their folders.
pub(super) const PAGE: &str = "mesh.html";
/// In a site's folder: what to type there.
pub(super) const RUNBOOK: &str = "RUNBOOK.md";
/// The roots that the site's dialers trust.
pub(super) const ROOTS: &str = "root.pem";
/// The agent configuration that installs the site's CA.
pub(super) const AGENT: &str = "agent-ca.json";
/// The snapshot that brings the site its peerings.
pub(super) const SNAPSHOT: &str = "seeded.snap";

/// What follows a peer's name: its token.
pub(super) const TOKEN: &str = ".token";
/// The body of the request that redeems its token.
pub(super) const BODY: &str = ".establish.json";
/// The Kubernetes Secret with its token.
pub(super) const SECRET: &str = ".secret.yaml";
/// The consul-k8s resource that reads that Secret.
pub(super) const RESOURCE: &str = ".peering.yaml";

/// Whether a path is one that some kit writes and lists in its manifest. No other is ever removed.
pub(super) fn is_of_kit(path: &str) -> bool {
    let Some((site, name)) = path.split_once('/') else {
        return path == PAGE;
    };
    let of_peer = |end: &&str| {
        let peer = name.strip_suffix(*end);
        peer.is_some_and(|peer| check_peer_name(peer).is_ok())
    };
    check_peer_name(site).is_ok()
        && ([RUNBOOK, ROOTS, AGENT, SNAPSHOT].contains(&name)
            || [TOKEN, BODY, SECRET, RESOURCE].iter().any(of_peer))
}

/// Whether a file of a kit holds keys or secrets. What is not known to hold none does.
pub(super) fn is_secret(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_plain = [PAGE, RUNBOOK, ROOTS, MANIFEST].contains(&name);
    !is_plain && !name.ends_with(RESOURCE)
}

/// The most bytes that a file of a kit may have.
pub(super) fn limit(path: &str) -> u64 {
    let limit = match path {
        _ if path.ends_with(SNAPSHOT) => return MAX_SNAPSHOT,
        PAGE | MANIFEST | STATE => MAX_LIST,
        _ => MAX_FILE,
    };
    u64::try_from(limit).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_but_those_of_a_kit_is_one() {
        for path in [
            "mesh.html",
            "berlin/RUNBOOK.md",
            "berlin/seeded.snap",
            "berlin/oslo.token",
            "berlin/oslo.establish.json",
            "berlin/oslo.secret.yaml",
        ] {
            assert!(is_of_kit(path), "{path}");
        }
        for path in [
            ".mesh-state.json",
            "manifest.json",
            "mesh.toml",
            "",
            "/mesh.html",
            "./mesh.html",
            "../mesh.html",
            "../kit/mesh.html",
            "berlin/../mesh.html",
            "berlin/./RUNBOOK.md",
            "berlin//RUNBOOK.md",
            "berlin/oslo/RUNBOOK.md",
            "../RUNBOOK.md",
            "/etc/RUNBOOK.md",
            "berlin/.token",
            "berlin/../x.token",
            "berlin/root.key",
            "Berlin/RUNBOOK.md",
            "berlin/a\u{0}.token",
            "berlin/.mesh-state.json",
        ] {
            assert!(!is_of_kit(path), "{path}");
        }
    }
}
