//! Labelled Consul peering tokens for tests: good and bad ones, with a server's answer to each.
//!
//! A [`Vector`] is a token with labels: whether a server accepts it or the stage and error message
//! with which it rejects it, the findings of `peertok validate`, and more. The labels are written by
//! hand and checked against Go and Consul servers, so you can trust them in a test of your own.
//!
//! | to get this | call |
//! |---|---|
//! | the corpus, more than 2,000 vectors | [`corpus`] |
//! | random vectors, as many as you want | [`random`] |
//! | the corpus as files: a folder of tokens, and its `manifest.json` | [`Vector::files`], [`Manifest`] |
//! | a vector as a line of JSON | [`Entry::with_token`] |
//!
//! The same [`Settings`] and the same release of this crate give the same bytes on every machine. The
//! keys and secrets follow from the seed and protect nothing.
//!
//! ```
//! use peertok_fixtures::{Area, Settings, corpus};
//!
//! let corpus = corpus(&Settings::default());
//! for vector in corpus.iter().filter(|vector| vector.area == Area::Base64) {
//!     let verdict = peering_token::judge(&vector.token);
//!     assert_eq!(verdict.is_ok(), vector.refusal.is_none(), "{}", vector.name);
//! }
//! ```
//!
//! Findings, kinds of damage, lookalikes and token statuses are labelled with the names that the
//! command `peertok` prints.

mod area;
mod certificate;
mod maker;
mod manifest;
mod random;
mod settings;
mod source;
mod text;
mod vector;
mod written;

pub use manifest::{Entry, Manifest};
pub use peering_token::{Release, Stage};
pub use random::random;
pub use settings::Settings;
pub use vector::{
    Acceptor, Area, ExpectedMeaning, ExpectedRefusal, InSecret, Releases, Vector, Versions,
};

use maker::Maker;

/// Describes every key of `manifest.json`, in Markdown. The command `peertok` writes it beside the
/// manifest as `README.md`.
pub const README: &str = include_str!("corpus.md");

/// Returns the corpus, in the order of [`Area::CORPUS`].
#[must_use]
pub fn corpus(settings: &Settings) -> Vec<Vector> {
    let maker = Maker::new(settings);
    let areas = area::ALL.iter();
    areas.flat_map(|vectors| vectors(&maker)).collect()
}
