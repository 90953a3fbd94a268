//! Judging: how fresh a column is, which tier of the ladder that is, and whether a host or the
//! monitor itself is what fails.
//!
//! Functions of what visits left, the rules and `now`. No clock, no store, no network.

pub mod activities;
pub mod adverts;
pub mod candidates;
pub mod duty;
pub mod exemption;
#[cfg(test)]
mod fixture;
pub mod flags;
pub mod freshness;
pub mod home;
pub mod interpretations;
pub mod ladder;
pub mod letters;
pub mod limits;
pub mod links;
pub mod mended;
pub mod outage;
pub mod reach;
pub mod remember;
pub mod score;
pub mod sighting;
pub mod timekeeping;
pub mod tuning;
pub mod unanswered;
pub mod vetoes;
pub mod words;
