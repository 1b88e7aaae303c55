//! What Go's standard library does where Rust's crates do something else.
//!
//! A Consul server judges a peering token with Go 1.26's `encoding/base64`, `encoding/json`,
//! `encoding/pem`, `crypto/x509`, `net.SplitHostPort` and `strconv.Atoi`. Its verdict is theirs:
//! what they accept, where they stop, and what they say. Each file here follows one of them to the
//! letter, messages included, and opens with the rule and with what is unusual about it.
//!
//! Nothing in here knows what a peering token is, but for [`json`]'s readers, which are built to
//! be driven by the one schema that the crate has.

pub(crate) mod address;
pub(crate) mod base64;
pub(crate) mod json;
pub(crate) mod pem;
pub(crate) mod quote;
pub(crate) mod target;
pub(crate) mod x509;
