//! The dialects in which the rehearsed sites write their pages: where a list stands, what a row
//! looks like, and where the date is. Pure: pages are functions of the truth and an instant.

pub mod frame;
pub mod pages;
pub mod rows;

use chrono::Datelike as _;

use super::site::{Publication, SimColumn};

/// How a site marks up its lists and where it puts its dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dialect {
    /// `li` with the link and a `span` for the date.
    ListSpan,
    /// `li` with the date before the link.
    DateFirst,
    /// A table with a header row, index numbers and the date in the last cell.
    TableRow,
    /// The date in square brackets after the link.
    Bracketed,
    /// `2017年10月16日`.
    ChineseDate,
    /// Month and day alone in the columns that are updated often.
    MonthDay,
    /// No date in the row; `t20171016_123.html` in the address.
    TrsPath,
    /// No date in the row; `/art/2017/10/16/` in the address.
    HanwebPath,
    /// No date but in the article's `PubDate` meta and label.
    ArticleMeta,
    /// No date but beside a label in the article.
    ArticleLabel,
    /// Records in CDATA sections inside a script.
    HanwebRecords,
    /// `.infolist ul li`, the unit sites of about 2018.
    InfoList,
    /// A table in a `div` whose id has slashes, the date as the text of a second link.
    SlashTable,
    /// `div.list > div.zt`, the portal of about 2018.
    ZtBlock,
    /// Rows written by `document.write`.
    Script,
}

impl Dialect {
    /// All dialects, in the order in which they are dealt to sites.
    pub const ALL: [Dialect; 15] = [
        Dialect::ListSpan,
        Dialect::TrsPath,
        Dialect::TableRow,
        Dialect::ArticleMeta,
        Dialect::InfoList,
        Dialect::HanwebRecords,
        Dialect::DateFirst,
        Dialect::SlashTable,
        Dialect::HanwebPath,
        Dialect::Bracketed,
        Dialect::ZtBlock,
        Dialect::ArticleLabel,
        Dialect::ChineseDate,
        Dialect::Script,
        Dialect::MonthDay,
    ];

    /// The dialect of the `place`-th site.
    pub fn at(place: usize) -> Dialect {
        let mut cycle = Dialect::ALL.into_iter().cycle().skip(place % 15);
        cycle.next().unwrap_or(Dialect::ListSpan)
    }

    /// Whether rows show dates.
    pub fn dates_rows(self) -> bool {
        !matches!(
            self,
            Dialect::TrsPath | Dialect::HanwebPath | Dialect::ArticleMeta | Dialect::ArticleLabel
        )
    }

    /// The address of a column's list on the site `site`, from the root.
    pub fn list_path(self, site: &str, column: &SimColumn) -> String {
        let (folder, number) = (column.folder, column.number);
        match self {
            Dialect::DateFirst => format!("/{folder}.htm"),
            Dialect::TableRow => format!("/{folder}/list.shtml"),
            Dialect::Bracketed | Dialect::TrsPath => format!("/{folder}/"),
            Dialect::MonthDay => format!("/{folder}/list.html"),
            Dialect::HanwebPath | Dialect::HanwebRecords => format!("/col/col{number}/index.html"),
            Dialect::ArticleLabel => format!("/{folder}/list.htm"),
            Dialect::InfoList => format!("/{folder}.html"),
            Dialect::SlashTable => format!("/{}{folder}.ycs", site.to_uppercase()),
            Dialect::ZtBlock => format!("/xxgk/{folder}/pnpagenumpv1.html"),
            Dialect::Script => format!("/{folder}/index.shtml"),
            _ => format!("/{folder}/index.html"),
        }
    }

    /// The address of an article, from the root. Its last group of digits is the item's number.
    pub fn article_path(self, column: &SimColumn, item: &Publication) -> String {
        let (folder, n) = (column.folder, item.number);
        let (year, month, day) = {
            let on = item.claimed_on;
            (on.year(), on.month(), on.day())
        };
        match self {
            Dialect::ListSpan => format!("/{folder}/content_{n}.html"),
            Dialect::DateFirst => format!("/info/{}/{n}.htm", column.number),
            Dialect::TableRow => format!("/{folder}/{n}.shtml"),
            Dialect::ChineseDate => format!("/{folder}/view_{n}.html"),
            Dialect::MonthDay => format!("/content/{year}/{n}.html"),
            Dialect::TrsPath => {
                format!("/{folder}/{year}{month:02}/t{year}{month:02}{day:02}_{n}.html")
            }
            Dialect::HanwebPath => {
                format!("/art/{year}/{month}/{day}/art_{}_{n}.html", column.number)
            }
            Dialect::HanwebRecords => format!("/art/{year}/art_{}_{n}.html", column.number),
            Dialect::ArticleLabel => format!("/{folder}/{n}.htm"),
            Dialect::SlashTable => format!("/{folder}/{n}.ycs"),
            Dialect::ArticleMeta => format!("/xxxq/pnidpv{n}.html"),
            Dialect::ZtBlock => format!("/xxgk/xxxq/pnidpv{n}.html"),
            Dialect::Script => format!("/{folder}/{year}{month:02}/{n}.shtml"),
            Dialect::Bracketed | Dialect::InfoList => format!("/{folder}/{n}.html"),
        }
    }
}

/// The number of the item to which an address leads: its last group of digits.
pub fn number_in(path: &str) -> Option<u32> {
    let file = path.rsplit('/').next()?;
    let digits: Vec<&str> = file
        .split(|c: char| !c.is_ascii_digit())
        .filter(|part| !part.is_empty())
        .collect();
    digits.last()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::rehearsal::truth::{Options, Truth};

    #[test]
    fn every_dialect_is_spoken_and_every_address_leads_back_to_its_item() {
        let truth = Truth::new(Options::demo()).unwrap();
        let spoken: BTreeSet<Dialect> = truth.sites().iter().map(|site| site.dialect).collect();
        assert_eq!(spoken.len(), Dialect::ALL.len());
        for site in truth.sites() {
            let lists: BTreeSet<String> = site
                .columns
                .iter()
                .map(|column| site.list_path(column))
                .collect();
            assert_eq!(lists.len(), site.columns.len(), "{}", site.id);
            let mut numbers = BTreeSet::new();
            for column in &site.columns {
                for item in &column.publications {
                    // One that was re-dated goes on under its number.
                    let alone = item.until.is_some() || numbers.insert(item.number);
                    assert!(alone, "{} {}", column.id, item.number);
                    for dialect in Dialect::ALL {
                        let path = dialect.article_path(column, item);
                        assert_eq!(number_in(&path), Some(item.number), "{path}");
                        assert!(!lists.contains(&path), "{path}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_number_of_an_address_is_its_last_group_of_digits() {
        let rows = [
            ("/tzgg/201710/t20171016_4711.html", Some(4711)),
            ("/art/2017/10/16/art_12_4711.html", Some(4711)),
            ("/xxgk/xxxq/pnidpv736523.html", Some(736_523)),
            ("/index.html", None),
            ("/99999999999.html", None),
            ("", None),
        ];
        for (path, number) in rows {
            assert_eq!(number_in(path), number, "{path}");
        }
    }
}
