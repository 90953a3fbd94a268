//! Dates in rows, in links and under titles.
#![no_main]

#[path = "../../tests/support/hostile.rs"]
mod hostile;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| hostile::WAYS[1].1(bytes));
