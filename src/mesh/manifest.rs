//! `manifest.json`: the SHA-256 of every file of a kit, and of that list itself, so that a byte that
//! changed in a path is not taken for a file that is missing.

use super::error::MeshError;
use super::folder;
use base16ct::lower::encode_string as hex;
use ring::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Component, Path};

/// The file's name.
pub(super) const FILE: &str = "manifest.json";
const SCHEMA: &str = "peertok.mesh-manifest/1";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    schema: String,
    /// By path.
    files: BTreeMap<String, String>,
    /// That of the lines `<sum>  <path>` of all files, as `sha256sum` prints them.
    sum_of_sums: String,
}

/// The manifest's text.
pub(super) fn text(files: BTreeMap<String, String>) -> String {
    let mut context = Context::new(&SHA256);
    for (path, sum) in &files {
        for part in [sum, "  ", path, "\n"] {
            context.update(part.as_bytes());
        }
    }
    let manifest = Manifest {
        schema: SCHEMA.to_owned(),
        files,
        sum_of_sums: hex(context.finish().as_ref()),
    };
    let mut text = serde_json::to_string_pretty(&manifest).unwrap_or_default();
    text.push('\n');
    text
}

/// Reads a manifest, which has to be as it was written, to the byte: the sums by path. `None` where
/// there is none.
pub(super) fn read(out: &Path) -> Result<Option<BTreeMap<String, String>>, MeshError> {
    let path = out.join(FILE);
    let bytes = match folder::read(&path) {
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
    let within = |path: &String| {
        let components: Vec<_> = Path::new(path).components().collect();
        let is_name = |component: &Component<'_>| matches!(component, Component::Normal(_));
        (1..=2).contains(&components.len()) && components.iter().all(is_name)
    };
    if !manifest.files.keys().all(within) {
        return Err(refused("a path that leads out of the kit"));
    }
    let files = manifest.files;
    if text(files.clone()).as_bytes() == &**bytes {
        Ok(Some(files))
    } else {
        Err(refused("other bytes than are written for it"))
    }
}
