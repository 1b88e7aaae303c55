//! A blank around a host.

use super::super::{Found, Level, Rule, Subject};
use super::super::subject::quoted;

pub(super) const RULE: Rule = Rule {
    code: "PT408",
    name: "address-whitespace",
    level: Level::Error,
    path: "$.ManualServerAddresses[*], $.ServerAddresses[*]",
    what: "A dialed address has a blank around its host.",
    why: "Consul takes the blank for a part of the host, as in a list that is written \"a:8503, b:8503\": dialing ends in \"no such host\". With a tab or a line end establish ends at once, whatever addresses follow, in \"failed to dial peer: parse …: net/url: invalid control character in URL\". Beside a good address a blank is only slow.",
    fix: "write the address without the blank: peertok edit --remove-address and --add-address",
    versions: "Consul 1.13 and later; 1.20.1 has been tried",
    source: "Consul: the comma-separated list of generate-token -server-external-addresses, which is not trimmed; Go: net.isDomainName",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Found) {
    for address in &subject.addresses {
        if address.has_blank_around() {
            let message = format!("{:?} has a blank around its host", quoted(address.text));
            let level = subject.level_of_undialable(address);
            found.at_level(level, address.path(), message);
        }
    }
}
