//! One article that stands at several addresses, such as in two columns: what is wrong in it is one candidate.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash as _, Hasher as _};

use crate::domain::candidate::{Candidate, Suspicion};
use crate::extract::clean::squeezed;
use crate::extract::inspected::Inspected;

/// From how many characters a line is one of an article's own, and none of a list or of the frame.
const LONG: usize = 20;
/// From how many characters a title tells an article from others.
const TITLE: usize = 4;

/// What tells the article of a page from others: its title and its long lines, without those with links.
/// Nothing where it has none.
pub fn article(seen: &Inspected) -> Option<u64> {
    let mut hasher = DefaultHasher::new();
    seen.title.hash(&mut hasher);
    let (mut from, mut is_any) = (0, false);
    for line in seen.text.split('\n') {
        let to = from + line.len();
        let is_linked = || {
            seen.linked
                .iter()
                .any(|part| part.start < to && from < part.end)
        };
        if line.chars().count() >= LONG && !is_linked() {
            line.hash(&mut hasher);
            is_any = true;
        }
        from = to + 1;
    }
    is_any.then(|| hasher.finish())
}

/// What was found at an address, and the article there as far as it is known.
pub struct Place<'a> {
    /// What was found, where.
    pub candidate: &'a Candidate,
    /// The article.
    pub article: Option<u64>,
}

/// A wrong expression at an address.
pub type At = (String, String);

fn word(candidate: &Candidate) -> Option<&str> {
    match &candidate.suspicion {
        Suspicion::Word { text, .. } => Some(text),
        _ => None,
    }
}

/// The expression and its address.
pub fn at(candidate: &Candidate) -> Option<At> {
    Some((word(candidate)?.to_owned(), candidate.page.clone()))
}

/// The names of what an expression stands in: the same title around the same words, or the same article.
fn names(place: &Place<'_>) -> Vec<String> {
    let Candidate { title, snippet, .. } = place.candidate;
    let title = squeezed(title);
    let around = format!("{}{}{}", snippet.before, snippet.hit, snippet.after);
    let is_title = title.chars().count() >= TITLE;
    let titled = is_title.then(|| format!("{title}\n{}", squeezed(&around)));
    let same = place
        .article
        .map(|article| format!("{article}\n{}", squeezed(&around)));
    titled.into_iter().chain(same).collect()
}

/// The address under which each find is kept, where that is another than its own: of an article that stands
/// at several, the one that is known already, or the first that was read. `read` are the pages of this walk.
pub fn kept(
    found: &[Place<'_>],
    known: &[Candidate],
    read: &BTreeSet<String>,
) -> BTreeMap<At, String> {
    let mut groups = Groups::default();
    let places = known.iter().map(|candidate| Place {
        candidate,
        article: None,
    });
    for place in &places.collect::<Vec<Place<'_>>>() {
        groups.add(place);
    }
    for place in found {
        groups.add(place);
    }
    let here: BTreeSet<At> = found.iter().filter_map(|one| at(one.candidate)).collect();
    let own: BTreeSet<At> = found
        .iter()
        .filter(|one| one.candidate.seen_on.is_none())
        .filter_map(|one| at(one.candidate))
        .collect();
    let former: BTreeMap<At, _> = known
        .iter()
        .filter_map(|one| Some((at(one)?, one.first_at)))
        .collect();
    let mut out = BTreeMap::new();
    for group in groups.all() {
        // What was mended at the address that is known may stand at another one.
        let stands = |at: &&At| here.contains(*at) || !read.contains(&at.1);
        let old = group.iter().filter(|at| former.contains_key(*at));
        let old = old.filter(stands).min_by_key(|at| (former.get(*at), *at));
        let first = || group.iter().min_by_key(|at| (!own.contains(*at), *at));
        let Some(best) = old.or_else(first) else {
            continue;
        };
        let others = group
            .iter()
            .filter(|at| *at != best && !former.contains_key(*at));
        out.extend(others.map(|at| (at.clone(), best.1.clone())));
    }
    out
}

/// Expressions at addresses, those of one article together.
#[derive(Default)]
struct Groups {
    of: BTreeMap<At, usize>,
    named: BTreeMap<(String, String), usize>,
    members: Vec<BTreeSet<At>>,
}

impl Groups {
    fn add(&mut self, place: &Place<'_>) {
        let Some(at) = at(place.candidate) else {
            return;
        };
        let mut group = match self.of.get(&at) {
            Some(group) => *group,
            None => {
                self.members.push(BTreeSet::from([at.clone()]));
                self.members.len() - 1
            }
        };
        self.of.insert(at.clone(), group);
        for name in names(place) {
            let name = (at.0.clone(), name);
            match self.named.get(&name).copied() {
                Some(other) if other != group => group = self.join(group, other),
                Some(_) => {}
                None => {
                    self.named.insert(name, group);
                }
            }
        }
    }

    /// Puts the members of one group to those of another.
    fn join(&mut self, from: usize, to: usize) -> usize {
        let moved = self.members.get_mut(from).map(std::mem::take);
        let moved = moved.unwrap_or_default();
        for at in &moved {
            self.of.insert(at.clone(), to);
        }
        for group in self.named.values_mut().filter(|group| **group == from) {
            *group = to;
        }
        if let Some(members) = self.members.get_mut(to) {
            members.extend(moved);
        }
        to
    }

    fn all(self) -> impl Iterator<Item = BTreeSet<At>> {
        self.members.into_iter().filter(|group| group.len() > 1)
    }
}
