//! The shell blocks of a run-book, each safe to paste whole into `sh`, bash or zsh.
//!
//! A block that does more than one thing runs in a subshell with `set -eu`, so that it stops at the
//! first failure and leaves the shell that it was pasted into as it was. A file that holds the only
//! copy of something is written under another name first, checked, and never replaced. Nothing
//! secret is on a command line. No block has a `!` or a comment: an interactive shell may expand the
//! one and run the other. A here-document would end at no line that is indented.

/// Makes a cluster's first management token and writes it to a file.
const BOOTSTRAP: &str = r#"(
set -euC
umask 077
token={file}
for file in "$token" "$token.json"; do
  if [ -e "$file" ]; then echo "stop: $file exists, and may be the only copy of a token" >&2; exit 1; fi
done
unset CONSUL_HTTP_TOKEN CONSUL_HTTP_TOKEN_FILE
if consul acl bootstrap -format=json > "$token.json" && [ -s "$token.json" ]; then :; else
  if [ -s "$token.json" ]; then echo "look: $token.json is not empty" >&2; else rm -f "$token.json"; fi
  echo "stop: no token was made, and no file was changed" >&2
  exit 1
fi
rm -f "$token.new"
sed -n 's/^ *"SecretID": *"\([^"]*\)".*/\1/p' "$token.json" > "$token.new"
if grep -Eqx '[0-9a-fA-F-]{36}' "$token.new"; then :; else
  echo "stop: expected a token of 36 characters in $token.json" >&2
  exit 1
fi
ln "$token.new" "$token"
rm -f "$token.new" "$token.json"
echo "the management token is in $token"
)"#;

/// Reads a token that exists already from the terminal and writes it to a file. An empty line is
/// passed over: it may have been pasted behind the block.
const TYPED: &str = r#"(
set -euC
umask 077
token={file}
if [ -e "$token" ]; then echo "stop: $token exists, and may be the only copy of a token" >&2; exit 1; fi
unset CONSUL_HTTP_TOKEN
rm -f "$token.new"
trap 'stty echo 2> /dev/null || :' EXIT
printf 'type the token, which is not shown: ' >&2
stty -echo 2> /dev/null || :
secret=
while [ -z "$secret" ]; do read -r secret; done
printf '%s\n' "$secret" > "$token.new"
if grep -Eqx '[0-9a-fA-F-]{36}' "$token.new" && CONSUL_HTTP_TOKEN_FILE=$token.new consul acl token read -self > /dev/null; then :; else
  rm -f "$token.new"
  echo "stop: the servers do not accept this token, and no file was changed" >&2
  exit 1
fi
ln "$token.new" "$token"
rm -f "$token.new"
echo "the token is in $token"
)"#;

/// Uses the token of a file from now on.
const USE_TOKEN: &str = r#"export CONSUL_HTTP_TOKEN_FILE={file}
consul acl token read -self > /dev/null && echo "the token works""#;

/// Restores a snapshot that has no base, unless there is anything to lose. A fresh server of 1.20
/// has the records that are passed over, and with ACLs two tokens and two policies; what services
/// register comes back.
const RESTORE_NEW: &str = r#"(
set -eu
umask 077
if [ -e before.snap ]; then echo "stop: before.snap exists: the restore was started before" >&2; exit 1; fi
rm -f before.snap.new
consul snapshot save before.snap.new
consul snapshot inspect before.snap.new > before.txt
if grep -q '^ *Total ' before.txt; then :; else echo "stop: before.txt does not say what the cluster holds" >&2; exit 1; fi
lost=$(awk 'NF == 3 && $2 ~ /^[0-9]+$/ {
  if ($1 ~ /^(Register|Index|Tombstone|CoordinateBatchUpdate|KindServiceName|ServiceVirtualIP|FreeVirtualIP)$/) next
  if ($1 ~ /^(ConnectCA|ConnectCAConfig|ConnectCAProviderState|Autopilot|SystemMetadata|FederationState|ChunkingState)$/) next
  if ($1 ~ /^(ACLToken|ACLPolicy)$/ && $2 <= 2) next
  print "  " $2 " " $1
}' before.txt)
if [ -n "$lost" ]; then
  echo "stop: nothing was restored. This cluster is not new, and the restore would erase:" >&2
  echo "$lost" >&2
  exit 1
fi
mv before.snap.new before.snap
consul snapshot restore {snapshot}
)"#;

/// Restores a snapshot that has a base, unless it was restored before.
const RESTORE_BASE: &str = r#"(
set -eu
umask 077
if [ -e before.snap ]; then echo "stop: before.snap exists: the restore was started before" >&2; exit 1; fi
consul peering list > peerings.txt
if grep -E '^({peers})( |$)' peerings.txt >&2; then
  echo "stop: nothing was restored. The snapshot was restored before: these peerings exist, and would end" >&2
  exit 1
fi
rm -f before.snap.new
consul snapshot save before.snap.new
mv before.snap.new before.snap
consul snapshot restore {snapshot}
)"#;

/// Restores a snapshot that replaces secrets alone, of peerings that its base has.
const RESTORE_SECRETS: &str = r#"(
set -eu
umask 077
if [ -e before.snap ]; then echo "stop: before.snap exists: the restore was started before" >&2; exit 1; fi
rm -f before.snap.new
consul snapshot save before.snap.new
mv before.snap.new before.snap
consul snapshot restore {snapshot}
)"#;

/// Makes a token for each agent that has no file yet.
const AGENT_TOKENS: &str = r#"(
set -euC
umask 077
rm -f members.txt
consul members > members.txt
awk 'NR > 1 { print $1 }' members.txt | while read -r node; do
  if [ -s "agent-$node.json" ]; then continue; fi
  if printf '%s\n' "$node" | grep -q '[^a-z0-9_-]'; then echo "skip: no node identity can be made for $node" >&2; continue; fi
  rm -f "agent-$node.json"
  if consul acl token create -format=json -description "agent $node" -node-identity "$node:{datacenter}" > "agent-$node.json" < /dev/null; then :; else
    rm -f "agent-$node.json"
    exit 1
  fi
  echo "the token of $node is in agent-$node.json"
done
)"#;

/// Installs the CA on a server, unless it has another.
const CA: &str = r#"(
set -eu
if [ -e /etc/consul.d/{agent} ]; then cmp {agent} /etc/consul.d/{agent}; else
  install -o consul -g consul -m 0600 {agent} /etc/consul.d/
fi
systemctl start consul
)"#;

/// Writes the header with which curl shows an ACL token.
const HEADER: &str = r#"(
set -eu
umask 077
rm -f acl-header acl-header.new
token=$(cat "${CONSUL_HTTP_TOKEN_FILE:?is not set: name the file that has the token}")
printf 'X-Consul-Token: %s\n' "$token" > acl-header.new
if grep -Eqx 'X-Consul-Token: [0-9a-fA-F-]{36}' acl-header.new; then mv acl-header.new acl-header; else
  rm -f acl-header.new
  echo "stop: $CONSUL_HTTP_TOKEN_FILE does not hold a token of 36 characters" >&2
  exit 1
fi
)"#;

/// Applies a Secret and then what reads it: a PeeringAcceptor without its Secret makes a new token.
const APPLY: &str = r#"(
set -eu
kubectl apply -f {secret} < /dev/null
kubectl apply -f {resource} < /dev/null
)"#;

pub(super) fn bootstrap(file: &str) -> String {
    BOOTSTRAP.replace("{file}", file)
}

pub(super) fn typed(file: &str) -> String {
    TYPED.replace("{file}", file)
}

pub(super) fn use_token(file: &str) -> String {
    USE_TOKEN.replace("{file}", file)
}

pub(super) fn restore_new(snapshot: &str) -> String {
    RESTORE_NEW.replace("{snapshot}", snapshot)
}

/// `peers` are those that the snapshot adds to its base.
pub(super) fn restore_with_base(snapshot: &str, peers: &[&str]) -> String {
    let block = if peers.is_empty() {
        RESTORE_SECRETS.to_owned()
    } else {
        RESTORE_BASE.replace("{peers}", &peers.join("|"))
    };
    block.replace("{snapshot}", snapshot)
}

pub(super) fn agent_tokens(datacenter: &str) -> String {
    AGENT_TOKENS.replace("{datacenter}", datacenter)
}

pub(super) fn ca(agent: &str) -> String {
    CA.replace("{agent}", agent)
}

pub(super) fn header() -> String {
    HEADER.to_owned()
}

pub(super) fn establish(body: &str) -> String {
    format!(
        "curl -sS --fail-with-body -H @acl-header --data-binary @{body} http://127.0.0.1:8500/v1/peering/establish"
    )
}

pub(super) fn apply(secret: &str, resource: &str) -> String {
    APPLY
        .replace("{secret}", secret)
        .replace("{resource}", resource)
}
