//! What is known of a home page, in words: its newest dated item, how old that is, and why the
//! page could not be judged, if so. An observation: no limit is held against it here.

use super::plain::{instant, one_line, quotation, title};
use super::sentence::TITLE_CHARS;
use crate::domain::home::{HomeBlock, HomeRecord};
use crate::domain::time::{Date, Moment, date_of, in_chinese};

/// The longest heading of a block, in characters.
const HEADING_CHARS: usize = 30;

/// The newest dated item with its age: `3月16日（已2天）`.
pub fn newest(record: &HomeRecord, now: Moment) -> String {
    let Some(update) = &record.last_update else {
        return "尚未读到日期".to_owned();
    };
    let age = (date_of(now) - update.on).num_days().max(0);
    let day = in_chinese(update.on, date_of(now));
    format!("{day}（已{age}天）")
}

/// The newest item by its title, with where its date stands.
pub fn proof(record: &HomeRecord) -> String {
    let Some(update) = &record.last_update else {
        return String::new();
    };
    let mut parts = Vec::new();
    if !update.evidence.title.trim().is_empty() {
        parts.push(title(&update.evidence.title, TITLE_CHARS));
    }
    parts.push(format!("依据：{}", update.basis.in_chinese()));
    parts.join("，")
}

/// Why the page cannot be judged, since when and for how many visits; nothing while it can be.
pub fn blindness(record: &HomeRecord, now: Moment) -> Option<String> {
    let blind = record.blind.as_ref()?;
    let since = instant(blind.since, now);
    let why = one_line(&blind.why.in_chinese(), TITLE_CHARS);
    Some(format!("自{since}起连续{}次未能判断：{why}", blind.visits))
}

/// The digest of the copy on which the age of the page rests, where one is kept.
pub fn digest(record: &HomeRecord) -> String {
    let copy = record.proof().map(|copy| copy.digest.as_str());
    let hex: String = copy
        .unwrap_or_default()
        .chars()
        .filter(char::is_ascii_hexdigit)
        .take(64)
        .collect();
    match hex.is_empty() {
        true => String::new(),
        false => format!("首页摘要sha256:{hex}。"),
    }
}

/// A block: its heading in quotation marks, how many rows it has, and its newest date.
pub fn block(block: &HomeBlock, today: Date) -> (String, usize, String) {
    let heading = match block.heading.trim() {
        "" => "（无标题）".to_owned(),
        heading => quotation(heading, HEADING_CHARS),
    };
    let newest = block.newest.map(|on| in_chinese(on, today));
    let newest = newest.unwrap_or_else(|| "未标注日期".to_owned());
    (heading, block.rows, newest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::SiteId;
    use crate::domain::observation::Cause;
    use crate::domain::visit::{Failure, Validators};
    use crate::report::fixture::{at, blind, update};

    fn home(on: Option<&str>) -> HomeRecord {
        HomeRecord {
            site: SiteId::parse("kxw").unwrap(),
            last_update: on.map(update),
            read_at: None,
            blind: None,
            blocks: Vec::new(),
            notes: Vec::new(),
            digest: None,
            validators: Validators::default(),
            reader: None,
            copies: Vec::new(),
            visited_at: at("2017-11-18T09:00:00"),
            reach: crate::domain::home::Reach::default(),
        }
    }

    #[test]
    fn a_home_page_is_told_by_its_newest_item_and_by_what_hinders() {
        let now = at("2017-11-18T10:00:00");
        let mut seen = home(Some("2017-11-03"));
        assert_eq!(newest(&seen, now), "11月3日（已15天）");
        assert_eq!(proof(&seen), "《科信委召开年度工作会》，依据：列表行日期");
        assert_eq!(blindness(&seen, now), None);
        seen.blind = blind("2017-11-17T09:00:00", 3, Cause::Failed(Failure::Refused));
        assert_eq!(
            blindness(&seen, now).as_deref(),
            Some("自11月17日09:00起连续3次未能判断：连接被拒绝")
        );
        let never = home(None);
        assert_eq!(newest(&never, now), "尚未读到日期");
        assert_eq!(proof(&never), "");
    }

    #[test]
    fn a_block_is_told_by_its_heading() {
        let today = "2017-11-18".parse().unwrap();
        let told = |heading: &str, newest: Option<&str>| {
            let newest = newest.map(|on| on.parse().unwrap());
            let heading = heading.to_owned();
            block(
                &HomeBlock {
                    heading,
                    newest,
                    rows: 6,
                },
                today,
            )
        };
        assert_eq!(
            told("通知”公告", Some("2016-11-03")),
            ("“通知’公告”".to_owned(), 6, "2016年11月3日".to_owned())
        );
        assert_eq!(
            told(" ", None),
            ("（无标题）".to_owned(), 6, "未标注日期".to_owned())
        );
    }
}
