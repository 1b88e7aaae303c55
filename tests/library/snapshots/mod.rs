//! Snapshots, against what real servers recorded: see `fixtures/consul`.

mod archives;
mod reading;
mod refused;
mod round_trip;
mod seeding;
