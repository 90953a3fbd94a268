//! The courier: which transport serves which route, and one attempt over it.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use secrecy::SecretString;
use thiserror::Error;

use super::aliyun::AliyunGateway;
use super::gateway::HttpGateway;
use super::mail::Sender;
use super::mas::MasGateway;
use super::report::Report;
use super::robot::RobotLine;
use super::smtp::MailServer;
use super::spool::{MailSpool, SmsSpool};
use super::template::TemplateError;
use super::tencent::TencentGateway;
use super::wording;
use crate::alert::outbox::Message;
use crate::domain::group::{Person, Route};
use crate::domain::time::Moment;
use crate::domain::transport::{MailTransport, SmsTransport, Transports};

/// The way of text messages.
pub enum Sms {
    /// An HTTP gateway.
    Gateway(Box<HttpGateway>),
    /// Alibaba Cloud.
    Aliyun(Box<AliyunGateway>),
    /// Tencent Cloud.
    Tencent(Box<TencentGateway>),
    /// China Mobile's cloud MAS.
    Mas(Box<MasGateway>),
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

/// Stands in for all transports where the world is made up.
pub trait Carrier: Send + Sync {
    /// What becomes of one attempt to bring `message` to `address` at `now`.
    fn carry<'a>(
        &'a self,
        address: &'a str,
        message: &'a Message,
        now: Moment,
    ) -> BoxFuture<'a, Attempt>;
}

/// Sends single messages over the transports of this installation.
pub struct Courier {
    made_up: Option<Arc<dyn Carrier>>,
    sms: Option<Sms>,
    mail: Option<Mail>,
    robots: BTreeMap<String, RobotLine>,
}

/// Tells the ways only: addresses of gateways may hold tokens.
impl fmt::Debug for Courier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Courier")
            .field("sms", &self.sms.is_some())
            .field("mail", &self.mail.is_some())
            .field("robots", &self.robots.keys())
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
        /// Whether the transport may have taken it all the same: it was given the message and did
        /// not say what became of it.
        maybe_taken: bool,
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
        let mail = match &transports.mail {
            None => None,
            Some(MailTransport::Smtp(smtp)) => Some(Mail::Smtp(Box::new(MailServer::new(smtp)?))),
            Some(MailTransport::Spool { dir, from }) => {
                Some(Mail::Spool(MailSpool::new(dir, Sender::new(from)?)?))
            }
        };
        let robots = transports.robots.iter().map(|(name, robot)| {
            let line = RobotLine::new(robot, user_agent)?;
            Ok((name.clone(), line))
        });
        Ok(Courier {
            made_up: None,
            sms: transports
                .sms
                .as_ref()
                .map(|sms| Sms::new(sms, user_agent))
                .transpose()?,
            mail,
            robots: robots.collect::<Result<_, DeliverError>>()?,
        })
    }

    /// A courier of a made-up world.
    pub fn made_up(carrier: Arc<dyn Carrier>) -> Courier {
        Courier {
            made_up: Some(carrier),
            sms: None,
            mail: None,
            robots: BTreeMap::new(),
        }
    }

    /// One attempt to send `message` to `to` by its route, at `now`, which is what signatures
    /// tell the other side. Ends within the transport's timeout.
    pub async fn send(&self, to: &Person, message: &Message, now: Moment) -> Attempt {
        let address = match message.route {
            Route::Sms => &to.phone,
            Route::Mail => &to.mail,
            Route::Robot => &to.robot,
        };
        let Some(address) = address else {
            return Attempt::refused("the person has no contact for this route");
        };
        if let Some(carrier) = &self.made_up {
            return carrier.carry(address, message, now).await;
        }
        match message.route {
            Route::Sms => match &self.sms {
                Some(sms) => sms.send(address, message, now).await,
                None => no_transport(),
            },
            Route::Mail => match &self.mail {
                Some(Mail::Smtp(server)) => server.send(address, message).await,
                Some(Mail::Spool(spool)) => spool.send(address, message).await,
                None => no_transport(),
            },
            Route::Robot => match self.robots.get(address) {
                Some(robot) => robot.send(message, now).await,
                None => no_transport(),
            },
        }
    }
}

fn no_transport() -> Attempt {
    Attempt::refused("no transport is configured for this route")
}

impl Sms {
    fn new(transport: &SmsTransport, user_agent: &str) -> Result<Sms, DeliverError> {
        Ok(match transport {
            SmsTransport::Gateway(settings) => {
                Sms::Gateway(Box::new(HttpGateway::new(settings, user_agent)?))
            }
            SmsTransport::Aliyun(settings) => {
                Sms::Aliyun(Box::new(AliyunGateway::new(settings, user_agent)?))
            }
            SmsTransport::Tencent(settings) => {
                Sms::Tencent(Box::new(TencentGateway::new(settings, user_agent)?))
            }
            SmsTransport::Mas(settings) => {
                Sms::Mas(Box::new(MasGateway::new(settings, user_agent)?))
            }
            SmsTransport::Spool(dir) => Sms::Spool(SmsSpool::new(dir)?),
        })
    }

    async fn send(&self, phone: &str, message: &Message, now: Moment) -> Attempt {
        match self {
            Sms::Gateway(gateway) => gateway.send(phone, message).await,
            Sms::Aliyun(gateway) => gateway.send(phone, message, now).await,
            Sms::Tencent(gateway) => gateway.send(phone, message, now).await,
            Sms::Mas(gateway) => gateway.send(phone, message).await,
            Sms::Spool(spool) => spool.send(phone, message).await,
        }
    }
}

/// A gateway that leaves so many questions in a row unanswered is asked no more this time.
pub const SILENT_AFTER: usize = 3;

impl Courier {
    /// Asks the gateway for text messages what became of `sent`, which it took: of each with its
    /// number. Errors are for the log; they hold no number and no secret.
    pub async fn ask(&self, sent: &[(&Message, &str)], now: Moment) -> Vec<Result<Report, String>> {
        match &self.sms {
            Some(Sms::Aliyun(gateway)) => {
                let mut reports = Vec::new();
                let mut unanswered = 0;
                for (message, phone) in sent {
                    let told = gateway.report_of(message, phone, now).await;
                    let is_silent = told.iter().any(Result::is_err);
                    unanswered = if is_silent { unanswered + 1 } else { 0 };
                    reports.extend(told);
                    // A gateway that does not answer is not asked about all the others.
                    if unanswered == SILENT_AFTER {
                        break;
                    }
                }
                reports
            }
            Some(Sms::Tencent(gateway)) if !sent.is_empty() => gateway.reports(now).await,
            _ => Vec::new(),
        }
    }
}

impl Attempt {
    /// The same, fit to be stored and shown: without secrets, numbers and addresses; of the
    /// receipt, without the number `phone`.
    pub(super) fn masked<'a>(
        self,
        phone: Option<&str>,
        secrets: impl IntoIterator<Item = &'a SecretString>,
    ) -> Attempt {
        match self {
            Attempt::Accepted { receipt } => Attempt::Accepted {
                receipt: receipt.and_then(|id| wording::receipt_to(phone, &id, secrets)),
            },
            Attempt::Failed {
                permanent,
                error,
                retry_after,
                maybe_taken,
            } => Attempt::Failed {
                permanent,
                error: wording::error_of(&error, secrets),
                retry_after,
                maybe_taken,
            },
        }
    }

    /// A failure for good.
    pub(super) fn refused(error: impl Into<String>) -> Attempt {
        Attempt::without_taking(true, error.into())
    }

    /// A failure that may pass, of a transport that surely did not take the message.
    pub(super) fn failed(error: impl Into<String>) -> Attempt {
        Attempt::without_taking(false, error.into())
    }

    /// No answer: the transport may have taken the message, or not.
    pub(super) fn unanswered(error: impl Into<String>) -> Attempt {
        Attempt::Failed {
            permanent: false,
            error: error.into(),
            retry_after: None,
            maybe_taken: true,
        }
    }

    fn without_taking(permanent: bool, error: String) -> Attempt {
        Attempt::Failed {
            permanent,
            error,
            retry_after: None,
            maybe_taken: false,
        }
    }
}
