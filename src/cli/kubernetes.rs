//! Tokens that are given in Kubernetes Secrets.

use super::report::{Failure, warn};
use crate::kubernetes::{
    ChoiceError, LABEL, ReadError, SecretToken, Selector, choose, read, replace_token,
};
use zeroize::Zeroizing;

/// Reads the tokens of a manifest, called `name` in messages, that `selector` matches.
pub(super) fn tokens(
    manifest: &[u8],
    name: &str,
    selector: Option<&Selector>,
) -> Result<Vec<SecretToken>, Failure> {
    let mut tokens = read(manifest).map_err(|error| read_failure(name, &error))?;
    if selector.is_some() {
        let token = choose(tokens, selector).map_err(|error| choice_failure(name, &error))?;
        tokens = vec![token];
    }
    warn_of(&tokens);
    Ok(tokens)
}

/// The manifest with another token in the place of the one that `selector` matches.
pub(super) fn replaced(
    manifest: &[u8],
    name: &str,
    selector: Option<&Selector>,
    token: &str,
) -> Result<Zeroizing<String>, Failure> {
    let text = str::from_utf8(manifest).map_err(|error| {
        let at = error.valid_up_to();
        Failure::could_not_run(format!(
            "{name}: expected UTF-8, but found another byte at {at}"
        ))
    })?;
    replace_token(text, selector, token)
        .map_err(|error| Failure::could_not_run(format!("{name}: {error}")))
}

/// The failure where one token is wanted and these are there.
pub(super) fn several(name: &str, found: Vec<String>) -> Failure {
    choice_failure(name, &ChoiceError::Several { found })
}

fn choice_failure(name: &str, error: &ChoiceError) -> Failure {
    let failure = Failure::could_not_run(format!("{name}: {error}"));
    match error {
        ChoiceError::Several { .. } => failure.hint(
            "decode, validate and edit pick one by --k8s-name [NAMESPACE/]NAME[:KEY]; validate takes them one by one without it",
        ),
        _ => failure,
    }
}

fn read_failure(name: &str, error: &ReadError) -> Failure {
    let failure = Failure::could_not_run(format!("{name}: {error}"));
    match error {
        ReadError::NoSecret { .. } => failure.hint(
            "a PeeringAcceptor or PeeringDialer names its Secret under spec.peer.secret: kubectl get secret NAME -o yaml prints it",
        ),
        ReadError::NoToken { .. } => failure.hint(format!(
            "a Secret with the label {LABEL}: \"true\" is taken as it is"
        )),
        ReadError::NotBase64 { .. } => {
            failure.hint("a token as it is stands under stringData, and under data in base64 once more")
        }
        _ => failure,
    }
}

/// Says what Kubernetes or consul-k8s makes of the Secrets that their owner will not expect.
fn warn_of(tokens: &[SecretToken]) {
    for token in tokens.iter().filter(|token| is_json(&token.token)) {
        warn(&format!(
            "the Secret {} has the token in base64 once under the key {}, and Kubernetes takes that off: under data a token is in base64 twice",
            token.place.secret(),
            token.place.key
        ));
    }
    let unlabelled = tokens.iter().filter(|token| !token.labelled);
    let names: Vec<String> = unlabelled.map(|token| token.place.secret()).collect();
    let (which, has) = match &names[..] {
        [] => return,
        [only] => (format!("the Secret {only}"), "has"),
        [first, rest @ ..] => (
            format!("the Secret {first} and {} more", rest.len()),
            "have",
        ),
    };
    warn(&format!(
        "{which} {has} no label {LABEL}: \"true\", without which consul-k8s does not notice changes"
    ));
}

fn is_json(token: &[u8]) -> bool {
    token.trim_ascii_start().starts_with(b"{")
}
