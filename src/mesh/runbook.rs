//! The run-book of a site: what to type there, in order, how to see that it worked, and what must
//! not be done twice. No secret stands in it or on a command line of it.

use super::file::{Mode, SiteState};
use super::files::{AGENT, BODY, RESOURCE, ROOTS, SECRET, SNAPSHOT};
use super::plan::{Pair, Plan, Task};
use super::site::Site;
use std::fmt::Write;

/// The run-book of the site at this place.
pub(super) fn text(plan: &Plan, index: usize) -> String {
    let (Some(site), Some(task)) = (plan.sites.get(index), plan.tasks.get(index)) else {
        return String::new();
    };
    let book = Book {
        plan,
        site,
        task,
        index,
        text: String::new(),
        step: 0,
    };
    book.write()
}

struct Book<'a> {
    plan: &'a Plan,
    site: &'a Site,
    task: &'a Task,
    index: usize,
    text: String,
    step: usize,
}

impl Book<'_> {
    fn write(mut self) -> String {
        let site = self.site;
        let is_token = self.plan.mode == Mode::Token;
        self.text = format!(
            "# {}\n\nDatacenter `{}`, server name `{}`.\n\n\
             Each command runs where `consul` reaches a server of this site, in this folder. Where ACLs \
             are on, the token is read from a file that only you can read, and is never typed:\n\n\
             \x20   export CONSUL_HTTP_TOKEN_FILE=$HOME/.consul-token\n",
            site.name,
            site.datacenter(),
            site.server_name(),
        );
        if site.ca.is_some() && site.state == SiteState::New {
            self.ca();
        }
        if self.task.seeds.is_empty() {
            self.gap();
            self.line("There is no snapshot to restore here.");
        } else {
            self.restore();
            if site.base.is_none() {
                self.acls();
            }
        }
        if is_token {
            self.secrets_of_accepted();
            self.establish();
        } else {
            let accepted: Vec<_> = self.task.accepts.clone();
            let all = accepted.iter().chain(&self.task.dials);
            let peers = self.names(all);
            if !peers.is_empty() {
                self.heading("Wait");
                self.line(&format!(
                    "The peerings with {peers} come up by themselves once both ends are restored: there \
                     is nothing to establish. A dialer tries again with growing pauses, so that it may \
                     take some minutes after the later restore."
                ));
                if site.kubernetes.is_some() {
                    self.line("Apply no PeeringAcceptor or PeeringDialer for them: each would ask for a token.");
                }
            }
        }
        self.see();
        self.not_twice();
        self.text
    }

    fn ca(&mut self) {
        self.heading("Give the CA to every server, before its first start");
        self.line(&format!(
            "`{AGENT}` holds the private key of this site's CA. Servers that were started without it have \
             made another CA, and then nothing here fits: start those anew with an empty data directory."
        ));
        self.code(&[
            &format!("install -o consul -g consul -m 0600 {AGENT} /etc/consul.d/"),
            "systemctl start consul",
        ]);
        self.line("Then the servers have this root and no other:");
        self.code(&[
            "curl -sS http://127.0.0.1:8500/v1/connect/ca/roots | jq -r '.TrustDomain, .Roots[].RootCert'",
        ]);
        self.line(&format!(
            "prints `{}.consul` and the certificate in `{ROOTS}`.",
            self.site.cluster_id
        ));
    }

    fn restore(&mut self) {
        let peers = self.names(&self.task.seeds);
        self.heading("Restore the snapshot, once");
        let replaced = match &self.site.base {
            None => {
                "It is made of nothing: a restore leaves no KV, no ACL tokens or policies, no config entries and no other peerings. It is for a new cluster. The catalog fills again by itself within a minute".to_owned()
            }
            Some(base) => {
                let taken = base.state.meta.taken_at();
                let taken = taken.map_or_else(
                    || "an unknown time".to_owned(),
                    |at| at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
                );
                format!(
                    "It starts from the base of {taken}: a restore takes KV, ACLs, the CA and the secrets of all other peerings back to that moment, and what changed since is lost"
                )
            }
        };
        self.line(&format!(
            "It brings the peerings with {peers}. {replaced}. Where ACLs are on, a restore needs a \
             management token. Save what there is first:"
        ));
        self.code(&[
            "consul snapshot save before.snap",
            &format!("consul snapshot restore {SNAPSHOT}"),
        ]);
    }

    fn acls(&mut self) {
        self.heading("Where ACLs are on: make the tokens again");
        self.line(
            "The snapshot has no ACLs. Until agents have tokens again, the catalog stays empty. \
             The first command prints the new management token: it goes into the file and not onto the \
             screen. Where it says \"ACL bootstrap no longer allowed\", the servers have made the token of \
             `acl.tokens.initial_management` in their configuration again, and that one is used.",
        );
        self.code(&[
            "umask 077",
            "unset CONSUL_HTTP_TOKEN_FILE",
            "consul acl bootstrap -format=json > bootstrap.json",
            "jq -r .SecretID bootstrap.json > $HOME/.consul-token && rm bootstrap.json",
            "export CONSUL_HTTP_TOKEN_FILE=$HOME/.consul-token",
        ]);
        self.line(
            "Then make the agents' tokens, for each agent with its own node name, and put each into \
             `acl.tokens.agent` of that agent's configuration:",
        );
        self.code(&[
            "consul acl token create -format=json -description \"agent NODE\" -node-identity \"NODE:DATACENTER\" > agent-NODE.json",
            "consul reload",
        ]);
    }

    /// On Kubernetes an acceptor's resource makes a new token where it finds no Secret.
    fn secrets_of_accepted(&mut self) {
        if self.site.kubernetes.is_none() {
            return;
        }
        let pairs: Vec<&Pair> = self
            .pairs(&self.task.accepts)
            .filter(|pair| !pair.is_done)
            .collect();
        if pairs.is_empty() {
            return;
        }
        let mut commands = Vec::new();
        for pair in pairs {
            let peer = pair.peer(self.index);
            commands.push(format!("kubectl apply -f {peer}{SECRET}"));
            commands.push(format!("kubectl apply -f {peer}{RESOURCE}"));
        }
        self.heading("Accept: the Secret first, then the resource");
        self.line(
            "After the restore, in this order: a PeeringAcceptor that finds no Secret makes a new token, \
             and the one that was carried to the dialer is worth nothing.",
        );
        self.code(&commands);
    }

    fn establish(&mut self) {
        let pairs: Vec<&Pair> = self
            .pairs(&self.task.dials)
            .filter(|pair| !pair.is_done)
            .collect();
        if pairs.is_empty() {
            return;
        }
        let peers: Vec<&str> = pairs.iter().map(|pair| pair.peer(self.index)).collect();
        let mut commands = Vec::new();
        let on_kubernetes = self.site.kubernetes.is_some();
        for peer in &peers {
            if on_kubernetes {
                commands.push(format!("kubectl apply -f {peer}{SECRET}"));
                commands.push(format!("kubectl apply -f {peer}{RESOURCE}"));
            } else {
                commands.push(format!(
                    "curl -sS --fail-with-body -H @acl-header --data-binary @{peer}{BODY} http://127.0.0.1:8500/v1/peering/establish"
                ));
            }
        }
        let peers = peers.join(", ");
        self.heading("Dial");
        self.line(&format!(
            "Each of these once, after the other site has restored its snapshot: {peers}."
        ));
        if on_kubernetes {
            self.line(
                "Do not touch a Secret once its token was used: each new version establishes again, and a used token gives 403.",
            );
        } else {
            self.line(
                "The token is read from a file, as others see a command line. `acl-header` is needed \
                 where ACLs are on, with `peering:write`; else leave out `-H @acl-header`:",
            );
            self.code(&[
                "(umask 077; printf 'X-Consul-Token: %s\\n' \"$(cat $CONSUL_HTTP_TOKEN_FILE)\" > acl-header)",
            ]);
        }
        if !on_kubernetes {
            commands.push("rm -f acl-header".to_owned());
        }
        self.code(&commands);
        self.line(
            "`tls: unrecognized name` and `connection refused` mean that the other site is not ready: try \
             again. `invalid peering establishment secret` means that it has not restored its snapshot, or \
             that the token was used: do not restore again, but ask there for `consul peering list`.",
        );
    }

    fn see(&mut self) {
        let all: Vec<usize> = self
            .task
            .accepts
            .iter()
            .chain(&self.task.dials)
            .copied()
            .collect();
        if all.is_empty() {
            return;
        }
        let peers = self.names(&all);
        self.heading("See that it worked");
        self.code(&["consul peering list"]);
        self.line(&format!(
            "shows ACTIVE for each of {peers}, here and at the other end. ACTIVE at one end alone is not enough."
        ));
        self.line("`peertok explain` tells what a server's error means.");
    }

    fn not_twice(&mut self) {
        self.gap();
        self.line("## Not twice\n");
        if !self.task.seeds.is_empty() {
            self.line(&format!(
                "- Do not restore `{SNAPSHOT}` again once peerings are up: it takes the secrets of their \
                 streams away, and they end. Delete it after the restore. Where the kit is made, write \
                 `state = \"running\"` for this site and remove its `base`. Whatever is added later \
                 starts from a new `consul snapshot save`."
            ));
        }
        if self.plan.mode == Mode::Token {
            self.line("- A token works once. Establishing with it again answers 403 and leaves the peering as it is.");
            self.line("- `consul peering generate-token` for one of these names makes the token in the kit worthless.");
        }
        if self.site.ca.is_some() {
            self.line(&format!(
                "- Keep `{AGENT}` on every server, and give it to nobody else."
            ));
        }
    }

    fn pairs<'b>(&'b self, places: &'b [usize]) -> impl Iterator<Item = &'b Pair> {
        places
            .iter()
            .filter_map(|place| self.plan.pairs.get(*place))
    }

    /// The names of the other ends.
    fn names<'b>(&self, places: impl IntoIterator<Item = &'b usize>) -> String {
        let pairs = places
            .into_iter()
            .filter_map(|place| self.plan.pairs.get(*place));
        let names: Vec<&str> = pairs.map(|pair| pair.peer(self.index)).collect();
        names.join(", ")
    }

    fn heading(&mut self, heading: &str) {
        self.step += 1;
        self.gap();
        let _ = writeln!(self.text, "## {}. {heading}\n", self.step);
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn code<T: AsRef<str>>(&mut self, lines: &[T]) {
        self.gap();
        for line in lines {
            let _ = writeln!(self.text, "    {}", line.as_ref());
        }
        self.text.push('\n');
    }

    /// Ends what was written with an empty line.
    fn gap(&mut self) {
        let end = self.text.trim_end().len();
        self.text.truncate(end);
        self.text.push_str("\n\n");
    }
}
