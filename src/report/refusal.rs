//! Why something that a person wants to lay down is refused, and what would be allowed.

use crate::alert::acts::Refusal as OfAct;
use crate::assess::exemption::Refusal as OfExemption;
use crate::domain::time::{Date, in_chinese};

/// The refusal of an answer or a hold.
pub fn of_act(refusal: &OfAct, today: Date) -> String {
    match refusal {
        OfAct::Standing { until } => {
            format!("此前已登记至{}，无须再登记。", in_chinese(*until, today))
        }
        OfAct::Past { .. } => "日期不能早于今天。".to_owned(),
        OfAct::PastMoment { .. } => "所填时间已过。".to_owned(),
        OfAct::TooLate { latest, days, .. } => format!(
            "日期最晚可填{}（{days}个工作日）。",
            in_chinese(*latest, today)
        ),
    }
}

/// The refusal of an exemption.
pub fn of_exemption(refusal: &OfExemption, today: Date) -> String {
    match refusal {
        OfExemption::Backwards { .. } => "截止日期早于开始日期。".to_owned(),
        OfExemption::Past { .. } => {
            "开始日期不能早于今天；此前已到期的，以当时情况为准。".to_owned()
        }
        OfExemption::TooLong { latest, days, .. } => format!(
            "截止日期最晚可填{}（{days}天）。",
            in_chinese(*latest, today)
        ),
        OfExemption::TooLongInARow { days, most } => {
            format!("与相邻的同类报备合计{days}天，连续最多{most}天。")
        }
        OfExemption::Covered { until } => format!(
            "已报备至{}，无须再次登记；要缩短的，先结束报备。",
            in_chinese(*until, today)
        ),
        OfExemption::NotOneColumn => "“本期无应发布内容”只能逐个栏目确认。".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_what_would_be_allowed() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let today = day("2017-11-18");
        let late = OfAct::TooLate {
            until: day("2018-01-01"),
            latest: day("2017-11-24"),
            days: 5,
        };
        assert_eq!(of_act(&late, today), "日期最晚可填11月24日（5个工作日）。");
        let long = OfExemption::TooLong {
            until: day("2018-03-01"),
            latest: day("2018-01-01"),
            days: 45,
        };
        assert_eq!(
            of_exemption(&long, today),
            "截止日期最晚可填2018年1月1日（45天）。"
        );
    }
}
