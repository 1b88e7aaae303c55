//! Manifests beside other readers of YAML: Python's and, where it is there, kubectl.

use crate::support::tools::skip;
use crate::support::{fixture_text, root};
use peertok::kubernetes::{manifest, read, replace_token};
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// Prints every key of every Secret as Kubernetes understands it:
/// {"<document>|<namespace>|<name>|<key>": "<value>"}, where a value that is no text is left out.
const READER: &str = r#"
import base64, json, sys, yaml
found = {}
def secret(index, object):
    meta = object["metadata"]
    values = {}
    for key, value in (object.get("data") or {}).items():
        try: values[key] = base64.b64decode("".join(value.split()), validate=True).decode()
        except Exception: pass
    values.update(object.get("stringData") or {})
    for key, value in values.items():
        found["|".join([str(index), meta.get("namespace", ""), meta["name"], key])] = value
for index, object in enumerate(yaml.safe_load_all(sys.stdin.buffer.read().decode("utf-8-sig"))):
    for object in object["items"] if object["kind"].endswith("List") else [object]:
        if object["kind"] == "Secret": secret(index, object)
json.dump(found, sys.stdout)
"#;

fn fixtures() -> Vec<PathBuf> {
    let folder = fs::read_dir(root().join("fixtures/kubernetes")).unwrap();
    let files = folder.map(|entry| entry.unwrap().path());
    let is_manifest = |path: &PathBuf| path.extension().is_some_and(|e| e != "md");
    let mut files: Vec<_> = files.filter(is_manifest).collect();
    files.sort();
    files
}

fn token(name: &str) -> String {
    let text = fixture_text(&format!("consul/{name}.token"));
    text.trim_end().to_owned()
}

/// What a program makes of its input; `None` where it is not there.
fn pipe(program: &str, arguments: &[&str], input: &[u8]) -> Option<Output> {
    let mut child = Command::new(program)
        .args(arguments)
        .env("KUBECONFIG", "/dev/null")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .ok()?;
    // A program that ends early closes the pipe.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().ok()
}

fn has_python_yaml() -> bool {
    let output = pipe("python3", &["-c", "import yaml"], b"");
    let there = output.is_some_and(|output| output.status.success());
    if !there {
        skip("Python with yaml is missing");
    }
    there
}

fn python(manifest: &[u8]) -> BTreeMap<String, String> {
    let output = pipe("python3", &["-c", READER], manifest).unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What peertok reads, in the form of the other reader.
fn peertok(manifest: &[u8]) -> BTreeMap<String, String> {
    let tokens = read(manifest).unwrap().into_iter().map(|found| {
        let place = &found.place;
        let namespace = place.namespace.as_deref().unwrap_or_default();
        let key = [
            &found.document.to_string(),
            namespace,
            &place.name,
            &place.key,
        ]
        .join("|");
        (key, String::from_utf8(found.token.to_vec()).unwrap())
    });
    tokens.collect()
}

#[test]
fn python_reads_the_same_tokens() {
    if !has_python_yaml() {
        return;
    }
    let mut compared = 0;
    for path in fixtures() {
        let manifest = fs::read(&path).unwrap();
        if read(&manifest).is_err() {
            continue;
        }
        let (ours, theirs) = (peertok(&manifest), python(&manifest));
        for (place, token) in &ours {
            assert_eq!(
                theirs.get(place),
                Some(token),
                "{}: {place}",
                path.display()
            );
        }
        // Whatever is left out is no token.
        for (place, value) in theirs
            .iter()
            .filter(|(place, _)| !ours.contains_key(*place))
        {
            let is_token = value.starts_with("eyJDQSI6");
            assert!(!is_token, "{}: {place}", path.display());
        }
        compared += ours.len();
    }
    assert_eq!(compared, 12);
}

/// YAML takes many a bare word for a number or a truth value.
#[test]
fn python_and_kubectl_read_what_is_written() {
    let minted = token("alpha-minted");
    let names = [
        "peering-token",
        "123",
        "0x1f",
        "1e3",
        "1.5",
        "true",
        "yes",
        "on",
        "n",
        "null",
        "2001-01-01",
        "a.b.c",
        "x--y",
        "0o7",
        "1",
        "off",
    ];
    let with_python = has_python_yaml();
    for (index, name) in names.into_iter().enumerate() {
        let namespace = (index % 2 == 0 && !name.contains('.')).then_some(name);
        let key = if index % 3 == 0 { name } else { "-Key_.1" };
        let yaml = manifest(&minted, name, namespace, key).unwrap();
        let place = ["0", namespace.unwrap_or_default(), name, key].join("|");
        let expected = BTreeMap::from([(place, minted.clone())]);
        assert_eq!(peertok(yaml.as_bytes()), expected, "{name}");
        assert!(read(yaml.as_bytes()).unwrap()[0].labelled);
        if with_python {
            assert_eq!(python(yaml.as_bytes()), expected, "{name}");
        }
        let arguments = ["label", "--local", "-f", "-", "a=b", "-o", "json"];
        match pipe("kubectl", &arguments, yaml.as_bytes()) {
            None => skip("kubectl is missing"),
            Some(output) => {
                let said = String::from_utf8_lossy(&output.stderr);
                assert!(output.status.success(), "{name}: {said}");
                assert_eq!(peertok(&output.stdout), expected, "{name}");
            }
        }
    }
}

/// Both readers find the new token where the old one was, and nothing else has changed.
#[test]
fn an_edit_changes_one_value() {
    let new = token("alpha-rotated");
    let with_python = has_python_yaml();
    let mut edited = 0;
    for path in fixtures() {
        let before = fs::read_to_string(&path).unwrap();
        let Ok(tokens) = read(before.as_bytes()) else {
            continue;
        };
        for found in tokens {
            let place = found.place;
            let namespace = place.namespace.as_deref().map(|n| format!("{n}/"));
            let namespace = namespace.unwrap_or_default();
            let selector = format!("{namespace}{}:{}", place.name, place.key);
            let after = replace_token(&before, Some(&selector.parse().unwrap()), &new).unwrap();
            let mut expected = peertok(before.as_bytes());
            let changed = expected.iter_mut().find(|(key, _)| {
                let mut parts = key.split('|').skip(1);
                let namespace = place.namespace.as_deref().unwrap_or_default();
                parts.next() == Some(namespace)
                    && parts.next() == Some(&place.name)
                    && parts.next() == Some(&place.key)
            });
            *changed.unwrap().1 = new.clone();
            assert_eq!(trimmed(peertok(after.as_bytes())), trimmed(expected));
            if with_python {
                let (mut old, mut now) = (python(before.as_bytes()), python(after.as_bytes()));
                let differ = |(key, value): &(&String, &String)| now.get(*key) != Some(*value);
                assert!(old.iter().filter(differ).count() <= 1, "{}", path.display());
                let key = now
                    .keys()
                    .find(|key| now.get(*key).unwrap().trim_end() == new);
                let key = key.unwrap().clone();
                old.remove(&key);
                now.remove(&key);
                assert_eq!(old, now, "{}", path.display());
            }
            edited += 1;
        }
    }
    assert_eq!(edited, 12);
}

/// A block scalar ends in a line end.
fn trimmed(tokens: BTreeMap<String, String>) -> BTreeMap<String, String> {
    let trim = |(key, token): (String, String)| (key, token.trim_end().to_owned());
    tokens.into_iter().map(trim).collect()
}
