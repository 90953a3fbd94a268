//! The console without script: a page reloads itself where nobody can be filling in a form.

use wangxun::domain::account::Proxy;

use crate::{four_sites, get_as, signed_in};

#[tokio::test(flavor = "multi_thread")]
async fn no_page_with_a_form_reloads_itself() {
    let running = four_sites(Proxy::default()).await;
    let mut seen = [0, 0];
    for who in ["yunwei", "kanke", "danwei"] {
        let cookie = signed_in(&running, who).await;
        for path in [
            "/",
            "/site/s01",
            "/column/s01/c00",
            "/incidents",
            "/messages",
            "/candidates",
            "/trend",
        ] {
            let page = get_as(&running, &cookie, path).await;
            if page.status != 200 {
                continue;
            }
            let reloads = page.body.contains("http-equiv=\"refresh\"");
            let (_, main) = page.body.split_once("<main").expect("a body");
            let live = main.starts_with(" id=\"main\" tabindex=\"-1\" data-live");
            // A list that is narrowed by one choice loses nothing that was typed.
            let form = main.contains("method=\"post\"") || main.contains("<input ");
            assert_eq!(reloads, live && !form, "{path} as {who}");
            seen[usize::from(form)] += 1;
        }
    }
    assert!(seen.iter().all(|count| *count > 2), "{seen:?}");
}
