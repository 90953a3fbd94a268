//! What the daemon lets a listener in the same process know, as it happens.

use tokio::sync::mpsc::UnboundedSender;

use crate::alert::outbox::Message;
use crate::domain::time::Moment;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A round of visits ended and the group was judged.
    Round {
        /// When it ended.
        at: Moment,
        /// Pages that were read or found unchanged.
        pages: usize,
        /// Incidents that are confirmed and not over.
        incidents: usize,
    },
    /// A transport took a message.
    Accepted(Box<Message>),
}

/// Where events go; nowhere by default.
#[derive(Debug, Clone, Default)]
pub struct Listener(Option<UnboundedSender<Event>>);

impl Listener {
    /// A listener behind a channel. The channel is not bounded: one event a round and message.
    pub fn new(sender: UnboundedSender<Event>) -> Listener {
        Listener(Some(sender))
    }

    /// Passes `event` on, if anybody listens still.
    pub fn tell(&self, event: Event) {
        if let Some(sender) = &self.0 {
            // A listener that has gone is no trouble of the daemon's.
            let _ = sender.send(event);
        }
    }
}
