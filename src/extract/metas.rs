//! The metas of an article page: its title, its publication date, and the times at which the page
//! was generated, which are never the former.

use chrono::NaiveTime;

use super::clean;
use super::dates;
use super::markup;
use super::moment::{self, Moment};
use crate::domain::time::Date;

/// The most metas of one kind that are kept.
const MOST: usize = 40;

/// What the metas say.
#[derive(Debug, Default)]
pub struct Metas {
    /// `ArticleTitle`.
    pub title: Option<String>,
    generated: Vec<String>,
    published: Vec<(String, String)>,
    changed: Vec<(String, String)>,
    /// The address of the picture with which the page is shared.
    pub picture: Option<String>,
    /// Whether any of them is a publication date.
    pub has_publication: bool,
    /// Whether they call the page an article.
    pub is_article: bool,
}

/// A publication date in a meta.
#[derive(Debug)]
pub struct Stated {
    /// The moment.
    pub moment: Moment,
    /// Name and content.
    pub words: String,
    /// Whether the name says that it is the publication, and not just any date.
    pub is_sure: bool,
}

/// Names of metas with a publication date, the surest first.
const PUBLISHED: [&str; 27] = [
    "pubdate",
    "firstpublishedtime",
    "publishdate",
    "publishedtime",
    "publishtime",
    "pubtime",
    "articlepublishedtime",
    "datepublished",
    "ogpublishedtime",
    "ogpubdate",
    "bytedancepublishedtime",
    "rnewspublished",
    "parselypubdate",
    "cxenseparserecspublishtime",
    "cxenseparsepublishtime",
    "sailthrudate",
    "dcdateissued",
    "dctermsissued",
    "publicationdate",
    "dcdate",
    "dctermsdate",
    "weiboarticlecreateat",
    "ogtime",
    "ogreleasedate",
    "articlecreateat",
    "articledate",
    "date",
];
/// Names of metas that say when the page was made.
const GENERATED: [&str; 11] = [
    "htmlgeneratetime",
    "others",
    "maketime",
    "createdate",
    "cacheclearate",
    "cachecleardate",
    "lastmodifiedtime",
    "generatetime",
    "generationtime",
    "generatortime",
    "build",
];

/// Names of metas that say when the article was changed.
const CHANGED: [&str; 8] = [
    "articlemodifiedtime",
    "ogupdatedtime",
    "datemodified",
    "lastmod",
    "lastmodified",
    "dctermsmodified",
    "dcdatemodified",
    "modificationdate",
];
/// Names that do not say what date they mean: the surer ones come before them.
const VAGUE: [&str; 4] = ["date", "dcdate", "dctermsdate", "articledate"];

fn plain_name(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .take(40)
        .collect::<String>()
        .to_ascii_lowercase()
}

impl Metas {
    /// Reads the attributes of one meta.
    pub fn read(&mut self, attributes: &str) {
        let (mut name, mut content) = (None, None);
        for (key, value) in markup::attributes(attributes) {
            if key.eq_ignore_ascii_case("content") {
                content = content.or(Some(value));
            } else if ["name", "property", "itemprop", "http-equiv"]
                .iter()
                .any(|known| key.eq_ignore_ascii_case(known))
            {
                name = name.or(Some(value));
            }
        }
        if let Some((name, content)) = name.zip(content) {
            self.take(&plain_name(name), content);
        }
    }

    fn take(&mut self, name: &str, content: &str) {
        let short = || -> String { markup::resolved(content).chars().take(300).collect() };
        if name == "articletitle" {
            self.title = Some(clean::line(&short(), clean::TITLE));
        } else if name == "ogtype" {
            self.is_article |= content.trim() == "article";
        } else if name == "ogimage" && self.picture.is_none() {
            self.picture = Some(short());
        } else if GENERATED.contains(&name) {
            keep(&mut self.generated, short());
        } else if CHANGED.contains(&name) {
            keep(&mut self.changed, (name.to_owned(), short()));
        } else if PUBLISHED.contains(&name) && dates::has_digit(content) {
            self.has_publication |= name != "date";
            self.is_article |= name.contains("published");
            keep(&mut self.published, (name.to_owned(), short()));
        }
    }

    /// The publication metas that are not the time of generation, the surest first.
    pub fn published(&self, chinese: bool, today: Date) -> Vec<Stated> {
        let generated: Vec<_> = self
            .generated
            .iter()
            .filter_map(|text| moment::of(text, true))
            .collect();
        let stated = |wanted: &&str| {
            let (_, content) = self.published.iter().find(|(name, _)| name == wanted)?;
            let moment = moment::of(content, chinese)?;
            let made = generated.iter().any(|made| is_same(*made, moment));
            (!made && dates::is_plausible(moment.on, today)).then(|| Stated {
                moment,
                words: clean::line(&format!("{wanted}: {content}"), clean::SNIPPET),
                is_sure: !VAGUE.contains(wanted),
            })
        };
        PUBLISHED.iter().filter_map(stated).collect()
    }

    /// When the article was changed, as the metas say.
    pub fn changed(&self, chinese: bool, today: Date) -> Option<(Moment, String)> {
        self.changed.iter().find_map(|(name, content)| {
            let moment = moment::of(content, chinese)?;
            let words = clean::line(&format!("{name}: {content}"), clean::SNIPPET);
            dates::is_plausible(moment.on, today).then_some((moment, words))
        })
    }
}

/// Whether two moments are one as far as both are told; some systems cut the seconds.
fn is_same(one: Moment, other: Moment) -> bool {
    let apart = |(a, b): (NaiveTime, NaiveTime)| (a - b).num_seconds().abs();
    one.on == other.on
        && one
            .time
            .zip(other.time)
            .is_none_or(|times| apart(times) < 60)
}

fn keep<T>(all: &mut Vec<T>, one: T) {
    if all.len() < MOST {
        all.push(one);
    }
}
