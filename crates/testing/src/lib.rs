//! What the tests of several packages share: how long a property runs, and input that is almost
//! valid.

use base64::Engine;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// Whether the tests run long: where `PEERTOK_LONG` is set, as in `.ci/run`.
#[must_use]
pub fn is_long() -> bool {
    std::env::var_os("PEERTOK_LONG").is_some_and(|value| !value.is_empty())
}

/// How many cases to try: this many in a short run, and sixteen times as many in a long one.
#[must_use]
pub fn cases(short: u32) -> u32 {
    if is_long() { short * 16 } else { short }
}

/// A property that tries this many [`cases`].
#[must_use]
pub fn config(short: u32) -> ProptestConfig {
    ProptestConfig::with_cases(cases(short))
}

/// Bytes that mean something in base64, JSON, YAML, PEM, msgpack or UTF-8.
const TELLING: &[u8] = b"\"\\{}[]:,.=+-/_ \t\r\n#&*!|>'09aeEuZ\0\x7f\x80\xa5\xc1\xc3\xda\xdf\xff";

#[derive(Debug, Clone)]
enum Mutation {
    Replace(Index, u8),
    Insert(Index, u8),
    Remove(Index),
    /// Keeps what is before this place.
    Truncate(Index),
    /// Puts a copy of one part, of up to this length, elsewhere.
    Copy(Index, usize, Index),
}

impl Mutation {
    fn apply(self, bytes: &mut Vec<u8>) {
        // One more than there are bytes: the end is a place as well.
        let place = |at: Index, bytes: &[u8]| at.index(bytes.len() + 1);
        match self {
            Self::Replace(at, byte) if !bytes.is_empty() => {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            Self::Remove(at) if !bytes.is_empty() => drop(bytes.remove(at.index(bytes.len()))),
            Self::Replace(..) | Self::Remove(_) => {}
            Self::Insert(at, byte) => bytes.insert(place(at, bytes), byte),
            Self::Truncate(at) => bytes.truncate(place(at, bytes)),
            Self::Copy(from, length, to) => {
                let from = place(from, bytes);
                let part = bytes[from..].iter().take(length).copied();
                let part: Vec<u8> = part.collect();
                let to = place(to, bytes);
                bytes.splice(to..to, part);
            }
        }
    }
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let byte = || prop_oneof![select(TELLING), any::<u8>()];
    let at = any::<Index>;
    prop_oneof![
        3 => (at(), byte()).prop_map(|(at, byte)| Mutation::Replace(at, byte)),
        2 => (at(), byte()).prop_map(|(at, byte)| Mutation::Insert(at, byte)),
        2 => at().prop_map(Mutation::Remove),
        1 => at().prop_map(Mutation::Truncate),
        1 => (at(), 1..80_usize, at()).prop_map(|(from, length, to)| Mutation::Copy(from, length, to)),
    ]
}

/// Valid input with up to three small changes. Random bytes stop a parser at the first of them; these
/// get as far as the change, or past it.
pub fn mutated(valid: impl Strategy<Value = Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    (valid, vec(mutation(), 0..4)).prop_map(|(mut bytes, mutations)| {
        for mutation in mutations {
            mutation.apply(&mut bytes);
        }
        bytes
    })
}

/// The JSON of a token that a server minted.
#[must_use]
pub fn minted_json() -> Vec<u8> {
    let token = include_str!("../../../fixtures/consul/alpha-external.token");
    base64::prelude::BASE64_STANDARD
        .decode(token.trim_end())
        .expect("the fixture is base64")
}

/// Small manifests, so that most of their bytes are syntax: block and flow style, quoted and folded
/// values, an anchor, two documents, JSON.
pub const MANIFESTS: &[&str] = &[
    "# a\napiVersion: v1\nkind: Secret\nmetadata:\n  name: s\n  namespace: \"n\"\n  labels: {consul.hashicorp.com/peering-token: 'true'}\ndata:\n  data: ZXlKRFFTSTZiblZzYkgwPQ== # b\n  other: IQ==\n",
    "kind: Secret\nmetadata: &m {name: s}\nstringData:\n  a: |-\n    eyJDQSI6bnVsbH0=\n  b: >\n    eyJDQSI6bnVsbH0=\n  c: *m\n---\nkind: ConfigMap\ndata: {d: \"\\x41\\u0042\", ? e : 'f'}\n...\n",
    "{\"kind\":\"List\",\"items\":[{\"kind\":\"Secret\",\"metadata\":{\"name\":\"s\"},\"data\":{\"data\":\"ZXlKRFFTSTZiblZzYkgwPQ==\"}},{}]}\n",
];
