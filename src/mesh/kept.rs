//! What a kit keeps from run to run: CA keys, cluster IDs, peer IDs and secrets.
//!
//! It stands in one file of the kit's folder that only its owner can read, and is no part of what is
//! carried to a site. It is written before any file that depends on it, so that a run that is killed
//! is completed by the next with the same secrets. The last line is the SHA-256 of what stands before:
//! a damaged file is refused, as new secrets in place of lost ones would go unnoticed.

use super::error::MeshError;
use super::file::{Mode, SiteState};
use super::files::STATE;
use super::folder;
use super::writer::Writer;
use crate::generate::{GenerateError, uuid};
use crate::whole_file::MAX_LIST;
use base16ct::lower::encode_string as hex;
use jiff::Timestamp;
use peertok_secret::Secret;
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, ErrorKind};
use std::path::Path;
use zeroize::Zeroizing;

const SCHEMA: &str = "peertok.mesh-state/1";

/// What is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Kept {
    schema: String,
    pub(super) mode: Mode,
    /// What the manifest is sealed with. Kits of earlier releases have none yet.
    #[serde(default, with = "secret_text")]
    pub(super) seal_key: Secret,
    pub(super) sites: BTreeMap<String, KeptSite>,
    pub(super) pairs: Vec<KeptPair>,
}

/// What is kept of a site.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeptSite {
    /// When the last snapshot for it was made, which one made of nothing says as its time.
    pub(super) made_at: Timestamp,
    /// The CA, where it was made here.
    pub(super) ca: Option<KeptCa>,
    /// The SHA-256 of the last base.
    pub(super) base: Option<String>,
    /// The peers whose peerings a snapshot for it has had.
    pub(super) seeded: BTreeSet<String>,
    /// What the file said last of its cluster.
    pub(super) state: Option<SiteState>,
    /// What its tokens were made of last.
    pub(super) identity: Option<KeptIdentity>,
}

/// What the tokens of a site are made of, so that they stay as they are when its base leaves the
/// file after the restore.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeptIdentity {
    pub(super) roots: Vec<String>,
    pub(super) cluster_id: String,
    pub(super) addresses: Vec<String>,
    pub(super) release: Option<String>,
}

/// A CA that was made here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeptCa {
    pub(super) cluster_id: String,
    pub(super) certificate: String,
    #[serde(with = "secret_text")]
    pub(super) private_key: Secret,
}

/// What is kept of a pair.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeptPair {
    pub(super) accept: String,
    pub(super) dial: String,
    /// The peering's ID at the acceptor.
    pub(super) peer_id: String,
    /// Its ID at the dialer, where that is seeded.
    pub(super) dialer_id: String,
    /// The establishment secret, or that of the stream.
    #[serde(with = "secret_text")]
    pub(super) secret: Secret,
    /// The SHA-256 of the acceptor's base that knows the peering and is to get the secret all the
    /// same.
    pub(super) into: Option<String>,
}

/// A secret as text, for this file alone.
mod secret_text {
    use super::{Deserialize, Deserializer, Secret, Serializer};

    pub(super) fn serialize<S: Serializer>(secret: &Secret, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(secret.expose())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Secret, D::Error> {
        String::deserialize(from).map(Secret::new)
    }
}

impl Kept {
    pub(super) fn new(mode: Mode) -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            mode,
            seal_key: Secret::default(),
            sites: BTreeMap::new(),
            pairs: Vec::new(),
        }
    }

    /// Makes what is missing to seal a manifest.
    pub(super) fn make_seal_key(&mut self) -> Result<(), GenerateError> {
        if !self.has_seal_key() {
            self.seal_key = Secret::new(uuid(None, "a new one")?);
        }
        Ok(())
    }

    /// Whether it can seal a manifest.
    pub(super) fn has_seal_key(&self) -> bool {
        !self.seal_key.expose().is_empty()
    }

    /// The private keys of all CAs that were made here.
    pub(super) fn private_keys(&self) -> impl Iterator<Item = &str> {
        let cas = self.sites.values().filter_map(|site| site.ca.as_ref());
        cas.map(|ca| ca.private_key.expose())
    }

    /// Whether it has every private key that `before` has. What is written in place of that has.
    fn keeps_keys_of(&self, before: &Self) -> bool {
        let keys: BTreeSet<&str> = self.private_keys().collect();
        before.private_keys().all(|key| keys.contains(key))
    }

    /// Reads what a kit keeps; `None` where there is nothing yet.
    pub(super) fn read(out: &Path) -> Result<Option<Self>, MeshError> {
        let path = out.join(STATE);
        // A symbolic link that leads nowhere now is not nothing: what it led to may come back.
        let bytes = match folder::read(&path, MAX_LIST) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            read => read.map_err(MeshError::io("read", &path))?,
        };
        let damaged = |found: String| MeshError::Kept {
            path: path.clone(),
            found,
        };
        let sum_start = bytes.len().saturating_sub(SUM_LINE);
        let (content, sum) = bytes.split_at(sum_start);
        if sum != sum_line(content).as_bytes() {
            return Err(damaged(
                "another SHA-256 than its last line says".to_owned(),
            ));
        }
        let kept: Self = serde_json::from_slice(content).map_err(|error| {
            // Serde's own words may quote a value.
            damaged(format!("another form at line {}", error.line()))
        })?;
        if kept.schema == SCHEMA {
            Ok(Some(kept))
        } else {
            Err(damaged("the schema of another release".to_owned()))
        }
    }

    /// The file's content.
    fn text(&self) -> Result<Zeroizing<Vec<u8>>, serde_json::Error> {
        // With its capacity from the start, the buffer leaves no copies of a secret behind.
        let capacity = 1024 + 8192 * self.sites.len() + 512 * self.pairs.len();
        let mut text = Zeroizing::new(Vec::with_capacity(capacity));
        serde_json::to_writer_pretty(&mut *text, self)?;
        text.push(b'\n');
        let sum = sum_line(&text);
        text.extend_from_slice(sum.as_bytes());
        Ok(text)
    }

    /// The SHA-256 of the file's content.
    pub(super) fn sum(&self) -> Result<String, MeshError> {
        let text = self.text().map_err(not_written)?;
        Ok(hex(digest(&SHA256, &text).as_ref()))
    }

    /// Writes it in place of what was kept before, unless it is there already.
    ///
    /// # Errors
    ///
    /// As for each file of the kit; and where a private key of before would be lost.
    pub(super) fn write(
        &self,
        writer: &Writer<'_>,
        before: Option<&Self>,
    ) -> Result<(), MeshError> {
        if before.is_some_and(|before| !self.keeps_keys_of(before)) {
            return Err(not_written(io::Error::other(
                "a private key that it holds would be lost",
            )));
        }
        let text = self.text().map_err(not_written)?;
        if writer.write(STATE, &text)? {
            writer.sync();
        }
        Ok(())
    }
}

fn not_written(error: impl Into<io::Error>) -> MeshError {
    MeshError::Io {
        verb: "write",
        path: STATE.into(),
        error: error.into(),
    }
}

const SUM_LINE: usize = 65;

fn sum_line(content: &[u8]) -> String {
    format!("{}\n", hex(digest(&SHA256, content).as_ref()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept() -> Kept {
        let mut kept = Kept::new(Mode::Token);
        let site = KeptSite {
            made_at: Timestamp::UNIX_EPOCH,
            ca: Some(KeptCa {
                cluster_id: "c".to_owned(),
                certificate: "pem".to_owned(),
                private_key: Secret::new("key".to_owned()),
            }),
            base: None,
            seeded: ["b".to_owned()].into(),
            state: Some(SiteState::New),
            identity: None,
        };
        kept.sites.insert("a".to_owned(), site);
        kept.pairs.push(KeptPair {
            accept: "a".to_owned(),
            dial: "b".to_owned(),
            peer_id: "1".to_owned(),
            dialer_id: "2".to_owned(),
            secret: Secret::new("hunter2".to_owned()),
            into: None,
        });
        kept
    }

    fn write(folder: &Path) {
        let kept = kept();
        let writer = Writer::new(folder, BTreeMap::new(), kept.private_keys()).unwrap();
        kept.write(&writer, None).unwrap();
    }

    /// Whatever a run makes of what is kept, no private key is lost.
    #[test]
    fn a_private_key_is_never_replaced() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path());
        let before = kept();
        let mut after = kept();
        let other = KeptCa {
            private_key: Secret::new("another".to_owned()),
            ..before.sites["a"].ca.clone().unwrap()
        };
        let writer = Writer::new(folder.path(), BTreeMap::new(), before.private_keys()).unwrap();
        for ca in [None, Some(other)] {
            after.sites.get_mut("a").unwrap().ca = ca;
            assert!(after.write(&writer, Some(&before)).is_err());
        }
        after.sites.clear();
        assert!(after.write(&writer, Some(&before)).is_err());
        assert_eq!(Kept::read(folder.path()).unwrap(), Some(before));
    }

    #[test]
    fn what_is_written_is_read_back_and_shows_no_secret() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Kept::read(folder.path()).unwrap().is_none());
        write(folder.path());
        assert_eq!(Kept::read(folder.path()).unwrap(), Some(kept()));
        assert!(!format!("{:?}", kept()).contains("hunter2"));
    }

    #[test]
    fn a_changed_byte_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path());
        let path = folder.path().join(STATE);
        let whole = std::fs::read(&path).unwrap();
        for at in 0..whole.len() {
            let mut changed = whole.clone();
            changed[at] ^= 1;
            std::fs::write(&path, &changed).unwrap();
            let error = Kept::read(folder.path()).unwrap_err();
            assert!(matches!(error, MeshError::Kept { .. }), "{at}: {error}");
        }
        std::fs::write(&path, b"").unwrap();
        assert!(Kept::read(folder.path()).is_err());
    }
}
