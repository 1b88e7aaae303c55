//! The agent's configuration that installs a root.

use super::check::{CaFault, check_root, cluster_id};
use crate::godialect::json::{Kind, Reader, SyntaxError};
use crate::roots::{certificates, without_bom};
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
    if let Some(expected) = cluster_id(&root_cert)
        && found.cluster_id.as_ref() != Some(&expected)
    {
        let found = found.cluster_id.unwrap_or_else(|| "none".to_owned());
        faults.push(CaFault::ClusterId { expected, found });
    }
    if let Some(given) = certificate_pem {
        let given = String::from_utf8_lossy(given);
        if certificates(&given).first() != certificates(&root_cert).first() {
            faults.push(CaFault::OtherCertificate);
        }
    }
    Ok(faults)
}
