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
    let mut found = false;
    for kind in ["dependencies", "dev-dependencies"] {
        let Some(peertok) = manifest
            .get_mut(kind)
            .and_then(|all| all.get_mut("peertok"))
        else {
            continue;
        };
        if peertok.is_str() {
            *peertok = Value::Table(Table::new());
        }
        let peertok = peertok.as_table_mut().unwrap();
        peertok.remove("version");
        let path = root().to_str().unwrap().to_owned();
        peertok.insert("path".to_owned(), Value::String(path));
        found = true;
    }
    assert!(found, "expected peertok among the dependencies: {manifest}");
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
    let known = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let known: Table = known.parse().unwrap();
    let known = known["dependencies"].as_table().unwrap();
    let base = Path::new(env!("CARGO_TARGET_TMPDIR")).join("snippets");
    for document in DOCUMENTS {
        for (number, dependent) in dependents(document).iter().enumerate() {
            let result = run(&base.join("dependent"), dependent, known);
            let manifest = &dependent.manifest;
            result.unwrap_or_else(|fault| panic!("{document}, {number}: {manifest}\n{fault}"));
        }
    }
}
