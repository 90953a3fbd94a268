//! Alerting: judgement + incident + now -> incident + effects; who is told, when, in which words.
//!
//! Decisions only. Effects are data; the daemon stores them in one transaction and sends later.

pub mod acts;
pub mod again;
pub mod compose;
pub mod deputy;
pub mod detour;
pub mod dress;
#[cfg(test)]
mod fixture;
pub mod hours;
pub mod incident;
pub mod links;
pub mod notice;
pub mod outbox;
pub mod overnight;
pub mod pass;
pub mod quiet;
pub mod reconsider;
pub mod replay;
pub mod route;
pub mod rules;
pub mod segments;
pub mod site_rules;
pub mod site_step;
pub mod step;
pub mod succession;
pub mod template;
pub mod tray;
pub mod trial;
pub mod unheard;
pub mod wording;
#[cfg(test)]
mod wording_tests;
pub mod wrong_clock;
