//! What a site's CA is known by: its base, files, a root made here, or an earlier run.

use super::error::{Fault, Located, MeshError};
use super::file::{SiteEntry, SiteState};
use super::kept::{KeptCa, KeptSite};
use super::options::Options;
use crate::ca::{RootOptions, check_root, new_root};
use crate::roots::{RootDetails, Roots};
use crate::snapshot::State;
use crate::whole_file::{MAX_FILE, read_file};
use consul_snapshot::is_uuid;
use jiff::Timestamp;
use peertok_secret::Secret;
use std::ops::Range;
use std::path::PathBuf;
use zeroize::Zeroizing;

/// A site's roots, and what else is known of its CA.
#[derive(Default)]
pub(super) struct Authority {
    /// None where a running site only dials: nothing says what its CA is, and nobody needs it.
    pub(super) roots: Roots,
    pub(super) cluster_id: Option<String>,
    /// The certificate and key of its CA, where they are known here.
    pub(super) ca: Option<(String, Zeroizing<String>)>,
    /// That CA, where it was made here.
    pub(super) made: Option<KeptCa>,
}

impl Authority {
    /// The CA of the site of an entry. Only that of a new site is made here: a running one has its
    /// own.
    ///
    /// # Errors
    ///
    /// A fault of the file, within; or a root cannot be made.
    pub(super) fn of(
        entry: &SiteEntry,
        kept: Option<&KeptSite>,
        options: &Options<'_>,
        in_base: Option<&State>,
    ) -> Result<Result<Self, Box<Located>>, MeshError> {
        let made = kept.and_then(|kept| kept.ca.as_ref());
        if let Some(state) = in_base {
            return Ok(of_base(entry, made, options, state));
        }
        let given_id = entry.cluster_id.as_ref();
        let lower_id = given_id.map(|id| id.get_ref().to_ascii_lowercase());
        if !entry.ca.is_empty() {
            let of_files = of_files(entry, options, lower_id);
            return Ok(of_files.map(|authority| Self {
                made: made.cloned(),
                ..authority
            }));
        }
        let identity = kept.and_then(|kept| kept.identity.as_ref());
        let made = match (entry.state(), made, identity) {
            (SiteState::New, Some(made), _) => made.clone(),
            (SiteState::New, None, _) => make(entry.name.get_ref(), lower_id.clone(), options.now)?,
            (SiteState::Running, made, Some(known)) => {
                return Ok(same_cluster(given_id, &known.cluster_id).map(|()| Self {
                    roots: roots(known.roots.clone(), &known.cluster_id),
                    cluster_id: Some(known.cluster_id.clone()),
                    ca: made.map(certificate_and_key),
                    made: made.cloned(),
                }));
            }
            (SiteState::Running, Some(made), None) => made.clone(),
            (SiteState::Running, None, None) => {
                return Ok(Ok(Self {
                    cluster_id: lower_id,
                    ..Self::default()
                }));
            }
        };
        Ok(same_cluster(given_id, &made.cluster_id).map(|()| Self {
            roots: roots(vec![made.certificate.clone()], &made.cluster_id),
            cluster_id: Some(made.cluster_id.clone()),
            ca: Some(certificate_and_key(&made)),
            made: Some(made),
        }))
    }
}

fn roots(entries: Vec<String>, cluster_id: &str) -> Roots {
    Roots {
        entries,
        trust_domain: Some(format!("{cluster_id}.consul")),
    }
}

fn certificate_and_key(made: &KeptCa) -> (String, Zeroizing<String>) {
    let key = Zeroizing::new(made.private_key.expose().to_owned());
    (made.certificate.clone(), key)
}

/// Refuses another cluster ID than the kit has for the site.
fn same_cluster(given: Option<&toml::Spanned<String>>, expected: &str) -> Result<(), Box<Located>> {
    match given {
        Some(given) if !given.get_ref().eq_ignore_ascii_case(expected) => {
            let fault = Fault::OtherClusterId {
                expected: expected.to_owned(),
                found: given.get_ref().to_ascii_lowercase(),
            };
            Err(Located::boxed(given.span(), fault))
        }
        _ => Ok(()),
    }
}

fn of_base(
    entry: &SiteEntry,
    made: Option<&KeptCa>,
    options: &Options<'_>,
    state: &State,
) -> Result<Authority, Box<Located>> {
    let base = entry.base.as_ref();
    let (at, path) = base.map_or((0..0, PathBuf::new()), |base| {
        (base.span(), options.folder.join(base.get_ref()))
    });
    let roots = match Roots::from_snapshot(state) {
        Ok(roots) if !roots.entries.is_empty() => roots,
        Ok(_) => {
            let what = "roots, which a server has once its CA is initialized";
            return Err(Located::boxed(at, Fault::BaseLacks { path, what }));
        }
        Err(error) => return Err(Located::boxed(at, Fault::Roots { path, error })),
    };
    if let (Some(made), Some(found)) = (made, &state.cluster_id)
        && !made.cluster_id.eq_ignore_ascii_case(found)
    {
        let fault = Fault::OtherClusterId {
            expected: made.cluster_id.clone(),
            found: found.clone(),
        };
        return Err(Located::boxed(at, fault));
    }
    Ok(Authority {
        roots,
        cluster_id: state.cluster_id.clone(),
        ca: made.map(certificate_and_key),
        made: made.cloned(),
    })
}

/// The roots, and perhaps the key, of files.
fn of_files(
    entry: &SiteEntry,
    options: &Options<'_>,
    cluster_id: Option<String>,
) -> Result<Authority, Box<Located>> {
    let mut roots = Roots::default();
    for given in &entry.ca {
        let path = options.named(given.get_ref(), given.span())?;
        let fault = |fault| Located::boxed(given.span(), fault);
        let file = match read_file(&path, MAX_FILE) {
            Ok(file) => file,
            Err(error) => return Err(fault(Fault::File { path, error })),
        };
        match Roots::from_bundle(&file) {
            Ok(read) => roots.append(read),
            Err(error) => return Err(fault(Fault::Roots { path, error })),
        }
    }
    let in_roots = roots
        .entries
        .iter()
        .flat_map(|root| RootDetails::of_entry(root));
    let domain = in_roots.flatten().find_map(|root| root.trust_domain);
    let in_roots = domain.and_then(|domain| {
        let id = domain.strip_suffix(".consul")?;
        is_uuid(id).then(|| id.to_owned())
    });
    let cluster_id = cluster_id.or(in_roots);
    let ca = match &entry.key {
        Some(key) => {
            let root = roots.entries.first().cloned().unwrap_or_default();
            let has_id = cluster_id.is_some();
            let path = options.named(key.get_ref(), key.span())?;
            Some(key_of(root, path, key.span(), has_id, options.now)?)
        }
        None => None,
    };
    roots.trust_domain = cluster_id.as_ref().map(|id| format!("{id}.consul"));
    Ok(Authority {
        roots,
        cluster_id,
        ca,
        made: None,
    })
}

/// A root with the key of a file, which has to be its own.
fn key_of(
    root: String,
    path: PathBuf,
    at: Range<usize>,
    has_cluster_id: bool,
    now: Timestamp,
) -> Result<(String, Zeroizing<String>), Box<Located>> {
    let file = match read_file(&path, MAX_FILE) {
        Ok(file) => file,
        Err(error) => return Err(Located::boxed(at, Fault::File { path, error })),
    };
    let key = std::str::from_utf8(&file).ok();
    let Some(key) = key.filter(|key| key.contains("PRIVATE KEY-----")) else {
        let what = "expected a private key in PEM";
        return Err(Located::boxed(at, Fault::Key { path, what }));
    };
    if !has_cluster_id {
        let what =
            "expected the cluster ID of its root, but found neither cluster_id nor a spiffe:// URI";
        return Err(Located::boxed(at, Fault::Key { path, what }));
    }
    let faults = check_root(root.as_bytes(), Some(&file), now);
    if let Some(fault) = faults.into_iter().next() {
        return Err(Located::boxed(at, Fault::Ca { path, fault }));
    }
    Ok((root, Zeroizing::new(key.to_owned())))
}

fn make(site: &str, cluster_id: Option<String>, now: Timestamp) -> Result<KeptCa, MeshError> {
    let mut options = RootOptions::new(now);
    options.cluster_id = cluster_id;
    let root = new_root(&options).map_err(|error| MeshError::Ca {
        site: site.to_owned(),
        error,
    })?;
    Ok(KeptCa {
        cluster_id: root.cluster_id,
        certificate: root.certificate,
        private_key: Secret::new(root.private_key.as_str().to_owned()),
    })
}
