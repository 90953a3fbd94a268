//! The store: typed operations over an embedded engine, made safe by a journal.
//!
//! Every change is first one line of the append-only journal, on disk, and only then one
//! transaction of the engine that also notes the line's number; after that the engine is flushed
//! and its file synced, and only then is the change acknowledged. So the two always agree after a
//! restart: what the engine lacks is applied again from the journal, and an engine that is
//! damaged is set aside whole and built anew from it. Nothing is deleted because it is damaged.
//!
//! ```text
//! DIR/lock                        held while the store is open
//! DIR/store/                      the engine's files
//! DIR/store.copy/              the engine's files while they are written anew, at night
//! DIR/store.former/            those before, until the new ones are in their place
//! DIR/store.damaged-TIME/         set aside, never read again
//! DIR/journal/2017-11-03.jsonl    the open day; closed days are .jsonl.gz with .sha256 beside
//! DIR/bodies/ab/abcdef….gz        page copies, named by the SHA-256 of their content
//! ```
//!
//! What the guarantee rests on: the journal's `fdatasync`. A disk that lies about it can lose
//! what it acknowledged, and no program can mend that.

pub mod accounts;
mod apply;
mod assessed;
mod bodies;
pub mod commit;
mod compact;
mod contain;
pub mod course;
mod engine;
pub mod error;
mod files;
pub mod handle;
mod inner;
mod journal;
mod keys;
mod opening;
pub mod past;
mod phrase;
mod posted;
mod prune;
mod reading;
pub mod rebuild;
pub mod runs;
pub mod settings;
mod stage;
mod sum;
mod table;
mod thin;
mod value;
pub mod verify;
mod volume;
mod wire;
mod writer;
