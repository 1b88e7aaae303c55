//! A YAML text node by node, and where in the text each value stands.
//!
//! JSON is read as the YAML that it is too. Only what is asked for is kept: no tree is built, an
//! alias of a collection is one node however much it stands for, aliases of scalars may stand for so
//! much and no more, and nesting ends at 255 levels, so that time and memory follow the length of
//! the text.

use super::error::ReadError;
use granit_parser::{Event, Parser, ScalarStyle, Span, StrInput, options};
use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use zeroize::Zeroize;

/// The most keys, objects and anchors that are kept at a time.
const MOST_KEPT: usize = 200_000;
/// The most bytes that all aliases of scalars may stand for: each is a copy, or two.
const MOST_ALIASED: usize = 16 << 20;

/// A scalar, as it reads and as it stands in the text.
#[derive(Clone)]
pub(super) struct Scalar<'t> {
    text: Cow<'t, str>,
    pub(super) style: ScalarStyle,
    /// Its bytes in the text: with the quotes, but of a block scalar without the header.
    pub(super) range: Range<usize>,
    /// The columns before each line of a block scalar.
    pub(super) indent: Option<usize>,
    /// Whether it has the tag `!!binary`.
    pub(super) is_binary: bool,
    /// Its line, from 1.
    pub(super) line: usize,
}

impl Scalar<'_> {
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Whether it is YAML's null, or nothing at all.
    pub(super) fn is_null(&self) -> bool {
        self.style == ScalarStyle::Plain
            && matches!(&*self.text, "" | "~" | "null" | "Null" | "NULL")
    }
}

impl Drop for Scalar<'_> {
    fn drop(&mut self) {
        // It may be a token; what is borrowed is wiped with the whole text.
        if let Cow::Owned(text) = &mut self.text {
            text.zeroize();
        }
    }
}

/// What the cursor meets next.
pub(super) enum Node<'t> {
    Scalar(Scalar<'t>),
    /// A mapping opens: keys and values follow, then [`Node::End`].
    Mapping,
    /// A sequence opens at this line: elements follow, then [`Node::End`].
    Sequence(usize),
    /// An alias of a mapping or a sequence at this line, which is not followed.
    Alias(usize),
    /// A mapping or a sequence ends.
    End,
    /// A document starts. Its one node follows.
    Document,
    /// The text ends.
    EndOfText,
}

/// A cursor over the nodes of a text.
pub(super) struct Nodes<'t> {
    parser: Parser<'t, StrInput<'t>>,
    /// The scalars of the document that have an anchor, by its number.
    anchored: HashMap<usize, Scalar<'t>>,
    kept: usize,
    /// How many bytes aliases have stood for.
    aliased: usize,
}

impl<'t> Nodes<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let options = options! { emit_comments: false };
        Self {
            parser: Parser::new_from_str_with_options(text, options),
            anchored: HashMap::new(),
            kept: 0,
            aliased: 0,
        }
    }

    pub(super) fn next(&mut self) -> Result<Node<'t>, ReadError> {
        loop {
            let (event, span) = match self.parser.next_event() {
                None => return Ok(Node::EndOfText),
                Some(Ok(next)) => next,
                Some(Err(error)) => {
                    let place = error.marker();
                    return Err(ReadError::Yaml {
                        line: place.line(),
                        column: place.col() + 1,
                        // These name brackets and single characters, and quote nothing else.
                        fault: error.kind().to_string(),
                    });
                }
            };
            let line = span.start.line();
            return Ok(match event {
                Event::Scalar(text, style, anchor, tag) => {
                    let mut scalar = self.scalar(text, style, &span)?;
                    scalar.is_binary = tag.is_some_and(|tag| {
                        let name = tag.suffix_in_namespace("tag:yaml.org,2002:");
                        name.as_deref() == Some("binary")
                    });
                    if anchor > 0 {
                        self.keep()?;
                        self.anchored.insert(anchor, scalar.clone());
                    }
                    Node::Scalar(scalar)
                }
                Event::Alias(anchor) => match self.anchored.get(&anchor) {
                    Some(aliased) => {
                        self.aliased += aliased.text.len();
                        if self.aliased > MOST_ALIASED {
                            return Err(ReadError::Aliases);
                        }
                        let mut scalar =
                            self.scalar(aliased.text.clone(), ScalarStyle::Plain, &span)?;
                        scalar.is_binary = aliased.is_binary;
                        Node::Scalar(scalar)
                    }
                    None => Node::Alias(line),
                },
                Event::MappingStart(..) => Node::Mapping,
                Event::SequenceStart(..) => Node::Sequence(line),
                Event::MappingEnd | Event::SequenceEnd => Node::End,
                Event::DocumentStart(..) => {
                    self.drop_kept(self.anchored.len());
                    self.anchored.clear();
                    Node::Document
                }
                Event::StreamEnd => Node::EndOfText,
                _ => continue,
            });
        }
    }

    fn scalar(
        &self,
        text: Cow<'t, str>,
        style: ScalarStyle,
        span: &Span,
    ) -> Result<Scalar<'t>, ReadError> {
        // A parser of a `str` knows all byte offsets.
        let range = span.byte_range().ok_or(ReadError::TooMuch)?;
        Ok(Scalar {
            text,
            style,
            range,
            indent: span.indent,
            is_binary: false,
            line: span.start.line(),
        })
    }

    /// Counts something that is kept.
    pub(super) fn keep(&mut self) -> Result<(), ReadError> {
        self.kept += 1;
        if self.kept > MOST_KEPT {
            Err(ReadError::TooMuch)
        } else {
            Ok(())
        }
    }

    /// Counts what is no longer kept.
    pub(super) fn drop_kept(&mut self, count: usize) {
        self.kept = self.kept.saturating_sub(count);
    }

    /// Reads over the rest of a node that has been met.
    pub(super) fn skip(&mut self, node: &Node<'t>) -> Result<(), ReadError> {
        let mut open = usize::from(matches!(node, Node::Mapping | Node::Sequence(_)));
        while open > 0 {
            match self.next()? {
                Node::Mapping | Node::Sequence(_) => open += 1,
                Node::End => open -= 1,
                Node::EndOfText => return Ok(()),
                _ => {}
            }
        }
        Ok(())
    }

    /// Reads a mapping that has been opened: calls `member` with each key that is a scalar, and
    /// `member` has to read the value.
    pub(super) fn mapping(
        &mut self,
        mut member: impl FnMut(&mut Self, &Scalar<'t>) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        loop {
            match self.next()? {
                Node::End | Node::EndOfText => return Ok(()),
                Node::Scalar(key) => member(self, &key)?,
                key => {
                    self.skip(&key)?;
                    let value = self.next()?;
                    self.skip(&value)?;
                }
            }
        }
    }
}
