//! Sound manifests whose token was damaged on its way into them.

use super::build::{held, layer, secret, token, unlabelled};
use crate::maker::Maker;
use crate::text::lines;
use crate::vector::{ExpectedMeaning, Vector};
use peering_token::{Stage, decode_base64};

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    [readable(maker), damaged(maker), others(maker)].concat()
}

/// Go's words for a byte that is no base64.
fn illegal(at: usize) -> String {
    format!("failed to decode token: illegal base64 data at input byte {at}")
}

/// What a server reads all the same.
fn readable(maker: &Maker) -> Vec<Vector> {
    let with_line_end = |condition: &str, description: &str, write: fn(&str) -> String| {
        let token = token(maker, condition) + "\n";
        let manifest = secret(&write(&token));
        held(condition, description, token, manifest).finds(&["not-canonical"])
    };
    let wrapped = lines(&token(maker, "string-data-wrapped"), 76, "\n") + "\n";
    vec![
        with_line_end(
            "line-end-inside",
            "Made by echo and base64: the line end behind the token is in the Secret too.",
            |token| format!("data:\n  data: {}", layer(token)),
        )
        .unlike("controller"),
        with_line_end(
            "string-data-literal",
            "A literal block in stringData, whose line end belongs to the token.",
            |token| format!("stringData:\n  data: |\n    {}", token.trim_end()),
        )
        .unlike("string-data"),
        held(
            "string-data-wrapped",
            "A literal block of wrapped lines in stringData: the line ends belong to the token.",
            wrapped.as_str(),
            secret(&format!(
                "stringData:\n  data: |\n    {}",
                wrapped.trim_end().replace('\n', "\n    ")
            )),
        )
        .finds(&["not-canonical"])
        .unlike("string-data"),
    ]
}

fn means(mut vector: Vector, token: &str, damages: &[&'static str]) -> Vector {
    vector.meant = Some(ExpectedMeaning::Token {
        token: token.to_owned(),
        damages: damages.to_vec(),
    });
    vector
}

fn damaged(maker: &Maker) -> Vec<Vector> {
    let folded = token(maker, "string-data-folded-lines");
    let blanks = lines(&folded, 76, " ");
    let once = token(maker, "once");
    let json = decode_base64(once.as_bytes()).unwrap_or_default();
    let thrice = token(maker, "thrice");
    let quotes = token(maker, "quotes-inside");
    let envelope = token(maker, "envelope-inside");
    let in_envelope = format!("{{\"PeeringToken\":\"{envelope}\"}}");
    let thrice_value = layer(&thrice);
    let folded = means(
        held(
            "string-data-folded-lines",
            "A folded block of several lines in stringData: a blank stands where each line ended.",
            blanks.as_str(),
            secret(&format!(
                "stringData:\n  data: >-\n    {}",
                blanks.replace(' ', "\n    ")
            )),
        )
        .refused(Stage::Base64, illegal(76)),
        &folded,
        &["blanks-inside"],
    );
    let once = means(
        held(
            "once",
            "The token as it was printed in data, which takes the base64 off: its JSON is left.",
            json.as_slice(),
            secret(&format!("data:\n  data: {once}")),
        )
        .refused(Stage::Base64, illegal(0)),
        &once,
        &["not-encoded"],
    );
    let thrice = means(
        held(
            "thrice",
            "Base64 of base64 of the token in data: one layer too many.",
            thrice_value.as_str(),
            secret(&format!("data:\n  data: {}", layer(&thrice_value))),
        )
        .refused(
            Stage::Json,
            "invalid character 'e' looking for beginning of value",
        ),
        &thrice,
        &["base64-twice"],
    );
    let in_quotes = format!("\"{quotes}\"\n");
    let quotes = means(
        held(
            "quotes-inside",
            "The quotes of jq without -r are in the Secret too.",
            in_quotes.as_str(),
            secret(&format!("data:\n  data: {}", layer(&in_quotes))),
        )
        .refused(Stage::Base64, illegal(0)),
        &quotes,
        &["quotes"],
    );
    let envelope = means(
        held(
            "envelope-inside",
            "What generate-token -format=json printed, in stringData.",
            in_envelope.as_str(),
            secret(&format!("stringData:\n  data: '{in_envelope}'")),
        )
        .refused(Stage::Base64, illegal(0)),
        &envelope,
        &["envelope"],
    );
    vec![
        folded.unlike("string-data-wrapped"),
        once.unlike("controller"),
        thrice.unlike("controller"),
        quotes.unlike("line-end-inside"),
        envelope.unlike("string-data"),
    ]
}

fn others(maker: &Maker) -> Vec<Vector> {
    let whole = token(maker, "cut-inside");
    // Half of it, in whole groups of four characters.
    let half = &whole[..whole.len() / 8 * 4];
    let mut cut = held(
        "cut-inside",
        "Half a token in data.",
        half,
        secret(&format!("data:\n  data: {}", layer(half))),
    )
    .refused(Stage::Json, "unexpected end of JSON input")
    .unlike("controller");
    cut.meant = Some(ExpectedMeaning::Truncated);
    let id = maker.source("kubernetes_acl-token-inside").uuid();
    let mut acl = held(
        "acl-token-inside",
        "The token of an ACL in a Secret that is marked as one with a peering token.",
        id.as_str(),
        secret(&format!("data:\n  data: {}", layer(&id))),
    )
    .refused(Stage::Base64, illegal(8))
    .unlike("controller");
    acl.meant = Some(ExpectedMeaning::Lookalike("uuid"));
    let mut file = held(
        "only-key",
        "A Secret without the label and with one key, in which the name of a file stands.",
        "./west.token",
        unlabelled(&format!("data:\n  data: {}", layer("./west.token"))),
    )
    .refused(Stage::Base64, illegal(0))
    .unlike("unlabelled");
    file.meant = Some(ExpectedMeaning::Lookalike("file-name"));
    vec![cut, acl, file]
}
