//! What is told of an edit: what changed, and what may break by it.

use crate::cli::report;
use crate::cli::text::shown;
use crate::diff::{Difference, diff};
use peering_token::schema::Struct;
use peering_token::{AddressList, Field, PeeringToken, Reading};

/// What is told on standard error once the token is written.
#[derive(Debug, Default)]
pub(super) struct Told {
    lines: Vec<Line>,
}

#[derive(Debug, PartialEq, Eq)]
enum Line {
    Warning(String),
    Note(String),
}

impl Told {
    /// Adds what may turn out wrong.
    pub(super) fn warn(&mut self, message: impl Into<String>) {
        self.lines.push(Line::Warning(message.into()));
    }

    /// Adds what is worth knowing.
    pub(super) fn note(&mut self, message: impl Into<String>) {
        self.lines.push(Line::Note(message.into()));
    }

    /// Tells all of it, in the order in which it was added.
    pub(super) fn report(&self) {
        for line in &self.lines {
            match line {
                Line::Warning(message) => report::warn(message),
                Line::Note(message) => report::note(message),
            }
        }
    }

    /// Tells what changed from one token to the other, and what follows from it.
    pub(super) fn changes(&mut self, before: &Reading, after: &Reading, same_bytes: bool) {
        let difference = diff(&before.token, &after.token);
        if difference.is_none() {
            self.note(if same_bytes {
                "nothing changed: the token is the same as before".to_owned()
            } else {
                "a server reads the same as before: only bytes that mean nothing changed".to_owned()
            });
            return;
        }
        self.fields(&difference, &before.token, &after.token);
        self.newer_fields(before, after);
        self.addresses(&before.token, &after.token);
        self.identity(&difference);
        self.roots(&difference, &before.token, &after.token);
    }

    /// Tells what becomes of an edited server list.
    pub(super) fn list_used(&mut self, is_server: bool) {
        if is_server {
            self.note("the acceptor overwrites a dialer's server list after the first sync; an edit of the manual list stays");
        }
    }

    fn fields(&mut self, difference: &Difference, before: &PeeringToken, after: &PeeringToken) {
        let or_none = |text: &str| match text {
            "" => "none".to_owned(),
            text => shown(text),
        };
        let list = |list: &Option<Vec<String>>| {
            let list = list.as_deref().unwrap_or_default();
            or_none(
                &list
                    .iter()
                    .map(|entry| shown(entry))
                    .collect::<Vec<_>>()
                    .join(", "),
            )
        };
        let mut change = |field: &str, from: String, to: String| {
            self.note(format!("{field}: {from} -> {to}"));
        };
        for text in &difference.texts {
            change(text.field.name(), or_none(&text.a), or_none(&text.b));
        }
        if difference.manual_server_addresses.is_some() {
            let [from, to] = [before, after].map(|token| list(&token.manual_server_addresses));
            change(Field::ManualServerAddresses.name(), from, to);
        }
        if difference.server_addresses.is_some() {
            let [from, to] = [before, after].map(|token| list(&token.server_addresses));
            change(Field::ServerAddresses.name(), from, to);
        }
        if difference.roots.is_some() {
            let certificates = &difference.roots.certificates;
            for (what, roots) in [
                ("removed", &certificates.only_a),
                ("added", &certificates.only_b),
            ] {
                for root in roots {
                    let details = root.details.as_ref();
                    let subject = details.map_or("an entry without a root", |d| &*d.subject);
                    self.note(format!("CA: {what} {}", shown(subject)));
                }
            }
            if certificates.only_a.is_empty() && certificates.only_b.is_empty() {
                self.note("CA: the same roots, written in another way");
            }
        }
    }

    /// Fields that the token's release did not have.
    fn newer_fields(&mut self, before: &Reading, after: &Reading) {
        if after.shape <= before.shape {
            return;
        }
        let needed = after.shape.name();
        self.note(format!(
            "the token was one of {}, and now has a field that dialers older than {needed} ignore",
            before.shape.releases()
        ));
    }

    fn addresses(&mut self, before: &PeeringToken, after: &PeeringToken) {
        match (before.dialed_list(), after.dialed_list()) {
            (Some(AddressList::Server), Some(AddressList::Manual)) => self.note(
                "only the manual list is dialed now: the server list is not tried, even where the manual one is dead",
            ),
            (Some(AddressList::Manual), Some(AddressList::Server)) => self.note(
                "the manual list is null now, as a server writes an empty one: the server list is dialed again",
            ),
            (_, Some(AddressList::Manual)) if before.server_addresses != after.server_addresses => {
                self.warn(
                    "the server list is not dialed, since there are manual addresses",
                );
            }
            _ => {}
        }
    }

    /// What the acceptor has to know or to show.
    fn identity(&mut self, difference: &Difference) {
        let changed = |field| difference.texts.iter().any(|text| text.field == field);
        if changed(Field::ServerName) {
            self.warn("the acceptor's servers need a certificate for the new ServerName: without one, dialing ends in \"certificate is valid for …, not …\"");
        }
        if changed(Field::PeerId) || changed(Field::EstablishmentSecret) {
            self.warn("the acceptor has to know the PeerID together with the secret: where it does not, establish answers 403 (peertok snapshot seed writes them into its state)");
        } else {
            self.note("the secret is still that of the original: only one of the two tokens can redeem it");
        }
        let in_remote =
            |text: &crate::diff::TextDifference| text.field.parent() != Struct::PeeringToken;
        if difference.texts.iter().any(in_remote) {
            self.note("no server checks what is in Remote when it dials: that is decided by addresses, ServerName and CA");
        }
    }

    fn roots(&mut self, difference: &Difference, before: &PeeringToken, after: &PeeringToken) {
        let is_empty = |token: &PeeringToken| token.ca.as_ref().is_none_or(Vec::is_empty);
        let replaced = is_empty(before) || !difference.roots.certificates.only_a.is_empty();
        if difference.roots.is_some() && replaced && !is_empty(after) {
            self.warn("the acceptor's present root has to be among the new ones: without it, dialing ends in \"certificate signed by unknown authority\"");
        }
    }
}
