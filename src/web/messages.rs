//! `/messages`: what was sent to whom, and what became of it; and the day's count of it.

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::response::Response;

use super::access::viewer::Viewer;
use super::source::Picture;
use super::view::{Frame, Place, Shared, page, unreadable, when};
use crate::alert::outbox::{Delivery, Message};
use crate::assess::ladder::Tier;
use crate::domain::group::Group;
use crate::domain::time::Moment;
use crate::report::plain::one_line;
use crate::report::recipient::{receiver, route_in_chinese, way};

/// How many messages are listed.
const MESSAGES: usize = 100;
/// The longest message text shown, in characters.
const TEXT_CHARS: usize = 300;

/// What became of the messages that were written today.
pub struct Today {
    /// How many.
    pub written: usize,
    /// Taken over by a gateway, or delivered.
    pub sent: usize,
    /// Delivered, by a receipt.
    pub delivered: usize,
    /// Failed, or run out.
    pub failed: usize,
    /// On their way, from whatever day.
    pub unsent: usize,
    /// Notices that wait to be written.
    pub waiting: usize,
}

impl Today {
    /// The count of today's `messages`.
    pub fn of(messages: &[Message], picture: &Picture) -> Today {
        let count = |is: fn(&Delivery) -> bool| {
            let all = messages.iter();
            all.filter(|message| is(&message.delivery)).count()
        };
        let delivered = count(|delivery| matches!(delivery, Delivery::Delivered { .. }));
        Today {
            written: messages.len(),
            sent: delivered + count(|delivery| matches!(delivery, Delivery::Accepted { .. })),
            delivered,
            failed: count(is_lost),
            unsent: picture.outbox.len(),
            waiting: picture.waiting,
        }
    }
}

fn is_lost(delivery: &Delivery) -> bool {
    matches!(delivery, Delivery::Failed { .. } | Delivery::Expired { .. })
}

/// One message in a table.
pub struct MessageRow {
    /// When it was written.
    pub at: String,
    /// Who receives it, masked.
    pub who: String,
    /// The number or address, masked.
    pub way: String,
    /// By which way.
    pub route: &'static str,
    /// The highest tier it speaks of.
    pub tier: &'static str,
    /// How far it has come.
    pub state: &'static str,
    /// Whether it never arrives.
    pub bad: bool,
    /// What it says.
    pub text: String,
}

impl MessageRow {
    /// The row of a message.
    pub fn of(group: &Group, message: &Message, now: Moment) -> MessageRow {
        MessageRow {
            at: when(Some(message.created_at), now),
            who: receiver(group, message),
            way: way(group, &message.person, message.route),
            route: route_in_chinese(message.route),
            tier: message.tier.map_or("—", Tier::in_chinese),
            state: message.delivery.in_chinese(),
            bad: is_lost(&message.delivery),
            text: match message.provisional {
                true => format!("（暂按周一至周五）{}", one_line(&message.text, TEXT_CHARS)),
                false => one_line(&message.text, TEXT_CHARS),
            },
        }
    }
}

#[derive(Template)]
#[template(path = "messages.html")]
struct MessagesPage {
    frame: Frame,
    rows: Vec<MessageRow>,
    unsent: usize,
    waiting: usize,
}

/// `GET /messages`.
pub async fn messages(State(console): Shared, Extension(viewer): Extension<Viewer>) -> Response {
    let picture = match Picture::take(&console, &viewer).await {
        Ok(picture) => picture,
        Err(error) => return unreadable(&error),
    };
    let messages = match console.store.messages(MESSAGES).await {
        Ok(messages) => messages,
        Err(error) => return unreadable(&error),
    };
    let rows = messages.iter();
    page(&MessagesPage {
        frame: Frame::of(&console, &picture, &viewer, Place::Messages),
        rows: rows
            .map(|message| MessageRow::of(&picture.group, message, picture.now))
            .collect(),
        unsent: picture.outbox.len(),
        waiting: picture.waiting,
    })
}
