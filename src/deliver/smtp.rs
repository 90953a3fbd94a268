//! Mail over a mail server.
//!
//! The steps of one attempt are taken one by one, because a refusal means different things at
//! different steps: until the sender is accepted it speaks about the installation (a login, a
//! certificate, our own address) and may be mended; from the recipient on it speaks about this
//! message. A timeout surrounds all
//! of them; the farewell has its own, so that a server that is slow to part cannot turn an
//! accepted mail into a repeated one. TLS is never traded for plain text.

use std::time::Duration;

use lettre::Message as Letter;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, MailBodyParameter, MailParameter};
use lettre::transport::smtp::response::Response;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::time::timeout;

use super::courier::{Attempt, DeliverError};
use super::mail::Sender;
use super::wording;
use crate::alert::outbox::Message;
use crate::domain::transport::{Smtp, SmtpSecurity};

/// The answer of a server that wants a login first (RFC 4954), at whatever step it notices.
const LOGIN_WANTED: u16 = 530;
/// How long a connection may take to close.
const FAREWELL: Duration = Duration::from_secs(2);

/// A mail server, ready to send.
pub struct MailServer {
    settings: Smtp,
    sender: Sender,
    /// `None` only where plain text is allowed.
    tls: Option<TlsParameters>,
}

/// How far an attempt had come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// Connection, protection, login and sender: nothing is said of the recipient.
    Session,
    /// The recipient is named.
    Recipient,
    /// The mail itself is handed over.
    Content,
}

/// A step that failed.
struct Failure {
    step: Step,
    error: Error,
}

impl Failure {
    fn at(step: Step) -> impl Fn(Error) -> Failure {
        move |error| Failure { step, error }
    }

    /// Whether the server will never take this message.
    fn is_for_good(&self) -> bool {
        let code = self.error.status().map(u16::from);
        self.step != Step::Session && code != Some(LOGIN_WANTED) && self.error.is_permanent()
    }
}

impl MailServer {
    /// Prepares the server: reads the additional certificate authority, refuses plain text to
    /// another machine.
    pub fn new(settings: &Smtp) -> Result<MailServer, DeliverError> {
        let tls = match settings.security {
            SmtpSecurity::Tls | SmtpSecurity::StartTls => Some(tls(settings)?),
            SmtpSecurity::None if is_loopback(&settings.host) => None,
            SmtpSecurity::None => return Err(DeliverError::Unprotected(settings.host.clone())),
        };
        Ok(MailServer {
            sender: Sender::new(&settings.from)?,
            settings: settings.clone(),
            tls,
        })
    }

    /// One attempt.
    pub async fn send(&self, address: &str, message: &Message) -> Attempt {
        let letter = match self.sender.letter(address, message) {
            Ok(letter) => letter,
            Err(error) => return Attempt::refused(error),
        };
        match timeout(self.settings.timeout, self.exchange(&letter)).await {
            Ok(Ok((response, connection))) => {
                part(connection).await;
                let line = response.first_line();
                let receipt =
                    line.and_then(|line| wording::receipt_to(Some(address), line, self.secrets()));
                Attempt::Accepted { receipt }
            }
            Ok(Err(failure)) => Attempt::Failed {
                permanent: failure.is_for_good(),
                error: self.worded(&failure.error),
                retry_after: None,
                // A server that answers with a code has not taken it.
                maybe_taken: failure.step == Step::Content && failure.error.status().is_none(),
            },
            Err(_) => Attempt::unanswered("the mail server did not answer in time"),
        }
    }

    async fn exchange(&self, letter: &Letter) -> Result<(Response, AsyncSmtpConnection), Failure> {
        let connected = self.connect().await;
        let mut connection = connected.map_err(Failure::at(Step::Session))?;
        match hand_over(&mut connection, letter).await {
            Ok(response) => Ok((response, connection)),
            Err(failure) => {
                part(connection).await;
                Err(failure)
            }
        }
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Error> {
        let Smtp { host, port, .. } = &self.settings;
        let hello = ClientId::default();
        let (wrapper, upgrade) = match self.settings.security {
            SmtpSecurity::Tls => (self.tls.clone(), None),
            SmtpSecurity::StartTls => (None, self.tls.clone()),
            SmtpSecurity::None => (None, None),
        };
        let limit = Some(self.settings.timeout);
        let mut connection = AsyncSmtpConnection::connect_tokio1(
            (host.as_str(), *port),
            limit,
            &hello,
            wrapper,
            None,
        )
        .await?;
        if let Some(tls) = upgrade {
            connection.starttls(tls, &hello).await?;
        }
        if let Some((user, secret)) = &self.settings.login {
            let login = Credentials::new(user.clone(), secret.expose_secret().to_owned());
            connection.auth(DEFAULT_MECHANISMS, &login).await?;
        }
        Ok(connection)
    }

    fn worded(&self, error: &Error) -> String {
        wording::error_of(&format!("mail server: {error}"), self.secrets())
    }

    fn secrets(&self) -> impl Iterator<Item = &SecretString> {
        self.settings.login.iter().map(|(_, secret)| secret)
    }
}

/// Hands `letter` over, step by step.
async fn hand_over(
    connection: &mut AsyncSmtpConnection,
    letter: &Letter,
) -> Result<Response, Failure> {
    let (envelope, bytes) = (letter.envelope(), letter.formatted());
    let mut options = Vec::new();
    let mut named = envelope.from().into_iter().chain(envelope.to());
    if named.any(|address| !AsRef::<str>::as_ref(address).is_ascii()) {
        options.push(MailParameter::SmtpUtfEight);
    }
    if !bytes.is_ascii() {
        options.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    let sender = Mail::new(envelope.from().cloned(), options);
    let heard = connection.command(sender).await;
    heard.map_err(Failure::at(Step::Session))?;
    for recipient in envelope.to() {
        let recipient = Rcpt::new(recipient.clone(), Vec::new());
        let heard = connection.command(recipient).await;
        heard.map_err(Failure::at(Step::Recipient))?;
    }
    let heard = connection.command(Data).await;
    heard.map_err(Failure::at(Step::Recipient))?;
    let heard = connection.message(&bytes).await;
    heard.map_err(Failure::at(Step::Content))
}

/// Says goodbye. Whatever comes of it, what was said of the mail holds.
async fn part(mut connection: AsyncSmtpConnection) {
    // An error or a timeout here changes nothing: the connection is dropped either way.
    let _ = timeout(FAREWELL, connection.quit()).await;
}

fn tls(settings: &Smtp) -> Result<TlsParameters, DeliverError> {
    let fault = |source| DeliverError::Tls {
        host: settings.host.clone(),
        source,
    };
    let mut builder = TlsParameters::builder(settings.host.clone());
    if let Some(path) = &settings.extra_root {
        let unread = |source| DeliverError::Root {
            path: path.clone(),
            source,
        };
        let pem = std::fs::read(path).map_err(unread)?;
        // A file without any certificate parses to an empty list, which would be silence.
        if !String::from_utf8_lossy(&pem).contains("-----BEGIN CERTIFICATE-----") {
            return Err(unread(std::io::Error::other("it holds no PEM certificate")));
        }
        builder = builder.add_root_certificate(Certificate::from_pem(&pem).map_err(fault)?);
    }
    builder.build_rustls().map_err(fault)
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.eq_ignore_ascii_case("localhost")
        || bare
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}
