//! 网巡 wangxun: watches how fresh the columns (栏目) of a government site group are, by their own
//! dated content, and warns the people responsible.
//!
//! The flow: schedule → [`fetch`] → [`extract`] → [`assess`] → [`alert`] → [`deliver`]; everything
//! that is learnt passes through [`store`]; [`report`], [`web`] and [`cli`] read.
//!
//! # The core: values in, values out
//!
//! * [`domain`] is the vocabulary: units, sites, columns, people, pages, findings, observations.
//! * [`calendar`] knows working days, sending windows and cron lines.
//! * [`extract`] turns pages into a finding, or asks for the addresses that it still needs.
//! * [`assess`] turns what visits left into freshness and tiers, and tells a dead host from a dead
//!   column.
//! * [`alert`] moves incidents, chooses people, writes notices and messages.
//! * [`discovery`] finds the columns of a site in pages that were read, and proposes them.
//! * [`report`] words all of it: tables, sentences.
//!
//! No clock, no input or output, no async: decisions are functions of values and `now` and answer
//! with named reasons, so they can be made again at any time with the same result.
//!
//! # The shell: touches the world
//!
//! * [`config`] reads the files as written and hands them out as understood, or every fault.
//! * [`clock`] is the only door to real time, and can be stepped.
//! * [`fetch`] makes one polite, guarded, bounded request.
//! * [`store`] keeps what must not be lost: a journal, and an embedded store beside it.
//! * [`deliver`] makes one attempt to send one message.
//! * [`web`] shows the status page, health and metrics.
//! * [`daemon`] wires, visits, judges, sends, answers and stops.
//! * [`rehearsal`] is a simulated site group with its own truth, for the demo and the tests.
//! * [`cli`] is one file a command.
//!
//! # Promises
//!
//! Only a proven overdue reaches a unit; what cannot be judged goes to the operator. A due message
//! survives crash, power cut and outage, and is sent at least once under one key. Every verdict
//! has its rows, dates, rule and visits. What a page claims and when we saw it are two facts.
//!
//! `ARCHITECTURE.md` walks one date through all of it; who may name whom is held by a test.

pub mod alert;
pub mod assess;
pub mod calendar;
pub mod cli;
pub mod clock;
pub mod config;
pub mod daemon;
pub mod deliver;
pub mod discovery;
pub mod domain;
pub mod extract;
pub mod fetch;
pub mod rehearsal;
pub mod report;
pub mod store;
pub mod web;
