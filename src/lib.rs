//! 网巡 wangxun: watches how fresh the columns of a government site group are.

pub mod alert;
pub mod assess;
pub mod calendar;
pub mod clock;
pub mod deliver;
pub mod domain;
pub mod extract;
