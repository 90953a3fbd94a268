//! The second half of the paragraph: what visits saw, which items there are, how far the incident
//! has come, and the digest of the page on which the verdict rests.

use chrono::TimeDelta;

use super::note::note;
use super::plain::{instant, one_line, title, typed, typed_quotation};
use super::sentence::{Case, TITLE_CHARS, cause};
use crate::alert::incident::{Change, Pending, State};
use crate::assess::freshness::Freshness;
use crate::assess::ladder::Tier;
use crate::domain::finding::Finding;
use crate::domain::observation::{Cause, ColumnRecord, Observation, Sight};
use crate::domain::time::{Date, Moment, date_of, in_chinese};

/// After so long without a visit a verdict is no word about today.
const LAPSES: TimeDelta = TimeDelta::hours(36);
/// The longest reason of a person, in characters.
const REASON_CHARS: usize = 80;
/// How many items are named.
const ITEMS: usize = 3;
/// How many notes of the reader are named.
const NOTES: usize = 3;

/// The caution that belongs before verdicts that rest on visits of long ago: the monitor has not
/// looked since, so what looks late may long have been updated.
pub fn caution(visited_at: Option<Moment>, now: Moment) -> Option<String> {
    let visited_at = visited_at.filter(|&at| now - at > LAPSES)?;
    let days = (now - visited_at).num_days();
    Some(format!(
        "注意：最近一次访问为{}，已过{days}天，以下判定仅供参考。",
        instant(visited_at, now)
    ))
}

/// When it was looked at last, and what that brought.
pub(super) fn visits(case: &Case) -> String {
    let blind = matches!(case.judgement.freshness, Freshness::Unknown { .. });
    let mut text = match case.observations.first() {
        Some(newest) if !blind && understood(newest) => seen(case, newest),
        Some(newest) if !blind => unseen(case, newest),
        _ => last_looked(case),
    };
    text.push_str(&noted(case));
    text
}

/// What the reader noticed on the page as it is now, the most important.
fn noted(case: &Case) -> String {
    let mut seen = case.observations.iter();
    let read = seen.find(|seen| !matches!(seen.sight, Sight::Unchanged(_)));
    let notes = read.map_or(&[][..], |seen| &seen.notes);
    let today = date_of(case.now);
    let named: Vec<String> = notes
        .iter()
        .take(NOTES)
        .map(|one| note(one, today))
        .collect();
    match named.is_empty() {
        true => String::new(),
        false => format!("读取时注意到：{}。", named.join("；")),
    }
}

/// The bare instants, where the reason has been told already.
fn last_looked(case: &Case) -> String {
    let Some(record) = case.record else {
        return String::new();
    };
    let read = match record.read_at {
        Some(at) => format!("最近一次读取成功于{}，", instant(at, case.now)),
        None => String::new(),
    };
    format!(
        "{read}最近一次访问于{}。",
        instant(record.visited_at, case.now)
    )
}

fn seen(case: &Case, newest: &Observation) -> String {
    let same = case
        .observations
        .iter()
        .take_while(|older| outcome(older) == outcome(newest))
        .count();
    let mut text = format!(
        "最近一次读取成功于{}",
        instant(newest.observed_at, case.now)
    );
    if newest.rows > 0 {
        text.push_str(&format!("，列表{}行", newest.rows));
    }
    if matches!(newest.sight, Sight::Unchanged(_)) {
        text.push_str("，页面与上次相同");
    }
    if same > 1 {
        text.push_str(&format!("，最近{same}次访问结果一致"));
    }
    text.push('。');
    let told = matches!(case.judgement.freshness, Freshness::Unknown { .. });
    if !told && case.record.is_some_and(ColumnRecord::is_redesigned) {
        text.push_str(&cause(&Cause::Redesigned));
        text.push_str("，在此之前按已证实的日期判断。");
    }
    text
}

fn unseen(case: &Case, newest: &Observation) -> String {
    let failed = case
        .observations
        .iter()
        .take_while(|seen| !understood(seen))
        .count();
    let blind = case.record.and_then(|record| record.blind.as_ref());
    let failed = blind.map_or(failed, |blind| failed.max(blind.visits as usize));
    let read_at = case.record.and_then(|record| record.read_at);
    let before = match read_at {
        Some(at) => format!("最近一次读取成功于{}，此后", instant(at, case.now)),
        None => String::new(),
    };
    let still = match case.judgement.freshness {
        Freshness::Fresh { .. } => "，按已证实的日期仍在时限内，不影响判定",
        _ => "",
    };
    format!(
        "{before}{failed}次访问均未能判断，最近一次于{}（{}）{still}。",
        instant(newest.observed_at, case.now),
        one_line(&trouble(&newest.sight), TITLE_CHARS),
    )
}

/// Whether a visit could tell.
fn understood(seen: &Observation) -> bool {
    matches!(
        seen.sight.finding(),
        Some(Finding::Dated(_) | Finding::Empty)
    )
}

/// What makes two visits agree: the date, or that there are no items.
fn outcome(seen: &Observation) -> Option<Option<Date>> {
    match seen.sight.finding()? {
        Finding::Dated(update) => Some(Some(update.on)),
        Finding::Empty => Some(None),
        Finding::Undated(_) | Finding::Unreadable(_) => None,
    }
}

/// The outcome of a visit in the words of a report.
pub fn sight_in_chinese(sight: &Sight, today: Date) -> String {
    let text = match sight.finding() {
        Some(Finding::Dated(update)) => format!("最近更新{}", in_chinese(update.on, today)),
        Some(Finding::Empty) => "列表没有条目".to_owned(),
        _ => trouble(sight),
    };
    match sight {
        Sight::Unchanged(_) => format!("页面未变，{text}"),
        _ => text,
    }
}

fn trouble(sight: &Sight) -> String {
    match sight {
        Sight::Failed(failure) => failure.in_chinese(),
        Sight::Read(finding) | Sight::Unchanged(finding) => match finding {
            Finding::Undated(why) => why.in_chinese().to_owned(),
            Finding::Unreadable(why) => why.in_chinese().to_owned(),
            Finding::Dated(_) | Finding::Empty => "结果待复核".to_owned(),
        },
    }
}

/// The newest items with what the page claims and when we first saw them.
pub(super) fn items(case: &Case) -> String {
    let named: Vec<String> = case
        .items
        .iter()
        .filter_map(|item| Some((item, item.claimed_on?)))
        .take(ITEMS)
        .map(|(item, on)| {
            let day = in_chinese(on, date_of(case.now));
            let title = title(&item.title, TITLE_CHARS);
            let seen = instant(item.first_seen_at, case.now);
            format!("{day}{title}（首次见于{seen}）")
        })
        .collect();
    if named.is_empty() {
        return String::new();
    }
    format!("已见到的最新条目：{}。", named.join("、"))
}

/// Who took a changed list for the column's, and why.
pub(super) fn acceptance(case: &Case) -> String {
    let Some(acceptance) = case.acceptance else {
        return String::new();
    };
    let waits = case.record.is_some_and(|record| {
        let blind = record.blind.as_ref().filter(|_| record.is_redesigned());
        blind.is_some_and(|blind| acceptance.at >= blind.since)
    });
    let waits = if waits {
        "，下次访问起以新列表为准"
    } else {
        ""
    };
    format!(
        "该栏目的新列表已于{}由{}确认，理由：{}{waits}。",
        instant(acceptance.at, case.now),
        typed(&acceptance.by, TITLE_CHARS),
        typed_quotation(&acceptance.reason, REASON_CHARS),
    )
}

pub(super) fn incident(case: &Case) -> String {
    let Some(incident) = case.incident else {
        return String::new();
    };
    match &incident.state {
        State::Suspected { .. } => "该结论待再次访问复核后才通知责任单位。".to_owned(),
        State::Resolved { at } => format!("此前的提醒已于{}解除。", instant(*at, case.now)),
        State::Open {
            since,
            repeats,
            told_at,
            pending,
        } => {
            let stage = incident.tier.map(|tier| {
                let since = instant(*since, case.now);
                match (tier, incident.is_proposed()) {
                    (Tier::Escalation, true) => format!("自{since}起建议督办，待放行，"),
                    _ => format!("自{since}起按“{}”处理，", tier.in_chinese()),
                }
            });
            let again = match repeats {
                0 => String::new(),
                times => format!("，已重复{times}次"),
            };
            let told = match incident.told.len() {
                0 => "尚未通知到人".to_owned(),
                people => format!(
                    "最近一次安排通知于{}{again}，共通知{people}人",
                    instant(*told_at, case.now)
                ),
            };
            format!(
                "事件始于{}，{}{told}。{}",
                instant(incident.began_at, case.now),
                stage.unwrap_or_default(),
                pending_in_chinese(case, pending.as_ref()),
            )
        }
    }
}

fn pending_in_chinese(case: &Case, pending: Option<&Pending>) -> String {
    match pending.map(|pending| pending.change) {
        None => String::new(),
        Some(Change::Raise) => {
            let tier = case.judgement.tier.map(|tier| tier.in_chinese());
            let tier = tier.map_or("升级".to_owned(), |tier| format!("升为“{tier}”"));
            format!("最近一次访问显示应{tier}，待复核。")
        }
        Some(Change::Clear) => "最近一次访问显示已有更新，待复核后解除。".to_owned(),
    }
}

/// The digest of the page on which the verdict rests: that of the copy that is kept, else of the latest
/// visit that saw the date, or the empty list.
pub(super) fn digest(case: &Case) -> String {
    let update = case.judgement.last_update.as_ref();
    let rests_on = match case.judgement.freshness {
        Freshness::Empty { .. } => Some(None),
        _ => update.map(|update| Some(update.on)),
    };
    let mut visits = case.observations.iter();
    let proven = visits.find(|seen| rests_on.is_some() && outcome(seen) == rests_on);
    let copy = case.record.and_then(|record| record.proof.as_deref());
    let digest = copy.or_else(|| proven?.digest.as_deref());
    let digest = digest.or_else(|| case.record?.digest.as_deref());
    let hex: String = digest
        .unwrap_or_default()
        .chars()
        .filter(char::is_ascii_hexdigit)
        .take(64)
        .collect();
    if hex.is_empty() {
        return String::new();
    }
    format!("页面摘要sha256:{hex}。")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::moment;

    fn at(text: &str) -> Moment {
        moment(text.parse().unwrap())
    }

    #[test]
    fn verdicts_of_long_ago_come_with_a_caution() {
        let now = at("2017-11-18T10:00:00");
        assert_eq!(caution(None, now), None);
        assert_eq!(caution(Some(at("2017-11-17T08:00:00")), now), None);
        assert_eq!(
            caution(Some(at("2017-11-08T09:00:00")), now).as_deref(),
            Some("注意：最近一次访问为11月8日09:00，已过10天，以下判定仅供参考。")
        );
    }
}
