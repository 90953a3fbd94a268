//! The forms about the assessment and about messages, by what can be done and by whom.

use super::offer::{Choice, Offer, Work};
use crate::assess::score::card::{Card, Line, Verdict};
use crate::assess::score::measure::may_be_entered;
use crate::assess::score::period::Period;
use crate::domain::closing::STATEMENT_CHARS;
use crate::domain::entry::MOST_FINDS;
use crate::domain::id::SiteId;
use crate::domain::time::Date;
use crate::report::assessment::Assessment;
use crate::report::plain::one_line;
use crate::report::recipient::who;
use crate::web::access::right::Right;
use crate::web::access::viewer::Viewer;
use crate::web::source::Picture;
use crate::web::view::NAME_CHARS;

/// How many receivers of a test are offered.
const PEOPLE: usize = 500;

impl Work {
    /// The forms about a period of assessment.
    pub fn of_period(viewer: &Viewer, assessment: &Assessment, today: Date) -> Option<Work> {
        let period = assessment.period;
        if !viewer.may_for_all(Right::Close) || today <= period.last() {
            return None;
        }
        let hidden = vec![("period", period.to_string())];
        let offer = match assessment.seals.is_empty() {
            true => Offer::new(
                "close",
                format!("封存{}", period.in_chinese()),
                "封存后任何人看到的都是此刻的结果，规则和证据一并留存；如有变动只能更正为新的版本。",
                "封存",
                today,
            ),
            false => Offer::new(
                "correct",
                "更正封存的结果",
                "按现在所知重新生成，作为新的版本留存，并列出与上一版的差异。",
                "更正",
                today,
            ),
        };
        let to = format!("/assessment?period={period}");
        Work::of(viewer, to, vec![Offer { hidden, ..offer }])
    }

    /// The forms about one site's points.
    pub fn of_card(
        viewer: &Viewer,
        assessment: &Assessment,
        card: &Card,
        today: Date,
    ) -> Option<Work> {
        let period = assessment.period;
        let sealed = assessment.seals.last();
        let mut offers = Vec::new();
        if viewer.may_for_all(Right::Score) {
            let choice = rules(card, |line| may_be_entered(&line.rule));
            offers.extend(choice.map(|choice| entered(choice, sealed.is_some(), today)));
        }
        if viewer.may(Right::State, &card.unit) {
            let choice = rules(card, is_disputable);
            offers.extend(choice.map(|choice| stated(choice, today)));
        }
        for offer in &mut offers {
            offer.hidden = vec![
                ("period", period.to_string()),
                ("site", card.site.to_string()),
            ];
        }
        let work = Work::of(viewer, to_card(period, &card.site), offers)?;
        let sealed = sealed.map(|seal| {
            let version = seal.version;
            (
                "score",
                format!("但本期已封存（第{version}版），更正后才计入。"),
            )
        });
        Some(work.besides(sealed.into_iter().collect()))
    }

    /// The forms about messages.
    pub fn of_messages(viewer: &Viewer, picture: &Picture, today: Date) -> Option<Work> {
        let mut offers = Vec::new();
        if viewer.may_for_all(Right::GoLive) && picture.trial.is_some() {
            offers.push(Offer::new(
                "go-live",
                "结束试运行，正式启用",
                "此后各单位会收到通知；试运行期间积累的未结事项按现状一次告知。",
                "正式启用",
                today,
            ));
        }
        if viewer.may_for_all(Right::Test) {
            let people = picture.group.people.values();
            let people = people
                .filter(|person| !person.routes.is_empty())
                .take(PEOPLE);
            let people =
                people.map(|person| (person.id.to_string(), who(&picture.group, &person.id)));
            offers.push(Offer {
                choice: Some(Choice::of("person", "收件人", people)),
                ..Offer::new(
                    "test",
                    "发送测试消息",
                    "立即经该人员的首选渠道发送一条测试消息，不受免扰时段限制。",
                    "发送",
                    today,
                )
            });
        }
        Work::of(viewer, "/messages".to_owned(), offers)
    }
}

/// The rules of `card` that are among those wanted, to choose from; nothing where none is.
fn rules(card: &Card, wanted: impl Fn(&Line) -> bool) -> Option<Choice> {
    let applying = card.areas.iter().filter(|area| area.applies);
    let lines = applying.flat_map(|area| &area.lines);
    let rules = lines.filter(|line| wanted(line)).map(|line| {
        let id = line.rule.id.to_string();
        let word = format!("{id} {}", one_line(&line.rule.title, NAME_CHARS));
        (id, word)
    });
    let choice = Choice::of("rule", "规则", rules);
    (!choice.options.is_empty()).then_some(choice)
}

/// Whether a unit may have something to say to it: it costs points, or stands against the site.
fn is_disputable(line: &Line) -> bool {
    let against = matches!(
        line.verdict,
        Verdict::Lost | Verdict::NotKept | Verdict::Veto
    );
    against || line.near || !line.finds.is_empty()
}

fn entered(rules: Choice, sealed: bool, today: Date) -> Offer {
    Offer {
        choice: Some(rules),
        count: Some(("发现几处", MOST_FINDS)),
        ..Offer::new(
            "score",
            "录入人工评定",
            match sealed {
                true => {
                    "本期已封存：录入后须更正封存的结果才计入。0表示查看过、没有问题；后录入的替代先录入的。理由写查看了什么、发现了什么。"
                }
                false => {
                    "0表示查看过、没有问题；后录入的替代先录入的。理由写查看了什么、发现了什么。"
                }
            },
            "录入",
            today,
        )
    }
}

fn stated(rules: Choice, today: Date) -> Offer {
    Offer {
        choice: Some(rules),
        says: ("单位说明", STATEMENT_CHARS),
        ..Offer::new(
            "state",
            "对结论提出说明",
            "对结论有异议或须补充情况时填写，在本页、通报和工作簿中与结论并列；不改变得分。",
            "提交说明",
            today,
        )
    }
}

/// The page of one site's points.
pub fn to_card(period: Period, site: &SiteId) -> String {
    format!("/assessment?period={period}&site={site}")
}
