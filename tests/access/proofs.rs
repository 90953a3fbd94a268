//! The copy of a page on which an inspection found what people have to judge.

use wangxun::daemon::visit::digest_of;
use wangxun::domain::account::Proxy;
use wangxun::domain::candidate::{Candidate, Snippet, Suspicion};
use wangxun::domain::id::SiteId;
use wangxun::domain::words::WordKind;
use wangxun::store::commit::Commit;

use crate::console::now;
use crate::{ask, busy_desk, four_sites, four_sites_with, get_as, signed_in};

/// A wrong word on a page of the site of unit 1.
fn wrong_word(copy: Option<String>) -> Candidate {
    Candidate {
        site: SiteId::parse("s01").expect("an id"),
        page: "http://s01.example.cn/a/1.html".to_owned(),
        title: "关于布署工作的通知".to_owned(),
        suspicion: Suspicion::Word {
            text: "布署".to_owned(),
            kind: WordKind::Wrong,
            instead: Some("部署".to_owned()),
            remark: None,
        },
        snippet: Snippet {
            before: "会议".to_owned(),
            hit: "布署".to_owned(),
            after: "了工作".to_owned(),
        },
        seen_on: None,
        copy,
        first_at: now(),
        seen_at: now(),
        gone_at: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_candidate_leads_to_the_copy_that_proves_it() {
    let running = four_sites(Proxy::default()).await;
    let body = "<html><body>\n<p>会议布署了工作</p>\n<script>alert(1)</script>\n</body></html>";
    let digest = digest_of(body.as_bytes());
    let store = &running.store;
    let kept = store.keep_body(&digest, body.as_bytes().to_vec()).await;
    kept.expect("kept");
    let mut commit = Commit::at(now());
    commit.candidates = vec![wrong_word(Some(digest.clone()))];
    store.commit(commit).await.expect("a commit");
    let path = format!("/copy/s01?digest={digest}");
    let office = signed_in(&running, "kaoping").await;
    let list = get_as(&running, &office, "/candidates").await.body;
    assert!(
        list.contains(&format!("href=\"{path}\">页面副本")),
        "{list}"
    );
    let copy = get_as(&running, &office, &path).await;
    assert_eq!(copy.status, 200, "{}", copy.body);
    for part in [
        "<h1>页面副本",
        "http://s01.example.cn/a/1.html",
        "应为“部署”",
        "<mark>&#60;p&#62;会议布署了工作",
        "&#60;script&#62;alert(1)",
    ] {
        assert!(copy.body.contains(part), "{part}: {}", copy.body);
    }
    assert!(!copy.body.contains("列表行") && !copy.body.contains("首页副本"));
    let api = format!("/api/v1/copies/s01?digest={digest}");
    let answer = get_as(&running, &office, &api).await;
    assert!(
        answer.status == 200 && answer.body.contains("应为“部署”"),
        "{}",
        answer.body
    );
    let found = get_as(&running, &office, "/api/v1/candidates").await.body;
    assert!(found.contains(&format!("\"copy\":\"{digest}\"")), "{found}");
    // Of another site it is unknown, and to the unit too: nobody has confirmed anything.
    let unit = signed_in(&running, "danwei").await;
    let other = format!("/copy/s02?digest={digest}");
    for (who, path) in [(&office, &other), (&unit, &path), (&unit, &api)] {
        assert_eq!(get_as(&running, who, path).await.status, 404, "{path}");
    }
}

/// A form that is shown again has what was chosen, never another choice, which would be made by whoever
/// mends the rest; nothing is chosen beforehand.
#[tokio::test(flavor = "multi_thread")]
async fn a_decision_that_is_refused_or_interrupted_keeps_what_was_chosen() {
    let running = four_sites_with(Proxy::default(), Some(busy_desk())).await;
    let candidate = wrong_word(None);
    let key = candidate.key();
    let mut commit = Commit::at(now());
    commit.candidates = vec![candidate];
    running.store.commit(commit).await.expect("a commit");
    let office = signed_in(&running, "kaoping").await;
    let path = "/candidates?state=waiting&page=1";
    let page = get_as(&running, &office, path).await;
    assert!(!page.body.contains(" selected"), "{}", page.body);
    let form = page.form();
    for choice in ["confirmed", "serious", "rejected", "commented"] {
        let typed = [
            ("form", form.as_str()),
            ("do", "decide"),
            ("key", key.as_str()),
            ("decided", choice),
            ("reason", "   "),
        ];
        let headers = [("Cookie", office.as_str())];
        let again = ask(running.address, "POST", path, &headers, &typed).await;
        assert_eq!(again.status, 422, "{}", again.body);
        assert_eq!(chosen(&again.body), [choice], "{}", again.body);
    }
    // The session ended meanwhile: what was typed is found again after signing in.
    let typed = [
        ("form", "of-the-former-session"),
        ("do", "decide"),
        ("key", key.as_str()),
        ("decided", "rejected"),
        ("reason", "quoted"),
    ];
    let lost = ask(running.address, "POST", path, &[], &typed).await;
    assert_eq!(lost.status, 401);
    let kept = format!("do=decide&key={key}&decided=rejected&reason=quoted");
    let escaped = kept.replace('&', "%26").replace('=', "%3D");
    assert!(lost.body.contains("decided=rejected"), "{}", lost.body);
    let form = lost.form();
    let fields = [
        ("form", form.as_str()),
        ("name", "kaoping"),
        ("password", crate::PASSWORD),
        ("next", "/candidates?state=waiting%26page=1"),
        ("typed", &escaped),
    ];
    let cookie = format!("wangxun-form={form}");
    let headers = [("Cookie", cookie.as_str())];
    let entered = ask(running.address, "POST", "/login", &headers, &fields).await;
    let session = entered.cookie("wangxun").expect("a session");
    let again = get_as(&running, &format!("wangxun={session}"), path).await;
    assert!(again.body.contains("尚未提交"), "{}", again.body);
    assert_eq!(chosen(&again.body), ["rejected"], "{}", again.body);
}

/// The values of the options that are chosen.
fn chosen(page: &str) -> Vec<&str> {
    let options = page.split("<option value=\"").skip(1);
    let values = options.filter_map(|rest| rest.split_once('"'));
    let chosen = values.filter(|(_, rest)| rest.starts_with(" selected"));
    chosen.map(|(value, _)| value).collect()
}
