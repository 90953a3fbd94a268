//! What the pages of a walk hold that only people can judge: expressions of the list, advertising, marks
//! that are missing. Each is kept once for the page that it is about, with the copy that proves it.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest as _, Sha256};
use url::Url;

use super::same;
use crate::assess::adverts::is_network;
use crate::assess::words::{Hit, Words, bare};
use crate::domain::candidate::{Candidate, Snippet, Suspicion};
use crate::domain::group::Site;
use crate::domain::inspection::WordCount;
use crate::domain::marks::Mark;
use crate::domain::page::Page;
use crate::domain::target::TargetKind;
use crate::domain::time::Moment;
use crate::extract::inspected::Inspected;
use crate::extract::targets::is_same_site;

/// The most suspicions of one walk; a site of nothing else needs no further proof.
const MOST: usize = 500;
/// The most copies of one walk, and their bytes together.
const MOST_COPIES: usize = 100;
const COPY_BYTES: usize = 16 * 1024 * 1024;

/// What is looked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asks<'a> {
    /// The expressions.
    pub words: Option<&'a Words>,
    /// Advertising.
    pub adverts: bool,
    /// Marks at the foot of the home page.
    pub marks: bool,
}

/// What was found so far.
pub struct Suspects<'a> {
    site: &'a Site,
    asks: Asks<'a>,
    now: Moment,
    found: Vec<Found>,
    copies: BTreeMap<String, Vec<u8>>,
    bytes: usize,
    texts: u32,
    /// The pages that were looked at, each with its article where something was found.
    pages: BTreeMap<String, Option<u64>>,
}

/// A suspicion, and the line that it stands in where that may be on every page.
struct Found {
    candidate: Candidate,
    frame: Option<String>,
}

impl<'a> Suspects<'a> {
    /// None yet.
    pub fn new(site: &'a Site, asks: Asks<'a>, now: Moment) -> Suspects<'a> {
        Suspects {
            site,
            asks,
            now,
            found: Vec::new(),
            copies: BTreeMap::new(),
            bytes: 0,
            texts: 0,
            pages: BTreeMap::new(),
        }
    }

    /// Looks at the page that was asked for at `url`.
    pub fn take(&mut self, url: &Url, page: &Page, seen: &Inspected, is_home: bool) {
        let before = self.found.len();
        if let Some(words) = self.asks.words {
            self.texts += 1;
            self.own_words(words, url, seen);
            self.words_of_links(words, url, seen);
        }
        if self.asks.adverts {
            self.adverts(url, seen);
        }
        if self.asks.marks && is_home {
            for mark in seen.marks.marks.lacks(Mark::ALL) {
                self.note(url.as_str(), seen, Suspicion::Mark(mark), None);
            }
        }
        let is_any = self.found.len() > before;
        if is_any {
            self.copy(page, before);
        }
        let article = is_any.then(|| same::article(seen)).flatten();
        self.pages.insert(url.to_string(), article);
    }

    /// The words of the page itself, without those of its links.
    fn own_words(&mut self, words: &Words, url: &Url, seen: &Inspected) {
        let text = &seen.text;
        let of_link = |hit: &Hit<'_>| seen.linked.iter().any(|part| part.contains(&hit.from));
        for hit in words.hits(text).into_iter().filter(|hit| !of_link(hit)) {
            let Snippet {
                before,
                hit: what,
                after,
            } = &hit.snippet;
            let line = format!("{before}{what}{after}");
            let suspicion = of_word(&hit);
            self.note(
                url.as_str(),
                seen,
                suspicion,
                Some((Some(line), hit.snippet)),
            );
        }
    }

    /// The words of links: they are those of the page to which the link leads, where that is the
    /// site's own.
    fn words_of_links(&mut self, words: &Words, url: &Url, seen: &Inspected) {
        for link in &seen.links {
            let text = bare(&link.text);
            let is_own = link.kind == TargetKind::Page && is_same_site(&link.url, url);
            for hit in words.hits(&text) {
                let about = if is_own { &link.url } else { url };
                let suspicion = of_word(&hit);
                let frame = (!is_own).then(|| text.clone());
                self.note(about.as_str(), seen, suspicion, Some((frame, hit.snippet)));
                if let Some(last) = self.found.last_mut().filter(|_| is_own) {
                    last.candidate.title.clone_from(&link.text);
                    last.candidate.seen_on = Some(url.to_string());
                }
            }
        }
    }

    fn adverts(&mut self, url: &Url, seen: &Inspected) {
        let hosts = seen.links.iter().filter_map(|link| link.url.host_str());
        let networks: BTreeSet<&str> = hosts.filter(|host| is_network(host)).collect();
        for host in networks {
            let link = seen
                .links
                .iter()
                .find(|link| link.url.host_str() == Some(host));
            let hit = link.map(|link| link.url.to_string()).unwrap_or_default();
            let snippet = Snippet {
                hit: hit.chars().take(200).collect(),
                ..Snippet::default()
            };
            let host = host.to_owned();
            let line = format!("\n{host}");
            let suspicion = Suspicion::Advert { host };
            self.note(url.as_str(), seen, suspicion, Some((Some(line), snippet)));
        }
    }

    fn note(
        &mut self,
        page: &str,
        seen: &Inspected,
        suspicion: Suspicion,
        at: Option<(Option<String>, Snippet)>,
    ) {
        if self.found.len() >= MOST {
            return;
        }
        let (frame, snippet) = at.unzip();
        let is_home = self
            .site
            .home
            .as_ref()
            .is_some_and(|home| home.as_str() == page);
        let title = match is_home && seen.title.is_empty() {
            true => of_home(self.site),
            false => seen.title.clone(),
        };
        self.found.push(Found {
            candidate: Candidate {
                site: self.site.id.clone(),
                page: page.to_owned(),
                title,
                suspicion,
                snippet: snippet.unwrap_or_default(),
                seen_on: None,
                copy: None,
                first_at: self.now,
                seen_at: self.now,
                gone_at: None,
            },
            frame: frame.flatten(),
        });
    }

    /// Keeps a copy of the page for what was found on it.
    fn copy(&mut self, page: &Page, first: usize) {
        let bytes = self.bytes + page.body.len();
        if self.copies.len() >= MOST_COPIES || bytes > COPY_BYTES {
            return;
        }
        let digest = Sha256::digest(&page.body);
        let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        for found in self.found.iter_mut().skip(first) {
            found.candidate.copy = Some(digest.clone());
        }
        self.bytes = bytes;
        self.copies.insert(digest, page.body.clone());
    }

    /// Under which address the words of an article are kept that stands at several.
    fn kept(
        &self,
        known: &[Candidate],
        is_framed: &dyn Fn(&Found) -> bool,
    ) -> BTreeMap<same::At, String> {
        let home = self.site.home.as_ref().map(Url::as_str);
        let is_article = |one: &&Candidate| Some(one.page.as_str()) != home;
        let own = self.found.iter().filter(|found| !is_framed(found));
        let own = own.filter(|found| is_article(&&found.candidate));
        let places = own.map(|found| same::Place {
            candidate: &found.candidate,
            article: self.pages.get(&found.candidate.page).copied().flatten(),
        });
        let places: Vec<same::Place<'_>> = places.collect();
        let known = known.iter().filter(is_article);
        let known = known.filter(|one| one.gone_at.is_none());
        let known: Vec<Candidate> = known.cloned().collect();
        let read: BTreeSet<String> = self.pages.keys().cloned().collect();
        same::kept(&places, &known, &read)
    }

    /// How far words were looked through.
    pub fn words(&self) -> Option<WordCount> {
        let words = self.asks.words?;
        Some(WordCount {
            texts: self.texts,
            expressions: u32::try_from(words.len()).unwrap_or(u32::MAX),
        })
    }

    /// What was found, each once, and the copies that prove it. What stands in the same line on
    /// several pages is part of the frame around them: it is one of the home page.
    pub fn whole(self, known: &[Candidate]) -> (Vec<Candidate>, BTreeMap<String, Vec<u8>>) {
        let home = self.site.home.as_ref().map(Url::as_str);
        // One article at several addresses is no frame.
        let article = |page: &str| self.pages.get(page).copied().flatten();
        let name = |page: &str| article(page).ok_or_else(|| page.to_owned());
        let mut pages: BTreeMap<(String, String), BTreeSet<Result<u64, String>>> = BTreeMap::new();
        for found in &self.found {
            if let Some(place) = found.place() {
                let page = name(&found.candidate.page);
                pages.entry(place).or_default().insert(page);
            }
        }
        let is_known = |candidate: &Candidate| {
            known.iter().any(|known| {
                Some(known.page.as_str()) == home
                    && known.suspicion.key() == candidate.suspicion.key()
                    && known.snippet == candidate.snippet
            })
        };
        let is_framed = |found: &Found| {
            let place = found.place();
            let many = place.is_some_and(|place| pages.get(&place).is_some_and(|of| of.len() > 1));
            many || found.frame.is_some() && is_known(&found.candidate)
        };
        let kept = self.kept(known, &is_framed);
        let mut once = BTreeSet::new();
        let mut all = Vec::new();
        let moves = |found: &Found| same::at(&found.candidate).and_then(|at| kept.get(&at));
        let (elsewhere, own): (Vec<Found>, Vec<Found>) = self
            .found
            .into_iter()
            .partition(|found| moves(found).is_some());
        for found in own.into_iter().chain(elsewhere) {
            let framed = is_framed(&found);
            let page = moves(&found).filter(|_| !framed);
            let mut candidate = found.candidate;
            if let Some(page) = page {
                let shown = std::mem::replace(&mut candidate.page, page.clone());
                candidate.seen_on = candidate.seen_on.or(Some(shown));
            }
            if let Some(home) = home.filter(|home| framed && candidate.page != *home) {
                candidate.seen_on = Some(std::mem::replace(&mut candidate.page, home.to_owned()));
                candidate.title = of_home(self.site);
            }
            if once.insert(candidate.key()) {
                all.push(candidate);
            }
        }
        (all, self.copies)
    }
}

/// What a home page is called that has no title, or was not looked at itself.
fn of_home(site: &Site) -> String {
    format!("{}首页", site.name)
}

impl Found {
    /// What tells it from others of the same frame.
    fn place(&self) -> Option<(String, String)> {
        let what = match &self.candidate.suspicion {
            Suspicion::Word { text, .. } => text.clone(),
            other => other.key().to_owned(),
        };
        self.frame.clone().map(|line| (what, line))
    }
}

fn of_word(hit: &Hit<'_>) -> Suspicion {
    let expression = hit.expression;
    Suspicion::Word {
        text: expression.text.clone(),
        kind: expression.kind,
        instead: expression.instead.clone(),
        remark: expression.remark.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::access::Access;
    use crate::domain::group::Identity;
    use crate::domain::id::{SiteId, UnitId};
    use crate::domain::time::moment;
    use crate::domain::words::{Expression, WordKind};
    use crate::extract::inspected::inspect;

    fn site() -> Site {
        Site {
            id: SiteId::parse("kxw").unwrap(),
            unit: UnitId::parse("kxw").unwrap(),
            name: "科信委网站".to_owned(),
            home: Some("http://kxw.example.cn/".parse().unwrap()),
            identity: Identity::default(),
            access: Access::default(),
        }
    }

    fn page(path: &str, body: &str) -> Page {
        Page {
            url: format!("http://kxw.example.cn{path}").parse().unwrap(),
            status: 200,
            content_type: None,
            body: format!(
                "<html><head><meta charset=utf-8><title>页</title></head><body>{body}</body></html>"
            )
            .into_bytes(),
        }
    }

    fn expressions() -> [Expression; 1] {
        [Expression {
            text: "布署".to_owned(),
            kind: WordKind::Wrong,
            instead: None,
            remark: None,
            unless: Vec::new(),
        }]
    }

    fn asks(words: Option<&Words>) -> Asks<'_> {
        Asks {
            words,
            adverts: true,
            marks: false,
        }
    }

    /// What is found on these pages, as `what@page`, with whether it has a copy.
    fn found(pages: &[(&str, &str)], known: &[Candidate]) -> Vec<(String, bool)> {
        let (found, copies) = suspected(pages, known);
        let name = |one: &Candidate| {
            let what = match &one.suspicion {
                Suspicion::Word { text, .. } => text.clone(),
                Suspicion::Advert { host } => host.clone(),
                _ => String::new(),
            };
            let page: Url = one.page.parse().unwrap();
            let copy = one
                .copy
                .as_ref()
                .is_some_and(|copy| copies.contains_key(copy));
            (format!("{what}@{}", page.path()), copy)
        };
        found.iter().map(name).collect()
    }

    fn suspected(
        pages: &[(&str, &str)],
        known: &[Candidate],
    ) -> (Vec<Candidate>, BTreeMap<String, Vec<u8>>) {
        let list = expressions();
        let words = Words::of(&list);
        let asks = asks(words.as_ref());
        let (site, at) = (site(), moment("2017-11-06T22:00:00".parse().unwrap()));
        let mut suspects = Suspects::new(&site, asks, at);
        for (path, body) in pages {
            let page = page(path, body);
            let seen = inspect(&page, &[]).unwrap();
            suspects.take(&page.url, &page, &seen, *path == "/");
        }
        suspects.whole(known)
    }

    #[test]
    fn what_stands_on_a_home_page_has_its_name() {
        let titles = |pages: &[(&str, &str)]| -> Vec<String> {
            let (found, _) = suspected(pages, &[]);
            found.into_iter().map(|one| one.title).collect()
        };
        assert_eq!(titles(&[("/", "<p>会议布署了工作</p>")]), ["页"]);
        // The same line on several pages is one of the home page, whatever those are called.
        let line = "<div class=foot><p>会议布署了工作</p></div>";
        let framed = titles(&[("/1.html", line), ("/2.html", line)]);
        assert_eq!(framed, ["科信委网站首页"]);
        let mut bare = page("/", "<p>会议布署了工作</p>");
        let html = String::from_utf8(bare.body).unwrap();
        bare.body = html.replace("<title>页</title>", "").into_bytes();
        assert_eq!(titles_of(&bare), ["科信委网站首页"]);
    }

    fn titles_of(page: &Page) -> Vec<String> {
        let list = expressions();
        let words = Words::of(&list);
        let (site, at) = (site(), moment("2017-11-06T22:00:00".parse().unwrap()));
        let mut suspects = Suspects::new(&site, asks(words.as_ref()), at);
        let seen = inspect(page, &[]).unwrap();
        suspects.take(&page.url, page, &seen, true);
        let (found, _) = suspects.whole(&[]);
        found.into_iter().map(|one| one.title).collect()
    }

    #[test]
    fn advertising_is_told_by_what_a_page_loads_from_whom() {
        let advert = "<script src='http://pos.baidu.com/a.js'></script>";
        let plain = "<script src='/js/a.js'></script><a href='http://www.baidu.com/'>搜索</a>";
        let one = [("/", plain), ("/1.html", advert), ("/2.html", plain)];
        assert_eq!(
            found(&one, &[]),
            [("pos.baidu.com@/1.html".to_owned(), true)]
        );
        let all = [("/", advert), ("/1.html", advert)];
        assert_eq!(found(&all, &[]), [("pos.baidu.com@/".to_owned(), true)]);
    }

    /// The same article in two columns, with its neighbours and its trail: one candidate, at an address that
    /// shows it, and the same one on later nights, whichever of the addresses is read.
    #[test]
    fn an_article_in_two_columns_is_one_candidate() {
        let article = |column: &str| {
            format!(
                "<p><a href='/'>首页</a> &gt; <a href='/{column}/'>{column}栏目，这是一条很长很长很长很长的路径</a></p>\
                 <h1>我局召开会议布署春季绿化工作</h1><p>会议强调要认真落实有关要求，把各项任务落到实处，见到成效。</p>"
            )
        };
        let list = |column: &str| {
            format!("<li><a href='/{column}/5.html'>我局召开会议布署春季绿化工作</a></li>")
        };
        let (dt, gz) = (article("gzdt"), article("gzgz"));
        let (first, second) = (list("gzdt"), list("gzgz"));
        let all = [
            ("/gzdt/", first.as_str()),
            ("/gzgz/", &second),
            ("/gzdt/5.html", &dt),
            ("/gzgz/5.html", &gz),
        ];
        let one = [("布署@/gzdt/5.html".to_owned(), true)];
        assert_eq!(found(&all, &[]), one);
        assert_eq!(found(&all[2..], &[]), one, "by its text alone");
        assert_eq!(found(&all[..2], &[]), one, "by its title alone");
        // What is known at one address stays there while another is read.
        let (known, _) = suspected(&[all[1], all[3]], &[]);
        assert_eq!(known[0].page, "http://kxw.example.cn/gzgz/5.html");
        let later = [("布署@/gzgz/5.html".to_owned(), true)];
        assert_eq!(found(&all, &known), later);
        assert_eq!(found(&[all[0], all[2]], &known), later);
        // Where it is mended there, the other address has it.
        let mended = gz.replace("布署", "部署");
        let mended = [all[0], all[2], ("/gzgz/5.html", &mended)];
        assert_eq!(found(&mended, &known), one);
        // Another article with the same slip is another candidate.
        let other = "<h1>关于布署秋季工作的通知</h1><p>请各单位按照通知要求，认真做好各项有关工作，及时报送情况。</p>";
        let two = [("/gzdt/5.html", dt.as_str()), ("/gzdt/6.html", other)];
        assert_eq!(found(&two, &[]).len(), 2);
        // One line on pages of several articles is part of their frame.
        let foot = "<div>技术布署单位</div>";
        let (one, two) = (
            "<p>会议强调要认真落实有关要求，把各项任务落到实处，见到成效。</p>".to_owned() + foot,
            "<p>请各单位按照通知要求，认真做好各项有关工作，及时报送情况。</p>".to_owned() + foot,
        );
        let framed = [("/gzdt/1.html", one.as_str()), ("/gzdt/2.html", &two)];
        assert_eq!(found(&framed, &[]), [("布署@/".to_owned(), true)]);
    }

    #[test]
    fn the_words_of_a_link_are_those_of_the_page_to_which_it_leads() {
        let list = "<li><a href='/1.html'>会议布署工作</a></li><li><a href='http://other.example.org/'>布署</a></li>";
        let article = "<p>会议布署了工作</p>";
        let pages = [("/", list), ("/gzdt/", list), ("/1.html", article)];
        assert_eq!(
            found(&pages, &[]),
            [
                ("布署@/1.html".to_owned(), true),
                ("布署@/".to_owned(), true)
            ]
        );
    }
}
