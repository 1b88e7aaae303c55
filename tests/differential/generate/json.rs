//! JSON as a tree whose leaves and keys are written as they stand, so that it can hold anything.

use fastrand::Rng;

#[derive(Clone)]
pub enum Json {
    /// A text, number or word, quotes and escapes included.
    Leaf(Vec<u8>),
    List(Vec<Json>),
    Object(Vec<Member>),
}

/// A key in its quotes, and its value.
pub type Member = (Vec<u8>, Json);

/// The blanks of JSON.
const BLANKS: [&[u8]; 6] = [b"", b" ", b"\n", b"\t", b"\r\n", b"\n  "];

impl Json {
    pub fn raw(text: &str) -> Self {
        Self::Leaf(text.as_bytes().to_vec())
    }

    /// A text of any bytes.
    pub fn text(content: &[u8]) -> Self {
        Self::Leaf(quoted(content))
    }

    /// Writes without blanks, or with random ones.
    pub fn write(&self, out: &mut Vec<u8>, blanks: &mut Option<Rng>) {
        let blank = |out: &mut Vec<u8>, blanks: &mut Option<Rng>| {
            if let Some(rng) = blanks {
                out.extend_from_slice(BLANKS[rng.usize(..BLANKS.len())]);
            }
        };
        blank(out, blanks);
        match self {
            Self::Leaf(text) => out.extend_from_slice(text),
            Self::List(elements) => {
                out.push(b'[');
                for (index, element) in elements.iter().enumerate() {
                    if index > 0 {
                        out.push(b',');
                    }
                    element.write(out, blanks);
                }
                blank(out, blanks);
                out.push(b']');
            }
            Self::Object(members) => {
                out.push(b'{');
                for (index, (key, value)) in members.iter().enumerate() {
                    if index > 0 {
                        out.push(b',');
                    }
                    blank(out, blanks);
                    out.extend_from_slice(key);
                    blank(out, blanks);
                    out.push(b':');
                    value.write(out, blanks);
                }
                blank(out, blanks);
                out.push(b'}');
            }
        }
        blank(out, blanks);
    }
}

/// The bytes in quotes, with the escapes that have to be.
pub fn quoted(content: &[u8]) -> Vec<u8> {
    let mut text = vec![b'"'];
    for &byte in content {
        match byte {
            b'\n' => text.extend_from_slice(b"\\n"),
            b'"' | b'\\' => text.extend_from_slice(&[b'\\', byte]),
            0..0x20 => text.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            _ => text.push(byte),
        }
    }
    text.push(b'"');
    text
}
