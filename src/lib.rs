//! 网巡 wangxun: watches how fresh the columns of a government site group are.

pub mod alert;
pub mod assess;
pub mod calendar;
pub mod clock;
pub mod config;
pub mod deliver;
pub mod domain;
pub mod fetch;
pub mod rehearsal;
pub mod report;
pub mod store;
pub mod web;
