//! Classes of columns (栏目类别). The class gives a column its default limit.
//!
//! Source: the column classes C1 to C14 derived from 国办发〔2015〕15号 and 国办秘函〔2019〕19号;
//! which limits are written there and which are this product's own is said in the sample
//! configuration, class by class.

use serde::{Deserialize, Serialize};

/// What kind of content a column carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// 动态要闻
    News,
    /// 通知公告
    Notices,
    /// 政策文件
    Policy,
    /// 政策解读
    Interpretation,
    /// 人事信息
    Personnel,
    /// 规划计划
    Plans,
    /// 财政预决算
    Finance,
    /// 统计信息
    Statistics,
    /// 机构、领导、概况等
    Organisation,
    /// 咨询留言答复
    Replies,
    /// 调查征集
    Surveys,
    /// 在线访谈
    Interviews,
    /// 其他应更新栏目
    Other,
}

impl Class {
    /// Every class, in the order of the sample configuration.
    pub const ALL: [Class; 13] = [
        Class::News,
        Class::Notices,
        Class::Policy,
        Class::Interpretation,
        Class::Personnel,
        Class::Plans,
        Class::Finance,
        Class::Statistics,
        Class::Organisation,
        Class::Replies,
        Class::Surveys,
        Class::Interviews,
        Class::Other,
    ];

    /// The word used in the configuration.
    pub fn key(self) -> &'static str {
        match self {
            Class::News => "news",
            Class::Notices => "notices",
            Class::Policy => "policy",
            Class::Interpretation => "interpretation",
            Class::Personnel => "personnel",
            Class::Plans => "plans",
            Class::Finance => "finance",
            Class::Statistics => "statistics",
            Class::Organisation => "organisation",
            Class::Replies => "replies",
            Class::Surveys => "surveys",
            Class::Interviews => "interviews",
            Class::Other => "other",
        }
    }

    /// The class as a report names it.
    pub fn in_chinese(self) -> &'static str {
        match self {
            Class::News => "动态要闻",
            Class::Notices => "通知公告",
            Class::Policy => "政策文件",
            Class::Interpretation => "政策解读",
            Class::Personnel => "人事信息",
            Class::Plans => "规划计划",
            Class::Finance => "财政预决算",
            Class::Statistics => "统计信息",
            Class::Organisation => "机构概况",
            Class::Replies => "咨询留言",
            Class::Surveys => "调查征集",
            Class::Interviews => "在线访谈",
            Class::Other => "其他栏目",
        }
    }
}
