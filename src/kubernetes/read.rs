//! Finds the tokens in a manifest.
//!
//! A Secret's key counts as one with a token where
//! 1. its value starts as a token does, be it in base64 once too few ([`starts_like_a_token`]);
//! 2. or no key of the Secret is such, and the Secret has the label: then each of its keys;
//! 3. or nothing in the manifest is such, and it has one Secret with one key.
//!
//! So damaged tokens are found where the manifest says that they are tokens, and a dump of all
//! Secrets of a cluster gives the tokens among them and nothing else.
//!
//! What is not followed is refused rather than guessed: an alias or a merge key in the place of
//! `metadata`, `labels`, `data` or `stringData`, and a member that is there twice. Kubernetes takes
//! `stringData` over `data` under the same key, and so does this.

use super::error::ReadError;
use super::object::{Entry, Object, object};
use super::yaml::{Node, Nodes, Scalar};
use super::{SecretKeyRef, SecretToken, full_name};
use godialect::base64::CorruptBase64;
use granit_parser::ScalarStyle;
use memchr::memmem;
use peering_token::{Field, decode_base64};
use std::collections::HashSet;
use std::ops::Range;
use zeroize::Zeroizing;

/// The peering tokens in a manifest, in order: in Secrets of several documents and of Lists, under
/// `data` or `stringData`. Other objects are passed over.
///
/// # Errors
///
/// [`ReadError`] where the text is no YAML, or there is no token in it.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let manifest = std::fs::read("fixtures/kubernetes/kubectl.yaml")?;
/// let tokens = peertok::kubernetes::read(&manifest)?;
/// assert_eq!(tokens[0].place.selector(), "consul/peering-token:data");
/// assert!(peertok::judge(&tokens[0].token).is_ok());
/// # Ok(())
/// # }
/// ```
pub fn read(manifest: &[u8]) -> Result<Vec<SecretToken>, ReadError> {
    let text = std::str::from_utf8(manifest).map_err(|error| ReadError::NotText {
        offset: error.valid_up_to(),
    })?;
    Ok(find(text)?.into_iter().map(|found| found.token).collect())
}

/// A token, and the value in the text that holds it.
pub(super) struct Found {
    pub(super) token: SecretToken,
    pub(super) value: Value,
}

/// How a value stands in the text.
pub(super) struct Value {
    pub(super) range: Range<usize>,
    pub(super) style: ScalarStyle,
    pub(super) indent: Option<usize>,
    /// How often base64 is around the token: once in `data`, once for `!!binary`.
    pub(super) layers: usize,
}

/// The tokens of a text and where they stand.
pub(super) fn find(text: &str) -> Result<Vec<Found>, ReadError> {
    let mut nodes = Nodes::new(text);
    let mut manifest = Manifest::default();
    let mut documents = 0;
    loop {
        match nodes.next()? {
            Node::EndOfText => break,
            Node::Document => documents += 1,
            Node::Mapping => {
                let object = object(&mut nodes)?;
                manifest.add(object, documents.max(1) - 1, false)?;
            }
            node => nodes.skip(&node)?,
        }
    }
    manifest.tokens()
}

/// The objects of a manifest, as far as they matter.
#[derive(Default)]
struct Manifest<'t> {
    secrets: Vec<(Object<'t>, usize)>,
    other_kinds: Vec<String>,
}

impl<'t> Manifest<'t> {
    /// Adds an object, or what is in a List. The items of a `SecretList` may have no kind.
    fn add(
        &mut self,
        mut object: Object<'t>,
        document: usize,
        in_secret_list: bool,
    ) -> Result<(), ReadError> {
        let is_secret = object.is("Secret") || in_secret_list && object.kind.is_none();
        let is_secret_list = object.is("SecretList");
        let is_list = is_secret_list || object.is("List");
        if let Some(fault) = object.fault.take().filter(|_| is_secret || is_list) {
            return Err(fault);
        }
        if is_secret {
            self.secrets.push((object, document));
        } else if is_list {
            for item in object.items.into_iter().flatten() {
                self.add(item, document, is_secret_list)?;
            }
        } else {
            let kind = object
                .kind
                .unwrap_or_else(|| "an object without a kind".to_owned());
            if !self.other_kinds.contains(&kind) && self.other_kinds.len() < 100 {
                self.other_kinds.push(kind);
            }
        }
        Ok(())
    }

    fn tokens(self) -> Result<Vec<Found>, ReadError> {
        if self.secrets.is_empty() {
            let kinds = self.other_kinds;
            return Err(ReadError::NoSecret { kinds });
        }
        let mut found = Vec::new();
        for (secret, document) in &self.secrets {
            found.extend(tokens_of(secret, *document, secret.is_labelled())?);
        }
        if let ([(only, document)], true) = (&self.secrets[..], found.is_empty())
            && keys_of(only).len() == 1
        {
            found = tokens_of(only, *document, true)?;
        }
        if found.is_empty() {
            let name = |(s, _): &(Object, usize)| full_name(s.namespace(), s.name());
            let secrets = self.secrets.iter().map(name).collect();
            return Err(ReadError::NoToken { secrets });
        }
        Ok(found)
    }
}

/// The entries that count, and whether they are in the base64 of `data`.
fn keys_of<'a, 't>(secret: &'a Object<'t>) -> Vec<(&'a Entry<'t>, bool)> {
    let data = secret.data.iter().flatten();
    let string_data = secret.string_data.iter().flatten();
    let written_over: HashSet<&str> = string_data.clone().map(|e| e.key.as_str()).collect();
    data.filter(|entry| !written_over.contains(entry.key.as_str()))
        .map(|entry| (entry, true))
        .chain(string_data.map(|entry| (entry, false)))
        .collect()
}

/// The tokens of a Secret. Where it `holds_tokens` for sure, all its keys are taken if none looks
/// like one.
fn tokens_of(
    secret: &Object,
    document: usize,
    holds_tokens: bool,
) -> Result<Vec<Found>, ReadError> {
    let keys = keys_of(secret);
    let decoded: Vec<_> = keys
        .iter()
        .map(|(e, encoded)| decoded(&e.value, *encoded))
        .collect();
    let looks = |value: &Result<Zeroizing<Vec<u8>>, CorruptBase64>| {
        value.as_ref().is_ok_and(|value| starts_like_a_token(value))
    };
    let any_looks = decoded.iter().any(looks);
    let mut found = Vec::new();
    for ((entry, encoded), value) in keys.into_iter().zip(decoded) {
        let is_token = if any_looks {
            looks(&value)
        } else {
            holds_tokens
        };
        if !is_token {
            continue;
        }
        let place = SecretKeyRef {
            namespace: secret.namespace().map(str::to_owned),
            name: secret.name().to_owned(),
            key: entry.key.clone(),
        };
        let scalar = &entry.value;
        let token = value.map_err(|error| ReadError::NotBase64 {
            place: place.clone(),
            line: scalar.line,
            error,
        })?;
        found.push(Found {
            token: SecretToken {
                place,
                token,
                labelled: secret.is_labelled(),
                document,
            },
            value: Value {
                range: scalar.range.clone(),
                style: scalar.style,
                indent: scalar.indent,
                layers: usize::from(encoded) + usize::from(scalar.is_binary),
            },
        });
    }
    Ok(found)
}

/// What Kubernetes makes of a value: in `data`, Go's `encoding/json` takes the base64 off.
fn decoded(value: &Scalar, encoded: bool) -> Result<Zeroizing<Vec<u8>>, CorruptBase64> {
    let mut bytes = if value.is_null() {
        Zeroizing::default()
    } else {
        Zeroizing::new(value.text().as_bytes().to_vec())
    };
    for _ in 0..usize::from(encoded) + usize::from(value.is_binary) {
        bytes = decode_base64(&bytes)?;
    }
    Ok(bytes)
}

/// Whether a value is a token in base64, whole or cut off, or a token's JSON, from which the base64
/// of `data` took the token's own. A JSON Web Token starts with `eyJ` too, but has no such keys.
fn starts_like_a_token(value: &[u8]) -> bool {
    const START: &[u8] = b"{\"CA\":";
    const KEYS: [Field; 3] = [
        Field::PeerId,
        Field::ServerAddresses,
        Field::EstablishmentSecret,
    ];
    let has = |json: &[u8], field: &Field| {
        let key = format!("\"{}\"", field.key());
        memmem::find(json, key.as_bytes()).is_some()
    };
    let is_json =
        |json: &[u8]| json.starts_with(START) || KEYS.iter().any(|field| has(json, field));
    let value = value.trim_ascii();
    if value.starts_with(b"{") {
        return is_json(value);
    }
    if !value.starts_with(b"ey") {
        return false;
    }
    let mut text = Zeroizing::new(Vec::with_capacity(value.len()));
    let base64 = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let visible = value.iter().filter(|byte| !byte.is_ascii_whitespace());
    text.extend(visible.copied().take_while(base64));
    let whole_groups = text.len() / 4 * 4;
    text.truncate(whole_groups);
    decode_base64(&text).is_ok_and(|json| json.starts_with(b"{") && is_json(&json))
}

#[cfg(test)]
mod tests {
    use super::*;
    use peertok_testing::{MANIFESTS, mutated};
    use proptest::prelude::*;

    /// `{"CA":null}` in base64, once and twice.
    const TOKEN: &str = "eyJDQSI6bnVsbH0=";
    const TWICE: &str = "ZXlKRFFTSTZiblZzYkgwPQ==";
    const LABELS: &str = "labels: {consul.hashicorp.com/peering-token: 'true'}";

    fn secret(metadata: &str, rest: &str) -> String {
        format!("kind: Secret\napiVersion: v1\nmetadata: {{name: s, {metadata}}}\n{rest}")
    }

    /// The keys and tokens that are found.
    fn tokens(manifest: &str) -> Result<Vec<(String, String)>, ReadError> {
        let text = |found: SecretToken| {
            let token = String::from_utf8_lossy(&found.token).into_owned();
            (found.place.key, token)
        };
        let found = read(manifest.as_bytes())?;
        Ok(found.into_iter().map(text).collect())
    }

    #[test]
    fn values_stand_in_any_style() {
        for data in [
            format!("data: {{data: {TWICE}}}"),
            format!("data:\n  data: '{TWICE}'\n"),
            format!("data:\r\n  \"d\\x61ta\": \"{TWICE}\" # c\r\n"),
            format!(
                "data:\n  data: |\n    {}\n    {}\n",
                &TWICE[..8],
                &TWICE[8..]
            ),
            format!("data:\n  data: !!str >-\n    {TWICE}\n"),
            format!("data:\n  data: \"{}\\n{}\"\n", &TWICE[..8], &TWICE[8..]),
            format!(
                "data:\n  data: \"{}\\\n    {}\"\n",
                &TWICE[..8],
                &TWICE[8..]
            ),
            format!("x: &x {TWICE}\ndata:\n  data: *x\n"),
            format!("? data\n: ? data\n  : {TWICE}\n"),
            format!("stringData:\n  data: {TOKEN}\ndata:\n"),
            format!("stringData:\n  data: !!binary {TWICE}\n"),
            format!("data:\n  data: SUNIWA==\nstringData:\n  data: {TOKEN}\n"),
        ] {
            let expected = vec![("data".to_owned(), TOKEN.to_owned())];
            let bare = secret("", &data);
            for manifest in [
                bare.clone(),
                format!("\u{feff}{bare}"),
                format!("---\n{bare}\n...\n"),
            ] {
                assert_eq!(tokens(&manifest).as_ref(), Ok(&expected), "{manifest}");
            }
        }
    }

    #[test]
    fn keys_that_count() {
        let of = |metadata: &str, data: &str| {
            let found = tokens(&secret(metadata, &format!("data: {{{data}}}")))?;
            Ok::<_, ReadError>(found.into_iter().map(|(key, _)| key).collect::<Vec<_>>())
        };
        let no_token = Err(ReadError::NoToken {
            secrets: vec!["s".to_owned()],
        });
        let other = "b: aHVudGVyMg==";
        let names = |names: &[&str]| Ok(names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>());
        // What looks like a token, whatever its key is called and with or without the label.
        assert_eq!(of("", &format!("a: {TWICE}, {other}")), names(&["a"]));
        assert_eq!(of(LABELS, &format!("a: {TWICE}, {other}")), names(&["a"]));
        // With base64 once too few.
        assert_eq!(of("", &format!("a: {TOKEN}, {other}")), names(&["a"]));
        // Nothing looks like one: the label decides, or that there is nothing else.
        assert_eq!(of(LABELS, &format!("a: IQ==, {other}")), names(&["a", "b"]));
        assert_eq!(of("", other), names(&["b"]));
        assert_eq!(of("", &format!("a: IQ==, {other}")), no_token);
        assert_eq!(
            of(
                "labels: {consul.hashicorp.com/peering-token: no}",
                "a: IQ==, b: IQ=="
            ),
            no_token
        );
        // `{"alg":"none"}.` is a JSON Web Token, and `{"auths":{}}` a registry's password.
        assert_eq!(
            of("", "a: ZXlKaGJHY2lPaUp1YjI1bEluMC4=, b: eyJhdXRocyI6e319"),
            no_token
        );
        // A token that was cut off, and one whose members stand in another order.
        assert_eq!(of("", "a: ZXlKRFFTSTZXeUl0, b: IQ=="), names(&["a"]));
        assert_eq!(
            of("", "a: ZXlKUVpXVnlTVVFpT2lJaWZRPT0=, b: IQ=="),
            names(&["a"])
        );
    }

    #[test]
    fn other_objects_are_passed_over() {
        let good = secret("namespace: n", &format!("data: {{data: {TWICE}}}"));
        let dialer = "apiVersion: consul.hashicorp.com/v1alpha1\nkind: PeeringDialer\ndata: 3\n";
        let map = format!("data: {{x: {TWICE}}}\nkind: ConfigMap\nmetadata: [*a]\n");
        let foreign = good.replace("v1", "example.com/v1");
        let manifest = format!("{dialer}---\n{foreign}\n---\n- a\n---\n---\n{good}\n");
        let found = read(manifest.as_bytes()).unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].document, found[0].labelled), (4, false));
        assert_eq!(found[0].place.to_string(), "n/s, key data");
        // An anchor that is not there is an error of YAML wherever it stands.
        assert!(matches!(
            tokens(&map),
            Err(ReadError::Yaml {
                line: 3,
                column: 12,
                ..
            })
        ));
        assert_eq!(
            tokens(dialer),
            Err(ReadError::NoSecret {
                kinds: vec!["PeeringDialer".to_owned()]
            })
        );
        assert_eq!(
            tokens("# kind: Secret"),
            Err(ReadError::NoSecret { kinds: vec![] })
        );
    }

    #[test]
    fn lists_are_read_through() {
        let item =
            |kind: &str| format!("- {kind}metadata: {{name: a}}\n  data: {{data: {TWICE}}}\n");
        let typed = item("apiVersion: v1\n  kind: Secret\n  ");
        let list =
            |kind: &str, items: &str| format!("apiVersion: v1\nitems:\n{items}kind: {kind}\n");
        assert_eq!(tokens(&list("List", &typed)).unwrap().len(), 1);
        assert_eq!(
            tokens(&list("List", &format!("{typed}{typed}")))
                .unwrap()
                .len(),
            2
        );
        // The items of the API's own answer have no kind.
        assert_eq!(tokens(&list("SecretList", &item(""))).unwrap().len(), 1);
        assert!(tokens(&list("List", &item(""))).is_err());
        assert!(tokens(&list("ConfigMapList", &item(""))).is_err());
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_refused() {
        let data = format!("data: {{data: {TWICE}}}\n");
        for (manifest, message) in [
            (
                secret("", &format!("{data}{data}")),
                "expected \"data\" once in the Secret, but found it again at line 5",
            ),
            (
                secret("name: t", &data),
                "expected \"name\" once in the Secret, but found it again at line 3",
            ),
            (
                secret("", "data: {a: IQ==, a: IQ==}"),
                "expected \"a\" once in the Secret, but found it again at line 4",
            ),
            (
                secret("", "x: &x {a: IQ==}\ndata: *x"),
                "expected a mapping in the place of data, but found an alias at line 5",
            ),
            (
                secret("", "x: &x {a: IQ==}\ndata: {<<: *x}"),
                "expected a mapping that is written out in the place of data, but found a merge key at line 5",
            ),
            (
                secret("", "stringData: oops"),
                "expected a mapping in the place of stringData, but found a scalar at line 4",
            ),
            (
                secret("", "data: {a: 'I'}"),
                "expected base64 in the Secret s, key a, line 4, but found illegal base64 data at input byte 0",
            ),
        ] {
            assert_eq!(
                tokens(&manifest).unwrap_err().to_string(),
                message,
                "{manifest}"
            );
        }
    }

    /// None of these takes time or memory out of proportion.
    #[test]
    fn bombs_do_not_go_off() {
        let mut laughs = "kind: Secret\na0: &a0 [x]\n".to_owned();
        for level in 1..50 {
            let aliases = format!("*a{},", level - 1).repeat(10);
            laughs.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
        }
        assert!(tokens(&format!("{laughs}data: {{data: {TWICE}}}\n")).is_ok());
        let merges = format!("{laughs}data: *a49\n");
        assert!(matches!(tokens(&merges), Err(ReadError::OtherNode { .. })));
        let deep = "[".repeat(100_000);
        assert!(matches!(
            tokens(&deep),
            Err(ReadError::Yaml { line: 1, .. })
        ));
        let wide: String = (0..300_000).map(|key| format!("a{key}: ,")).collect();
        assert_eq!(
            tokens(&format!("{{kind: Secret, data: {{{wide}}}}}")),
            Err(ReadError::TooMuch)
        );
        // Each alias of a text is a copy of it, wherever it stands.
        let long = format!("kind: Secret\na: &a \"\\x41{}\"\n", "A".repeat(1 << 20));
        let aliases = |count| "*a, ".repeat(count);
        assert_eq!(
            tokens(&format!("{long}b: [{}]\n", aliases(100))),
            Err(ReadError::Aliases)
        );
        let few = format!("{long}b: [{}]\ndata: {{data: {TWICE}}}\n", aliases(10));
        assert!(tokens(&few).is_ok());
        // What other objects hold is let go of.
        let maps = format!("kind: ConfigMap\ndata: {{{}}}\n---\n", &wide[..1_000_000]);
        let good = secret("", &format!("data: {{data: {TWICE}}}"));
        assert!(tokens(&format!("{maps}{maps}{maps}{maps}{good}")).is_ok());
    }

    #[test]
    fn an_error_does_not_quote_the_value() {
        let broken = secret("", "data:\n  data: \"hunter2\n");
        let error = tokens(&broken).unwrap_err().to_string();
        assert_eq!(
            error,
            "expected YAML, but found a fault at line 5, column 9: unclosed quote"
        );
        assert_eq!(
            read(b"kind: \xff").unwrap_err().to_string(),
            "expected UTF-8 text, but found other bytes at offset 6"
        );
    }

    proptest! {
        #[test]
        fn no_text_panics(
            manifest in mutated(prop::sample::select(MANIFESTS).prop_map(Vec::from)),
            yaml in "[-a:&*!|>'\"{}\\[\\],# \n\r\t%?~<]{0,80}",
        ) {
            let _ = read(&manifest);
            let _ = read(secret("", &format!("data:\n  {yaml}")).as_bytes());
        }
    }
}
