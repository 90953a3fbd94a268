//! The courier: which transport serves which route, and one attempt over it.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use thiserror::Error;

use super::gateway::HttpGateway;
use super::mail::Sender;
use super::smtp::MailServer;
use super::spool::{MailSpool, SmsSpool};
use super::template::TemplateError;
use crate::alert::outbox::Message;
use crate::domain::group::{Person, Route};
use crate::domain::transport::{MailTransport, SmsTransport, Transports};

/// The way of text messages.
pub enum Sms {
    /// An HTTP gateway.
    Gateway(Box<HttpGateway>),
    /// A directory.
    Spool(SmsSpool),
}

/// The way of mail.
pub enum Mail {
    /// A mail server.
    Smtp(Box<MailServer>),
    /// A directory.
    Spool(MailSpool),
}

/// Sends single messages over the transports of this installation.
pub struct Courier {
    sms: Option<Sms>,
    mail: Option<Mail>,
}

/// Tells the ways only: addresses of gateways may hold tokens.
impl fmt::Debug for Courier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Courier")
            .field("sms", &self.offers(Route::Sms))
            .field("mail", &self.offers(Route::Mail))
            .finish_non_exhaustive()
    }
}

/// How one attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attempt {
    /// The transport took the message.
    Accepted {
        /// The transport's receipt id: one line of at most 128 characters.
        receipt: Option<String>,
    },
    /// It did not, or it is not known that it did.
    Failed {
        /// Whether the transport refuses this message for good.
        permanent: bool,
        /// Why: English, one line of at most 200 characters, without numbers, addresses, secrets.
        error: String,
        /// How long the transport asks to wait, at most a day.
        retry_after: Option<Duration>,
    },
}

/// Why a transport cannot be used at all.
#[derive(Debug, Error)]
pub enum DeliverError {
    /// A template of the gateway is wrong; the place is `body`, `header NAME`.
    #[error("gateway template in {place}")]
    Template {
        /// Where it stands.
        place: String,
        /// The fault.
        source: TemplateError,
    },
    /// A setting of the gateway cannot work.
    #[error("gateway {0}")]
    Gateway(String),
    /// The HTTP client could not be built.
    #[error("gateway client")]
    Client(#[source] reqwest::Error),
    /// The process has no TLS provider yet.
    #[error("no TLS provider is installed in this process")]
    NoTlsProvider,
    /// The sender's address of the mail cannot be read.
    #[error("mail sender")]
    From(#[source] lettre::address::AddressError),
    /// Unprotected mail to another machine.
    #[error("mail without TLS to {0}: allowed to this machine only")]
    Unprotected(String),
    /// The additional certificate authority cannot be read.
    #[error("certificate authority {}", path.display())]
    Root {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The TLS settings of the mail server cannot work.
    #[error("TLS to mail server {host}")]
    Tls {
        /// The server.
        host: String,
        /// Why.
        source: lettre::transport::smtp::Error,
    },
    /// A spool directory cannot be made.
    #[error("spool {}", dir.display())]
    Spool {
        /// The directory.
        dir: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

impl Courier {
    /// Prepares the clients; reads the additional certificate authority and makes the spool
    /// directories. `user_agent` is how HTTP gateways see us. Needs an installed TLS provider
    /// when a gateway or a mail server is used.
    pub fn new(transports: &Transports, user_agent: &str) -> Result<Courier, DeliverError> {
        let sms = match &transports.sms {
            None => None,
            Some(SmsTransport::Gateway(gateway)) => Some(Sms::Gateway(Box::new(HttpGateway::new(
                gateway, user_agent,
            )?))),
            Some(SmsTransport::Spool(dir)) => Some(Sms::Spool(SmsSpool::new(dir)?)),
        };
        let mail = match &transports.mail {
            None => None,
            Some(MailTransport::Smtp(smtp)) => Some(Mail::Smtp(Box::new(MailServer::new(smtp)?))),
            Some(MailTransport::Spool { dir, from }) => {
                Some(Mail::Spool(MailSpool::new(dir, Sender::new(from)?)?))
            }
        };
        Ok(Courier { sms, mail })
    }

    /// Whether there is a transport for `route`.
    pub fn offers(&self, route: Route) -> bool {
        match route {
            Route::Sms => self.sms.is_some(),
            Route::Mail => self.mail.is_some(),
        }
    }

    /// One attempt to send `message` to `to` by `route`. Ends within the transport's timeout.
    pub async fn send(&self, route: Route, to: &Person, message: &Message) -> Attempt {
        let address = match route {
            Route::Sms => &to.phone,
            Route::Mail => &to.mail,
        };
        let Some(address) = address else {
            return Attempt::refused("the person has no contact for this route");
        };
        match (route, &self.sms, &self.mail) {
            (Route::Sms, Some(Sms::Gateway(gateway)), _) => gateway.send(address, message).await,
            (Route::Sms, Some(Sms::Spool(spool)), _) => spool.send(address, message).await,
            (Route::Mail, _, Some(Mail::Smtp(server))) => server.send(address, message).await,
            (Route::Mail, _, Some(Mail::Spool(spool))) => spool.send(address, message).await,
            (Route::Sms, None, _) | (Route::Mail, _, None) => {
                Attempt::refused("no transport is configured for this route")
            }
        }
    }
}

impl Attempt {
    /// A failure for good.
    pub(super) fn refused(error: impl Into<String>) -> Attempt {
        Attempt::Failed {
            permanent: true,
            error: error.into(),
            retry_after: None,
        }
    }

    /// A failure that may pass.
    pub(super) fn failed(error: impl Into<String>) -> Attempt {
        Attempt::Failed {
            permanent: false,
            error: error.into(),
            retry_after: None,
        }
    }
}
