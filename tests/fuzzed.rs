//! What fuzzing found is read again: every file of `tests/fuzzed`, by each way in.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "the helpers of a test fail by panicking"
)]

use std::path::Path;

#[path = "support/hostile.rs"]
mod hostile;

#[test]
fn every_finding_is_read_by_each_way_in() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzzed");
    let mut read = 0;
    for entry in dir.read_dir().expect("the findings") {
        let bytes = std::fs::read(entry.expect("an entry").path()).expect("a finding");
        for (_, way) in hostile::WAYS {
            way(&bytes);
        }
        read += 1;
    }
    assert!(read > 0, "there are findings");
}
