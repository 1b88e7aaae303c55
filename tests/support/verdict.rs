//! A verdict in the form in which ours and Go's are compared: byte by byte.

use peertok::token::Judge;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What is said of one token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The check that refuses the token, or nothing where it is accepted.
    pub stage: String,
    /// The message, which Go does not promise to be UTF-8.
    pub error: Vec<u8>,
}

impl Verdict {
    /// Our own.
    pub fn of(judge: &mut Judge, token: &[u8]) -> Self {
        // A panic is a verdict like any other wrong one, so that its token is shown and shortened.
        let judged = catch_unwind(AssertUnwindSafe(|| judge.judge(token)));
        let (stage, error) = match judged {
            Ok(Ok(())) => ("", String::new()),
            Ok(Err(refusal)) => (refusal.stage().name(), refusal.to_string()),
            Err(_) => ("panic", String::new()),
        };
        Self {
            stage: stage.to_owned(),
            error: error.into_bytes(),
        }
    }

    /// The stage, or that there is none.
    pub fn stage(&self) -> &str {
        match &*self.stage {
            "" => "accepted",
            stage => stage,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: \"{}\"", self.stage(), self.error.escape_ascii())
    }
}
