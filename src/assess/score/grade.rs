//! The grade of a site.

use serde::{Deserialize, Serialize};

use super::points::Points;
use super::rubric::Grades;

/// A grade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grade {
    /// 不合格
    Failed,
    /// 合格
    Passed,
    /// 良好
    Good,
    /// 优秀
    Excellent,
}

impl Grade {
    /// The word of a report.
    pub fn in_chinese(self) -> &'static str {
        match self {
            Grade::Failed => "不合格",
            Grade::Passed => "合格",
            Grade::Good => "良好",
            Grade::Excellent => "优秀",
        }
    }

    /// The grade of a total.
    pub(super) fn of(total: Points, grades: &Grades, is_vetoed: bool) -> Grade {
        match total {
            _ if is_vetoed => Grade::Failed,
            total if total >= grades.excellent => Grade::Excellent,
            total if total >= grades.good => Grade::Good,
            total if total >= grades.pass => Grade::Passed,
            _ => Grade::Failed,
        }
    }
}
