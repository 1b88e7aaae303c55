//! The file that describes a mesh: TOML, with the place of whatever is wrong in it.
//!
//! ```toml
//! mode = "token"              # or "active"
//! pairs = "full"              # or [{ accept = "berlin", dial = "tokyo" }]
//!
//! [[sites]]
//! name = "berlin"
//! state = "new"               # or "running"
//! datacenter = "dc1"
//! addresses = ["203.0.113.5:8503"]
//! ```
//!
//! What can be told from the text alone is checked here; what the files say that it names is checked
//! where they are read.

use super::error::{Fault, Located};
use crate::similar::most_alike;

use peering_token::{Release, check_peer_name};
use serde::de::{self, Deserializer, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::path::PathBuf;
use toml::Spanned;

/// How the peerings of a mesh come up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// The acceptor's snapshot knows a token, and the dialer establishes with it.
    #[default]
    Token,
    /// Both ends' snapshots have the secret of the stream, and peer by themselves.
    Active,
}

impl Mode {
    /// The mode's name, as the file has it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Active => "active",
        }
    }
}

/// Whether a site's cluster has anything to lose. Nothing says this but the file: a snapshot without
/// a base, restored on a running cluster, erases it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum SiteState {
    /// Nothing: its snapshot is made without a base.
    New,
    /// Its data and its peerings: its snapshot is made from a base, or not at all.
    Running,
}

/// A file that describes a mesh, read and checked for what can be told from its text.
#[derive(Debug, Clone)]
pub struct MeshFile {
    pub(super) mode: Option<Mode>,
    pub(super) sites: Vec<SiteEntry>,
    pub(super) pairs: PairsEntry,
    allow_private: bool,
}

/// What the file says of a site.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SiteEntry {
    pub(super) name: Spanned<String>,
    pub(super) datacenter: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) addresses: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) external_addresses: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) ca: Vec<Spanned<PathBuf>>,
    pub(super) key: Option<Spanned<PathBuf>>,
    pub(super) cluster_id: Option<Spanned<String>>,
    pub(super) base: Option<Spanned<PathBuf>>,
    state: Option<Spanned<SiteState>>,
    pub(super) allow_private: Option<bool>,
    pub(super) consul_version: Option<Spanned<String>>,
    pub(super) kubernetes: Option<Kubernetes>,
}

/// What the file says of a site that runs on Kubernetes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Kubernetes {
    pub(super) namespace: Option<Spanned<String>>,
    #[serde(default = "secret_prefix")]
    pub(super) secret_prefix: Spanned<String>,
}

fn secret_prefix() -> Spanned<String> {
    Spanned::new(0..0, "peering-".to_owned())
}

/// Which sites peer.
#[derive(Debug, Clone)]
pub(super) enum PairsEntry {
    /// All with all.
    Full,
    /// These.
    List(Vec<Spanned<PairEntry>>),
}

/// Who accepts and who dials, by name.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PairEntry {
    pub(super) accept: Spanned<String>,
    pub(super) dial: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    mode: Option<Mode>,
    pairs: Option<PairsEntry>,
    #[serde(default)]
    allow_private: bool,
    #[serde(default)]
    sites: Vec<SiteEntry>,
}

/// The keys of each table, for a key that is near to one.
const KEYS: [&str; 24] = [
    "mode",
    "pairs",
    "sites",
    "name",
    "datacenter",
    "addresses",
    "external_addresses",
    "ca",
    "key",
    "cluster_id",
    "base",
    "state",
    "allow_private",
    "consul_version",
    "kubernetes",
    "namespace",
    "secret_prefix",
    "accept",
    "dial",
    "full",
    "token",
    "active",
    "new",
    "running",
];

/// The most pairs of a kit: those of 1,000 sites. A kit of more has files that are not read again.
const MOST_PAIRS: usize = 500_000;
/// For how many unknown names a known one is looked for that is near: each is held against all.
const MOST_NEAR: usize = 20;

/// The key that `state` replaced.
const REPLACED: &str = "restored";

impl MeshFile {
    /// Reads a file's text.
    ///
    /// # Errors
    ///
    /// All that is wrong in it, in the order of the text; where it is no TOML, the first fault.
    pub fn parse(text: &str) -> Result<Self, Vec<Located>> {
        let document: Document = toml::from_str(text).map_err(|error| {
            let at = error.span().unwrap_or(0..0);
            let message = in_words(error.message());
            let known = error.message().starts_with("unknown ");
            let found = text.get(at.clone()).filter(|_| known);
            if found.is_some_and(|found| unquoted(found) == REPLACED) {
                return vec![Located::new(at, Fault::Restored)];
            }
            let near = found.and_then(near);
            vec![Located::new(at, Fault::Toml { message, near })]
        })?;
        let mut faults = Vec::new();
        if document.sites.is_empty() {
            faults.push(Located::new(0..0, Fault::NoSites));
        }
        let mut seen = BTreeMap::new();
        for site in &document.sites {
            let (name, at) = (site.name.get_ref(), site.name.span());
            if let Err(error) = check_peer_name(name) {
                faults.push(Located::new(at, Fault::Name(error)));
            } else if seen.insert(name.clone(), ()).is_some() {
                faults.push(Located::new(at, Fault::NameTwice { name: name.clone() }));
            }
            site.check(&mut faults);
        }
        let pairs = document.pairs.unwrap_or(PairsEntry::Full);
        let count = match &pairs {
            PairsEntry::Full => seen.len().saturating_mul(seen.len().saturating_sub(1)) / 2,
            PairsEntry::List(list) => list.len(),
        };
        if count > MOST_PAIRS {
            faults.push(Located::new(0..0, Fault::TooManyPairs { count }));
        }
        if let PairsEntry::List(list) = &pairs {
            check_pairs(list, &seen, &mut faults);
        }
        if !faults.is_empty() {
            faults.sort_by_key(|fault| fault.span.start);
            return Err(faults);
        }
        Ok(Self {
            mode: document.mode,
            sites: document.sites,
            pairs,
            allow_private: document.allow_private,
        })
    }

    /// Whether a site may be dialed at an address that only the inside of a network reaches.
    pub(super) fn allows_private(&self, site: &SiteEntry) -> bool {
        site.allow_private.unwrap_or(self.allow_private)
    }
}

impl SiteEntry {
    /// Whether it has anything to lose. A base is a snapshot of a running cluster.
    pub(super) fn state(&self) -> SiteState {
        let given = self.state.as_ref().map(|state| *state.get_ref());
        given.unwrap_or(SiteState::Running)
    }

    /// Where the file says so, or else its name.
    pub(super) fn state_at(&self) -> Range<usize> {
        let given = self.state.as_ref().map(Spanned::span);
        given.unwrap_or_else(|| self.name.span())
    }

    fn check(&self, faults: &mut Vec<Located>) {
        if let Some(version) = &self.consul_version
            && let Err(error) = version.get_ref().parse::<Release>()
        {
            faults.push(Located::new(version.span(), Fault::Release(error)));
        }
        if let Some(id) = &self.cluster_id
            && !consul_snapshot::is_uuid(id.get_ref())
        {
            let found = id.get_ref().clone();
            faults.push(Located::new(id.span(), Fault::ClusterId { found }));
        }
        if let Some(key) = &self.key
            && self.ca.is_empty()
        {
            faults.push(Located::new(key.span(), Fault::KeyWithoutCa));
        }
        match (&self.state, &self.base) {
            (None, None) => {
                let name = self.name.get_ref().clone();
                faults.push(Located::new(self.name.span(), Fault::NoState { name }));
            }
            (Some(state), Some(_)) if *state.get_ref() == SiteState::New => {
                let name = self.name.get_ref().clone();
                faults.push(Located::new(state.span(), Fault::BaseOfNew { name }));
            }
            _ => {}
        }
        if let Some(base) = &self.base {
            if let Some(ca) = self.ca.first() {
                faults.push(Located::new(ca.span(), Fault::CaBesideBase));
            }
            if let Some(id) = &self.cluster_id {
                faults.push(Located::new(id.span(), Fault::ClusterIdBesideBase));
            }
            if base.get_ref().as_os_str().is_empty() {
                faults.push(Located::new(base.span(), Fault::EmptyPath));
            }
        } else if self.datacenter.is_none() {
            faults.push(Located::new(self.name.span(), Fault::NoDatacenter));
        }
    }
}

fn check_pairs(
    list: &[Spanned<PairEntry>],
    sites: &BTreeMap<String, ()>,
    faults: &mut Vec<Located>,
) {
    let mut seen = BTreeMap::new();
    let mut unknown = 0;
    for entry in list {
        let pair = entry.get_ref();
        let mut known = true;
        for end in [&pair.accept, &pair.dial] {
            if !sites.contains_key(end.get_ref()) {
                known = false;
                unknown += 1;
                let near = (unknown <= MOST_NEAR)
                    .then(|| most_alike(end.get_ref(), sites.keys().map(String::as_str)))
                    .flatten();
                let fault = Fault::NoSuchSite {
                    name: end.get_ref().clone(),
                    near: near.map(str::to_owned),
                };
                faults.push(Located::new(end.span(), fault));
            }
        }
        let (accept, dial) = (pair.accept.get_ref(), pair.dial.get_ref());
        if !known {
            continue;
        }
        if accept == dial {
            let name = accept.clone();
            faults.push(Located::new(entry.span(), Fault::PairWithItself { name }));
            continue;
        }
        let key = (accept.min(dial).clone(), accept.max(dial).clone());
        let fault = match seen.insert(key, accept.clone()) {
            None => continue,
            Some(first) if first == *accept => Fault::PairTwice {
                accept: accept.clone(),
                dial: dial.clone(),
            },
            Some(_) => Fault::BothWays {
                accept: accept.clone(),
                dial: dial.clone(),
            },
        };
        faults.push(Located::new(entry.span(), fault));
    }
}

/// What the parser says, in the form of all messages.
fn in_words(message: &str) -> String {
    let first = message.lines().next().unwrap_or_default();
    let words = first.replace('`', "\"");
    if let Some(key) = words.strip_prefix("missing field ") {
        return format!("expected the key {key}, but found none");
    }
    let unknown = ["unknown field ", "unknown variant "];
    let unknown = unknown.iter().find_map(|start| words.strip_prefix(start));
    match unknown.and_then(|rest| rest.split_once(", expected ")) {
        Some((found, expected)) => format!("expected {expected}, but found {found}"),
        None => words,
    }
}

/// The known word that is nearest to a key or value, as it stands in the text.
fn near(found: &str) -> Option<String> {
    most_alike(unquoted(found), KEYS).map(str::to_owned)
}

fn unquoted(found: &str) -> &str {
    found.trim_matches(['"', '\''])
}

impl<'de> Deserialize<'de> for PairsEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;

        impl<'de> Visitor<'de> for Pairs {
            type Value = PairsEntry;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("\"full\" or a list of { accept = \"NAME\", dial = \"NAME\" }")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<PairsEntry, E> {
                match text {
                    "full" => Ok(PairsEntry::Full),
                    _ => Err(E::invalid_value(de::Unexpected::Str(text), &self)),
                }
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<PairsEntry, A::Error> {
                let mut list = Vec::new();
                while let Some(pair) = seq.next_element()? {
                    list.push(pair);
                }
                Ok(PairsEntry::List(list))
            }
        }

        deserializer.deserialize_any(Pairs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TWO: &str = "[[sites]]\nname = \"a\"\nstate = \"new\"\ndatacenter = \"dc1\"\n[[sites]]\nname = \"b\"\nstate = \"running\"\ndatacenter = \"dc2\"\n";

    /// What is wrong in a text, each with the text it is found at.
    fn faults(text: &str) -> Vec<(String, String)> {
        let faults = MeshFile::parse(text).expect_err(text);
        let found = |fault: &Located| {
            let at = text.get(fault.span.clone()).unwrap_or_default();
            (at.to_owned(), fault.fault.to_string())
        };
        faults.iter().map(found).collect()
    }

    #[test]
    fn two_sites_are_enough() {
        let file = MeshFile::parse(TWO).unwrap();
        assert_eq!((file.sites.len(), file.mode), (2, None));
        assert!(matches!(file.pairs, PairsEntry::Full));
    }

    #[test]
    fn each_fault_names_its_place() {
        for (extra, at) in [
            ("pairs = [{accept = \"a\", dial = \"c\"}]", "\"c\""),
            (
                "pairs = [{accept = \"a\", dial = \"a\"}]",
                "{accept = \"a\", dial = \"a\"}",
            ),
            (
                "pairs = [{accept = \"a\", dial = \"b\"}, {accept = \"a\", dial = \"b\" }]",
                "{accept = \"a\", dial = \"b\" }",
            ),
            (
                "pairs = [{accept = \"a\", dial = \"b\"}, {accept = \"b\", dial = \"a\"}]",
                "{accept = \"b\", dial = \"a\"}",
            ),
            ("pears = \"full\"", "pears"),
            ("pairs = \"all\"", "\"all\""),
            ("mode = \"tokens\"", "\"tokens\""),
        ] {
            let text = format!("{extra}\n{TWO}");
            let found = faults(&text);
            assert_eq!(found.len(), 1, "{found:?}");
            assert_eq!(found[0].0, at, "{found:?}");
        }
        for (extra, at) in [
            ("cluster_id = \"1\"", "\"1\""),
            ("key = \"k.pem\"", "\"k.pem\""),
            ("consul_version = \"1.12\"", "\"1.12\""),
            ("name = \"c\"", "name"),
            ("partition = \"west\"", "partition"),
            ("restored = true", "restored"),
            ("\"restored\" = false", "\"restored\""),
            ("base = \"b.snap\"\nca = [\"c.pem\"]", "\"c.pem\""),
        ] {
            let text = format!("{TWO}{extra}\n");
            let found = faults(&text);
            assert_eq!(found[0].0, at, "{found:?}");
        }
        for (from, to, at) in [
            ("state = \"new\"\n", "", "\"a\""),
            ("state = \"new\"", "state = \"runing\"", "\"runing\""),
            (
                "state = \"new\"",
                "state = \"new\"\nbase = \"b.snap\"",
                "\"new\"",
            ),
        ] {
            let found = faults(&TWO.replace(from, to));
            assert_eq!(found.len(), 1, "{found:?}");
            assert_eq!(found[0].0, at, "{found:?}");
        }
        let twice = TWO.replace("\"b\"", "\"a\"");
        assert_eq!(faults(&twice).len(), 1);
        assert_eq!(
            MeshFile::parse("").unwrap_err()[0].fault.to_string(),
            "expected at least one site, but found none"
        );
    }

    #[test]
    fn a_key_that_is_nearly_right_is_recognised() {
        let faults = MeshFile::parse(&format!("{TWO}datacentre = \"x\"\n")).unwrap_err();
        let Fault::Toml { near, .. } = &faults[0].fault else {
            panic!("{faults:?}");
        };
        assert_eq!(near.as_deref(), Some("datacenter"));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_at_a_place_within(text in "(\\PC|\n){0,200}") {
            if let Err(faults) = MeshFile::parse(&text) {
                for fault in faults {
                    prop_assert!(text.get(fault.span).is_some());
                }
            }
        }

        #[test]
        fn a_damaged_file_is_read_or_refused(at in 0..TWO.len(), with in "\\PC{0,3}") {
            let (before, after) = TWO.split_at(at);
            let _ = MeshFile::parse(&format!("{before}{with}{}", after.get(1..).unwrap_or_default()));
        }
    }
}
