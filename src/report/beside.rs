//! The tables beside the units': why columns cannot be judged, and what home pages show.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::front;
use super::overview::{ColumnLine, Overview};
use super::plain::one_line;
use super::table::{NAME_CHARS, Set, TEXT_CHARS, grid, number, visited};
use crate::assess::freshness::Freshness;
use crate::domain::home::HomeRecord;
use crate::domain::id::SiteId;

/// How many columns are named for one reason.
const NAMED: usize = 3;

/// Why columns cannot be judged, the most frequent reason first; empty where all can.
pub fn reasons(overview: &Overview) -> String {
    let mut by_reason: BTreeMap<String, Vec<&ColumnLine>> = BTreeMap::new();
    for line in overview.sites.iter().flat_map(|site| &site.columns) {
        if let Freshness::Unknown { why, .. } = &line.judgement.freshness {
            let reason = one_line(&why.in_chinese(), TEXT_CHARS);
            by_reason.entry(reason).or_default().push(line);
        }
    }
    let mut reasons: Vec<_> = by_reason.into_iter().collect();
    reasons.sort_by_key(|(_, lines)| Reverse(lines.len()));
    let rows: Vec<Vec<String>> = reasons
        .into_iter()
        .map(|(reason, lines)| {
            let ids: Vec<&str> = lines.iter().map(|line| line.column.as_str()).collect();
            let more = if ids.len() > NAMED { " 等" } else { "" };
            let named = ids.get(..NAMED.min(ids.len())).unwrap_or_default();
            let named = format!("{}{more}", named.join("、"));
            vec![reason, number(ids.len()), named]
        })
        .collect();
    match rows.is_empty() {
        true => String::new(),
        false => {
            let head = ["无法判断的原因", "栏目数", "栏目"];
            grid(&head, &[Set::Left, Set::Right, Set::Left], &rows)
        }
    }
}

/// The home pages that are visited, in the order of the overview.
pub fn homes(overview: &Overview, homes: &BTreeMap<SiteId, HomeRecord>) -> String {
    let head = ["网站首页", "最新条目", "最近访问", "备注"];
    let seen = overview.sites.iter().filter_map(|site| {
        let record = homes.get(&site.site)?;
        Some(vec![
            one_line(&site.name, NAME_CHARS),
            front::newest(record, overview.at),
            visited(Some(record.visited_at), overview.at),
            front::blindness(record, overview.at).unwrap_or_default(),
        ])
    });
    let rows: Vec<Vec<String>> = seen.collect();
    match rows.is_empty() {
        true => String::new(),
        false => grid(&head, &[Set::Left; 4], &rows),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assess::limits::Limits;
    use crate::domain::finding::Unreadable;
    use crate::domain::observation::{Cause, ColumnRecord};
    use crate::domain::visit::Validators;
    use crate::report::fixture::{at, blind, group, record, records, update};
    use crate::report::overview::{Scene, overview};

    fn look(rows: Vec<ColumnRecord>) -> Overview {
        overview(&Scene {
            group: &group(),
            limits: &Limits::default(),
            records: &records(rows),
            open: &BTreeMap::new(),
            acts: &[],
            blind_after_visits: 3,
            now: at("2017-11-18T10:00:00"),
        })
    }

    #[test]
    fn what_hinders_and_what_home_pages_show_have_tables_of_their_own() {
        let gone = Cause::Unreadable(Unreadable::SoftMissing);
        let mut rows = Vec::new();
        for id in ["kxw/gzdt", "kxw/tzgg", "wjw/gzdt", "wjw/zcjd"] {
            let mut blinded = record(id, None, "2017-11-18T09:10:00");
            let why = match id {
                "wjw/zcjd" => Cause::Redesigned,
                _ => gone.clone(),
            };
            blinded.blind = blind("2017-11-17T09:00:00", 3, why);
            rows.push(blinded);
        }
        let overview = look(rows);
        let table = reasons(&overview);
        let lines: Vec<&str> = table.lines().skip(2).collect();
        let first = "页面不存在或已删除";
        assert!(lines.iter().any(|line| line.starts_with(first)), "{table}");
        assert!(table.contains("疑似改版，列表结构变化"), "{table}");
        assert_eq!(reasons(&look(Vec::new())), "");
        let home = HomeRecord {
            site: SiteId::parse("kxw").unwrap(),
            last_update: Some(update("2017-11-03")),
            read_at: None,
            blind: blind("2017-11-17T09:00:00", 3, Cause::Redesigned),
            blocks: Vec::new(),
            notes: Vec::new(),
            digest: None,
            validators: Validators::default(),
            reader: None,
            copies: Vec::new(),
            visited_at: at("2017-11-18T09:00:00"),
            reach: crate::domain::home::Reach::default(),
        };
        let known = BTreeMap::from([(home.site.clone(), home)]);
        let table = homes(&overview, &known);
        assert!(table.contains("11月3日（已15天）"), "{table}");
        assert_eq!(table.lines().count(), 3, "{table}");
        assert_eq!(homes(&overview, &BTreeMap::new()), "");
    }
}
