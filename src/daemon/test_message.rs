//! A message that tries out a person's first route.

use chrono::TimeDelta;

use super::answer::{Answer, Clerk};
use crate::alert::outbox::{Delivery, Message, MessageKey, Words};
use crate::deliver::courier::Attempt;
use crate::domain::group::Person;
use crate::domain::id::PersonId;
use crate::report::recipient;

impl Clerk {
    /// One message over the person's first route; nothing of it is kept.
    pub(super) async fn send_test(&self, id: &str) -> Answer {
        let group = &self.desk.config.group;
        let person = PersonId::parse(id)
            .ok()
            .and_then(|id| group.people.get(&id));
        let Some(person) = person else {
            let known: Vec<_> = group.people.keys().map(PersonId::as_str).collect();
            return Answer::no(format!("no person {id:?}; known are {}", known.join(", ")));
        };
        let Some(route) = person.routes.first() else {
            return Answer::no(format!("{id} has no route"));
        };
        let way = recipient::way(group, &person.id, *route);
        let Some(attempt) = self.test(&person.id).await else {
            return Answer::no(format!("{id} has no route"));
        };
        match attempt {
            Attempt::Accepted { receipt } => Answer::yes(format!(
                "accepted: {way}, receipt {}",
                receipt.as_deref().unwrap_or("none")
            )),
            Attempt::Failed {
                permanent, error, ..
            } => Answer::no(format!(
                "failed {}: {way}, {error}",
                if permanent { "for good" } else { "for now" }
            )),
        }
    }

    /// One attempt to send a test message to `person`, who may have left or have no route.
    pub(super) async fn test(&self, person: &PersonId) -> Option<Attempt> {
        let person = self.desk.config.group.people.get(person)?;
        let message = self.test_message(person)?;
        let now = self.desk.clock.now();
        Some(self.courier.send(person, &message, now).await)
    }

    fn test_message(&self, person: &Person) -> Option<Message> {
        let now = self.desk.clock.now();
        let signature = &self.desk.config.alert.signature;
        let text = format!(
            "这是一条测试消息，发送于{}，无需处理。",
            now.format("%-m月%-d日%H:%M")
        );
        Some(Message {
            key: MessageKey::of(&["test", person.id.as_str(), &now.to_rfc3339()]),
            person: person.id.clone(),
            route: *person.routes.first()?,
            subject: format!("【{signature}】测试消息"),
            text: format!("【{signature}】{text}"),
            words: Words {
                wording: "trouble".to_owned(),
                values: [("why".to_owned(), text)].into(),
            },
            tier: None,
            notices: Vec::new(),
            in_place_of: Vec::new(),
            links: Vec::new(),
            urgent: true,
            leaves: Default::default(),
            provisional: false,
            created_at: now,
            of_day: None,
            expires_at: now + TimeDelta::hours(1),
            attempts: 1,
            maybe_taken: false,
            unsent_since: None,
            next_attempt_at: now,
            delivery: Delivery::Attempting { since: now },
        })
    }
}
