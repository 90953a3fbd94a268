//! The daemon: wiring, rounds of visits, the outbox, answers to the command line, shutdown.
//!
//! Two loops share one store. The *rounds* visit what is due and judge the group afterwards; the
//! *outbox* writes messages and sends them. What gateways report afterwards is taken by a third,
//! which touches only messages that the outbox is done with. Each asks the store what is due at start, at every
//! wake-up and after every bell, and keeps nothing in memory that a crash could lose. One lock
//! makes "read, decide, commit" of the two one after the other. Each loop has a pulse: a stuck one is
//! told to the service manager, to whoever receives the heartbeat, and to whoever asks.

pub mod answer;
pub mod assessment;
mod bench;
pub mod candidates;
mod catching_up;
pub mod closing;
pub mod control;
pub mod counter;
pub mod desk;
pub mod enact;
pub mod ending;
mod errand;
pub mod event;
mod exempting;
pub mod front;
mod going_live;
mod heartbeat;
mod host;
pub mod inspection;
pub mod lapse;
pub mod links;
mod memory;
pub mod missing;
mod of_sites;
pub mod outbox;
pub mod past;
pub mod pulse;
mod quiet;
pub mod reader;
pub mod receipts;
pub mod round;
pub mod run;
pub mod said;
pub mod sameness;
pub mod sampler;
pub mod schedule;
pub mod score;
mod shelf;
mod showing;
mod standing;
mod succession;
mod test_message;
mod tidying;
pub mod timekeeper;
pub mod visit;
pub mod ways;
