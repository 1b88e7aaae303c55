//! What the files of a kit say of each other, and what the kit keeps says of them.
//!
//! Each holds although every sum is right: a manifest that was written for changed files does not make
//! a token fit the roots of another site.
//!
//! | a file | fits |
//! |---|---|
//! | a token | the acceptor's `root.pem`; what is kept of the pair and of the acceptor; the acceptor's other tokens; the snapshots of both ends |
//! | the body for establish | the token beside it |
//! | a Secret | the token, which at an acceptor stands in the dialer's folder |
//! | a PeeringAcceptor or PeeringDialer | the Secret beside it |
//! | `root.pem` | what is kept of the site; the roots in the site's snapshot |
//!
//! Only files whose sums are right are read.

use super::super::fault::CheckFault;
use super::super::files::{BODY, RESOURCE, ROOTS, SECRET, SNAPSHOT, STATE, TOKEN};
use super::super::kept::{Kept, KeptPair, KeptSite};
use super::super::{folder, kit};
use super::Checked;
use crate::finding::{Context, findings};
use crate::kubernetes::{self, DEFAULT_KEY, SecretKeyRef};
use crate::roots::Roots;
use crate::snapshot::State;
use crate::whole_file::MAX_FILE;
use jiff::Timestamp;
use peering_token::{PeeringToken, establish_body, judge};
use peertok_secret::Secret;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use zeroize::Zeroizing;

/// The files of a kit whose sums are right, and what was read of them.
pub(super) struct Parts<'a> {
    pub(super) out: &'a Path,
    pub(super) good: &'a BTreeSet<String>,
    /// The snapshots, by site.
    pub(super) states: &'a BTreeMap<String, State>,
    pub(super) kept: Option<&'a Kept>,
    pub(super) at: Timestamp,
}

/// What is needed to compare tokens.
struct Tokens<'a> {
    /// What is kept of each pair, by acceptor and dialer.
    pairs: BTreeMap<(&'a str, &'a str), &'a KeptPair>,
    /// The first token of each acceptor with its path, without what is another in each.
    first: BTreeMap<String, (String, PeeringToken)>,
}

impl Parts<'_> {
    pub(super) fn check(&self, checked: &mut Checked) {
        let pairs = self.kept.map(|kept| kept.pairs.iter());
        let pairs = pairs.into_iter().flatten();
        let mut tokens = Tokens {
            pairs: pairs
                .map(|pair| ((pair.accept.as_str(), pair.dial.as_str()), pair))
                .collect(),
            first: BTreeMap::new(),
        };
        for path in self.good {
            let Some((site, name)) = path.split_once('/') else {
                continue;
            };
            if name == ROOTS {
                self.roots(checked, path, site);
            } else if let Some(peer) = name.strip_suffix(TOKEN) {
                self.token(checked, path, site, peer, &mut tokens);
            } else if let Some(peer) = name.strip_suffix(BODY) {
                self.body(checked, path, site, peer);
            } else if let Some(peer) = name.strip_suffix(SECRET) {
                self.secret(checked, path, site, peer);
            } else if let Some(peer) = name.strip_suffix(RESOURCE) {
                self.resource(checked, path, site, peer);
            }
        }
    }

    /// A file whose sum is right. Another has a fault already.
    fn read(&self, path: &str) -> Option<Zeroizing<Vec<u8>>> {
        let is_good = self.good.contains(path);
        is_good.then(|| folder::read(&self.out.join(path), MAX_FILE).ok())?
    }

    fn roots(&self, checked: &mut Checked, path: &str, site: &str) {
        let Some(found) = self.read(path) else {
            return;
        };
        let is_it = |roots: &[String]| roots.concat().as_bytes() == found.as_slice();
        let kept = self.kept.and_then(|kept| kept.sites.get(site));
        let kept = kept.and_then(|kept| kept.identity.as_ref());
        if kept.is_some_and(|kept| !is_it(&kept.roots)) {
            checked.differs(path, "the content", STATE);
        }
        let state = self
            .states
            .get(site)
            .filter(|state| !state.roots.is_empty());
        let in_snapshot = state.map(Roots::from_snapshot);
        if in_snapshot.is_some_and(|roots| !roots.is_ok_and(|roots| is_it(&roots.entries))) {
            checked.differs(path, "the content", &format!("{site}/{SNAPSHOT}"));
        }
    }

    fn token(
        &self,
        checked: &mut Checked,
        path: &str,
        site: &str,
        peer: &str,
        tokens: &mut Tokens<'_>,
    ) {
        checked.tokens += 1;
        let text = match folder::read(&self.out.join(path), MAX_FILE) {
            Ok(text) => text,
            Err(error) => return checked.fault(path, CheckFault::Unreadable(error)),
        };
        if let Err(refusal) = judge(&text) {
            checked.fault(path, CheckFault::Refused(refusal));
        }
        let mut context = Context::at(self.at);
        context.acceptor = self.states.get(peer);
        context.dialer = self.states.get(site);
        context.name = Some(peer);
        match findings(&text, &context) {
            Ok(found) => {
                let found = found.into_iter().map(|finding| (path.to_owned(), finding));
                checked.findings.extend(found);
            }
            Err(error) => checked.fault(path, CheckFault::Token(error)),
        }
        let Ok(token) = PeeringToken::decode(&text) else {
            return;
        };
        let roots = format!("{peer}/{ROOTS}");
        let ca = token.ca.as_deref().unwrap_or_default();
        let is_of_acceptor = |roots: &[u8]| ca.concat().as_bytes() == roots;
        if self
            .read(&roots)
            .is_some_and(|roots| !is_of_acceptor(&roots))
        {
            checked.differs(path, "the CA", &roots);
        }
        if let Some(kept) = self.kept {
            let is_it = tokens.pairs.get(&(peer, site)).is_some_and(|pair| {
                pair.peer_id == token.peer_id && pair.secret == token.establishment_secret
            });
            if !is_it {
                checked.differs(path, "the peer ID or the secret", STATE);
            }
            if let Some(site) = kept.sites.get(peer) {
                checked.kept_token(path, site, &token);
            }
        }
        let mut common = token;
        common.peer_id.clear();
        common.establishment_secret = Secret::default();
        match tokens.first.get(peer) {
            None => {
                let first = (path.to_owned(), common);
                tokens.first.insert(peer.to_owned(), first);
            }
            Some((_, first)) if *first == common => {}
            Some((other, _)) => {
                checked.differs(
                    path,
                    "what the tokens of one acceptor have in common",
                    other,
                );
            }
        }
    }

    fn body(&self, checked: &mut Checked, path: &str, site: &str, peer: &str) {
        let beside = format!("{site}/{peer}{TOKEN}");
        let (Some(found), Some(token)) = (self.read(path), self.read(&beside)) else {
            return;
        };
        let is_it = str::from_utf8(&token)
            .is_ok_and(|token| establish_body(peer, token).as_bytes() == found.as_slice());
        if !is_it {
            checked.fault(path, CheckFault::OtherToken);
        }
    }

    /// The token of a site's Secret: its own, or at an acceptor that of the dialer.
    fn token_of_secret(&self, site: &str, peer: &str) -> Option<(String, Zeroizing<Vec<u8>>)> {
        let own = format!("{site}/{peer}{TOKEN}");
        let others = format!("{peer}/{site}{TOKEN}");
        let path = if self.good.contains(&own) {
            own
        } else {
            others
        };
        let token = self.read(&path)?;
        Some((path, token))
    }

    fn secret(&self, checked: &mut Checked, path: &str, site: &str, peer: &str) {
        let Some(found) = self.read(path) else {
            return;
        };
        let Some((of, token)) = self.token_of_secret(site, peer) else {
            return;
        };
        let read = kubernetes::read(&found);
        let place = match read.as_deref() {
            Ok([only]) if only.token == token => &only.place,
            _ => return checked.differs(path, "the token", &of),
        };
        let namespace = place.namespace.as_deref();
        let again = str::from_utf8(&token).ok().and_then(|token| {
            kubernetes::manifest(token, &place.name, namespace, DEFAULT_KEY).ok()
        });
        if again.is_none_or(|again| again.as_bytes() != found.as_slice()) {
            checked.differs(path, "the Secret", &of);
        }
    }

    fn resource(&self, checked: &mut Checked, path: &str, site: &str, peer: &str) {
        let secret = format!("{site}/{peer}{SECRET}");
        let (Some(found), Some(manifest)) = (self.read(path), self.read(&secret)) else {
            return;
        };
        let dials = self.good.contains(&format!("{site}/{peer}{TOKEN}"));
        let secrets = kubernetes::read(&manifest).unwrap_or_default();
        let is_it = |place: &SecretKeyRef| {
            let namespace = place.namespace.as_deref();
            let again = kit::resource(dials, peer, namespace, &place.name);
            again.as_bytes() == found.as_slice()
        };
        if !secrets.iter().any(|secret| is_it(&secret.place)) {
            checked.differs(path, "the resource", &secret);
        }
    }
}

impl Checked {
    /// Compares a token with what the kit keeps of its acceptor.
    fn kept_token(&mut self, path: &str, acceptor: &KeptSite, token: &PeeringToken) {
        let Some(kept) = &acceptor.identity else {
            return;
        };
        if token.ca.as_deref().unwrap_or_default() != kept.roots {
            self.differs(path, "the CA", STATE);
        }
        if token.server_addresses.as_deref().unwrap_or_default() != kept.addresses {
            self.differs(path, "the list of server addresses", STATE);
        }
        let of_cluster = format!(".peering.{}.consul", kept.cluster_id);
        if !token.server_name.ends_with(&of_cluster) {
            self.differs(path, "the server name", STATE);
        }
    }

    /// A file says something else than another.
    fn differs(&mut self, path: &str, what: &'static str, with: &str) {
        let with = with.to_owned();
        self.fault(path, CheckFault::Differs { what, with });
    }
}
