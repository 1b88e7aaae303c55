//! An address with the port of plaintext gRPC.

use peering_token::Shape;
use super::super::{Found, Level, Rule, Subject};
use super::super::subject::quoted;

pub(super) const RULE: Rule = Rule {
    code: "PT410",
    name: "address-plaintext-port",
    level: Level::Warning,
    path: "$.ManualServerAddresses[*], $.ServerAddresses[*]",
    what: "The token has a CA, and a dialed address has port 8502, on which Consul serves gRPC without TLS.",
    why: "With a CA in the token the dialer speaks TLS: dialing ends in \"tls: first record does not look like a TLS handshake\". It works where the acceptor has TLS on that port, as Consul 1.13 has, or where a load balancer leads from there to 8503.",
    fix: "use the port of gRPC with TLS, 8503 by default, with peertok edit --set-address HOST:8503",
    versions: "Consul 1.14 and later; 1.20.1 has been tried",
    source: "Consul: the default ports of an agent, grpc 8502 and grpc_tls 8503",
    check,
};

/// Consul 1.13 has one port for both.
fn check(subject: &Subject<'_>, found: &mut Found) {
    let acceptor = subject.context.acceptor_version;
    let shape = acceptor.map_or(subject.shape, |acceptor| acceptor.shape());
    if !subject.has_tls() || shape == Shape::V1_13 {
        return;
    }
    for address in &subject.addresses {
        if address.port == 8502 {
            let text = quoted(address.text);
            let message = format!("{text} has the port of gRPC without TLS, but the token has a CA");
            found.at(address.path(), message);
        }
    }
}
