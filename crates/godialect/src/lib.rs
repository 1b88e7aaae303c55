//! What Go's standard library accepts, and its exact error messages.
//!
//! A Consul server judges a peering token with Go's `encoding/base64`, `encoding/json`, `encoding/pem`,
//! `crypto/x509`, `net.SplitHostPort`, `strconv.Atoi` and gRPC's target parser. Its verdict is theirs:
//! what they accept, where they stop, and what they say. Each module follows one of them exactly,
//! messages included, and opens with the rule and with how it differs from the usual Rust crates.
//!
//! The free functions follow one Go release, [`GoRelease::REFERENCE`]. The methods of a [`Dialect`]
//! follow any from 1.18 to 1.27. What changed between them is the table [`changes::CHANGES`].
//!
//! | module | follows |
//! |---|---|
//! | [`base64`] | `base64.StdEncoding` |
//! | [`json`] | `json.Unmarshal` into structs: a reader that the caller drives |
//! | [`pem`] | `pem.Decode` and `pem.Encode` |
//! | [`x509`] | `x509.ParseCertificate` |
//! | [`address`] | `net.SplitHostPort`, `strconv.Atoi` |
//! | [`target`] | the address that gRPC dials for a target |
//! | [`quote`] | `strconv.Quote` |
//!
//! The crate knows nothing of Consul. No function panics, and each takes time linear in its input.
//!
//! ```
//! use godialect::{address, base64};
//!
//! let mut out = Vec::new();
//! let error = base64::decode(b"not base64", &mut out).unwrap_err();
//! assert_eq!(error.to_string(), "illegal base64 data at input byte 3");
//! assert_eq!(address::split_host_port("[::1]:8503"), Some(("::1", "8503")));
//! ```

pub mod address;
pub mod base64;
pub mod changes;
pub mod json;
pub mod pem;
pub mod quote;
mod release;
pub mod target;
pub mod x509;

pub use release::{Dialect, GoRelease, GoReleaseError};
