//! The daemon: wiring, rounds of visits, the outbox, answers to the command line, shutdown.
//!
//! Two loops share one store. The *rounds* visit what is due and judge the group afterwards; the
//! *outbox* writes messages and sends them. Each asks the store what is due at start, at every
//! wake-up and after every bell, and keeps nothing in memory that a crash could lose. One lock
//! makes "read, decide, commit" of the two one after the other.

pub mod answer;
pub mod control;
pub mod desk;
pub mod event;
pub mod front;
mod host;
pub mod missing;
pub mod outbox;
pub mod pulse;
pub mod round;
pub mod run;
pub mod schedule;
pub mod visit;
