//! What a reading of a column found. "No date" is never "old date", an empty column is never a
//! broken page, and every date carries its proof.

use serde::{Deserialize, Serialize};

use super::time::Date;

/// The outcome of reading one column's pages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Finding {
    /// The newest dated item was found.
    Dated(LastUpdate),
    /// There are items, but when the newest was published cannot be told.
    Undated(Undated),
    /// The page is the column's, and it has no items.
    Empty,
    /// The page cannot be taken for the column's list.
    Unreadable(Unreadable),
}

/// When a column was last updated, with the proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastUpdate {
    /// The date that the page claims, in UTC+8.
    pub on: Date,
    /// Where on the page the date stands.
    pub basis: Basis,
    /// The row and page that say so.
    pub evidence: Evidence,
}

/// Where a trusted date was read. Page clocks, copyright years, `Last-Modified` and digests have
/// no variant: they are never a publication date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// In the text of the list row.
    ListRow,
    /// In a `title` attribute inside the row.
    TitleAttribute,
    /// In a record inside a script or data island.
    Script,
    /// In the item's address.
    UrlPath,
    /// In the article's `PubDate` meta.
    ArticleMeta,
    /// Beside a publication label in the article.
    ArticleLabel,
    /// In a row, at the place that the column's own reading rules name: a selector, or a path into
    /// data.
    OwnRules,
}

impl Basis {
    /// The word of a report.
    pub fn in_chinese(self) -> &'static str {
        match self {
            Basis::ListRow => "列表行日期",
            Basis::TitleAttribute => "链接提示日期",
            Basis::Script => "脚本数据日期",
            Basis::UrlPath => "文章网址日期",
            Basis::ArticleMeta => "文章PubDate标签",
            Basis::ArticleLabel => "文章发布日期",
            Basis::OwnRules => "本栏目读取规则所指日期",
        }
    }
}

/// The words on the page that prove a date. Short by contract: see the limits of each field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The page on which the date stands.
    pub page: String,
    /// The item's title, at most 120 characters, control and bidi characters removed.
    pub title: String,
    /// The item's address, if it has one.
    pub link: Option<String>,
    /// The words around the date as printed, at most 80 characters.
    pub snippet: String,
}

/// Why items are there but no date could be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Undated {
    /// Neither rows, addresses nor the first articles carry a date.
    NoDates,
    /// Rows show month and day, and nothing tells the year.
    YearUnknown,
    /// Every date on the page lies in the future or before 1995.
    Implausible,
    /// The articles that would tell could not be fetched within the page budget.
    ArticlesUnreachable,
    /// A list with dates and one without stand side by side, and nothing tells which of them is the
    /// column's.
    WhichList,
    /// The row that stands above all others shows a date that cannot be, and its article tells no
    /// other: the column is likely newer than the rows below say.
    FirstRefused,
    /// A list of letters, none of which is answered.
    Unanswered,
    /// A list of interviews, all of which are only announced.
    Announced,
}

/// Why a page cannot be taken for the column's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unreadable {
    /// Almost no content, and no hop that could be followed.
    Shell,
    /// A picture and hardly a word.
    PictureOnly,
    /// A challenge or block page of a firewall, whatever its status.
    Challenge,
    /// "The page does not exist", with status 200: by its words, or because the host shows the
    /// same page for a path that cannot exist.
    SoftMissing,
    /// A maintenance notice.
    Maintenance,
    /// The address leads to the home page.
    RedirectedHome,
    /// The page names another column than configured.
    WrongPage,
    /// The page belongs to another site than configured.
    WrongSite,
    /// The address leads to one article, not to a list.
    Article,
    /// No group of rows that looks like a list.
    NoList,
    /// The column's own selectors or date format match nothing on the page.
    NoRowsBySelector,
    /// The column's own paths lead to nothing in the data.
    NoRowsByPath,
    /// Nested or long beyond the limits of the parser.
    TooComplex,
    /// The bytes are no text in any known encoding.
    NotText,
}

impl Undated {
    /// The reason in the words of a report.
    pub fn in_chinese(self) -> &'static str {
        match self {
            Undated::NoDates => "列表和文章均未标注日期",
            Undated::YearUnknown => "日期只有月日，无法确定年份",
            Undated::Implausible => "页面日期均在未来或早于1995年",
            Undated::ArticlesUnreachable => "文章页无法打开，日期无从读取",
            Undated::WhichList => "页面有多个列表，无法确定哪个属于本栏目",
            Undated::FirstRefused => "最上面一行的日期不可能属实，文章中也没有其他日期",
            Undated::Unanswered => "列表中的来信均未答复",
            Undated::Announced => "列表中只有访谈预告，没有已举办的访谈",
        }
    }
}

impl Unreadable {
    /// The reason in the words of a report.
    pub fn in_chinese(self) -> &'static str {
        match self {
            Unreadable::Shell => "页面几乎没有内容",
            Unreadable::PictureOnly => "页面只有图片，没有文字",
            Unreadable::Challenge => "被防护系统拦截",
            Unreadable::SoftMissing => "页面不存在或已删除",
            Unreadable::Maintenance => "网站正在维护",
            Unreadable::RedirectedHome => "网址跳转到首页",
            Unreadable::WrongPage => "页面不是所配置的栏目",
            Unreadable::WrongSite => "页面属于其他网站",
            Unreadable::Article => "网址打开的是一篇文章，不是栏目列表",
            Unreadable::NoList => "未找到文章列表（疑似改版）",
            Unreadable::NoRowsBySelector => "配置的选择器未匹配到内容（疑似改版）",
            Unreadable::NoRowsByPath => "配置的数据路径未取到内容（疑似改版）",
            Unreadable::TooComplex => "页面结构超出处理上限",
            Unreadable::NotText => "页面编码无法识别",
        }
    }
}
