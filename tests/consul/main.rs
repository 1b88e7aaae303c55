//! Scenarios with real Consul servers on loopback: what peertok says and makes has to be what they
//! say and honour.
//!
//! ```text
//! CONSUL_BIN=$(tests/consul/build) cargo test --test consul -- --ignored --test-threads=1
//! ```

#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod broken;
mod ca;
mod crafted;
mod full_state;
mod http;
mod manual_addresses;
mod mesh;
mod minted;
mod new_root;
mod offline;
mod peerings;
mod restored;
mod server;
mod snapshots;
#[path = "../support/mod.rs"]
mod support;
mod three_servers;
mod verdicts;
