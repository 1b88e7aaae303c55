//! `peertok generate`: Consul's `peering generate-token`, with files in place of a server.

use super::diagnostics::warn_of_findings;
use super::input::read_file;
use super::report::{Failure, note, warn};
use super::token_output::TokenOutput;
use super::{Status, output, secrets, snapshot};
use crate::generate::{DEFAULT_PORT, GenerateError, TokenSpec, generate};
use crate::roots::{Roots, RootsError};
use crate::snapshot::{Base, Seed, State, name_to_accept, oldest_server};
use clap::builder::NonEmptyStringValueParser;
use consul_snapshot::is_uuid;
use godialect::quote::quote;
use peering_token::{Locality, Release};
use peertok_secret::Secret;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Builds a token from CA and addresses.
///
/// They are the acceptor's, or come from its snapshot. The flags of `consul peering generate-token`
/// work as they do there, with one dash or two.
#[derive(clap::Args)]
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
    /// server.DATACENTER.peering.CLUSTER-ID.consul.
    #[arg(long, value_name = "NAME", help_heading = "In place of a server")]
    server_name: Option<String>,
    /// The region of the acceptor's servers (Consul 1.16 and later); no snapshot holds it.
    #[arg(
        long,
        value_name = "NAME",
        value_parser = NonEmptyStringValueParser::new(),
        help_heading = "In place of a server"
    )]
    locality_region: Option<String>,
    /// The zone of the acceptor's servers (Consul 1.16 and later); no snapshot holds it.
    #[arg(
        long,
        value_name = "NAME",
        value_parser = NonEmptyStringValueParser::new(),
        help_heading = "In place of a server"
    )]
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

    /// A snapshot of the acceptor (consul snapshot save): roots, datacenter, cluster ID and
    /// addresses come from it, as its server would take them.
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["ca", "ca_chain", "roots", "no_ca", "cluster_id"],
        help_heading = "The acceptor's state"
    )]
    snapshot: Option<PathBuf>,
    /// Write a snapshot that makes the acceptor honour the token once it is restored: the one of
    /// --snapshot with the peering added, or without --snapshot a new one for a new cluster.
    #[arg(long, value_name = "FILE", help_heading = "The acceptor's state")]
    snapshot_out: Option<PathBuf>,
    /// Start from a snapshot that is older than an hour.
    #[arg(long, requires = "snapshot", help_heading = "The acceptor's state")]
    allow_old_base: bool,

    #[command(flatten)]
    output: TokenOutput,
}

pub(super) fn run(arguments: &Args) -> Result<Status, Failure> {
    arguments.output.check()?;
    if let (Some(token), Some(snapshot)) = (&arguments.output.out, &arguments.snapshot_out)
        && output::same_file(token, snapshot)
    {
        let message = "expected two files, but --out and --snapshot-out name the same";
        return Err(Failure::could_not_run(message));
    }
    let acceptor = snapshot::release(arguments.consul_version.as_deref())?;
    // A base is read twice, and so has to be a file; a snapshot that is only looked at need not.
    let (mut base, state) = match (&arguments.snapshot, &arguments.snapshot_out) {
        (Some(path), Some(_)) => (Some(snapshot::open_base(path, acceptor)?), None),
        (Some(path), None) => (None, Some(snapshot::read(path)?)),
        (None, _) => (None, None),
    };
    let known = base.as_ref().map(Base::state).or(state.as_ref());
    let inputs = inputs(arguments, known, acceptor)?;
    let mut advice = if known.is_some_and(|state| state.peering(&inputs.name).is_some()) { "the server knows this peering, but not yet the token's secret, so establish would answer 403; it keeps the metadata that it has" } else { "no server knows this token's PeerID and secret yet, so establish would answer 403; the peer's name and metadata are not part of a token" }
    .to_owned();
    let generated = generate(&inputs).map_err(failure)?;
    let mut staged = None;
    if let Some(file) = &arguments.snapshot_out {
        let mut seed = Seed::of_token(&inputs.name, &generated.token);
        seed.meta = inputs.meta;
        let output = snapshot::Output {
            file,
            force: arguments.output.force,
            allow_old_base: arguments.allow_old_base,
        };
        let tokens = [(generated.token, seed)];
        let (snapshot, of_restore) = snapshot::stage(base.as_mut(), &tokens, &output)?;
        (staged, advice) = (Some(snapshot), of_restore);
    }

    arguments.output.write_with(&generated.text, staged)?;
    for notice in &generated.notices {
        warn(&notice.to_string());
    }
    let state = base.as_ref().map(Base::state).or(state.as_ref());
    warn_of_findings("", generated.text.as_bytes(), None, state);
    note(&advice);
    Ok(Status::Done)
}

fn inputs(
    arguments: &Args,
    state: Option<&State>,
    acceptor: Option<Release>,
) -> Result<TokenSpec, Failure> {
    let Some(name) = arguments.name.clone().filter(|name| !name.is_empty()) else {
        let missing = Failure::could_not_run("Missing the required -name flag");
        return Err(missing.hint("-name NAME is the name that the acceptor gives to the peer"));
    };
    let meta = meta(&arguments.meta)?;
    peering_token::check_peer_name(&name).map_err(|error| failure(error.into()))?;
    peering_token::check_meta(&meta).map_err(|error| failure(error.into()))?;
    if arguments.snapshot_out.is_some() {
        snapshot::check_partition(&arguments.partition)?;
    }
    let mut peer_id = arguments.peer_id.clone();
    if let Some(state) = state {
        let known = name_to_accept(state, &name)
            .map_err(|error| Failure::could_not_run(error.to_string()))?;
        if let Some(known) = known {
            let given = peer_id.replace(known.id.clone());
            if let Some(given) = given.filter(|id| !id.eq_ignore_ascii_case(&known.id)) {
                let message = format!(
                    "expected the ID {} of the peering {name:?}, but found --peer-id {given}",
                    known.id
                );
                return Err(Failure::could_not_run(message).hint("leave out --peer-id"));
            }
        } else if let Some(other) = peer_id.as_ref().and_then(|id| state.peering_by_id(id)) {
            let message = format!(
                "expected a new ID, but --peer-id is that of the peering {:?}",
                other.name
            );
            return Err(Failure::could_not_run(message).hint("leave out --peer-id"));
        }
        check_acceptor(state, arguments)?;
    }
    let from_state = |field: fn(&State) -> Option<String>| state.and_then(field);
    let datacenter = arguments.datacenter.clone();
    let Some(datacenter) = datacenter.or_else(|| from_state(|state| state.datacenter.clone()))
    else {
        let missing = Failure::could_not_run("expected the acceptor's datacenter, but found none");
        return Err(missing.hint("give --datacenter NAME"));
    };
    let mut inputs = TokenSpec::new(name, datacenter);
    inputs.meta = meta;
    inputs.roots = match state {
        Some(state) => Roots::from_snapshot(state).map_err(|error| {
            Failure::could_not_run(format!("the roots of the snapshot: {error}"))
        })?,
        None => roots(arguments)?,
    };
    inputs.server_addresses = match state {
        Some(state) if arguments.server_address.is_empty() => state.server_addresses.clone(),
        _ => arguments.server_address.clone(),
    };
    if let Some(list) = arguments.server_external_addresses.as_deref()
        && !list.is_empty()
    {
        inputs.external_addresses = list.split(',').map(str::to_owned).collect();
    }
    inputs.partition.clone_from(&arguments.partition);
    if arguments.locality_region.is_some() || arguments.locality_zone.is_some() {
        inputs.locality = Some(Locality::new(
            arguments.locality_region.clone().unwrap_or_default(),
            arguments.locality_zone.clone().unwrap_or_default(),
        ));
    }
    inputs.cluster_id.clone_from(&arguments.cluster_id);
    inputs.server_name.clone_from(&arguments.server_name);
    inputs.peer_id = peer_id;
    inputs.secret = arguments.secret_file.as_deref().map(secret).transpose()?;
    let release = acceptor.or_else(|| state.and_then(oldest_server));
    inputs.shape = release.map(Release::shape).unwrap_or_default();
    inputs.default_port = arguments.default_port;
    inputs.as_consul = arguments.as_consul;
    Ok(inputs)
}

/// Refuses, in Consul's words, a state whose server could make no token.
fn check_acceptor(state: &State, arguments: &Args) -> Result<(), Failure> {
    if state.roots.is_empty() {
        return Err(Failure::could_not_run("CA has not finished initializing"));
    }
    if !state.server_addresses.is_empty() || !arguments.server_address.is_empty() {
        return Ok(());
    }
    let refused = Failure::could_not_run(if state.through_mesh_gateways {
        "servers are configured to PeerThroughMeshGateways, but no mesh gateway instances are registered"
    } else {
        "a grpc bind port must be specified in the configuration for all servers"
    });
    Err(refused.hint("--server-address HOST:PORT names an address that the snapshot lacks"))
}

/// Reads pairs as Consul's command line does: a later one of the same key wins.
fn meta(pairs: &[String]) -> Result<BTreeMap<String, String>, Failure> {
    let pair = |pair: &String| match pair.split_once('=') {
        Some((key, value)) => Ok((key.to_owned(), value.to_owned())),
        None => Err(Failure::could_not_run(format!(
            "invalid value {} for flag -meta: Missing \"=\" value in argument: {pair}",
            quote(pair)
        ))),
    };
    pairs.iter().map(pair).collect()
}

fn roots(arguments: &Args) -> Result<Roots, Failure> {
    if let Some(path) = &arguments.roots {
        return read_roots(path, Roots::from_api);
    }
    let mut roots = Roots::default();
    for path in &arguments.ca {
        roots.append(read_roots(path, Roots::from_bundle)?);
    }
    for path in &arguments.ca_chain {
        roots.append(read_roots(path, Roots::from_chain)?);
    }
    if roots.entries.is_empty() && !arguments.no_ca {
        let missing =
            Failure::could_not_run("expected the acceptor's root certificates, but found none");
        return Err(missing.hint(
            "give --ca FILE, --roots FILE or --snapshot FILE, or --no-ca for a cluster whose gRPC port has no TLS",
        ));
    }
    Ok(roots)
}

/// Reads a file of root certificates.
pub(super) fn read_roots(
    path: &Path,
    parse: fn(&[u8]) -> Result<Roots, RootsError>,
) -> Result<Roots, Failure> {
    let file = read_file(path, &path.display().to_string())?;
    parse(&file).map_err(|error| roots_failure(path, &error))
}

fn roots_failure(path: &Path, error: &RootsError) -> Failure {
    let failure = Failure::could_not_run(format!("{}: {error}", path.display()));
    match error {
        RootsError::Der => failure.hint("openssl x509 -inform der -in FILE converts DER to PEM"),
        RootsError::Json => failure.hint("the answer of /v1/connect/ca/roots is given with --roots FILE"),
        RootsError::DamagedBlock { .. } => failure.hint(
            "BEGIN and END start their lines, and the base64 between them is whole",
        ),
        RootsError::PrivateKey => failure.hint(
            "a token never needs a private key: give a file with certificates alone, such as openssl x509 -in FILE prints",
        ),
        RootsError::NotRootsJson { .. } => {
            failure.hint("a PEM file is given with --ca FILE")
        }
        _ => failure,
    }
}

/// Reads a secret. What is refused is not shown: it is a secret, if a damaged one, and so may be the
/// name of a file that is not there.
pub(super) fn secret(path: &Path) -> Result<Secret, Failure> {
    let name = "the file of --secret-file";
    let file = read_file(path, name)?;
    let text = std::str::from_utf8(&file).map(|text| text.trim_end_matches(['\r', '\n']));
    match text {
        Ok(text) if is_uuid(text) => {
            let secret = Secret::new(text.to_owned());
            secrets::hide(secret.clone());
            Ok(secret)
        }
        _ => Err(Failure::could_not_run(format!(
            "expected {name} to hold a UUID, 8-4-4-4-12 hexadecimal digits, and nothing else"
        ))),
    }
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
