//! A Secret with a token in it, and a vector of one.

use crate::maker::Maker;
use crate::vector::{Area, InSecret, Vector};
use peering_token::{Shape, encode_base64};

/// The sound token of that condition, in base64.
pub(super) fn token(maker: &Maker, condition: &str) -> String {
    let token = maker.token(&format!("kubernetes_{condition}"));
    token.encode(Shape::default()).to_string()
}

/// As a value of `data` has it.
pub(super) fn layer(text: &str) -> String {
    encode_base64(text.as_bytes()).to_string()
}

/// A Secret that is marked as one with a peering token, with these lines at its end.
pub(super) fn secret(lines: &str) -> String {
    format!(
        "apiVersion: v1
kind: Secret
metadata:
  name: peering-token
  namespace: consul
  labels:
    consul.hashicorp.com/peering-token: \"true\"
type: Opaque
{lines}
"
    )
}

/// The same without its mark.
pub(super) fn unlabelled(lines: &str) -> String {
    let label = "  labels:\n    consul.hashicorp.com/peering-token: \"true\"\n";
    secret(lines).replace(label, "")
}

/// A token in a Secret of that name, under that key.
pub(super) fn held_as(
    condition: &str,
    description: &str,
    token: impl Into<Vec<u8>>,
    [name, key]: [&str; 2],
    manifest: String,
) -> Vector {
    let mut vector = Vector::new(Area::Kubernetes, condition, description, token);
    vector.kubernetes = Some(InSecret {
        manifest,
        name: name.to_owned(),
        key: key.to_owned(),
    });
    vector
}

/// A token under the usual name and key.
pub(super) fn held(
    condition: &str,
    description: &str,
    token: impl Into<Vec<u8>>,
    manifest: String,
) -> Vector {
    let place = ["peering-token", "data"];
    held_as(condition, description, token, place, manifest)
}
