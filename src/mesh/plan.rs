//! Who peers with whom, with which IDs and secrets, and what each site's snapshot gets.
//!
//! A pair that the kit has keeps its direction, IDs and secret. What a snapshot gets follows from the
//! site's base:
//!
//! | the site has | its snapshot gets |
//! |---|---|
//! | `state = "new"` | all its peerings |
//! | `state = "running"` and no base | none: it is not written, and a new peering that needs it is refused |
//! | a base | the peerings that are not in the base, and those that get another secret |
//!
//! In the mode `token` only acceptors need a peering in their snapshot, in `active` both ends do.

use super::error::{Fault, Located, MeshError};
use super::file::{MeshFile, Mode, PairsEntry};
use super::kept::{Kept, KeptPair, KeptSite};
use super::options::Options;
use super::site::Site;
use crate::generate::uuid;
use crate::snapshot::{End, Seed, State, TokenStatus, name_to_accept, name_to_dial};
use peertok_secret::Secret;
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
    /// The pairs, dialer first, whose direction spares the dialer a restore.
    pub(super) spared: Spared,
    /// The running sites without a base that had a snapshot once, and the peers that it brought.
    pub(super) as_restored: Vec<(String, String)>,
}

/// Names of dialers and acceptors.
type Spared = Vec<(String, String)>;

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
    /// Whether an earlier run wrote a kit for the site, part of which may be in use.
    pub(super) is_known: bool,
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
        let (mut pairs, spared) = pairs(file, &sites, kept, &mut faults)?;
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
            spared,
            as_restored: Vec::new(),
        };
        let is_listed = matches!(file.pairs, PairsEntry::List(_));
        for index in 0..plan.sites.len() {
            plan.fill(index, kept, &rotated, options, is_listed, &mut faults);
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
        is_listed: bool,
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
        task.is_known = known.is_some();
        let seeded = known.map(|known| known.seeded.clone()).unwrap_or_default();
        let mut in_snapshot = task.accepts.clone();
        if self.mode == Mode::Active {
            in_snapshot.extend(&task.dials);
        }
        let base = site.base.as_ref();
        let known_base = known.and_then(|known| known.base.as_ref());
        let mut unseeded = Vec::new();
        let mut restored = Vec::new();
        let mut turn = Vec::new();
        for place in in_snapshot {
            let Some(pair) = self.pairs.get_mut(place) else {
                continue;
            };
            let peer = pair.peer(index).to_owned();
            let is_rotated = rotated.contains(&place) && pair.accept == index;
            if site.is_running_without_base() {
                // Peerings that it has keep their tokens; those of an unknown root have none.
                if !seeded.contains(&peer) || is_rotated || !site.is_known() {
                    let dialer = self.sites.get(pair.dial);
                    let can_turn = dialer.is_some_and(|dialer| dialer.can_accept(site));
                    if self.mode == Mode::Token && is_listed && pair.is_new && can_turn {
                        turn.push(peer.clone());
                    }
                    unseeded.push(peer);
                } else {
                    restored.push(peer);
                }
                continue;
            }
            let seed = match site.in_base() {
                None => Ok(true),
                Some(state) => pair.seed(site, index, state, self.mode, is_rotated, &seeded),
            };
            match seed {
                Ok(true) => task.seeds.push(place),
                Ok(false) => {}
                Err(fault) => faults.push(Located::new(pair.at.clone(), fault)),
            }
        }
        if self.mode == Mode::Token
            && let Some(state) = site.in_base()
        {
            for pair in task.dials.iter().filter_map(|place| self.pairs.get(*place)) {
                if let Err(error) = name_to_dial(state, pair.peer(index)) {
                    let site = site.name.clone();
                    faults.push(Located::new(pair.at.clone(), Fault::Taken { site, error }));
                }
            }
        }
        if !unseeded.is_empty() {
            let fault = Fault::NeedsBase {
                site: site.name.clone(),
                peers: unseeded.join(", "),
                turn,
            };
            faults.push(Located::new(site.at.clone(), fault));
            return;
        }

        let peers = task.seeds.iter().filter_map(|place| self.pairs.get(*place));
        let peers: BTreeSet<String> = peers.map(|pair| pair.peer(index).to_owned()).collect();
        let has_rotated = task.seeds.iter().any(|place| rotated.contains(place));
        let has_new_base = base.is_some_and(|base| known_base != Some(&base.sha256));
        let grows = has_rotated || !peers.is_subset(&seeded);
        // A new base was judged when it was read. The last one has grown older since.
        if let Some(base) = base.filter(|_| grows && !has_new_base)
            && let Some(fault) = base.check_age(options)
        {
            faults.push(Located::new(base.at.clone(), fault));
        }
        if !restored.is_empty() {
            let peers = restored.join(", ");
            self.as_restored.push((site.name.clone(), peers));
        }
        let changes = known.is_none() || has_new_base || grows;
        let made_at = known.filter(|_| !changes).map(|known| known.made_at);
        let next = KeptSite {
            made_at: made_at.unwrap_or(options.now),
            ca: site.made.clone(),
            base: base
                .map(|base| base.sha256.clone())
                .or_else(|| known_base.cloned()),
            seeded: &seeded | &peers,
            state: Some(site.state),
            identity: site
                .identity()
                .or_else(|| known.and_then(|known| known.identity.clone())),
        };
        kept.sites.insert(site.name.clone(), next);
    }

    /// The peers that a site's snapshot adds to its base.
    pub(super) fn added(&self, index: usize) -> Vec<&str> {
        let (Some(site), Some(task)) = (self.sites.get(index), self.tasks.get(index)) else {
            return Vec::new();
        };
        let pairs = task.seeds.iter().filter_map(|at| self.pairs.get(*at));
        let peers = pairs.map(|pair| pair.peer(index));
        let in_base = |peer: &str| {
            site.in_base()
                .is_some_and(|base| base.peering(peer).is_some())
        };
        peers.filter(|peer| !in_base(peer)).collect()
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

/// The pairs of the file, those that are new with IDs and a secret of their own; and the new ones
/// whose direction spares the dialer a restore, by name.
fn pairs(
    file: &MeshFile,
    sites: &[Site],
    kept: &Kept,
    faults: &mut Vec<Located>,
) -> Result<(Vec<Pair>, Spared), MeshError> {
    let of_kept = kept
        .pairs
        .iter()
        .map(|pair| (key(&pair.accept, &pair.dial), pair));
    let of_kept: BTreeMap<(&str, &str), &KeptPair> = of_kept.collect();
    let mut pairs = Vec::new();
    let mut spared = Vec::new();
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
                    let (second_accepts, is_spared) = direction(one, other, kept.mode);
                    let (accept, dial) = if second_accepts {
                        (second, first)
                    } else {
                        (first, second)
                    };
                    if is_spared && !of_kept.contains_key(&key(&one.name, &other.name)) {
                        let name = |place: usize| sites.get(place).map(|site| site.name.clone());
                        spared.extend(name(dial).zip(name(accept)));
                    }
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
    Ok((pairs, spared))
}

/// Of two sites that the kit has no pair of yet, whether the later one accepts, and whether that is
/// so, or not so, to spare the dialer a restore.
fn direction(earlier: &Site, later: &Site, mode: Mode) -> (bool, bool) {
    let (earlier_can, later_can) = (earlier.can_accept(later), later.can_accept(earlier));
    if earlier_can != later_can {
        return (later_can, false);
    }
    // With the secret in both snapshots, both are restored, whoever dials.
    let spares = |site: &Site| mode == Mode::Token && site.is_running_without_base();
    if spares(earlier) != spares(later) {
        return (spares(earlier), true);
    }
    let is_older = earlier
        .release
        .zip(later.release)
        .is_some_and(|(a, b)| a < b);
    (is_older, false)
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
    if options.rotate.is_empty() {
        return Ok(rotated);
    }
    let name = |pair: &Pair| {
        let (one, other) = key(&pair.kept.accept, &pair.kept.dial);
        (one.to_owned(), other.to_owned())
    };
    let places: BTreeMap<(String, String), usize> = pairs
        .iter()
        .enumerate()
        .map(|(place, pair)| (name(pair), place))
        .collect();
    for found in options.rotate {
        let missing = || MeshError::NoSuchPair {
            found: found.clone(),
        };
        let (one, other) = found.split_once('/').ok_or_else(missing)?;
        let (one, other) = key(one, other);
        let name = (one.to_owned(), other.to_owned());
        let place = *places.get(&name).ok_or_else(missing)?;
        let Some(pair) = pairs.get_mut(place) else {
            continue;
        };
        let ends = [pair.accept, pair.dial].map(|end| sites.get(end));
        if mode == Mode::Active
            && let Some(site) = ends
                .into_iter()
                .flatten()
                .find(|site| site.is_running_without_base())
        {
            let site = site.name.clone();
            return Err(MeshError::RotateRunning { site });
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
