//! Text messages and spools, over real sockets and real files: what arrives, and what each way of
//! failing is called. The gateway here is a few lines on a loopback socket that answer by script.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "the helpers of a test fail by panicking"
)]

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use wangxun::alert::outbox::Message;
use wangxun::deliver::courier::{Attempt, Courier};
use wangxun::domain::group::Route;
use wangxun::domain::time::{Moment, moment};
use wangxun::domain::transport::{
    Gateway, GatewayBody, GatewaySuccess, MailTransport, SmsTransport, Transports,
};
use wangxun::domain::vendor::{Approved, Templates};

#[path = "support/letter.rs"]
mod letter;

use letter::{HOSTILE, MAIL, PHONE, message, person};

const TOKEN: &str = "s3cr3t-t0ken";
const OK: &str = r#"{"code":"0","data":{"id":"r-1"}}"#;

/// What the gateway does with one connection.
enum Reply {
    /// Answers with this head (status line and headers) and body.
    Answer(&'static str, String),
    /// Reads the request and says nothing until the other side leaves.
    Silence,
    /// Sends a head that promises more than comes, then waits.
    Stall(String),
    /// Sends these bytes, whatever they mean.
    Raw(&'static [u8]),
    /// Closes at once after the request.
    Close,
}

fn ok() -> Reply {
    Reply::Answer("200 OK", OK.to_owned())
}

/// A request as it came over the wire.
struct Request {
    head: String,
    body: String,
}

impl Request {
    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// Starts a gateway that answers one connection per reply, in order, and then refuses.
async fn gateway(replies: Vec<Reply>) -> (SocketAddr, UnboundedReceiver<Request>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (seen, requests) = unbounded_channel();
    tokio::spawn(async move {
        for reply in replies {
            let (mut socket, _) = listener.accept().await.expect("a connection");
            let request = read(&mut socket).await;
            // The test may have ended already; then nobody listens.
            let _ = seen.send(request);
            answer(&mut socket, reply).await;
        }
    });
    (address, requests)
}

async fn read(socket: &mut TcpStream) -> Request {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let request = Request {
                head: head.to_owned(),
                body: body.to_owned(),
            };
            let length = request.header("content-length");
            let length: usize = length.map_or(0, |length| length.parse().expect("a length"));
            if length <= body.len() {
                return request;
            }
        }
        if socket.read_buf(&mut bytes).await.expect("bytes") == 0 {
            panic!("the request broke off: {text}");
        }
    }
}

async fn answer(socket: &mut TcpStream, reply: Reply) {
    let bytes = match reply {
        Reply::Answer(head, body) => format!(
            "HTTP/1.1 {head}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .into_bytes(),
        Reply::Silence => Vec::new(),
        Reply::Stall(begin) => {
            format!("HTTP/1.1 200 OK\r\nContent-Length: 900000\r\n\r\n{begin}").into_bytes()
        }
        Reply::Raw(bytes) => bytes.to_vec(),
        Reply::Close => return,
    };
    // The client may hang up in the middle of an answer that is too long; that is its right.
    let _ = socket.write_all(&bytes).await;
    let _ = socket.read(&mut [0; 16]).await;
}

fn settings(address: SocketAddr) -> Gateway {
    Gateway {
        method: "POST".to_owned(),
        url: format!("http://{address}/send?app=1")
            .parse()
            .expect("a url"),
        headers: vec![(
            "Authorization".to_owned(),
            "Bearer {secret.token}".to_owned(),
        )],
        body: GatewayBody::Json(
            json!({"mobiles": ["{phone}"], "content": "{text}", "id": "{key}"}),
        ),
        templates: None,
        secrets: vec![("token".to_owned(), SecretString::from(TOKEN.to_owned()))],
        success: GatewaySuccess {
            statuses: vec![200],
            field: Some(("/code".to_owned(), "0".to_owned())),
            permanent: vec!["BAD_NUMBER".to_owned()],
        },
        receipt: Some("/data/id".to_owned()),
        timeout: Duration::from_secs(20),
    }
}

fn now() -> Moment {
    moment("2017-11-14T09:00:00".parse().expect("an instant"))
}

fn by(route: Route, message: Message) -> Message {
    Message { route, ..message }
}

fn courier(gateway: Gateway) -> Courier {
    try_courier(gateway).expect("a courier")
}

fn try_courier(gateway: Gateway) -> anyhow::Result<Courier> {
    // A second installation in this process is refused, which is fine.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let transports = Transports {
        sms: Some(SmsTransport::Gateway(Box::new(gateway))),
        ..Transports::default()
    };
    Ok(Courier::new(&transports, "wangxun/test")?)
}

async fn send(courier: &Courier, text: &str) -> Attempt {
    courier.send(&person(), &message(text), now()).await
}

fn accepted(receipt: Option<&str>) -> Attempt {
    Attempt::Accepted {
        receipt: receipt.map(str::to_owned),
    }
}

/// The failure as (permanent, error); checks on the way that the error betrays nothing.
fn failed(attempt: Attempt) -> (bool, String) {
    let Attempt::Failed {
        permanent, error, ..
    } = attempt
    else {
        panic!("the attempt succeeded: {attempt:?}");
    };
    for secret in [PHONE, "10000000001", MAIL, TOKEN] {
        assert!(!error.contains(secret), "{error}");
    }
    assert!(error.chars().count() <= 200, "{error}");
    assert!(!error.contains(char::is_control), "{error:?}");
    (permanent, error)
}

#[tokio::test]
async fn hostile_text_arrives_intact_as_json() {
    let (address, mut requests) = gateway(vec![ok()]).await;
    let courier = courier(settings(address));
    assert_eq!(send(&courier, HOSTILE).await, accepted(Some("r-1")));
    let request = requests.recv().await.expect("a request");
    assert!(
        request.head.starts_with("POST /send?app=1 HTTP/1.1"),
        "{}",
        request.head
    );
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert_eq!(request.header("user-agent"), Some("wangxun/test"));
    assert_eq!(
        request.header("authorization"),
        Some(format!("Bearer {TOKEN}").as_str())
    );
    let key = message("").key;
    assert_eq!(request.header("idempotency-key"), Some(key.as_str()));
    let body: Value = serde_json::from_str(&request.body).expect("JSON");
    let expected = json!({"mobiles": [PHONE], "content": HOSTILE, "id": key.as_str()});
    assert_eq!(body, expected);
}

#[tokio::test]
async fn hostile_text_arrives_intact_as_a_form_and_as_a_query() {
    for method in ["PUT", "GET"] {
        let (address, mut requests) = gateway(vec![ok()]).await;
        let courier = courier(Gateway {
            method: method.to_owned(),
            headers: vec![("Idempotency-Key".to_owned(), "own-{key}".to_owned())],
            body: GatewayBody::Form(vec![
                ("to".to_owned(), "{phone}".to_owned()),
                ("text".to_owned(), "{text}".to_owned()),
                ("sign".to_owned(), "{{{secret.token}}}".to_owned()),
            ]),
            ..settings(address)
        });
        assert_eq!(send(&courier, HOSTILE).await, accepted(Some("r-1")));
        let request = requests.recv().await.expect("a request");
        let own = format!("own-{}", message("").key);
        assert_eq!(request.header("idempotency-key"), Some(own.as_str()));
        let form = if method == "GET" {
            assert_eq!(request.body, "");
            let target = request.head.split(' ').nth(1).expect("a target");
            target
                .strip_prefix("/send?app=1&")
                .expect(target)
                .to_owned()
        } else {
            let encoding = request.header("content-type");
            assert_eq!(encoding, Some("application/x-www-form-urlencoded"));
            request.body
        };
        let pairs: Vec<(String, String)> = url::form_urlencoded::parse(form.as_bytes())
            .into_owned()
            .collect();
        let braced = format!("{{{TOKEN}}}");
        let expected = [("to", PHONE), ("text", HOSTILE), ("sign", braced.as_str())];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(pairs, expected, "{method}");
    }
}

#[tokio::test]
async fn approved_templates_travel_as_their_code_and_parameters() {
    let approved = Approved {
        code: "T-1".to_owned(),
        named: true,
        params: vec![("site".to_owned(), "{site}".to_owned())],
    };
    let templates = Templates {
        default: Some(approved),
        longest_value: 500,
        ..Templates::default()
    };
    let mut message = message("【网巡】正文");
    let values = [("site".to_owned(), HOSTILE.to_owned())];
    message.words.wording = "overdue".to_owned();
    message.words.values = values.into();
    let line: String = HOSTILE
        .chars()
        .map(|c| {
            if c.is_control() || c == '\u{202e}' {
                ' '
            } else {
                c
            }
        })
        .collect();
    let params = json!({"site": line});
    let bodies = [
        GatewayBody::Json(json!({"to": "{phone}", "code": "{template}", "params": "{params}"})),
        GatewayBody::Form(vec![
            ("code".to_owned(), "{template}".to_owned()),
            ("params".to_owned(), "{params}".to_owned()),
        ]),
    ];
    for body in bodies {
        let is_json = matches!(body, GatewayBody::Json(_));
        let (address, mut requests) = gateway(vec![ok()]).await;
        let courier = courier(Gateway {
            body,
            templates: Some(templates.clone()),
            ..settings(address)
        });
        let attempt = courier.send(&person(), &message, now()).await;
        assert_eq!(attempt, accepted(Some("r-1")));
        let request = requests.recv().await.expect("a request");
        if is_json {
            let body: Value = serde_json::from_str(&request.body).expect("JSON");
            assert_eq!(body, json!({"to": PHONE, "code": "T-1", "params": params}));
        } else {
            let pairs: Vec<_> = url::form_urlencoded::parse(request.body.as_bytes()).collect();
            assert_eq!(pairs[0].1, "T-1");
            let told: Value = serde_json::from_str(&pairs[1].1).expect("JSON");
            assert_eq!(told, params);
        }
    }
}

#[tokio::test]
async fn a_header_cannot_be_broken_out_of() {
    let (address, mut requests) = gateway(vec![ok()]).await;
    let courier = courier(Gateway {
        headers: vec![("X-Text".to_owned(), "{text}".to_owned())],
        ..settings(address)
    });
    let attempt = send(&courier, "a\r\nX-Evil: 1\r\n\r\nbody").await;
    assert_eq!(attempt, accepted(Some("r-1")));
    let request = requests.recv().await.expect("a request");
    assert_eq!(request.header("x-evil"), None);
    assert_eq!(request.header("x-text"), Some("a  X-Evil: 1    body"));
}

#[tokio::test]
async fn a_failure_passes_and_the_key_stays() {
    let replies = vec![Reply::Answer("500 Oops", "{}".to_owned()), ok()];
    let (address, mut requests) = gateway(replies).await;
    let courier = courier(settings(address));
    let (permanent, error) = failed(send(&courier, "x").await);
    assert!(!permanent);
    assert_eq!(error, "the gateway answered 500, nothing at /code");
    assert_eq!(send(&courier, "x").await, accepted(Some("r-1")));
    let first = requests.recv().await.expect("a request");
    let second = requests.recv().await.expect("a request");
    let key = "idempotency-key";
    assert!(first.header(key).is_some());
    assert_eq!(first.header(key), second.header(key));
}

#[tokio::test]
async fn answers_are_judged_by_the_rule() {
    let echo = format!(r#"{{"code":"{PHONE} {TOKEN}"}}"#);
    let rows = [
        ("200 OK", r#"{"code":"BAD_NUMBER"}"#, true, "BAD_NUMBER"),
        ("200 OK", r#"{"code":"BUSY"}"#, false, "BUSY"),
        ("200 OK", echo.as_str(), false, "+861****0001 ***"),
        ("200 OK", "<html>login</html>", false, "not JSON"),
        ("200 OK", "", false, "not JSON"),
        ("400 Bad", "{}", false, "400"),
        ("401 Who", "{}", false, "401"),
        ("429 Slow", "{}", false, "429"),
        ("302 Found\r\nLocation: /elsewhere", "{}", false, "302"),
    ];
    for (head, body, permanent, words) in rows {
        let (address, mut requests) = gateway(vec![Reply::Answer(head, body.to_owned())]).await;
        let told = failed(send(&courier(settings(address)), "x").await);
        assert_eq!(told.0, permanent, "{head}: {}", told.1);
        assert!(told.1.contains(words), "{head}: {}", told.1);
        requests.recv().await.expect("one request");
        assert!(requests.recv().await.is_none(), "{head}: a second request");
    }
}

#[tokio::test]
async fn the_gateway_may_ask_to_wait() {
    let rows = [
        ("503 Later\r\nRetry-After: 90", Some(90)),
        (
            "503 Later\r\nDate: Fri, 03 Nov 2017 01:00:00 GMT\r\nRetry-After: Fri, 03 Nov 2017 01:01:00 GMT",
            Some(60),
        ),
        ("503 Later\r\nRetry-After: soon", None),
    ];
    for (head, seconds) in rows {
        let (address, _requests) = gateway(vec![Reply::Answer(head, String::new())]).await;
        let Attempt::Failed { retry_after, .. } = send(&courier(settings(address)), "x").await
        else {
            panic!("{head}: accepted");
        };
        assert_eq!(retry_after, seconds.map(Duration::from_secs), "{head}");
    }
}

#[tokio::test]
async fn a_gateway_that_misbehaves_is_a_failure_for_now() {
    let huge = format!(r#"{{"code":"0","pad":"{}"}}"#, "x".repeat(70_000));
    let rows = [
        (Reply::Silence, "in time"),
        (Reply::Stall(r#"{"code":"0""#.to_owned()), "in time"),
        (Reply::Answer("200 OK", huge), "64 KiB"),
        (Reply::Raw(b"\x00\xff garbage\r\n\r\n"), "cannot be reached"),
        (
            Reply::Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n"),
            "in time",
        ),
        (Reply::Close, "cannot be reached"),
    ];
    let attempts = rows.map(|(reply, words)| async move {
        let (address, _requests) = gateway(vec![reply]).await;
        let courier = courier(Gateway {
            timeout: Duration::from_secs(3),
            ..settings(address)
        });
        let (permanent, error) = failed(send(&courier, "x").await);
        assert!(!permanent, "{error}");
        assert!(error.contains(words), "{words}: {error}");
    });
    futures_util::future::join_all(attempts).await;
}

#[tokio::test]
async fn a_refused_connection_is_a_failure_for_now() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let (permanent, error) = failed(send(&courier(settings(address)), "x").await);
    assert!(!permanent);
    assert!(error.contains("refused"), "{error}");
}

#[tokio::test]
async fn where_the_status_decides_a_bad_body_undoes_nothing() {
    let replies = [
        Reply::Stall(String::new()),
        Reply::Answer("200 OK", "x".repeat(70_000)),
        Reply::Answer("200 OK", "queued".to_owned()),
    ];
    for reply in replies {
        let (address, _requests) = gateway(vec![reply]).await;
        let settings = settings(address);
        let courier = courier(Gateway {
            timeout: Duration::from_secs(3),
            success: GatewaySuccess {
                field: None,
                ..settings.success
            },
            ..settings
        });
        assert_eq!(send(&courier, "x").await, accepted(None));
    }
}

#[tokio::test]
async fn receipts_are_bounded_and_clean() {
    let body = json!({"code": 0, "data": {"id": format!("a\u{1b}\n{}", "x".repeat(500))}});
    let (address, _requests) = gateway(vec![Reply::Answer("200 OK", body.to_string())]).await;
    let Attempt::Accepted {
        receipt: Some(receipt),
    } = send(&courier(settings(address)), "x").await
    else {
        panic!("no receipt");
    };
    assert_eq!(receipt.chars().count(), 128);
    assert!(receipt.starts_with("a  xxx"), "{receipt}");
}

#[tokio::test]
async fn an_unknown_certificate_stops_the_message() {
    let signed = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).expect("a key");
    let key = rustls::pki_types::PrivateKeyDer::try_from(signed.signing_key.serialize_der());
    let _ = rustls::crypto::ring::default_provider().install_default();
    let config = rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![signed.cert.der().clone()], key.expect("a key"))
        .expect("a configuration");
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let shaken = tokio::spawn(async move {
        let (socket, _) = listener.accept().await.expect("a connection");
        acceptor.accept(socket).await.is_ok()
    });
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    let courier = courier(Gateway {
        url: format!("https://localhost:{port}/").parse().expect("a url"),
        ..settings(address)
    });
    let (permanent, error) = failed(send(&courier, "x").await);
    assert!(!permanent);
    assert!(error.contains("certificate"), "{error}");
    assert!(
        !shaken.await.expect("the server"),
        "the handshake was completed"
    );
}

#[tokio::test]
async fn faults_of_the_configuration_are_found_at_the_start() {
    let base = || settings(SocketAddr::from(([127, 0, 0, 1], 9)));
    let form = |value: &str| GatewayBody::Form(vec![("to".to_owned(), value.to_owned())]);
    let header = |name: &str, value: &str| vec![(name.to_owned(), value.to_owned())];
    let rows = [
        (
            Gateway {
                body: GatewayBody::Json(json!({"a": [{"b": "{mobile}"}]})),
                ..base()
            },
            "body",
        ),
        (
            Gateway {
                body: form("{secret.none}"),
                ..base()
            },
            "body field to",
        ),
        (
            Gateway {
                body: form("{phone"),
                ..base()
            },
            "body field to",
        ),
        (
            Gateway {
                headers: header("X-Key", "{kee}"),
                ..base()
            },
            "header X-Key",
        ),
        (
            Gateway {
                headers: header("Host", "x"),
                ..base()
            },
            "\"Host\" cannot be set",
        ),
        (
            Gateway {
                headers: header("a b", "x"),
                ..base()
            },
            "\"a b\" cannot be set",
        ),
        (
            Gateway {
                method: "DELETE".to_owned(),
                ..base()
            },
            "method",
        ),
        (
            Gateway {
                method: "GET".to_owned(),
                ..base()
            },
            "method GET",
        ),
        (
            Gateway {
                url: "ftp://127.0.0.1/".parse().expect("a url"),
                ..base()
            },
            "http",
        ),
    ];
    for (gateway, words) in rows {
        let error = try_courier(gateway).expect_err(words);
        let told = format!("{error:#}");
        assert!(told.contains(words), "{words}: {told}");
        assert!(!told.contains(TOKEN), "{told}");
    }
}

#[tokio::test]
async fn a_route_without_transport_or_contact_is_refused() {
    let courier = courier(settings(SocketAddr::from(([127, 0, 0, 1], 9))));
    let by_mail = by(Route::Mail, message("x"));
    let by_mail = courier.send(&person(), &by_mail, now()).await;
    assert!(failed(by_mail).0);
    let mut nobody = person();
    nobody.phone = None;
    let by_sms = courier.send(&nobody, &message("x"), now()).await;
    assert_eq!(
        failed(by_sms),
        (true, "the person has no contact for this route".to_owned())
    );
    assert!(!format!("{courier:?}").contains(TOKEN));
}

fn spools(dir: &Path) -> Transports {
    Transports {
        sms: Some(SmsTransport::Spool(dir.join("sms"))),
        mail: Some(MailTransport::Spool {
            dir: dir.join("mail"),
            from: "网巡 <monitor@example.cn>".to_owned(),
        }),
        ..Transports::default()
    }
}

fn files(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(dir)
        .expect("a directory")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn spooled_messages_are_one_whole_file_each() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().expect("a directory");
    let courier = Courier::new(&spools(dir.path()), "wangxun/test").expect("a courier");
    let message = message(HOSTILE);
    for _ in 0..2 {
        let sms = courier.send(&person(), &message, now()).await;
        assert_eq!(sms, accepted(Some(&format!("{}.json", message.key))));
        let letter = by(Route::Mail, message.clone());
        let mail = courier.send(&person(), &letter, now()).await;
        assert_eq!(mail, accepted(Some(&format!("{}.eml", message.key))));
    }
    assert_eq!(
        files(&dir.path().join("sms")),
        [format!("{}.json", message.key)]
    );
    assert_eq!(
        files(&dir.path().join("mail")),
        [format!("{}.eml", message.key)]
    );

    let path = dir.path().join("sms").join(format!("{}.json", message.key));
    let mode = std::fs::metadata(&path)
        .expect("a file")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let bytes = std::fs::read(&path).expect("a file");
    let spooled: Value = serde_json::from_slice(&bytes).expect("JSON");
    let expected = json!({
        "key": message.key.as_str(), "phone": PHONE, "text": HOSTILE,
        "created_at": "2017-11-14T09:00:00+08:00",
    });
    assert_eq!(spooled, expected);

    let path = dir.path().join("mail").join(format!("{}.eml", message.key));
    let letter = std::fs::read_to_string(path).expect("a file");
    let (head, _) = letter.split_once("\r\n\r\n").expect("a head");
    assert!(head.is_ascii(), "{head}");
    assert!(
        head.contains(&format!("Message-ID: <{}@example.cn>", message.key)),
        "{head}"
    );
    assert!(
        head.contains("Date: Tue, 14 Nov 2017 01:00:00 +0000"),
        "{head}"
    );
    assert!(head.contains(&format!("To: {MAIL}")), "{head}");
}

#[tokio::test]
async fn a_spool_that_vanished_fails_for_now() {
    let dir = tempfile::tempdir().expect("a directory");
    let courier = Courier::new(&spools(dir.path()), "wangxun/test").expect("a courier");
    std::fs::remove_dir(dir.path().join("sms")).expect("an empty directory");
    let (permanent, error) = failed(send(&courier, "x").await);
    assert!(!permanent);
    assert_eq!(error, "spool: No such file or directory (os error 2)");

    let blocked = dir.path().join("file");
    std::fs::write(&blocked, "").expect("a file");
    let error = Courier::new(&spools(&blocked), "wangxun/test").expect_err("no directory");
    assert!(error.to_string().starts_with("spool "), "{error}");
}
