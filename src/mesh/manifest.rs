//! `manifest.json`: the SHA-256 of every file of a kit, and of that list itself, so that a byte that
//! changed in a path is not taken for a file that is missing.
//!
//! Anybody can write such a list. So it is sealed with a key that is in `.mesh-state.json` alone: who
//! cannot read that file cannot change a file of the kit and the manifest with it unnoticed.

use super::error::MeshError;
use super::folder;
use super::{files, kept::Kept};
use crate::whole_file::MAX_LIST;
use base16ct::lower::encode_string as hex;
use ring::digest::{Context, SHA256};
use ring::hmac;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;

const SCHEMA: &str = "peertok.mesh-manifest/1";

/// What a manifest says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    schema: String,
    /// The SHA-256 of each file, by path.
    pub(super) files: BTreeMap<String, String>,
    /// That of the lines `<sum>  <path>` of all files, as `sha256sum` prints them.
    sum_of_sums: String,
    /// That of what the kit keeps. Kits of earlier releases have none, and no seal.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    state: String,
    /// The HMAC of the two sums before.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    seal: String,
}

impl Manifest {
    /// Lists files, by path, for a kit with what it keeps and the SHA-256 of that.
    pub(super) fn new(files: BTreeMap<String, String>, kept: &Kept, state: String) -> Self {
        let mut manifest = Self {
            schema: SCHEMA.to_owned(),
            sum_of_sums: sum_of_sums(&files),
            files,
            state,
            seal: String::new(),
        };
        let tag = hmac::sign(&key(kept), manifest.sealed().as_bytes());
        manifest.seal = hex(tag.as_ref());
        manifest
    }

    /// Whether it was written by this kit.
    pub(super) fn is_sealed_by(&self, kept: &Kept) -> bool {
        let seal = base16ct::lower::decode_vec(self.seal.as_bytes()).unwrap_or_default();
        kept.has_seal_key() && hmac::verify(&key(kept), self.sealed().as_bytes(), &seal).is_ok()
    }

    /// Whether it was written when the kit kept what has this SHA-256.
    pub(super) fn is_of_state(&self, state: &str) -> bool {
        self.state == state
    }

    fn sealed(&self) -> String {
        format!("{SCHEMA}\n{}\n{}\n", self.sum_of_sums, self.state)
    }

    /// The manifest's text.
    pub(super) fn text(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }
}

fn key(kept: &Kept) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, kept.seal_key.expose().as_bytes())
}

fn sum_of_sums(files: &BTreeMap<String, String>) -> String {
    let mut context = Context::new(&SHA256);
    for (path, sum) in files {
        for part in [sum, "  ", path, "\n"] {
            context.update(part.as_bytes());
        }
    }
    hex(context.finish().as_ref())
}

/// Reads a manifest, which has to be as it was written, to the byte. `None` where there is none.
pub(super) fn read(out: &Path) -> Result<Option<Manifest>, MeshError> {
    let path = out.join(files::MANIFEST);
    let bytes = match folder::read(&path, MAX_LIST) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        read => read.map_err(MeshError::io("read", &path))?,
    };
    let refused = |found: &str| MeshError::Manifest {
        path: path.clone(),
        found: found.to_owned(),
    };
    let manifest: Manifest = serde_json::from_slice(&bytes).map_err(|_| refused("another form"))?;
    if manifest.schema != SCHEMA {
        return Err(refused("the schema of another release"));
    }
    if !manifest.files.keys().all(|path| files::is_of_kit(path)) {
        return Err(refused("a path that no kit has"));
    }
    let is_summed = manifest.sum_of_sums == sum_of_sums(&manifest.files);
    if is_summed && manifest.text().as_bytes() == &**bytes {
        Ok(Some(manifest))
    } else {
        Err(refused("other bytes than are written for it"))
    }
}
