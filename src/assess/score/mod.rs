//! The assessment (考评): what was measured of a site in a period, held against the rules, as points.
//!
//! Rules are data ([`rubric`]); measuring turns [`facts`] into finds, rates or "not measured"; a
//! [`card`] turns those into area scores, vetoes and a total. What nobody measured is said to be so:
//! it has no score of its own, and costs nothing.

pub mod activities;
pub mod asking;
pub mod availability;
pub mod candidates;
pub mod card;
pub mod fact;
pub mod facts;
pub mod finding;
mod grade;
pub mod interpretation;
pub mod letter_box;
pub mod letters;
pub mod links;
pub mod management;
pub mod measure;
pub mod measurement;
pub mod metric;
mod outcome;
pub mod pages;
pub mod period;
pub mod points;
pub mod publishing;
pub mod rank;
pub mod rubric;
pub mod services;
pub mod settle;
mod silence;
pub mod standing;
pub mod watched;
