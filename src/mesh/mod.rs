//! Everything that a set of sites needs to peer, from one file.
//!
//! [`build`] reads a file that describes the sites and who peers with whom, and writes a kit: a
//! folder for each site with what is to be carried in there and nothing else. [`check`] says whether
//! a kit is as it was written, and whether it will still work at some moment.
//!
//! | in a site's folder | is there |
//! |---|---|
//! | `RUNBOOK.md` | always: what to type there, in order |
//! | `root.pem` | where the roots that dialers of the site trust are known |
//! | `agent-ca.json` | where the CA was made here or its key was given |
//! | `seeded.snap` | where the site's state is to have peerings that it has not |
//! | `PEER.token`, `PEER.establish.json` | for a peer that the site dials, in the mode `token` |
//! | `PEER.secret.yaml`, `PEER.peering.yaml` | on Kubernetes, in the mode `token` |
//!
//! Beside the folders stand `mesh.html`, `manifest.json` with the SHA-256 of every file, and
//! `.mesh-state.json`, which stays where the kit was made: it has all keys and secrets, so that the
//! next run keeps them.

mod access;
mod authority;
mod base;
mod blocks;
mod check;
mod error;
mod fault;
mod file;
mod files;
mod folder;
mod kept;
mod kit;
mod manifest;
mod options;
mod page;
mod plan;
mod report;
mod runbook;
mod site;
mod writer;

pub use check::{Checked, check, check_against};
pub use error::{Fault, Located, MeshError};
pub use fault::CheckFault;
pub use file::{MeshFile, Mode};
pub use options::Options;
#[cfg(feature = "cli")]
pub(crate) use options::is_within;

use crate::finding::{Finding, Level};
use crate::private_file;
use kept::Kept;
use plan::Plan;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, TryLockError};
use std::path::Path;
use std::time::Duration;
use writer::Writer;

/// A kit that was written.
#[derive(Debug)]
#[non_exhaustive]
pub struct Built {
    /// How its peerings come up.
    pub mode: Mode,
    /// How many sites there are.
    pub sites: usize,
    /// How many pairs.
    pub pairs: usize,
    /// How many files were written.
    pub written: usize,
    /// How many were there already.
    pub unchanged: usize,
    /// How many were removed, as they are no part of the kit any more.
    pub removed: usize,
    /// What is no part of the kit any more but was left: it was changed since it was written, or holds
    /// a private key that is not kept.
    pub left: Vec<String>,
    /// The files and folders, by path, whose mode or owner was restored, and what was wrong with it.
    /// The kit's own folder has an empty path.
    pub restored: Vec<(String, CheckFault)>,
    /// Those whose mode or owner could not be restored, as on a file system without modes.
    pub unrestored: Vec<(String, CheckFault)>,
    /// The sites whose snapshot has no base: restoring it erases all that a cluster has.
    pub erasing: Vec<String>,
    /// Those of them that were in the kit before, and whose snapshot this run wrote anew.
    pub replaced: Vec<String>,
    /// The running sites whose snapshot left the kit, as it counts as restored there, and the peers in
    /// it.
    pub as_restored: Vec<(String, String)>,
    /// New pairs of a full mesh, dialer first, in which a running site dials so that it needs no
    /// restore.
    pub spared: Vec<(String, String)>,
    /// What is found in the tokens of each site, as its dialers get them.
    pub findings: Vec<(String, Finding)>,
}

/// Writes a kit, or brings the one that is there to what the file says.
///
/// `progress` is told how many pairs are written and how many there are, from several threads.
///
/// # Errors
///
/// [`MeshError`]. Unless it is one of writing, nothing was written.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use peertok::mesh::{Options, build, check};
///
/// let file = r#"
///     [[sites]]
///     name = "berlin"
///     state = "new"
///     datacenter = "berlin"
///     addresses = ["berlin.acme.internal"]
///
///     [[sites]]
///     name = "tokyo"
///     state = "new"
///     datacenter = "tokyo"
///     addresses = ["tokyo.acme.internal"]
/// "#;
/// let folder = tempfile::tempdir()?;
/// let out = folder.path().join("kit");
/// let now = jiff::Timestamp::now();
/// let built = build(file, &Options::new(folder.path(), &out, now), &|_, _| ())?;
/// assert_eq!((built.sites, built.pairs), (2, 1));
/// assert!(check(&out, now)?.faults.is_empty());
/// # Ok(())
/// # }
/// ```
pub fn build(
    text: &str,
    options: &Options<'_>,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Built, MeshError> {
    let file = MeshFile::parse(text).map_err(MeshError::File)?;
    let out = options.out;
    let is_there = out.exists();
    if is_there {
        check_is_kit(out)?;
    }
    let lock = is_there.then(|| lock(out)).transpose()?;
    let known = Kept::read(out)?;
    let wanted = options.mode.or(file.mode);
    let mut kept = match known.clone() {
        Some(kept) => kept,
        None => Kept::new(wanted.unwrap_or_default()),
    };
    check_mode(wanted, &kept)?;
    let sites = site::read(&file, &kept, options)?;
    let plan = Plan::new(&file, sites, &mut kept, options)?;
    kept.make_seal_key().map_err(MeshError::Seal)?;

    let is_new = folder::create(out).map_err(MeshError::io("make", out))?;
    let _lock = match lock {
        Some(lock) => lock,
        None => {
            let lock = self::lock(out)?;
            // Another first run may have come and gone since: its secrets are not to be replaced.
            if !is_new || Kept::read(out)?.is_some() {
                return Err(MeshError::Busy {
                    path: out.to_owned(),
                });
            }
            lock
        }
    };
    let writer = Writer::new(
        out,
        written_before(out, known.as_ref()),
        kept.private_keys(),
    )?;
    kept.write(&writer, known.as_ref())?;
    let written = kit::write(&plan, &kept, options, &writer, progress)?;
    let (restored, unrestored) = writer.restored();
    let findings = plan.sites.iter().flat_map(|site| {
        let worth_telling = site
            .findings
            .iter()
            .filter(|finding| finding.level > Level::Note);
        worth_telling.map(|finding| (site.name.clone(), finding.clone()))
    });
    Ok(Built {
        mode: plan.mode,
        sites: plan.sites.len(),
        pairs: plan.pairs.len(),
        written: written.written,
        unchanged: written.unchanged,
        removed: written.removed,
        left: written.left,
        restored,
        unrestored,
        erasing: written.erasing,
        replaced: written.replaced,
        as_restored: written.as_restored,
        spared: plan.spared.clone(),
        findings: findings.collect(),
    })
}

/// Refuses another mode than that of the kit.
fn check_mode(wanted: Option<Mode>, kept: &Kept) -> Result<(), MeshError> {
    match wanted {
        Some(wanted) if wanted != kept.mode => Err(MeshError::OtherMode {
            expected: kept.mode.name(),
            found: wanted.name(),
        }),
        _ => Ok(()),
    }
}

/// The SHA-256 of each file that an earlier run wrote, by path. A manifest that this kit did not
/// write tells nothing: what is there beyond the kit is found by a check then.
fn written_before(out: &Path, known: Option<&Kept>) -> BTreeMap<String, String> {
    let manifest = manifest::read(out).ok().flatten();
    let is_own = |manifest: &manifest::Manifest| {
        // Earlier releases made no seals.
        known.is_some_and(|kept| !kept.has_seal_key() || manifest.is_sealed_by(kept))
    };
    let own = manifest.filter(is_own);
    own.map(|manifest| manifest.files).unwrap_or_default()
}

/// Refuses a folder with files of others in it.
fn check_is_kit(out: &Path) -> Result<(), MeshError> {
    let entries = fs::read_dir(out).map_err(MeshError::io("read", out))?;
    let mut names = BTreeSet::new();
    for entry in entries {
        let entry = entry.map_err(MeshError::io("read", out))?;
        names.insert(entry.file_name().to_string_lossy().into_owned());
    }
    if names.contains(files::STATE) || names.iter().all(|name| private_file::is_partial(name)) {
        Ok(())
    } else {
        Err(MeshError::NotAKit {
            path: out.to_owned(),
        })
    }
}

/// Keeps other runs out of the folder until the lock is dropped.
fn lock(out: &Path) -> Result<File, MeshError> {
    /// A child that was just forked holds the locks of its parent until it runs its own program.
    const TRIES: u32 = 20;
    const PAUSE: Duration = Duration::from_millis(10);
    let folder = File::open(out).map_err(MeshError::io("read", out))?;
    for _ in 0..TRIES {
        match folder.try_lock() {
            Err(TryLockError::WouldBlock) => std::thread::sleep(PAUSE),
            // A file system without locks is no reason to write nothing.
            _ => return Ok(folder),
        }
    }
    Err(MeshError::Busy {
        path: out.to_owned(),
    })
}
