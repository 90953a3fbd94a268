//! What a reader of an assessment has to know beside its figures: that it is closed, that the period
//! before followed other rules, and whose figures rest on a part of the period or of the points.

use super::Assessment;
use super::bulletin::sealed;
use super::words;
use crate::assess::score::card::Card;
use crate::report::plain::one_line;
use crate::report::rubric::plain;

/// The longest name of a site, in characters.
const NAME_CHARS: usize = 30;
/// The most sites and differences of rules that are named.
const MOST: usize = 6;

/// The notes, one a line.
pub fn notes(assessment: &Assessment) -> Vec<String> {
    let mut out = sealed(assessment);
    out.extend(remarks(assessment));
    out
}

/// The same without what is said of closing.
pub fn remarks(assessment: &Assessment) -> Vec<String> {
    let mut out: Vec<String> = other_rules(assessment).into_iter().collect();
    out.extend(loose(assessment));
    out
}

/// That the period before was closed under other rules, and which; nothing where it was not.
pub fn other_rules(assessment: &Assessment) -> Option<String> {
    let told = listed(assessment.other_rules.to_vec(), "处")?;
    Some(format!(
        "上一周期按不同的规则封存（{told}），“较上期”的差额不全是网站本身的变化。"
    ))
}

fn loose(assessment: &Assessment) -> Option<String> {
    let loose = assessment.cards.iter().filter(|card| card.is_loose());
    let loose: Vec<&Card> = loose.collect();
    let is_every = loose.len() == assessment.cards.len() && loose.len() > 1;
    let told = listed(loose.into_iter().map(why).collect(), "个网站")?;
    let whose = match is_every {
        true => "各网站",
        false => "名次带*的网站",
    };
    Some(format!(
        "{whose}本期只有部分天数有监测记录，或已测评的分值不足一半，得分和名次仅供参考：{told}。"
    ))
}

fn why(card: &Card) -> String {
    let name = one_line(&card.name, NAME_CHARS);
    let watched = words::watched(card);
    let watched = watched.unwrap_or_else(|| format!("已测评{}%", plain(card.measured)));
    format!("{name}（{watched}）")
}

/// The first of them, and how many there are, by their measure word.
fn listed(all: Vec<String>, measure: &str) -> Option<String> {
    let more = match all.len() > MOST {
        true => format!("等{}{measure}", all.len()),
        false => String::new(),
    };
    let first: Vec<String> = all.into_iter().take(MOST).collect();
    (!first.is_empty()).then(|| format!("{}{more}", first.join("、")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cut_is_counted_by_its_own_word() {
        let all = |count: usize| (1..=count).map(|n| format!("第{n}")).collect();
        assert_eq!(listed(all(0), "处"), None);
        assert_eq!(listed(all(2), "处").unwrap(), "第1、第2");
        assert_eq!(
            listed(all(8), "个网站").unwrap(),
            "第1、第2、第3、第4、第5、第6等8个网站"
        );
    }
}
