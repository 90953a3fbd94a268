//! The files as written. Every key is optional here, so that what is missing is told together with
//! what is wrong; unknown keys are refused. No meaning is read into anything.

pub mod calendar;
pub mod contacts;
pub mod monitor;
pub mod rubric;
pub mod sites;
pub mod transports;
pub mod words;

use toml::Spanned;

/// A key that may be missing, with its place.
pub type Key<T> = Option<Spanned<T>>;
