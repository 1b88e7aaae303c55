//! Consul cluster-peering tokens, with no server and no network.
//!
//! `consul peering generate-token` needs a running server; this crate does not. It makes tokens from
//! a CA and addresses, reads them, and says of any token what a server would say of it, at which
//! stage and in which words. It is all that the command `peertok` has, without its output.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use peertok::{Inputs, PeeringToken, Roots, generate, judge};
//!
//! let mut inputs = Inputs::new("west", "dc1");
//! inputs.roots = Roots::from_bundle(&std::fs::read("fixtures/ca/dc1.pem")?)?;
//! inputs.server_addresses = vec!["10.0.0.1:8503".to_owned()];
//! let made = generate(&inputs)?;
//!
//! // A server would take it. What it is refused for has the server's own words.
//! judge(made.text.as_bytes())?;
//! let refusal = judge(b"eyJDQSI6bnVsbCwiUGVlcklEIjoiMSJ9").unwrap_err();
//! assert_eq!(refusal.stage().name(), "addresses");
//! assert_eq!(refusal.to_string(), "peering token server addresses value is empty");
//!
//! let token = PeeringToken::decode(made.text.as_bytes())?;
//! assert_eq!(token.dialed_addresses(), ["10.0.0.1:8503"]);
//! # Ok(())
//! # }
//! ```
//!
//! # Which function answers which question
//!
//! | question | answer |
//! |---|---|
//! | Would a server take this token, and why not? | [`judge`], or a [`Judge`] for many |
//! | What will fail later of what it takes? | [`findings`], by the [`Circumstances`] of its use |
//! | What is in it? | [`PeeringToken::decode`]; of a token that is refused, [`Reading::of_token`] |
//! | What can be shown of it? | [`redact`] for its JSON, [`RootDetails`] for a root |
//! | What was meant by a text that is no token? | [`recover`] |
//! | How is a token made? | [`generate`], from [`Inputs`] with [`Roots`] |
//! | How is it changed, and no other byte? | [`edit`], by [`Change`]s |
//! | What differs between two? | [`diff`], and [`diff_json`] for how they are written |
//! | Does the acceptor still honour it? | [`snapshot::State::token_status`] |
//! | How does a server come to honour it? | [`snapshot::Base::seed`], [`snapshot::seed_fresh`] |
//! | Which tokens are in a manifest of Kubernetes? | [`kubernetes::read`] |
//! | What does this error of Consul's mean? | an [`Explainer`]; [`answer`] and [`rule`] by name |
//! | How does a cluster get its CA before it runs? | [`ca::new_root`], [`ca::agent_configuration`] |
//! | What does each of many sites need to peer? | [`mesh::build`] |
//! | Which tokens should a test try? | `fixtures::corpus`, `fixtures::random` (with that feature) |
//!
//! # Secrets, limits and errors
//!
//! A token holds a secret. It is a [`Secret`], or in a buffer that is wiped when it is dropped, and
//! is in no error and no `Debug` form; [`redacted`] gives what stands in its place. Nothing panics on
//! input, time is linear in it, and snapshots are streamed. The size of a token is the caller's to
//! limit: the command refuses one over 1 MiB before it is read. Errors are enums, one for each
//! operation, which may get more variants.
//!
//! # Features
//!
//! `cli`, which is on by default, is the command. A program that needs the library alone does without
//! it, and so without clap and what else is there for a terminal:
//!
//! ```toml
//! [dependencies]
//! peertok = { version = "0.1", default-features = false }
//! ```
//!
//! `fixtures`, which `cli` brings along, has the labelled tokens for tests; it is for `dev-dependencies`.

pub mod ca;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
mod diff;
mod edit;
mod explain;
mod finding;
#[cfg(feature = "fixtures")]
pub mod fixtures;
#[cfg(any(fuzzing, feature = "_internals"))]
#[doc(hidden)]
pub mod fuzzing;
mod generate;
mod godialect;
pub mod kubernetes;
pub mod mesh;
mod recovery;
mod release;
mod request;
mod roots;
mod secret;
pub mod snapshot;
#[cfg(test)]
mod testing;
mod text;
mod token;
mod verdict;

pub use diff::{
    ComparedRoot, Difference, Relation, RootsDifference, SetDifference, TextDifference, Written,
    diff, diff_json,
};
pub use edit::{Change, EditError, edit};
pub use explain::{
    Answer, Cause, Explainer, Message, Moment, Page, Strictness, answer, answers, nearest,
};
pub use finding::{Circumstances, Finding, Level, Rule, findings, rule, rules};
pub use generate::{DEFAULT_PORT, GenerateError, Generated, Inputs, Notice, generate};
pub use godialect::base64::CorruptBase64;
pub use godialect::json::{Place, SyntaxError, TypeError};
pub use godialect::x509::{
    AlternativeNameError, CertificateError, ConstraintError, Curve, ExtensionError, ExtensionPart,
    Field, IpAddressError, IpAddressFault, NameError, NonCriticalExtension, PointError,
    PublicKeyError, StringError, UriError, UriFault,
};
pub use recovery::{Damage, Meant, Mistaken, Partial, Recovered, recover};
pub use release::{Release, ReleaseError, Shape};
pub use request::{MetaError, MetaFault, PeerNameError, check_meta, check_peer_name};
pub use roots::{RootDetails, Roots, RootsError};
pub use secret::{Secret, redacted};
pub use token::{
    DecodeError, DialedList, Locality, PeeringToken, Reading, Remote, decode_base64, encode_base64,
    redact, token_in_envelope,
};
pub use verdict::{Judge, Refusal, Stage, is_server_address, judge};

/// The guides' code, as tests.
#[cfg(doctest)]
#[doc = include_str!("../docs/library.md")]
#[doc = include_str!("../docs/fixtures.md")]
struct Guide;
