//! A dialer that is too new for the acceptor.

use super::super::{Found, Level, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "PT703",
    name: "dialer-too-new",
    level: Level::Error,
    path: "$",
    what: "The dialer is Consul 1.22 or later, and the acceptor 1.21 or earlier.",
    why: "A dialer of 1.22 or later wants the acceptor to agree on HTTP/2 by ALPN, which a server of 1.21 or earlier does not do on this port: dialing ends in \"credentials: cannot check peer: missing selected ALPN property\". The other way round works.",
    fix: "let the older cluster dial: make the token at the newer one; or upgrade the acceptor to 1.22 or later",
    versions: "a dialer of Consul 1.22 or later with an acceptor of 1.21 or earlier; all pairs of 1.16 to 1.23 have been tried",
    source: "gRPC for Go 1.67 and later: the ALPN check of credentials/tls",
    check,
};

/// Without a CA there is no TLS, and so no ALPN.
fn check(subject: &Subject<'_>, found: &mut Found) {
    let context = subject.context;
    let (Some(dialer), Some(acceptor)) = (context.dialer_version, context.acceptor_version)
    else {
        return;
    };
    if subject.has_tls() && !dialer.can_dial(acceptor) {
        found.at(
            RULE.path,
            format!("the dialer's Consul {dialer} cannot dial the acceptor's {acceptor}"),
        );
    }
}
