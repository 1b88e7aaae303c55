//! What differs between two tokens as a server reads them, and what that means.
//!
//! `null` and an empty list mean the same to a server, and so do a missing field and an empty one.
//! Roots are told apart by the SHA-256 of their DER form, whatever the PEM around it looks like.

mod json;
mod written;

pub use written::{Written, diff_json};

use crate::roots::RootDetails;
use base16ct::lower::encode_string as hex;
use godialect::pem::certificates;
use peering_token::Value;
use peering_token::{Field, PeeringToken};
use ring::digest::{SHA256, digest};
use serde::Serialize;
use std::collections::{BTreeSet, HashMap, HashSet};

/// What differs between two tokens, which are called A and B.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// What one token is to the other.
    pub relation: Relation,
    /// The texts that differ, in the order of the token.
    pub texts: Vec<TextDifference>,
    /// `ManualServerAddresses`.
    pub manual_server_addresses: SetDifference<String>,
    /// `ServerAddresses`.
    pub server_addresses: SetDifference<String>,
    /// `CA`.
    pub roots: RootsDifference,
    /// What is odd about the two together.
    oddities: Vec<&'static str>,
}

/// A text that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TextDifference {
    /// The field.
    pub field: Field,
    /// The text in A; of a secret its digest.
    pub a: String,
    /// The text in B; of a secret its digest.
    pub b: String,
}

/// What differs between two lists, as sets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SetDifference<T> {
    /// What is in A alone, each once, in its order.
    pub only_a: Vec<T>,
    /// What is in B alone, each once, in its order.
    pub only_b: Vec<T>,
    /// What is in both, each once, in the order of A.
    pub common: Vec<T>,
    /// Whether B has the common ones in another order.
    pub reordered: bool,
    /// Whether one of the common ones is there more often in A or in B.
    pub repeated: bool,
}

/// What differs between the roots.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RootsDifference {
    /// The certificates.
    pub certificates: SetDifference<ComparedRoot>,
    /// Whether the same certificates in the same order make up other entries of `CA`.
    pub regrouped: bool,
    /// Whether the entries differ in nothing but the text around the certificates.
    pub rewritten: bool,
}

/// A certificate of a `CA` entry, or an entry in which there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ComparedRoot {
    /// The SHA-256 of the DER form, or of the entry without a certificate.
    pub sha256: String,
    /// What can be shown of the certificate.
    pub details: Option<RootDetails>,
}

/// What one token is to the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Relation {
    /// A server reads the same from both.
    Same,
    /// The same peering with the same secret, but something else differs.
    SameSecret,
    /// The same peering with another secret.
    OtherSecret,
    /// Another peering of the same cluster.
    OtherPeering,
    /// Another cluster's.
    OtherCluster,
    /// The tokens do not tell.
    Unclear,
}

impl Relation {
    /// The relation's name in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::SameSecret => "same-secret",
            Self::OtherSecret => "other-secret",
            Self::OtherPeering => "other-peering",
            Self::OtherCluster => "other-cluster",
            Self::Unclear => "unclear",
        }
    }

    fn meaning(self) -> &'static str {
        match self {
            Self::Same => "A server reads the same from both.",
            Self::SameSecret => {
                "Both are of one peering and redeem one secret: whichever is established first uses it up, and the other then gets a 403."
            }
            Self::OtherSecret => {
                "Both are of one peering, with different secrets: generate-token for a name that it knows replaces the secret, so the token made later supersedes the earlier one. Which that is, only the acceptor's state tells (peertok validate --snapshot)."
            }
            Self::OtherPeering => {
                "The tokens are of two peerings at one cluster: using one leaves the other as it is."
            }
            Self::OtherCluster => "The tokens are of two clusters: their trust domains differ.",
            Self::Unclear => {
                "The tokens are not of one peering; whether they are of one cluster, they do not tell."
            }
        }
    }
}

impl Difference {
    /// Whether a server reads the same from both.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.texts.is_empty() && !self.addresses_differ() && !self.roots.is_some()
    }

    /// What the difference means for whoever has the two tokens, in a few sentences.
    #[must_use]
    pub fn meaning(&self) -> String {
        let mut sentences = vec![self.relation.meaning()];
        if self.relation == Relation::SameSecret {
            sentences.extend(self.between_copies());
        }
        sentences.extend(&self.oddities);
        sentences.join(" ")
    }

    /// What differs between two tokens of one secret.
    fn between_copies(&self) -> Option<&'static str> {
        let certificates = &self.roots.certificates;
        let in_one = !certificates.only_a.is_empty() || !certificates.only_b.is_empty();
        if self.texts.is_empty() && !self.roots.is_some() {
            return Some("Only the addresses differ.");
        }
        if self.roots.is_some() && !in_one {
            return Some("The roots are the same certificates, which works in either form.");
        }
        match (in_one, certificates.common.is_empty()) {
            (true, false) => Some(
                "The roots differ as before and after a rotation of the acceptor's CA: the one with its present root works.",
            ),
            (true, true) => Some(
                "They have no root in common, and a dialer trusts only the roots of its token: the one with the acceptor's present root works.",
            ),
            (false, _) => None,
        }
    }

    fn addresses_differ(&self) -> bool {
        self.manual_server_addresses.is_some() || self.server_addresses.is_some()
    }
}

impl<T> SetDifference<T> {
    /// Whether the lists differ in anything.
    #[must_use]
    pub fn is_some(&self) -> bool {
        !self.only_a.is_empty() || !self.only_b.is_empty() || self.reordered || self.repeated
    }
}

impl RootsDifference {
    /// Whether the entries differ in anything.
    #[must_use]
    pub fn is_some(&self) -> bool {
        self.certificates.is_some() || self.regrouped || self.rewritten
    }
}

/// Compares the fields of two tokens.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use peertok::PeeringToken;
/// use peertok::diff::{Relation, diff};
///
/// let a = std::fs::read("fixtures/consul/alpha-minted.token")?;
/// let a = PeeringToken::decode(a.trim_ascii_end())?;
/// let mut b = a.clone();
/// b.manual_server_addresses = Some(vec!["lb.example.com:8503".to_owned()]);
/// let difference = diff(&a, &b);
/// assert_eq!(difference.relation, Relation::SameSecret);
/// assert_eq!(difference.manual_server_addresses.only_b, ["lb.example.com:8503"]);
/// # Ok(())
/// # }
/// ```
#[must_use]
pub fn diff(a: &PeeringToken, b: &PeeringToken) -> Difference {
    let addresses = |a: &Option<Vec<String>>, b: &Option<Vec<String>>| {
        let [a, b] = [a, b].map(|list| list.as_deref().unwrap_or_default());
        sets(a, b, |address| address)
    };
    let mut difference = Difference {
        relation: Relation::Same,
        texts: texts(a, b),
        manual_server_addresses: addresses(&a.manual_server_addresses, &b.manual_server_addresses),
        server_addresses: addresses(&a.server_addresses, &b.server_addresses),
        roots: roots(a, b),
        oddities: Vec::new(),
    };
    if difference.is_none() {
        return difference;
    }
    let same_secret = a.establishment_secret == b.establishment_secret;
    let same_cluster = same_cluster(a, b);
    let has_id = !a.peer_id.is_empty() && !b.peer_id.is_empty();
    let same_peering = has_id && a.peer_id == b.peer_id;
    difference.relation = match (same_peering, same_cluster) {
        (true, _) if same_secret => Relation::SameSecret,
        (true, _) => Relation::OtherSecret,
        (false, Some(false)) => Relation::OtherCluster,
        (false, Some(true)) if has_id => Relation::OtherPeering,
        (false, _) => Relation::Unclear,
    };
    if same_peering && same_cluster == Some(false) {
        difference.oddities.push(
            "Their trust domains differ, though, and no two clusters make the same peer ID: one of them was edited.",
        );
    }
    let has_secret = !a.establishment_secret.is_empty() && !b.establishment_secret.is_empty();
    if !same_peering && has_id && same_secret && has_secret {
        difference.oddities.push(
            "They have one secret, though, and no server makes the same secret twice: one of them was edited.",
        );
    }
    difference
}

fn texts(a: &PeeringToken, b: &PeeringToken) -> Vec<TextDifference> {
    let shown = |token: &PeeringToken, field| match token.get(field) {
        Value::Text(text) => Some(text.to_owned()),
        Value::Secret(secret) if secret.is_empty() => Some(String::new()),
        Value::Secret(secret) => Some(secret.to_string()),
        _ => None,
    };
    // Digests can be the same by chance, and secrets that differ are to be told all the same.
    let differ = Field::ALL
        .iter()
        .copied()
        .filter(|&field| a.get(field) != b.get(field));
    let difference = |field| {
        Some(TextDifference {
            field,
            a: shown(a, field)?,
            b: shown(b, field)?,
        })
    };
    differ.filter_map(difference).collect()
}

/// Compares two lists as sets of what `key` tells apart.
fn sets<T: Clone>(a: &[T], b: &[T], key: impl Fn(&T) -> &str) -> SetDifference<T> {
    fn count<'a, T>(list: &'a [T], key: &impl Fn(&'a T) -> &'a str) -> HashMap<&'a str, usize> {
        let mut counts = HashMap::new();
        for one in list {
            *counts.entry(key(one)).or_default() += 1;
        }
        counts
    }
    let (in_a, in_b) = (count(a, &key), count(b, &key));
    let split = |list: &[T], other: &HashMap<&str, usize>| -> (Vec<T>, Vec<T>) {
        let mut seen = HashSet::new();
        let once = list.iter().filter(|one| seen.insert(key(one).to_owned()));
        once.cloned().partition(|one| other.contains_key(key(one)))
    };
    let (common, only_a) = split(a, &in_b);
    let (common_b, only_b) = split(b, &in_a);
    let in_both = |one: &&str| in_a.contains_key(one) && in_b.contains_key(one);
    let repeated = common
        .iter()
        .any(|one| in_a.get(key(one)) != in_b.get(key(one)));
    // Where one is there more often, only the order of the first ones tells.
    let reordered = if repeated {
        !common.iter().map(&key).eq(common_b.iter().map(&key))
    } else {
        let (a, b) = (a.iter().map(&key), b.iter().map(&key));
        !a.filter(in_both).eq(b.filter(in_both))
    };
    SetDifference {
        reordered,
        repeated,
        only_a,
        only_b,
        common,
    }
}

fn roots(a: &PeeringToken, b: &PeeringToken) -> RootsDifference {
    let [entries_a, entries_b] = [a, b].map(|token| token.ca.as_deref().unwrap_or_default());
    let [groups_a, groups_b] = [entries_a, entries_b].map(|entries| {
        let groups = entries.iter().map(|entry| compared(entry));
        groups.collect::<Vec<_>>()
    });
    let [all_a, all_b] = [&groups_a, &groups_b].map(|groups| groups.concat());
    let same = all_a == all_b;
    RootsDifference {
        certificates: sets(&all_a, &all_b, |root| &root.sha256),
        regrouped: same && groups_a != groups_b,
        rewritten: same && groups_a == groups_b && entries_a != entries_b,
    }
}

/// The certificates of an entry; where it has none, the entry itself.
fn compared(entry: &str) -> Vec<ComparedRoot> {
    let sha256 = |bytes: &[u8]| hex(digest(&SHA256, bytes).as_ref());
    let mut roots: Vec<ComparedRoot> = certificates(entry)
        .iter()
        .map(|der| ComparedRoot {
            sha256: sha256(der),
            details: RootDetails::of_der(der),
        })
        .collect();
    if roots.is_empty() {
        roots.push(ComparedRoot {
            sha256: sha256(entry.as_bytes()),
            details: None,
        });
    }
    roots
}

/// Whether two tokens are of one cluster, by the trust domains of their server names, else of their
/// roots. A common root alone proves nothing: with Vault, clusters may share one.
fn same_cluster(a: &PeeringToken, b: &PeeringToken) -> Option<bool> {
    let of_name = |token: &PeeringToken| {
        let name = token.server_name.to_lowercase();
        let (_, domain) = name.split_once(".peering.")?;
        Some(BTreeSet::from([domain.to_owned()]))
    };
    let of_roots = |token: &PeeringToken| {
        let entries = token.ca.iter().flatten();
        let details = entries.flat_map(|entry| RootDetails::of_entry(entry));
        details.filter_map(|root| root?.trust_domain).collect()
    };
    let (a, b) = match (of_name(a), of_name(b)) {
        (Some(a), Some(b)) => (a, b),
        (of_a, of_b) => (
            of_a.unwrap_or_else(|| of_roots(a)),
            of_b.unwrap_or_else(|| of_roots(b)),
        ),
    };
    (!a.is_empty() && !b.is_empty()).then(|| !a.is_disjoint(&b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use peertok_secret::Secret;
    use proptest::prelude::*;

    fn fixture(name: &str) -> PeeringToken {
        let file = format!(
            "{}/fixtures/consul/{name}.token",
            env!("CARGO_MANIFEST_DIR")
        );
        PeeringToken::decode(&std::fs::read(file).unwrap()).unwrap()
    }

    fn changed(change: impl FnOnce(&mut PeeringToken)) -> Difference {
        let a = fixture("alpha-rotated");
        let mut b = a.clone();
        change(&mut b);
        diff(&a, &b)
    }

    #[test]
    fn servers_tokens_are_related_as_they_were_made() {
        for (a, b, expected) in [
            ("alpha-minted", "alpha-minted", Relation::Same),
            // The same name again, with external addresses.
            ("alpha-minted", "alpha-external", Relation::OtherSecret),
            ("alpha-minted", "gamma-seeded", Relation::OtherCluster),
        ] {
            let difference = diff(&fixture(a), &fixture(b));
            assert_eq!(difference.relation, expected, "{a} {b}");
        }
    }

    #[test]
    fn relations_follow_from_peer_id_secret_and_trust_domain() {
        const ID: &str = "11111111-2222-3333-4444-555555555555";
        let relation = |change: fn(&mut PeeringToken)| changed(change).relation;
        assert_eq!(
            relation(|b| b.server_addresses = None),
            Relation::SameSecret
        );
        assert_eq!(
            relation(|b| b.establishment_secret = Secret::default()),
            Relation::OtherSecret
        );
        assert_eq!(
            relation(|b| b.peer_id = ID.to_owned()),
            Relation::OtherPeering
        );
        assert_eq!(relation(|b| b.peer_id = String::new()), Relation::Unclear);
        // Where the name does not tell, the roots do.
        let renamed = |b: &mut PeeringToken| {
            b.peer_id = ID.to_owned();
            b.server_name = "server.dc1.consul".to_owned();
        };
        assert_eq!(relation(renamed), Relation::OtherPeering);
        let mut a = fixture("alpha-rotated");
        let mut b = a.clone();
        renamed(&mut b);
        (a.ca, a.server_name) = (None, String::new());
        assert_eq!(diff(&a, &b).relation, Relation::Unclear);
    }

    #[test]
    fn what_no_server_makes_is_told() {
        let edited = "one of them was edited";
        assert!(
            changed(|b| b.peer_id = "x".to_owned())
                .meaning()
                .contains(edited)
        );
        assert!(
            changed(|b| b.server_name = "server.a.peering.b.consul".to_owned())
                .meaning()
                .contains(edited)
        );
        let only = changed(|b| b.manual_server_addresses = Some(vec!["a:1".to_owned()]));
        assert!(only.meaning().contains("Only the addresses differ"));
        assert!(!only.meaning().contains(edited));
    }

    #[test]
    fn lists_are_compared_as_sets() {
        let sets = |a: &str, b: &str| {
            let list = |text: &str| {
                text.split_terminator(' ')
                    .map(str::to_owned)
                    .collect::<Vec<_>>()
            };
            let found = sets(&list(a), &list(b), |one| one);
            let joined = [&found.only_a, &found.only_b, &found.common].map(|list| list.join(" "));
            (joined.join("|"), found.reordered, found.repeated)
        };
        let found = |text: &str, reordered, repeated| (text.to_owned(), reordered, repeated);
        assert_eq!(sets("", ""), found("||", false, false));
        assert_eq!(sets("a b c", "c d"), found("a b|d|c", false, false));
        assert_eq!(sets("a b", "b a"), found("||a b", true, false));
        assert_eq!(sets("a b a", "a b"), found("||a b", false, true));
        assert_eq!(sets("x a x", "a"), found("x||a", false, false));
    }

    #[test]
    fn an_empty_list_and_locality_are_none() {
        assert!(changed(|b| b.manual_server_addresses = Some(Vec::new())).is_none());
        assert!(
            changed(|b| b.remote.locality = Some(peering_token::Locality::default())).is_none()
        );
    }

    #[test]
    fn roots_are_told_apart_by_certificate() {
        let ca = |b: &mut PeeringToken| b.ca.clone().unwrap();
        let roots = |change: fn(&mut Vec<String>)| {
            changed(|b| {
                let mut entries = ca(b);
                change(&mut entries);
                b.ca = Some(entries);
            })
            .roots
        };
        let lengths = |found: &RootsDifference| {
            let found = &found.certificates;
            [&found.only_a, &found.only_b, &found.common].map(Vec::len)
        };
        let joined = roots(|entries| *entries = vec![entries.concat()]);
        assert_eq!(lengths(&joined), [0, 0, 2]);
        assert!(joined.regrouped && !joined.rewritten && !joined.certificates.is_some());
        let crlf = roots(|entries| entries[0] = entries[0].replace('\n', "\r\n"));
        assert!(crlf.rewritten && !crlf.regrouped && !crlf.certificates.is_some());
        let fewer = roots(|entries| _ = entries.pop());
        assert_eq!(lengths(&fewer), [1, 0, 1]);
        let swapped = roots(|entries| entries.swap(0, 1));
        assert!(swapped.certificates.reordered && !swapped.regrouped && !swapped.rewritten);
        let no_pem = roots(|entries| entries.push("x".to_owned()));
        // `printf %s x | sha256sum` starts with 2d711642.
        let sha256 = &no_pem.certificates.only_b[0].sha256;
        assert!(sha256.starts_with("2d711642"), "{sha256}");
    }

    proptest! {
        #[test]
        fn turned_around_it_is_the_same_difference(
            a in prop::collection::vec("[a-c]", 0..6),
            b in prop::collection::vec("[a-c]", 0..6),
        ) {
            let token = |list: &Vec<String>| {
                let mut token = PeeringToken::new();
                token.ca = Some(list.clone());
                token.server_addresses = Some(list.clone());
                token
            };
            let (one, other) = (diff(&token(&a), &token(&b)), diff(&token(&b), &token(&a)));
            prop_assert_eq!(one.is_none(), a == b);
            prop_assert_eq!(other.is_none(), a == b);
            prop_assert_eq!(one.relation, other.relation);
            prop_assert_eq!(one.server_addresses.only_a, other.server_addresses.only_b);
            prop_assert_eq!(one.server_addresses.reordered, other.server_addresses.reordered);
            prop_assert_eq!(one.server_addresses.repeated, other.server_addresses.repeated);
        }
    }
}
