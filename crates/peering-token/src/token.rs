//! The peering token: a JSON object in base64, and nothing else.
//!
//! ```text
//! {"CA":["-----BEGIN CERTIFICATE-----\n…"],"ManualServerAddresses":null,
//!  "ServerAddresses":["10.0.0.1:8503"],"ServerName":"server.dc1.peering.<cluster-id>.consul",
//!  "PeerID":"<uuid>","EstablishmentSecret":"<uuid>",
//!  "Remote":{"Partition":"","Datacenter":"dc1","Locality":null}}
//! ```

use peertok_secret::Secret;

/// A peering token's fields under Consul's names.
///
/// A list is `None` where the token has `null` or no such field: a server writes an unset list as
/// `null`, never as `[]`.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use peering_token::{PeeringToken, Shape};
///
/// let text = std::fs::read("../../fixtures/consul/alpha-minted.token")?;
/// let text = text.trim_ascii_end();
/// let token = PeeringToken::decode(text)?;
/// assert_eq!(token.remote.datacenter, "alpha");
/// assert_eq!(token.dialed_addresses(), ["127.0.0.1:18503"]);
/// // It is written as Consul writes it, to the byte.
/// assert_eq!(token.encode(Shape::V1_16).as_bytes(), text);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PeeringToken {
    /// The acceptor's root certificates, each entry a PEM text of one certificate or, rarely, of a
    /// chain.
    pub ca: Option<Vec<String>>,
    /// Addresses given by hand (`host:port`). Where there are any, only they are dialed.
    pub manual_server_addresses: Option<Vec<String>>,
    /// The acceptor's servers or mesh gateways (`host:port`).
    pub server_addresses: Option<Vec<String>>,
    /// The name that the acceptor's servers show in TLS.
    pub server_name: String,
    /// The ID of the peering in the acceptor's state, a UUID.
    pub peer_id: String,
    /// The secret that the dialer redeems once, a UUID.
    pub establishment_secret: Secret,
    /// Where the acceptor is.
    pub remote: Remote,
}

/// Where the acceptor is: the field `Remote` of a token.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Remote {
    /// The admin partition: empty in the community edition.
    pub partition: String,
    /// The datacenter, in lower case.
    pub datacenter: String,
    /// The locality of the acceptor's servers, if they have one.
    pub locality: Option<Locality>,
}

/// A locality, in a cloud provider's words. An empty field is not written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Locality {
    /// The region, such as `us-west-1`.
    pub region: String,
    /// The zone, such as `us-west-1a`.
    pub zone: String,
}

impl Locality {
    /// A locality of a region and a zone, either of which may be empty.
    #[must_use]
    pub fn new(region: impl Into<String>, zone: impl Into<String>) -> Self {
        Self {
            region: region.into(),
            zone: zone.into(),
        }
    }
}

impl PeeringToken {
    /// A token with no field set. A later release of Consul may add fields, so that other crates set
    /// one field after the other:
    ///
    /// ```
    /// use peering_token::{PeeringToken, Shape};
    ///
    /// let mut token = PeeringToken::new();
    /// token.peer_id = "98e39ed8-212e-48fa-a03e-017869adcbf1".to_owned();
    /// token.remote.datacenter = "dc1".to_owned();
    /// let text = token.encode(Shape::default());
    /// assert_eq!(text.parse(), Ok(token));
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Which address list a dialer takes: the manual one where it has any, else the server's;
    /// `None` where both are empty. (A dialer that peers through its own mesh gateways tries these
    /// first.)
    #[must_use]
    pub fn dialed_list(&self) -> Option<AddressList> {
        let filled = |list: &Option<Vec<String>>| list.as_ref().is_some_and(|l| !l.is_empty());
        if filled(&self.manual_server_addresses) {
            Some(AddressList::Manual)
        } else if filled(&self.server_addresses) {
            Some(AddressList::Server)
        } else {
            None
        }
    }

    /// The addresses that a dialer will try: those of [`PeeringToken::dialed_list`].
    #[must_use]
    pub fn dialed_addresses(&self) -> &[String] {
        let dialed = match self.dialed_list() {
            Some(AddressList::Manual) => &self.manual_server_addresses,
            _ => &self.server_addresses,
        };
        dialed.as_deref().unwrap_or_default()
    }
}

/// One of a token's two address lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressList {
    /// `ManualServerAddresses`.
    Manual,
    /// `ServerAddresses`.
    Server,
}
