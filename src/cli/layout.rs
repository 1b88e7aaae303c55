//! A token's JSON as people may see it, one value a line, and where each value stands in it.
//!
//! Every text is cut to the same width and escaped, secrets are digests, and what is nested deeper
//! than anything in a token is left out: so the lines are short whatever the token holds.

use super::text::shown_within;
use godialect::json::{Kind, Raw, Reader, SyntaxError};
use peering_token::redact;
use peering_token::schema::Struct;
use std::collections::BTreeMap;
use std::ops::Range;

/// The longest text that is shown whole, in characters: a server name has 63 and its datacenter.
const WIDTH: usize = 72;
/// The same for PEM, of which nobody reads more than the first line.
const PEM_WIDTH: usize = 36;
/// A token is an object with lists and objects in it, one of which has an object in it again.
const DEEPEST: usize = 3;

/// The laid out JSON, and the places that were asked for.
pub(super) struct Layout {
    text: String,
    places: BTreeMap<String, Place>,
}

/// Where a value stands in the layout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// The value's bytes; of an object or a list those of its key.
    pub(super) value: Range<usize>,
    /// Where the line starts on which the list or object around it opens.
    pub(super) parent_line: usize,
}

impl Layout {
    /// Lays out a JSON text, and finds the places of these JSON paths (`$.CA[0]`), which are under
    /// Consul's names of the fields. Of a field that stands twice the last is found.
    ///
    /// # Errors
    ///
    /// The [`SyntaxError`] that Go finds.
    pub(super) fn of<'p>(
        json: &[u8],
        paths: impl IntoIterator<Item = &'p str>,
    ) -> Result<Self, SyntaxError> {
        let json = redact(json)?;
        let wanted = paths.into_iter().map(|path| (path.to_owned(), None));
        let mut walk = Walk {
            json: &json,
            text: String::with_capacity(json.len().min(1 << 16)),
            path: "$".to_owned(),
            places: wanted.collect(),
            depth: 0,
        };
        let mut reader = Reader::new(json.as_bytes());
        walk.value(&mut reader, 0, None)?;
        reader.finish()?;
        let found = walk.places.into_iter();
        Ok(Self {
            text: walk.text,
            places: found.filter_map(|(path, at)| Some((path, at?))).collect(),
        })
    }

    /// The JSON as it is shown.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The place of a path that was asked for, if the JSON has it.
    pub(super) fn place(&self, path: &str) -> Option<&Place> {
        self.places.get(path)
    }
}

struct Walk<'a> {
    json: &'a str,
    text: String,
    /// The JSON path of the value that is being read.
    path: String,
    places: BTreeMap<String, Option<Place>>,
    depth: usize,
}

impl Walk<'_> {
    /// Lays out a value; `key` is where its key stands, if it has one.
    fn value(
        &mut self,
        reader: &mut Reader<'_>,
        parent_line: usize,
        key: Option<Range<usize>>,
    ) -> Result<(), SyntaxError> {
        let start = self.text.len();
        let kind = reader.peek()?;
        let from = reader.offset();
        match kind {
            Kind::Object | Kind::Array if self.depth < DEEPEST => {
                let line = self.text.rfind('\n').map_or(0, |at| at + 1);
                self.depth += 1;
                let brackets = match kind {
                    Kind::Object => ['{', '}'],
                    _ => ['[', ']'],
                };
                self.text.push(brackets[0]);
                let mut count = 0;
                let path = self.path.len();
                match kind {
                    Kind::Object => reader.object(|reader, name| {
                        self.next_line(&mut count);
                        let result = self.entry(reader, name, line);
                        self.path.truncate(path);
                        result
                    })?,
                    _ => reader.array(|reader| {
                        self.path.push_str(&format!("[{count}]"));
                        self.next_line(&mut count);
                        let result = self.value(reader, line, None);
                        self.path.truncate(path);
                        result
                    })?,
                }
                self.depth -= 1;
                if count > 0 {
                    self.break_line();
                }
                self.text.push(brackets[1]);
            }
            Kind::Object => self.deep(reader, "{…}")?,
            Kind::Array => self.deep(reader, "[…]")?,
            Kind::String => {
                let text = reader.string()?.unescape();
                self.string(&text);
            }
            Kind::Number | Kind::Bool | Kind::Null => {
                reader.skip()?;
                let literal = self.json.get(from..reader.offset()).unwrap_or_default();
                self.text.push_str(&shown_within(literal, WIDTH));
            }
        }
        if let Some(place) = self.places.get_mut(&self.path) {
            let value = match kind {
                Kind::Object | Kind::Array => key.unwrap_or(start..start + 1),
                _ => start..self.text.len(),
            };
            *place = Some(Place { value, parent_line });
        }
        Ok(())
    }

    fn entry(
        &mut self,
        reader: &mut Reader<'_>,
        key: Raw<'_>,
        parent_line: usize,
    ) -> Result<(), SyntaxError> {
        let start = self.text.len();
        let spelled = key.unescape();
        self.string(&spelled);
        let key_place = start..self.text.len();
        self.text.push_str(": ");
        let mut objects = Struct::ALL.iter();
        let object = objects.find(|object| object.json_path() == self.path);
        let field = object.and_then(|object| object.find(key));
        self.path.push('.');
        self.path
            .push_str(field.map_or(&spelled, |field| field.key()));
        self.value(reader, parent_line, Some(key_place))
    }

    fn string(&mut self, text: &str) {
        let width = if text.starts_with("-----BEGIN ") {
            PEM_WIDTH
        } else {
            WIDTH
        };
        let shown = shown_within(text, width);
        self.text.push('"');
        self.text.push_str(&shown);
        self.text.push('"');
    }

    fn deep(&mut self, reader: &mut Reader<'_>, shown: &str) -> Result<(), SyntaxError> {
        self.text.push_str(shown);
        reader.skip()
    }

    fn next_line(&mut self, count: &mut usize) {
        if *count > 0 {
            self.text.push(',');
        }
        *count += 1;
        self.break_line();
    }

    fn break_line(&mut self) {
        self.text.push('\n');
        for _ in 0..self.depth {
            self.text.push_str("  ");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use peertok_testing::{minted_json, mutated};
    use proptest::prelude::*;

    fn layout(json: &str, paths: &[&str]) -> Layout {
        Layout::of(json.as_bytes(), paths.iter().copied()).unwrap()
    }

    fn found<'a>(layout: &'a Layout, path: &str) -> Option<&'a str> {
        Some(&layout.text()[layout.place(path)?.value.clone()])
    }

    #[test]
    fn one_value_a_line() {
        let json = r#"{"ca":["a","b\n"],"ServerAddresses":null,"Remote":{"Locality":{"zone":"z","x":{"y":1}}},"n":-1e2,"l":[],"EstablishmentSecret":"a"}"#;
        let layout = layout(
            json,
            &[
                "$.CA",
                "$.CA[1]",
                "$.Remote.Locality.Zone",
                "$.n",
                "$.PeerID",
                "$",
            ],
        );
        // `printf %s a | sha256sum` starts with ca978112.
        let expected = r#"{
  "ca": [
    "a",
    "b\n"
  ],
  "ServerAddresses": null,
  "Remote": {
    "Locality": {
      "zone": "z",
      "x": {…}
    }
  },
  "n": -1e2,
  "l": [],
  "EstablishmentSecret": "<redacted, sha256:ca978112>"
}"#;
        assert_eq!(layout.text(), expected);
        assert_eq!(found(&layout, "$.CA"), Some("\"ca\""));
        assert_eq!(found(&layout, "$.CA[1]"), Some("\"b\\n\""));
        assert_eq!(found(&layout, "$.Remote.Locality.Zone"), Some("\"z\""));
        assert_eq!(found(&layout, "$.n"), Some("-1e2"));
        assert_eq!(found(&layout, "$.PeerID"), None);
        let parent = layout.place("$.CA[1]").unwrap().parent_line;
        assert!(layout.text()[parent..].starts_with("  \"ca\": ["));
    }

    #[test]
    fn the_last_of_two_duplicates_is_found() {
        let layout = layout(r#"{"PeerID":"a","peerid":"b"}"#, &["$.PeerID"]);
        assert_eq!(found(&layout, "$.PeerID"), Some("\"b\""));
    }

    proptest! {
        /// Lines are short, whatever stands in a token, and nothing in them moves the cursor.
        #[test]
        fn lines_are_short_and_harmless(name: String, text in ".{0,200}", long in 0..3000_usize) {
            let text = text + &"\u{202e}".repeat(long);
            let json = serde_json::json!({
                "CA": [text, [text], {name.clone(): text}],
                "Remote": {name.clone(): text, "Locality": {"Zone": {"x": text}}},
                name: [[[[[text]]]]],
            });
            let layout = layout(&json.to_string(), &["$.CA[0]"]);
            for line in layout.text().lines() {
                prop_assert!(line.chars().count() < 2 * 10 * WIDTH, "{}", line);
                let harmful = |c: char| c.is_control() || c == '\u{202e}';
                prop_assert!(!line.contains(harmful), "{:?}", line);
            }
        }

        #[test]
        fn no_bytes_panic(json in mutated(Just(minted_json()))) {
            let _ = Layout::of(&json, ["$"]);
        }
    }
}
