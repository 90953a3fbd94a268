//! How far something long is, on standard error.

use std::io::IsTerminal as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::say_error;
use crate::daemon::assessment::Step;

/// How often it is shown on a terminal; what is over before is not shown at all.
const SHOWN_EVERY: Duration = Duration::from_secs(1);

/// How it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// One line that is written over.
    Line,
    /// A line for each step.
    Lines,
}

impl Progress {
    /// On a terminal always; elsewhere where that was `asked` for.
    pub fn asked(asked: bool) -> Option<Progress> {
        match (std::io::stderr().is_terminal(), asked) {
            (true, _) => Some(Progress::Line),
            (false, true) => Some(Progress::Lines),
            (false, false) => None,
        }
    }

    /// Shows that `what` is under way until it is dropped.
    pub fn of(self, what: &'static str) -> Shown {
        let over = Arc::new(AtomicBool::new(false));
        let step = Arc::new(Mutex::new(None));
        let (ends, reached) = (Arc::clone(&over), Arc::clone(&step));
        let line = (self == Progress::Line).then(|| {
            thread::spawn(move || {
                for seconds in 1_u32.. {
                    thread::park_timeout(SHOWN_EVERY);
                    if ends.load(Ordering::Relaxed) {
                        break;
                    }
                    let step = *reached.lock().unwrap_or_else(PoisonError::into_inner);
                    let far = step.map(|step| format!("{}, ", far(step)));
                    eprint!("\r\u{1b}[K{what}: {}{seconds} s", far.unwrap_or_default());
                }
            })
        });
        Shown {
            what,
            over,
            step,
            line,
        }
    }
}

/// What is shown.
pub struct Shown {
    what: &'static str,
    over: Arc<AtomicBool>,
    step: Arc<Mutex<Option<Step>>>,
    line: Option<JoinHandle<()>>,
}

impl Shown {
    /// Shows `step`: at once, or with the next second.
    pub fn step(&self, step: Step) {
        match self.line {
            None => say_error(&format!("{}: {}", self.what, far(step))),
            Some(_) => {
                let mut reached = self.step.lock().unwrap_or_else(PoisonError::into_inner);
                *reached = Some(step);
            }
        }
    }
}

fn far(step: Step) -> String {
    format!("{} of {} sites in {}", step.done, step.of, step.period)
}

impl Drop for Shown {
    fn drop(&mut self) {
        if let Some(line) = self.line.take() {
            self.over.store(true, Ordering::Relaxed);
            line.thread().unpark();
            // It has nothing to say any more.
            let _ = line.join();
            eprint!("\r\u{1b}[K");
        }
    }
}
