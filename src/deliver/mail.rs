//! A message as a mail: headers and text.
//!
//! Everything is computed from the message, the date too, so that a second attempt sends the same
//! bytes. `Message-ID` is the message's key at the sender's domain: mail servers and readers
//! recognise a repetition by it.

use std::time::SystemTime;

use lettre::address::AddressError;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, SinglePart};
use lettre::{Address, Message as Letter};

use super::courier::DeliverError;
use super::wording;
use crate::alert::outbox::Message;

/// The longest subject, in characters.
const SUBJECT_CHARS: usize = 200;

/// Who the mail is from.
pub struct Sender(Mailbox);

impl Sender {
    /// Reads `name@domain` or `Name <name@domain>`.
    pub fn new(from: &str) -> Result<Sender, DeliverError> {
        if from.chars().any(char::is_control) {
            return Err(DeliverError::From(AddressError::InvalidInput));
        }
        from.parse().map(Sender).map_err(DeliverError::From)
    }

    /// `message` as a mail to `to`. The error is a fragment of English without addresses.
    pub fn letter(&self, to: &str, message: &Message) -> Result<Letter, &'static str> {
        let to: Address = to.parse().map_err(|_| "the mail address cannot be read")?;
        let subject: String = wording::one_line(&message.subject)
            .trim()
            .chars()
            .take(SUBJECT_CHARS)
            .collect();
        let id = format!("<{}@{}>", message.key, self.0.email.domain());
        Letter::builder()
            .from(self.0.clone())
            .to(Mailbox::new(None, to))
            .subject(subject)
            .date(SystemTime::from(message.created_at))
            .message_id(Some(id))
            // Keeps holiday replies from coming back.
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ))
            .singlepart(SinglePart::plain(message.text.clone()))
            .map_err(|_| "the mail cannot be composed")
    }
}
