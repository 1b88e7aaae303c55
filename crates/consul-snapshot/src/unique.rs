//! What a state may hold only once: the name and the ID of a peering, the ID of its secrets, and each
//! secret.
//!
//! A server that restores a second peering of a name or an ID puts it in the first one's place. A
//! server that restores an ID or a secret that is no UUID panics.

use crate::error::RecordFault;
use crate::peering::Secrets;
use crate::uuid::is_uuid;
use peertok_secret::Secret;
use ring::digest;
use std::collections::BTreeSet;
use zeroize::Zeroizing;

/// A partition and a name, as servers compare them.
pub(crate) type Name = (String, String);

/// Returns what servers know a peering by: the partition, which is empty for `default`, and the name,
/// both in lower case.
pub(crate) fn name(partition: &str, name: &str) -> Name {
    let partition = match partition.to_lowercase() {
        default if default == "default" => String::new(),
        other => other,
    };
    (partition, name.to_lowercase())
}

/// Checks the form of an ID or a secret.
pub(crate) fn check_uuid(what: &'static str, text: &str) -> Result<(), RecordFault> {
    let length = text.len();
    if is_uuid(text) {
        Ok(())
    } else {
        Err(RecordFault::NotAUuid { what, length })
    }
}

/// A secret's SHA-256, so that secrets can be compared without being kept.
type Fingerprint = [u8; 32];

/// Servers compare UUIDs by their value, so case does not count.
fn fingerprint(secret: &Secret) -> Fingerprint {
    let lower = Zeroizing::new(secret.expose().to_ascii_lowercase());
    let digest = digest::digest(&digest::SHA256, lower.as_bytes());
    let mut fingerprint = [0; 32];
    for (to, from) in fingerprint.iter_mut().zip(digest.as_ref()) {
        *to = *from;
    }
    fingerprint
}

/// The values that a state holds already.
#[derive(Debug, Clone, Default)]
pub(crate) struct Unique {
    names: BTreeSet<Name>,
    ids: BTreeSet<String>,
    /// The IDs that have secrets.
    owners: BTreeSet<String>,
    secrets: BTreeSet<Fingerprint>,
}

impl Unique {
    /// Takes in a peering. Nothing is taken in where this is an error.
    pub(crate) fn add_peering(
        &mut self,
        id: &str,
        partition: &str,
        peer: &str,
    ) -> Result<(), RecordFault> {
        check_uuid("the peering's ID", id)?;
        if peer.is_empty() {
            let what = "the peering's name";
            return Err(RecordFault::Missing { what });
        }
        let second = |what, value: &str| RecordFault::Second {
            what,
            value: Some(value.to_owned()),
        };
        let name = name(partition, peer);
        if self.names.contains(&name) {
            return Err(second("peering of a name", peer));
        }
        if !self.ids.insert(id.to_ascii_lowercase()) {
            return Err(second("peering of an ID", id));
        }
        self.names.insert(name);
        Ok(())
    }

    /// Checks the secrets of a peering before they are taken in.
    pub(crate) fn check_secrets(&self, id: &str, secrets: &Secrets) -> Result<(), RecordFault> {
        check_uuid("the ID of the secrets' peering", id)?;
        let mut own = BTreeSet::new();
        for (what, secret) in secrets.all() {
            check_uuid(what, secret.expose())?;
            if self.holds_secret(secret) || !own.insert(fingerprint(secret)) {
                return Err(RecordFault::Second {
                    what: "use of a secret",
                    value: None,
                });
            }
        }
        if self.holds_secrets_of(id) {
            return Err(RecordFault::Second {
                what: "PeeringSecrets of a peering",
                value: Some(id.to_ascii_lowercase()),
            });
        }
        Ok(())
    }

    /// Takes in secrets that have been checked.
    pub(crate) fn add_secrets(&mut self, id: &str, secrets: &Secrets) {
        self.owners.insert(id.to_ascii_lowercase());
        for (_, secret) in secrets.all() {
            self.add_secret(secret);
        }
    }

    pub(crate) fn add_secret(&mut self, secret: &Secret) {
        self.secrets.insert(fingerprint(secret));
    }

    pub(crate) fn holds_secret(&self, secret: &Secret) -> bool {
        self.secrets.contains(&fingerprint(secret))
    }

    pub(crate) fn holds_secrets_of(&self, id: &str) -> bool {
        self.owners.contains(&id.to_ascii_lowercase())
    }
}
