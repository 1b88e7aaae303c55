//! A token without a root.

use super::super::{Found, Level, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "PT101",
    name: "no-ca",
    level: Level::Warning,
    path: "$.CA",
    what: "The token has no root certificate.",
    why: "Without a root the dialer speaks plaintext gRPC, and the secret crosses the network in the clear. A port that expects TLS hangs up: \"connection error: desc = \"error reading server preface: EOF\"\". It works only with an acceptor whose gRPC port has no TLS; since Consul 1.14 such a server makes no token.",
    fix: "make a new token at an acceptor with TLS, or add its root with peertok edit --add-ca FILE",
    versions: "Consul 1.13 and later",
    source: "Consul: a dialer without CA dials without TLS; the refusal \"TLS for gRPC must be enabled when generating peering tokens\"",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Found) {
    if !subject.has_tls() {
        found.at(
            RULE.path,
            "without a CA the dialer speaks plaintext gRPC: nothing is encrypted, and a server with TLS on its gRPC port refuses the connection",
        );
    }
}
