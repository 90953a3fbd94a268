//! Behind a proxy that signs people in: a real browser before a small proxy that calls from an address
//! of its own, and whoever goes round it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use wangxun::domain::account::Proxy;

use super::browser::Browser;
use super::{ask, four_sites, get_as};

/// From where the proxy calls.
const OWN: &str = "127.0.0.2";

/// A proxy that says who has signed in with it, and lets nobody else say so.
struct Gateway {
    address: SocketAddr,
    signed_in: Arc<Mutex<Option<&'static str>>>,
}

impl Gateway {
    async fn before(console: SocketAddr) -> Gateway {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let signed_in = Arc::new(Mutex::new(None));
        let who = Arc::clone(&signed_in);
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let who = Arc::clone(&who);
                tokio::spawn(async move {
                    // A browser opens connections that it never uses.
                    let _ = pass(socket, console, &who).await;
                });
            }
        });
        Gateway { address, signed_in }
    }

    fn sign_in(&self, who: Option<&'static str>) {
        *self.signed_in.lock().expect("who") = who;
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

/// Passes one request on in the name of who has signed in by then.
async fn pass(
    mut socket: TcpStream,
    console: SocketAddr,
    who: &Mutex<Option<&str>>,
) -> std::io::Result<()> {
    let mut asked = Vec::new();
    let length = loop {
        let mut some = [0_u8; 4096];
        let read = socket.read(&mut some).await?;
        if read == 0 {
            return Ok(());
        }
        asked.extend_from_slice(&some[..read]);
        let text = String::from_utf8_lossy(&asked).to_lowercase();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.split("content-length: ").nth(1);
            let length = length.and_then(|rest| rest.lines().next()?.parse().ok());
            if body.len() >= length.unwrap_or(0) {
                break head.len();
            }
        }
    };
    let (head, body) = asked.split_at(length);
    let mut said = String::new();
    for line in String::from_utf8_lossy(head).lines() {
        let name = line.split(':').next().expect("a name").to_lowercase();
        if !["x-remote-user", "connection"].contains(&name.as_str()) {
            said.push_str(line);
            said.push_str("\r\n");
        }
    }
    let who = *who.lock().expect("who");
    if let Some(who) = who {
        said.push_str(&format!("X-Remote-User: {who}\r\n"));
    }
    said.push_str("Connection: close");
    let from = TcpSocket::new_v4()?;
    from.bind(format!("{OWN}:0").parse().expect("an address"))?;
    let mut inner = from.connect(console).await?;
    inner.write_all(said.as_bytes()).await?;
    inner.write_all(body).await?;
    tokio::io::copy(&mut inner, &mut socket).await?;
    socket.shutdown().await
}

fn believed() -> Proxy {
    Proxy {
        from: vec![OWN.parse().expect("an address")],
        header: Some("x-remote-user".to_owned()),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_has_signed_in_with_the_proxy_sees_what_the_account_may_and_no_login() {
    let running = four_sites(believed()).await;
    let gateway = Gateway::before(running.address).await;
    let mut browser = Browser::start();
    browser.size(1366, 768);
    // Each account has the role that it has here, whatever the session said before.
    gateway.sign_in(Some("yunwei"));
    browser.open(&gateway.url("/"));
    let text = browser.text();
    for part in ["4个网站，40个栏目", "yunwei（运维人员，统一登录）"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!browser.has("form[action='/logout']") && browser.has("a[href='/messages']"));
    browser.follow("a[href='/messages']");
    assert!(browser.text().contains("单位之间的消息"));
    gateway.sign_in(Some("DanWei"));
    browser.open(&gateway.url("/"));
    let text = browser.text();
    for part in ["1个网站，10个栏目", "danwei（单位人员，统一登录）"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    browser.open(&gateway.url("/messages"));
    assert!(browser.text().contains("您的账号无权查看"));
    // Whom the proxy knows and we do not.
    gateway.sign_in(Some("waibu"));
    browser.open(&gateway.url("/site/s01"));
    let text = browser.text();
    assert!(
        text.contains("登录") && text.contains("统一登录的账号waibu尚未在本系统建立"),
        "{text}"
    );
    // Who has left the proxy has left, whatever cookie the browser still holds.
    gateway.sign_in(Some("yunwei"));
    browser.open(&gateway.url("/messages"));
    assert!(browser.text().contains("单位之间的消息"));
    gateway.sign_in(None);
    browser.open(&gateway.url("/messages"));
    let text = browser.text();
    assert!(
        text.contains("密码") && !text.contains("统一登录"),
        "{text}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_says_himself_whom_the_proxy_vouches_for() {
    let running = four_sites(believed()).await;
    let gateway = Gateway::before(running.address).await;
    let said = [("X-Remote-User", "yunwei")];
    // Past the proxy, and through it.
    let round = ask(running.address, "GET", "/", &said, &[]).await;
    assert_eq!(round.status, 303);
    assert!(round.cookie("wangxun").is_none());
    assert_eq!(
        ask(gateway.address, "GET", "/", &said, &[]).await.status,
        303
    );
    gateway.sign_in(Some("danwei"));
    let through = ask(gateway.address, "GET", "/messages", &said, &[]).await;
    assert_eq!(through.status, 403, "the proxy's word alone counts");
    // What it began is worth nothing past it, with a name that is claimed and without.
    let through = ask(gateway.address, "GET", "/", &[], &[]).await;
    let cookie = format!("wangxun={}", through.cookie("wangxun").expect("a session"));
    assert_eq!(get_as(&running, &cookie, "/").await.status, 303);
    let both = [("Cookie", cookie.as_str()), ("X-Remote-User", "danwei")];
    assert_eq!(
        ask(running.address, "GET", "/", &both, &[]).await.status,
        303
    );
    // Signing out is the proxy's business, and says so.
    let kept = [("Cookie", cookie.as_str())];
    let page = ask(gateway.address, "GET", "/site/s01", &kept, &[]).await;
    assert!(page.status == 200 && !page.body.contains("/logout"));
    // A program's token is looked at as ever; a name in a header is none.
    let program = ask(gateway.address, "GET", "/api/v1/overview", &said, &[]).await;
    assert_eq!(program.status, 200, "{}", program.body);
    let program = ask(running.address, "GET", "/api/v1/overview", &said, &[]).await;
    assert_eq!(program.status, 401);
}
