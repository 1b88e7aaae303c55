//! The fixtures, and snapshots taken apart and put together with the tar and flate2 crates alone.

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use peertok::snapshot::{Base, Change, Seed, SeedError, SnapshotError, State};
use peertok::{PeeringToken, Secret};
use ring::digest::{SHA256, digest};
use serde_json::Value;
use std::io::{Cursor, Read, Write};

pub(crate) fn fixture(name: &str) -> Vec<u8> {
    crate::support::fixture(&format!("consul/{name}"))
}

pub(crate) fn state(name: &str) -> State {
    read(&fixture(&format!("{name}.snap"))).unwrap()
}

pub(crate) fn token(name: &str) -> PeeringToken {
    PeeringToken::decode(fixture(&format!("{name}.token")).trim_ascii()).unwrap()
}

pub(crate) fn json(name: &str) -> Value {
    serde_json::from_slice(&fixture(name)).unwrap()
}

pub(crate) fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

pub(crate) fn read(snapshot: &[u8]) -> Result<State, SnapshotError> {
    State::read(snapshot)
}

pub(crate) fn gunzip(snapshot: &[u8]) -> Vec<u8> {
    let mut tar = Vec::new();
    GzDecoder::new(snapshot).read_to_end(&mut tar).unwrap();
    tar
}

pub(crate) fn gzip(tar: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::none());
    gzip.write_all(tar).unwrap();
    gzip.finish().unwrap()
}

/// Seeds a base and gives what is written, and what was said of it.
pub(crate) fn seeded(
    base: &[u8],
    seeds: &[Seed],
) -> Result<(Vec<u8>, State, Vec<Change>), SeedError> {
    let mut out = Cursor::new(Vec::new());
    let done = Base::open(Cursor::new(base))
        .unwrap()
        .seed(seeds, &mut out)?;
    Ok((out.into_inner(), done.state, done.changes))
}

#[derive(Debug)]
pub(crate) struct Members {
    pub(crate) meta: Vec<u8>,
    pub(crate) state: Vec<u8>,
}

pub(crate) fn unpack(snapshot: &[u8]) -> Members {
    let mut archive = tar::Archive::new(GzDecoder::new(snapshot));
    let mut members = archive.entries().unwrap().map(|entry| {
        let mut content = Vec::new();
        entry.unwrap().read_to_end(&mut content).unwrap();
        content
    });
    let (meta, state) = (members.next().unwrap(), members.next().unwrap());
    assert_eq!(members.count(), 1);
    Members { meta, state }
}

/// A tar of regular files.
pub(crate) fn pack(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, content) in members {
        let mut header = tar::Header::new_ustar();
        header.set_size(content.len() as u64);
        header.set_mode(0o600);
        builder.append_data(&mut header, name, *content).unwrap();
    }
    builder.into_inner().unwrap()
}

pub(crate) fn meta(size: usize) -> Vec<u8> {
    format!("{{\"Version\":1,\"ID\":\"1-1-0\",\"Index\":1,\"Term\":1,\"Peers\":null,\"Configuration\":{{\"Servers\":[]}},\"ConfigurationIndex\":0,\"Size\":{size}}}\n")
        .into_bytes()
}

pub(crate) fn sums(meta: &[u8], state: &[u8]) -> Vec<u8> {
    let sum = |content: &[u8]| -> String {
        let sum = digest(&SHA256, content);
        sum.as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    };
    format!("{}  state.bin\n{}  meta.json\n", sum(state), sum(meta)).into_bytes()
}

/// A snapshot with this `state.bin` and all else as it should be.
pub(crate) fn snapshot(state: &[u8]) -> Vec<u8> {
    let meta = meta(state.len());
    let sums = sums(&meta, state);
    gzip(&pack(&[
        ("meta.json", &meta),
        ("state.bin", state),
        ("SHA256SUMS", &sums),
    ]))
}
