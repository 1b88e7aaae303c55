//! Who peers with whom, with which IDs and secrets, and what each site's snapshot gets.
//!
//! A pair that the kit has keeps its direction, IDs and secret. What a snapshot gets follows from the
//! site's base:
//!
//! | the site has | its snapshot gets |
//! |---|---|
//! | no base | all its peerings; none if it is restored already, and new ones are refused then |
//! | a base | the peerings that are not in the base, and those that get another secret |
//!
//! In the mode `token` only acceptors need a peering in their snapshot, in `active` both ends do.

use super::Options;
use super::error::{Fault, Located, MeshError};
use super::file::{MeshFile, Mode, PairsEntry};
use super::kept::{Kept, KeptPair, KeptSite};
use super::site::Site;
use crate::Secret;
use crate::generate::uuid;
use crate::snapshot::{End, Seed, State, TokenStatus, name_to_accept, name_to_dial};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// What is to be written.
pub(super) struct Plan {
    pub(super) mode: Mode,
    pub(super) sites: Vec<Site>,
    /// Ordered by the places of acceptor and dialer among the sites.
    pub(super) pairs: Vec<Pair>,
    /// What each site does, in their order.
    pub(super) tasks: Vec<Task>,
}

/// Two sites that peer.
pub(super) struct Pair {
    /// The place of the acceptor among the sites.
    pub(super) accept: usize,
    pub(super) dial: usize,
    at: Range<usize>,
    pub(super) kept: KeptPair,
    is_new: bool,
    /// Whether the acceptor's base tells that its token was redeemed, so that there is nothing left
    /// to do with it.
    pub(super) is_done: bool,
}

/// What a site has to do, as places among the pairs.
#[derive(Default)]
pub(super) struct Task {
    pub(super) accepts: Vec<usize>,
    pub(super) dials: Vec<usize>,
    /// The peerings that its snapshot gets.
    pub(super) seeds: Vec<usize>,
}

impl Plan {
    /// Plans a kit, and takes note in `kept` of what is new.
    pub(super) fn new(
        file: &MeshFile,
        sites: Vec<Site>,
        kept: &mut Kept,
        options: &Options<'_>,
    ) -> Result<Self, MeshError> {
        let mut faults = Vec::new();
        let mut pairs = pairs(file, &sites, kept, &mut faults)?;
        pairs.sort_by_key(|pair| (pair.accept, pair.dial));
        let mut tasks: Vec<Task> = sites.iter().map(|_| Task::default()).collect();
        for (index, pair) in pairs.iter().enumerate() {
            if let Some(task) = tasks.get_mut(pair.accept) {
                task.accepts.push(index);
            }
            if let Some(task) = tasks.get_mut(pair.dial) {
                task.dials.push(index);
            }
        }
        let rotated = rotate(&sites, &mut pairs, kept.mode, options)?;
        let mut plan = Self {
            mode: kept.mode,
            sites,
            pairs,
            tasks,
        };
        for index in 0..plan.sites.len() {
            plan.fill(index, kept, &rotated, options, &mut faults);
        }
        if !faults.is_empty() {
            faults.sort_by_key(|fault| fault.span.start);
            return Err(MeshError::File(faults));
        }
        keep(&plan.pairs, kept);
        Ok(plan)
    }

    /// Decides what a site's snapshot gets.
    fn fill(
        &mut self,
        index: usize,
        kept: &mut Kept,
        rotated: &BTreeSet<usize>,
        options: &Options<'_>,
        faults: &mut Vec<Located>,
    ) {
        let (Some(site), Some(task)) = (self.sites.get(index), self.tasks.get_mut(index)) else {
            return;
        };
        if site.dialed_addresses().is_empty()
            && let Some(pair) = task
                .accepts
                .first()
                .and_then(|first| self.pairs.get(*first))
        {
            let dial = pair.kept.dial.clone();
            faults.push(Located::new(site.at.clone(), Fault::NoAddresses { dial }));
        }
        let known = kept.sites.get(&site.name);
        let seeded = known.map(|known| known.seeded.clone()).unwrap_or_default();
        let mut in_snapshot = task.accepts.clone();
        if self.mode == Mode::Active {
            in_snapshot.extend(&task.dials);
        }
        let base = site.base.as_ref();
        let known_base = known.and_then(|known| known.base.as_ref());
        let same_base = base.is_some_and(|base| known_base == Some(&base.sha256));
        // The base of the last snapshot, or none, is not what a restored site has become since.
        let is_outdated = site.restored && (base.is_none() || same_base);
        let mut unseeded = Vec::new();
        for place in in_snapshot {
            let Some(pair) = self.pairs.get_mut(place) else {
                continue;
            };
            let peer = pair.peer(index).to_owned();
            let is_rotated = rotated.contains(&place) && pair.accept == index;
            if is_outdated && (!seeded.contains(&peer) || is_rotated) {
                unseeded.push((pair.at.clone(), peer));
                continue;
            }
            let seed = match site.state() {
                None => Ok(!site.restored),
                Some(state) => pair.seed(site, index, state, self.mode, is_rotated, &seeded),
            };
            match seed {
                Ok(true) => task.seeds.push(place),
                Ok(false) => {}
                Err(fault) => faults.push(Located::new(pair.at.clone(), fault)),
            }
        }
        if self.mode == Mode::Token
            && let Some(state) = site.state()
        {
            for pair in task.dials.iter().filter_map(|place| self.pairs.get(*place)) {
                if let Err(error) = name_to_dial(state, pair.peer(index)) {
                    let site = site.name.clone();
                    faults.push(Located::new(pair.at.clone(), Fault::Taken { site, error }));
                }
            }
        }
        if !unseeded.is_empty() {
            let peers: Vec<&str> = unseeded.iter().map(|(_, peer)| peer.as_str()).collect();
            let fault = Fault::NeedsBase {
                site: site.name.clone(),
                peers: peers.join(", "),
            };
            faults.push(Located::new(site.at.clone(), fault));
            return;
        }

        let peers = task.seeds.iter().filter_map(|place| self.pairs.get(*place));
        let peers: BTreeSet<String> = peers.map(|pair| pair.peer(index).to_owned()).collect();
        let has_rotated = task.seeds.iter().any(|place| rotated.contains(place));
        let has_new_base = base.is_some() && !same_base;
        let changes = known.is_none() || has_rotated || has_new_base || !peers.is_subset(&seeded);
        let made_at = known.filter(|_| !changes).map(|known| known.made_at);
        let next = KeptSite {
            made_at: made_at.unwrap_or(options.now),
            ca: site.made.clone(),
            base: base
                .map(|base| base.sha256.clone())
                .or_else(|| known_base.cloned()),
            seeded: &seeded | &peers,
        };
        kept.sites.insert(site.name.clone(), next);
    }

    /// The records that a site's snapshot gets.
    pub(super) fn seeds(&self, index: usize) -> Vec<Seed> {
        let places = self.tasks.get(index).map(|task| &task.seeds);
        let pairs = places
            .into_iter()
            .flatten()
            .filter_map(|at| self.pairs.get(*at));
        pairs
            .filter_map(|pair| {
                let kept = &pair.kept;
                let stream_secret = kept.secret.clone();
                let (id, end) = match (self.mode, pair.accept == index) {
                    (Mode::Token, _) => {
                        let secret = kept.secret.clone();
                        (&kept.peer_id, End::Token { secret })
                    }
                    (Mode::Active, true) => (&kept.peer_id, End::Accept { stream_secret }),
                    (Mode::Active, false) => {
                        let acceptor = self.sites.get(pair.accept)?;
                        // The dialer knows the acceptor by its token, of which it needs no secret.
                        let acceptor = acceptor.token(&kept.peer_id, &Secret::default());
                        let end = End::Dial {
                            stream_secret,
                            acceptor: Box::new(acceptor),
                        };
                        (&kept.dialer_id, end)
                    }
                };
                Some(Seed {
                    name: pair.peer(index).to_owned(),
                    meta: BTreeMap::new(),
                    id: id.clone(),
                    end,
                })
            })
            .collect()
    }
}

impl Pair {
    /// The name of the other end.
    pub(super) fn peer(&self, index: usize) -> &str {
        if self.accept == index {
            &self.kept.dial
        } else {
            &self.kept.accept
        }
    }

    /// Whether a snapshot with a base gets the peering. One that the base knows is left alone, unless
    /// its token is new.
    fn seed(
        &mut self,
        site: &Site,
        index: usize,
        state: &State,
        mode: Mode,
        is_rotated: bool,
        seeded: &BTreeSet<String>,
    ) -> Result<bool, Fault> {
        let accepts = self.accept == index;
        let peer = self.peer(index).to_owned();
        let known = if accepts {
            name_to_accept(state, &peer)
        } else {
            name_to_dial(state, &peer)
        };
        let site_name = || site.name.clone();
        let known = known.map_err(|error| Fault::Taken {
            site: site_name(),
            error,
        })?;
        let Some(known) = known else {
            return Ok(true);
        };
        let base = site.base.as_ref().map(|base| &base.sha256);
        let own = if accepts {
            &self.kept.peer_id
        } else {
            &self.kept.dialer_id
        };
        if mode == Mode::Active {
            return if !self.is_new && seeded.contains(&peer) && known.id.eq_ignore_ascii_case(own) {
                Ok(false)
            } else {
                Err(Fault::PeeringInBase {
                    site: site_name(),
                    peer,
                })
            };
        }
        if self.is_new {
            // As a server does, which keeps the ID of a name that it knows.
            self.kept.peer_id.clone_from(&known.id);
            self.kept.into = base.cloned();
        } else if !known.id.eq_ignore_ascii_case(own) {
            return Err(Fault::OtherId {
                site: site_name(),
                peer,
                expected: own.clone(),
                found: known.id.clone(),
            });
        } else if is_rotated {
            self.kept.into = base.cloned();
        }
        let gets_secret = self.kept.into.is_some() && self.kept.into.as_ref() == base;
        let status = TokenStatus::of_peering(known, &self.kept.secret);
        self.is_done = !gets_secret && status != TokenStatus::Redeemable;
        Ok(gets_secret)
    }
}

/// The pairs of the file, those that are new with IDs and a secret of their own.
fn pairs(
    file: &MeshFile,
    sites: &[Site],
    kept: &Kept,
    faults: &mut Vec<Located>,
) -> Result<Vec<Pair>, MeshError> {
    let of_kept = kept
        .pairs
        .iter()
        .map(|pair| (key(&pair.accept, &pair.dial), pair));
    let of_kept: BTreeMap<(&str, &str), &KeptPair> = of_kept.collect();
    let mut pairs = Vec::new();
    let mut add = |accept: usize, dial: usize, at: Range<usize>, may_turn: bool| {
        let (Some(acceptor), Some(dialer)) = (sites.get(accept), sites.get(dial)) else {
            return Ok(());
        };
        let known = of_kept.get(&key(&acceptor.name, &dialer.name));
        let (mut accept, mut dial) = (accept, dial);
        let kept = match known {
            Some(known) => {
                if known.accept != acceptor.name {
                    if !may_turn {
                        let accept = known.accept.clone();
                        faults.push(Located::new(at, Fault::Turned { accept }));
                        return Ok(());
                    }
                    (accept, dial) = (dial, accept);
                }
                (*known).clone()
            }
            None => new_pair(acceptor, dialer)?,
        };
        pairs.push(Pair {
            accept,
            dial,
            at,
            kept,
            is_new: known.is_none(),
            is_done: false,
        });
        Ok(())
    };
    match &file.pairs {
        PairsEntry::Full => {
            for (first, one) in sites.iter().enumerate() {
                for (second, other) in sites.iter().enumerate().skip(first + 1) {
                    // A dialer that is newer than its acceptor may find no way to speak to it.
                    let is_older = one.release.zip(other.release).is_some_and(|(a, b)| a < b);
                    let (accept, dial) = if is_older {
                        (second, first)
                    } else {
                        (first, second)
                    };
                    add(accept, dial, other.at.clone(), true)?;
                }
            }
        }
        PairsEntry::List(list) => {
            let places = sites.iter().enumerate();
            let places: BTreeMap<&str, usize> = places
                .map(|(place, site)| (site.name.as_str(), place))
                .collect();
            for entry in list {
                let pair = entry.get_ref();
                let place = |name: &str| places.get(name).copied();
                if let (Some(accept), Some(dial)) =
                    (place(pair.accept.get_ref()), place(pair.dial.get_ref()))
                {
                    add(accept, dial, entry.span(), false)?;
                }
            }
        }
    }
    Ok(pairs)
}

/// Two names, whichever stands first.
fn key<'a>(one: &'a str, other: &'a str) -> (&'a str, &'a str) {
    (one.min(other), one.max(other))
}

fn new_pair(acceptor: &Site, dialer: &Site) -> Result<KeptPair, MeshError> {
    Ok(KeptPair {
        accept: acceptor.name.clone(),
        dial: dialer.name.clone(),
        peer_id: new_uuid(&acceptor.name)?,
        dialer_id: new_uuid(&dialer.name)?,
        secret: Secret::new(new_uuid(&acceptor.name)?),
        into: None,
    })
}

fn new_uuid(site: &str) -> Result<String, MeshError> {
    uuid(None, "a new one").map_err(|error| MeshError::Generate {
        site: site.to_owned(),
        error,
    })
}

/// Gives the pairs that are named another secret.
fn rotate(
    sites: &[Site],
    pairs: &mut [Pair],
    mode: Mode,
    options: &Options<'_>,
) -> Result<BTreeSet<usize>, MeshError> {
    let mut rotated = BTreeSet::new();
    for found in options.rotate {
        let missing = || MeshError::NoSuchPair {
            found: found.clone(),
        };
        let (one, other) = found.split_once('/').ok_or_else(missing)?;
        let is_it = |pair: &Pair| key(&pair.kept.accept, &pair.kept.dial) == key(one, other);
        let place = pairs.iter().position(is_it).ok_or_else(missing)?;
        let Some(pair) = pairs.get_mut(place) else {
            continue;
        };
        let ends = [pair.accept, pair.dial].map(|end| sites.get(end));
        if mode == Mode::Active
            && let Some(site) = ends.into_iter().flatten().find(|site| site.restored)
        {
            let site = site.name.clone();
            return Err(MeshError::RotateRestored { site });
        }
        if !pair.is_new {
            pair.kept.secret = Secret::new(new_uuid(&pair.kept.accept)?);
            rotated.insert(place);
        }
    }
    Ok(rotated)
}

/// Takes note of the pairs. Those that are no longer in the file are kept too.
fn keep(pairs: &[Pair], kept: &mut Kept) {
    let places = kept.pairs.iter().enumerate();
    let places: BTreeMap<(String, String), usize> = places
        .map(|(place, pair)| ((pair.accept.clone(), pair.dial.clone()), place))
        .collect();
    for pair in pairs {
        let name = (pair.kept.accept.clone(), pair.kept.dial.clone());
        match places
            .get(&name)
            .and_then(|place| kept.pairs.get_mut(*place))
        {
            Some(known) => known.clone_from(&pair.kept),
            None => kept.pairs.push(pair.kept.clone()),
        }
    }
}
