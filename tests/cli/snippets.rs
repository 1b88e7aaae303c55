//! The Rust in the documents, built as a reader builds it: in a crate of its own that has peertok
//! from the `[dependencies]` block above the code.
//!
//! A block of TOML that names peertok holds for the blocks of Rust below it, up to the next one.
//! Other crates that the code uses are those of this repository's `Cargo.toml`.

use crate::support::root;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;
use toml::{Table, Value};

const DOCUMENTS: [&str; 2] = ["docs/fixtures.md", "docs/library.md"];
/// What a reader depends on, and where it is here.
const PUBLISHED: [(&str, &str); 2] = [
    ("peertok", ""),
    ("peertok-fixtures", "crates/peertok-fixtures"),
];

/// A crate that depends on peertok: what its manifest says of that, and its programs.
#[derive(Default)]
struct Dependent {
    manifest: Table,
    programs: Vec<String>,
}

/// The dependent crates of a document.
fn dependents(document: &str) -> Vec<Dependent> {
    let text = fs::read_to_string(root().join(document)).unwrap();
    let mut found: Vec<Dependent> = Vec::new();
    for block in text.split("\n```").collect::<Vec<_>>().chunks(2) {
        let [_, block] = block else { continue };
        let (language, code) = block.split_once('\n').unwrap();
        if language == "toml" && code.contains("peertok") {
            let manifest = code.parse().unwrap();
            found.push(Dependent {
                manifest,
                ..Dependent::default()
            });
        } else if language == "rust" {
            let current = found.last_mut();
            let current = current.unwrap_or_else(|| panic!("{document}: Rust above any TOML"));
            current.programs.push(program(code));
        }
    }
    assert!(!found.is_empty(), "{document}: no TOML that names peertok");
    found
}

/// A block as a program: with its hidden lines, and in a `main` where it has none.
fn program(code: &str) -> String {
    let lines = code.lines().map(|line| match line {
        "#" => "",
        line => line.strip_prefix("# ").unwrap_or(line),
    });
    let code = lines.collect::<Vec<_>>().join("\n");
    if code.contains("fn main()") {
        code
    } else {
        format!("fn main() {{\n{code}\n}}\n")
    }
}

/// The manifest that a reader would write, with peertok from this repository.
fn manifest(dependent: &Dependent, known: &Table) -> String {
    let mut manifest = dependent.manifest.clone();
    let package: Table = "name = \"dependent\"\nversion = \"0.0.0\"\nedition = \"2024\"\n"
        .parse()
        .unwrap();
    manifest.insert("package".to_owned(), Value::Table(package));
    // It is in no workspace, though its folder is below one.
    manifest.insert("workspace".to_owned(), Value::Table(Table::new()));
    let depends = |kind: &str| {
        let of_kind = manifest.get(kind).and_then(Value::as_table);
        of_kind.is_some_and(|all| PUBLISHED.iter().any(|(name, _)| all.contains_key(*name)))
    };
    assert!(
        depends("dependencies") || depends("dev-dependencies"),
        "expected peertok among the dependencies: {manifest}"
    );
    let mut here = Table::new();
    for (name, folder) in PUBLISHED {
        let path = root().join(folder).to_str().unwrap().to_owned();
        let path = Table::from_iter([("path".to_owned(), Value::String(path))]);
        here.insert(name.to_owned(), Value::Table(path));
    }
    // Nobody debugs these.
    let profile: Table = "dev.debug = false".parse().unwrap();
    manifest.insert("profile".to_owned(), Value::Table(profile));
    let patch = Table::from_iter([("crates-io".to_owned(), Value::Table(here))]);
    manifest.insert("patch".to_owned(), Value::Table(patch));
    let dev = manifest
        .entry("dev-dependencies")
        .or_insert_with(|| Value::Table(Table::new()));
    for (name, value) in known {
        let used = format!("{}::", name.replace('-', "_"));
        if dependent.programs.iter().any(|code| code.contains(&used)) {
            let dev = dev.as_table_mut().unwrap();
            dev.insert(name.clone(), value.clone());
        }
    }
    manifest.to_string()
}

/// The crates from elsewhere that this repository uses, each with its version and features.
fn known_crates() -> Table {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let manifest: Table = manifest.parse().unwrap();
    let mut known = manifest["workspace"]["dependencies"].clone();
    let known = known.as_table_mut().unwrap();
    for (name, value) in manifest["dependencies"].as_table().unwrap() {
        let features = value.get("features").cloned();
        match (value.get("workspace"), features, known.get_mut(name)) {
            (None, ..) => drop(known.insert(name.clone(), value.clone())),
            (_, Some(features), Some(Value::Table(known))) => {
                let more = features.as_array().unwrap().iter().cloned();
                let all = known
                    .entry("features")
                    .or_insert_with(|| Value::Array(vec![]));
                all.as_array_mut().unwrap().extend(more);
            }
            _ => {}
        }
    }
    known.retain(|_, value| value.get("path").is_none());
    known.clone()
}

/// Builds a crate whose programs are its examples, and runs them in the root of the repository, where
/// the files that they read are.
fn run(folder: &Path, dependent: &Dependent, known: &Table) -> Result<(), String> {
    let _ = fs::remove_dir_all(folder);
    fs::create_dir_all(folder.join("examples")).unwrap();
    fs::create_dir_all(folder.join("src")).unwrap();
    fs::write(folder.join("src/lib.rs"), "").unwrap();
    fs::write(folder.join("Cargo.toml"), manifest(dependent, known)).unwrap();
    fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    for (number, code) in dependent.programs.iter().enumerate() {
        fs::write(folder.join(format!("examples/e{number}.rs")), code).unwrap();
    }
    let target = folder.parent().unwrap().join("target");
    let cargo = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--offline", "--examples"])
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", &target)
        .output();
    let cargo = cargo.unwrap();
    if !cargo.status.success() {
        return Err(String::from_utf8_lossy(&cargo.stderr).into_owned());
    }
    let mut faults = String::new();
    for number in 0..dependent.programs.len() {
        let program = target.join(format!("debug/examples/e{number}"));
        let output = Command::new(program).current_dir(root()).output().unwrap();
        if !output.status.success() {
            let stderr = String::from_utf8_lossy(&output.stderr);
            writeln!(faults, "{}\n{stderr}", dependent.programs[number]).unwrap();
        }
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(faults)
    }
}

#[test]
#[ignore = "builds the library anew"]
fn every_program_in_the_documents_builds_with_the_dependencies_above_it() {
    let known = known_crates();
    let base = Path::new(env!("CARGO_TARGET_TMPDIR")).join("snippets");
    for document in DOCUMENTS {
        for (number, dependent) in dependents(document).iter().enumerate() {
            let result = run(&base.join("dependent"), dependent, &known);
            let manifest = &dependent.manifest;
            result.unwrap_or_else(|fault| panic!("{document}, {number}: {manifest}\n{fault}"));
        }
    }
}
