//! Roots that `peertok ca new` makes, in the eyes of openssl; and keys that openssl makes, in the
//! eyes of `peertok ca check`.

use crate::support::tools::has;
use crate::support::{Schema, command, root, schema};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

fn peertok(folder: &Path, arguments: &[&str]) -> Output {
    command::peertok(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

/// What the command prints where it succeeds; otherwise the test fails.
fn stdout(folder: &Path, arguments: &[&str]) -> String {
    let mut command = command::peertok(arguments);
    command.current_dir(folder);
    command::text_of(command)
}

/// Runs a shell's line, for openssl.
fn shell(folder: &Path, line: &str) -> String {
    let mut command = Command::new("sh");
    command.current_dir(folder).args(["-c", line]);
    command::text_of(command)
}

/// The names of the faults that `peertok ca check` finds.
fn faults(folder: &Path, arguments: &[&str]) -> Vec<String> {
    let mut check = vec!["ca", "check", "--format", "json"];
    check.extend(arguments);
    let output = peertok(folder, &check);
    let printed: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let faults = printed["faults"].as_array().unwrap().iter();
    let of_error = |fault: &serde_json::Value| fault["level"] == "error";
    let is_no = faults.clone().any(of_error);
    assert_eq!(output.status.code(), Some(i32::from(is_no)));
    assert_eq!(printed["suits"], !is_no);
    faults
        .map(|fault| fault["name"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn openssl_reads_and_verifies_a_new_root() {
    if !has("openssl", "version") {
        return;
    }
    for (key_type, key) in [
        ("ec", "NIST CURVE: P-256"),
        ("rsa", "Public-Key: (2048 bit)"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let cluster_id = "5b7c0d0e-3e0f-4d8c-a2a4-0c6f1d3a9b04";
        let mut new = vec!["ca", "new", "--out", ".", "--at", "2026-11-24T12:00:00Z"];
        new.extend(["--cluster-id", cluster_id, "--key-type", key_type]);
        stdout(folder, &new);

        let text = shell(folder, "openssl x509 -in root.pem -noout -text");
        for expected in [
            "Version: 3 (0x2)",
            key,
            "Not Before: Nov 23 12:00:00 2026 GMT",
            "Not After : Nov 20 12:00:00 2036 GMT",
            "X509v3 Basic Constraints: critical\n                CA:TRUE\n",
            "X509v3 Key Usage: critical\n                Digital Signature, Certificate Sign, CRL Sign\n",
            &format!("URI:spiffe://{cluster_id}.consul\n"),
            ".consul.ca.5b7c0d0e.consul\n",
        ] {
            assert!(text.contains(expected), "{expected}: {text}");
        }
        let verified = shell(
            folder,
            "openssl verify -no_check_time -check_ss_sig -x509_strict -CAfile root.pem root.pem",
        );
        assert_eq!(verified, "root.pem: OK\n");
        let of_key = shell(folder, "openssl pkey -in root.key -check -pubout");
        let of_root = shell(folder, "openssl x509 -in root.pem -noout -pubkey");
        assert!(of_key.contains("Key is valid"), "{of_key}");
        assert!(of_key.ends_with(&of_root), "{of_key}");

        // The same certificate and key as in the files.
        let file = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
        let configuration: serde_json::Value =
            serde_json::from_str(&file("agent-ca.json")).unwrap();
        let config = &configuration["connect"]["ca_config"];
        assert_eq!(config["root_cert"], file("root.pem"));
        assert_eq!(config["private_key"], file("root.key"));
        assert_eq!(config["cluster_id"], cluster_id);
    }
}

/// What a server makes of these keys was tried: it serves the root all the same, and then signs
/// nothing with those of which a fault is found.
#[test]
fn keys_in_openssls_forms_are_read_as_consul_does() {
    if !has("openssl", "version") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let extensions = "-addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign -addext subjectAltName=URI:spiffe://5b7c0d0e-3e0f-4d8c-a2a4-0c6f1d3a9b04.consul";
    let root_of = |algorithm: &str| {
        shell(
            folder,
            &format!(
                "openssl genpkey -algorithm {algorithm} -out key.pem && openssl req -x509 -config /dev/null -subj /CN=test -key key.pem -days 30 {extensions} -out root.pem"
            ),
        );
    };
    let with = |key: &str| faults(folder, &["root.pem", "--key", key]);
    for curve in ["P-224", "P-256", "P-384", "P-521"] {
        root_of(&format!("EC -pkeyopt ec_paramgen_curve:{curve}"));
        assert_eq!(with("key.pem"), [""; 0], "{curve}");
        shell(folder, "openssl ec -in key.pem -out sec1.pem");
        assert_eq!(with("sec1.pem"), [""; 0], "{curve}");
        let curve = if curve == "P-256" {
            "prime256v1"
        } else {
            "secp384r1"
        };
        shell(
            folder,
            &format!("(openssl ecparam -name {curve}; cat sec1.pem) > parameters.pem"),
        );
        assert_eq!(with("parameters.pem"), ["no-key"]);
        shell(
            folder,
            "openssl pkey -in key.pem -aes256 -passout pass:secret -out encrypted.pem",
        );
        assert_eq!(with("encrypted.pem"), ["encrypted-key"]);
        shell(
            folder,
            "openssl ec -in key.pem -aes256 -passout pass:secret -out encrypted.pem",
        );
        assert_eq!(with("encrypted.pem"), ["encrypted-key"]);
    }
    for (bits, expected) in [(1024, &["weak-key"][..]), (2048, &[]), (3072, &[])] {
        root_of(&format!("RSA -pkeyopt rsa_keygen_bits:{bits}"));
        assert_eq!(with("key.pem"), expected);
        shell(
            folder,
            "openssl rsa -in key.pem -traditional -out pkcs1.pem",
        );
        assert_eq!(with("pkcs1.pem"), expected);
        shell(folder, "openssl genpkey -algorithm RSA -out other.pem");
        let expected = [expected, &["other-key"]].concat();
        assert_eq!(with("other.pem"), expected);
    }
    root_of("ED25519");
    assert_eq!(with("key.pem"), ["key-type", "unreadable-key"]);
}

/// What is printed keeps to the published JSON Schemas.
#[test]
fn json_output_keeps_to_its_schema() {
    let (new, check) = (
        schema("peertok.ca.1.json"),
        schema("peertok.ca-check.1.json"),
    );
    let keeps = |schema: &Schema, output: &Output| {
        let printed: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        if let Err(error) = schema.validate(&printed) {
            panic!("{error}: {printed}");
        }
        printed
    };
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    let output = peertok(root(), &["ca", "new", "--format", "json", "--out", out]);
    let printed = keeps(&new, &output);
    let certificate = folder.path().join("root.pem");
    assert_eq!(
        printed["files"]["certificate"],
        certificate.to_str().unwrap()
    );
    for (file, has_root) in [
        ("new/root.pem", true),
        ("no-spiffe.pem", true),
        ("key.pem", false),
    ] {
        let file = format!("fixtures/ca/{file}");
        let key = ["--key", "fixtures/ca/new/root.key"];
        for key in [&[][..], &key] {
            let arguments = ["ca", "check", "--format", "json", &file];
            let output = peertok(root(), &[&arguments, key].concat());
            let printed = keeps(&check, &output);
            assert_eq!(printed["root"].is_object(), has_root);
            assert_eq!(printed["private_key_checked"], !key.is_empty());
        }
    }
    // A schema that takes anything would prove nothing.
    for schema in [new, check] {
        assert!(!schema.is_valid(&serde_json::json!({"schema": "peertok.ca/1"})));
    }
}

#[test]
fn a_token_of_a_new_root_has_no_finding() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    stdout(folder, &["ca", "new", "--out", "ca"]);
    let generate = "generate -name west --ca ca/root.pem --datacenter dc1 --server-address lb.consul.test:8503";
    let token = stdout(folder, &generate.split(' ').collect::<Vec<_>>());
    let printed = stdout(folder, &["validate", "--format", "json", token.trim_end()]);
    let printed: serde_json::Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(printed["findings"], serde_json::json!([]));
}

#[test]
fn only_their_owner_reads_the_files_and_none_is_replaced_unasked() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let new = ["ca", "new", "--out", "kits/alpha"];
    let printed = stdout(folder, &new);
    let ca = folder.join("kits/alpha");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&ca), 0o700);
    let names = ["agent-ca.json", "root.key", "root.pem"];
    let read = || names.map(|name| fs::read_to_string(ca.join(name)).unwrap());
    let before = read();
    for name in names {
        assert_eq!(mode(&ca.join(name)), 0o600, "{name}");
    }
    assert_eq!(fs::read_dir(&ca).unwrap().count(), names.len());
    let key_line = before[1].lines().nth(1).unwrap();
    assert!(!printed.contains(key_line), "{printed}");

    // One of them is enough to keep all.
    for kept in names {
        for name in names.iter().filter(|name| **name != kept) {
            fs::rename(ca.join(name), folder.join(name)).unwrap();
        }
        let output = peertok(folder, &new);
        assert_eq!(output.status.code(), Some(2));
        let errors = String::from_utf8(output.stderr).unwrap();
        let expected = format!("peertok: error: cannot write kits/alpha/{kept}: it exists\n");
        assert!(errors.starts_with(&expected), "{errors}");
        assert_eq!(fs::read_dir(&ca).unwrap().count(), 1);
        for name in names.iter().filter(|name| **name != kept) {
            fs::rename(folder.join(name), ca.join(name)).unwrap();
        }
    }
    assert_eq!(read(), before);
    stdout(folder, &[&new[..], &["--force"]].concat());
    assert!(read().iter().zip(&before).all(|(new, old)| new != old));
    let check = [
        "kits/alpha/root.pem",
        "--config",
        "kits/alpha/agent-ca.json",
    ];
    assert_eq!(faults(folder, &check), [""; 0]);
}

#[test]
fn no_fault_shows_a_key() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    stdout(folder, &["ca", "new", "--out", "."]);
    let key = fs::read_to_string(folder.join("root.key")).unwrap();
    let inside = key.lines().nth(1).unwrap();
    for arguments in [
        &["root.key"][..],
        &["agent-ca.json", "--key", "agent-ca.json"],
        &["root.pem", "--config", "root.key"],
        &["root.pem", "--key", &key],
        &[&key, "--config", "root.pem"],
    ] {
        for format in ["pretty", "json"] {
            let mut check = vec!["ca", "check", "--format", format];
            check.extend(arguments);
            let output = peertok(folder, &check);
            assert_ne!(output.status.code(), Some(0), "{arguments:?}");
            for printed in [output.stdout, output.stderr] {
                let printed = String::from_utf8(printed).unwrap();
                assert!(!printed.contains(inside), "{printed}");
            }
        }
    }
}
