//! No output shows a secret.

use super::*;

/// A Secret goes into a private file, and whatever is then read from it, whole, several times over or
/// damaged, shows neither the secret nor the token, be it in base64 once, twice or three times.
#[test]
fn secrets_in_manifests_stay_there() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let good = file("good.yaml");
    let mut arguments = generate(&[
        "--secret-file",
        "fixtures/ca/secret.txt",
        "--k8s-secret",
        "a",
    ]);
    arguments.extend(["--out".to_owned(), good.to_str().unwrap().to_owned()]);
    assert_eq!(stdout(&as_strs(&arguments)), "");
    let mode = fs::metadata(&good).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let yaml = fs::read_to_string(&good).unwrap();
    let value = yaml.split_whitespace().last().unwrap().to_owned();
    let token = peertok::token::decode_base64(value.as_bytes()).unwrap();
    let token = String::from_utf8(token.to_vec()).unwrap();
    assert_eq!(
        stdout(&[
            "decode",
            "--json-only",
            "--show-secret",
            &format!("@{}", good.display())
        ])
        .matches(SECRET)
        .count(),
        1
    );

    let mut shown = Vec::new();
    let data = format!("data: {value}");
    for manifest in [
        yaml.clone(),
        format!("{yaml}---\n{yaml}"),
        yaml.replace(&value, &token),
        yaml.replace(&data, &format!("data: \"{value}")),
        yaml.replace(&data, &format!("data: *{value}")),
        yaml.replace(&data, &format!("data: {value}: x")),
        yaml.replace(&data, &format!("data: @{value}")),
        yaml.replace(&value, &format!("{value}!")),
        yaml.replace(&data, &format!("data: {{data: {value}}}")),
        yaml.replace("kind: Secret", &format!("kind: {token}")),
        yaml.replace("name: a", &format!("name: {token}")),
        yaml.replace("name: a", &format!("name: {value}"))
            .replace(&data, "b: IQ=="),
        yaml.replace(&value, &peertok::token::encode_base64(value.as_bytes())),
    ] {
        let path = file("manifest");
        fs::write(&path, &manifest).unwrap();
        let path = format!("@{}", path.display());
        for arguments in [
            &["decode", &path][..],
            &["decode", "--format", "json", &path],
            &["decode", "--json-only", &path],
            &["decode", "--k8s-name", "b", &path],
            &["decode", &manifest],
            &["validate", &path],
            &["validate", "--format", "json", &path],
        ] {
            let output = output(arguments);
            shown.extend(output.stdout);
            shown.extend(output.stderr);
        }
    }
    for arguments in [
        &["decode", &format!("@{value}")][..],
        &["decode", "--k8s-name", &format!("/{value}"), "e30="],
        &["decode", &value],
    ] {
        shown.extend(output(arguments).stderr);
    }
    let shown = String::from_utf8_lossy(&shown);
    assert!(shown.contains("<redacted, sha256:"));
    assert!(!shown.contains(&SECRET[..18]), "the secret is shown");
    for encoded in [
        &token,
        &value,
        &*peertok::token::encode_base64(value.as_bytes()),
    ] {
        assert!(!shown.contains(&encoded[..80]), "the token is shown");
    }
}

/// No output of these shows the secret, nor a private key that was given by mistake.
#[test]
fn secrets_stay_where_they_are() {
    let token = stdout(&as_strs(&generate(&[
        "--secret-file",
        "fixtures/ca/secret.txt",
    ])));
    let token = token.trim_end();
    let folder = tempfile::tempdir().unwrap();
    let damaged = folder.path().join("secret");
    fs::write(&damaged, format!("{SECRET}0")).unwrap();
    let key = fs::read_to_string(root().join("fixtures/ca/key.pem")).unwrap();
    // Keys in places where nobody expects one.
    let text = serde_json::json!(key);
    let odd = peertok::token::encode_base64(
        format!("{{\"CA\":[{text}],\"ServerName\":{text},\"PeerID\":{text},\"ServerAddresses\":[{text}],{text}:1,\"EstablishmentSecret\":\"{SECRET}\"}}").as_bytes(),
    );
    let key = key.lines().nth(1).unwrap();
    let line = format!("\"{token}\"\n");
    let mut shown = Vec::new();
    for arguments in [
        vec!["decode", token],
        vec!["decode", "--format", "json", token],
        vec!["decode", "--json-only", token],
        vec!["validate", token],
        vec!["validate", "--format", "json", token],
        vec!["validate", "--jsonl"],
        vec!["diff", token, "@fixtures/consul/alpha-minted.token"],
        vec!["diff", "--format", "json", token, "e30="],
        vec!["diff", token, "x"],
        vec!["diff", token],
        vec!["diff", token, &odd],
        vec!["diff", "--format", "json", &odd, token],
        vec!["diff", "--format", "json", &odd, &odd],
        vec!["edit", &odd, "--remove-address", "x", "--list", "server"],
        vec!["edit", &odd, "--set", "partition=x"],
        vec![
            "edit",
            &odd,
            "--no-ca",
            "--as-consul",
            "--out",
            "/dev/null/x",
        ],
        vec!["edit", token],
        vec!["edit", token, "--no-ca", "--out", "/"],
        vec!["edit", token, "--set", "PeerID="],
        vec!["edit", token, "--set", token],
        vec!["edit", "--set", token],
        vec!["edit", token, "--add-address", token],
        vec!["edit", token, "--remove-address", token],
        vec!["edit", token, "--from-json", token],
        vec![token],
        vec!["decode", "x", token],
        vec!["decode", "--max-size", token],
        vec!["generate", "-name", token],
        vec![
            "generate",
            "-name",
            "west",
            "--datacenter",
            "dc1",
            "--secret-file",
            SECRET,
        ],
    ] {
        let mut child = peertok(&arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A command that does not read its input closes the pipe.
        let _ = child.stdin.take().unwrap().write_all(line.as_bytes());
        let output = child.wait_with_output().unwrap();
        shown.extend(output.stdout);
        shown.extend(output.stderr);
    }
    for more in [
        ["--secret-file", damaged.to_str().unwrap()],
        ["--ca", "fixtures/ca/key.pem"],
        ["--ca", "fixtures/ca/with-key.pem"],
        [
            "--ca",
            &fs::read_to_string(root().join("fixtures/ca/key.pem")).unwrap(),
        ],
        ["--roots", damaged.to_str().unwrap()],
    ] {
        let mut arguments = generate(&more);
        if more[0] == "--roots" {
            arguments.retain(|a| a != "--ca" && a != "fixtures/ca/dc1.pem");
        }
        let output = output(&as_strs(&arguments));
        assert_eq!(output.status.code(), Some(2), "{more:?}");
        shown.extend(output.stdout);
        shown.extend(output.stderr);
    }
    let shown = String::from_utf8_lossy(&shown);
    assert!(shown.contains("<redacted, sha256:"));
    assert!(!shown.contains(&SECRET[..18]), "the secret is shown");
    assert!(!shown.contains(key), "a private key is shown");
    assert!(!shown.contains(&token[..80]), "the token is shown");
    // In base64 the secret looks different by where it starts within a group of three bytes.
    for before in ["", "x", "xx"] {
        let encoded = peertok::token::encode_base64(format!("{before}{SECRET}").as_bytes());
        assert!(
            !shown.contains(&encoded[4..40]),
            "the secret is shown in base64"
        );
    }
}
