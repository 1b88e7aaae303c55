//! A certificate as a tree, so that a mutation deep inside can fix the lengths around it.

use super::build;

/// One element, or bytes that are none.
#[derive(Debug, Clone)]
pub enum Node {
    Element {
        tag: u8,
        /// The length as bytes where it is not to be the right one.
        length: Option<Vec<u8>>,
        /// Bytes before the members: the unused bits of a bit string with DER in it.
        prefix: Vec<u8>,
        content: Content,
    },
    Bytes(Vec<u8>),
}

#[derive(Debug, Clone)]
pub enum Content {
    Primitive(Vec<u8>),
    Members(Vec<Node>),
}

impl Node {
    pub fn raw(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes)
    }

    pub fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Bytes(bytes) => out.extend(bytes),
            Self::Element {
                tag,
                length,
                prefix,
                content,
            } => {
                let mut body = prefix.clone();
                match content {
                    Content::Primitive(bytes) => body.extend(bytes),
                    Content::Members(members) => {
                        members.iter().for_each(|member| member.write(&mut body));
                    }
                }
                out.push(*tag);
                match length {
                    Some(length) => out.extend(length),
                    None => out.extend(build::length(body.len())),
                }
                out.extend(body);
            }
        }
    }

    /// How many nodes there are, this one included.
    pub fn count(&self) -> usize {
        1 + self
            .members()
            .map_or(0, |members| members.iter().map(Self::count).sum::<usize>())
    }

    pub fn members(&self) -> Option<&Vec<Node>> {
        match self {
            Self::Element {
                content: Content::Members(members),
                ..
            } => Some(members),
            _ => None,
        }
    }

    pub fn members_mut(&mut self) -> Option<&mut Vec<Node>> {
        match self {
            Self::Element {
                content: Content::Members(members),
                ..
            } => Some(members),
            _ => None,
        }
    }

    /// Runs `change` on the node with this number in reading order; with `freeze`, every element
    /// around it keeps the length that it had.
    pub fn change(&mut self, number: usize, freeze: bool, change: &mut dyn FnMut(&mut Node)) {
        if number == 0 {
            return change(self);
        }
        if freeze {
            let mut before = Vec::new();
            self.write(&mut before);
            if let Some((_, frozen)) = split_header(&before)
                && let Self::Element { length, .. } = self
            {
                length.get_or_insert(frozen);
            }
        }
        let mut number = number - 1;
        for member in self.members_mut().into_iter().flatten() {
            let count = member.count();
            if number < count {
                return member.change(number, freeze, change);
            }
            number -= count;
        }
    }
}

/// The tag and the length bytes at the front.
fn split_header(bytes: &[u8]) -> Option<(u8, Vec<u8>)> {
    let (&tag, rest) = bytes.split_first()?;
    let first = *rest.first()?;
    let count = if first < 0x80 {
        1
    } else {
        1 + usize::from(first & 0x7f)
    };
    Some((tag, rest.get(..count)?.to_vec()))
}

/// Reads all bytes as elements, or nothing.
pub fn parse(bytes: &[u8], depth: usize) -> Option<Vec<Node>> {
    let mut nodes = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let (tag, length) = split_header(rest)?;
        let size = match length.split_first()? {
            (&short, []) => usize::from(short),
            (_, digits) if digits.len() <= 4 => digits
                .iter()
                .fold(0, |size, &digit| size << 8 | usize::from(digit)),
            _ => return None,
        };
        let start = 1 + length.len();
        let content = rest.get(start..start.checked_add(size)?)?;
        rest = &rest[start + size..];
        nodes.push(node(tag, content, depth));
    }
    Some(nodes)
}

fn node(tag: u8, content: &[u8], depth: usize) -> Node {
    let (prefix, wrapped) = match tag {
        0x03 if content.first() == Some(&0) => content.split_at(1),
        _ => (&[][..], content),
    };
    // Extension values and keys are DER inside of strings.
    let may_hold_members = tag & 0x20 != 0 || (matches!(tag, 0x03 | 0x04) && wrapped.len() > 1);
    let members = if may_hold_members && depth > 0 {
        parse(wrapped, depth - 1)
    } else {
        None
    };
    match members {
        Some(members) => Node::Element {
            tag,
            length: None,
            prefix: prefix.to_vec(),
            content: Content::Members(members),
        },
        None => Node::Element {
            tag,
            length: None,
            prefix: vec![],
            content: Content::Primitive(content.to_vec()),
        },
    }
}
