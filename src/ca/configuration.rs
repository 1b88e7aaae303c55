//! The agent's configuration that installs a root.

use super::check::{check_root, cluster_id};
use super::fault::CaFault;
use crate::roots::without_bom;
use godialect::json::{Kind, Reader, SyntaxError};
use godialect::pem::certificates;
use jiff::Timestamp;
use serde::Serialize;
use zeroize::Zeroizing;

/// The part of an agent's configuration that installs a root, in the order of Consul's pages.
#[derive(Serialize)]
struct Agent<'a> {
    connect: Connect<'a>,
}

#[derive(Serialize)]
struct Connect<'a> {
    enabled: bool,
    ca_provider: &'static str,
    ca_config: CaConfig<'a>,
}

#[derive(Serialize)]
struct CaConfig<'a> {
    cluster_id: &'a str,
    root_cert: &'a str,
    private_key: &'a str,
}

/// The JSON of an agent's configuration with which new servers take this root: on every server of
/// the cluster, before its first start. It holds the private key.
#[must_use]
pub fn agent_configuration(
    cluster_id: &str,
    certificate: &str,
    private_key: &str,
) -> Zeroizing<String> {
    let configuration = Agent {
        connect: Connect {
            enabled: true,
            ca_provider: "consul",
            ca_config: CaConfig {
                cluster_id,
                root_cert: certificate,
                private_key,
            },
        },
    };
    // An escape is at most six bytes. With its capacity from the start, the buffer leaves no copies
    // of the key behind.
    let length = cluster_id.len() + certificate.len() + private_key.len();
    let mut json = Zeroizing::new(Vec::with_capacity(6 * length + 512));
    // Neither texts nor a buffer in memory give serde_json a reason to fail.
    let _ = serde_json::to_writer_pretty(&mut *json, &configuration);
    json.push(b'\n');
    let text = String::from_utf8(std::mem::take(&mut *json));
    Zeroizing::new(text.unwrap_or_default())
}

/// Why nothing can be said of a configuration. Nothing of its content is told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigurationError {
    /// It is no JSON.
    #[error("expected an agent's configuration in JSON, but found something else at line {line}")]
    NotJson {
        /// The line, from 1.
        line: usize,
    },
    /// A member that installs a root is missing.
    #[error("expected a text connect.ca_config.{member} in the configuration, but found none")]
    Missing {
        /// The member's name.
        member: &'static str,
    },
}

/// What an agent's configuration says of the CA.
#[derive(Default)]
struct Found {
    disabled: bool,
    provider: Option<String>,
    cluster_id: Option<String>,
    root_cert: Option<String>,
    private_key: Option<Zeroizing<String>>,
}

impl Found {
    fn read(configuration: &[u8]) -> Result<Self, ConfigurationError> {
        let mut found = Self::default();
        let mut reader = Reader::new(configuration);
        let read = found.read_agent(configuration, &mut reader);
        match read.and_then(|()| reader.finish()) {
            Ok(()) => Ok(found),
            Err(_) => {
                let before = configuration.get(..reader.offset()).unwrap_or_default();
                let line = 1 + memchr::memchr_iter(b'\n', before).count();
                Err(ConfigurationError::NotJson { line })
            }
        }
    }

    fn read_agent<'t>(
        &mut self,
        configuration: &[u8],
        reader: &mut Reader<'t>,
    ) -> Result<(), SyntaxError> {
        object(reader, |reader, key| match key {
            "connect" => object(reader, |reader, key| match key {
                "enabled" => {
                    self.disabled = reader.peek()? == Kind::Bool
                        && configuration.get(reader.offset()) == Some(&b'f');
                    reader.skip()
                }
                "ca_provider" => text(reader, &mut self.provider),
                "ca_config" => object(reader, |reader, key| match key {
                    "cluster_id" => text(reader, &mut self.cluster_id),
                    "root_cert" => text(reader, &mut self.root_cert),
                    "private_key" => {
                        let mut key = None;
                        text(reader, &mut key)?;
                        self.private_key = key.map(Zeroizing::new);
                        Ok(())
                    }
                    _ => reader.skip(),
                }),
                _ => reader.skip(),
            }),
            _ => reader.skip(),
        })
    }
}

/// Reads an object, or reads over a value of another kind.
fn object<'t>(
    reader: &mut Reader<'t>,
    mut member: impl FnMut(&mut Reader<'t>, &str) -> Result<(), SyntaxError>,
) -> Result<(), SyntaxError> {
    match reader.peek()? {
        Kind::Object => reader.object(|reader, key| member(reader, &key.unescape())),
        _ => reader.skip(),
    }
}

/// Reads a text, or reads over a value of another kind.
fn text(reader: &mut Reader<'_>, into: &mut Option<String>) -> Result<(), SyntaxError> {
    match reader.peek()? {
        Kind::String => {
            *into = Some(reader.string()?.unescape().into_owned());
            Ok(())
        }
        _ => reader.skip(),
    }
}

/// Says what keeps the root, the key and the cluster ID in an agent's configuration from being the CA
/// of a cluster at this moment. The certificate that peers get may be given beside it: it has to be
/// the same.
///
/// # Errors
///
/// [`ConfigurationError`] where the JSON has no root or no private key.
pub fn check_configuration(
    configuration: &[u8],
    certificate_pem: Option<&[u8]>,
    at: Timestamp,
) -> Result<Vec<CaFault>, ConfigurationError> {
    let found = Found::read(without_bom(configuration))?;
    let missing = |member| ConfigurationError::Missing { member };
    let root_cert = found.root_cert.ok_or_else(|| missing("root_cert"))?;
    let private_key = found.private_key.ok_or_else(|| missing("private_key"))?;
    let mut faults = check_root(root_cert.as_bytes(), Some(private_key.as_bytes()), at);
    if found.disabled {
        faults.push(CaFault::NotEnabled);
    }
    if let Some(found) = found.provider.filter(|provider| provider != "consul") {
        faults.push(CaFault::Provider { found });
    }
    let configured = found.cluster_id;
    if let Some(expected) = cluster_id(&root_cert)
        && !configured
            .as_ref()
            .is_some_and(|id| id.eq_ignore_ascii_case(&expected))
    {
        let found = configured.unwrap_or_else(|| "none".to_owned());
        faults.push(CaFault::ClusterId { expected, found });
    }
    if let Some(given) = certificate_pem
        && certificates(given).first() != certificates(&root_cert).first()
    {
        faults.push(CaFault::OtherCertificate);
    }
    Ok(faults)
}

#[cfg(test)]
mod tests {
    use super::super::{NewRoot, RootOptions, new_root};
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn now() -> Timestamp {
        "2026-11-24T12:00:00Z".parse().unwrap()
    }

    fn root() -> NewRoot {
        new_root(&RootOptions::new(now())).unwrap()
    }

    fn configuration(root: &NewRoot) -> Zeroizing<String> {
        agent_configuration(&root.cluster_id, &root.certificate, &root.private_key)
    }

    fn check(configuration: &Value) -> Result<Vec<CaFault>, ConfigurationError> {
        check_configuration(configuration.to_string().as_bytes(), None, now())
    }

    #[test]
    fn the_configuration_is_as_consul_documents_it() {
        let root = root();
        let written: Value = serde_json::from_str(&configuration(&root)).unwrap();
        let expected = json!({"connect": {
            "enabled": true,
            "ca_provider": "consul",
            "ca_config": {
                "cluster_id": root.cluster_id,
                "root_cert": root.certificate,
                "private_key": *root.private_key,
            },
        }});
        assert_eq!(written, expected);
        assert!(configuration(&root).starts_with("{\n  \"connect\": {\n    \"enabled\": true"));
    }

    #[test]
    fn each_fault_of_a_configuration_is_found() {
        let root = root();
        let sound: Value = serde_json::from_str(&configuration(&root)).unwrap();
        let with = |path: &str, value: Value| {
            let mut changed = sound.clone();
            *changed.pointer_mut(path).unwrap() = value;
            check(&changed)
        };
        assert_eq!(check(&sound), Ok(vec![]));
        let disabled = with("/connect/enabled", json!(false));
        assert_eq!(disabled, Ok(vec![CaFault::NotEnabled]));
        let found = "vault".to_owned();
        let provider = with("/connect/ca_provider", json!("vault"));
        assert_eq!(provider, Ok(vec![CaFault::Provider { found }]));
        for (value, found) in [
            (json!("5b7c0d0e"), "5b7c0d0e"),
            (json!(null), "none"),
            (json!(1), "none"),
        ] {
            let expected = root.cluster_id.clone();
            let found = found.to_owned();
            let checked = with("/connect/ca_config/cluster_id", value);
            assert_eq!(checked, Ok(vec![CaFault::ClusterId { expected, found }]));
        }
        let upper = json!(root.cluster_id.to_uppercase());
        assert_eq!(with("/connect/ca_config/cluster_id", upper), Ok(vec![]));
        let other = super::tests::root();
        let key = json!(*other.private_key);
        let checked = with("/connect/ca_config/private_key", key);
        assert_eq!(checked, Ok(vec![CaFault::OtherKey]));
        let sound = sound.to_string();
        let given = Some(other.certificate.as_bytes());
        let checked = check_configuration(sound.as_bytes(), given, now());
        assert_eq!(checked, Ok(vec![CaFault::OtherCertificate]));
    }

    #[test]
    fn what_is_no_such_configuration_is_refused() {
        let missing = |member| Err(ConfigurationError::Missing { member });
        assert_eq!(check(&json!({})), missing("root_cert"));
        assert_eq!(check(&json!([])), missing("root_cert"));
        assert_eq!(check(&json!({"connect": 1})), missing("root_cert"));
        let no_key = json!({"connect": {"ca_config": {"root_cert": "x", "private_key": 1}}});
        assert_eq!(check(&no_key), missing("private_key"));
        for (text, line) in [("", 1), ("connect {\n}", 1), ("{\n\"a\": 1\n,}", 3)] {
            let checked = check_configuration(text.as_bytes(), None, now());
            assert_eq!(checked, Err(ConfigurationError::NotJson { line }));
        }
    }

    proptest! {
        #[test]
        fn any_texts_are_read_back(texts in prop::array::uniform3(any::<String>())) {
            let [cluster_id, certificate, key] = &texts;
            let written = agent_configuration(cluster_id, certificate, key);
            let value: Value = serde_json::from_str(&written).unwrap();
            let config = &value["connect"]["ca_config"];
            prop_assert_eq!(&config["private_key"], key);
            let found = Found::read(written.as_bytes()).unwrap();
            prop_assert_eq!(found.cluster_id.as_ref(), Some(cluster_id));
            prop_assert_eq!(found.root_cert.as_ref(), Some(certificate));
            prop_assert_eq!(found.private_key.as_deref(), Some(key));
        }
    }
}
