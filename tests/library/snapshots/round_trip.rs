//! What is seeded is read back, and nothing else changes.

use super::archives::{fixture, read, secret, seeded, unpack};
use peertok::PeeringToken;
use peertok::snapshot::{Change, Direction, End, Seed, State, TokenStatus};
use peertok_testing as testing;
use proptest::prelude::*;
use std::collections::BTreeSet;

fn uuid() -> impl Strategy<Value = String> {
    "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
}

prop_compose! {
    fn a_seed()(
        name in "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?",
        id in uuid(),
        text in uuid(),
        meta in prop::collection::btree_map("[A-Za-z0-9_]{1,8}", ".{0,80}", 0..3),
        kind in 0..3,
        addresses in prop::collection::vec("[a-z]{1,9}:[1-9][0-9]{3}", 1..4),
        datacenter in "[a-z]{0,40}",
        acceptor in uuid(),
    ) -> Seed {
        let stream_secret = secret(&text);
        let end = match kind {
            0 => End::Token { secret: stream_secret },
            1 => End::Accept { stream_secret },
            _ => End::Dial {
                stream_secret,
                acceptor: Box::new({
                    let mut token = PeeringToken::new();
                    token.server_addresses = Some(addresses);
                    token.peer_id = acceptor;
                    token.remote.datacenter = datacenter;
                    token
                }),
            },
        };
        Seed { name, meta, id, end }
    }
}

fn has(state: &State, seed: &Seed) -> bool {
    let peering = state.peering(&seed.name).unwrap();
    let ends = match &seed.end {
        End::Token { secret } => {
            TokenStatus::of_peering(peering, secret) == TokenStatus::Redeemable
        }
        End::Accept { stream_secret } => {
            peering.direction() == Direction::Accepts
                && peering.secrets.active_stream.as_ref() == Some(stream_secret)
        }
        End::Dial {
            stream_secret,
            acceptor,
        } => {
            peering.secrets.active_stream.as_ref() == Some(stream_secret)
                && peering.peer_id.as_ref() == Some(&acceptor.peer_id)
                && Some(&peering.peer_server_addresses) == acceptor.server_addresses.as_ref()
                && peering.remote.as_ref().map(|remote| &remote.datacenter)
                    == Some(&acceptor.remote.datacenter)
        }
    };
    ends && peering.id == seed.id
        && peering.meta == seed.meta
        && peering.create_index == state.last_index
}

proptest! {
    #![proptest_config(testing::config(16))]

    #[test]
    fn what_is_seeded_is_read_and_nothing_else_changes(
        first in prop::collection::vec(a_seed(), 0..4),
        second in prop::collection::vec(a_seed(), 0..4),
        base in prop::sample::select(vec!["alpha-gateways.snap", "gamma.snap", "active-dialer.snap"]),
    ) {
        let base = fixture(base);
        let before = read(&base).unwrap();
        let taken: BTreeSet<&str> = before.peerings.iter().map(|p| p.name.as_str()).collect();
        let all: Vec<&Seed> = first.iter().chain(&second).collect();
        let names: BTreeSet<&str> = all.iter().map(|seed| seed.name.as_str()).collect();
        prop_assume!(names.len() == all.len() && names.is_disjoint(&taken));

        let (once, state, _) = seeded(&base, &first).unwrap();
        prop_assert!(first.iter().all(|seed| has(&state, seed)));
        let (twice, state, changes) = seeded(&once, &second).unwrap();
        prop_assert!(all.iter().all(|seed| has(&state, seed)));
        prop_assert!(changes.iter().all(|change| *change == Change::Added));
        prop_assert_eq!(state.peerings.len(), before.peerings.len() + all.len());

        let (base, once, twice) = (unpack(&base), unpack(&once), unpack(&twice));
        prop_assert!(once.state.starts_with(&base.state) && twice.state.starts_with(&once.state));
        let same = |text: &[u8], size: usize| String::from_utf8_lossy(text)
            .replace(&format!("\"Size\":{size}"), "");
        prop_assert_eq!(
            same(&base.meta, base.state.len()),
            same(&twice.meta, twice.state.len())
        );
    }
}
