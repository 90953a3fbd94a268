//! A page read for what the assessment asks beside freshness: its tags, the marks at its foot, the
//! links that it carries, its words. One pass over the source, no tree.

use std::borrow::Cow;
use std::ops::Range;

use url::Url;

use super::address;
use super::clean;
use super::expand;
use super::markup::{self, Tag, Token, Tokens};
use super::tags::tag;
use super::{charset, guard, marks, targets};
use crate::domain::marks::PageMarks;
use crate::domain::page::Page;
use targets::Carried;

/// The most characters of visible text that are kept.
const MOST_TEXT: usize = 200_000;
/// The most metas that are kept.
const MOST_METAS: usize = 100;

/// A page as it was inspected.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inspected {
    /// What it bears.
    pub marks: PageMarks,
    /// The links that it carries, those in scripts included, each once.
    pub links: Vec<Carried>,
    /// Scripts and frames of the same site that may write its foot.
    pub feet: Vec<Url>,
    /// Its title.
    pub title: String,
    /// Its visible words without blanks, one line a block, as far as they are kept.
    pub text: String,
    /// The stretches of `text` that are words of links, in bytes.
    pub linked: Vec<Range<usize>>,
    /// Whether it bears a tag that only articles bear.
    pub is_article: bool,
}

/// Reads a page; `feet` are the sources of what writes its foot. Nothing where it is no text.
pub fn inspect(page: &Page, feet: &[&str]) -> Option<Inspected> {
    if page.body.len() > guard::MAX_BYTES {
        return None;
    }
    let source = text_of(page)?;
    let mut scan = Scan::of(&source, &page.url);
    let hidden = expand::rows(&source);
    if !hidden.html.is_empty() {
        scan.scripted(&hidden.html);
    }
    let marks = marks::of(&marks::Ground {
        metas: &scan.metas,
        source: &source,
        feet,
        text: &scan.text,
    });
    let named = |name: &str| scan.metas.iter().any(|(known, _)| known == name);
    Some(Inspected {
        is_article: named("articletitle") || named("pubdate"),
        marks,
        links: scan.links.all,
        feet: scan.feet,
        title: scan.title,
        text: scan.text,
        linked: scan.linked,
    })
}

/// The source of a page as text.
pub fn text_of(page: &Page) -> Option<Cow<'_, str>> {
    let host = page.url.host_str().unwrap_or_default();
    let decoded = charset::decode(&page.body, page.content_type.as_deref(), host)?;
    Some(decoded.text)
}

struct Scan {
    base: Url,
    metas: Vec<(String, String)>,
    links: targets::Gathered,
    feet: Vec<Url>,
    title: String,
    text: String,
    linked: Vec<Range<usize>>,
    /// How many characters the text has.
    length: usize,
}

impl Scan {
    fn of(source: &str, url: &Url) -> Scan {
        let mut scan = Scan {
            base: url.clone(),
            metas: Vec::new(),
            links: targets::Gathered::new(url),
            feet: Vec::new(),
            title: String::new(),
            text: String::new(),
            linked: Vec::new(),
            length: 0,
        };
        for token in Tokens::of(source) {
            scan.take(token, false);
        }
        scan.links.done();
        scan
    }

    fn scripted(&mut self, html: &str) {
        for token in Tokens::of(html) {
            self.take(token, true);
        }
        self.links.done();
    }

    fn take(&mut self, token: Token<'_>, scripted: bool) {
        match token {
            Token::Open(tag) => self.open(tag, scripted),
            Token::Close(key) => {
                if key == A {
                    self.links.done();
                }
                if is_block(key) {
                    self.apart();
                }
            }
            Token::Text(text) => {
                let text = markup::resolved(text);
                self.links.words(&text);
                let from = self.text.len();
                self.say(&text);
                let to = self.text.len();
                if self.links.is_inside() && from < to {
                    self.linked.push(from..to);
                }
            }
            Token::Raw(tag, text) => self.raw(tag, text, scripted),
        }
    }

    fn open(&mut self, tag: Tag<'_>, scripted: bool) {
        let attribute = |name: &str| markup::attribute(tag.attributes, name);
        if is_block(tag.key) {
            self.apart();
        }
        if tag.key == META {
            self.meta(tag.attributes);
        } else if tag.key == BASE {
            let base = attribute("href").and_then(|href| self.base.join(href.trim()).ok());
            let base = base.filter(|base| matches!(base.scheme(), "http" | "https"));
            self.base = base.unwrap_or_else(|| self.base.clone());
        } else {
            self.links.open(tag, &self.base, scripted);
        }
    }

    fn raw(&mut self, tag: Tag<'_>, text: &str, scripted: bool) {
        if tag.key == TITLE && self.title.is_empty() {
            self.title = clean::line(&markup::resolved(text), clean::TITLE);
            return;
        }
        if tag.key == SCRIPT || tag.key == IFRAME {
            self.links.open(tag, &self.base, scripted);
            let src = markup::attribute(tag.attributes, "src");
            let url = src.and_then(|src| address::join(&self.base, &src));
            let own = url.filter(|url| address::is_same_site(url, &self.base));
            if let Some(url) = own.filter(marks::may_be_a_foot)
                && self.feet.len() < marks::MOST_FEET
                && !self.feet.contains(&url)
            {
                self.feet.push(url);
            }
        }
    }

    fn meta(&mut self, attributes: &str) {
        let (mut name, mut content) = (None, None);
        for (key, value) in markup::attributes(attributes) {
            if key.eq_ignore_ascii_case("name") {
                name = name.or(Some(value));
            } else if key.eq_ignore_ascii_case("content") {
                content = content.or(Some(value));
            }
        }
        let Some((name, content)) = name.zip(content) else {
            return;
        };
        let content = clean::line(&markup::resolved(content), 200);
        if !content.is_empty() && self.metas.len() < MOST_METAS {
            let name = name.trim().to_ascii_lowercase();
            self.metas.push((name, content));
        }
    }

    fn say(&mut self, text: &str) {
        if self.length >= MOST_TEXT {
            return;
        }
        for word in text.split_whitespace() {
            self.length += word.chars().count();
            self.text.push_str(word);
        }
    }

    fn apart(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }
}

fn is_block(key: u64) -> bool {
    const BLOCKS: [u64; 19] = [
        tag("p"),
        tag("div"),
        tag("li"),
        tag("tr"),
        tag("td"),
        tag("th"),
        tag("dt"),
        tag("dd"),
        tag("br"),
        tag("h1"),
        tag("h2"),
        tag("h3"),
        tag("h4"),
        tag("ul"),
        tag("table"),
        tag("section"),
        tag("body"),
        tag("footer"),
        tag("header"),
    ];
    BLOCKS.contains(&key)
}

const META: u64 = tag("meta");
const BASE: u64 = tag("base");
const TITLE: u64 = tag("title");
const SCRIPT: u64 = tag("script");
const IFRAME: u64 = tag("iframe");
const A: u64 = tag("a");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::marks::{Mark, Tag as Named};
    use crate::domain::target::TargetKind;

    /// Synthetic, after the footers and tags that are described for such sites.
    const HOME: &str = r##"<!DOCTYPE html><html><head><meta charset="utf-8">
<title>科信委</title><meta name="SiteName" content="北京西城科信委">
<meta name=" siteIDcode" content="1101020001"><meta name="ColumnName" content="">
<link rel="stylesheet" href="/css/a.css"><script src="/js/foot.js"></script></head><body>
<a href="tzgg/1.html">关于<b>开展</b>检查的通知</a><a href="#top">返回</a>
<a href="javascript:void(0)">打印</a><a href="http://other.example.cn/">友情链接</a>
<a href="mailto:a@example.cn">信箱</a><img src="/img/a.png" alt="图片">
<a href="/files/b.doc">下载表格</a><a href="tzgg/1.html">再次</a>
<!-- <a href="/dead.html">旧</a> -->
<script>document.write('<li><a href="/xxgk/2.html">关于举办培训班的公告</a><span>2017-11-02</span></li>');</script>
<div id=foot>主办单位：西城区科信委　联系电话：00000000 <a href="/wzdt/">网站地图</a><br>
京ICP备05000000号－1 京公网安备 11010200000001号 网站标识码：1101020001</div>
<script>document.write(unescape("%3Cspan id='_ideConac' %3E%3C/span%3E%3Cscript src='http://dcs.conac.cn/js/01/000/0000/60000000/CA010000000600000000001.js'%3E%3C/script%3E"));</script>
<script id="_jiucuo_" sitecode="1101020001" src="https://zfwzgl.example.cn/exposure/jiucuo.js"></script>
</body></html>"##;

    fn page(html: &str) -> Page {
        Page {
            url: "http://kxw.example.cn/".parse().unwrap(),
            status: 200,
            content_type: None,
            body: html.as_bytes().to_vec(),
        }
    }

    #[test]
    fn tags_marks_and_links_of_a_home_page() {
        let seen = inspect(&page(HOME), &[]).unwrap();
        assert!(seen.marks.tags.has(Named::SiteName));
        assert!(seen.marks.tags.has(Named::SiteIdCode), "whatever its case");
        assert!(!seen.marks.tags.has(Named::ColumnName), "it is empty");
        assert_eq!(seen.marks.code.as_deref(), Some("1101020001"));
        assert_eq!(seen.marks.marks.lacks(Mark::ALL), Vec::new());
        assert_eq!(seen.title, "科信委");
        let links: Vec<(&str, &str, TargetKind)> = seen
            .links
            .iter()
            .map(|link| (link.url.as_str(), link.text.as_str(), link.kind))
            .collect();
        let own = |path: &str| format!("http://kxw.example.cn{path}");
        let expected = [
            (own("/css/a.css"), "", TargetKind::Part),
            (own("/js/foot.js"), "", TargetKind::Part),
            (own("/tzgg/1.html"), "关于开展检查的通知", TargetKind::Page),
            (
                "http://other.example.cn/".to_owned(),
                "友情链接",
                TargetKind::Page,
            ),
            (own("/img/a.png"), "图片", TargetKind::Picture),
            (own("/files/b.doc"), "下载表格", TargetKind::File),
            (own("/wzdt/"), "网站地图", TargetKind::Page),
            (
                "https://zfwzgl.example.cn/exposure/jiucuo.js".to_owned(),
                "",
                TargetKind::Part,
            ),
            (
                own("/xxgk/2.html"),
                "关于举办培训班的公告",
                TargetKind::Page,
            ),
        ];
        let expected: Vec<_> = expected
            .iter()
            .map(|(url, text, kind)| (url.as_str(), *text, *kind))
            .collect();
        assert_eq!(links, expected);
        let feet: Vec<&str> = seen.feet.iter().map(Url::as_str).collect();
        assert_eq!(feet, ["http://kxw.example.cn/js/foot.js"]);
    }

    #[test]
    fn a_foot_that_a_script_writes_counts() {
        let bare =
            "<html><body><p>区科信委工作动态</p><script src='/foot.js'></script></body></html>";
        let seen = inspect(&page(bare), &[]).unwrap();
        assert_eq!(seen.marks.marks.lacks(Mark::ALL).len(), Mark::ALL.len());
        let foot = r#"document.writeln("<p>\u4e3b\u529e\u5355\u4f4d\uff1a西城区科信委</p><p>京ICP备05000000号</p>");"#;
        let seen = inspect(&page(bare), &[foot]).unwrap();
        let lacks = seen
            .marks
            .marks
            .lacks(&[Mark::Sponsor, Mark::Icp, Mark::Police]);
        assert_eq!(lacks, [Mark::Police]);
    }

    #[test]
    fn an_article_with_a_date_of_another_form_is_told() {
        for (date, amiss) in [
            ("2017-11-02 09:30", false),
            ("2017-11-02", false),
            ("2017-11-02 09:30:12", false),
            ("2017/11/02", true),
            ("2017年11月2日", true),
        ] {
            let html = format!(
                "<html><head><meta name=ArticleTitle content=公告><meta name=PubDate content='{date}'></head><body>公告正文</body></html>"
            );
            let seen = inspect(&page(&html), &[]).unwrap();
            assert!(seen.is_article);
            assert_eq!(seen.marks.date_amiss.is_some(), amiss, "{date}");
        }
    }

    #[test]
    fn what_is_no_text_or_too_long_is_not_read() {
        let mut long = page("");
        long.body = vec![b'a'; guard::MAX_BYTES + 1];
        assert_eq!(inspect(&long, &[]), None);
        long.body = vec![0, 159, 146, 150, 0, 0, 1, 2];
        assert_eq!(inspect(&long, &[]), None);
    }
}
