//! All that can be said of one token, from one reading of it.
//!
//! ```text
//! TokenInput ── Judge::read ──> base64, JSON, fields, once
//!                  │
//!                  ├─ Read::judge ──> refusal      Consul's verdict, in its words
//!                  ├─ finding::find ─> findings    where a server can read the token
//!                  └─ recover ──────> recovery     where a server stops at base64 or JSON
//! ```

use crate::finding::find;
use crate::finding::{Context, Finding};
use crate::input::{InputFormat, TokenInput};
use crate::recovery::{Recovery, recover_unreadable};
use peering_token::DecodeError;
use peering_token::Read;
use peering_token::{GoRelease, Judge, Refusal, check_peer_name};
use std::fmt;

/// Inspects tokens one after the other, with buffers and known roots that are kept from one to the
/// next.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use peertok::input::TokenInput;
/// use peertok::inspect::Inspector;
/// use peertok::finding::Context;
///
/// let file = std::fs::read("fixtures/consul/alpha-minted.token")?;
/// let context = Context::at("2026-12-01T00:00:00Z".parse()?);
/// let mut inspector = Inspector::default();
/// for input in TokenInput::read(file.into())? {
///     let inspection = inspector.inspect(&input, &context);
///     assert!(inspection.refusal.is_none());
///     assert_eq!(inspection.findings[0].name, "address-loopback");
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Default)]
pub struct Inspector {
    judge: Judge,
}

/// What was found out about one token.
#[non_exhaustive]
pub struct Inspection<'t> {
    /// The format in which it was given.
    pub format: InputFormat,
    /// What a server can read of it; `None` where it stops at base64 or JSON, or at a JSON value that
    /// is no object.
    pub content: Option<Read<'t>>,
    /// Why a server would reject it; `None` where it accepts it and dials.
    pub refusal: Option<Refusal>,
    /// What a server accepts but what fails later, ordered by code.
    pub findings: Vec<Finding>,
    /// What the input may have been, where a server stops at base64 or JSON.
    pub recovery: Option<Recovery>,
}

impl fmt::Debug for Inspection<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inspection")
            .field("format", &self.format)
            .field("refusal", &self.refusal)
            .field("findings", &self.findings)
            .field("recovery", &self.recovery)
            .finish_non_exhaustive()
    }
}

impl Inspector {
    /// Gives the verdict of a server that this Go release built; [`Inspector::default`] that of
    /// [`GoRelease::REFERENCE`].
    #[must_use]
    pub fn of(release: GoRelease) -> Self {
        let judge = Judge::of(release);
        Self { judge }
    }

    /// Inspects one token.
    pub fn inspect<'t>(
        &'t mut self,
        input: &'t TokenInput,
        context: &Context<'_>,
    ) -> Inspection<'t> {
        let mut inspection = self.examine(input.format(), input.text(), context);
        if inspection.content.is_none() {
            inspection.recovery = recover_unreadable(input.text());
        }
        inspection
    }

    /// Inspects one bare token of a stream. What an unreadable one may have been is left out, since
    /// that takes longer than all else.
    pub fn inspect_bare<'t>(
        &'t mut self,
        token: &'t [u8],
        context: &Context<'_>,
    ) -> Inspection<'t> {
        self.examine(InputFormat::Token, token, context)
    }

    fn examine<'t>(
        &'t mut self,
        format: InputFormat,
        text: &'t [u8],
        context: &Context<'_>,
    ) -> Inspection<'t> {
        // A server looks at the name once it has a token at all, and then into the token.
        let name = context
            .name
            .filter(|_| !text.is_empty())
            .map(check_peer_name);
        let bad_name = name.and_then(Result::err).map(Refusal::from);
        let mut inspection = Inspection {
            format,
            content: None,
            refusal: bad_name,
            findings: Vec::new(),
            recovery: None,
        };
        if text.is_empty() {
            inspection.refusal = Some(Refusal::Missing);
            return inspection;
        }
        let read = match format {
            InputFormat::DecodedJson => self.judge.read_json(text).map_err(DecodeError::from),
            _ => self.judge.read(text),
        };
        let mut read = match read {
            Ok(read) => read,
            Err(error) => {
                inspection.refusal.get_or_insert(error.into());
                return inspection;
            }
        };
        if inspection.refusal.is_none() {
            inspection.refusal = read.judge().err();
        }
        if read.type_error.is_none() {
            inspection.findings = find(&mut read, context);
        } else if !read.json.trim_ascii_start().starts_with(b"{") {
            // Where there is no object, nothing tells what in the JSON is a secret.
            return inspection;
        }
        inspection.content = Some(read);
        inspection
    }
}
