//! 网巡 wangxun: watches how fresh the columns of a government site group are.

pub mod alert;
pub mod assess;
pub mod calendar;
pub mod cli;
pub mod clock;
pub mod config;
pub mod daemon;
pub mod deliver;
pub mod domain;
pub mod extract;
pub mod fetch;
pub mod rehearsal;
pub mod report;
pub mod store;
pub mod web;
