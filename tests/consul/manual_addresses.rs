//! The manual address list is the one that is dialed, so that an edit of it repairs a token whose
//! server addresses cannot be reached, and one that is wrong spoils it.

use crate::peerings::wait_until_peered;
use crate::server::{Consul, DEAD, Setup};
use peertok::PeeringToken;
use peertok::token::Shape;

fn edited(token: &PeeringToken, manual: &str, server: &str) -> String {
    let mut edited = token.clone();
    edited.manual_server_addresses = Some(vec![manual.to_owned()]);
    edited.server_addresses = Some(vec![server.to_owned()]);
    edited.encode(Shape::V1_16).to_string()
}

#[test]
#[ignore = "needs CONSUL_BIN"]
fn an_edited_manual_list_decides() {
    let Some(consul) = Consul::from_environment() else {
        return;
    };
    let [acceptor, dialer] = consul.start([Setup::of("alpha"), Setup::of("beta")]);
    let real = acceptor.peering_address();
    let minted = PeeringToken::decode(acceptor.mint("west", &[]).as_bytes()).unwrap();

    let answer = dialer.establish("east", &edited(&minted, DEAD, &real));
    let text = answer.text();
    assert_eq!(answer.status, 503, "{text}");
    let refused = format!("dial tcp {DEAD}: connect: connection refused");
    assert!(text.contains(&refused), "{text}");
    assert!(!text.contains(&real), "the server list was dialed: {text}");

    dialer.redeem("east", &edited(&minted, &real, DEAD));
    wait_until_peered((&acceptor, "west"), (&dialer, "east"));
}
