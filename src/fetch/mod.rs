//! Fetching: one address, one polite and bounded GET, one [`Visit`](crate::domain::visit::Visit).
//!
//! A visit asks `robots.txt`, waits for its turn on the host, connects only to addresses that the
//! guard has seen, follows redirects itself and no further than the configuration allows, and ends
//! in a value whatever the other side does. The causes of failure are kept apart, because they
//! lead to different people. Nothing here understands a page or decides when to visit.

mod body;
mod certificate;
mod check;
pub mod client;
mod dates;
mod dial;
mod fault;
pub mod guard;
mod hop;
mod permission;
pub mod politeness;
pub mod reach;
mod redirect;
pub mod robots;
pub mod tls;
