//! The dictionary of column names: which class a name stands for, and which names are no columns.
//!
//! The rules are tried in their order and the first that hits decides, because 任前公示 contains
//! 公示 and belongs to personnel. Names that are excluded are recognised before all rules; a name
//! without any of the words may still suggest a class. The words and their order are this
//! product's own; only some of them stand in official texts.

use super::class::Class;

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// A column of this class.
    Column(Class),
    /// 办事指南 and the like: they must be complete, and have no limit.
    Service,
    /// 专题, 往届 and the like: done with, or of one occasion.
    Topic,
    /// A link that every site has and that leads to no column.
    Elsewhere,
}

/// A name that the dictionary knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// What it stands for.
    pub meaning: Meaning,
    /// The word that says so.
    pub word: &'static str,
    /// Whether the word is the whole name.
    pub whole: bool,
    /// Whether it is a word of the dictionary, and not only a part of many of its words.
    pub listed: bool,
}

impl Hit {
    /// The fewest characters of a word that decides as a part of a longer name.
    const LONG: usize = 3;

    /// Whether the word is enough to go by: one of the dictionary that is the whole name, or long
    /// enough to be no accident within a longer one.
    pub fn is_sure(&self) -> bool {
        self.listed && (self.whole || self.word.chars().count() >= Hit::LONG)
    }
}

/// A rule: its words, and words in whose presence it does not hold.
struct Rule {
    meaning: Meaning,
    words: &'static [&'static str],
    unless: &'static [&'static str],
}

const fn rule(meaning: Meaning, words: &'static [&'static str]) -> Rule {
    Rule {
        meaning,
        words,
        unless: &[],
    }
}

/// What is no column to be watched, before anything else is asked.
const EXCLUDED: [Rule; 2] = [
    rule(
        Meaning::Topic,
        &["专题", "专栏", "回顾", "历史", "归档", "往届"],
    ),
    rule(
        Meaning::Elsewhere,
        &[
            "友情链接",
            "网站地图",
            "站点地图",
            "关于我们",
            "联系我们",
            "联系方式",
            "登录",
            "用户注册",
            "搜索",
            "english",
            "首页",
            "加入收藏",
            "手机版",
            "繁体",
        ],
    ),
];

/// The rules in their order.
const RULES: [Rule; 13] = [
    rule(
        Meaning::Service,
        &["办事指南", "办事服务", "服务事项", "在线办理", "表格下载"],
    ),
    rule(
        Meaning::Column(Class::Interviews),
        &["在线访谈", "互动访谈", "网上直播"],
    ),
    rule(
        Meaning::Column(Class::Surveys),
        &[
            "调查征集",
            "网上调查",
            "意见征集",
            "民意征集",
            "征集主题",
            "问卷",
        ],
    ),
    rule(
        Meaning::Column(Class::Replies),
        &[
            "市长信箱",
            "政府信箱",
            "区长信箱",
            "领导信箱",
            "局长信箱",
            "我要咨询",
            "公众留言",
            "咨询投诉",
            "咨询答复",
            "答复选登",
            "热点回应",
        ],
    ),
    rule(
        Meaning::Column(Class::Interpretation),
        &[
            "政策解读",
            "解读回应",
            "图解",
            "一图读懂",
            "专家解读",
            "新闻发布会",
        ],
    ),
    rule(
        Meaning::Column(Class::Plans),
        &[
            "规划计划",
            "规划信息",
            "工作计划",
            "工作要点",
            "五年规划",
            "计划总结",
        ],
    ),
    rule(
        Meaning::Column(Class::Personnel),
        &[
            "人事信息",
            "人事任免",
            "任前公示",
            "招考录用",
            "公务员招录",
            "干部任免",
        ],
    ),
    Rule {
        meaning: Meaning::Column(Class::Finance),
        words: &["财政信息", "财政预算决算", "预决算", "三公经费", "政府采购"],
        unless: &["招标公告"],
    },
    rule(
        Meaning::Column(Class::Statistics),
        &["统计信息", "统计数据", "数据发布", "统计公报"],
    ),
    rule(
        Meaning::Column(Class::Policy),
        &[
            "政策文件",
            "政策法规",
            "规范性文件",
            "法规规章",
            "文件发布",
            "政府文件",
        ],
    ),
    rule(
        Meaning::Column(Class::Notices),
        &[
            "通知公告",
            "公示公告",
            "公告公示",
            "通知通告",
            "招标公告",
            "公示",
        ],
    ),
    rule(
        Meaning::Column(Class::News),
        &[
            "工作动态",
            "动态要闻",
            "政务要闻",
            "本地要闻",
            "部门动态",
            "区县动态",
            "工作进展",
            "新闻动态",
            "政务动态",
            "街道动态",
            "时政要闻",
            "图片新闻",
            "新闻中心",
            "媒体关注",
        ],
    ),
    rule(
        Meaning::Column(Class::Organisation),
        &[
            "领导信息",
            "负责人信息",
            "机构职能",
            "机构信息",
            "概况信息",
            "地区介绍",
            "重大项目",
            "信息公开目录",
            "信息公开指南",
            "年度报告",
        ],
    ),
];

/// What a name suggests that holds none of the words above, in the order of the rules. It only
/// saves the person who confirms a class from writing it.
const SUGGESTED: [Rule; 12] = [
    rule(Meaning::Column(Class::Interviews), &["访谈"]),
    rule(Meaning::Column(Class::Surveys), &["征集", "调查"]),
    rule(Meaning::Column(Class::Replies), &["信箱", "留言", "咨询"]),
    rule(Meaning::Column(Class::Interpretation), &["解读"]),
    rule(Meaning::Column(Class::Plans), &["规划", "计划"]),
    rule(
        Meaning::Column(Class::Personnel),
        &["人事", "任免", "招聘", "招考"],
    ),
    rule(
        Meaning::Column(Class::Finance),
        &["预算", "决算", "采购", "财政"],
    ),
    rule(Meaning::Column(Class::Statistics), &["统计"]),
    rule(Meaning::Column(Class::Policy), &["法规", "文件", "政策"]),
    rule(Meaning::Column(Class::Notices), &["公告", "通知", "通告"]),
    rule(
        Meaning::Column(Class::News),
        &["要闻", "动态", "新闻", "资讯", "快讯"],
    ),
    rule(
        Meaning::Column(Class::Organisation),
        &["领导", "机构", "概况", "职能", "简介"],
    ),
];

/// What the dictionary says of a column by its name and by the `ColumnType` that its page states.
/// What excludes a name comes first; then the stated type counts more than the name.
pub fn of(name: &str, stated_type: Option<&str>) -> Option<Hit> {
    let name = plain(name);
    let stated = stated_type.map(plain).unwrap_or_default();
    first(&EXCLUDED, &name)
        .or_else(|| first(&RULES, &stated))
        .or_else(|| first(&RULES, &name))
        .or_else(|| {
            let suggested = first(&SUGGESTED, &stated).or_else(|| first(&SUGGESTED, &name));
            suggested.map(|hit| Hit {
                listed: false,
                ..hit
            })
        })
}

/// Letters in lower case, without white space.
fn plain(text: &str) -> String {
    let kept = text.chars().filter(|c| !c.is_whitespace()).take(60);
    kept.flat_map(char::to_lowercase).collect()
}

fn first(rules: &'static [Rule], name: &str) -> Option<Hit> {
    rules.iter().find_map(|rule| hit(rule, name))
}

/// The longest word of the rule that stands in the name.
fn hit(rule: &'static Rule, name: &str) -> Option<Hit> {
    if rule.unless.iter().any(|word| name.contains(word)) {
        return None;
    }
    let words = rule.words.iter().filter(|word| name.contains(**word));
    let word = words.max_by_key(|word| word.chars().count())?;
    Some(Hit {
        meaning: rule.meaning,
        word,
        whole: *word == name,
        listed: true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(name: &str) -> Option<Meaning> {
        of(name, None).map(|hit| hit.meaning)
    }

    #[test]
    fn every_word_alone_means_what_its_rule_says() {
        for rule in EXCLUDED.iter().chain(&RULES) {
            for word in rule.words {
                let expected = Hit {
                    meaning: rule.meaning,
                    word,
                    whole: true,
                    listed: true,
                };
                assert_eq!(of(word, None), Some(expected), "{word}");
            }
        }
    }

    #[test]
    fn names_that_contain_two_words_go_by_the_order_of_the_rules() {
        use Class::*;
        let table = [
            ("干部任前公示", Some(Meaning::Column(Personnel))),
            ("公示", Some(Meaning::Column(Notices))),
            ("行政许可公示", Some(Meaning::Column(Notices))),
            ("政府采购", Some(Meaning::Column(Finance))),
            ("政府采购招标公告", Some(Meaning::Column(Notices))),
            ("招标公告", Some(Meaning::Column(Notices))),
            ("政府信息公开年度报告", Some(Meaning::Column(Organisation))),
            ("重大项目公示", Some(Meaning::Column(Notices))),
            ("政策文件图解", Some(Meaning::Column(Interpretation))),
            ("新闻发布会", Some(Meaning::Column(Interpretation))),
            ("政府信箱办事指南", Some(Meaning::Service)),
            ("预决算公开", Some(Meaning::Column(Finance))),
            ("“十三五”五年规划", Some(Meaning::Column(Plans))),
            ("意见征集公示", Some(Meaning::Column(Surveys))),
            ("通 知 公 告", Some(Meaning::Column(Notices))),
            ("西城区工作动态", Some(Meaning::Column(News))),
            ("政策解读专栏", Some(Meaning::Topic)),
            ("工作动态（历史）", Some(Meaning::Topic)),
            ("往届在线访谈", Some(Meaning::Topic)),
            ("English", Some(Meaning::Elsewhere)),
            ("ENGLISH VERSION", Some(Meaning::Elsewhere)),
            ("用户登录", Some(Meaning::Elsewhere)),
            ("安全生产", None),
            ("", None),
        ];
        for (name, expected) in table {
            assert_eq!(class(name), expected, "{name}");
        }
    }

    #[test]
    fn a_stated_type_counts_more_than_the_name_and_less_than_an_exclusion() {
        let news = Some(Meaning::Column(Class::News));
        let meaning = |name, stated| of(name, Some(stated)).map(|hit| hit.meaning);
        assert_eq!(meaning("公示", "工作动态"), news);
        assert_eq!(meaning("安全生产", "工作动态"), news);
        let notices = Some(Meaning::Column(Class::Notices));
        assert_eq!(meaning("公示", "其他"), notices);
        assert_eq!(meaning("通知公告", "政务公开"), notices);
        assert_eq!(meaning("历史回顾", "工作动态"), Some(Meaning::Topic));
    }

    #[test]
    fn a_short_word_within_a_longer_name_is_not_sure() {
        let sure = |name| of(name, None).is_some_and(|hit| hit.is_sure());
        assert!(sure("公示") && sure("区级政策文件") && sure("预决算公开"));
        assert!(!sure("行政处罚公示") && !sure("图解税收"));
    }

    #[test]
    fn a_suggestion_gives_way_to_every_word_and_is_never_sure() {
        let table = [
            ("某区要闻", Some(Meaning::Column(Class::News))),
            ("公告", Some(Meaning::Column(Class::Notices))),
            ("人事招聘公告", Some(Meaning::Column(Class::Personnel))),
            ("政策要闻", Some(Meaning::Column(Class::Policy))),
            ("两学一做", None),
        ];
        for (name, expected) in table {
            assert_eq!(class(name), expected, "{name}");
            assert!(of(name, None).is_none_or(|hit| !hit.is_sure()), "{name}");
        }
        let hit = of("某区要闻公示", None).unwrap();
        assert_eq!((hit.word, hit.listed), ("公示", true));
    }
}
