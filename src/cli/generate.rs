//! `peertok generate`: Consul's `peering generate-token`, with files in place of a server.

use super::input::read_file;
use super::report::{Failure, note, warn};
use super::{Format, Status, output};
use crate::{
    DEFAULT_PORT, GenerateError, Inputs, Locality, Release, Roots, RootsError, Secret, generate,
};
use clap::builder::NonEmptyStringValueParser;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// Builds a peering token from the acceptor's CA and addresses.
///
/// The flags of `consul peering generate-token` work as they do there, with one dash or two.
#[derive(Debug, clap::Args)]
#[command(
    args_override_self = true,
    after_help = "Example:\n  \
        peertok generate -name west --ca ca.pem --datacenter dc1 --server-address 10.0.0.1:8503"
)]
pub(super) struct Args {
    /// The name that the acceptor gives to the peer; it is checked, and no part of the token.
    #[arg(long)]
    name: Option<String>,
    /// Metadata of the peering, once for each pair; it is checked, and no part of the token.
    #[arg(long, value_name = "KEY=VALUE")]
    meta: Vec<String>,
    /// Addresses to dial in place of the servers' own, such as a load balancer's, with commas
    /// between them.
    #[arg(long, value_name = "HOST:PORT,…")]
    server_external_addresses: Option<String>,
    /// The acceptor's admin partition (Consul Enterprise).
    #[arg(
        long,
        value_name = "NAME",
        default_value = "",
        hide_default_value = true
    )]
    partition: String,
    /// How to print the token: pretty (by itself) or json ({"PeeringToken":"…"}).
    #[arg(long, value_enum, default_value_t = Format::Pretty, hide_possible_values = true)]
    format: Format,

    /// A PEM file with the acceptor's root certificate, or with several; repeatable.
    #[arg(long, value_name = "FILE", help_heading = "In place of a server")]
    ca: Vec<PathBuf>,
    /// A PEM file that is one entry of the token's CA list as it is, such as the chain that the
    /// Vault provider has; repeatable.
    #[arg(long, value_name = "FILE", help_heading = "In place of a server")]
    ca_chain: Vec<PathBuf>,
    /// The acceptor's answer to /v1/connect/ca/roots, saved as JSON.
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["ca", "ca_chain", "no_ca"],
        help_heading = "In place of a server"
    )]
    roots: Option<PathBuf>,
    /// Make a token without a CA, for plaintext gRPC.
    #[arg(
        long,
        conflicts_with_all = ["ca", "ca_chain"],
        help_heading = "In place of a server"
    )]
    no_ca: bool,
    /// The acceptor's datacenter; it is written in lower case.
    #[arg(
        long,
        value_name = "NAME",
        value_parser = NonEmptyStringValueParser::new(),
        help_heading = "In place of a server"
    )]
    datacenter: Option<String>,
    /// The address of one of the acceptor's servers or mesh gateways; repeatable.
    #[arg(long, value_name = "HOST:PORT", help_heading = "In place of a server")]
    server_address: Vec<String>,
    /// The acceptor's cluster ID, where its roots have no spiffe:// URI.
    #[arg(long, value_name = "UUID", help_heading = "In place of a server")]
    cluster_id: Option<String>,
    /// The name that the acceptor's servers show in TLS, in place of
    /// server.<datacenter>.peering.<cluster-id>.consul.
    #[arg(long, value_name = "NAME", help_heading = "In place of a server")]
    server_name: Option<String>,
    /// The region of the acceptor's servers (Consul 1.16 and later).
    #[arg(long, value_name = "NAME", help_heading = "In place of a server")]
    locality_region: Option<String>,
    /// The zone of the acceptor's servers (Consul 1.16 and later).
    #[arg(long, value_name = "NAME", help_heading = "In place of a server")]
    locality_zone: Option<String>,

    /// The peer ID, in place of a random one.
    #[arg(long, value_name = "UUID", help_heading = "The token")]
    peer_id: Option<String>,
    /// A file with the establishment secret (a UUID), in place of a random one; - is standard
    /// input.
    #[arg(long, value_name = "FILE", help_heading = "The token")]
    secret_file: Option<PathBuf>,
    /// The acceptor's release, whose fields the token gets [default: the newest].
    #[arg(long, value_name = "X.Y", help_heading = "The token")]
    consul_version: Option<String>,
    /// The port for addresses without one.
    #[arg(
        long,
        value_name = "PORT",
        default_value_t = DEFAULT_PORT,
        value_parser = clap::value_parser!(u16).range(1..),
        help_heading = "The token"
    )]
    default_port: u16,
    /// Take addresses as they are, and make even a token that every server refuses, as Consul
    /// itself does.
    #[arg(long, help_heading = "The token")]
    as_consul: bool,

    /// Write the token to a file that only its owner can read.
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    out: Option<PathBuf>,
    /// Replace the file that --out names.
    #[arg(long, requires = "out", help_heading = "Output")]
    force: bool,
}

pub(super) fn run(arguments: &Args) -> Result<Status, Failure> {
    let inputs = inputs(arguments)?;
    let generated = generate(&inputs).map_err(failure)?;
    let mut text = Zeroizing::new(String::with_capacity(generated.text.len() + 32));
    match arguments.format {
        Format::Pretty => text.push_str(&generated.text),
        // Base64 needs no escapes in JSON.
        Format::Json => {
            text.push_str("{\"PeeringToken\":\"");
            text.push_str(&generated.text);
            text.push_str("\"}");
        }
    }
    text.push('\n');
    match &arguments.out {
        Some(path) => output::write_private(path, text.as_bytes(), arguments.force)?,
        None => output::print(&text)?,
    }
    for notice in &generated.notices {
        warn(&notice.to_string());
    }
    note(
        "no server knows this token's PeerID and secret yet, so establish would answer 403; the peer's name and metadata are not part of a token",
    );
    Ok(Status::Done)
}

fn inputs(arguments: &Args) -> Result<Inputs, Failure> {
    let Some(name) = arguments.name.clone().filter(|name| !name.is_empty()) else {
        let missing = Failure::could_not_run("Missing the required -name flag");
        return Err(missing.hint("-name NAME is the name that the acceptor gives to the peer"));
    };
    let meta = meta(&arguments.meta)?;
    crate::check_peer_name(&name).map_err(|error| failure(error.into()))?;
    crate::check_meta(&meta).map_err(|error| failure(error.into()))?;
    let Some(datacenter) = arguments.datacenter.clone() else {
        let missing = Failure::could_not_run("expected the acceptor's datacenter, but found none");
        return Err(missing.hint("give --datacenter NAME"));
    };
    let release: Option<Release> = match &arguments.consul_version {
        Some(version) => Some(version.parse().map_err(|error: crate::ReleaseError| {
            Failure::could_not_run(format!("--consul-version: {error}"))
        })?),
        None => None,
    };
    let external = arguments.server_external_addresses.as_deref();
    Ok(Inputs {
        name,
        meta,
        roots: roots(arguments)?,
        datacenter,
        server_addresses: arguments.server_address.clone(),
        external_addresses: external
            .filter(|list| !list.is_empty())
            .map(|list| list.split(',').map(str::to_owned).collect())
            .unwrap_or_default(),
        partition: arguments.partition.clone(),
        locality: match (&arguments.locality_region, &arguments.locality_zone) {
            (None, None) => None,
            (region, zone) => Some(Locality {
                region: region.clone().unwrap_or_default(),
                zone: zone.clone().unwrap_or_default(),
            }),
        },
        cluster_id: arguments.cluster_id.clone(),
        server_name: arguments.server_name.clone(),
        peer_id: arguments.peer_id.clone(),
        secret: arguments.secret_file.as_deref().map(secret).transpose()?,
        shape: release.map(Release::shape).unwrap_or_default(),
        default_port: arguments.default_port,
        as_consul: arguments.as_consul,
    })
}

/// Reads pairs as Consul's command line does: a later one of the same key wins.
fn meta(pairs: &[String]) -> Result<BTreeMap<String, String>, Failure> {
    let pair = |pair: &String| match pair.split_once('=') {
        Some((key, value)) => Ok((key.to_owned(), value.to_owned())),
        None => Err(Failure::could_not_run(format!(
            "invalid value {pair:?} for flag -meta: Missing \"=\" value in argument: {pair}"
        ))),
    };
    pairs.iter().map(pair).collect()
}

fn roots(arguments: &Args) -> Result<Option<Roots>, Failure> {
    let read = |path: &Path, parse: fn(&[u8]) -> Result<Roots, RootsError>| {
        let file = read_file(path)?;
        parse(&file).map_err(|error| roots_failure(path, &error))
    };
    if let Some(path) = &arguments.roots {
        return read(path, Roots::from_api).map(Some);
    }
    let mut roots = Roots::default();
    for path in &arguments.ca {
        roots.append(read(path, Roots::from_bundle)?);
    }
    for path in &arguments.ca_chain {
        roots.append(read(path, Roots::from_chain)?);
    }
    if roots.entries.is_empty() && !arguments.no_ca {
        let missing =
            Failure::could_not_run("expected the acceptor's root certificates, but found none");
        return Err(missing.hint(
            "give --ca FILE or --roots FILE, or --no-ca for a cluster whose gRPC port has no TLS",
        ));
    }
    Ok(Some(roots).filter(|roots| !roots.entries.is_empty()))
}

fn roots_failure(path: &Path, error: &RootsError) -> Failure {
    let failure = Failure::could_not_run(format!("{}: {error}", path.display()));
    match error {
        RootsError::Der => failure.hint("openssl x509 -inform der -in FILE converts DER to PEM"),
        RootsError::PrivateKey => failure.hint(
            "a token never needs a private key: give a file with certificates alone, such as openssl x509 -in FILE prints",
        ),
        RootsError::NotRootsJson { .. } => {
            failure.hint("a PEM file is given with --ca FILE; consul's own answer is at /v1/connect/ca/roots")
        }
        _ => failure,
    }
}

fn secret(path: &Path) -> Result<Secret, Failure> {
    let file = read_file(path)?;
    // The text is not shown where it is refused: it is a secret, if a damaged one.
    let text = std::str::from_utf8(&file).map_err(|_| {
        Failure::could_not_run(format!(
            "{}: expected a secret, but found no text",
            path.display()
        ))
    })?;
    Ok(Secret::new(text.trim_end_matches(['\r', '\n']).to_owned()))
}

fn failure(error: GenerateError) -> Failure {
    let failure = Failure::could_not_run(error.to_string());
    match &error {
        GenerateError::NoAddresses => failure
            .hint("give --server-address HOST:PORT, or -server-external-addresses HOST:PORT"),
        GenerateError::NoTrustDomain => failure
            .hint("give --cluster-id UUID (CA configuration, ClusterID), or --server-name NAME"),
        GenerateError::TrustDomainsDiffer { .. } => failure
            .hint("leave out the roots of the other cluster, or give --cluster-id UUID"),
        GenerateError::Address { address } if address.contains("://") => {
            failure.hint("an address is HOST:PORT, without a scheme")
        }
        GenerateError::Address { address } if address.contains(',') => {
            failure.hint("--server-address is given once for each address")
        }
        GenerateError::Address { .. } => failure.hint(
            "an address is HOST:PORT, with an IPv6 host in brackets; --as-consul takes any text, as Consul does",
        ),
        GenerateError::NoSuchField { .. } => failure.hint("leave it out, or name a later --consul-version"),
        _ => failure,
    }
}
