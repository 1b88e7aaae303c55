//! Findings that need a snapshot: of the acceptor, whose state alone tells what a token is worth,
//! or of the dialer, which may refuse it for what it has already.

use super::{Finding, Level, Rule};
use crate::roots::certificates;
use crate::snapshot::{State, TokenStatus, same_cluster};
use crate::{DialedList, PeeringToken};

const GENERATE_AGAIN: &str = "make a new token at the acceptor";

const TOKEN_USED: Rule = Rule {
    code: "PT501",
    name: "token-used",
    level: Level::Error,
    fix: GENERATE_AGAIN,
};
const TOKEN_SUPERSEDED: Rule = Rule {
    code: "PT502",
    name: "token-superseded",
    level: Level::Error,
    fix: "take the newest token of that name, or make a new one at the acceptor",
};
const TOKEN_UNKNOWN: Rule = Rule {
    code: "PT503",
    name: "token-unknown",
    level: Level::Error,
    fix: "restore the snapshot that was seeded with the token, or make a token at this acceptor",
};
const PEERING_TERMINATED: Rule = Rule {
    code: "PT504",
    name: "peering-terminated",
    level: Level::Error,
    fix: "delete the peering at the acceptor, then make a new token",
};
const PEERING_DELETING: Rule = Rule {
    code: "PT505",
    name: "peering-deleting",
    level: Level::Error,
    fix: "wait until the peering is gone at the acceptor, then make a new token",
};
const CA_ROOT_MISSING: Rule = Rule {
    code: "PT506",
    name: "ca-root-missing",
    level: Level::Error,
    fix: "make a new token, which carries the acceptor's present roots",
};
const ADDRESS_NOT_A_SERVER: Rule = Rule {
    code: "PT507",
    name: "address-not-a-server",
    level: Level::Note,
    fix: "nothing, if a load balancer or address translation leads to a server",
};
const SAME_CLUSTER: Rule = Rule {
    code: "PT508",
    name: "same-cluster",
    level: Level::Error,
    fix: "establish at another cluster; partitions of one cluster need no peering",
};
const NAME_TAKEN: Rule = Rule {
    code: "PT509",
    name: "name-taken",
    level: Level::Error,
    fix: "establish under another name, or delete the peering of that name at the dialer",
};

const SERVER_NAME_OTHER: Rule = Rule {
    code: "PT510",
    name: "server-name-other",
    level: Level::Error,
    fix: "take a token of this acceptor: its servers show no such name in TLS",
};

/// What the acceptor's state tells of a token, as of the moment when the snapshot was taken.
#[must_use]
pub fn against_acceptor(token: &PeeringToken, acceptor: &State) -> Vec<Finding> {
    let mut findings: Vec<Finding> = status(token, acceptor).into_iter().collect();
    findings.extend(not_the_acceptors(token, acceptor));
    findings
}

fn status(token: &PeeringToken, acceptor: &State) -> Option<Finding> {
    let secret = "$.EstablishmentSecret";
    let id = "$.PeerID";
    let as_of = as_of(acceptor);
    match acceptor.token_status(&token.peer_id, &token.establishment_secret) {
        TokenStatus::Redeemable => None,
        TokenStatus::Used => Some(TOKEN_USED.at(secret, format!("the token was redeemed{as_of}"))),
        TokenStatus::Exchanged => Some(TOKEN_USED.at(
            secret,
            format!("the token was exchanged, but its stream had not come up{as_of}"),
        )),
        TokenStatus::UsedOrSuperseded => Some(TOKEN_SUPERSEDED.at(
            secret,
            format!("a newer token of the same name had replaced this one, which may have been used before{as_of}"),
        )),
        TokenStatus::Superseded => Some(TOKEN_SUPERSEDED.at(
            secret,
            format!("the acceptor had another secret for this peering{as_of}: a newer token replaced this one, or this one was never written there"),
        )),
        TokenStatus::NoSecrets => Some(TOKEN_UNKNOWN.at(
            secret,
            format!("the acceptor had the peering, but no secret for it{as_of}"),
        )),
        TokenStatus::Unknown => Some(TOKEN_UNKNOWN.at(
            id,
            format!("the acceptor knew no peering of this ID{as_of}: it was deleted, never made, or is another cluster's"),
        )),
        TokenStatus::Terminated => Some(PEERING_TERMINATED.at(
            id,
            format!("the peering was deleted at the other end{as_of}, and every token for it is dead"),
        )),
        TokenStatus::Deleting => Some(PEERING_DELETING.at(
            id,
            format!("the peering was being deleted{as_of}"),
        )),
    }
}

/// What in a token is not the acceptor's, whatever became of its secret.
#[must_use]
pub fn not_the_acceptors(token: &PeeringToken, acceptor: &State) -> Vec<Finding> {
    let mut findings: Vec<Finding> = roots(token, acceptor).into_iter().collect();
    findings.extend(server_name(token, acceptor));
    let dialed = match token.dialed_list() {
        Some(DialedList::Manual) => "ManualServerAddresses",
        _ => "ServerAddresses",
    };
    for (index, address) in token.dialed_addresses().iter().enumerate() {
        if !acceptor.server_addresses.contains(address) {
            findings.push(ADDRESS_NOT_A_SERVER.at(
                format!("$.{dialed}[{index}]"),
                format!("{address} is no address that the acceptor would put into a token"),
            ));
        }
    }
    findings
}

/// A dialer trusts the acceptor when the token has the root that signs its certificates.
fn roots(token: &PeeringToken, acceptor: &State) -> Option<Finding> {
    let entries = token.ca.as_deref().unwrap_or_default();
    let active = acceptor.roots.iter().find(|root| root.active)?;
    let signing = certificates(&active.pem);
    let carried = entries
        .iter()
        .flat_map(|entry| certificates(entry))
        .any(|certificate| signing.contains(&certificate));
    (!carried && !entries.is_empty()).then(|| {
        CA_ROOT_MISSING.at(
            "$.CA",
            format!(
                "the acceptor's active root {} is not in the token",
                active.id
            ),
        )
    })
}

/// The dialer checks the acceptor's certificate against the token's server name. Consul 1.13 had
/// another form of it, with the DNS domain, whose default is known.
fn server_name(token: &PeeringToken, acceptor: &State) -> Option<Finding> {
    let own = acceptor.server_name()?;
    let datacenter = acceptor.datacenter.as_ref()?.to_lowercase();
    let known = [own, format!("server.{datacenter}.consul")];
    if known.contains(&token.server_name) || token.ca.as_ref().is_none_or(Vec::is_empty) {
        return None;
    }
    let [own, _] = known;
    let message = format!(
        "{} is not the acceptor's server name, {own}",
        token.server_name
    );
    Some(SERVER_NAME_OTHER.at("$.ServerName", message))
}

/// What the dialer's state tells of a token that is to be established under `name`, if one is
/// given. The messages are those that the dialer's server answers.
#[must_use]
pub fn against_dialer(token: &PeeringToken, dialer: &State, name: Option<&str>) -> Vec<Finding> {
    let mut findings = Vec::new();
    if dialer
        .server_name()
        .is_some_and(|own| own == token.server_name)
    {
        findings.push(SAME_CLUSTER.at("$.ServerName", same_cluster(&token.server_name)));
    }
    if let Some(Err(taken)) = name.map(|name| dialer.name_to_dial(name)) {
        findings.push(NAME_TAKEN.at("$", taken.to_string()));
    }
    findings
}

fn as_of(state: &State) -> String {
    match state.meta.taken_at() {
        Some(at) => format!(" as of {}", at.strftime("%Y-%m-%d %H:%M:%S UTC")),
        None => String::new(),
    }
}
