//! What a page says of the site and the column that it belongs to, and whether that contradicts
//! what is configured. Silence is no contradiction.

use super::clean;
use super::dom::{Dom, attr};
use super::refusal;
use super::view::View;
use crate::domain::group::Identity;
use crate::domain::note::Note;

/// Characters that two names must have in common, in a row, to be names of one thing.
const COMMON: usize = 4;
/// Words with which taken-over names advertise what they are used for now.
const TAKEN_OVER: [&str; 20] = [
    "娱乐城",
    "娱乐平台",
    "棋牌",
    "博彩",
    "百家乐",
    "老虎机",
    "赌场",
    "真人视讯",
    "体育投注",
    "域名出售",
    "域名转让",
    "域名交易",
    "成人视频",
    "情色",
    "私服",
    "手游",
    "页游",
    "游戏下载",
    "游戏平台",
    "domain is for sale",
];

/// The content of a meta of the guideline, trimmed; the case of its name varies, and blanks stand
/// around it.
pub fn meta<'a>(dom: &Dom<'a>, name: &str) -> Option<&'a str> {
    dom.tagged("meta").find_map(|(_, meta)| {
        let named = attr(meta, "name").is_some_and(|n| n.trim().eq_ignore_ascii_case(name));
        attr(meta, "content")
            .map(str::trim)
            .filter(|content| named && !content.is_empty())
    })
}

/// What the page says that no page of the site would say: its code, its name, or its title.
pub fn contradiction(view: &View, site: &Identity, column: Option<&str>) -> Option<Note> {
    let stated = meta(view.dom, "SiteIDCode").map(str::to_ascii_lowercase);
    let stated = stated.filter(|code| Identity::is_code(code));
    if let Some((wanted, stated)) = site.id_code.as_ref().zip(stated) {
        return (*wanted != stated).then_some(Note::OtherSiteCode { stated });
    }
    let names = [site.name.as_deref(), column];
    let known = names.into_iter().flatten().map(clean::squeezed);
    let known: Vec<String> = known.filter(|name| clean::weight(name) >= 2).collect();
    let says = |name: &String| view.source.contains(name.as_str());
    // A column's name may stand on any site; that of the site does not.
    let own = site.name.as_deref().map(clean::squeezed);
    if own.as_ref().is_some_and(says) {
        return None;
    }
    let other = other_name(view.dom, site);
    if other.is_some() || known.is_empty() || known.iter().any(says) {
        return other;
    }
    taken_over(view.dom)
}

fn other_name(dom: &Dom, site: &Identity) -> Option<Note> {
    let wanted = clean::squeezed(site.name.as_deref()?);
    let stated = meta(dom, "SiteName")?;
    let plain = clean::squeezed(stated);
    let told = clean::weight(&plain) >= COMMON && clean::weight(&wanted) >= COMMON;
    let related = is_related(&wanted, &plain) || is_related(&wanted, &refusal::title(dom));
    (told && !related).then(|| Note::OtherSiteName {
        stated: clean::line(stated, 40),
    })
}

fn taken_over(dom: &Dom) -> Option<Note> {
    let title = refusal::title(dom);
    let lower = title.to_ascii_lowercase();
    TAKEN_OVER
        .iter()
        .any(|word| lower.contains(word))
        .then(|| Note::TakenOver {
            title: clean::line(&title, 40),
        })
}

/// Whether two names share a run of characters.
fn is_related(one: &str, other: &str) -> bool {
    let chars: Vec<char> = one.chars().collect();
    chars
        .windows(COMMON)
        .any(|run| other.contains(&run.iter().collect::<String>()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::page::Page;
    use crate::extract::view;
    use url::Url;

    fn says(head: &str, name: Option<&str>, code: Option<&str>) -> Option<Note> {
        let page = Page {
            url: Url::parse("http://www.a.gov.cn/tzgg/").unwrap(),
            status: 200,
            content_type: None,
            body: format!("<html><head>{head}</head><body>通知</body></html>").into_bytes(),
        };
        let site = Identity {
            name: name.map(str::to_owned),
            id_code: code.map(str::to_owned),
        };
        let today = "2018-03-18".parse().unwrap();
        view::of(&page, today, |view| {
            contradiction(view, &site, Some("通知公告"))
        })
        .ok()
        .flatten()
    }

    #[test]
    fn only_what_the_page_says_otherwise_is_a_contradiction() {
        let name = Some("北京市西城区民政局");
        let code = Some("1100000001");
        let cases = [
            ("nothing said", "<title>首页</title>", name, code, false),
            (
                "the code in another case and with blanks",
                "<meta name=' siteidcode ' content=' 1100000001 '>",
                name,
                code,
                false,
            ),
            (
                "another code",
                "<meta name=SiteIDCode content=1100000002>",
                name,
                code,
                true,
            ),
            (
                "no code at all",
                "<meta name=SiteIDCode content=待定>",
                name,
                code,
                false,
            ),
            (
                "another name and the same code",
                "<meta name=SiteName content=某某健康网资讯><meta name=SiteIDCode content=1100000001>",
                name,
                code,
                false,
            ),
            (
                "the short name",
                "<meta name=SiteName content=西城区民政局网站>",
                name,
                None,
                false,
            ),
            (
                "another name",
                "<meta name=SiteName content=某某健康网资讯>",
                name,
                None,
                true,
            ),
            (
                "another name, and the column's name",
                "<meta name=SiteName content=某某健康网资讯><title>通知公告</title>",
                name,
                None,
                true,
            ),
            (
                "another name, and ours in the title",
                "<meta name=SiteName content=某某健康网资讯><title>西城区民政局</title>",
                name,
                None,
                false,
            ),
            (
                "a game site",
                "<title>最新手游_游戏平台</title>",
                name,
                None,
                true,
            ),
            (
                "a game site, no name known",
                "<title>棋牌大全</title>",
                None,
                None,
                true,
            ),
            (
                "games in a column's title",
                "<title>通知公告：整治游戏平台</title>",
                name,
                None,
                false,
            ),
        ];
        for (what, head, name, code, wrong) in cases {
            let said = says(head, name, code);
            assert_eq!(said.is_some(), wrong, "{what}: {said:?}");
        }
    }
}
