//! 网巡 wangxun: watches how fresh the columns of a government site group are.

pub mod alert;
pub mod assess;
pub mod clock;
pub mod domain;
