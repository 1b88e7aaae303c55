//! Whether a kit is as it was written, and whether it works.

use super::error::MeshError;
use super::file::SiteState;
use super::files::{AGENT, BODY, PAGE, ROOTS, SNAPSHOT, TOKEN};
use super::kept::{self, Kept};
use super::{folder, manifest};
use crate::ca::{CaFault, check_configuration};
use crate::finding::{Context, Finding, findings};
use crate::restore::ERASED;
use crate::snapshot::{Direction, SnapshotError, State};
use jiff::Timestamp;
use peering_token::{DecodeError, Refusal, judge, token_in_envelope};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::Path;

/// What a check found.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Checked {
    /// How many files the manifest has.
    pub files: usize,
    /// How many tokens were judged.
    pub tokens: usize,
    /// How many snapshots were read.
    pub snapshots: usize,
    /// The snapshots, by path, that have no base: restoring one erases all that a cluster has.
    pub erasing: Vec<String>,
    /// What is wrong, by the path of the file.
    pub faults: Vec<(String, CheckFault)>,
    /// What is found in tokens, by the path of the token.
    pub findings: Vec<(String, Finding)>,
}

/// What is wrong with a file of a kit.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CheckFault {
    /// Its content is another.
    #[error("expected the SHA-256 that the manifest has, but found another: it was changed")]
    Changed,
    /// It is not there.
    #[error("expected the file, but found none")]
    Missing,
    /// It is not in the manifest.
    #[error("expected no other file than the manifest has, but found this one")]
    Extra,
    /// It cannot be read.
    #[error("cannot read it: {0}")]
    Unreadable(std::io::Error),
    /// The manifest or what the kit keeps is damaged.
    #[error("{0}")]
    Damaged(String),
    /// A token is refused.
    #[error("a server refuses the token: {0}")]
    Refused(Refusal),
    /// A token cannot be read.
    #[error("a server cannot read the token: {0}")]
    Token(DecodeError),
    /// The body has another token than the file beside it.
    #[error("expected the token that stands beside it, but found another")]
    OtherToken,
    /// A snapshot is refused.
    #[error("{0}")]
    Snapshot(SnapshotError),
    /// A snapshot without a base for a running site.
    #[error(
        "restoring it erases {ERASED}: it has no base, and the site is running. Do not restore it; write the kit again"
    )]
    ErasesRunning,
    /// Two snapshots have different secrets for one peering.
    #[error(
        "expected the stream's secret that the snapshot of {peer:?} has, but found another or none there"
    )]
    OtherSecret {
        /// The site at the other end.
        peer: String,
    },
    /// A CA does not suit Consul.
    #[error("{0}")]
    Ca(CaFault),
    /// A CA cannot be read.
    #[error("{0}")]
    CaUnreadable(String),
}

/// Checks a kit: sums, tokens, snapshots, and dates at the moment of use.
///
/// # Errors
///
/// [`MeshError`] where the folder cannot be read, or has no manifest.
pub fn check(out: &Path, at: Timestamp) -> Result<Checked, MeshError> {
    let mut checked = Checked::default();
    let sums = match manifest::read(out) {
        Ok(Some(sums)) => sums,
        Ok(None) => {
            return Err(MeshError::Manifest {
                path: out.join(manifest::FILE),
                found: "none".to_owned(),
            });
        }
        Err(MeshError::Manifest { found, .. }) => {
            let fault = CheckFault::Damaged(format!("expected a manifest, but found {found}"));
            checked.faults.push((manifest::FILE.to_owned(), fault));
            return Ok(checked);
        }
        Err(other) => return Err(other),
    };
    checked.files = sums.len();
    let good = checked.sums(out, &sums);
    checked.extra(out, &sums)?;
    let kept = Kept::read(out).unwrap_or_else(|error| {
        let fault = CheckFault::Damaged(error.to_string());
        checked.faults.push((kept::FILE.to_owned(), fault));
        None
    });
    let states = checked.snapshots(out, &good);
    checked.without_base(&states, kept.as_ref());
    for path in &good {
        let Some((site, name)) = path.split_once('/') else {
            continue;
        };
        if let Some(peer) = name.strip_suffix(TOKEN) {
            let known = |name: &str| states.get(name);
            checked.token(out, path, (peer, known(peer)), known(site), at);
        } else if name == AGENT {
            checked.agent(out, path, site, at);
        }
    }
    checked.streams(&states);
    checked
        .faults
        .sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(checked)
}

impl Checked {
    fn fault(&mut self, path: &str, fault: CheckFault) {
        self.faults.push((path.to_owned(), fault));
    }

    /// Compares all sums, and gives the files that are as they were.
    fn sums(&mut self, out: &Path, sums: &BTreeMap<String, String>) -> BTreeSet<String> {
        let mut good = BTreeSet::new();
        for (path, expected) in sums {
            match File::open(out.join(path)).and_then(|file| folder::sha256(&file)) {
                Ok(found) if found == *expected => {
                    good.insert(path.clone());
                }
                Ok(_) => self.fault(path, CheckFault::Changed),
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    self.fault(path, CheckFault::Missing);
                }
                Err(error) => self.fault(path, CheckFault::Unreadable(error)),
            }
        }
        good
    }

    /// Finds what the manifest does not have.
    fn extra(&mut self, out: &Path, sums: &BTreeMap<String, String>) -> Result<(), MeshError> {
        let folders: BTreeSet<&str> = sums
            .keys()
            .filter_map(|path| Some(path.split_once('/')?.0))
            .collect();
        let names = |folder: &Path| -> Result<Vec<String>, MeshError> {
            let entries = fs::read_dir(folder).map_err(MeshError::io("read", folder))?;
            let names = entries.flatten().map(|entry| entry.file_name());
            Ok(names
                .map(|name| name.to_string_lossy().into_owned())
                .collect())
        };
        for name in names(out)? {
            if folders.contains(name.as_str()) {
                for file in names(&out.join(&name))? {
                    let path = format!("{name}/{file}");
                    if !sums.contains_key(&path) {
                        self.fault(&path, CheckFault::Extra);
                    }
                }
            } else if ![PAGE, manifest::FILE, kept::FILE].contains(&name.as_str()) {
                self.fault(&name, CheckFault::Extra);
            }
        }
        Ok(())
    }

    fn snapshots(&mut self, out: &Path, good: &BTreeSet<String>) -> BTreeMap<String, State> {
        let mut states = BTreeMap::new();
        for path in good {
            let Some((site, SNAPSHOT)) = path.split_once('/') else {
                continue;
            };
            self.snapshots += 1;
            let read = File::open(out.join(path)).map_err(SnapshotError::Read);
            match read.and_then(State::read) {
                Ok(state) => {
                    states.insert(site.to_owned(), state);
                }
                Err(error) => self.fault(path, CheckFault::Snapshot(error)),
            }
        }
        states
    }

    /// Finds the snapshots that have no base. The servers of a cluster that runs have roots.
    fn without_base(&mut self, states: &BTreeMap<String, State>, kept: Option<&Kept>) {
        for (site, _) in states.iter().filter(|(_, state)| state.roots.is_empty()) {
            let path = format!("{site}/{SNAPSHOT}");
            let kept = kept.and_then(|kept| kept.sites.get(site));
            if kept.and_then(|kept| kept.state) == Some(SiteState::Running) {
                self.fault(&path, CheckFault::ErasesRunning);
            } else {
                self.erasing.push(path);
            }
        }
    }

    fn token(
        &mut self,
        out: &Path,
        path: &str,
        (acceptor_name, acceptor): (&str, Option<&State>),
        dialer: Option<&State>,
        at: Timestamp,
    ) {
        self.tokens += 1;
        let token = match folder::read(&out.join(path)) {
            Ok(token) => token,
            Err(error) => return self.fault(path, CheckFault::Unreadable(error)),
        };
        if let Err(refusal) = judge(&token) {
            self.fault(path, CheckFault::Refused(refusal));
        }
        let mut context = Context::at(at);
        context.acceptor = acceptor;
        context.dialer = dialer;
        context.name = Some(acceptor_name);
        match findings(&token, &context) {
            Ok(found) => {
                let found = found.into_iter().map(|finding| (path.to_owned(), finding));
                self.findings.extend(found);
            }
            Err(error) => self.fault(path, CheckFault::Token(error)),
        }
        let body = format!("{}{BODY}", path.strip_suffix(TOKEN).unwrap_or(path));
        let Ok(text) = folder::read(&out.join(&body)) else {
            // The sums tell that it is missing.
            return;
        };
        let in_body = token_in_envelope(&text);
        if in_body.is_none_or(|in_body| in_body.as_bytes() != token.as_slice()) {
            self.fault(&body, CheckFault::OtherToken);
        }
    }

    fn agent(&mut self, out: &Path, path: &str, site: &str, at: Timestamp) {
        let read = |path: &str| folder::read(&out.join(path));
        let (Ok(text), Ok(roots)) = (read(path), read(&format!("{site}/{ROOTS}"))) else {
            return;
        };
        match check_configuration(&text, Some(&roots), at) {
            Ok(faults) => {
                for fault in faults {
                    self.fault(path, CheckFault::Ca(fault));
                }
            }
            Err(error) => self.fault(path, CheckFault::CaUnreadable(error.to_string())),
        }
    }

    /// Compares the secrets of streams that both ends were given.
    fn streams(&mut self, states: &BTreeMap<String, State>) {
        // The peerings of each site by ID, so that each is found at once.
        let mut by_id = BTreeMap::new();
        for (site, state) in states {
            for peering in &state.peerings {
                by_id.insert((site.as_str(), peering.id.to_ascii_lowercase()), peering);
            }
        }
        let mut faults = Vec::new();
        for (site, state) in states {
            let dials = |peering: &&crate::snapshot::Peering| {
                peering.direction() == Direction::Dials && states.contains_key(&peering.name)
            };
            for peering in state.peerings.iter().filter(dials) {
                let peer = peering.name.as_str();
                let id = peering
                    .peer_id
                    .clone()
                    .unwrap_or_default()
                    .to_ascii_lowercase();
                let at_acceptor = by_id.get(&(peer, id));
                let secret = at_acceptor.and_then(|peering| peering.secrets.active_stream.as_ref());
                if secret.is_none() || secret != peering.secrets.active_stream.as_ref() {
                    let peer = peer.to_owned();
                    let path = format!("{site}/{SNAPSHOT}");
                    faults.push((path, CheckFault::OtherSecret { peer }));
                }
            }
        }
        self.faults.append(&mut faults);
    }
}
