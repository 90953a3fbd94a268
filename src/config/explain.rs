//! What `check-config` prints when the configuration is sound.
