//! The formats in which a token is given.
//!
//! | format | recognised by |
//! |---|---|
//! | Consul's JSON envelope, or the body of an establish request | an object with a string `PeeringToken` |
//! | a Kubernetes Secret, or several | [`looks_like_manifest`]: `apiVersion` at the top of an object, or `apiVersion:` or `kind:` at the start of a line, which no token in base64 has |
//! | a token's decoded JSON | any other text that starts with `{`, or with that behind a byte order mark |
//! | a bare token | everything else; it loses one line end at its end, and nothing else |

use crate::kubernetes::{ReadError, SecretKeyRef, SecretToken, looks_like_manifest, read};
use crate::roots::without_bom;
use peering_token::{encode_base64, token_in_envelope};
use serde::Serialize;
use std::fmt;
use zeroize::Zeroizing;

/// The format in which a token was given. It serializes as its [`name`](InputFormat::name).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum InputFormat {
    /// The token alone.
    Token,
    /// `{"PeeringToken":"…"}`
    Envelope,
    /// The JSON that belongs within the base64.
    DecodedJson,
    /// A manifest with one Secret or more.
    KubernetesSecret,
}

impl InputFormat {
    /// Recognises the format of an input. Anything unknown is a bare token, damaged perhaps.
    ///
    /// ```
    /// use peertok::input::InputFormat;
    ///
    /// assert_eq!(InputFormat::of(br#"{"PeeringToken":"eyJ"}"#), InputFormat::Envelope);
    /// assert_eq!(InputFormat::of(b"eyJDQSI6bnVsbH0="), InputFormat::Token);
    /// ```
    #[must_use]
    pub fn of(input: &[u8]) -> Self {
        let json = without_bom(input);
        let is_object = json.trim_ascii_start().first() == Some(&b'{');
        if is_object && token_in_envelope(json).is_some() {
            Self::Envelope
        } else if looks_like_manifest(input) {
            Self::KubernetesSecret
        } else if is_object {
            Self::DecodedJson
        } else {
            Self::Token
        }
    }

    /// The name in every output, such as `kubernetes-secret`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Envelope => "envelope",
            Self::DecodedJson => "decoded-json",
            Self::KubernetesSecret => "kubernetes-secret",
        }
    }
}

/// The format as a phrase: `a bare token`.
impl fmt::Display for InputFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Token => "a bare token",
            Self::Envelope => "Consul's JSON envelope",
            Self::DecodedJson => "the decoded JSON of a token",
            Self::KubernetesSecret => "a Kubernetes Secret",
        })
    }
}

/// One token as it was given.
#[derive(Clone)]
pub struct TokenInput {
    format: InputFormat,
    /// The token in base64, or its JSON where that was given. No copy of either is made elsewhere.
    text: Zeroizing<Vec<u8>>,
    secret: Option<SecretKeyRef>,
}

impl fmt::Debug for TokenInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenInput")
            .field("format", &self.format)
            .field("secret", &self.secret)
            .finish_non_exhaustive()
    }
}

impl TokenInput {
    /// A bare token, as it is.
    #[must_use]
    pub fn bare(token: Vec<u8>) -> Self {
        Self {
            format: InputFormat::Token,
            text: token.into(),
            secret: None,
        }
    }

    /// Reads all tokens of an input: those of several Secrets, or one.
    ///
    /// # Errors
    ///
    /// [`ReadError`] for a manifest that holds no token or is malformed. Other formats have none.
    pub fn read(input: Zeroizing<Vec<u8>>) -> Result<Vec<Self>, ReadError> {
        Ok(match Self::read_one(input) {
            Ok(one) => vec![one],
            Err(manifest) => read(&manifest)?.into_iter().map(Self::from).collect(),
        })
    }

    /// Reads the one token of an input that is no manifest; gives a manifest back.
    pub(crate) fn read_one(mut input: Zeroizing<Vec<u8>>) -> Result<Self, Zeroizing<Vec<u8>>> {
        let format = InputFormat::of(&input);
        let text = match format {
            InputFormat::KubernetesSecret => return Err(input),
            InputFormat::Envelope => {
                let token = token_in_envelope(without_bom(&input)).unwrap_or_default();
                token.as_bytes().to_vec().into()
            }
            InputFormat::DecodedJson => {
                let mark = input.len() - without_bom(&input).len();
                input.drain(..mark);
                input
            }
            InputFormat::Token => {
                if input.ends_with(b"\n") {
                    input.pop();
                    if input.ends_with(b"\r") {
                        input.pop();
                    }
                }
                input
            }
        };
        Ok(Self {
            format,
            text,
            secret: None,
        })
    }

    /// The format.
    #[must_use]
    pub fn format(&self) -> InputFormat {
        self.format
    }

    /// Where the token stands in a manifest.
    #[must_use]
    pub fn secret(&self) -> Option<&SecretKeyRef> {
        self.secret.as_ref()
    }

    /// The token in base64, or the JSON of [`InputFormat::DecodedJson`].
    #[must_use]
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// The token in base64, encoded where its JSON was given.
    #[must_use]
    pub fn to_token(&self) -> Zeroizing<Vec<u8>> {
        match self.format {
            InputFormat::DecodedJson => encode_base64(&self.text).as_bytes().to_vec().into(),
            _ => self.text.clone(),
        }
    }
}

impl From<SecretToken> for TokenInput {
    fn from(token: SecretToken) -> Self {
        Self {
            format: InputFormat::KubernetesSecret,
            text: token.token,
            secret: Some(token.place),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(input: &[u8]) -> (InputFormat, Vec<u8>) {
        let mut read = TokenInput::read(input.to_vec().into()).unwrap();
        let token = read.remove(0);
        assert!(read.is_empty());
        (token.format(), token.text().to_vec())
    }

    #[test]
    fn formats_are_recognised() {
        let secret = b"kind: Secret\nmetadata:\n  name: a\nstringData:\n  data: eyJ9\n";
        for (input, format, text) in [
            (&b"eyJ9\r\n"[..], InputFormat::Token, &b"eyJ9"[..]),
            (b"eyJ9\n\n", InputFormat::Token, b"eyJ9\n"),
            (b"", InputFormat::Token, b""),
            (
                br#" {"peeringtoken":"eyJ9"}"#,
                InputFormat::Envelope,
                b"eyJ9",
            ),
            (
                b"\xef\xbb\xbf{\"CA\":1}\n",
                InputFormat::DecodedJson,
                b"{\"CA\":1}\n",
            ),
            (secret, InputFormat::KubernetesSecret, b"eyJ9"),
        ] {
            assert_eq!(InputFormat::of(input), format);
            assert_eq!(read(input), (format, text.to_vec()));
        }
    }

    #[test]
    fn decoded_json_is_encoded_on_demand_alone() {
        let input = TokenInput::read(b"{}".to_vec().into()).unwrap().remove(0);
        assert_eq!(
            (input.text(), &**input.to_token()),
            (&b"{}"[..], &b"e30="[..])
        );
        assert!(!format!("{input:?}").contains("e30"));
    }
}
