//! The snapshot that a running site's own is made from.

use super::error::{Fault, Located};
use super::file::SiteEntry;
use super::folder::{self, MAX_SNAPSHOT};
use super::kept::Kept;
use super::options::Options;
use crate::restore::{is_before, is_recent};
use crate::snapshot::{Base, State};
use crate::text::date;
use std::fs::{self, File};
use std::io::{self, Seek};
use std::ops::Range;
use std::sync::Mutex;

/// The snapshot that a site's state starts from.
pub(super) struct SiteBase {
    pub(super) file: Mutex<Base<File>>,
    pub(super) state: State,
    /// The file's name, without its folder.
    pub(super) name: String,
    pub(super) sha256: String,
    pub(super) at: Range<usize>,
}

impl SiteBase {
    /// Reads the base that an entry names.
    ///
    /// # Errors
    ///
    /// A fault of the base. One that the kit has not used yet is also refused for its age.
    pub(super) fn read(
        entry: &SiteEntry,
        kept: &Kept,
        options: &Options<'_>,
    ) -> Result<Option<Self>, Box<Located>> {
        let Some(given) = &entry.base else {
            return Ok(None);
        };
        let fault = |fault| Located::boxed(given.span(), fault);
        let path = options.named(given.get_ref(), given.span())?;
        let unreadable = |error| {
            let path = path.clone();
            fault(Fault::File { path, error })
        };
        // A pipe would not even open.
        let open = || match fs::metadata(&path)? {
            found if found.is_file() => File::open(&path),
            _ => Err(io::Error::other("it is not a regular file")),
        };
        let file = open().map_err(unreadable)?;
        let mut again = file.try_clone().map_err(unreadable)?;
        // First what says after some bytes that it is no snapshot, however large it is.
        let file = Base::open(file).map_err(|error| {
            let path = path.clone();
            fault(Fault::Base { path, error })
        })?;
        let sha256 = again
            .rewind()
            .and_then(|()| folder::sha256_within(&again, MAX_SNAPSHOT));
        let sha256 = sha256.map_err(unreadable)?;
        let acceptor = entry.consul_version.as_ref();
        let acceptor = acceptor.and_then(|given| given.get_ref().parse().ok());
        let file = file.for_acceptor(acceptor).map_err(|error| {
            let path = path.clone();
            fault(Fault::Acceptor { path, error })
        })?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let base = Self {
            state: file.state().clone(),
            file: Mutex::new(file),
            name: name.into_owned(),
            sha256,
            at: given.span(),
        };
        let known = kept.sites.get(entry.name.get_ref());
        if known.and_then(|known| known.base.as_ref()) != Some(&base.sha256) {
            if let Some(old) = base.check_age(options) {
                return Err(fault(old));
            }
            // What a snapshot brought that was restored since is not in an earlier base.
            let seeded = known.filter(|known| !known.seeded.is_empty());
            if let (Some(at), Some(known)) = (base.state.meta.taken_at(), seeded)
                && is_before(at, known.made_at)
                && !options.allow_old_base
            {
                let taken = base.taken();
                return Err(fault(Fault::EarlierBase { taken }));
            }
        }
        Ok(Some(base))
    }

    /// Refuses a base whose restore would throw away more than an hour of changes.
    pub(super) fn check_age(&self, options: &Options<'_>) -> Option<Fault> {
        if options.allow_old_base || is_recent(self.state.meta.taken_at(), options.now) {
            return None;
        }
        let taken = self.taken();
        Some(Fault::OldBase { taken })
    }

    /// When it was saved, in words.
    pub(super) fn taken(&self) -> String {
        date(self.state.meta.taken_at())
    }
}
