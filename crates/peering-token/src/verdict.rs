//! Consul's verdict on a token: what a server checks before it dials, in its order and words.
//!
//! | stage | the server | source |
//! |---|---|---|
//! | `request` | wants a token at all | the HTTP endpoint `/v1/peering/establish` |
//! | `name` | wants a peer's name | a regular expression of Consul's |
//! | `base64` | takes the base64 off | `base64.StdEncoding` |
//! | `json` | reads the JSON into its struct | `json.Unmarshal` |
//! | `ca` | reads the first PEM block of each `CA` entry, which has to be a certificate | `pem.Decode`, `x509.ParseCertificate` |
//! | `addresses` | wants an address, and each one to be `host:port` | `net.SplitHostPort`, `strconv.Atoi` |
//! | `server-name` | wants a server name where there is a CA | |
//! | `peer-id` | wants a peer ID | |
//! | `tls` | puts every certificate of each `CA` entry into a pool, and wants at least one of each | `CertPool.AppendCertsFromPEM` |
//!
//! What Go's functions accept and say depends on the Go release that built the server: see [`GoRelease`].
//! Nothing else in a token is checked: an expired root, an empty secret or an empty `CA` list pass.

use crate::fields::Fields;
use crate::reading::{DecodeError, Reading};
use crate::refusal::Refusal;
use crate::schema::Field;
use crate::sound_roots::SoundRoots;
use crate::token::{AddressList, PeeringToken};
use godialect::address::{read_number, split_host_port};
use godialect::base64::{self, CorruptBase64};
use godialect::json::{Raw, SyntaxError, TypeError};
use godialect::{Dialect, GoRelease};
use std::fmt;
use zeroize::Zeroizing;

/// Judges one token; see [`Judge`] for many.
///
/// # Errors
///
/// The [`Refusal`] of a server that is asked to establish a peering with this token.
///
/// # Examples
///
/// ```
/// let refusal = peering_token::judge(b"not a token").unwrap_err();
/// assert_eq!(refusal.stage().name(), "base64");
/// assert_eq!(
///     refusal.to_string(),
///     "failed to decode token: illegal base64 data at input byte 3"
/// );
/// ```
pub fn judge(token: &[u8]) -> Result<(), Refusal> {
    Judge::default().judge(token)
}

/// Judges tokens one after the other, with buffers that are kept from one to the next.
///
/// ```
/// use peering_token::{Judge, Stage};
///
/// let mut judge = Judge::default();
/// let tokens = ["", "eyJ", "e30="];
/// let stages = tokens.map(|token| judge.judge(token.as_bytes()).unwrap_err().stage());
/// assert_eq!(stages, [Stage::Request, Stage::Base64, Stage::Addresses]);
/// ```
#[derive(Default)]
pub struct Judge {
    json: Zeroizing<Vec<u8>>,
    sound_roots: SoundRoots,
    go: Dialect,
}

impl fmt::Debug for Judge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Judge").finish_non_exhaustive()
    }
}

impl Judge {
    /// Judges as a server does that this Go release built.
    ///
    /// [`Judge::default`] is [`GoRelease::REFERENCE`].
    #[must_use]
    pub fn of(release: GoRelease) -> Self {
        Self {
            go: Dialect::of(release),
            ..Self::default()
        }
    }

    /// The Go release at work, which knows for which others the verdict on the token judged last is
    /// the same.
    #[must_use]
    pub fn dialect(&self) -> &Dialect {
        &self.go
    }

    /// Judges a token: `Ok` means that a server goes on to dial.
    ///
    /// # Errors
    ///
    /// The [`Refusal`] of a server that is asked to establish a peering with this token.
    pub fn judge(&mut self, token: &[u8]) -> Result<(), Refusal> {
        self.go.forget();
        if token.is_empty() {
            return Err(Refusal::Missing);
        }
        // As `self.read(token)?.judge()`, with nothing moved about that nobody gets.
        self.decode(token).map_err(DecodeError::from)?;
        let sound_roots = &mut self.sound_roots;
        let known_root = &mut |rest: &[u8]| sound_roots.literal(rest);
        let (fields, type_error) =
            Fields::read_with(&self.json, known_root, &self.go).map_err(DecodeError::from)?;
        judge_fields(&fields, type_error, &self.go)
    }

    /// Reads a token as a server does before it looks at any field.
    ///
    /// # Errors
    ///
    /// [`DecodeError::Base64`] or [`DecodeError::Syntax`]. A value of the wrong type is kept in
    /// [`Read::type_error`], as Go reads on behind it.
    pub fn read<'t>(&'t mut self, token: &'t [u8]) -> Result<Read<'t>, DecodeError> {
        self.go.forget();
        self.decode(token)?;
        Ok(read(
            Some(token),
            &self.json,
            &mut self.sound_roots,
            &self.go,
        )?)
    }

    fn decode(&mut self, token: &[u8]) -> Result<(), CorruptBase64> {
        // A buffer that grows leaves copies of the secret behind.
        if self.json.capacity() < token.len() {
            self.json = Zeroizing::new(Vec::with_capacity(token.len()));
        }
        base64::decode(token, &mut self.json)
    }

    /// Reads the JSON within a token, as [`Judge::read`] does once the base64 is off.
    ///
    /// # Errors
    ///
    /// The [`SyntaxError`] that Go stops at.
    pub fn read_json<'t>(&'t mut self, json: &'t [u8]) -> Result<Read<'t>, SyntaxError> {
        self.go.forget();
        read(None, json, &mut self.sound_roots, &self.go)
    }
}

/// Reads the fields. A root that is recognised is a sound certificate alone, without headers.
#[inline]
fn read<'t>(
    text: Option<&'t [u8]>,
    json: &'t [u8],
    sound_roots: &'t mut SoundRoots,
    go: &'t Dialect,
) -> Result<Read<'t>, SyntaxError> {
    let known_root = &mut |rest: &[u8]| sound_roots.literal(rest);
    let (fields, type_error) = Fields::read_with(json, known_root, go)?;
    Ok(Read {
        text,
        json,
        fields,
        type_error,
        sound_roots,
        go,
    })
}

/// A token whose JSON a server can read.
pub struct Read<'t> {
    /// The token as it was given; `None` where its JSON was.
    pub text: Option<&'t [u8]>,
    /// The JSON within it.
    pub json: &'t [u8],
    /// Its fields, those behind a type error included.
    pub fields: Fields<'t>,
    /// The first value that is not of its field's type: with one, a server rejects the token.
    pub type_error: Option<TypeError>,
    /// The roots that the judge has seen.
    pub sound_roots: &'t mut SoundRoots,
    /// The Go release by which it is judged.
    pub go: &'t Dialect,
}

impl Read<'_> {
    /// The fields as values of their own.
    #[must_use]
    pub fn token(&self) -> PeeringToken {
        PeeringToken::from(&self.fields)
    }

    /// The same, with the shape and the first type error.
    #[must_use]
    pub fn reading(&self) -> Reading {
        Reading {
            token: self.token(),
            shape: self.fields.shape(),
            type_error: self.type_error.clone(),
        }
    }

    /// Judges the fields: `Ok` means that a server goes on to dial.
    ///
    /// # Errors
    ///
    /// The [`Refusal`] of a server that has read them.
    pub fn judge(&self) -> Result<(), Refusal> {
        judge_fields(&self.fields, self.type_error.clone(), self.go)
    }
}

fn judge_fields(
    fields: &Fields<'_>,
    type_error: Option<TypeError>,
    go: &Dialect,
) -> Result<(), Refusal> {
    if let Some(error) = type_error {
        return Err(DecodeError::from(error).into());
    }
    // An entry whose first block has headers passes the first look, and needs the second.
    let mut with_headers = false;
    for (index, entry) in fields.list(Field::Ca).entries().iter().enumerate() {
        if !entry.is_recognised() {
            with_headers |= check_root(index, &entry.unescape(), go)?;
        }
    }
    check_addresses(fields)?;
    if !fields.list(Field::Ca).entries().is_empty() && fields.text(Field::ServerName).is_empty() {
        return Err(Refusal::NoServerName);
    }
    if fields.text(Field::PeerId).is_empty() {
        return Err(Refusal::NoPeerId);
    }
    if with_headers {
        for (index, entry) in fields.list(Field::Ca).entries().iter().enumerate() {
            check_pool(index, &entry.unescape(), go)?;
        }
    }
    Ok(())
}

/// Checks the first block of a `CA` entry, and tells whether it has PEM headers.
pub(crate) fn check_root(index: usize, entry: &str, go: &Dialect) -> Result<bool, Refusal> {
    let mut der = Vec::new();
    let block = go
        .next_block(entry.as_bytes(), 0, &mut der)
        .ok_or(Refusal::NoPem { index })?;
    if block.label != b"CERTIFICATE" {
        return Err(Refusal::NotACertificate { index });
    }
    go.check_certificate(&der)
        .map_err(|error| Refusal::Certificate { index, error })?;
    Ok(block.has_headers)
}

fn check_addresses(fields: &Fields<'_>) -> Result<(), Refusal> {
    let manual = fields.list(Field::ManualServerAddresses).entries();
    let servers = fields.list(Field::ServerAddresses).entries();
    if manual.is_empty() && servers.is_empty() {
        return Err(Refusal::NoAddresses);
    }
    for (list, addresses) in [
        (AddressList::Manual, manual),
        (AddressList::Server, servers),
    ] {
        for (index, address) in addresses.iter().copied().map(Raw::unescape).enumerate() {
            if !is_server_address(&address) {
                let address = address.into_owned();
                return Err(Refusal::Address {
                    list,
                    index,
                    address,
                });
            }
        }
    }
    Ok(())
}

/// Whether Consul takes this for the address of a peering server: `host:port`, where the host may
/// be anything and the port is a number from 1 to 65535.
///
/// ```
/// use peering_token::is_server_address;
///
/// assert!(is_server_address("[2001:db8::1]:8503"));
/// assert!(!is_server_address("lb.example.com"));
/// ```
#[must_use]
pub fn is_server_address(address: &str) -> bool {
    split_host_port(address)
        .and_then(|(_, port)| read_number(port))
        .is_some_and(|port| (1..=65_535).contains(&port))
}

/// Whether the pool takes a certificate of this `CA` entry.
fn check_pool(index: usize, entry: &str, go: &Dialect) -> Result<(), Refusal> {
    let mut der = Vec::new();
    let mut from = 0;
    while let Some(block) = go.next_block(entry.as_bytes(), from, &mut der) {
        if block.label == b"CERTIFICATE" && !block.has_headers && go.check_certificate(&der).is_ok()
        {
            return Ok(());
        }
        from = block.end;
    }
    Err(Refusal::Tls {
        index,
        entry: entry.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refusal::Stage;
    use crate::{PeeringToken, Secret, Shape};
    use peertok_testing::mutated;
    use proptest::prelude::*;

    const ROOT: &str = include_str!("../../../fixtures/ca/dc1.pem");

    fn sound() -> PeeringToken {
        PeeringToken {
            ca: Some(vec![ROOT.to_owned()]),
            server_addresses: Some(vec!["10.0.0.1:8503".to_owned()]),
            server_name: "server.dc1.peering.x.consul".to_owned(),
            peer_id: "p".to_owned(),
            establishment_secret: Secret::new("s".to_owned()),
            ..PeeringToken::default()
        }
    }

    fn stage(token: &PeeringToken) -> Option<Stage> {
        let refusal = judge(token.encode(Shape::V1_16).as_bytes()).err()?;
        Some(refusal.stage())
    }

    /// A token with every fault at once is refused for the first; mending one leads to the next.
    #[test]
    fn stages_come_in_order() {
        let with_headers = ROOT.replacen("-----\n", "-----\nX: y\n\n", 1);
        assert_eq!(judge(b"").unwrap_err().stage(), Stage::Request);
        assert_eq!(judge(b"!").unwrap_err().stage(), Stage::Base64);
        assert_eq!(judge(b"MQ==").unwrap_err().stage(), Stage::Json);
        let mut token = PeeringToken {
            ca: Some(vec![with_headers, "no PEM".to_owned()]),
            ..PeeringToken::default()
        };
        assert_eq!(stage(&token), Some(Stage::Ca));
        token.ca.as_mut().unwrap().pop();
        assert_eq!(stage(&token), Some(Stage::Addresses));
        token.server_addresses = Some(vec!["a:1".to_owned()]);
        assert_eq!(stage(&token), Some(Stage::ServerName));
        token.server_name = "n".to_owned();
        assert_eq!(stage(&token), Some(Stage::PeerId));
        token.peer_id = "p".to_owned();
        assert_eq!(stage(&token), Some(Stage::Tls));
        token.ca = Some(vec![ROOT.to_owned()]);
        assert_eq!(stage(&token), None);
    }

    #[test]
    fn what_consul_does_not_check_passes() {
        let no_ca = PeeringToken {
            ca: None,
            server_name: String::new(),
            establishment_secret: Secret::default(),
            ..sound()
        };
        assert_eq!(stage(&no_ca), None);
        let odd_addresses = [":1", "a b:+80", "[::1%x]:00443", "\u{1}:65535"];
        let odd = PeeringToken {
            server_addresses: None,
            manual_server_addresses: Some(odd_addresses.map(str::to_owned).to_vec()),
            ..sound()
        };
        assert_eq!(stage(&odd), None);
    }

    /// The manual addresses are looked at before the servers' own.
    #[test]
    fn the_first_bad_address_is_named() {
        let token = PeeringToken {
            server_addresses: Some(vec!["c".to_owned()]),
            manual_server_addresses: Some(vec!["a:1".to_owned(), "b".to_owned()]),
            ..sound()
        };
        let refusal = judge(token.encode(Shape::V1_16).as_bytes()).unwrap_err();
        assert_eq!(
            refusal,
            Refusal::Address {
                list: AddressList::Manual,
                index: 1,
                address: "b".to_owned()
            }
        );
        assert_eq!(
            refusal.path().as_deref(),
            Some("$.ManualServerAddresses[1]")
        );
    }

    #[test]
    fn a_type_error_is_at_the_field_that_go_names() {
        for (json, path) in [
            ("[]", None),
            (r#"{"PeerID":1}"#, Some("$.PeerID")),
            (r#"{"CA":[1]}"#, Some("$.CA")),
            (r#"{"Remote":1}"#, Some("$.Remote")),
            (
                r#"{"Remote":{"Locality":{"Zone":1}}}"#,
                Some("$.Remote.Locality.Zone"),
            ),
        ] {
            let refusal = judge(crate::encode_base64(json.as_bytes()).as_bytes()).unwrap_err();
            assert_eq!(refusal.path().as_deref(), path, "{json}");
        }
    }

    #[test]
    fn a_refusal_in_json_has_stage_error_and_path() {
        let refusal = judge(crate::encode_base64(b"{}").as_bytes()).unwrap_err();
        assert_eq!(
            serde_json::to_value(refusal).unwrap(),
            serde_json::json!({
                "stage": "addresses",
                "error": "peering token server addresses value is empty",
                "path": "$.ServerAddresses",
            })
        );
        let key = "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n";
        let refusal = Refusal::Tls {
            index: 0,
            entry: key.to_owned(),
        };
        assert!(!serde_json::to_string(&refusal).unwrap().contains("AAAA"));
    }

    /// The pool takes any certificate of an entry, while only the first block is looked at before.
    #[test]
    fn an_entry_needs_one_certificate_without_headers() {
        let with_headers = ROOT.replacen("-----\n", "-----\nX: y\n\n", 1);
        for (entry, expected) in [
            (format!("{with_headers}{ROOT}"), None),
            (format!("{ROOT}{with_headers}"), None),
            (format!("{with_headers}{with_headers}"), Some(Stage::Tls)),
            (format!("{ROOT}garbage"), None),
        ] {
            let token = PeeringToken {
                ca: Some(vec![ROOT.to_owned(), entry]),
                ..sound()
            };
            assert_eq!(stage(&token), expected);
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(
            token in mutated(Just(sound().encode(Shape::V1_16).as_bytes().to_vec())),
            json in mutated(Just(sound().to_json(Shape::V1_16).as_bytes().to_vec())),
        ) {
            let _ = judge(&token);
            let _ = judge(crate::encode_base64(&json).as_bytes());
        }

        /// A sound token with some bytes of its JSON replaced, and a judge that has seen it before.
        #[test]
        fn a_judge_keeps_nothing_from_one_token_to_the_next(
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..3),
        ) {
            let mut json = sound().to_json(Shape::V1_16).as_bytes().to_vec();
            for (index, byte) in changes {
                let at = index.index(json.len());
                json[at] = byte;
            }
            let token = crate::encode_base64(&json);
            let mut used = Judge::default();
            let sound = sound().encode(Shape::V1_16);
            prop_assert_eq!(used.judge(sound.as_bytes()), Ok(()));
            prop_assert_eq!(used.judge(token.as_bytes()), judge(token.as_bytes()));
            prop_assert_eq!(used.judge(sound.as_bytes()), Ok(()));
        }
    }
}
