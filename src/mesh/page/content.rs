//! What the page tells.

use crate::finding::{Finding, Level};
use crate::roots::RootDetails;
use jiff::Timestamp;

/// What the page tells; nothing in it is secret.
#[derive(Debug, Clone)]
pub(crate) struct Report {
    /// The page's heading, such as the name of the file that describes the sites.
    pub(crate) title: String,
    /// When the kit was made, which is also the moment at which dates are judged.
    pub(crate) made_at: Timestamp,
    /// How its peerings come up.
    pub(crate) mode: Mode,
    /// The sites, in the order of the file.
    pub(crate) sites: Vec<SiteReport>,
    /// The pairs, in the order of the file.
    pub(crate) pairs: Vec<PairReport>,
}

/// How the peerings of a kit come up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// The dialer establishes with a token.
    Token,
    /// Both ends are seeded, and peer by themselves.
    Active,
}

/// One site.
#[derive(Debug, Clone)]
pub(crate) struct SiteReport {
    /// Its name in the kit.
    pub(crate) name: String,
    /// Its Consul datacenter.
    pub(crate) datacenter: String,
    /// The name in its servers' certificates, `server.<datacenter>.peering.<trust domain>`.
    pub(crate) server_name: String,
    /// Where its servers or mesh gateways are reached from outside, with port.
    pub(crate) addresses: Vec<String>,
    /// Its roots; none where it peers in plaintext.
    pub(crate) roots: Vec<RootDetails>,
    /// The snapshot that its own was made from; none for a new cluster, or one that is not restored.
    pub(crate) base: Option<BaseReport>,
    /// Whether its cluster is a new one.
    pub(crate) is_new: bool,
}

/// The snapshot that a site's own was made from.
#[derive(Debug, Clone)]
pub(crate) struct BaseReport {
    /// The file's name.
    pub(crate) name: String,
    /// When it was saved, if it says so.
    pub(crate) saved_at: Option<Timestamp>,
}

/// Two sites that peer.
#[derive(Debug, Clone)]
pub(crate) struct PairReport {
    /// The index in [`Report::sites`] of the site that dials.
    pub(crate) dialer: usize,
    /// The index of the site that accepts.
    pub(crate) acceptor: usize,
    /// The peering's name at the dialer, which stands for the acceptor.
    pub(crate) name_at_dialer: String,
    /// The peering's name at the acceptor, which stands for the dialer.
    pub(crate) name_at_acceptor: String,
    /// The addresses in the token that are dialed.
    pub(crate) addresses: Vec<String>,
    /// What was found in the token.
    pub(crate) findings: Vec<Finding>,
}

impl Report {
    /// A site's name; an index that no site has gives an empty one.
    pub(super) fn site_name(&self, index: usize) -> &str {
        self.sites.get(index).map_or("", |site| &site.name)
    }
}

impl PairReport {
    /// The level of the worst finding.
    pub(super) fn worst(&self) -> Option<Level> {
        self.findings.iter().map(|finding| finding.level).max()
    }
}
