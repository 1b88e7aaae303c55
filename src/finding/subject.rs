//! What a rule looks at, and where it puts what it finds.

use super::address::{Address, Purpose, SetAside};
use super::root::{Entry, Root};
use super::rules::RULES;
use super::server_name::ServerName;
use super::token::Token;
use super::{Finding, Level, Rule};
use crate::snapshot::{State, TokenStatus};
use crate::text::moment;
use jiff::{SignedDuration, Timestamp};
use peering_token::Read;
use peering_token::fields::Fields;
use peering_token::{DecodeError, Field, Judge, Release, Shape};
use peertok_secret::{Secret, without_secrets};

/// What is known beside the token.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Context<'a> {
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

impl Context<'_> {
    /// For a command that reads a token and says nothing of its findings: the costly rules are left out.
    #[cfg(feature = "cli")]
    pub(crate) fn for_reading(at: Timestamp) -> Self {
        Self {
            costly: false,
            ..Self::at(at)
        }
    }

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
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use peertok::finding::{Context, findings};
///
/// let token = std::fs::read("fixtures/consul/alpha-minted.token")?;
/// let context = Context::at("2026-12-01T00:00:00Z".parse()?);
/// let found = findings(token.trim_ascii_end(), &context)?;
/// let of_the_address = found.iter().find(|finding| finding.path == "$.ServerAddresses[0]");
/// assert_eq!(of_the_address.map(|finding| finding.name), Some("address-loopback"));
/// # Ok(())
/// # }
/// ```
pub fn findings(token: &[u8], context: &Context<'_>) -> Result<Vec<Finding>, DecodeError> {
    let mut judge = Judge::default();
    let mut read = judge.read(token)?;
    match read.type_error {
        Some(error) => Err(error.into()),
        None => Ok(find(&mut read, context)),
    }
}

/// The findings of a token that a server can read.
pub(crate) fn find(read: &mut Read<'_>, context: &Context<'_>) -> Vec<Finding> {
    let fields = &read.fields;
    let token = Token::of(fields);
    let entries = fields.list(Field::Ca).entries().iter();
    let entries: Vec<Entry> = entries
        .map(|entry| Entry::of(*entry, &mut *read.sound_roots))
        .collect();
    let addresses = Address::all(&token, context.dialer_version);
    let decides = |address: &&Address<'_>| address.is_dialable() || address.ends_dialing();
    let mut subject = Subject {
        text: read.text,
        json: read.json,
        fields,
        token: &token,
        // A line end behind the object comes from files and from echo.
        is_canonical: fields.are_written_as(read.json.trim_ascii_end()),
        server_name: ServerName::read(&token.server_name),
        shape: fields.shape(),
        entries: &entries,
        roots: Root::all(&entries, &token.server_name),
        has_usable_root: false,
        has_lasting_root: false,
        dials: addresses.iter().any(Address::is_dialable),
        dials_before_it_gives_up: addresses
            .iter()
            .find(decides)
            .is_some_and(Address::is_dialable),
        addresses,
        context,
    };
    subject.judge_roots();
    let mut findings = Vec::new();
    for rule in RULES {
        let mut found = Found::new(rule, findings);
        (rule.check)(&subject, &mut found);
        findings = found.into_findings();
    }
    findings
}

/// A token that can be read, and what is known beside it.
pub(super) struct Subject<'a> {
    /// The token as it was given; `None` where its JSON was.
    pub(super) text: Option<&'a [u8]>,
    /// The JSON within it.
    pub(super) json: &'a [u8],
    pub(super) fields: &'a Fields<'a>,
    /// The fields as texts.
    pub(super) token: &'a Token<'a>,
    /// Whether a server that has these fields writes that JSON.
    pub(super) is_canonical: bool,
    /// The server name, if it is in a form of Consul's.
    pub(super) server_name: Option<ServerName<'a>>,
    /// The oldest shape that has all the members found.
    pub(super) shape: Shape,
    /// The entries of `CA`.
    pub(super) entries: &'a [Entry],
    /// The certificates that the dialer trusts, of all entries.
    pub(super) roots: Vec<Root<'a>>,
    has_usable_root: bool,
    /// Whether one works at the moment of use and as long as the peering is to last.
    has_lasting_root: bool,
    /// The addresses that a dialer tries.
    pub(super) addresses: Vec<Address<'a>>,
    /// Whether there is one of them that it dials.
    dials: bool,
    /// Whether that stands before any at which it gives up.
    dials_before_it_gives_up: bool,
    pub(super) context: &'a Context<'a>,
}

impl<'a> Subject<'a> {
    /// Judges the roots together, once for all rules.
    fn judge_roots(&mut self) {
        let end = self.end_of_use();
        let usable = || self.roots.iter().filter(|root| self.is_usable(root));
        let found = (
            usable().next().is_some(),
            usable().any(|root| !root.ends_before(end)),
        );
        (self.has_usable_root, self.has_lasting_root) = found;
    }

    /// Whether the dialer speaks TLS, and so looks at the server name.
    pub(super) fn has_tls(&self) -> bool {
        !self.entries.is_empty()
    }

    /// Whether a root works at the moment of use.
    pub(super) fn is_usable(&self, root: &Root<'_>) -> bool {
        root.is_of_use() && root.is_valid_at(self.context.at)
    }

    /// Whether any root works at the moment of use.
    pub(super) fn has_usable_root(&self) -> bool {
        self.has_usable_root
    }

    /// The moment until which the peering is to last.
    pub(super) fn end_of_use(&self) -> Timestamp {
        let context = self.context;
        let end = context.at.checked_add(context.within);
        end.unwrap_or(Timestamp::MAX)
    }

    /// The addresses whose hosts are set aside for this, each with what sets it aside.
    pub(super) fn set_aside(
        &self,
        purpose: Purpose,
    ) -> impl Iterator<Item = (&Address<'a>, &'static SetAside)> {
        let addresses = self.addresses.iter();
        let with_purpose = addresses.filter_map(|address| Some((address, address.purpose?)));
        with_purpose.filter(move |(_, set_aside)| set_aside.purpose == purpose)
    }

    /// How much a fault matters for which an address is not even dialed: a dialer goes on to the
    /// next, unless it gives up.
    pub(super) fn level_of_undialable(&self, address: &Address<'_>) -> Level {
        let has_other = if address.ends_dialing() {
            self.dials_before_it_gives_up
        } else {
            self.dials
        };
        if has_other {
            Level::Warning
        } else {
            Level::Error
        }
    }

    /// How much a fault matters that makes one root useless: the dialer needs no more than one root
    /// that works.
    pub(super) fn level_of_useless_root(&self) -> Level {
        if self.has_usable_root {
            Level::Note
        } else {
            Level::Error
        }
    }

    /// How much it matters that a root that works expires soon.
    pub(super) fn level_of_expiring_root(&self) -> Level {
        if self.has_lasting_root {
            Level::Note
        } else {
            Level::Warning
        }
    }

    /// What the acceptor's state tells of the secret, and as of when, where it is known.
    pub(super) fn token_status(&self) -> Option<(TokenStatus, String)> {
        let acceptor = self.context.acceptor?;
        let token = self.token;
        let secret = Secret::new(token.establishment_secret.clone().into_owned());
        let status = TokenStatus::of(acceptor, &token.peer_id, &secret);
        let taken = acceptor.meta.taken_at();
        let as_of = taken.map_or_else(String::new, |at| format!(" as of {}", moment(at)));
        Some((status, as_of))
    }
}

/// A moment in a message, from seconds of Unix time.
pub(super) fn date_of(seconds: i64) -> String {
    let at = Timestamp::from_second(seconds);
    at.map_or_else(|_| "the end of the year 9999".to_owned(), moment)
}

/// A text of the token in a message: without secrets, and of bounded length.
pub(super) fn quoted(text: &str) -> String {
    const MOST: usize = 100;
    // Before it is cut: of a part nobody could tell what it is.
    let text = without_secrets(text);
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into_owned(),
    }
}

/// How many findings of one rule are told one by one.
const MOST: usize = 20;

/// Takes what one rule finds.
pub(super) struct Found {
    rule: &'static Rule,
    /// What was found, by the rules before too.
    findings: Vec<Finding>,
    /// How many of them are of rules before.
    before: usize,
    /// How many there were beyond [`MOST`].
    more: usize,
}

impl Found {
    fn new(rule: &'static Rule, findings: Vec<Finding>) -> Self {
        Self {
            rule,
            before: findings.len(),
            findings,
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
        if self.findings.len() - self.before == MOST {
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
