//! What several of the test programs need: the command, the fixtures, Go's answers, and what to do
//! where a tool is missing.

#![allow(dead_code, reason = "each test program uses its own part of this")]
#![allow(unreachable_pub, reason = "a test exports nothing")]

pub mod command;
pub mod crafted;
pub mod kind;
pub mod oracle;
pub mod tools;
pub mod verdict;

use boon::{Compiler, SchemaIndex, Schemas};
use serde_json::Value;
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

/// A published JSON Schema.
pub struct Schema {
    schemas: Schemas,
    index: SchemaIndex,
}

/// The schema with this file name in `docs/schemas`.
pub fn schema(name: &str) -> Schema {
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    compiler.enable_format_assertions();
    let file = root().join("docs/schemas").join(name);
    let index = compiler.compile(file.to_str().unwrap(), &mut schemas);
    let index = index.unwrap_or_else(|error| panic!("{name}: {error:#}"));
    Schema { schemas, index }
}

impl Schema {
    /// Fails with every place at which a value does not keep to the schema.
    pub fn validate(&self, value: &Value) -> Result<(), String> {
        let valid = self.schemas.validate(value, self.index);
        valid.map_err(|error| format!("{error:#}"))
    }

    pub fn is_valid(&self, value: &Value) -> bool {
        self.validate(value).is_ok()
    }
}
