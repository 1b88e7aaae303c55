//! How many tokens one core judges in a second: `judge_rate ROUNDS < tokens`, one token a line.
//!
//! It prints what the `bench` mode of `tests/oracle` prints for Go, so that both can be run in turn
//! on the same file.

#![allow(clippy::print_stdout)]

use peertok::token::Judge;
use std::io::{self, Read};
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let rounds: u32 = std::env::args()
        .nth(1)
        .ok_or("usage: judge_rate ROUNDS")?
        .parse()?;
    let mut text = String::new();
    io::stdin().read_to_string(&mut text)?;
    let tokens: Vec<&str> = text.lines().collect();
    let mut judge = Judge::default();
    let start = Instant::now();
    let mut refused = 0;
    for _ in 0..rounds {
        for token in &tokens {
            refused += u64::from(judge.judge(token.as_bytes()).is_err());
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    let judged = tokens.len() as f64 * f64::from(rounds);
    println!(
        r#"{{"tokens":{judged},"refused":{refused},"seconds":{seconds:.3},"tokens_per_second":{:.0}}}"#,
        judged / seconds
    );
    Ok(())
}
