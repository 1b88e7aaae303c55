//! `meta.json`: what Raft says of a snapshot.
//!
//! ```text
//! {"Version":1,"ID":"<term>-<index>-<ms>","Index":N,"Term":N,"Peers":<base64 or null>,
//!  "Configuration":{"Servers":[…]},"ConfigurationIndex":N,"Size":<bytes of state.bin>}
//! ```
//!
//! When a snapshot is written anew, only the digits of `Size` change; every other byte stays.

use crate::error::SnapshotError;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

/// Raft's newest version of a snapshot; a server refuses a newer one.
const MAX_VERSION: u64 = 1;

/// What `meta.json` says of a snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Meta {
    /// The version of the snapshot's form: 1, or 0 for one of the first servers.
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
    size_at: (usize, usize),
}

impl Meta {
    /// Reads `meta.json`.
    pub(crate) fn read(text: Vec<u8>) -> Result<Self, SnapshotError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Members<'a> {
            version: u64,
            #[serde(rename = "ID")]
            id: String,
            index: u64,
            term: u64,
            #[serde(borrow)]
            size: &'a RawValue,
        }
        let refused = |found: String| SnapshotError::Meta { found };
        let members: Members<'_> =
            serde_json::from_slice(&text).map_err(|error| refused(error.to_string()))?;
        if members.version > MAX_VERSION {
            return Err(refused(format!("version {}", members.version)));
        }
        let digits = members.size.get();
        let size = digits
            .parse()
            .map_err(|_| refused(format!("the size {digits}")))?;
        // The raw value borrows from the text, so that the difference is its place there.
        let start = (digits.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
        Ok(Self {
            version: members.version,
            id: members.id,
            index: members.index,
            term: members.term,
            size,
            size_at: (start, start + digits.len()),
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

    /// When the snapshot was taken, as its ID says.
    #[must_use]
    pub fn taken_at(&self) -> Option<Timestamp> {
        let (_, ms) = self.id.rsplit_once('-')?;
        Timestamp::from_millisecond(ms.parse().ok()?).ok()
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

    #[test]
    fn what_describes_no_snapshot_is_refused() {
        let refused = |text: &str| {
            Meta::read(text.as_bytes().to_vec())
                .unwrap_err()
                .to_string()
        };
        let start = "expected meta.json to describe a snapshot, but found";
        for (from, to, found) in [
            ("\"Version\":1", "\"Version\":2", "version 2"),
            ("27978", "-1", "the size -1"),
            ("27978", "\"1\"", "the size \"1\""),
        ] {
            assert_eq!(
                refused(&RECORDED.replace(from, to)),
                format!("{start} {found}")
            );
        }
        for text in [
            "",
            "{}",
            "[]",
            &RECORDED.replace(":159", ":-1"),
            &format!("{RECORDED}x"),
        ] {
            assert!(refused(text).starts_with(start), "{text}");
        }
    }
}
