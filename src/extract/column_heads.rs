//! The heads of the columns in which the cells of rows stand: the first row of a table, or what
//! stands above rows that are made of lists or blocks like one.

use super::dom::What;
use super::survey::Survey;

/// The most cells of a row.
const MOST_CELLS: usize = 24;
/// How much of a head is read, in characters.
const HEAD: usize = 20;
/// Wrappers that a row may have around its cells.
const WRAPPERS: usize = 3;
/// The most places of a row of heads without a table.
const LARGEST: usize = 120;
/// Words by which a row of heads is told from a row.
const WORDS: [&str; 8] = [
    "日期", "时间", "标题", "名称", "编号", "序号", "索引", "文号",
];
/// Words of other heads, which stand above blocks too.
const MORE_WORDS: [&str; 2] = ["状态", "单位"];

/// The heads of one list, kept for the rows that follow.
#[derive(Debug, Default)]
pub struct Heads {
    list: usize,
    table: bool,
    texts: Vec<String>,
}

fn is_head(text: &str) -> bool {
    WORDS.iter().any(|word| text.contains(word))
}

impl Survey<'_, '_> {
    /// The head of the column in which `node` stands; nothing where the list has none.
    pub fn column_head(&self, block: usize, node: usize) -> Option<String> {
        let list = self.dom.parent(block);
        let table = self.dom.tag(block) == "tr";
        let mut heads = self.heads.borrow_mut();
        let known = heads
            .as_ref()
            .is_some_and(|heads| heads.list == list && heads.table == table);
        if !known {
            let head = if table {
                self.head_of_table(block)
            } else {
                self.head_of_list(block)
            };
            let texts = head
                .map(|head| self.texts_of_cells(head))
                .unwrap_or_default();
            *heads = Some(Heads { list, table, texts });
        }
        let texts = heads.as_ref().map(|heads| heads.texts.as_slice())?;
        if texts.is_empty() {
            return None;
        }
        let cells = self.cells(block);
        let position = cells
            .iter()
            .position(|cell| *cell <= node && node < self.dom.end(*cell))?;
        let fits = table || cells.len() == texts.len();
        texts.get(position).filter(|_| fits).cloned()
    }

    fn texts_of_cells(&self, head: usize) -> Vec<String> {
        let cells = self.cells(head);
        let text = |at: &usize| self.dom.text(*at, self.dom.end(*at), HEAD);
        cells.iter().map(text).collect()
    }

    /// The first row of the table, where it has no dates.
    fn head_of_table(&self, row: usize) -> Option<usize> {
        let above = self.dom.parent(row);
        let table = match self.dom.tag(above) {
            "tbody" => self.dom.parent(above),
            _ => above,
        };
        let mut inside = self.dom.range(table, row).take(200);
        let head = inside.find(|(at, _)| self.dom.tag(*at) == "tr")?.0;
        // Tables for layout begin with a heading and its 更多.
        let named = || self.texts_of_cells(head).iter().any(|text| is_head(text));
        (self.is_undated(head) && named()).then_some(head)
    }

    /// What stands first in the list, or before it, where it is made of heads.
    fn head_of_list(&self, block: usize) -> Option<usize> {
        let list = self.dom.parent(block);
        let first = self.children(list).next()?;
        let before = || self.child_before(self.dom.parent(list), list);
        let is_head = |at: &usize| {
            if self.dom.end(*at) - at > LARGEST {
                return false;
            }
            let cells = self.texts_of_cells(*at);
            let more = |text: &str| MORE_WORDS.iter().any(|word| text.contains(word));
            let named = cells.iter().filter(|text| is_head(text) || more(text));
            let named = named.count();
            cells.len() >= 2 && named * 2 > cells.len() && self.is_undated(*at)
        };
        Some(first)
            .filter(|at| *at != block && is_head(at))
            .or_else(|| before().filter(is_head))
    }

    fn is_undated(&self, at: usize) -> bool {
        self.dates_between(at, self.dom.end(at)).next().is_none()
    }

    /// The elements of a row, within what is wrapped around all of them.
    pub fn cells(&self, row: usize) -> Vec<usize> {
        let mut row = row;
        for _ in 0..=WRAPPERS {
            let cells: Vec<usize> = self.children(row).take(MOST_CELLS).collect();
            match cells.as_slice() {
                [one] => row = *one,
                _ => return cells,
            }
        }
        Vec::new()
    }

    /// The elements directly below one.
    fn children(&self, above: usize) -> impl Iterator<Item = usize> {
        let end = self.dom.end(above);
        let mut next = above + 1;
        std::iter::from_fn(move || {
            while next < end {
                let at = next;
                let node = self.dom.get(at)?;
                next = node.end.max(at + 1);
                if matches!(node.what, What::Element(_)) {
                    return Some(at);
                }
            }
            None
        })
    }

    /// The nearest element before one of the same level, among the first of them.
    fn child_before(&self, above: usize, child: usize) -> Option<usize> {
        self.children(above)
            .take(64)
            .take_while(|at| *at < child)
            .last()
    }
}
