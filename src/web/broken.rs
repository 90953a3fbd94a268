//! The links of a site that lead nowhere, as its page lists them.

use super::view::web_address;
use crate::domain::target::Target;
use crate::domain::time::Moment;
use crate::report::links::{open, standing};
use crate::report::plain::{address, instant, one_line};

/// How many are listed.
const MOST: usize = 30;
/// The longest words of a link, in characters.
const TEXT_CHARS: usize = 30;

/// The list.
pub struct Broken {
    /// Those that are certain.
    pub sure: usize,
    /// Those that are suspected.
    pub suspected: usize,
    /// The first of them.
    pub rows: Vec<Row>,
    /// How many more there are.
    pub more: usize,
}

/// One link.
pub struct Row {
    /// How certain it is.
    pub state: String,
    /// Whether it is certain.
    pub sure: bool,
    /// What it is, and whether it leads outside.
    pub kind: String,
    /// The address, shortened.
    pub address: String,
    /// The address, where a link may lead there.
    pub link: Option<String>,
    /// Why it leads nowhere.
    pub why: String,
    /// Since when.
    pub since: String,
    /// The first page that carries it, its address, and the words of the link there.
    pub place: Option<(String, Option<String>, String)>,
}

impl Broken {
    /// Those of `targets` that lead nowhere at `now`.
    pub fn of(targets: &[Target], now: Moment) -> Broken {
        let open = open(targets);
        let sure = open
            .iter()
            .filter(|(_, spell)| spell.confirmed_at.is_some());
        let sure = sure.count();
        let rows = open.iter().take(MOST).map(|(target, spell)| Row {
            state: standing(target, spell, now),
            sure: spell.confirmed_at.is_some(),
            kind: match target.external {
                true => format!("外部{}", target.kind.in_chinese()),
                false => target.kind.in_chinese().to_owned(),
            },
            address: address(&target.url),
            link: web_address(&target.url),
            why: spell.why.in_chinese(),
            since: instant(spell.since, now),
            place: target.places.first().map(|place| {
                let words = one_line(&place.text, TEXT_CHARS);
                let name = match target.on_home {
                    true => "首页".to_owned(),
                    false => address(&place.page),
                };
                (name, web_address(&place.page), words)
            }),
        });
        Broken {
            sure,
            suspected: open.len() - sure,
            rows: rows.collect(),
            more: open.len().saturating_sub(MOST),
        }
    }
}
