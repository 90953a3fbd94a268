//! The bulletin as a page shows it: the Markdown that is handed out, read back into its blocks. It reads
//! what `report::assessment::bulletin` writes, and nothing else of Markdown.

/// A block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A heading, from 1.
    Heading(usize, String),
    /// A paragraph.
    Text(String),
    /// Points, each with those below it.
    List(Vec<(String, Vec<String>)>),
    /// The heads of a table, and its rows, which have as many cells.
    Table(Vec<String>, Vec<Vec<String>>),
}

/// What the ranking begins with.
const RANKING: &str = "| 名次 |";
/// What stands for the ranking, which the page has already.
const RANKED_ABOVE: &str = "各网站得分和名次见本页排名。";

/// The blocks of the first lines of `text` that hold `most` characters at most, and whether those are
/// all. The ranking is left out and counts for nothing.
pub fn blocks(text: &str, most: usize) -> (Vec<Block>, bool) {
    let mut left = most;
    let mut blocks = Vec::new();
    let mut ranking = false;
    for line in text.lines() {
        if line.starts_with(RANKING) {
            blocks.push(Block::Text(RANKED_ABOVE.to_owned()));
            ranking = true;
        }
        ranking &= line.starts_with('|');
        if ranking {
            continue;
        }
        match left.checked_sub(line.chars().count()) {
            Some(rest) => left = rest,
            None => {
                // A heading under which nothing is shown any more.
                while matches!(blocks.last(), Some(Block::Heading(2.., _))) {
                    blocks.pop();
                }
                return (blocks, false);
            }
        }
        add(&mut blocks, line);
    }
    (blocks, true)
}

fn add(blocks: &mut Vec<Block>, line: &str) {
    let marks = line.bytes().take_while(|byte| *byte == b'#').count();
    if line.is_empty() {
    } else if let Some(title) = line.get(marks..).and_then(|rest| rest.strip_prefix(' '))
        && marks > 0
    {
        blocks.push(Block::Heading(marks, bare(title)));
    } else if let Some(point) = line.strip_prefix("- ") {
        match blocks.last_mut() {
            Some(Block::List(points)) => points.push((bare(point), Vec::new())),
            _ => blocks.push(Block::List(vec![(bare(point), Vec::new())])),
        }
    } else if let Some(point) = line.strip_prefix("  - ") {
        if let Some(Block::List(points)) = blocks.last_mut()
            && let Some((_, below)) = points.last_mut()
        {
            below.push(bare(point));
        }
    } else if line.starts_with("|---") {
    } else if let Some(row) = line.strip_prefix('|') {
        match blocks.last_mut() {
            Some(Block::Table(heads, rows)) => {
                let mut cells = cells(row);
                cells.resize(heads.len(), String::new());
                rows.push(cells);
            }
            _ => blocks.push(Block::Table(cells(row), Vec::new())),
        }
    } else {
        blocks.push(Block::Text(bare(line)));
    }
}

/// The cells of a row without its first stroke.
fn cells(row: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut escaped = false;
    for c in row.chars() {
        match (escaped, c, cells.last_mut()) {
            (false, '|', _) => cells.push(String::new()),
            (_, c, Some(cell)) => cell.push(c),
            (_, _, None) => {}
        }
        escaped = !escaped && c == '\\';
    }
    // Behind the last stroke stands nothing.
    cells.pop();
    cells.iter().map(|cell| bare(cell.trim())).collect()
}

/// The text without the strokes that keep it from being markup.
fn bare(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        out.push(match c {
            '\\' => chars.next().unwrap_or(c),
            c => c,
        });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_bulletin_writes_is_read_back() {
        let text = "# 通报\n\n按规则。\n\n## 一、总体情况\n\n| 等级 | 网站 |\n|---|---|\n| 1 | a\\|b\\\\ |\n| 2 |  |\n\n\
            - 甲：\\<b\\>。\n  - 其一。\n  - 其二。\n- 乙。\n\n### 丙\n\n-1分\n";
        let word = str::to_owned;
        let expected = [
            Block::Heading(1, word("通报")),
            Block::Text(word("按规则。")),
            Block::Heading(2, word("一、总体情况")),
            Block::Table(
                vec![word("等级"), word("网站")],
                vec![vec![word("1"), word("a|b\\")], vec![word("2"), word("")]],
            ),
            Block::List(vec![
                (word("甲：<b>。"), vec![word("其一。"), word("其二。")]),
                (word("乙。"), Vec::new()),
            ]),
            Block::Heading(3, word("丙")),
            Block::Text(word("-1分")),
        ];
        let (found, whole) = blocks(text, 1000);
        assert_eq!((found.as_slice(), whole), (expected.as_slice(), true));
        assert_eq!(
            blocks(text, 7),
            (vec![Block::Heading(1, word("通报"))], false)
        );
    }

    #[test]
    fn the_ranking_leaves_its_room_to_what_stands_behind_it() {
        let row = "| 1 | 区科信委 |\n".repeat(3000);
        let text = format!(
            "# 通报\n\n## 一、总体情况\n\n| 名次 | 网站 |\n|---|---|\n{row}\n## 二、单项否决\n\n无。\n\n## 三、存在的问题\n\n很多问题。\n"
        );
        let word = str::to_owned;
        let mut expected = vec![
            Block::Heading(1, word("通报")),
            Block::Heading(2, word("一、总体情况")),
            Block::Text(word(RANKED_ABOVE)),
            Block::Heading(2, word("二、单项否决")),
            Block::Text(word("无。")),
        ];
        // No heading is left of a part of which nothing is shown.
        assert_eq!(blocks(&text, 38), (expected.clone(), false));
        expected.push(Block::Heading(2, word("三、存在的问题")));
        expected.push(Block::Text(word("很多问题。")));
        assert_eq!(blocks(&text, 100), (expected, true));
    }
}
