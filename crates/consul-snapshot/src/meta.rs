//! `meta.json`: what Raft says of a snapshot.
//!
//! ```text
//! {"Version":1,"ID":"<term>-<index>-<ms>","Index":N,"Term":N,"Peers":<base64 or null>,
//!  "Configuration":{"Servers":[…]},"ConfigurationIndex":N,"Size":<bytes of state.bin>}
//! ```
//!
//! A server reads it as Go's `encoding/json` does: keys match without regard to case, unknown keys are
//! passed over, the last of a key twice wins, `null` leaves a field as it was, and a value of another
//! type, or a number out of its range, is an error. Raft then has rules of its own:
//!
//! - `Version` is 1 (`FileSnapshotStore.Create` in `hashicorp/raft`).
//! - A restored state gets the index behind `Index`, and each later change the next one. Consul 1.20.1
//!   hangs with 2^64-1, fails to restore 2^64-2, panics later with 2^64-3, and takes 2^63. Here it has to
//!   be below 2^63, far above what any cluster comes to.
//! - `Size` is the length of `state.bin`.
//!
//! In a copy of a snapshot only the digits of `Size` change. Every other byte stays.

use crate::error::SnapshotError;
use crate::limits::MAX_INDEX;
use godialect::json::{Kind, Raw, Reader, SyntaxError};
use jiff::Timestamp;

/// The version of a snapshot's format that Raft restores.
const VERSION: u64 = 1;

/// What `meta.json` says of a snapshot.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Meta {
    /// The version of the format, which is 1.
    pub version: u64,
    /// The snapshot's ID: `<term>-<index>-<milliseconds since 1970>`.
    pub id: String,
    /// The Raft index up to which it holds all changes.
    pub index: u64,
    /// The Raft term of that index.
    pub term: u64,
    /// The size of `state.bin` in bytes.
    pub size: u64,
    text: Vec<u8>,
    /// Where the digits of `Size` stand in the text.
    size_at: Place,
}

/// Where something starts and ends in the text.
type Place = (usize, usize);

/// The fields of `raft.SnapshotMeta` as they are read, and the first value that is at fault.
#[derive(Default)]
struct Fields<'a> {
    text: &'a [u8],
    version: i64,
    id: String,
    index: u64,
    term: u64,
    size: i64,
    size_at: Place,
    fault: Option<String>,
}

impl Meta {
    /// Reads `meta.json`.
    pub(crate) fn read(text: Vec<u8>) -> Result<Self, SnapshotError> {
        let refused = |found: String| SnapshotError::Meta { found };
        let fields = Fields::read(&text).map_err(|error| refused(error.to_string()))?;
        if let Some(fault) = fields.fault {
            return Err(refused(fault));
        }
        let version = u64::try_from(fields.version).ok();
        let version = version
            .filter(|version| *version == VERSION)
            .ok_or_else(|| refused(format!("version {}", fields.version)))?;
        if fields.index > MAX_INDEX {
            return Err(refused(format!("the index {}", fields.index)));
        }
        let size = u64::try_from(fields.size);
        Ok(Self {
            version,
            id: fields.id,
            index: fields.index,
            term: fields.term,
            size: size.map_err(|_| refused(format!("the size {}", fields.size)))?,
            size_at: fields.size_at,
            text,
        })
    }

    /// Makes the `meta.json` of a snapshot that no server has taken: index and term 1, no servers.
    pub(crate) fn fresh(at: Timestamp, size: u64) -> String {
        let ms = at.as_millisecond();
        format!(
            "{{\"Version\":1,\"ID\":\"1-1-{ms}\",\"Index\":1,\"Term\":1,\"Peers\":null,\"Configuration\":{{\"Servers\":[]}},\"ConfigurationIndex\":0,\"Size\":{size}}}\n"
        )
    }

    /// The text with another size in it.
    pub(crate) fn with_size(&self, size: u64) -> Vec<u8> {
        let (start, end) = self.size_at;
        let before = self.text.get(..start).unwrap_or_default();
        let behind = self.text.get(end..).unwrap_or_default();
        [before, size.to_string().as_bytes(), behind].concat()
    }

    /// Returns when the snapshot was taken, as its ID says; `None` for an ID of another form.
    #[must_use]
    pub fn taken_at(&self) -> Option<Timestamp> {
        let (_, ms) = self.id.rsplit_once('-')?;
        Timestamp::from_millisecond(ms.parse().ok()?).ok()
    }
}

impl<'a> Fields<'a> {
    fn read(text: &'a [u8]) -> Result<Self, SyntaxError> {
        let mut fields = Self {
            text,
            ..Self::default()
        };
        let mut reader = Reader::new(text);
        if fields.is(&mut reader, Kind::Object, "meta.json")? {
            reader.object(|reader, key| fields.member(reader, key))?;
        }
        reader.finish()?;
        Ok(fields)
    }

    fn member(&mut self, reader: &mut Reader<'_>, key: Raw<'_>) -> Result<(), SyntaxError> {
        if key.folds_to("Version") {
            if let Some((version, _)) = self.number(reader, "Version")? {
                self.version = version;
            }
        } else if key.folds_to("ID") {
            if self.is(reader, Kind::String, "ID")? {
                self.id = reader.string()?.unescape().into_owned();
            }
        } else if key.folds_to("Index") {
            if let Some((index, _)) = self.number(reader, "Index")? {
                self.index = index;
            }
        } else if key.folds_to("Term") {
            if let Some((term, _)) = self.number(reader, "Term")? {
                self.term = term;
            }
        } else if key.folds_to("Size") {
            if let Some((size, at)) = self.number(reader, "Size")? {
                (self.size, self.size_at) = (size, at);
            }
        } else if key.folds_to("ConfigurationIndex") {
            self.number::<u64>(reader, "ConfigurationIndex")?;
        } else if key.folds_to("Peers") {
            if self.is(reader, Kind::String, "Peers")? {
                let base64 = reader.string()?.unescape();
                let mut peers = Vec::new();
                if godialect::base64::decode(base64.as_bytes(), &mut peers).is_err() {
                    self.fault("Peers that are no base64");
                }
            }
        } else if key.folds_to("Configuration") {
            if self.is(reader, Kind::Object, "Configuration")? {
                reader.object(|reader, key| {
                    if !key.folds_to("Servers") {
                        return reader.skip();
                    }
                    if self.is(reader, Kind::Array, "Servers")? {
                        reader.array(|reader| self.server(reader))?;
                    }
                    Ok(())
                })?;
            }
        } else {
            reader.skip()?;
        }
        Ok(())
    }

    fn server(&mut self, reader: &mut Reader<'_>) -> Result<(), SyntaxError> {
        if !self.is(reader, Kind::Object, "a server")? {
            return Ok(());
        }
        reader.object(|reader, key| {
            if key.folds_to("Suffrage") {
                self.number::<i64>(reader, "Suffrage")?;
            } else if key.folds_to("ID") || key.folds_to("Address") {
                if self.is(reader, Kind::String, "a server's ID or address")? {
                    reader.string()?;
                }
            } else {
                reader.skip()?;
            }
            Ok(())
        })
    }

    /// Whether a value of this kind stands next. Any other is skipped; unless it is `null`, it is at
    /// fault.
    fn is(&mut self, reader: &mut Reader<'_>, kind: Kind, what: &str) -> Result<bool, SyntaxError> {
        let found = reader.peek()?;
        if found == kind {
            return Ok(true);
        }
        if found != Kind::Null {
            self.fault(&format!("a value of another type for {what}"));
        }
        reader.skip()?;
        Ok(false)
    }

    /// Reads a number, and gives where it stands.
    fn number<N: std::str::FromStr>(
        &mut self,
        reader: &mut Reader<'_>,
        what: &str,
    ) -> Result<Option<(N, Place)>, SyntaxError> {
        if !self.is(reader, Kind::Number, what)? {
            return Ok(None);
        }
        let start = reader.offset();
        reader.skip()?;
        let end = reader.offset();
        let digits = self.text.get(start..end).unwrap_or_default();
        // JSON has no sign before a number but the minus, which Rust reads as Go does.
        let number = std::str::from_utf8(digits)
            .ok()
            .and_then(|d| d.parse().ok());
        if number.is_none() {
            self.fault(&format!("a number out of range for {what}"));
        }
        Ok(number.map(|number| (number, (start, end))))
    }

    /// Remembers the first fault, as reading goes on.
    fn fault(&mut self, found: &str) {
        self.fault.get_or_insert_with(|| found.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From `alpha-minted.snap`, shortened.
    const RECORDED: &str = r#"{"Version":1,"ID":"2-159-1795494113035","Index":159,"Term":2,"Peers":"ka8xMjcuMC4wLjE6MTg1MDQ=","Configuration":{"Servers":[{"Suffrage":0,"ID":"x","Address":"127.0.0.1:18504"}]},"ConfigurationIndex":1,"Size":27978}
"#;

    #[test]
    fn only_the_size_changes() {
        let meta = Meta::read(RECORDED.as_bytes().to_vec()).unwrap();
        assert_eq!((meta.index, meta.term, meta.size), (159, 2, 27978));
        assert_eq!(
            meta.taken_at().unwrap().to_string(),
            "2026-11-24T04:21:53.035Z"
        );
        assert_eq!(meta.with_size(27978), RECORDED.as_bytes());
        let expected = RECORDED.replace("27978", "100000");
        assert_eq!(meta.with_size(100_000), expected.as_bytes());
    }

    /// The text is that of `synthetic-148-bytes.snap`, which a server restored.
    #[test]
    fn a_fresh_one_is_as_recorded() {
        let at = Timestamp::from_millisecond(1_795_493_308_794).unwrap();
        assert_eq!(
            Meta::fresh(at, 148),
            "{\"Version\":1,\"ID\":\"1-1-1795493308794\",\"Index\":1,\"Term\":1,\"Peers\":null,\"Configuration\":{\"Servers\":[]},\"ConfigurationIndex\":0,\"Size\":148}\n"
        );
        let meta = Meta::read(Meta::fresh(at, 148).into_bytes()).unwrap();
        assert_eq!(meta.taken_at(), Some(at));
    }

    /// As `json.Unmarshal` of Go 1.26 says of `raft.SnapshotMeta`, and Raft of the versions and indexes.
    #[test]
    fn what_describes_no_snapshot_is_rejected() {
        for (from, to, found) in [
            ("\"Version\":1", "\"Version\":2", "version 2"),
            ("\"Version\":1", "\"Version\":0", "version 0"),
            ("\"Version\":1", "\"Other\":1", "version 0"),
            ("\"Version\":1", "\"Version\":1,\"version\":0", "version 0"),
            (
                "\"Version\":1",
                "\"Version\":1.0",
                "a number out of range for Version",
            ),
            (":27978", ":-1", "the size -1"),
            (":27978", ":\"1\"", "a value of another type for Size"),
            (":159", ":-1", "a number out of range for Index"),
            (
                ":159",
                ":9223372036854775808",
                "the index 9223372036854775808",
            ),
            (
                ":\"2-159-1795494113035\"",
                ":2",
                "a value of another type for ID",
            ),
            (":\"ka8x", ":\"!", "Peers that are no base64"),
            (
                "\"Suffrage\":0",
                "\"suffrage\":\"\"",
                "a value of another type for Suffrage",
            ),
            (
                "{\"V",
                "x{\"V",
                "invalid character 'x' looking for beginning of value",
            ),
            ("}\n", "}x", "invalid character 'x' after top-level value"),
        ] {
            let text = RECORDED.replace(from, to);
            assert_ne!(text, RECORDED, "{from}");
            let error = Meta::read(text.into_bytes()).unwrap_err();
            let expected = format!("expected meta.json to describe a snapshot, but found {found}");
            assert_eq!(error.to_string(), expected);
        }
    }

    #[test]
    fn keys_are_read_as_go_reads_them() {
        for (from, to) in [
            ("\"Version\":1", "\"version\":0,\"VERSION\":1"),
            ("\"Version\":1", "\"Version\":1,\"Version\":null"),
            ("\"Version\":1", "\"Ver\u{17f}ion\":1"),
            ("\"Size\":", "\"Size\":1,\"size\":"),
            ("\"Index\":", "\"Other\":{\"a\":[1]},\"Index\":"),
        ] {
            let text = RECORDED.replace(from, to);
            let meta = Meta::read(text.clone().into_bytes()).unwrap();
            assert_eq!((meta.version, meta.index, meta.size), (1, 159, 27978));
            let expected = text.replace(":27978", ":5");
            assert_eq!(meta.with_size(5), expected.as_bytes());
        }
    }
}
