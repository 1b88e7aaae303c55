//! What no server would restore, or survive, is refused.

use super::archives::{fixture, gunzip, gzip, meta, pack, read, seeded, snapshot, sums, unpack};
use peertok::snapshot::{SnapshotError, State};
use peertok_testing as testing;
use proptest::prelude::*;
use std::io::Read;

#[test]
fn the_snapshot_that_panics_a_server_is_refused() {
    assert_eq!(
        read(&fixture("panics-a-server.snap"))
            .unwrap_err()
            .to_string(),
        "the Peering record at byte 12 of state.bin: expected a well-formed protobuf message, but found: failed to decode Protobuf message: buffer underflow"
    );
}

#[test]
fn every_truncation_is_refused() {
    let whole = fixture("synthetic-148-bytes.snap");
    for length in 0..whole.len() {
        assert!(read(&whole[..length]).is_err(), "{length}");
    }
    // The tar cut at each block, in a gzip that is whole.
    let tar = gunzip(&whole);
    for length in (0..tar.len()).step_by(64) {
        assert!(read(&gzip(&tar[..length])).is_err(), "{length}");
    }
    // And state.bin within an archive that is whole, but for where a record ends.
    let state = unpack(&whole).state;
    for length in 0..state.len() {
        let ends = matches!(length, 12 | 66);
        assert_eq!(read(&snapshot(&state[..length])).is_ok(), ends, "{length}");
    }
}

/// Flips a bit of each byte of what a file is made of. Where that is not refused, nothing of what is read may
/// change, and the place has to be one of those that no check can see.
fn flip(bytes: &[u8], file: impl Fn(&[u8]) -> Vec<u8>, unchecked: impl Fn(usize, &[u8]) -> bool) {
    let original = format!("{:?}", read(&file(bytes)).unwrap());
    let step = if testing::is_long() { 1 } else { 5 };
    for at in (0..bytes.len()).step_by(step) {
        // Another bit in each byte, so that all have their turn.
        let mut flipped = bytes.to_vec();
        flipped[at] ^= 1 << (at % 8);
        if let Ok(state) = read(&file(&flipped)) {
            assert_eq!(format!("{state:?}"), original, "{at}");
            assert!(unchecked(at, &flipped), "{at}");
        }
    }
}

#[test]
fn every_flipped_bit_that_checks_can_see_is_refused() {
    let snapshot = fixture("synthetic-148-bytes.snap");
    let tar = gunzip(&snapshot);
    // Of a gzip, the flag for text (3), the time (4 to 7), the level (8) and the system (9).
    // Elsewhere a bit is not used, or its other value says the same.
    flip(&snapshot, <[u8]>::to_vec, |at, flipped| {
        (3..10).contains(&at) || gunzip(flipped) == tar
    });
    // Of a tar header, what ends the number of its checksum.
    flip(&tar, gzip, |at, _| {
        let in_checksum = |head: &usize| (head + 148..head + 156).contains(&at);
        [0, 1024, 2048].iter().any(in_checksum)
    });
}

#[test]
fn a_reader_that_fails_is_no_fault_of_the_snapshot() {
    struct Fails;
    impl std::io::Read for Fails {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::PermissionDenied.into())
        }
    }
    let error = State::read(Fails).unwrap_err();
    assert!(matches!(error, peertok::snapshot::SnapshotError::Read(_)));
}

/// A tar of members that are given with their header.
fn tar(members: &[(&str, tar::EntryType, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, kind, content) in members {
        let mut header = tar::Header::new_ustar();
        header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
        header.set_entry_type(*kind);
        header.set_size(content.len() as u64);
        header.set_cksum();
        out.extend_from_slice(header.as_bytes());
        out.extend_from_slice(content);
        out.resize(out.len().next_multiple_of(512), 0);
    }
    out.resize(out.len() + 1024, 0);
    out
}

fn refusal(tar: &[u8]) -> String {
    read(&gzip(tar)).unwrap_err().to_string()
}

#[test]
fn members_other_than_the_three_are_refused() {
    use tar::EntryType as Kind;
    let state = unpack(&fixture("synthetic-148-bytes.snap")).state;
    let meta = meta(state.len());
    let sums = sums(&meta, &state);
    let first = ("meta.json", Kind::Regular, &meta[..]);
    let second = ("state.bin", Kind::Regular, &state[..]);
    let third = ("SHA256SUMS", Kind::Regular, &sums[..]);
    for order in [
        [first, second, third],
        [third, second, first],
        [second, third, first],
    ] {
        assert!(read(&gzip(&tar(&order))).is_ok());
    }
    assert!(
        read(&gzip(&pack(&[
            ("meta.json", &meta),
            ("state.bin", &state),
            ("SHA256SUMS", &sums)
        ])))
        .is_ok()
    );
    for (members, expected) in [
        (
            &[][..],
            "expected the member meta.json, but found the end of the archive",
        ),
        (
            &[first],
            "expected the member state.bin, but found the end of the archive",
        ),
        (
            &[first, second],
            "expected the member SHA256SUMS, but found the end of the archive",
        ),
        (
            &[first, first, second, third],
            "expected meta.json, state.bin and SHA256SUMS, each once, but found a second meta.json",
        ),
        (
            &[first, second, second, third],
            "expected meta.json, state.bin and SHA256SUMS, each once, but found a second state.bin",
        ),
        (
            &[first, second, third, third],
            "expected meta.json, state.bin and SHA256SUMS, each once, but found a second SHA256SUMS",
        ),
        (
            &[("../meta.json", Kind::Regular, &meta)],
            "expected meta.json, state.bin and SHA256SUMS, each once, but found \"../meta.json\"",
        ),
        (
            &[("/meta.json\x1b[2J", Kind::Regular, &meta)],
            "expected meta.json, state.bin and SHA256SUMS, each once, but found \"/meta.json\\x1b[2J\"",
        ),
        (
            &[("meta.json", Kind::Symlink, &[])],
            "expected meta.json, state.bin and SHA256SUMS, each once, but found meta.json with the type '2', which is no regular file",
        ),
        (
            &[("meta.json", Kind::Link, &[])],
            "expected meta.json, state.bin and SHA256SUMS, each once, but found meta.json with the type '1', which is no regular file",
        ),
        (
            &[
                ("meta.json", Kind::XHeader, b"30 path=/etc/passwd\n"),
                first,
            ],
            "expected meta.json, state.bin and SHA256SUMS, each once, but found meta.json with the type 'x', which is no regular file",
        ),
        (
            &[
                first,
                second,
                third,
                ("SHA256SUMS.sealed", Kind::Regular, &sums),
            ],
            "expected meta.json, state.bin and SHA256SUMS, each once, but found \"SHA256SUMS.sealed\"",
        ),
    ] {
        assert_eq!(refusal(&tar(members)), expected);
    }
}

#[test]
fn nothing_may_stand_behind_the_end() {
    let good = fixture("gamma.snap");
    let tar = gunzip(&good);
    let end = "expected nothing behind the two zero blocks that end the tar, but found more";
    for more in [&[0; 512][..], &[0; 10240], b"x"] {
        assert_eq!(refusal(&[&tar, more].concat()), end);
        assert_eq!(
            read(&[&good, &*gzip(more)].concat())
                .unwrap_err()
                .to_string(),
            end
        );
    }
    let junk = [&good, &b"some junk behind it"[..]].concat();
    assert!(matches!(read(&junk), Err(SnapshotError::Gzip { .. })));
    assert_eq!(
        refusal(&tar[..tar.len() - 512]),
        "expected the whole of the end of the archive, but found the end of the file"
    );
    // What Go's reader takes as one stream is one.
    let (head, tail) = tar.split_at(3000);
    assert!(read(&[gzip(head), gzip(tail)].concat()).is_ok());
}

#[test]
fn sizes_and_sums_are_checked() {
    let good = unpack(&fixture("synthetic-148-bytes.snap"));
    let with = |meta: &[u8], state: &[u8], sums: &[u8]| {
        refusal(&pack(&[
            ("meta.json", meta),
            ("state.bin", state),
            ("SHA256SUMS", sums),
        ]))
    };
    let list = sums(&good.meta, &good.state);
    assert_eq!(
        with(&meta(149), &good.state, &list),
        "expected 149 bytes of state.bin by meta.json, but found 148"
    );
    assert_eq!(
        with(&good.meta, &good.state, &sums(b"", &good.state)),
        "expected meta.json to have the SHA-256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855, but found ed48309cbdae147bdc675a7e084979282d066d4929441e309f3cb7f059d83032"
    );
    assert!(
        with(&good.meta, &good.state, &sums(&good.meta, b""))
            .starts_with("expected state.bin to have the SHA-256 ")
    );
    let line = list.split_inclusive(|byte| *byte == b'\n').next().unwrap();
    let start = "expected SHA256SUMS to have a sum each for meta.json and state.bin, but found";
    for (list, found) in [
        (line.to_vec(), "another number of lines"),
        ([line, line].concat(), "no line for one of them"),
        ([&list, line].concat(), "another number of lines"),
        (vec![0xff], "bytes that are no text"),
        (
            b"00  meta.json\n00  state.bin\n".to_vec(),
            "a sum that is not of 64 hexadecimal digits",
        ),
    ] {
        assert_eq!(
            with(&good.meta, &good.state, &list),
            format!("{start} {found}")
        );
    }
}

/// A tar that claims a size and then goes on for ever.
fn endless(member: &str, size: u64, before: &[u8]) -> impl Read {
    let mut header = tar::Header::new_ustar();
    header.set_path(member).unwrap();
    header.set_size(size);
    header.set_cksum();
    // As one gzip stream of stored members: what comes does not end.
    let start = gzip(&[before, header.as_bytes()].concat());
    let zeros = gzip(&[0; 1 << 20]);
    std::io::Cursor::new(start).chain(Cycle(zeros, 0))
}

struct Cycle(Vec<u8>, usize);

impl Read for Cycle {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let count = (&self.0[self.1..]).read(out)?;
        self.1 = (self.1 + count) % self.0.len();
        Ok(count)
    }
}

#[test]
fn what_inflates_without_end_is_refused_soon() {
    let refusal = |input: Box<dyn Read>| State::read(input).unwrap_err().to_string();
    assert_eq!(
        refusal(Box::new(Cycle(gzip(&[0; 1 << 20]), 0))),
        "expected nothing behind the two zero blocks that end the tar, but found more"
    );
    assert_eq!(
        refusal(Box::new(endless("meta.json", 1 << 33, &[]))),
        "expected at most 1048576 bytes of meta.json, but found 8589934592"
    );
    assert_eq!(
        refusal(Box::new(endless("meta.json", 1 << 20, &[]))),
        "expected meta.json to describe a snapshot, but found invalid character '\\x00' looking for beginning of value"
    );
    let size = (1 << 33) - 1;
    let text = String::from_utf8(meta(1))
        .unwrap()
        .replace(":1}", &format!(":{size}}}"));
    let before = pack(&[("meta.json", text.as_bytes())]);
    let before = &before[..1024];
    assert_eq!(
        refusal(Box::new(endless("state.bin", size, before))),
        "the header at byte 0 of state.bin: expected a map, but found an integer"
    );
    assert_eq!(
        refusal(Box::new(endless("state.bin", size + 1, before))),
        "expected at most 8589934591 bytes of state.bin, but found 8589934592"
    );
    let whole = gunzip(&fixture("gamma.snap"));
    let endless = std::io::Cursor::new(gzip(&whole)).chain(Cycle(gzip(&[0; 1 << 20]), 0));
    assert_eq!(
        refusal(Box::new(endless)),
        "expected nothing behind the two zero blocks that end the tar, but found more"
    );
}

proptest! {
    #![proptest_config(testing::config(64))]

    /// What the fuzz target does too: damaged records in an archive that is whole.
    #[test]
    fn no_state_panics_and_what_is_accepted_can_be_written_again(
        name in prop::sample::select(vec!["alpha-gateways.snap", "active-dialer.snap"]),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let mut state = unpack(&fixture(name)).state;
        for (at, byte) in edits {
            *at.get_mut(&mut state) = byte;
        }
        state.truncate(cut.map_or(state.len(), |cut| cut.index(state.len())));
        let file = snapshot(&state);
        if let Ok(before) = read(&file) {
            let (written, after, _) = seeded(&file, &[]).unwrap();
            prop_assert_eq!(unpack(&written).state, state);
            prop_assert_eq!(format!("{:?}", after), format!("{:?}", before));
        }
    }
}

const HEADER: &[u8] = b"\x81\xa9LastIndex\x01";
const ID: &str = "11111111-2222-3333-4444-555555555555";
const OTHER: &str = "66666666-7777-8888-9999-aaaaaaaaaaaa";

fn field(number: u8, content: &[u8]) -> Vec<u8> {
    [&[number << 3 | 2, content.len() as u8], content].concat()
}

fn record(kind: u8, fields: &[(u8, &[u8])]) -> Vec<u8> {
    let message: Vec<u8> = fields
        .iter()
        .flat_map(|(n, content)| field(*n, content))
        .collect();
    [&[kind, 0xda, 0, message.len() as u8], &*message].concat()
}

#[test]
fn records_that_a_server_would_not_survive_are_refused() {
    let peering = |id: &str, name: &str| record(35, &[(1, id.as_bytes()), (2, name.as_bytes())]);
    let secrets = |id: &str, secret: &str| {
        record(40, &[(1, id.as_bytes()), (2, &field(1, secret.as_bytes()))])
    };
    let twice = |a: Vec<u8>, b: Vec<u8>| [a, b].concat();
    for (records, expected) in [
        (
            peering("1", "a"),
            "the Peering record at byte 12 of state.bin: expected the peering's ID to be a UUID of 36 characters, but found 1 bytes of another form",
        ),
        (
            peering(ID, ""),
            "the Peering record at byte 12 of state.bin: expected the peering's name, but found none",
        ),
        (
            twice(peering(ID, "a"), peering(&ID.to_uppercase(), "b")),
            "the Peering record at byte 57 of state.bin: expected one peering of an ID, but found a second one: \"11111111-2222-3333-4444-555555555555\"",
        ),
        (
            twice(peering(ID, "a"), peering(OTHER, "A")),
            "the Peering record at byte 57 of state.bin: expected one peering of a name, but found a second one: \"A\"",
        ),
        (
            secrets(ID, "hunter2"),
            "the PeeringSecrets record at byte 12 of state.bin: expected the establishment secret to be a UUID of 36 characters, but found 7 bytes of another form",
        ),
        (
            secrets("1", OTHER),
            "the PeeringSecrets record at byte 12 of state.bin: expected the ID of the secrets' peering to be a UUID of 36 characters, but found 1 bytes of another form",
        ),
        (
            twice(secrets(ID, OTHER), secrets(OTHER, &OTHER.to_uppercase())),
            "the PeeringSecrets record at byte 94 of state.bin: expected one use of a secret, but found a second one",
        ),
        (
            twice(secrets(ID, OTHER), secrets(ID, ID)),
            "the PeeringSecrets record at byte 94 of state.bin: expected one PeeringSecrets of a peering, but found a second one: \"11111111-2222-3333-4444-555555555555\"",
        ),
        (
            b"\x23\x80".to_vec(),
            "the Peering record at byte 12 of state.bin: expected a raw, but found a map",
        ),
        (
            b"\x02\xdb\xff\xff\xff\xff".to_vec(),
            "the key-value pair record at byte 12 of state.bin: expected a length of at most 0, which is what is left, but found 4294967295",
        ),
        (
            b"\x02\xc1".to_vec(),
            "the key-value pair record at byte 12 of state.bin: expected a msgpack value, but found the byte 0xc1",
        ),
        (
            b"\x02".to_vec(),
            "the key-value pair record at byte 12 of state.bin: expected the rest of a value, but found the end of state.bin",
        ),
        (
            b"\x01\x80".to_vec(),
            "the record of type 1 at byte 12 of state.bin: no release of Consul restores records of this type",
        ),
        (
            b"\xff\x80".to_vec(),
            "the record of type 255 at byte 12 of state.bin: only Consul Enterprise restores records of this type",
        ),
        (
            b"\x02\x80".to_vec(),
            "the key-value pair record at byte 12 of state.bin: expected a key, but found none",
        ),
        (
            b"\x16\xa6\xa4mesh\xc2".to_vec(),
            "the config entry record at byte 12 of state.bin: expected a map, but found another value",
        ),
        (
            b"\x16\xa5\xa4mesh\x80".to_vec(),
            "the config entry record at byte 12 of state.bin: expected one config entry, but found none",
        ),
        (
            b"\x00\x81\xa4Node\x07".to_vec(),
            "the registration record at byte 12 of state.bin: expected a raw in Node, but found an integer",
        ),
    ] {
        let state = [HEADER, &records].concat();
        assert_eq!(read(&snapshot(&state)).unwrap_err().to_string(), expected);
    }
    for (state, expected) in [
        (
            &b"\x80"[..],
            "the header at byte 0 of state.bin: expected LastIndex, but found none",
        ),
        (
            b"",
            "the header at byte 0 of state.bin: expected the rest of a value, but found the end of state.bin",
        ),
    ] {
        assert_eq!(read(&snapshot(state)).unwrap_err().to_string(), expected);
    }
}

#[test]
fn what_would_fill_the_memory_is_refused() {
    let message = |kind: u8, length: u32| {
        let head = [HEADER, &[kind, 0xdb], &length.to_be_bytes()].concat();
        [head, vec![0; length as usize]].concat()
    };
    assert_eq!(
        read(&snapshot(&message(35, (1 << 20) + 1)))
            .unwrap_err()
            .to_string(),
        "the Peering record at byte 12 of state.bin: expected at most 1048576 bytes of a Peering, but found 1048577"
    );
    // A value in the key-value store may be of any size.
    let pair = b"\x02\x82\xa3Key\xa1k\xa5Value\xdb";
    let length = 40_u32 << 20;
    let pair = [
        HEADER,
        pair,
        &length.to_be_bytes(),
        &vec![0; length as usize],
    ]
    .concat();
    assert!(read(&snapshot(&pair)).is_ok());
    let roots = [HEADER, &b"\x0d\x81\xa2ID\xa1a".repeat(40_000)].concat();
    assert_eq!(
        read(&snapshot(&roots)).unwrap_err().to_string(),
        "expected at most 16777216 bytes of roots, servers and peerings, but found more"
    );
}
