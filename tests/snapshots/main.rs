//! Snapshots, against what real servers recorded: see `fixtures/consul`.

#![allow(clippy::unwrap_used)]

mod archives;
mod reading;
mod refused;
mod round_trip;
mod seeding;
