//! Service guides (办事指南): which elements their pages have, and where they lead.

use serde::{Deserialize, Serialize};

use super::id::SiteId;
use super::time::Moment;
use super::visit::Validators;

/// The most online systems of one guide that are kept.
pub const MOST_ONLINE: usize = 5;

/// A class of elements that a guide has to have. Source: the eight classes of 国办发〔2015〕15号, and
/// two more of 国办秘函〔2019〕19号.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Element {
    /// 事项名称
    Name,
    /// 设定依据
    Basis,
    /// 申请条件
    Conditions,
    /// 办理材料
    Materials,
    /// 办理地点
    Place,
    /// 办理时间
    Time,
    /// 联系电话
    Phone,
    /// 办理流程
    Process,
    /// 办理机构
    Agency,
    /// 收费标准
    Fee,
}

impl Element {
    /// Those that are counted; the other two are not seen in a text of the document.
    pub const COUNTED: [Element; 8] = [
        Element::Name,
        Element::Basis,
        Element::Conditions,
        Element::Materials,
        Element::Place,
        Element::Time,
        Element::Phone,
        Element::Process,
    ];

    /// The word of a report.
    pub fn word(self) -> &'static str {
        match self {
            Element::Name => "事项名称",
            Element::Basis => "设定依据",
            Element::Conditions => "申请条件",
            Element::Materials => "办理材料",
            Element::Place => "办理地点",
            Element::Time => "办理时间",
            Element::Phone => "联系电话",
            Element::Process => "办理流程",
            Element::Agency => "办理机构",
            Element::Fee => "收费标准",
        }
    }
}

/// A guide of a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guide {
    /// The site.
    pub site: SiteId,
    /// Its address.
    pub url: String,
    /// Its title in the list, at most 120 characters.
    pub title: String,
    /// The elements that its page has; nothing where it could not be read as a guide.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub has: Option<Vec<Element>>,
    /// How many files it offers.
    #[serde(default)]
    pub files: u32,
    /// The online systems to which it leads, at most [`MOST_ONLINE`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub online: Vec<String>,
    /// Whether it lives on another platform, whose pages are not read.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub elsewhere: bool,
    /// When its list showed it; written down once a week.
    pub seen_at: Moment,
    /// When its site's directories were read and did not show it any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gone_at: Option<Moment>,
    /// When its page came last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_at: Option<Moment>,
    /// For the next conditional request.
    pub validators: Validators,
    /// Since when its elements are read as they are; nothing where that was not written down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Moment>,
    /// Its elements before that, where they were read, and since when they were read so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub former: Option<(Moment, Vec<Element>)>,
}

impl Guide {
    /// As it was known before `end`: what was read later tells nothing of what stood there then.
    pub fn as_of(self, end: Moment) -> Guide {
        if self.since.is_none_or(|since| since < end) {
            return self;
        }
        let former = self.former.clone().filter(|(since, _)| *since < end);
        let (read_at, has) = former.unzip();
        Guide {
            has,
            read_at,
            ..self
        }
    }

    /// Takes what a reading of its page at `now` showed.
    pub fn show(&mut self, has: Vec<Element>, now: Moment) {
        if self.has.as_ref() != Some(&has) {
            let since = self.since.or(self.read_at).unwrap_or(now);
            self.former = self.has.take().map(|former| (since, former));
            self.since = Some(now);
        }
        self.has = Some(has);
    }

    /// The counted elements that its page lacks; nothing where it was not read.
    pub fn lacks(&self) -> Option<Vec<Element>> {
        let has = self.has.as_ref()?;
        let counted = Element::COUNTED.into_iter();
        Some(counted.filter(|element| !has.contains(element)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::moment;

    #[test]
    fn what_was_read_later_tells_nothing_of_what_stood_there() {
        let at = |day: &str| moment(format!("{day}T22:00:00").parse().unwrap());
        let mut guide = Guide {
            site: SiteId::parse("kxw").unwrap(),
            url: "http://kxw.example.cn/bsfw/1.html".to_owned(),
            title: "婚姻登记".to_owned(),
            has: None,
            files: 0,
            online: Vec::new(),
            elsewhere: false,
            seen_at: at("2017-10-27"),
            gone_at: None,
            read_at: None,
            validators: Validators::default(),
            since: None,
            former: None,
        };
        let mut read = |day: &str, has: &[Element]| {
            guide.show(has.to_vec(), at(day));
            guide.read_at = Some(at(day));
            guide.clone()
        };
        let of = |guide: &Guide, day: &str| {
            let then = guide.clone().as_of(at(day));
            (then.has.map(|has| has.len()), then.read_at)
        };
        let whole = read("2017-10-27", &Element::COUNTED);
        assert_eq!(of(&whole, "2017-10-27"), (None, None), "nobody had looked");
        assert_eq!(of(&whole, "2017-10-28"), (Some(8), Some(at("2017-10-27"))));
        let same = read("2017-11-26", &Element::COUNTED);
        assert_eq!(of(&same, "2017-10-28").0, Some(8), "it was so all the time");
        let less = read("2017-12-27", &[Element::Name]);
        assert_eq!(of(&less, "2017-12-28"), (Some(1), Some(at("2017-12-27"))));
        assert_eq!(of(&less, "2017-12-01"), (Some(8), Some(at("2017-10-27"))));
        let more = read("2018-01-20", &[Element::Name, Element::Basis]);
        assert_eq!(of(&more, "2018-01-01"), (Some(1), Some(at("2017-12-27"))));
        assert_eq!(of(&more, "2017-12-01"), (None, None), "two readings ago");
    }
}
