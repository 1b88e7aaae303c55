//! A root that expires soon.

use super::super::{Found, Level, Rule, Subject};
use super::super::subject::date_of;

pub(super) const RULE: Rule = Rule {
    code: "PT104",
    name: "ca-expiring",
    level: Level::Warning,
    path: "$.CA[*]",
    what: "A root certificate expires before the time is over that the peering is to last.",
    why: "The acceptor sends its new roots over the stream, so a peering that is up outlives a root. But a token that is used after that, and a dialer that was away for too long, end in \"x509: certificate has expired or is not yet valid\". Beside a root that lasts longer it does no harm, if that is the one the acceptor uses.",
    fix: "establish before that date, or rotate the acceptor's CA and make a new token; --within sets how long the peering is to last",
    versions: "Consul 1.13 and later",
    source: "Go: crypto/x509.Certificate.Verify, which checks the dates of the root too; Consul: the trust bundle that the peering stream carries",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Found) {
    let end_of_use = subject.end_of_use();
    let usable = subject.roots.iter().filter(|root| subject.is_usable(root));
    for root in usable.filter(|root| root.ends_before(end_of_use)) {
        if let Some(end) = root.not_after() {
            let hours = end.saturating_sub(subject.context.at.as_second()) / 3600;
            let left = match hours {
                ..48 => format!("{hours} hours"),
                _ => format!("{} days", hours / 24),
            };
            found.at_level(
                subject.level_of_expiring_root(),
                root.path(),
                format!("the root expires on {}, {left} from the moment of use", date_of(end)),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::sample::{failing, levels, root};
    use super::*;

    #[test]
    fn a_root_that_lasts_makes_it_a_note() {
        for (beside, expected) in [
            ("ca-duplicate", Level::Note),
            ("ca-not-yet-valid", Level::Warning),
            ("ca-expired", Level::Warning),
            ("ca-not-a-ca", Level::Warning),
        ] {
            let mut token = failing(RULE.name);
            token.ca.as_mut().unwrap().push(root(beside));
            assert_eq!(levels(&token, RULE.name), [expected], "{beside}");
        }
    }
}
