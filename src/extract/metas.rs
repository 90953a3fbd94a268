//! The metas of an article page: its title, its publication date, and the times at which the page
//! was generated, which are never the former.

use chrono::{NaiveDateTime, NaiveTime};

use super::article::Article;
use super::clean;
use super::dates::{self, Stamp};
use super::dom::{Dom, attr};
use super::foreign;
use crate::domain::finding::Basis;
use crate::domain::time::{Date, china};

/// What the metas say.
pub struct Metas {
    /// `ArticleTitle`.
    pub title: Option<String>,
    chinese: bool,
    generated: Vec<NaiveDateTime>,
    published: Vec<(String, String)>,
    /// Whether any of them is a publication date.
    pub has_publication: bool,
    /// Whether they call the page an article.
    pub is_article: bool,
}

/// Names of metas with a publication date, the surest first.
const PUBLISHED: [&str; 25] = [
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
    "sailthrudate",
    "dcdateissued",
    "dctermsissued",
    "dcdate",
    "dctermsdate",
    "publicationdate",
    "weiboarticlecreateat",
    "ogtime",
    "ogreleasedate",
    "articlecreateat",
    "articledate",
    "date",
];
/// Names of metas that say when the page was made.
const GENERATED: [&str; 8] = [
    "htmlgeneratetime",
    "others",
    "maketime",
    "createdate",
    "cacheclearate",
    "cachecleardate",
    "lastmodifiedtime",
    "generatetime",
];

fn plain_name(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .take(40)
        .collect::<String>()
        .to_ascii_lowercase()
}

impl Metas {
    /// Reads the metas.
    pub fn of(dom: &Dom, chinese: bool) -> Metas {
        let mut metas = Metas {
            title: None,
            chinese,
            generated: Vec::new(),
            published: Vec::new(),
            has_publication: false,
            is_article: false,
        };
        for (_, meta) in dom.tagged("meta") {
            let name = ["name", "property", "itemprop", "http-equiv"]
                .iter()
                .find_map(|key| attr(meta, key))
                .map(plain_name);
            if let Some((name, content)) = name.zip(attr(meta, "content")) {
                metas.take(&name, content);
            }
        }
        metas
    }

    fn take(&mut self, name: &str, content: &str) {
        let content: String = content.chars().take(300).collect();
        if name == "articletitle" {
            self.title = Some(clean::line(&content, clean::TITLE));
        } else if name == "ogtype" {
            self.is_article |= content.trim() == "article";
        } else if GENERATED.contains(&name) {
            self.generated.extend(
                stamp_of(&content, true).map(|(on, time)| on.and_time(time.unwrap_or_default())),
            );
        } else if PUBLISHED.contains(&name) && dates::has_digit(&content) {
            self.has_publication |= name != "date";
            self.is_article |= name.contains("published");
            self.published.push((name.to_owned(), content));
        }
    }

    /// The surest publication meta that is not the time of generation.
    pub fn published(&self, today: Date) -> Option<Article> {
        PUBLISHED.iter().find_map(|wanted| {
            let (_, content) = self.published.iter().find(|(name, _)| name == wanted)?;
            let (on, time) = stamp_of(content, self.chinese)?;
            let generated = time.is_some_and(|time| self.generated.contains(&on.and_time(time)));
            (!generated && dates::is_plausible(on, today)).then(|| Article {
                on,
                time,
                basis: Basis::ArticleMeta,
                snippet: clean::line(&format!("{wanted}: {content}"), clean::SNIPPET),
                title: String::new(),
            })
        })
    }
}

/// The first full date of a short text. Instants in UTC become days in China on Chinese pages and
/// stay as printed on others, whose own zone nobody states.
pub fn stamp_of(text: &str, chinese: bool) -> Option<(Date, Option<NaiveTime>)> {
    if let Ok(at) = chrono::DateTime::parse_from_rfc3339(text.trim()) {
        let utc = at.offset().local_minus_utc() == 0;
        let local = if utc && chinese {
            at.with_timezone(&china()).naive_local()
        } else {
            at.naive_local()
        };
        return Some((local.date(), Some(local.time())));
    }
    let found = dates::scan(text)
        .into_iter()
        .find_map(|found| match found.stamp {
            Stamp::Full(on) if chinese || found.full_year => Some((on, found.time)),
            _ => None,
        });
    found.or_else(|| {
        foreign::scan(text)
            .filter(|_| !chinese)
            .map(|on| (on, None))
    })
}
