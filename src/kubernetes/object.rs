//! The objects of a manifest, as far as a Secret or a List of them needs.
//!
//! What is wrong with an object is kept with it until its kind is known, since a kind may stand
//! behind everything else, and other kinds may hold what they like.

use super::error::ReadError;
use super::yaml::{Node, Nodes, Scalar};
use super::{LABEL, LONGEST_NAME};
use granit_parser::ScalarStyle;
use peertok_secret::without_secrets;
use std::collections::HashSet;

/// What is kept of an object of any kind.
#[derive(Default)]
pub(super) struct Object<'t> {
    api_version: Option<String>,
    pub(super) kind: Option<String>,
    metadata: Option<Metadata>,
    pub(super) data: Option<Vec<Entry<'t>>>,
    pub(super) string_data: Option<Vec<Entry<'t>>>,
    pub(super) items: Option<Vec<Object<'t>>>,
    /// What is wrong with it, should it turn out to be a Secret or a List.
    pub(super) fault: Option<ReadError>,
}

#[derive(Default)]
struct Metadata {
    name: Option<String>,
    namespace: Option<String>,
    labelled: Option<bool>,
}

pub(super) struct Entry<'t> {
    pub(super) key: String,
    pub(super) value: Scalar<'t>,
}

impl Object<'_> {
    pub(super) fn is(&self, kind: &str) -> bool {
        self.kind.as_deref() == Some(kind)
            && self
                .api_version
                .as_deref()
                .is_none_or(|version| version == "v1")
    }

    pub(super) fn name(&self) -> &str {
        let metadata = self.metadata.as_ref();
        metadata.and_then(|m| m.name.as_deref()).unwrap_or_default()
    }

    pub(super) fn namespace(&self) -> Option<&str> {
        let metadata = self.metadata.as_ref();
        metadata.and_then(|metadata| metadata.namespace.as_deref())
    }

    /// Whether it has the label of Secrets with peering tokens.
    pub(super) fn is_labelled(&self) -> bool {
        let metadata = self.metadata.as_ref();
        metadata.and_then(|metadata| metadata.labelled) == Some(true)
    }
}

/// Reads a mapping that has been opened as an object.
pub(super) fn object<'t>(nodes: &mut Nodes<'t>) -> Result<Object<'t>, ReadError> {
    let mut object = Object::default();
    let mut fault = None;
    let mut kept = 1;
    nodes.keep()?;
    nodes.mapping(|nodes, key| {
        match key.text() {
            "apiVersion" => once(&mut object.api_version, text(nodes)?, key, &mut fault),
            "kind" => once(&mut object.kind, text(nodes)?, key, &mut fault),
            "metadata" => {
                let metadata = metadata(nodes, &mut fault)?;
                once(&mut object.metadata, metadata, key, &mut fault);
            }
            "data" => {
                let entries = entries(nodes, "data", &mut fault)?;
                kept += entries.as_ref().map_or(0, Vec::len);
                once(&mut object.data, entries, key, &mut fault);
            }
            "stringData" => {
                let entries = entries(nodes, "stringData", &mut fault)?;
                kept += entries.as_ref().map_or(0, Vec::len);
                once(&mut object.string_data, entries, key, &mut fault);
            }
            "items" => {
                let items = items(nodes, &mut fault)?;
                once(&mut object.items, items, key, &mut fault);
            }
            _ => {
                let value = nodes.next()?;
                nodes.skip(&value)?;
            }
        }
        Ok(())
    })?;
    object.fault = fault;
    // Of what is surely no Secret nothing but its kind is needed.
    if object.kind.is_some() && !object.is("Secret") && object.items.is_none() {
        nodes.drop_kept(kept);
        object = Object {
            kind: object.kind,
            api_version: object.api_version,
            ..Object::default()
        };
    }
    Ok(object)
}

/// Sets a member that may be there once.
fn once<T>(slot: &mut Option<T>, value: Option<T>, key: &Scalar, fault: &mut Option<ReadError>) {
    if slot.is_some() {
        fault.get_or_insert(ReadError::Repeated {
            field: short(key.text()),
            line: key.line,
        });
    }
    if value.is_some() {
        *slot = value;
    }
}

/// A name for an error: a secret may stand in its place.
fn short(text: &str) -> String {
    without_secrets(text).chars().take(LONGEST_NAME).collect()
}

/// Reads a value that is to be a text.
fn text(nodes: &mut Nodes) -> Result<Option<String>, ReadError> {
    match nodes.next()? {
        Node::Scalar(scalar) if !scalar.is_null() => Ok(Some(short(scalar.text()))),
        node => nodes.skip(&node).map(|()| None),
    }
}

/// Opens a value that is to be a mapping; null is none.
fn opens_mapping(
    nodes: &mut Nodes,
    field: &'static str,
    fault: &mut Option<ReadError>,
) -> Result<bool, ReadError> {
    let node = nodes.next()?;
    let (found, line) = match &node {
        Node::Mapping => return Ok(true),
        Node::Scalar(scalar) if scalar.is_null() => return Ok(false),
        Node::Scalar(scalar) => ("a scalar", scalar.line),
        Node::Sequence(line) => ("a sequence", *line),
        Node::Alias(line) => ("an alias", *line),
        Node::End | Node::Document | Node::EndOfText => return Ok(false),
    };
    fault.get_or_insert(ReadError::OtherNode {
        field,
        expected: "a mapping",
        found,
        line,
    });
    nodes.skip(&node).map(|()| false)
}

/// Refuses YAML's merge key where all members have to be seen.
fn check_merge_key(key: &Scalar, field: &'static str, fault: &mut Option<ReadError>) {
    if key.text() == "<<" && key.style == ScalarStyle::Plain {
        fault.get_or_insert(ReadError::OtherNode {
            field,
            expected: "a mapping that is written out",
            found: "a merge key",
            line: key.line,
        });
    }
}

fn metadata(
    nodes: &mut Nodes,
    fault: &mut Option<ReadError>,
) -> Result<Option<Metadata>, ReadError> {
    if !opens_mapping(nodes, "metadata", fault)? {
        return Ok(None);
    }
    let mut metadata = Metadata::default();
    nodes.mapping(|nodes, key| {
        match key.text() {
            "name" => once(&mut metadata.name, text(nodes)?, key, fault),
            "namespace" => once(&mut metadata.namespace, text(nodes)?, key, fault),
            "labels" => {
                let mut labelled = None;
                if opens_mapping(nodes, "labels", fault)? {
                    nodes.mapping(|nodes, key| {
                        check_merge_key(key, "labels", fault);
                        let is_label = key.text() == LABEL;
                        let value = text(nodes)?;
                        if is_label {
                            let is_true = value.as_deref() == Some("true");
                            once(&mut labelled, Some(is_true), key, fault);
                        }
                        Ok(())
                    })?;
                }
                once(&mut metadata.labelled, labelled, key, fault);
            }
            _ => {
                check_merge_key(key, "metadata", fault);
                let value = nodes.next()?;
                nodes.skip(&value)?;
            }
        }
        Ok(())
    })?;
    Ok(Some(metadata))
}

fn entries<'t>(
    nodes: &mut Nodes<'t>,
    field: &'static str,
    fault: &mut Option<ReadError>,
) -> Result<Option<Vec<Entry<'t>>>, ReadError> {
    if !opens_mapping(nodes, field, fault)? {
        return Ok(Some(Vec::new()));
    }
    let mut entries = Vec::new();
    let mut seen = HashSet::new();
    nodes.mapping(|nodes, key| {
        check_merge_key(key, field, fault);
        let name = short(key.text());
        if !seen.insert(name.clone()) {
            fault.get_or_insert(ReadError::Repeated {
                field: name.clone(),
                line: key.line,
            });
        }
        nodes.keep()?;
        match nodes.next()? {
            Node::Scalar(value) => entries.push(Entry { key: name, value }),
            other => nodes.skip(&other)?,
        }
        Ok(())
    })?;
    Ok(Some(entries))
}

fn items<'t>(
    nodes: &mut Nodes<'t>,
    fault: &mut Option<ReadError>,
) -> Result<Option<Vec<Object<'t>>>, ReadError> {
    let opened = nodes.next()?;
    if !matches!(opened, Node::Sequence(_)) {
        return nodes.skip(&opened).map(|()| None);
    }
    let mut items = Vec::new();
    loop {
        match nodes.next()? {
            Node::End | Node::EndOfText => return Ok(Some(items)),
            Node::Mapping => items.push(object(nodes)?),
            Node::Alias(line) => {
                fault.get_or_insert(ReadError::OtherNode {
                    field: "an item",
                    expected: "a mapping",
                    found: "an alias",
                    line,
                });
            }
            other => nodes.skip(&other)?,
        }
    }
}
