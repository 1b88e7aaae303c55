//! The files of a kit: what each holds, and writing them.
//!
//! A file whose content is there already is left as it is, its time included. Folders are written side
//! by side: most of the time goes into waiting for the disk. Without a [`Writer`], nothing is written
//! and only the sums are made, so that a kit can be held against what it should be.

use super::base::SiteBase;
use super::error::MeshError;
use super::file::Mode;
use super::files::{
    AGENT, BODY, MANIFEST, PAGE, RESOURCE, ROOTS, RUNBOOK, SECRET, SNAPSHOT, TOKEN,
};
use super::folder;
use super::kept::Kept;
use super::manifest::Manifest;
use super::options::Options;
use super::plan::Plan;
use super::site::Site;
use super::writer::{Writer, sum};
use super::{page, report, runbook};
use crate::ca;
use crate::kubernetes::{DEFAULT_KEY, manifest as secret_manifest};
use crate::snapshot::{Seed, seed_fresh};
use jiff::Timestamp;
use peering_token::establish_body;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Cursor, Seek};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use zeroize::Zeroizing;

/// How many folders are written at once. More do not help, and each takes memory.
const WRITERS: usize = 4;

/// What was done.
#[derive(Default)]
pub(super) struct Written {
    pub(super) written: usize,
    pub(super) unchanged: usize,
    pub(super) removed: usize,
    /// What is no part of the kit any more but was left.
    pub(super) left: Vec<String>,
    /// The sites whose snapshot has no base.
    pub(super) erasing: Vec<String>,
    /// Those of them that had a kit before, in which this snapshot was another or missing.
    pub(super) replaced: Vec<String>,
    /// The sites whose snapshot leaves the kit, as it counts as restored, and the peers in it.
    pub(super) as_restored: Vec<(String, String)>,
    /// The SHA-256 of each file, by path.
    pub(super) files: BTreeMap<String, String>,
}

impl Written {
    fn add(&mut self, path: String, sha256: String, was_written: bool) {
        self.files.insert(path, sha256);
        if was_written {
            self.written += 1
        } else {
            self.unchanged += 1
        }
    }
}

/// Writes the files of all sites, then the page, then the manifest, and removes what the last
/// manifest has and this one has not.
pub(super) fn write(
    plan: &Plan,
    kept: &Kept,
    options: &Options<'_>,
    writer: &Writer<'_>,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Written, MeshError> {
    let before = writer.before();
    for site in &plan.sites {
        writer.check_folder(&site.name)?;
    }
    writer.remove_partial("");
    let mut all = make(plan, kept, options, Some(writer), progress)?;
    let had_snapshot = |site: &str| before.contains_key(&format!("{site}/{SNAPSHOT}"));
    let as_restored = plan.as_restored.iter();
    all.as_restored = as_restored
        .filter(|(site, _)| had_snapshot(site))
        .cloned()
        .collect();
    for (path, sum) in before {
        if all.files.contains_key(path) {
            continue;
        }
        if writer.remove(path, sum) {
            all.removed += 1;
        } else {
            all.left.push(path.clone());
        }
    }
    let manifest = Manifest::new(all.files.clone(), kept, kept.sum()?);
    if writer.write(MANIFEST, manifest.text().as_bytes())? {
        all.written += 1
    } else {
        all.unchanged += 1
    }
    if all.written + all.removed > 0 {
        writer.sync();
    }
    Ok(all)
}

/// Makes the files of all sites, then the page, and writes them where there is a writer.
pub(super) fn make(
    plan: &Plan,
    kept: &Kept,
    options: &Options<'_>,
    writer: Option<&Writer<'_>>,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Written, MeshError> {
    let mut all = make_sites(plan, kept, options, writer, progress)?;
    // Folders are written side by side, in any order.
    all.erasing.sort();
    all.replaced.sort();
    let html = page::page(&report::report(plan, kept));
    let was_written = match writer {
        Some(writer) => writer.write(PAGE, html.as_bytes())?,
        None => false,
    };
    all.add(PAGE.to_owned(), sum(html.as_bytes()), was_written);
    Ok(all)
}

fn make_sites(
    plan: &Plan,
    kept: &Kept,
    options: &Options<'_>,
    writer: Option<&Writer<'_>>,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Written, MeshError> {
    let next = AtomicUsize::new(0);
    let done = AtomicUsize::new(0);
    let all = Mutex::new(Ok(Written::default()));
    let work = || {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(site) = plan.sites.get(index) else {
                return;
            };
            let made_at = kept.sites.get(&site.name).map(|kept| kept.made_at);
            let mut folder = SiteFolder {
                plan,
                site,
                index,
                writer,
                made_at: made_at.unwrap_or(options.now),
                written: Written::default(),
            };
            let result = folder.make();
            let Ok(mut all) = all.lock() else { return };
            match (&mut *all, result) {
                (Ok(all), Ok(())) => {
                    all.written += folder.written.written;
                    all.unchanged += folder.written.unchanged;
                    all.erasing.append(&mut folder.written.erasing);
                    all.replaced.append(&mut folder.written.replaced);
                    all.files.append(&mut folder.written.files);
                }
                // The first failure ends the work of all.
                (Err(_), _) => return,
                (_, Err(error)) => {
                    *all = Err(error);
                    return;
                }
            }
            drop(all);
            let accepted = plan
                .tasks
                .get(folder.index)
                .map_or(0, |task| task.accepts.len());
            let so_far = done.fetch_add(accepted, Ordering::Relaxed) + accepted;
            progress(so_far, plan.pairs.len());
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..WRITERS.min(plan.sites.len()) {
            scope.spawn(work);
        }
        work();
    });
    all.into_inner()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

struct SiteFolder<'a> {
    plan: &'a Plan,
    site: &'a Site,
    index: usize,
    writer: Option<&'a Writer<'a>>,
    made_at: Timestamp,
    written: Written,
}

impl SiteFolder<'_> {
    fn make(&mut self) -> Result<(), MeshError> {
        let site = self.site;
        if let Some(writer) = self.writer {
            writer.folder(&site.name)?;
            writer.remove_partial(&site.name);
        }
        if site.is_known() {
            self.file(ROOTS, site.roots.entries.concat().as_bytes())?;
        }
        if let Some((certificate, key)) = &site.ca {
            let text = ca::agent_configuration(&site.cluster_id, certificate, key);
            self.file(AGENT, text.as_bytes())?;
        }
        if self.plan.mode == Mode::Token {
            self.tokens()?;
        }
        let seeds = self.plan.seeds(self.index);
        if !seeds.is_empty() {
            match &site.base {
                Some(base) => self.seeded(base, &seeds)?,
                None => self.fresh(&seeds)?,
            }
        }
        let text = runbook::text(self.plan, self.index);
        self.file(RUNBOOK, text.as_bytes())?;
        if let Some(writer) = self.writer.filter(|_| self.written.written > 0) {
            writer.sync_site(&site.name);
        }
        Ok(())
    }

    /// The tokens of the peers that the site dials, and on Kubernetes of those that dial it too.
    fn tokens(&mut self) -> Result<(), MeshError> {
        let plan = self.plan;
        let Some(task) = plan.tasks.get(self.index) else {
            return Ok(());
        };
        let dialed = task.dials.iter().map(|place| (place, true));
        let accepted = task.accepts.iter().map(|place| (place, false));
        let on_kubernetes = self.site.kubernetes.as_ref();
        let accepted = accepted.filter(|_| on_kubernetes.is_some());
        for (place, dials) in dialed.chain(accepted) {
            let Some(pair) = plan.pairs.get(*place).filter(|pair| !pair.is_done) else {
                continue;
            };
            let Some(acceptor) = plan.sites.get(pair.accept) else {
                continue;
            };
            let token = acceptor.token(&pair.kept.peer_id, &pair.kept.secret);
            let token = token.encode(acceptor.shape);
            let peer = pair.peer(self.index);
            if dials {
                self.file(&format!("{peer}{TOKEN}"), token.as_bytes())?;
                let body = establish_body(peer, &token);
                self.file(&format!("{peer}{BODY}"), body.as_bytes())?;
            }
            if let Some(kubernetes) = on_kubernetes {
                let name = kubernetes.secret(peer);
                let namespace = kubernetes.namespace.as_deref();
                let yaml = secret_manifest(&token, &name, namespace, DEFAULT_KEY);
                let yaml = yaml.map_err(|error| MeshError::SecretName {
                    site: self.site.name.clone(),
                    error,
                })?;
                self.file(&format!("{peer}{SECRET}"), yaml.as_bytes())?;
                let resource = resource(dials, peer, namespace, &name);
                self.file(&format!("{peer}{RESOURCE}"), resource.as_bytes())?;
            }
        }
        Ok(())
    }

    fn fresh(&mut self, seeds: &[Seed]) -> Result<(), MeshError> {
        let mut file = Cursor::new(Vec::with_capacity(4096 + 4096 * seeds.len()));
        let seeded = seed_fresh(self.made_at, seeds, &mut file);
        let bytes = Zeroizing::new(file.into_inner());
        seeded.map_err(|error| MeshError::Seed {
            site: self.site.name.clone(),
            error,
        })?;
        let before = self.written.written;
        self.file(SNAPSHOT, &bytes)?;
        let task = self.plan.tasks.get(self.index);
        if self.written.written > before && task.is_some_and(|task| task.is_known) {
            self.written.replaced.push(self.site.name.clone());
        }
        self.written.erasing.push(self.site.name.clone());
        Ok(())
    }

    /// A base may be large, so that it is not held in memory.
    fn seeded(&mut self, base: &SiteBase, seeds: &[Seed]) -> Result<(), MeshError> {
        let path = format!("{}/{SNAPSHOT}", self.site.name);
        let (sum, was_written) = match self.writer {
            Some(writer) => {
                let mut staged = writer.stage(&path)?;
                let sum = self.seed_base(base, seeds, staged.file())?;
                let was_written = writer.finish(&path, staged, &sum)?;
                (sum, was_written)
            }
            None => {
                let file = tempfile::tempfile();
                let mut file = file.map_err(MeshError::io("make", path.as_ref()))?;
                (self.seed_base(base, seeds, &mut file)?, false)
            }
        };
        self.written.add(path, sum, was_written);
        Ok(())
    }

    /// Writes a snapshot with a base to an empty file, and gives its SHA-256.
    fn seed_base(
        &self,
        base: &SiteBase,
        seeds: &[Seed],
        out: &mut File,
    ) -> Result<String, MeshError> {
        let mut file = base
            .file
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let seeded = file.seed(seeds, out);
        seeded.map_err(|error| MeshError::Seed {
            site: self.site.name.clone(),
            error,
        })?;
        let sum = out.rewind().and_then(|()| folder::sha256(out));
        sum.map_err(MeshError::io("read", SNAPSHOT.as_ref()))
    }

    fn file(&mut self, name: &str, content: &[u8]) -> Result<(), MeshError> {
        let path = format!("{}/{name}", self.site.name);
        let was_written = match self.writer {
            Some(writer) => writer.write(&path, content)?,
            None => false,
        };
        self.written.add(path, sum(content), was_written);
        Ok(())
    }
}

/// The resource that consul-k8s makes the peering of, once its Secret is there.
pub(super) fn resource(dials: bool, peer: &str, namespace: Option<&str>, secret: &str) -> String {
    let kind = if dials {
        "PeeringDialer"
    } else {
        "PeeringAcceptor"
    };
    let namespace = namespace.map_or_else(String::new, |name| format!("\n  namespace: \"{name}\""));
    format!(
        "apiVersion: consul.hashicorp.com/v1alpha1\nkind: {kind}\nmetadata:\n  name: \"{peer}\"{namespace}\nspec:\n  peer:\n    secret:\n      name: \"{secret}\"\n      key: \"{DEFAULT_KEY}\"\n      backend: \"kubernetes\"\n"
    )
}
