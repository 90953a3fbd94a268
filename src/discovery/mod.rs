//! Finding the columns of a site: which links are worth a visit, what the visited pages are, and a
//! fragment of `sites.toml` for a person to confirm.
//!
//! Pure: pages that were read go in as sheets, addresses to visit and proposals come out. What is
//! known is a function of the sheets alone, so that a crawl that broke off goes on from them.

pub mod fragment;
pub mod gaps;
mod kin;
pub mod met;
mod name;
pub mod place;
pub mod proposal;
pub mod propose;
mod remark;
pub mod sheet;
pub mod survey;
