//! JSON-LD: when the article of the page was published, and not one of its comments, videos or
//! neighbours.

use std::borrow::Cow;

use super::loose::{self, Value};
use super::moment::{self, Moment};

/// The most bytes of one island that are read.
const MOST: usize = 256 * 1024;
/// The most objects of one island that are looked at.
const OBJECTS: usize = 200;

/// What an object with a publication date is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A page, which may hold more than one article.
    Page,
    /// An article.
    Article,
}

/// When an object of the page's own was published.
#[derive(Debug, Clone, Copy)]
pub struct Stated {
    /// What it is.
    pub kind: Kind,
    /// When it was published.
    pub published: Moment,
}

/// The publication of the surest object in the islands; the first of equals.
pub fn read(islands: &[&str]) -> Option<Stated> {
    let mut best: Option<Stated> = None;
    for island in islands {
        if island.len() > MOST || !island.contains("datePublished") {
            continue;
        }
        let start = island.find(['{', '[']).unwrap_or(0);
        let Some((value, _)) = island.get(start..).and_then(loose::read) else {
            continue;
        };
        let mut left = OBJECTS;
        visit(&value, &mut left, &mut best);
    }
    best
}

/// Top objects, those of a `@graph`, and what a page calls its main entity.
fn visit(value: &Value, left: &mut usize, best: &mut Option<Stated>) {
    if *left == 0 {
        return;
    }
    *left -= 1;
    match value {
        Value::List(values) => values.iter().for_each(|value| visit(value, left, best)),
        Value::Object(pairs) => {
            if let Some(stated) = stated(pairs)
                && best.is_none_or(|other| stated.kind > other.kind)
            {
                *best = Some(stated);
            }
            for (key, value) in pairs {
                if matches!(key.as_ref(), "@graph" | "mainEntity") {
                    visit(value, left, best);
                }
            }
        }
        _ => {}
    }
}

fn stated(pairs: &[(Cow<str>, Value)]) -> Option<Stated> {
    let get = |name: &str| {
        pairs
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value)
    };
    let moment = |name: &str| match get(name)? {
        Value::Text(text) => moment::of(text, false),
        _ => None,
    };
    Some(Stated {
        kind: kind(get("@type")?)?,
        published: moment("datePublished")?,
    })
}

fn kind(value: &Value) -> Option<Kind> {
    match value {
        Value::List(values) => values.iter().filter_map(kind).max(),
        Value::Text(text) => {
            let article = ["Article", "Posting", "Report", "Recipe", "Review"];
            if article.iter().any(|end| text.ends_with(end)) {
                Some(Kind::Article)
            } else {
                text.ends_with("Page").then_some(Kind::Page)
            }
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_article_is_told_from_what_stands_in_it() {
        let cases = [
            (
                r#"{"@type":"NewsArticle","datePublished":"2018-03-06"}"#,
                Some("2018-03-06"),
            ),
            (
                r#"{"@graph":[{"@type":"WebPage","datePublished":"2017-01-01"},{"@type":["Article"],"datePublished":"2018-03-06T10:00:00Z"}]}"#,
                Some("2018-03-06"),
            ),
            (r#"{"@type":"Comment","datePublished":"2018-03-06"}"#, None),
            (
                r#"{"@type":"NewsArticle","comment":[{"@type":"Review","datePublished":"2018-03-06"}]}"#,
                None,
            ),
            (
                r#"<!-- {"@type":"Article","datePublished":"2018-03-06"} -->"#,
                Some("2018-03-06"),
            ),
            ("{\"@type\":\"Article\",", None),
        ];
        for (text, on) in cases {
            let found = read(&[text]).map(|stated| stated.published.on.to_string());
            assert_eq!(found.as_deref(), on, "{text}");
        }
    }
}
