//! Hosts that do not answer, or not in time.

use std::time::Duration;

use tokio::net::{TcpSocket, TcpStream};
use url::Url;
use wangxun::domain::access::Access;
use wangxun::domain::visit::{Failure, Outcome};

use crate::site::{Greeting, Reply, Site};
use crate::{HTML, access, failure, nobody, ok, visit};

#[tokio::test]
async fn nobody_at_the_address_is_told_from_no_address() {
    let (url, _held) = nobody();
    assert_eq!(failure(&url, &access()).await, Failure::Refused);

    // No resolver is asked for a label longer than DNS allows.
    let url = format!("http://{}.example.gov.cn/", "a".repeat(64));
    let url = Url::parse(&url).expect("an address");
    assert_eq!(failure(&url, &access()).await, Failure::Dns);

    for text in ["ftp://127.0.0.1/", "file:///etc/hosts", "data:text/html,x"] {
        let url = Url::parse(text).expect("an address");
        assert_eq!(failure(&url, &access()).await, Failure::BadAnswer, "{text}");
    }
}

#[tokio::test]
async fn each_kind_of_waiting_has_its_own_end() {
    let short = Duration::from_millis(200);
    let drip = Duration::from_millis(20);
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n";
    let site = Site::plain(move |request| match request.path.as_str() {
        "/silent" => Reply::Stall(Vec::new()),
        "/slow-head" => Reply::Drip(b"HTTP/1.1 200 OK\r\nX: ".to_vec(), drip),
        "/slow-body" => Reply::Drip(head.to_vec(), drip),
        _ => Reply::Stall(head.to_vec()),
    })
    .await;
    let by_first_byte = Access {
        first_byte_timeout: short,
        ..access()
    };
    let by_total = Access {
        total_timeout: short,
        ..access()
    };
    let cases = [
        ("/silent", &by_first_byte, Failure::FirstByteTimeout),
        ("/slow-head", &by_first_byte, Failure::FirstByteTimeout),
        ("/silent", &by_total, Failure::TotalTimeout),
        ("/slow-body", &by_total, Failure::TotalTimeout),
        ("/stuck-body", &by_total, Failure::TotalTimeout),
    ];
    for (path, access, expected) in cases {
        let visit = visit(&site.url(path), access).await;
        assert_eq!(visit.outcome, Outcome::Failed(expected), "{path}");
        assert!(200 <= visit.took_ms, "{path} {}", visit.took_ms);
    }
}

#[tokio::test]
async fn a_connection_that_is_not_made_in_time_is_a_connect_timeout() {
    let access = Access {
        connect_timeout: Duration::from_millis(300),
        http_fallback: false,
        ..access()
    };
    // A full queue: the system leaves further connections unanswered.
    let socket = TcpSocket::new_v4().expect("a socket");
    socket
        .bind("127.0.0.1:0".parse().expect("an address"))
        .expect("a port");
    let listener = socket.listen(0).expect("a listener");
    let address = listener.local_addr().expect("an address");
    let mut waiting = Vec::new();
    while let Ok(Ok(stream)) =
        tokio::time::timeout(Duration::from_millis(300), TcpStream::connect(address)).await
    {
        waiting.push(stream);
    }
    let url = Url::parse(&format!("http://{address}/")).expect("an address");
    assert_eq!(failure(&url, &access).await, Failure::ConnectTimeout);

    let site = Site::greeting(Greeting::Silence, |_| ok(HTML)).await;
    let url = site.url_by("https", "localhost", "/");
    assert_eq!(failure(&url, &access).await, Failure::ConnectTimeout);
}
