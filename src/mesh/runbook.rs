//! The run-book of a site: what to type there, in order, how to see that it worked, and what must
//! not be done twice. It has no secret in it; its commands are in [`blocks`].

use super::blocks;
use super::file::{Mode, SiteState};
use super::files::{AGENT, BODY, RESOURCE, ROOTS, SECRET, SNAPSHOT};
use super::plan::{Pair, Plan, Task};
use super::site::Site;
use crate::restore::ERASED;
use std::fmt::Write;

/// Of the two files for ACL tokens, the one that a restore makes worthless, and the other.
const BEFORE: &str = "-before";
const AFTER: &str = "";

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
        let is_new = site.state == SiteState::New;
        let server_name = match site.server_name() {
            "" => String::new(),
            name => format!(", server name `{name}`"),
        };
        self.text = format!(
            "# {}\n\nDatacenter `{}`{server_name}.\n\n\
             Each command runs where `consul` reaches a server of this site, in this folder. Paste a \
             block whole: it stops at the first failure, and never replaces the only copy of a \
             token. After a block that stops, read what it says before you go on.\n",
            site.name,
            site.datacenter(),
        );
        if site.ca.is_some() && is_new {
            self.ca();
        }
        let restores = !self.task.seeds.is_empty();
        if restores || (is_token && !self.task.dials.is_empty()) {
            self.token(is_new, if is_new && restores { BEFORE } else { AFTER });
        }
        if restores {
            self.restore();
            if site.base.is_none() {
                self.acls();
            }
        } else {
            self.gap();
            self.line("There is no snapshot to restore here.");
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
        self.code(&blocks::ca(AGENT));
        self.line("Then the servers have this root and no other:");
        self.code(
            "curl -sS http://127.0.0.1:8500/v1/connect/ca/roots | jq -r '.TrustDomain, .Roots[].RootCert'",
        );
        self.line(&format!(
            "prints `{}.consul` and the certificate in `{ROOTS}`.",
            self.site.cluster_id
        ));
    }

    /// The file with the ACL token, one for each site that is reached from the same machine.
    fn token_file(&self, which: &str) -> String {
        format!("$HOME/.consul-{}{which}.token", self.site.name)
    }

    /// A restore and an establish need a token where ACLs are on.
    fn token(&mut self, is_new: bool, which: &str) {
        let file = self.token_file(which);
        self.heading("If ACLs are on: have a token ready");
        let needs = if self.task.seeds.is_empty() {
            "To establish, the token needs `peering = \"write\"`; a management token has it."
        } else {
            "To save and restore, it must be a management token."
        };
        self.line(&format!(
            "Skip this section if ACLs are off. `consul` reads the token from the file that \
             `CONSUL_HTTP_TOKEN_FILE` names, so that it is on no command line. {needs}"
        ));
        if is_new {
            self.line("\nNew servers have no token yet. This makes the management token:");
            self.code(&blocks::bootstrap(&file));
            self.line(
                "If it says \"ACL bootstrap no longer allowed\", a management token exists: that of \
                 `acl.tokens.initial_management` in the servers' configuration, or one made before. Type \
                 that one:",
            );
        } else {
            self.line("\nIf no file holds it yet, type it:");
        }
        self.code(&blocks::typed(&file));
        self.line("Then use it:");
        self.code(&blocks::use_token(&file));
    }

    fn restore(&mut self) {
        let peers = self.names(&self.task.seeds);
        let block = match &self.site.base {
            None => blocks::restore_new(SNAPSHOT),
            Some(_) => blocks::restore_with_base(SNAPSHOT, &self.plan.added(self.index)),
        };
        self.heading("Restore the snapshot, once");
        let destroyed = match &self.site.base {
            None => format!(
                "**Restoring `{SNAPSHOT}` erases {ERASED}.** It has no base, so it is only for a new \
                 cluster: one with nothing to keep. The ACL tokens go too. Nodes and services come back \
                 within a minute, where ACLs are on once agents have tokens again"
            ),
            Some(base) => format!(
                "**Restoring `{SNAPSHOT}` loses every change since {}**, when its base was saved: KV, \
                 ACLs, config entries, the CA and the secrets of all other peerings go back to that \
                 moment",
                base.taken()
            ),
        };
        self.line(&format!(
            "{destroyed}. It brings the peerings with {peers}. The block saves what there is to \
             `before.snap` first:"
        ));
        self.code(&block);
        match &self.site.base {
            None => self.line(
                "If it stops and lists records, this cluster is not new: do not restore. Where the kit is \
                 made, write `state = \"running\"` and name the saved `before.snap.new` as `base`. Only if \
                 nothing in the list matters, type the block's last command by itself.",
            ),
            Some(_) => self.line(
                "If a peering was up during the restore, restart the servers one after the other: such a \
                 server may use a whole core until then.",
            ),
        }
        self.line(
            "The way back is `consul snapshot restore before.snap`. It brings the ACL tokens of that \
             moment back too, so keep the token that you used.",
        );
    }

    fn acls(&mut self) {
        let file = self.token_file(AFTER);
        self.heading("If ACLs are on: make the tokens again");
        self.line(
            "The restore erased every ACL token of this cluster, also the one that you used. Only that of \
             `acl.tokens.initial_management` exists again after some seconds: if you typed that one, keep \
             it, and skip the next two blocks. Otherwise make a new management token:",
        );
        self.code(&blocks::bootstrap(&file));
        self.code(&blocks::use_token(&file));
        self.line("Then make a token for each agent:");
        self.code(&blocks::agent_tokens(self.site.datacenter()));
        self.line(
            "Put the `SecretID` of each into `acl.tokens.agent` of that agent's configuration, and run \
             `consul reload` on its machine. Where a token was set with `consul acl set-agent-token`, use \
             that command again: the token that it saved is used in place of the configuration's. A node \
             that is skipped has a name with upper-case letters: make its token with a policy that has \
             `node \"NAME\" { policy = \"write\" }`. The files hold secrets: delete them afterwards.",
        );
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
        let peers: Vec<String> = pairs
            .iter()
            .map(|pair| pair.peer(self.index).to_owned())
            .collect();
        self.heading("Accept: the Secret first, then the resource");
        self.line(
            "After the restore, in this order: a PeeringAcceptor that finds no Secret makes a new token, \
             and the one that was carried to the dialer is worth nothing.",
        );
        self.apply(&peers);
    }

    /// A block for each peer, as one that is not ready holds up no other.
    fn apply(&mut self, peers: &[String]) {
        for peer in peers {
            let (secret, resource) = (format!("{peer}{SECRET}"), format!("{peer}{RESOURCE}"));
            self.code(&blocks::apply(&secret, &resource));
        }
    }

    fn establish(&mut self) {
        let pairs: Vec<&Pair> = self
            .pairs(&self.task.dials)
            .filter(|pair| !pair.is_done)
            .collect();
        if pairs.is_empty() {
            return;
        }
        let peers: Vec<String> = pairs
            .iter()
            .map(|pair| pair.peer(self.index).to_owned())
            .collect();
        self.heading("Dial");
        self.line(&format!(
            "Each of these once, after the other site has restored its snapshot: {}.",
            peers.join(", ")
        ));
        if self.site.kubernetes.is_some() {
            self.line(
                "Do not touch a Secret once its token was used: each new version establishes again, and a used token gives 403.",
            );
            self.apply(&peers);
        } else {
            self.line(
                "`curl` reads the ACL token from `acl-header`, as others see a command line. Where ACLs \
                 are off, write an empty one with `: > acl-header`. Where they are on:",
            );
            self.code(&blocks::header());
            self.line("Then, one after the other:");
            for peer in &peers {
                self.code(&blocks::establish(&format!("{peer}{BODY}")));
            }
            self.line("At the end:");
            self.code("rm -f acl-header");
        }
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
        self.code("consul peering list");
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

    fn code(&mut self, block: &str) {
        self.gap();
        for line in block.lines() {
            let _ = writeln!(self.text, "    {line}");
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
