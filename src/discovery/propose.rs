//! From sheets to proposals: which visited pages are columns, of which class, with how much
//! confidence, and which only repeat others.

use url::Url;

use super::gaps::Gaps;
use super::kin;
use super::met::Way;
use super::name;
use super::place;
use super::proposal::{ClassBy, Parent, Proposal, Proposals, Remark, SiteSeen};
use super::sheet::{Came, Listing, Seen, Sheet};
use super::survey::Survey;
use crate::domain::class::Class;
use crate::domain::dictionary::{self, Hit, Meaning};
use crate::domain::finding::{Finding, Unreadable};
use crate::domain::time::Date;
use crate::extract::outline::Outline;

/// Dated rows from which on a list is no accident.
const ENOUGH_ROWS: usize = 3;

/// What a visited page comes to.
enum Verdict {
    Column(Box<Proposal>),
    PassedOver(Remark),
    Unread(Remark),
    Nothing,
}

/// Proposes the columns of a site.
pub fn propose(survey: &Survey) -> Proposals {
    let copied = name::copied(survey.sheets());
    let mut proposals = Proposals {
        site: site(survey),
        columns: Vec::new(),
        parents: Vec::new(),
        passed_over: Vec::new(),
        unread: Vec::new(),
    };
    let mut found: Vec<(Proposal, &Seen)> = Vec::new();
    for sheet in survey.sheets() {
        match (verdict(survey, sheet, &copied), sheet.seen()) {
            (Verdict::Column(column), Some(seen)) => found.push((*column, seen)),
            (Verdict::PassedOver(remark), _) => proposals.passed_over.push(remark),
            (Verdict::Unread(remark), _) => proposals.unread.push(remark),
            (Verdict::Column(_), None) | (Verdict::Nothing, _) => {}
        }
    }
    let found = kin::without_doubles(found);
    let parents = kin::parents(&found);
    for (at, (column, _)) in found.iter().enumerate() {
        match parents.get(&at) {
            Some(children) => proposals.parents.push(Parent {
                list: column.clone(),
                children: children
                    .iter()
                    .filter_map(|child| Some(found.get(*child)?.0.name.clone()))
                    .collect(),
            }),
            None => proposals.columns.push(column.clone()),
        }
    }
    proposals.columns.sort_by_key(Proposal::confidence);
    proposals
}

/// The site by its home page, else by any page.
fn site(survey: &Survey) -> SiteSeen {
    let pages = || survey.sheets().iter().filter_map(Sheet::seen);
    let first = |of: fn(&Outline) -> Option<String>| pages().find_map(|seen| of(&seen.outline));
    let titles = || {
        let homes = survey
            .sheets()
            .iter()
            .filter(|sheet| survey.is_home(&sheet.url));
        let mut titles = homes.filter_map(|sheet| Some(sheet.seen()?.outline.title.clone()));
        titles.find(|title| !title.is_empty())
    };
    SiteSeen {
        name: first(|outline| outline.site_name.clone()).or_else(titles),
        sponsor: first(|outline| outline.sponsor.clone()),
        code: first(|outline| outline.site_id_code.clone()),
    }
}

fn verdict(survey: &Survey, sheet: &Sheet, copied: &[String]) -> Verdict {
    let remark = |name: String, why: String| Remark {
        name,
        url: sheet.url.clone(),
        why,
    };
    let called = || {
        let met = survey.met(&sheet.url);
        let named = met.and_then(|met| met.ways.iter().find(|(_, name)| !name.is_empty()));
        named.map_or_else(|| sheet.url.path().to_owned(), |(_, name)| name.clone())
    };
    let leads_away = |seen: &Seen| {
        let away = |url: &&Url| !place::is_same_host(url, survey.home());
        seen.outline.jump.as_ref().filter(away).cloned()
    };
    let seen = match &sheet.came {
        // Articles are only looked at for their trails.
        Came::Failed(_) | Came::Closed if place::is_article(&sheet.url) => {
            return Verdict::Nothing;
        }
        Came::Failed(failure) => {
            return Verdict::Unread(remark(called(), failure.in_chinese()));
        }
        Came::Closed => {
            let why = Unreadable::TooComplex.in_chinese().to_owned();
            return Verdict::Unread(remark(called(), why));
        }
        Came::Page(seen) => seen,
    };
    if survey.is_home(&sheet.url) {
        return leads_away(seen).map_or(Verdict::Nothing, |to| {
            Verdict::Unread(remark(
                "首页".to_owned(),
                format!("跳转到{to}，请改用该网址"),
            ))
        });
    }
    let Some(listing) = &seen.listing else {
        return Verdict::Unread(remark(called(), "页面无法读取".to_owned()));
    };
    let names = name::of(&sheet.url, seen, survey.met(&sheet.url), copied);
    let hit = hit(&names, seen.outline.column_type.as_deref());
    let name = || names.first().cloned().unwrap_or_default();
    let meaning = above(seen).or(hit.map(|hit| hit.meaning));
    if let Some(why) = meaning.and_then(excluded) {
        return Verdict::PassedOver(remark(name(), why.to_owned()));
    }
    let is_known = hit.is_some_and(|hit| hit.listed) || seen.outline.column_name.is_some();
    match &listing.finding {
        _ if listing.is_article => match hit.filter(|hit| hit.listed) {
            Some(_) => Verdict::PassedOver(remark(name(), "是一篇文章，不是列表".to_owned())),
            None => Verdict::Nothing,
        },
        Finding::Dated(_) | Finding::Undated(_) if listing.is_list => {
            Verdict::Column(Box::new(column(survey, sheet, seen, listing, &names, hit)))
        }
        Finding::Empty if is_known || !seen.outline.breadcrumb.is_empty() => {
            Verdict::Column(Box::new(column(survey, sheet, seen, listing, &names, hit)))
        }
        Finding::Unreadable(Unreadable::NoList) | Finding::Dated(_) | Finding::Undated(_) => {
            let why = "没有文章列表，可能是导航页或由脚本生成".to_owned();
            Verdict::PassedOver(remark(name(), why))
        }
        Finding::Empty => Verdict::PassedOver(remark(name(), "没有任何条目".to_owned())),
        Finding::Unreadable(why) => Verdict::Unread(remark(name(), why.in_chinese().to_owned())),
    }
}

/// What the dictionary says of the first of the names that it knows; else what the surest name
/// suggests. Only the surest name can exclude a page.
fn hit(names: &[String], stated: Option<&str>) -> Option<Hit> {
    let first = names.first().map(String::as_str).unwrap_or_default();
    let own = dictionary::of(first, stated);
    let others = names.iter().skip(1);
    let known = others.filter_map(|name| dictionary::of(name, None));
    let is_column = |hit: &Hit| hit.listed && matches!(hit.meaning, Meaning::Column(_));
    own.filter(|hit| hit.listed)
        .or_else(|| known.into_iter().find(is_column))
        .or(own)
}

/// A page below a topic is a part of it, whatever its own name says.
fn above(seen: &Seen) -> Option<Meaning> {
    let mut parts = seen.outline.breadcrumb.iter();
    let is_topic = parts.any(|(name, _)| {
        dictionary::of(name, None).is_some_and(|hit| hit.meaning == Meaning::Topic)
    });
    is_topic.then_some(Meaning::Topic)
}

fn excluded(meaning: Meaning) -> Option<&'static str> {
    match meaning {
        Meaning::Topic => Some("专题、往届或归档内容，不作为应更新栏目"),
        Meaning::Service => Some("办事服务，没有更新时限"),
        Meaning::Elsewhere => Some("不是栏目"),
        Meaning::Column(_) => None,
    }
}

fn column(
    survey: &Survey,
    sheet: &Sheet,
    seen: &Seen,
    listing: &Listing,
    names: &[String],
    hit: Option<Hit>,
) -> Proposal {
    let stated = seen.outline.column_type.as_deref();
    let is_stated = stated.and_then(|stated| dictionary::of("", Some(stated)));
    let (class, by) = match hit {
        Some(hit) => match (hit.meaning, is_stated == Some(hit)) {
            (Meaning::Column(class), true) => (class, ClassBy::Stated(hit)),
            (Meaning::Column(class), false) => (class, ClassBy::Named(hit)),
            _ => (Class::Other, ClassBy::Guess),
        },
        None => (Class::Other, ClassBy::Guess),
    };
    let dates: Vec<Date> = listing.rows.iter().filter_map(|line| line.on).collect();
    let met = survey.met(&sheet.url);
    let mut column = Proposal {
        name: names.first().cloned().unwrap_or_default(),
        url: sheet.url.clone(),
        class,
        by,
        ways: met.map_or_else(Vec::new, |met| met.ways.iter().cloned().collect()),
        states_name: seen.outline.column_name.is_some(),
        has_trail: !seen.outline.breadcrumb.is_empty(),
        dated: dates.len(),
        rows: listing.rows.len(),
        newest: match &listing.finding {
            Finding::Dated(update) => Some(update.on),
            _ => None,
        },
        gaps: Gaps::of(dates),
        is_empty: listing.finding == Finding::Empty,
        doubts: Vec::new(),
        also: Vec::new(),
    };
    column.doubts = doubts(&column, &listing.finding);
    column
}

fn doubts(column: &Proposal, finding: &Finding) -> Vec<String> {
    let mut doubts = Vec::new();
    match column.by {
        ClassBy::Guess => doubts.push("类别为猜测，名称不在词典中".to_owned()),
        ClassBy::Named(hit) | ClassBy::Stated(hit) if !hit.is_sure() => {
            doubts.push(format!("类别仅由“{}”一词推定", hit.word));
        }
        ClassBy::Named(_) | ClassBy::Stated(_) => {}
    }
    match finding {
        Finding::Empty => doubts.push("栏目为空".to_owned()),
        Finding::Undated(why) => doubts.push(why.in_chinese().to_owned()),
        _ if column.rows < ENOUGH_ROWS => doubts.push(format!("列表只有{}行", column.rows)),
        _ => {}
    }
    let strong = column.ways.iter().any(|(way, _)| *way != Way::Other);
    if !strong && !column.states_name && !column.has_trail {
        doubts.push("仅由页面中的普通链接发现".to_owned());
    }
    doubts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discovery::proposal::Confidence;
    use crate::discovery::sheet::Line;
    use crate::domain::finding::{Basis, Evidence, LastUpdate, Undated};
    use crate::domain::visit::Failure;
    use crate::extract::outline::{Link, Place};

    fn url(path: &str) -> Url {
        Url::parse("http://www.example.gov.cn/")
            .unwrap()
            .join(path)
            .unwrap()
    }

    fn dated(on: &str) -> Finding {
        Finding::Dated(LastUpdate {
            on: on.parse().unwrap(),
            basis: Basis::ListRow,
            evidence: Evidence {
                page: String::new(),
                title: String::new(),
                link: None,
                snippet: String::new(),
            },
        })
    }

    /// A list with these rows, each a day older than the one before.
    fn list(rows: &[&str]) -> Listing {
        let newest: Date = "2017-11-03".parse().unwrap();
        let line = |(at, row): (usize, &&str)| Line {
            url: Some(url(row).into()),
            on: newest.checked_sub_days(chrono::Days::new(at as u64)),
        };
        Listing {
            finding: dated("2017-11-03"),
            is_list: true,
            is_article: false,
            rows: rows.iter().enumerate().map(line).collect(),
        }
    }

    fn sheet(path: &str, listing: Option<Listing>, outline: Outline) -> Sheet {
        Sheet {
            url: url(path),
            depth: 1,
            requests: 1,
            came: Came::Page(Box::new(Seen {
                arrived: url(path),
                outline,
                listing,
            })),
        }
    }

    /// A site whose home page has these links in its menu, and these pages.
    fn proposed(menu: &[(&str, &str)], pages: Vec<Sheet>) -> Proposals {
        let links = menu.iter().map(|(text, path)| Link {
            text: (*text).to_owned(),
            url: url(path),
            place: Place::Nav,
        });
        let home = Outline {
            links: links.collect(),
            title: "某局".to_owned(),
            ..Outline::default()
        };
        let mut survey = Survey::new(url("/"), 2);
        survey.enter(sheet("/", None, home));
        for page in pages {
            survey.enter(page);
        }
        propose(&survey)
    }

    fn trail(parts: &[(&str, &str)]) -> Outline {
        let parts = parts.iter();
        Outline {
            breadcrumb: parts
                .map(|(name, path)| ((*name).to_owned(), Some(url(path))))
                .collect(),
            ..Outline::default()
        }
    }

    #[test]
    fn doubts_lower_the_confidence_and_a_guessed_class_is_not_sure() {
        let rows = ["/1", "/2", "/3", "/4"];
        let undated = Listing {
            finding: Finding::Undated(Undated::NoDates),
            ..list(&rows[..3])
        };
        let empty = Listing {
            finding: Finding::Empty,
            ..list(&[])
        };
        let menu = [
            ("通知公告", "/tzgg/"),
            ("安全生产", "/aqsc/"),
            ("行政处罚公示", "/xzcf/"),
            ("人事信息", "/rsxx/"),
            ("规划计划", "/ghjh/"),
            ("食药监管", "/syjg/"),
        ];
        let found = proposed(
            &menu,
            vec![
                sheet("/tzgg/", Some(list(&rows)), Outline::default()),
                sheet(
                    "/aqsc/",
                    Some(list(&["/5", "/6", "/7"])),
                    Outline::default(),
                ),
                sheet(
                    "/xzcf/",
                    Some(list(&["/8", "/9", "/a"])),
                    Outline::default(),
                ),
                sheet("/rsxx/", Some(undated), Outline::default()),
                sheet("/ghjh/", Some(empty), Outline::default()),
                sheet("/syjg/", Some(list(&["/b"])), Outline::default()),
            ],
        );
        let seen: Vec<(&str, Class, Confidence, bool)> = found
            .columns
            .iter()
            .map(|c| (c.name.as_str(), c.class, c.confidence(), c.is_class_sure()))
            .collect();
        use Confidence::{High, Low, Medium};
        assert_eq!(
            seen,
            [
                ("通知公告", Class::Notices, High, true),
                ("安全生产", Class::Other, Medium, false),
                ("行政处罚公示", Class::Notices, Medium, false),
                ("人事信息", Class::Personnel, Medium, true),
                ("规划计划", Class::Plans, Medium, true),
                ("食药监管", Class::Other, Low, false),
            ]
        );
    }

    #[test]
    fn a_stated_type_decides_and_what_is_excluded_by_its_own_name_is_told_of() {
        let stated = Outline {
            column_type: Some("工作动态".to_owned()),
            ..Outline::default()
        };
        let named = Outline {
            column_name: Some("2016年专题".to_owned()),
            ..Outline::default()
        };
        let of_topic = trail(&[("首页", "/"), ("专题专栏", "/ztzl/"), ("工作动态", "/zt2/")]);
        let article = Listing {
            is_list: false,
            is_article: true,
            ..list(&[])
        };
        let bare = Listing {
            finding: Finding::Unreadable(Unreadable::NoList),
            is_list: false,
            ..list(&[])
        };
        let menu = [
            ("公示", "/gs/"),
            ("两学一做", "/zt/"),
            ("工作动态", "/zt2/"),
            ("机构职能", "/jgzn/"),
            ("政务公开", "/zwgk/"),
            ("规范性文件", "/gfxwj/"),
        ];
        let missing = Sheet {
            url: url("/gfxwj/"),
            depth: 1,
            requests: 1,
            came: Came::Failed(Failure::Status(404)),
        };
        let found = proposed(
            &menu,
            vec![
                sheet("/gs/", Some(list(&["/1", "/2", "/3"])), stated),
                sheet("/zt/", Some(list(&["/4", "/5", "/6"])), named),
                sheet("/zt2/", Some(list(&["/7", "/8", "/9"])), of_topic),
                sheet("/jgzn/", Some(article), Outline::default()),
                sheet("/zwgk/", Some(bare), Outline::default()),
                missing,
            ],
        );
        let columns: Vec<(&str, Class)> = found
            .columns
            .iter()
            .map(|c| (c.name.as_str(), c.class))
            .collect();
        assert_eq!(columns, [("公示", Class::News)]);
        let remarks = |remarks: &[Remark]| -> Vec<(String, String)> {
            let told = remarks.iter();
            told.map(|r| (r.name.clone(), r.why.clone())).collect()
        };
        let passed = remarks(&found.passed_over);
        let names: Vec<&str> = passed.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["2016年专题", "工作动态", "机构职能", "政务公开"]);
        let unread = [(
            "规范性文件".to_owned(),
            "服务器返回错误（状态码404）".to_owned(),
        )];
        assert_eq!(remarks(&found.unread), unread);
    }

    #[test]
    fn a_list_of_others_rows_is_a_parent_and_one_page_is_one_column() {
        let menu = [
            ("政务公开", "/zwgk/"),
            ("通知公告", "/tzgg/"),
            ("政策文件", "/zwgk/zcwj/"),
            ("最新信息", "/zxxx/"),
            ("通知公告", "/gg/"),
        ];
        let notices = ["/1", "/2", "/3", "/4"];
        let policy = ["/5", "/6", "/7"];
        let path = [
            ("首页", "/"),
            ("政务公开", "/zwgk/index.html"),
            ("通知公告", "/tzgg/"),
        ];
        let found = proposed(
            &menu,
            vec![
                sheet(
                    "/zwgk/",
                    Some(list(&["/1", "/2", "/5", "/6"])),
                    Outline::default(),
                ),
                sheet("/tzgg/", Some(list(&notices)), trail(&path)),
                sheet("/zwgk/zcwj/", Some(list(&policy)), Outline::default()),
                sheet(
                    "/zxxx/",
                    Some(list(&["/1", "/5", "/2", "/6"])),
                    Outline::default(),
                ),
                sheet("/gg/", Some(list(&notices)), Outline::default()),
            ],
        );
        let columns: Vec<&str> = found.columns.iter().map(|c| c.name.as_str()).collect();
        assert_eq!(columns, ["通知公告", "政策文件"]);
        assert_eq!(found.columns[0].also, [url("/gg/")]);
        let parents: Vec<(&str, &[String])> = found
            .parents
            .iter()
            .map(|parent| (parent.list.name.as_str(), parent.children.as_slice()))
            .collect();
        let children = ["通知公告".to_owned(), "政策文件".to_owned()];
        assert_eq!(
            parents,
            [("政务公开", &children[..]), ("最新信息", &children[..])]
        );
    }
}
