//! What several of the test programs need: the command, the fixtures, Go's answers, and what to do
//! where a tool is missing.

#![allow(dead_code, reason = "each test program uses its own part of this")]
#![allow(unreachable_pub, reason = "a test exports nothing")]

pub mod command;
pub mod kind;
pub mod oracle;
pub mod tools;
pub mod verdict;

use std::fs;
use std::path::Path;

/// The root of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The content of a file below `fixtures`.
pub fn fixture(name: &str) -> Vec<u8> {
    let path = root().join("fixtures").join(name);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The content of a text file below `fixtures`.
pub fn fixture_text(name: &str) -> String {
    String::from_utf8(fixture(name)).unwrap()
}

/// A published JSON Schema, by its file name in `docs/schemas`.
pub fn schema(name: &str) -> jsonschema::Validator {
    let file = fs::read(root().join("docs/schemas").join(name)).unwrap();
    jsonschema::validator_for(&serde_json::from_slice(&file).unwrap()).unwrap()
}
