//! Judging: how fresh a column is, and which tier of the ladder that is.
//!
//! Functions of an observation, the rules and `now`. No clock, no store, no network.

pub mod freshness;
pub mod ladder;
