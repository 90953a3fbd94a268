//! What of a rule's finds is shown where there is room for some of them, and how many there are besides.

use super::words;
use crate::assess::score::card::{Card, Line};
use crate::assess::score::fact::Fact;
use crate::assess::score::finding::{About, Find};

/// Finds of a rule that are shown.
pub struct Shown<'a> {
    /// Each with why it does not count; nothing where it does.
    pub finds: Vec<(&'a Find, String)>,
    /// How many are not shown and stand in the table.
    listed: usize,
    /// How many are not shown, wherever they stand.
    all: usize,
}

/// The first finds of a rule, at most `most`. Of a list that is cut already those count that it leaves out.
pub fn shown<'a>(card: &Card, line: &'a Line, most: usize) -> Shown<'a> {
    let counted = line.finds.iter().map(|one| (one, String::new()));
    let asides = line.asides.iter();
    let spared = asides.map(|aside| (&aside.find, words::spared(aside, card.to)));
    let rows: Vec<(&Find, String)> = counted.chain(spared).collect();
    let left_out = |find: &Find| match find.fact {
        Fact::Cut { told, all } => Some(all.saturating_sub(told) as usize),
        _ => None,
    };
    let cuts: Vec<usize> = rows.iter().filter_map(|(one, _)| left_out(one)).collect();
    let listed = (rows.len() - cuts.len()).saturating_sub(most);
    if listed == 0 {
        return Shown {
            finds: rows,
            listed,
            all: 0,
        };
    }
    let mut finds = rows;
    finds.retain(|(one, _)| left_out(one).is_none());
    finds.truncate(most);
    let all = listed + cuts.into_iter().sum::<usize>();
    Shown { finds, listed, all }
}

impl Shown<'_> {
    /// How many there are besides, and how many of those `table` has; nothing where all are shown.
    pub fn more(&self, table: &str) -> Option<String> {
        let Shown { listed, all, .. } = self;
        match all.checked_sub(*listed) {
            _ if *listed == 0 => None,
            Some(1..) => Some(format!("另有{all}条，其中{listed}条见{table}")),
            _ => Some(format!("另有{all}条，见{table}")),
        }
    }
}

/// That of all there are so many are told one by one: visits of a home page, or else questions.
pub fn cut(about: &About, told: u32, all: u32) -> String {
    let what = match about {
        About::Home => "各次",
        _ => "问题",
    };
    format!("以上{what}列出{told}条，共{all}条")
}
