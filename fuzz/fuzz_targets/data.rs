//! JSON, records in CDATA, scripts and written markup.
#![no_main]

#[path = "../../tests/support/hostile.rs"]
mod hostile;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| hostile::WAYS[3].1(bytes));
