//! What an acceptor's snapshot tells about a token, as of the moment when the snapshot was taken.
//!
//! `generate-token` stores an establishment secret. Its exchange deletes that and stores a pending
//! stream secret, which the first stream promotes to the active one.

use consul_snapshot::{Peering, PeeringState, Secrets, State};
use peertok_secret::Secret;
use serde::{Serialize, Serializer};

/// What the secrets of a peering mean, whatever token one has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SecretsMeaning {
    /// There are none: no token can be redeemed, and no stream opened.
    None,
    /// The newest token can be redeemed.
    Redeemable,
    /// The newest token can be redeemed, and an earlier one was.
    RedeemableAgain,
    /// The token was exchanged, but the stream never came up.
    Exchanged,
    /// The token was used, or the stream's secret was given to both ends.
    Active,
}

impl SecretsMeaning {
    /// Returns what these secrets mean.
    #[must_use]
    pub fn of(secrets: &Secrets) -> Self {
        let active = secrets.active_stream.is_some();
        let pending = secrets.pending_stream.is_some();
        match (secrets.establishment.is_some(), active, pending) {
            (true, false, false) => Self::Redeemable,
            (true, _, _) => Self::RedeemableAgain,
            (false, true, _) => Self::Active,
            (false, false, true) => Self::Exchanged,
            (false, false, false) => Self::None,
        }
    }
}

/// What an acceptor's snapshot tells of a token, as of the moment when it was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenStatus {
    /// It can be redeemed.
    Redeemable,
    /// A later `generate-token` replaced its secret, and no token was ever redeemed.
    Superseded,
    /// A later `generate-token` replaced its secret, or it was redeemed before that.
    UsedOrSuperseded,
    /// It was exchanged, but the stream never came up.
    Exchanged,
    /// It was redeemed.
    Used,
    /// The peering has no secrets, so that no token for it can be redeemed.
    NoSecrets,
    /// The peering is TERMINATED, and so is every token made for it.
    Terminated,
    /// The peering is DELETING.
    Deleting,
    /// No peering has its ID: it was deleted, or the token is another cluster's.
    Unknown,
}

/// As its [`name`](TokenStatus::name).
impl Serialize for TokenStatus {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl TokenStatus {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Redeemable,
        Self::Superseded,
        Self::UsedOrSuperseded,
        Self::Exchanged,
        Self::Used,
        Self::NoSecrets,
        Self::Terminated,
        Self::Deleting,
        Self::Unknown,
    ];

    /// The status's name in every output.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Redeemable => "redeemable",
            Self::Superseded => "superseded",
            Self::UsedOrSuperseded => "used-or-superseded",
            Self::Exchanged => "exchanged",
            Self::Used => "used",
            Self::NoSecrets => "no-secrets",
            Self::Terminated => "terminated",
            Self::Deleting => "deleting",
            Self::Unknown => "unknown",
        }
    }
    /// Returns what the acceptor's state tells about a token with this `PeerID` and secret.
    #[must_use]
    pub fn of(acceptor: &State, peer_id: &str, secret: &Secret) -> Self {
        acceptor
            .peering_by_id(peer_id)
            .map_or(Self::Unknown, |peering| Self::of_peering(peering, secret))
    }

    /// Returns what the acceptor's peering tells about a token with its ID and this secret.
    #[must_use]
    pub fn of_peering(peering: &Peering, secret: &Secret) -> Self {
        match peering.state {
            PeeringState::Terminated => return Self::Terminated,
            PeeringState::Deleting => return Self::Deleting,
            _ => {}
        }
        let secrets = &peering.secrets;
        match (&secrets.establishment, SecretsMeaning::of(secrets)) {
            (Some(newest), _) if newest == secret => Self::Redeemable,
            (_, SecretsMeaning::Redeemable) => Self::Superseded,
            (_, SecretsMeaning::RedeemableAgain) => Self::UsedOrSuperseded,
            (_, SecretsMeaning::Exchanged) => Self::Exchanged,
            (_, SecretsMeaning::Active) => Self::Used,
            (_, SecretsMeaning::None) => Self::NoSecrets,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of the life of a secret, one line each.
    #[test]
    fn a_token_has_the_status_that_its_secrets_tell() {
        use PeeringState as State;
        use TokenStatus::*;
        for (state, secrets, expected) in [
            (State::Pending, ["mine", "", ""], Redeemable),
            (State::Active, ["mine", "x", ""], Redeemable),
            (State::Pending, ["other", "", ""], Superseded),
            (State::Active, ["other", "x", ""], UsedOrSuperseded),
            (State::Active, ["other", "", "x"], UsedOrSuperseded),
            (State::Establishing, ["", "", "x"], Exchanged),
            (State::Active, ["", "x", ""], Used),
            (State::Failing, ["", "x", "y"], Used),
            (State::Pending, ["", "", ""], NoSecrets),
            (State::Terminated, ["mine", "", ""], Terminated),
            (State::Deleting, ["mine", "", ""], Deleting),
        ] {
            let [establishment, active, pending] =
                secrets.map(|text| (!text.is_empty()).then(|| Secret::new(text.to_owned())));
            let mut peering = Peering::new("west", "any");
            peering.state = state;
            peering.secrets.establishment = establishment;
            peering.secrets.active_stream = active;
            peering.secrets.pending_stream = pending;
            let status = TokenStatus::of_peering(&peering, &Secret::new("mine".to_owned()));
            assert_eq!(status, expected, "{state} {secrets:?}");
        }
    }
}
