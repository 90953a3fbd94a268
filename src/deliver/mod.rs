//! Delivery: one message, one person, one attempt.
//!
//! Transports are enums: text messages go to a gateway (a generic one over HTTP, or one of a vendor
//! with its own signature and approved templates) or a spool directory, mail goes to a mail server
//! or a spool directory, posts go to robots of group chats. An attempt is bounded in time and size
//! and ends in a value, never in a panic: accepted, or failed for good, or failed for now. Nothing
//! here decides when or how often: the outbox does, with [`retry::next_attempt`] and [`pace`].
//! Nothing here reads a clock: signatures are made for the instant that the caller names.
//!
//! "For good" is said only about the message itself: a number, an address, a text, a template that
//! the transport refuses. What is wrong with the installation (a login, a certificate, a balance, a
//! name that does not resolve) is tried again until the message expires, so that mending it loses
//! nothing.

mod aliyun;
mod answer;
mod approved;
pub mod courier;
mod gateway;
pub mod heartbeat;
mod line;
mod mail;
mod mas;
pub mod pace;
pub mod report;
pub mod retry;
mod robot;
mod sign;
mod smtp;
mod spool;
mod template;
mod tencent;
mod wording;
