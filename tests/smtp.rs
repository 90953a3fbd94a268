//! Mail against a mail server that is not ours: aiosmtpd, with its own reading of SMTP, TLS, login
//! and mail. What arrives is compared as Python's parser read it. Every way in which the
//! connection's protection fails must fail the attempt before a login or a mail is said.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "the helpers of a test fail by panicking"
)]

use std::io::{BufRead as _, BufReader, Lines, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use secrecy::SecretString;
use serde_json::{Value, json};
use tempfile::TempDir;
use wangxun::alert::outbox::Message;
use wangxun::deliver::courier::{Attempt, Courier};
use wangxun::domain::group::Route;
use wangxun::domain::transport::{MailTransport, Smtp, SmtpSecurity, Transports};

#[path = "support/letter.rs"]
mod letter;

use letter::{HOSTILE, MAIL, PHONE, message, person};

const PASSWORD: &str = "correct horse battery";
/// The login as `AUTH PLAIN` writes it: NUL, name, NUL, password, in base64.
const PLAIN_LOGIN: &str = "AG1vbml0b3IAY29ycmVjdCBob3JzZSBiYXR0ZXJ5";
const INSTALL: &str = "the tests of mail need aiosmtpd: apt-get install python3-aiosmtpd, \
                       or python3 -m pip install aiosmtpd==1.4.6";

/// A running mail server.
struct MailServer {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    port: u16,
}

/// The distribution's Python, or the one on the path, whichever has aiosmtpd.
fn python() -> &'static str {
    let has_server = |python: &&str| {
        let probe = Command::new(python)
            .args(["-c", "import aiosmtpd.smtp"])
            .stderr(Stdio::null())
            .status();
        probe.is_ok_and(|status| status.success())
    };
    let known = ["/usr/bin/python3", "python3"];
    known.into_iter().find(has_server).expect(INSTALL)
}

impl MailServer {
    fn start(mode: &str, papers: &Papers) -> MailServer {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/mail_server.py");
        let mut child = Command::new(python())
            .arg(script)
            .arg(mode)
            .args([papers.path("server.pem"), papers.path("server.key")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a process");
        let stdout = child.stdout.take().expect("a pipe");
        let mut lines = BufReader::new(stdout).lines();
        let Some(Ok(first)) = lines.next() else {
            panic!("the mail server said nothing");
        };
        let first: Value = serde_json::from_str(&first).expect("JSON");
        let port = first.get("port").and_then(Value::as_u64).expect("a port");
        MailServer {
            child,
            lines,
            port: u16::try_from(port).expect("a port"),
        }
    }

    /// Ends the server and returns everything that happened.
    fn end(mut self) -> Vec<Value> {
        drop(self.child.stdin.take());
        self.lines
            .by_ref()
            .map(|line| serde_json::from_str(&line.expect("a line")).expect("JSON"))
            .collect()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        // Fails only when the server has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Keys and certificates in a directory: `ca.pem` has signed `server.pem` for `localhost`;
/// `other.pem` has signed nothing.
struct Papers(TempDir);

impl Papers {
    fn new() -> Papers {
        let papers = Papers(tempfile::tempdir().expect("a directory"));
        let (root, issuer) = authority("known");
        let (other, _) = authority("other");
        let key = KeyPair::generate().expect("a key");
        let server = CertificateParams::new(vec!["localhost".to_owned()])
            .and_then(|params| params.signed_by(&key, &issuer))
            .expect("a certificate");
        papers.write("ca.pem", &root);
        papers.write("other.pem", &other);
        papers.write("server.pem", &server.pem());
        papers.write("server.key", &key.serialize_pem());
        papers
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).expect("a file");
    }
}

fn authority(name: &str) -> (String, Issuer<'static, KeyPair>) {
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(Vec::new()).expect("parameters");
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root = params.self_signed(&key).expect("a certificate");
    (root.pem(), Issuer::new(params, key))
}

fn settings(port: u16, security: SmtpSecurity, root: Option<PathBuf>) -> Smtp {
    Smtp {
        host: "localhost".to_owned(),
        port,
        security,
        login: Some((
            "monitor".to_owned(),
            SecretString::from(PASSWORD.to_owned()),
        )),
        from: "网巡 <monitor@example.cn>".to_owned(),
        extra_root: root,
        timeout: Duration::from_secs(20),
    }
}

fn try_courier(smtp: Smtp) -> anyhow::Result<Courier> {
    let transports = Transports {
        mail: Some(MailTransport::Smtp(Box::new(smtp))),
        ..Transports::default()
    };
    Ok(Courier::new(&transports, "wangxun/test")?)
}

async fn send(smtp: Smtp, to: &str, message: &Message) -> Attempt {
    let mut person = person();
    person.mail = Some(to.to_owned());
    let courier = try_courier(smtp).expect("a courier");
    let message = Message {
        route: Route::Mail,
        ..message.clone()
    };
    courier.send(&person, &message, message.created_at).await
}

/// The failure as (permanent, error); checks on the way that the error betrays nothing.
fn failed(attempt: Attempt) -> (bool, String) {
    let Attempt::Failed {
        permanent, error, ..
    } = attempt
    else {
        panic!("the attempt succeeded: {attempt:?}");
    };
    for secret in [PHONE, MAIL, "refused@example.cn", PASSWORD, PLAIN_LOGIN] {
        assert!(!error.contains(secret), "{error}");
    }
    assert!(error.chars().count() <= 200, "{error}");
    (permanent, error)
}

fn mails(events: &[Value]) -> Vec<&Value> {
    let is_mail = |event: &&Value| event.get("event") == Some(&json!("mail"));
    events.iter().filter(is_mail).collect()
}

fn header<'a>(mail: &'a Value, name: &str) -> Option<&'a str> {
    let headers = mail.get("headers").and_then(Value::as_array)?;
    let of_name = |pair: &&Value| {
        let key = pair.get(0).and_then(Value::as_str);
        key.is_some_and(|key| key.eq_ignore_ascii_case(name))
    };
    headers.iter().find(of_name)?.get(1)?.as_str()
}

/// A text as it is after the journey: mail knows one kind of line break.
fn lines_of(text: &str) -> Vec<&str> {
    text.trim_end().lines().collect()
}

#[tokio::test]
async fn a_mail_arrives_over_starttls_and_over_tls() {
    let papers = Papers::new();
    for (mode, security) in [
        ("starttls", SmtpSecurity::StartTls),
        ("tls", SmtpSecurity::Tls),
    ] {
        let server = MailServer::start(mode, &papers);
        let smtp = settings(server.port, security, Some(papers.path("ca.pem")));
        let message = message(HOSTILE);
        let receipt = Some("2.0.0 queued as R-1".to_owned());
        let attempt = send(smtp, MAIL, &message).await;
        assert_eq!(attempt, Attempt::Accepted { receipt }, "{mode}");

        let events = server.end();
        let [mail] = mails(&events)[..] else {
            panic!("{mode}: not one mail: {events:?}");
        };
        assert_eq!(mail.get("tls"), Some(&json!(true)), "{mode}");
        assert_eq!(mail.get("login"), Some(&json!("monitor")), "{mode}");
        assert_eq!(mail.get("sender"), Some(&json!("monitor@example.cn")));
        assert_eq!(mail.get("recipients"), Some(&json!([MAIL])));
        let text = mail.get("text").and_then(Value::as_str).expect("a text");
        assert_eq!(lines_of(text), lines_of(HOSTILE), "{mode}");
        assert_eq!(header(mail, "subject"), Some(message.subject.as_str()));
        assert_eq!(header(mail, "from"), Some("网巡 <monitor@example.cn>"));
        assert_eq!(header(mail, "to"), Some(MAIL));
        let id = format!("<{}@example.cn>", message.key);
        assert_eq!(header(mail, "message-id"), Some(id.as_str()));
        assert_eq!(
            header(mail, "date"),
            Some("Tue, 14 Nov 2017 01:00:00 +0000")
        );
        assert_eq!(header(mail, "auto-submitted"), Some("auto-generated"));
    }
}

#[tokio::test]
async fn plain_text_in_ascii_cannot_end_the_mail_early() {
    let papers = Papers::new();
    let server = MailServer::start("plain", &papers);
    let text = "one\r\n.\r\nMAIL FROM:<x@example.cn>\n.\nRCPT TO:<y@example.cn>\r.\rend\r\n..two";
    let smtp = Smtp {
        login: None,
        ..settings(server.port, SmtpSecurity::None, None)
    };
    let attempt = send(smtp, MAIL, &message(text)).await;
    assert!(matches!(attempt, Attempt::Accepted { .. }), "{attempt:?}");
    let events = server.end();
    let [mail] = mails(&events)[..] else {
        panic!("not one mail: {events:?}");
    };
    assert_eq!(mail.get("recipients"), Some(&json!([MAIL])));
    let arrived = mail.get("text").and_then(Value::as_str).expect("a text");
    let pieces = |text: &str| -> Vec<String> {
        let pieces = text.split(['\r', '\n']).filter(|piece| !piece.is_empty());
        pieces.map(str::to_owned).collect()
    };
    assert_eq!(pieces(arrived), pieces(text));
}

#[tokio::test]
async fn a_subject_cannot_add_headers() {
    let papers = Papers::new();
    let server = MailServer::start("plain", &papers);
    let mut message = message("x");
    message.subject = format!("a\r\nBcc: x@example.cn\r\n\r\nbody {}", "长".repeat(300));
    let smtp = Smtp {
        login: None,
        ..settings(server.port, SmtpSecurity::None, None)
    };
    let attempt = send(smtp, MAIL, &message).await;
    assert!(matches!(attempt, Attempt::Accepted { .. }), "{attempt:?}");
    let events = server.end();
    let [mail] = mails(&events)[..] else {
        panic!("not one mail: {events:?}");
    };
    assert_eq!(mail.get("recipients"), Some(&json!([MAIL])));
    assert_eq!(header(mail, "bcc"), None);
    let subject = header(mail, "subject").expect("a subject");
    assert!(subject.starts_with("a  Bcc: x@example.cn"), "{subject}");
    assert_eq!(subject.chars().count(), 200, "{subject}");
}

#[tokio::test]
async fn a_wrong_password_is_a_failure_that_can_be_mended() {
    let papers = Papers::new();
    let server = MailServer::start("starttls", &papers);
    let root = Some(papers.path("ca.pem"));
    let wrong = SecretString::from("wrong staple".to_owned());
    let smtp = Smtp {
        login: Some(("monitor".to_owned(), wrong)),
        ..settings(server.port, SmtpSecurity::StartTls, root)
    };
    let (permanent, error) = failed(send(smtp, MAIL, &message("x")).await);
    assert!(!permanent, "{error}");
    assert!(error.contains("535"), "{error}");
    assert!(!error.contains("wrong staple"), "{error}");
    let login = json!({"event": "login", "good": false});
    assert_eq!(server.end(), [login]);
}

#[tokio::test]
async fn nothing_is_said_to_a_server_that_cannot_prove_its_name() {
    let papers = Papers::new();
    let modes = [
        ("starttls", SmtpSecurity::StartTls),
        ("tls", SmtpSecurity::Tls),
    ];
    for (mode, security) in modes {
        let server = MailServer::start(mode, &papers);
        let (port, known) = (server.port, Some(papers.path("ca.pem")));
        let wrong_name = Smtp {
            host: "127.0.0.1".to_owned(),
            ..settings(port, security, known)
        };
        let rows = [
            (wrong_name, "not valid for name"),
            (settings(port, security, None), "UnknownIssuer"),
            (
                settings(port, security, Some(papers.path("other.pem"))),
                "UnknownIssuer",
            ),
        ];
        for (smtp, words) in rows {
            let (permanent, error) = failed(send(smtp, MAIL, &message("x")).await);
            assert!(!permanent, "{mode}: {error}");
            assert!(error.contains(words), "{mode}: {words}: {error}");
        }
        assert_eq!(server.end(), Vec::<Value>::new(), "{mode}");
    }
}

#[tokio::test]
async fn a_server_without_starttls_is_not_spoken_to_in_plain_text() {
    let papers = Papers::new();
    let server = MailServer::start("plain", &papers);
    let root = Some(papers.path("ca.pem"));
    let smtp = settings(server.port, SmtpSecurity::StartTls, root);
    let (permanent, error) = failed(send(smtp, MAIL, &message("x")).await);
    assert!(!permanent, "{error}");
    assert!(error.contains("STARTTLS"), "{error}");
    assert_eq!(server.end(), Vec::<Value>::new());
}

#[tokio::test]
async fn refusals_of_the_recipient_tell_for_good_from_for_now() {
    let papers = Papers::new();
    let server = MailServer::start("starttls", &papers);
    let rows = [
        ("refused@example.cn", true, "550"),
        ("busy@example.cn", false, "451"),
    ];
    for (to, permanent, words) in rows {
        let root = Some(papers.path("ca.pem"));
        let smtp = settings(server.port, SmtpSecurity::StartTls, root);
        let told = failed(send(smtp, to, &message("x")).await);
        assert_eq!(told.0, permanent, "{}", told.1);
        assert!(told.1.contains(words), "{}", told.1);
    }
    assert_eq!(mails(&server.end()), Vec::<&Value>::new());
}

/// A login that is missing and a sender that is not welcome are ours to mend: they say nothing of
/// the recipient.
#[tokio::test]
async fn refusals_of_the_sender_can_be_mended() {
    let papers = Papers::new();
    let server = MailServer::start("starttls", &papers);
    let root = || Some(papers.path("ca.pem"));
    let stranger = Smtp {
        login: None,
        ..settings(server.port, SmtpSecurity::StartTls, root())
    };
    let unwelcome = Smtp {
        from: "网巡 <unwelcome@example.cn>".to_owned(),
        ..settings(server.port, SmtpSecurity::StartTls, root())
    };
    for (smtp, words) in [(stranger, "530"), (unwelcome, "553")] {
        let (permanent, error) = failed(send(smtp, MAIL, &message("x")).await);
        assert!(!permanent, "{error}");
        assert!(error.contains(words), "{error}");
    }
    assert_eq!(mails(&server.end()), Vec::<&Value>::new());
}

#[tokio::test]
async fn silence_is_a_failure_for_now() {
    let papers = Papers::new();
    let server = MailServer::start("plain", &papers);
    let deaf = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let deaf_port = deaf.local_addr().expect("an address").port();
    for (port, to) in [(server.port, "hang@example.cn"), (deaf_port, MAIL)] {
        let smtp = Smtp {
            login: None,
            timeout: Duration::from_secs(3),
            ..settings(port, SmtpSecurity::None, None)
        };
        let told = failed(send(smtp, to, &message("x")).await);
        assert_eq!(
            told,
            (false, "the mail server did not answer in time".to_owned())
        );
    }
    drop(deaf);
    let refused = Smtp {
        login: None,
        ..settings(deaf_port, SmtpSecurity::None, None)
    };
    let (permanent, error) = failed(send(refused, MAIL, &message("x")).await);
    assert!(!permanent);
    assert!(error.contains("refused"), "{error}");
}

#[tokio::test]
async fn a_farewell_without_answer_does_not_undo_the_mail() {
    let papers = Papers::new();
    let server = MailServer::start("plain", &papers);
    let smtp = Smtp {
        login: None,
        ..settings(server.port, SmtpSecurity::None, None)
    };
    let attempt = send(smtp, "linger@example.cn", &message("x")).await;
    assert!(matches!(attempt, Attempt::Accepted { .. }), "{attempt:?}");
    assert_eq!(mails(&server.end()).len(), 1);
}

#[tokio::test]
async fn an_address_that_is_none_is_refused_for_good() {
    for to in [
        "nobody",
        "a@example.cn\r\nRCPT TO:<b@example.cn>",
        "a@b@c",
        "",
    ] {
        let smtp = settings(9, SmtpSecurity::None, None);
        let told = failed(send(smtp, to, &message("x")).await);
        assert_eq!(
            told,
            (true, "the mail address cannot be read".to_owned()),
            "{to:?}"
        );
    }
}

#[tokio::test]
async fn faults_of_the_configuration_are_found_at_the_start() {
    let papers = Papers::new();
    papers.write("empty.pem", "no certificate here");
    papers.write(
        "broken.pem",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    );
    let base = || settings(9, SmtpSecurity::StartTls, None);
    let root = |name: &str| Smtp {
        extra_root: Some(papers.path(name)),
        ..base()
    };
    let from = |from: &str| Smtp {
        from: from.to_owned(),
        ..base()
    };
    let foreign = Smtp {
        host: "mail.example.cn".to_owned(),
        ..settings(25, SmtpSecurity::None, None)
    };
    let rows = [
        (foreign, "mail without TLS to mail.example.cn"),
        (root("missing.pem"), "certificate authority"),
        (root("empty.pem"), "no PEM certificate"),
        (root("broken.pem"), "TLS to mail server localhost"),
        (from("monitor"), "mail sender"),
        (from("a <a@example.cn>\r\nBcc: b@example.cn"), "mail sender"),
    ];
    for (smtp, words) in rows {
        let error = try_courier(smtp).expect_err(words);
        let told = format!("{error:#}");
        assert!(told.contains(words), "{words}: {told}");
        assert!(!told.contains(PASSWORD), "{told}");
    }
}

/// Everything that is logged in this process.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("the log").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_most_talkative_log_holds_no_login_and_no_mail() {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .init();
    let papers = Papers::new();
    let server = MailServer::start("tls", &papers);
    let root = Some(papers.path("ca.pem"));
    let smtp = settings(server.port, SmtpSecurity::Tls, root);
    let attempt = send(smtp, MAIL, &message("a plain text")).await;
    assert!(matches!(attempt, Attempt::Accepted { .. }), "{attempt:?}");
    tracing::info!("the log works");
    let bytes = log.0.lock().expect("the log").clone();
    let text = String::from_utf8_lossy(&bytes);
    assert!(text.contains("the log works"));
    for secret in [PASSWORD, PLAIN_LOGIN, MAIL, "a plain text"] {
        assert!(!text.contains(secret), "{secret} is logged");
    }
}
