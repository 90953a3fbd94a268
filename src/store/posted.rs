//! Reading back messages, by what became of them and by when they were written.

use super::error::StoreError;
use super::keys;
use super::reading::Reader;
use super::table::Table;
use crate::alert::outbox::{Message, MessageKey};
use crate::domain::id::ColumnId;
use crate::domain::time::Moment;

impl Reader<'_> {
    /// Messages whose delivery is not final, by creation and key.
    pub fn open_messages(&mut self) -> Result<Vec<Message>, StoreError> {
        let mut messages: Vec<Message> = Vec::new();
        for entry in self.engine.rows(Table::OpenMessages, &[])? {
            let (key, _) = entry?;
            messages.extend(self.get(Table::Messages, &key)?);
        }
        messages
            .sort_by(|one, other| (one.created_at, &one.key).cmp(&(other.created_at, &other.key)));
        Ok(messages)
    }

    /// The message with `key`, whatever became of it.
    pub fn message(&mut self, key: &MessageKey) -> Result<Option<Message>, StoreError> {
        let by_key = keys::by_key(key);
        match self.get::<Moment>(Table::MessagePlaces, &by_key)? {
            Some(created_at) => self.get(Table::Messages, &keys::message(created_at, &by_key)),
            None => Ok(None),
        }
    }

    /// Messages in any state, the newest first.
    pub fn messages(&mut self, newest: usize) -> Result<Vec<Message>, StoreError> {
        self.last(Table::Messages, newest)
    }

    /// Of the messages created before `before`, or of all, how many there are, and `most` after the newest
    /// `skip`, the newest first.
    pub fn messages_part(
        &mut self,
        before: Option<Moment>,
        skip: usize,
        most: usize,
    ) -> Result<(usize, Vec<Message>), StoreError> {
        // A time is a key of eight bytes; no message has one of these.
        let end = before.map_or([u8::MAX; 8], keys::time);
        let mut messages = Vec::new();
        let rows = self.engine.rows_before(Table::Messages, &end)?.rev();
        for (place, entry) in rows.take(skip.saturating_add(most)).enumerate() {
            let (key, row) = entry?;
            if place >= skip {
                messages.extend(self.value(Table::Messages, &key, &row)?);
            }
        }
        Ok((self.count_before(&end)?, messages))
    }

    /// How many messages stand before `end`: all but those behind it. The newest are asked for most, and
    /// not read for that.
    fn count_before(&self, end: &[u8]) -> Result<usize, StoreError> {
        let all = usize::try_from(self.engine.count(Table::Messages)).unwrap_or(usize::MAX);
        let mut behind = 0;
        for entry in self.engine.rows_from(Table::Messages, end)? {
            entry?;
            behind += 1;
        }
        Ok(all.saturating_sub(behind))
    }

    /// Messages that tell of `column`, the newest first: `most` of them, among the newest `through` of all that
    /// were created at `since` or later.
    pub fn messages_about(
        &mut self,
        column: &ColumnId,
        since: Moment,
        (most, through): (usize, usize),
    ) -> Result<Vec<Message>, StoreError> {
        let mut told = Vec::new();
        let rows = self.engine.rows_from(Table::Messages, &keys::time(since))?;
        for entry in rows.rev().take(through) {
            let (key, row) = entry?;
            let Some(message) = self.value::<Message>(Table::Messages, &key, &row)? else {
                continue;
            };
            let notices = self.notices(&message.notices)?;
            if notices
                .iter()
                .any(|notice| notice.column.as_ref() == Some(column))
            {
                told.push(message);
            }
            if told.len() == most {
                break;
            }
        }
        Ok(told)
    }

    /// Messages created at `since` or later, the oldest first.
    pub fn messages_since(&mut self, since: Moment) -> Result<Vec<Message>, StoreError> {
        let mut messages: Vec<Message> = Vec::new();
        for entry in self.engine.rows_from(Table::Messages, &keys::time(since))? {
            let (key, row) = entry?;
            messages.extend(self.value(Table::Messages, &key, &row)?);
        }
        messages.retain(|message| message.created_at >= since);
        Ok(messages)
    }
}
