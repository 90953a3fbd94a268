//! The work on a page with a list: whose the list is, and which of its rows decide.

use super::{Task, frames_of, is_one_article, other};
use crate::domain::finding::{Finding, Undated, Unreadable};
use crate::domain::note::Note;
use crate::extract::ask::Ask;
use crate::extract::column::Saying;
use crate::extract::glance::Glance;
use crate::extract::heading::{self, Own};
use crate::extract::notes::Notes;
use crate::extract::seen::{Seen, Step};
use crate::extract::view::View;
use crate::extract::which::Which;
use crate::extract::whose::{self, Aside, Sure, Whose};
use crate::extract::{Aim, PageKind, blocks, clean, column, identity, interviews, remarks};

impl Task<'_> {
    /// Reads the list of a page, or says where the page leads that has none of the column.
    pub(super) fn list(
        &self,
        view: &View,
        glance: &Glance,
        hops: usize,
        notes: &mut Notes,
    ) -> Step {
        let done = |seen| Step::Done(Box::new(seen));
        let Some(group) = column::deciding(view) else {
            return done(other(view));
        };
        if self.is_wrong_page(view) {
            return done(Seen::shut(Unreadable::WrongPage, view));
        }
        let own = match self.recipe.aim {
            Aim::Column if self.is_of_home() => self.own_block(view),
            Aim::Column => heading::own(view, self.recipe.column_name.as_deref()),
            Aim::Home | Aim::Any => Own::Unknown,
        };
        let frames = || frames_of(view).filter(|_| hops > 0);
        let mut others = false;
        let deciding = match own {
            Own::Unknown => group.rows.clone(),
            Own::Rows(rows) => rows,
            Own::Empty => return done(Seen::bare(Finding::Empty, PageKind::List, view.encoding)),
            Own::Others if self.is_of_home() => {
                notes.say(Note::NoBlockOfName);
                return done(Seen::shut(Unreadable::NoList, view));
            }
            Own::Others => {
                others = true;
                group.rows.clone()
            }
        };
        let mut whose = self.whose(view, deciding);
        if others && whose.claim == Sure::Doubtful {
            whose.claim = Sure::Others;
        }
        if whose.claim != Sure::Own
            && let Some(step) = frames()
        {
            return step;
        }
        let aside = whose.aside.filter(|_| whose.claim != Sure::Doubtful);
        let aside = aside.map(|aside| left_aside(&aside));
        if let Some(aside) = aside.clone().filter(|_| whose.claim != Sure::Torn) {
            notes.say(aside);
        }
        if whose.claim == Sure::Others {
            if is_one_article(glance) {
                return done(self.article(view, glance, notes));
            }
            notes.say(Note::ListOfOtherName);
            return done(Seen::shut(Unreadable::NoList, view));
        }
        remarks::remark(view, &whose.rows, notes);
        let saying = match whose.claim {
            Sure::Torn => {
                let (rows, rival) = (self.held(view, &whose.rows), self.held(view, &whose.rival));
                let lists = [rows.as_slice(), rival.as_slice()];
                let name = self.recipe.column_name.as_deref();
                Saying::Ask(Ask::which(Which::of(view, name, lists, aside)))
            }
            _ => self.newest(view, &whose.rows),
        };
        done(Seen::listed(saying, PageKind::List, &whose.rows, view))
    }

    /// The newest date of a list.
    pub(super) fn newest(&self, view: &View, rows: &[usize]) -> Saying {
        let held = self.held(view, rows);
        match held.is_empty() && !rows.is_empty() {
            true => Saying::Found(Finding::Undated(Undated::Announced)),
            false => column::newest_of_list(view, &held),
        }
    }

    /// The rows that count.
    fn held(&self, view: &View, rows: &[usize]) -> Vec<usize> {
        match self.recipe.interviews {
            true => interviews::held(view, rows),
            false => rows.to_vec(),
        }
    }

    /// Whose the rows are that would decide; on the home page its blocks tell.
    fn whose(&self, view: &View, deciding: Vec<usize>) -> Whose {
        if self.is_of_home() {
            return Whose::own(deciding);
        }
        let names = heading::names(view, self.recipe.column_name.as_deref());
        whose::of(view, view.base, &names, deciding)
    }

    /// The block of the home page that the column is; a page with one list needs no heading.
    fn own_block(&self, view: &View) -> Own {
        let name = self.recipe.column_name.as_deref();
        match name.and_then(|name| blocks::named(view, name)) {
            Some(rows) => Own::Rows(rows),
            None if blocks::listings(view).len() <= 1 => Own::Unknown,
            None => Own::Others,
        }
    }

    /// The page names another column, and the configured one nowhere.
    pub(super) fn is_wrong_page(&self, view: &View) -> bool {
        let Some(name) = self
            .recipe
            .column_name
            .as_deref()
            .filter(|name| clean::weight(name) >= 2)
        else {
            return false;
        };
        let stated = identity::meta(view.dom, "ColumnName");
        stated.is_some_and(|stated| {
            !stated.contains(name) && !name.contains(stated) && !view.source.contains(name)
        })
    }
}

/// What is told of a list beside the column's own.
fn left_aside(aside: &Aside) -> Note {
    Note::ListAside {
        heading: clean::line(&aside.heading, 30),
        newest: aside.newest,
    }
}
