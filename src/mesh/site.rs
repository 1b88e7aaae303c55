//! A site of the mesh, with what the files say that its entry names.

use super::Options;
use super::error::{Fault, Located, MeshError};
use super::file::{MeshFile, SiteEntry};
use super::folder;
use super::kept::{Kept, KeptCa};
use crate::ca::{RootOptions, check_root, new_root};
use crate::kubernetes::{DEFAULT_KEY, manifest};
use crate::snapshot::{Base, State};
use crate::{
    Circumstances, Finding, Inputs, Level, PeeringToken, Release, RootDetails, Roots, Secret,
    Shape, findings, generate,
};
use consul_snapshot::is_uuid;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::fs::File;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use zeroize::Zeroizing;

/// A base older than this, in seconds, is an hour's work of others thrown away.
const OLDEST_BASE: i64 = 60 * 60;
/// How far two clocks may be apart, in seconds, without being wrong.
const CLOCK_SKEW: i64 = 60;
/// What stands in a token's place until it is known.
const NO_UUID: &str = "00000000-0000-0000-0000-000000000000";

/// The longest name of a peer.
const LONGEST_PEER: usize = 63;

/// The findings that an address leads nowhere from outside, for which `allow_private` is there.
const INSIDE: [&str; 4] = [
    "address-private",
    "address-loopback",
    "address-link-local",
    "address-unspecified",
];

/// A site.
pub(super) struct Site {
    pub(super) name: String,
    /// Where the file has its name.
    pub(super) at: Range<usize>,
    pub(super) cluster_id: String,
    pub(super) roots: Roots,
    /// Its token, but for ID and secret; without addresses where it has none.
    token: PeeringToken,
    pub(super) shape: Shape,
    pub(super) release: Option<Release>,
    /// The certificate and key of its CA, where they are known here.
    pub(super) ca: Option<(String, Zeroizing<String>)>,
    /// That CA, where it was made here.
    pub(super) made: Option<KeptCa>,
    pub(super) base: Option<SiteBase>,
    pub(super) restored: bool,
    pub(super) kubernetes: Option<OnKubernetes>,
    /// What is found in its tokens, whoever dials.
    pub(super) findings: Vec<Finding>,
}

/// The snapshot that a site's state starts from.
pub(super) struct SiteBase {
    pub(super) file: Mutex<Base<File>>,
    pub(super) state: State,
    /// The file's name, without its folder.
    pub(super) name: String,
    pub(super) sha256: String,
    pub(super) at: Range<usize>,
}

/// Where a site's tokens go on Kubernetes.
pub(super) struct OnKubernetes {
    pub(super) namespace: Option<String>,
    secret_prefix: String,
}

impl OnKubernetes {
    /// The name of the Secret with the token of the peering with `peer`.
    pub(super) fn secret(&self, peer: &str) -> String {
        format!("{}{peer}", self.secret_prefix)
    }
}

impl Site {
    /// The token of one of its peerings.
    pub(super) fn token(&self, peer_id: &str, secret: &Secret) -> PeeringToken {
        let mut token = self.token.clone();
        peer_id.clone_into(&mut token.peer_id);
        token.establishment_secret = secret.clone();
        token
    }

    pub(super) fn datacenter(&self) -> &str {
        &self.token.remote.datacenter
    }

    pub(super) fn server_name(&self) -> &str {
        &self.token.server_name
    }

    /// The addresses that its dialers dial.
    pub(super) fn dialed_addresses(&self) -> &[String] {
        self.token.dialed_addresses()
    }

    /// The state that its base holds.
    pub(super) fn state(&self) -> Option<&State> {
        self.base.as_ref().map(|base| &base.state)
    }
}

/// Reads all sites.
///
/// # Errors
///
/// All faults that are found.
pub(super) fn read(
    file: &MeshFile,
    kept: &Kept,
    options: &Options<'_>,
) -> Result<Vec<Site>, MeshError> {
    let mut faults = Vec::new();
    let mut sites = Vec::with_capacity(file.sites.len());
    for entry in &file.sites {
        let mut reader = Reader {
            file,
            entry,
            kept,
            options,
            faults: &mut faults,
        };
        sites.extend(reader.site()?);
    }
    check_unique(&sites, &mut faults);
    if faults.is_empty() {
        Ok(sites)
    } else {
        Err(MeshError::File(faults))
    }
}

fn check_unique(sites: &[Site], faults: &mut Vec<Located>) {
    let mut bases = BTreeMap::new();
    let mut cluster_ids = BTreeMap::new();
    let mut server_names = BTreeMap::new();
    for site in sites {
        if let Some(base) = &site.base
            && let Some(other) = bases.insert(base.sha256.clone(), &site.name)
        {
            let other = other.clone();
            faults.push(Located::new(base.at.clone(), Fault::BaseTwice { other }));
            continue;
        }
        let (id, name) = (site.cluster_id.clone(), site.server_name().to_owned());
        // Two of one datacenter and cluster ID have the same server name too, and one fault.
        if let Some(other) = cluster_ids.insert(id.clone(), &site.name) {
            let other = other.clone();
            faults.push(Located::new(
                site.at.clone(),
                Fault::ClusterIdTwice { id, other },
            ));
        } else if let Some(other) = server_names.insert(name.clone(), &site.name) {
            let fault = Fault::ServerNameTwice {
                server_name: name,
                other: other.clone(),
            };
            faults.push(Located::new(site.at.clone(), fault));
        }
    }
}

struct Reader<'a> {
    file: &'a MeshFile,
    entry: &'a SiteEntry,
    kept: &'a Kept,
    options: &'a Options<'a>,
    faults: &'a mut Vec<Located>,
}

/// What a site's CA is known by.
struct Authority {
    roots: Roots,
    cluster_id: Option<String>,
    ca: Option<(String, Zeroizing<String>)>,
    made: Option<KeptCa>,
}

impl Reader<'_> {
    /// Takes note of a fault, for which there is no site.
    fn fault<T>(&mut self, at: Range<usize>, fault: Fault) -> Option<T> {
        self.faults.push(Located::new(at, fault));
        None
    }

    fn path(&self, path: &Path) -> PathBuf {
        self.options.folder.join(path)
    }

    /// The site, unless there was a fault.
    fn site(&mut self) -> Result<Option<Site>, MeshError> {
        let entry = self.entry;
        let before = self.faults.len();
        let base = self.base();
        if self.faults.len() > before {
            return Ok(None);
        }
        let state = base.as_ref().map(|base| &base.state);
        let Some(authority) = self.authority(state)? else {
            return Ok(None);
        };
        let Some(mut inputs) = self.inputs(state, &authority) else {
            return Ok(None);
        };
        let has_addresses =
            !(inputs.server_addresses.is_empty() && inputs.external_addresses.is_empty());
        if !has_addresses {
            inputs
                .server_addresses
                .push("nowhere.invalid:8503".to_owned());
        }
        let mut token = match generate(&inputs) {
            Ok(generated) => generated.token,
            Err(error) => {
                let at = self.place_of(&error);
                return Ok(self.fault(at, Fault::Generate(error)));
            }
        };
        let release = self.release(state);
        let findings = if has_addresses {
            self.findings(&token, release, inputs.shape)
        } else {
            Vec::new()
        };
        if !has_addresses {
            token.server_addresses = None;
        }
        let kubernetes = self.kubernetes();
        let cluster_id = token.server_name.rsplit('.').nth(1).unwrap_or_default();
        if self.faults.len() > before {
            return Ok(None);
        }
        Ok(Some(Site {
            name: entry.name.get_ref().clone(),
            at: entry.name.span(),
            cluster_id: authority
                .cluster_id
                .unwrap_or_else(|| cluster_id.to_owned()),
            roots: authority.roots,
            token,
            shape: inputs.shape,
            release,
            ca: authority.ca,
            made: authority.made,
            base,
            restored: entry.restored,
            kubernetes,
            findings,
        }))
    }

    fn base(&mut self) -> Option<SiteBase> {
        let given = self.entry.base.as_ref()?;
        let path = self.path(given.get_ref());
        let opened = File::open(&path).and_then(|file| {
            let found = file.metadata()?;
            let sha256 = folder::sha256(&file)?;
            Ok((file, found.is_file(), sha256))
        });
        let (file, sha256) = match opened {
            Ok((file, true, sha256)) => (file, sha256),
            Ok(_) => {
                let error = std::io::Error::other("it is not a regular file");
                return self.fault(given.span(), Fault::File { path, error });
            }
            Err(error) => return self.fault(given.span(), Fault::File { path, error }),
        };
        let file = match Base::open(file) {
            Ok(base) => base,
            Err(error) => return self.fault(given.span(), Fault::Base { path, error }),
        };
        let kept = self.kept.sites.get(self.entry.name.get_ref());
        let is_new = kept.and_then(|kept| kept.base.as_ref()) != Some(&sha256);
        if is_new && !self.options.allow_old_base {
            let taken_at = file.state().meta.taken_at();
            let taken = || match taken_at {
                Some(at) => at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
                None => "a time that it does not tell".to_owned(),
            };
            let seconds = |at: Timestamp| at.as_second();
            let age = taken_at.map(|at| seconds(self.options.now) - seconds(at));
            if !age.is_some_and(|age| (-CLOCK_SKEW..=OLDEST_BASE).contains(&age)) {
                return self.fault(given.span(), Fault::OldBase { taken: taken() });
            }
            let made = kept
                .filter(|_| self.entry.restored)
                .map(|kept| kept.made_at);
            if let (Some(at), Some(made)) = (taken_at, made)
                && seconds(at) + CLOCK_SKEW < seconds(made)
            {
                return self.fault(given.span(), Fault::EarlierBase { taken: taken() });
            }
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        Some(SiteBase {
            state: file.state().clone(),
            file: Mutex::new(file),
            name: name.into_owned(),
            sha256,
            at: given.span(),
        })
    }

    /// The roots, the cluster ID and the CA: of the base, of the files, or made here.
    fn authority(&mut self, state: Option<&State>) -> Result<Option<Authority>, MeshError> {
        let entry = self.entry;
        let name = entry.name.get_ref();
        let kept = self.kept.sites.get(name).and_then(|site| site.ca.as_ref());
        let of_kept = |kept: &KeptCa| {
            let key = Zeroizing::new(kept.private_key.expose().to_owned());
            (kept.certificate.clone(), key)
        };
        if let Some(state) = state {
            let given = entry
                .base
                .as_ref()
                .map(|base| (base.span(), base.get_ref()));
            let (at, path) =
                given.map_or((0..0, PathBuf::new()), |(at, path)| (at, self.path(path)));
            let roots = match Roots::from_snapshot(state) {
                Ok(roots) if !roots.entries.is_empty() => roots,
                Ok(_) => {
                    let what = "roots, which a server has once its CA is initialized";
                    return Ok(self.fault(at, Fault::BaseLacks { path, what }));
                }
                Err(error) => return Ok(self.fault(at, Fault::Roots { path, error })),
            };
            if let (Some(kept), Some(found)) = (kept, &state.cluster_id)
                && !kept.cluster_id.eq_ignore_ascii_case(found)
            {
                let fault = Fault::OtherClusterId {
                    expected: kept.cluster_id.clone(),
                    found: found.clone(),
                };
                return Ok(self.fault(at, fault));
            }
            return Ok(Some(Authority {
                roots,
                cluster_id: state.cluster_id.clone(),
                ca: kept.map(of_kept),
                made: kept.cloned(),
            }));
        }
        let given_id = entry.cluster_id.as_ref();
        let lower_id = given_id.map(|id| id.get_ref().to_ascii_lowercase());
        if !entry.ca.is_empty() {
            let given = self.given(lower_id);
            return Ok(given.map(|given| Authority {
                made: kept.cloned(),
                ..given
            }));
        }
        let made = match kept {
            Some(kept) => kept.clone(),
            None => make(name, lower_id.clone(), self.options.now)?,
        };
        if let (Some(given), Some(id)) = (given_id, &lower_id)
            && *id != made.cluster_id
        {
            let fault = Fault::OtherClusterId {
                expected: made.cluster_id.clone(),
                found: id.clone(),
            };
            return Ok(self.fault(given.span(), fault));
        }
        Ok(Some(Authority {
            roots: Roots {
                entries: vec![made.certificate.clone()],
                trust_domain: Some(format!("{}.consul", made.cluster_id)),
            },
            cluster_id: Some(made.cluster_id.clone()),
            ca: Some(of_kept(&made)),
            made: Some(made),
        }))
    }

    /// The roots, and perhaps the key, of files.
    fn given(&mut self, cluster_id: Option<String>) -> Option<Authority> {
        let entry = self.entry;
        let mut roots = Roots::default();
        for given in &entry.ca {
            let path = self.path(given.get_ref());
            let file = match folder::read(&path) {
                Ok(file) => file,
                Err(error) => return self.fault(given.span(), Fault::File { path, error }),
            };
            match Roots::from_bundle(&file) {
                Ok(read) => roots.append(read),
                Err(error) => return self.fault(given.span(), Fault::Roots { path, error }),
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
        let mut ca = None;
        if let Some(given) = &entry.key {
            let path = self.path(given.get_ref());
            let file = match folder::read(&path) {
                Ok(file) => file,
                Err(error) => return self.fault(given.span(), Fault::File { path, error }),
            };
            let refused = |what| Fault::Key {
                path: path.clone(),
                what,
            };
            let Ok(key) = std::str::from_utf8(&file) else {
                return self.fault(given.span(), refused("expected a private key in PEM"));
            };
            if !key.contains("PRIVATE KEY-----") {
                return self.fault(given.span(), refused("expected a private key in PEM"));
            }
            if cluster_id.is_none() {
                let what = "expected the cluster ID of its root, but found neither cluster_id nor a spiffe:// URI";
                return self.fault(given.span(), refused(what));
            }
            let root = roots.entries.first().cloned().unwrap_or_default();
            let faults = check_root(root.as_bytes(), Some(&file), self.options.now);
            if let Some(fault) = faults.into_iter().next() {
                let path = path.clone();
                return self.fault(given.span(), Fault::Ca { path, fault });
            }
            ca = Some((root, Zeroizing::new(key.to_owned())));
        }
        roots.trust_domain = cluster_id.as_ref().map(|id| format!("{id}.consul"));
        Some(Authority {
            roots,
            cluster_id,
            ca,
            made: None,
        })
    }

    fn inputs(&mut self, state: Option<&State>, authority: &Authority) -> Option<Inputs> {
        let entry = self.entry;
        let in_base = state.and_then(|state| state.datacenter.clone());
        let datacenter = match (&entry.datacenter, in_base) {
            (Some(given), Some(base)) if !given.get_ref().eq_ignore_ascii_case(&base) => {
                let fault = Fault::OtherDatacenter {
                    expected: base,
                    found: given.get_ref().clone(),
                };
                return self.fault(given.span(), fault);
            }
            (Some(given), _) => given.get_ref().clone(),
            (None, Some(base)) => base,
            (None, None) => return self.fault(entry.name.span(), Fault::NoDatacenter),
        };
        let texts = |list: &[toml::Spanned<String>]| -> Vec<String> {
            list.iter().map(|text| text.get_ref().clone()).collect()
        };
        let mut inputs = Inputs::new(entry.name.get_ref(), datacenter);
        inputs.roots = authority.roots.clone();
        inputs.cluster_id.clone_from(&authority.cluster_id);
        inputs.server_addresses = texts(&entry.addresses);
        if let Some(state) = state.filter(|_| entry.addresses.is_empty()) {
            inputs.server_addresses.clone_from(&state.server_addresses);
        }
        inputs.external_addresses = texts(&entry.external_addresses);
        inputs.peer_id = Some(NO_UUID.to_owned());
        inputs.secret = Some(Secret::new(NO_UUID.to_owned()));
        inputs.shape = self.release(state).map(Release::shape).unwrap_or_default();
        Some(inputs)
    }

    /// The release that was given, or that of the oldest server in the base.
    fn release(&self, state: Option<&State>) -> Option<Release> {
        if let Some(given) = &self.entry.consul_version {
            return given.get_ref().parse().ok();
        }
        let servers = state.into_iter().flat_map(|state| &state.consul_versions);
        servers.filter_map(|version| version.parse().ok()).min()
    }

    /// Where the file has what a token cannot be made of.
    fn place_of(&self, error: &crate::GenerateError) -> Range<usize> {
        let entry = self.entry;
        let found = match error {
            crate::GenerateError::Address { address } => {
                let mut given = entry.external_addresses.iter().chain(&entry.addresses);
                given.find(|given| given.get_ref() == address)
            }
            crate::GenerateError::Datacenter { .. } => entry.datacenter.as_ref(),
            _ => None,
        };
        found.unwrap_or(&entry.name).span()
    }

    /// Judges the addresses, and gives what else is found in the site's tokens.
    fn findings(
        &mut self,
        token: &PeeringToken,
        release: Option<Release>,
        shape: Shape,
    ) -> Vec<Finding> {
        let mut circumstances = Circumstances::at(self.options.now);
        circumstances.acceptor_version = release;
        let text = token.encode(shape);
        let found = findings(text.as_bytes(), &circumstances).unwrap_or_default();
        let allows_private = self.file.allows_private(self.entry);
        for finding in &found {
            let message = finding.message.clone();
            let fault = match finding.name {
                name if INSIDE.contains(&name) => {
                    if allows_private {
                        continue;
                    }
                    Fault::NotFromOutside { message }
                }
                name if name.starts_with("address-") && finding.level == Level::Error => {
                    Fault::NotDialable { message }
                }
                _ => continue,
            };
            let at = self.place_of_path(&finding.path);
            self.faults.push(Located::new(at, fault));
        }
        found
    }

    /// Where the file has the address of a JSON path of its token.
    fn place_of_path(&self, path: &str) -> Range<usize> {
        let entry = self.entry;
        let index = |list: &str| -> Option<usize> {
            let path = path.strip_prefix(list)?.strip_prefix('[')?;
            path.strip_suffix(']')?.parse().ok()
        };
        let external = index("$.ManualServerAddresses");
        let external = external.and_then(|at| entry.external_addresses.get(at));
        let own = index("$.ServerAddresses").and_then(|at| entry.addresses.get(at));
        external.or(own).map_or_else(
            // The address is the base's.
            || {
                entry
                    .base
                    .as_ref()
                    .map_or(entry.name.span(), |base| base.span())
            },
            |address| address.span(),
        )
    }

    fn kubernetes(&mut self) -> Option<OnKubernetes> {
        let given = self.entry.kubernetes.as_ref()?;
        let namespace = given.namespace.as_ref();
        let kubernetes = OnKubernetes {
            namespace: namespace.map(|namespace| namespace.get_ref().clone()),
            secret_prefix: given.secret_prefix.get_ref().clone(),
        };
        let name = kubernetes.secret(&"x".repeat(LONGEST_PEER));
        if let Err(error) = manifest("", &name, kubernetes.namespace.as_deref(), DEFAULT_KEY) {
            let at = match (error.field, namespace) {
                ("metadata.namespace", Some(namespace)) => namespace.span(),
                _ => given.secret_prefix.span(),
            };
            return self.fault(at, Fault::Kubernetes(error));
        }
        Some(kubernetes)
    }
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
