//! A page as html5ever reads it, for tests.

use html5ever::parse_document;
use html5ever::tendril::TendrilSink;
use markup5ever_rcdom::{Handle, NodeData, RcDom};
use std::collections::BTreeMap;

/// The elements of a page, in their order.
pub(super) struct Html {
    pub(super) errors: Vec<String>,
    pub(super) elements: Vec<Element>,
}

pub(super) struct Element {
    pub(super) name: String,
    pub(super) attributes: BTreeMap<String, String>,
    /// All text within.
    pub(super) text: String,
    /// The elements that it is in, the nearest last.
    within: Vec<usize>,
}

impl Html {
    pub(super) fn parse(page: &str) -> Self {
        let dom = parse_document(RcDom::default(), Default::default()).one(page);
        let mut html = Self {
            errors: dom
                .errors
                .borrow()
                .iter()
                .map(ToString::to_string)
                .collect(),
            elements: Vec::new(),
        };
        html.add(&dom.document, &mut Vec::new());
        html
    }

    fn add(&mut self, node: &Handle, within: &mut Vec<usize>) {
        match &node.data {
            NodeData::Text { contents } => {
                for element in within.iter() {
                    self.elements[*element].text.push_str(&contents.borrow());
                }
            }
            NodeData::Element { name, attrs, .. } => {
                let attributes = attrs.borrow();
                let attributes = attributes.iter().map(|attribute| {
                    (
                        attribute.name.local.to_string(),
                        attribute.value.to_string(),
                    )
                });
                self.elements.push(Element {
                    name: name.local.to_string(),
                    attributes: attributes.collect(),
                    text: String::new(),
                    within: within.clone(),
                });
                within.push(self.elements.len() - 1);
                self.add_children(node, within);
                within.pop();
            }
            NodeData::Document => self.add_children(node, within),
            NodeData::Doctype { .. } => {}
            // The page has neither comments nor processing instructions.
            other => panic!("{other:?}"),
        }
    }

    fn add_children(&mut self, node: &Handle, within: &mut Vec<usize>) {
        for child in node.children.borrow().iter() {
            self.add(child, within);
        }
    }

    /// The elements that a selector of CSS finds: names, `.class` and `#id`, with blanks between
    /// what is within each other.
    pub(super) fn select(&self, selector: &str) -> Vec<&Element> {
        let (outer, last) = selector.rsplit_once(' ').unwrap_or(("", selector));
        let found = self.elements.iter().filter(|element| element.is(last));
        found
            .filter(|element| self.is_within(element, outer))
            .collect()
    }

    /// Whether an element is within those that a selector names.
    pub(super) fn is_within(&self, element: &Element, outer: &str) -> bool {
        let mut outer = outer.split_whitespace().rev().peekable();
        for place in element.within.iter().rev() {
            outer.next_if(|part| self.elements[*place].is(part));
        }
        outer.peek().is_none()
    }

    /// The texts of these elements.
    pub(super) fn texts(&self, selector: &str) -> Vec<&str> {
        let found = self.select(selector);
        found.iter().map(|element| &*element.text).collect()
    }
}

impl Element {
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(|value| &**value)
    }

    fn is(&self, part: &str) -> bool {
        if let Some(class) = part.strip_prefix('.') {
            let classes = self.attribute("class").unwrap_or_default();
            return classes.split(' ').any(|its| its == class);
        }
        match part.strip_prefix('#') {
            Some(id) => self.attribute("id") == Some(id),
            None => self.name == part,
        }
    }
}
