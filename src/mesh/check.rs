//! Whether a kit is as it was written, and whether it works.
//!
//! | what is held against what | by |
//! |---|---|
//! | every file, its kind, mode and owner against the manifest, the manifest against its seal | this module |
//! | what the files say against each other and against what the kit keeps | [`parts`] |
//! | every file against the file that describes the sites | [`check_against`] |
//!
//! Nothing is followed out of the kit: a symbolic link in it is a fault.

mod parts;

use super::access::Access;
use super::error::MeshError;
use super::fault::CheckFault;
use super::file::{MeshFile, SiteState};
use super::files::{self, AGENT, PAGE, ROOTS, SNAPSHOT};
use super::kept::Kept;
use super::manifest::{self, Manifest};
use super::options::Options;
use super::plan::Plan;
use super::{check_mode, folder, kit, site};
use crate::ca::check_configuration;
use crate::finding::Finding;
use crate::snapshot::{Direction, SnapshotError, State};
use crate::whole_file::MAX_FILE;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, Metadata};
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
    /// What is wrong, by the path of the file or folder. The kit's own folder has an empty path.
    pub faults: Vec<(String, CheckFault)>,
    /// What is found in tokens, by the path of the token.
    pub findings: Vec<(String, Finding)>,
}

/// Checks a kit: its files, its tokens and snapshots, and dates at the moment of use.
///
/// # Errors
///
/// [`MeshError`] where the folder cannot be read, or has no manifest.
pub fn check(out: &Path, at: Timestamp) -> Result<Checked, MeshError> {
    let mut checked = Checked::default();
    let access = Access::of(out).map_err(MeshError::io("read", out))?;
    let found = fs::metadata(out).map_err(MeshError::io("read", out))?;
    checked.access(access, "", &found);
    let kept = checked.kept(out, access);
    let Some(manifest) = checked.manifest(out, access)? else {
        return Ok(checked);
    };
    if let Some(kept) = &kept {
        if !manifest.is_sealed_by(kept) {
            checked.fault(files::MANIFEST, CheckFault::NotSealed);
        } else if !manifest.is_of_state(&kept.sum()?) {
            checked.fault(files::MANIFEST, CheckFault::OtherState);
        }
    }
    let sums = manifest.files;
    checked.files = sums.len();
    let folders = checked.folders(out, access, &sums);
    let good = checked.sums(out, access, &folders, &sums);
    checked.extra(out, &folders, &sums)?;
    let states = checked.snapshots(out, &good);
    checked.without_base(&states, kept.as_ref());
    for path in &good {
        if let Some((site, AGENT)) = path.split_once('/') {
            checked.agent(out, path, site, at);
        }
    }
    checked.streams(&states);
    let parts = parts::Parts {
        out,
        good: &good,
        states: &states,
        kept: kept.as_ref(),
        at,
    };
    parts.check(&mut checked);
    checked.sort();
    Ok(checked)
}

/// Checks a kit, and holds every file of it against what the file that describes the sites gives.
///
/// # Errors
///
/// As [`check`] and [`build`](super::build). Nothing is written.
pub fn check_against(
    text: &str,
    options: &Options<'_>,
    at: Timestamp,
) -> Result<Checked, MeshError> {
    let file = MeshFile::parse(text).map_err(MeshError::File)?;
    let mut checked = check(options.out, at)?;
    let Some(kept) = Kept::read(options.out).ok().flatten() else {
        // That is a fault already, and without it nothing can be made again.
        return Ok(checked);
    };
    check_mode(options.mode.or(file.mode), &kept)?;
    let mut options = options.clone();
    // The kit has its snapshots already.
    options.allow_old_base = true;
    let sites = site::read(&file, &kept, &options)?;
    let mut next = kept.clone();
    let plan = Plan::new(&file, sites, &mut next, &options)?;
    if next != kept {
        checked.fault(files::STATE, CheckFault::Outdated);
        checked.sort();
        return Ok(checked);
    }
    let planned = kit::make(&plan, &kept, &options, None, &|_, _| ())?.files;
    let known: BTreeSet<String> = checked
        .faults
        .iter()
        .map(|(path, _)| path.clone())
        .collect();
    let there = manifest::read(options.out).ok().flatten();
    let there = there.map(|manifest| manifest.files).unwrap_or_default();
    for path in planned.keys().chain(there.keys()).collect::<BTreeSet<_>>() {
        let fault = match (planned.get(path), there.get(path)) {
            (Some(planned), Some(there)) if planned == there => continue,
            (None, _) => CheckFault::NotPlanned,
            (Some(_), None) => CheckFault::Missing,
            _ => CheckFault::NotAsPlanned,
        };
        if !known.contains(path) {
            checked.fault(path, fault);
        }
    }
    checked.sort();
    Ok(checked)
}

impl Checked {
    fn fault(&mut self, path: &str, fault: CheckFault) {
        self.faults.push((path.to_owned(), fault));
    }

    fn sort(&mut self) {
        self.faults.sort_by(|(one, _), (other, _)| one.cmp(other));
    }

    fn access(&mut self, access: Access, path: &str, found: &Metadata) {
        let is_secret = found.is_file() && files::is_secret(path);
        for fault in access.faults(found, is_secret) {
            self.fault(path, fault);
        }
    }

    /// Looks at what stands at a path. Says whether it is a regular file.
    fn is_file(&mut self, out: &Path, access: Access, path: &str) -> bool {
        match folder::look(&out.join(path)) {
            Ok(Some(found)) if found.is_file() => {
                self.access(access, path, &found);
                return true;
            }
            Ok(Some(found)) => {
                let found = folder::kind(&found);
                let wanted = "a file";
                self.fault(path, CheckFault::OtherKind { found, wanted });
            }
            Ok(None) => self.fault(path, CheckFault::Missing),
            Err(error) => self.fault(path, CheckFault::Unreadable(error)),
        }
        false
    }

    /// What the kit keeps, where that can be read.
    fn kept(&mut self, out: &Path, access: Access) -> Option<Kept> {
        if let Ok(None) = folder::look(&out.join(files::STATE)) {
            self.fault(files::STATE, CheckFault::NoState);
            return None;
        }
        if !self.is_file(out, access, files::STATE) {
            return None;
        }
        Kept::read(out).unwrap_or_else(|error| {
            self.fault(files::STATE, CheckFault::Damaged(error.to_string()));
            None
        })
    }

    /// The manifest; none where it is at fault.
    fn manifest(&mut self, out: &Path, access: Access) -> Result<Option<Manifest>, MeshError> {
        let path = out.join(files::MANIFEST);
        if let Ok(None) = folder::look(&path) {
            let found = "none".to_owned();
            return Err(MeshError::Manifest { path, found });
        }
        if !self.is_file(out, access, files::MANIFEST) {
            return Ok(None);
        }
        match manifest::read(out) {
            Err(MeshError::Manifest { found, .. }) => {
                let fault = CheckFault::Damaged(format!("expected a manifest, but found {found}"));
                self.fault(files::MANIFEST, fault);
                Ok(None)
            }
            Err(MeshError::Io { error, .. }) => {
                self.fault(files::MANIFEST, CheckFault::Unreadable(error));
                Ok(None)
            }
            read => read,
        }
    }

    /// The sites' folders that are there, and are no symbolic links out of the kit.
    fn folders(
        &mut self,
        out: &Path,
        access: Access,
        sums: &BTreeMap<String, String>,
    ) -> BTreeSet<String> {
        let sites = sums.keys().filter_map(|path| Some(path.split_once('/')?.0));
        let sites: BTreeSet<&str> = sites.collect();
        let mut there = BTreeSet::new();
        for site in sites {
            match folder::look(&out.join(site)) {
                Ok(Some(found)) if found.is_dir() => {
                    self.access(access, site, &found);
                    there.insert(site.to_owned());
                }
                Ok(Some(found)) => {
                    let found = folder::kind(&found);
                    let wanted = "a folder";
                    self.fault(site, CheckFault::OtherKind { found, wanted });
                }
                // Its files are missing.
                Ok(None) => {}
                Err(error) => self.fault(site, CheckFault::Unreadable(error)),
            }
        }
        there
    }

    /// Compares all sums, and gives the files that are as they were.
    fn sums(
        &mut self,
        out: &Path,
        access: Access,
        folders: &BTreeSet<String>,
        sums: &BTreeMap<String, String>,
    ) -> BTreeSet<String> {
        let mut good = BTreeSet::new();
        for (path, expected) in sums {
            if let Some((site, _)) = path.split_once('/')
                && !folders.contains(site)
            {
                self.fault(path, CheckFault::Missing);
                continue;
            }
            if !self.is_file(out, access, path) {
                continue;
            }
            let file = folder::open(&out.join(path));
            let sum = file.and_then(|file| folder::sha256_within(&file, files::limit(path)));
            match sum {
                Ok(found) if found == *expected => {
                    good.insert(path.clone());
                }
                Ok(_) => self.fault(path, CheckFault::Changed),
                Err(error) if error.kind() == ErrorKind::FileTooLarge => {
                    self.fault(path, CheckFault::Changed);
                }
                Err(error) => self.fault(path, CheckFault::Unreadable(error)),
            }
        }
        good
    }

    /// Finds what the manifest does not have.
    fn extra(
        &mut self,
        out: &Path,
        folders: &BTreeSet<String>,
        sums: &BTreeMap<String, String>,
    ) -> Result<(), MeshError> {
        let names = |folder: &Path| -> Result<Vec<String>, MeshError> {
            let entries = fs::read_dir(folder).map_err(MeshError::io("read", folder))?;
            let names = entries.flatten().map(|entry| entry.file_name());
            Ok(names
                .map(|name| name.to_string_lossy().into_owned())
                .collect())
        };
        let is_site = |name: &str| {
            let files = format!("{name}/");
            let mut from = sums.range(files.clone()..);
            from.next()
                .is_some_and(|(path, _)| path.starts_with(&files))
        };
        for name in names(out)? {
            if folders.contains(&name) {
                for file in names(&out.join(&name))? {
                    let path = format!("{name}/{file}");
                    if !sums.contains_key(&path) {
                        self.fault(&path, CheckFault::Extra);
                    }
                }
            } else if ![PAGE, files::MANIFEST, files::STATE].contains(&name.as_str())
                && !is_site(&name)
            {
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
            let read = folder::open(&out.join(path)).map_err(SnapshotError::Read);
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

    fn agent(&mut self, out: &Path, path: &str, site: &str, at: Timestamp) {
        let read = |path: &str| folder::read(&out.join(path), MAX_FILE);
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
