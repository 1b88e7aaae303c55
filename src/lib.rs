//! Consul cluster-peering tokens, with no server and no network.
//!
//! `consul peering generate-token` needs a running server; this crate does not. It builds
//! well-formed peering tokens from a CA and addresses ([`generate`]), reads them ([`PeeringToken`]),
//! and says of any token what a server would say of it, at which stage and in which words
//! ([`judge`]). It reads Consul's snapshots, and writes into them what makes a server honour a token
//! that was made offline ([`snapshot`]). It finds and replaces tokens in Kubernetes Secrets, and writes
//! such ([`kubernetes`]).
//!
//! ```
//! let token = "eyJDQSI6bnVsbCwiUGVlcklEIjoiMSJ9";
//! let refusal = peertok::judge(token.as_bytes()).unwrap_err();
//! assert_eq!(refusal.stage().name(), "addresses");
//! assert_eq!(refusal.to_string(), "peering token server addresses value is empty");
//! ```

pub mod ca;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
mod diff;
mod edit;
mod explain;
mod finding;
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
