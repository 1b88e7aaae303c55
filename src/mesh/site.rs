//! A site of the mesh, with what the files say that its entry names.

use super::authority::Authority;
use super::base::SiteBase;
use super::error::{Fault, Located, MeshError};
use super::file::{MeshFile, SiteEntry, SiteState};
use super::kept::{Kept, KeptCa, KeptIdentity, KeptSite};
use super::options::Options;
use crate::finding::{Context, Finding, Level, findings};
use crate::generate::{TokenSpec, generate};
use crate::kubernetes::{DEFAULT_KEY, manifest};
use crate::roots::Roots;
use crate::snapshot::{State, oldest_server};
use peering_token::{PeeringToken, Release, Shape};
use peertok_secret::Secret;
use std::collections::BTreeMap;
use std::ops::Range;
use zeroize::Zeroizing;

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
    pub(super) state: SiteState,
    pub(super) kubernetes: Option<OnKubernetes>,
    /// What is found in its tokens, whoever dials.
    pub(super) findings: Vec<Finding>,
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

    /// Whether nothing that it holds may be lost, and no base says what that is.
    pub(super) fn is_running_without_base(&self) -> bool {
        self.state == SiteState::Running && self.base.is_none()
    }

    /// Whether a dialer can speak to its servers, as far as their releases tell.
    pub(super) fn can_accept(&self, dialer: &Self) -> bool {
        let releases = dialer.release.zip(self.release);
        releases.is_none_or(|(dialer, acceptor)| dialer.can_dial(acceptor))
    }

    /// Whether its roots are known, without which nobody can dial it.
    pub(super) fn is_known(&self) -> bool {
        !self.roots.entries.is_empty()
    }

    /// What its tokens are made of, for runs that have nothing else.
    pub(super) fn identity(&self) -> Option<KeptIdentity> {
        self.is_known().then(|| KeptIdentity {
            roots: self.roots.entries.clone(),
            cluster_id: self.cluster_id.clone(),
            addresses: self.token.server_addresses.clone().unwrap_or_default(),
            release: self.release.map(|release| release.to_string()),
        })
    }

    /// The state that its base holds.
    pub(super) fn in_base(&self) -> Option<&State> {
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
        if id.is_empty() {
            continue;
        }
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

impl Reader<'_> {
    /// Takes note of a fault, for which there is no site.
    fn fault<T>(&mut self, at: Range<usize>, fault: Fault) -> Option<T> {
        self.faults.push(Located::new(at, fault));
        None
    }

    fn kept(&self) -> Option<&KeptSite> {
        self.kept.sites.get(self.entry.name.get_ref())
    }

    /// The site, unless there was a fault.
    fn site(&mut self) -> Result<Option<Site>, MeshError> {
        let entry = self.entry;
        let before = self.faults.len();
        let was_running = self.kept().and_then(|kept| kept.state) == Some(SiteState::Running);
        if was_running && entry.state() == SiteState::New {
            let name = entry.name.get_ref().clone();
            return Ok(self.fault(entry.state_at(), Fault::WasRunning { name }));
        }
        let base = match SiteBase::read(entry, self.kept, self.options) {
            Ok(base) => base,
            Err(located) => return Ok(self.fault(located.span, located.fault)),
        };
        let state = base.as_ref().map(|base| &base.state);
        let authority = match Authority::of(entry, self.kept(), self.options, state)? {
            Ok(authority) => authority,
            Err(located) => return Ok(self.fault(located.span, located.fault)),
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
        let findings = if has_addresses && !authority.roots.entries.is_empty() {
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
            state: entry.state(),
            kubernetes,
            findings,
        }))
    }

    fn inputs(&mut self, state: Option<&State>, authority: &Authority) -> Option<TokenSpec> {
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
        let mut inputs = TokenSpec::new(entry.name.get_ref(), datacenter);
        inputs.roots = authority.roots.clone();
        inputs.cluster_id.clone_from(&authority.cluster_id);
        if authority.cluster_id.is_none() && authority.roots.entries.is_empty() {
            // Nobody dials it, so that its name is in no token.
            inputs.server_name = Some(String::new());
        }
        inputs.server_addresses = texts(&entry.addresses);
        let known = self.kept_identity();
        let elsewhere = match (state, known) {
            (Some(state), _) => Some(&state.server_addresses),
            (None, known) => known.map(|known| &known.addresses),
        };
        if let Some(addresses) = elsewhere.filter(|_| entry.addresses.is_empty()) {
            inputs.server_addresses.clone_from(addresses);
        }
        inputs.external_addresses = texts(&entry.external_addresses);
        inputs.peer_id = Some(NO_UUID.to_owned());
        inputs.secret = Some(Secret::new(NO_UUID.to_owned()));
        inputs.shape = self.release(state).map(Release::shape).unwrap_or_default();
        Some(inputs)
    }

    /// The release that was given, or that of the oldest server in the base, this one or the last.
    fn release(&self, state: Option<&State>) -> Option<Release> {
        if let Some(given) = &self.entry.consul_version {
            return given.get_ref().parse().ok();
        }
        if let Some(state) = state {
            return oldest_server(state);
        }
        self.kept_identity()?.release.as_ref()?.parse().ok()
    }

    /// What a running site without a base was known by before.
    fn kept_identity(&self) -> Option<&KeptIdentity> {
        let running = self.entry.state() == SiteState::Running && self.entry.base.is_none();
        self.kept().filter(|_| running)?.identity.as_ref()
    }

    /// Where the file has what a token cannot be made of.
    fn place_of(&self, error: &crate::generate::GenerateError) -> Range<usize> {
        let entry = self.entry;
        let found = match error {
            crate::generate::GenerateError::Address { address } => {
                let mut given = entry.external_addresses.iter().chain(&entry.addresses);
                given.find(|given| given.get_ref() == address)
            }
            crate::generate::GenerateError::Datacenter { .. } => entry.datacenter.as_ref(),
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
        let mut context = Context::at(self.options.now);
        context.acceptor_version = release;
        let text = token.encode(shape);
        let found = findings(text.as_bytes(), &context).unwrap_or_default();
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
