//! A snapshot that gets peerings, or one that is made from nothing.

use super::error::SeedError;
use super::plan::{self, Change};
use super::release::{CannotRestore, check_acceptor};
use super::seed::Seed;
use consul_snapshot::{Snapshot, SnapshotError, State, WriteError};
use jiff::Timestamp;
use peering_token::Release;
use std::io::{Read, Seek, Write};

/// A snapshot as it was written and read back.
#[derive(Debug)]
#[non_exhaustive]
pub struct Seeded {
    /// What is in it now. Its `meta` has the ID, and so the time, of the base.
    pub state: State,
    /// What was done for each seed, in their order.
    pub changes: Vec<Change>,
}

/// A snapshot to write peerings into, read and checked.
#[derive(Debug)]
pub struct Base<F> {
    snapshot: Snapshot<F>,
    acceptor: Option<Release>,
}

impl<F: Read + Seek> Base<F> {
    /// Reads and checks a snapshot, from the start of the file.
    ///
    /// # Errors
    ///
    /// As [`State::read`].
    pub fn open(file: F) -> Result<Self, SnapshotError> {
        Snapshot::open(file).map(Self::of)
    }

    fn of(snapshot: Snapshot<F>) -> Self {
        let acceptor = None;
        Self { snapshot, acceptor }
    }

    /// Names the release of the servers that restore it, in place of that of the oldest server in it.
    ///
    /// # Errors
    ///
    /// [`CannotRestore`] if these servers would not restore it.
    pub fn for_acceptor(mut self, acceptor: Option<Release>) -> Result<Self, CannotRestore> {
        self.acceptor = acceptor;
        check_acceptor(self.state(), acceptor)?;
        Ok(self)
    }

    /// What it holds: its age, and what its names can be used for.
    #[must_use]
    pub fn state(&self) -> &State {
        self.snapshot.state()
    }

    /// Writes a snapshot: this one, and these peerings.
    ///
    /// `out` is a new and empty file, which the caller syncs and gives its name once this has
    /// succeeded: what was written has been read back from it and checked by then.
    ///
    /// # Errors
    ///
    /// [`SeedError`]. Unless it is [`SeedError::Write`], nothing was written.
    pub fn seed<O>(&mut self, seeds: &[Seed], out: &mut O) -> Result<Seeded, SeedError>
    where
        O: Read + Write + Seek,
    {
        check_acceptor(self.state(), self.acceptor)?;
        let mut edit = self.snapshot.edit();
        let changes = plan::add(&mut edit, seeds)?;
        let state = edit.write(out)?;
        Ok(Seeded { state, changes })
    }
}

/// Writes a snapshot with nothing but these peerings, for a server whose CA is given to it by its
/// configuration. `at` is the time that the snapshot says it was taken at.
///
/// # Errors
///
/// As [`Base::seed`].
pub fn seed_fresh<O>(at: Timestamp, seeds: &[Seed], out: &mut O) -> Result<Seeded, SeedError>
where
    O: Read + Write + Seek,
{
    let empty = Snapshot::empty(at).map_err(WriteError::from)?;
    Base::of(empty).seed(seeds, out)
}
