//! What is known of a site so far, and which address is worth the next visit. The order does not
//! depend on time or chance, and knowing the same sheets is knowing the same.

use std::collections::{BTreeMap, BTreeSet};

use url::Url;

use super::met::{LeftOut, Met, Way, Why, left_out, way};
use super::name;
use super::place;
use super::sheet::{Seen, Sheet};
use crate::domain::dictionary;
use crate::domain::finding::Finding;
use crate::extract::outline::{Link, Place};

/// The most addresses that wait.
const QUEUE: usize = 5000;
/// The most links that were left out and are told of.
const LEFT_OUT: usize = 200;
/// The most ways in which one address is remembered to have been met.
const WAYS: usize = 8;
/// The heaviest name of a column.
const NAME_WEIGHT: usize = 15;
/// Columns below which articles are looked at too: their trails may lead to more.
const FEW: usize = 3;
/// The most articles that are looked at for their trails.
const ARTICLES: usize = 12;
/// Links of an entrance page: it leads to the home page and little else.
const ENTRANCE_LINKS: usize = 8;

/// Links that turn the pages of a list, or serve the page itself.
const OF_PAGE: [&str; 10] = [
    "上一页",
    "下一页",
    "上页",
    "下页",
    "尾页",
    "末页",
    "返回",
    "返回顶部",
    "打印",
    "关闭",
];

/// The address of the next visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Errand {
    /// Where to.
    pub url: Url,
    /// How many links lie between the home page and there.
    pub depth: u8,
    /// Whether it is the home page, which is no column.
    pub is_home: bool,
}

/// An address that waits, and what makes it come before others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Turn {
    depth: u8,
    rank: u8,
    order: usize,
}

/// What is known of a site.
#[derive(Debug, Clone)]
pub struct Survey {
    home: Url,
    deepest: u8,
    sheets: Vec<Sheet>,
    done: BTreeSet<String>,
    queue: BTreeMap<Turn, Url>,
    turns: BTreeMap<String, Turn>,
    met: BTreeMap<String, Met>,
    left_out: BTreeMap<String, LeftOut>,
    order: usize,
    /// Articles of the home page, for when its menus lead nowhere.
    articles: Vec<Url>,
    /// Exact addresses of the home page behind its entrance, which count as the home page too.
    homes: BTreeSet<Url>,
}

impl Survey {
    /// Nothing is known of the site of `home` yet; pages up to `deepest` links away are looked at.
    pub fn new(home: Url, deepest: u8) -> Survey {
        let mut survey = Survey {
            homes: BTreeSet::from([home.clone()]),
            deepest,
            sheets: Vec::new(),
            done: BTreeSet::new(),
            queue: BTreeMap::new(),
            turns: BTreeMap::new(),
            met: BTreeMap::new(),
            left_out: BTreeMap::new(),
            order: 0,
            articles: Vec::new(),
            home,
        };
        let home = survey.home.clone();
        survey.wait(&home, 0, 0);
        survey
    }

    /// The next address, which keeps waiting until its sheet is entered.
    pub fn next(&self) -> Option<Errand> {
        let Some((turn, url)) = self.queue.first_key_value() else {
            return self.next_article();
        };
        Some(Errand {
            url: url.clone(),
            depth: turn.depth,
            is_home: self.is_home(url),
        })
    }

    /// Where menus are made by scripts, the trails of articles still lead to columns.
    fn next_article(&self) -> Option<Errand> {
        if self.columns() >= FEW {
            return None;
        }
        let mut articles = self.articles.iter();
        let url = articles.find(|url| !self.done.contains(&place::key(url)))?;
        Some(Errand {
            url: url.clone(),
            depth: 1,
            is_home: false,
        })
    }

    /// The home page as it was given.
    pub fn home(&self) -> &Url {
        &self.home
    }

    /// What was visited, in order.
    pub fn sheets(&self) -> &[Sheet] {
        &self.sheets
    }

    /// How an address was met.
    pub fn met(&self, url: &Url) -> Option<&Met> {
        self.met.get(&place::key(url))
    }

    /// The links that were not followed.
    pub fn left_out(&self) -> impl Iterator<Item = &LeftOut> {
        let told = self.left_out.iter();
        told.filter(|(key, _)| !self.done.contains(*key))
            .map(|(_, left)| left)
    }

    /// How many requests were made.
    pub fn requests(&self) -> usize {
        self.sheets.iter().map(|sheet| sheet.requests).sum()
    }

    /// How many addresses wait.
    pub fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// How many of the pages are lists with dates.
    pub fn columns(&self) -> usize {
        let listings = self
            .sheets
            .iter()
            .filter_map(|sheet| sheet.seen()?.listing.as_ref());
        listings
            .filter(|listing| listing.is_list && matches!(listing.finding, Finding::Dated(_)))
            .count()
    }

    /// Whether an address is the home page, or was found to be it behind an entrance.
    pub fn is_home(&self, url: &Url) -> bool {
        self.homes.contains(url) || place::key(url) == place::key(&self.home)
    }

    /// Takes in what a visit brought, with the links that it shows.
    pub fn enter(&mut self, sheet: Sheet) {
        self.finish(&sheet.url);
        if let Some(seen) = sheet.seen() {
            self.finish(&seen.arrived);
            let of_home = self.is_home(&sheet.url);
            if of_home {
                self.behind_the_entrance(seen);
            }
            self.follow(seen, sheet.depth, of_home);
        }
        self.sheets.push(sheet);
    }

    fn finish(&mut self, url: &Url) {
        let key = place::key(url);
        if self.homes.contains(url) {
            self.done.insert(url.to_string());
            self.take_turn(url.as_str());
        }
        self.take_turn(&key);
        self.done.insert(key);
    }

    fn take_turn(&mut self, key: &str) {
        if let Some(turn) = self.turns.remove(key) {
            self.queue.remove(&turn);
        }
    }

    /// An entrance page leads to the home page itself, often under the name of the same folder.
    fn behind_the_entrance(&mut self, seen: &Seen) {
        let links = &seen.outline.links;
        let entries = links.iter().map(|link| &link.url);
        let to_home = entries.filter(|url| place::key(url) == place::key(&self.home));
        let to_home = to_home.take(usize::from(links.len() <= ENTRANCE_LINKS));
        let beyond: Vec<Url> = seen.outline.jump.iter().chain(to_home).cloned().collect();
        for url in beyond {
            let news = url != seen.arrived && self.homes.len() < 4;
            if news && place::is_same_host(&url, &self.home) && self.homes.insert(url.clone()) {
                self.wait_as(url.to_string(), &url, 0, 0);
            }
        }
    }

    fn follow(&mut self, seen: &Seen, depth: u8, of_home: bool) {
        for (name, url) in &seen.outline.breadcrumb {
            if let Some(url) = url {
                self.meet(url, Way::Trail, name);
            }
        }
        let depth = if of_home { 1 } else { depth.saturating_add(1) };
        for link in &seen.outline.links {
            self.offer(link, depth);
            let plain = link.place == Place::Other && place::is_same_host(&link.url, &self.home);
            let room = of_home && self.articles.len() < ARTICLES;
            if room && plain && place::is_article(&link.url) {
                self.articles.push(link.url.clone());
            }
        }
    }

    /// Decides about a link: it waits, is left out, or is passed over in silence.
    fn offer(&mut self, link: &Link, depth: u8) {
        let name = match &link.place {
            Place::More(heading) => heading.as_str(),
            _ => link.text.as_str(),
        };
        let name = name::trimmed(name);
        let way = way(&link.place);
        let weighs = crate::extract::clean::weight(name);
        let fits = weighs <= NAME_WEIGHT && (weighs >= 2 || way == Way::More || name.is_empty());
        let fits = fits && !OF_PAGE.contains(&name);
        let is_page = place::is_page(&link.url) && !place::acts(&link.url);
        if !fits || self.is_home(&link.url) || !is_page {
            return;
        }
        let hit = dictionary::of(name, None);
        let meaning = hit.map(|hit| hit.meaning);
        if let Some(why) = left_out(meaning) {
            return self.leave_out(link, name, why);
        }
        let known = hit.is_some_and(|hit| hit.is_sure());
        if !place::is_same_host(&link.url, &self.home) {
            if known {
                self.leave_out(link, name, Why::OtherSite);
            }
            return;
        }
        let numbered = place::is_article(&link.url) && !known && way != Way::More;
        if place::is_dated(&link.url) || numbered {
            return;
        }
        self.meet(&link.url, way, name);
        if depth > self.deepest {
            if known {
                self.leave_out(link, name, Why::TooDeep);
            }
            return;
        }
        let rank = match way {
            Way::More | Way::Heading => 0,
            _ if known => 0,
            Way::Nav => 1,
            Way::Trail => 2,
            Way::Other => 3,
        };
        self.wait(&link.url, depth, rank);
    }

    fn meet(&mut self, url: &Url, way: Way, name: &str) {
        let met = self.met.entry(place::key(url)).or_default();
        if met.ways.len() < WAYS {
            met.ways.insert((way, name.to_owned()));
        }
    }

    fn leave_out(&mut self, link: &Link, name: &str, why: Why) {
        let key = place::key(&link.url);
        if self.left_out.len() < LEFT_OUT && !name.is_empty() {
            self.left_out.entry(key).or_insert_with(|| LeftOut {
                name: name.to_owned(),
                url: link.url.clone(),
                why,
            });
        }
    }

    fn wait(&mut self, url: &Url, depth: u8, rank: u8) {
        self.wait_as(place::key(url), url, depth, rank);
    }

    /// Puts an address into the queue, or further to the front.
    fn wait_as(&mut self, key: String, url: &Url, depth: u8, rank: u8) {
        if self.done.contains(&key) {
            return;
        }
        let before = self.turns.get(&key).copied();
        let order = before.map_or(self.order, |turn| turn.order);
        let turn = Turn { depth, rank, order };
        match before {
            Some(before) if before <= turn => return,
            Some(before) => drop(self.queue.remove(&before)),
            None if self.queue.len() >= QUEUE => return,
            None => self.order += 1,
        }
        self.queue.insert(turn, url.clone());
        self.turns.insert(key, turn);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discovery::sheet::Came;
    use crate::domain::visit::Failure;
    use crate::extract::outline::Outline;

    fn url(path: &str) -> Url {
        Url::parse("http://www.example.gov.cn/")
            .unwrap()
            .join(path)
            .unwrap()
    }

    fn link(text: &str, path: &str, place: Place) -> Link {
        Link {
            text: text.to_owned(),
            url: url(path),
            place,
        }
    }

    fn sheet(path: &str, depth: u8, links: Vec<Link>) -> Sheet {
        let outline = Outline {
            links,
            ..Outline::default()
        };
        Sheet {
            url: url(path),
            depth,
            requests: 1,
            came: Came::Page(Box::new(Seen {
                arrived: url(path),
                outline,
                listing: None,
            })),
        }
    }

    /// Visits everything; `pages` has the links of each path.
    fn visited(pages: &[(&str, Vec<Link>)], deepest: u8) -> (Survey, Vec<String>) {
        let mut survey = Survey::new(url("/"), deepest);
        let mut order = Vec::new();
        while let Some(errand) = survey.next() {
            order.push(errand.url.path().to_owned());
            let links = pages.iter().find(|(path, _)| *path == errand.url.path());
            let links = links.map_or_else(Vec::new, |(_, links)| links.clone());
            survey.enter(sheet(errand.url.as_str(), errand.depth, links));
        }
        (survey, order)
    }

    fn home() -> Vec<Link> {
        vec![
            link("首页", "/", Place::Nav),
            link("政务公开", "/zwgk/", Place::Nav),
            link("办事指南", "/bszn/", Place::Nav),
            link(
                "更多",
                "/tzgg/index.html",
                Place::More("通知公告".to_owned()),
            ),
            link("通知公告", "/tzgg/", Place::Other),
            link("某某专题", "/zt/", Place::Other),
            link(
                "关于召开全区环境保护工作会议的通知公告",
                "/tzgg/a/",
                Place::Other,
            ),
            link("工作动态", "http://other.example.cn/gzdt/", Place::Nav),
            link("领导讲话", "/ldjh/4711.html", Place::Other),
            link("附件", "/a.doc", Place::Other),
            link("·安全生产", "/aqsc/", Place::Other),
            link("", "/wj.do?action=insert", Place::Other),
            link("下一页", "/b/", Place::Nav),
        ]
    }

    #[test]
    fn the_surest_links_come_first_and_every_page_once() {
        let pages = [
            ("/", home()),
            (
                "/zwgk/",
                vec![
                    link("人事信息", "/rsxx/", Place::Nav),
                    link("通知公告", "/tzgg", Place::Nav),
                ],
            ),
            ("/rsxx/", vec![link("任前公示", "/rsxx/rqgs/", Place::Nav)]),
        ];
        let (survey, order) = visited(&pages, 2);
        assert_eq!(
            order,
            [
                "/",
                "/tzgg/index.html",
                "/zwgk/",
                "/aqsc/",
                "/rsxx/",
                "/ldjh/4711.html"
            ]
        );
        let left: Vec<(&str, Why)> = survey
            .left_out()
            .map(|left| (left.name.as_str(), left.why))
            .collect();
        assert_eq!(
            left,
            [
                ("办事指南", Why::Service),
                ("任前公示", Why::TooDeep),
                ("某某专题", Why::Topic),
                ("工作动态", Why::OtherSite),
            ]
        );
        let met = survey.met(&url("/tzgg/")).unwrap();
        assert!(met.ways.contains(&(Way::More, "通知公告".to_owned())));
        assert!(met.ways.contains(&(Way::Nav, "通知公告".to_owned())));
        let met = survey.met(&url("/aqsc/")).unwrap();
        assert!(met.ways.contains(&(Way::Other, "安全生产".to_owned())));
    }

    #[test]
    fn the_same_sheets_in_another_order_leave_the_same_to_do() {
        let pages = [
            ("/", home()),
            ("/zwgk/", vec![link("人事信息", "/rsxx/", Place::Nav)]),
        ];
        let (survey, _) = visited(&pages, 2);
        let sheets = survey.sheets().to_vec();
        let mut again = Survey::new(url("/"), 2);
        for sheet in sheets.iter().skip(1).chain(sheets.first()) {
            again.enter(sheet.clone());
        }
        assert_eq!(again.next(), None);
        let mut half = Survey::new(url("/"), 2);
        half.enter(sheets[0].clone());
        assert_eq!(half.next().unwrap().url, url("/tzgg/index.html"));
        assert_eq!(half.waiting(), 3);
    }

    #[test]
    fn an_entrance_is_passed_to_the_home_page_of_the_same_folder() {
        let pages = [
            ("/", vec![link("进入网站", "/index.html", Place::Other)]),
            ("/index.html", home()),
        ];
        let (survey, order) = visited(&pages, 1);
        assert_eq!(
            order,
            [
                "/",
                "/index.html",
                "/tzgg/index.html",
                "/zwgk/",
                "/aqsc/",
                "/ldjh/4711.html"
            ]
        );
        assert!(survey.is_home(&url("/index.html")));
    }

    #[test]
    fn where_menus_lead_nowhere_the_trails_of_articles_lead_to_columns() {
        let article = |path| link("关于召开全区环境保护工作会议的通知公告", path, Place::Other);
        let trail = vec![link("通知公告", "/tzgg/", Place::Breadcrumb)];
        let pages = [
            (
                "/",
                vec![article("/tzgg/4711.html"), article("/gzdt/4712.html")],
            ),
            ("/tzgg/4711.html", trail),
        ];
        let (_, order) = visited(&pages, 2);
        assert_eq!(order, ["/", "/tzgg/4711.html", "/tzgg/", "/gzdt/4712.html"]);
    }

    #[test]
    fn what_fails_is_done_and_may_be_tried_again_only_where_it_can_pass() {
        let mut survey = Survey::new(url("/"), 2);
        let failed = |failure| Sheet {
            url: url("/"),
            depth: 0,
            requests: 1,
            came: Came::Failed(failure),
        };
        survey.enter(failed(Failure::Dns));
        assert_eq!(survey.next(), None);
        assert!(failed(Failure::FirstByteTimeout).may_pass());
        assert!(!failed(Failure::Status(404)).may_pass());
    }

    #[test]
    fn a_flood_of_links_is_bounded() {
        let links = (0..20_000).map(|n| link("某某栏目", &format!("/a/{n}/"), Place::Nav));
        let (mut survey, links) = (Survey::new(url("/"), 2), links.collect());
        survey.enter(sheet("/", 0, links));
        assert_eq!(survey.waiting(), QUEUE);
    }
}
