//! Connections that are kept, and those that are not.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use url::Url;
use wangxun::domain::visit::{Failure, Outcome, Validators, Visit};
use wangxun::fetch::client::Fetcher;

use crate::site::bytes;
use crate::{HTML, access, fetcher, page};

/// A server that answers `answers` requests on each connection, takes one more, and parts without a
/// word; how many connections it had.
async fn server(answers: usize) -> (Url, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let connections = Arc::new(AtomicUsize::new(0));
    let count = connections.clone();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(async move {
                for _ in 0..answers {
                    if !takes_request(&mut socket).await {
                        return;
                    }
                    let _ = socket.write_all(&bytes("200 OK", "", HTML)).await;
                }
                takes_request(&mut socket).await;
            });
        }
    });
    let url = Url::parse(&format!("http://{address}/a/")).expect("an address");
    (url, connections)
}

async fn takes_request(socket: &mut tokio::net::TcpStream) -> bool {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match socket.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return false,
        }
    }
    true
}

async fn pages(fetcher: &Fetcher, url: &Url, number: usize) -> Vec<Visit> {
    let mut visits = Vec::new();
    for page in 0..number {
        let url = url.join(&format!("{page}.html")).expect("an address");
        visits.push(fetcher.visit(&url, &access(), &Validators::default()).await);
    }
    visits
}

#[tokio::test]
async fn many_pages_come_over_one_connection_where_it_is_kept() {
    let (url, connections) = server(usize::MAX).await;
    for visit in pages(&fetcher().keeping(), &url, 5).await {
        assert_eq!(page(&visit).status, 200);
    }
    assert_eq!(connections.load(Ordering::SeqCst), 1);
    for visit in pages(&fetcher(), &url, 3).await {
        assert_eq!(page(&visit).status, 200);
    }
    assert_eq!(connections.load(Ordering::SeqCst), 4);
}

#[tokio::test]
async fn a_kept_connection_that_has_ended_is_no_fault_of_the_site() {
    let (url, connections) = server(2).await;
    let fetcher = fetcher().keeping();
    for visit in pages(&fetcher, &url, 6).await {
        assert_eq!(page(&visit).status, 200, "{visit:?}");
    }
    for number in 0..3 {
        let url = url.join(&format!("{number}")).expect("an address");
        assert_eq!(fetcher.check(&url, &access()).await, Ok(()));
    }
    assert!(3 < connections.load(Ordering::SeqCst));
}

#[tokio::test]
async fn a_site_that_always_parts_without_a_word_is_told_as_that() {
    let (url, connections) = server(0).await;
    for visit in pages(&fetcher().keeping(), &url, 2).await {
        assert_eq!(visit.outcome, Outcome::Failed(Failure::Closed));
    }
    assert_eq!(
        connections.load(Ordering::SeqCst),
        4,
        "each is asked anew once"
    );
}
