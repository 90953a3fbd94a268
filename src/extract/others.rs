//! The dates of an article that are not its publication, each with what it is: a document's own
//! date, its entry into force, an event, a change, and publications that disagree.

use super::article::{self, Article};
use super::clues::Clues;
use super::labels::{self, Label};
use super::visible::Seen;
use super::{OtherDate, Role};
use crate::domain::finding::Basis;
use crate::domain::note::Note;
use crate::domain::time::Date;

/// The most other dates of an article.
const MOST: usize = 8;

/// The other dates of an article, the disagreeing publications first.
pub fn of(clues: &Clues, all: &[Seen], article: Option<&Article>) -> Vec<OtherDate> {
    let mut out = Vec::new();
    for meta in clues.metas.published(clues.chinese, clues.today) {
        // What does not say which date it means disagrees with nothing. A moment in UTC may lie on the day before or behind the readers' one.
        let near = article.is_some_and(|a| (a.on - meta.moment.on).num_days().abs() <= 1);
        if meta.is_sure && !(meta.moment.is_utc() && near) {
            let (on, basis) = (meta.moment.on, Basis::ArticleMeta);
            add(&mut out, article, Role::Published, on, basis, &meta.words);
        }
    }
    if let Some(address) = article::by_address(clues) {
        let (role, on) = (Role::Published, address.on);
        add(&mut out, article, role, on, address.basis, &address.snippet);
    }
    for seen in all.iter().filter(|seen| !seen.apart) {
        if let Some(role) = role(clues, seen) {
            let basis = Basis::ArticleLabel;
            add(&mut out, article, role, seen.on, basis, &seen.snippet());
        }
    }
    if let Some((changed, words)) = clues.metas.changed(clues.chinese, clues.today) {
        let basis = Basis::ArticleMeta;
        add(&mut out, article, Role::Updated, changed.on, basis, &words);
    }
    out
}

fn role(clues: &Clues, seen: &Seen) -> Option<Role> {
    match seen.label {
        Label::Published => Some(Role::Published),
        Label::Updated => Some(Role::Updated),
        Label::Other if clues.chinese => labels::role(&seen.before()),
        _ => None,
    }
}

/// Adds a date; the day of publication is none of the publications that disagree with it.
fn add(
    out: &mut Vec<OtherDate>,
    article: Option<&Article>,
    role: Role,
    on: Date,
    basis: Basis,
    snippet: &str,
) {
    let agrees = role == Role::Published && article.is_none_or(|article| article.on == on);
    let known = out.iter().any(|other| other.role == role && other.on == on);
    if out.len() < MOST && !agrees && !known {
        out.push(OtherDate {
            role,
            on,
            basis,
            snippet: snippet.to_owned(),
        });
    }
}

/// What is noted of publications that disagree with the one that is believed.
pub fn notes(others: &[OtherDate], article: Option<&Article>) -> Vec<Note> {
    let Some(article) = article else {
        return Vec::new();
    };
    let disagreeing = others.iter().filter(|other| other.role == Role::Published);
    disagreeing
        .take(2)
        .map(|other| Note::DatesDisagree {
            believed: article.on,
            other: other.on,
            source: other.basis,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use url::Url;

    #[test]
    fn a_document_dated_by_itself_alone_has_no_publication() {
        let url = Url::parse("http://www.a.gov.cn/zfxxgk/1.html").unwrap();
        for (label, kept) in [("生成日期", 1), ("发文日期", 1), ("页面生成日期", 0)] {
            let source = format!("<h1>关于印发工作要点的通知</h1><p>{label}：2018-03-01</p>");
            let clues = Clues::of(&source, &url, Date::from_ymd_opt(2018, 6, 1).unwrap());
            let told = article::read(&clues);
            assert!(told.article.is_none(), "{label}");
            let documents = told.others.iter().filter(|o| o.role == Role::Document);
            assert_eq!(documents.count(), kept, "{label}");
        }
    }

    #[test]
    fn every_date_of_a_document_keeps_its_role() {
        let url = Url::parse("http://www.a.gov.cn/201803/t20180305_1.html").unwrap();
        let source = "<meta name=PubDate content='2018-03-07 09:00'><h1>关于印发工作要点的通知</h1>\
            <p>成文日期：2018-03-01</p><p>发布日期：2018-03-06</p><p>实施日期：2018-04-01</p>\
            <p>更新时间：2018-03-08</p><p>报名截止时间：2018-03-20</p>";
        let clues = Clues::of(source, &url, Date::from_ymd_opt(2018, 6, 1).unwrap());
        let told = article::read(&clues);
        let article = told.article.expect("an article");
        assert_eq!(article.on.to_string(), "2018-03-06");
        let found: Vec<(Role, String)> = told
            .others
            .iter()
            .map(|other| (other.role, other.on.to_string()))
            .collect();
        let expected = [
            (Role::Published, "2018-03-07"),
            (Role::Published, "2018-03-05"),
            (Role::Document, "2018-03-01"),
            (Role::Effective, "2018-04-01"),
            (Role::Updated, "2018-03-08"),
            (Role::Event, "2018-03-20"),
        ];
        assert_eq!(found, expected.map(|(role, on)| (role, on.to_owned())));
        let notes = notes(&told.others, Some(&article));
        assert_eq!(notes.len(), 2);
        let second = notes[1].to_string();
        assert!(second.contains("the address says 2018-03-05"), "{second}");
    }
}
