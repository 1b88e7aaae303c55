//! One Secret, and each way to write a value in YAML or JSON.

use super::build::{held, held_as, layer, secret, token, unlabelled};
use crate::maker::Maker;
use crate::text::lines;
use crate::vector::Vector;

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    [by_tools(maker), in_data(maker), in_string_data(maker)].concat()
}

/// A Secret around the token in base64, as some tool writes it.
fn with_data(
    maker: &Maker,
    condition: &str,
    description: &str,
    manifest: impl FnOnce(&str) -> String,
) -> Vector {
    let token = token(maker, condition);
    let manifest = manifest(&layer(&token));
    held(condition, description, token, manifest)
}

fn by_tools(maker: &Maker) -> Vec<Vector> {
    vec![
        with_data(
            maker,
            "controller",
            "The Secret that consul-k8s makes for a PeeringAcceptor.",
            |value| secret(&format!("data:\n  data: {value}")),
        ),
        with_data(
            maker,
            "kubectl",
            "As kubectl get -o yaml prints it: in the order of the alphabet, with what the cluster adds.",
            |value| {
                format!(
                    "apiVersion: v1
data:
  data: {value}
kind: Secret
metadata:
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: |
      {{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{{\"annotations\":{{}},\"name\":\"peering-token\"}}}}
  creationTimestamp: \"2026-11-03T09:12:44Z\"
  labels:
    consul.hashicorp.com/peering-token: \"true\"
  managedFields:
  - apiVersion: v1
    fieldsType: FieldsV1
    fieldsV1:
      f:data:
        .: {{}}
        f:data: {{}}
    manager: consul-k8s-control-plane
    operation: Update
  name: peering-token
  namespace: consul
  resourceVersion: \"184467\"
type: Opaque
"
                )
            },
        ),
        with_data(
            maker,
            "kubectl-json",
            "As kubectl get -o json prints it.",
            |value| {
                format!(
                    "{{
    \"apiVersion\": \"v1\",
    \"data\": {{
        \"data\": \"{value}\"
    }},
    \"kind\": \"Secret\",
    \"metadata\": {{
        \"labels\": {{
            \"consul.hashicorp.com/peering-token\": \"true\"
        }},
        \"name\": \"peering-token\",
        \"namespace\": \"consul\"
    }},
    \"type\": \"Opaque\"
}}
"
                )
            },
        ),
        with_data(
            maker,
            "json-on-one-line",
            "JSON without a blank in it, as a program writes it.",
            |value| {
                let metadata = r#"{"name":"peering-token"}"#;
                format!(
                    r#"{{"kind":"Secret","apiVersion":"v1","metadata":{metadata},"data":{{"data":"{value}"}}}}"#
                )
            },
        ),
        with_data(
            maker,
            "unlabelled",
            "Without the label: the controllers of consul-k8s read it, but do not notice when it changes.",
            |value| unlabelled(&format!("data:\n  data: {value}")),
        ),
        with_data(
            maker,
            "crlf",
            "With the line ends of Windows, and a byte order mark.",
            |value| {
                let manifest = secret(&format!("data:\n  data: {value}"));
                format!("\u{feff}{}", manifest.replace('\n', "\r\n"))
            },
        ),
    ]
}

/// A value of `data` is the token in base64, so that the token is in base64 twice.
fn in_data(maker: &Maker) -> Vec<Vector> {
    let condition = "several-keys";
    let several = token(maker, condition);
    vec![
        with_data(
            maker,
            "data-single-quoted",
            "A value in single quotes.",
            |value| secret(&format!("data:\n  data: '{value}'")),
        ),
        with_data(
            maker,
            "data-double-quoted",
            "A value in double quotes, its = written as an escape, with a quoted key and a comment.",
            |value| {
                let value = value.replace('=', "\\x3d");
                secret(&format!(
                    "data:\n  \"data\": \"{value}\" # from the other site"
                ))
            },
        ),
        with_data(
            maker,
            "data-wrapped",
            "A literal block of the lines that base64 without -w0 makes: Kubernetes leaves the line ends out.",
            |value| {
                secret(&format!(
                    "data:\n  data: |\n    {}",
                    lines(value, 76, "\n    ")
                ))
            },
        ),
        with_data(
            maker,
            "data-literal",
            "A literal block of one line, with no line end of its own.",
            |value| secret(&format!("data:\n  data: |-\n    {value}")),
        ),
        with_data(
            maker,
            "data-folded",
            "A folded block of one line, which has a line end.",
            |value| secret(&format!("data:\n  data: >\n    {value}")),
        ),
        with_data(
            maker,
            "data-continued",
            "A value in double quotes over several lines, each continued by a backslash.",
            |value| {
                secret(&format!(
                    "data:\n  data: \"{}\"",
                    lines(value, 60, "\\\n    ")
                ))
            },
        ),
        with_data(
            maker,
            "data-in-braces",
            "A mapping in braces, on one line.",
            |value| secret(&format!("data: {{data: {value}, other: aHVudGVyMg==}}")),
        ),
        with_data(
            maker,
            "data-alias",
            "An alias of a value that stands elsewhere.",
            |value| secret(&format!("x-token: &token {value}\ndata:\n  data: *token")),
        ),
        held_as(
            condition,
            "A Secret with several keys, of which one is the token's.",
            several.as_str(),
            ["peering-token", "west.token"],
            secret(&format!(
                "data:\n  ca.crt: bm90aGluZw==\n  west.token: {}\n  note: aHVudGVyMg==",
                layer(&several)
            )),
        ),
    ]
}

/// A value of `stringData` is the token itself.
fn in_string_data(maker: &Maker) -> Vec<Vector> {
    let plain = |condition: &str, description: &str, write: fn(&str) -> String| {
        let token = token(maker, condition);
        let manifest = secret(&write(&token));
        held(condition, description, token, manifest)
    };
    let other = layer(&token(maker, "string-data-over-data, the other"));
    let both = token(maker, "string-data-over-data");
    vec![
        plain(
            "string-data",
            "Written by hand: the token as it was printed.",
            |token| format!("stringData:\n  data: {token}"),
        ),
        plain(
            "string-data-quoted",
            "The token in double quotes.",
            |token| format!("stringData:\n  data: \"{token}\""),
        ),
        plain(
            "string-data-folded",
            "A folded block of one line, without its line end.",
            |token| format!("stringData:\n  data: >-\n    {token}"),
        ),
        plain(
            "string-data-binary",
            "Marked as binary, so that YAML itself takes a layer of base64 off.",
            |token| format!("stringData:\n  data: !!binary {}", layer(token)),
        ),
        held(
            "string-data-over-data",
            "The same key in data and in stringData: the second counts.",
            both.as_str(),
            secret(&format!(
                "data:\n  data: {other}\nstringData:\n  data: {both}"
            )),
        ),
    ]
}
