//! `peertok edit`: another token out of one, with nothing changed but what was asked for.

mod told;

use super::decode::refused;
use super::diagnostics::warn_of_findings;
use super::generate::{read_roots, secret};
use super::input::{TokenArgs, of_manifest, only, read_file};
use super::report::Failure;
use super::token_output::TokenOutput;
use super::{Status, kubernetes, output, recovery};
use crate::edit::edit;
use crate::finding::Context;
use crate::generate::{DEFAULT_PORT, GenerateError};
use crate::generate::{complete, written_address};
use crate::input::TokenInput;
use crate::inspect::Inspector;
use crate::roots::Roots;
use crate::roots::without_bom;
use clap::ValueEnum;
use consul_snapshot::is_uuid;
use godialect::pem::certificates;
use jiff::Timestamp;
use peering_token::schema::Kind;
use peering_token::{
    Field, Locality, PeeringToken, Read, Reading, Refusal, encode_base64, judge, token_in_envelope,
};
use peertok_secret::REDACTED;
use peertok_secret::redacted;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use told::Told;
use zeroize::Zeroizing;

/// Changes addresses or other fields of a token.
///
/// Every other byte within it is kept. The token goes to standard output, and what was changed and
/// may break by it to standard error. No token is made that a server would refuse.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  \
    peertok edit @token.txt --set-address lb.example.com:8503\n  \
    peertok edit @token.txt --set Remote.Datacenter=dc2 --add-ca new-root.pem --out edited.txt\n  \
    peertok edit @token.txt --from-json edited.json\n  \
    peertok edit --k8s secret.yaml --set-address lb.example.com:8503\n  \
    peertok edit @token.txt --establish east")]
pub(super) struct Args {
    #[command(flatten)]
    input: TokenArgs,

    /// Make the list this address, or these; repeatable.
    #[arg(
        long,
        value_name = "HOST:PORT",
        conflicts_with_all = ["add_address", "remove_address"],
        help_heading = "Addresses"
    )]
    set_address: Vec<String>,
    /// Add an address at the end of the list; repeatable.
    #[arg(long, value_name = "HOST:PORT", help_heading = "Addresses")]
    add_address: Vec<String>,
    /// Remove an address from the list; repeatable. Without its last manual address a token is
    /// dialed by its server list again.
    #[arg(long, value_name = "HOST:PORT", help_heading = "Addresses")]
    remove_address: Vec<String>,
    /// The list that the addresses belong to: manual or server. A dialer takes the manual list
    /// where it has any; its server list is overwritten by the acceptor's after the first sync, and
    /// the manual one is not.
    #[arg(
        long,
        value_enum,
        default_value_t = List::Manual,
        hide_possible_values = true,
        help_heading = "Addresses"
    )]
    list: List,
    /// The port for addresses without one.
    #[arg(
        long,
        value_name = "PORT",
        default_value_t = DEFAULT_PORT,
        value_parser = clap::value_parser!(u16).range(1..),
        help_heading = "Addresses"
    )]
    default_port: u16,

    /// Set a field: ServerName, PeerID, Remote.Datacenter, Remote.Partition, Remote.Locality.Region
    /// or Remote.Locality.Zone, in any case, also as server-name, peer-id, datacenter, partition,
    /// region or zone; repeatable.
    #[arg(long, value_name = "FIELD=VALUE", help_heading = "Other fields")]
    set: Vec<String>,
    /// A file with the new establishment secret (a UUID); - is standard input.
    #[arg(long, value_name = "FILE", help_heading = "Other fields")]
    secret_file: Option<PathBuf>,
    /// A PEM file with the root certificates that replace those of the token; repeatable.
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["add_ca", "no_ca"],
        help_heading = "Other fields"
    )]
    ca: Vec<PathBuf>,
    /// A PEM file with root certificates to add to those of the token; repeatable.
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with = "no_ca",
        help_heading = "Other fields"
    )]
    add_ca: Vec<PathBuf>,
    /// Make it a token without a CA, for plaintext gRPC.
    #[arg(long, help_heading = "Other fields")]
    no_ca: bool,
    /// Start from a whole decoded token, such as decode --json-only prints; - is standard input.
    /// Where the secret in it is redacted, it is taken from TOKEN, which is needed for nothing else.
    #[arg(long, value_name = "FILE", help_heading = "Other fields")]
    from_json: Option<PathBuf>,
    /// Take addresses and values as they are, and make even a token that every server refuses.
    #[arg(long, help_heading = "Other fields")]
    as_consul: bool,

    #[command(flatten)]
    output: TokenOutput,
    /// Edit the token in this manifest of a Kubernetes Secret, in place: all else in the file stays
    /// as it is, comments included. --k8s-name picks one of several. Only the owner can read the
    /// file afterwards.
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["token", "out", "force", "format", "k8s_secret", "establish"],
        help_heading = "Output"
    )]
    k8s: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum List {
    Manual,
    Server,
}

pub(super) fn run(arguments: &Args) -> Result<Status, Failure> {
    arguments.check()?;
    arguments.output.check()?;
    if let Some(manifest) = &arguments.k8s {
        edit_manifest(arguments, manifest)?;
        return Ok(Status::Done);
    }
    let original = match (&arguments.from_json, &arguments.input.token) {
        (Some(_), None) => None,
        _ => Some(arguments.input.read()?),
    };
    let (token, told) = edited(arguments, original.as_ref())?;
    arguments.output.write(&token)?;
    told.report();
    let before = original.as_ref().map(TokenInput::to_token);
    let before = before.as_ref().map(|token| &token[..]);
    warn_of_findings("", token.as_bytes(), before, None);
    Ok(Status::Done)
}

/// Edits the token in a manifest's file.
fn edit_manifest(arguments: &Args, file: &Path) -> Result<(), Failure> {
    let name = file.display().to_string();
    let manifest = read_file(file, &name)?;
    let selector = arguments.input.k8s_name.as_ref();
    let given = only(&name, of_manifest(&manifest, &name, selector)?)?;
    let (token, told) = edited(arguments, Some(&given))?;
    let manifest = kubernetes::replaced(&manifest, &name, selector, &token)?;
    output::write_private(file, true, manifest.as_bytes())?;
    told.report();
    warn_of_findings("", token.as_bytes(), Some(&given.to_token()), None);
    Ok(())
}

impl Args {
    fn check(&self) -> Result<(), Failure> {
        let edits = [
            &self.set_address,
            &self.add_address,
            &self.remove_address,
            &self.set,
        ];
        let root_files = [&self.ca, &self.add_ca];
        let any = edits.iter().any(|edits| !edits.is_empty())
            || root_files.iter().any(|files| !files.is_empty())
            || self.no_ca
            || self.secret_file.is_some()
            || self.from_json.is_some()
            || self.output.changes_form();
        if !any {
            let none = Failure::could_not_run("expected something to edit, but found nothing");
            return Err(none.hint("give --set-address HOST:PORT, --set FIELD=VALUE, --ca FILE or another; peertok edit --help tells them"));
        }
        let is_stdin = |path: &PathBuf| path == Path::new("-");
        if self.k8s.as_ref().is_some_and(is_stdin) {
            let message = "expected the name of a file for --k8s, but found standard input";
            return Err(Failure::could_not_run(message)
                .hint("give the manifest as TOKEN, and --k8s-secret NAME to print a new one"));
        }
        let token = match (&self.input.token, &self.k8s) {
            (_, Some(_)) => false,
            (Some(token), None) => token == "-",
            (None, None) => self.from_json.is_none(),
        };
        let other_files = self.secret_file.iter().chain(&self.from_json);
        let files = root_files.into_iter().flatten().chain(other_files);
        if files.filter(|file| is_stdin(file)).count() + usize::from(token) > 1 {
            let message = "expected standard input to be one thing, but found it given twice";
            return Err(Failure::could_not_run(message).hint("give the token as @FILE"));
        }
        Ok(())
    }
}

/// The edited token, and what is to be told of it.
fn edited(
    arguments: &Args,
    original: Option<&TokenInput>,
) -> Result<(Zeroizing<String>, Told), Failure> {
    let mut inspector = Inspector::default();
    let context = Context::for_reading(Timestamp::now());
    let inspection = original.map(|input| inspector.inspect(input, &context));
    let original = inspection
        .as_ref()
        .and_then(|inspection| inspection.content.as_ref());
    // A token that cannot be read is replaced as a whole; only its secret would be missed.
    if let (Some(inspection), None, None) = (&inspection, original, &arguments.from_json) {
        let refusal = inspection.refusal.as_ref().unwrap_or(&Refusal::Missing);
        return Err(recovery::with_hint(refused(refusal), inspection));
    }
    let before = original.map(Read::reading);
    let json = match (&arguments.from_json, original) {
        (Some(path), _) => decoded(path, before.as_ref().map(|before| &before.token))?,
        (None, Some(content)) => Zeroizing::new(content.json.to_vec()),
        (None, None) => Zeroizing::default(),
    };
    let mut told = Told::default();
    let reading = reading(&json)?;
    let (token, fields) = changes(arguments, reading.token, &mut told)?;
    let edited =
        edit(&json, &token, &fields).map_err(|error| Failure::could_not_run(error.to_string()))?;
    let token = encode_base64(&edited);
    let verdict = judge(token.as_bytes());
    if let Err(refusal) = &verdict
        && !arguments.as_consul
    {
        let stage = refusal.stage();
        let message = format!("Consul would refuse the edited token at stage {stage}: {refusal}");
        return Err(Failure::no(message).hint("--as-consul makes it all the same"));
    }
    if let Err(refusal) = verdict {
        told.warn(format!(
            "Consul refuses this token at stage {}: {refusal}",
            refusal.stage()
        ));
    }
    if let (Some(content), Some(before)) = (original, &before) {
        told.changes(
            before,
            &self::reading(&edited)?,
            content.json == &edited[..],
        );
        told.list_used(arguments.list == List::Server && arguments.addresses_given());
    }
    Ok((token, told))
}

fn reading(json: &[u8]) -> Result<Reading, Failure> {
    Reading::of_json(json).map_err(|error| Failure::could_not_run(error.to_string()))
}

/// Reads a decoded token, with the secret of the original where its own is redacted.
fn decoded(path: &Path, original: Option<&PeeringToken>) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let name = if path == Path::new("-") {
        "standard input".to_owned()
    } else {
        path.display().to_string()
    };
    let file = read_file(path, &name)?;
    let mut json = without_bom(&file);
    // One line end is that of the file, as with a token, and not of the JSON.
    if let Some(line) = json.strip_suffix(b"\n") {
        json = line.strip_suffix(b"\r").unwrap_or(line);
    }
    let fault = |what: String| Failure::could_not_run(format!("{name}: {what}"));
    if !json.trim_ascii_start().starts_with(b"{") || token_in_envelope(json).is_some() {
        return Err(fault(
            "expected the decoded JSON of a token, but found something else".to_owned(),
        )
        .hint("peertok decode --json-only TOKEN prints it; a token is edited as an argument"));
    }
    let reading = Reading::of_json(json).map_err(|error| fault(error.to_string()))?;
    let from_elsewhere = |what: &str| {
        fault(format!(
            "expected the whole token, but found {what} redacted"
        ))
        .hint("decode --json-only --show-secret prints it whole")
    };
    if reading
        .token
        .ca
        .iter()
        .flatten()
        .any(|entry| entry.contains(REDACTED))
    {
        return Err(from_elsewhere("a private key in CA"));
    }
    let secret = reading.token.establishment_secret.expose();
    if !secret.starts_with(REDACTED) {
        return Ok(Zeroizing::new(json.to_vec()));
    }
    let Some(original) = original else {
        return Err(from_elsewhere("the secret").hint("or give TOKEN, which has the secret"));
    };
    let known = &original.establishment_secret;
    if redacted(known.expose().as_bytes()) != secret {
        return Err(fault(format!(
            "expected the secret of TOKEN, {known}, but found {secret}"
        ))
        .hint("give the token that was decoded, or decode it with --show-secret"));
    }
    edit(json, original, &[Field::EstablishmentSecret]).map_err(|error| fault(error.to_string()))
}

/// The token with the changes that the arguments ask for, and the fields that they are in. The order
/// is: secret, strings, roots, addresses.
fn changes(
    arguments: &Args,
    mut token: PeeringToken,
    told: &mut Told,
) -> Result<(PeeringToken, Vec<Field>), Failure> {
    let mut fields = Vec::new();
    if let Some(path) = &arguments.secret_file {
        token.establishment_secret = secret(path)?;
        fields.push(Field::EstablishmentSecret);
    }
    for set in &arguments.set {
        fields.push(set_field(set, &mut token, arguments.as_consul)?);
    }
    if arguments.no_ca {
        token.ca = None;
        fields.push(Field::Ca);
    } else if !arguments.ca.is_empty() || !arguments.add_ca.is_empty() {
        token.ca = Some(roots(arguments, token.ca.take(), told)?);
        fields.push(Field::Ca);
    }
    if arguments.addresses_given() {
        let (field, list, other) = match arguments.list {
            List::Manual => (
                Field::ManualServerAddresses,
                &mut token.manual_server_addresses,
                &token.server_addresses,
            ),
            List::Server => (
                Field::ServerAddresses,
                &mut token.server_addresses,
                &token.manual_server_addresses,
            ),
        };
        let other = other.as_deref().unwrap_or_default();
        let edited = addresses(arguments, list.take().unwrap_or_default(), other, told)?;
        *list = Some(edited).filter(|list| !list.is_empty());
        fields.push(field);
    }
    Ok((token, fields))
}

/// Sets the field of a `FIELD=VALUE`. An unknown field's value is not shown: it may be a secret.
fn set_field(set: &str, token: &mut PeeringToken, as_consul: bool) -> Result<Field, Failure> {
    let Some((name, value)) = set.split_once('=') else {
        let message = "expected --set FIELD=VALUE, but found no = in it";
        return Err(Failure::could_not_run(message).hint("such as --set ServerName=NAME"));
    };
    let instead = match named(name) {
        Some(Field::PeerId) if !as_consul && !is_uuid(value) => {
            let error = GenerateError::NotAUuid {
                what: "the peer ID",
            };
            return Err(Failure::could_not_run(error.to_string())
                .hint("a server's peer ID is one; --as-consul takes any text"));
        }
        Some(field @ Field::Datacenter) if !as_consul => {
            token.set_text(field, value.to_lowercase());
            return Ok(field);
        }
        Some(field) if field.kind() == Kind::Text && !field.is_secret() => {
            token.set_text(field, value);
            // A server writes `null` for a locality without a value.
            if token.remote.locality == Some(Locality::default()) {
                token.remote.locality = None;
            }
            return Ok(field);
        }
        Some(field) if field.is_secret() => {
            "--secret-file FILE sets the secret, which is not to be seen on a command line"
        }
        Some(Field::Ca) => {
            "--ca FILE replaces the roots, --add-ca FILE adds to them, --no-ca removes them"
        }
        Some(Field::ManualServerAddresses) => {
            "--set-address, --add-address and --remove-address edit this list"
        }
        Some(Field::ServerAddresses) => {
            "--list server with --set-address, --add-address or --remove-address edits this list"
        }
        _ => {
            "there are ServerName, PeerID, Remote.Datacenter, Remote.Partition, Remote.Locality.Region and Remote.Locality.Zone"
        }
    };
    let message = format!("expected a field that --set can set, but found {name}");
    Err(Failure::could_not_run(message).hint(instead))
}

/// The field of this name, in any case and with or without hyphens. The objects around it may be left
/// out, and it may be what people are shown.
fn named(name: &str) -> Option<Field> {
    let folded = |name: &str| name.to_ascii_lowercase().replace(['-', '_', ' '], "");
    let name = folded(name);
    let mut fields = Field::ALL.iter().copied();
    fields.find(|field| {
        let full = folded(field.name());
        let rest = full.strip_suffix(&name);
        rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
            || folded(field.label()) == name
    })
}

/// The entries of `CA` after the edit.
fn roots(
    arguments: &Args,
    there: Option<Vec<String>>,
    told: &mut Told,
) -> Result<Vec<String>, Failure> {
    let mut roots = Roots::default();
    for path in &arguments.ca {
        roots.append(read_roots(path, Roots::from_bundle)?);
    }
    if !arguments.ca.is_empty() {
        return Ok(roots.entries);
    }
    let mut entries = there.unwrap_or_default();
    let mut known: HashSet<_> = entries.iter().flat_map(certificates).collect();
    for path in &arguments.add_ca {
        for entry in read_roots(path, Roots::from_bundle)?.entries {
            let certificate = certificates(&entry);
            if certificate.iter().all(|der| known.contains(der)) {
                let file = path.display();
                told.note(format!(
                    "a root of {file} is in the token already: it is not added again"
                ));
                continue;
            }
            known.extend(certificate);
            entries.push(entry);
        }
    }
    Ok(entries)
}

impl Args {
    fn addresses_given(&self) -> bool {
        !self.set_address.is_empty()
            || !self.add_address.is_empty()
            || !self.remove_address.is_empty()
    }
}

/// The list of addresses after the edit.
fn addresses(
    arguments: &Args,
    mut list: Vec<String>,
    other: &[String],
    told: &mut Told,
) -> Result<Vec<String>, Failure> {
    let port = arguments.default_port;
    for given in &arguments.remove_address {
        // As it was typed, or as it would have been completed.
        let exact = list.contains(given).then(|| given.clone());
        let completed = || complete(given, port).filter(|address| list.contains(address));
        let Some(address) = exact.or_else(completed) else {
            return Err(not_in_list(given, &list, other, arguments.list));
        };
        list.retain(|other| *other != address);
    }
    if !arguments.set_address.is_empty() {
        list.clear();
    }
    let port = (!arguments.as_consul).then_some(port);
    let mut notices = Vec::new();
    for given in arguments.set_address.iter().chain(&arguments.add_address) {
        let address = written_address(given, port, &mut notices).map_err(|error| {
            Failure::could_not_run(error.to_string()).hint(match given {
                given if given.contains("://") => "an address is HOST:PORT, without a scheme",
                given if given.contains(',') => "the flag is given once for each address",
                _ => "an address is HOST:PORT, with an IPv6 host in brackets; --as-consul takes any text, as Consul does",
            })
        })?;
        if list.contains(&address) {
            told.note(format!(
                "{address} is in the list already: it is not added again"
            ));
        } else {
            list.push(address);
        }
    }
    for notice in notices {
        told.warn(notice.to_string());
    }
    Ok(list)
}

fn not_in_list(given: &str, list: &[String], other: &[String], which: List) -> Failure {
    let (name, other_name) = match which {
        List::Manual => ("manual", "server"),
        List::Server => ("server", "manual"),
    };
    let there = match list {
        [] => "which is empty".to_owned(),
        list => format!("which has {}", list.join(", ")),
    };
    let message = format!("expected an address of the {name} list, {there}, but found {given}");
    let failure = Failure::could_not_run(message);
    if other.iter().any(|address| address == given) {
        failure.hint(format!("it is in the other list: --list {other_name}"))
    } else {
        failure
    }
}
