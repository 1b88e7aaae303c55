//! Writing peerings into a copy of a snapshot.
//!
//! A new peering becomes two records at the end of `state.bin`, a `Peering` and, if it has any
//! secret, a `PeeringSecrets`. Another establishment secret is spliced into the `PeeringSecrets`
//! record that is there. Every other record keeps its bytes.
//!
//! The file is read twice, since the archive has the size of `state.bin` before its content: once to
//! check it, once to copy it. What was written is then read back and checked as any snapshot is. So
//! memory does not depend on the size of the snapshot.

use crate::archive;
use crate::builder::Builder;
use crate::error::{RecordFault, SnapshotError, while_reading};
use crate::kind;
use crate::msgpack::push_raw_header;
use crate::peering::{Peering, Secrets};
use crate::protobuf::{encode, with_establishment};
use crate::state::{Scan, State};
use crate::unique::{Unique, check_uuid};
use jiff::Timestamp;
use peertok_secret::Secret;
use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Cursor, Read, Seek, Write};
use zeroize::Zeroizing;

/// Why a snapshot is not written, or why what was written must not be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// The file that is copied cannot be read any more.
    #[error("the base: {0}")]
    Base(#[from] SnapshotError),
    /// The file that is copied has changed since it was checked.
    #[error("expected the base to stay as it is while it is copied, but found other content")]
    BaseChanged,
    /// The new file cannot be written.
    #[error("cannot write the snapshot: {0}")]
    Write(#[from] io::Error),
    /// What was written does not pass its check: the disk or the memory is at fault.
    #[error("what was written: {0}")]
    Written(#[source] SnapshotError),
    /// What was written lacks a change.
    #[error("expected the peering {name:?} in what was written, but found it without its secret")]
    Lost {
        /// The peer's name.
        name: String,
    },
}

/// A snapshot's file that was read and checked, and can be copied with changes.
pub struct Snapshot<F> {
    file: F,
    scan: Scan,
}

impl<F> fmt::Debug for Snapshot<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Snapshot").field(&self.scan.state).finish()
    }
}

impl Snapshot<Cursor<Vec<u8>>> {
    /// Returns a snapshot without any record, which says that it was taken at this time. Its Raft
    /// index is 1.
    ///
    /// # Errors
    ///
    /// None is expected: the snapshot is made in memory, and read back.
    pub fn empty(at: Timestamp) -> Result<Self, SnapshotError> {
        // A map of one pair, as Consul writes it: "LastIndex" and 1.
        let state = Builder::of(b"\x81\xa9LastIndex\x01");
        let file = state.finish(at).map_err(SnapshotError::Read)?;
        Self::open(Cursor::new(file))
    }
}

impl<F: Read + Seek> Snapshot<F> {
    /// Reads and checks a snapshot, from the start of the file.
    ///
    /// # Errors
    ///
    /// The same as [`State::read`].
    pub fn open(mut file: F) -> Result<Self, SnapshotError> {
        file.rewind().map_err(SnapshotError::Read)?;
        let scan = Scan::read(&mut file)?;
        Ok(Self { file, scan })
    }

    /// Returns what the snapshot holds.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.scan.state
    }

    /// Starts an edit. The snapshot itself stays as it is: [`Edit::write`] writes another file.
    pub fn edit(&mut self) -> Edit<'_, F> {
        Edit {
            unique: self.scan.unique.clone(),
            snapshot: self,
            replaced: BTreeMap::new(),
            appended: Vec::new(),
            expected: BTreeMap::new(),
        }
    }
}

/// Changes to make in a copy of a snapshot. Each is checked when it is added, so that a server can
/// restore the result.
#[derive(Debug)]
pub struct Edit<'a, F> {
    snapshot: &'a mut Snapshot<F>,
    /// What the copy holds, so far.
    unique: Unique,
    /// Records to replace: where each starts, where it ends, and what takes its place.
    replaced: BTreeMap<u64, (u64, Record)>,
    /// Records behind all others.
    appended: Vec<Record>,
    /// By lower-case ID, the name and the secrets of each peering that the edit is about.
    expected: BTreeMap<String, (String, Secrets)>,
}

impl<F: Read + Seek> Edit<'_, F> {
    /// Returns what the snapshot holds without these changes.
    #[must_use]
    pub fn base(&self) -> &State {
        &self.snapshot.scan.state
    }

    /// Returns true if a record of the snapshot or of this edit holds the secret, in either case.
    #[must_use]
    pub fn holds_secret(&self, secret: &Secret) -> bool {
        self.unique.holds_secret(secret)
    }

    /// Returns true if the snapshot or this edit has a record of secrets for the ID, even if no
    /// peering has that ID.
    #[must_use]
    pub fn holds_secrets_of(&self, id: &str) -> bool {
        self.unique.holds_secrets_of(id)
    }

    /// Adds a peering with its secrets. Both of its Raft indexes become the snapshot's last one. Its
    /// `trust_domain` is not written: it stands in a record of its own.
    ///
    /// # Errors
    ///
    /// The [`RecordFault`] that a reader of the copy would find: an ID or a secret that is no UUID, or
    /// a name, an ID or a secret that is there already. The edit then stays as it was.
    pub fn add_peering(&mut self, peering: &Peering) -> Result<(), RecordFault> {
        let secrets = peering.secrets.message(&peering.id);
        if secrets.is_some() {
            self.unique.check_secrets(&peering.id, &peering.secrets)?;
        }
        self.unique
            .add_peering(&peering.id, &peering.partition, &peering.name)?;
        let message = peering.message(self.base().last_index);
        self.append(kind::PEERING, &encode(&message));
        if let Some(secrets) = secrets {
            self.unique.add_secrets(&peering.id, &peering.secrets);
            self.append(kind::SECRETS, &encode(&secrets));
        }
        self.expect(peering, peering.secrets.clone());
        Ok(())
    }

    /// Gives another establishment secret to a peering of the snapshot. Its other secrets and all
    /// fields of the record stay as they are.
    ///
    /// # Errors
    ///
    /// [`RecordFault`] if no peering of the snapshot has the ID, if the secret is no UUID or is there
    /// already, or if this edit has changed the peering before. The edit then stays as it was.
    pub fn set_establishment_secret(
        &mut self,
        id: &str,
        secret: &Secret,
    ) -> Result<(), RecordFault> {
        let scan = &self.snapshot.scan;
        let peering = scan.state.peering_by_id(id).ok_or(RecordFault::Missing {
            what: "a peering of the ID",
        })?;
        let second = |what, value| RecordFault::Second { what, value };
        let key = peering.id.to_ascii_lowercase();
        if self.expected.contains_key(&key) {
            return Err(second("change of a peering", Some(peering.id.clone())));
        }
        check_uuid("the establishment secret", secret.expose())?;
        if self.unique.holds_secret(secret) {
            return Err(second("use of a secret", None));
        }

        let peering = peering.clone();
        let mut secrets = peering.secrets.clone();
        secrets.establishment = Some(secret.clone());
        match scan.secrets.get(&key) {
            Some((place, message)) => {
                let message = with_establishment(message, secret.expose()).map_err(|error| {
                    let found = error.to_string();
                    RecordFault::Protobuf { found }
                })?;
                let record = record(kind::SECRETS, &message);
                self.replaced.insert(place.start, (place.end, record));
            }
            None => {
                if let Some(message) = secrets.message(&peering.id) {
                    self.append(kind::SECRETS, &encode(&message));
                }
            }
        }
        self.unique.add_secret(secret);
        self.expect(&peering, secrets);
        Ok(())
    }

    fn expect(&mut self, peering: &Peering, secrets: Secrets) {
        let key = peering.id.to_ascii_lowercase();
        self.expected.insert(key, (peering.name.clone(), secrets));
    }

    fn append(&mut self, kind: u8, message: &[u8]) {
        // Not into one buffer: one that grows leaves copies of its secrets behind.
        self.appended.push(record(kind, message));
    }

    /// Writes the copy, reads it back and checks it. Returns what it holds; its [`meta`](State::meta)
    /// has the ID, and so the time, of the snapshot that was copied.
    ///
    /// `out` is a new and empty file. The caller syncs it, and gives it its final name only once this
    /// has succeeded.
    ///
    /// # Errors
    ///
    /// [`WriteError`]. `out` is then not to be used.
    pub fn write<O>(self, out: &mut O) -> Result<State, WriteError>
    where
        O: Read + Write + Seek,
    {
        let Scan { state, sum, .. } = &self.snapshot.scan;
        let size = self.size(state.meta.size);
        let text = state.meta.with_size(size);
        let expected_sum = sum.clone();

        let file = &mut self.snapshot.file;
        file.rewind().map_err(SnapshotError::Read)?;
        let changes = (&self.replaced, &*self.appended);
        let (_, (), sum) = archive::read(file, |_, content| {
            archive::write(&mut *out, &text, size, |state| {
                copy_changed(content, state, changes)
            })
        })?;
        if sum != expected_sum {
            return Err(WriteError::BaseChanged);
        }

        out.flush()?;
        out.rewind()?;
        let written = State::read(out).map_err(WriteError::Written)?;
        for (id, (name, secrets)) in self.expected {
            if written.peering_by_id(&id).map(|found| &found.secrets) != Some(&secrets) {
                return Err(WriteError::Lost { name });
            }
        }
        Ok(written)
    }

    /// The size of `state.bin` after the changes.
    fn size(&self, base: u64) -> u64 {
        let appended = self.appended.iter().map(|record| record.len() as u64);
        self.replaced.iter().fold(
            base.saturating_add(appended.sum()),
            |size, (start, (end, record))| (size + record.len() as u64).saturating_sub(end - start),
        )
    }
}

/// The bytes of a whole record. They are wiped, since they may hold secrets.
type Record = Zeroizing<Vec<u8>>;

/// Makes a record: the type byte, and a raw with the message.
fn record(kind: u8, message: &[u8]) -> Record {
    let mut record = Zeroizing::new(Vec::with_capacity(message.len() + 6));
    record.push(kind);
    push_raw_header(&mut record, message.len());
    record.extend_from_slice(message);
    record
}

/// Copies `state.bin`, with the changes.
fn copy_changed(
    from: &mut impl Read,
    to: &mut dyn Write,
    (replaced, appended): (&BTreeMap<u64, (u64, Record)>, &[Record]),
) -> Result<(), WriteError> {
    let mut at = 0;
    for (start, (end, record)) in replaced {
        copy(from, start.saturating_sub(at), to)?;
        copy(from, end.saturating_sub(*start), &mut io::sink())?;
        to.write_all(record)?;
        at = *end;
    }
    copy(from, u64::MAX, to)?;
    for record in appended {
        to.write_all(record)?;
    }
    Ok(())
}

/// Copies at most this many bytes. (`io::copy` does not tell an error of reading from one of writing.)
fn copy(from: &mut impl Read, count: u64, to: &mut dyn Write) -> Result<(), WriteError> {
    let mut left = count;
    let mut buffer = Zeroizing::new(vec![0; 64 << 10]);
    while left > 0 {
        let wanted = usize::try_from(left).map_or(buffer.len(), |left| left.min(buffer.len()));
        let space = buffer.get_mut(..wanted).unwrap_or_default();
        let count = from
            .read(space)
            .map_err(|error| while_reading("state.bin", error))?;
        if count == 0 {
            break;
        }
        to.write_all(space.get(..count).unwrap_or_default())?;
        left = left.saturating_sub(count as u64);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDS: [&str; 4] = [
        "98e39ed8-212e-48fa-a03e-017869adcbf1",
        "fa32ff27-5a61-4feb-8900-644a59ee7112",
        "11111111-2222-3333-4444-555555555555",
        "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
    ];

    fn secret(text: &str) -> Option<Secret> {
        Some(Secret::new(text.to_owned()))
    }

    fn west() -> Peering {
        let mut west = Peering::new("west", IDS[0]);
        west.secrets.establishment = secret(IDS[1]);
        west
    }

    fn with_west() -> Snapshot<Cursor<Vec<u8>>> {
        let mut builder = Builder::new();
        builder.peering(&west());
        let file = builder.finish(Timestamp::UNIX_EPOCH).unwrap();
        Snapshot::open(Cursor::new(file)).unwrap()
    }

    #[test]
    fn an_added_peering_is_read_again() {
        let mut snapshot = Snapshot::empty(Timestamp::UNIX_EPOCH).unwrap();
        let mut edit = snapshot.edit();
        edit.add_peering(&west()).unwrap();
        let mut out = Cursor::new(Vec::new());
        let state = edit.write(&mut out).unwrap();
        assert_eq!(state.peering("WEST").unwrap().secrets, west().secrets);
        assert_eq!(state.peering("west").unwrap().create_index, 1);
        let read = Snapshot::open(out).unwrap();
        assert_eq!(format!("{:?}", read.state()), format!("{state:?}"));
    }

    #[test]
    fn another_secret_takes_the_place_of_the_first() {
        let mut snapshot = with_west();
        let mut edit = snapshot.edit();
        let new = secret(IDS[2]).unwrap();
        edit.set_establishment_secret(&IDS[0].to_uppercase(), &new)
            .unwrap();
        assert!(edit.holds_secret(&new));
        let state = edit.write(&mut Cursor::new(Vec::new())).unwrap();
        assert_eq!(
            state.peering("west").unwrap().secrets.establishment,
            Some(new)
        );
    }

    #[test]
    fn a_peering_without_secrets_gets_one() {
        let mut builder = Builder::new();
        builder.peering(&Peering::new("west", IDS[0]));
        let file = builder.finish(Timestamp::UNIX_EPOCH).unwrap();
        let mut snapshot = Snapshot::open(Cursor::new(file)).unwrap();
        let mut edit = snapshot.edit();
        assert!(!edit.holds_secrets_of(IDS[0]));
        let new = secret(IDS[2]);
        edit.set_establishment_secret(IDS[0], new.as_ref().unwrap())
            .unwrap();
        let state = edit.write(&mut Cursor::new(Vec::new())).unwrap();
        assert_eq!(state.peering("west").unwrap().secrets.establishment, new);
    }

    #[test]
    fn what_no_server_would_survive_is_not_added() {
        let mut snapshot = with_west();
        let mut edit = snapshot.edit();
        let of = |name: &str, id: &str, text: &str| {
            let mut peering = Peering::new(name, id);
            peering.secrets.active_stream = secret(text);
            peering
        };
        for (peering, fault) in [
            (
                of("new", "1", IDS[2]),
                "the ID of the secrets' peering to be a UUID of 36 characters, but found 1 bytes of another form",
            ),
            (
                Peering::new("new", "1"),
                "the peering's ID to be a UUID of 36 characters, but found 1 bytes of another form",
            ),
            (
                of("new", IDS[3], "1"),
                "the active stream secret to be a UUID of 36 characters, but found 1 bytes of another form",
            ),
            (
                of("new", IDS[3], &IDS[1].to_uppercase()),
                "one use of a secret, but found a second one",
            ),
            (of("", IDS[3], IDS[2]), "the peering's name, but found none"),
            (
                of("West", IDS[3], IDS[2]),
                "one peering of a name, but found a second one: \"West\"",
            ),
            (
                Peering::new("new", IDS[0]),
                "one peering of an ID, but found a second one: \"98e39ed8-212e-48fa-a03e-017869adcbf1\"",
            ),
        ] {
            let error = edit.add_peering(&peering).unwrap_err().to_string();
            assert_eq!(error, format!("expected {fault}"));
        }
        for (id, text, fault) in [
            (IDS[3], IDS[2], "a peering of the ID, but found none"),
            (
                IDS[0],
                "1",
                "the establishment secret to be a UUID of 36 characters, but found 1 bytes of another form",
            ),
            (
                IDS[0],
                IDS[1],
                "one use of a secret, but found a second one",
            ),
        ] {
            let secret = secret(text).unwrap();
            let error = edit.set_establishment_secret(id, &secret).unwrap_err();
            assert_eq!(error.to_string(), format!("expected {fault}"));
        }
        // Nothing of all that was kept.
        edit.add_peering(&of("new", IDS[3], IDS[2])).unwrap();
        let state = edit.write(&mut Cursor::new(Vec::new())).unwrap();
        assert_eq!(state.peerings.len(), 2);
    }

    #[test]
    fn a_peering_is_changed_once() {
        let mut snapshot = with_west();
        let mut edit = snapshot.edit();
        let [first, second] = [IDS[2], IDS[3]].map(|text| secret(text).unwrap());
        edit.set_establishment_secret(IDS[0], &first).unwrap();
        let error = edit.set_establishment_secret(IDS[0], &second).unwrap_err();
        assert_eq!(
            error.to_string(),
            "expected one change of a peering, but found a second one: \"98e39ed8-212e-48fa-a03e-017869adcbf1\""
        );
    }
}
