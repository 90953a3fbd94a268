//! Reports: judgements turned into lines, tables and sentences of office Chinese.
//!
//! Decides order, words and layout; never a verdict. Values in, text out: no clock, no store, no
//! terminal. What comes from a page is flattened, shortened and quoted before it is shown.

pub mod acts;
pub mod assessment;
pub mod away;
pub mod beside;
pub mod candidates;
pub mod duty;
#[cfg(test)]
mod fixture;
pub mod flags;
pub mod front;
pub mod history;
pub mod links;
pub mod lost;
pub mod note;
pub mod overview;
pub mod plain;
pub mod recipient;
pub mod refusal;
pub mod replay;
pub mod reply;
pub mod rubric;
pub mod sentence;
pub mod site;
pub mod standing;
pub mod step;
pub mod table;
pub mod would;
pub mod year;
