//! The work on one page: follow it if it only leads on, refuse it if it is not the page, decide
//! what it is, and read it as that.

use url::Url;

use super::ask::Ask;
use super::column::{self, Saying};
use super::dom::attr;
use super::glance::Glance;
use super::heading::{self, Own};
use super::view::{self, Closed, View};
use super::{
    Aim, More, OtherDate, PageKind, Pages, Published, Reading, Recipe, address, clean, home,
    others, refusal, shell,
};
use crate::domain::finding::{Finding, Undated, Unreadable};
use crate::domain::item::Row;
use crate::domain::page::Page;
use crate::domain::time::Date;

mod ruled;

/// The most jumps from a thin page to the next.
const MAX_HOPS: usize = 3;
/// The most notes of a reading.
const MOST_NOTES: usize = 8;
/// Visible characters below which a page can only lead on.
const THIN: usize = 200;

/// What came of reading so far.
pub enum Outcome {
    /// The reading.
    Found(Box<Reading>),
    /// Pages are needed; the draft is what the reading goes on with.
    Need(Vec<Url>, Box<Draft>),
}

/// A reading that waits for pages.
#[derive(Debug, Clone)]
pub enum Draft {
    /// For the page to which a thin page leads.
    Hop(Hop),
    /// For articles that would date the page.
    Articles(Ask, Box<Reading>),
}

/// A jump from one page to the next.
#[derive(Debug, Clone)]
pub struct Hop {
    /// The page that leads on; none for the first.
    from: Option<Url>,
    to: Url,
    /// Jumps that are left.
    left: usize,
    notes: Vec<String>,
}

/// The work on one visit.
pub struct Task<'a> {
    /// The pages so far.
    pub pages: &'a Pages,
    /// How they are read.
    pub recipe: &'a Recipe,
    /// The day of reading.
    pub today: Date,
}

impl Task<'_> {
    /// Goes on from a draft, or begins with the first page.
    pub fn outcome(&self, draft: Option<Draft>) -> Outcome {
        match draft {
            None => self.look(None, MAX_HOPS, Vec::new()),
            Some(Draft::Hop(hop)) => self.follow(hop),
            Some(Draft::Articles(ask, reading)) => self.resolved(ask, *reading),
        }
    }

    /// Reads one page of the chain of jumps.
    fn look(&self, from: Option<Url>, hops: usize, mut notes: Vec<String>) -> Outcome {
        let page = match from.as_ref().and_then(|url| self.pages.more.get(url)) {
            Some(More::Page(page)) => page,
            _ => &self.pages.first,
        };
        if self.recipe.aim == Aim::Column && address::is_home(&page.url, self.recipe.home.as_ref())
        {
            return closed(Unreadable::RedirectedHome, "unknown", notes);
        }
        let seen = match &self.recipe.read {
            Some(rules) => self.by_rules(page, rules, (from.is_none(), hops), &mut notes),
            None => self.read(page, hops, &mut notes),
        };
        match seen {
            Ok(Step::Done(seen)) => self.settle(*seen, notes),
            Ok(Step::Hop(to)) => {
                let hop = Hop {
                    from,
                    to,
                    left: hops - 1,
                    notes,
                };
                if self.left() > 0 && !self.pages.more.contains_key(&hop.to) {
                    Outcome::Need(vec![hop.to.clone()], Box::new(Draft::Hop(hop)))
                } else {
                    self.follow(hop)
                }
            }
            Err(shut) => closed(shut.why, shut.encoding, notes),
        }
    }

    /// Reads a page for which no rules are laid down.
    fn read(&self, page: &Page, hops: usize, notes: &mut Vec<String>) -> Result<Step, Closed> {
        let text = view::text(page, notes)?;
        let glance = Glance::at(&text.text, &page.url, self.today);
        if self.recipe.aim == Aim::Any && glance.is_article() {
            let seen = seen_article(&glance, text.encoding, notes);
            return Ok(Step::Done(Box::new(seen)));
        }
        view::with(page, &text, self.today, notes, |view, notes| {
            self.step(view, &glance, hops, notes)
        })
    }

    /// Surveys a page and hands what is seen to `then`.
    fn viewed<T>(
        &self,
        page: &Page,
        notes: &mut Vec<String>,
        then: impl FnOnce(&View, &Glance, &mut Vec<String>) -> T,
    ) -> Result<T, Closed> {
        let text = view::text(page, notes)?;
        let glance = Glance::at(&text.text, &page.url, self.today);
        view::with(page, &text, self.today, notes, |view, notes| {
            then(view, &glance, notes)
        })
    }

    fn follow(&self, hop: Hop) -> Outcome {
        let mut notes = hop.notes;
        let target = clean::line(hop.to.as_str(), 200);
        if let Some(More::Page(_)) = self.pages.more.get(&hop.to) {
            notes.push(format!("followed to {target}"));
            self.look(Some(hop.to), hop.left, notes)
        } else {
            notes.push(format!("could not follow to {target}"));
            self.look(hop.from, 0, notes)
        }
    }

    /// How many more pages may be asked for.
    fn left(&self) -> usize {
        let had = 1 + self.pages.more.len();
        self.recipe.budget.saturating_sub(had)
    }

    fn settle(&self, seen: Seen, notes: Vec<String>) -> Outcome {
        let (finding, ask) = match seen.saying {
            Saying::Found(finding) => (finding, None),
            Saying::Ask(ask) => (Finding::Undated(ask.otherwise), Some(ask)),
        };
        let mut reading = Reading {
            finding,
            kind: seen.kind,
            encoding: seen.encoding,
            rows: seen.rows,
            signature: seen.signature,
            published: seen.published,
            others: seen.others,
            notes,
        };
        let Some(ask) = ask else {
            reading.notes.truncate(MOST_NOTES);
            return Outcome::Found(Box::new(reading));
        };
        let missing = ask.missing(&self.pages.more, self.left());
        if missing.is_empty() {
            self.resolved(ask, reading)
        } else {
            let draft = Draft::Articles(ask, Box::new(reading));
            Outcome::Need(missing, Box::new(draft))
        }
    }

    fn resolved(&self, ask: Ask, mut reading: Reading) -> Outcome {
        reading.finding = ask.resolve(&self.pages.more, self.today, &mut reading.notes);
        reading.notes.truncate(MOST_NOTES);
        Outcome::Found(Box::new(reading))
    }
}

fn closed(why: Unreadable, encoding: &'static str, mut notes: Vec<String>) -> Outcome {
    notes.truncate(MOST_NOTES);
    Outcome::Found(Box::new(Reading {
        finding: Finding::Unreadable(why),
        kind: PageKind::Other,
        encoding,
        rows: Vec::new(),
        signature: None,
        published: None,
        others: Vec::new(),
        notes,
    }))
}

/// What one page leads to.
enum Step {
    Done(Box<Seen>),
    Hop(Url),
}

/// What was seen on one page.
struct Seen {
    saying: Saying,
    kind: PageKind,
    encoding: &'static str,
    rows: Vec<Row>,
    signature: Option<String>,
    published: Option<Published>,
    others: Vec<OtherDate>,
}

impl Seen {
    fn bare(finding: Finding, kind: PageKind, encoding: &'static str) -> Seen {
        Seen {
            saying: Saying::Found(finding),
            kind,
            encoding,
            rows: Vec::new(),
            signature: None,
            published: None,
            others: Vec::new(),
        }
    }

    fn shut(why: Unreadable, view: &View) -> Seen {
        Seen::bare(Finding::Unreadable(why), PageKind::Other, view.encoding)
    }

    fn listed(saying: Saying, kind: PageKind, rows: &[usize], view: &View) -> Seen {
        let heaviest = || view.groups.first()?.rows.first();
        let first = match kind {
            PageKind::Home => heaviest(),
            _ => rows.first(),
        };
        Seen {
            saying,
            kind,
            encoding: view.encoding,
            rows: view.rows_of(rows),
            signature: first.and_then(|at| view.signature(*at)),
            published: None,
            others: Vec::new(),
        }
    }
}

impl Task<'_> {
    fn step(&self, view: &View, glance: &Glance, hops: usize, notes: &mut Vec<String>) -> Step {
        let list =
            column::deciding(view).is_some_and(|group| group.rows.len() >= 3 || group.dated > 0);
        if !list {
            if let Some(url) = self.onward(view, glance).filter(|_| hops > 0) {
                return Step::Hop(url);
            }
            if let Some(why) = refusal::of(view.dom, view.source) {
                return Step::Done(Box::new(Seen::shut(why, view)));
            }
        }
        note_strange_dates(view, notes);
        Step::Done(Box::new(match self.kind(view, glance) {
            PageKind::Home => self.home(view),
            PageKind::Article => seen_article(glance, view.encoding, notes),
            PageKind::List => self.list(view, notes),
            PageKind::Other => self.other(view),
        }))
    }

    /// Where a page without a list leads: a jump, a data address, a frame.
    fn onward(&self, view: &View, glance: &Glance) -> Option<Url> {
        let thin = view.text_length() < THIN;
        let jump = thin
            .then(|| shell::jump(view.dom, view.source, view.base))
            .flatten();
        let frames = || shell::frames(view.dom, view.base).into_iter().next();
        let framed = thin || (self.recipe.aim == Aim::Column && glance.sight().told.evidence < 3);
        jump.or_else(|| shell::data_address(view.dom, view.base))
            .or_else(|| framed.then(frames).flatten())
    }

    fn kind(&self, view: &View, glance: &Glance) -> PageKind {
        let list = column::deciding(view);
        let dated = list.map_or(0, |group| group.dated);
        match self.recipe.aim {
            Aim::Home => PageKind::Home,
            Aim::Column if dated < 10 && glance.sight().told.evidence >= 5 => PageKind::Article,
            Aim::Column if list.is_some_and(|group| group.dated >= 2 || group.rows.len() >= 3) => {
                PageKind::List
            }
            Aim::Column if glance.sight().told.evidence >= 3 => PageKind::Article,
            Aim::Column if dated > 0 => PageKind::List,
            Aim::Column => PageKind::Other,
            Aim::Any => any_kind(view, glance, dated),
        }
    }

    fn home(&self, view: &View) -> Seen {
        let rows = home::rows(view);
        let most = self.recipe.budget.saturating_sub(1);
        let saying = home::newest(view, &rows, most);
        Seen::listed(saying, PageKind::Home, &rows, view)
    }

    fn list(&self, view: &View, notes: &mut Vec<String>) -> Seen {
        let Some(group) = column::deciding(view) else {
            return self.other(view);
        };
        if self.is_wrong_page(view) {
            return Seen::shut(Unreadable::WrongPage, view);
        }
        let own = match self.recipe.aim {
            Aim::Column => heading::own(view, self.recipe.column_name.as_deref()),
            Aim::Home | Aim::Any => Own::Unknown,
        };
        let rows = match own {
            Own::Unknown => group.rows.clone(),
            Own::Rows(rows) => rows,
            Own::Empty => return Seen::bare(Finding::Empty, PageKind::List, view.encoding),
            Own::Others => {
                notes.push("the only list of the page is headed as another one".to_owned());
                return Seen::shut(Unreadable::NoList, view);
            }
        };
        let saying = column::newest(view, &rows);
        Seen::listed(saying, PageKind::List, &rows, view)
    }

    /// A page that is neither list nor article.
    fn other(&self, view: &View) -> Seen {
        if view.text_length() < THIN && view.source.len() < 1024 {
            Seen::shut(Unreadable::Shell, view)
        } else if refusal::says_empty(view.dom) && self.recipe.aim == Aim::Column {
            Seen::bare(Finding::Empty, PageKind::Other, view.encoding)
        } else {
            Seen::shut(Unreadable::NoList, view)
        }
    }

    /// The page names another column, and the configured one nowhere.
    fn is_wrong_page(&self, view: &View) -> bool {
        let Some(name) = self
            .recipe
            .column_name
            .as_deref()
            .filter(|name| clean::weight(name) >= 2)
        else {
            return false;
        };
        let stated = view.dom.tagged("meta").find_map(|(_, meta)| {
            let named =
                attr(meta, "name").is_some_and(|n| n.trim().eq_ignore_ascii_case("ColumnName"));
            attr(meta, "content").filter(|content| named && !content.trim().is_empty())
        });
        stated.is_some_and(|stated| {
            !stated.contains(name) && !name.contains(stated.trim()) && !view.source.contains(name)
        })
    }
}

fn note_strange_dates(view: &View, notes: &mut Vec<String>) {
    let strange = view
        .datings
        .iter()
        .filter(|d| d.refused().is_some())
        .count();
    if strange > 0 {
        notes.push(format!(
            "{strange} dates lie in the future or before 1995 and were not counted"
        ));
    }
}

/// What a page of unknown kind is.
fn any_kind(view: &View, glance: &Glance, dated: usize) -> PageKind {
    let article = glance.sight().told.evidence;
    let blocks = view
        .groups
        .iter()
        .filter(|group| group.dated >= 3 && !group.aside)
        .count();
    let root = view.base.path().trim_end_matches(|c: char| c != '/').len() <= 1;
    let prose = glance.sight().clues.prose_length;
    if article >= 3 || (article >= 2 && (dated < 5 || prose > 400)) {
        PageKind::Article
    } else if root && blocks >= 3 {
        PageKind::Home
    } else if dated >= 3 && !(prose > 1500 && dated < 8) {
        PageKind::List
    } else if glance.sight().told.article.is_some() {
        PageKind::Article
    } else if column::deciding(view).is_some() && prose < 400 {
        PageKind::List
    } else {
        PageKind::Other
    }
}

fn seen_article(glance: &Glance, encoding: &'static str, notes: &mut Vec<String>) -> Seen {
    let told = &glance.sight().told;
    let article = told.article.as_ref();
    notes.extend(others::notes(&told.others, article));
    let finding = article.map_or(Finding::Undated(Undated::NoDates), |article| {
        Finding::Dated(article.update(glance.sight().clues.url, None))
    });
    Seen {
        published: article.map(|article| Published {
            on: article.on,
            time: article.time,
            basis: article.basis,
        }),
        others: told.others.clone(),
        ..Seen::bare(finding, PageKind::Article, encoding)
    }
}
