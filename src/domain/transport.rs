//! What is needed to reach a transport (渠道): a gateway for text messages, a mail server, a
//! robot of a group chat, a spool directory. Plain settings; the act of sending is elsewhere.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use super::group::{Person, Route};
use super::receipts::Receipts;
use super::vendor::{Aliyun, Mas, Robot, Templates, Tencent};

/// The transports of this installation.
#[derive(Debug, Clone, Default)]
pub struct Transports {
    /// Text messages.
    pub sms: Option<SmsTransport>,
    /// How many text messages may leave.
    pub sms_rate: Rate,
    /// How the gateway tells what became of text messages.
    pub receipts: Receipts,
    /// Mail.
    pub mail: Option<MailTransport>,
    /// How many mails may leave.
    pub mail_rate: Rate,
    /// Robots by name.
    pub robots: BTreeMap<String, Robot>,
    /// How a failed attempt is tried again.
    pub retry: Retry,
}

impl Transports {
    /// How many messages may leave by `way`.
    pub fn rate(&self, way: &Way) -> Rate {
        match way {
            Way::Sms => self.sms_rate,
            Way::Mail => self.mail_rate,
            Way::Robot(name) => self
                .robots
                .get(name)
                .map_or_else(Rate::default, |robot| robot.rate),
        }
    }
}

/// One transport: what fails, rests and is limited as a whole.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// The gateway for text messages.
    Sms,
    /// The mail server.
    Mail,
    /// The robot of this name.
    Robot(String),
}

impl Way {
    /// The transport that `route` to `person` leads over; of somebody who has left, any robot.
    pub fn of(route: Route, person: Option<&Person>) -> Way {
        match route {
            Route::Sms => Way::Sms,
            Route::Mail => Way::Mail,
            Route::Robot => {
                let robot = person.and_then(|person| person.robot.clone());
                Way::Robot(robot.unwrap_or_default())
            }
        }
    }
}

/// How many messages may leave by one transport. Beyond it they wait.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rate {
    /// In any second; `None` without limit.
    pub per_second: Option<u32>,
    /// In any minute; `None` without limit.
    pub per_minute: Option<u32>,
}

/// A service elsewhere that is told regularly that the monitor is alive, and raises the alarm when
/// it is not told.
#[derive(Clone, PartialEq, Eq)]
pub struct Heartbeat {
    /// The address; its path or query is a secret.
    pub url: Url,
    /// How often, at least one second.
    pub every: Duration,
    /// POST in place of GET.
    pub post: bool,
}

/// Tells the host alone.
impl std::fmt::Debug for Heartbeat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Heartbeat")
            .field("host", &self.url.host_str())
            .field("every", &self.every)
            .field("post", &self.post)
            .finish()
    }
}

/// Where text messages go.
#[derive(Debug, Clone)]
pub enum SmsTransport {
    /// A gateway spoken to over HTTP.
    Gateway(Box<Gateway>),
    /// Alibaba Cloud (阿里云短信).
    Aliyun(Box<Aliyun>),
    /// Tencent Cloud (腾讯云短信).
    Tencent(Box<Tencent>),
    /// China Mobile's cloud MAS (移动云 MAS).
    Mas(Box<Mas>),
    /// One JSON file a message in this directory, for try-outs and drills.
    Spool(PathBuf),
}

impl SmsTransport {
    /// The approved templates, where the gateway sends nothing else.
    pub fn templates(&self) -> Option<&Templates> {
        match self {
            SmsTransport::Aliyun(aliyun) => Some(&aliyun.templates),
            SmsTransport::Tencent(tencent) => Some(&tencent.templates),
            SmsTransport::Mas(mas) => mas.templates.as_ref(),
            SmsTransport::Gateway(gateway) => gateway.templates.as_ref(),
            SmsTransport::Spool(_) => None,
        }
    }
}

/// Where mail goes.
#[derive(Debug, Clone)]
pub enum MailTransport {
    /// A mail server.
    Smtp(Box<Smtp>),
    /// One `.eml` file a message in this directory.
    Spool {
        /// The directory.
        dir: PathBuf,
        /// The sender's address.
        from: String,
    },
}

/// A generic HTTP gateway for text messages.
#[derive(Debug, Clone)]
pub struct Gateway {
    /// `POST`, `PUT` or `GET`.
    pub method: String,
    /// The address; https unless a loopback or permitted address.
    pub url: Url,
    /// Headers; values may hold the fields of [`GatewayBody`].
    pub headers: Vec<(String, String)>,
    /// What is sent.
    pub body: GatewayBody,
    /// The approved templates, where the gateway sends nothing else.
    pub templates: Option<Templates>,
    /// Named secrets that templates may use as `{secret.NAME}`.
    pub secrets: Vec<(String, SecretString)>,
    /// What counts as accepted.
    pub success: GatewaySuccess,
    /// JSON pointer (RFC 6901) to the receipt's id in the answer, if there is one.
    pub receipt: Option<String>,
    /// How long one attempt may take.
    pub timeout: Duration,
}

/// The body template. Fields: `{phone} {text} {key} {secret.NAME}`, with approved templates
/// `{template} {params}` too; values are escaped for the
/// encoding, so no message text can leave its field.
#[derive(Debug, Clone)]
pub enum GatewayBody {
    /// A JSON document in which string values may hold fields.
    Json(serde_json::Value),
    /// `application/x-www-form-urlencoded` pairs; values may hold fields.
    Form(Vec<(String, String)>),
}

/// When an answer means "accepted".
#[derive(Debug, Clone)]
pub struct GatewaySuccess {
    /// Accepted HTTP statuses.
    pub statuses: Vec<u16>,
    /// A JSON pointer and the value (as text) that must stand there, if the gateway says more
    /// than its status.
    pub field: Option<(String, String)>,
    /// Values at the same pointer that mean "never try this again" (bad number, blocked text).
    pub permanent: Vec<String>,
}

/// A mail server.
#[derive(Debug, Clone)]
pub struct Smtp {
    /// The server's name, checked against its certificate.
    pub host: String,
    /// The port.
    pub port: u16,
    /// How the connection is protected.
    pub security: SmtpSecurity,
    /// Login, if the server wants one.
    pub login: Option<(String, SecretString)>,
    /// The sender's address.
    pub from: String,
    /// A PEM file with an additional certificate authority.
    pub extra_root: Option<PathBuf>,
    /// How long one attempt may take.
    pub timeout: Duration,
}

/// How a mail connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpSecurity {
    /// TLS from the first byte (port 465).
    Tls,
    /// STARTTLS, required (port 587).
    StartTls,
    /// None; allowed to loopback only.
    None,
}

/// How failed attempts are spaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// The wait after the first failed attempt; it doubles with each further one.
    pub first: Duration,
    /// The longest wait between two attempts.
    pub longest: Duration,
    /// What could not be sent for so long goes by its person's next route, or, where there is none, the
    /// operators hear of it.
    pub fall_back_after: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Retry {
            first: Duration::from_secs(60),
            longest: Duration::from_secs(3600),
            fall_back_after: Duration::from_secs(4 * 3600),
        }
    }
}
