//! A host whose name means something else to gRPC.

use super::super::address::Host;
use super::super::{Found, Level, Rule, Subject};
use super::super::subject::quoted;

pub(super) const RULE: Rule = Rule {
    code: "PT414",
    name: "address-scheme",
    level: Level::Error,
    path: "$.ManualServerAddresses[*], $.ServerAddresses[*]",
    what: "A dialed address has the host consul, dns, passthrough, unix or unix-abstract and no domain.",
    why: "gRPC takes the address for a URL, and such a host for its scheme. With consul:8503, as in a network of containers, establish ends at once, whatever addresses follow, in \"failed to dial peer: failed to build resolver: no resolver registered for\". The others end in \"produced zero addresses\", \"missing port in address\" or \"dial unix\".",
    fix: "give the host its domain or a dot at its end, as in consul.:8503, with peertok edit --set-address",
    versions: "Consul with gRPC 1.43 or later, which 1.13 has not; 1.20.1 has been tried",
    source: "gRPC for Go: the target of DialContext, and the resolvers that are registered in a Consul server",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Found) {
    for address in &subject.addresses {
        if let Host::Scheme(scheme) = address.host {
            let text = quoted(address.text);
            let message = format!("{text} cannot be dialed: gRPC takes {scheme} for the scheme of a URL");
            found.at_level(subject.level_of_undialable(address), address.path(), message);
        }
    }
}
