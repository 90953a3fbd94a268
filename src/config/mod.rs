//! Configuration, twice: as written and as understood.
//!
//! `raw` takes the files as a person wrote them and refuses unknown keys; `check` turns that
//! into a [`settings::Config`], collecting every fault of every file with its line, the offending
//! text and what is known instead. Nothing half understood ever leaves this module. It reads files
//! and no clock: `today` is a value. [`explain`] tells an administrator what was understood.

mod check;
pub mod draft;
pub mod explain;
pub mod fault;
pub mod load;
pub mod quantity;
mod raw;
pub mod read_rules;
mod secret;
pub mod settings;
mod source;
mod typical;
