//! The names of a kit's files, for whoever writes, checks or mentions one.

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
