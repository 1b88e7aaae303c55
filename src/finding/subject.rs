//! What a rule looks at, and where it puts what it finds.

use super::address::{Address, Purpose, SetAside};
use super::rules::RULES;
use super::{Finding, Level, Rule};
use crate::roots::certificates;
use crate::snapshot::{State, TokenStatus};
use crate::token::Reading;
use crate::{DecodeError, PeeringToken, Release, Shape, decode_base64};
use jiff::{SignedDuration, Timestamp};
use x509_parser::prelude::{FromDer, X509Certificate, X509Version};

/// What is known beside the token.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Circumstances<'a> {
    /// The moment at which the token is to be used.
    pub at: Timestamp,
    /// How long the peering is to last from then on: what expires sooner is found.
    pub within: SignedDuration,
    /// The release of the dialer's servers.
    pub dialer_version: Option<Release>,
    /// The release of the acceptor's servers.
    pub acceptor_version: Option<Release>,
    /// The acceptor's state, which alone tells what the secret is worth.
    pub acceptor: Option<&'a State>,
    /// The dialer's state, for which it may refuse the token.
    pub dialer: Option<&'a State>,
    /// The name under which the token is to be established.
    pub name: Option<&'a str>,
    /// Whether rules run that cost more than all others together.
    pub costly: bool,
}

impl Circumstances<'_> {
    /// Nothing but the moment is known. What expires within 30 days of it is found.
    #[must_use]
    pub fn at(at: Timestamp) -> Self {
        Self {
            at,
            within: SignedDuration::from_hours(30 * 24),
            dialer_version: None,
            acceptor_version: None,
            acceptor: None,
            dialer: None,
            name: None,
            costly: true,
        }
    }
}

/// Finds in a token what a server takes but what fails or hurts later, ordered by code.
///
/// A token that is refused for its fields has findings too; of one that cannot be read there is
/// nothing to find.
///
/// # Errors
///
/// [`DecodeError`] where a server cannot read the token.
pub fn findings(
    token: &[u8],
    circumstances: &Circumstances<'_>,
) -> Result<Vec<Finding>, DecodeError> {
    let text = token;
    let json = decode_base64(text)?;
    let reading = Reading::of_json(&json)?;
    if let Some(error) = reading.type_error {
        return Err(error.into());
    }
    let token = reading.token;
    let entries = token.ca.iter().flatten().enumerate();
    let ders: Vec<(usize, Vec<u8>)> = entries
        .flat_map(|(entry, pem)| certificates(pem).into_iter().map(move |der| (entry, der)))
        .collect();
    let roots = ders.iter().map(|(entry, der)| Root {
        entry: *entry,
        der,
        certificate: X509Certificate::from_der(der).ok().map(|(_, read)| read),
    });
    let addresses = Address::all(&token, circumstances.dialer_version);
    let dials = addresses.iter().any(Address::is_dialable);
    let decides = |address: &&Address<'_>| address.is_dialable() || address.ends_dialing();
    let first = addresses.iter().find(decides);
    let canonical = token.to_json(reading.shape);
    let subject = Subject {
        token: &token,
        text,
        json: &json,
        // A line end behind the object comes from files and from echo.
        is_canonical: canonical.as_bytes() == json.trim_ascii_end(),
        shape: reading.shape,
        roots: roots.collect(),
        dials,
        dials_before_it_gives_up: first.is_some_and(Address::is_dialable),
        addresses,
        circumstances,
    };
    let mut findings = Vec::new();
    for rule in RULES {
        let mut found = Found::new(rule);
        (rule.check)(&subject, &mut found);
        findings.append(&mut found.into_findings());
    }
    Ok(findings)
}

/// A token that can be read, and what is known beside it.
pub(super) struct Subject<'a> {
    pub(super) token: &'a PeeringToken,
    /// The token as it was given.
    pub(super) text: &'a [u8],
    /// The JSON within it.
    pub(super) json: &'a [u8],
    /// Whether a server that has these fields writes that JSON.
    pub(super) is_canonical: bool,
    /// The oldest shape that has all the members found.
    pub(super) shape: Shape,
    /// The certificates of all `CA` entries.
    pub(super) roots: Vec<Root<'a>>,
    /// The addresses that a dialer tries.
    pub(super) addresses: Vec<Address<'a>>,
    /// Whether there is one of them that it dials.
    dials: bool,
    /// Whether that stands before any at which it gives up.
    dials_before_it_gives_up: bool,
    pub(super) circumstances: &'a Circumstances<'a>,
}

impl<'a> Subject<'a> {
    /// The addresses whose hosts are set aside for this, each with what sets it aside.
    pub(super) fn set_aside(
        &self,
        purpose: Purpose,
    ) -> impl Iterator<Item = (&Address<'a>, &'static SetAside)> {
        let addresses = self.addresses.iter();
        let with_purpose = addresses.filter_map(|address| Some((address, address.purpose()?)));
        with_purpose.filter(move |(_, set_aside)| set_aside.purpose == purpose)
    }

    /// How much a fault matters for which an address is not even dialed: a dialer goes on to the
    /// next, unless it gives up.
    pub(super) fn level_of_undialable(&self, address: &Address<'_>) -> Level {
        let has_other = match address.ends_dialing() {
            true => self.dials_before_it_gives_up,
            false => self.dials,
        };
        match has_other {
            true => Level::Warning,
            false => Level::Error,
        }
    }

    /// How much a fault matters that makes one root useless: the dialer needs no more than one root
    /// that works.
    pub(super) fn level_of_useless_root(&self) -> Level {
        let at = self.circumstances.at;
        let is_usable = |root: &Root<'_>| root.is_valid_at(at) && root.may_sign();
        match self.roots.iter().any(is_usable) {
            true => Level::Note,
            false => Level::Error,
        }
    }

    /// What the acceptor's state tells of the secret, and as of when, where it is known.
    pub(super) fn token_status(&self) -> Option<(TokenStatus, String)> {
        let acceptor = self.circumstances.acceptor?;
        let token = self.token;
        let status = acceptor.token_status(&token.peer_id, &token.establishment_secret);
        let taken = acceptor.meta.taken_at();
        let as_of = taken.map_or_else(String::new, |at| format!(" as of {}", date(at)));
        Some((status, as_of))
    }
}

/// A certificate of a `CA` entry.
pub(super) struct Root<'a> {
    /// The index of the entry in `CA`.
    pub(super) entry: usize,
    pub(super) der: &'a [u8],
    /// What x509-parser reads, which may fail where Go does not.
    pub(super) certificate: Option<X509Certificate<'a>>,
}

impl Root<'_> {
    /// The JSON path of the entry.
    pub(super) fn path(&self) -> String {
        format!("$.CA[{}]", self.entry)
    }

    /// The last moment at which the certificate is valid.
    pub(super) fn not_after(&self) -> Option<Timestamp> {
        let end = self.certificate.as_ref()?.validity().not_after;
        Timestamp::from_second(end.timestamp()).ok()
    }

    /// Whether the moment is within the certificate's validity. Both of its ends belong to it, to
    /// the second (RFC 5280, section 4.1.2.5).
    pub(super) fn is_valid_at(&self, at: Timestamp) -> bool {
        self.certificate.as_ref().is_none_or(|certificate| {
            let validity = certificate.validity();
            let (from, to) = (
                validity.not_before.timestamp(),
                validity.not_after.timestamp(),
            );
            (from..=to).contains(&at.as_second())
        })
    }

    /// Whether Go lets the certificate vouch for others (`Certificate.CheckSignatureFrom`). One of
    /// version 1 or 2 needs no basic constraints for that.
    pub(super) fn may_sign(&self) -> bool {
        let Some(certificate) = &self.certificate else {
            return true;
        };
        let is_ca = match certificate.basic_constraints() {
            Ok(Some(constraints)) => constraints.value.ca,
            _ => certificate.version() != X509Version::V3,
        };
        let key_usage = certificate.key_usage().ok().flatten();
        is_ca && key_usage.is_none_or(|usage| usage.value.flags == 0 || usage.value.key_cert_sign())
    }
}

/// A moment in a message, to the second.
pub(super) fn date(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// A text of the token in a message, of bounded length.
pub(super) fn quoted(text: &str) -> String {
    const MOST: usize = 100;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// How many findings of one rule are told one by one.
const MOST: usize = 20;

/// Takes what one rule finds.
pub(super) struct Found {
    rule: &'static Rule,
    findings: Vec<Finding>,
    /// How many there were beyond [`MOST`].
    more: usize,
}

impl Found {
    fn new(rule: &'static Rule) -> Self {
        Self {
            rule,
            findings: Vec::new(),
            more: 0,
        }
    }

    /// Adds a finding at the rule's level.
    pub(super) fn at(&mut self, path: impl Into<String>, message: impl Into<String>) {
        self.at_level(self.rule.level, path, message);
    }

    /// Adds a finding that matters less, or more, in this token.
    pub(super) fn at_level(
        &mut self,
        level: Level,
        path: impl Into<String>,
        message: impl Into<String>,
    ) {
        if self.findings.len() == MOST {
            self.more += 1;
            return;
        }
        self.findings.push(Finding {
            code: self.rule.code,
            name: self.rule.name,
            level,
            path: path.into(),
            message: message.into(),
            fix: self.rule.fix,
        });
    }

    fn into_findings(mut self) -> Vec<Finding> {
        if self.more > 0
            && let Some(last) = self.findings.last_mut()
        {
            last.message
                .push_str(&format!("; and {} more like this", self.more));
        }
        self.findings
    }
}
