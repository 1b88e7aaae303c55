//! Each finding on a token that has it and on one that is nearly the same and has it not.
//!
//! `fixtures/findings/<name>/` has the token that fails, as decoded JSON, in `fails.json`, and the one
//! that passes in `passes.json` (or encoded, in `fails.token` and `passes.token`), which may be left out where flags alone make the difference. The flags
//! of each run stand in `fails.flags` and `passes.flags`, if there are any. `fails.txt` is what people
//! see of the first; `SNAPSHOTS=overwrite cargo test --test library findings` writes it anew.

use crate::support::command::peertok;
use crate::support::{fixture, root};
use jiff::Timestamp;
use peertok::PeeringToken;
use peertok::finding::{Context, Finding, findings};
use peertok::generate::TokenSpec;
use peertok::roots::Roots;
use peertok::snapshot::State;
use peertok::token::{Shape, encode_base64};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// What `validate` prints of the token `which` of a rule.
fn validate(rule: &str, which: &str, format: &str) -> String {
    let folder = Path::new("fixtures/findings").join(rule);
    let file = |name: String| folder.join(name);
    let names = [format!("{which}.token"), format!("{which}.json")];
    let names = names.into_iter().chain(["fails.json".to_owned()]);
    let mut files = names.map(file);
    let token = files.find(|file| root().join(file).exists()).unwrap();
    let flags = fs::read_to_string(root().join(file(format!("{which}.flags"))));
    let flags = flags.unwrap_or_default();
    // The roots of most are valid then, and a date of its own comes with the rule.
    let at = if flags.contains("--at ") {
        ""
    } else {
        "--at 2026-12-01T00:00:00Z"
    };
    let output = peertok(&["validate", "--format", format])
        .arg(format!("@{}", token.display()))
        .args(flags.split_whitespace().chain(at.split_whitespace()))
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_ne!(output.status.code(), Some(2), "{rule}: {stderr}");
    String::from_utf8(output.stdout).unwrap()
}

/// The findings of that name in the token `which`, with their levels.
fn levels(rule: &str, which: &str) -> BTreeSet<String> {
    let verdict: serde_json::Value = serde_json::from_str(&validate(rule, which, "json")).unwrap();
    let findings = verdict["findings"].as_array().unwrap();
    findings
        .iter()
        .filter(|finding| finding["name"] == rule)
        .map(|finding| finding["level"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn every_rule_has_a_token_that_fails_and_one_that_passes() {
    let mut faults = Vec::new();
    for rule in peertok::finding::rules() {
        if !root().join("fixtures/findings").join(rule.name).is_dir() {
            faults.push(format!("{} has no fixtures", rule.name));
            continue;
        }
        if !levels(rule.name, "fails").contains(rule.level.name()) {
            faults.push(format!("{} does not find its fault", rule.name));
        }
        if !levels(rule.name, "passes").is_empty() {
            faults.push(format!("{} finds a fault where there is none", rule.name));
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn every_folder_is_of_a_rule() {
    for entry in fs::read_dir(root().join("fixtures/findings")).unwrap() {
        let entry = entry.unwrap();
        if entry.path().is_dir() {
            let name = entry.file_name().into_string().unwrap();
            let known = peertok::finding::rules()
                .iter()
                .any(|rule| rule.name == name);
            assert!(known, "{name}");
        }
    }
}

#[test]
fn what_people_see_of_every_finding() {
    let assert = snapbox::Assert::new()
        .action_env("SNAPSHOTS")
        .normalize_paths(false);
    for rule in peertok::finding::rules() {
        let file = root().join(format!("fixtures/findings/{}/fails.txt", rule.name));
        let expected = snapbox::Data::read_from(&file, None);
        assert.eq(validate(rule.name, "fails", "pretty"), expected);
    }
}

/// What a token of `fixtures/consul` is worth at acceptors that no server was caught at.
#[test]
fn what_the_acceptors_state_tells_of_a_secret() {
    let token = fixture("consul/alpha-external.token");
    for (snapshot, path, expected) in [
        (
            "token-used/exchanged",
            "$.EstablishmentSecret",
            "the token was exchanged, but its stream had not come up as of 2026-11-24 04:21:53 UTC",
        ),
        (
            "token-superseded/used-or-superseded",
            "$.EstablishmentSecret",
            "a newer token of the same name had replaced this one as of 2026-11-24 04:21:53 UTC, and it may have been used before that",
        ),
        (
            "token-unknown/no-secrets",
            "$.EstablishmentSecret",
            "the acceptor had the peering, but no secret for it as of 2026-11-24 04:21:53 UTC",
        ),
        (
            "peering-deleting/deleting",
            "$.PeerID",
            "the peering was being deleted as of 2026-11-24 04:21:53 UTC",
        ),
    ] {
        let file = root().join(format!("fixtures/findings/{snapshot}.snap"));
        let state = State::read(fs::File::open(file).unwrap()).unwrap();
        let mut context = Context::at(moment());
        context.acceptor = Some(&state);
        let found = findings(&token, &context).unwrap();
        let rule = snapshot.split('/').next().unwrap();
        let found: Vec<_> = found.iter().filter(|f| f.name == rule).collect();
        assert_eq!(found.len(), 1, "{snapshot}");
        assert_eq!((&*found[0].path, &*found[0].message), (path, expected));
    }
}

/// A moment at which the roots of `fixtures` are valid.
fn moment() -> Timestamp {
    "2027-01-01T00:00:00Z".parse().unwrap()
}

fn found_in(json: &str) -> Vec<Finding> {
    let token = encode_base64(json.as_bytes());
    findings(token.as_bytes(), &Context::at(moment())).unwrap()
}

/// A token that is as long as a server takes it, and has one fault as often as that allows.
#[test]
fn a_rule_tells_twenty_findings_and_how_many_more() {
    const LONGEST: usize = 700_000;
    let list = |element: &str| {
        let elements = vec![element; LONGEST / (element.len() + 1)];
        format!(r#"{{"ServerAddresses":[{}]}}"#, elements.join(","))
    };
    let members = |member: &str| {
        let members = vec![member; LONGEST / (member.len() + 1)];
        format!("{{{}}}", members.join(","))
    };
    for (rule, json) in [
        ("address-loopback", list(r#""[::1]:1""#)),
        ("address-duplicate", list(r#""a:1""#)),
        ("address-host-invalid", list(r#""%:1""#)),
        ("address-whitespace", list(r#"" :1""#)),
        ("address-zone", list(r#""[::1%a]:1""#)),
        ("address-scheme", list(r#""dns:1""#)),
        ("address-http-port", list(r#""a:8500""#)),
        ("unknown-field", members(r#""":1"#)),
        ("field-case", members(r#""ca":[]"#)),
    ] {
        let mut found = found_in(&json);
        found.retain(|finding| finding.name == rule);
        assert_eq!(found.len(), 20, "{rule}");
        let last = &found.last().unwrap().message;
        assert!(
            last.contains("; and ") && last.ends_with(" more like this"),
            "{last}"
        );
    }
    // What is told once is told once, whatever it takes to see it.
    for (rule, json) in [
        ("address-private", list(r#""10.0.0.1:1""#)),
        ("duplicate-field", members(r#""Remote":{"Locality":{}}"#)),
        ("not-canonical", members(r#""PeerID" : """#)),
    ] {
        let found = found_in(&json);
        assert_eq!(found.iter().filter(|f| f.name == rule).count(), 1, "{rule}");
    }
}

#[test]
fn no_message_is_long_or_shows_the_secret() {
    let long = "x".repeat(10_000);
    let secret = "b5130b46-not-a-uuid";
    let json = format!(
        r##"{{"{long}":1,"peerid":"{long}","ServerAddresses":["{long}:8500"," {long}:1","%{long}:1","#{long}:1"],
            "EstablishmentSecret":"{secret}","Remote":{{"Partition":"{long}"}}}}"##
    );
    let found = found_in(&json);
    let names: BTreeSet<_> = found.iter().map(|finding| finding.name).collect();
    for name in [
        "unknown-field",
        "field-case",
        "peer-id-not-uuid",
        "partition-set",
        "secret-not-uuid",
    ] {
        assert!(names.contains(name), "{name}: {names:?}");
    }
    for finding in found {
        assert!(
            finding.message.len() < 400 && finding.path.len() < 100,
            "{finding:?}"
        );
        assert!(!format!("{finding:?}").contains("b5130b46"), "{finding:?}");
    }
}

#[test]
fn how_the_json_is_written() {
    let token = fixture("consul/alpha-external.token");
    let token = PeeringToken::decode(&token).unwrap();
    let json = token.to_json(Shape::V1_16).to_string();
    let how = |json: &str| {
        let found = found_in(json);
        let found = found.into_iter().filter(|f| f.name == "not-canonical");
        found.map(|f| f.message).collect::<Vec<_>>()
    };
    for shape in [Shape::V1_13, Shape::V1_14, Shape::V1_16] {
        assert!(how(&token.to_json(shape)).is_empty());
    }
    // `echo` and editors put a line end there.
    assert!(how(&format!("{json}\n")).is_empty());
    for (changed, expected) in [
        (
            json.replacen(":", ": ", 1),
            "the JSON has blanks between its members",
        ),
        (
            json.replace("\\n", "\\u000a"),
            "the JSON has a value that a server spells otherwise, such as an escape or null for a text",
        ),
        (
            json.replace(r#""Partition":"""#, r#""Partition":null"#),
            "the JSON has a value that a server spells otherwise, such as an escape or null for a text",
        ),
        (
            json.replace(
                r#""Partition":"","Datacenter":"alpha""#,
                r#""Datacenter":"alpha","Partition":"""#,
            ),
            "the JSON has its members in another order",
        ),
        (
            json.replace(r#""Partition":"","#, ""),
            "the JSON has not all members that a server writes",
        ),
        (
            json.replace("aecc4495", "AECC4495"),
            "a server writes UUIDs in lower case",
        ),
    ] {
        assert_eq!(how(&changed), [expected], "{changed}");
    }
    let text = token.encode(Shape::V1_16);
    let how_text = |text: &str| {
        let found = findings(text.as_bytes(), &Context::at(moment())).unwrap();
        let found = found.into_iter().filter(|f| f.name == "not-canonical");
        found.map(|f| f.message).collect::<Vec<_>>()
    };
    assert!(how_text(&text).is_empty());
    let (start, end) = text.split_at(76);
    assert_eq!(
        how_text(&format!("{start}\n{end}")),
        ["the base64 has line ends in it"]
    );
    // `{}` is `e30=`, of which the last two bits are free.
    assert!(
        how_text("e31=").contains(
            &"the last character of the base64 is another than a server writes".to_owned()
        )
    );
}

fn roots() -> Roots {
    let json = fixture("consul/alpha-external.roots.json");
    Roots::from_api(&json).unwrap()
}

/// Text with what the rules look for in it.
fn text() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "10.0.0.1",
        "::1",
        "[",
        "]",
        ":",
        "8503",
        "%25",
        "%",
        "?",
        "#",
        " ",
        "\t",
        "\u{202e}",
        "a",
        "é",
        "consul",
        "localhost",
        ".",
        "-",
        "_",
        "\0",
        "ServerAddresses",
        "CA",
        "\"",
        "\\",
        "\u{17f}",
    ]);
    prop::collection::vec(pieces, 0..8).prop_map(|pieces| pieces.concat())
}

fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let members = [
        "CA",
        "ca",
        "ManualServerAddresses",
        "ServerAddresses",
        "ServerName",
        "PeerID",
        "peerid",
        "EstablishmentSecret",
        "Remote",
        "remote",
        "Partition",
        "Locality",
        "Zone",
    ];
    let leaf = prop_oneof![text().prop_map(Into::into), Just(serde_json::Value::Null)];
    leaf.prop_recursive(4, 60, 6, move |inner| {
        let key = prop_oneof![
            prop::sample::select(members.to_vec()).prop_map(str::to_owned),
            text()
        ];
        prop_oneof![
            prop::collection::vec(text(), 0..5).prop_map(Into::into),
            prop::collection::btree_map(key, inner, 0..8).prop_map(|members| members
                .into_iter()
                .collect::<serde_json::Map<_, _>>()
                .into()),
        ]
    })
}

proptest! {
    #[test]
    fn no_token_panics(value in any_json(), before in 0..3_usize) {
        let json = format!("{}{value}", " ".repeat(before));
        let token = encode_base64(json.as_bytes());
        if let Ok(found) = findings(token.as_bytes(), &Context::at(moment())) {
            let mut counts: BTreeMap<_, usize> = BTreeMap::new();
            for finding in &found {
                *counts.entry(finding.code).or_default() += 1;
            }
            prop_assert!(counts.values().all(|count| *count <= 20));
            prop_assert!(found.is_sorted_by_key(|finding| finding.code));
        }
    }

    /// What a server mints has nothing to be warned of, where its address is a public one.
    #[test]
    fn a_generated_token_has_no_finding_above_a_note(
        hosts in prop::collection::vec("([1-9]|1[1-9]|[2-9][0-9])(\\.[1-9][0-9]?){3}|[a-z]{1,9}\\.corp\\.net|\\[26[0-9a-f]{2}(:[1-9a-f]){7}\\]", 1..4),
        port in 10_000..=u16::MAX,
        manual: bool,
    ) {
        let mut inputs = TokenSpec::new("west", "dc1");
        inputs.roots = roots();
        let addresses: Vec<_> = hosts.iter().map(|host| format!("{host}:{port}")).collect();
        inputs.server_addresses = addresses.clone();
        if manual {
            inputs.external_addresses = addresses;
        }
        let generated = peertok::generate::generate(&inputs).unwrap();
        let found = findings(generated.text.as_bytes(), &Context::at(moment())).unwrap();
        let serious: Vec<_> = found.iter().filter(|f| f.level > peertok::finding::Level::Note).collect();
        prop_assert!(serious.is_empty(), "{:?}", serious);
    }
}
