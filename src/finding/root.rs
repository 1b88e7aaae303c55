//! What a dialer's TLS makes of each certificate in `CA`: Go's `Certificate.Verify`, as far as the
//! root alone decides it.
//!
//! The dialer puts the certificates of all entries into one pool, and takes the acceptor's
//! certificate when one of them issued it. Of that one Go checks the dates, that it may sign, its
//! extended key usage, its name constraints and that no critical extension is unknown. Go never
//! checks its signature. A certificate of the pool that is the acceptor's own is taken as it is, CA
//! or not.

use crate::roots::{holds_private_key, spiffe_host};
use godialect::json::Raw;
use godialect::pem;
use godialect::x509::{Certificate, Key, check_certificate};
use jiff::Timestamp;
use peering_token::SoundRoots;
use std::sync::Arc;
use x509_parser::prelude::{FromDer, X509Certificate};

/// The least RSA key that Go verifies with, from 1.24 on (`rsa1024min`).
pub(super) const LEAST_RSA: usize = 1024;

/// What is in a `CA` entry.
pub(super) struct Entry {
    /// The certificates that are in the pool.
    pub(super) pool: Vec<Arc<Certificate>>,
    /// How many PEM blocks are certificates by their label.
    pub(super) certificates: usize,
    pub(super) holds_private_key: bool,
    /// Whether the text ends in a PEM block's last line, without the line's end.
    pub(super) lacks_line_end: bool,
}

impl Entry {
    /// Looks into an entry; of a certificate alone what is known already is taken.
    pub(super) fn of(literal: Raw<'_>, known: &mut SoundRoots) -> Self {
        match known.certificate(literal.literal()) {
            Some(certificate) => Self {
                pool: vec![certificate],
                certificates: 1,
                holds_private_key: false,
                lacks_line_end: false,
            },
            None => Self::of_text(&literal.unescape()),
        }
    }

    /// Takes from an entry what `CertPool.AppendCertsFromPEM` takes.
    fn of_text(entry: &str) -> Self {
        let mut taken = Self {
            pool: Vec::new(),
            certificates: 0,
            holds_private_key: holds_private_key(entry.as_bytes()),
            lacks_line_end: entry.ends_with("-----"),
        };
        let mut der = Vec::new();
        let mut from = 0;
        while let Some(block) = pem::next_block(entry.as_bytes(), from, &mut der) {
            from = block.end;
            if block.label != b"CERTIFICATE" {
                continue;
            }
            taken.certificates += 1;
            // The first one has passed the verdict, or there is no dialing at all.
            let is_read = taken.certificates == 1 || check_certificate(&der).is_ok();
            if is_read && !block.has_headers {
                taken.pool.push(Arc::new(Certificate::read(der.clone())));
            }
        }
        taken
    }
}

/// A certificate in the dialer's pool.
pub(super) struct Root<'a> {
    /// The index of its entry in `CA`.
    pub(super) entry: usize,
    pub(super) certificate: &'a Certificate,
    /// What else keeps Go from using it.
    pub(super) obstacle: Option<Obstacle<'a>>,
    /// Whether it is a certificate that the acceptor itself may show: it has the server name.
    has_server_name: bool,
}

/// What keeps Go from using a root that is a CA and may sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Obstacle<'a> {
    /// A critical extension that Go does not know.
    CriticalExtension(&'a str),
    /// An extended key usage without servers.
    Purpose,
    /// Name constraints that rule the server name out.
    NameConstraints,
    /// A key of an algorithm that Go has no signatures of.
    Key,
}

impl<'a> Root<'a> {
    /// The certificates in the pool of a dialer that checks this server name.
    pub(super) fn all(entries: &'a [Entry], server_name: &str) -> Vec<Self> {
        let wanted = Wanted::new(server_name);
        let mut roots = Vec::with_capacity(entries.len());
        for (index, entry) in entries.iter().enumerate() {
            let pool = entry.pool.iter();
            roots.extend(pool.map(|certificate| Self::of(index, certificate, server_name, wanted)));
        }
        roots
    }

    fn of(
        entry: usize,
        certificate: &'a Certificate,
        server_name: &str,
        wanted: Wanted<'_>,
    ) -> Self {
        let mut dns_names = certificate.dns_names.iter();
        Self {
            entry,
            certificate,
            obstacle: Obstacle::of(certificate, server_name),
            has_server_name: dns_names.any(|dns| wanted.is_covered_by(dns)),
        }
    }

    /// Whether Go takes it for a CA. Older versions have no extensions, and Go asks for none.
    pub(super) fn is_ca(&self) -> bool {
        self.certificate.is_ca || !self.certificate.has_extensions
    }

    /// The trust domain of its SPIFFE URI.
    pub(super) fn trust_domain(&self) -> Option<&'a str> {
        self.certificate
            .uris
            .iter()
            .find_map(|uri| spiffe_host(uri))
    }

    /// The JSON path of the entry.
    pub(super) fn path(&self) -> String {
        format!("$.CA[{}]", self.entry)
    }

    /// The first moment of the certificate's validity, in seconds of Unix time.
    pub(super) fn not_before(&self) -> Option<i64> {
        self.certificate.validity.map(|[from, _]| from)
    }

    /// The last moment of its validity, in seconds of Unix time.
    pub(super) fn not_after(&self) -> Option<i64> {
        self.certificate.validity.map(|[_, to]| to)
    }

    /// Whether its validity begins after the moment.
    pub(super) fn begins_after(&self, at: Timestamp) -> bool {
        self.not_before()
            .is_some_and(|from| at.as_nanosecond() < nanoseconds(from))
    }

    /// Whether its validity ends before the moment. The last second belongs to it, a fraction
    /// behind it does not.
    pub(super) fn ends_before(&self, at: Timestamp) -> bool {
        self.not_after()
            .is_some_and(|to| at.as_nanosecond() > nanoseconds(to))
    }

    /// Whether the moment is within its validity.
    pub(super) fn is_valid_at(&self, at: Timestamp) -> bool {
        !self.begins_after(at) && !self.ends_before(at)
    }

    /// Whether there are certificates of the acceptor that Go takes with it, at a moment at which
    /// it is valid.
    pub(super) fn is_of_use(&self) -> bool {
        let issues = self.is_ca()
            && self.certificate.may_sign
            && self.obstacle.is_none()
            && !matches!(self.certificate.key, Key::Rsa(..LEAST_RSA));
        issues || self.may_be_the_server()
    }

    /// Whether Go takes it as the acceptor's own certificate, for which it need not be a CA.
    pub(super) fn may_be_the_server(&self) -> bool {
        let has_obstacle = match &self.obstacle {
            // The key signs no certificate then, but the handshake.
            None | Some(Obstacle::Key | Obstacle::NameConstraints) => false,
            Some(Obstacle::CriticalExtension(_) | Obstacle::Purpose) => true,
        };
        self.has_server_name && !has_obstacle
    }

    /// Its subject, or what to call it where there is none to be read.
    pub(super) fn subject(&self) -> String {
        let subject = self.reread().map(|read| read.subject().to_string());
        let subject = subject.filter(|subject| !subject.is_empty());
        subject.unwrap_or_else(|| "the certificate".to_owned())
    }

    /// What x509-parser reads, which knows more of it; that may fail where Go does not.
    pub(super) fn reread(&self) -> Option<X509Certificate<'a>> {
        let (_, read) = X509Certificate::from_der(&self.certificate.raw).ok()?;
        Some(read)
    }
}

impl<'a> Obstacle<'a> {
    fn of(certificate: &'a Certificate, server_name: &str) -> Option<Self> {
        if let Some(identifier) = &certificate.unknown_critical_extension {
            Some(Self::CriticalExtension(identifier))
        } else if !certificate.is_for_servers {
            Some(Self::Purpose)
        } else if !permits(certificate, server_name) {
            Some(Self::NameConstraints)
        } else if certificate.key == Key::WithoutSignatures {
            Some(Self::Key)
        } else {
            None
        }
    }
}

fn nanoseconds(seconds: i64) -> i128 {
    i128::from(seconds) * 1_000_000_000
}

/// Whether name constraints let the server name pass. Those of other kinds of names are left alone:
/// which names of such kinds the acceptor's certificate has is not in the token.
fn permits(certificate: &Certificate, server_name: &str) -> bool {
    let is_within = |dns: &String| {
        let domain = dns.strip_prefix('.').unwrap_or(dns);
        let before = strip_suffix_ignoring_case(server_name, domain);
        match before {
            Some("") => !dns.starts_with('.'),
            Some(before) => domain.is_empty() || before.ends_with('.'),
            None => false,
        }
    };
    let permitted = &certificate.permitted_dns_names;
    let is_permitted = permitted.is_empty() || permitted.iter().any(is_within);
    is_permitted && !certificate.excluded_dns_names.iter().any(is_within)
}

/// The name that a dialer wants to see in the acceptor's certificate.
#[derive(Clone, Copy)]
struct Wanted<'t> {
    name: &'t str,
    /// What follows its first label.
    parent: Option<&'t str>,
}

impl<'t> Wanted<'t> {
    fn new(server_name: &'t str) -> Self {
        let name = server_name.strip_suffix('.').unwrap_or(server_name);
        // Looked for once: both the name and the certificate may be long.
        let parent = name.split_once('.').map(|(_, parent)| parent);
        Self { name, parent }
    }

    /// Whether a DNS name of a certificate covers it (Go's `Certificate.VerifyHostname`): the same
    /// name, or one with a star for its first label.
    fn is_covered_by(self, dns: &str) -> bool {
        let under_star = |pattern: &str| {
            let parent = self.parent;
            parent.is_some_and(|parent| parent.eq_ignore_ascii_case(pattern))
        };
        self.name.eq_ignore_ascii_case(dns) || dns.strip_prefix("*.").is_some_and(under_star)
    }
}

fn strip_suffix_ignoring_case<'t>(text: &'t str, suffix: &str) -> Option<&'t str> {
    let (before, end) = text.split_at_checked(text.len().checked_sub(suffix.len())?)?;
    end.eq_ignore_ascii_case(suffix).then_some(before)
}

#[cfg(test)]
mod tests;
