//! What people enter where the program does not measure: checked against the rules, kept as a fact.

use serde::{Deserialize, Serialize};

use super::answer::Answer;
use super::desk::Desk;
use crate::assess::score::measure::may_be_entered;
use crate::assess::score::period::Period;
use crate::assess::score::rubric::{Rubric, RuleId};
use crate::domain::act::{NAME_CHARS, REASON_CHARS};
use crate::domain::entry::{Entry, MOST_FINDS};
use crate::domain::group::Group;
use crate::domain::id::SiteId;
use crate::domain::time::date_of;
use crate::report::plain::one_line;
use crate::store::commit::Commit;
use crate::store::error::StoreError;

/// What somebody found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Found {
    /// The site.
    pub site: String,
    /// The rule.
    pub rule: String,
    /// The period.
    pub period: Period,
    /// How many finds.
    pub finds: u32,
    /// By whom.
    pub by: String,
    /// What was found.
    pub reason: String,
}

impl Found {
    /// Why it cannot be entered, if so.
    pub fn refusal(&self, group: &Group, rubric: &Rubric) -> Option<String> {
        let (site, rule) = (&self.site, &self.rule);
        let known = SiteId::parse(site).is_ok_and(|id| group.sites.contains_key(&id));
        if !known {
            return Some(format!("there is no site {site:?} in sites.toml"));
        }
        let id = RuleId::parse(rule).ok();
        let Some(found) = id.and_then(|id| rubric.rules.get(&id)) else {
            return Some(format!(
                "there is no rule {rule:?} in {}; wangxun rubric lists them",
                rubric.profile
            ));
        };
        if !found.enabled {
            return Some(format!("the rule {rule} is disabled"));
        }
        if !may_be_entered(found) {
            return Some(format!(
                "the rule {rule} is measured by the program; to spare a column, exempt it"
            ));
        }
        if self.finds > MOST_FINDS {
            return Some(format!("more than {MOST_FINDS} finds"));
        }
        if one_line(&self.by, NAME_CHARS).is_empty() {
            return Some("it needs the name of who enters it".to_owned());
        }
        if one_line(&self.reason, REASON_CHARS).is_empty() {
            return Some("it needs a reason: what was looked at, what was found".to_owned());
        }
        None
    }
}

impl Desk {
    /// Enters `found`.
    pub async fn score(&self, found: Found) -> Result<Answer, StoreError> {
        if let Some(why) = found.refusal(&self.config.group, &self.config.rubric) {
            return Ok(Answer::no(why));
        }
        let now = self.clock.now();
        if date_of(now) < found.period.first() {
            let period = found.period;
            return Ok(Answer::no(format!("{period} has not begun")));
        }
        let Ok(site) = SiteId::parse(&found.site) else {
            return Ok(Answer::no("it is no site"));
        };
        let text = format!(
            "{}: {} finds under {} in {} are entered",
            found.site, found.finds, found.rule, found.period
        );
        tracing::info!(%site, rule = found.rule, finds = found.finds, "a person entered finds");
        let mut commit = Commit::at(now);
        commit.entries.push(Entry {
            at: now,
            by: one_line(&found.by, NAME_CHARS),
            reason: one_line(&found.reason, REASON_CHARS),
            site,
            rule: found.rule,
            period: found.period.to_string(),
            finds: found.finds,
            attachment: None,
        });
        self.store.commit(commit).await?;
        Ok(Answer::yes(text))
    }
}
