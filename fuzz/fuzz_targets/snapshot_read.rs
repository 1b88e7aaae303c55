//! Bytes as a snapshot, or as the `state.bin` of one that is whole otherwise: nothing panics, and
//! what is accepted can be written again and then says the same.
#![no_main]

use consul_snapshot::Snapshot;
use flate2::{Compression, write::GzEncoder};
use libfuzzer_sys::fuzz_target;
use ring::digest::{SHA256, digest};
use std::io::Cursor;

fn wrap(state: &[u8]) -> std::io::Result<Vec<u8>> {
    let sum = |content: &[u8]| -> String {
        let sum = digest(&SHA256, content);
        sum.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
    };
    let size = state.len();
    let meta = format!(r#"{{"Version":1,"ID":"1-1-0","Index":1,"Term":1,"Size":{size}}}"#);
    let meta = meta.as_bytes();
    let sums = format!("{}  meta.json\n{}  state.bin\n", sum(meta), sum(state));
    let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::none()));
    let sums = ("SHA256SUMS", sums.as_bytes());
    for (name, content) in [("meta.json", meta), ("state.bin", state), sums] {
        let mut header = tar::Header::new_ustar();
        header.set_size(content.len() as u64);
        tar.append_data(&mut header, name, content)?;
    }
    tar.into_inner()?.finish()
}

fuzz_target!(|bytes: &[u8]| {
    let is_file = bytes.starts_with(&[0x1f, 0x8b]);
    let file = if is_file { bytes.to_vec() } else { wrap(bytes).unwrap() };
    if let Ok(mut snapshot) = Snapshot::open(Cursor::new(file)) {
        let again = snapshot.edit().write(&mut Cursor::new(Vec::new())).unwrap();
        assert_eq!(format!("{again:?}"), format!("{:?}", snapshot.state()));
    }
});
