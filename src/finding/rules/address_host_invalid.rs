//! A host that cannot be dialed.

use super::super::address::Host;
use super::super::{Found, Level, Rule, Subject};
use super::super::subject::quoted;

pub(super) const RULE: Rule = Rule {
    code: "PT407",
    name: "address-host-invalid",
    level: Level::Error,
    path: "$.ManualServerAddresses[*], $.ServerAddresses[*]",
    what: "A dialed address has a host that is no IP address and can be no name.",
    why: "Consul takes any text for a host. Go does not even ask the DNS for what is no name: dialing ends in \"no such host\". gRPC takes the address for a URL: with a control character, or a % without two hexadecimal digits behind it, establish ends at once, whatever addresses follow, in \"failed to dial peer: parse …\", and a ? or # cuts the address short: \"missing port in address\". Beside a good address the others are only slow. Common are a path behind the host, a number with leading zeros, and a name that is not in its ASCII form.",
    fix: "mend the address, with peertok edit --set-address HOST:PORT",
    versions: "Consul 1.13 and later; 1.20.1 has been tried",
    source: "Go: net.isDomainName and netip.ParseAddr; gRPC for Go: the target of DialContext",
    check,
};

/// Blanks and zones are other rules'.
fn check(subject: &Subject<'_>, found: &mut Found) {
    for address in &subject.addresses {
        if address.is_dialable() || address.has_blank_around() || address.has_zone() {
            continue;
        }
        let text = quoted(address.text);
        let message = match &address.host {
            Host::NoName(host) => {
                format!("{text} cannot be dialed: {} is no IP address and can be no name", quoted(host))
            }
            Host::Refused(reason) => format!("{text} cannot be dialed: {reason}"),
            Host::NoHostPort => format!("{text} cannot be dialed: gRPC cuts it at ? or #, as a URL"),
            _ => continue,
        };
        let level = subject.level_of_undialable(address);
        found.at_level(level, address.path(), message);
    }
}
