//! The labels of a corpus in JSON, and the names of the files that they speak of.

use crate::settings::Settings;
use crate::vector::{ExpectedMeaning, Vector};
use jiff::Timestamp;
use serde::Serialize;

/// All labels of a corpus: what `manifest.json` holds.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Manifest<'a> {
    /// The shape of the manifest.
    pub schema: &'static str,
    /// The release of this crate.
    pub peertok: &'static str,
    /// The seed.
    pub seed: u64,
    /// The moment at which dates are judged.
    pub at: Timestamp,
    /// The labels of each vector.
    pub vectors: Vec<Entry<'a>>,
}

impl<'a> Manifest<'a> {
    /// The name of its shape.
    pub const SCHEMA: &'static str = "peertok.fixtures/1";

    /// The manifest of these vectors, which were made with these settings.
    #[must_use]
    pub fn of(settings: &Settings, vectors: &'a [Vector]) -> Self {
        Self {
            schema: Self::SCHEMA,
            peertok: env!("CARGO_PKG_VERSION"),
            seed: settings.seed,
            at: settings.at,
            vectors: vectors.iter().map(Entry::of_file).collect(),
        }
    }

    /// The manifest's text, with a line end.
    ///
    /// # Panics
    ///
    /// Never: all keys are texts.
    #[must_use]
    pub fn to_json(&self) -> String {
        let text = serde_json::to_string_pretty(self);
        text.map_or_else(|_| String::new(), |text| text + "\n")
    }
}

/// The labels of a vector. What most vectors do not have is left out where it is not there.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Entry<'a> {
    #[serde(flatten)]
    place: Place<'a>,
    area: &'static str,
    description: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    peer_name: Option<&'a str>,
    accepted: bool,
    stage: Option<&'static str>,
    message: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    older_message: Option<&'a str>,
    findings: &'a [&'static str],
    releases: Releases,
    #[serde(skip_serializing_if = "Option::is_none")]
    near_miss: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dialer_version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    acceptor_version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    acceptor: Option<Acceptor>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dialer_snapshot: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    meant: Option<Meant<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kubernetes: Option<InSecret<'a>>,
}

/// Where the token is: in a file, or beside its labels.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
enum Place<'a> {
    File {
        name: &'a str,
        file: String,
    },
    Text {
        id: &'a str,
        token: &'a str,
    },
    /// A token that is no text stands in base64.
    Bytes {
        id: &'a str,
        token_base64: String,
    },
}

#[derive(Debug, Clone, Serialize)]
struct Releases {
    since: String,
    until: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
struct Acceptor {
    snapshot: String,
    status: &'static str,
}

#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Meant<'a> {
    Token {
        damages: &'a [&'static str],
        token: &'a str,
    },
    Truncated,
    Mistaken {
        #[serde(rename = "for")]
        name: &'static str,
    },
}

#[derive(Debug, Clone, Serialize)]
struct InSecret<'a> {
    manifest: String,
    name: &'a str,
    key: &'a str,
}

impl<'a> Entry<'a> {
    /// The labels of a vector whose token is in a file.
    fn of_file(vector: &'a Vector) -> Self {
        let name = &vector.name;
        let file = vector.file();
        Self::of(vector, Place::File { name, file })
    }

    /// The labels of a vector together with its token, for a line of JSON that `validate --jsonl`
    /// reads. Snapshots and Kubernetes Secrets are left out.
    #[must_use]
    pub fn with_token(vector: &'a Vector) -> Self {
        let id = &vector.name;
        let place = match std::str::from_utf8(&vector.token) {
            Ok(token) => Place::Text { id, token },
            Err(_) => Place::Bytes {
                id,
                token_base64: peering_token::encode_base64(&vector.token).to_string(),
            },
        };
        Self {
            acceptor: None,
            dialer_snapshot: None,
            kubernetes: None,
            ..Self::of(vector, place)
        }
    }

    fn of(vector: &'a Vector, place: Place<'a>) -> Self {
        let refusal = vector.refusal.as_ref();
        Self {
            place,
            area: vector.area.name(),
            description: &vector.description,
            peer_name: vector.peer_name.as_deref(),
            accepted: refusal.is_none(),
            stage: refusal.map(|refusal| refusal.stage.name()),
            message: refusal.map(|refusal| refusal.message.as_str()),
            older_message: refusal.and_then(|refusal| refusal.older_message.as_deref()),
            findings: &vector.findings,
            releases: Releases {
                since: vector.releases.since.to_string(),
                until: vector.releases.until.map(|release| release.to_string()),
            },
            near_miss: vector.near_miss.as_deref(),
            dialer_version: vector.versions.dialer.map(|release| release.to_string()),
            acceptor_version: vector.versions.acceptor.map(|release| release.to_string()),
            acceptor: vector.acceptor.as_ref().map(|acceptor| Acceptor {
                snapshot: vector.acceptor_file(),
                status: acceptor.status,
            }),
            dialer_snapshot: vector
                .dialer_snapshot
                .as_ref()
                .map(|_| vector.dialer_file()),
            meant: vector.meant.as_ref().map(Meant::of),
            kubernetes: vector.kubernetes.as_ref().map(|place| InSecret {
                manifest: vector.manifest_file(),
                name: &place.name,
                key: &place.key,
            }),
        }
    }
}

impl<'a> Meant<'a> {
    fn of(meant: &'a ExpectedMeaning) -> Self {
        match meant {
            ExpectedMeaning::Token { token, damages } => Self::Token { damages, token },
            ExpectedMeaning::Truncated => Self::Truncated,
            ExpectedMeaning::Lookalike(name) => Self::Mistaken { name },
        }
    }
}

impl Vector {
    /// The name of a file of this vector, in the folder of its area.
    fn file_name(&self, ending: &str) -> String {
        let area = self.area.name();
        let name = self.name.as_str();
        let condition = name.strip_prefix(area).unwrap_or(name);
        let condition = condition.trim_start_matches('_');
        format!("{area}/{condition}.{ending}")
    }

    /// The name of the file that holds the token.
    fn file(&self) -> String {
        self.file_name("token")
    }

    fn acceptor_file(&self) -> String {
        self.file_name("acceptor.snap")
    }

    fn dialer_file(&self) -> String {
        self.file_name("dialer.snap")
    }

    fn manifest_file(&self) -> String {
        self.file_name("yaml")
    }

    /// The vector's files, each with its name in the folder of the corpus, such as
    /// `base64/no-padding.token`: the token, and what is beside it.
    #[must_use]
    pub fn files(&self) -> Vec<(String, &[u8])> {
        let mut files = vec![(self.file(), self.token.as_slice())];
        if let Some(acceptor) = &self.acceptor {
            files.push((self.acceptor_file(), &acceptor.snapshot));
        }
        if let Some(snapshot) = &self.dialer_snapshot {
            files.push((self.dialer_file(), snapshot));
        }
        if let Some(place) = &self.kubernetes {
            files.push((self.manifest_file(), place.manifest.as_bytes()));
        }
        files
    }
}
