//! The work on a page for which rules are laid down: what they match is read with the same guards
//! as any list, and what they do not match is told as that, never as an empty column.

use url::Url;

use super::Task;
use crate::domain::finding::{Basis, Finding, Unreadable};
use crate::domain::note::Note;
use crate::domain::page::Page;
use crate::domain::reading_rules::{ReadRules, Shape};
use crate::extract::column::Saying;
use crate::extract::glance::Glance;
use crate::extract::json_list::{self, Data};
use crate::extract::notes::Notes;
use crate::extract::rows::Listed;
use crate::extract::seen::{Seen, Step};
use crate::extract::view::{self, Closed, View};
use crate::extract::{PageKind, by_rules, charset, clean, groups, guard, remarks, years};

/// What is read at one address by rules.
struct Ruled<'a> {
    rules: &'a ReadRules,
    /// Jumps that are left.
    hops: usize,
    /// Against what the links of data are resolved: the page that shows it.
    shown: &'a Url,
}

impl Task<'_> {
    /// Reads a page by the column's own rules. `first` says whether it is the page of the visit.
    pub(super) fn by_rules(
        &self,
        page: &Page,
        rules: &ReadRules,
        (first, hops): (bool, usize),
        notes: &mut Notes,
    ) -> Result<Step, Closed> {
        let (page, fixed) = by_rules::decoded(page, rules, notes);
        // Links in data are written for the page that shows it, wherever the data was found.
        let shown = match &self.recipe.shown {
            Some(shown) if first || rules.json.is_some() => shown,
            None if rules.json.is_some() => &self.pages.first.url,
            _ => &page.url,
        };
        let ruled = Ruled { rules, hops, shown };
        let step = match rules.json.as_ref().map(|json| json.shape()) {
            Some(shape) => self.data(&page, &shape, &ruled, notes)?,
            None => self.page(&at(ruled.shown, &page), &ruled, notes)?,
        };
        Ok(match (step, fixed) {
            (Step::Done(seen), Some(encoding)) => Step::Done(Box::new(Seen { encoding, ..*seen })),
            (step, _) => step,
        })
    }

    /// A page, by selectors where there are any, else as the reader finds it.
    fn page(&self, page: &Page, ruled: &Ruled, notes: &mut Notes) -> Result<Step, Closed> {
        self.viewed(page, notes, |view, glance, notes| {
            if ruled.rules.row.is_none() {
                return self.step(view, glance, ruled.hops, notes);
            }
            match by_rules::rows(view, ruled.rules, notes) {
                Ok(rows) if !rows.is_empty() => {
                    match self.refused(view, glance.url(), rows.len(), notes) {
                        Some(why) => Step::Done(Box::new(Seen::shut(why, view))),
                        None => self.listed(view, &rows, None, notes),
                    }
                }
                Ok(_) => self.missed(
                    view,
                    glance,
                    ruled.hops,
                    Unreadable::NoRowsBySelector,
                    notes,
                ),
                Err(fault) => {
                    let fault = clean::line(&fault.to_string(), 200);
                    notes.say(Note::RulesFaulty { fault });
                    self.missed(view, glance, 0, Unreadable::NoRowsBySelector, notes)
                }
            }
        })
    }

    /// Data: its rows, or the piece of a page in it.
    fn data(
        &self,
        page: &Page,
        shape: &Shape,
        ruled: &Ruled,
        notes: &mut Notes,
    ) -> Result<Step, Closed> {
        let closed = |why, encoding| Closed { why, encoding };
        if page.body.len() > guard::MAX_BYTES {
            return Err(closed(Unreadable::TooComplex, "unknown"));
        }
        let host = page.url.host_str().unwrap_or_default();
        let decoded = charset::decode(&page.body, page.content_type.as_deref(), host)
            .ok_or(closed(Unreadable::NotText, "unknown"))?;
        let format = by_rules::format(ruled.rules).ok().flatten();
        let before = notes.clone();
        let data = json_list::read(&decoded.text, shape, format.as_ref(), ruled.shown, notes);
        match data {
            Ok(Data::Rows(rows)) => {
                let signature = format!("json:{shape:?}").chars().take(200).collect();
                let blank = made(ruled.shown, "");
                let step = self.viewed(&blank, notes, |view, _, notes| {
                    self.listed(view, &rows, Some(signature), notes)
                })?;
                Ok(in_encoding(step, decoded.encoding))
            }
            Ok(Data::Fragment(html)) => {
                let step = self.page(&made(ruled.shown, &html), ruled, notes)?;
                Ok(in_encoding(by_own_rules(step), decoded.encoding))
            }
            Ok(Data::Missing) | Err(_) => {
                // A page in place of data may lead on to it, or say why it stands there.
                let (page, hops) = if json_list::is_data(&decoded.text) {
                    (&made(ruled.shown, ""), 0)
                } else {
                    (page, ruled.hops)
                };
                self.viewed(page, notes, |view, glance, notes| {
                    let step = self.missed(view, glance, hops, Unreadable::NoRowsByPath, notes);
                    if !matches!(step, Step::Done(_)) {
                        *notes = before;
                    }
                    step
                })
            }
        }
    }

    /// Surveys a page and hands what is seen to `then`.
    fn viewed<T>(
        &self,
        page: &Page,
        notes: &mut Notes,
        then: impl FnOnce(&View, &Glance, &mut Notes) -> T,
    ) -> Result<T, Closed> {
        let text = view::text(page, notes)?;
        let glance = Glance::at(&text.text, &page.url, self.today);
        view::with(page, &text, self.today, |view| then(view, &glance, notes))
    }

    /// The list that the rules name.
    fn listed(
        &self,
        view: &View,
        rows: &[Listed],
        signature: Option<String>,
        notes: &mut Notes,
    ) -> Step {
        let given = view::given(view.survey, rows, view.base);
        let datings = years::date(rows, &given, self.today);
        let groups = groups::form(rows, &datings);
        let view = &View {
            rows,
            datings: &datings,
            groups: &groups,
            script: None,
            ..*view
        };
        if self.is_wrong_page(view) {
            return Step::Done(Box::new(Seen::shut(Unreadable::WrongPage, view)));
        }
        // All rows are of one group; it leaves out those that are not displayed.
        let shown = groups
            .first()
            .map_or_else(Vec::new, |group| group.rows.clone());
        remarks::remark(view, &shown, notes);
        let seen = Seen::listed(self.newest(view, &shown), PageKind::List, &shown, view);
        Step::Done(Box::new(Seen {
            signature: signature.or(seen.signature),
            ..seen
        }))
    }

    /// A page on which the rules match nothing: it may only lead on, or be no page of the site.
    fn missed(
        &self,
        view: &View,
        glance: &Glance,
        hops: usize,
        why: Unreadable,
        notes: &mut Notes,
    ) -> Step {
        match self.onward(view, glance).filter(|_| hops > 0) {
            Some(step) => step,
            None => {
                let why = self.refused(view, glance.url(), 0, notes).unwrap_or(why);
                Step::Done(Box::new(Seen::shut(why, view)))
            }
        }
    }
}

/// The page as if it stood at `url`.
fn at(url: &Url, page: &Page) -> Page {
    Page {
        url: url.clone(),
        ..page.clone()
    }
}

/// Markup that came inside something else, as a page at `url`.
fn made(url: &Url, html: &str) -> Page {
    Page {
        url: url.clone(),
        status: 200,
        content_type: Some("text/html; charset=utf-8".to_owned()),
        body: html.as_bytes().to_vec(),
    }
}

/// What rows of a piece of a page say that a path names is said by the column's own rules.
fn by_own_rules(step: Step) -> Step {
    let renamed = |finding: &mut Finding| {
        if let Finding::Dated(update) = finding
            && update.basis == Basis::ListRow
        {
            update.basis = Basis::OwnRules;
        }
    };
    let Step::Done(mut seen) = step else {
        return step;
    };
    match &mut seen.saying {
        Saying::Found(finding) => renamed(finding),
        Saying::Ask(ask) => ask.instead.iter_mut().for_each(renamed),
    }
    Step::Done(seen)
}

fn in_encoding(step: Step, encoding: &'static str) -> Step {
    match step {
        Step::Done(seen) => Step::Done(Box::new(Seen { encoding, ..*seen })),
        onward => onward,
    }
}
