//! What scenarios ask of servers: to mint tokens and to redeem them, and how peerings fare.

use crate::http::Answer;
use crate::server::{CHANGE, Server, wait_for};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;

impl Server {
    /// Makes a token, as `consul peering generate-token` does.
    pub(crate) fn mint(&self, name: &str, external_addresses: &[&str]) -> String {
        let body = json!({"PeerName": name, "ServerExternalAddresses": external_addresses});
        let answer = self.post("/v1/peering/token", &body);
        // A refusal holds no token, so that it can be shown.
        assert_eq!(answer.status, 200, "mint {name}: {}", answer.text());
        let answer: Value = serde_json::from_slice(&answer.body).unwrap();
        answer["PeeringToken"].as_str().unwrap().to_owned()
    }

    /// Tries a token once.
    pub(crate) fn establish(&self, name: &str, token: &str) -> Answer {
        let body = json!({"PeerName": name, "PeeringToken": token});
        self.post("/v1/peering/establish", &body)
    }

    /// Redeems a token that has to work.
    pub(crate) fn redeem(&self, name: &str, token: &str) {
        let answer = self.establish_when_ready(name, token);
        let text = answer.text();
        assert_eq!(answer.status, 200, "{name} at {}: {text}", self.name);
    }

    /// Posts the body of an establish request, as it stands in a file, until the acceptor takes it.
    pub(crate) fn establish_from(&self, body: &Path) {
        wait_for("an acceptor that answers", CHANGE, || {
            let answer = self.post_file("/v1/peering/establish", body);
            match answer.status {
                200 => Ok(()),
                _ => Err(answer.text()),
            }
        });
    }

    /// Tries to redeem a token whose secret is not, or no longer, its peering's.
    pub(crate) fn assert_spent(&self, name: &str, token: &str) {
        let answer = self.establish_when_ready(name, token);
        let text = answer.text();
        assert_eq!(answer.status, 403, "{name} at {}: {text}", self.name);
        let expected =
            "a new peering token must be generated: invalid peering establishment secret";
        assert!(text.contains(expected), "{text}");
    }

    /// Tries a token until the acceptor takes or refuses its secret. In the first moments after a
    /// start or a restore, an acceptor has no leader, or no certificate to show to dialers.
    fn establish_when_ready(&self, name: &str, token: &str) -> Answer {
        wait_for("an acceptor that answers", CHANGE, || {
            let answer = self.establish(name, token);
            match answer.status {
                200 | 403 => Ok(answer),
                _ => Err(answer.text()),
            }
        })
    }

    /// A peering as the API shows it.
    fn peering(&self, name: &str) -> Result<Value, String> {
        self.try_get(&format!("/v1/peering/{name}"))
    }

    fn state(&self, name: &str) -> Result<String, String> {
        let peering = self.peering(name)?;
        Ok(peering["State"].as_str().unwrap_or_default().to_owned())
    }

    /// Waits until a peering is in a state at this end.
    pub(crate) fn wait_until_state(&self, name: &str, expected: &str) {
        let what = format!("{name} at {} to be {expected}", self.name);
        wait_for(&what, CHANGE, || match self.state(name)? {
            state if state == expected => Ok(()),
            state => Err(state),
        });
    }

    /// Waits until a peering is ACTIVE at this end, and the other was heard after that moment.
    pub(crate) fn wait_until_heard(&self, name: &str, after: Timestamp, limit: Duration) {
        let what = format!("{name} at {} to be heard of", self.name);
        wait_for(&what, limit, || {
            let peering = self.peering(name)?;
            let heard = peering["StreamStatus"]["LastReceive"].as_str();
            let heard: Option<Timestamp> = heard.and_then(|time| time.parse().ok());
            match &peering["State"] {
                state if state != "ACTIVE" => Err(state.to_string()),
                _ if heard.is_none_or(|time| time <= after) => Err("nothing heard".to_owned()),
                _ => Ok(()),
            }
        });
    }
}

/// Waits until a peering is ACTIVE at both ends at once. One end is not enough: a dialer is ACTIVE
/// for a moment at each of its tries, even if the acceptor does not take its secret.
pub(crate) fn wait_until_peered(acceptor: (&Server, &str), dialer: (&Server, &str)) {
    wait_for("an ACTIVE peering", CHANGE, || {
        let accepts = acceptor.0.state(acceptor.1)?;
        let dials = dialer.0.state(dialer.1)?;
        match (&*accepts, &*dials) {
            ("ACTIVE", "ACTIVE") => Ok(()),
            _ => Err(format!("{accepts} at the acceptor, {dials} at the dialer")),
        }
    });
}
