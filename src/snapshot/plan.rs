//! What peerings mean for a snapshot: which of them it gets, and with what.
//!
//! A name that is new gets a peering:
//!
//! | end | state | fields beside ID, name and metadata | secret |
//! |---|---|---|---|
//! | [`End::Token`] | PENDING | | establishment |
//! | [`End::Accept`] | PENDING | | active stream |
//! | [`End::Dial`] | ESTABLISHING | the acceptor's ID, roots, name, addresses and place | active stream |
//!
//! A name that has a peering already keeps it, and its establishment secret is replaced. Names and
//! metadata are checked as Consul's HTTP API does it.

use super::error::SeedError;
use super::names::{name_to_accept, name_to_dial};
use super::seed::{End, Seed};
use super::status::TokenStatus;
use crate::{PeeringToken, check_meta, check_peer_name};
use consul_snapshot::{Edit, Locality, Peering, PeeringState, Remote, is_uuid};
use peertok_secret::Secret;
use std::collections::BTreeSet;
use std::io::{Read, Seek};

/// What was done for a seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// The peering was added.
    Added,
    /// The snapshot honoured the token already.
    None,
    /// The name had a peering, which got a new establishment secret.
    SecretReplaced {
        /// Whether that makes an earlier token worthless that could still be redeemed.
        superseded: bool,
    },
}

/// Adds peerings to an edit, and gives what was done for each.
pub(super) fn add<F: Read + Seek>(
    edit: &mut Edit<'_, F>,
    seeds: &[Seed],
) -> Result<Vec<Change>, SeedError> {
    let mut values = BTreeSet::new();
    let mut changes = Vec::new();
    for seed in seeds {
        for value in [&seed.name, &seed.id] {
            if !values.insert(value.to_ascii_lowercase()) {
                let value = value.clone();
                return Err(SeedError::Twice { value });
            }
        }
        check(edit, seed)?;
        changes.push(match &seed.end {
            End::Token { secret } => add_token(edit, seed, secret)?,
            End::Accept { .. } | End::Dial { .. } => add_stream(edit, seed)?,
        });
    }
    Ok(changes)
}

/// Checks what is wrong with a seed whatever the base holds under its name.
fn check<F: Read + Seek>(edit: &Edit<'_, F>, seed: &Seed) -> Result<(), SeedError> {
    let base = edit.base();
    let name = seed.name.clone();
    check_peer_name(&name)?;
    check_meta(&seed.meta)?;
    let acceptor = match &seed.end {
        End::Dial { acceptor, .. } => Some(&acceptor.peer_id),
        _ => None,
    };
    let values = [
        ("the ID", Some(seed.id.as_str())),
        ("the secret", Some(seed.secret().expose())),
        ("the acceptor's ID", acceptor.map(String::as_str)),
    ];
    for (what, value) in values {
        if value.is_some_and(|value| !is_uuid(value)) {
            return Err(SeedError::NotAUuid { what, name });
        }
    }
    if let Some(other) = base.peering_by_id(&seed.id)
        && !other.name.eq_ignore_ascii_case(&name)
    {
        let other = other.name.clone();
        return Err(SeedError::IdInUse { name, other });
    }
    // A token that the base honours already is left as it is.
    let honoured = TokenStatus::of(base, &seed.id, seed.secret()) == TokenStatus::Redeemable;
    if edit.holds_secret(seed.secret()) && !honoured {
        return Err(SeedError::SecretInUse { name });
    }
    Ok(())
}

fn add_token<F: Read + Seek>(
    edit: &mut Edit<'_, F>,
    seed: &Seed,
    secret: &Secret,
) -> Result<Change, SeedError> {
    let Some(known) = name_to_accept(edit.base(), &seed.name)? else {
        return add_new(edit, seed);
    };
    if !known.id.eq_ignore_ascii_case(&seed.id) {
        return Err(SeedError::OtherId {
            name: seed.name.clone(),
            expected: known.id.clone(),
            found: seed.id.clone(),
        });
    }
    let earlier = known.secrets.establishment.as_ref();
    if earlier == Some(secret) {
        return Ok(Change::None);
    }
    let superseded = earlier.is_some();
    edit.set_establishment_secret(&seed.id, secret)?;
    Ok(Change::SecretReplaced { superseded })
}

fn add_stream<F: Read + Seek>(edit: &mut Edit<'_, F>, seed: &Seed) -> Result<Change, SeedError> {
    let name = seed.name.clone();
    let known = match &seed.end {
        End::Dial { acceptor, .. } => {
            let own = edit.base().server_name();
            if own.is_some_and(|own| own == acceptor.server_name) {
                let server_name = acceptor.server_name.clone();
                return Err(SeedError::SameCluster { server_name });
            }
            if acceptor.dialed_addresses().is_empty() {
                return Err(SeedError::NothingToDial { name });
            }
            name_to_dial(edit.base(), &name)?
        }
        _ => name_to_accept(edit.base(), &name)?,
    };
    match known {
        Some(_) => Err(SeedError::NameInUse { name }),
        None => add_new(edit, seed),
    }
}

fn add_new<F: Read + Seek>(edit: &mut Edit<'_, F>, seed: &Seed) -> Result<Change, SeedError> {
    if edit.holds_secrets_of(&seed.id) {
        let name = seed.name.clone();
        return Err(SeedError::SecretsWithoutPeering { name });
    }
    edit.add_peering(&peering(seed))?;
    Ok(Change::Added)
}

fn peering(seed: &Seed) -> Peering {
    let mut peering = Peering::new(&seed.name, &seed.id);
    peering.meta = seed.meta.clone();
    let secret = Some(seed.secret().clone());
    match &seed.end {
        End::Token { .. } => peering.secrets.establishment = secret,
        End::Accept { .. } => peering.secrets.active_stream = secret,
        End::Dial { acceptor, .. } => {
            peering.secrets.active_stream = secret;
            peering.state = PeeringState::Establishing;
            dial(&mut peering, acceptor);
        }
    }
    peering
}

/// Fills in what a dialer knows of its acceptor.
fn dial(peering: &mut Peering, acceptor: &PeeringToken) {
    let list = |list: &Option<Vec<String>>| list.clone().unwrap_or_default();
    peering.peer_id = Some(acceptor.peer_id.clone());
    peering.peer_ca = list(&acceptor.ca);
    peering.peer_server_name = acceptor.server_name.clone();
    peering.peer_server_addresses = list(&acceptor.server_addresses);
    peering.manual_server_addresses = list(&acceptor.manual_server_addresses);
    peering.remote = Some(remote(&acceptor.remote));
}

fn remote(of_token: &crate::Remote) -> Remote {
    let mut remote = Remote::default();
    remote.partition = of_token.partition.clone();
    remote.datacenter = of_token.datacenter.clone();
    remote.locality = of_token.locality.as_ref().map(|place| {
        let mut locality = Locality::default();
        locality.region = place.region.clone();
        locality.zone = place.zone.clone();
        locality
    });
    remote
}
