//! The verdict and the codec, by operation and input. `cargo bench` runs them; each result is
//! checked inside the loop, so that nothing else is measured by mistake.

use peertok::{Judge, PeeringToken, Shape};
use std::hint::black_box;

fn main() {
    divan::main();
}

const PLAIN: &str = include_str!("../fixtures/consul/alpha-minted.token");
const ROTATED: &str = include_str!("../fixtures/consul/alpha-rotated.token");

#[divan::bench]
fn judge_one_p256_root(bencher: divan::Bencher<'_, '_>) {
    judge(bencher, PLAIN);
}

#[divan::bench]
fn judge_rsa_and_p256_roots(bencher: divan::Bencher<'_, '_>) {
    judge(bencher, ROTATED);
}

fn judge(bencher: divan::Bencher<'_, '_>, token: &str) {
    let token = token.trim_end().as_bytes();
    let mut judge = Judge::default();
    bencher.bench_local(|| assert!(judge.judge(black_box(token)).is_ok()));
}

#[divan::bench]
fn decode() {
    let token = PLAIN.trim_end().as_bytes();
    assert!(PeeringToken::decode(black_box(token)).is_ok());
}

#[divan::bench]
fn encode(bencher: divan::Bencher<'_, '_>) {
    let token = PeeringToken::decode(PLAIN.trim_end().as_bytes());
    let token = token.expect("the fixture is a token");
    bencher.bench(|| assert_eq!(*black_box(&token).encode(Shape::V1_16), PLAIN.trim_end()));
}
