//! Tokens that are made and edited, to the byte.

use super::*;

/// Each of the servers' tokens is made again from what its server knew, to the byte.
#[test]
fn generate_makes_the_servers_tokens() {
    for (name, roots, addresses) in [
        (
            "alpha-minted",
            "alpha-external",
            "--server-address 127.0.0.1:18503",
        ),
        (
            "alpha-external",
            "alpha-external",
            "--server-address 127.0.0.1:18503 -server-external-addresses lb.example.com:8503,10.0.0.1:8503",
        ),
        (
            "alpha-rotated",
            "alpha-rotated",
            "--server-address 127.0.0.1:18503",
        ),
        (
            "alpha-gateways",
            "alpha-gateways",
            "--server-address 203.0.113.7:443 --server-address 127.0.0.10:8443",
        ),
    ] {
        let file = format!("fixtures/consul/{name}.token");
        let minted = fs::read_to_string(root().join(&file)).unwrap();
        let fields = stdout(&[
            "decode",
            "--json-only",
            "--show-secret",
            &format!("@{file}"),
        ]);
        let fields: serde_json::Value = serde_json::from_str(&fields).unwrap();
        let field = |name: &str| fields[name].as_str().unwrap().to_owned();
        let folder = tempfile::tempdir().unwrap();
        let secret = folder.path().join("secret");
        fs::write(&secret, field("EstablishmentSecret")).unwrap();
        let roots_file = format!("fixtures/consul/{roots}.roots.json");
        let peer_id = field("PeerID");
        let mut arguments = vec![
            "generate-token",
            "-name",
            "west",
            "--datacenter",
            "Alpha",
            "--roots",
            &roots_file,
            "--peer-id",
            &peer_id,
            "--secret-file",
            secret.to_str().unwrap(),
        ];
        arguments.extend(addresses.split(' '));
        assert_eq!(stdout(&arguments), minted, "{name}");

        // The roots as PEM files give the same entries.
        let roots = fs::read(root().join(&roots_file)).unwrap();
        let roots: serde_json::Value = serde_json::from_slice(&roots).unwrap();
        let mut files = Vec::new();
        for (index, entry) in roots["Roots"].as_array().unwrap().iter().enumerate() {
            let file = folder.path().join(format!("{index}.pem"));
            fs::write(&file, entry["RootCert"].as_str().unwrap()).unwrap();
            files.push(file.to_str().unwrap().to_owned());
        }
        let at = arguments.iter().position(|a| *a == "--roots").unwrap();
        arguments.drain(at..at + 2);
        for file in &files {
            arguments.extend(["--ca", file]);
        }
        assert_eq!(stdout(&arguments), minted, "{name} from PEM files");
    }
}

#[test]
fn the_sample_of_consuls_page_has_the_shape_of_1_13() {
    let token = stdout(&[
        "generate",
        "-name",
        "cluster-02",
        "--consul-version",
        "1.13",
        "--no-ca",
        "--datacenter",
        "dc1",
        "--server-address",
        "192.0.2.1:8502",
        "--secret-file",
        "fixtures/ca/secret.txt",
    ]);
    assert!(token.starts_with("eyJDQSI6bnVs"), "{token}");
    let json = peertok::token::decode_base64(token.trim_end().as_bytes()).unwrap();
    let end = format!("\"EstablishmentSecret\":\"{SECRET}\"}}");
    assert!(String::from_utf8_lossy(&json).ends_with(&end));
}

/// A token that is decoded and built again is the same to the byte; one whose secret was not shown
/// gets it from the original.
#[test]
fn a_decoded_token_is_built_again() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("t.json");
    let name = file.to_str().unwrap();
    for token in ["alpha-external", "alpha-rotated", "gamma-seeded"] {
        let token = format!("@fixtures/consul/{token}.token");
        let minted = fs::read_to_string(root().join(&token[1..])).unwrap();
        fs::write(&file, stdout(&["decode", "--json-only", &token])).unwrap();
        assert_eq!(stdout(&["edit", &token, "--from-json", name]), minted);
        assert_eq!(
            output(&["edit", "--from-json", name]).status.code(),
            Some(2)
        );
        let shown = stdout(&["decode", "--json-only", "--show-secret", &token]);
        fs::write(&file, shown).unwrap();
        assert_eq!(stdout(&["edit", "--from-json", name]), minted);
    }
}

/// What is not edited keeps its bytes, odd ones too.
#[test]
fn an_edit_changes_only_what_it_says() {
    let json = "{ \"peerid\" : \"a\",\n \"Extra\": [1e0],\"SERVERADDRESSES\":[\"a:1\"],\"PeerID\":null }\n";
    let token = peertok::token::encode_base64(json.as_bytes());
    let id = "11111111-2222-3333-4444-555555555555";
    let edited = stdout(&[
        "edit",
        &token,
        "--set",
        &format!("peer-id={id}"),
        "--add-address",
        "b",
    ]);
    let edited = peertok::token::decode_base64(edited.trim_end().as_bytes()).unwrap();
    assert_eq!(
        String::from_utf8_lossy(&edited),
        format!(
            "{{\"ManualServerAddresses\":[\"b:8503\"], \"Extra\": [1e0],\"SERVERADDRESSES\":[\"a:1\"],\"PeerID\":\"{id}\" }}\n"
        )
    );
}

#[test]
fn random_values_differ_from_run_to_run() {
    let arguments = generate(&[]);
    assert_ne!(stdout(&as_strs(&arguments)), stdout(&as_strs(&arguments)));
}
