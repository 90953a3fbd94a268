//! `/messages`: what was sent to whom, and what became of it; and the day's count of it.

use askama::Template;
use axum::Extension;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, RawQuery, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use chrono::NaiveTime;

use super::Console;
use super::access::right::Right;
use super::access::viewer::Viewer;
use super::column::parameter;
use super::home::Pages;
use super::pending::Pending;
use super::source::Picture;
use super::view::{Frame, Place, Shared, page, unreadable, unreadable_form, when};
use super::work::filled::Filled;
use super::work::offer::Work;
use super::work::{Entry, hand_in};
use crate::alert::acts::holds;
use crate::alert::outbox::{Delivery, Message};
use crate::alert::trial::would_tell;
use crate::assess::ladder::Tier;
use crate::domain::group::Group;
use crate::domain::time::{Date, Moment, date_of, moment};
use crate::report::lost::{is_lost, why};
use crate::report::plain::one_line;
use crate::report::recipient::{receiver, route_in_chinese, way};
use crate::report::would;
use crate::store::error::StoreError;

/// How many messages one page lists.
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
    pages: Pages,
    /// How many there are, up to the day that is asked for.
    found: usize,
    /// The last day that is asked for, `2017-11-03`; may be empty.
    until: String,
    today: String,
    unsent: usize,
    waiting: usize,
    /// What stands in no message yet, on the first page of all.
    pending: Pending,
    /// Whom the end of the trial run would tell what, to who may end it.
    would: Vec<String>,
}

/// Which messages: those up to a day, and the page of them.
#[derive(Default)]
struct Asked {
    until: Option<Date>,
    page: usize,
}

impl Asked {
    fn of(query: Option<&str>) -> Asked {
        let page = parameter(query, "page").and_then(|text| text.parse().ok());
        let page: usize = page.unwrap_or(1);
        Asked {
            until: parameter(query, "until").and_then(|text| text.parse().ok()),
            page: page.clamp(1, 100_000) - 1,
        }
    }

    fn address(&self, page: usize) -> String {
        let until = self.until.map(|until| format!("until={until}&"));
        format!("/messages?{}page={}", until.unwrap_or_default(), page + 1)
    }

    /// The instant at which the day is over.
    fn before(&self) -> Option<Moment> {
        let next = self.until?.succ_opt()?;
        Some(moment(next.and_time(NaiveTime::MIN)))
    }
}

/// `GET /messages`.
pub async fn messages(
    State(console): Shared,
    Extension(viewer): Extension<Viewer>,
    uri: Uri,
    RawQuery(query): RawQuery,
) -> Response {
    let once = || console.porter.told_once(&viewer, &uri);
    let asked = Asked::of(query.as_deref());
    match shown(&console, &viewer, &asked, |work| work.once(once())).await {
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
    let newest = Asked::default();
    match shown(&console, &viewer, &newest, |work| work.again(&filled, why)).await {
        Ok(again) => (StatusCode::UNPROCESSABLE_ENTITY, page(&again)).into_response(),
        Err(error) => unreadable(&error),
    }
}

async fn shown(
    console: &Console,
    viewer: &Viewer,
    asked: &Asked,
    work: impl FnOnce(Work) -> Work,
) -> Result<MessagesPage, StoreError> {
    let picture = Picture::take(console, viewer).await?;
    let (store, before) = (&console.store, asked.before());
    let skip = asked.page * MESSAGES;
    let (found, mut messages) = store.messages_part(before, skip, MESSAGES).await?;
    let pages = Pages::of(found, MESSAGES, asked.page, |page| asked.address(page));
    // A page past the end is the last one.
    if messages.is_empty() && found > 0 {
        let skip = pages.skipped(MESSAGES);
        (_, messages) = store.messages_part(before, skip, MESSAGES).await?;
    }
    let today = date_of(picture.now);
    let rows = messages.iter();
    let ends = picture.trial.is_some() && viewer.may_for_all(Right::GoLive);
    let would = match ends {
        true => {
            let all = would_tell(
                &picture.open,
                (&picture.group, &console.rules),
                (&holds(&picture.acts), picture.now),
            );
            would::lines(&all, &picture.group)
        }
        false => Vec::new(),
    };
    let pending = match (asked.until, asked.page) {
        (None, 0) => Pending::of(console, &picture).await?,
        _ => Pending::default(),
    };
    Ok(MessagesPage {
        frame: Frame::of(console, &picture, viewer, Place::Messages),
        work: Work::of_messages(viewer, &picture, today).map(work),
        rows: rows
            .map(|message| MessageRow::of(&picture.group, message, picture.now))
            .collect(),
        pages,
        found,
        until: asked.until.map_or(String::new(), |until| until.to_string()),
        today: today.to_string(),
        unsent: picture.outbox.len(),
        waiting: picture.waiting,
        pending,
        would,
    })
}
