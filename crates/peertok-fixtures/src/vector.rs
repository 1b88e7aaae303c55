//! One labelled token: what it is, and what is to be said of it.

use peering_token::{Release, Stage};

/// What a vector is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Area {
    /// Tokens as servers mint them.
    Canonical,
    /// The base64 around a token.
    Base64,
    /// The JSON within.
    Json,
    /// The PEM text of a root.
    Pem,
    /// The certificate in that.
    X509,
    /// The addresses of the acceptor.
    Addresses,
    /// Names: the server's, the peer's, and the IDs.
    Names,
    /// What is long, deep or many.
    Limits,
    /// Texts beyond ASCII.
    Unicode,
    /// Tokens that were damaged on their way, and what is mistaken for one.
    Recovery,
    /// What the state of acceptor and dialer makes of a token.
    Secrets,
    /// Tokens in Kubernetes Secrets.
    Kubernetes,
    /// Made at random.
    Random,
}

impl Area {
    /// The areas of the corpus, in its order.
    pub const CORPUS: [Self; 12] = [
        Self::Canonical,
        Self::Base64,
        Self::Json,
        Self::Pem,
        Self::X509,
        Self::Addresses,
        Self::Names,
        Self::Limits,
        Self::Unicode,
        Self::Recovery,
        Self::Secrets,
        Self::Kubernetes,
    ];

    /// The area's name, with which the names of its vectors begin.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Canonical => "canonical",
            Self::Base64 => "base64",
            Self::Json => "json",
            Self::Pem => "pem",
            Self::X509 => "x509",
            Self::Addresses => "addresses",
            Self::Names => "names",
            Self::Limits => "limits",
            Self::Unicode => "unicode",
            Self::Recovery => "recovery",
            Self::Secrets => "secrets",
            Self::Kubernetes => "kubernetes",
            Self::Random => "random",
        }
    }
}

/// A labelled token.
///
/// Its secrets follow from the seed, so that they are none.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Vector {
    /// The name, `area_condition`, unique in a corpus.
    pub name: String,
    /// What it is about.
    pub area: Area,
    /// What is special about the token, in a sentence.
    pub description: String,
    /// What is handed to a server as `PeeringToken`, byte for byte.
    pub token: Vec<u8>,
    /// The name under which it is to be established, where that matters.
    pub peer_name: Option<String>,
    /// Why a server refuses it; `None` where it goes on to dial.
    pub refusal: Option<ExpectedRefusal>,
    /// The names of the findings, each once, in alphabetical order.
    pub findings: Vec<&'static str>,
    /// The Consul releases that it applies to: that mint such a token, or answer so.
    pub releases: Releases,
    /// A vector that is nearly the same, of which the same is not said.
    pub near_miss: Option<String>,
    /// The releases of both ends, where findings depend on them.
    pub versions: Versions,
    /// The acceptor's state and what it makes of the secret.
    pub acceptor: Option<Acceptor>,
    /// The dialer's snapshot.
    pub dialer_snapshot: Option<Vec<u8>>,
    /// What was meant by a text that a server cannot read.
    pub meant: Option<ExpectedMeaning>,
    /// The Kubernetes Secret that holds the token.
    pub kubernetes: Option<InSecret>,
}

/// The answer of a server that refuses a token.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExpectedRefusal {
    /// The check that refuses it.
    pub stage: Stage,
    /// The server's words.
    pub message: String,
    /// The words of a server that was built with Go 1.25 or earlier, where they differ.
    pub older_message: Option<String>,
}

/// A range of Consul releases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Releases {
    /// The first.
    pub since: Release,
    /// The last, unless it goes on.
    pub until: Option<Release>,
}

/// The releases of the two ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Versions {
    /// The dialer's.
    pub dialer: Option<Release>,
    /// The acceptor's.
    pub acceptor: Option<Release>,
}

/// The acceptor at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Acceptor {
    /// Its snapshot.
    pub snapshot: Vec<u8>,
    /// What that tells of the secret: the name of a status, such as `superseded`.
    pub status: &'static str,
}

/// What was meant by a text that a server cannot read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExpectedMeaning {
    /// A token, which was damaged.
    Token {
        /// The token without the damage.
        token: String,
        /// The names of the kinds of damage, such as `padding`, in the order in which they are undone.
        damages: Vec<&'static str>,
    },
    /// The beginning of a token.
    Truncated,
    /// Something that is mistaken for a token: its name, such as `jwt`.
    Lookalike(&'static str),
}

/// A Kubernetes Secret, or a list of them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct InSecret {
    /// The manifest in YAML; JSON is YAML too.
    pub manifest: String,
    /// The Secret's name.
    pub name: String,
    /// The key under which the token stands.
    pub key: String,
}

impl Vector {
    /// A token that every server takes, and of which nothing is found.
    pub(super) fn new(
        area: Area,
        condition: &str,
        description: impl Into<String>,
        token: impl Into<Vec<u8>>,
    ) -> Self {
        Self {
            name: format!("{}_{condition}", area.name()),
            area,
            description: description.into(),
            token: token.into(),
            peer_name: None,
            refusal: None,
            findings: Vec::new(),
            releases: Releases {
                since: Release::new(1, 13),
                until: None,
            },
            near_miss: None,
            versions: Versions::default(),
            acceptor: None,
            dialer_snapshot: None,
            meant: None,
            kubernetes: None,
        }
    }

    /// Refused, in these words.
    pub(super) fn refused(mut self, stage: Stage, message: impl Into<String>) -> Self {
        self.refusal = Some(ExpectedRefusal {
            stage,
            message: message.into(),
            older_message: None,
        });
        self
    }

    /// Refused for the first root that Go cannot read, for this reason.
    pub(super) fn bad_root(self, reason: &str) -> Self {
        self.refused(Stage::Ca, format!("peering token invalid CA: {reason}"))
    }

    /// Refused in other words by a server that was built with Go 1.25 or earlier.
    pub(super) fn once(mut self, message: &str) -> Self {
        if let Some(refusal) = &mut self.refusal {
            refusal.older_message = Some(message.to_owned());
        }
        self
    }

    /// With these findings, in any order.
    pub(super) fn finds(mut self, names: &[&'static str]) -> Self {
        self.findings = names.to_vec();
        self.findings.sort_unstable();
        self
    }

    /// The condition of a vector of the same area that is nearly the same, and of which the same is
    /// not said.
    pub(super) fn unlike(mut self, condition: &str) -> Self {
        self.near_miss = Some(format!("{}_{condition}", self.area.name()));
        self
    }

    /// For the releases 1.`minor` and later.
    pub(super) fn since(mut self, minor: u32) -> Self {
        self.releases.since = Release::new(1, minor);
        self
    }

    /// For no release after 1.`minor`.
    pub(super) fn until(mut self, minor: u32) -> Self {
        self.releases.until = Some(Release::new(1, minor));
        self
    }

    /// With a dialer of 1.`minor`.
    pub(super) fn dialed_by(mut self, minor: u32) -> Self {
        self.versions.dialer = Some(Release::new(1, minor));
        self
    }

    /// With an acceptor of 1.`minor`.
    pub(super) fn accepted_by(mut self, minor: u32) -> Self {
        self.versions.acceptor = Some(Release::new(1, minor));
        self
    }
}
