//! Candidates (待确认问题): what an inspection found and only a person can judge, with what proves it,
//! and what people decided. A candidate counts for nothing until somebody confirms it; one that was
//! rejected stays rejected on its page.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::guide::Element;
use super::id::SiteId;
use super::marks::{Mark, Tag};
use super::time::{Date, Moment};
use super::visit::Failure;
use super::words::WordKind;

/// How many digits name a candidate.
pub const KEY_DIGITS: usize = 10;
/// The most candidates of one site that are kept; further ones wait for room.
pub const MOST_CANDIDATES: usize = 500;

/// A candidate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// The site.
    pub site: SiteId,
    /// The page that it is about.
    pub page: String,
    /// That page's title, or the words of a link to it; may be empty.
    pub title: String,
    /// What is suspected.
    pub suspicion: Suspicion,
    /// What stands there.
    pub snippet: Snippet,
    /// The page on which it was seen, where that is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen_on: Option<String>,
    /// The copy of the page on which it was seen first: SHA-256, hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copy: Option<String>,
    /// When it was seen first.
    pub first_at: Moment,
    /// When it was seen last.
    pub seen_at: Moment,
    /// When the page was read and it was not there any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gone_at: Option<Moment>,
}

/// What is suspected of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Suspicion {
    /// An expression of the administrator's list stands there.
    Word {
        /// As it stands in the list.
        text: String,
        /// What is the matter with it.
        kind: WordKind,
        /// What should stand in its place.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        instead: Option<String>,
        /// The list's remark.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        remark: Option<String>,
    },
    /// A link that leads nowhere, though not for certain.
    Link {
        /// Where it leads.
        url: String,
        /// The latest answer.
        why: Failure,
    },
    /// It loads from, or links to, a network of advertising.
    Advert {
        /// The host.
        host: String,
    },
    /// The home page does not bear a mark.
    Mark(Mark),
    /// A letter that waits too long, as its page says.
    Letter {
        /// Its title.
        title: String,
        /// When it was written.
        asked_on: Date,
    },
    /// A service guide lacks classes of elements.
    Guide {
        /// Which.
        missing: Vec<Element>,
    },
    /// An interview that was announced for a day, of which nothing shows that it was held.
    Announced {
        /// Its title.
        title: String,
        /// The day.
        on: Date,
    },
    /// A page lacks tags, or has a date of another form.
    Tags {
        /// Which.
        missing: Vec<Tag>,
        /// The content of `PubDate`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        date: Option<String>,
    },
}

/// A stretch of a page, and what in it is suspected.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snippet {
    /// What stands before it.
    pub before: String,
    /// What is suspected; may be empty where something is missing.
    pub hit: String,
    /// What stands behind it.
    pub after: String,
}

/// What somebody decided of a candidate. It never changes; a later one takes its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// When.
    pub at: Moment,
    /// By whom, as given.
    pub by: String,
    /// Why, as given; of a comment, the comment.
    pub reason: String,
    /// The candidate, by its key.
    pub candidate: String,
    /// Its site.
    pub site: SiteId,
    /// What.
    pub what: Decided,
}

/// What was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decided {
    /// It is so.
    Confirmed {
        /// Whether it is a serious error, such as a veto needs. Of words alone.
        serious: bool,
    },
    /// It is not, and is not asked again on this page.
    Rejected,
    /// Nothing; something was said.
    Commented,
}

impl Suspicion {
    /// The word of a report.
    pub fn in_chinese(&self) -> &'static str {
        match self {
            Suspicion::Word { kind, .. } => kind.in_chinese(),
            Suspicion::Link { .. } => "疑似打不开的链接",
            Suspicion::Advert { .. } => "疑似商业广告",
            Suspicion::Mark(_) => "页面底部标识",
            Suspicion::Letter { .. } => "来信逾期未答复",
            Suspicion::Guide { .. } => "办事指南要素",
            Suspicion::Announced { .. } => "预告的访谈是否举办",
            Suspicion::Tags { .. } => "页面标签",
        }
    }

    /// The kind, for keys and programs.
    pub fn key(&self) -> &'static str {
        match self {
            Suspicion::Word { .. } => "word",
            Suspicion::Link { .. } => "link",
            Suspicion::Advert { .. } => "advert",
            Suspicion::Mark(_) => "mark",
            Suspicion::Letter { .. } => "letter",
            Suspicion::Guide { .. } => "guide",
            Suspicion::Announced { .. } => "announced",
            Suspicion::Tags { .. } => "tags",
        }
    }
}

impl Candidate {
    /// The name by which people and decisions refer to it: ten hexadecimal digits. The same
    /// suspicion of the same page has the same for ever.
    pub fn key(&self) -> String {
        key(&self.site, &self.page, &self.suspicion)
    }
}

/// The key of a suspicion of `page`. A link is one whatever page carries it.
pub fn key(site: &SiteId, page: &str, suspicion: &Suspicion) -> String {
    let (page, what) = match suspicion {
        Suspicion::Word { text, .. } => (page, text.clone()),
        Suspicion::Link { url, .. } => ("", url.clone()),
        Suspicion::Advert { host } => (page, host.clone()),
        Suspicion::Mark(mark) => ("", mark.word().to_owned()),
        Suspicion::Letter { title, asked_on } => (page, format!("{asked_on} {title}")),
        Suspicion::Announced { title, on } => (page, format!("{on} {title}")),
        // What is lacking later is another matter.
        Suspicion::Guide { missing } => {
            let words: Vec<&str> = missing.iter().map(|element| element.word()).collect();
            (page, words.join(" "))
        }
        Suspicion::Tags { missing, date } => {
            let names: Vec<&str> = missing.iter().map(|tag| tag.word()).collect();
            let date = date.as_deref().unwrap_or_default();
            (page, format!("{} {date}", names.join(" ")))
        }
    };
    let mut sha = Sha256::new();
    for part in [site.as_str(), suspicion.key(), page, what.as_str()] {
        sha.update((part.len() as u64).to_be_bytes());
        sha.update(part);
    }
    let digits = sha.finalize();
    let digits = digits.iter().map(|byte| format!("{byte:02x}"));
    digits
        .collect::<String>()
        .chars()
        .take(KEY_DIGITS)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_names_a_suspicion_of_a_page() {
        let site = SiteId::parse("kxw").unwrap();
        let word = |text: &str, remark: Option<&str>| Suspicion::Word {
            text: text.to_owned(),
            kind: WordKind::Wrong,
            instead: None,
            remark: remark.map(str::to_owned),
        };
        let (one, two) = (
            "http://kxw.example.cn/1.html",
            "http://kxw.example.cn/2.html",
        );
        let first = key(&site, one, &word("布署", None));
        assert_eq!(first.len(), KEY_DIGITS);
        assert_eq!(first, key(&site, one, &word("布署", Some("错别字"))));
        assert_ne!(first, key(&site, two, &word("布署", None)));
        assert_ne!(first, key(&site, one, &word("按装", None)));
        let link = |why| Suspicion::Link {
            url: two.to_owned(),
            why,
        };
        assert_eq!(
            key(&site, one, &link(Failure::TotalTimeout)),
            key(&site, two, &link(Failure::Status(502))),
            "whatever page carries it, whatever it answered last"
        );
    }
}
