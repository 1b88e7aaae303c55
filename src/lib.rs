//! Create, inspect and validate Consul cluster-peering tokens offline.
//!
//! `consul peering generate-token` needs a running server; this crate does not. It generates tokens
//! from a CA and addresses, reads them, and reports what a server would say of any token: whether it
//! accepts it, at which stage it rejects it, and the exact error message.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use peertok::generate::{TokenSpec, generate};
//! use peertok::roots::Roots;
//! use peertok::{PeeringToken, judge};
//!
//! let mut spec = TokenSpec::new("west", "dc1");
//! spec.roots = Roots::from_bundle(&std::fs::read("fixtures/ca/dc1.pem")?)?;
//! spec.server_addresses = vec!["10.0.0.1:8503".to_owned()];
//! let generated = generate(&spec)?;
//!
//! // A server accepts it. What it rejects, it rejects in its own words.
//! judge(generated.text.as_bytes())?;
//! let refusal = judge(b"eyJDQSI6bnVsbCwiUGVlcklEIjoiMSJ9").unwrap_err();
//! assert_eq!(refusal.stage().name(), "addresses");
//! assert_eq!(refusal.to_string(), "peering token server addresses value is empty");
//!
//! let token: PeeringToken = generated.text.parse()?;
//! assert_eq!(token.dialed_addresses(), ["10.0.0.1:8503"]);
//! # Ok(())
//! # }
//! ```
//!
//! # Which module answers which question
//!
//! | question | answer |
//! |---|---|
//! | Would a server accept this token, and why not? | [`judge`], or a [`token::Judge`] for many |
//! | All of that, with findings and repair, from one reading? | [`inspect::Inspector`] |
//! | In which format is this input? | [`input::InputFormat`], [`input::TokenInput`] |
//! | What will fail later, though a server accepts it? | [`finding::findings`], in a [`finding::Context`] |
//! | What is in it? | [`PeeringToken::decode`]; in a rejected one, [`token::Reading::of_token`] |
//! | What of it may be shown? | [`token::redact`] for its JSON, [`roots::RootDetails`] for a root |
//! | What may this unreadable input have been? | [`recovery::recover`] |
//! | How is a token generated? | [`generate::generate`], from a [`generate::TokenSpec`] |
//! | How is it changed, and no other byte? | [`edit::edit`], field by field ([`token::Field`]) |
//! | What differs between two? | [`diff::diff`], and [`diff::diff_json`] for how they are written |
//! | Does the acceptor still honour it? | [`snapshot::TokenStatus::of`] |
//! | How does a server come to honour it? | [`snapshot::Base::seed`], [`snapshot::seed_fresh`] |
//! | Which tokens are in a Kubernetes manifest? | [`kubernetes::read`] |
//! | What does this Consul error mean? | [`explain::Explainer`]; [`finding::rule`] for a finding |
//! | How does a cluster get its CA before it runs? | [`ca::new_root`], [`ca::agent_configuration`] |
//! | What does each of many sites need to peer? | [`mesh::build`] |
//! | Which tokens should a test try? | the crate `peertok-fixtures` |
//!
//! # Secrets, limits and errors
//!
//! A token holds a secret. It is a [`Secret`], or in a buffer that is wiped when it is dropped. It is in
//! no error and no `Debug` output; [`token::redacted`] is what stands in its place. Nothing panics on
//! input, time is linear in it, and snapshots are streamed. Limit the size of a token yourself: the
//! command rejects one over 1 MiB before it reads it. Errors are enums, one for each operation, which
//! may get more variants.
//!
//! # Features
//!
//! `cli`, on by default, is the command. Switch it off if you need the library alone, and you do
//! without clap and all else that is there for a terminal:
//!
//! ```toml
//! [dependencies]
//! peertok = { version = "0.1", default-features = false }
//! ```

pub mod ca;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
pub mod diff;
pub mod edit;
pub mod explain;
pub mod finding;
pub mod generate;
pub mod input;
pub mod inspect;
pub mod kubernetes;
pub mod mesh;
mod private_file;
pub mod recovery;
mod restore;
pub mod roots;
mod similar;
pub mod snapshot;
mod text;
mod whole_file;

#[doc(inline)]
pub use peering_token as token;
pub use peering_token::{PeeringToken, Refusal, Secret, Stage, judge};

/// The guides' code, as tests.
#[cfg(doctest)]
#[doc = include_str!("../docs/library.md")]
#[doc = include_str!("../docs/fixtures.md")]
struct Guide;
