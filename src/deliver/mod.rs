//! Delivery: one message, one person, one attempt.
//!
//! Transports are enums: text messages go to an HTTP gateway or a spool directory, mail goes to a
//! mail server or a spool directory. An attempt is bounded in time and size and ends in a value,
//! never in a panic: accepted, or failed for good, or failed for now. Nothing here decides when or
//! how often: the outbox does, with [`retry::next_attempt`]. Nothing here reads a clock.
//!
//! "For good" is said only about the message itself: a number, an address or a text that the
//! transport refuses. What is wrong with the installation (a login, a certificate, a name that
//! does not resolve) is tried again until the message expires, so that mending it loses nothing.

mod answer;
pub mod courier;
mod gateway;
pub mod heartbeat;
mod mail;
pub mod retry;
mod smtp;
mod spool;
mod template;
mod wording;
