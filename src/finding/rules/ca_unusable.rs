//! A root that Go does not use for another reason.

use super::super::{Found, Level, Rule, Subject};
use super::super::root::Obstacle;
use super::super::subject::quoted;

pub(super) const RULE: Rule = Rule {
    code: "PT111",
    name: "ca-unusable",
    level: Level::Error,
    path: "$.CA[*]",
    what: "A root certificate has a key or an extension with which Go takes no server's certificate from it.",
    why: "Go has no signatures with such a key (\"x509: certificate signed by unknown authority\"), does not know a critical extension (\"x509: unhandled critical extension\"), or heeds an extended key usage or name constraints that leave the acceptor's servers out (\"x509: certificate specifies an incompatible key usage\", \"… is not permitted by any constraint\"). Beside a root that works such a one does no harm.",
    fix: "make the root anew without that, as peertok ca and Consul do, rotate the acceptor's CA to it, then make a new token",
    versions: "Consul 1.13 and later",
    source: "Go: crypto/x509.Certificate.Verify; RFC 5280, sections 4.2, 4.2.1.10 and 4.2.1.12",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Found) {
    for root in &subject.roots {
        let Some(obstacle) = &root.obstacle else {
            continue;
        };
        // A server's own certificate is no CA, which is told already.
        if root.may_be_the_server() {
            continue;
        }
        let message = match obstacle {
            Obstacle::Key => "the root's key is of an algorithm that Go has no signatures of".to_owned(),
            Obstacle::CriticalExtension(identifier) => format!(
                "Go does not know the root's critical extension {}",
                quoted(identifier)
            ),
            Obstacle::Purpose => "the root's extended key usage is not for servers".to_owned(),
            Obstacle::NameConstraints => {
                "the root's name constraints leave the server name out".to_owned()
            }
        };
        found.at_level(subject.level_of_useless_root(), root.path(), message);
    }
}
