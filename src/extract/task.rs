//! The work on one page: follow it if it only leads on, refuse it if it is not the page, decide
//! what it is, and read it as that.

use url::Url;

use super::ask::Ask;
use super::column::{self, Saying};
use super::glance::Glance;
use super::notes::Notes;
use super::seen::{self, Seen, Step};
use super::view::{self, Closed, View};
use super::{
    Aim, More, PageKind, Pages, Reading, Recipe, address, clean, empty, home, identity, letters,
    missing, refusal, remarks, shell,
};
use crate::domain::finding::{Finding, Unreadable};
use crate::domain::note::Note;
use crate::domain::page::Page;
use crate::domain::time::Date;
use frames::Frames;

mod frames;
mod list;
mod ruled;

/// The most jumps from a thin page to the next.
const MAX_HOPS: usize = 3;
/// Visible characters below which a page can only lead on.
const THIN: usize = 200;

/// Characters of prose from which a page with a date of its own is an article.
const PROSE: usize = 120;

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
    /// For the frames of a page.
    Frames(Box<Frames>),
    /// For articles that would date the page.
    Articles(Ask, Box<Reading>, Notes),
}

/// A jump from one page to the next.
#[derive(Debug, Clone)]
pub struct Hop {
    /// The page that leads on; none for the first.
    from: Option<Url>,
    to: Url,
    /// Jumps that are left.
    left: usize,
    notes: Notes,
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
            None => self.look(None, MAX_HOPS, Notes::default()),
            Some(Draft::Hop(hop)) => self.follow(hop),
            Some(Draft::Frames(frames)) => self.framed(*frames),
            Some(Draft::Articles(ask, reading, notes)) => self.resolved(ask, *reading, notes),
        }
    }

    /// Reads one page of the chain of jumps.
    fn look(&self, from: Option<Url>, hops: usize, mut notes: Notes) -> Outcome {
        let page = match from.as_ref().and_then(|url| self.pages.more.get(url)) {
            Some(More::Page(page)) => page,
            _ => &self.pages.first,
        };
        if self.is_sent_home(&page.url) {
            match self.recipe.aim {
                Aim::Column => return closed(Unreadable::RedirectedHome, "unknown", notes),
                Aim::Any => notes.say(Note::SentHome),
                Aim::Home => {}
            }
        }
        let step = self.seen_at(page, from.is_none(), hops, &mut notes);
        self.went(step, from, hops, notes)
    }

    /// What one page shows.
    fn seen_at(
        &self,
        page: &Page,
        first: bool,
        hops: usize,
        notes: &mut Notes,
    ) -> Result<Step, Closed> {
        match &self.recipe.read {
            Some(rules) => self.by_rules(page, rules, (first, hops), notes),
            None => self.read(page, hops, notes),
        }
    }

    /// Goes where the page at `from` leads.
    fn went(
        &self,
        step: Result<Step, Closed>,
        from: Option<Url>,
        hops: usize,
        notes: Notes,
    ) -> Outcome {
        match step {
            Ok(Step::Done(seen)) => self.settle(*seen, notes),
            Ok(Step::Frames(frames)) => self.framed(Frames::new(from, frames, hops, notes)),
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

    /// Whether a page that was asked for under an address of its own is a home page: the site's,
    /// or the root of its host.
    fn is_sent_home(&self, url: &Url) -> bool {
        let of_home = address::is_home(url, self.recipe.home.as_ref());
        let asked = self.recipe.asked.as_ref();
        let moved = asked.is_some_and(|asked| {
            address::is_root(url) && !address::is_root(asked) && address::is_above(url, asked)
        });
        (of_home || moved) && !self.is_of_home()
    }

    /// Reads a page for which no rules are laid down.
    fn read(&self, page: &Page, hops: usize, notes: &mut Notes) -> Result<Step, Closed> {
        let text = view::text(page, notes)?;
        let glance = Glance::at(&text.text, &page.url, self.today);
        if self.recipe.aim == Aim::Any && glance.is_article() {
            let seen = seen::article(&glance, text.encoding, notes);
            return Ok(Step::Done(Box::new(seen)));
        }
        let step = |view: &View| self.step(view, &glance, hops, notes);
        match self.recipe.letters {
            true => view::with_short(page, &text, self.today, letters::short_links, step),
            false => view::with(page, &text, self.today, step),
        }
    }

    fn follow(&self, hop: Hop) -> Outcome {
        let mut notes = hop.notes;
        let to = clean::line(hop.to.as_str(), 200);
        if let Some(More::Page(_)) = self.pages.more.get(&hop.to) {
            notes.say(Note::Followed { to });
            self.look(Some(hop.to), hop.left, notes)
        } else {
            notes.say(Note::NotFollowed { to });
            self.look(hop.from, 0, notes)
        }
    }

    /// Whether the column is configured to stand on the home page itself.
    fn is_of_home(&self) -> bool {
        let asked = self.recipe.asked.as_ref();
        asked.is_some_and(|asked| address::is_home(asked, self.recipe.home.as_ref()))
    }

    /// How many more pages may be asked for.
    fn left(&self) -> usize {
        let had = 1 + self.pages.more.len();
        self.recipe.budget.saturating_sub(had)
    }

    fn settle(&self, seen: Seen, notes: Notes) -> Outcome {
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
            blocks: seen.blocks,
            ahead: seen.ahead,
            notes: Vec::new(),
        };
        let Some(ask) = ask else {
            reading.notes = notes.into_list();
            return Outcome::Found(Box::new(reading));
        };
        let missing = ask.missing(&self.pages.more, self.left());
        if missing.is_empty() {
            self.resolved(ask, reading, notes)
        } else {
            let draft = Draft::Articles(ask, Box::new(reading), notes);
            Outcome::Need(missing, Box::new(draft))
        }
    }

    fn resolved(&self, ask: Ask, mut reading: Reading, mut notes: Notes) -> Outcome {
        ask.resolve(&self.pages.more, self.today, &mut reading, &mut notes);
        reading.notes = notes.into_list();
        Outcome::Found(Box::new(reading))
    }
}

fn closed(why: Unreadable, encoding: &'static str, notes: Notes) -> Outcome {
    Outcome::Found(Box::new(Reading {
        finding: Finding::Unreadable(why),
        kind: PageKind::Other,
        encoding,
        rows: Vec::new(),
        signature: None,
        published: None,
        others: Vec::new(),
        blocks: Vec::new(),
        ahead: false,
        notes: notes.into_list(),
    }))
}

impl Task<'_> {
    fn step(&self, view: &View, glance: &Glance, hops: usize, notes: &mut Notes) -> Step {
        let list = column::deciding(view).filter(|group| group.rows.len() >= 3 || group.dated > 0);
        let name = self.recipe.column_name.as_deref();
        let empty = list.is_none()
            && self.recipe.aim == Aim::Column
            && empty::says(view, glance.url(), name);
        if list.is_none()
            && !empty
            && let Some(step) = self.onward(view, glance).filter(|_| hops > 0)
        {
            return step;
        }
        let rows = list.map_or(0, |group| group.rows.len());
        if let Some(why) = self.refused(view, glance.url(), rows, notes) {
            return Step::Done(Box::new(Seen::shut(why, view)));
        }
        Step::Done(Box::new(match self.kind(view, glance) {
            _ if empty => Seen::bare(Finding::Empty, PageKind::List, view.encoding),
            PageKind::Home => return self.home(view, hops, notes),
            PageKind::Article => self.article(view, glance, notes),
            PageKind::List => return self.list(view, glance, hops, notes),
            PageKind::Other if self.recipe.aim == Aim::Column && is_one_article(glance) => {
                self.article(view, glance, notes)
            }
            PageKind::Other => other(view),
        }))
    }

    /// Why the page is not what was asked for, whatever rows it shows.
    fn refused(
        &self,
        view: &View,
        url: &Url,
        rows: usize,
        notes: &mut Notes,
    ) -> Option<Unreadable> {
        if refusal::is_folder(view.dom) {
            return Some(Unreadable::NoList);
        }
        let column = self.recipe.column_name.as_deref();
        if self.recipe.aim == Aim::Any {
            let none = rows == 0;
            return none.then(|| refusal::of(view.dom, view.source, 0, column))?;
        }
        if let Some(why) = refusal::of(view.dom, view.source, rows, column) {
            return Some(why);
        }
        if let Some(said) = identity::contradiction(view, &self.recipe.site, column) {
            notes.say(said);
            return Some(Unreadable::WrongSite);
        }
        let known = self.recipe.missing.as_ref();
        let known = known.filter(|_| self.recipe.aim == Aim::Column && !self.is_of_home());
        let asked = self.recipe.asked.as_ref();
        if known.is_some_and(|known| missing::is_missing(view, url, asked, column, known)) {
            notes.say(Note::SameAsMissing);
            return Some(Unreadable::SoftMissing);
        }
        None
    }

    /// Where a page without a list leads: a jump, a data address, its frames.
    fn onward(&self, view: &View, glance: &Glance) -> Option<Step> {
        let thin = view.text_length() < THIN;
        let jump = thin
            .then(|| shell::jump(view.dom, view.source, view.base))
            .flatten();
        let framed = thin || (self.recipe.aim == Aim::Column && glance.sight().told.evidence < 3);
        jump.or_else(|| shell::data_address(view.dom, view.base))
            .map(Step::Hop)
            .or_else(|| frames_of(view).filter(|_| framed))
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

    /// One article: where a column's list was asked for, that is told, whatever its date.
    fn article(&self, view: &View, glance: &Glance, notes: &mut Notes) -> Seen {
        let seen = seen::article(glance, view.encoding, notes);
        match self.recipe.aim {
            Aim::Column => Seen {
                saying: Saying::Found(Finding::Unreadable(Unreadable::Article)),
                ..seen
            },
            Aim::Home | Aim::Any => seen,
        }
    }

    fn home(&self, view: &View, hops: usize, notes: &mut Notes) -> Step {
        let rows = home::rows(view);
        let most = self.recipe.budget.saturating_sub(1);
        if let Some(inside) = home::way_in(view, &rows).filter(|_| hops > 0) {
            notes.say(Note::OneWayIn);
            return Step::Hop(inside);
        }
        remarks::remark(view, &rows, notes);
        let saying = home::newest(view, &rows, most);
        Step::Done(Box::new(Seen::listed(saying, PageKind::Home, &rows, view)))
    }
}

/// The frames of a page, where it has any.
fn frames_of(view: &View) -> Option<Step> {
    let frames = shell::frames(view.dom, view.base);
    (!frames.is_empty()).then_some(Step::Frames(frames))
}

/// Whether a page without a list of its own is one article: it has a publication and a text.
fn is_one_article(glance: &Glance) -> bool {
    let sight = glance.sight();
    let dated = sight.told.article.is_some() && sight.told.evidence > 0;
    dated && sight.clues.prose_length >= PROSE
}

/// A page that is neither list nor article.
fn other(view: &View) -> Seen {
    if refusal::is_picture(view.dom) {
        return Seen::shut(Unreadable::PictureOnly, view);
    }
    if view.text_length() < THIN && view.source.len() < 1024 {
        Seen::shut(Unreadable::Shell, view)
    } else {
        Seen::shut(Unreadable::NoList, view)
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
