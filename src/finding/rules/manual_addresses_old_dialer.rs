//! Manual addresses that an old dialer does not know.

use super::super::{Found, Level, Rule, Subject};
use peering_token::Shape;

pub(super) const RULE: Rule = Rule {
    code: "PT704",
    name: "manual-addresses-old-dialer",
    level: Level::Warning,
    path: "$.ManualServerAddresses",
    what: "The token has manual addresses, and the dialer is Consul 1.13.",
    why: "Consul knows manual addresses since 1.14. A dialer of 1.13 ignores them and dials the addresses of the servers, or where there are none refuses the token: \"peering token server addresses value is empty\".",
    fix: "put the addresses into the server list as well: peertok edit --add-address HOST:PORT --list server",
    versions: "Consul 1.13 as the dialer",
    source: "Consul: ManualServerAddresses of a token since 1.14; Go: encoding/json.Unmarshal, which ignores unknown members",
    check,
};

/// What a dialer would dial anyway needs no finding.
fn check(subject: &Subject<'_>, found: &mut Found) {
    let token = subject.token;
    let (manual, servers) = (&token.manual_server_addresses, &token.server_addresses);
    let Some(dialer) = subject.context.dialer_version else {
        return;
    };
    if manual.is_empty() || dialer.shape() > Shape::V1_13 || manual == servers {
        return;
    }
    if servers.is_empty() { found.at_level(
            Level::Error,
            RULE.path,
            format!("the dialer's Consul {dialer} knows no manual addresses, and there are no others"),
        ) } else { found.at(
            RULE.path,
            format!("the dialer's Consul {dialer} knows no manual addresses, and dials the servers'"),
        ) }
}
