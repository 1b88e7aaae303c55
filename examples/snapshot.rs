//! Makes, reads and seeds a large snapshot, to be timed from outside:
//! `snapshot make FILE RECORDS`, `snapshot read FILE`, `snapshot seed FILE OUT`.

use flate2::Compression;
use flate2::write::GzEncoder;
use peertok::snapshot::{Base, Seed, State};
use peertok::{PeeringToken, Secret};
use ring::digest::{Context, SHA256};
use std::env;
use std::error::Error;
use std::fs::{File, OpenOptions};
use std::io::Write;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["make", file, records] => make(file, records.parse()?),
        ["read", file] => {
            let state = State::read(File::open(file)?)?;
            let records: u64 = state.records.values().sum();
            writeln!(std::io::stdout(), "{records} records")?;
            Ok(())
        }
        ["seed", file, out] => {
            let mut token = PeeringToken::new();
            token.peer_id = "11111111-2222-3333-4444-555555555555".to_owned();
            token.establishment_secret = Secret::new("66666666-7777-8888-9999-aaaaaaaaaaaa".into());
            let mut options = OpenOptions::new();
            let options = options.read(true).write(true).create(true).truncate(true);
            let seeds = [Seed::of_token("large", &token)];
            Base::open(File::open(file)?)?.seed(&seeds, &mut options.open(out)?)?;
            Ok(())
        }
        _ => Err("expected make, read or seed".into()),
    }
}

/// Key-value records of about 800 bytes: JSON as services keep it, of which gzip leaves a third.
fn make(file: &str, records: u64) -> Result<(), Box<dyn Error>> {
    let mut state = b"\x81\xa9LastIndex\x01".to_vec();
    let mut random: u64 = 1;
    for number in 0..records {
        let mut value = String::new();
        for field in [
            "endpoint", "owner", "digest", "limit", "trace", "zone", "revision",
        ] {
            let mut hex = String::new();
            for _ in 0..2 {
                random ^= random << 13;
                random ^= random >> 7;
                random ^= random << 17;
                hex += &format!("{random:016x}");
            }
            value += &format!(
                "{{\"service.configuration.{field}\":{{\"enabled\":true,\"value\":\"{hex}\"}}}},"
            );
        }
        let key = format!("services/{number}/configuration");
        let length = u16::try_from(value.len())?.to_be_bytes();
        state.extend_from_slice(&[2, 0x87, 0xa3]);
        state.extend_from_slice(b"Key\xda\x00");
        state.push(u8::try_from(key.len())?);
        state.extend_from_slice(key.as_bytes());
        state.extend_from_slice(b"\xa5Value\xda");
        state.extend_from_slice(&length);
        state.extend_from_slice(value.as_bytes());
        state.extend_from_slice(b"\xa5Flags\x00\xa7Session\xa0\xa9LockIndex\x00");
        state.extend_from_slice(b"\xabCreateIndex\x01\xabModifyIndex\x01");
    }
    let size = state.len();
    let meta = format!(
        "{{\"Version\":1,\"ID\":\"1-1-0\",\"Index\":1,\"Term\":1,\"Peers\":null,\"Configuration\":{{\"Servers\":[]}},\"ConfigurationIndex\":0,\"Size\":{size}}}\n"
    );
    let sum = |content: &[u8]| -> String {
        let mut context = Context::new(&SHA256);
        context.update(content);
        let sum = context.finish();
        sum.as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    };
    let sums = format!(
        "{}  meta.json\n{}  state.bin\n",
        sum(meta.as_bytes()),
        sum(&state)
    );
    let gzip = GzEncoder::new(File::create(file)?, Compression::new(6));
    let mut tar = tar::Builder::new(gzip);
    for (name, content) in [
        ("meta.json", meta.as_bytes()),
        ("state.bin", &state),
        ("SHA256SUMS", sums.as_bytes()),
    ] {
        let mut header = tar::Header::new_ustar();
        header.set_size(content.len() as u64);
        tar.append_data(&mut header, name, content)?;
    }
    tar.into_inner()?.finish()?;
    Ok(())
}
