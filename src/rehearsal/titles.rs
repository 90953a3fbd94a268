//! Titles as such sites print them, put together from word lists. Nobody and nothing real is
//! named in them, apart from the units themselves.

use chrono::Datelike as _;

use super::dice::Dice;
use super::roster::{Kind, Member};
use crate::domain::class::Class;
use crate::domain::time::Date;

const COMMON: [&str; 10] = [
    "政务公开",
    "消防安全",
    "“互联网+政务服务”",
    "作风建设",
    "节能减排",
    "信息安全",
    "普法宣传",
    "志愿服务",
    "应急值守",
    "窗口服务",
];
const STREET: [&str; 12] = [
    "背街小巷整治",
    "社区服务",
    "养老助餐",
    "垃圾分类",
    "文明创建",
    "平安社区建设",
    "冬季防火",
    "便民商业",
    "环境秩序整治",
    "出租房屋管理",
    "“开墙打洞”治理",
    "社区文化",
];
const NEWS: [&str; 12] = [
    "{unit}召开{topic}工作推进会",
    "{unit}开展{topic}专项检查",
    "{unit}组织{topic}业务培训",
    "{unit}扎实推进{topic}工作",
    "{unit}{topic}工作取得阶段性成效",
    "{unit}举办{topic}主题宣传活动",
    "区领导调研{topic}工作",
    "{unit}多措并举做好{topic}",
    "{unit}部署四季度{topic}任务",
    "聚焦{topic} {unit}在行动",
    "{unit}与兄弟单位交流{topic}经验",
    "{unit}“三个到位”抓好{topic}",
];
const NOTICES: [&str; 9] = [
    "关于开展{topic}工作的通知",
    "关于做好{month}月份{topic}有关工作的通知",
    "{unit}{topic}项目招标公告",
    "{unit}{topic}项目中标结果公示",
    "关于{topic}相关事项的公告",
    "{unit}关于征集{topic}意见建议的公告（截止{year}年12月31日）",
    "关于{year}年度{topic}先进集体名单的公示",
    "关于调整{topic}业务办理时间的通告",
    "关于举办第{n}期{topic}培训班的通知",
];
const POLICY: [&str; 6] = [
    "关于印发《西城区{topic}工作办法》的通知",
    "西城区{topic}实施方案",
    "关于进一步加强{topic}工作的意见",
    "西城区{topic}三年行动计划",
    "关于转发{topic}有关文件的通知（西发〔{year}〕{n}号）",
    "西城区{topic}工作规范（试行）",
];
const INTERPRETATION: [&str; 4] = [
    "《西城区{topic}工作办法》政策解读",
    "一图读懂《西城区{topic}实施方案》",
    "《关于进一步加强{topic}工作的意见》解读",
    "{topic}政策问答（第{n}期）",
];
const PERSONNEL: [&str; 4] = [
    "{unit}{year}年公开招聘工作人员公告（第{n}批）",
    "{unit}{year}年拟录用人员公示（第{n}批）",
    "{unit}所属事业单位面试成绩公示（第{n}批）",
    "{unit}关于选调工作人员的公告（{year}年第{n}号）",
];
const PLANS: [&str; 4] = [
    "{unit}{year}年{topic}工作要点",
    "{unit}{year}年{topic}工作计划",
    "西城区“十三五”时期{topic}发展规划",
    "{unit}{year}年{topic}工作总结",
];
const REPLIES: [&str; 4] = [
    "关于{topic}问题的答复（第{n}号来信）",
    "市民来信咨询{topic}办理流程",
    "关于反映{topic}有关情况的回复（第{n}号来信）",
    "网友留言：建议加强{topic}（编号{n}）",
];
const OTHER: [&str; 3] = [
    "{unit}{year}年{topic}统计简报（第{n}期）",
    "{year}年{month}月{topic}数据发布",
    "{unit}{topic}情况公示（第{n}期）",
];

/// A title of a column of `class` of `unit` for an item published on `on`.
pub fn title(unit: &Member, class: Class, on: Date, dice: &mut Dice) -> String {
    let pattern = dice.word(patterns(class));
    let topic = topic(unit, dice);
    let short = match unit.kind {
        Kind::Portal => "西城区",
        _ => unit.short,
    };
    pattern
        .replace("{unit}", short)
        .replace("{topic}", topic)
        .replace("{year}", &on.year().to_string())
        .replace("{month}", &on.month().to_string())
        .replace("{n}", &dice.between(1, 96).to_string())
}

fn patterns(class: Class) -> &'static [&'static str] {
    match class {
        Class::News => &NEWS,
        Class::Notices => &NOTICES,
        Class::Policy => &POLICY,
        Class::Interpretation => &INTERPRETATION,
        Class::Personnel => &PERSONNEL,
        Class::Plans => &PLANS,
        Class::Replies => &REPLIES,
        _ => &OTHER,
    }
}

fn topic(unit: &Member, dice: &mut Dice) -> &'static str {
    let own = !unit.topics.is_empty() && dice.percent(45);
    if own {
        return dice.word(&unit.topics);
    }
    if unit.kind == Kind::Street && dice.percent(70) {
        return dice.word(&STREET);
    }
    dice.word(&COMMON)
}

/// A paragraph for the article of that title.
pub fn paragraph(dice: &mut Dice) -> &'static str {
    dice.word(&PARAGRAPHS)
}

const PARAGRAPHS: [&str; 6] = [
    "会议要求，各科室要提高认识，明确责任，细化措施，确保各项任务按时间节点落到实处。",
    "下一步，将继续坚持问题导向，加强统筹协调，健全长效机制，不断提升服务群众的能力和水平。",
    "活动现场，工作人员通过发放宣传材料、设置咨询台等方式，耐心解答居民提出的问题。",
    "检查组实地查看了有关点位，查阅了工作台账，对发现的问题当场提出整改意见，并限期整改。",
    "各单位要结合实际认真贯彻执行，执行中遇到的问题请及时与我单位联系。",
    "有关材料请按要求报送，逾期不再受理。咨询时间为工作日上午9时至11时，下午1时至5时。",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rehearsal::roster;

    #[test]
    fn titles_have_no_hole_left_and_survive_the_old_encoding() {
        let members = roster::members();
        let on: Date = "2017-10-16".parse().unwrap();
        let mut dice = Dice::new(1, "titles");
        for unit in &members {
            for class in Class::ALL {
                let title = title(unit, class, on, &mut dice);
                assert!(!title.contains(['{', '}']), "{title}");
                assert!(title.chars().count() >= 6, "{title}");
                let (_, _, lossy) = encoding_rs::GBK.encode(&title);
                assert!(!lossy, "{title}");
            }
        }
    }
}
