//! Containment: the engine panics on damage, and a panic must not take the daemon along.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::error::StoreError;

/// Runs `work`; a panic inside becomes an error.
pub fn contained<T>(
    action: &'static str,
    work: impl FnOnce() -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let message = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied())
            .unwrap_or("no words");
        Err(StoreError::Panicked {
            action,
            message: message.chars().take(300).collect(),
        })
    })
}
