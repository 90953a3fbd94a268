//! A gateway of a vendor on a loopback socket. It takes a request apart as it came over the wire,
//! proves its signature by an implementation of its own (on `ring`, not on what the program uses)
//! and answers as it is told.
#![allow(dead_code, reason = "not every test uses every part")]

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use ring::{digest, hmac};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// A request as it came over the wire.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: String,
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    pub fn path(&self) -> &str {
        self.target.split('?').next().expect("a path")
    }

    /// The query as it was sent.
    pub fn query(&self) -> &str {
        self.target.split_once('?').map_or("", |(_, query)| query)
    }

    /// The value of a pair of the query.
    pub fn param(&self, name: &str) -> Option<String> {
        let pairs = url::form_urlencoded::parse(self.query().as_bytes());
        let found = pairs.into_owned().find(|(key, _)| key == name);
        found.map(|(_, value)| value)
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).expect("JSON")
    }
}

/// A vendor that answers.
pub struct Vendor {
    pub address: SocketAddr,
    seen: Arc<Mutex<Vec<Request>>>,
}

impl Vendor {
    /// Answers every request with a status and a body.
    pub async fn serve(
        answer: impl Fn(&Request) -> (u16, String) + Send + Sync + 'static,
    ) -> Vendor {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let seen: Arc<Mutex<Vec<Request>>> = Arc::default();
        let (answer, list) = (Arc::new(answer), Arc::clone(&seen));
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let (answer, list) = (Arc::clone(&answer), Arc::clone(&list));
                tokio::spawn(async move { converse(socket, &*answer, &list).await });
            }
        });
        Vendor { address, seen }
    }

    pub fn url(&self, path: &str) -> url::Url {
        format!("http://{}{path}", self.address)
            .parse()
            .expect("a url")
    }

    /// The requests so far.
    pub fn seen(&self) -> Vec<Request> {
        self.seen.lock().expect("the list").clone()
    }
}

async fn converse(
    mut socket: TcpStream,
    answer: &(dyn Fn(&Request) -> (u16, String) + Send + Sync),
    seen: &Mutex<Vec<Request>>,
) {
    let Some(request) = read(&mut socket).await else {
        return;
    };
    let (status, body) = answer(&request);
    seen.lock().expect("the list").push(request);
    let head = format!(
        "HTTP/1.1 {status} Told\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    // The other side may hang up in the middle of an answer that is too long.
    let _ = socket.write_all(format!("{head}{body}").as_bytes()).await;
    let _ = socket.shutdown().await;
}

async fn read(socket: &mut TcpStream) -> Option<Request> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let mut lines = head.lines();
            let mut first = lines.next()?.split(' ');
            let headers: Vec<(String, String)> = lines
                .filter_map(|line| line.split_once(':'))
                .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
                .collect();
            let request = Request {
                method: first.next()?.to_owned(),
                target: first.next()?.to_owned(),
                headers,
                body: body.to_owned(),
            };
            let length = request.header("content-length").unwrap_or("0");
            if length.parse::<usize>().expect("a length") <= body.len() {
                return Some(request);
            }
        }
        if socket.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn sha256(text: &str) -> String {
    hex(digest::digest(&digest::SHA256, text.as_bytes()).as_ref())
}

fn hmac_of(key: &[u8], text: &str) -> Vec<u8> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    hmac::sign(&key, text.as_bytes()).as_ref().to_vec()
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// The parts of an `Authorization` header: scheme, credential, signed headers, signature.
fn authorization(request: &Request) -> Option<(&str, &str, &str, &str)> {
    let (scheme, rest) = request.header("authorization")?.split_once(' ')?;
    let mut parts = rest.split(',').map(str::trim);
    let credential = parts.next()?.strip_prefix("Credential=")?;
    let signed = parts.next()?.strip_prefix("SignedHeaders=")?;
    let signature = parts.next()?.strip_prefix("Signature=")?;
    Some((scheme, credential, signed, signature))
}

/// The canonical headers that `signed` names; `None` when one of them was not sent.
fn canonical(request: &Request, signed: &str) -> Option<String> {
    signed
        .split(';')
        .map(|name| Some(format!("{name}:{}\n", request.header(name)?)))
        .collect()
}

/// Whether Alibaba Cloud would take the request for one of the key `id`.
pub fn is_signed_acs3(request: &Request, id: &str, secret: &str) -> bool {
    let Some((scheme, credential, signed, signature)) = authorization(request) else {
        return false;
    };
    let Some(headers) = canonical(request, signed) else {
        return false;
    };
    // Every header of the vendor, and the host, must be signed.
    let of_vendor = |name: &str| name.starts_with("x-acs-") || name == "host";
    let names = request.headers.iter().map(|(name, _)| name.as_str());
    let all_signed = names
        .filter(|name| of_vendor(name))
        .all(|name| signed.split(';').any(|one| one == name));
    let digest = sha256(&request.body);
    let mut pairs: Vec<&str> = request.query().split('&').collect();
    pairs.sort_unstable();
    let whole = format!(
        "{}\n{}\n{}\n{headers}\n{signed}\n{digest}",
        request.method,
        request.path(),
        pairs.join("&"),
    );
    let expected = hmac_of(
        secret.as_bytes(),
        &format!("ACS3-HMAC-SHA256\n{}", sha256(&whole)),
    );
    scheme == "ACS3-HMAC-SHA256"
        && credential == id
        && all_signed
        && request.header("x-acs-content-sha256") == Some(&digest)
        && signature == hex(&expected)
}

/// Whether Tencent Cloud would take the request for one of the key `id` to `service`.
pub fn is_signed_tc3(request: &Request, service: &str, id: &str, secret: &str) -> bool {
    let Some((scheme, credential, signed, signature)) = authorization(request) else {
        return false;
    };
    let Some(headers) = canonical(request, signed) else {
        return false;
    };
    let Some(seconds) = request.header("x-tc-timestamp") else {
        return false;
    };
    let at = chrono::DateTime::from_timestamp(seconds.parse().expect("a number"), 0);
    let day = at.expect("an instant").format("%Y-%m-%d").to_string();
    let scope = format!("{day}/{service}/tc3_request");
    let whole = format!(
        "{}\n/\n\n{headers}\n{signed}\n{}",
        request.method,
        sha256(&request.body)
    );
    let key = hmac_of(format!("TC3{secret}").as_bytes(), &day);
    let key = hmac_of(&hmac_of(&key, service), "tc3_request");
    let to_sign = format!("TC3-HMAC-SHA256\n{seconds}\n{scope}\n{}", sha256(&whole));
    scheme == "TC3-HMAC-SHA256"
        && credential == format!("{id}/{scope}")
        && signed.split(';').any(|name| name == "content-type")
        && signed.split(';').any(|name| name == "host")
        && signature == hex(&hmac_of(&key, &to_sign))
}

/// The document that cloud MAS was sent, if its `mac` is that of `secret`.
pub fn mas_document(body: &str, secret: &str) -> Option<serde_json::Value> {
    use base64::Engine as _;
    use md5::Digest as _;
    let bytes = base64::engine::general_purpose::STANDARD.decode(body);
    let document: serde_json::Value = serde_json::from_slice(&bytes.ok()?).ok()?;
    let text = |name: &str| document[name].as_str().unwrap_or_default().to_owned();
    let middle = match document.get("templateId") {
        Some(_) => text("templateId") + &text("mobiles") + &text("params"),
        None => text("mobiles") + &text("content"),
    };
    let whole = text("ecName") + &text("apId") + secret + &middle + &text("sign");
    let whole = whole + &text("addSerial");
    let mac = hex(&md5::Md5::digest(whole.as_bytes()));
    (text("mac") == mac).then_some(document)
}

/// The `sign` that DingTalk expects.
pub fn dingtalk_sign(secret: &str, millis: &str) -> String {
    base64(&hmac_of(secret.as_bytes(), &format!("{millis}\n{secret}")))
}

/// The `sign` that Feishu expects.
pub fn feishu_sign(secret: &str, seconds: &str) -> String {
    base64(&hmac_of(format!("{seconds}\n{secret}").as_bytes(), ""))
}

/// Whether the request is signed as the Standard Webhooks specification says.
pub fn is_signed_webhook(request: &Request, secret: &str) -> bool {
    use base64::Engine as _;
    let Some(key) = secret.strip_prefix("whsec_") else {
        return false;
    };
    let key = base64::engine::general_purpose::STANDARD
        .decode(key)
        .expect("base64");
    let header = |name| request.header(name).unwrap_or_default();
    let whole = format!(
        "{}.{}.{}",
        header("webhook-id"),
        header("webhook-timestamp"),
        request.body
    );
    let expected = format!("v1,{}", base64(&hmac_of(&key, &whole)));
    header("webhook-signature") == expected
}
