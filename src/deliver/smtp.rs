//! Mail over a mail server.
//!
//! The steps of one attempt are taken one by one, because a refusal means different things at
//! different steps: before the envelope it speaks about the installation (a login, a certificate)
//! and may be mended; from the envelope on it speaks about this message. A timeout surrounds all
//! of them; the farewell has its own, so that a server that is slow to part cannot turn an
//! accepted mail into a repeated one. TLS is never traded for plain text.

use std::time::Duration;

use lettre::Message as Letter;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use secrecy::ExposeSecret as _;
use tokio::time::timeout;

use super::courier::{Attempt, DeliverError};
use super::mail::Sender;
use super::wording;
use crate::alert::outbox::Message;
use crate::domain::transport::{Smtp, SmtpSecurity};

/// How long an accepted mail's connection may take to close.
const FAREWELL: Duration = Duration::from_secs(2);

/// A mail server, ready to send.
pub struct MailServer {
    settings: Smtp,
    sender: Sender,
    /// `None` only where plain text is allowed.
    tls: Option<TlsParameters>,
}

/// A step that failed.
struct Failure {
    /// Whether the server already spoke about this message.
    about_message: bool,
    error: Error,
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
                let receipt = response.first_line().and_then(wording::receipt_of);
                Attempt::Accepted { receipt }
            }
            Ok(Err(failure)) => Attempt::Failed {
                permanent: failure.about_message && failure.error.is_permanent(),
                error: self.worded(&failure.error),
                retry_after: None,
                // A server that answers with a code has not taken it.
                maybe_taken: failure.about_message && failure.error.status().is_none(),
            },
            Err(_) => Attempt::unanswered("the mail server did not answer in time"),
        }
    }

    async fn exchange(&self, letter: &Letter) -> Result<(Response, AsyncSmtpConnection), Failure> {
        let mut connection = self.connect().await.map_err(|error| Failure {
            about_message: false,
            error,
        })?;
        let response = connection
            .send(letter.envelope(), &letter.formatted())
            .await
            .map_err(|error| Failure {
                about_message: true,
                error,
            })?;
        Ok((response, connection))
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
        let secret = self.settings.login.iter().map(|(_, secret)| secret);
        wording::error_of(&format!("mail server: {error}"), secret)
    }
}

/// Says goodbye. Whatever comes of it, the mail is accepted.
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
