//! A token's Secret among others.

use super::build::{held, held_as, layer, secret, token, unlabelled};
use crate::maker::Maker;
use crate::vector::Vector;

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    [documents(maker), lists(maker)].concat()
}

/// What a Helm chart puts beside the Secret.
const CONFIG_MAP: &str = "---
# Source: peering/templates/configmap.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: peering-token
data:
  data: eyJub3QiOiJhIHRva2VuIn0=
";
const DIALER: &str = "---
# Source: peering/templates/dialer.yaml
apiVersion: consul.hashicorp.com/v1alpha1
kind: PeeringDialer
metadata:
  name: west
spec:
  peer:
    secret:
      name: peering-token
      key: data
      backend: kubernetes
";

fn documents(maker: &Maker) -> Vec<Vector> {
    let helm = token(maker, "helm");
    let two = token(maker, "two-secrets");
    let first = layer(&token(maker, "two-secrets, the first"));
    let commented = token(maker, "comments-and-directive");
    vec![
        held(
            "helm",
            "As helm template prints it: a ConfigMap, the Secret and a PeeringDialer.",
            helm.as_str(),
            format!(
                "{CONFIG_MAP}---\n# Source: peering/templates/secret.yaml\n{}{DIALER}",
                secret(&format!("stringData:\n  data: \"{helm}\""))
            ),
        ),
        held_as(
            "two-secrets",
            "Two Secrets with tokens in two documents, of which the second is meant.",
            two.as_str(),
            ["east-token", "data"],
            format!(
                "{}---\n{}",
                secret(&format!("data:\n  data: {first}")),
                secret(&format!("data:\n  data: {}", layer(&two)))
                    .replace("peering-token\n", "east-token\n")
            ),
        ),
        held(
            "comments-and-directive",
            "With a directive, comments, an empty document and an end mark.",
            commented.as_str(),
            format!(
                "%YAML 1.1\n---\n# from the other site\n{}...\n---\n# nothing\n",
                secret(&format!(
                    "data:\n  # do not touch\n  data: {}",
                    layer(&commented)
                ))
            ),
        ),
    ]
}

/// The lines with that indent; an item begins with its dash.
fn item(lines: &str) -> String {
    let indented = lines.trim_end().replace('\n', "\n  ");
    format!("- {indented}\n")
}

fn lists(maker: &Maker) -> Vec<Vector> {
    let in_list = token(maker, "list");
    let in_json = token(maker, "list-json");
    let in_secret_list = token(maker, "secret-list");
    // A JSON Web Token, which begins as a token does.
    let account = layer("eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrdWJlcm5ldGVzIn0.c2lnbmF0dXJl");
    let account = unlabelled(&format!("data:\n  token: {account}"))
        .replace("peering-token", "default-token-x7k2p")
        .replace("Opaque", "kubernetes.io/service-account-token");
    let value = layer(&in_json);
    let kindless = secret(&format!("data:\n  data: {}", layer(&in_secret_list)))
        .replace("apiVersion: v1\nkind: Secret\n", "");
    vec![
        held(
            "list",
            "As kubectl get secrets -o yaml prints it: a List, with a service account's token beside.",
            in_list.as_str(),
            format!(
                "apiVersion: v1\nitems:\n{}{}kind: List\nmetadata:\n  resourceVersion: \"\"\n",
                item(&account),
                item(&secret(&format!("data:\n  data: {}", layer(&in_list))))
            ),
        ),
        held(
            "list-json",
            "A List in JSON.",
            in_json.as_str(),
            format!(
                r#"{{"apiVersion":"v1","kind":"List","items":[
{{"apiVersion":"v1","kind":"ConfigMap","metadata":{{"name":"notes"}},"data":{{"data":"x"}}}},
{{"apiVersion":"v1","kind":"Secret","metadata":{{"name":"peering-token"}},"data":{{"data":"{value}"}}}}
]}}
"#
            ),
        ),
        held(
            "secret-list",
            "A SecretList of the API, whose items have no kind of their own.",
            in_secret_list.as_str(),
            format!(
                "apiVersion: v1\nkind: SecretList\nitems:\n{}",
                item(&kindless)
            ),
        ),
    ]
}
