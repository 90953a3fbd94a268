//! The rehearsed site group over real sockets: what the sites answer is what the truth says, and
//! the gateway takes, refuses, repeats and fails as it was told.
#![expect(
    clippy::expect_used,
    reason = "the helpers of a test fail by panicking"
)]

use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use flate2::read::GzDecoder;
use reqwest::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use wangxun::clock::{Alarm, Clock};
use wangxun::domain::time::{Moment, moment};
use wangxun::rehearsal::Rehearsal;
use wangxun::rehearsal::gateway::Counts;
use wangxun::rehearsal::site::{Charset, Condition, SimSite};
use wangxun::rehearsal::truth::{GatewayFault, Options};

/// A rehearsal whose clock the test moves.
struct Stage {
    rehearsal: Rehearsal,
    alarm: Alarm,
    client: Client,
    dir: TempDir,
}

fn at(text: &str) -> Moment {
    moment(text.parse().expect("an instant"))
}

impl Stage {
    async fn open() -> Stage {
        // Another test of this process may have installed it already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let clock = Clock::stepped(at("2017-10-16T00:00:00"), None);
        let alarm = clock.alarm();
        let dir = TempDir::new().expect("a directory");
        let rehearsal = Rehearsal::start(Options::demo(), clock, dir.path(), None)
            .await
            .expect("a rehearsal");
        let client = Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(20))
            .build()
            .expect("a client");
        Stage {
            rehearsal,
            alarm,
            client,
            dir,
        }
    }

    async fn go_to(&mut self, at: Moment) {
        self.alarm.until(at).await;
    }

    fn url(&self, site: &SimSite, path: &str) -> String {
        let mut sites = self.rehearsal.sites().iter();
        let served = sites.find(|served| served.id == site.id).expect("a site");
        format!("http://{}{path}", served.address)
    }

    async fn get(&self, site: &SimSite, path: &str) -> reqwest::Result<Response> {
        let request = self.client.get(self.url(site, path));
        request.header(ACCEPT_ENCODING, "gzip").send().await
    }

    async fn post(&self, token: &str, body: Value) -> reqwest::Result<Response> {
        let request = self.client.post(self.rehearsal.gateway.url());
        request.bearer_auth(token).json(&body).send().await
    }
}

/// The page as text, decoded as a careful reader would, the entities of titles resolved.
async fn text(site: &SimSite, response: Response) -> String {
    let packed = response.headers().contains_key(CONTENT_ENCODING);
    let named = response.headers()[CONTENT_TYPE]
        .to_str()
        .expect("a type")
        .contains("charset");
    let mut body = response.bytes().await.expect("a body").to_vec();
    if packed {
        let mut plain = Vec::new();
        GzDecoder::new(body.as_slice())
            .read_to_end(&mut plain)
            .expect("gzip");
        body = plain;
    }
    let (encoding, declared) = match site.traits.charset {
        Charset::Gbk => (encoding_rs::GBK, "charset=gb2312"),
        Charset::Utf8 => (encoding_rs::UTF_8, "charset=utf-8"),
    };
    assert!(
        !(named && site.traits.charset == Charset::Gbk),
        "{}",
        site.id
    );
    let (text, _, faulty) = encoding.decode(&body);
    assert!(!faulty, "{}", site.id);
    assert!(text.contains(declared), "{}", site.id);
    text.replace("&ldquo;", "“")
        .replace("&#8221;", "”")
        .replace("&quot;", "\"")
}

#[tokio::test]
async fn every_list_of_every_site_shows_the_newest_title_of_the_truth() {
    let mut stage = Stage::open().await;
    for now in [
        "2017-10-16T12:00:00",
        "2017-10-24T16:30:00",
        "2017-11-13T20:00:00",
    ] {
        stage.go_to(at(now)).await;
        let truth = stage.rehearsal.truth.clone();
        let mut seen = 0;
        for site in truth.sites() {
            if truth.condition(&site.id, at(now)) != Condition::Well {
                continue;
            }
            for column in &site.columns {
                let path = site.list_path(column);
                let response = stage.get(site, &path).await.expect("an answer");
                assert_eq!(response.status(), StatusCode::OK, "{} {path}", site.id);
                let text = text(site, response).await;
                assert!(
                    text.len() > 1000 && text.contains(column.name),
                    "{}",
                    column.id
                );
                match truth.published(&column.id, at(now)).first() {
                    Some(newest) => assert!(text.contains(&newest.title), "{}", column.id),
                    None => assert!(text.contains("暂无信息"), "{}", column.id),
                }
                seen += 1;
            }
        }
        assert!(seen > 190, "{seen} lists at {now}");
    }
    let requests: u64 = stage
        .rehearsal
        .sites()
        .iter()
        .map(|site| site.requests())
        .sum();
    assert!(requests > 570, "{requests}");
    stage.rehearsal.stop().await;
}

#[tokio::test]
async fn sites_fail_when_and_how_the_truth_says() {
    let mut stage = Stage::open().await;
    let truth = stage.rehearsal.truth.clone();
    let mut episodes: Vec<_> = truth
        .sites()
        .iter()
        .flat_map(|site| site.episodes.iter().map(move |episode| (episode, site)))
        .filter(|(episode, _)| episode.from < at("2017-11-14T00:00:00"))
        .collect();
    episodes.sort_by_key(|(episode, _)| episode.from);
    assert!(episodes.len() >= 12);
    for (episode, site) in episodes {
        let path = site.list_path(site.columns.first().expect("a column"));
        stage.go_to(episode.from).await;
        let answer = tokio::time::timeout(Duration::from_millis(700), stage.get(site, &path)).await;
        let status = match answer {
            Err(_) => {
                assert_eq!(episode.condition, Condition::Silent);
                continue;
            }
            Ok(Err(_)) => {
                assert_eq!(episode.condition, Condition::Closed);
                continue;
            }
            Ok(Ok(response)) => response.status().as_u16(),
        };
        let expected = match episode.condition {
            Condition::Challenge => 403,
            Condition::ServerError => 500,
            Condition::RedirectsHome => 302,
            Condition::Maintenance | Condition::WrongPage | Condition::SoftMissing => 200,
            Condition::Well | Condition::Closed | Condition::Silent => panic!("{episode:?}"),
        };
        assert_eq!(status, expected, "{episode:?}");
    }
}

#[tokio::test]
async fn the_monitor_loses_every_site_at_once_in_one_night() {
    let mut stage = Stage::open().await;
    let truth = stage.rehearsal.truth.clone();
    stage.go_to(at("2017-10-29T04:00:00")).await;
    for site in truth.sites() {
        assert!(stage.get(site, "/").await.is_err(), "{}", site.id);
    }
    stage.go_to(at("2017-10-29T08:00:00")).await;
    let portal = truth.sites().first().expect("the portal");
    assert!(stage.get(portal, "/").await.is_ok());
}

#[tokio::test]
async fn an_unchanged_page_is_not_sent_twice_where_the_site_tags_its_pages() {
    let stage = Stage::open().await;
    let truth = stage.rehearsal.truth.clone();
    let mut tagged = 0;
    for site in truth.sites() {
        let path = site.list_path(site.columns.first().expect("a column"));
        let first = stage.get(site, &path).await.expect("an answer");
        let Some(tag) = first.headers().get(ETAG).cloned() else {
            assert!(!site.traits.etag, "{}", site.id);
            continue;
        };
        tagged += 1;
        let again = stage
            .client
            .get(stage.url(site, &path))
            .header(IF_NONE_MATCH, tag);
        let again = again.send().await.expect("an answer");
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{}", site.id);
    }
    assert!(tagged >= 6, "{tagged}");
}

#[tokio::test]
async fn the_gateway_takes_each_key_once_and_only_from_who_has_the_token() {
    let stage = Stage::open().await;
    let gateway = stage.rehearsal.gateway.clone();
    let mut heard = gateway.listen();
    let message = json!({"phone": "10000000001", "text": "【西城网巡】示例", "key": "k-1"});
    let refused = stage
        .post("wrong", message.clone())
        .await
        .expect("an answer");
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    for _ in 0..2 {
        let answer = stage
            .post(gateway.token(), message.clone())
            .await
            .expect("an answer");
        let answer: Value = answer.json().await.expect("json");
        assert_eq!(answer, json!({"code": "0", "data": {"id": "sim-000001"}}));
    }
    let nobody = json!({"phone": "nobody", "text": "x", "key": "k-2"});
    let answer = stage
        .post(gateway.token(), nobody)
        .await
        .expect("an answer");
    let answer: Value = answer.json().await.expect("json");
    assert_eq!(answer.get("code"), Some(&json!("1004")));
    let accepted = gateway.accepted();
    assert_eq!(accepted.len(), 1);
    assert_eq!(heard.recv().await.as_ref(), accepted.first());
    let counts = Counts {
        requests: 4,
        duplicates: 1,
        unauthorised: 1,
        refused: 1,
        faults: 0,
    };
    assert_eq!(gateway.counts(), counts);
}

#[tokio::test]
async fn the_gateway_fails_as_it_is_told_and_as_the_truth_plans() {
    let mut stage = Stage::open().await;
    let gateway = stage.rehearsal.gateway.clone();
    let message = |key: &str| json!({"phone": "10000000001", "text": "示例", "key": key});
    gateway.fail(Some(GatewayFault::Unavailable));
    let answer = stage
        .post(gateway.token(), message("a"))
        .await
        .expect("an answer");
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    gateway.fail(Some(GatewayFault::Silent));
    let token = gateway.token().to_owned();
    let silent = tokio::time::timeout(Duration::from_millis(400), stage.post(&token, message("a")));
    assert!(silent.await.is_err());
    assert!(gateway.accepted().is_empty());
    // The message was taken although nobody was told so: a repetition must not count twice.
    gateway.fail(Some(GatewayFault::AcceptsAndDrops));
    assert!(stage.post(&token, message("a")).await.is_err());
    gateway.fail(None);
    stage.post(&token, message("a")).await.expect("an answer");
    assert_eq!(
        (gateway.accepted().len(), gateway.counts().duplicates),
        (1, 1)
    );
    stage.go_to(at("2017-10-25T09:00:00")).await;
    let answer = stage.post(&token, message("b")).await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn the_configuration_names_every_site_and_keeps_numbers_and_the_token_private() {
    let stage = Stage::open().await;
    let dir = stage.dir.path();
    let read = |name: &str| std::fs::read_to_string(dir.join(name)).expect("a file");
    let table = |name: &str| read(name).parse::<toml::Table>().expect("TOML");
    let count =
        |table: &toml::Table, key: &str| table.get(key).and_then(|v| v.as_array().map(Vec::len));
    let sites = table("sites.toml");
    assert_eq!(
        (count(&sites, "unit"), count(&sites, "site")),
        (Some(48), Some(48))
    );
    let truth = &stage.rehearsal.truth;
    let columns: usize = truth.sites().iter().map(|site| site.columns.len()).sum();
    assert_eq!(count(&sites, "column"), Some(columns));
    assert!(count(&table("contacts.toml"), "person") > Some(100));
    assert_eq!(count(&table("calendar.toml"), "year"), Some(3));
    assert_eq!(stage.rehearsal.config_path, dir.join("monitor.toml"));
    assert!(read("monitor.toml").contains(&stage.rehearsal.gateway.url()));
    assert_eq!(read("secrets/sms-token"), stage.rehearsal.gateway.token());
    table("monitor.toml");
    for name in ["contacts.toml", "secrets/sms-token"] {
        let mode = std::fs::metadata(dir.join(name))
            .expect("a file")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}
