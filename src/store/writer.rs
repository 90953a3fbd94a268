//! The thread that makes every change.
//!
//! What the engine has replaced it frees when the thread that replaced it comes by again. Changes on
//! whatever thread is free would leave some of it behind on each: half a megabyte a thread.

use std::sync::mpsc;
use std::thread;

use tokio::sync::oneshot;

use super::contain::contained;
use super::error::StoreError;

type Work = Box<dyn FnOnce() + Send>;

/// Hands work to the thread, which ends with this.
pub struct Writer {
    queue: mpsc::Sender<Work>,
}

impl Writer {
    /// Starts the thread.
    pub fn start() -> Result<Writer, StoreError> {
        let (queue, waiting) = mpsc::channel::<Work>();
        let begun = thread::Builder::new()
            .name("store".to_owned())
            .spawn(move || waiting.into_iter().for_each(|work| work()));
        begun.map_err(|source| StoreError::Thread { source })?;
        Ok(Writer { queue })
    }

    /// Does `work` after all that was handed in before it.
    pub async fn run<T: Send + 'static>(
        &self,
        action: &'static str,
        work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, answered) = oneshot::channel();
        let work = move || {
            // Nobody may wait for it any more; it is done all the same.
            let _ = answer.send(contained(action, work));
        };
        let gone = || StoreError::Panicked {
            action,
            message: "its thread is gone".to_owned(),
        };
        self.queue.send(Box::new(work)).map_err(|_| gone())?;
        answered.await.unwrap_or_else(|_| Err(gone()))
    }
}
