//! The life of a secret at the acceptor.

use super::build::{at_acceptor, token, uuid, vector};
use super::cluster::{acceptor, archive, peering, secret, west};
use crate::maker::Maker;
use crate::vector::Vector;
use consul_snapshot::{Peering, PeeringState};
use peering_token::{PeeringToken, Secret};

/// What the acceptor has for the peer `west`: the token's own secret, another, or none.
#[derive(Clone, Copy, PartialEq)]
enum Has {
    Nothing,
    Own,
    Another,
}
use Has::{Another, Nothing, Own};

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    [redeemable(maker), spent(maker), going(maker), gone(maker)].concat()
}

/// A token, and an acceptor with this establishment secret and with a stream secret that is active
/// or pending.
fn kept(
    maker: &Maker,
    condition: &str,
    description: &str,
    state: PeeringState,
    (establishment, active, pending): (Has, bool, bool),
    status: &'static str,
) -> Vector {
    let token = token(maker, condition);
    let random = |purpose: &str, is_there: bool| {
        if is_there {
            uuid(maker, condition, purpose)
        } else {
            String::new()
        }
    };
    let establishment = match establishment {
        Own => token.establishment_secret.expose().to_owned(),
        other => random("establishment", other == Another),
    };
    let (active, pending) = (random("active", active), random("pending", pending));
    let mut west = peering(maker, &token.peer_id, "west", state);
    west.secrets.establishment = secret(&establishment);
    west.secrets.active_stream = secret(&active);
    west.secrets.pending_stream = secret(&pending);
    let snapshot = with_west(maker, &west);
    at_acceptor(vector(condition, description, &token), snapshot, status)
}

fn with_west(maker: &Maker, west: &Peering) -> Vec<u8> {
    let mut made = acceptor(maker);
    made.peering(west);
    archive(made, maker)
}

fn redeemable(maker: &Maker) -> Vec<Vector> {
    let pending = PeeringState::Pending;
    vec![
        kept(
            maker,
            "redeemable",
            "Just after generate-token: the secret is the newest.",
            pending,
            (Own, false, false),
            "redeemable",
        ),
        kept(
            maker,
            "redeemable-again",
            "Made for a peering that is connected: the stream goes on, and the new secret can be redeemed.",
            pending,
            (Own, true, false),
            "redeemable",
        ),
        kept(
            maker,
            "redeemable-after-exchange",
            "Made after an earlier token was exchanged and no stream came up.",
            pending,
            (Own, false, true),
            "redeemable",
        ),
        kept(
            maker,
            "redeemable-failing",
            "The peering has lost its connection, and a new token was made for it.",
            PeeringState::Failing,
            (Own, true, false),
            "redeemable",
        ),
        {
            let condition = "redeemable-id-in-upper-case";
            let mut token = token(maker, condition);
            let id = token.peer_id.clone();
            token.peer_id = id.to_uppercase();
            let west = west(&id, token.establishment_secret.expose());
            let text = "The peer ID in upper case: a server looks it up as a UUID, whose case does not count.";
            let vector = vector(condition, text, &token);
            at_acceptor(vector, with_west(maker, &west), "redeemable")
                .finds(&["not-canonical"])
                .unlike("secret-in-upper-case")
        },
    ]
}

fn spent(maker: &Maker) -> Vec<Vector> {
    let pending = PeeringState::Pending;
    let superseded = ["token-superseded"];
    let used = ["token-used"];
    vec![
        kept(
            maker,
            "superseded",
            "generate-token was run again for the same name, and replaced the secret.",
            pending,
            (Another, false, false),
            "superseded",
        )
        .finds(&superseded)
        .unlike("redeemable"),
        kept(
            maker,
            "used-or-superseded",
            "There is a newer secret and a stream: this token was used, or it was replaced before it was.",
            pending,
            (Another, true, false),
            "used-or-superseded",
        )
        .finds(&superseded)
        .unlike("redeemable-again"),
        kept(
            maker,
            "exchanged-or-superseded",
            "There is a newer secret, and a token was exchanged whose stream never came up.",
            pending,
            (Another, false, true),
            "used-or-superseded",
        )
        .finds(&superseded)
        .unlike("redeemable-after-exchange"),
        kept(
            maker,
            "exchanged",
            "The token was exchanged, and the stream never came up.",
            pending,
            (Nothing, false, true),
            "exchanged",
        )
        .finds(&used)
        .unlike("redeemable-after-exchange"),
        kept(
            maker,
            "used",
            "The token was redeemed, and its stream is up.",
            pending,
            (Nothing, true, false),
            "used",
        )
        .finds(&used)
        .unlike("redeemable"),
        kept(
            maker,
            "used-twice",
            "The token was redeemed, and a later one exchanged, whose stream is not up yet.",
            pending,
            (Nothing, true, true),
            "used",
        )
        .finds(&used)
        .unlike("redeemable-again"),
        kept(
            maker,
            "used-failing",
            "The token was redeemed, and the connection was lost since: it comes back without a token.",
            PeeringState::Failing,
            (Nothing, true, false),
            "used",
        )
        .finds(&used)
        .unlike("redeemable-failing"),
        in_upper_case(maker),
        without_secret(maker),
    ]
}

/// A server compares secrets byte by byte.
fn in_upper_case(maker: &Maker) -> Vector {
    let condition = "secret-in-upper-case";
    let mut token = token(maker, condition);
    let secret = token.establishment_secret.expose().to_owned();
    // One without a letter has no case.
    let secret = format!("{}a", &secret[..35]);
    token.establishment_secret = Secret::new(secret.to_uppercase());
    let west = west(&token.peer_id, &secret);
    let text =
        "The secret in upper case: a server compares it to the letter, and takes it for another.";
    let snapshot = with_west(maker, &west);
    at_acceptor(vector(condition, text, &token), snapshot, "superseded")
        .finds(&["not-canonical", "token-superseded"])
        .unlike("redeemable-id-in-upper-case")
}

fn without_secret(maker: &Maker) -> Vector {
    let condition = "used-without-secret";
    let mut token = token(maker, condition);
    token.establishment_secret = Secret::default();
    let active = uuid(maker, condition, "active");
    let mut west = west(&token.peer_id, "");
    west.secrets.active_stream = secret(&active);
    let text = "A token without a secret, for a peering whose token was used.";
    let snapshot = with_west(maker, &west);
    at_acceptor(vector(condition, text, &token), snapshot, "used")
        .finds(&["secret-missing", "token-used"])
        .unlike("used")
}

fn going(maker: &Maker) -> Vec<Vector> {
    let terminated = |condition: &str, description: &str, has| {
        let state = PeeringState::Terminated;
        kept(maker, condition, description, state, has, "terminated").finds(&["peering-terminated"])
    };
    let deleting = |condition: &str, description: &str, has| {
        let state = PeeringState::Deleting;
        kept(maker, condition, description, state, has, "deleting").finds(&["peering-deleting"])
    };
    vec![
        terminated(
            "terminated",
            "The other end has deleted the peering.",
            (Nothing, true, false),
        )
        .unlike("used"),
        terminated(
            "terminated-redeemable",
            "The other end has deleted the peering, and a new token for the name is dead from the start.",
            (Own, true, false),
        )
        .unlike("redeemable-again"),
        deleting(
            "deleting",
            "The peering is being deleted at the acceptor, its secrets already are.",
            (Nothing, false, false),
        )
        .unlike("no-secrets"),
        deleting(
            "deleting-redeemable",
            "The peering is being deleted at the acceptor, and the secret is still there.",
            (Own, false, false),
        )
        .unlike("redeemable"),
        kept(
            maker,
            "no-secrets",
            "The acceptor has the peering, but no secret for it.",
            PeeringState::Pending,
            (Nothing, false, false),
            "no-secrets",
        )
        .finds(&["token-unknown"])
        .unlike("redeemable"),
    ]
}

/// Tokens whose peer ID the acceptor does not have.
fn gone(maker: &Maker) -> Vec<Vector> {
    let unknown = |condition: &str, description: &str, token: &PeeringToken, snapshot: Vec<u8>| {
        let vector = vector(condition, description, token);
        at_acceptor(vector, snapshot, "unknown")
            .finds(&["token-unknown"])
            .unlike("redeemable")
    };
    let offline = token(maker, "offline");
    let deleted = token(maker, "deleted");
    let again = uuid(maker, "deleted", "the peering that was made again");
    let other = token(maker, "secret-of-another");
    let others_id = uuid(maker, "secret-of-another", "the other peering");
    let newest = uuid(maker, "deleted", "establishment");
    vec![
        unknown(
            "offline",
            "Made offline: the acceptor was not given the snapshot with the peering in it.",
            &offline,
            archive(acceptor(maker), maker),
        ),
        unknown(
            "deleted",
            "The peering was deleted and made again under its name, with another ID.",
            &deleted,
            with_west(maker, &west(&again, &newest)),
        ),
        unknown(
            "secret-of-another",
            "The secret is that of a peering with another ID.",
            &other,
            with_west(
                maker,
                &west(&others_id, other.establishment_secret.expose()),
            ),
        ),
    ]
}
