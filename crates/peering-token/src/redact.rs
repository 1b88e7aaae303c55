//! A token's JSON as it may be shown, and the token in an envelope around it.

use godialect::json::{Kind, Raw, Reader, SyntaxError, write_string};
use peertok_secret::{Secret, names_secret, without_secrets};
use zeroize::Zeroizing;

/// The key of Consul's envelope, and of the body of an establish request.
const TOKEN_KEY: &str = "PeeringToken";

/// A JSON text as it stands, but for what must not be seen. A digest stands in place of each value
/// whose key is the name of a secret ([`names_secret`]), at any depth: `EstablishmentSecret`, however
/// it is misspelled, `PeeringToken`, `token`. So for each secret that is known by its shape
/// ([`without_secrets`]) in any other string. Bytes that are no UTF-8 become U+FFFD.
///
/// # Errors
///
/// The [`SyntaxError`] that Go finds.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let json = peering_token::redact(br#"{"EstablishmentSecret":"fa32ff27-5a61-4feb-8900-644a59ee7112"}"#)?;
/// assert_eq!(*json, r#"{"EstablishmentSecret":"<redacted, sha256:f64966ae>"}"#);
/// # Ok(())
/// # }
/// ```
pub fn redact(json: &[u8]) -> Result<Zeroizing<String>, SyntaxError> {
    let mut redaction = Redaction {
        json,
        text: Zeroizing::new(String::with_capacity(json.len() + 4096)),
        from: 0,
    };
    let mut reader = Reader::new(json);
    reader.visit(|reader, key| {
        let is_secret = is_secret(key);
        if is_secret {
            redaction.hide(reader, 0)?;
        }
        Ok(is_secret)
    })?;
    reader.finish()?;
    redaction.copy_to(json.len());
    redact_strings(&redaction.text)
}

/// A copy of a JSON text in which values are hidden.
struct Redaction<'a> {
    json: &'a [u8],
    text: Zeroizing<String>,
    /// Where in the JSON the rest starts that has not been copied.
    from: usize,
}

impl Redaction<'_> {
    /// Copies what stands before an offset.
    fn copy_to(&mut self, end: usize) {
        let copied = self.json.get(self.from..end).unwrap_or_default();
        self.text.push_str(&String::from_utf8_lossy(copied));
        self.from = end;
    }

    /// Reads a value and hides it: each string and number in it, or all of what is nested deeper than
    /// anybody nests a secret.
    fn hide(&mut self, reader: &mut Reader<'_>, depth: usize) -> Result<(), SyntaxError> {
        const DEEPEST: usize = 8;
        let kind = reader.peek()?;
        let start = reader.offset();
        let digest = match kind {
            Kind::Object if depth < DEEPEST => {
                return reader.object(|reader, _| self.hide(reader, depth + 1));
            }
            Kind::Array if depth < DEEPEST => {
                return reader.array(|reader| self.hide(reader, depth + 1));
            }
            Kind::Null | Kind::Bool => return reader.skip(),
            // The digest is that of the text, however it is escaped.
            Kind::String => Secret::new(reader.string()?.unescape().into_owned()),
            Kind::Number | Kind::Object | Kind::Array => {
                reader.skip()?;
                let value = self.json.get(start..reader.offset()).unwrap_or_default();
                Secret::new(String::from_utf8_lossy(value).into_owned())
            }
        };
        if !digest.is_empty() {
            self.copy_to(start);
            self.text.push_str(&format!("\"{digest}\""));
            self.from = reader.offset();
        }
        Ok(())
    }
}

/// The strings in a JSON text whose keys are names of secrets, at any depth: what [`redact`] hides by
/// its name. Of malformed JSON, those before the first error.
#[must_use]
pub fn secrets_in(json: &[u8]) -> Vec<Secret> {
    let mut secrets = Vec::new();
    let mut reader = Reader::new(json);
    // What stands behind an error is nobody's secret by name.
    let _ = reader.visit(|reader, key| {
        if !is_secret(key) || reader.peek()? != Kind::String {
            return Ok(false);
        }
        let secret = Secret::new(reader.string()?.unescape().into_owned());
        secrets.push(secret);
        Ok(true)
    });
    secrets
}

/// Whether what stands under a key must not be seen.
fn is_secret(key: Raw<'_>) -> bool {
    names_secret(&key.unescape())
}

/// Writes each string anew that has a secret in it; all else stays as it is.
fn redact_strings(json: &str) -> Result<Zeroizing<String>, SyntaxError> {
    let mut text = Zeroizing::new(String::with_capacity(json.len()));
    let mut rest = json;
    while let Some(start) = rest.find('"') {
        let (before, literal_on) = rest.split_at(start);
        let mut reader = Reader::new(literal_on.as_bytes());
        let string = reader.string()?.unescape();
        let (literal, after) = literal_on.split_at(reader.offset());
        text.push_str(before);
        let shown = without_secrets(&string);
        if shown == string {
            text.push_str(literal);
        } else {
            write_string(&mut text, &shown);
        }
        rest = after;
    }
    text.push_str(rest);
    Ok(text)
}

/// The token in Consul's envelope `{"PeeringToken":"…"}`, or in the body of an establish request,
/// read as Go reads it: the key in any case, the last of several. Gives `None` where there is none.
///
/// ```
/// let token = peering_token::token_in_envelope(br#"{"PeeringToken":"eyJDQSI6bnVsbH0="}"#);
/// assert_eq!(token.as_deref().map(String::as_str), Some("eyJDQSI6bnVsbH0="));
/// ```
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

    /// `printf %s a | sha256sum` starts with ca978112, and of `b` with 3e23e816.
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
                r#"{"Token":{"x":["a",null]},"PeerID":"x"}"#,
                format!(r#"{{"Token":{{"x":[{a},null]}},"PeerID":"x"}}"#),
            ),
            (
                r#"{"PeeringToken":"a","peeringtoken":"a"}"#,
                format!(r#"{{"PeeringToken":{a},"peeringtoken":{a}}}"#),
            ),
            (
                r#"{"EstablishmentSecret":["b"],"x":1}"#,
                r#"{"EstablishmentSecret":["<redacted, sha256:3e23e816>"],"x":1}"#.to_owned(),
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
        let begin = "-----BEGIN EC PRIVATE KEY-----";
        for (json, end) in [
            (
                format!(r#"{{"CA":["{begin}\nAAAA\n-----END EC PRIVATE KEY-----\n","x"]}}"#),
                r#"-----END EC PRIVATE KEY-----\n","x"]}"#,
            ),
            (format!(r#"["{begin}AA\"AA\\"," AAA "]"#), r#">"," AAA "]"#),
            (format!(r#"["{begin}\u000aAAAA\u000aAAAA"]"#), r#">"]"#),
            (
                format!(r#"["{}\u0020KEY-----AAAA"]"#, &begin[..21]),
                r#">"]"#,
            ),
        ] {
            let shown = redacted(&json);
            assert!(!shown.contains("AAAA"), "{shown}");
            assert!(shown.replace("\\u003e", ">").ends_with(end), "{shown}");
            assert!(
                serde_json::from_str::<serde_json::Value>(&shown).is_ok(),
                "{shown}"
            );
        }
        // What has no key in it keeps its form.
        let certificate = r#"["-----BEGIN CERTIFICATE-----\u000aAAAA\n"]"#;
        assert_eq!(redacted(certificate), certificate);
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
