//! The name under which a token is to be established: `^[a-z0-9]([a-z0-9\-]{0,61}[a-z0-9])?$`. A
//! server looks at it before it looks into the token.

use super::build::changed;
use crate::maker::Maker;
use crate::vector::{Area, Vector};
use peering_token::Stage;

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    [taken(maker), refused(maker), before_the_token(maker)].concat()
}

fn of_name(maker: &Maker, condition: &str, description: &str, name: &str) -> Vector {
    let mut vector = changed(maker, condition, description, |_| {});
    vector.peer_name = Some(name.to_owned());
    vector
}

fn not_a_name(vector: Vector) -> Vector {
    let name = vector.peer_name.clone().unwrap_or_default();
    vector
        .refused(
            Stage::Name,
            format!(
                "{name} is not a valid peer name: a valid peering name must consist of lower case alphanumeric \
                 characters or '-', and must start and end with an alphanumeric character"
            ),
        )
        // Before 1.14.4 upper case was allowed.
        .since(15)
}

fn taken(maker: &Maker) -> Vec<Vector> {
    let longest = "a".repeat(63);
    let hyphens = format!("0{}9", "-".repeat(61));
    #[rustfmt::skip]
    let table = [
        ("peer-name", "A name of letters, digits and a hyphen.", "cluster-02", "peer-name-upper-case"),
        ("peer-name-of-1", "A name of one letter.", "z", "peer-name-hyphen"),
        ("peer-name-digit", "A name of one digit.", "0", "peer-name-hyphen"),
        ("peer-name-digit-last", "A name of a letter and the digit 9.", "a9", "peer-name-hyphen-last"),
        ("peer-name-of-63", "A name of 63 letters, the longest that there is.", longest.as_str(), "peer-name-of-64"),
        ("peer-name-hyphens", "A name of hyphens between two digits, as long as can be.", hyphens.as_str(), "peer-name-hyphen-first"),
    ];
    let row = |(condition, description, name, near)| {
        of_name(maker, condition, description, name).unlike(near)
    };
    table.into_iter().map(row).collect()
}

fn refused(maker: &Maker) -> Vec<Vector> {
    let too_long = "a".repeat(64);
    let too_long_hyphens = format!("a{}a", "-".repeat(62));
    #[rustfmt::skip]
    let table = [
        ("peer-name-of-64", "A name of 64 letters.", too_long.as_str(), "peer-name-of-63"),
        ("peer-name-hyphens-of-64", "A name of 62 hyphens between two letters.", too_long_hyphens.as_str(), "peer-name-hyphens"),
        ("peer-name-upper-case", "A name with an upper-case letter.", "Cluster-02", "peer-name"),
        ("peer-name-upper-case-inside", "A name with an upper-case letter in it.", "cluSter", "peer-name"),
        ("peer-name-hyphen", "A hyphen alone.", "-", "peer-name-of-1"),
        ("peer-name-hyphen-first", "A hyphen before the name.", "-a", "peer-name"),
        ("peer-name-hyphen-last", "A hyphen behind the name.", "a-", "peer-name"),
        ("peer-name-underscore", "An underscore in the name.", "cluster_02", "peer-name"),
        ("peer-name-dot", "A dot in the name.", "cluster.02", "peer-name"),
        ("peer-name-slash", "A slash in the name, the byte before 0.", "a/b", "peer-name"),
        ("peer-name-colon", "A colon in the name, the byte behind 9.", "a:b", "peer-name"),
        ("peer-name-backtick", "A backtick at the end, the byte before a.", "a`", "peer-name"),
        ("peer-name-brace", "A brace at the beginning, the byte behind z.", "{a", "peer-name"),
        ("peer-name-blank-first", "A blank before the name.", " a", "peer-name"),
        ("peer-name-blank-inside", "A blank in the name.", "a b", "peer-name"),
        ("peer-name-line-end", "A line end behind the name.", "cluster-02\n", "peer-name"),
        ("peer-name-umlaut", "A letter beyond ASCII in the name.", "z\u{fc}rich", "peer-name"),
        ("peer-name-quote", "A quote in the name, which the message does not escape.", "a\"b", "peer-name"),
    ];
    let row = |(condition, description, name, near)| {
        not_a_name(of_name(maker, condition, description, name)).unlike(near)
    };
    table.into_iter().map(row).collect()
}

fn before_the_token(maker: &Maker) -> Vec<Vector> {
    let with_token = |condition, description, token: &str, name: &str| {
        let mut vector = Vector::new(Area::Names, condition, description, token);
        vector.peer_name = Some(name.to_owned());
        vector
    };
    let mut without_id = not_a_name(of_name(
        maker,
        "peer-name-before-peer-id",
        "A name that is none and a token without a peer ID: the name is told.",
        "A",
    ));
    let mut token = maker.token(&without_id.name);
    token.peer_id.clear();
    without_id.token = token
        .encode(peering_token::Shape::default())
        .as_bytes()
        .to_vec();
    vec![
        without_id.unlike("peer-id-empty"),
        not_a_name(with_token(
            "peer-name-before-base64",
            "A name that is none and a token that is no base64: the name is told.",
            "!",
            "A",
        ))
        .unlike("peer-name-good-bad-base64"),
        with_token(
            "peer-name-good-bad-base64",
            "A good name and a token that is no base64.",
            "!",
            "a",
        )
        .refused(
            Stage::Base64,
            "failed to decode token: illegal base64 data at input byte 0",
        )
        .unlike("peer-name"),
        with_token(
            "peer-name-without-token",
            "A name that is none and no token: that there is no token is told.",
            "",
            "A",
        )
        .refused(
            Stage::Request,
            "PeeringToken is required in the payload when establishing a peering.",
        )
        .unlike("peer-name-before-base64"),
    ]
}
