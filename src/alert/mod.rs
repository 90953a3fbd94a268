//! Alerting: judgement + incident + now -> incident + effects; who is told, when, in which words.
//!
//! Decisions only. Effects are data; the daemon stores them in one transaction and sends later.

pub mod incident;
pub mod outbox;
pub mod rules;
pub mod segments;
pub mod template;
