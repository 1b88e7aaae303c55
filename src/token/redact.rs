//! A token's JSON as it may be shown, and the token in an envelope around it.

use super::fields::SECRET_KEY;
use crate::Secret;
use crate::godialect::json::{Kind, Reader, SyntaxError};
use crate::secret::without_private_keys;
use zeroize::Zeroizing;

/// The member of Consul's envelope, and of the body of an establish request.
const TOKEN_KEY: &str = "PeeringToken";

/// A JSON text as it stands, but for what must not be seen: in place of each
/// `EstablishmentSecret` and `PeeringToken`, at any depth and in any case, stands its digest, and so
/// for the content of private keys in PEM. Bytes that are no UTF-8 become U+FFFD.
///
/// # Errors
///
/// The [`SyntaxError`] that Go finds.
pub fn redact(json: &[u8]) -> Result<Zeroizing<String>, SyntaxError> {
    let mut text = Zeroizing::new(String::with_capacity(json.len() + 4096));
    let mut from = 0;
    let mut reader = Reader::new(json);
    reader.visit(|reader, key| {
        if !key.folds_to(SECRET_KEY) && !key.folds_to(TOKEN_KEY) {
            return Ok(false);
        }
        let kind = reader.peek()?;
        let start = reader.offset();
        let digest = match kind {
            Kind::Null => {
                reader.skip()?;
                return Ok(true);
            }
            // The digest is that of the text, however it is escaped.
            Kind::String => Secret::new(reader.string()?.unescape().into_owned()),
            _ => {
                reader.skip()?;
                let value = json.get(start..reader.offset()).unwrap_or_default();
                Secret::new(String::from_utf8_lossy(value).into_owned())
            }
        };
        if !digest.is_empty() {
            let before = json.get(from..start).unwrap_or_default();
            text.push_str(&String::from_utf8_lossy(before));
            text.push_str(&format!("\"{digest}\""));
            from = reader.offset();
        }
        Ok(true)
    })?;
    reader.finish()?;
    text.push_str(&String::from_utf8_lossy(
        json.get(from..).unwrap_or_default(),
    ));
    Ok(Zeroizing::new(without_private_keys(&text).into_owned()))
}

/// The token in Consul's envelope `{"PeeringToken":"…"}`, or in the body of an establish request,
/// read as Go reads it: the key in any case, the last of several. Gives `None` where there is none.
#[must_use]
pub fn token_in_envelope(json: &[u8]) -> Option<Zeroizing<String>> {
    let mut token = None;
    let mut reader = Reader::new(json);
    if reader.peek().ok()? != Kind::Object {
        return None;
    }
    reader
        .object(|reader, key| {
            if key.folds_to(TOKEN_KEY) && reader.peek()? == Kind::String {
                token = Some(Zeroizing::new(reader.string()?.unescape().into_owned()));
                return Ok(());
            }
            reader.skip()
        })
        .and_then(|()| reader.finish())
        .ok()?;
    token
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redacted(json: &str) -> String {
        redact(json.as_bytes()).unwrap().to_string()
    }

    /// `printf %s a | sha256sum` starts with ca978112, and of `["b"]` with a8950f05.
    #[test]
    fn secrets_are_redacted_wherever_they_are() {
        let a = "\"<redacted, sha256:ca978112>\"";
        for (json, expected) in [
            (
                r#"{"EstablishmentSecret" : "a"}"#,
                format!(r#"{{"EstablishmentSecret" : {a}}}"#),
            ),
            (
                r#"{"establishment\u017fecret":"\u0061"}"#,
                format!(r#"{{"establishment\u017fecret":{a}}}"#),
            ),
            (
                r#"[{"x":[{"EstablishmentSecret":"a"},1]}]"#,
                format!(r#"[{{"x":[{{"EstablishmentSecret":{a}}},1]}}]"#),
            ),
            (
                r#"{"PeeringToken":"a","peeringtoken":"a"}"#,
                format!(r#"{{"PeeringToken":{a},"peeringtoken":{a}}}"#),
            ),
            (
                r#"{"EstablishmentSecret":["b"],"x":1}"#,
                r#"{"EstablishmentSecret":"<redacted, sha256:a8950f05>","x":1}"#.to_owned(),
            ),
            (
                r#"{"EstablishmentSecret":null,"PeerID":"a"}"#,
                r#"{"EstablishmentSecret":null,"PeerID":"a"}"#.to_owned(),
            ),
            (
                r#"{"EstablishmentSecret":""}"#,
                r#"{"EstablishmentSecret":""}"#.to_owned(),
            ),
        ] {
            assert_eq!(redacted(json), expected, "{json}");
        }
    }

    #[test]
    fn private_keys_are_redacted() {
        let shown = redacted(
            r#"{"CA":["-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n","x"]}"#,
        );
        assert!(!shown.contains("AAAA"), "{shown}");
        assert!(
            shown.ends_with(r#"-----END EC PRIVATE KEY-----\n","x"]}"#),
            "{shown}"
        );
    }

    #[test]
    fn envelopes_are_read_as_go_reads_them() {
        let token = |json: &str| token_in_envelope(json.as_bytes()).map(|t| t.to_string());
        assert_eq!(token(r#"{"PeeringToken":"t"}"#).as_deref(), Some("t"));
        assert_eq!(
            token(r#"{"peeringtoken":"t","PeerName":"x"}"#).as_deref(),
            Some("t")
        );
        assert_eq!(
            token(r#"{"PeeringToken":"a","PeeringToken":"b"}"#).as_deref(),
            Some("b")
        );
        assert_eq!(token(r#"{"PeeringToken":1}"#), None);
        assert_eq!(token(r#"{"PeerID":"t"}"#), None);
        assert_eq!(token(r#"{"PeeringToken":"t"} x"#), None);
        assert_eq!(token("[]"), None);
    }
}
