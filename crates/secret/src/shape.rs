//! Finds secrets in text by their shape, where nobody said which they are.
//!
//! | shape | found by |
//! |---|---|
//! | a private key in PEM | a line between dashes that says so, damaged perhaps ([`pem`]) |
//! | a token, a key or a JWT in base64 | a run that looks random, on one line or wrapped, and is no certificate ([`encoded`]) |
//! | any value of a secret's name | `"EstablishmentSecret":"…"`, `encrypt = "…"`, `X-Vault-Token: …` ([`named`]) |
//!
//! Linear in the text: each byte is looked at once, and what is looked at around a value is bounded.

mod encoded;
mod named;
mod pem;

pub use named::names_secret;

use crate::REDACTED;
use encoded::{Group, Piece, gap_end};
use pem::Boundary;
use std::ops::Range;

/// How far a private key reaches of which the end is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// To the end: the text is one value.
    Value,
    /// As far as there is base64: the text is a page with other things on it.
    Page,
}

/// The places of secrets in a text, in order.
pub(crate) fn find(text: &str, extent: Extent) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut block = Block::None;
    let mut ends = pem::Ends::new(text, extent);
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        at = match byte {
            b'-' if bytes.get(at + 1) == Some(&b'-') => {
                let boundary = Boundary::at(text, at);
                block = Block::None;
                match boundary {
                    Boundary::PrivateKey { content } => {
                        let end = ends.after(content);
                        if text.get(content..end).is_some_and(is_content) {
                            found.push(content..end);
                        }
                        end
                    }
                    Boundary::Certificate { content } => {
                        block = Block::CertificateBegins;
                        content
                    }
                    Boundary::Dashes { end } => end,
                }
            }
            b'%' if encoded::is_escape(bytes, at) => at + 3,
            b'\\' => gap_end(bytes, at).map_or(at + 1, |gap| gap.end),
            b'"' | b'\'' => match named::quoted_value(text, at) {
                Some(value) => {
                    let end = value.end;
                    found.push(value);
                    end
                }
                None => at + 1,
            },
            _ => match Piece::at(bytes, at) {
                None => at + 1,
                Some(piece) => {
                    block = block.with(&piece, bytes);
                    if block == Block::Certificate {
                        piece.range.end
                    } else if piece.starts_certificate(bytes) {
                        Group::of(piece, bytes).range.end
                    } else if let Some(secret) = secret_at(text, piece.clone()) {
                        let end = secret.end;
                        found.push(secret);
                        end
                    } else {
                        piece.range.end
                    }
                }
            },
        }
    }
    found
}

/// The shortest word that is worth a closer look, in bytes, and the shortest with a digit.
const LONG: usize = 16;
const LONG_WITH_DIGIT: usize = 8;

/// Whether each text with this secret in it, or with a part of 17 bytes, is worth a closer look: it is
/// one word, as UUIDs are.
pub(crate) fn is_seen_at_a_glance(secret: &str) -> bool {
    let is_part =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'+' | b'/');
    secret.bytes().all(is_part)
        && (secret.len() >= LONG
            || secret.len() >= LONG_WITH_DIGIT && secret.bytes().any(|byte| byte.is_ascii_digit()))
}

/// Whether a text is worth a closer look: most have nothing of what each secret has, which is a quote,
/// an equals sign, two dashes, or a long word, with a digit if it is not very long.
pub(crate) fn may_hold_any(bytes: &[u8]) -> bool {
    let (mut length, mut has_digit, mut last) = (0, false, 0);
    for &byte in bytes {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'+' | b'/' | b'_' => length += 1,
            b'0'..=b'9' => {
                length += 1;
                has_digit = true;
            }
            b'-' if last == b'-' => return true,
            b'-' => length += 1,
            b'"' | b'\'' | b'=' | b'%' => return true,
            _ => {
                length = 0;
                has_digit = false;
            }
        }
        if length >= LONG || has_digit && length >= LONG_WITH_DIGIT {
            return true;
        }
        last = byte;
    }
    false
}

/// Whether there is a key, and not what stands for one.
fn is_content(key: &str) -> bool {
    let key = key.trim();
    !key.is_empty() && !key.starts_with(REDACTED)
}

/// The secret that starts with a piece.
fn secret_at(text: &str, piece: Piece) -> Option<Range<usize>> {
    let named = named::bare_value(text, &piece);
    let group = Group::of(piece, text.as_bytes());
    match named {
        // What is named may be wrapped, too.
        Some(value) => Some(value.start..value.end.max(group.range.end)),
        None => group.is_secret(text.as_bytes()).then_some(group.range),
    }
}

/// Whether the scan is in a certificate, which is public.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Block {
    None,
    CertificateBegins,
    Certificate,
}

impl Block {
    /// What a certificate's block turns into with the first piece that is no header: it may hold
    /// something else.
    fn with(self, piece: &Piece, bytes: &[u8]) -> Self {
        match self {
            Self::CertificateBegins if piece.is_short() => self,
            Self::CertificateBegins if piece.starts_certificate(bytes) => Self::Certificate,
            Self::CertificateBegins => Self::None,
            other => other,
        }
    }
}

#[cfg(test)]
mod tests;
