//! A page that is left open: it shows what others do, and what its reader unfolded stays so.

use crate::office::{Office, hand_in};

/// Lets the page ask as if a minute had passed, and waits until it shows what came back.
const ASK: &str = "new Promise(done => {
    const main = document.querySelector('main');
    new MutationObserver(() => done(main.innerText)).observe(main, {childList: true});
    const now = Date.now();
    Date.now = () => now + 120000;
    document.dispatchEvent(new Event('visibilitychange'));
})";
/// The summaries of what is unfolded.
const UNFOLDED: &str = "[...document.querySelectorAll('main details[open] > summary')]\
    .map(one => one.textContent.replace(/[（(].*/, '')).join(' ')";

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_is_unfolded_stays_so_while_forms_come_and_go() {
    let office = Office::open().await;
    let mut reader = office.enter("yunwei");
    let mut other = office.enter("yunwei");
    reader.open(&office.url("/site/kxw"));
    other.open(&office.url("/site/kxw"));
    let section = "[...document.querySelectorAll('main details')]\
        .find(one => one.textContent.includes('各版块的最新日期')).open = true";
    reader.value(section);
    for (form, until, says) in [
        ("pause", Some("2017-11-30"), "不访问、不计时"),
        ("resume", None, "暂停监测"),
    ] {
        hand_in(&mut other, form, until, "机房搬迁");
        let shown = reader.awaited(ASK);
        assert!(
            shown.as_str().is_some_and(|text| text.contains(says)),
            "{shown}"
        );
        assert_eq!(reader.value(UNFOLDED), "各版块的最新日期", "after {form}");
    }
    drop((reader, other));
    office.close().await;
}
