//! The forms of a page: what each asks for, and what they show after one was handed in.

use super::filled::Filled;
use crate::domain::act::REASON_CHARS;
use crate::domain::time::Date;
use crate::web::access::session::Once;
use crate::web::access::viewer::Viewer;

/// The forms of a page.
pub struct Work {
    /// What the forms carry.
    pub form: String,
    /// Where they are sent.
    pub to: String,
    /// The forms.
    pub offers: Vec<Offer>,
    /// What was done just now.
    pub done: Option<String>,
    /// What still holds although something was ended: the key of the form, and words.
    pub still: Vec<(&'static str, String)>,
    /// Why what was entered cannot be.
    pub fault: Option<String>,
}

/// One form.
pub struct Offer {
    /// Its key.
    pub key: &'static str,
    /// What it does.
    pub title: String,
    /// What follows from it.
    pub hint: String,
    /// The word on its button.
    pub button: &'static str,
    /// What its reason is called, and the longest, in characters.
    pub says: (&'static str, usize),
    /// The label of its day, where it has one.
    pub until: Option<&'static str>,
    /// The earliest day.
    pub earliest: String,
    /// What is to be chosen, if anything.
    pub choice: Option<Choice>,
    /// The most of what is to be counted, where something is.
    pub count: Option<(&'static str, u32)>,
    /// The longest name of who approves, in characters, where somebody has to.
    pub approver: Option<usize>,
    /// Who approves, as entered.
    pub approved_by: String,
    /// What it carries besides: names and values.
    pub hidden: Vec<(&'static str, String)>,
    /// Whether it is shown unfolded, since it was handed in and refused.
    pub open: bool,
    /// The day as entered.
    pub day: String,
    /// The number as entered.
    pub finds: String,
    /// The reason as entered.
    pub reason: String,
}

/// Something to choose from.
pub struct Choice {
    /// The name of the field.
    pub name: &'static str,
    /// What is chosen.
    pub label: &'static str,
    /// The values, their words, and whether each is chosen.
    pub options: Vec<(String, String, bool)>,
}

impl Choice {
    /// A choice of these values and words.
    pub fn of(
        name: &'static str,
        label: &'static str,
        options: impl IntoIterator<Item = (String, String)>,
    ) -> Choice {
        let options = options.into_iter();
        Choice {
            name,
            label,
            options: options.map(|(value, word)| (value, word, false)).collect(),
        }
    }
}

impl Offer {
    /// A form that asks for nothing but a reason.
    pub fn new(
        key: &'static str,
        title: impl Into<String>,
        hint: impl Into<String>,
        button: &'static str,
        today: Date,
    ) -> Offer {
        Offer {
            key,
            title: title.into(),
            hint: hint.into(),
            button,
            says: ("理由", REASON_CHARS),
            until: None,
            earliest: today.to_string(),
            choice: None,
            count: None,
            approver: None,
            approved_by: String::new(),
            hidden: Vec::new(),
            open: false,
            day: String::new(),
            finds: String::new(),
            reason: String::new(),
        }
    }

    /// Whether `filled` was entered into this form, and not into one like it.
    fn is_of(&self, filled: &Filled) -> bool {
        let duty = self.hidden.iter().find(|(name, _)| *name == "duty");
        let duty = duty.map_or("", |(_, duty)| duty.as_str());
        self.key == filled.action && duty == filled.duty
    }
}

impl Work {
    /// The forms of `offers`, for whom they are offered to; nothing where none is.
    pub fn of(viewer: &Viewer, to: String, offers: Vec<Offer>) -> Option<Work> {
        let Viewer::Signed(signed) = viewer else {
            return None;
        };
        (!offers.is_empty()).then(|| Work {
            form: signed.form.as_str().to_owned(),
            to,
            offers,
            done: None,
            still: Vec::new(),
            fault: None,
        })
    }

    /// The forms with what was entered and why it cannot be.
    pub fn again(mut self, filled: &Filled, why: String) -> Work {
        self.fault = Some(why);
        for offer in self.offers.iter_mut().filter(|offer| offer.is_of(filled)) {
            offer.open = true;
            offer.day = filled.until_again();
            offer.reason = filled.reason_again();
            offer.finds = filled.finds_again();
            offer.approved_by = filled.approver_again();
            for (value, _, chosen) in offer.choice.iter_mut().flat_map(|one| &mut one.options) {
                *chosen = [&filled.ground, &filled.rule, &filled.person].contains(&&*value);
            }
        }
        self
    }

    /// The forms with what is told once: what was done, or what was typed when the session had ended.
    pub fn once(self, once: Option<Once>) -> Work {
        match once {
            Some(Once::Done(key)) => self.after(Some(&key)),
            Some(Once::Typed(form)) => match Filled::typed(&form) {
                Some(filled) => self.again(&filled, STILL_TO_BE_DONE.to_owned()),
                None => self,
            },
            None => self,
        }
    }

    /// The forms after one was handed in: `done` is its key.
    fn after(mut self, done: Option<&str>) -> Work {
        let still = self.still.iter().find(|(key, _)| done == Some(*key));
        let said = done.and_then(said);
        self.done = said.map(|said| match still {
            Some((_, still)) => format!("{}，{still}", said.trim_end_matches('。')),
            None => said.to_owned(),
        });
        self
    }

    /// The forms, with what holds besides.
    pub fn besides(mut self, still: Vec<(&'static str, String)>) -> Work {
        self.still = still;
        self
    }
}

/// What is said over a form that was filled in when its session had ended.
pub const STILL_TO_BE_DONE: &str = "登录已恢复，以下内容尚未提交，请核对后提交。";

/// What was done, by the key of the form.
pub fn said(key: &str) -> Option<&'static str> {
    Some(match key {
        "answer" => "已登记答复。",
        "exempt" => "已登记报备。",
        "end" => "报备已结束。",
        "resume" => "已恢复监测。",
        "pause" => "已暂停监测。",
        "hold" => "通知已暂缓。",
        "lift" => "通知已恢复。",
        "release" => "督办已放行。",
        "accept" => "已认可，下次访问起按新列表判断。",
        "visit" => "已安排立即访问，请稍候查看访问记录。",
        "decide" => "已处理。",
        "score" => "已录入。",
        "state" => "说明已登记，与该规则的结论一并列出。",
        "close" => "本期已封存。",
        "correct" => "更正后的版本已封存。",
        "test" => "测试消息已由渠道接受，请向收件人确认是否收到。",
        "go-live" => "已正式启用。",
        _ => return None,
    })
}
