//! Measuring what inspections saw of pages: tags, the marks at the foot, the code, items on the home
//! page, the certificate, the address over IPv6. What one inspection saw on the last day that is
//! known counts; what no page was read for is not measured.

use url::Url;

use super::candidates;
use super::fact::Fact;
use super::facts::SiteFacts;
use super::finding::{About, Aside, Find, Spared};
use super::measurement::{Amount, Measurement, Unmeasured};
use super::publishing::spared;
use super::rubric::{Check, Rule};
use crate::assess::candidates::{Case, Stand};
use crate::domain::candidate::{self, Suspicion};
use crate::domain::group::Identity;
use crate::domain::id::ColumnId;
use crate::domain::inspection::Inspection;
use crate::domain::marks::{Mark, PageMarks, Tag};
use crate::domain::time::{Date, date_of};

/// The tags of a home page, of a list and of an article. Source: 国办发〔2017〕47号; description and
/// keywords of columns are not asked for, since no text says that they are required.
const OF_HOME: [Tag; 3] = [Tag::SiteName, Tag::SiteDomain, Tag::SiteIdCode];
const OF_COLUMN: [Tag; 2] = [Tag::ColumnName, Tag::ColumnType];
const OF_ARTICLE: [Tag; 3] = [Tag::ArticleTitle, Tag::PubDate, Tag::ContentSource];

/// The inspection that counts, or why none does.
fn inspection<'a>(facts: &'a SiteFacts<'_>) -> Result<&'a Inspection, Unmeasured> {
    if facts.site.home.is_none() {
        return Err(Unmeasured::NothingConfigured);
    }
    facts.inspection.as_ref().ok_or(Unmeasured::NotInspected)
}

/// The inspection that read the home page.
fn home<'a>(facts: &'a SiteFacts<'_>) -> Result<(&'a Inspection, &'a PageMarks), Unmeasured> {
    let inspection = inspection(facts)?;
    let home = inspection.home.as_ref().ok_or(Unmeasured::CannotTell)?;
    Ok((inspection, home))
}

fn about_site(fact: Fact) -> Find {
    let about = About::Site;
    Find::of(about, fact)
}

/// What was looked at, for whoever asks.
fn looked(inspection: &Inspection) -> Aside {
    let links = inspection.links;
    Aside {
        find: about_site(Fact::Inspected {
            at: inspection.at,
            pages: inspection.pages,
            articles: inspection.articles,
            links: links.home + links.others,
            unasked: links.unasked,
        }),
        why: Spared::Detail,
    }
}

/// Pages without tags that they have to bear, or with a date of another form.
pub fn tags(rule: &Rule, facts: &SiteFacts<'_>) -> Measurement {
    let (inspection, _) = match home(facts) {
        Ok(seen) => seen,
        Err(why) => return Measurement::none(why),
    };
    let mut finds = Vec::new();
    for (page, missing, date) in untagged(inspection) {
        let (about, page) = match page {
            TaggedPage::Home => (About::Home, None),
            TaggedPage::Article(page) => (About::Site, Some(page.to_owned())),
            TaggedPage::Column(id) => {
                let mut columns = facts.columns.iter();
                // A column that is not configured any more is nobody's.
                let Some(column) = columns.find(|column| column.column.id == *id) else {
                    continue;
                };
                (About::Column(id.clone(), column.column.name.clone()), None)
            }
        };
        let fact = Fact::TagsAmiss {
            page,
            missing,
            date,
        };
        finds.push(Find::of(about, fact));
    }
    let measured = Measurement::finds(finds, vec![looked(inspection)]);
    candidates::confirmed(rule, facts, measured, |find| suspected(facts, find))
}

/// A page that has to bear tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaggedPage<'a> {
    /// The home page.
    Home,
    /// A column's list.
    Column(&'a ColumnId),
    /// An article, by its address.
    Article(&'a str),
}

/// The pages of an inspection that lack tags or have a date of another form: which tags, which date.
pub fn untagged(inspection: &Inspection) -> Vec<(TaggedPage<'_>, Vec<Tag>, Option<String>)> {
    let home = inspection.home.as_ref();
    let home = home.map(|marks| (TaggedPage::Home, marks, &OF_HOME[..]));
    let columns = inspection.columns.iter();
    let columns = columns.map(|(id, marks)| (TaggedPage::Column(id), marks, &OF_COLUMN[..]));
    let articles = inspection.wanting.iter();
    let articles =
        articles.map(|(page, marks)| (TaggedPage::Article(page), marks, &OF_ARTICLE[..]));
    let pages = home.into_iter().chain(columns).chain(articles);
    pages
        .filter_map(|(page, marks, wanted): (_, &PageMarks, _)| {
            let missing = marks.tags.lacks(wanted);
            let date = marks.date_amiss.clone();
            let is_amiss = !missing.is_empty() || date.is_some();
            is_amiss.then_some((page, missing, date))
        })
        .collect()
}

/// What a person is asked of a page without its tags.
fn suspected(facts: &SiteFacts<'_>, find: &Find) -> Option<(String, Suspicion)> {
    let Fact::TagsAmiss {
        page,
        missing,
        date,
    } = &find.fact
    else {
        return None;
    };
    let url = |url: &Option<Url>| url.as_ref().map(Url::to_string);
    let page = match &find.about {
        About::Home => url(&facts.site.home)?,
        About::Column(id, _) => {
            let mut columns = facts.columns.iter();
            url(&columns.find(|column| column.column.id == *id)?.column.url)?
        }
        _ => page.clone()?,
    };
    let (missing, date) = (missing.clone(), date.clone());
    Some((page, Suspicion::Tags { missing, date }))
}

/// Marks that the home page does not bear. Of other pages it is told how many lack which.
pub fn marks(rule: &Rule, facts: &SiteFacts<'_>) -> Measurement {
    let (inspection, home) = match home(facts) {
        Ok(seen) => seen,
        Err(why) => return Measurement::none(why),
    };
    let (mut finds, mut asides) = (Vec::new(), vec![looked(inspection)]);
    for mark in home.marks.lacks(Mark::ALL) {
        let case = case(facts, mark);
        let mut find = Find::of(About::Home, Fact::MarkMissing { mark });
        find.asked = case.map(candidates::asked);
        match (rule.check, case.map_or(Stand::Waiting, Case::stand)) {
            (_, Stand::Rejected) => {
                let why = Spared::Rejected;
                asides.push(Aside { find, why });
            }
            (Check::Semi, Stand::Waiting) => {
                let why = candidates::pending(case);
                asides.push(Aside { find, why });
            }
            _ => finds.push(find),
        }
    }
    let pages = inspection.columns.len();
    for &mark in Mark::ALL.iter().filter(|&&mark| home.marks.has(mark)) {
        let lacking = inspection.columns.iter();
        let lacking = lacking.filter(|(_, marks)| !marks.marks.has(mark)).count();
        if lacking > 0 {
            let fact = Fact::MarkMissingElsewhere {
                mark,
                lacking: count(lacking),
                pages: count(pages),
            };
            let find = about_site(fact);
            let why = Spared::Detail;
            asides.push(Aside { find, why });
        }
    }
    let many = |why: Spared| asides.iter().filter(|one| one.why == why).count();
    let open = candidates::untold(many(Spared::Waiting), many(Spared::Unasked));
    match open.filter(|_| finds.is_empty()) {
        Some(why) => Measurement {
            asides,
            ..Measurement::none(why)
        },
        None => Measurement::finds(finds, asides),
    }
}

/// What was asked of people because the home page lacks `mark`.
fn case<'a>(facts: &'a SiteFacts<'_>, mark: Mark) -> Option<&'a Case> {
    let key = candidate::key(&facts.site.id, "", &Suspicion::Mark(mark));
    candidates::of_key(facts, &key)
}

/// Whether the code that the pages show has the form of one and is the configured one.
pub fn site_code(facts: &SiteFacts<'_>) -> Measurement {
    let configured = facts.site.identity.id_code.as_deref();
    let seen = facts.inspection.as_ref();
    let home = seen.and_then(|seen| seen.home.as_ref());
    let shown = home.and_then(|home| home.code.as_deref());
    let (Some(shown), Some(seen)) = (shown, seen) else {
        return match configured {
            // One of another form is refused by the configuration.
            Some(_) => Measurement::finds(Vec::new(), Vec::new()),
            None if home.is_some() => Measurement::none(Unmeasured::NoCode),
            None => Measurement::none(Unmeasured::NotInspected),
        };
    };
    let differs = configured.is_some_and(|configured| configured != shown);
    let find = about_site(Fact::CodeAmiss {
        shown: shown.to_owned(),
        configured: configured.map(str::to_owned),
    });
    match differs || !Identity::is_code(shown) {
        true => Measurement::finds(vec![find], vec![looked(seen)]),
        false => Measurement::finds(Vec::new(), vec![looked(seen)]),
    }
}

/// Items on the home page within the window that ends with the day of the inspection.
pub fn home_items(rule: &Rule, facts: &SiteFacts<'_>) -> Measurement {
    let inspection = match inspection(facts) {
        Ok(inspection) => inspection,
        Err(why) => return Measurement::none(why),
    };
    let Some(dates) = &inspection.home_items_on else {
        return Measurement::none(Unmeasured::CannotTell);
    };
    let age = |on: Date| (inspection.on - on).num_days();
    let within = |on: &&Date| (0..=i64::from(rule.window_days)).contains(&age(**on));
    let number = count(dates.iter().filter(within).count());
    let find = Find::of(
        About::Home,
        Fact::FewHomeItems {
            count: number,
            least: rule.threshold,
            window_days: rule.window_days,
            on: inspection.on,
        },
    );
    let is_short = number < rule.threshold;
    if let Some(exempt) = facts.exempt.as_ref().filter(|_| is_short) {
        let why = spared(exempt);
        return Measurement {
            asides: vec![Aside { find, why }],
            ..Measurement::none(Unmeasured::Exempt)
        };
    }
    let (finds, asides) = match is_short {
        true => (vec![find], Vec::new()),
        false => {
            let why = Spared::Detail;
            (Vec::new(), vec![Aside { find, why }])
        }
    };
    Measurement {
        amount: Ok(Amount::Number(number)),
        finds,
        asides,
        near_too: 0,
        part: None,
    }
}

/// The days for which the home page's certificate is good.
pub fn certificate(rule: &Rule, facts: &SiteFacts<'_>) -> Measurement {
    let inspection = match inspection(facts) {
        Ok(inspection) => inspection,
        Err(why) => return Measurement::none(why),
    };
    let Some(until) = inspection.certificate_until else {
        let is_plain = facts.site.home.as_ref().map(Url::scheme) == Some("http");
        return Measurement::none(match is_plain {
            true => Unmeasured::NoHttps,
            false => Unmeasured::CannotTell,
        });
    };
    let days = (date_of(until) - inspection.on).num_days();
    let days = u32::try_from(days).unwrap_or(0);
    let find = about_site(Fact::CertificateEnds {
        on: date_of(until),
        days,
        least: rule.threshold,
    });
    let (finds, asides) = match days < rule.threshold {
        true => (vec![find], Vec::new()),
        false => {
            let why = Spared::Detail;
            (Vec::new(), vec![Aside { find, why }])
        }
    };
    Measurement {
        amount: Ok(Amount::Number(days)),
        finds,
        asides,
        near_too: 0,
        part: None,
    }
}

/// Whether the home page's host has an address of IPv6. Whether that can be reached is not asked.
pub fn ipv6(facts: &SiteFacts<'_>) -> Measurement {
    let inspection = match inspection(facts) {
        Ok(inspection) => inspection,
        Err(why) => return Measurement::none(why),
    };
    match inspection.ipv6 {
        None => Measurement::none(Unmeasured::CannotTell),
        Some(true) => Measurement::finds(Vec::new(), vec![looked(inspection)]),
        Some(false) => Measurement::finds(vec![about_site(Fact::NoIpv6)], vec![looked(inspection)]),
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
