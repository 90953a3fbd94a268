//! Service guides: which pages a directory of services leads to, and which elements such a page has.
//! An element is there where its label is and something stands behind it.

use std::collections::BTreeSet;

use url::Url;

use super::dom::What;
use super::groups::Group;
use super::items::is_signpost;
use super::view::{self, View};
use super::{address, clean, column, folder};
use crate::domain::guide::Element;
use crate::domain::page::Page;
use crate::domain::time::Date;

/// The most guides of one directory.
const MOST: usize = 300;
/// Labels by which a page is told to be a guide.
const LABELS: usize = 3;
/// The longest label, in characters.
const LABEL: usize = 12;
/// From how much weight words are more than a stroke.
const WEIGHT: usize = 2;
/// Links to affairs from which a list is one of guides by itself.
const LEAST_AFFAIRS: usize = 3;
/// From how much weight a title names an affair.
const NAME_WEIGHT: usize = 4;

const NAME: &[&str] = &["事项名称", "项目名称", "服务事项", "办理事项", "事项"];
const BASIS: &[&str] = &[
    "设定依据",
    "法律依据",
    "办理依据",
    "政策依据",
    "实施依据",
    "法定依据",
    "审批依据",
    "许可依据",
];
const CONDITIONS: &[&str] = &[
    "申请条件",
    "受理条件",
    "办理条件",
    "申报条件",
    "准予条件",
    "许可条件",
    "审批条件",
    "申办条件",
];
const MATERIALS: &[&str] = &[
    "申请材料",
    "办理材料",
    "申报材料",
    "所需材料",
    "提交材料",
    "材料清单",
    "申请材料目录",
    "办理所需材料",
    "申办材料",
    "需提交的材料",
    "应提交的材料",
    "需提供材料",
];
const PLACE: &[&str] = &[
    "办理地点",
    "办公地址",
    "受理地点",
    "办理地址",
    "服务地点",
    "办公地点",
    "办理窗口",
    "受理地址",
    "办理时间和地点",
    "办理地点和时间",
    "办公时间和地点",
    "办理时间地点",
    "办理地点时间",
];
const TIME: &[&str] = &[
    "办理时间",
    "办公时间",
    "受理时间",
    "工作时间",
    "服务时间",
    "接待时间",
    "办理时限",
    "承诺时限",
    "法定时限",
    "办结时限",
    "法定办结时限",
    "承诺办结时限",
    "办理期限",
    "办理时间和地点",
    "办理地点和时间",
    "办公时间和地点",
    "办理时间地点",
    "办理地点时间",
];
const PHONE: &[&str] = &[
    "联系电话",
    "咨询电话",
    "办公电话",
    "联系方式",
    "咨询方式",
    "咨询途径",
    "服务电话",
    "电话",
    "咨询及监督电话",
    "咨询投诉电话",
];
const PROCESS: &[&str] = &[
    "办理流程",
    "办理程序",
    "办事流程",
    "办事程序",
    "办理环节",
    "流程图",
    "办理流程图",
    "办理步骤",
    "工作流程",
    "审批流程",
    "审批程序",
    "申办流程",
];
const AGENCY: &[&str] = &[
    "办理机构",
    "受理机构",
    "办理部门",
    "实施主体",
    "实施机构",
    "实施机关",
    "承办机构",
    "受理单位",
    "办理单位",
    "决定机构",
    "责任部门",
    "承办单位",
];
const FEE: &[&str] = &[
    "收费标准",
    "收费依据",
    "是否收费",
    "收费情况",
    "收费项目",
    "收费标准及依据",
    "收费依据及标准",
    "收费依据和标准",
];
const DICTIONARY: [(Element, &[&str]); 10] = [
    (Element::Name, NAME),
    (Element::Basis, BASIS),
    (Element::Conditions, CONDITIONS),
    (Element::Materials, MATERIALS),
    (Element::Place, PLACE),
    (Element::Time, TIME),
    (Element::Phone, PHONE),
    (Element::Process, PROCESS),
    (Element::Agency, AGENCY),
    (Element::Fee, FEE),
];
/// Words of links to online systems.
const ONLINE: [&str; 12] = [
    "在线办理",
    "在线申报",
    "在线申请",
    "在线查询",
    "在线预约",
    "网上办理",
    "网上申报",
    "网上申请",
    "网上预约",
    "网上查询",
    "立即办理",
    "办件查询",
];

/// A guide as its page shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shown {
    /// Its elements.
    pub has: BTreeSet<Element>,
    /// How many files it offers.
    pub files: u32,
    /// The online systems to which it leads.
    pub online: Vec<Url>,
}

/// The guides to which a directory leads: titles and addresses, each once.
pub fn list(page: &Page, today: Date) -> Vec<(String, Url)> {
    let of = |view: &View| {
        let group = directory(view);
        let rows = group.map(|group| group.rows.clone()).unwrap_or_default();
        let mut seen = BTreeSet::new();
        let short = group.map_or_else(Vec::new, |group| shortest(view, group));
        let rows = rows.into_iter().filter_map(|at| {
            let row = view.rows.get(at)?;
            let url = row.url.clone().filter(|url| url != view.base)?;
            Some((row.title.clone(), url))
        });
        let all = rows.chain(short);
        let once = all.filter(|(_, url)| seen.insert(url.clone()));
        once.take(MOST).collect()
    };
    view::of(page, today, of).unwrap_or_default()
}

/// The list of a directory. Affairs have short names, such as 婚姻登记: where somebody has said that a page
/// is a directory, links to pages of their own are its list, be their words as short as those of a menu.
fn directory<'g>(view: &'g View) -> Option<&'g Group> {
    let deciding = column::deciding(view);
    // A list of titles stands; one of news beside more affairs is none of guides.
    if deciding.is_some_and(|group| group.dated == 0) {
        return deciding;
    }
    let news = deciding.map_or(0, |group| group.rows.len());
    let is_affair = |at: &&usize| {
        let url = view.rows.get(**at).and_then(|row| row.url.as_ref());
        url.is_some_and(|url| leads_to_affair(url, view.base))
    };
    let affairs = view
        .groups
        .iter()
        .filter(|group| group.dated == 0 && !group.aside)
        .map(|group| (group.rows.iter().filter(is_affair).count(), group))
        .filter(|(affairs, group)| {
            *affairs >= LEAST_AFFAIRS && affairs * 2 > group.rows.len() && news <= *affairs
        });
    let most = affairs.max_by_key(|(affairs, _)| *affairs);
    most.map(|(_, group)| group).or(deciding)
}

/// The affairs of a list whose names are so short, such as 社保, that they are no rows of it: what stands
/// in its places beside them.
fn shortest(view: &View, group: &Group) -> Vec<(String, Url)> {
    let dom = view.dom;
    let rows = group.rows.iter().filter_map(|at| view.rows.get(*at));
    let rows: Vec<(usize, usize)> = rows
        .filter(|row| row.block < dom.len())
        .map(|row| (row.list, row.block))
        .collect();
    let lists: BTreeSet<usize> = rows.iter().map(|(list, _)| *list).collect();
    let is_row = |block: usize| rows.iter().any(|(_, known)| *known == block);
    let is_of_kind = |list: usize, block: usize| {
        let tag = dom.tag(block);
        rows.iter()
            .any(|(of, row)| *of == list && dom.tag(*row) == tag)
    };
    let mut found = Vec::new();
    for list in lists {
        let places = dom.range(list, dom.end(list));
        let links = places.filter(|(_, node)| node.tag == "a" && !node.furniture);
        for (at, _) in links {
            let mut block = at;
            while dom.parent(block) != list && block > list {
                block = dom.parent(block);
            }
            if is_row(block) || !is_of_kind(list, block) {
                continue;
            }
            let title = clean::line(&dom.text(at, dom.end(at), 40), clean::TITLE);
            let url = dom
                .attr(at, "href")
                .and_then(|href| address::join(view.base, href));
            let url = url.filter(|url| leads_to_affair(url, view.base));
            let is_name = clean::weight(&title) > 0 && !is_signpost(&title) && !is_pager(&title);
            if let Some(url) = url.filter(|_| is_name) {
                found.push((title, url));
            }
        }
    }
    found
}

/// Whether a short text leads to another part of the same list: `下页`, `第2页`.
fn is_pager(text: &str) -> bool {
    text.ends_with('页') && text.chars().count() <= 5
}

/// Whether an address is that of a page and no folder's, below the directory or like an article's, or of
/// another platform.
fn leads_to_affair(url: &Url, directory: &Url) -> bool {
    if !address::is_same_site(url, directory) {
        return !address::is_root(url);
    }
    let is_page = address::is_page(url) && !url.path().ends_with('/');
    is_page && (folder::is_article(url) || folder::is_below(url, directory))
}

/// What a page shows of a guide; nothing where it is none that could be read.
pub fn read(page: &Page, today: Date) -> Option<Shown> {
    view::of(page, today, of_view).ok()?
}

fn of_view(view: &View) -> Option<Shown> {
    let mut reading = Reading::default();
    for (at, place) in view.dom.iter() {
        if place.furniture || place.silent || place.hidden {
            continue;
        }
        reading.leave(at);
        match place.what {
            What::Text(text) => {
                let before = reading.heard;
                reading.hear(text);
                if before < reading.heard {
                    reading.stands_in(frame(view, at).map(|frame| view.dom.end(frame)));
                }
            }
            // A chart of the process is a picture.
            What::Element(_) if place.tag == "img" => reading.say(WEIGHT),
            What::Element(_) if place.tag == "a" => {
                let end = view.dom.end(at);
                let text = view.dom.text(at, end, 40);
                let href = view.dom.attr(at, "href");
                let url = href.and_then(|href| address::join(view.base, href));
                reading.link(&text, url);
            }
            What::Element(_) | What::Other => {}
        }
    }
    // The title of the page names the affair as well as a field does.
    let mut heads = ["h1", "h2", "h3"].into_iter();
    let is_named = heads.any(|tag| {
        view.dom.tagged(tag).any(|(at, _)| {
            let furniture = view.dom.get(at).is_some_and(|node| node.furniture);
            let text = view.dom.text(at, view.dom.end(at), 60);
            !furniture && clean::weight(&text) >= NAME_WEIGHT
        })
    });
    let titled = || {
        let mut titles = view.dom.tagged("title");
        titles.any(|(at, _)| {
            let nodes = view.dom.range(at, view.dom.end(at));
            let texts = nodes.filter_map(|(_, node)| match node.what {
                What::Text(text) => Some(clean::weight(text)),
                _ => None,
            });
            texts.sum::<usize>() >= NAME_WEIGHT
        })
    };
    if is_named || titled() {
        reading.shown.has.insert(Element::Name);
    }
    (reading.labels.len() >= LABELS).then_some(reading.shown)
}

/// The table or list of terms in which a place stands.
fn frame(view: &View, at: usize) -> Option<usize> {
    let above = |at: &usize| Some(view.dom.parent(*at)).filter(|parent| parent < at);
    let mut above = std::iter::successors(Some(at), above);
    above.find(|at| matches!(view.dom.tag(*at), "table" | "dl"))
}

#[derive(Default)]
struct Reading {
    shown: Shown,
    labels: BTreeSet<Element>,
    open: Vec<Element>,
    weight: usize,
    /// Labels so far.
    heard: usize,
    /// Where the table ends in which the last label stands, and how many stand in it.
    within: Option<(usize, usize)>,
}

impl Reading {
    /// A table of many labels is the guide's: what stands behind it is none of its fields.
    fn leave(&mut self, at: usize) {
        if self
            .within
            .is_some_and(|(end, labels)| end <= at && LABELS <= labels)
        {
            self.open.clear();
            self.within = None;
        }
    }

    /// A label stands in the table that ends at `end`, or in none.
    fn stands_in(&mut self, end: Option<usize>) {
        let known = self.within.filter(|(known, _)| Some(*known) == end);
        let before = known.map_or(0, |(_, labels)| labels);
        self.within = end.map(|end| (end, before + 1));
    }

    fn hear(&mut self, text: &str) {
        let squeezed: String = text
            .chars()
            .filter(|c| !c.is_whitespace())
            .take(60)
            .collect();
        let (label, rest) = split(&squeezed);
        let meant = meant(label);
        if meant.is_empty() {
            // Other labels end a field too: what follows is theirs.
            if squeezed.ends_with([':', '：']) && squeezed.chars().count() <= LABEL {
                self.open.clear();
                return;
            }
            let weight = clean::weight(&squeezed);
            let digits = squeezed.chars().filter(char::is_ascii_digit).count();
            return self.say(weight.max(digits / 3));
        }
        self.heard += 1;
        self.labels.extend(meant.iter().copied());
        self.open = meant;
        self.weight = 0;
        let digits = rest.chars().filter(char::is_ascii_digit).count();
        self.say(clean::weight(rest).max(digits / 3));
    }

    fn say(&mut self, weight: usize) {
        self.weight += weight;
        if self.weight >= WEIGHT {
            self.shown.has.extend(self.open.iter().copied());
        }
    }

    fn link(&mut self, text: &str, url: Option<Url>) {
        let Some(url) = url else { return };
        if !address::is_page(&url) {
            self.shown.files += 1;
            return;
        }
        let is_online =
            text.chars().count() <= LABEL && ONLINE.iter().any(|word| text.contains(word));
        if is_online && !self.shown.online.contains(&url) {
            self.shown.online.push(url);
        }
    }
}

/// A label, without its number and signs, and what stands behind its colon.
fn split(text: &str) -> (&str, &str) {
    let (label, rest) = text.split_once([':', '：']).unwrap_or((text, ""));
    let number =
        |c: char| c.is_ascii_digit() || "一二三四五六七八九十（）()【】[]、.．*※●■◆".contains(c);
    (label.trim_matches(number), rest)
}

fn meant(label: &str) -> Vec<Element> {
    if label.is_empty() || label.chars().count() > LABEL {
        return Vec::new();
    }
    let of = |(element, words): &(Element, &[&str])| words.contains(&label).then_some(*element);
    DICTIONARY.iter().filter_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Synthetic, after the labels that guides of such sites are described to have.
    fn page(body: &str) -> Page {
        Page {
            url: "http://www.example.cn/bsfw/1.html".parse().unwrap(),
            status: 200,
            content_type: Some("text/html; charset=utf-8".to_owned()),
            body: format!("<html><head><meta charset=utf-8><title>办事</title></head><body><div class=nav><a href=/>办理流程</a></div>{body}</body></html>").into_bytes(),
        }
    }

    fn has(body: &str) -> Option<Vec<&'static str>> {
        let shown = read(&page(body), "2017-11-20".parse().unwrap())?;
        Some(shown.has.into_iter().map(Element::word).collect())
    }

    #[test]
    fn the_elements_of_a_guide() {
        let table = "<h1>科技项目立项申请</h1><table><tr><th>设定依据</th><td>《科技进步法》第三十条</td></tr>\
            <tr><th>申请条件</th><td>在本区注册的企业</td></tr><tr><th>申请材料</th><td><a href=/f/1.doc>申请表</a></td></tr>\
            <tr><th>办理流程</th><td><img src=/lc.png></td></tr><tr><th>办理地点</th><td></td></tr>\
            <tr><th>咨询电话</th><td>010-00000000</td></tr><tr><th>是否收费</th><td>不收费</td></tr></table>";
        assert_eq!(
            has(table).unwrap(),
            [
                "事项名称",
                "设定依据",
                "申请条件",
                "办理材料",
                "联系电话",
                "办理流程",
                "收费标准"
            ]
        );
        let prose = "<p><b>一、事项名称：</b>居住证办理</p><p>二、办理依据</p><p>《居住证暂行条例》</p><p>三、受理条件：在京居住满六个月</p>\
            <p>（四）办理材料</p><p>1.身份证明</p><p>五、办理时间和地点：工作日，某街1号</p><p>六、收费标准：无</p>";
        assert_eq!(
            has(prose).unwrap(),
            [
                "事项名称",
                "设定依据",
                "申请条件",
                "办理材料",
                "办理地点",
                "办理时间"
            ]
        );
    }

    #[test]
    fn tabs_are_no_elements_and_other_pages_no_guides() {
        let tabs = "<ul><li>设定依据</li><li>申请条件</li><li>办理材料</li><li>办理流程</li></ul><p>联系电话：</p>";
        assert_eq!(has(tabs).unwrap(), Vec::<&str>::new());
        for other in [
            "<p>联系电话：010-00000000</p>",
            "",
            "<script>load('办理流程')</script>",
        ] {
            assert_eq!(has(other), None, "{other}");
        }
    }

    #[test]
    fn what_stands_behind_the_table_of_a_guide_is_no_field_of_it() {
        let rows = "<tr><td>设定依据</td><td>《条例》第三条</td></tr><tr><td>申请条件</td><td>企业</td></tr>\
            <tr><td>办理流程</td><td></td></tr>";
        let behind = "<p><a href=/f/1.doc>申请表下载</a> <a href=/online/1>在线办理</a></p>";
        let of = |html: String| has(&html).unwrap();
        assert_eq!(
            of(format!("<table>{rows}</table>{behind}")),
            ["设定依据", "申请条件"]
        );
        let terms = rows
            .replace("<tr><td>", "<dt>")
            .replace("</td><td>", "</dt><dd>")
            .replace("</td></tr>", "</dd>");
        assert_eq!(
            of(format!("<dl>{terms}</dl>{behind}")),
            ["设定依据", "申请条件"]
        );
        // A table a label is the frame of a heading.
        let head = |label: &str, text: &str| {
            format!("<table><tr><td>{label}</td></tr></table><p>{text}</p>")
        };
        let heads = ["设定依据", "申请条件", "办理流程"].map(|label| head(label, "按有关规定办理"));
        assert_eq!(of(heads.concat()), ["设定依据", "申请条件", "办理流程"]);
    }

    #[test]
    fn files_and_online_systems_to_which_a_guide_leads() {
        let body = "<p>申请条件：企业</p><p>办理材料：<a href=/f/1.doc>申请表</a></p><p>办理流程：现场</p>\
            <a href=http://banshi.example.cn/sb>在线申报</a><a href=/x.html>关于在线办理有关事项的通知</a>";
        let shown = read(&page(body), "2017-11-20".parse().unwrap()).unwrap();
        assert_eq!(shown.files, 1);
        let online: Vec<&str> = shown.online.iter().map(Url::as_str).collect();
        assert_eq!(online, ["http://banshi.example.cn/sb"]);
    }

    #[test]
    fn the_guides_of_a_directory() {
        let rows: String = (1..=4)
            .map(|n| format!("<li><a href=/bsfw/g{n}.html>第{n}类科技项目立项申请办理</a></li>"))
            .collect();
        let body = format!(
            "<h2>办事指南</h2><ul>{rows}<li><a href=http://banshi.example.cn/5>第五类科技项目立项申请办理</a></li></ul>"
        );
        let guides = list(&page(&body), "2017-11-20".parse().unwrap());
        assert_eq!(guides.len(), 5, "{guides:?}");
        assert_eq!(guides[0].0, "第1类科技项目立项申请办理");
    }

    #[test]
    fn names_of_two_characters_beside_longer_ones() {
        let names = [
            "办证",
            "社保",
            "户籍迁移",
            "科技项目立项",
            "税",
            "高新技术企业认定",
        ];
        let rows = names.iter().enumerate();
        let rows: String = rows
            .map(|(n, name)| format!("<li><a href=/bsfw/g{n}.html>{name}</a></li>"))
            .collect();
        let body = format!(
            "<div><a href=/gzdt/1.html>动态</a></div><h2>办事指南</h2><ul>{rows}\
             <li><a href=/bsfw/>返回</a></li><li><a href=/bsfw/more.html>更多</a></li>\
             <li><a href=/bsfw/index_2.html>下页</a><a href=/bsfw/index_3.html>第3页</a></li></ul>"
        );
        let guides = list(&page(&body), "2017-11-20".parse().unwrap());
        let mut found: Vec<&str> = guides.iter().map(|(title, _)| title.as_str()).collect();
        found.sort_unstable();
        let mut all = names;
        all.sort_unstable();
        assert_eq!(found, all);
    }

    /// Names of affairs are short by nature; menus, sections and news are none all the same.
    #[test]
    fn a_directory_of_short_names() {
        let names = [
            "婚姻登记",
            "养老保险登记",
            "食品经营许可",
            "再生育审批",
            "居住证办理",
            "低保申请",
        ];
        let link = |n: usize, name: &str| format!("<a href=/bsfw/g{n}.html>{name}</a>");
        let rows = |open: &str, close: &str| -> String {
            let rows = names.iter().enumerate();
            rows.map(|(n, name)| format!("{open}{}{close}", link(n, name)))
                .collect()
        };
        let menu = "<div class=nav><ul><li><a href=/gzdt/1.html>工作动态</a></li><li><a href=/tzgg/2.html>通知公告</a></li>\
            <li><a href=/zcwj/3.html>政策文件</a></li></ul></div>";
        let sections = "<ul class=tab><li><a href=/bsfw/gr/>个人办事</a></li><li><a href=/bsfw/qy/>企业办事</a></li>\
            <li><a href=/bsfw/bm/>部门办事</a></li></ul>";
        let news: String = (1..=3)
            .map(|n| format!("<li><a href=/gzdt/{n}.html>关于开展第{n}次检查工作的情况通报</a><span>2017-11-0{n}</span></li>"))
            .collect();
        let list = format!("<ul class=list>{}</ul>", rows("<li>", "</li>"));
        let table = format!(
            "<table>{}</table>",
            rows("<tr><td>", "</td><td>区民政局</td></tr>")
        );
        let of = |body: &str| {
            let guides = super::list(&page(body), "2017-11-20".parse().unwrap());
            guides
                .into_iter()
                .map(|(title, _)| title)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            of(&format!("{menu}{sections}<h2>办事指南</h2>{list}")),
            names
        );
        assert_eq!(of(&format!("{menu}<h2>办事指南</h2>{table}")), names);
        assert_eq!(
            of(&format!(
                "<h2>办事指南</h2>{list}<ul class=news>{news}</ul>"
            )),
            names
        );
        assert_eq!(of(&format!("{menu}{sections}")), Vec::<String>::new());
    }
}
