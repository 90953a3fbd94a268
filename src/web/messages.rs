//! `/messages`: what was sent to whom, and what became of it; and the day's count of it.

use askama::Template;
use axum::Extension;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};

use super::Console;
use super::access::right::Right;
use super::access::viewer::Viewer;
use super::source::Picture;
use super::view::{Frame, Place, Shared, page, unreadable, unreadable_form, when};
use super::work::filled::Filled;
use super::work::offer::Work;
use super::work::{Entry, hand_in};
use crate::alert::outbox::{Delivery, Message};
use crate::alert::trial::would_tell;
use crate::assess::ladder::Tier;
use crate::domain::group::Group;
use crate::domain::time::{Moment, date_of};
use crate::report::lost::{is_lost, why};
use crate::report::plain::one_line;
use crate::report::recipient::{receiver, route_in_chinese, way};
use crate::report::would;
use crate::store::error::StoreError;

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
    /// What the transport said, of one that failed or is to be tried again.
    pub why: Option<String>,
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
            why: why(&message.delivery),
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
    work: Option<Work>,
    rows: Vec<MessageRow>,
    /// Whether there may be more than are listed.
    cut: bool,
    unsent: usize,
    waiting: usize,
    /// Whom the end of the trial run would tell what, to who may end it.
    would: Vec<String>,
}

/// `GET /messages`.
pub async fn messages(
    State(console): Shared,
    Extension(viewer): Extension<Viewer>,
    uri: Uri,
) -> Response {
    let once = || console.porter.told_once(&viewer, &uri);
    match shown(&console, &viewer, |work| work.once(once())).await {
        Ok(shown) => page(&shown),
        Err(error) => unreadable(&error),
    }
}

/// `POST /messages`: a form of the page.
pub async fn enter(
    State(console): Shared,
    Extension(viewer): Extension<Viewer>,
    form: Result<Form<Filled>, FormRejection>,
) -> Response {
    let Ok(Form(filled)) = form else {
        return unreadable_form();
    };
    let task = filled.about_messages();
    let why = match hand_in(&console, &viewer, None, &filled, task, "/messages").await {
        Entry::Done(answer) | Entry::Never(answer) => return answer,
        Entry::Refused(why) => why,
    };
    match shown(&console, &viewer, |work| work.again(&filled, why)).await {
        Ok(again) => (StatusCode::UNPROCESSABLE_ENTITY, page(&again)).into_response(),
        Err(error) => unreadable(&error),
    }
}

async fn shown(
    console: &Console,
    viewer: &Viewer,
    work: impl FnOnce(Work) -> Work,
) -> Result<MessagesPage, StoreError> {
    let picture = Picture::take(console, viewer).await?;
    let messages = console.store.messages(MESSAGES).await?;
    let today = date_of(picture.now);
    let rows = messages.iter();
    let ends = picture.trial.is_some() && viewer.may_for_all(Right::GoLive);
    let would = match ends {
        true => {
            let all = would_tell(&picture.open, &picture.group, &console.rules);
            would::lines(&all, &picture.group)
        }
        false => Vec::new(),
    };
    Ok(MessagesPage {
        frame: Frame::of(console, &picture, viewer, Place::Messages),
        work: Work::of_messages(viewer, &picture, today).map(work),
        rows: rows
            .map(|message| MessageRow::of(&picture.group, message, picture.now))
            .collect(),
        cut: messages.len() == MESSAGES,
        unsent: picture.outbox.len(),
        waiting: picture.waiting,
        would,
    })
}
