//! The private readers, within reach of the fuzz targets and benches. No part of the library: it
//! exists only when the crate is built for fuzzing or with the feature `_internals`.

#![allow(missing_docs, reason = "each function is the private one of that name")]

#[cfg(feature = "cli")]
pub use crate::cli::jsonl_answers;
use crate::{CertificateError, CorruptBase64, SyntaxError};
use godialect::{address, base64, json, pem, target, x509};

pub fn base64_decode(text: &[u8]) -> Result<Vec<u8>, CorruptBase64> {
    let mut out = Vec::new();
    base64::decode(text, &mut out).map(|()| out)
}

/// Reads over a whole text.
pub fn json_check(text: &[u8]) -> Result<(), SyntaxError> {
    let mut reader = json::Reader::new(text);
    reader.skip()?;
    reader.finish()
}

/// A PEM block with its content and its place.
#[derive(Debug, PartialEq, Eq)]
pub struct Block<'a> {
    pub label: &'a [u8],
    pub has_headers: bool,
    pub content: Vec<u8>,
    pub start: usize,
    pub end: usize,
}

pub fn pem_blocks(text: &[u8]) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut content = Vec::new();
    let mut from = 0;
    while let Some(block) = pem::next_block(text, from, &mut content) {
        from = block.end;
        blocks.push(Block {
            label: block.label,
            has_headers: block.has_headers,
            content: content.clone(),
            start: block.start,
            end: block.end,
        });
    }
    blocks
}

pub fn split_host_port(address: &str) -> Option<(&str, &str)> {
    address::split_host_port(address)
}

pub fn read_number(text: &str) -> Option<i64> {
    address::read_number(text)
}

/// The host and port that gRPC dials, the host as it stands in a URL or decoded.
pub fn dialed(address: &str) -> Option<(String, u16)> {
    match target::Target::of(address)? {
        target::Target::Host { host, port } => Some((host.into_owned(), port)),
        _ => None,
    }
}

pub fn check_certificate(der: &[u8]) -> Result<(), CertificateError> {
    x509::check_certificate(der)
}
