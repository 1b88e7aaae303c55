//! What `mesh.html` is told of a kit.

use super::file;
use super::kept::Kept;
use super::page::{BaseReport, Mode, PairReport, Report, SiteReport};
use super::plan::Plan;
use crate::finding::{Context, Finding, findings};
use crate::roots::RootDetails;
use jiff::Timestamp;
use peering_token::Release;
use peertok_secret::Secret;
use std::collections::BTreeMap;

/// The page's content. Dates are judged at the moment of the last change, so that a kit that stays
/// as it is keeps its page.
pub(super) fn report(plan: &Plan, kept: &Kept) -> Report {
    let sites = plan.sites.iter();
    let kept_sites = sites.clone().filter_map(|site| kept.sites.get(&site.name));
    let last_change = kept_sites.map(|site| site.made_at).max();
    let made_at = last_change.unwrap_or(Timestamp::UNIX_EPOCH);
    let reports = sites.map(|site| {
        let roots = site.roots.entries.iter();
        SiteReport {
            name: site.name.clone(),
            datacenter: site.datacenter().to_owned(),
            server_name: site.server_name().to_owned(),
            addresses: site.dialed_addresses().to_vec(),
            roots: roots
                .flat_map(|root| RootDetails::of_entry(root))
                .flatten()
                .collect(),
            base: site.base.as_ref().map(|base| BaseReport {
                name: base.name.clone(),
                saved_at: base.state.meta.taken_at(),
            }),
            is_new: site.state == file::SiteState::New,
        }
    });
    // What is found depends on the acceptor and on the dialer's release, and on nothing else.
    let mut known: BTreeMap<(usize, Option<Release>), Vec<Finding>> = BTreeMap::new();
    let pairs = plan.pairs.iter().filter_map(|pair| {
        let (acceptor, dialer) = (plan.sites.get(pair.accept)?, plan.sites.get(pair.dial)?);
        let found = known
            .entry((pair.accept, dialer.release))
            .or_insert_with(|| {
                let id = "00000000-0000-0000-0000-000000000000";
                let token = acceptor.token(id, &Secret::new(id.to_owned()));
                let mut context = Context::at(made_at);
                context.acceptor_version = acceptor.release;
                context.dialer_version = dialer.release;
                let token = token.encode(acceptor.shape);
                findings(token.as_bytes(), &context).unwrap_or_default()
            });
        Some(PairReport {
            dialer: pair.dial,
            acceptor: pair.accept,
            name_at_dialer: acceptor.name.clone(),
            name_at_acceptor: dialer.name.clone(),
            addresses: acceptor.dialed_addresses().to_vec(),
            findings: found.clone(),
        })
    });
    Report {
        title: "Peering kit".to_owned(),
        made_at,
        mode: match plan.mode {
            file::Mode::Token => Mode::Token,
            file::Mode::Active => Mode::Active,
        },
        pairs: pairs.collect(),
        sites: reports.collect(),
    }
}
