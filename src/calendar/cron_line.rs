//! Cron lines as an administrator writes them.
