//! Building a token from what is known of the acceptor, as its server would.

use crate::roots::{RootDetails, Roots};
use consul_snapshot::is_uuid;
use peering_token::is_server_address;
use peering_token::{
    Locality, MetaError, PeerNameError, PeeringToken, Refusal, Shape, check_meta, check_peer_name,
    judge,
};
use peertok_secret::Secret;
use ring::rand::{SecureRandom, SystemRandom};
use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv6Addr;
use zeroize::Zeroizing;

/// The port of gRPC with TLS, which peering uses.
pub const DEFAULT_PORT: u16 = 8503;

/// What a token is made of.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TokenSpec {
    /// The peer's name at the acceptor. It is no part of the token, but `generate-token` refuses a
    /// bad one.
    pub name: String,
    /// Metadata of the peering at the acceptor; no part of the token either.
    pub meta: BTreeMap<String, String>,
    /// The roots; without any the token is for plaintext gRPC.
    pub roots: Roots,
    /// The acceptor's datacenter, in any case.
    pub datacenter: String,
    /// The addresses of the acceptor's servers or gateways.
    pub server_addresses: Vec<String>,
    /// The addresses given by hand.
    pub external_addresses: Vec<String>,
    /// The acceptor's admin partition (Enterprise), else empty.
    pub partition: String,
    /// The locality of the acceptor's servers.
    pub locality: Option<Locality>,
    /// The acceptor's cluster ID, a UUID; without it the trust domain comes from the roots.
    pub cluster_id: Option<String>,
    /// A server name in place of the one that follows from datacenter and trust domain.
    pub server_name: Option<String>,
    /// The peer ID, a UUID; random without it.
    pub peer_id: Option<String>,
    /// The establishment secret, a UUID; random without it.
    pub secret: Option<Secret>,
    /// The shape of the token.
    pub shape: Shape,
    /// The port for addresses without one.
    pub default_port: u16,
    /// Take every address as it is, and mint even what no server would take.
    pub as_consul: bool,
}

impl TokenSpec {
    /// The inputs for a token of the newest shape, with no roots and no addresses yet.
    #[must_use]
    pub fn new(name: impl Into<String>, datacenter: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            meta: BTreeMap::new(),
            roots: Roots::default(),
            datacenter: datacenter.into(),
            server_addresses: Vec::new(),
            external_addresses: Vec::new(),
            partition: String::new(),
            locality: None,
            cluster_id: None,
            server_name: None,
            peer_id: None,
            secret: None,
            shape: Shape::default(),
            default_port: DEFAULT_PORT,
            as_consul: false,
        }
    }
}

/// A token, and what its maker should know of it.
#[derive(Debug)]
pub struct Generated {
    /// The token's fields.
    pub token: PeeringToken,
    /// The token.
    pub text: Zeroizing<String>,
    /// What was changed, in the order of the inputs. What else is to be known of the token,
    /// [`findings`](crate::finding::findings) tells.
    pub notices: Vec<Notice>,
}

/// What the maker of a token should know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Notice {
    /// An address was completed.
    #[error("address {given:?} was completed to {written:?}")]
    AddressCompleted {
        /// The address as given.
        given: String,
        /// The address in the token.
        written: String,
    },
}

/// Why no token is made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GenerateError {
    /// The peer's name is refused.
    #[error(transparent)]
    Name(#[from] PeerNameError),
    /// The metadata is refused.
    #[error(transparent)]
    Meta(#[from] MetaError),
    /// A datacenter that no Consul agent would start with.
    #[error("expected a datacenter of letters, digits, '-' and '_', but found {found:?}")]
    Datacenter {
        /// The datacenter given.
        found: String,
    },
    /// There is no address at all.
    #[error("expected a server address or an external address, but found neither")]
    NoAddresses,
    /// An address that Consul would refuse and that cannot be completed.
    #[error("{address} is not a valid peering server address")]
    Address {
        /// The address given.
        address: String,
    },
    /// Nothing says what the trust domain is.
    #[error("expected a root with a spiffe:// URI or a cluster ID, but found neither")]
    NoTrustDomain,
    /// The roots are of different clusters.
    #[error("expected roots of one cluster, but found the trust domains {first} and {other}")]
    TrustDomainsDiffer {
        /// The first of them.
        first: String,
        /// Another one.
        other: String,
    },
    /// A value that has to be a UUID is none. It is not shown: it may be a secret.
    #[error("expected {what} to be a UUID, 8-4-4-4-12 hexadecimal digits")]
    NotAUuid {
        /// What the value is for.
        what: &'static str,
    },
    /// The release has no field for something that was given.
    #[error("a token of {} has no field for {what}", .shape.releases())]
    NoSuchField {
        /// What was given.
        what: &'static str,
        /// The token's shape.
        shape: Shape,
    },
    /// The system gives no random bytes.
    #[error("the system has no random bytes to give")]
    Random,
    /// The finished token would be refused by a server.
    #[error("the token would be refused: {0}")]
    Refused(Refusal),
}

/// Builds a token.
///
/// # Errors
///
/// [`GenerateError`]: what Consul's own `generate-token` refuses is refused in its words. Unless
/// [`TokenSpec::as_consul`] is set, no token is made that a server would refuse.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use peertok::judge;
/// use peertok::generate::{TokenSpec, generate};
/// use peertok::roots::Roots;
///
/// let mut inputs = TokenSpec::new("west", "dc1");
/// inputs.roots = Roots::from_bundle(&std::fs::read("fixtures/ca/dc1.pem")?)?;
/// inputs.server_addresses = vec!["10.0.0.1".to_owned()];
/// let generated = generate(&inputs)?;
/// assert_eq!(generated.token.dialed_addresses(), ["10.0.0.1:8503"]);
/// assert_eq!(
///     generated.notices[0].to_string(),
///     "address \"10.0.0.1\" was completed to \"10.0.0.1:8503\""
/// );
/// assert!(judge(generated.text.as_bytes()).is_ok());
/// # Ok(())
/// # }
/// ```
pub fn generate(inputs: &TokenSpec) -> Result<Generated, GenerateError> {
    check_peer_name(&inputs.name)?;
    check_meta(&inputs.meta)?;
    check_shape(inputs)?;
    let datacenter = inputs.datacenter.to_ascii_lowercase();
    let in_datacenter = |c: char| matches!(c, 'a'..='z' | '0'..='9' | '-' | '_');
    if datacenter.is_empty() || !datacenter.chars().all(in_datacenter) {
        return Err(GenerateError::Datacenter {
            found: inputs.datacenter.clone(),
        });
    }
    if inputs.server_addresses.is_empty() && inputs.external_addresses.is_empty() {
        return Err(GenerateError::NoAddresses);
    }

    let mut notices = Vec::new();
    let server_name = server_name(inputs, &datacenter)?;
    let server_addresses = addresses(inputs, &inputs.server_addresses, &mut notices)?;
    let external_addresses = addresses(inputs, &inputs.external_addresses, &mut notices)?;
    let entries = &inputs.roots.entries;
    let mut token = PeeringToken::new();
    token.ca = (!entries.is_empty()).then(|| entries.clone());
    token.manual_server_addresses = external_addresses;
    token.server_addresses = server_addresses;
    token.server_name = server_name;
    token.peer_id = uuid(inputs.peer_id.as_deref(), "the peer ID")?;
    token.establishment_secret = Secret::new(uuid(
        inputs.secret.as_ref().map(Secret::expose),
        "the secret",
    )?);
    token.remote.partition = inputs.partition.clone();
    token.remote.datacenter = datacenter;
    token.remote.locality = inputs.locality.clone();
    let text = token.encode(inputs.shape);
    if !inputs.as_consul {
        judge(text.as_bytes()).map_err(GenerateError::Refused)?;
    }
    Ok(Generated {
        token,
        text,
        notices,
    })
}

fn check_shape(inputs: &TokenSpec) -> Result<(), GenerateError> {
    let shape = inputs.shape;
    let lacks = |what| Err(GenerateError::NoSuchField { what, shape });
    if shape < Shape::V1_14 && !inputs.external_addresses.is_empty() {
        return lacks("external addresses");
    }
    if shape < Shape::V1_14 && !inputs.partition.is_empty() {
        return lacks("a partition");
    }
    if shape < Shape::V1_16 && inputs.locality.is_some() {
        return lacks("a locality");
    }
    Ok(())
}

/// The name that the acceptor's servers show in TLS: `server.<datacenter>.peering.<trust domain>`,
/// or with Consul 1.13 `server.<datacenter>.<DNS domain>`.
fn server_name(inputs: &TokenSpec, datacenter: &str) -> Result<String, GenerateError> {
    let cluster_id = match &inputs.cluster_id {
        Some(id) => Some(uuid(Some(&id.to_ascii_lowercase()), "the cluster ID")?),
        None => None,
    };
    if let Some(name) = &inputs.server_name {
        return Ok(name.clone());
    }
    if inputs.shape == Shape::V1_13 {
        // The default of the agent's setting `domain`.
        return Ok(format!("server.{datacenter}.consul"));
    }
    let told = match cluster_id {
        Some(id) => Some(format!("{id}.consul")),
        None => inputs.roots.trust_domain.clone(),
    };
    let trust_domain = trust_domain(told, &inputs.roots)?;
    Ok(format!("server.{datacenter}.peering.{trust_domain}"))
}

/// The trust domain that was told, else that of the roots.
fn trust_domain(told: Option<String>, roots: &Roots) -> Result<String, GenerateError> {
    if let Some(told) = told {
        return Ok(told);
    }
    let details = roots
        .entries
        .iter()
        .flat_map(|entry| RootDetails::of_entry(entry));
    let in_roots: BTreeSet<String> = details.filter_map(|d| d?.trust_domain).collect();
    let mut in_roots = in_roots.into_iter();
    match (in_roots.next(), in_roots.next()) {
        (None, _) => Err(GenerateError::NoTrustDomain),
        (Some(only), None) => Ok(only),
        (Some(first), Some(other)) => Err(GenerateError::TrustDomainsDiffer { first, other }),
    }
}

/// Completes a list of addresses; an empty one is `None`, which a server writes as `null`.
fn addresses(
    inputs: &TokenSpec,
    list: &[String],
    notices: &mut Vec<Notice>,
) -> Result<Option<Vec<String>>, GenerateError> {
    let port = (!inputs.as_consul).then_some(inputs.default_port);
    let written: Result<Vec<_>, _> = list
        .iter()
        .map(|given| written_address(given, port, notices))
        .collect();
    Ok(Some(written?).filter(|list| !list.is_empty()))
}

/// The address that goes into a token for the one given, completed with the port; without a port it
/// is taken as it is.
pub(crate) fn written_address(
    given: &str,
    port: Option<u16>,
    notices: &mut Vec<Notice>,
) -> Result<String, GenerateError> {
    let Some(port) = port else {
        return Ok(given.to_owned());
    };
    let written = complete(given, port).ok_or_else(|| GenerateError::Address {
        address: given.to_owned(),
    })?;
    if written != given {
        notices.push(Notice::AddressCompleted {
            given: given.to_owned(),
            written: written.clone(),
        });
    }
    Ok(written)
}

/// Makes `host:port` of an address: blanks around it are dropped, an IPv6 literal gets its
/// brackets, and a host without a port gets this one. Gives `None` where that makes no address.
pub(crate) fn complete(address: &str, port: u16) -> Option<String> {
    let address = address.trim();
    if is_server_address(address) {
        return Some(address.to_owned());
    }
    let is_ipv6 = |host: &str| {
        let literal = host
            .split_once('%')
            .map_or(host, |(literal, _zone)| literal);
        literal.parse::<Ipv6Addr>().is_ok()
    };
    if is_ipv6(address) {
        return Some(format!("[{address}]:{port}"));
    }
    let bracketed = address.strip_prefix('[').and_then(|a| a.strip_suffix(']'));
    let name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.' | '_');
    let is_host =
        bracketed.is_some_and(is_ipv6) || !address.is_empty() && address.chars().all(name);
    is_host.then(|| format!("{address}:{port}"))
}

/// Checks a UUID given, or makes one as Consul does: 16 random bytes whose version bits are not
/// set, in lower case.
pub(crate) fn uuid(given: Option<&str>, what: &'static str) -> Result<String, GenerateError> {
    if let Some(given) = given {
        if !is_uuid(given) {
            return Err(GenerateError::NotAUuid { what });
        }
        return Ok(given.to_owned());
    }
    let mut bytes = Zeroizing::new([0_u8; 16]);
    SystemRandom::new()
        .fill(&mut *bytes)
        .map_err(|_| GenerateError::Random)?;
    let mut uuid = String::with_capacity(36);
    for (index, byte) in bytes.iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            uuid.push('-');
        }
        for digit in [byte >> 4, byte & 15] {
            uuid.push(char::from_digit(digit.into(), 16).unwrap_or_default());
        }
    }
    Ok(uuid)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn inputs() -> TokenSpec {
        let file = include_bytes!("../fixtures/consul/alpha-external.roots.json");
        TokenSpec {
            roots: Roots::from_api(file).unwrap(),
            server_addresses: vec!["10.0.0.1:8503".to_owned()],
            ..TokenSpec::new("west", "DC1")
        }
    }

    #[test]
    fn random_values_are_uuids_and_differ() {
        let [a, b] = [(); 2].map(|()| generate(&inputs()).unwrap().token);
        for id in [&a.peer_id, &b.peer_id] {
            assert!(is_uuid(id) && *id == id.to_lowercase(), "{id}");
        }
        assert!(is_uuid(a.establishment_secret.expose()));
        assert_ne!(a.peer_id, b.peer_id);
        assert_ne!(a.establishment_secret, b.establishment_secret);
    }

    #[test]
    fn addresses_are_completed() {
        for (given, expected) in [
            ("a:1", Some("a:1")),
            (" a:1\n", Some("a:1")),
            ("lb.example.com", Some("lb.example.com:8503")),
            ("10.0.0.1", Some("10.0.0.1:8503")),
            ("2001:db8::1", Some("[2001:db8::1]:8503")),
            ("fe80::1%eth0", Some("[fe80::1%eth0]:8503")),
            ("[::1]", Some("[::1]:8503")),
            ("[::1]:1", Some("[::1]:1")),
            ("", None),
            ("a:", None),
            ("a:0", None),
            ("a:65536", None),
            ("https://a", None),
            ("https://a:1", None),
            ("a/b", None),
            ("a b", None),
            ("a:1,b:1", None),
            ("[a]", None),
        ] {
            assert_eq!(
                complete(given, DEFAULT_PORT).as_deref(),
                expected,
                "{given:?}"
            );
        }
    }

    #[test]
    fn the_trust_domain_has_three_sources() {
        let mut inputs = inputs();
        let name = |inputs: &TokenSpec| generate(inputs).map(|g| g.token.server_name);
        let expected = "server.dc1.peering.b40f505f-3530-cdd9-f072-e0883aa0704d.consul";
        assert_eq!(name(&inputs).as_deref(), Ok(expected));
        inputs.roots.trust_domain = None;
        assert_eq!(name(&inputs).as_deref(), Ok(expected));
        inputs.cluster_id = Some("11111111-2222-3333-4444-5555AAAABBBB".to_owned());
        let generated = generate(&inputs).unwrap();
        assert_eq!(
            generated.token.server_name,
            "server.dc1.peering.11111111-2222-3333-4444-5555aaaabbbb.consul"
        );
        inputs.cluster_id = None;
        inputs.cluster_id = Some("garbage".to_owned());
        inputs.server_name = Some("any".to_owned());
        let what = "the cluster ID";
        assert_eq!(name(&inputs), Err(GenerateError::NotAUuid { what }));
        (inputs.cluster_id, inputs.server_name) = (None, None);
        inputs.roots = Roots::default();
        assert_eq!(name(&inputs), Err(GenerateError::NoTrustDomain));
    }

    #[test]
    fn what_a_shape_lacks_is_refused() {
        for (shape, change, what) in [
            (
                Shape::V1_13,
                (|i| i.partition = "p".to_owned()) as fn(&mut TokenSpec),
                "a partition",
            ),
            (
                Shape::V1_13,
                |i| i.external_addresses = vec!["a:1".to_owned()],
                "external addresses",
            ),
            (
                Shape::V1_14,
                |i| i.locality = Some(Locality::default()),
                "a locality",
            ),
        ] {
            let mut inputs = inputs();
            inputs.shape = shape;
            change(&mut inputs);
            let expected = GenerateError::NoSuchField { what, shape };
            assert_eq!(generate(&inputs).unwrap_err(), expected);
        }
    }

    /// An address that is sound, or that can be completed.
    fn address() -> impl Strategy<Value = String> {
        let host = "[a-z0-9]{1,8}(\\.[a-z0-9]{1,8}){0,2}|\\[::[0-9a-f]{1,4}\\]";
        prop_oneof![
            (host, 1..=65_535_u32).prop_map(|(host, port)| format!("{host}:{port}")),
            "[a-z0-9]{1,8}(\\.[a-z0-9]{1,8}){0,2}|::[0-9a-f]{1,4}| a:1 ",
        ]
    }

    prop_compose! {
        fn sound_inputs()(
            name in "[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?",
            datacenter in "[a-zA-Z0-9_-]{1,8}",
            server_addresses in prop::collection::vec(address(), 1..3),
            external_addresses in prop::collection::vec(address(), 0..3),
            server_name in prop::option::of(".{1,20}"),
            partition: String,
            locality in prop::option::of((any::<String>(), any::<String>())),
            shape in prop::sample::select(vec![Shape::V1_13, Shape::V1_14, Shape::V1_16]),
            plaintext: bool,
        ) -> TokenSpec {
            let mut inputs = TokenSpec {
                name, datacenter, server_addresses, external_addresses, server_name, partition,
                locality: locality.map(|(region, zone)| Locality::new(region, zone)),
                shape,
                ..inputs()
            };
            if shape == Shape::V1_13 {
                inputs.external_addresses.clear();
                inputs.partition.clear();
            }
            if shape < Shape::V1_16 {
                inputs.locality = None;
            }
            if plaintext {
                inputs.roots = Roots::default();
                inputs.cluster_id = Some("11111111-2222-3333-4444-5555aaaabbbb".to_owned());
            }
            inputs
        }
    }

    proptest! {
        #[test]
        fn sound_inputs_make_an_accepted_token(inputs in sound_inputs()) {
            let generated = generate(&inputs).unwrap();
            prop_assert_eq!(judge(generated.text.as_bytes()), Ok(()));
            let read = PeeringToken::decode(generated.text.as_bytes()).unwrap();
            prop_assert_eq!(read.encode(inputs.shape), generated.text);
        }

        /// Whatever the inputs are, there is an accepted token or none.
        #[test]
        fn no_inputs_make_a_refused_token(
            sound in sound_inputs(),
            address in ".{0,12}|[a-z.:0-9\\[\\]]{0,12}",
            server_name in prop::option::of(any::<String>()),
        ) {
            let mut inputs = TokenSpec { server_name, ..sound };
            inputs.server_addresses.push(address);
            if let Ok(generated) = generate(&inputs) {
                prop_assert_eq!(judge(generated.text.as_bytes()), Ok(()));
            }
        }
    }
}
