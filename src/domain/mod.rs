//! The vocabulary: what every other module names and none of them owns.
//!
//! Plain values only: units and their sites, columns and contacts, pages and what a visit
//! brought back, findings, items, observations. Nothing here reads a clock, a file or a socket,
//! and nothing here names another module of ours.

pub mod acceptance;
pub mod access;
pub mod account;
pub mod act;
pub mod announcement;
pub mod braces;
pub mod candidate;
pub mod class;
pub mod closing;
pub mod dictionary;
pub mod document;
pub mod entry;
pub mod finding;
pub mod flag;
pub mod group;
pub mod guide;
pub mod home;
pub mod host;
pub mod id;
pub mod inspection;
pub mod item;
pub mod letter;
pub mod marks;
pub mod masked;
pub mod name;
pub mod note;
pub mod observation;
pub mod page;
pub mod posting;
pub mod presence;
pub mod reading_rules;
pub mod receipts;
pub mod retry_after;
pub mod site_day;
pub mod target;
pub mod time;
pub mod transport;
pub mod vendor;
pub mod visit;
pub mod words;
