//! Snapshots that are crafted to be at the edge of what a server restores, each with its name.
//!
//! They are the same wherever they are made: `tests/consul` restores them into real servers, and
//! `tests/library` holds what those did against what peertok says.

mod file;
mod good;
mod groups;
mod msgpack;
mod records;

use std::io::Read;

/// A snapshot, and what is special about it.
pub struct Crafted {
    pub name: String,
    pub file: Vec<u8>,
}

fn crafted(name: impl Into<String>, file: Vec<u8>) -> Crafted {
    let name = name.into();
    Crafted { name, file }
}

/// What each of them has beside what is special: the header and the records of a server that had just
/// started, `gamma.snap`. A server whose CA is gone after a restore may panic for that alone.
struct Base {
    header: Vec<u8>,
    records: Vec<u8>,
}

impl Base {
    fn read() -> Self {
        let file = super::fixture("consul/gamma.snap");
        let mut tar = tar::Archive::new(flate2::read::GzDecoder::new(&*file));
        let mut entries = tar.entries().unwrap().map(Result::unwrap);
        let mut entry = entries
            .find(|entry| entry.path().unwrap().ends_with("state.bin"))
            .unwrap();
        let mut header = Vec::new();
        entry.read_to_end(&mut header).unwrap();
        // A map of one pair, and an index below 128.
        let records = header.split_off(b"\x81\xa9LastIndex\x01".len());
        assert!(header.starts_with(b"\x81\xa9LastIndex") && header.last() < Some(&0x80));
        Self { header, records }
    }

    /// The base with more records behind its own.
    fn with(&self, records: &[u8]) -> Vec<u8> {
        [&self.header, &self.records, records].concat()
    }
}

/// All of them. Those with an index that leaves Raft little room come last.
pub fn all() -> Vec<Crafted> {
    let base = Base::read();
    let mut all = records::types(&base);
    all.extend(records::restorers(&base));
    all.extend(records::headers(&base));
    all.extend(file::archives(&base));
    all.extend(file::metas(&base));
    all
}
