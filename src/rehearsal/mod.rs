//! The rehearsal: a made-up group of forty-eight district sites that answers over real HTTP on the
//! loopback interface, a made-up gateway for text messages, and the configuration for both. The
//! real daemon runs against it, under a stepped clock, for the demo and for tests.
//!
//! What is true in the made-up world is a pure function of a seed ([`truth`]); the sites are its
//! pages as of the clock's now. Nothing here knows how the daemon reads, judges or sends.

pub mod dialect;
pub mod dice;
pub mod gateway;
pub mod holidays;
pub mod plot;
pub mod roster;
pub mod server;
pub mod site;
pub mod timetable;
pub mod titles;
pub mod truth;
