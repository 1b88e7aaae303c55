//! The smallest DER writer: tags, contents, correct lengths.

/// An element with a correct length.
pub fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![tag];
    bytes.extend(length(content.len()));
    bytes.extend(content);
    bytes
}

/// A minimal definite length.
pub fn length(length: usize) -> Vec<u8> {
    if let Ok(short @ ..0x80) = u8::try_from(length) {
        return vec![short];
    }
    let digits: Vec<u8> = length
        .to_be_bytes()
        .into_iter()
        .skip_while(|&digit| digit == 0)
        .collect();
    let mut bytes = vec![0x80 | digits.len() as u8];
    bytes.extend(digits);
    bytes
}

pub fn sequence(members: &[Vec<u8>]) -> Vec<u8> {
    element(0x30, &members.concat())
}

pub fn integer(content: &[u8]) -> Vec<u8> {
    element(0x02, content)
}

pub fn octet_string(content: &[u8]) -> Vec<u8> {
    element(0x04, content)
}

pub fn bit_string(unused_bits: u8, bytes: &[u8]) -> Vec<u8> {
    element(0x03, &[&[unused_bits], bytes].concat())
}

pub fn identifier(components: &[u64]) -> Vec<u8> {
    element(0x06, &identifier_content(components))
}

/// The content of an identifier; the first component already joins the first two numbers.
pub fn identifier_content(components: &[u64]) -> Vec<u8> {
    let mut content = Vec::new();
    for &component in components {
        let mut digits = vec![(component & 0x7f) as u8];
        let mut rest = component >> 7;
        while rest > 0 {
            digits.push(0x80 | (rest & 0x7f) as u8);
            rest >>= 7;
        }
        content.extend(digits.iter().rev());
    }
    content
}
