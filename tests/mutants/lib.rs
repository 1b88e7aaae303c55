//! The files that a verdict takes, as a package of their own: see `run`.

#![allow(dead_code, reason = "what no verdict takes is left in the files")]
#![allow(unused_imports, reason = "as before")]
#![allow(clippy::all, reason = "the whole crate is linted")]

mod godialect;
mod release;
mod request;
mod token;
mod verdict;

pub use godialect::base64::CorruptBase64;
pub use godialect::json::{Place, SyntaxError, TypeError};
pub use peertok_secret::{Secret, redacted};
pub use release::{Release, ReleaseError, Shape};
pub use request::{MetaError, MetaFault, PeerNameError, check_meta, check_peer_name};
pub use token::{
    DecodeError, DialedList, Locality, PeeringToken, Reading, Remote, decode_base64, encode_base64,
    redact, token_in_envelope,
};
pub use verdict::{Judge, Refusal, Stage, is_server_address, judge};
