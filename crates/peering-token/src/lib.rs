//! Consul's cluster-peering token: its fields, its encoding, and what a server says of one.
//!
//! A token is a JSON object in base64, which `consul peering generate-token` prints at the acceptor
//! and `consul peering establish` takes at the dialer.
//!
//! The fields of a token are [`Fields`](fields::Fields) while its JSON is at hand: they borrow the
//! literals as these stand there. A [`PeeringToken`] owns the values, to be kept, changed and written.
//! Both follow from the table in [`schema`].
//!
//! ```
//! use peering_token::judge;
//!
//! let refusal = judge(b"eyJDQSI6bnVsbCwiUGVlcklEIjoiMSJ9").unwrap_err();
//! assert_eq!(refusal.stage().name(), "addresses");
//! assert_eq!(refusal.to_string(), "peering token server addresses value is empty");
//! ```

mod built_with;
pub mod fields;
mod mismatch;
pub mod object;
mod ranges;
mod reading;
mod redact;
mod refusal;
mod release;
mod request;
pub mod schema;
mod sound_roots;
mod token;
mod value;
mod verdict;
mod writing;

pub use godialect::base64::CorruptBase64;
pub use godialect::changes;
pub use godialect::json::{SyntaxError, TypeError};
pub use godialect::x509::CertificateError;
pub use godialect::{Dialect, GoRelease, GoReleaseError};
pub use peertok_secret::{Secret, redacted};
pub use ranges::{VerdictRange, verdicts};
pub use reading::{DecodeError, Reading, decode_base64};
pub use redact::{redact, secrets_in, token_in_envelope};
pub use refusal::{Refusal, Stage};
pub use release::{Release, ReleaseError, Shape};
pub use request::{
    MetaError, MetaFault, PeerNameError, check_meta, check_peer_name, establish_body,
};
pub use schema::Field;
pub use sound_roots::SoundRoots;
pub use token::{AddressList, Locality, PeeringToken, Remote};
pub use value::Value;
pub use verdict::{Judge, Read, is_server_address, judge};
pub use writing::encode_base64;
