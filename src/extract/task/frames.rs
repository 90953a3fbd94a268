//! The frames of a page that has no list itself: all that may hold it are fetched, and the one with
//! the list wins.

use url::Url;

use super::{Draft, Outcome, Task};
use crate::domain::finding::Finding;
use crate::domain::note::Note;
use crate::extract::column::Saying;
use crate::extract::notes::Notes;
use crate::extract::seen::{Seen, Step};
use crate::extract::shell::Frame;
use crate::extract::{More, PageKind, clean};

/// The most frames that are fetched at once.
const AT_ONCE: usize = 3;

/// Frames that are looked at.
#[derive(Debug, Clone)]
pub struct Frames {
    /// The page that shows them; none for the first.
    from: Option<Url>,
    /// Those that are looked at now.
    now: Vec<Url>,
    /// Those that nobody is meant to look at, for want of others.
    later: Vec<Url>,
    /// Jumps that are left.
    left: usize,
    notes: Notes,
}

/// How much a frame is the list, and with how many rows.
type Worth = (u8, usize);

impl Frames {
    /// The frames of the page at `from`, none of which was looked at.
    pub fn new(from: Option<Url>, frames: Vec<Frame>, hops: usize, notes: Notes) -> Frames {
        let (shown, hidden): (Vec<Frame>, Vec<Frame>) =
            frames.into_iter().partition(|frame| frame.shown);
        let urls = |frames: Vec<Frame>| {
            let urls = frames.into_iter().map(|frame| frame.url);
            urls.take(AT_ONCE).collect()
        };
        Frames {
            from,
            now: urls(shown),
            later: urls(hidden),
            left: hops.saturating_sub(1),
            notes,
        }
    }
}

impl Task<'_> {
    /// Looks at the frames that came, or asks for them.
    pub(super) fn framed(&self, mut frames: Frames) -> Outcome {
        if frames.now.is_empty() {
            frames.now = std::mem::take(&mut frames.later);
        }
        let known = |url: &&Url| self.pages.more.contains_key(*url);
        let (had, missing): (Vec<&Url>, Vec<&Url>) = frames.now.iter().partition(known);
        let missing: Vec<Url> = missing.into_iter().take(self.left()).cloned().collect();
        if had.is_empty() && !missing.is_empty() {
            return Outcome::Need(missing, Box::new(Draft::Frames(Box::new(frames))));
        }
        if let Some(outcome) = self.best(&frames) {
            return outcome;
        }
        if !frames.later.is_empty() {
            frames.now.clear();
            return self.framed(frames);
        }
        let mut notes = frames.notes;
        notes.say(Note::NoFrameWithList);
        self.look(frames.from, 0, notes)
    }

    /// What the frame with the list leads to.
    fn best(&self, frames: &Frames) -> Option<Outcome> {
        let mut best: Option<(Worth, Outcome)> = None;
        for url in &frames.now {
            let Some(More::Page(page)) = self.pages.more.get(url) else {
                continue;
            };
            let mut notes = frames.notes.clone();
            let to = clean::line(url.as_str(), 200);
            notes.say(Note::Followed { to });
            let step = self.seen_at(page, false, frames.left, &mut notes);
            let worth = step.as_ref().map_or((0, 0), worth);
            if worth.0 > 0 && best.as_ref().is_none_or(|(other, _)| worth > *other) {
                let outcome = self.went(step, Some(url.clone()), frames.left, notes);
                best = Some((worth, outcome));
            }
        }
        best.map(|(_, outcome)| outcome)
    }
}

fn worth(step: &Step) -> Worth {
    match step {
        Step::Done(seen) => (of_seen(seen), seen.rows.len()),
        Step::Hop(_) | Step::Frames(_) => (2, 0),
    }
}

fn of_seen(seen: &Seen) -> u8 {
    let listed = matches!(seen.kind, PageKind::List | PageKind::Home);
    match &seen.saying {
        Saying::Found(Finding::Dated(_)) if listed => 5,
        Saying::Ask(_) if listed => 4,
        Saying::Found(Finding::Empty) => 3,
        Saying::Found(Finding::Dated(_)) | Saying::Ask(_) => 1,
        Saying::Found(_) => 0,
    }
}
