//! An address that is dialed twice.

use std::collections::HashMap;

use super::super::{Found, Level, Rule, Subject};
use super::super::subject::quoted;

pub(super) const RULE: Rule = Rule {
    code: "PT406",
    name: "address-duplicate",
    level: Level::Note,
    path: "$.ManualServerAddresses[*], $.ServerAddresses[*]",
    what: "An address is in the list more than once.",
    why: "A dialer goes through the list in turn, so that it tries that address more often than others. It does no harm, but another address may have been meant.",
    fix: "leave one of them out: peertok edit --remove-address HOST:PORT",
    versions: "Consul 1.13 and later",
    source: "Consul: the ring of addresses in establish; Go: net.Dial",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Found) {
    if subject.addresses.len() < 2 {
        return;
    }
    let mut first = HashMap::with_capacity(subject.addresses.len());
    for address in &subject.addresses {
        let Some(dialed) = address.dialed() else {
            continue;
        };
        let earlier = *first.entry(dialed).or_insert(address);
        if !std::ptr::eq(earlier, address) {
            let (text, path) = (quoted(address.text), earlier.path());
            let message = format!("{text} is what {path} is already");
            found.at(address.path(), message);
        }
    }
}
